#include "store/pg.h"
#include "store/sql.h"
#include "tests/store/fixture.h"

#include <poll.h>
#include <pthread.h>

static bool lease_of(struct fixture *f, const char *mailbox, const char *node)
{
	struct store_lease *v;
	size_t n;

	OK(f, store_lease_list(f->s, &f->a, &v, &n, &f->e));
	for (size_t i = 0; i < n; i++)
		if (span_is(v[i].mailbox, mailbox))
			return span_is(v[i].node, node);
	return false;
}

static bool take(struct fixture *f, const char *mailbox)
{
	bool done = false;

	OK(f, store_lease_take(f->s, span_of(mailbox), NOW, &done, &f->e));
	return done;
}

static void a_lease_is_of_one_node_until_it_is_given(void **state)
{
	struct fixture *f = *state;

	OK(f, store_node_join(f->s, SPAN("one"), &f->e));
	OK(f, store_lease_add(f->s, SPAN("support"), NOW, &f->e));
	OK(f, store_lease_add(f->s, SPAN("support"), NOW, &f->e));
	assert_true(lease_of(f, "support", "") && lease_of(f, "", ""));
	assert_true(take(f, "support") && take(f, "") && !take(f, "support"));
	OK(f, store_lease_add(f->s, SPAN("support"), NOW, &f->e));
	OK(f, store_lease_drop(f->s, SPAN("support"), &f->e));
	assert_true(lease_of(f, "support", "one"));
	OK(f, store_lease_give(f->s, SPAN("support"), NOW, &f->e));
	OK(f, store_lease_drop(f->s, SPAN("support"), &f->e));
	assert_true(!lease_of(f, "support", "") && lease_of(f, "", "one"));
	assert_false(take(f, "support"));
}

static void a_node_that_ended_has_nothing_and_sends_nothing(void **state)
{
	struct fixture *f = *state;
	struct store_outbox *v;
	struct store_node *nodes;
	struct store_outbox row;
	int64_t id;
	bool done;
	size_t n;

	OK(f, store_node_join(f->s, SPAN("one"), &f->e));
	assert_true(take(f, ""));
	begin(f);
	id = queue_mail(f, 0, NOW, "a@x");
	OK(f, store_outbox_claim(f->s, SPAN(""), NOW, 1, &f->a, &v, &n, &f->e));
	OK(f, store_node_end(f->s, SPAN("two"), NOW, &done, &n, &f->e));
	assert_true(done && n == 0);
	OK(f, store_node_end(f->s, SPAN("one"), NOW, &done, &n, &f->e));
	commit(f);
	assert_int_equal(n, 1);
	assert_true(lease_of(f, "", ""));
	OK(f, store_node_list(f->s, &f->a, &nodes, &n, &f->e));
	assert_true(n == 1 && nodes[0].fence < 0 && nodes[0].until_at == NOW);
	OK(f, store_outbox_get(f->s, id, &f->a, &row, &f->e));
	assert_int_equal(row.state, OUTBOX_QUEUED);
}

static void what_another_node_sends_is_not_taken_back(void **state)
{
	struct fixture *f = *state;
	struct store_outbox *v;
	size_t n;

	OK(f, store_node_join(f->s, SPAN("one"), &f->e));
	begin(f);
	queue_mail(f, 0, NOW, "a@x");
	OK(f, store_outbox_claim(f->s, SPAN(""), NOW, 1, &f->a, &v, &n, &f->e));
	commit(f);
	OK(f, store_node_join(f->s, SPAN("two"), &f->e));
	OK(f, store_outbox_sending(f->s, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 0);
	OK(f, store_outbox_recover(f->s, false, NOW, &n, &f->e));
	assert_int_equal(n, 0);
	OK(f, store_node_join(f->s, SPAN("one"), &f->e));
	OK(f, store_outbox_sending(f->s, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 1);
	OK(f, store_outbox_recover(f->s, false, NOW, &n, &f->e));
	assert_int_equal(n, 1);
}

/* An operator queued it again, and another node was quicker. */
static void what_another_node_sends_is_not_given_back(void **state)
{
	struct fixture *f = *state;
	struct store_outbox *v, row;
	int64_t id;
	size_t n;

	begin(f);
	id = queue_mail(f, 0, NOW, "a@x");
	commit(f);
	for (int i = 0; i < 2; i++) {
		OK(f, store_node_join(f->s, i ? SPAN("two") : SPAN("one"), &f->e));
		begin(f);
		OK(f, store_outbox_claim(f->s, SPAN(""), NOW, 1, &f->a, &v, &n, &f->e));
		assert_int_equal(n, 1);
		if (i == 0)
			OK(f, store_outbox_result(f->s, id, OUTBOX_QUEUED, NOW, NOW, 0, SPAN(""),
						  &f->e));
		commit(f);
	}
	for (int i = 0; i < 2; i++) {
		OK(f, store_node_join(f->s, i ? SPAN("two") : SPAN("one"), &f->e));
		begin(f);
		OK(f, store_outbox_unclaim(f->s, id, &f->e));
		commit(f);
		OK(f, store_outbox_get(f->s, id, &f->a, &row, &f->e));
		assert_int_equal(row.state, i ? OUTBOX_QUEUED : OUTBOX_SENDING);
	}
}

/* Of a store that was copied, or was there before nodes were. */
static void what_no_node_is_known_to_send_is_taken_back(void **state)
{
	struct fixture *f = *state;
	struct store_outbox *v;
	int64_t id;
	size_t n;

	begin(f);
	id = queue_mail(f, 0, NOW, "a@x");
	OK(f, store_outbox_claim(f->s, SPAN(""), NOW, 1, &f->a, &v, &n, &f->e));
	commit(f);
	OK(f, store_node_join(f->s, SPAN("one"), &f->e));
	OK(f, store_outbox_sending(f->s, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && v[0].id == id);
	OK(f, store_outbox_recover(f->s, false, NOW, &n, &f->e));
	assert_int_equal(n, 1);
}

static void a_node_decides_the_mails_of_its_mailboxes(void **state)
{
	struct fixture *f = *state;
	struct store_mail a = a_mail(1, "a@x"), b = a_mail(2, "b@x"), *v;
	size_t n;

	b.location.mailbox = SPAN("import");
	OK(f, store_node_join(f->s, SPAN("one"), &f->e));
	OK(f, store_lease_add(f->s, SPAN("support"), NOW, &f->e));
	begin(f);
	keep(f, &a, SPAN("a"));
	keep(f, &b, SPAN("b"));
	commit(f);
	OK(f, store_mail_pending(f->s, 0, 9, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 0);
	assert_true(take(f, "support"));
	OK(f, store_mail_pending(f->s, 0, 9, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && span_is(v[0].message_id, "a@x"));
	assert_true(take(f, ""));
	OK(f, store_mail_pending(f->s, 0, 9, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 2);
}

static void drained_is_written_down(void **state)
{
	struct fixture *f = *state;
	struct store_node *v;
	size_t n;

	OK(f, store_node_join(f->s, SPAN("one"), &f->e));
	REFUSED(f, ERR_PERM, store_node_drain(f->s, SPAN("two"), true, &f->e));
	OK(f, store_node_drain(f->s, SPAN("one"), true, &f->e));
	OK(f, store_node_list(f->s, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && v[0].is_drained);
	OK(f, store_node_drain(f->s, SPAN("one"), false, &f->e));
	OK(f, store_node_list(f->s, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && !v[0].is_drained);
}

/* --- two sessions: what only a database has --- */

static struct store *another(struct fixture *f, const char *name)
{
	struct store *s = NULL;

	OK(f, store_open(f->schema.address, STORE_NODE, &s, &f->e));
	OK(f, store_turn_begin(s, &f->e));
	OK(f, store_node_join(s, span_of(name), &f->e));
	OK(f, store_turn_end(s, &f->e));
	return s;
}

/* false: the store is a file. */
static bool as_node(struct fixture *f)
{
	if (!f->schema.name[0])
		return false;
	store_close(&f->s);
	f->s = another(f, "one");
	return true;
}

/* How many rows of the outbox are queued again; -1: one of its transactions is under way. */
static int end_node(struct fixture *f, struct store *by, const char *name)
{
	struct store *txn STORE_TXN = by;
	size_t rows = 0;
	bool done;

	OK(f, store_begin(txn, &f->e));
	OK(f, store_node_end(txn, span_of(name), NOW, &done, &rows, &f->e));
	OK(f, store_commit(txn, &f->e));
	return done ? (int)rows : -1;
}

static void who_has_lost_its_lease_writes_nothing(void **state)
{
	struct fixture *f = *state;
	struct store *two;
	struct span value;

	if (!as_node(f))
		return;
	two = another(f, "two");
	OK(f, store_meta_set(f->s, "x", SPAN("before"), &f->e));
	assert_int_equal(end_node(f, two, "one"), 0);
	/* A single statement, a transaction, and what follows: all are refused. */
	REFUSED(f, ERR_TEMP, store_meta_set(f->s, "x", SPAN("after"), &f->e));
	assert_true(store_broken(f->s));
	REFUSED(f, ERR_TEMP, store_begin(f->s, &f->e));
	OK(f, store_meta_get(two, "x", &f->a, &value, &f->e));
	assert_true(span_is(value, "before"));
	store_close(&f->s);
	f->s = another(f, "one");
	OK(f, store_meta_set(f->s, "x", SPAN("as another"), &f->e));
	store_close(&two);
}

/* Its lease runs on, so that others take what it has when it does not begin again. */
static bool is_to_end(struct fixture *f, const char *name, int64_t now)
{
	struct store_node *v;
	size_t n;

	OK(f, store_node_list(f->s, &f->a, &v, &n, &f->e));
	for (size_t i = 0; i < n; i++)
		if (span_is(v[i].name, name))
			return v[i].fence > 0 && v[i].until_at > now &&
			       v[i].until_at <= now + STORE_LEASE_S;
	return false;
}

static void others_begin_again_when_one_says_so(void **state)
{
	struct fixture *f = *state;
	struct store *two, *three;
	int64_t now;

	if (!as_node(f))
		return;
	two = another(f, "two");
	three = another(f, "three");
	OK(f, store_node_clock(f->s, &now, &f->e));
	begin(f);
	OK(f, store_node_restart_others(f->s, &f->e));
	commit(f);
	OK(f, store_node_renew(f->s, &f->e));
	REFUSED(f, ERR_TEMP, store_begin(two, &f->e));
	REFUSED(f, ERR_TEMP, store_node_renew(two, &f->e));
	REFUSED(f, ERR_TEMP, store_begin(three, &f->e));
	assert_true(is_to_end(f, "two", now) && is_to_end(f, "three", now));
	store_close(&two);
	store_close(&three);
}

static void one_turn_at_a_time_and_one_node_of_a_name(void **state)
{
	struct fixture *f = *state;
	struct store *two, *same = NULL;

	if (!as_node(f))
		return;
	two = another(f, "two");
	OK(f, store_turn_begin(f->s, &f->e));
	REFUSED(f, ERR_TEMP, store_turn_begin(two, &f->e));
	assert_false(store_broken(two));
	OK(f, store_turn_end(f->s, &f->e));
	OK(f, store_turn_begin(two, &f->e));
	OK(f, store_turn_end(two, &f->e));
	OK(f, store_open(f->schema.address, STORE_NODE, &same, &f->e));
	REFUSED(f, ERR_TEMP, store_node_join(same, SPAN("two"), &f->e));
	store_close(&same);
	REFUSED(f, ERR_TEMP, store_open(f->schema.address, STORE_WRITE, &same, &f->e));
	store_close(&two);
}

static void *close_soon(void *ctx)
{
	struct store *s = ctx;

	poll(NULL, 0, 200);
	store_close(&s);
	return NULL;
}

/* As that of a process that has just ended: its server takes a moment. */
static void a_session_that_is_about_to_end_is_waited_for(void **state)
{
	struct fixture *f = *state;
	pthread_t closer;

	if (!f->schema.name[0])
		return;
	assert_int_equal(pthread_create(&closer, NULL, close_soon, f->s), 0);
	f->s = NULL;
	OK(f, store_open(f->schema.address, STORE_WRITE, &f->s, &f->e));
	pthread_join(closer, NULL);
}

/* --- beside each other's turns --- */

/* In a transaction that is open. */
static size_t claim_in(struct fixture *f, struct store *s, int limit)
{
	struct store_outbox *v;
	size_t n;

	OK(f, store_outbox_claim(s, SPAN(""), NOW, limit, &f->a, &v, &n, &f->e));
	return n;
}

static size_t claim(struct fixture *f, struct store *s)
{
	struct store *txn STORE_TXN = s;
	size_t n;

	OK(f, store_begin(txn, &f->e));
	n = claim_in(f, txn, 64);
	OK(f, store_commit(txn, &f->e));
	return n;
}

static enum outbox_state state_in(struct fixture *f, struct store *s, int64_t id)
{
	struct store_outbox row;

	OK(f, store_outbox_get(s, id, &f->a, &row, &f->e));
	return row.state;
}

static void two_nodes_claim_at_once_and_none_waits(void **state)
{
	struct fixture *f = *state;
	struct store *two;

	if (!as_node(f))
		return;
	two = another(f, "two");
	begin(f);
	for (int i = 0; i < 3; i++)
		queue_mail(f, 0, NOW, "a@x");
	commit(f);
	begin(f);
	assert_int_equal(claim_in(f, f->s, 2), 2);
	assert_int_equal(claim(f, two), 1);
	commit(f);
	assert_int_equal(claim(f, two), 0);
	store_close(&two);
}

/* A second node, and a row for whichever claims it. */
static int64_t two_nodes_and_a_row(struct fixture *f, struct store **ret_two)
{
	int64_t id;

	*ret_two = another(f, "two");
	begin(f);
	id = queue_mail(f, 0, NOW, "a@x");
	commit(f);
	return id;
}

/* What began before its end was written down would otherwise stand after it. */
static void a_claim_that_is_under_way_is_not_overtaken_by_the_end_of_its_node(void **state)
{
	struct fixture *f = *state;
	struct store *two;
	int64_t id;

	if (!as_node(f))
		return;
	id = two_nodes_and_a_row(f, &two);
	begin(f);
	assert_int_equal(claim_in(f, f->s, 1), 1);
	assert_int_equal(end_node(f, two, "one"), -1);
	commit(f);
	assert_int_equal(state_in(f, two, id), OUTBOX_SENDING);
	assert_int_equal(end_node(f, two, "one"), 1);
	assert_int_equal(end_node(f, two, "one"), 0);
	REFUSED(f, ERR_TEMP, store_begin(f->s, &f->e));
	assert_int_equal(state_in(f, two, id), OUTBOX_QUEUED);
	assert_int_equal(claim(f, two), 1);
	store_close(&two);
}

static void a_node_that_has_all_numbers_is_alone(void **state)
{
	struct fixture *f = *state;
	struct store *two;

	if (!as_node(f))
		return;
	two = another(f, "two");
	begin(f);
	OK(f, store_node_hold_others(f->s, &f->e));
	REFUSED(f, ERR_TEMP, store_begin(two, &f->e));
	assert_false(store_broken(two));
	commit(f);
	OK(f, store_begin(two, &f->e));
	store_rollback(two);
	store_close(&two);
}

static int64_t queue_to(struct fixture *f, int64_t number, int64_t next_at, const char *recipient)
{
	struct store_outbox o = { .case_number = number,
				  .kind = SPAN("confirmation"),
				  .sender = SPAN(""),
				  .recipient = span_of(recipient),
				  .message_id = SPAN("a@x"),
				  .subject = SPAN("[Case #1] printer"),
				  .state = OUTBOX_QUEUED,
				  .created_at = NOW,
				  .next_at = next_at };
	int64_t id = 0;

	OK(f, store_outbox_add(f->s, &o, SPAN("Subject: x\r\n\r\n"), &id, &f->e));
	return id;
}

static void settle_as_sent(struct fixture *f, int64_t id)
{
	begin(f);
	OK(f, store_outbox_result(f->s, id, OUTBOX_SENT, NOW, NOW, 250, SPAN("ok"), &f->e));
	commit(f);
}

/* The younger is claimed by whoever sends the older, or after it. */
static void mails_about_a_case_to_one_recipient_go_in_their_order(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store *two;
	int64_t number, older;

	if (!as_node(f))
		return;
	two = another(f, "two");
	number = open_case(f, &c);
	begin(f);
	older = queue_to(f, number, NOW - 1, "ann@example.com");
	queue_to(f, number, NOW - 2, "Ann@Example.com");
	queue_to(f, number, NOW - 2, "paul@example.com");
	commit(f);
	begin(f);
	assert_int_equal(claim_in(f, f->s, 1), 1); /* to Paul: due before */
	assert_int_equal(claim_in(f, f->s, 1), 1);
	assert_int_equal(claim(f, two), 0); /* not committed */
	commit(f);
	assert_int_equal(state_in(f, two, older), OUTBOX_SENDING);
	assert_int_equal(claim(f, two), 0);
	settle_as_sent(f, older);
	assert_int_equal(claim(f, two), 1);
	store_close(&two);
}

static void become(struct fixture *f, struct store *s, int64_t id, enum outbox_state state)
{
	struct store *txn STORE_TXN = s;

	OK(f, store_begin(txn, &f->e));
	OK(f, store_outbox_result(txn, id, state, NOW, NOW, 0, SPAN(""), &f->e));
	OK(f, store_commit(txn, &f->e));
}

static struct span sender_of(struct fixture *f, struct store *s, int64_t row)
{
	struct store *txn STORE_TXN = s;
	struct span node;

	OK(f, store_begin(txn, &f->e));
	OK(f, store_node_of_row(txn, row, &f->a, &node, &f->e));
	return node;
}

/* Whoever asks; not when it has a result, nor when its node is no more. */
static void who_sends_a_row_is_known_to_all(void **state)
{
	struct fixture *f = *state;
	struct store *two;
	int64_t id;

	if (!as_node(f))
		return;
	id = two_nodes_and_a_row(f, &two);
	assert_true(span_is(sender_of(f, two, id), ""));
	assert_int_equal(claim(f, f->s), 1);
	assert_true(span_is(sender_of(f, two, id), "one"));
	assert_true(span_is(sender_of(f, f->s, id), "one"));
	become(f, f->s, id, OUTBOX_FAILED);
	assert_true(span_is(sender_of(f, two, id), ""));
	become(f, f->s, id, OUTBOX_QUEUED);
	assert_int_equal(claim(f, two), 1);
	assert_true(span_is(sender_of(f, f->s, id), "two"));
	OK(f, store_node_leave(two, &f->e));
	assert_true(span_is(sender_of(f, f->s, id), ""));
	begin(f);
	REFUSED(f, ERR_PERM, store_node_of_row(f->s, id + 7, &f->a, &(struct span){ 0 }, &f->e));
	store_rollback(f->s);
	store_close(&two);
}

static void send_beside(struct fixture *f, struct store *s, int64_t id)
{
	struct store *txn STORE_TXN = s;

	OK(f, store_begin(txn, &f->e));
	OK(f, store_outbox_sent(txn, id, NOW, 250, SPAN("ok"), &f->e));
	OK(f, store_commit(txn, &f->e));
}

/* A person queued it again while one tried it; the other one's try fails. */
static void of_two_that_tried_a_row_who_sent_it_is_right(void **state)
{
	struct fixture *f = *state;
	struct store *two;

	if (!as_node(f))
		return;
	two = another(f, "two");
	for (int sent_first = 0; sent_first < 2; sent_first++) {
		int64_t id;

		begin(f);
		id = queue_mail(f, 0, NOW, "a@x");
		commit(f);
		assert_int_equal(claim(f, f->s), 1);
		become(f, f->s, id, OUTBOX_QUEUED);
		assert_int_equal(claim(f, two), 1);
		if (!sent_first) {
			become(f, two, id, OUTBOX_FAILED);
			become(f, f->s, id, OUTBOX_SENT);
			assert_int_equal(state_in(f, two, id), OUTBOX_SENT);
			continue;
		}
		OK(f, store_begin(two, &f->e));
		assert_int_equal(state_in(f, two, id), OUTBOX_SENDING);
		send_beside(f, f->s, id);
		REFUSED(
		    f, ERR_PERM,
		    store_outbox_result(two, id, OUTBOX_FAILED, NOW, NOW, 550, SPAN("no"), &f->e));
		store_rollback(two);
		assert_int_equal(state_in(f, two, id), OUTBOX_SENT);
	}
	store_close(&two);
}

/* --- who was erased --- */

/* The highest of the mails that a turn of that node keeps behind `above`; its case's number is *n
 * + 1. */
static int64_t keep_in_a_turn(struct fixture *f, struct store *s, int64_t above, int64_t *n)
{
	static uint32_t uid;
	struct store_case c = a_case();
	struct store *ours = f->s;

	f->s = s;
	OK(f, store_turn_begin(s, &f->e));
	begin(f);
	for (int i = 0; i < 3; i++) {
		struct store_mail m = a_mail(++uid, "");
		int64_t id = keep(f, &m, SPAN("raw"));

		assert_true(id > above);
		above = id;
	}
	assert_int_equal(open_case(f, &c), *n + 1);
	commit(f);
	OK(f, store_turn_end(s, &f->e));
	f->s = ours;
	++*n;
	return above;
}

static void numbers_rise_over_all_nodes(void **state)
{
	struct fixture *f = *state;
	int64_t above = 0, cases = 0;
	struct store *two;

	if (!as_node(f))
		return;
	two = another(f, "two");
	for (int i = 0; i < 6; i++)
		above = keep_in_a_turn(f, i % 3 == 1 ? f->s : two, above, &cases);
	/* Who comes next has numbers behind them, too. */
	store_close(&two);
	store_close(&f->s);
	OK(f, store_open(f->schema.address, STORE_WRITE, &f->s, &f->e));
	(void)keep_in_a_turn(f, f->s, above, &cases);
	store_close(&f->s);
	f->s = another(f, "one");
	(void)keep_in_a_turn(f, f->s, above, &cases);
}

static void change(struct fixture *f, const char *sql)
{
	PGconn *c = PQconnectdb(f->schema.address);
	PGresult *r = PQexec(c, sql);

	assert_true(pg_is_good(r));
	PQclear(r);
	PQfinish(c);
}

/* The schema as the program of the migrations before that one left it. */
static void make_older(struct fixture *f, int number)
{
	store_close(&f->s);
	schema_do(&f->schema, "DROP", "CASCADE");
	schema_do(&f->schema, "CREATE", "");
	change(f, sql_postgresql.statements[SQL_MIGRATION_TABLE].text);
	for (const struct sql_migration *m = sql_postgresql.migrations; m->number < number; m++) {
		uint8_t digest[SHA256_SIZE];
		char hex[2 * SHA256_SIZE + 1];

		sha256_of(span_of(m->text), digest);
		hex_encode(digest, sizeof(digest), hex);
		change(f, m->text);
		change(f, arena_printf(&f->a, "INSERT INTO migration VALUES (%d, '%s', '\\x%s')",
				       m->number, m->name, hex));
	}
}

/* Contents that an older program copied from a file have numbers of which the next one did not
 * hear. */
static void numbers_of_contents_go_on_behind_copied_ones(void **state)
{
	enum { FIRST_WITH_NUMBERS = 50, COPIED = 40 };
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, "a@x");
	struct buf raw BUF_AUTO;
	int64_t id;

	buf_init(&raw, 100);
	if (!f->schema.name[0])
		return;
	make_older(f, FIRST_WITH_NUMBERS);
	change(f, arena_printf(&f->a,
			       "INSERT INTO content (id, sha256, size, bytes) SELECT n, "
			       "sha256(n::text::bytea), length(n::text), n::text::bytea "
			       "FROM generate_series(1, %d) n",
			       COPIED));
	fixture_open(f, STORE_WRITE);
	begin(f);
	id = keep(f, &m, SPAN("a mail"));
	commit(f);
	OK(f, store_mail_raw(f->s, id, &raw, &f->e));
	assert_true(span_is(buf_span(&raw), "a mail"));
}

/* A table that is filled again has rows that name others in the transaction that goes on with it.
 */
static void storms_of_an_older_program_are_counted_on(void **state)
{
	enum { FIRST_WITH_SHORT_KEYS = 55 };
	struct fixture *f = *state;
	struct store_storm storm;

	if (!f->schema.name[0])
		return;
	make_older(f, FIRST_WITH_SHORT_KEYS);
	change(f, "INSERT INTO cases (number, queue, kind, channel, severity, severity_requested,"
		  " state, subject, requester_name, requester_address, account, behalf, reseller,"
		  " top_visible, owner, rule, resource, priority, opened_at, updated_at)"
		  " VALUES (7, '', '', '', 3, 3, 'open', '', '', '', '', '', '', 0, '', '', '', 0,"
		  " 0, 0)");
	change(f, "INSERT INTO storm VALUES ('fffffffffffffffe' || repeat('0', 48), 7, 3, 11, 12)");
	fixture_open(f, STORE_WRITE);
	OK(f, store_storm_get(f->s, -2, &storm, &f->e));
	assert_true(storm.case_number == 7 && storm.count == 3);
	assert_true(storm.last_at == 11 && storm.told_at == 12);
}

/* In a transaction that is open, of many mails. */
static int64_t keep_in(struct fixture *f, struct store *txn, uint32_t uid, const char *message_id)
{
	struct store_mail m = a_mail(uid, message_id);
	struct store *ours = f->s;
	int64_t id;

	f->s = txn;
	id = keep(f, &m, m.message_id);
	f->s = ours;
	return id;
}

static int64_t keep_one(struct fixture *f, struct store *s, uint32_t uid, const char *message_id)
{
	struct store *txn STORE_TXN = s;
	int64_t id;

	OK(f, store_begin(txn, &f->e));
	id = keep_in(f, txn, uid, message_id);
	OK(f, store_commit(txn, &f->e));
	return id;
}

static bool is_undecided(struct fixture *f, const char *message_id, int64_t id, int64_t since_at)
{
	bool any;

	OK(f, store_mail_undecided(f->s, span_of(message_id), id, since_at, &any, &f->e));
	return any;
}

/* The node of the answer had its numbers before the other one had its own. */
static void an_answer_waits_for_what_another_node_kept_before(void **state)
{
	struct fixture *f = *state;
	int64_t asked, answer;
	struct store *two;

	if (!as_node(f))
		return;
	two = another(f, "two");
	begin(f);
	store_unheard(f->s);
	(void)keep_in(f, f->s, 1, "earlier@x");
	asked = keep_one(f, two, 2, "asked@x");
	answer = keep_in(f, f->s, 3, "answer@x");
	commit(f);
	assert_true(answer < asked);
	assert_true(is_undecided(f, "asked@x", answer, NOW));
	/* Neither for ever, as two may name each other, nor for itself. */
	assert_false(is_undecided(f, "asked@x", answer, NOW + 1));
	assert_true(is_undecided(f, "answer@x", asked, NOW + 1));
	assert_false(is_undecided(f, "answer@x", answer, NOW));
	begin(f);
	OK(f, store_mail_finish(f->s, asked, MAIL_CASE, SPAN(""), 0, 0, &f->e));
	commit(f);
	assert_false(is_undecided(f, "asked@x", answer, NOW));
	store_close(&two);
}

static int64_t decided(const struct store *s)
{
	return store_mail_decided(s)[MAIL_CASE];
}

/* Whatever the numbers of its mails are; and those that the other one decides are not its own. */
static void each_node_counts_what_it_decides(void **state)
{
	struct fixture *f = *state;
	struct store *two;
	int64_t ids[3];

	if (!as_node(f))
		return;
	two = another(f, "two");
	for (uint32_t i = 0; i < 3; i++)
		ids[i] =
		    keep_one(f, i == 1 ? two : f->s, i + 1, i ? i == 1 ? "b@x" : "c@x" : "a@x");
	for (int i = 2; i >= 0; i--) {
		begin(f);
		OK(f, store_mail_finish(f->s, ids[i], MAIL_CASE, SPAN(""), 0, 0, &f->e));
		if (i != 1)
			commit(f);
		else
			store_rollback(f->s);
	}
	assert_int_equal(decided(f->s), 2);
	assert_int_equal(decided(two), 0);
	OK(f, store_mail_finish(two, ids[1], MAIL_CASE, SPAN(""), 0, 0, &f->e));
	assert_int_equal(decided(two), 1);
	assert_int_equal(decided(f->s), 2);
	store_close(&two);
}

static void erase_mail(struct fixture *f, struct store *s, const struct store_mail *m, int64_t at)
{
	struct store_erasure_address row = { .hash = { 1 }, .address = SPAN("") };
	struct store *txn STORE_TXN = s;
	struct store_erasure er;

	OK(f, store_begin(txn, &f->e));
	OK(f, store_erasure_add(txn, at, false, &er.id, &f->e));
	OK(f, store_erased_keep_address(txn, row.hash, at, &f->e));
	OK(f, store_erasure_address(txn, er.id, &row, &f->e));
	OK(f, store_erased_mark(txn, m, at, &f->e));
	OK(f, store_erasure_get(txn, er.id, &f->a, &er, &f->e));
	er.done_at = at;
	OK(f, store_erasure_step(txn, &er, &f->e));
	OK(f, store_commit(txn, &f->e));
}

/* As an administrator does with a backup of before. */
static void put_back(struct fixture *f)
{
	change(f, "DELETE FROM erasure_address; DELETE FROM erasure; DELETE FROM erased_mail");
}

static int64_t recall(struct fixture *f, struct store *s)
{
	struct store *txn STORE_TXN = s;
	int64_t people;

	OK(f, store_begin(txn, &f->e));
	OK(f, store_erased_recall(txn, NOW, &people, &f->e));
	OK(f, store_commit(txn, &f->e));
	return people;
}

static void is_erased(struct fixture *f, struct store *s, const struct store_mail *m, bool so)
{
	bool has;

	OK(f, store_erased_has(s, m, &has, &f->e));
	assert_int_equal(has, so);
}

/* The list of a node that only heard of it, as that of the one that did it. */
static void a_database_that_was_put_back_erases_again(void **state)
{
	struct store_mail m = a_mail(1, "erased@example.com");
	struct fixture *f = *state;
	struct store *two;
	int64_t last;

	if (!as_node(f))
		return;
	two = another(f, "two");
	OK(f, store_erased_beside(two, f->folder, &f->e));
	OK(f, store_erased_gather(two, &f->e));
	OK(f, store_erased_last(two, &last, &f->e));
	assert_int_equal(last, 0);
	erase_mail(f, f->s, &m, NOW);
	OK(f, store_erased_last(two, &last, &f->e));
	assert_int_equal(last, 1);
	OK(f, store_erased_gather(two, &f->e));
	OK(f, store_erased_gather(two, &f->e));
	assert_int_equal(recall(f, two), 0);
	put_back(f);
	is_erased(f, two, &m, false);
	assert_int_equal(recall(f, f->s), 0); /* it has no folder */
	assert_int_equal(recall(f, two), 1);
	is_erased(f, two, &m, true);
	assert_int_equal(recall(f, two), 0);
	put_back(f);
	OK(f, store_erased_beside(f->s, f->folder, &f->e));
	assert_int_equal(recall(f, f->s), 1);
	is_erased(f, f->s, &m, true);
	store_close(&two);
}

/* By two nodes one after the other; the backup is of between. */
static void who_was_erased_twice_is_erased_again(void **state)
{
	struct store_mail m = a_mail(1, "again@example.com");
	struct fixture *f = *state;
	struct store *two;

	if (!as_node(f))
		return;
	two = another(f, "two");
	OK(f, store_erased_beside(two, f->folder, &f->e));
	erase_mail(f, f->s, &m, NOW - 2);
	OK(f, store_erased_gather(two, &f->e));
	erase_mail(f, f->s, &m, NOW);
	OK(f, store_erased_gather(two, &f->e));
	change(f,
	       "DELETE FROM erasure_address WHERE erasure = 2; DELETE FROM erasure WHERE id = 2");
	assert_int_equal(recall(f, two), 1);
	assert_int_equal(recall(f, two), 0);
	store_close(&two);
}

static void fail_in_transaction(struct fixture *f, struct store *s)
{
	struct store_note of_no_case = { .case_number = 4711, .kind = NOTE_INBOUND, .at = NOW };
	int64_t id;

	OK(f, store_begin(s, &f->e));
	REFUSED(f, ERR_PERM, store_note_add(s, &of_no_case, &id, &f->e));
}

/* Whoever cannot say that its turn is over must not keep the others out of theirs. */
static void a_turn_whose_end_is_not_known_ends_with_its_session(void **state)
{
	struct fixture *f = *state;
	struct store *two;

	OK(f, store_turn_end(f->s, &f->e)); /* of a file there is none */
	if (!as_node(f))
		return;
	two = another(f, "two");
	REFUSED(f, ERR_TEMP, store_turn_end(two, &f->e));
	assert_true(store_broken(two));
	REFUSED(f, ERR_TEMP, store_turn_begin(two, &f->e));
	REFUSED(f, ERR_TEMP, store_begin(two, &f->e));
	store_close(&two);
	two = another(f, "two");
	OK(f, store_turn_begin(two, &f->e));
	fail_in_transaction(f, two);
	REFUSED(f, ERR_PERM, store_turn_end(two, &f->e));
	assert_true(store_broken(two));
	store_close(&two);
	OK(f, store_turn_begin(f->s, &f->e));
	OK(f, store_turn_end(f->s, &f->e));
}

/* In the transaction of another session something was written there; waits for it. */
static bool is_written(struct fixture *f, const char *table, int tries)
{
	PGconn *c = PQconnectdb(f->schema.address);
	bool is = false;

	for (; tries > 0 && !is; tries--) {
		PGresult *r = PQexecParams(c,
					   "SELECT FROM pg_locks WHERE relation = $1::regclass "
					   "AND mode = 'RowExclusiveLock'",
					   1, NULL, &table, NULL, NULL, 0);

		is = PQntuples(r) == 1;
		PQclear(r);
		if (!is)
			poll(NULL, 0, 10);
	}
	PQfinish(c);
	return is;
}

/* While the caller makes what comes next; several go together. */
static void the_server_begins_with_what_is_not_waited_for(void **state)
{
	enum { TRIES = 1000 };
	struct store_storm storm = { 0, 1, NOW, INSTANT_NONE };
	struct store_case c = a_case();
	struct store_event ev;
	struct fixture *f = *state;

	if (!as_node(f))
		return;
	begin(f);
	ev = an_event(open_case(f, &c));
	storm.case_number = ev.case_number;
	OK(f, store_event_add(f->s, &ev, &f->e));
	OK(f, store_storm_put(f->s, 7, &storm, &f->e));
	commit(f);
	assert_false(is_written(f, "event", 1));
	begin(f);
	OK(f, store_event_add(f->s, &ev, &f->e));
	assert_true(is_written(f, "event", TRIES));
	for (int i = 0; i < 3; i++)
		OK(f, store_event_add(f->s, &ev, &f->e));
	OK(f, store_storm_put(f->s, 7, &storm, &f->e));
	assert_true(is_written(f, "storm", TRIES));
	commit(f);
}

/* Whatever else is read.  Nobody else takes of budgets meanwhile: that is a turn's; here somebody
 * does. */
static void budgets_are_asked_for_once(void **state)
{
	struct store_budget b = { .key = SPAN("ann"), .window_s = 3600, .max = 9 };
	struct fixture *f = *state;
	struct store_note *notes;
	struct store *two;
	int64_t used;
	bool within;
	size_t n;

	if (!as_node(f))
		return;
	two = another(f, "two");
	begin(f);
	OK(f, store_budget_take(f->s, &b, 1, NOW, &within, &f->e));
	OK(f, store_begin(two, &f->e));
	OK(f, store_budget_take(two, &b, 1, NOW + 1, &within, &f->e));
	OK(f, store_commit(two, &f->e));
	OK(f, store_note_list(f->s, 1, &f->a, &notes, &n, &f->e));
	OK(f, store_budget_used(f->s, &b, NOW, &used, &f->e));
	assert_int_equal(used, 1);
	commit(f);
	OK(f, store_budget_used(f->s, &b, NOW, &used, &f->e));
	assert_int_equal(used, 2);
	store_close(&two);
}

static void what_nodes_have_configured_is_known(void **state)
{
	struct fixture *f = *state;
	struct store_node_mailbox one = { SPAN("one"), SPAN("support") },
				  two = { SPAN("two"), SPAN("support") }, *v;
	size_t n;

	OK(f, store_node_mailbox_set(f->s, &one, true, &f->e));
	OK(f, store_node_mailbox_set(f->s, &two, true, &f->e));
	OK(f, store_node_mailbox_set(f->s, &two, true, &f->e));
	OK(f, store_node_mailbox_set(f->s, &one, false, &f->e));
	OK(f, store_node_mailbox_list(f->s, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && span_is(v[0].node, "two") && span_is(v[0].mailbox, "support"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_lease_is_of_one_node_until_it_is_given),
		STORE_TEST(a_session_that_is_about_to_end_is_waited_for),
		STORE_TEST(a_node_that_ended_has_nothing_and_sends_nothing),
		STORE_TEST(what_another_node_sends_is_not_taken_back),
		STORE_TEST(what_another_node_sends_is_not_given_back),
		STORE_TEST(what_no_node_is_known_to_send_is_taken_back),
		STORE_TEST(a_node_decides_the_mails_of_its_mailboxes),
		STORE_TEST(drained_is_written_down),
		STORE_TEST(who_has_lost_its_lease_writes_nothing),
		STORE_TEST(others_begin_again_when_one_says_so),
		STORE_TEST(one_turn_at_a_time_and_one_node_of_a_name),
		STORE_TEST(numbers_rise_over_all_nodes),
		STORE_TEST(numbers_of_contents_go_on_behind_copied_ones),
		STORE_TEST(storms_of_an_older_program_are_counted_on),
		STORE_TEST(an_answer_waits_for_what_another_node_kept_before),
		STORE_TEST(each_node_counts_what_it_decides),
		STORE_TEST(two_nodes_claim_at_once_and_none_waits),
		STORE_TEST(a_claim_that_is_under_way_is_not_overtaken_by_the_end_of_its_node),
		STORE_TEST(a_node_that_has_all_numbers_is_alone),
		STORE_TEST(mails_about_a_case_to_one_recipient_go_in_their_order),
		STORE_TEST(who_sends_a_row_is_known_to_all),
		STORE_TEST(of_two_that_tried_a_row_who_sent_it_is_right),
		STORE_TEST(a_database_that_was_put_back_erases_again),
		STORE_TEST(who_was_erased_twice_is_erased_again),
		STORE_TEST(a_turn_whose_end_is_not_known_ends_with_its_session),
		STORE_TEST(the_server_begins_with_what_is_not_waited_for),
		STORE_TEST(budgets_are_asked_for_once),
		STORE_TEST(what_nodes_have_configured_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
