#include "tests/scenario/verbs.h"

#include <stdio.h>
#include <sysexits.h>

#include "gatewayd/base/json.h"
#include "gatewayd/base/utf8.h"
#include "tests/scenario/damage.h"
#include "tests/scenario/letter.h"

static int deliver(struct world *w, const struct script_line *l, struct span raw, struct err *e)
{
	struct span received = script_value(l, "received"), size = script_value(l, "size");
	struct peers_mail m = { .raw = raw,
				.mailbox = letter_mailbox(w, l),
				.uidvalidity = w->uidvalidity,
				.uid = ++w->uid,
				.received_at = w->clock.now,
				.size = (int64_t)raw.n,
				.processed = script_value(l, "processed").p != NULL };

	if (size.p && !span_i64(size, &m.size))
		return err_set(e, ERR_PERM, "size is a number of bytes");
	if (span_is(received, "none"))
		m.received_at = INSTANT_NONE;
	else if (received.p && !time_parse_rfc3339(received, &m.received_at))
		return err_set(e, ERR_PERM, "received is an RFC 3339 time");
	w->mails++;
	if (script_value(l, "history").p)
		return world_history(w, &m, e);
	if (script_value(l, "later").p) {
		peers_mail_add(w->peers, &m);
		return 0;
	}
	return world_mail(w, &m, e);
}

/* times=N: N mails of one kind, each answering what came of the one before. */
static int run_mail(struct world *w, const struct script_line *l, struct err *e)
{
	struct span times = script_value(l, "times"), raw;
	int64_t n = 1;

	if (times.p && !span_i64(times, &n))
		return err_set(e, ERR_PERM, "times is a number");
	while (n-- > 0)
		if (letter_make(w, l, &raw, e) < 0 || deliver(w, l, raw, e) < 0)
			return -1;
	return 0;
}

static void keep_piece(void *ctx, struct span piece)
{
	buf_add(ctx, piece);
}

static void pack_span(struct span s, struct buf *out)
{
	uint64_t n = s.n;

	buf_add(out, (struct span){ (const char *)&n, sizeof(n) });
	buf_add(out, s);
}

/* The mail is not delivered: what would become of it is what the next EXPECT ctl looks at. */
static int run_simulate(struct world *w, const struct script_line *l, struct err *e)
{
	struct script_line simulate = { .args = { { .word = SPAN("simulate") },
						  { .word = SPAN("--mailbox") },
						  { .word = span_of(letter_mailbox(w, l)) },
						  { .word = SPAN("-") } },
					.n = 4,
					.has_text = true };
	struct buf input BUF_AUTO, body BUF_AUTO;
	struct parser_sink sink = { .write = keep_piece, .ctx = &body };
	struct facts facts;
	struct span raw;

	buf_init(&input, SIZE_MAX);
	buf_init(&body, SIZE_MAX);
	if (letter_make(w, l, &raw, e) < 0)
		return -1;
	parser_parse(w->parser, raw, &sink, &w->arena, &facts);
	pack_span(raw, &input);
	pack_span(buf_span(&body), &input);
	facts_encode(&facts, &input);
	simulate.text = arena_dup(&w->arena, buf_span(&input));
	if (world_ctl(w, &simulate, e) < 0)
		return -1;
	return w->ctl_status == EX_OK ? 0 : err_set(e, ERR_PERM, SPAN_FMT, SPAN_ARG(w->ctl_err));
}

static int run_bounce(struct world *w, const struct script_line *l, struct err *e)
{
	struct span raw;

	if (letter_bounce(w, l, &raw, e) < 0)
		return -1;
	return deliver(w, l, raw, e);
}

/* Our own mail to `of` as it went out, but for a field that somebody took away. */
static int run_return(struct world *w, const struct script_line *l, struct err *e)
{
	struct world_row which = { script_value(l, "of"), SPAN(""), 0 };
	struct span without = script_value(l, "without"), message, line;
	struct store_outbox row;
	struct buf out BUF_AUTO;

	buf_init(&out, SIZE_MAX);
	if (world_last_row(w, &which, &row, &message, e) < 0)
		return -1;
	buf_adds(
	    &out,
	    "Received: from somewhere by mx.support.test; Fri, 27 Mar 2026 15:00:00 +0000\r\n");
	while (span_line(&message, &line)) {
		if (without.p && span_starts_ci(line, without))
			continue;
		buf_add(&out, line);
		buf_adds(&out, "\r\n");
	}
	return deliver(w, l, arena_dup(&w->arena, buf_span(&out)), e);
}

/* The mail that came last, once more: new-uid, another mailbox, further fields in front. */
static int run_again(struct world *w, const struct script_line *l, struct err *e)
{
	struct span field = script_value(l, "header"), mailbox = script_value(l, "mailbox");
	struct span append = script_value(l, "append");
	struct peers_mail m = { .mailbox = w->last_mailbox,
				.uidvalidity = w->uidvalidity,
				.uid = w->uid,
				.received_at = w->clock.now,
				.processed = script_value(l, "processed").p != NULL };
	struct buf raw BUF_AUTO;

	buf_init(&raw, SIZE_MAX);
	if (field.p)
		buf_addf(&raw, SPAN_FMT "\r\n", SPAN_ARG(field));
	buf_add(&raw, w->last_raw);
	if (append.p)
		buf_addf(&raw, SPAN_FMT "\r\n", SPAN_ARG(append));
	if (mailbox.p)
		m.mailbox = arena_cstr(&w->arena, mailbox);
	if (!script_value(l, "uid").p)
		m.uid = ++w->uid;
	m.raw = arena_dup(&w->arena, buf_span(&raw));
	m.size = (int64_t)m.raw.n;
	return world_mail(w, &m, e);
}

static int run_uidvalidity(struct world *w, const struct script_line *l, struct err *e)
{
	(void)l;
	(void)e;
	w->uidvalidity++;
	w->uid = 0;
	return 0;
}

/* --- the clock --- */

static int read_span(struct span text, int64_t *ret_seconds, struct err *e)
{
	struct policy_duration d;
	bool back = text.n && text.p[0] == '-';

	if (text.n && (back || text.p[0] == '+'))
		text = span_sub(text, 1, SIZE_MAX);
	if (!policy_duration_parse(text, &d) || d.unit != POLICY_SECONDS)
		return err_set(e, ERR_PERM, "\"" SPAN_FMT "\" is no time span", SPAN_ARG(text));
	*ret_seconds = back ? -d.amount : d.amount;
	return 0;
}

static int run_at(struct world *w, const struct script_line *l, struct err *e)
{
	struct span when = l->n ? l->args[0].word : SPAN("");
	int64_t at;

	if (when.n && strchr("+-", when.p[0])) {
		if (read_span(when, &at, e) < 0)
			return -1;
		at += w->clock.now;
	} else if (!time_parse_rfc3339(when, &at)) {
		return err_set(e, ERR_PERM, "AT wants a time or +2h");
	}
	if (!w->clock.now) /* where the story begins: nobody set it */
		w->clock.monotonic_ms += at * 1000;
	if (at < w->clock.now || !w->clock.now)
		return world_set_clock(w, at, e);
	return world_run_until(w, at, e);
}

static int run_plain(struct world *w, const struct script_line *l, struct err *e)
{
	(void)w, (void)l, (void)e;
	return 0;
}

static int run_timer(struct world *w, const struct script_line *l, struct err *e)
{
	(void)l;
	return world_set_clock(w, w->clock.now, e);
}

static int run_down(struct world *w, const struct script_line *l, struct err *e)
{
	int64_t s = 0;

	if (l->n && read_span(l->args[0].word, &s, e) < 0)
		return -1;
	return world_restart(w, s, e);
}

/* The machine slept: the clocks went on, the daemon did not. */
static int run_suspend(struct world *w, const struct script_line *l, struct err *e)
{
	int64_t s;

	if (read_span(l->n ? l->args[0].word : SPAN(""), &s, e) < 0)
		return -1;
	w->clock.monotonic_ms += s * 1000;
	return world_set_clock(w, w->clock.now + s, e);
}

/* Somebody set it forward. */
static int run_step(struct world *w, const struct script_line *l, struct err *e)
{
	int64_t s;

	if (read_span(l->n ? l->args[0].word : SPAN(""), &s, e) < 0)
		return -1;
	return world_set_clock(w, w->clock.now + s, e);
}

/* --- the rest --- */

static int run_conf(struct world *w, const struct script_line *l, struct err *e)
{
	if (l->n != 1)
		return err_set(e, ERR_PERM, "CONF wants a name");
	return world_conf(w, arena_cstr(&w->arena, l->args[0].word), e);
}

static bool wants_json(const struct script_line *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (span_is(l->args[i].word, "--json"))
			return true;
	return false;
}

static int run_ctl(struct world *w, const struct script_line *l, struct err *e)
{
	json_t *answer JSON_AUTO = NULL;

	if (world_ctl(w, l, e) < 0)
		return -1;
	if (w->ctl_status == EX_OK)
		return wants_json(l) ? json_read(w->ctl_out, &answer, e) : 0;
	return err_set(e, ERR_PERM, "exit status %d: " SPAN_FMT, w->ctl_status,
		       SPAN_ARG(utf8_prefix(w->ctl_err, 400)));
}

/* CLICK to=ADDRESS: what the web server does when somebody opens the one-click address. */
static int run_click(struct world *w, const struct script_line *l, struct err *e)
{
	struct script_line optout = {
		.args = { { .word = SPAN("contact") }, { .word = SPAN("optout") } }, .n = 3
	};

	if (letter_one_click(w, l, &optout.args[2].word, e) < 0)
		return -1;
	return run_ctl(w, &optout, e);
}

/* ACCOUNTS FILE: a file of the folder accounts/, imported. */
static int run_accounts(struct world *w, const struct script_line *l, struct err *e)
{
	struct script_line import = { .args = { { .word = SPAN("account") },
						{ .word = SPAN("import") } },
				      .n = 3,
				      .has_text = true };
	struct buf text BUF_AUTO;
	char line[1024];
	FILE *f;

	import.args[2].word = l->n ? l->args[0].word : SPAN("");
	buf_init(&text, SIZE_MAX);
	f = fopen(arena_printf(&w->arena, "%s/accounts/" SPAN_FMT, w->folder,
			       SPAN_ARG(import.args[2].word)),
		  "re");
	if (!f)
		return err_set(e, ERR_PERM, "there is no such file");
	while (fgets(line, sizeof(line), f))
		buf_adds(&text, line);
	fclose(f);
	import.text = arena_dup(&w->arena, buf_span(&text));
	return run_ctl(w, &import, e);
}

static int run_refused(struct world *w, const struct script_line *l, struct err *e)
{
	if (world_ctl(w, l, e) < 0)
		return -1;
	return w->ctl_status == EX_OK ? err_set(e, ERR_PERM, "it was not refused") : 0;
}

/* full DOMAIN [room=N] */
static int full_script(struct world *w, const struct script_line *l, struct peers_sender_script *s,
		       struct err *e)
{
	struct span room = script_value(l, "room");
	uint64_t n = 0;

	if (l->n < 2 || (room.p && !span_u64(room, &n)))
		return err_set(e, ERR_PERM, "SENDER full DOMAIN [room=N]");
	s->domain = arena_cstr(&w->arena, l->args[1].word);
	s->room = (uint32_t)n;
	return 0;
}

/* fail|retry|down|unknown CODE "text" [to=ADDRESS], or one of these words alone. */
static int sender_script(struct world *w, const struct script_line *l,
			 struct peers_sender_script *s, struct err *e)
{
	static const struct {
		const char *word;
		enum peers_sender how;
		enum talk_outcome outcome;
	} words[] = {
		{ "ok", SENDER_OK, TALK_SENT },		  { "hold", SENDER_HOLD, TALK_SENT },
		{ "slow", SENDER_SLOW, TALK_SENT },	  { "dies", SENDER_DIES, TALK_SENT },
		{ "strange", SENDER_STRANGE, TALK_SENT }, { "fail", SENDER_FAIL, TALK_FAILED },
		{ "retry", SENDER_FAIL, TALK_RETRY },	  { "unknown", SENDER_FAIL, TALK_UNKNOWN },
		{ "down", SENDER_FAIL, TALK_RETRY },	  { "full", SENDER_FULL, TALK_SENT },
	};
	struct span word = l->n ? l->args[0].word : SPAN(""), to = script_value(l, "to");
	int64_t code = 0;
	size_t i = 0;

	while (i < sizeof(words) / sizeof(*words) && !span_is(word, words[i].word))
		i++;
	if (i == sizeof(words) / sizeof(*words))
		return err_set(e, ERR_PERM, "a sender cannot be " SPAN_FMT, SPAN_ARG(word));
	*s = (struct peers_sender_script){ .how = words[i].how,
					   .outcome = words[i].outcome,
					   .takes = l->n > 1 &&
						    span_is(l->args[l->n - 1].word, "taken") };
	if (s->how == SENDER_FULL)
		return full_script(w, l, s, e);
	if (s->how != SENDER_FAIL)
		return 0;
	if (l->n < 3 || !span_i64(l->args[1].word, &code))
		return err_set(e, ERR_PERM, "SENDER fail CODE \"text\" [to=ADDRESS]");
	s->server = span_is(word, "down");
	s->code = (int)code;
	s->text = arena_cstr(&w->arena, l->args[2].word);
	s->to = to.p ? arena_cstr(&w->arena, to) : NULL;
	return 0;
}

static int run_sender(struct world *w, const struct script_line *l, struct err *e)
{
	struct peers_sender_script s;

	if (l->n && span_is(l->args[0].word, "second")) {
		peers_sender_add(w->peers);
		return world_settle(w, e);
	}
	if (sender_script(w, l, &s, e) < 0)
		return -1;
	peers_sender_script(w->peers, &s);
	return world_settle(w, e);
}

static int run_hook(struct world *w, const struct script_line *l, struct err *e)
{
	struct peers_sender_script s;

	if (sender_script(w, l, &s, e) < 0)
		return -1;
	peers_hook_script(w->peers, &s);
	return world_settle(w, e);
}

/* CHILD dies|hangs|lies-... [on="text"] [times=N]: the next N mails with that text in them. */
static int run_child(struct world *w, const struct script_line *l, struct err *e)
{
	struct span word = l->n ? l->args[0].word : SPAN(""), times = script_value(l, "times");
	struct span on = script_value(l, "on");
	int64_t n = 1;

	if (times.p && !span_i64(times, &n))
		return err_set(e, ERR_PERM, "times is a number");
	for (int i = 0; i < CHILD_WAYS; i++) {
		if (!span_is(word, peers_child_names[i]))
			continue;
		peers_child_script(w->peers, (enum peers_child)i,
				   on.p ? arena_cstr(&w->arena, on) : NULL, n);
		return 0;
	}
	return err_set(e, ERR_PERM, "a child cannot be " SPAN_FMT, SPAN_ARG(word));
}

static int run_look(struct world *w, const struct script_line *l, struct err *e)
{
	peers_look(w->peers, letter_mailbox(w, l), w->uidvalidity);
	return world_settle(w, e);
}

/* MAILBOX good | bad "why" [aside=N] [to=mailbox] */
static int run_mailbox(struct world *w, const struct script_line *l, struct err *e)
{
	struct span aside = script_value(l, "aside");
	struct talk_status s = { .mailbox = span_of(letter_mailbox(w, l)),
				 .good = l->n && span_is(l->args[0].word, "good"),
				 .text = l->n > 1 ? l->args[1].word : SPAN("idle"),
				 .aside_text =
				     aside.p ? SPAN("UID 7: it cannot be read") : SPAN("") };
	int64_t n = 0;

	if (aside.p && !span_i64(aside, &n))
		return err_set(e, ERR_PERM, "aside is a number");
	s.aside = (uint32_t)n;
	peers_report(w->peers, &s);
	return world_settle(w, e);
}

/* TOKEN good | bad "why" [left=3d]: of the only row of oauth. */
static int run_token(struct world *w, const struct script_line *l, struct err *e)
{
	struct span left = script_value(l, "left");
	int64_t left_s = 0;
	struct grant_talk_state s = { .name = span_of(w->bench.conf->oauth[0].name),
				      .good = l->n && span_is(l->args[0].word, "good"),
				      .text = l->n > 1 ? l->args[1].word : SPAN("good"),
				      .access_until = INSTANT_NONE,
				      .refresh_until = INSTANT_NONE };

	if (left.p && read_span(left, &left_s, e) < 0)
		return -1;
	if (left.p)
		s.refresh_until = w->clock.now + left_s;
	return peers_grant(w->peers, &s, e) < 0 ? -1 : world_settle(w, e);
}

/* DESCRIPTORS n: all that waits is worked on with so many left, then with enough. */
static int run_descriptors(struct world *w, const struct script_line *l, struct err *e)
{
	int64_t n;

	if (l->n != 1 || !span_i64(l->args[0].word, &n))
		return err_set(e, ERR_PERM, "DESCRIPTORS wants a number");
	return world_scarce(w, n, e);
}

/* MOVES refused n: the IMAP server does not move the next n */
static int run_moves(struct world *w, const struct script_line *l, struct err *e)
{
	int64_t n;

	if (l->n != 2 || !span_is(l->args[0].word, "refused") || !span_i64(l->args[1].word, &n))
		return err_set(e, ERR_PERM, "MOVES wants \"refused\" and a number");
	peers_refuse_moves(w->peers, n);
	return 0;
}

/* DAMAGE [mail|outbox|...] N */
static int run_damage(struct world *w, const struct script_line *l, struct err *e)
{
	struct span what = l->n == 2 ? l->args[0].word : SPAN("mail");
	int64_t id;

	if (l->n < 1 || l->n > 2 || !span_i64(l->args[l->n - 1].word, &id))
		return err_set(e, ERR_PERM, "DAMAGE wants what, and its number");
	return damage(w, what, id, e) < 0 ? -1 : world_settle(w, e);
}

/* From here on only later mails of the outbox count. */
static int run_mark(struct world *w, const struct script_line *l, struct err *e)
{
	struct store_outbox_filter f = { .state = -1, .limit = 1 };
	struct store_outbox *v;
	size_t n;

	(void)l;
	if (store_outbox_list(w->bench.store, &f, &w->arena, &v, &n, e) < 0)
		return -1;
	w->outbox_mark = n ? v[0].id : 0;
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct world *w, const struct script_line *l, struct err *e);
} verbs[] = {
	{ "CONF", run_conf },
	{ "AT", run_at },
	{ "TIMER", run_timer },
	{ "DOWN", run_down },
	{ "RESTART", run_down },
	{ "SUSPEND", run_suspend },
	{ "PLAIN", run_plain },
	{ "STEP", run_step },
	{ "MAIL", run_mail },
	{ "SIMULATE", run_simulate },
	{ "BOUNCE", run_bounce },
	{ "RETURN", run_return },
	{ "AGAIN", run_again },
	{ "UIDVALIDITY", run_uidvalidity },
	{ "LOOK", run_look },
	{ "ACCOUNTS", run_accounts },
	{ "MAILBOX", run_mailbox },
	{ "TOKEN", run_token },
	{ "CTL", run_ctl },
	{ "CLICK", run_click },
	{ "REFUSED", run_refused },
	{ "SENDER", run_sender },
	{ "HOOK", run_hook },
	{ "CHILD", run_child },
	{ "DESCRIPTORS", run_descriptors },
	{ "MOVES", run_moves },
	{ "DAMAGE", run_damage },
	{ "MARK", run_mark },
	{ "EXPECT", expect_run },
};

int verbs_run(struct world *w, const struct script_line *l, struct err *e)
{
	bool conf = span_is(l->verb, "CONF");

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (!span_is(l->verb, verbs[i].name))
			continue;
		if (!conf && !w->bench.conf)
			return err_set(e, ERR_PERM, "the first verb is CONF");
		return verbs[i].run(w, l, e);
	}
	return err_set(e, ERR_PERM, "there is no verb " SPAN_FMT, SPAN_ARG(l->verb));
}
