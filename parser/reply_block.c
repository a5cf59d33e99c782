#include "parser/reply_block.h"

#include "parser/reply_divider.h"
#include "parser/reply_field.h"
#include "parser/reply_fold.h"
#include "parser/reply_own.h"
#include "parser/reply_thread.h"

enum {
	FIELD_NAME_MAX = 48,   /* bytes before the colon */
	FIELD_FOLD_MAX = 3,    /* lines that a value is continued on */
	FIELD_LINES_MAX = 24,  /* lines of a block */
	QUOTED_FIELDS_MAX = 6, /* lines of a quote in which its header is looked for */
	NOTES_NAME_MAX = 16,   /* bytes of a field name on a line of its own */
	NOTES_LINES_MAX = 12,  /* lines from "To" to "Subject" */
	NOTES_ABOVE_MAX = 3,   /* lines of name and date above "To" */
};

/* --- one line --- */

static size_t colon_width(struct span s)
{
	if (s.n && *s.p == ':')
		return 1;
	return span_starts(s, SPAN("\xef\xbc\x9a")) ? 3 : 0;
}

/* What stands before the first colon, and what behind it. */
static struct span field_name(struct span line, struct span *ret_value)
{
	for (size_t i = 0; i < line.n && i < FIELD_NAME_MAX; i++) {
		size_t colon = colon_width(span_sub(line, i, 3));
		if (colon == 0)
			continue;
		*ret_value = span_sub(line, i + colon, line.n);
		return span_sub(line, 0, i);
	}
	*ret_value = SPAN_NONE;
	return SPAN_NONE;
}

static enum reply_field role_of_line(struct span line, struct span *ret_value)
{
	struct reply_folded f;

	reply_fold(&f, field_name(line, ret_value));
	struct span name = reply_folded_span(&f);
	while (name.n && strchr("_|-[ ", *name.p))
		name = span_sub(name, 1, name.n);
	while (name.n && strchr("_ ]", name.p[name.n - 1]))
		name.n--;
	return reply_field_find(name);
}

/* --- a run of lines --- */

struct header {
	unsigned roles;
	bool address;	 /* one is in it */
	bool date, time; /* in its date */
	bool ruled;	 /* a rule stands above */
	bool divided;	 /* "-----Original Message-----" or a client's mark does */
	bool raw;	 /* the date, below the sender, is that of a header: "+0100" at its end */
	struct span subject;
	struct span from;
};

static bool has(const struct header *h, enum reply_field role)
{
	return h->roles >> role & 1;
}

/* "Mon, 2 Nov 2026 09:00:00 +0100" */
static bool ends_in_zone(struct span value)
{
	value = reply_line_trim(value);
	if (value.n < 6)
		return false;
	struct span zone = span_sub(value, value.n - 5, 5);
	bool digits = true;
	for (size_t i = 1; i < zone.n; i++)
		digits &= ascii_is_digit((unsigned char)zone.p[i]);
	return digits && strchr("+-", *zone.p);
}

static void add_field(struct header *h, enum reply_field role, struct span value)
{
	struct reply_folded f;
	struct reply_evidence e;

	h->roles |= 1u << role;
	if (role == REPLY_FIELD_SUBJECT || role == REPLY_FIELD_OTHER) {
		h->subject = role == REPLY_FIELD_SUBJECT ? value : h->subject;
		return;
	}
	reply_fold(&f, value);
	reply_evidence_find(reply_folded_span(&f), &e);
	h->address |= e.address;
	if (role == REPLY_FIELD_FROM)
		h->from = value;
	if (role == REPLY_FIELD_DATE || role == REPLY_FIELD_SENT) {
		h->raw |= has(h, REPLY_FIELD_FROM) && ends_in_zone(value);
		h->date |= e.date || e.year || e.time;
		h->time |= e.time;
	}
}

/* No From: a date as only mail has it, and who it went to. */
static bool is_header_without_sender(const struct header *h, int kinds)
{
	if (kinds >= 3 && has(h, REPLY_FIELD_SENT) && has(h, REPLY_FIELD_SUBJECT))
		return h->date;
	return h->address && h->date && h->time && has(h, REPLY_FIELD_TO);
}

/* Enough of a mail's header to be no form that a person filled in ("From: Berlin, To: Munich"). */
static bool is_header(const struct header *h, const struct reply_mail *mail)
{
	static const unsigned core = (1u << REPLY_FIELD_FROM) | (1u << REPLY_FIELD_SENT) |
				     (1u << REPLY_FIELD_DATE) | (1u << REPLY_FIELD_TO) |
				     (1u << REPLY_FIELD_CC) | (1u << REPLY_FIELD_SUBJECT);
	int kinds = __builtin_popcount(h->roles & core);

	if (has(h, REPLY_FIELD_TRANSPORT))
		return false;
	if (!has(h, REPLY_FIELD_FROM))
		return is_header_without_sender(h, kinds);
	if (kinds < 3)
		return h->address && (h->ruled || h->divided || (kinds == 2 && h->date));
	if (h->address || (has(h, REPLY_FIELD_SENT) && h->date))
		return true;
	bool dated = h->ruled && h->date && h->time;
	return has(h, REPLY_FIELD_SUBJECT) &&
	       (h->divided || dated || reply_subject_fits(mail, h->subject));
}

/* The last line above i that is not blank; i when there is none. */
static size_t line_above(const struct reply_lines *l, size_t i)
{
	size_t k = i;

	while (k > 0 && l->v[k - 1].class == REPLY_BLANK)
		k--;
	return k > 0 ? k - 1 : i;
}

static void look_above(const struct reply_lines *l, size_t i, struct header *h)
{
	size_t above = line_above(l, i);

	if (above == i)
		return;
	h->ruled = reply_is_rule(reply_line_text(l, above));
	h->divided = l->v[above].rest || (!h->ruled && reply_divider_find(l, above));
}

/* The line above says that what follows is shown. */
static bool is_announced(const struct reply_lines *l, size_t i)
{
	size_t above = line_above(l, i);

	return above != i && l->v[above].class == REPLY_TEXT && reply_own_announces(l, above);
}

/*
 * Announced, with a line around it perhaps as people and programs draw them.  The mail that is
 * answered is announced too ("as I wrote:"): its subject and the address that wrote it are known,
 * and it is shown only where the sender's own words go on below it.
 */
static bool is_shown_framed(const struct reply_lines *l, size_t i, size_t end,
			    const struct header *h)
{
	size_t above = line_above(l, i), frame = l->n;
	bool desk = reply_names_recipient(l->mail, h->from);
	bool same = h->subject.n ? reply_subject_same(l->mail, h->subject) : desk;

	if (l->v[i].rest || l->v[above].rest)
		return false;
	if (h->ruled || h->divided || reply_own_frame(reply_line_text(l, above)))
		frame = above;
	if (!is_announced(l, frame == above ? above : i) || (same && frame == above))
		return false;
	if (!same && !desk && frame == l->n)
		return true;
	enum reply_own own = reply_own_below(l, end, frame);
	bool doubt = same || h->divided || (desk && frame == above);
	return doubt ? own == REPLY_OWN_SURE : own >= REPLY_OWN_LIKELY;
}

/*
 * The header of some other mail, which the sender shows: the line above says so, or is another line
 * of what is shown ("Host: web1"), or it is as it stands in a message's source.
 */
static bool is_shown(const struct reply_lines *l, size_t i, size_t end, const struct header *h)
{
	size_t above = line_above(l, i);

	if (above == i || l->v[above].class != REPLY_TEXT)
		return false;
	if (is_shown_framed(l, i, end, h))
		return true;
	bool listed = above + 1 == i && l->v[above].field;
	if (h->ruled || h->divided || l->mail->subject.n == 0 || !(listed || h->raw))
		return false;
	return !reply_subject_fits(l->mail, h->subject) && !reply_names_recipient(l->mail, h->from);
}

/* Directly below another field ("Received:", or one of a block that was none), or a "[section]" of
 * a configuration, no block begins. */
static bool is_within(const struct reply_lines *l, size_t i)
{
	struct span value, above;

	if (i == 0 || l->v[i - 1].class != REPLY_TEXT)
		return false;
	above = reply_line_text(l, i - 1);
	if (*above.p == '[' && above.p[above.n - 1] == ']')
		return true;
	return l->v[i - 1].field && role_of_line(above, &value) != REPLY_FIELD_NONE;
}

/* "From: Ann [mailto:ann@example.com] Sent: Monday, 5 May 2018 To: Bob Subject: Printer", all on
 * one line. */
static bool is_header_line(const struct reply_lines *l, size_t i)
{
	struct reply_folded f;
	struct reply_evidence e;
	struct header h = { 0 };
	size_t word = 0;

	reply_fold(&f, reply_line_text(l, i));
	for (size_t k = 0; k < f.n; k++) {
		if (f.p[k] == ' ')
			word = k + 1;
		else if (f.p[k] == ':' && k > word)
			h.roles |=
			    1u << reply_field_find(span_sub(reply_folded_span(&f), word, k - word));
	}
	reply_evidence_find(reply_folded_span(&f), &e);
	h.address = e.address;
	h.date = e.date || e.year;
	return has(&h, REPLY_FIELD_FROM) && is_header(&h, l->mail);
}

/*
 * Lines without a field that the run goes over: the rest of a long value, or blank lines when each
 * field has one below it.
 */
struct gap {
	size_t lines;
	bool blank;  /* one of them is blank */
	bool closed; /* two fields stood directly below each other: a blank line ends the run */
};

static bool goes_over(const struct reply_lines *l, size_t i, struct gap *gap)
{
	bool blank = l->v[i].class == REPLY_BLANK;

	if (++gap->lines > FIELD_FOLD_MAX || l->v[i].class == REPLY_QUOTED)
		return false;
	if (blank ? gap->closed : gap->blank)
		return false;
	gap->blank |= blank;
	return true;
}

/* Reads the run that begins at line i; the line behind it, or i when there is none. */
static size_t read_header(const struct reply_lines *l, size_t i, struct header *h)
{
	struct gap gap = { 0 };
	size_t end = i;

	for (size_t k = i; k < l->n && k < i + FIELD_LINES_MAX; k++) {
		struct span value = SPAN_NONE;
		enum reply_field role = REPLY_FIELD_NONE;
		if (l->v[k].class == REPLY_TEXT && l->v[k].field)
			role = role_of_line(reply_line_text(l, k), &value);
		if (role == REPLY_FIELD_NONE) {
			if (k == i || !goes_over(l, k, &gap))
				break;
			continue;
		}
		if (role != REPLY_FIELD_OTHER && role != REPLY_FIELD_CC &&
		    role != REPLY_FIELD_TRANSPORT && has(h, role))
			break; /* the next message's */
		add_field(h, role, value);
		if (gap.lines && !gap.blank) /* "[mailto:", and the address below */
			h->address |= span_find(reply_line_text(l, k - 1), SPAN("@")) != SIZE_MAX;
		gap = (struct gap){ .closed = gap.closed || (k > i && gap.lines == 0) };
		end = k + 1;
	}
	return end;
}

size_t reply_header_block(const struct reply_lines *l, size_t i)
{
	struct header h = { 0 };
	size_t end;

	if (!l->v[i].field || l->v[i].class != REPLY_TEXT)
		return 0;
	end = read_header(l, i, &h);
	if (end == i)
		return 0;
	look_above(l, i, &h);
	if (!is_header(&h, l->mail))
		return is_header_line(l, i) ? i + 1 : 0;
	return is_shown(l, i, end, &h) || is_within(l, i) ? 0 : end;
}

/* "| From | Ann <ann@example.com> |": the role of the first cell, and the second. */
static enum reply_field role_of_row(struct span line, struct span *ret_value)
{
	struct reply_folded f;

	if (line.n == 0 || *line.p != '|')
		return REPLY_FIELD_NONE;
	line = span_sub(line, 1, line.n);
	reply_fold(&f, span_cut(&line, '|'));
	*ret_value = span_cut(&line, '|');
	return reply_field_find(reply_folded_span(&f));
}

size_t reply_header_rows(const struct reply_lines *l, size_t i)
{
	struct header h = { .divided = true };
	size_t end = i;

	for (; end < l->n && end < i + FIELD_LINES_MAX; end++) {
		struct span value;
		enum reply_field role = role_of_row(reply_line_text(l, end), &value);
		if (role == REPLY_FIELD_NONE)
			break;
		add_field(&h, role, value);
	}
	return is_header(&h, l->mail) ? end : 0;
}

bool reply_header_quoted(const struct reply_lines *l, size_t first)
{
	struct header h = { 0 };

	for (size_t i = first; i < l->n && i < first + QUOTED_FIELDS_MAX; i++) {
		struct span value;
		enum reply_field role = role_of_line(reply_line_unquoted(l, i), &value);
		if (l->v[i].class != REPLY_QUOTED)
			break;
		if (role != REPLY_FIELD_NONE)
			add_field(&h, role, value);
	}
	h.divided =
	    has(&h, REPLY_FIELD_SENT) || has(&h, REPLY_FIELD_DATE) || has(&h, REPLY_FIELD_TO);
	return is_header(&h, l->mail) && (has(&h, REPLY_FIELD_SUBJECT) ||
					  has(&h, REPLY_FIELD_SENT) || has(&h, REPLY_FIELD_DATE));
}

/* --- Lotus Notes --- */

/* The role of a line that is a field name and nothing else. */
static enum reply_field lone_role(const struct reply_lines *l, size_t i)
{
	struct reply_folded f;

	struct span line = reply_line_text(l, i);

	if (l->v[i].class != REPLY_TEXT || l->v[i].colon || line.n > NOTES_NAME_MAX ||
	    line.n == 0 || *line.p == '-' || strchr(",.!?)", line.p[line.n - 1]))
		return REPLY_FIELD_NONE;
	reply_fold(&f, line);
	return reply_field_find(reply_folded_span(&f));
}

/* The first of the lines of name and date above line i, or i when there is no date. */
static size_t name_and_date(const struct reply_lines *l, size_t i)
{
	size_t first = i;
	bool date = false;

	while (first > 0 && l->v[first - 1].class == REPLY_BLANK)
		first--;
	for (size_t n = 0; n < NOTES_ABOVE_MAX && first > 0 && l->v[first - 1].class == REPLY_TEXT;
	     n++) {
		struct reply_folded f;
		struct reply_evidence e;
		reply_fold(&f, reply_line_text(l, --first));
		reply_evidence_find(reply_folded_span(&f), &e);
		date |= e.date || e.year;
	}
	return date ? first : i;
}

size_t reply_notes_block(const struct reply_lines *l, size_t i, size_t *ret_first)
{
	bool cc = false;
	size_t first;

	struct span to = reply_line_text(l, i);

	if (memchr(to.p, ' ', to.n) || lone_role(l, i) != REPLY_FIELD_TO)
		return 0;
	first = name_and_date(l, i);
	for (size_t k = i + 1; first < i && k < l->n && k <= i + NOTES_LINES_MAX; k++) {
		enum reply_field role = lone_role(l, k);
		cc |= role == REPLY_FIELD_CC;
		if (role != REPLY_FIELD_SUBJECT)
			continue;
		if (!cc)
			return 0;
		*ret_first = first;
		return k + 1;
	}
	return 0;
}
