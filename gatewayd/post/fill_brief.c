/* What a case says to who has not followed it: what happened, how it stands, what was written. */
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_log.h"
#include "gatewayd/post/notice.h"

enum { NOTES_MAX = 12, NOTE_BYTES_MAX = 3000 };

/* --- what happened --- */

static struct span staff_name(const struct desk *d, struct span id)
{
	const struct conf_staff *staff = conf_staff_find(d->conf, arena_cstr(d->arena, id));

	return staff ? span_of(staff->name) : id;
}

static struct span actor_name(const struct desk *d, const struct words *w, struct span actor)
{
	if (span_eq(actor, case_actor(CASE_BY_OPERATOR)))
		return words_get(w, WORD_THE_OPERATOR);
	if (span_eq(actor, case_actor(CASE_BY_POLICY)))
		return words_get(w, WORD_THE_POLICY);
	return staff_name(d, actor);
}

static enum word happened_word(enum notice_event event, const struct store_case *c,
			       const struct post_change *p)
{
	static const struct {
		enum notice_event event;
		enum word word;
	} words[] = { { NOTICE_ANSWERED, WORD_COLLEAGUE },
		      { NOTICE_URGENT, WORD_SAYS_URGENT },
		      { NOTICE_REMINDED, WORD_REMINDED },
		      { NOTICE_EXPIRED, WORD_EXPIRED },
		      { NOTICE_MOVED, WORD_MOVED },
		      { NOTICE_RAISED, WORD_RAISED },
		      { NOTICE_SET, WORD_SET } };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (words[i].event == event)
			return words[i].word;
	if (event == NOTICE_JOINED)
		return p->happened;
	if (!c->owner.n)
		return WORD_UNASSIGNED;
	return p->before.n ? WORD_MADE_OWNER_BEFORE : WORD_MADE_OWNER;
}

static struct span before_text(const struct desk *d, enum notice_event event,
			       const struct post_change *p)
{
	if (event == NOTICE_MOVED)
		return p->before;
	return event == NOTICE_RAISED ? word_number(d, p->severity_before)
				      : staff_name(d, p->before);
}

static void set_happened(struct desk *d, struct compose_mail *mail, const struct notice *n)
{
	const struct post_change answer = { .actor = n->actor ? span_of(n->actor->id) : SPAN(""),
					    .before = SPAN(""),
					    .reason = SPAN("") };
	const struct post_change *p = n->change ? n->change : &answer;
	struct word_value v[] = {
		{ "who", n->customer.n ? n->customer : actor_name(d, mail->words, p->actor) },
		{ "wish", word_number(d, mail->c->severity_requested) },
		{ "owner", staff_name(d, mail->c->owner) },
		{ "queue", mail->c->queue },
		{ "severity", word_number(d, mail->c->severity) },
		{ "before", before_text(d, n->event, p) },
		{ "state", word_state(mail->words, mail->c->state) },
		{ "other", word_number(d, p->other) },
	};
	enum word id = happened_word(n->event, mail->c, p);

	template_set(mail->data, "happened",
		     word_fill(d, mail->words, id, v, sizeof(v) / sizeof(*v)));
	template_set(mail->data, "why", p->reason);
}

/* --- what was written --- */

static enum word kind_word(enum note_kind kind)
{
	static const enum word words[NOTE_KIND_COUNT] = {
		[NOTE_INBOUND] = WORD_NOTE_INBOUND,
		[NOTE_OUTBOUND] = WORD_NOTE_OUTBOUND,
		[NOTE_INTERNAL] = WORD_NOTE_INTERNAL,
		[NOTE_SYSTEM] = WORD_NOTE_SYSTEM,
	};

	return words[kind];
}

static void set_note(struct desk *d, const struct compose_mail *mail, const struct store_note *note)
{
	struct template_data *row = template_row(mail->data, "history");
	struct span text = utf8_prefix(note->reply, NOTE_BYTES_MAX);

	if (text.n < note->reply.n)
		text = span_of(arena_printf(d->arena, SPAN_FMT " \xe2\x80\xa6", SPAN_ARG(text)));
	template_set(row, "history_at", word_time(d, mail->words, mail->zone, note->at));
	template_set(row, "history_who",
		     author_text(note->author_name, note->author_address, d->arena));
	template_set(row, "history_kind", words_get(mail->words, kind_word(note->kind)));
	template_set(row, "history_text", text);
}

int post_set_history(struct desk *d, const struct compose_mail *mail, struct err *e)
{
	struct store_note *v;
	size_t n, shown;

	if (store_note_list(d->store, mail->c->number, d->arena, &v, &n, e) < 0)
		return -1;
	shown = n < NOTES_MAX ? n : NOTES_MAX;
	for (size_t i = 0; i < shown; i++)
		set_note(d, mail, &v[n - 1 - i]);
	if (shown < n)
		template_set(mail->data, "more",
			     word_count(d, mail->words, WORD_HISTORY_MORE, (int64_t)(n - shown)));
	return 0;
}

static int fill_brief(struct desk *d, struct compose_mail *mail, const struct notice *n,
		      struct err *e)
{
	set_happened(d, mail, n);
	post_set_commands(mail);
	if (post_set_open_cases(d, mail, e) < 0)
		return -1;
	return post_set_history(d, mail, e);
}

const struct notice_fill notice_brief_fills[] = {
	{ "case_brief", COMPOSE_NOTICE, fill_brief },
	{ 0 },
};
