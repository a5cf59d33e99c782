/*
 * The poller and the sender by hand: this program plays parent and core to them.
 *
 *   role_probe poller SECONDS WINDOW MAIL_BYTES MAILBOX...
 *       keeps each mail that is announced and has it moved; "-" before SECONDS' digits keeps
 *       nothing; 0 SECONDS: until standard input ends
 *   role_probe sender CONCURRENCY SERVER FROM COUNT FILE TO...
 *       sends FILE COUNT times, to each TO in turn; "-" before COUNT's digits: the sender gets
 *       SIGTERM when standard input ends
 *
 * SERVER is "host,port,tls,user,secretfile,cafile,seconds", MAILBOX
 * "name,folder,processed,idle,poll," before a SERVER; tls is implicit, starttls or none.  Prints a
 * line a message, then a summary.
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/file.h"
#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/memfd.h"
#include "gatewayd/net/connect.h"
#include "gatewayd/wire/role.h"
#include "gatewayd/wire/setup_poller.h"
#include "gatewayd/wire/setup_sender.h"
#include "gatewayd/wire/taken.h"
#include "gatewayd/wire/talk.h"

enum { MAILBOXES = 16, KNOWN = 100000, BACK = 64, SENT_MS = 300000 };

static struct conf conf;
static struct conf_mailbox mailboxes[MAILBOXES];
static struct wire core;
static pid_t child;
static bool keep = true;
static uint32_t known[MAILBOXES][KNOWN]; /* UIDs that were kept, by mailbox; linear is enough */
static size_t known_count[MAILBOXES];
static int64_t mails, bytes, first_ms, last_ms;
static int end_fd = -1; /* readable: it is time to end */

static void die(const char *what, const struct err *e)
{
	printf("error %s: %s\n", what, e->text);
	exit(2);
}

/* The next field of a comma list; NULL when it is empty. */
static char *field(char **rest)
{
	char *p = strsep(rest, ",");

	return p && *p ? p : NULL;
}

static int number(const char *text)
{
	uint64_t v = 0;

	return text && span_u64(span_of(text), &v) ? (int)v : 0;
}

static struct conf_server server_of(char **rest)
{
	struct conf_server s = { .auth = CONF_AUTH_PLAIN };
	const char *tls;

	s.host = field(rest);
	s.port = number(field(rest));
	tls = field(rest);
	s.tls = !tls || strcmp(tls, "none") == 0 ? CONF_TLS_NONE
		: strcmp(tls, "starttls") == 0	 ? CONF_TLS_STARTTLS
						 : CONF_TLS_IMPLICIT;
	s.user = field(rest);
	s.secret_file = field(rest);
	s.ca_file = field(rest);
	s.connect_timeout_s = s.command_timeout_s = number(field(rest));
	if (!s.user)
		s.auth = CONF_AUTH_NONE;
	return s;
}

static void add_mailbox(char *spec)
{
	struct conf_mailbox *m = &mailboxes[conf.mailbox_count++];

	m->name = field(&spec);
	m->folder = field(&spec);
	m->processed = field(&spec);
	m->idle = number(field(&spec)) == 1;
	m->poll_s = number(field(&spec));
	m->server = server_of(&spec);
}

static int put_sender(struct wire *parent, struct err *e)
{
	int taken, r;

	if (taken_open(NULL, &taken, e) < 0)
		return -1;
	r = setup_sender_put(parent, &conf, 0, taken, e);
	close(taken);
	return r;
}

/* Starts the role in a child and tells it its settings. */
static void start(enum role_id id, int (*role_main)(struct role *))
{
	struct wire parent;
	int to_parent[2], to_core[2];
	struct err e = { 0 };

	if (wire_pair(to_parent, &e) < 0 || wire_pair(to_core, &e) < 0)
		die("wire", &e);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		struct role r = { .id = id, .clock = clock_real() };

		close(to_parent[0]);
		close(to_core[0]);
		log_open(role_name(id), LOG_INFO);
		message_wire(&r.parent, to_parent[1], id, ROLE_PARENT);
		message_wire(&r.core, to_core[1], id, ROLE_CORE);
		exit(role_main(&r));
	}
	close(to_parent[1]);
	close(to_core[1]);
	message_wire(&parent, to_parent[0], ROLE_PARENT, id);
	message_wire(&core, to_core[0], ROLE_CORE, id);
	if ((id == ROLE_POLLER ? setup_poller_put(&parent, &conf, 0, 2, &e)
			       : put_sender(&parent, &e)) < 0)
		die("setup", &e);
	if (wire_flush_all(&parent, 1000, &e) < 0)
		die("setup", &e);
	/* the channel to the parent stays open as long as this process lives */
}

/* One frame, or false at end_ms (INT64_MAX: never), when it is time to end, or at the end of the
 * channel. */
static bool next_frame(int64_t end_ms, struct wire_in *ret_in)
{
	bool found = false, open = true;
	struct err e = { 0 };

	for (;;) {
		struct pollfd fds[] = { { core.fd, POLLIN, 0 }, { end_fd, POLLIN, 0 } };
		int64_t left = end_ms - clock_wait_ms();

		if (wire_next(&core, &found, ret_in, &e) < 0)
			die("frame", &e);
		if (found)
			return true;
		if (wire_wants_write(&core)) { /* who has gone said the above before */
			fds[0].events |= POLLOUT;
			if (wire_flush(&core, &e) < 0)
				return false;
		}
		if (left <= 0 || !open)
			return false;
		/* A peer that ended hears no more; what it said before is read all the same. */
		if (wire_wants_write(&core) && wire_flush(&core, &e) == 0)
			fds[0].events |= POLLOUT;
		poll(fds, 2, left < INT_MAX ? (int)left : INT_MAX);
		if (fds[1].revents)
			return false;
		if ((fds[0].revents & ~POLLOUT) && wire_read(&core, &open, &e) < 0)
			return false;
	}
}

/* It hears of the end when it reads; what it says meanwhile is no failure. */
static void stop(void)
{
	int status = 0;

	shutdown(core.fd, SHUT_WR);
	waitpid(child, &status, 0);
	wire_release(&core);
	if (WIFSIGNALED(status))
		printf("role died of signal %d\n", WTERMSIG(status));
	else
		printf("role ended %d\n", WEXITSTATUS(status));
}

static size_t mailbox_index(struct span name)
{
	size_t k = 0;

	while (k + 1 < conf.mailbox_count && !span_is(name, mailboxes[k].name))
		k++;
	return k;
}

static bool is_known(size_t mailbox, uint32_t uid)
{
	for (size_t k = 0; k < known_count[mailbox]; k++)
		if (known[mailbox][k] == uid)
			return true;
	return false;
}

/* Another node has the mailbox "elsewhere". */
static enum talk_want want_of(struct span mailbox, uint32_t uid)
{
	if (span_is(mailbox, "elsewhere"))
		return TALK_ELSEWHERE;
	return is_known(mailbox_index(mailbox), uid) ? TALK_MOVE : TALK_FETCH;
}

static void on_folder(struct wire_in *in, struct arena *a)
{
	struct talk_folder f;
	struct talk_wants w;
	struct err e;
	uint32_t *uids;
	uint8_t *wants;

	if (talk_folder_get(in, a, &f, &e) < 0)
		die("folder", &e);
	if (f.n == 0)
		return;
	printf("folder " SPAN_FMT " uidvalidity=%u uids=%zu\n", SPAN_ARG(f.session.mailbox),
	       f.session.uidvalidity, f.n);
	wants = arena_alloc(a, f.n + 1);
	uids = arena_alloc_n(a, f.n + 1, sizeof(*uids));
	for (size_t k = 0; k < f.n; k++) {
		uids[k] = f.mails[k].uid;
		wants[k] = (uint8_t)want_of(f.session.mailbox, uids[k]);
	}
	w = (struct talk_wants){ f.session, uids, wants, f.n };
	if (talk_wants_put(&core, &w, &e) < 0)
		die("want", &e);
}

/* No folder that mails were moved to is compared; the mailbox "troubled" is told so when it asks
 * for the second time. */
static void on_place(struct wire_in *in)
{
	static int asked;
	struct talk_compared c;
	struct talk_compare a = { 0 };
	struct err e;

	if (talk_compared_get(in, &c, &e) < 0)
		die("place", &e);
	printf("place " SPAN_FMT "%s\n", SPAN_ARG(c.session.mailbox), c.done ? " done" : "");
	a.session = c.session;
	a.wait = span_is(c.session.mailbox, "troubled") && asked++ == 0;
	if (!c.done && talk_compare_put(&core, &a, &e) < 0)
		die("place-from", &e);
}

static void on_mail(struct wire_in *in)
{
	struct talk_mail m;
	struct talk_kept kept;
	struct err e;
	size_t box;

	if (talk_mail_get(in, &m, &e) < 0)
		die("mail", &e);
	box = mailbox_index(m.at.session.mailbox);
	last_ms = clock_wait_ms();
	mails++;
	bytes += m.kept;
	printf("mail " SPAN_FMT " %u\n", SPAN_ARG(m.at.session.mailbox), m.at.uid);
	if ((m.fd < 0 ? (int64_t)m.here.n : lseek(m.fd, 0, SEEK_END)) != m.kept)
		printf("error: not %" PRId64 " bytes\n", m.kept);
	if (is_known(box, m.at.uid))
		printf("again " SPAN_FMT " %u\n", SPAN_ARG(m.at.session.mailbox), m.at.uid);
	if (m.fd >= 0)
		close(m.fd);
	if (!keep)
		return;
	if (known_count[box] < KNOWN)
		known[box][known_count[box]++] = m.at.uid;
	kept = (struct talk_kept){ m.at, TALK_MOVE };
	if (talk_kept_put(&core, &kept, &e) < 0)
		die("kept", &e);
}

static void on_status(struct wire_in *in)
{
	struct talk_status s;
	struct err e;

	if (talk_status_get(in, &s, &e) < 0)
		die("status", &e);
	printf("%" PRId64 " ms status " SPAN_FMT " %s " SPAN_FMT "\n", clock_wait_ms() - first_ms,
	       SPAN_ARG(s.mailbox), s.good ? "good" : "bad", SPAN_ARG(s.text));
}

static int run_poller(char **argv)
{
	struct arena a ARENA_AUTO;
	struct wire_in in;
	int64_t end_ms = INT64_MAX;
	int seconds;

	arena_init(&a);
	keep = argv[0][0] != '-';
	conf.mailboxes = mailboxes;
	conf.limits.fetch_window = number(argv[1]);
	conf.limits.mail_bytes = number(argv[2]);
	for (char **spec = argv + 3; *spec; spec++)
		add_mailbox(*spec);
	start(ROLE_POLLER, poller_main);
	first_ms = clock_wait_ms();
	seconds = number(argv[0] + !keep);
	if (seconds)
		end_ms = first_ms + (int64_t)seconds * 1000;
	else
		end_fd = STDIN_FILENO;
	while (next_frame(end_ms, &in)) {
		if (in.type == MSG_FOLDER)
			on_folder(&in, &a);
		else if (in.type == MSG_PLACE)
			on_place(&in);
		else if (in.type == MSG_MAIL || in.type == MSG_MAIL_HERE)
			on_mail(&in);
		else
			on_status(&in);
		arena_reset(&a);
	}
	printf("mails=%" PRId64 " bytes=%" PRId64 " ms=%" PRId64 "\n", mails, bytes,
	       last_ms - first_ms);
	stop();
	return 0;
}

static void put_send(int64_t row, const char *from, const char *to, const char *file)
{
	struct buf message BUF_AUTO;
	struct talk_send s = { .row = row,
			       .sender = span_of(from),
			       .recipient = span_of(to),
			       .domain = span_of(strrchr(to, '@') ? strrchr(to, '@') + 1 : ""),
			       .fd = -1 };
	struct err e;

	buf_init(&message, SIZE_MAX);
	if (file_read(file, &message) < 0)
		err(1, "%s", file);
	s.here = buf_span(&message);
	if (message.n > TALK_HERE_MAX && memfd_of(s.here, &s.fd, &e) < 0)
		die("memory", &e);
	if (talk_send_put(&core, &s, &e) < 0)
		die("send", &e);
	if (s.fd >= 0)
		close(s.fd);
}

/* The next frame of a sender that may have to be asked to end. */
static bool next_of_sender(struct wire_in *in)
{
	int64_t end_ms = clock_wait_ms() + SENT_MS;

	if (next_frame(end_ms, in))
		return true;
	if (end_fd < 0 || clock_wait_ms() >= end_ms)
		return false;
	end_fd = -1;
	kill(child, SIGTERM);
	return next_frame(end_ms, in);
}

/* Rows that came back untried, as their domain was slow: they go again behind the next result. */
static int64_t back[BACK];
static size_t back_count;

static void take_back(struct wire_in *in)
{
	struct err e;

	if (back_count == BACK || talk_back_get(in, &back[back_count], &e) < 0 ||
	    talk_written_put(&core, back[back_count], &e) < 0)
		die("back", &e);
	back_count++;
}

static int run_sender(int argc, char **argv)
{
	static const char *const names[] = { "sent", "retry", "failed", "unknown" };
	bool ends = argv[3][0] == '-';
	int64_t count = number(argv[3] + ends), next = 0, done = 0;
	int lanes = number(argv[0]), recipients = argc - 5;
	struct talk_sent sent;
	struct wire_in in;
	struct err e;

	conf.smtp.server = server_of(&argv[1]);
	conf.smtp.concurrency = lanes;
	conf.smtp.final_timeout_s = 600;
	conf.hostname = "gw.example.test";
	if (ends)
		end_fd = STDIN_FILENO;
	start(ROLE_SENDER, sender_main);
	first_ms = clock_wait_ms();
	while (done < count) {
		for (; next < count && next < done + 2 * lanes; next++)
			put_send(next, argv[2], argv[5 + next % recipients], argv[4]);
		if (!next_of_sender(&in))
			break;
		if (in.type == MSG_BACK)
			take_back(&in);
		if (in.type == MSG_LANES || in.type == MSG_BACK)
			continue;
		/* Who ends may be gone when it would hear of it. */
		if (talk_sent_get(&in, &sent, &e) < 0 ||
		    (talk_written_put(&core, sent.row, &e) < 0 && !ends))
			die("sent", &e);
		printf("%" PRId64 " ms %s row=%" PRId64 " code=%d " SPAN_FMT "\n",
		       clock_wait_ms() - first_ms, names[sent.outcome], sent.row, sent.code,
		       SPAN_ARG(sent.text));
		for (done++; back_count; back_count--)
			put_send(back[back_count - 1], argv[2],
				 argv[5 + back[back_count - 1] % recipients], argv[4]);
	}
	printf("done=%" PRId64 " ms=%" PRId64 "\n", done, clock_wait_ms() - first_ms);
	stop();
	return done < count;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	crypto_init();
	if (argc >= 6 && strcmp(argv[1], "poller") == 0)
		return run_poller(argv + 2);
	if (argc >= 8 && strcmp(argv[1], "sender") == 0)
		return run_sender(argc - 2, argv + 2);
	fputs("usage: see the head of role_probe.c\n", stderr);
	return 2;
}
