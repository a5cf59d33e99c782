#include "parser/forward.h"

#include "gatewayd/base/utf8.h"
#include "parser/address.h"
#include "parser/date.h"
#include "parser/forward_date.h"
#include "parser/forward_header.h"
#include "parser/part.h"
#include "parser/reply_fold.h"
#include "parser/reply_thread.h"
#include "parser/word.h"

enum {
	DIVIDER_MAX = 200,	 /* bytes of such a line */
	HEADER_BELOW = 4,	 /* lines, blank ones too, between a divider and its header */
	PREFIXES_MAX = 8,	 /* of a subject: "Re: Fwd: ..." */
	FIELDS_WITHOUT = 3,	 /* fields of a block that has no divider above */
	ATTACHED_MAX = 64 * KIB, /* bytes of an attached mail in which its header is read */
};

struct phrase {
	char first; /* byte of the words */
	struct span words;
};

static const struct phrase forwards[] = {
#define DIVIDER(lang, words)
#define LOOSE(lang, words)
#define FORWARD(lang, words) { (words)[0], SPAN_LITERAL(words) },
#include "parser/tables/reply_dividers.h"
#undef DIVIDER
#undef LOOSE
#undef FORWARD
};

static const struct phrase ends[] = {
#define FORWARD_END(lang, words) { (words)[0], SPAN_LITERAL(words) },
#include "parser/tables/forward_ends.h"
#undef FORWARD_END
};

static const struct {
	struct span words;
	bool forward;
} prefixes[] = {
#define ANSWER_PREFIX(lang, words)  { SPAN_LITERAL(words), false },
#define FORWARD_PREFIX(lang, words) { SPAN_LITERAL(words), true },
#include "parser/tables/kind_answer_prefixes.h"
#undef ANSWER_PREFIX
};

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

struct finder {
	struct reading *r;
	struct facts *f;
	bool says_so; /* the mail forwards, or answers nothing: a block needs no divider */
	size_t open[FACTS_FORWARDED_MAX]; /* those that have not ended, innermost last */
	size_t depths[FACTS_FORWARDED_MAX];
	size_t open_count;
};

static bool is_mark(char c)
{
	return c == '-' || c == '_' || c == '=' || c == '*' || c == '~';
}

/* What stands between the marks of a line that has some, or before its closing colon; in lower
 * case. */
static struct span between_marks(struct span words, struct reply_folded *f)
{
	struct span s;
	bool marked = words.n && is_mark(words.p[0]);

	if (words.n > DIVIDER_MAX || words.n == 0 || !(marked || words.p[words.n - 1] == ':'))
		return SPAN("");
	reply_fold(f, words);
	s = reply_folded_span(f);
	while (s.n && strchr("-_=~*. ", s.p[0]))
		s = span_sub(s, 1, SIZE_MAX);
	while (s.n && strchr("-_=~*. :", s.p[s.n - 1]))
		s.n--;
	return s;
}

static bool begins_with_one(struct span s, const struct phrase *table, size_t n)
{
	for (size_t i = 0; s.n && i < n; i++)
		if (table[i].first == *s.p && span_starts(s, table[i].words))
			return true;
	return false;
}

static struct facts_forwarded *add(struct finder *w)
{
	struct facts *f = w->f;

	if (f->forwarded_count == FACTS_FORWARDED_MAX) {
		reading_defect(w->r, FACTS_TOO_MANY_PARTS);
		return NULL;
	}
	ARENA_GROW(w->r->arena, f->forwarded, f->forwarded_count);
	f->forwarded[f->forwarded_count] = (struct facts_forwarded){
		.from = { SPAN(""), SPAN("") },
	};
	return &f->forwarded[f->forwarded_count++];
}

/* The innermost mail ends before `at`, without the blanks above it. */
static void close_innermost(struct finder *w, size_t at)
{
	struct facts_forwarded *m = &w->f->forwarded[w->open[--w->open_count]];
	struct span words = span_sub(w->f->text, m->offset, at - m->offset);

	m->length =
	    span_trim(words).n ? (size_t)(span_trim(words).p + span_trim(words).n - words.p) : 0;
}

/* Quote marks ended: with them the mails that stood behind as many. */
static void close_deeper(struct finder *w, const struct forward_line *line)
{
	while (line->words.n && w->open_count && line->depth < w->depths[w->open_count - 1])
		close_innermost(w, line->start);
}

/* The first line with words behind a header, past a divider that is said again. */
static size_t words_from(struct span text, size_t at)
{
	struct reply_folded f;

	while (at < text.n) {
		struct forward_line line = forward_line_at(text, at);

		if (line.words.n &&
		    !begins_with_one(between_marks(line.words, &f), forwards, COUNT(forwards)))
			break;
		at = line.next;
	}
	return at;
}

static void begin(struct finder *w, const struct forward_header *h)
{
	struct facts_forwarded *m = add(w);

	if (!m)
		return;
	forward_header_facts(h, w->r, m);
	m->offset = words_from(w->f->text, h->end);
	w->open[w->open_count] = w->f->forwarded_count - 1;
	w->depths[w->open_count++] = h->depth;
}

/* Enough of a header where no divider says what it is. */
static bool is_whole(const struct forward_header *h)
{
	int64_t date;

	return h->from.p && h->sent.p && h->fields >= FIELDS_WITHOUT && (h->to.p || h->subject.p) &&
	       (memchr(h->from.p, '@', h->from.n) || forward_date(h->sent, &date));
}

/* Below a divider a name with one field more will do, or an address alone. */
static bool names_sender(const struct forward_header *h)
{
	return h->from.p && (h->fields >= 2 || memchr(h->from.p, '@', h->from.n));
}

/* Below a divider, at the next line with words: a header in one of its forms. */
static bool begin_below(struct finder *w, size_t at, size_t *ret_next)
{
	struct span text = w->f->text;
	struct forward_header h;

	for (int i = 0; i < HEADER_BELOW && at < text.n; i++) {
		struct forward_line line = forward_line_at(text, at);

		if (line.words.n == 0) {
			at = line.next;
			continue;
		}
		forward_header_read(text, at, &h);
		if (!names_sender(&h) && !forward_sentence_read(text, at, &h) &&
		    !forward_notes_read(text, at, &h))
			return false;
		begin(w, &h);
		*ret_next = h.end;
		return true;
	}
	return false;
}

/* One line; where to go on. */
static size_t look_at(struct finder *w, const struct forward_line *line)
{
	struct reply_folded f;
	struct span marked = between_marks(line->words, &f);
	size_t next = line->next;
	struct forward_header h;

	close_deeper(w, line);
	if (begins_with_one(marked, ends, COUNT(ends))) {
		if (w->open_count)
			close_innermost(w, line->start);
	} else if (begins_with_one(marked, forwards, COUNT(forwards))) {
		begin_below(w, line->next, &next);
	} else if (w->says_so && forward_is_field(line->words)) {
		forward_header_read(w->f->text, line->start, &h);
		if (is_whole(&h))
			begin(w, &h);
		next = h.end > next ? h.end : next; /* no line is read for two blocks */
	}
	return next;
}

/* Most lines have no colon, of either width, and no mark before them but those of a quote. */
static bool may_matter(const struct finder *w, struct span line)
{
	size_t i = 0;

	if (w->open_count)
		return true;
	while (i < line.n && (line.p[i] == '>' || line.p[i] == ' ' || line.p[i] == '\t'))
		i++;
	if (i == line.n)
		return false;
	if (is_mark(line.p[i]))
		return true;
	if (!w->says_so) /* then only dividers count */
		return line.p[line.n - 1] == ':' || line.p[line.n - 1] == ' ';
	return memchr(line.p, ':', line.n) || memchr(line.p, 0xef, line.n);
}

/* Takes a prefix off; false: there is none. */
static bool take_prefix(struct span *subject, bool *ret_forward)
{
	for (size_t i = 0; i < COUNT(prefixes); i++)
		if (span_starts(*subject, prefixes[i].words)) {
			*subject = span_trim(span_sub(*subject, prefixes[i].words.n, SIZE_MAX));
			*ret_forward = prefixes[i].forward;
			return true;
		}
	return false;
}

/* "Fwd: Door", "Re: WG: Door" */
static bool subject_forwards(struct span subject)
{
	struct reply_folded f;
	bool forward = false;
	struct span s;

	reply_fold(&f, utf8_prefix(subject, DIVIDER_MAX));
	s = reply_folded_span(&f);
	for (int i = 0; i < PREFIXES_MAX && !forward; i++)
		if (!take_prefix(&s, &forward))
			break;
	return forward;
}

static bool answers_nothing(const struct facts *f)
{
	return !f->in_reply_to.p && f->reference_count == 0 && !reply_subject_answers(f->subject);
}

void forward_find(struct reading *r, struct facts *f)
{
	struct finder w = { .r = r, .f = f };

	w.says_so = subject_forwards(f->subject) || answers_nothing(f);
	for (size_t at = 0; at < f->text.n;) {
		struct span rest = span_sub(f->text, at, SIZE_MAX), words = span_cut(&rest, '\n');
		struct forward_line line;

		if (!may_matter(&w, words)) {
			at = f->text.n - rest.n;
			continue;
		}
		line = forward_line_at(f->text, at);
		at = look_at(&w, &line);
	}
	while (w.open_count)
		close_innermost(&w, f->text.n);
}

static void add_attached(struct finder *w, struct span bytes, size_t index, struct headers *h)
{
	struct facts_addresses from = { 0 };
	struct facts_forwarded *m;

	headers_read_message(h, &bytes, w->r);
	address_author(header_value(h, HEADER_FROM), w->r, &from);
	m = from.n ? add(w) : NULL;
	if (!m)
		return;
	m->place = FACTS_ATTACHED;
	m->attachment = index;
	m->from = from.v[0];
	address_list(header_value(h, HEADER_TO), w->r, &m->to);
	if (h->first[HEADER_SUBJECT] >= 0)
		m->subject = word_text(header_value(h, HEADER_SUBJECT), w->r);
	m->has_date = date_parse(header_value(h, HEADER_DATE), &m->date_at);
}

void forward_add_attached(const struct part *p, size_t index, struct headers *scratch,
			  struct reading *r, struct facts *f)
{
	struct finder w = { .r = r, .f = f };
	uint64_t defects = r->defects;
	struct part front = *p;
	struct span bytes;

	front.body = span_sub(p->body, 0, 2 * ATTACHED_MAX);
	bytes = part_bytes(&front, ATTACHED_MAX, r);
	if (p->encoding != TRANSFER_IDENTITY)
		bytes = arena_dup(r->arena, bytes);
	add_attached(&w, bytes, index, scratch);
	r->defects = defects; /* what is wrong with another mail is no defect of this one */
}
