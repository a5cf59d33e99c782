#include "gatewayd/base/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gatewayd/base/crypto.h"

enum { ENTRY_MAX = 2 * LOG_LINE_MAX };

bool journal_is_stderr(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char here[64];
	struct stat st;

	if (!stream || fstat(STDERR_FILENO, &st) < 0)
		return false;
	snprintf(here, sizeof(here), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	return strcmp(stream, here) == 0;
}

int journal_open(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	close(fd);
	return -1;
}

void journal_message_id(const char *event, char ret_id[JOURNAL_ID_SIZE])
{
	uint8_t digest[SHA256_SIZE];
	struct sha256 h;

	sha256_init(&h);
	sha256_update(&h, SPAN("gatewayd "));
	sha256_update(&h, span_of(event));
	sha256_final(&h, digest);
	digest[6] = (uint8_t)(0x80 | (digest[6] & 0x0f));
	digest[8] = (uint8_t)(0x80 | (digest[8] & 0x3f));
	hex_encode(digest, (JOURNAL_ID_SIZE - 1) / 2, ret_id);
}

/* The form that a value of any bytes may have: name, length, value. */
static void add_value(struct buf *out, const char *name, struct span value)
{
	uint8_t length[8];

	for (size_t i = 0; i < sizeof(length); i++)
		length[i] = (uint8_t)((uint64_t)value.n >> (8 * i));
	buf_addf(out, "%s\n", name);
	buf_add(out, (struct span){ (const char *)length, sizeof(length) });
	buf_add(out, value);
	buf_addc(out, '\n');
}

/* Those that one looks for; a case of 0 is none. */
static void add_fields(struct buf *out, const struct log_field *fields)
{
	for (; fields->key; fields++) {
		if (strcmp(fields->key, "case") == 0 && fields->type == LOG_TYPE_SIGNED &&
		    fields->number)
			buf_addf(out, "CASE=%" PRIi64 "\n", fields->number);
		if (strcmp(fields->key, "mailbox") == 0 && fields->type == LOG_TYPE_TEXT)
			add_value(out, "MAILBOX", fields->text);
	}
}

bool journal_send(int fd, const struct journal_entry *entry)
{
	struct buf out BUF_AUTO;
	char id[JOURNAL_ID_SIZE];
	struct iovec iov;
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	buf_init(&out, ENTRY_MAX);
	journal_message_id(entry->event, id);
	buf_addf(&out,
		 "PRIORITY=%d\nSYSLOG_IDENTIFIER=gatewayd\nMESSAGE_ID=%s\nGATEWAYD_EVENT=%s\n"
		 "GATEWAYD_ROLE=%s\n",
		 (int)entry->level, id, entry->event, entry->role);
	add_fields(&out, entry->fields);
	add_value(&out, "MESSAGE", entry->message);
	iov = (struct iovec){ out.p, out.n };
	return !out.full && sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}
