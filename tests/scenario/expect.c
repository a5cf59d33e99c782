/*
 * EXPECT case N path=value...      the case as `case show --json` has it; a list is its length,
 *                                  "notes.0.kind" looks into it, "notes.-1.kind" from its end
 * EXPECT mail [N] path=value...    a mail, without a number the last that came
 * EXPECT mail "subject" path=value...      the last that came with this subject
 * EXPECT outbox field=value... [count=N]   rows since MARK that are so; without count, one or more
 * EXPECT event N field=value... [count=N]  the same of a case's events
 * EXPECT counts field=value...     how many there are of everything
 * EXPECT ctl out~=... err~=...     what the last CTL wrote
 * EXPECT check ok                  the store, every deadline against its events, and the accounts
 * of each mailbox: seen = kept + set aside + waiting
 */
#include "gatewayd/base/utf8.h"
#include "tests/scenario/verbs.h"

#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/case/case_view.h"

/* --- values of JSON by path --- */

static const json_t *child_of(const json_t *j, struct span name)
{
	int64_t at;

	if (!json_is_array(j))
		return json_object_getn(j, name.p, name.n);
	if (!span_i64(name, &at))
		return NULL;
	if (at < 0)
		at += (int64_t)json_array_size(j);
	return json_array_get(j, (size_t)at);
}

static struct span text_of(struct world *w, const json_t *j)
{
	if (json_is_string(j))
		return (struct span){ json_string_value(j), json_string_length(j) };
	if (json_is_integer(j))
		return span_of(
		    arena_printf(&w->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(j)));
	if (json_is_boolean(j))
		return span_of(json_is_true(j) ? "true" : "false");
	if (json_is_array(j))
		return span_of(arena_printf(&w->arena, "%zu", json_array_size(j)));
	return SPAN("");
}

static struct span value_at(struct world *w, const json_t *j, struct span path)
{
	while (path.n && j)
		j = child_of(j, span_cut(&path, '.'));
	return text_of(w, j);
}

static bool is_option(const struct script_arg *a)
{
	return a->op == SCRIPT_WORD || span_is(a->key, "count");
}

/* All arguments hold for j; the first that does not is told. */
static int all_hold(struct world *w, const struct script_line *l, const json_t *j, struct err *e)
{
	for (size_t i = 0; i < l->n; i++) {
		struct span value;

		if (is_option(&l->args[i]))
			continue;
		value = value_at(w, j, l->args[i].key);
		if (!script_holds(&l->args[i], value))
			return err_set(
			    e, ERR_PERM, "expected " SPAN_FMT ", there is \"" SPAN_FMT "\"",
			    SPAN_ARG(l->args[i].word), SPAN_ARG(utf8_prefix(value, 900)));
	}
	return 0;
}

/* For lists: how many of the rows are so, against count. */
struct tally {
	int64_t n;
};

static void tally_add(struct tally *t, struct world *w, const struct script_line *l,
		      const json_t *j)
{
	struct err e;

	t->n += all_hold(w, l, j, &e) == 0;
}

static int tally_check(const struct tally *t, const struct script_line *l, struct err *e)
{
	struct span count = script_value(l, "count");
	int64_t n;

	if (!count.p)
		return t->n ? 0 : err_set(e, ERR_PERM, "there is none like that");
	if (!span_i64(count, &n))
		return err_set(e, ERR_PERM, "count is a number");
	if (n == t->n)
		return 0;
	return err_set(e, ERR_PERM, "expected %" PRIi64 ", there are %" PRIi64, n, t->n);
}

static int number_of(const struct script_line *l, int64_t *ret_number, struct err *e)
{
	if (l->n < 2 || !span_i64(l->args[1].word, ret_number))
		return err_set(e, ERR_PERM, "a number comes first");
	return 0;
}

/* --- what can be looked at --- */

static int expect_case(struct world *w, const struct script_line *l, struct err *e)
{
	struct desk d = world_desk(w, &w->arena);
	json_t *j JSON_AUTO = NULL;
	struct store_person *people;
	struct store_case c;
	int64_t number;
	size_t n;

	if (number_of(l, &number, e) < 0 ||
	    store_case_get(w->bench.store, number, &w->arena, &c, e) < 0 ||
	    store_participant_list(w->bench.store, number, &w->arena, &people, &n, e) < 0)
		return -1;
	j = case_view(&d, &c, e);
	if (!j)
		return -1;
	json_object_set_new(j, "participants", json_integer((json_int_t)n));
	return all_hold(w, l, j, e);
}

/* The last one, or the last with these words as its subject. */
static int last_mail(struct world *w, struct span subject, struct store_mail *ret_row,
		     struct err *e)
{
	struct store_mail_filter f = { .message_id = SPAN(""),
				       .state = -1,
				       .limit = 100 /* of which one is it */ };
	struct store_mail *v;
	size_t n;

	if (store_mail_list(w->bench.store, &f, &w->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!subject.p || span_eq(v[i].subject, subject)) {
			*ret_row = v[i];
			return 0;
		}
	return err_set(e, ERR_PERM, "there is no such mail");
}

static int expect_mail(struct world *w, const struct script_line *l, struct err *e)
{
	bool last = l->n < 2 || l->args[1].op != SCRIPT_WORD;
	struct span which = last ? SPAN_NONE : l->args[1].word;
	json_t *j JSON_AUTO = NULL;
	struct store_mail row;
	int64_t number;

	if (!last && span_i64(which, &number)
		? store_mail_get(w->bench.store, number, &w->arena, &row, e) < 0
		: last_mail(w, which, &row, e) < 0)
		return -1;
	j = json_pack("{s:I, s:i, s:s, s:o, s:I, s:I, s:o, s:o, s:o}", "id", (json_int_t)row.id,
		      "attempts", row.attempts, "state", mail_state_name(row.state), "reason",
		      json_of_span(row.reason), "case", (json_int_t)row.case_number, "note",
		      (json_int_t)row.note_id, "from", json_of_span(row.from), "subject",
		      json_of_span(row.subject), "mailbox", json_of_span(row.location.mailbox));
	return all_hold(w, l, j, e);
}

static int outbox_json(struct world *w, const struct store_outbox *row, json_t **ret_json,
		       struct err *e)
{
	struct parser_sink sink = { 0 };
	struct buf message BUF_AUTO;
	struct facts facts;
	struct span raw;

	buf_init(&message, SIZE_MAX);
	/* What is damaged has no body. */
	if (store_outbox_message(w->bench.store, row->id, &message, e) < 0 && e->class != ERR_PERM)
		return -1;
	raw = arena_dup(&w->arena, buf_span(&message));
	parser_parse(w->parser, raw, &sink, &w->arena, &facts);
	*ret_json =
	    json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:I, s:o, s:b, s:I, s:i, s:o}", "to",
		      json_of_span(row->recipient), "domain", json_of_span(row->domain), "kind",
		      json_of_span(row->kind), "subject", json_of_span(row->subject), "sender",
		      json_of_span(row->sender), "body", json_of_span(facts.text), "state",
		      outbox_state_name(row->state), "case", (json_int_t)row->case_number, "reply",
		      json_of_span(row->last_text), "automatic", (int)row->automatic, "files",
		      (json_int_t)facts.attachment_count, "attempts", row->attempts, "raw",
		      json_of_span(raw));
	return 0;
}

/* Where statements fail for minutes operators hear of that, too. */
static bool is_of_faults(const struct world *w, const struct store_outbox *row)
{
	return w->faults &&
	       span_find(row->subject, SPAN("not all can be written down")) < row->subject.n;
}

static int expect_outbox(struct world *w, const struct script_line *l, struct err *e)
{
	struct store_outbox_filter f = { .state = -1 };
	struct tally t = { 0 };
	struct store_outbox *v;
	size_t n;

	if (store_outbox_list(w->bench.store, &f, &w->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		json_t *j JSON_AUTO = NULL;

		if (v[i].id <= w->outbox_mark || is_of_faults(w, &v[i]))
			continue;
		if (outbox_json(w, &v[i], &j, e) < 0)
			return -1;
		tally_add(&t, w, l, j);
	}
	return tally_check(&t, l, e);
}

static int expect_event(struct world *w, const struct script_line *l, struct err *e)
{
	struct store_event *v;
	struct tally t = { 0 };
	int64_t number;
	size_t n;

	if (number_of(l, &number, e) < 0 ||
	    store_event_list(w->bench.store, number, &w->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		json_t *j JSON_AUTO = NULL;

		if (json_read(v[i].data, &j, e) < 0)
			return -1;
		json_object_set_new(j, "type", json_of_span(v[i].type));
		json_object_set_new(j, "actor", json_of_span(v[i].actor));
		json_object_set_new(j, "at", json_of_instant(v[i].at));
		tally_add(&t, w, l, j);
	}
	return tally_check(&t, l, e);
}

static int expect_counts(struct world *w, const struct script_line *l, struct err *e)
{
	json_t *j JSON_AUTO = NULL;
	struct store_counts c;

	if (store_count(w->bench.store, &c, e) < 0)
		return -1;
	j = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "mails",
		      (json_int_t)c.mails, "pending", (json_int_t)c.mails_pending, "quarantined",
		      (json_int_t)c.quarantined, "cases", (json_int_t)c.cases, "open",
		      (json_int_t)c.cases_open, "queued", (json_int_t)c.outbox_queued, "sending",
		      (json_int_t)c.outbox_sending, "failed", (json_int_t)c.outbox_failed, "held",
		      (json_int_t)c.held, "accounts", (json_int_t)c.accounts);
	return all_hold(w, l, j, e);
}

static int expect_ctl(struct world *w, const struct script_line *l, struct err *e)
{
	json_t *j JSON_AUTO = json_pack("{s:o, s:o, s:i}", "out", json_of_span(w->ctl_out), "err",
					json_of_span(w->ctl_err), "status", w->ctl_status);

	return all_hold(w, l, j, e);
}

/* As `status` says it; kept is what the store counted, which `check` holds against its mails. */
static int account_sums(struct world *w, const json_t *box, struct err *e)
{
	const char *name = json_string_value(json_object_get(box, "name"));
	int64_t seen = json_integer_value(json_object_get(box, "seen"));
	int64_t kept = json_integer_value(json_object_get(box, "kept"));
	int64_t rest = json_integer_value(json_object_get(box, "set_aside")) +
		       json_integer_value(json_object_get(box, "waiting"));
	struct store_seen there;

	if (store_seen_get(w->bench.store, span_of(name), &there, e) < 0)
		return -1;
	if (seen == kept + rest && kept == there.kept && there.seen == there.kept)
		return 0;
	return err_set(e, ERR_PERM,
		       "accounts of %s: %" PRIi64 " seen, %" PRIi64 " kept, %" PRIi64
		       " set aside or waiting; the store says %" PRIi64 " and %" PRIi64,
		       name, seen, kept, rest, there.seen, there.kept);
}

static int expect_accounts(struct world *w, struct err *e)
{
	struct script_line status = {
		.args = { { .word = SPAN("status") }, { .word = SPAN("--json") } }, .n = 2
	};
	bool faults = w->faults;
	json_t *j JSON_AUTO = NULL;
	const json_t *box;
	size_t i;
	int asked;

	w->faults = false; /* a status that cannot read says so, and knows no sums */
	asked = world_ctl(w, &status, e);
	w->faults = faults;
	if (asked < 0)
		return -1;
	j = json_loadb(w->ctl_out.p, w->ctl_out.n, 0, NULL);
	json_array_foreach(json_object_get(j, "mailboxes"), i,
			   box) if (account_sums(w, box, e) < 0) return -1;
	return j ? 0 : err_set(e, ERR_PERM, "status says nothing");
}

static int expect_check(struct world *w, const struct script_line *l, struct err *e)
{
	struct script_line check = { .args = { { .word = SPAN("check") } }, .n = 1 };

	(void)l;
	if (world_ctl(w, &check, e) < 0)
		return -1;
	if (w->ctl_status == EX_OK)
		return expect_accounts(w, e);
	return err_set(e, ERR_PERM, "check: " SPAN_FMT, SPAN_ARG(utf8_prefix(w->ctl_out, 400)));
}

static const struct {
	const char *name;
	int (*run)(struct world *w, const struct script_line *l, struct err *e);
} things[] = {
	{ "case", expect_case },   { "mail", expect_mail },	{ "outbox", expect_outbox },
	{ "event", expect_event }, { "counts", expect_counts }, { "ctl", expect_ctl },
	{ "check", expect_check },
};

int expect_run(struct world *w, const struct script_line *l, struct err *e)
{
	for (size_t i = 0; i < sizeof(things) / sizeof(*things); i++)
		if (l->n && span_is(l->args[0].word, things[i].name))
			return things[i].run(w, l, e);
	return err_set(e, ERR_PERM, "EXPECT knows no such thing");
}
