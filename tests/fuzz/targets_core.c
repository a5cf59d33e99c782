/* What the other processes say to core: any bytes on the wire, and whole scripts of each role. */
#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/base/memfd.h"
#include "tests/fuzz/core_lab.h"
#include "tests/fuzz/targets.h"

#define assert_int_equal(a, b) MUST((a) == (b))
#include "tests/unit/wire_samples.h"

void fuzz_poller(struct span bytes)
{
	core_lab_play(ROLE_POLLER, bytes);
}

void fuzz_sender(struct span bytes)
{
	core_lab_play(ROLE_SENDER, bytes);
}

void fuzz_parse(struct span bytes)
{
	core_lab_play(ROLE_PARSE, bytes);
}

void fuzz_control(struct span bytes)
{
	core_lab_play(ROLE_CONTROL, bytes);
}

/* Frames until the conversation ends; a get has all of a frame, or refuses it. */
static void read_all(struct wire *w)
{
	struct err e = { 0 };
	struct wire_in in;
	bool open = true, found = true;

	while (open) {
		if (wire_read(w, &open, &e) < 0)
			return;
		do {
			if (wire_next(w, &found, &in, &e) < 0)
				return;
			if (found && wire_samples[in.type].get(&in, &e) < 0)
				return;
		} while (found);
	}
}

/* The bytes as they are; or as one frame of that type with the descriptors that its rule wants. */
static void put_bytes(int to, uint16_t type, bool raw, struct span bytes)
{
	const struct wire_rule *rule = &message_rules[type];
	struct {
		uint32_t size;
		uint16_t type, fds;
	} head = { (uint32_t)bytes.n, type, rule->fds };
	union {
		char bytes[CMSG_SPACE(sizeof(int) * WIRE_FDS_MAX)];
		struct cmsghdr align;
	} control = { { 0 } };
	struct iovec iov[] = { { &head, raw ? 0 : sizeof(head) },
			       { (void *)(uintptr_t)bytes.p, bytes.n } };
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = 2 };
	int fds[WIRE_FDS_MAX];

	for (size_t i = 0; i < rule->fds; i++)
		fds[i] = sample_memfd("what a descriptor has");
	if (!raw && rule->fds) {
		m.msg_control = control.bytes;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * rule->fds);
		*CMSG_FIRSTHDR(&m) =
		    (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
				      .cmsg_type = SCM_RIGHTS,
				      .cmsg_len = CMSG_LEN(sizeof(int) * rule->fds) };
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), fds, sizeof(int) * rule->fds);
	}
	MUST(sendmsg(to, &m, MSG_NOSIGNAL) >= 0);
	for (size_t i = 0; i < rule->fds; i++)
		close(fds[i]);
}

/* The first byte says whose conversation it is, by a message of it; from 128 on all else are bytes
 * of the stream, below they are the payload of that message. */
void fuzz_wire(struct span bytes)
{
	unsigned char which = bytes.n ? (unsigned char)*bytes.p : 0;
	uint16_t type = which % 128 % MESSAGE_COUNT;
	const struct wire_rule *rule = &message_rules[type];
	struct err e = { 0 };
	struct wire w;
	int pair[2], free_fd;

	lab_begin();
	if (!sample_conf)
		wire_samples_open();
	free_fd = core_lab_free_fd();
	MUST(wire_pair(pair, &e) == 0);
	message_wire(&w, pair[0], (enum role_id)rule->to, (enum role_id)rule->from);
	put_bytes(pair[1], type, which >= 128, span_sub(bytes, 1, SIZE_MAX));
	close(pair[1]);
	read_all(&w);
	wire_release(&w);
	MUST(core_lab_free_fd() == free_fd);
}
