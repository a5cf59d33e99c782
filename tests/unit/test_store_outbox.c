#include "tests/store/fixture.h"

static struct store_outbox *claim(struct fixture *f, int64_t now, int limit, size_t *ret_n)
{
	struct store_outbox *v = NULL;

	begin(f);
	OK(f, store_outbox_claim(f->s, SPAN(""), now, limit, &f->a, &v, ret_n, &f->e));
	commit(f);
	return v;
}

static void result(struct fixture *f, int64_t id, enum outbox_state state)
{
	begin(f);
	OK(f, store_outbox_result(f->s, id, state, NOW + 1, NOW + 60, 250, SPAN("ok"), &f->e));
	commit(f);
}

static void a_claim_takes_what_is_due_in_order_and_once(void **state)
{
	struct fixture *f = *state;
	struct store_outbox *v;
	int64_t late, early, same, future;
	size_t n;

	begin(f);
	late = queue_mail(f, 0, NOW, "a@x");
	early = queue_mail(f, 0, NOW - 5, "b@x");
	same = queue_mail(f, 0, NOW, "c@x");
	future = queue_mail(f, 0, NOW + 1, "d@x");
	commit(f);
	v = claim(f, NOW, 2, &n);
	assert_true(n == 2 && v[0].id == early && v[1].id == late);
	assert_true(v[0].state == OUTBOX_SENDING && v[0].attempts == 1);
	v = claim(f, NOW, 9, &n);
	assert_true(n == 1 && v[0].id == same);
	claim(f, NOW, 9, &n);
	assert_int_equal(n, 0);
	v = claim(f, NOW + 1, 9, &n);
	assert_true(n == 1 && v[0].id == future);
}

/* A copy that was put back may have lost rows, whose numbers stand in logs and in what went out. */
static void numbers_that_may_have_been_given_are_left_out(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	int64_t given[3];

	begin(f);
	given[0] = open_case(f, &c);
	given[1] = add_note(f, given[0], NOTE_INBOUND, "a@x");
	given[2] = queue_mail(f, given[0], NOW, "c@x");
	commit(f);
	begin(f);
	OK(f, store_numbers_skip(f->s, &f->e));
	commit(f);
	begin(f);
	assert_in_range(open_case(f, &c), given[0] + STORE_NUMBERS_SKIPPED + 1, INT64_MAX);
	assert_in_range(add_note(f, given[0], NOTE_INBOUND, "b@x"),
			given[1] + STORE_NUMBERS_SKIPPED + 1, INT64_MAX);
	assert_in_range(queue_mail(f, given[0], NOW, "d@x"), given[2] + STORE_NUMBERS_SKIPPED + 1,
			INT64_MAX);
	commit(f);
}

static int64_t queue_to(struct fixture *f, const char *domain, int64_t next_at)
{
	struct store_outbox o = { .kind = SPAN("confirmation"),
				  .created_at = NOW,
				  .next_at = next_at,
				  .sent_at = INSTANT_NONE,
				  .domain = span_of(domain) };
	int64_t id = 0;

	OK(f, store_outbox_add(f->s, &o, SPAN("Subject: x\r\n\r\n"), &id, &f->e));
	return id;
}

static void what_is_slow_is_claimed_by_itself(void **state)
{
	struct fixture *f = *state;
	struct store_outbox_which which = { .but = SPAN(" slow.test hangs.test "),
					    .now = NOW,
					    .limit = 9 };
	int64_t slow, later, quick, part, none;
	struct store_outbox *v;
	size_t n;

	begin(f);
	later = queue_to(f, "slow.test", NOW);
	slow = queue_to(f, "slow.test", NOW - 1);
	quick = queue_to(f, "quick.test", NOW);
	part = queue_to(f, "slow", NOW);
	queue_to(f, "hangs.test", NOW);
	none = queue_mail(f, 0, NOW, "a@x");
	queue_to(f, "slow.test", NOW + 1);
	commit(f);
	begin(f);
	OK(f, store_outbox_claim_but(f->s, &which, &f->a, &v, &n, &f->e));
	assert_true(n == 3 && v[0].id == quick && v[1].id == part && v[2].id == none);
	assert_true(span_is(v[0].domain, "quick.test"));
	OK(f, store_outbox_claim_domain(f->s, SPAN("slow.test"), NOW, 1, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && v[0].id == slow && v[0].state == OUTBOX_SENDING);
	OK(f, store_outbox_claim_domain(f->s, SPAN("slow.test"), NOW, 9, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && v[0].id == later);
	commit(f);
	REFUSED(f, ERR_BUG, store_outbox_claim_but(f->s, &which, &f->a, &v, &n, &f->e));
	REFUSED(f, ERR_BUG,
		store_outbox_claim_domain(f->s, SPAN("x"), NOW, 1, &f->a, &v, &n, &f->e));
}

static void rows_before_a_place_are_not_looked_at(void **state)
{
	struct fixture *f = *state;
	struct store_outbox_which which = { .now = NOW, .limit = 1, .from_at = NOW - 1 };
	int64_t before, at, behind;
	struct store_outbox *v;
	size_t n;

	begin(f);
	behind = queue_to(f, "a.test", NOW);
	before = queue_to(f, "a.test", NOW - 1);
	at = queue_to(f, "a.test", NOW - 1);
	queue_to(f, "a.test", NOW - 2);
	which.from_id = at;
	OK(f, store_outbox_claim_but(f->s, &which, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && v[0].id == at && v[0].next_at == NOW - 1);
	OK(f, store_outbox_claim_but(f->s, &which, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && v[0].id == behind);
	OK(f, store_outbox_claim_but(f->s, &which, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 0);
	which.from_id = before;
	OK(f, store_outbox_claim_but(f->s, &which, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && v[0].id == before);
	commit(f);
}

static void what_was_not_tried_is_as_it_was(void **state)
{
	struct fixture *f = *state;
	struct store_outbox before, after;
	int64_t id, cancelled;
	size_t n;

	begin(f);
	id = queue_to(f, "slow.test", NOW - 7);
	cancelled = queue_to(f, "slow.test", NOW);
	commit(f);
	OK(f, store_outbox_get(f->s, id, &f->a, &before, &f->e));
	claim(f, NOW, 9, &n);
	result(f, cancelled, OUTBOX_CANCELLED);
	begin(f);
	OK(f, store_outbox_unclaim(f->s, id, &f->e));
	OK(f, store_outbox_unclaim(f->s, cancelled, &f->e));
	commit(f);
	OK(f, store_outbox_get(f->s, id, &f->a, &after, &f->e));
	assert_true(after.state == OUTBOX_QUEUED && after.next_at == NOW - 7);
	assert_int_equal(after.attempts, before.attempts);
	OK(f, store_outbox_get(f->s, cancelled, &f->a, &after, &f->e));
	assert_true(after.state == OUTBOX_CANCELLED && after.attempts == 1);
	REFUSED(f, ERR_BUG, store_outbox_unclaim(f->s, id, &f->e));
}

static void a_claim_is_durable_by_itself(void **state)
{
	struct fixture *f = *state;
	struct store_outbox row;
	int64_t id, sent;
	size_t n = 0;

	begin(f);
	sent = queue_mail(f, 0, NOW, "b@x");
	commit(f);
	result(f, sent, OUTBOX_SENT);
	begin(f);
	id = queue_mail(f, 0, NOW, "a@x");
	commit(f);
	claim(f, NOW, 1, &n);
	store_close(&f->s);
	fixture_open(f, STORE_WRITE);
	OK(f, store_outbox_get(f->s, id, &f->a, &row, &f->e));
	assert_true(row.state == OUTBOX_SENDING && row.attempts == 1);
	begin(f);
	OK(f, store_outbox_recover(f->s, false, NOW + 9, &n, &f->e));
	commit(f);
	assert_int_equal(n, 1);
	OK(f, store_outbox_get(f->s, id, &f->a, &row, &f->e));
	assert_true(row.state == OUTBOX_QUEUED && row.next_at == NOW && row.attempts == 1);
	assert_true(span_is(row.message_id, "a@x"));
}

static void what_is_taken_back_keeps_its_place(void **state)
{
	static const int64_t later[] = { 9, 0, -60 }; /* the clock went back */
	struct fixture *f = *state;
	int64_t first, second;
	struct store_outbox *v;
	bool done;
	size_t n;

	for (int i = 0; i < 6; i++) {
		begin(f);
		first = queue_mail(f, 0, NOW, "a@x");
		second = queue_mail(f, 0, NOW + 1, "b@x");
		commit(f);
		claim(f, NOW, 9, &n);
		begin(f);
		OK(f, i % 2 ? store_outbox_recover(f->s, false, NOW + later[i / 2], &n, &f->e)
			    : store_node_end(f->s, SPAN(""), NOW + later[i / 2], &done, &n, &f->e));
		commit(f);
		v = claim(f, NOW + 9, 9, &n);
		assert_true(n == 2 && v[0].id == first && v[1].id == second);
		assert_int_equal(v[0].next_at, i / 2 == 2 ? NOW - 60 : NOW);
		for (size_t k = 0; k < n; k++)
			result(f, v[k].id, OUTBOX_SENT);
	}
}

static void every_field_comes_back(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct store_outbox got, *claimed;
	struct buf message BUF_AUTO, same BUF_AUTO;
	int64_t id, number;
	size_t n;

	buf_init(&message, 100);
	buf_init(&same, 100);
	begin(f);
	number = open_case(f, &c);
	id = queue_mail(f, number, NOW, "a@x");
	commit(f);
	OK(f, store_outbox_get(f->s, id, &f->a, &got, &f->e));
	assert_true(got.id == id && got.case_number == number && got.note_id == 0);
	assert_true(span_is(got.kind, "confirmation") && span_is(got.sender, ""));
	assert_true(span_is(got.recipient, "ann@example.com") && span_is(got.message_id, "a@x"));
	assert_true(span_is(got.subject, "[Case #1] printer") && got.state == OUTBOX_QUEUED);
	assert_true(got.attempts == 0 && got.created_at == NOW && got.next_at == NOW);
	assert_true(got.sent_at == INSTANT_NONE && got.last_code == 0 && got.automatic);
	OK(f, store_outbox_message(f->s, id, &message, &f->e));
	assert_string_equal(buf_cstr(&message), "Subject: x\r\n\r\n");
	REFUSED(f, ERR_PERM, store_outbox_get(f->s, 99, &f->a, &got, &f->e));
	REFUSED(f, ERR_PERM, store_outbox_message(f->s, 99, &message, &f->e));
	begin(f);
	OK(f, store_outbox_claim(f->s, SPAN(""), NOW, 1, &f->a, &claimed, &n, &f->e));
	commit(f);
	OK(f, store_outbox_message_of(f->s, &claimed[0], &same, &f->e));
	assert_string_equal(buf_cstr(&same), "Subject: x\r\n\r\n");
	claimed[0].content = 99;
	REFUSED(f, ERR_PERM, store_outbox_message_of(f->s, &claimed[0], &same, &f->e));
}

/* Brings a new row to the state. */
static int64_t row_in(struct fixture *f, enum outbox_state state)
{
	static const enum outbox_state before[OUTBOX_STATE_COUNT] = {
		[OUTBOX_SENT] = OUTBOX_SENT,
		[OUTBOX_FAILED] = OUTBOX_FAILED,
		[OUTBOX_CANCELLED] = OUTBOX_CANCELLED,
	};
	struct store_outbox o = { .state = OUTBOX_SUPPRESSED,
				  .created_at = NOW,
				  .next_at = INSTANT_NONE };
	int64_t id = 0;
	size_t n;

	begin(f);
	if (state == OUTBOX_SUPPRESSED)
		OK(f, store_outbox_add(f->s, &o, SPAN("x"), &id, &f->e));
	else
		id = queue_mail(f, 0, NOW, "a@x");
	commit(f);
	if (state == OUTBOX_SENDING || state == OUTBOX_UNKNOWN)
		claim(f, NOW, 100, &n);
	if (state == OUTBOX_UNKNOWN)
		result(f, id, state);
	else if (before[state])
		result(f, id, before[state]);
	if (state == OUTBOX_BOUNCED) {
		result(f, id, OUTBOX_SENT);
		result(f, id, OUTBOX_BOUNCED);
	}
	return id;
}

static void unknown_outcomes_are_counted(void **state)
{
	struct fixture *f = *state;
	int64_t id = row_in(f, OUTBOX_UNKNOWN);
	int unknowns = 0;

	for (int n = 1; n <= 3; n++) {
		OK(f, store_outbox_unknown(f->s, id, &unknowns, &f->e));
		assert_int_equal(unknowns, n);
	}
	REFUSED(f, ERR_PERM, store_outbox_unknown(f->s, 99, &unknowns, &f->e));
}

static struct store_counts counts(struct fixture *f)
{
	struct store_counts c;

	OK(f, store_count(f->s, &c, &f->e));
	return c;
}

static int64_t rows_in(struct fixture *f, enum outbox_state state)
{
	struct store_outbox_filter by = { .state = (int)state, .limit = 1000 };
	struct store_outbox *v;
	size_t n;

	OK(f, store_outbox_list(f->s, &by, &f->a, &v, &n, &f->e));
	return (int64_t)n;
}

/* However they came to it. */
static void assert_unsent_are_counted(struct fixture *f)
{
	assert_int_equal(counts(f).outbox_failed, rows_in(f, OUTBOX_FAILED) +
						      rows_in(f, OUTBOX_UNKNOWN) +
						      rows_in(f, OUTBOX_BOUNCED));
}

static void a_result_follows_the_table_of_states(void **state)
{
	/* to: queued, sending, sent, failed, cancelled, suppressed, unknown, bounced */
	static const char *const allowed[OUTBOX_STATE_COUNT] = {
		[OUTBOX_QUEUED] = "ynyyynnn",	 [OUTBOX_SENDING] = "ynyyynyy",
		[OUTBOX_SENT] = "nnnnnnny",	 [OUTBOX_FAILED] = "ynynynnn",
		[OUTBOX_CANCELLED] = "ynynnnnn", [OUTBOX_SUPPRESSED] = "ynnnnnnn",
		[OUTBOX_UNKNOWN] = "ynnyynny",	 [OUTBOX_BOUNCED] = "ynnnnnnn",
	};
	struct fixture *f = *state;

	for (int from = 0; from < OUTBOX_STATE_COUNT; from++)
		for (int to = 0; to < OUTBOX_STATE_COUNT; to++) {
			int64_t id = row_in(f, (enum outbox_state)from);
			struct store_outbox got;
			int done;

			begin(f);
			done = store_outbox_result(f->s, id, (enum outbox_state)to, NOW + 1,
						   NOW + 60, 451, SPAN("said"), &f->e);
			assert_int_equal(done, allowed[from][to] == 'y' ? 0 : -1);
			commit(f);
			OK(f, store_outbox_get(f->s, id, &f->a, &got, &f->e));
			assert_int_equal(got.state, done == 0 ? to : from);
			assert_unsent_are_counted(f);
			if (done < 0)
				continue;
			assert_true(got.last_code == 451 && span_is(got.last_text, "said"));
			assert_true((got.next_at == NOW + 60) == (to == OUTBOX_QUEUED));
			assert_true(
			    (got.sent_at == NOW + 1) ==
			    (to == OUTBOX_SENT || from == OUTBOX_SENT || from == OUTBOX_BOUNCED));
		}
}

static bool told_late(struct fixture *f, int64_t id)
{
	bool waits = false;

	begin(f);
	OK(f, store_outbox_told_late(f->s, id, NOW, &waits, &f->e));
	commit(f);
	return waits;
}

static int sent(struct fixture *f, int64_t id)
{
	struct store *txn STORE_TXN = f->s;

	if (store_begin(txn, &f->e) < 0 ||
	    store_outbox_sent(txn, id, NOW + 1, 250, SPAN("ok"), &f->e) < 0)
		return -1;
	return store_commit(txn, &f->e);
}

/* Two nodes, one of which finds that it is late while the other writes down that it went out. */
static void what_is_late_or_changed_goes_out_in_a_turn_only(void **state)
{
	struct fixture *f = *state;
	int64_t row = row_in(f, OUTBOX_SENDING), late = row_in(f, OUTBOX_SENDING);
	struct store_outbox o;

	OK(f, sent(f, row));
	OK(f, store_outbox_get(f->s, row, &f->a, &o, &f->e));
	assert_true(o.state == OUTBOX_SENT && o.sent_at == NOW + 1 && o.last_code == 250);
	assert_false(told_late(f, row));
	OK(f, store_outbox_get(f->s, row, &f->a, &o, &f->e));
	assert_int_equal(o.late_at, INSTANT_NONE);
	assert_true(told_late(f, late));
	assert_false(told_late(f, late));
	REFUSED(f, ERR_PERM, sent(f, late));
	result(f, late, OUTBOX_SENT);
	REFUSED(f, ERR_PERM, sent(f, row_in(f, OUTBOX_CANCELLED)));
	REFUSED(f, ERR_PERM, sent(f, row_in(f, OUTBOX_QUEUED)));
}

static int64_t damaged(struct fixture *f)
{
	int64_t n = -1;

	OK(f, store_outbox_damaged(f->s, &n, &f->e));
	return n;
}

static void a_damaged_row_counts_until_its_next_result(void **state)
{
	struct fixture *f = *state;
	int64_t id = row_in(f, OUTBOX_SENDING), queued = row_in(f, OUTBOX_QUEUED);
	struct store_outbox got;

	assert_int_equal(damaged(f), 0);
	REFUSED(f, ERR_PERM, store_outbox_damage(f->s, queued, SPAN("torn"), &f->e));
	OK(f, store_outbox_damage(f->s, id, SPAN("torn"), &f->e));
	OK(f, store_outbox_get(f->s, id, &f->a, &got, &f->e));
	assert_true(got.state == OUTBOX_FAILED && span_is(got.last_text, "torn"));
	assert_true(got.next_at == INSTANT_NONE);
	assert_int_equal(damaged(f), 1);
	begin(f);
	OK(f, store_outbox_result(f->s, id, OUTBOX_QUEUED, NOW, NOW, 0, SPAN(""), &f->e));
	commit(f);
	assert_int_equal(damaged(f), 0);
}

static void a_row_begins_queued_or_kept_back(void **state)
{
	struct fixture *f = *state;
	struct store_outbox o = { .created_at = NOW, .next_at = NOW };
	int64_t id;

	for (int i = 0; i < OUTBOX_STATE_COUNT; i++) {
		o.state = (enum outbox_state)i;
		begin(f);
		if (i == OUTBOX_QUEUED || i == OUTBOX_SUPPRESSED || i == OUTBOX_CANCELLED ||
		    i == OUTBOX_UNKNOWN)
			OK(f, store_outbox_add(f->s, &o, SPAN("x"), &id, &f->e));
		else
			REFUSED(f, ERR_BUG, store_outbox_add(f->s, &o, SPAN("x"), &id, &f->e));
		store_rollback(f->s);
	}
}

static void a_queued_row_has_an_instant(void **state)
{
	struct fixture *f = *state;
	struct store_outbox o = { .created_at = NOW, .next_at = INSTANT_NONE };
	int64_t id;

	begin(f);
	REFUSED(f, ERR_PERM, store_outbox_add(f->s, &o, SPAN("x"), &id, &f->e));
	store_rollback(f->s);
	begin(f);
	id = queue_mail(f, 0, NOW, "a@x");
	REFUSED(
	    f, ERR_PERM,
	    store_outbox_result(f->s, id, OUTBOX_QUEUED, NOW, INSTANT_NONE, 451, SPAN("x"), &f->e));
	store_rollback(f->s);
	begin(f);
	id = queue_mail(f, 0, NOW, "a@x");
	REFUSED(f, ERR_PERM,
		store_outbox_result(f->s, id, OUTBOX_SENT, INSTANT_NONE, 0, 250, SPAN("x"), &f->e));
}

static void next_is_the_earliest_queued(void **state)
{
	struct fixture *f = *state;
	int64_t at = 0;
	size_t n;

	OK(f, store_outbox_next(f->s, SPAN(""), &at, &f->e));
	assert_true(at == INSTANT_NONE);
	begin(f);
	queue_mail(f, 0, NOW + 10, "a@x");
	queue_mail(f, 0, NOW + 5, "b@x");
	commit(f);
	OK(f, store_outbox_next(f->s, SPAN(""), &at, &f->e));
	assert_int_equal(at, NOW + 5);
	claim(f, NOW + 5, 9, &n);
	OK(f, store_outbox_next(f->s, SPAN(""), &at, &f->e));
	assert_int_equal(at, NOW + 10);
}

static void lists_and_bounces_find_their_rows(void **state)
{
	struct fixture *f = *state;
	struct store_outbox_filter filter = { .state = -1 };
	struct store_case c = a_case();
	struct store_outbox *v, row;
	int64_t number, first, second, third;
	size_t n;

	begin(f);
	number = open_case(f, &c);
	first = queue_mail(f, number, NOW, "a@x");
	second = queue_mail(f, 0, NOW, "b@x");
	third = queue_mail(f, number, NOW, "c@x");
	queue_mail(f, 0, NOW, "");
	commit(f);
	result(f, third, OUTBOX_SENT);
	OK(f, store_outbox_list(f->s, &filter, &f->a, &v, &n, &f->e));
	assert_true(n == 4 && v[1].id == third && v[3].id == first);
	filter.limit = 2;
	OK(f, store_outbox_list(f->s, &filter, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 2);
	filter = (struct store_outbox_filter){ .state = OUTBOX_QUEUED };
	OK(f, store_outbox_list(f->s, &filter, &f->a, &v, &n, &f->e));
	assert_true(n == 3 && v[1].id == second);
	filter.state = OUTBOX_SENT;
	OK(f, store_outbox_list(f->s, &filter, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && v[0].id == third);
	filter.state = OUTBOX_QUEUED;
	filter.case_number = number;
	OK(f, store_outbox_list(f->s, &filter, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && v[0].id == first);
	OK(f, store_outbox_by_message_id(f->s, SPAN("c@x"), &f->a, &row, &f->e));
	assert_true(row.id == third && row.sent_at == NOW + 1);
	OK(f, store_outbox_by_message_id(f->s, SPAN("z@x"), &f->a, &row, &f->e));
	assert_int_equal(row.id, 0);
	OK(f, store_outbox_by_message_id(f->s, SPAN(""), &f->a, &row, &f->e));
	assert_int_equal(row.id, 0);
}

static bool take(struct fixture *f, const char *key, int max, int64_t at)
{
	struct store_budget one = { .key = span_of(key), .window_s = 3600, .max = max };
	bool within = false;

	OK(f, store_budget_take(f->s, &one, 1, at, &within, &f->e));
	return within;
}

/* At every instant the last hour has at most three, wherever the hours of the clock begin. */
static void budgets_slide(void **state)
{
	struct fixture *f = *state;
	enum { MINUTES = 600 };
	int64_t taken[MINUTES];
	size_t n = 0;

	begin(f);
	for (int64_t minute = 0; minute < MINUTES; minute++) {
		int64_t at = NOW + minute * 60 + minute % 7, within_hour = 0;

		if (take(f, "ann", 3, at))
			taken[n++] = at;
		for (size_t i = 0; i < n; i++)
			within_hour += taken[i] > at - 3600;
		assert_in_range(within_hour, 1, 3);
	}
	assert_int_equal(n, 3 * MINUTES / 60);
	commit(f);
}

static void budgets_are_taken_together_or_not_at_all(void **state)
{
	struct fixture *f = *state;
	struct store_budget two[] = { { .key = SPAN("joe"), .window_s = 3600, .max = 3 },
				      { .key = SPAN("all"), .window_s = 3600, .max = 1 } };
	bool within;

	begin(f);
	OK(f, store_budget_take(f->s, two, 2, NOW, &within, &f->e));
	assert_true(within);
	OK(f, store_budget_take(f->s, two, 2, NOW + 1, &within, &f->e));
	assert_false(within);
	assert_true(take(f, "joe", 2, NOW + 1)); /* it gave nothing for what the other refused */
	assert_false(take(f, "joe", 2, NOW + 1));
	assert_false(take(f, "joe", 2, NOW - 1)); /* a clock that was set back */
	assert_true(take(f, "joe", 2, NOW + 3600));
	OK(f, store_budget_sweep(f->s, NOW + 2, &f->e));
	assert_true(take(f, "joe", 2, NOW + 3600));
	assert_false(take(f, "joe", 2, NOW + 3600));
	commit(f);
}

static void budgets_are_taken_each_for_itself(void **state)
{
	struct fixture *f = *state;
	struct store_budget v[] = { { .key = SPAN("cases"), .window_s = 3600, .max = 2 },
				    { .key = SPAN("pause"), .window_s = 60, .max = 1 },
				    { .key = SPAN("third"), .window_s = 60, .max = 0 },
				    { .key = SPAN("fourth"), .window_s = 60, .max = 1 } };
	bool within[3];

	begin(f);
	OK(f, store_budget_take_each(f->s, v, 3, NOW, within, &f->e));
	assert_true(within[0] && within[1] && !within[2]);
	OK(f, store_budget_take_each(f->s, v, 3, NOW + 1, within, &f->e));
	assert_true(within[0] && !within[1] && !within[2]);
	OK(f, store_budget_take_each(f->s, v, 3, NOW + 60, within, &f->e));
	assert_true(!within[0] && within[1] && !within[2]);
	REFUSED(f, ERR_BUG, store_budget_take_each(f->s, v, 4, NOW, within, &f->e));
	commit(f);
}

static void budgets_of_one_key_count_once(void **state)
{
	struct fixture *f = *state;
	struct store_budget two[] = { { .key = SPAN("ann"), .window_s = 3600, .max = 2 },
				      { .key = SPAN("ann"), .window_s = 86400, .max = 3 } };
	static const struct {
		int64_t after_s;
		bool within;
	} takes[] = { { 0, true },    { 1, true },     { 2, false },
		      { 3600, true }, { 7300, false }, { 86400, true } };

	begin(f);
	for (size_t i = 0; i < sizeof(takes) / sizeof(*takes); i++) {
		bool within;

		OK(f, store_budget_take(f->s, two, 2, NOW + takes[i].after_s, &within, &f->e));
		assert_int_equal(within, takes[i].within);
	}
	commit(f);
}

static int64_t used(struct fixture *f, const char *key, int64_t at)
{
	struct store_budget b = { .key = span_of(key), .window_s = 3600, .max = 9 };
	int64_t n = -1;

	OK(f, store_budget_used(f->s, &b, at, &n, &f->e));
	return n;
}

/* What a transaction counts on by itself is what is there; who deletes of it has it look again. */
static void what_is_known_of_budgets_is_what_is_there(void **state)
{
	static const int64_t after_s[] = { 0, 0, 1799, 1799, 1800, 3600, 3600, 5399, 600, 0, 0 };
	struct fixture *f = *state;

	begin(f);
	for (size_t i = 0; i < sizeof(after_s) / sizeof(*after_s); i++) {
		int64_t at = NOW + after_s[i], joe = used(f, "joe", at), known;

		assert_true(take(f, "ann", 9, at));
		known = used(f, "ann", at);
		assert_int_equal(used(f, "joe", at), joe);
		OK(f, store_budget_sweep(f->s, 0, &f->e));
		assert_int_equal(used(f, "ann", at), known);
	}
	OK(f, store_budget_sweep(f->s, NOW + 1, &f->e));
	assert_int_equal(used(f, "ann", NOW), 4);
	OK(f, store_mark(f->s, &f->e));
	assert_true(take(f, "ann", 9, NOW));
	OK(f, store_back_to_mark(f->s, &f->e));
	assert_int_equal(used(f, "ann", NOW), 4);
	commit(f);
}

static bool take_of_case(struct fixture *f, int64_t number, int64_t at)
{
	struct store_budget b = {
		.key = SPAN("of a case"), .window_s = 3600, .max = 2, .of_case = number
	};
	bool within = false;

	OK(f, store_budget_take(f->s, &b, 1, at, &within, &f->e));
	return within;
}

/* Whatever else is asked meanwhile. */
static void what_is_taken_of_a_new_case_counts(void **state)
{
	enum { MANY = 600 };
	struct fixture *f = *state;
	struct store_case c = a_case();
	int64_t number;

	begin(f);
	number = open_case(f, &c);
	assert_true(take_of_case(f, number, NOW));
	assert_true(take_of_case(f, number, NOW + 60));
	assert_false(take_of_case(f, number, NOW + 120));
	for (int i = 0; i < MANY; i++)
		assert_true(take(f, arena_printf(&f->a, "key %d", i), 1, NOW));
	assert_false(take_of_case(f, number, NOW + 180));
	commit(f);
	begin(f);
	assert_false(take_of_case(f, number, NOW + 240));
	for (int i = 0; i < MANY; i++)
		assert_false(take(f, arena_printf(&f->a, "key %d", i), 1, NOW));
	commit(f);
}

static void names_of_states_go_there_and_back(void **state)
{
	enum outbox_state got;

	(void)state;
	for (int i = 0; i < OUTBOX_STATE_COUNT; i++) {
		assert_true(
		    outbox_state_find(span_of(outbox_state_name((enum outbox_state)i)), &got));
		assert_int_equal(got, i);
	}
	assert_false(outbox_state_find(SPAN("gone"), &got));
}

static void what_a_recipient_got_is_known(void **state)
{
	struct fixture *f = *state;
	struct store_case c = a_case();
	struct span *v;
	int64_t number, sent;
	size_t n;

	begin(f);
	number = open_case(f, &c);
	sent = queue_mail(f, number, NOW, "one@x");
	queue_mail(f, number, NOW, "two@x");
	commit(f);
	result(f, sent, OUTBOX_SENT);
	OK(f, store_outbox_ids(f->s, number, SPAN("Ann@Example.com"), &f->a, &v, &n, &f->e));
	assert_true(n == 1 && span_is(v[0], "one@x"));
	OK(f, store_outbox_ids(f->s, number, SPAN("bo@example.com"), &f->a, &v, &n, &f->e));
	assert_int_equal(n, 0);
	OK(f, store_outbox_ids(f->s, number + 1, SPAN("ann@example.com"), &f->a, &v, &n, &f->e));
	assert_int_equal(n, 0);
}

static void become(struct fixture *f, int64_t row, enum outbox_state state)
{
	OK(f, store_outbox_result(f->s, row, state, NOW, NOW, 0, SPAN(""), &f->e));
}

static void what_is_held_or_damaged_is_counted(void **state)
{
	struct fixture *f = *state;
	struct store_outbox o = { .state = OUTBOX_UNKNOWN, .created_at = NOW, .next_at = NOW };
	struct store_released released;
	int64_t id, held;
	size_t n;

	begin(f);
	OK(f, store_outbox_add(f->s, &o, SPAN("x"), &id, &f->e));
	commit(f);
	assert_int_equal(counts(f).outbox_failed, 1);
	assert_unsent_are_counted(f);
	begin(f);
	queue_mail(f, 0, NOW, "a@x");
	OK(f, store_again_hold(f->s, &held, &f->e));
	commit(f);
	assert_int_equal(counts(f).outbox_failed, 2);
	assert_unsent_are_counted(f);
	begin(f);
	OK(f, store_again_release(f->s, false, NOW, &released, &f->e));
	commit(f);
	assert_int_equal(released.rows, 2);
	assert_int_equal(counts(f).outbox_failed, 0);
	claim(f, NOW, 9, &n);
	assert_int_equal(n, 2);
	begin(f);
	OK(f, store_outbox_damage(f->s, id, SPAN("why"), &f->e));
	commit(f);
	assert_int_equal(counts(f).outbox_failed, 1);
	assert_unsent_are_counted(f);
}

/* Each of them may be set aside, and taken back. */
static void mails_set_aside_are_counted(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, "one");
	int64_t id;

	begin(f);
	id = keep(f, &m, SPAN("raw"));
	for (int to = 0; to < MAIL_STATE_COUNT; to++) {
		OK(f, store_mail_finish(f->s, id, MAIL_QUARANTINED, SPAN(""), 0, 0, &f->e));
		assert_int_equal(counts(f).quarantined, 1);
		OK(f, store_mail_finish(f->s, id, (enum mail_state)to, SPAN(""), 0, 0, &f->e));
		assert_int_equal(counts(f).quarantined, to == MAIL_QUARANTINED);
	}
	OK(f, store_mail_finish(f->s, id, MAIL_QUARANTINED, SPAN(""), 0, 0, &f->e));
	OK(f, store_mail_release(f->s, id, &f->e));
	assert_int_equal(counts(f).quarantined, 0);
	OK(f, store_mail_finish(f->s, id, MAIL_QUARANTINED, SPAN(""), 0, 0, &f->e));
	OK(f, store_mail_reset(f->s, id, &f->e));
	assert_int_equal(counts(f).quarantined, 0);
	commit(f);
}

/* Kept as they come and go, not counted when somebody asks; a rollback takes it back. */
static void what_status_says_is_counted(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, "one");
	struct store_case c = a_case();
	int64_t number, row, mail;

	begin(f);
	number = open_case(f, &c);
	row = queue_mail(f, number, NOW, "<m1@x>");
	mail = keep(f, &m, SPAN("raw"));
	become(f, row, OUTBOX_FAILED);
	OK(f, store_mail_finish(f->s, mail, MAIL_QUARANTINED, SPAN("x"), 0, 0, &f->e));
	commit(f);
	assert_int_equal(counts(f).outbox_failed, 1);
	assert_int_equal(counts(f).quarantined, 1);
	begin(f);
	m = a_mail(2, "two");
	keep(f, &m, SPAN("raw"));
	become(f, row, OUTBOX_QUEUED);
	store_rollback(f->s);
	assert_int_equal(counts(f).outbox_failed, 1);
	assert_int_equal(counts(f).mails, 1);
	begin(f);
	keep(f, &m, SPAN("raw"));
	become(f, row, OUTBOX_QUEUED);
	OK(f, store_mail_finish(f->s, mail, MAIL_CASE, SPAN("x"), number, 0, &f->e));
	commit(f);
	assert_int_equal(counts(f).outbox_failed, 0);
	assert_int_equal(counts(f).quarantined, 0);
	assert_int_equal(counts(f).mails, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_a_recipient_got_is_known),
		STORE_TEST(a_claim_takes_what_is_due_in_order_and_once),
		STORE_TEST(a_claim_is_durable_by_itself),
		STORE_TEST(numbers_that_may_have_been_given_are_left_out),
		STORE_TEST(every_field_comes_back),
		STORE_TEST(rows_before_a_place_are_not_looked_at),
		STORE_TEST(a_result_follows_the_table_of_states),
		STORE_TEST(what_is_late_or_changed_goes_out_in_a_turn_only),
		STORE_TEST(unknown_outcomes_are_counted),
		STORE_TEST(a_damaged_row_counts_until_its_next_result),
		STORE_TEST(a_row_begins_queued_or_kept_back),
		STORE_TEST(a_queued_row_has_an_instant),
		STORE_TEST(next_is_the_earliest_queued),
		STORE_TEST(lists_and_bounces_find_their_rows),
		STORE_TEST(what_is_slow_is_claimed_by_itself),
		STORE_TEST(what_was_not_tried_is_as_it_was),
		STORE_TEST(what_is_taken_back_keeps_its_place),
		STORE_TEST(budgets_slide),
		STORE_TEST(budgets_are_taken_together_or_not_at_all),
		STORE_TEST(budgets_are_taken_each_for_itself),
		STORE_TEST(budgets_of_one_key_count_once),
		STORE_TEST(what_is_known_of_budgets_is_what_is_there),
		STORE_TEST(what_is_taken_of_a_new_case_counts),
		cmocka_unit_test(names_of_states_go_there_and_back),
		STORE_TEST(what_status_says_is_counted),
		STORE_TEST(what_is_held_or_damaged_is_counted),
		STORE_TEST(mails_set_aside_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
