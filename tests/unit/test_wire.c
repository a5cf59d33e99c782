/*
 * Every message between roles, put by the one and read by the other, and what a peer that breaks
 * the rules is worth: each frame cut at every byte, of the wrong sender, size and number of
 * descriptors.  What comes in the wrong state is core's to refuse (tests/scenarios/parse_child.txt,
 * sender.txt).
 */
#include "tests/unit/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/base/memfd.h"
#include "gatewayd/wire/channel.h"
#include "gatewayd/wire/taken.h"
#include "parser/facts.h"
#include "tests/unit/wire_samples.h"

enum { HEADER = 8, FRAME_MAX = 4096, AREA_MAX = 64 * MIB };

struct header {
	uint32_t size;
	uint16_t type, fds;
};

/* A frame as it went over a socket. */
struct frame {
	char bytes[FRAME_MAX];
	size_t n;
	int fds[WIRE_FDS_MAX];
	size_t fd_count;
};

static const struct wire_rule *rule_of(enum message type)
{
	return &message_rules[type];
}

/* The bytes that the sample's put sends. */
static void capture(enum message type, struct frame *ret_frame)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int) * WIRE_FDS_MAX)];
		struct cmsghdr align;
	} control;
	struct iovec iov = { ret_frame->bytes, FRAME_MAX };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = control.bytes,
			    .msg_controllen = sizeof(control.bytes) };
	struct wire w;
	struct err e;
	int pair[2];

	assert_int_equal(wire_pair(pair, &e), 0);
	message_wire(&w, pair[0], (enum role_id)rule_of(type)->from,
		     (enum role_id)rule_of(type)->to);
	assert_int_equal(wire_samples[type].put(&w, &e), 0);
	ret_frame->n = (size_t)recvmsg(pair[1], &m, MSG_CMSG_CLOEXEC);
	ret_frame->fd_count = 0;
	if (CMSG_FIRSTHDR(&m)) {
		size_t bytes = CMSG_FIRSTHDR(&m)->cmsg_len - CMSG_LEN(0);

		memcpy(ret_frame->fds, CMSG_DATA(CMSG_FIRSTHDR(&m)), bytes);
		ret_frame->fd_count = bytes / sizeof(int);
	}
	wire_release(&w);
	close(pair[1]);
}

static void frame_release(struct frame *f)
{
	for (size_t i = 0; i < f->fd_count; i++)
		close(f->fds[i]);
	f->fd_count = 0;
}

static void send_bytes(int fd, const char *bytes, size_t n, const int *fds, size_t fd_count)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int) * 64)];
		struct cmsghdr align;
	} control = { { 0 } };
	union {
		const char *in;
		char *out;
	} data = { bytes };
	struct iovec iov = { data.out, n };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fd_count) {
		m.msg_control = control.bytes;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
		CMSG_FIRSTHDR(&m)->cmsg_level = SOL_SOCKET;
		CMSG_FIRSTHDR(&m)->cmsg_type = SCM_RIGHTS;
		CMSG_FIRSTHDR(&m)->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), fds, sizeof(int) * fd_count);
	}
	assert_int_equal(sendmsg(fd, &m, MSG_NOSIGNAL), n);
}

/* What the other end makes of a conversation. */
struct heard {
	int frames;
	int refused; /* by the wire or the reader */
	bool open;
};

static int read_frame(void *ctx, struct wire_in *in, struct err *e)
{
	struct heard *h = ctx;

	h->frames++;
	return wire_samples[in->type].get(in, e);
}

static struct heard hear(int fd, enum role_id self, enum role_id peer)
{
	struct heard h = { .open = true };
	struct wire w;
	struct err e;

	message_wire(&w, fd, self, peer);
	while (h.open && !h.refused) {
		bool open;

		h.refused = channel_serve(&w, LOOP_READ, read_frame, &h, &open, &e) < 0;
		h.open = open && !h.refused;
	}
	wire_release(&w);
	return h;
}

/* The first n bytes, then the end of the stream. */
static struct heard hear_bytes(const struct frame *f, size_t n, enum role_id self,
			       enum role_id peer)
{
	struct err e;
	int pair[2];

	assert_int_equal(wire_pair(pair, &e), 0);
	if (n)
		send_bytes(pair[0], f->bytes, n, f->fds, f->fd_count);
	close(pair[0]);
	return hear(pair[1], self, peer);
}

static struct heard hear_frame(enum message type, const struct frame *f)
{
	return hear_bytes(f, f->n, (enum role_id)rule_of(type)->to,
			  (enum role_id)rule_of(type)->from);
}

static struct header header_of(const struct frame *f)
{
	struct header h;

	memcpy(&h, f->bytes, sizeof(h));
	return h;
}

static void set_header(struct frame *f, struct header h)
{
	memcpy(f->bytes, &h, sizeof(h));
}

/* Of the whole process: no test may leave one behind. */
static size_t open_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static int remember_descriptors(void **state)
{
	static size_t n;

	n = open_descriptors();
	*state = &n;
	return 0;
}

static int compare_descriptors(void **state)
{
	return open_descriptors() == *(size_t *)*state ? 0 : -1;
}

/* --- the tests --- */

static void each_message_is_read_as_it_was_put(void **state)
{
	(void)state;
	for (int t = 0; t < MESSAGE_COUNT; t++) {
		struct frame f;
		struct heard h;

		capture((enum message)t, &f);
		assert_true(f.n < FRAME_MAX);
		assert_int_equal(f.fd_count, rule_of((enum message)t)->fds);
		h = hear_frame((enum message)t, &f);
		frame_release(&f);
		if (h.frames != 1 || h.refused)
			fail_msg("%s: %d frames, refused %d", message_rules[t].name, h.frames,
				 h.refused);
	}
}

static void a_stream_that_ends_in_a_frame_brings_none(void **state)
{
	(void)state;
	for (int t = 0; t < MESSAGE_COUNT; t++) {
		struct frame f;

		capture((enum message)t, &f);
		for (size_t n = 0; n < f.n; n++) {
			struct heard h = hear_bytes(&f, n, (enum role_id)message_rules[t].to,
						    (enum role_id)message_rules[t].from);

			if (h.frames || h.refused)
				fail_msg("%s cut after %zu bytes", message_rules[t].name, n);
		}
		frame_release(&f);
	}
}

/* The payload is cut, or one byte longer, and the header says so. */
static void a_payload_of_another_size_is_refused(void **state)
{
	(void)state;
	for (int t = 0; t < MESSAGE_COUNT; t++) {
		struct frame f;
		size_t whole;

		capture((enum message)t, &f);
		whole = f.n;
		for (f.n = HEADER; f.n <= whole + 1; f.n++) {
			struct header h = header_of(&f);

			if (f.n == whole)
				continue;
			h.size = (uint32_t)(f.n - HEADER);
			set_header(&f, h);
			f.bytes[whole] = 0;
			if (!hear_frame((enum message)t, &f).refused)
				fail_msg("%s with %zu bytes instead of %zu", message_rules[t].name,
					 f.n - HEADER, whole - HEADER);
		}
		frame_release(&f);
	}
}

/* No byte of a payload can do more than have the frame refused. */
static void each_byte_may_be_any_other(void **state)
{
	(void)state;
	for (int t = 0; t < MESSAGE_COUNT; t++) {
		static const char others[] = { 0, 1, 0x7f, -1 };
		struct frame f;

		capture((enum message)t, &f);
		for (size_t at = HEADER; at < f.n; at++) {
			char was = f.bytes[at];

			for (size_t i = 0; i < sizeof(others); i++) {
				f.bytes[at] = others[i];
				assert_int_equal(hear_frame((enum message)t, &f).frames, 1);
			}
			f.bytes[at] = was;
		}
		frame_release(&f);
	}
}

static void a_message_of_the_wrong_sender_is_refused(void **state)
{
	(void)state;
	for (int t = 0; t < MESSAGE_COUNT; t++) {
		const struct wire_rule *r = &message_rules[t];
		struct frame f;

		capture((enum message)t, &f);
		for (int self = 0; self < ROLE_COUNT; self++)
			for (int peer = 0; peer < ROLE_COUNT; peer++) {
				struct heard h;

				if (self == r->to && peer == r->from)
					continue;
				h = hear_bytes(&f, f.n, (enum role_id)self, (enum role_id)peer);
				if (h.frames || !h.refused)
					fail_msg("%s from %s to %s", r->name,
						 role_name((enum role_id)peer),
						 role_name((enum role_id)self));
			}
		frame_release(&f);
	}
}

static void a_message_that_does_not_exist_is_refused(void **state)
{
	struct frame f = { .n = HEADER };

	(void)state;
	for (int peer = 0; peer < ROLE_COUNT; peer++) {
		set_header(&f, (struct header){ .type = MESSAGE_COUNT });
		assert_true(hear_bytes(&f, f.n, ROLE_CORE, (enum role_id)peer).refused);
		set_header(&f, (struct header){ .type = UINT16_MAX });
		assert_true(hear_bytes(&f, f.n, ROLE_CORE, (enum role_id)peer).refused);
	}
}

/* At its largest size a frame is waited for, over it the first eight bytes are enough. */
/* The number just past the table: what would be read there is a rule that fits. */
static void the_first_number_past_the_rules_is_refused(void **state)
{
	(void)state;
	for (int t = 0; t < MESSAGE_COUNT; t++) {
		const struct wire_rule *r = &message_rules[t];
		struct heard h = { 0 };
		struct frame f;
		struct wire w;
		struct err e;
		int pair[2];
		bool open;

		capture((enum message)t, &f);
		assert_int_equal(wire_pair(pair, &e), 0);
		send_bytes(pair[0], f.bytes, f.n, f.fds, f.fd_count);
		wire_init(&w, pair[1], (uint8_t)r->to, (uint8_t)r->from, message_rules, (size_t)t);
		assert_int_equal(channel_serve(&w, LOOP_READ, read_frame, &h, &open, &e), -1);
		assert_int_equal(h.frames, 0);
		wire_release(&w);
		close(pair[0]);
		frame_release(&f);
	}
}

static void a_size_over_the_largest_is_refused_by_its_header(void **state)
{
	(void)state;
	for (int t = 0; t < MESSAGE_COUNT; t++) {
		const struct wire_rule *r = &message_rules[t];
		struct frame f = { .n = HEADER };
		struct header h = { .type = (uint16_t)t, .fds = r->fds };

		h.size = r->max + 1;
		set_header(&f, h);
		assert_true(hear_frame((enum message)t, &f).refused);
		h.size = r->max;
		set_header(&f, h);
		assert_true(!hear_frame((enum message)t, &f).refused || r->max == 0);
		h.size = UINT32_MAX;
		set_header(&f, h);
		assert_true(hear_frame((enum message)t, &f).refused);
	}
}

static void another_number_of_descriptors_is_refused(void **state)
{
	(void)state;
	for (int t = 0; t < MESSAGE_COUNT; t++) {
		struct header right;
		struct frame f;
		size_t had;

		capture((enum message)t, &f);
		right = header_of(&f);
		for (int fds = 0; fds < 5; fds++) {
			struct header h = right;

			h.fds = (uint16_t)fds;
			set_header(&f, h);
			if (fds != right.fds && !hear_frame((enum message)t, &f).refused)
				fail_msg("%s with %d descriptors", message_rules[t].name, fds);
		}
		set_header(&f, right); /* as many as it says, but they did not come */
		had = f.fd_count;
		f.fd_count = 0;
		if (had && !hear_frame((enum message)t, &f).refused)
			fail_msg("%s without its descriptors", message_rules[t].name);
		f.fd_count = had;
		frame_release(&f);
	}
}

static void descriptors_that_nobody_asked_for_are_closed(void **state)
{
	int fds[64], pair[2];
	struct frame f;
	struct err e;

	(void)state;
	capture(MSG_PING, &f);
	for (size_t i = 0; i < 64; i++)
		fds[i] = dup(STDIN_FILENO);
	assert_int_equal(wire_pair(pair, &e), 0);
	for (int i = 0; i < 3; i++)
		send_bytes(pair[0], f.bytes, f.n, fds, i == 0 ? 1 : 64);
	close(pair[0]);
	assert_true(hear(pair[1], ROLE_CORE, ROLE_PARENT).refused);
	for (size_t i = 0; i < 64; i++)
		close(fds[i]);
}

static void frames_come_whole_however_the_stream_is_cut(void **state)
{
	struct frame f;
	struct wire w;
	struct err e;
	int pair[2];
	struct heard h = { 0 };
	bool open;

	(void)state;
	capture(MSG_FOLDER, &f);
	assert_int_equal(wire_pair(pair, &e), 0);
	message_wire(&w, pair[1], ROLE_CORE, ROLE_POLLER);
	for (size_t i = 0; i < 3 * f.n; i++) {
		send_bytes(pair[0], f.bytes + i % f.n, 1, NULL, 0);
		assert_int_equal(channel_serve(&w, LOOP_READ, read_frame, &h, &open, &e), 0);
		assert_int_equal(h.frames, (i + 1) / f.n);
	}
	wire_release(&w);
	close(pair[0]);
}

/* A read ends at each descriptor; a turn has all that had come, all the same. */
static void one_call_hands_out_every_frame_that_is_there(void **state)
{
	struct heard h = { 0 };
	struct frame f;
	struct wire w;
	struct err e;
	int pair[2];
	bool open;

	(void)state;
	capture(MSG_MAIL, &f);
	assert_int_equal(f.fd_count, 1);
	assert_int_equal(wire_pair(pair, &e), 0);
	message_wire(&w, pair[1], ROLE_CORE, ROLE_POLLER);
	for (size_t i = 0; i < 20; i++)
		send_bytes(pair[0], f.bytes, f.n, f.fds, f.fd_count);
	assert_int_equal(channel_serve(&w, LOOP_READ, read_frame, &h, &open, &e), 0);
	assert_int_equal(h.frames, 20);
	assert_true(open);
	wire_release(&w);
	close(pair[0]);
	frame_release(&f);
}

static void keep_uid(struct wire *w, uint32_t uid)
{
	struct talk_kept kept = { { { .mailbox = SPAN("support") }, uid }, TALK_MOVE };
	struct err e;

	assert_int_equal(talk_kept_put(w, &kept, &e), 0);
}

/* How many of them came, in one read. */
static uint32_t kept_in_a_read(struct wire *from)
{
	struct wire_in in;
	struct talk_kept kept;
	bool open, found = true;
	uint32_t n = 0;
	struct err e;

	assert_int_equal(wire_read(from, &open, &e), 0);
	while (wire_next(from, &found, &in, &e) == 0 && found) {
		assert_int_equal(talk_kept_get(&in, &kept, &e), 0);
		assert_int_equal(kept.at.uid, ++n);
	}
	assert_false(found);
	return n;
}

static void what_is_gathered_goes_when_it_is_flushed(void **state)
{
	struct wire core, poller;
	struct err e;
	int pair[2];

	(void)state;
	assert_int_equal(wire_pair(pair, &e), 0);
	message_wire(&core, pair[0], ROLE_CORE, ROLE_POLLER);
	message_wire(&poller, pair[1], ROLE_POLLER, ROLE_CORE);
	core.gathers = true;
	for (uint32_t uid = 1; uid <= 100; uid++)
		keep_uid(&core, uid);
	assert_int_equal(kept_in_a_read(&poller), 0);
	assert_true(wire_wants_write(&core));
	assert_int_equal(wire_flush(&core, &e), 0);
	assert_false(wire_wants_write(&core));
	assert_int_equal(core.out_bytes, 0);
	assert_int_equal(kept_in_a_read(&poller), 100);
	wire_release(&core);
	wire_release(&poller);
}

/* A reader that is slower than the socket has room: frames are sent in part, and in order. */
static void what_goes_in_part_goes_on_where_it_was(void **state)
{
	struct talk_folder folder = { .session.mailbox = SPAN("support"), .n = 1000 };
	struct wire core, poller;
	struct talk_folder got;
	struct wire_in in;
	uint32_t n = 0;
	bool open, found;
	struct err e;
	int pair[2];

	(void)state;
	folder.mails = calloc(folder.n, sizeof(*folder.mails));
	assert_int_equal(wire_pair(pair, &e), 0);
	message_wire(&core, pair[0], ROLE_CORE, ROLE_POLLER);
	message_wire(&poller, pair[1], ROLE_POLLER, ROLE_CORE);
	poller.gathers = true;
	for (uint32_t i = 0; i < 100; i++) {
		folder.mails[0].uid = i;
		assert_int_equal(talk_folder_put(&poller, &folder, &e), 0);
	}
	while (n < 100) {
		struct arena a ARENA_AUTO;

		arena_init(&a);
		assert_int_equal(wire_flush(&poller, &e), 0);
		assert_int_equal(wire_read(&core, &open, &e), 0);
		while (wire_next(&core, &found, &in, &e) == 0 && found) {
			assert_int_equal(talk_folder_get(&in, &a, &got, &e), 0);
			assert_int_equal(got.mails[0].uid, n++);
		}
	}
	assert_false(wire_wants_write(&poller));
	free(folder.mails);
	wire_release(&core);
	wire_release(&poller);
}

/* More than one message may list, though all of it is there. */
static void a_list_over_the_most_is_refused(void **state)
{
	static uint32_t uids[TALK_UIDS_MAX + 1];
	static uint8_t wants[TALK_UIDS_MAX + 1];

	(void)state;
	memset(wants, TALK_FETCH, sizeof(wants));
	for (size_t over = 0; over <= 1; over++) {
		struct talk_wants t = {
			{ .mailbox = SPAN("support") }, uids, wants, TALK_UIDS_MAX + over
		};
		struct heard h;
		struct wire w;
		struct err e;
		int pair[2];

		assert_int_equal(wire_pair(pair, &e), 0);
		message_wire(&w, pair[0], ROLE_CORE, ROLE_POLLER);
		assert_int_equal(talk_wants_put(&w, &t, &e), 0);
		wire_release(&w);
		h = hear(pair[1], ROLE_POLLER, ROLE_CORE);
		assert_int_equal(h.frames, 1);
		assert_int_equal(h.refused, over);
	}
}

/* A child that parses, which may lie, gives names of files of up to FACTS_FIELD_MAX bytes. */
static void the_longest_name_of_a_file_goes_to_the_web(void **state)
{
	static char name[FACTS_FIELD_MAX];
	struct web_told told = { .name = { name, sizeof(name) }, .body = SPAN("{}") };
	struct heard h;
	struct wire w;
	struct err e;
	int pair[2];

	(void)state;
	memset(name, 'x', sizeof(name));
	assert_int_equal(wire_pair(pair, &e), 0);
	message_wire(&w, pair[0], ROLE_CORE, ROLE_WEB);
	assert_int_equal(web_told_put(&w, &told, &e), 0);
	wire_release(&w);
	h = hear(pair[1], ROLE_WEB, ROLE_CORE);
	assert_true(h.frames == 1 && !h.refused);
}

static void a_peer_that_does_not_read_is_lost(void **state)
{
	struct talk_folder folder = { .session.mailbox = SPAN("support"), .n = TALK_UIDS_MAX };
	const int size = TALK_UIDS_MAX * (4 + 8 + 8 + 4);
	struct wire w;
	struct err e;
	int pair[2], sent = 0;

	(void)state;
	folder.mails = calloc(folder.n, sizeof(*folder.mails));
	assert_int_equal(wire_pair(pair, &e), 0);
	message_wire(&w, pair[0], ROLE_POLLER, ROLE_CORE);
	while (sent <= WIRE_QUEUE_MAX / size + 64 && talk_folder_put(&w, &folder, &e) == 0)
		sent++;
	assert_int_equal(e.class, ERR_TEMP);
	assert_in_range(sent, WIRE_QUEUE_MAX / (size + 64), WIRE_QUEUE_MAX / size + 64);
	wire_release(&w);
	assert_int_equal(talk_folder_put(&w, &folder, &e), -1); /* it is gone */
	assert_int_equal(e.class, ERR_TEMP);
	close(pair[1]);
	free(folder.mails);
}

/* A mail whose descriptor cannot be passed stands behind more than goes at once. */
static void queue_what_cannot_go(struct wire *w)
{
	struct talk_folder folder = { .session.mailbox = SPAN("support"), .n = TALK_UIDS_MAX };
	struct talk_mail mail = { .fd = memfd_create("mail", 0) };
	struct err e;
	int next;

	folder.mails = calloc(folder.n, sizeof(*folder.mails));
	while (!wire_wants_write(w))
		assert_int_equal(talk_folder_put(w, &folder, &e), 0);
	next = dup(mail.fd);
	close(next);
	assert_int_equal(talk_mail_put(w, &mail, &e), 0);
	assert_int_equal(close(next), 0);
	close(mail.fd);
	free(folder.mails);
}

/* Else the peer would get later what its sender takes for not sent. */
static void an_error_of_sending_ends_the_channel_for_both(void **state)
{
	char bytes[4096];
	struct wire w;
	struct err e;
	bool open = true;
	int pair[2];

	(void)state;
	assert_int_equal(wire_pair(pair, &e), 0);
	message_wire(&w, pair[0], ROLE_POLLER, ROLE_CORE);
	queue_what_cannot_go(&w);
	do
		assert_true(recv(pair[1], bytes, sizeof(bytes), 0) > 0);
	while (wire_flush(&w, &e) == 0);
	assert_int_equal(e.class, ERR_TEMP);
	while (recv(pair[1], bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
	assert_int_equal(recv(pair[1], bytes, sizeof(bytes), MSG_DONTWAIT), 0);
	assert_int_equal(wire_read(&w, &open, &e), 0);
	assert_false(open);
	wire_release(&w);
	close(pair[1]);
}

/* --- secrets --- */

static size_t count(const char *p, size_t size, const char *hidden, size_t n, char mask)
{
	size_t copies = 0;

	for (size_t i = 0; i + n <= size; i++) {
		size_t k = 0;

		while (k < n && (p[i + k] ^ mask) == hidden[k])
			k++;
		copies += k == n;
	}
	return copies;
}

/* How often the bytes stand in the memory that this process can write to. */
static size_t copies_in_memory(const char *hidden, size_t n, char mask)
{
	/* Not from the heap: what is searched must not get a copy of itself. */
	char *p = mmap(NULL, AREA_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	FILE *maps = fopen("/proc/self/maps", "re");
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	unsigned long from, to;
	char line[512], mode[8];
	size_t copies = 0;

	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) == 3 && mode[1] == 'w' &&
		    to - from < AREA_MAX &&
		    pread(memory, p, to - from, (off_t)from) == (ssize_t)(to - from))
			copies += count(p, to - from, hidden, n, mask);
	close(memory);
	fclose(maps);
	munmap(p, AREA_MAX);
	return copies;
}

static void a_secret_is_nowhere_but_where_the_reader_put_it(void **state)
{
	static const char mask = 0x55;
	char hidden[24], text[24], path[] = "/tmp/test-wire-XXXXXX";
	struct conf conf = { .smtp = { .concurrency = 1,
				       .final_timeout_s = 1,
				       .server = { .host = "mx.test", .secret_file = path } },
			     .hostname = "gw.test" };
	struct setup_sender setup;
	struct wire parent, sender;
	struct wire_in in;
	struct arena a;
	struct err e;
	int pair[2], taken, fd = mkstemp(path);

	(void)state;
	for (size_t i = 0; i < sizeof(hidden); i++)
		text[i] = (char)(hidden[i] = (char)('a' + (i * 7) % 23)) ^ mask;
	assert_int_equal(write(fd, text, sizeof(text)), sizeof(text));
	close(fd);
	explicit_bzero(text, sizeof(text));
	assert_int_equal(copies_in_memory(hidden, sizeof(hidden), mask), 0);
	assert_int_equal(wire_pair(pair, &e), 0);
	message_wire(&parent, pair[0], ROLE_PARENT, ROLE_SENDER);
	message_wire(&sender, pair[1], ROLE_SENDER, ROLE_PARENT);
	arena_init(&a);
	assert_int_equal(taken_open(NULL, &taken, &e), 0);
	assert_int_equal(setup_sender_put(&parent, &conf, 0, taken, &e), 0);
	assert_int_equal(copies_in_memory(hidden, sizeof(hidden), mask), 0);
	assert_int_equal(wire_wait(&sender, 1000, &in, &e), 0);
	assert_int_equal(copies_in_memory(hidden, sizeof(hidden), mask), 1);
	assert_int_equal(setup_sender_get(&in, &a, &setup, &e), 0);
	close(setup.taken);
	close(taken);
	assert_int_equal(strlen(setup.secret), sizeof(hidden));
	assert_int_equal(copies_in_memory(hidden, sizeof(hidden), mask), 1);
	wire_release(&parent);
	wire_release(&sender);
	arena_release(&a);
	unlink(path);
}

static void the_setup_of_hooks_says_what_the_sample_does(void **state)
{
	struct setup_hooks setup;
	struct wire parent, hooks;
	struct wire_in in;
	struct arena a;
	struct err e;
	int pair[2];

	(void)state;
	arena_init(&a);
	assert_int_equal(wire_pair(pair, &e), 0);
	message_wire(&parent, pair[0], ROLE_PARENT, ROLE_HOOKS);
	message_wire(&hooks, pair[1], ROLE_HOOKS, ROLE_PARENT);
	assert_int_equal(wire_samples[MSG_HOOKS_SETUP].put(&parent, &e), 0);
	assert_int_equal(wire_wait(&hooks, 1000, &in, &e), 0);
	assert_int_equal(setup_hooks_get(&in, &a, &setup, &e), 0);
	assert_int_equal(setup.n, 1);
	assert_int_equal(setup.v->network_count, 2);
	assert_int_equal(setup.v->key_count, 2);
	assert_int_equal(setup.v->keys[1].n, 24);
	wire_release(&parent);
	wire_release(&hooks);
	arena_release(&a);
}

/* --- tracing --- */

static char traced[256];

static void note(const struct wire *w, const struct wire_rule *rule, bool sent, uint32_t bytes)
{
	size_t n = strlen(traced);

	(void)w;
	snprintf(traced + n, sizeof(traced) - n, "%s%s %u;", sent ? ">" : "<", rule->name, bytes);
}

static void each_message_can_be_traced_by_name(void **state)
{
	struct wire parent, core;
	struct wire_in in;
	struct err e;
	int pair[2];

	(void)state;
	assert_int_equal(wire_pair(pair, &e), 0);
	message_wire(&parent, pair[0], ROLE_PARENT, ROLE_CORE);
	message_wire(&core, pair[1], ROLE_CORE, ROLE_PARENT);
	assert_non_null(parent.trace);
	parent.trace = core.trace = note;
	assert_int_equal(wire_samples[MSG_PING].put(&parent, &e), 0);
	assert_int_equal(wire_wait(&core, 1000, &in, &e), 0);
	assert_int_equal(wire_samples[MSG_PONG].put(&core, &e), 0);
	assert_int_equal(wire_wait(&parent, 1000, &in, &e), 0);
	assert_string_equal(traced, ">ping 0;<ping 0;>pong 0;<pong 0;");
	wire_release(&parent);
	wire_release(&core);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, remember_descriptors, compare_descriptors)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_message_is_read_as_it_was_put),
		TEST(a_stream_that_ends_in_a_frame_brings_none),
		TEST(a_payload_of_another_size_is_refused),
		TEST(each_byte_may_be_any_other),
		TEST(a_message_of_the_wrong_sender_is_refused),
		TEST(a_message_that_does_not_exist_is_refused),
		TEST(the_first_number_past_the_rules_is_refused),
		TEST(a_list_over_the_most_is_refused),
		TEST(the_longest_name_of_a_file_goes_to_the_web),
		TEST(a_size_over_the_largest_is_refused_by_its_header),
		TEST(another_number_of_descriptors_is_refused),
		TEST(descriptors_that_nobody_asked_for_are_closed),
		TEST(frames_come_whole_however_the_stream_is_cut),
		TEST(one_call_hands_out_every_frame_that_is_there),
		TEST(what_is_gathered_goes_when_it_is_flushed),
		TEST(what_goes_in_part_goes_on_where_it_was),
		TEST(a_peer_that_does_not_read_is_lost),
		TEST(an_error_of_sending_ends_the_channel_for_both),
		TEST(a_secret_is_nowhere_but_where_the_reader_put_it),
		TEST(the_setup_of_hooks_says_what_the_sample_does),
		TEST(each_message_can_be_traced_by_name),
	};

	wire_samples_open();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
