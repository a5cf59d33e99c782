/* That mails are not kept: until when core says so (gatewayd/core/intake.h). */
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/wire/talk.h"
#include "store/query.h"
#include "tests/scenario/fault.h"
#include "tests/scenario/peers_inside.h"
#include "tests/scenario/verbs.h"
#include "tests/unit/file_limit.h"
#include "tests/unit/unit.h"

/* Of the store's statements and commits, as they come with a mail. */
enum { IS_KNOWN = 1, BEGIN = 2, LAST = 20, RETRY_MS = 10000, WAIT_MS = 1500 /* the first */ };

static int failing;

static int failing_settle(struct world *w, struct err *e)
{
	int result;

	fault_start(failing);
	fault_mark();
	fault_resume();
	result = world_work(w, e);
	fault_pause();
	return result;
}

static void play(struct world *w, const char *text)
{
	struct script s = { .rest = span_of(text), .arena = &w->arena };
	struct script_line line;
	struct err e = { 0 };

	while (script_next(&s, &line, &e) > 0)
		if (verbs_run(w, &line, &e) < 0)
			fail_msg("%d: %s", line.line, e.text);
}

static bool is_bad(const struct world *w)
{
	return w->bench.health.v[CONCERN_INTAKE].bad;
}

/* Core alone: its pollers say nothing. */
static void later(struct world *w)
{
	struct err e;
	int ran;

	w->clock.monotonic_ms += RETRY_MS;
	w->clock.now += RETRY_MS / 1000;
	while ((ran = loop_turn(w->bench.loop, 0, &e)) > 0)
		;
	assert_int_equal(ran, 0);
}

static void ends_by_itself(struct world *w)
{
	later(w);
	assert_false(is_bad(w));
}

/* A mail in the inbox, and the n-th statement fails. */
static void set_up(struct world *w, int n)
{
	struct err e;

	failing = n;
	assert_int_equal(world_open(w, "tests/scenarios", &e), 0);
	play(w, "CONF base\nAT 2026-03-02T08:00:00Z\nLOOK\nMAILBOX good\n");
	assert_false(is_bad(w));
	w->settle = failing_settle;
	play(w, "MAIL from=ann@customer.test subject=Zebracrossing\n");
	w->settle = world_work;
}

static void a_mail_that_waits_is(void **state)
{
	struct world w = { 0 };

	(void)state;
	set_up(&w, BEGIN);
	assert_true(is_bad(&w));
	later(&w);
	assert_true(is_bad(&w));
	assert_int_equal(world_work(&w, &(struct err){ 0 }), 0);
	assert_false(is_bad(&w));
	play(&w, "EXPECT mail state=case\n");
	world_close(&w);
}

static void a_question_that_is_answered_again_is_not(void **state)
{
	struct world w = { 0 };

	(void)state;
	set_up(&w, IS_KNOWN);
	assert_true(is_bad(&w));
	ends_by_itself(&w);
	world_close(&w);
}

static void one_whose_server_is_in_trouble_is_not(void **state)
{
	struct world w = { 0 };

	(void)state;
	set_up(&w, BEGIN);
	play(&w, "MAILBOX bad \"no route to host\"\n");
	assert_true(is_bad(&w)); /* for a moment */
	ends_by_itself(&w);
	play(&w, "MAILBOX good\nEXPECT mail state=case\n");
	world_close(&w);
}

static void one_whose_poller_ended_is_not(void **state)
{
	struct world w = { 0 };

	(void)state;
	set_up(&w, BEGIN);
	peers_disconnect(w.peers);
	ends_by_itself(&w);
	world_close(&w);
}

/* The mail is there, and goes on; its next look says that it waits no more. */
static void a_commit_of_which_nobody_was_told_is_not(void **state)
{
	bool any = false;

	(void)state;
	for (int n = BEGIN; n < LAST; n++) {
		struct world w = { 0 };
		struct err e;

		set_up(&w, n);
		if (is_bad(&w) && fault_first() == FAULT_COMMIT_UNTOLD) {
			any = true;
			play(&w, "LOOK\n");
			assert_true(is_bad(&w)); /* for a moment */
			ends_by_itself(&w);
			assert_int_equal(world_work(&w, &e), 0);
			play(&w, "EXPECT counts mails=1\nEXPECT mail state=case\n");
		}
		world_close(&w);
	}
	assert_true(any);
}

/* --- a disk that is nearly full --- */

/* That a long mail is not kept, and that the disk is full, since so long. */
static void is_full(const struct world *w, int64_t seconds)
{
	static const enum concern both[] = { CONCERN_INTAKE, CONCERN_STORE };

	for (size_t i = 0; i < 2; i++) {
		const struct health_state *s = &w->bench.health.v[both[i]];

		assert_true(s->bad);
		assert_int_equal(clock_now(&w->bench.clock) - s->since_at, seconds);
		assert_non_null(strstr(s->text, "the disk is full"));
	}
}

/* Short mails find room meanwhile: it is one trouble, from its beginning to its end. */
static void a_long_mail_without_room_is_until_there_is_some(void **state)
{
	struct world w = { 0 };
	rlim_t before;
	struct err e;

	(void)state;
	assert_int_equal(world_open(&w, "tests/scenarios", &e), 0);
	play(&w, "CONF base\nAT 2026-03-02T08:00:00Z\nLOOK\nMAILBOX good\n"
		 "MAIL from=ann@customer.test unlike=1 bulk=4000000\n");
	before = no_file_over(4500000); /* the memory that a mail comes in is one, too */
	play(&w, "MAIL from=ann@customer.test unlike=1 bulk=4000000\n");
	is_full(&w, 0);
	w.clock.monotonic_ms += WAIT_MS;
	w.clock.now += 1;
	play(&w, "MAIL from=paul@partner.test unlike=1\nEXPECT counts mails=2\n");
	is_full(&w, 1);
	later(&w);
	is_full(&w, 1 + RETRY_MS / 1000);
	no_file_over(before);
	later(&w);
	assert_false(w.bench.health.v[CONCERN_STORE].bad);
	assert_int_equal(world_work(&w, &e), 0);
	assert_false(is_bad(&w));
	play(&w, "EXPECT counts mails=3 pending=0\nEXPECT check ok\n");
	world_close(&w);
}

/* Of other troubles of the disk than that it is full, which nobody can ask it. */
static void a_commit_that_writes_nothing_ends_no_trouble(void **state)
{
	const struct health_state *store;
	struct world w = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(world_open(&w, "tests/scenarios", &e), 0);
	play(&w, "CONF base\nAT 2026-03-02T08:00:00Z\n");
	store = &w.bench.health.v[CONCERN_STORE];
	for (int n = 1; n < LAST && !store->bad; n++) {
		assert_int_equal(store_begin(w.bench.store, &e), 0);
		assert_int_equal(store_meta_set(w.bench.store, "key", SPAN("value"), &e), 0);
		fault_start(n);
		fault_resume();
		(void)store_commit(w.bench.store, &e);
		fault_pause();
	}
	assert_true(store->bad);
	assert_int_equal(store_begin(w.bench.store, &e), 0);
	assert_int_equal(store_commit(w.bench.store, &e), 0);
	assert_true(store->bad);
	assert_int_equal(store_begin(w.bench.store, &e), 0);
	assert_int_equal(store_meta_set(w.bench.store, "key", SPAN("other"), &e), 0);
	assert_int_equal(store_commit(w.bench.store, &e), 0);
	assert_false(store->bad);
	world_close(&w);
}

/* --- a look that does not begin with what the store knows of the one before --- */

/* A part of a folder without mails, of which the n-th statement fails; 0: none. */
static void part(struct world *w, bool first, bool last, int n)
{
	struct talk_folder f = {
		{ SPAN("support"), 1, w->peers->poller.session, TALK_INBOX }, first, last, NULL, 0
	};
	struct err e;

	assert_int_equal(talk_folder_put(&end_of(w->peers, ROLE_POLLER, 0)->wire, &f, &e), 0);
	failing = n;
	assert_int_equal(n ? failing_settle(w, &e) : world_work(w, &e), 0);
}

/* When the last look that the store knows began. */
static int64_t kept_look(struct world *w)
{
	struct span text;
	struct err e;
	int64_t at;

	assert_int_equal(store_meta_get(w->bench.store, "look:support", &w->arena, &text, &e), 0);
	span_cut(&text, ' ');
	span_cut(&text, ' ');
	assert_true(span_i64(text, &at));
	return at;
}

/* A core that begins behind a whole look, and when that began. */
static int64_t set_up_behind_a_look(struct world *w)
{
	struct err e;
	int64_t at;

	assert_int_equal(world_open(w, "tests/scenarios", &e), 0);
	play(w, "CONF base\nAT 2026-03-02T08:00:00Z\nLOOK\n");
	at = kept_look(w);
	assert_int_equal(world_restart(w, 3600, &e), 0);
	return at;
}

static void a_look_in_which_the_store_answers_again_is_kept_as_it_is(void **state)
{
	struct world w = { 0 };
	int64_t before = set_up_behind_a_look(&w);

	(void)state;
	part(&w, true, false, IS_KNOWN);
	assert_true(is_bad(&w));
	ends_by_itself(&w);
	part(&w, false, true, 0);
	assert_true(kept_look(&w) >= before);
	world_close(&w);
}

/* What its first part listed is not known here. */
static void a_look_that_began_with_another_core_is_not_kept(void **state)
{
	struct world w = { 0 };
	int64_t before = set_up_behind_a_look(&w);

	(void)state;
	part(&w, false, true, 0);
	assert_int_equal(kept_look(&w), before);
	part(&w, true, true, 0);
	assert_true(kept_look(&w) > before);
	world_close(&w);
}

/* --- a poller that its server has taken over --- */

/* Whether core goes on with one of that server that gives it this mail. */
static bool bears(struct world *w, struct span server, const struct talk_mail *m)
{
	struct wire poller;
	struct pollfd p = { .events = POLLIN };
	int pair[2];
	struct err e;

	assert_int_equal(wire_pair(pair, &e), 0);
	message_wire(&poller, pair[0], ROLE_POLLER, ROLE_CORE);
	peer_add(&w->bench,
		 &(struct parent_talk_peer){ ROLE_POLLER, 7, getpid(), pair[1], server });
	assert_int_equal(talk_mail_put(&poller, m, &e), 0);
	while (loop_turn(w->bench.loop, 0, &e) > 0)
		;
	p.fd = poller.fd;
	poll(&p, 1, 0);
	wire_release(&poller);
	while (loop_turn(w->bench.loop, 0, &e) > 0)
		;
	return !(p.revents & POLLHUP);
}

static void another_servers_mailbox_is_not_its_own(void **state)
{
	struct talk_mail m = { .at = { { SPAN("support"), 1, 1, TALK_INBOX }, 900 },
			       .size = 3,
			       .kept = 3,
			       .fd = -1,
			       .here = SPAN("abc") };
	struct conf_mailbox box = { .name = (char[]){ "support" },
				    .server = { .host = (char[]){ "imap.test" }, .port = 993 } };
	struct world w = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(world_open(&w, "tests/scenarios", &e), 0);
	play(&w, "CONF base\nAT 2026-03-02T08:00:00Z\nLOOK\nMAILBOX good\n");
	w.bench.conf->mailboxes = &box;
	w.bench.conf->mailbox_count = 1;
	assert_true(bears(&w, SPAN("imap.test:993"), &m));
	assert_false(bears(&w, SPAN("evil.test:993"), &m));
	w.bench.conf->mailboxes = NULL;
	w.bench.conf->mailbox_count = 0;
	world_close(&w);
}

static void more_than_a_mail_may_have_is_not_read(void **state)
{
	struct talk_mail m = { .at = { { SPAN("support"), 1, 1, TALK_INBOX }, 901 } };
	struct world w = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(world_open(&w, "tests/scenarios", &e), 0);
	play(&w, "CONF base\nAT 2026-03-02T08:00:00Z\nLOOK\nMAILBOX good\n");
	for (int more = 0; more < 2; more++) {
		m.size = m.kept = w.bench.conf->limits.mail_bytes + more;
		m.fd = memfd_create("mail", MFD_CLOEXEC | MFD_ALLOW_SEALING);
		assert_int_equal(ftruncate(m.fd, m.kept), 0);
		assert_int_equal(bears(&w, SPAN_NONE, &m), more == 0);
		close(m.fd);
	}
	world_close(&w);
}

/* Of ten bytes, it is said. */
static const struct {
	unsigned int flags;
	off_t bytes;
} memories[] = {
	{ MFD_CLOEXEC, 10 }, /* nobody can seal it */
	{ MFD_CLOEXEC | MFD_ALLOW_SEALING, 9 },
	{ MFD_CLOEXEC | MFD_ALLOW_SEALING, 11 },
};

/* That is no trouble of others. */
static void memory_that_is_not_as_it_was_said_ends_its_poller_alone(void **state)
{
	struct talk_mail m = { .at = { { SPAN("support"), 1, 1, TALK_INBOX }, 902 },
			       .size = 10,
			       .kept = 10 };
	struct world w = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(world_open(&w, "tests/scenarios", &e), 0);
	play(&w, "CONF base\nAT 2026-03-02T08:00:00Z\nLOOK\nMAILBOX good\n");
	for (size_t i = 0; i < sizeof(memories) / sizeof(*memories); i++) {
		m.fd = memfd_create("mail", memories[i].flags);
		assert_int_equal(ftruncate(m.fd, memories[i].bytes), 0);
		assert_false(bears(&w, SPAN_NONE, &m));
		assert_false(is_bad(&w));
		close(m.fd);
	}
	play(&w, "EXPECT counts mails=0\nMAIL from=ann@customer.test\nEXPECT mail state=case\n");
	world_close(&w);
}

static bool is_mapped(int fd, size_t n)
{
	void *p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);

	if (p != MAP_FAILED)
		munmap(p, n);
	return p != MAP_FAILED;
}

/* A machine without room for it would ask again and again, and take nothing in meanwhile. */
static void memory_of_huge_pages_ends_its_poller_alone(void **state)
{
	struct talk_mail m = { .at = { { SPAN("support"), 1, 1, TALK_INBOX }, 903 },
			       .size = 2 << 20,
			       .kept = 2 << 20 };
	struct world w = { 0 };
	struct err e;

	(void)state;
	m.fd = memfd_create("mail", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB);
	if (m.fd < 0 || ftruncate(m.fd, m.kept) < 0 || is_mapped(m.fd, (size_t)m.kept)) {
		close(m.fd);
		return; /* a kernel without them, or a machine that has some */
	}
	assert_int_equal(world_open(&w, "tests/scenarios", &e), 0);
	play(&w, "CONF base\nAT 2026-03-02T08:00:00Z\nLOOK\nMAILBOX good\n");
	assert_false(bears(&w, SPAN_NONE, &m));
	assert_false(is_bad(&w));
	close(m.fd);
	world_close(&w);
}

/* --- a mail that the store refuses --- */

static void refuse_uid(struct world *w, uint32_t uid)
{
	const char *sql = arena_printf(&w->arena,
				       "CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.mail WHEN "
				       "NEW.uid = %u BEGIN SELECT RAISE(ABORT, 'no'); END",
				       uid);
	struct store *s = w->bench.store;
	struct err e;

	assert_int_equal(s->ops->script(s->engine, sql, &e), 0);
}

/* Alone or among others, which are kept. */
static void a_mail_that_the_store_refuses_is_no_trouble_of_others(void **state)
{
	(void)state;
	for (int others = 0; others <= 2; others += 2) {
		struct world w = { 0 };
		struct err e;

		assert_int_equal(world_open(&w, "tests/scenarios", &e), 0);
		play(&w, "CONF base\nAT 2026-03-02T08:00:00Z\nLOOK\nMAILBOX good\n");
		refuse_uid(&w, 1 + (uint32_t)others / 2);
		play(&w, others ? "MAIL from=ann@customer.test unlike=1 times=3\n"
				: "MAIL from=ann@customer.test\n");
		assert_false(is_bad(&w));
		assert_int_equal(w.peers->poller.refused, 1);
		play(&w, others ? "EXPECT counts mails=2\n" : "EXPECT counts mails=0\n");
		world_close(&w);
	}
}

/* --- a backlog --- */

/* No more is kept than is decided next (parse_pool_full()); the others come when that goes on. */
static void a_backlog_waits_where_it_is(void **state)
{
	struct world w = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(world_open(&w, "tests/scenarios", &e), 0);
	play(&w, "CONF patient\nAT 2026-03-02T08:00:00Z\nCHILD hangs times=2\n"
		 "MAIL from=ann@customer.test unlike=1 times=1100\nEXPECT counts mails=512\n"
		 "AT +400s\nEXPECT counts mails=1100 pending=0\nEXPECT check ok\n");
	world_close(&w);
}

/* Mails that waited were decided by somebody else: those that come do not wait for them. */
static void a_backlog_that_is_done_holds_nothing_up(void **state)
{
	struct world w = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(world_open(&w, "tests/scenarios", &e), 0);
	play(&w, "CONF patient\nAT 2026-03-02T08:00:00Z\nCHILD hangs times=2\n"
		 "MAIL from=ann@customer.test unlike=1 times=512\nEXPECT counts mails=512\n");
	assert_int_equal(w.bench.store->ops->script(w.bench.store->engine,
						    "UPDATE mail SET state = 'dropped' "
						    "WHERE id > 256",
						    &e),
			 0);
	play(&w, "AT +400s\nEXPECT counts pending=0\n"
		 "MAIL from=ann@customer.test\nEXPECT counts mails=513 pending=0\n");
	world_close(&w);
}

/* Behind a group that the store could not keep no other one is tried: all come again. */
static void a_backlog_that_is_not_kept_comes_again(void **state)
{
	struct world w = { 0 };
	int64_t fired;
	struct err e;

	(void)state;
	assert_int_equal(world_open(&w, "tests/scenarios", &e), 0);
	play(&w, "CONF patient\nAT 2026-03-02T08:00:00Z\n");
	w.bench.conf->limits.commit_group = 10;
	play(&w, "CHILD hangs times=2\nMAIL from=ann@customer.test unlike=1 times=600\n");
	fired = fault_fired();
	fault_start(1);
	fault_resume();
	w.bench.stopping = true; /* all that waits is to be kept */
	bench_turn(&w.bench);
	w.bench.stopping = false;
	fault_pause();
	assert_int_equal(fault_fired() - fired, 4); /* together, and three by themselves */
	play(&w, "EXPECT counts mails=512\nAT +400s\nEXPECT counts mails=600 pending=0\n");
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mail_that_waits_is),
		cmocka_unit_test(a_question_that_is_answered_again_is_not),
		cmocka_unit_test(one_whose_server_is_in_trouble_is_not),
		cmocka_unit_test(one_whose_poller_ended_is_not),
		cmocka_unit_test(a_commit_of_which_nobody_was_told_is_not),
		cmocka_unit_test(a_long_mail_without_room_is_until_there_is_some),
		cmocka_unit_test(a_commit_that_writes_nothing_ends_no_trouble),
		cmocka_unit_test(a_look_in_which_the_store_answers_again_is_kept_as_it_is),
		cmocka_unit_test(a_look_that_began_with_another_core_is_not_kept),
		cmocka_unit_test(another_servers_mailbox_is_not_its_own),
		cmocka_unit_test(more_than_a_mail_may_have_is_not_read),
		cmocka_unit_test(memory_that_is_not_as_it_was_said_ends_its_poller_alone),
		cmocka_unit_test(memory_of_huge_pages_ends_its_poller_alone),
		cmocka_unit_test(a_mail_that_the_store_refuses_is_no_trouble_of_others),
		cmocka_unit_test(a_backlog_waits_where_it_is),
		cmocka_unit_test(a_backlog_that_is_done_holds_nothing_up),
		cmocka_unit_test(a_backlog_that_is_not_kept_comes_again),
	};

	crypto_init();
	fault_init();
	log_open("scenario", (enum log_level)0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
