#include "parser/marks.h"

#include "parser/header.h"

enum { LINES_MAX = 2 }; /* of the text that are looked at */

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

enum kind { SAYS, AUTO_REPLY, UNLESS_LIST, BULK };
enum how { ANY, YES, NOT, WORD, STARTS, HOLDS };

static const struct field_row {
	enum facts_mark mark;
	enum kind kind;
	const char *field;
	struct span name; /* without the star */
	bool is_prefix;
	enum how how;
	struct span value;
} field_rows[] = {
#define IS_PREFIX(field) ((field)[sizeof(field) - 2] == '*')
#define MARK_HEADER(mark, kind, field, how, value)                            \
	{ FACTS_MARK_##mark,                                                  \
	  kind,                                                               \
	  field,                                                              \
	  { field, sizeof(field) - 1 - ((field)[sizeof(field) - 2] == '*') }, \
	  (field)[sizeof(field) - 2] == '*',                                  \
	  how,                                                                \
	  SPAN_LITERAL(value) },
#include "parser/tables/marks_headers.h"
#undef MARK_HEADER
};

enum sign { PART, SENDER, SUBJECT, ROBOT, TEXT };

static const struct word_row {
	enum sign sign;
	enum facts_mark mark;
	struct span words;
} word_rows[] = {
#define MARK_PART(mark, words)	  { PART, FACTS_MARK_##mark, SPAN_LITERAL(words) },
#define MARK_SENDER(mark, words)  { SENDER, FACTS_MARK_##mark, SPAN_LITERAL(words) },
#define MARK_SUBJECT(mark, words) { SUBJECT, FACTS_MARK_##mark, SPAN_LITERAL(words) },
#define MARK_ROBOT(mark, words)	  { ROBOT, FACTS_MARK_##mark, SPAN_LITERAL(words) },
#define MARK_TEXT(mark, words)	  { TEXT, FACTS_MARK_##mark, SPAN_LITERAL(words) },
#include "parser/tables/marks_words.h"
#undef MARK_PART
#undef MARK_SENDER
#undef MARK_SUBJECT
#undef MARK_ROBOT
#undef MARK_TEXT
};

static const struct {
	enum facts_mark mark;
	struct span method;
} calendar_rows[] = {
	{ FACTS_MARK_CALENDAR_REQUEST, SPAN_LITERAL("request") },
	{ FACTS_MARK_CALENDAR_REPLY, SPAN_LITERAL("reply") },
	{ FACTS_MARK_CALENDAR_COUNTER, SPAN_LITERAL("counter") },
	{ FACTS_MARK_CALENDAR_CANCEL, SPAN_LITERAL("cancel") },
	{ FACTS_MARK_CALENDAR_PUBLISH, SPAN_LITERAL("publish") },
};

static void mark(struct facts *f, enum facts_mark mark)
{
	f->marks |= facts_mark_bit(mark);
}

/* --- header fields --- */

static struct span first_word(struct span value)
{
	size_t n = 0;

	while (n < value.n && !strchr(" \t\r\n;(,", value.p[n]))
		n++;
	return span_sub(value, 0, n);
}

static bool is_yes(struct span word)
{
	return !span_is_ci(word, "no") && !span_is_ci(word, "false") && !span_is_ci(word, "none") &&
	       !span_is(word, "0");
}

static bool value_fits(const struct field_row *r, struct span value)
{
	if (value.n == 0)
		return false;
	switch (r->how) {
	case ANY: return true;
	case YES: return is_yes(first_word(value));
	case NOT: return !span_eq_ci(first_word(value), r->value);
	case WORD: return span_eq_ci(first_word(value), r->value);
	case STARTS: return span_starts_ci(value, r->value);
	case HOLDS: return span_find_ci(value, r->value) != SIZE_MAX;
	}
	return false;
}

/* The last letter first: most names of the table begin alike. */
static bool name_fits(const struct field_row *r, struct span name)
{
	size_t last = r->name.n - 1;

	if (r->is_prefix ? name.n <= r->name.n : name.n != r->name.n)
		return false;
	return ascii_lower((unsigned char)name.p[last]) ==
		   ascii_lower((unsigned char)r->name.p[last]) &&
	       span_starts_ci(name, r->name);
}

/* How the names of the table begin: most fields of a mail begin otherwise. */
static bool may_be_in_table(struct span name)
{
	static const char begins[] = "x-auprlidert";

	for (size_t i = 0; i + 1 < sizeof(begins) - 1 && name.n > 1; i += 2)
		if (ascii_lower((unsigned char)name.p[0]) == (unsigned char)begins[i] &&
		    ascii_lower((unsigned char)name.p[1]) == (unsigned char)begins[i + 1])
			return true;
	return false;
}

/* The first row of each kind that fits, by its index in the table; past its end: none. */
struct first_rows {
	size_t of[BULK + 1];
};

static void read_field(const struct header *h, struct facts *f, struct first_rows *first)
{
	struct span value = span_trim(h->value);

	if (!may_be_in_table(h->name))
		return;
	for (size_t i = 0; i < COUNT(field_rows); i++) {
		const struct field_row *r = &field_rows[i];

		if (!name_fits(r, h->name) || !value_fits(r, value))
			continue;
		mark(f, r->mark);
		if (i < first->of[r->kind])
			first->of[r->kind] = i;
	}
}

static const char *field_of(size_t row)
{
	return row < COUNT(field_rows) ? field_rows[row].field : NULL;
}

static void read_fields(const struct headers *h, struct facts *f, struct marks_fields *ret_fields)
{
	static const uint64_t of_list =
	    (uint64_t)1 << FACTS_MARK_LIST_ID | (uint64_t)1 << FACTS_MARK_PRECEDENCE_LIST;
	static const uint64_t named = (uint64_t)1 << FACTS_MARK_AUTO_GENERATED |
				      (uint64_t)1 << FACTS_MARK_AUTO_REPLIED |
				      (uint64_t)1 << FACTS_MARK_AUTO_NOTIFIED;
	struct first_rows first;

	memset(&first, 0xff, sizeof(first));
	for (size_t i = 0; i < h->n; i++)
		read_field(&h->v[i], f, &first);
	if (f->marks & named)
		f->marks &= ~facts_mark_bit(FACTS_MARK_AUTO_SUBMITTED);
	ret_fields->auto_reply = field_of(first.of[AUTO_REPLY]);
	ret_fields->bulk = field_of(first.of[BULK]);
	if (!ret_fields->auto_reply && !(f->marks & of_list))
		ret_fields->auto_reply = field_of(first.of[UNLESS_LIST]);
}

bool marks_is_null_path(struct span path)
{
	path = span_trim(path);
	if (span_starts_ci(path, SPAN("<mailer-daemon")) ||
	    span_starts_ci(path, SPAN("mailer-daemon")))
		return true;
	return path.n > 1 && path.p[0] == '<' && path.p[path.n - 1] == '>' &&
	       span_trim(span_sub(path, 1, path.n - 2)).n == 0;
}

/* --- other signs --- */

/* Mostly the first byte knows. */
static bool begins_with(struct span s, struct span words)
{
	return s.n && ascii_lower((unsigned char)s.p[0]) == (unsigned char)words.p[0] &&
	       span_starts_ci(s, words);
}

static bool is_sender(struct span local, struct span words)
{
	return begins_with(local, words) &&
	       (local.n == words.n || strchr(".-_+=", local.p[words.n]) != NULL);
}

static void read_words(const struct kind_input *in, enum kind_sender sender, struct facts *f)
{
	struct span from = f->from.n ? f->from.v[0].address : SPAN("");
	struct span local = span_sub(from, 0, span_find(from, SPAN("@")));

	for (size_t i = 0; i < COUNT(word_rows); i++) {
		const struct word_row *r = &word_rows[i];

		if (f->marks & facts_mark_bit(r->mark))
			continue;
		if ((r->sign == PART && kind_has_part(in, r->words.p)) ||
		    (r->sign == SENDER && is_sender(local, r->words)) ||
		    (r->sign == SUBJECT && begins_with(f->subject, r->words)) ||
		    (r->sign == ROBOT && sender != KIND_SENDER_NOBODY &&
		     begins_with(f->subject, r->words)))
			mark(f, r->mark);
	}
}

/* Mostly the last byte knows. */
static bool may_end_in_words(struct span line)
{
	unsigned char last = ascii_lower((unsigned char)line.p[line.n - 1]);

	for (size_t i = 0; i < COUNT(word_rows); i++) {
		struct span words = word_rows[i].words;

		if (word_rows[i].sign == TEXT && last == (unsigned char)words.p[words.n - 1])
			return true;
	}
	return last >= 0x80 || last == '*'; /* which folding makes something else of */
}

static void read_line(struct span line, struct facts *f)
{
	struct reply_folded folded;

	if (!may_end_in_words(line))
		return;
	reply_fold(&folded, line);
	for (size_t i = 0; i < COUNT(word_rows); i++)
		if (word_rows[i].sign == TEXT &&
		    span_ends_ci(reply_folded_span(&folded), word_rows[i].words))
			mark(f, word_rows[i].mark);
}

static void read_text(struct facts *f)
{
	struct span rest = f->text, line;

	for (int n = 0; n < LINES_MAX && span_line(&rest, &line);) {
		line = span_trim(line);
		if (line.n == 0)
			continue;
		if (line.n < REPLY_FOLD_MAX)
			read_line(line, f);
		n++;
	}
}

/* RFC 5546 section 1.4: "METHOD:REPLY" in the calendar. */
static void read_calendar(struct span text, struct facts *f)
{
	struct span line;

	while (span_line(&text, &line)) {
		struct span value = line;

		if (!span_starts_ci(line, SPAN("method")) ||
		    !span_is_ci(span_trim(span_cut(&value, ':')), "method"))
			continue;
		for (size_t i = 0; i < COUNT(calendar_rows); i++)
			if (span_eq_ci(span_trim(value), calendar_rows[i].method))
				mark(f, calendar_rows[i].mark);
		return;
	}
}

static void read_parts(const struct kind_input *in, struct facts *f)
{
	for (size_t i = 0; i < in->part_count; i++)
		if (span_is(in->parts[i].content_type, "text/calendar"))
			read_calendar(in->parts[i].text, f);
	for (size_t i = 0; i < f->attachment_count; i++) {
		if (f->attachments[i].role == FACTS_ROLE_SIGNATURE)
			mark(f, FACTS_MARK_SIGNED);
		if (f->attachments[i].role == FACTS_ROLE_ENCRYPTED)
			mark(f, FACTS_MARK_ENCRYPTED);
	}
}

static void read_reports(const struct kind_input *in, enum kind_sender sender, struct facts *f)
{
	const struct header *path = header_find(in->headers, "Return-Path");

	if (path && marks_is_null_path(path->value))
		mark(f, FACTS_MARK_NULL_SENDER);
	if (sender == KIND_SENDER_MAILER)
		mark(f, FACTS_MARK_MAILER_DAEMON);
	if (span_is(in->report_type, "disposition-notification"))
		mark(f, FACTS_MARK_RECEIPT);
	if (span_is(in->report_type, "feedback-report"))
		mark(f, FACTS_MARK_FEEDBACK);
}

void marks_read(const struct kind_input *in, enum kind_sender sender, struct facts *facts,
		struct marks_fields *ret_fields)
{
	facts->marks = 0;
	read_fields(in->headers, facts, ret_fields);
	read_words(in, sender, facts);
	read_text(facts);
	read_parts(in, facts);
	read_reports(in, sender, facts);
}
