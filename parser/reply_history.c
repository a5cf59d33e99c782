#include "parser/reply_history.h"

#include "parser/forward_date.h"
#include "parser/reply_attribution.h"
#include "parser/reply_block.h"
#include "parser/reply_divider.h"
#include "parser/reply_fold.h"
#include "parser/reply_inside.h"
#include "parser/reply_signature.h"

enum { UNFINISHED_WORDS_MIN = 3 }; /* of a line without an end that a reader expects to go on */

/* What stands above an earlier message. */
struct intro {
	size_t first, end; /* its lines */
	size_t split; /* where it begins in line `first`, behind the sender's words; 0: with it */
	enum facts_cut_why why;
	bool alone; /* it is one whatever follows; else quoted lines must */
};

static bool is_quoted(const struct reply_lines *l, size_t i)
{
	return i < l->n && l->v[i].class == REPLY_QUOTED;
}

/* --- each kind --- */

/* An attribution between a divider and its quote: the line behind it, or `from`. */
static size_t attribution_below(const struct reply_lines *l, size_t from)
{
	size_t first;

	for (size_t i = from; i < l->n && i < from + REPLY_WRAP_MAX; i++) {
		if (l->v[i].class != REPLY_TEXT)
			break;
		if (l->v[i].colon && is_quoted(l, reply_lines_next(l, i + 1)) &&
		    reply_attribution_find(l, from, i, &first))
			return i + 1;
	}
	return from;
}

static size_t count_blanks(struct span line)
{
	size_t n = 0;

	for (size_t i = 0; i < line.n; i++)
		n += line.p[i] == ' ';
	return n;
}

/* The line goes on below a divider: it announces something, or has words but no end. */
static bool is_unfinished(struct span line)
{
	if (line.n == 0)
		return false;
	if (line.p[line.n - 1] == ':')
		return true;
	return count_blanks(line) + 1 >= UNFINISHED_WORDS_MIN &&
	       ascii_is_alpha((unsigned char)line.p[line.n - 1]) && !reply_is_name(line);
}

/*
 * Below a divider that says no more than that it is one a message begins, with a salutation or a
 * word; a sentence, or one that goes on below it, is the sender's, who shows the divider.
 */
static bool begins_message(const struct reply_lines *l, size_t divider, size_t next)
{
	size_t above = divider;

	while (above > 0 && l->v[above - 1].class == REPLY_BLANK)
		above--;
	if (next == l->n || (above > 0 && is_unfinished(reply_line_text(l, above - 1))))
		return false;
	struct span line = reply_line_text(l, next);
	return !reply_is_sentence(line) && !reply_is_lower(line);
}

static bool find_divider(const struct reply_lines *l, size_t i, struct intro *ret)
{
	enum reply_divider is = reply_divider_find(l, i);

	if (!is)
		return false;
	size_t next = reply_lines_next(l, i + 1);
	size_t block = next < l->n ? reply_header_block(l, next) : 0;
	if (!block && next < l->n)
		block = reply_header_rows(l, next);
	bool forward = is == REPLY_DIVIDER_FORWARD || is == REPLY_DIVIDER_LOOSE_FORWARD;
	bool loose = is == REPLY_DIVIDER_LOOSE || is == REPLY_DIVIDER_LOOSE_FORWARD;
	*ret = (struct intro){ .first = i, .end = i + 1 };
	ret->alone =
	    block || is == REPLY_DIVIDER_ATTRIBUTION ||
	    (!loose && (reply_divider_names(reply_line_text(l, i)) || begins_message(l, i, next)));
	ret->why = forward			     ? FACTS_CUT_FORWARDED
		   : is == REPLY_DIVIDER_ATTRIBUTION ? FACTS_CUT_ATTRIBUTION
						     : FACTS_CUT_HEADER_BLOCK;
	if (block) {
		ret->end = block;
		return true;
	}
	size_t below = attribution_below(l, next);
	if (below > next)
		ret->end = below;
	return true;
}

static bool find_marker(const struct reply_lines *l, size_t i, struct intro *ret)
{
	struct span s = reply_line_text(l, i);
	bool marked = s.n && strchr("#-=*_~<[(", *s.p);
	bool alone = (i == 0 || l->v[i - 1].class == REPLY_BLANK) &&
		     (i + 1 == l->n || l->v[i + 1].class == REPLY_BLANK);

	if (!(marked || alone) || !reply_is_above_line(s))
		return false;
	*ret = (struct intro){ i, i + 1, 0, FACTS_CUT_MARKER, true };
	return true;
}

/*
 * Without quoted lines below, an attribution names an address, or stands behind a blank line: "On
 * 3 May 2019 at 10:00 Bob wrote:" is what people write too.
 */
static bool stands_alone(const struct reply_lines *l, const struct intro *intro)
{
	struct span words = span_sub(l->text, l->v[intro->first].from,
				     l->v[intro->end - 1].to - l->v[intro->first].from);

	return memchr(words.p, '@', words.n) || intro->first == 0 ||
	       l->v[intro->first - 1].class != REPLY_TEXT;
}

static bool find_attribution(struct reply_lines *l, size_t floor, size_t i, struct intro *ret)
{
	size_t next = reply_lines_next(l, i + 1), first, split;
	bool quoted = is_quoted(l, next) || (next < l->n && l->v[next].initials);

	if ((!l->v[i].colon && !quoted) || ++l->tries > REPLY_TRIES_MAX)
		return false;
	*ret = (struct intro){ .end = i + 1, .why = FACTS_CUT_ATTRIBUTION };
	enum reply_attribution is = reply_attribution_find(l, floor, i, &ret->first);
	bool strong = is >= REPLY_ATTRIBUTION_STRONG;
	split = is == REPLY_ATTRIBUTION_SURE
		    ? 0
		    : reply_attribution_split(l, strong ? ret->first : floor, i, &first);
	if (split) {
		ret->first = first;
		ret->split = split;
		strong = true;
	}
	ret->alone = strong && l->v[i].colon && stands_alone(l, ret);
	return strong || (is && l->v[i].colon && quoted);
}

/* What a client marked as the begin of an earlier message, with its header block if that is
 * known. */
static bool find_rest(const struct reply_lines *l, size_t i, struct intro *ret)
{
	size_t end;

	if (!l->v[i].rest)
		return false;
	end = reply_header_block(l, i);
	*ret = (struct intro){ i, end ? end : i, 0, FACTS_CUT_HEADER_BLOCK, true };
	return true;
}

/* A rule, or "Message du 02/11/26", directly above a header block goes with it. */
static size_t first_above(const struct reply_lines *l, size_t floor, size_t first)
{
	size_t above = first;

	while (above > floor) {
		const struct reply_line *line = &l->v[above - 1];
		struct span s = reply_line_text(l, above - 1);
		bool rule = line->class == REPLY_TEXT && reply_is_rule(s);
		if (line->class == REPLY_BLANK) {
			above--;
			continue;
		}
		if (!rule && !(line->class == REPLY_TEXT && reply_divider_names(s)))
			break;
		first = --above;
	}
	return first;
}

/* The intro that line i is, begins or ends. */
static bool find_intro(struct reply_lines *l, size_t floor, size_t i, struct intro *ret)
{
	if (find_rest(l, i, ret))
		return true;
	if (l->v[i].class != REPLY_TEXT || l->v[i].code)
		return false;
	*ret = (struct intro){ .first = i, .why = FACTS_CUT_HEADER_BLOCK, .alone = true };
	ret->end = reply_header_block(l, i);
	if (!ret->end)
		ret->end = reply_notes_block(l, i, &ret->first);
	if (ret->end) {
		ret->first = first_above(l, floor, ret->first);
		return true;
	}
	return find_divider(l, i, ret) || find_marker(l, i, ret) ||
	       find_attribution(l, floor, i, ret);
}

/* --- other forms of quoted lines --- */

/* Below an attribution "| text" is quoted; a line that ends in a bar too is a row of a table. */
static void take_bars_for_quotes(struct reply_lines *l, size_t i)
{
	for (; i < l->n && (l->v[i].class == REPLY_TEXT || l->v[i].class == REPLY_BLANK); i++) {
		struct span s = reply_line_text(l, i);
		if (s.n == 0)
			continue;
		if (*s.p != '|' || (s.n > 1 && s.p[s.n - 1] == '|'))
			break;
		l->v[i].class = REPLY_QUOTED;
	}
}

/* Below an attribution "AB> text" is quoted, down to the end. */
static void take_initials_for_quotes(struct reply_lines *l, size_t i)
{
	if (i == l->n || !l->v[i].initials)
		return;
	for (; i < l->n; i++) {
		if (l->v[i].initials && l->v[i].class == REPLY_TEXT)
			l->v[i].class = REPLY_QUOTED;
		l->v[i].initials = false;
	}
}

/* --- all of it --- */

/* Takes the part of line `first` that is the attribution's off the sender's words. */
static void split_line(struct reply_lines *l, struct intro *intro)
{
	struct reply_line *line = &l->v[intro->first];
	struct span own = span_sub(l->text, line->from, intro->split - line->from);
	size_t dashes = 0;

	own = reply_line_trim(own);
	while (dashes < own.n && own.p[own.n - 1 - dashes] == '-')
		dashes++;
	if (dashes > 1)
		own = reply_line_trim(span_sub(own, 0, own.n - dashes));
	if (own.n == 0)
		return;
	line->to = line->from + own.n;
	line->shared = true;
	intro->first++;
}

static void introduce(struct reply_lines *l, struct intro *intro)
{
	if (intro->split)
		split_line(l, intro);
	for (size_t i = intro->first; i < intro->end; i++) {
		if (l->v[i].class != REPLY_TEXT)
			continue;
		l->v[i].class = REPLY_ATTRIBUTION;
		l->v[i].why = (uint8_t)intro->why;
	}
	if (intro->why != FACTS_CUT_FORWARDED)
		return;
	for (size_t i = reply_lines_next(l, intro->end); is_quoted(l, i); i++)
		l->v[i].why = FACTS_CUT_FORWARDED;
}

/* The first line of the message below the one that begins at line `from`; l->n: there is none. */
static size_t next_message(struct reply_lines *l, size_t from)
{
	struct intro intro;

	for (size_t i = from; i < l->n; i++)
		if ((i > from || !l->v[i].rest) && find_intro(l, from, i, &intro) &&
		    (intro.alone || is_quoted(l, reply_lines_next(l, intro.end))))
			return intro.first > from ? intro.first : from;
	return l->n;
}

/* An earlier message without quote marks reaches from the intro to the end. */
static void cut_to_end(struct reply_lines *l, struct intro *intro)
{
	size_t own = intro->first + (intro->split > 0), next = next_message(l, intro->end);
	enum facts_cut_why body = intro->why;

	if (intro->why == FACTS_CUT_ATTRIBUTION || intro->why == FACTS_CUT_MARKER)
		body = FACTS_CUT_QUOTE;
	introduce(l, intro);
	if (intro->why != FACTS_CUT_FORWARDED &&
	    reply_answers_inside(l, own, intro->end, next, false)) {
		reply_lines_end(l, next, body);
		return;
	}
	reply_lines_drop(l, intro->first, intro->end, intro->why);
	reply_lines_end(l, intro->end, body);
	l->n = intro->first;
}

/* --- a course of events --- */

/* "On 2 Nov 2026 10:00 Ann wrote:", without an address: the sender tells what was said so, too. */
static bool is_entry(const struct reply_lines *l, const struct intro *intro)
{
	struct span line = reply_line_text(l, intro->first);

	return intro->why == FACTS_CUT_ATTRIBUTION && intro->split == 0 &&
	       intro->end == intro->first + 1 && !memchr(line.p, '@', line.n);
}

/* Another entry stands below that is of later: history goes back, a course of events forward. */
static bool begins_events(struct reply_lines *l, const struct intro *intro)
{
	size_t next = next_message(l, intro->end);
	int64_t at, then;

	if (next == l->n || !l->v[next].colon)
		return false;
	struct span line = reply_line_text(l, next);
	return !memchr(line.p, '@', line.n) &&
	       forward_date(reply_line_text(l, intro->first), &at) && forward_date(line, &then) &&
	       at < then;
}

void reply_history_cut(struct reply_lines *l)
{
	size_t floor = 0;
	struct intro intro;
	bool events = false;

	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].class != REPLY_TEXT && !l->v[i].rest) {
			floor = l->v[i].class == REPLY_BLANK ? floor : i + 1;
			continue;
		}
		if (!find_intro(l, floor, i, &intro))
			continue;
		size_t next = reply_lines_next(l, intro.end);
		take_bars_for_quotes(l, next);
		take_initials_for_quotes(l, next);
		bool quoted = is_quoted(l, next) && !l->v[i].rest;
		bool entry = !quoted && intro.alone && is_entry(l, &intro);
		events = events || (entry && begins_events(l, &intro));
		if (!quoted && intro.alone && !(entry && events)) {
			cut_to_end(l, &intro);
			return;
		}
		if (!quoted)
			continue;
		introduce(l, &intro);
		floor = intro.end;
		i = intro.end - 1;
	}
}
