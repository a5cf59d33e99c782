/* What the mails to staff say, by template. */
#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_wait.h"
#include "gatewayd/post/notice.h"

#include <inttypes.h>

#include "gatewayd/case/search.h"
#include "gatewayd/case/staff_verb.h"
#include "gatewayd/case/word.h"
#include "gatewayd/identity/automatic.h"

enum { SIMILAR_MAX = 3, SIMILAR_TEXT_MAX = 4096 /* bytes of the text that count */ };

void post_set_commands(const struct compose_mail *p)
{
	for (int i = 0; i < STAFF_VERB_COUNT; i++) {
		enum staff_verb verb = (enum staff_verb)i;
		struct template_data *row;

		if (!staff_verb_in_notices(verb))
			continue;
		row = template_row(p->data, "commands");
		template_set(row, "usage", words_get(p->words, staff_verb_usage(verb)));
		template_set(row, "does", words_get(p->words, staff_verb_help(verb)));
	}
}

static int similar(struct desk *d, struct template_data *data, const struct store_case *c,
		   struct span words, struct err *e)
{
	const struct store_case_find similar = {
		.account = c->account, .is_over = true, .but_not = c->number, .limit = SIMILAR_MAX
	};
	struct search_hit *v;
	size_t n = 0;

	if (c->account.n && search_cases(d, c->subject, words, &similar, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct template_data *row = template_row(data, "similar");

		template_set_int(row, "number", v[i].number);
		template_set(row, "subject", v[i].title);
	}
	template_set_flag(data, "similar_found", n > 0);
	return 0;
}

static struct span and (struct desk * d, struct span before, struct span text)
{
	return span_of(arena_printf(d->arena, SPAN_FMT "%s" SPAN_FMT, SPAN_ARG(before),
				    before.n && text.n ? "; " : "", SPAN_ARG(text)));
}

/* What the mail has besides the text; "": nothing. */
static struct span cut_text(struct desk *d, const struct words *w, const struct post_said *said)
{
	struct span text = SPAN("");

	if (said->bytes)
		text =
		    word_with(d, w, WORD_CUT_LARGE, "size", post_size(d, w, (size_t)said->bytes));
	if (said->lines_quoted)
		text = and(d, text,
			   word_many(d, w, WORD_LINE_QUOTED, WORD_LINES_QUOTED,
				     (int64_t)said->lines_quoted));
	if (said->lines_signed)
		text =
		    and(d, text, word_count(d, w, WORD_LINES_SIGNED, (int64_t)said->lines_signed));
	return text;
}

/* How sure we are, and what could mislead. */
static void set_author(const struct desk *d, const struct compose_mail *p,
		       const struct author *author)
{
	template_set(p->data, "sure", author_sure(d, p->words, author));
	template_set(p->data, "via", author->via);
	template_set(p->data, "reply_to", author->reply_to);
	template_set(p->data, "envelope", author->envelope);
	template_set(p->data, "cc", author->cc);
	for (size_t i = 0; i < author->doubt_count; i++)
		template_set(template_row(p->data, "doubts"), "doubt",
			     author_doubt_text(d, p->words, &author->doubts[i]));
}

void post_set_said(struct desk *d, struct compose_mail *p, const struct post_said *said)
{
	template_set(p->data, "text", said->text);
	template_set(p->data, "cut", cut_text(d, p->words, said));
	if (said->alike)
		template_set(p->data, "alike", word_count(d, p->words, WORD_ALIKE, said->alike));
	template_set(p->data, "beside", said->beside.p ? said->beside : SPAN(""));
	template_set(p->data, "others", said->others.p ? said->others : SPAN(""));
	template_set(p->data, "outside", said->outside.p ? said->outside : SPAN(""));
	if (said->author)
		set_author(d, p, said->author);
	template_set_flag(p->data, "unreachable",
			  p->c && !automatic_reaches(p->c->requester_address));
	post_set_files(d, p, said);
}

void post_set_row_due(struct desk *d, const struct compose_mail *p, struct template_data *row,
		      int64_t due_at)
{
	template_set(row, "due", word_time(d, p->words, p->zone, due_at));
}

struct template_data *post_case_row_of(struct desk *d, const struct compose_mail *p,
				       const char *list, const struct store_case *c)
{
	struct template_data *row = template_row(p->data, list);
	const struct conf_staff *owner = post_owner(d, c);
	struct store_deadline *v;
	struct err e;
	size_t n;

	template_set_int(row, "number", c->number);
	template_set(row, "subject", c->subject);
	template_set(row, "queue", c->queue);
	template_set_int(row, "severity", c->severity);
	template_set(row, "owner",
		     owner ? span_of(owner->name) : words_get(p->words, WORD_NO_OWNER));
	template_set(row, "state", case_wait_word(d, p->words, c, p->role == TOKEN_CUSTOMER));
	template_set(row, "age",
		     word_count(d, p->words, WORD_HOURS, (d->now - c->opened_at) / HOUR_S));
	if (!d->store || store_deadline_list(d->store, c->number, d->arena, &v, &n, &e) < 0)
		return row;
	for (size_t i = 0; i < n; i++)
		if (span_is(v[i].clock, "initial") && v[i].met_at == INSTANT_NONE &&
		    post_may_promise(d, p, v[i].due_at))
			post_set_row_due(d, p, row, v[i].due_at);
	return row;
}

struct template_data *post_case_row(struct desk *d, const struct compose_mail *p,
				    const struct store_case *c)
{
	return post_case_row_of(d, p, "cases", c);
}

/* "#41 Purge fails"; of several the last. */
static int set_links(struct desk *d, struct compose_mail *mail, struct err *e)
{
	struct store_link *v;
	struct store_case other;
	size_t n;

	if (store_link_list(d->store, mail->c->number, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (v[i].number != mail->c->number)
			continue;
		if (v[i].kind == LINK_FOLLOWS)
			template_setf(mail->data, "follows", "#%" PRIi64, v[i].other);
		if (v[i].kind != LINK_POSSIBLY_ABOUT)
			continue;
		if (store_case_get(d->store, v[i].other, d->arena, &other, e) < 0)
			return -1;
		template_setf(mail->data, "possibly", "#%" PRIi64 " " SPAN_FMT, other.number,
			      SPAN_ARG(other.subject));
	}
	return 0;
}

static int fill_new_case(struct desk *d, struct compose_mail *mail, const struct notice *n,
			 struct err *e)
{
	struct buf words BUF_AUTO;

	buf_init(&words, SIZE_MAX);
	buf_add(&words, mail->c->subject);
	buf_addc(&words, ' ');
	buf_add(&words, utf8_prefix(n->said->text, SIMILAR_TEXT_MAX));
	post_set_said(d, mail, n->said);
	post_set_commands(mail);
	if (set_links(d, mail, e) < 0 || post_set_open_cases(d, mail, e) < 0)
		return -1;
	return similar(d, mail->data, mail->c, buf_span(&words), e);
}

static int fill_update(struct desk *d, struct compose_mail *mail, const struct notice *n,
		       struct err *e)
{
	template_set(mail->data, "customer", n->customer);
	post_set_said(d, mail, n->said);
	post_set_commands(mail);
	return set_links(d, mail, e) < 0 ? -1 : post_set_open_cases(d, mail, e);
}

static int fill_not_delivered(struct desk *d, struct compose_mail *mail, const struct notice *n,
			      struct err *e)
{
	(void)d;
	(void)e;
	template_set(mail->data, "recipient", n->recipient);
	template_set(mail->data, "error", n->error);
	template_set_flag(mail->data, "answer", n->note != 0);
	return 0;
}

static int fill_waiting(struct desk *d, struct compose_mail *mail, const struct notice *n,
			struct err *e)
{
	template_set(mail->data, "hours",
		     word_count(d, mail->words, WORD_HOURS, (d->now - n->made_at) / HOUR_S));
	return fill_not_delivered(d, mail, n, e);
}

static int fill_elsewhere(struct desk *d, struct compose_mail *mail, const struct notice *n,
			  struct err *e)
{
	(void)d;
	(void)e;
	template_set(mail->data, "holder", n->holder);
	template_set(mail->data, "sender", n->sender);
	return 0;
}

void post_set_transcript(const struct compose_mail *p, const struct post_command *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct template_data *row = template_row(p->data, "transcript");

		template_set(row, "command", v[i].command);
		template_set(row, "result", v[i].result);
		for (struct span rest = v[i].found, line; span_line(&rest, &line);)
			template_set(template_row(row, "found"), "line", line);
	}
}

static int fill_transcript(struct desk *d, struct compose_mail *mail, const struct notice *n,
			   struct err *e)
{
	const struct post_transcript *t = n->transcript;

	(void)e;
	mail->urgent = t->held.n > 0;
	template_set(
	    mail->data, "reason",
	    word_with(d, mail->words, WORD_REASON_WROTE, "address", span_of(mail->queue->address)));
	mail->attachments = t->attachments;
	mail->attachment_count = t->attachment_count;
	mail->desk = true;
	post_set_transcript(mail, t->v, t->n);
	template_set(mail->data, "held", t->held);
	template_set(mail->data, "lines",
		     word_many(d, mail->words, WORD_LINE, WORD_LINES, (int64_t)t->lines));
	template_set(mail->data, "file_count",
		     word_many(d, mail->words, WORD_FILE, WORD_FILES, (int64_t)t->files));
	return 0;
}

static int fill_waits(struct desk *d, struct compose_mail *mail, const struct notice *n,
		      struct err *e)
{
	const struct store_held *held = n->held;
	const struct conf_staff *author =
	    conf_staff_find(d->conf, arena_cstr(d->arena, held->staff));

	(void)e;
	mail->urgent = true;
	template_set(mail->data, "sender", author ? span_of(author->name) : held->staff);
	template_set(mail->data, "hours",
		     word_count(d, mail->words, WORD_HOURS, (d->now - held->held_at) / HOUR_S));
	return 0;
}

static int fill_sign_in(struct desk *d, struct compose_mail *mail, const struct notice *n,
			struct err *e)
{
	(void)d, (void)e;
	template_set(mail->data, "link", n->link);
	return 0;
}

const struct notice_fill notice_staff_fills[] = {
	{ "staff_new_case", COMPOSE_NOTICE, fill_new_case },
	{ "owner_update", COMPOSE_NOTICE, fill_update },
	{ "not_delivered", COMPOSE_NOTICE, fill_not_delivered },
	{ "outbox_late", COMPOSE_NOTICE, fill_waiting },
	{ "outbox_went", COMPOSE_NOTICE, fill_waiting },
	{ "staff_unverified", COMPOSE_NOTICE, NULL },
	{ "staff_elsewhere", COMPOSE_NOTICE, fill_elsewhere },
	{ "command_transcript", COMPOSE_ANSWER, fill_transcript },
	{ "answer_waits", COMPOSE_NOTICE, fill_waits },
	{ "sign_in", COMPOSE_ANSWER, fill_sign_in },
	{ 0 },
};
