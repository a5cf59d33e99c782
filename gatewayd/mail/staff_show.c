/* #show: all of a case, for who has not followed it.  It changes nothing. */
#include "gatewayd/base/units.h"
#include "gatewayd/case/author.h"
#include "gatewayd/case/case_log.h"
#include "gatewayd/case/case_wait.h"
#include "gatewayd/case/staff_name.h"
#include "gatewayd/mail/staff_run.h"
#include "gatewayd/mail/staff_said.h"

enum { FOUND_MAX = MIB };

/* How much of a case a mail shows, the latest of each. */
struct most {
	size_t notes, note_lines, events;
};
static const struct most brief = { 15, 25, 25 };
static const struct most all = { 60, 200, 200 }; /* a mail has at most 1000 lines of it */
enum { LINES_MAX = 950 };

struct show {
	struct run *r;
	struct store_case c;
	const struct conf_queue *queue;
	const char *zone;
	struct most most;
	size_t left_out; /* notes, their lines, events */
	size_t lines;
	struct buf *out;
};

static void put(struct show *s, const char *indent, struct span text)
{
	if (s->lines >= LINES_MAX) {
		s->left_out++;
		return;
	}
	buf_adds(s->out, indent);
	buf_add(s->out, text);
	buf_addc(s->out, '\n');
	s->lines++;
}

static void put_word(struct show *s, enum word id, const char *name, struct span value)
{
	if (value.n || !name)
		put(s, "", word_with(s->r->d, s->r->words, id, name, value));
}

static struct span time_of(const struct show *s, int64_t at)
{
	return word_time(s->r->d, s->r->words, s->zone, at);
}

static struct span staff_or(const struct show *s, struct span id, struct span otherwise)
{
	const struct conf_staff *staff =
	    conf_staff_find(s->r->d->conf, arena_cstr(s->r->d->arena, id));

	return staff ? span_of(staff->name) : id.n ? id : otherwise;
}

/* --- facts --- */

static void put_state(struct show *s)
{
	const struct policy_kind *kind = desk_kind(s->r->d, s->queue);
	const char *label = kind ? words_label(s->r->words, kind, s->c.severity) : NULL;
	struct word_value v[] = {
		{ "queue", s->c.queue },
		{ "severity", word_number(s->r->d, s->c.severity) },
		{ "label", label ? span_of(label) : SPAN("-") },
		{ "state", case_wait_word(s->r->d, s->r->words, &s->c, false) },
		{ "owner", staff_or(s, s->c.owner, words_get(s->r->words, WORD_NO_OWNER)) },
	};

	put(s, "", word_fill(s->r->d, s->r->words, WORD_SHOW_STATE, v, 5));
}

static int put_people(struct show *s, struct err *e)
{
	struct arena *a = s->r->d->arena;
	struct store_account account = { 0 };
	struct store_person *v;
	struct buf people BUF_AUTO;
	size_t n;

	buf_init(&people, 64 * KIB);
	if (s->c.account.n && store_account_get(s->r->d->store, s->c.account, a, &account, e) < 0)
		return -1;
	if (store_participant_list(s->r->d->store, s->c.number, a, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		buf_addf(&people, "%s" SPAN_FMT, i ? ", " : "", SPAN_ARG(v[i].address));
	put_word(s, WORD_SHOW_FROM, "customer",
		 author_text(s->c.requester_name, s->c.requester_address, a));
	put_word(s, WORD_SHOW_ACCOUNT, "account", account.name.n ? account.name : account.id);
	put_word(s, WORD_SHOW_PEOPLE, "people", arena_dup(a, buf_span(&people)));
	return 0;
}

static int put_due(struct show *s, struct err *e)
{
	struct store_deadline *v;
	size_t n;

	if (store_deadline_list(s->r->d->store, s->c.number, s->r->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct word_value w[] = { { "clock", v[i].clock }, { "due", SPAN("") } };

		if (v[i].due_at == INSTANT_NONE || v[i].met_at != INSTANT_NONE ||
		    v[i].state == DEADLINE_NONE)
			continue;
		w[1].text = time_of(s, v[i].due_at);
		put(s, "",
		    word_fill(s->r->d, s->r->words,
			      v[i].due_at <= s->r->d->now ? WORD_SHOW_MISSED : WORD_SHOW_DUE, w,
			      2));
	}
	return 0;
}

static int put_links(struct show *s, struct err *e)
{
	struct store_link *v;
	size_t n;

	if (store_link_list(s->r->d->store, s->c.number, s->r->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		bool here = v[i].number == s->c.number;
		struct word_value w[] = {
			{ "kind", span_of(link_kind_name(v[i].kind)) },
			{ "case", word_number(s->r->d, here ? v[i].other : v[i].number) },
		};

		put(s, "",
		    word_fill(s->r->d, s->r->words, here ? WORD_SHOW_LINK : WORD_SHOW_LINKED, w,
			      2));
	}
	return 0;
}

static int put_facts(struct show *s, struct err *e)
{
	put_word(s, WORD_SHOW_SUBJECT, "subject", s->c.subject);
	put_state(s);
	if (put_people(s, e) < 0)
		return -1;
	put_word(s, WORD_SHOW_OPENED, "time", time_of(s, s->c.opened_at));
	return put_due(s, e) < 0 || put_links(s, e) < 0 ? -1 : 0;
}

/* --- notes --- */

static struct span note_head(struct show *s, const struct store_note *note)
{
	static const enum word kinds[NOTE_KIND_COUNT] = {
		[NOTE_INBOUND] = WORD_NOTE_INBOUND,
		[NOTE_OUTBOUND] = WORD_NOTE_OUTBOUND,
		[NOTE_INTERNAL] = WORD_NOTE_INTERNAL,
		[NOTE_SYSTEM] = WORD_NOTE_SYSTEM,
	};
	struct author author;
	struct word_value v[4];

	author_of_note(note, s->r->d->arena, &author);
	v[0] = (struct word_value){ "time", time_of(s, note->at) };
	v[1] = (struct word_value){ "who", author_text(note->author_name, note->author_address,
						       s->r->d->arena) };
	v[2] = (struct word_value){ "kind", words_get(s->r->words, kinds[note->kind]) };
	v[3] = (struct word_value){ "sure", author_sure(s->r->d, s->r->words, &author) };
	return word_fill(s->r->d, s->r->words, WORD_SHOW_NOTE, v, 4);
}

static void put_note(struct show *s, const struct store_note *note)
{
	struct span rest = span_trim(note->reply.n ? note->reply : note->text), line;
	size_t n = 0, cut = 0;

	put(s, "", note_head(s, note));
	while (span_line(&rest, &line)) {
		if (n++ < s->most.note_lines)
			put(s, "    ", line);
		else
			cut++;
	}
	if (cut)
		put(s, "    ",
		    word_many(s->r->d, s->r->words, WORD_SHOW_LINE, WORD_SHOW_LINES, (int64_t)cut));
	s->left_out += cut;
}

static int put_notes(struct show *s, struct err *e)
{
	struct store_note *v;
	size_t n, first;

	if (store_note_list(s->r->d->store, s->c.number, s->r->d->arena, &v, &n, e) < 0)
		return -1;
	first = n > s->most.notes ? n - s->most.notes : 0;
	s->left_out += first;
	put_word(s, WORD_SHOW_NOTES, NULL, SPAN_NONE);
	if (first)
		put(s, "  ", word_count(s->r->d, s->r->words, WORD_SHOW_EARLIER, (int64_t)first));
	for (size_t i = first; i < n; i++)
		put_note(s, &v[i]);
	return 0;
}

/* --- files and history --- */

static int put_files(struct show *s, struct err *e)
{
	struct store_attachment *v;
	size_t n;

	if (store_attachment_list_case(s->r->d->store, s->c.number, s->r->d->arena, &v, &n, e) < 0)
		return -1;
	if (n)
		put_word(s, WORD_SHOW_FILES, NULL, SPAN_NONE);
	for (size_t i = 0; i < n; i++) {
		struct word_value w[] = {
			{ "n", word_number(s->r->d, (int64_t)i + 1) },
			{ "file", v[i].filename.n ? v[i].filename
						  : words_get(s->r->words, WORD_NO_FILE_NAME) },
			{ "type", v[i].content_type },
			{ "bytes", word_number(s->r->d, v[i].size) },
		};

		put(s, "  ", word_fill(s->r->d, s->r->words, WORD_SHOW_FILE, w, 4));
	}
	return 0;
}

static int put_history(struct show *s, struct err *e)
{
	struct case_event *v;
	size_t n, first;

	if (case_log_read(s->r->d, s->c.number, &v, &n, e) < 0)
		return -1;
	first = n > s->most.events ? n - s->most.events : 0;
	s->left_out += first;
	put_word(s, WORD_SHOW_HISTORY, NULL, SPAN_NONE);
	if (first)
		put(s, "  ", word_count(s->r->d, s->r->words, WORD_SHOW_EARLIER, (int64_t)first));
	for (size_t i = first; i < n; i++) {
		struct buf text BUF_AUTO;
		struct word_value w[] = { { "time", time_of(s, v[i].at) },
					  { "who", staff_or(s, v[i].actor, SPAN("-")) },
					  { "what", SPAN("") } };

		buf_init(&text, 4 * KIB);
		case_event_text(&v[i], &text);
		w[2].text = arena_dup(s->r->d->arena, buf_span(&text));
		put(s, "  ", word_fill(s->r->d, s->r->words, WORD_SHOW_EVENT, w, 3));
	}
	return 0;
}

/* --- all of it --- */

static int show(struct run *r, struct store_case *c, struct most most, struct err *e)
{
	struct buf out BUF_AUTO;
	struct show s = { .r = r,
			  .c = *c,
			  .queue = desk_queue(r->d, c->queue),
			  .zone = staff_name_zone(r->d->conf, r->r->staff),
			  .most = most,
			  .out = &out };
	struct word_value v[] = {
		{ "case", word_number(r->d, c->number) },
		{ "command",
		  span_of(arena_printf(r->d->arena, "#show %lld all", (long long)c->number)) },
	};

	buf_init(&out, FOUND_MAX);
	if (put_facts(&s, e) < 0 || put_notes(&s, e) < 0 || put_files(&s, e) < 0 ||
	    put_history(&s, e) < 0)
		return -1;
	r->found = arena_dup(r->d->arena, buf_span(&out));
	r->result = word_fill(r->d, r->words,
			      !s.left_out	       ? WORD_DONE_SHOW
			      : most.notes < all.notes ? WORD_DONE_SHOW_CUT
						       : WORD_DONE_SHOW_MOST,
			      v, 2);
	return 0;
}

/* "#show" is the case of the mail; "#show 12 all" leaves out nothing that a mail can hold. */
int staff_run_show(struct run *r, struct err *e)
{
	struct span rest = r->c->argument;
	int64_t number = r->r->number;
	struct store_case c;
	bool whole;

	if (!staff_said_case(r->c->argument, &number, &rest) && !number)
		return staff_refuse_usage(r, e);
	whole = span_is_ci(rest, "all") || span_is_ci(rest, "alles");
	if (rest.n && !whole)
		return staff_refuse_usage(r, e);
	if (store_case_get(r->d->store, number, r->d->arena, &c, e) < 0)
		return e->class == ERR_PERM ? word_refuse_case(r->d, e, WORD_NO_CASE, number) : -1;
	if (!staff_name_sees(r->r->staff, &c) && number != r->r->number)
		return word_refuse_case(r->d, e, WORD_NOT_YOURS, number);
	r->about = number;
	return show(r, &c, whole ? all : brief, e);
}
