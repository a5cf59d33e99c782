#include "parser/forward_header.h"

#include "gatewayd/base/utf8.h"
#include "parser/forward_date.h"
#include "parser/forward_person.h"
#include "parser/reply_field.h"
#include "parser/reply_fold.h"

enum {
	NAME_MAX = 48,	 /* bytes before the colon */
	FIELDS_MAX = 60, /* of a block */
	NOTES_LINES_MAX = 14,
	NOTES_NAME_MAX = 24, /* bytes of a field's name on a line of its own */
};

struct forward_line forward_line_at(struct span text, size_t at)
{
	struct span rest = span_sub(text, at, SIZE_MAX);
	const char *lf = memchr(rest.p, '\n', rest.n);
	size_t n = lf ? (size_t)(lf - rest.p) : rest.n, i = 0;
	struct forward_line line = { .start = at, .next = at + n + (lf != NULL) };

	while (i < n &&
	       (rest.p[i] == '>' || (rest.p[i] == ' ' && i + 1 < n && rest.p[i + 1] == '>')))
		line.depth += rest.p[i++] == '>';
	i += i > 0 && i < n && rest.p[i] == ' ';
	line.indented = i < n && (rest.p[i] == ' ' || rest.p[i] == '\t');
	line.words = reply_line_trim(span_sub(rest, i, n - i));
	return line;
}

/* What stands before the first colon; p == NULL: there is none near. */
static struct span name_of(struct span words, struct span *ret_value)
{
	for (size_t i = 0; i < words.n && i < NAME_MAX; i++) {
		size_t colon = words.p[i] == ':' ? 1 : 0;

		if (span_starts(span_sub(words, i, SIZE_MAX), SPAN("\xef\xbc\x9a")))
			colon = 3; /* of full width */
		if (colon == 0)
			continue;
		*ret_value = reply_line_trim(span_sub(words, i + colon, SIZE_MAX));
		return span_sub(words, 0, i);
	}
	return SPAN_NONE;
}

static enum reply_field role_of_name(struct span name)
{
	struct reply_folded f;

	reply_fold(&f, name);
	return reply_field_find(reply_folded_span(&f));
}

/* "*From:* Ann" has the second star in its value. */
static enum reply_field role_of(struct span words, struct span *ret_value)
{
	struct span name = name_of(words, ret_value);
	enum reply_field role = name.n ? role_of_name(name) : REPLY_FIELD_NONE;

	while (role != REPLY_FIELD_NONE && ret_value->n && ret_value->p[0] == '*')
		*ret_value = reply_line_trim(span_sub(*ret_value, 1, SIZE_MAX));
	return role;
}

bool forward_is_field(struct span words)
{
	struct span value;

	return role_of(words, &value) != REPLY_FIELD_NONE;
}

static struct span *slot_of(struct forward_header *h, enum reply_field role)
{
	switch (role) {
	case REPLY_FIELD_FROM: return &h->from;
	case REPLY_FIELD_SENT:
	case REPLY_FIELD_DATE: return &h->sent;
	case REPLY_FIELD_TO: return &h->to;
	case REPLY_FIELD_SUBJECT: return &h->subject;
	case REPLY_FIELD_CC:
	case REPLY_FIELD_BCC:
	case REPLY_FIELD_OTHER:
	case REPLY_FIELD_TRANSPORT:
	case REPLY_FIELD_NONE: break;
	}
	return NULL;
}

/* "X-Mailer: ..." inside a block: a field that no table has. */
static bool is_other_field(struct span words)
{
	size_t i = 0;

	while (i < words.n && (ascii_is_alpha((unsigned char)words.p[i]) || words.p[i] == '-'))
		i++;
	return i > 2 && i + 1 < words.n && words.p[i] == ':' && words.p[i + 1] == ' ' &&
	       memchr(words.p, '-', i) != NULL;
}

static bool goes_on(const struct forward_line *line, struct span last)
{
	char end = last.n ? last.p[last.n - 1] : '\0';

	return line->indented || end == ',' || end == ';';
}

void forward_header_read(struct span text, size_t at, struct forward_header *ret)
{
	struct span *last = NULL, ignored = SPAN_NONE;

	*ret = (struct forward_header){ .end = at };
	while (at < text.n && ret->fields < FIELDS_MAX) {
		struct forward_line line = forward_line_at(text, at);
		struct span value;
		enum reply_field role = role_of(line.words, &value);

		if (line.words.n == 0 || (ret->fields && line.depth != ret->depth))
			break;
		if (role != REPLY_FIELD_NONE || is_other_field(line.words)) {
			last = slot_of(ret, role);
			if (last && last->p)
				break; /* the next mail's */
			last = last ? last : &ignored;
			*last = role == REPLY_FIELD_NONE ? line.words : value;
			ret->fields++;
			ret->depth = line.depth;
		} else if (last && goes_on(&line, *last)) {
			last->n = (size_t)(line.words.p + line.words.n - last->p);
		} else {
			break;
		}
		ret->end = at = line.next;
	}
}

/* The next line with words on it; false: there is none. */
static bool next_words(struct span text, size_t *at, struct forward_line *ret)
{
	while (*at < text.n) {
		*ret = forward_line_at(text, *at);
		*at = ret->next;
		if (ret->words.n)
			return true;
	}
	return false;
}

bool forward_notes_read(struct span text, size_t at, struct forward_header *ret)
{
	struct forward_line line;
	struct span *slot = NULL;
	int64_t date;

	*ret = (struct forward_header){ 0 };
	if (!next_words(text, &at, &line))
		return false;
	ret->from = line.words;
	ret->depth = line.depth;
	if (!next_words(text, &at, &line) || !forward_date(line.words, &date))
		return false;
	ret->sent = line.words;
	for (int i = 0; i < NOTES_LINES_MAX && next_words(text, &at, &line); i++) {
		enum reply_field role =
		    line.words.n <= NOTES_NAME_MAX ? role_of_name(line.words) : REPLY_FIELD_NONE;

		if (role != REPLY_FIELD_NONE) {
			slot = slot_of(ret, role);
			ret->fields++;
		} else if (slot && !slot->p) {
			*slot = line.words;
		}
		ret->end = at;
		if (ret->subject.p)
			return true;
	}
	return false;
}

bool forward_sentence_read(struct span text, size_t at, struct forward_header *ret)
{
	struct forward_line line;
	struct facts_address person;
	int64_t date;

	if (!next_words(text, &at, &line) || line.words.n == 0 ||
	    line.words.p[line.words.n - 1] != ':' || !memchr(line.words.p, '@', line.words.n) ||
	    !forward_date(line.words, &date))
		return false;
	person = forward_person(line.words);
	*ret = (struct forward_header){
		.from =
		    person.name.n
			? (struct span){ person.name.p,
					 (size_t)(line.words.p + line.words.n - person.name.p) - 1 }
			: person.address,
		.sent = line.words,
		.depth = line.depth,
		.fields = 2,
		.end = line.next,
	};
	return true;
}

/* On one line, without what folds and quotes put in between. */
static struct span unfolded(struct span s, struct reading *r)
{
	struct span line;
	size_t n = 0;
	char *out;

	s = utf8_prefix(s, FACTS_FIELD_MAX);
	out = arena_room(r->arena, s.n + 1);
	while (span_line(&s, &line)) {
		while (n && line.n && (line.p[0] == '>' || line.p[0] == ' '))
			line = span_sub(line, 1, SIZE_MAX);
		line = span_trim(line);
		if (n)
			out[n++] = ' ';
		if (line.n)
			memcpy(out + n, line.p, line.n);
		n += line.n;
	}
	return (struct span){ out, n };
}

void forward_header_facts(const struct forward_header *h, struct reading *r,
			  struct facts_forwarded *ret)
{
	ret->from = forward_person(unfolded(h->from, r));
	forward_people(unfolded(h->to, r), r, &ret->to);
	if (h->subject.p)
		ret->subject = unfolded(h->subject, r);
	ret->has_date = forward_date(h->sent, &ret->date_at);
}
