#include "gatewayd/base/log.h"

#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/journal.h"
#include "gatewayd/base/utf8.h"

enum { ESCAPE_MAX = 16 };

static const char *log_role = "gatewayd";
static enum log_level log_most = LOG_INFO;
static bool log_journal;
static int log_fd = STDERR_FILENO;
static int log_native = -1; /* to the journal itself; -1: it reads what we write */
static bool log_socket;
static uint64_t log_dropped; /* lines that nobody took, since the last one that was taken */
static pid_t log_pid;
static struct {
	int64_t at;
	char text[TIME_TEXT_MAX];
} log_second; /* the last one that a line began with */
static struct {
	bool on;
	char text[LOG_LINE_MAX];
	size_t n, lines;
} log_gathered;

/* A pipe or terminal is opened once more, so that not to block is ours alone and not of all who
 * share the descriptor. */
static void open_unblocked(void)
{
	struct stat st;
	int fd;

	if (log_fd != STDERR_FILENO || fstat(STDERR_FILENO, &st) < 0)
		return;
	log_socket = S_ISSOCK(st.st_mode);
	if (!S_ISFIFO(st.st_mode) && !S_ISCHR(st.st_mode))
		return;
	fd = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd >= 0)
		log_fd = fd;
}

void log_open(const char *role, enum log_level most)
{
	log_role = role;
	log_most = most;
	log_journal = journal_is_stderr();
	if (log_journal && log_native < 0)
		log_native = journal_open(JOURNAL_SOCKET);
	open_unblocked();
}

static bool is_plain(unsigned char c)
{
	return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '=';
}

static bool is_word(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_plain((unsigned char)s.p[i]))
			return false;
	return s.n > 0 && s.n <= LOG_VALUE_MAX;
}

/* The first character of s as it is shown; returns the bytes of s that it stands for. */
static size_t show(struct span s, char out[ESCAPE_MAX])
{
	size_t n = utf8_len(s);
	unsigned char byte = (unsigned char)s.p[0];
	uint32_t c = utf8_code(s);

	if (n == 0 || byte < ' ' || byte == 0x7f)
		snprintf(out, ESCAPE_MAX, "\\x%02x", byte);
	else if (byte == '"' || byte == '\\')
		snprintf(out, ESCAPE_MAX, "\\%c", byte);
	else if (utf8_is_hidden(c))
		snprintf(out, ESCAPE_MAX, "\\u{%04" PRIx32 "}", c);
	else
		snprintf(out, ESCAPE_MAX, "%.*s", (int)n, s.p);
	return n ? n : 1;
}

/* Stands in quotes as it is. */
static bool is_shown_bare(unsigned char c)
{
	return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

static size_t bare_length(struct span s, size_t most)
{
	size_t n = 0;

	while (n < s.n && n < most && is_shown_bare((unsigned char)s.p[n]))
		n++;
	return n;
}

static void add_quoted(struct buf *b, struct span s)
{
	size_t end = b->n + LOG_VALUE_MAX - ESCAPE_MAX, used;
	char shown[ESCAPE_MAX];

	buf_addc(b, '"');
	for (; s.n && b->n < end; s = span_sub(s, used, SIZE_MAX)) {
		used = bare_length(s, end - b->n);
		buf_add(b, span_sub(s, 0, used));
		if (used)
			continue;
		used = show(s, shown);
		buf_adds(b, shown);
	}
	buf_adds(b, s.n ? "...\"" : "\"");
}

static void add_field(struct buf *b, const struct log_field *f)
{
	buf_addc(b, ' ');
	buf_adds(b, f->key);
	buf_addc(b, '=');
	switch (f->type) {
	case LOG_TYPE_SIGNED: buf_add_int(b, f->number); break;
	case LOG_TYPE_UNSIGNED: buf_add_uint(b, f->count); break;
	case LOG_TYPE_TEXT:
		if (is_word(f->text))
			buf_add(b, f->text);
		else
			add_quoted(b, f->text);
		break;
	}
}

void log_format(const char *event, const struct log_field *fields, struct buf *out)
{
	buf_adds(out, "event=");
	buf_adds(out, event);
	for (; fields->key && !out->full; fields++) {
		size_t before = out->n;

		add_field(out, fields);
		if (out->full)
			out->n = before;
	}
}

static const char *second_now(void)
{
	struct clock real = clock_real();
	int64_t now = clock_now(&real);

	if (now != log_second.at)
		time_rfc3339(now, log_second.text);
	log_second.at = now;
	return log_second.text;
}

static void add_prefix(struct buf *b, enum log_level level)
{
	if (log_journal) {
		buf_addf(b, "<%d>%s: ", (int)level, log_role);
		return;
	}
	if (!log_pid)
		log_pid = getpid();
	buf_adds(b, second_now());
	buf_addc(b, ' ');
	buf_adds(b, log_role);
	buf_addc(b, '[');
	buf_add_int(b, log_pid);
	buf_adds(b, "]: ");
}

static bool may_write(void)
{
	struct pollfd p = { .fd = log_fd, .events = POLLOUT };

	return log_socket || poll(&p, 1, 0) != 0;
}

/* One write, so that lines of several roles do not mix; never waits. */
static bool put_lines(struct span lines)
{
	struct iovec iov = { (void *)(uintptr_t)lines.p, lines.n };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (!may_write())
		return false;
	if (log_socket)
		return sendmsg(log_fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
	return write(log_fd, lines.p, lines.n) >= 0;
}

static void put_gathered(void)
{
	if (log_gathered.n && !put_lines((struct span){ log_gathered.text, log_gathered.n }))
		log_dropped += log_gathered.lines;
	log_gathered.n = log_gathered.lines = 0;
}

/* Behind those that are there; while lines are missing the next one that is taken tells of them. */
static bool put_line(enum log_level level, struct span line)
{
	if (!log_gathered.on || log_dropped)
		return put_lines(line);
	if (line.n > sizeof(log_gathered.text) - log_gathered.n)
		put_gathered();
	if (log_dropped)
		return false;
	memcpy(log_gathered.text + log_gathered.n, line.p, line.n);
	log_gathered.n += line.n;
	log_gathered.lines++;
	if (level <= LOG_WARNING)
		put_gathered();
	return true;
}

void log_gather(bool on)
{
	log_gathered.on = on && !log_socket;
	put_gathered();
}

static bool write_entry(enum log_level level, const char *event, const struct log_field *fields)
{
	struct journal_entry entry = { level, log_role, event, SPAN(""), fields };
	struct buf line BUF_AUTO;

	buf_init(&line, LOG_LINE_MAX);
	buf_addf(&line, "%s: ", log_role);
	log_format(event, fields, &line);
	entry.message = buf_span(&line);
	return journal_send(log_native, &entry);
}

static bool write_line(enum log_level level, const char *event, const struct log_field *fields)
{
	struct buf line BUF_AUTO = { 0 };

	if (log_native >= 0)
		return write_entry(level, event, fields);
	buf_init(&line, LOG_LINE_MAX - 1);
	add_prefix(&line, level);
	log_format(event, fields, &line);
	line.max = LOG_LINE_MAX;
	buf_addc(&line, '\n');
	return put_line(level, buf_span(&line));
}

/* Says first how many are missing; so long as that cannot be said, the next is missing, too. */
static bool say_dropped(void)
{
	const struct log_field fields[] = { log_uint("lines", log_dropped), { .key = NULL } };

	return log_dropped == 0 || write_line(LOG_WARNING, "log.dropped", fields);
}

void log_fields(enum log_level level, const char *event, const struct log_field *fields)
{
	if (level > log_most)
		return;
	if (say_dropped())
		log_dropped = 0;
	if (log_dropped || !write_line(level, event, fields))
		log_dropped++;
}
