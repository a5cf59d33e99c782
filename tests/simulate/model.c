#include "tests/simulate/model.h"

#include <inttypes.h>

#include "gatewayd/case/case_clock.h"
#include "gatewayd/identity/header_scan.h"
#include "tests/simulate/mark.h"

#define CHECK(holds, ...) \
	if (!(holds))     \
	return err_set(e, ERR_BUG, __VA_ARGS__)

/* One look at the store. */
struct look {
	struct play *p;
	struct store *store;
	struct arena a;
	bool rest;		   /* all has come to rest */
	struct store_outbox *rows; /* newest first */
	size_t row_count;
	int notes[MARKS_MAX]; /* from mails, that have the mark of that number */
};

/* --- mails --- */

/* The newest row of that Message-ID with these bytes; *ret_found false: none. */
static int find_kept(struct look *l, const struct peers_mail *m, struct store_mail *ret_row,
		     bool *ret_found, struct err *e)
{
	struct store_mail_filter f = { .state = -1 };
	struct header_scan scan;
	struct store_mail *v;
	size_t n;

	*ret_found = false;
	header_scan(m->raw, &l->a, &scan);
	f.message_id = scan.message_id.p ? scan.message_id : SPAN("");
	if (store_mail_list(l->store, &f, &l->a, &v, &n, e) < 0)
		return -1;
	for (size_t i = n; i-- > 0 && !*ret_found;) {
		struct buf raw BUF_AUTO;

		buf_init(&raw, SIZE_MAX);
		if (store_mail_raw(l->store, v[i].id, &raw, e) < 0)
			return -1;
		*ret_found = span_eq(buf_span(&raw), m->raw);
		*ret_row = v[i];
	}
	return 0;
}

static bool kills(const struct peers_mail *m)
{
	struct span rest = m->raw;
	char kind = 0;
	int n;

	return mark_next(&rest, &kind, &n) && kind == 'k';
}

static int check_row(struct look *l, const struct peers_mail *m, const struct store_mail *row,
		     struct err *e)
{
	CHECK(!l->rest || row->state != MAIL_KEPT, "mail %" PRIi64 " was never decided", row->id);
	CHECK(row->state == MAIL_KEPT || row->reason.n, "mail %" PRIi64 " has no reason (I8)",
	      row->id);
	CHECK(row->state != MAIL_QUARANTINED || kills(m) ||
		  span_find(row->reason, SPAN("died or hung")) == SIZE_MAX,
	      "mail %" PRIi64 " is quarantined for what it did not do: " SPAN_FMT, row->id,
	      SPAN_ARG(row->reason));
	return 0;
}

/* The text of a mail that made or joined a case stands in one note. */
static int check_effect(struct look *l, const struct peers_mail *m, const struct store_mail *row,
			struct err *e)
{
	struct span rest = m->raw;
	char kind;
	int n;

	if (!l->rest || (row->state != MAIL_CASE && row->state != MAIL_NOTE))
		return 0;
	/* Of mails that say to be from staff and prove nothing, a case takes one note a day. */
	if (mark_next(&rest, &kind, &n) && n && kind != 'f')
		CHECK(l->notes[n] == 1, "mail %" PRIi64 " (%s): its text stands in %d notes (I2)",
		      row->id, mail_state_name(row->state), l->notes[n]);
	return 0;
}

static int check_mail(struct look *l, const struct peers_mail *m, bool moved, struct err *e)
{
	struct store_mail row;
	bool found;

	if (find_kept(l, m, &row, &found, e) < 0)
		return -1;
	CHECK(moved || !l->rest, "UID %u is still in the inbox of %s", m->uid, m->mailbox);
	CHECK(found || !moved, "UID %u of %s was moved, and the store does not have it (I1)",
	      m->uid, m->mailbox);
	if (!found)
		return 0;
	return check_row(l, m, &row, e) < 0 ? -1 : check_effect(l, m, &row, e);
}

static int check_mails(struct look *l, struct err *e)
{
	const struct peers_mail *m;
	bool moved;

	for (size_t i = 0; (m = peers_mail_at(l->p->world.peers, i, &moved)) != NULL; i++)
		if (m->size == (int64_t)m->raw.n && check_mail(l, m, moved, e) < 0)
			return -1;
	return 0;
}

/* --- cases --- */

/* What is quoted stands elsewhere, too. */
static struct span without_quotes(struct look *l, struct span text)
{
	struct buf out BUF_AUTO;
	struct span line;

	buf_init(&out, SIZE_MAX);
	while (span_line(&text, &line))
		if (!span_starts_ci(line, SPAN(">")))
			buf_addf(&out, SPAN_FMT "\n", SPAN_ARG(line));
	return arena_dup(&l->a, buf_span(&out));
}

static void count_marks(struct look *l, struct span text)
{
	char kind;
	int n;

	while (mark_next(&text, &kind, &n))
		l->notes[n]++;
}

static int check_notes(struct look *l, const struct store_case *c, struct err *e)
{
	struct store_note *v;
	size_t n;

	if (c->merged_into) /* its notes are listed there */
		return 0;
	if (store_note_list(l->store, c->number, &l->a, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct span text = without_quotes(l, v[i].text);
		char kind;
		int number;

		if (v[i].mail_id)
			count_marks(l, text);
		while (mark_next(&text, &kind, &number))
			CHECK(kind != 'f' || v[i].kind != NOTE_OUTBOUND,
			      "case %" PRIi64 " has a forger's words as an answer (I6)", c->number);
	}
	return 0;
}

static int check_clock(struct look *l, const struct store_case *c, struct err *e)
{
	struct desk d = world_desk(&l->p->world, &l->a);
	bool same;

	if (case_state_is_over(c->state)) /* it keeps those that it had */
		return 0;
	if (case_clock_check(&d, c->number, &same, e) < 0)
		return -1;
	CHECK(same, "case %" PRIi64 ": a deadline is not what its events say (I9)", c->number);
	return 0;
}

static int check_confirmations(struct look *l, const struct store_case *c, struct err *e)
{
	int n = 0;

	for (size_t i = 0; i < l->row_count; i++)
		n +=
		    l->rows[i].case_number == c->number && span_is(l->rows[i].kind, "confirmation");
	CHECK(n <= 1, "case %" PRIi64 " has %d confirmations (I2)", c->number, n);
	return 0;
}

static int check_cases(struct look *l, struct err *e)
{
	struct store_case_filter f = { .limit = 0 };
	struct store_case *v;
	size_t n;

	if (store_case_list(l->store, &f, &l->a, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (check_notes(l, &v[i], e) < 0 || check_clock(l, &v[i], e) < 0 ||
		    check_confirmations(l, &v[i], e) < 0)
			return -1;
	for (int i = 1; i < MARKS_MAX; i++)
		CHECK(l->notes[i] <= 1, "the text of mail m%d stands in %d notes (I2)", i,
		      l->notes[i]);
	return 0;
}

/* --- what was sent --- */

static const struct store_outbox *row_of(const struct look *l, const struct peers_taken *t)
{
	for (size_t i = 0; i < l->row_count; i++)
		if (span_find(t->message_id, l->rows[i].message_id) != SIZE_MAX &&
		    span_eq_ci(t->recipient, l->rows[i].recipient))
			return &l->rows[i];
	return NULL;
}

static int check_taken(struct look *l, struct err *e)
{
	const struct peers_taken *t;

	for (size_t i = 0; (t = peers_taken_at(l->p->world.peers, i)) != NULL; i++) {
		CHECK(row_of(l, t) || l->p->was_put_back,
		      "a mail to " SPAN_FMT " went out that the store does not know (I3)",
		      SPAN_ARG(t->recipient));
		if (i >= l->p->outside.seen &&
		    outside_check(&l->p->outside, &l->p->world, t, row_of(l, t), e) < 0)
			return -1;
	}
	return 0;
}

static bool was_taken(const struct look *l, const struct store_outbox *row)
{
	const struct peers_taken *t;

	for (size_t i = 0; (t = peers_taken_at(l->p->world.peers, i)) != NULL; i++)
		if (span_find(t->message_id, row->message_id) != SIZE_MAX &&
		    span_eq_ci(t->recipient, row->recipient))
			return true;
	return false;
}

static int check_rows(struct look *l, struct err *e)
{
	int64_t now = l->p->world.clock.now;

	for (size_t i = 0; i < l->row_count; i++) {
		const struct store_outbox *r = &l->rows[i];

		CHECK(r->state != OUTBOX_SENT || was_taken(l, r),
		      "row %" PRIi64 " is sent, and no server has it (I3)", r->id);
		CHECK(!l->rest || r->state != OUTBOX_SENDING,
		      "row %" PRIi64 " is being sent for ever", r->id);
		CHECK(!l->rest || r->state != OUTBOX_QUEUED || r->next_at > now,
		      "row %" PRIi64 " is due and not sent", r->id);
	}
	CHECK(!peers_doubles(l->p->world.peers), "a server got a mail twice (I3)");
	return 0;
}

/* --- the store as a whole --- */

static int check_accounts(struct look *l, struct err *e)
{
	struct store_mail_count *v;
	size_t n;

	if (store_mail_count(l->store, &l->a, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int64_t sum = 0;

		for (int s = 0; s < MAIL_STATE_COUNT; s++)
			sum += v[i].states[s];
		CHECK(sum == v[i].kept, "kept of " SPAN_FMT ": %" PRIi64 ", but %" PRIi64 " became",
		      SPAN_ARG(v[i].mailbox), v[i].kept, sum);
	}
	return 0;
}

static int check_store(struct look *l, struct err *e)
{
	struct buf findings BUF_AUTO;

	buf_init(&findings, 2000);
	if (store_check(l->store, &findings, e) < 0)
		return -1;
	/* The companion may be behind until the next commit. */
	CHECK(!findings.n || span_ends_ci(buf_span(&findings), SPAN("written to\n")),
	      "the store: %s", buf_cstr(&findings));
	return 0;
}

/* --- all of it --- */

static int look_begin(struct play *p, struct look *l, struct err *e)
{
	struct store_outbox_filter f = { .state = -1 };

	memset(l, 0, sizeof(*l));
	l->p = p;
	l->store = p->world.bench.store;
	arena_init(&l->a);
	return store_outbox_list(l->store, &f, &l->a, &l->rows, &l->row_count, e);
}

static int check(struct play *p, bool rest, struct err *e)
{
	struct look l;
	int result;

	if (!p->world.bench.store)
		return 0;
	result = look_begin(p, &l, e);
	l.rest = rest;
	if (result == 0)
		result = check_cases(&l, e) < 0 || check_mails(&l, e) < 0 ||
				 check_taken(&l, e) < 0 || check_rows(&l, e) < 0 ||
				 check_accounts(&l, e) < 0 || check_store(&l, e) < 0
			     ? -1
			     : 0;
	arena_release(&l.a);
	if (result < 0)
		e->class = ERR_BUG;
	return result;
}

int model_check(struct play *p, struct err *e)
{
	return check(p, false, e);
}

int model_rest(struct play *p, struct err *e)
{
	return check(p, true, e);
}

int model_rests(struct play *p, bool *ret_rests, struct err *e)
{
	struct look l;
	struct store_counts c;
	int result = look_begin(p, &l, e);

	*ret_rests = true;
	for (size_t i = 0; i < l.row_count; i++)
		if (l.rows[i].state == OUTBOX_SENDING || l.rows[i].state == OUTBOX_QUEUED)
			*ret_rests = false;
	if (result == 0)
		result = store_count(l.store, &c, e);
	*ret_rests = *ret_rests && result == 0 && !c.mails_pending;
	arena_release(&l.a);
	return result;
}

void model_sum(struct play *p)
{
	bool moved;

	while (peers_mail_at(p->world.peers, (size_t)p->sums.mails, &moved))
		p->sums.mails++;
	while (peers_taken_at(p->world.peers, (size_t)p->sums.sent))
		p->sums.sent++;
	p->sums.again = (long)peers_again(p->world.peers);
}
