#include "gatewayd/mail/slip.h"

#include "gatewayd/base/fold.h"
#include "gatewayd/case/staff_verb.h"
#include "gatewayd/mail/command.h"
#include "gatewayd/mail/slip_words.h"

enum {
	NEAR = 2,	    /* letters that may be wrong */
	GREETING_WORDS = 5, /* at most, with a comma or the like at its end */
};

/* --- near a verb --- */

static size_t min_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters left out, added, changed or swapped with the next. */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][SLIP_WORD_MAX + 1], n = strlen(a), m = strlen(b);
	size_t *two = rows[0], *one = rows[1], *row = rows[2], *spare;

	for (size_t k = 0; k <= m; k++)
		one[k] = two[k] = k;
	for (size_t i = 1; i <= n; i++) {
		row[0] = i;
		for (size_t k = 1; k <= m; k++) {
			row[k] = min_of(min_of(one[k], row[k - 1]) + 1,
					one[k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				row[k] = min_of(row[k], two[k - 2] + 1);
		}
		spare = two;
		two = one;
		one = row;
		row = spare;
	}
	return one[m];
}

static bool is_note_word(const char *word)
{
	return slip_is_note(word) || (distance(word, "note") <= 1 && strlen(word) > 2);
}

static bool is_near(const char *word)
{
	if (strlen(word) < 2)
		return false;
	if (is_note_word(word))
		return true;
	for (int i = 0; i < STAFF_VERB_COUNT; i++) {
		const char *verb = staff_verb_name((enum staff_verb)i);

		if (distance(word, verb) <= min_of(NEAR, strlen(verb) / 2))
			return true;
	}
	return false;
}

static bool is_verb(const char *word)
{
	for (int i = 0; i < STAFF_VERB_COUNT; i++)
		if (strcmp(word, staff_verb_name((enum staff_verb)i)) == 0)
			return true;
	return false;
}

/* A verb, or a word for a note: "note" of "noteThe customer ...", too. */
static bool is_meant(const struct slip_line *r)
{
	return is_note_word(r->word) || is_verb(r->word) || is_verb(r->begin);
}

/* --- where it stands --- */

/* The folders that every system has. */
static bool is_folder(const char *word)
{
	return strcmp(word, "home") == 0 || strcmp(word, "opt") == 0;
}

/* "/etc/hosts", "/note.txt", "/opt". */
static bool is_path(const struct slip_line *r)
{
	return r->mark == SLIP_SLASH && (r->path || is_folder(r->word));
}

/* A line of the same sort, no slip itself: a list, comments of a program, folders.  A path is none
 * of "/note he is late". */
static bool is_company(struct span line, const struct slip_line *slip)
{
	struct slip_line r;

	slip_line_read(line, &r);
	return r.mark == slip->mark && r.sign == slip->sign && r.word[0] && !is_meant(&r) &&
	       !(slip->words && is_path(&r));
}

/* "@assign tess", "/close mended": what a case is told, and no other program is, more often than
 * not. */
static bool is_for_case(const char *word)
{
	static const enum staff_verb verbs[] = { STAFF_TAKE,	 STAFF_ASSIGN, STAFF_WAITING,
						 STAFF_RESOLVE,	 STAFF_CLOSE,  STAFF_REOPEN,
						 STAFF_QUEUE,	 STAFF_MERGE,  STAFF_UNMERGE,
						 STAFF_SEVERITY, STAFF_CALL,   STAFF_SEND,
						 STAFF_CC,	 STAFF_REMIND, STAFF_SNIPPET };

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(word, staff_verb_name(verbs[i])) == 0)
			return true;
	return false;
}

/* "!note", "@assign tess", "$note he is late"; "$note = 1" and "@Tess" are none. */
static bool slips_otherwise(const struct slip_line *r)
{
	bool named = r->sign == '@' || r->sign == 0xff20,
	     bang = r->sign == '!' || r->sign == 0xff01;

	if (r->apart || !(r->words || (r->alone && (named || bang))))
		return false;
	return slip_is_note(r->word) || (bang && is_note_word(r->word)) ||
	       ((named || bang) && is_for_case(r->word));
}

/* Where commands stand. */
static bool slips_above(const struct slip_line *r, struct span line)
{
	bool near = is_near(r->word) || is_verb(r->begin);

	switch (r->mark) {
	case SLIP_HASH:
		if (!r->quoted && r->marks == 1 && !r->apart && r->letter)
			return near || !command_is_text(line); /* no command that there is */
		return near && (r->alone || !r->apart || r->marks == 1 || is_note_word(r->word));
	case SLIP_SLASH: return near && !is_path(r);
	case SLIP_STAR: return near && (r->alone || (!r->apart && is_note_word(r->word)));
	case SLIP_OTHER:
		return slips_otherwise(r) || (r->alone && !r->apart && is_note_word(r->word));
	case SLIP_NONE: break;
	}
	return false;
}

static bool slips_below(const struct slip_line *r, struct span line, struct span before,
			struct span behind)
{
	bool company = is_company(before, r) || is_company(behind, r) || command_is_text(line);

	if (r->mark == SLIP_OTHER)
		return slips_otherwise(r) && !company;
	if (!(is_near(r->word) || is_meant(r)) || is_path(r))
		return false;
	if (r->mark == SLIP_HASH && r->alone)
		return !company || is_meant(r);
	if (r->mark == SLIP_HASH && !r->apart)
		return is_meant(r);
	if (r->mark == SLIP_HASH)
		return is_note_word(r->word) && !company;
	if (r->mark == SLIP_SLASH && r->words && !r->apart)
		return (is_note_word(r->word) || is_for_case(r->word)) && !company;
	return r->alone && !company;
}

/* "Hi,", "Hello all!", "Hallo Ann,": commands may be meant below it. */
static bool is_greeting(struct span line)
{
	struct span rest = span_trim(line);
	int words = rest.n > 0;

	if (!rest.n || !(strchr(",!:", rest.p[rest.n - 1]) || rest.n <= 12))
		return false;
	for (size_t i = 0; i < rest.n; i++) {
		if (ascii_is_digit((unsigned char)rest.p[i]))
			return false; /* "listen 80" */
		words += rest.p[i] == ' ';
	}
	return words <= GREETING_WORDS;
}

/* The length of what ends a line at the start of s, a separator of Unicode, too; 0: nothing. */
static size_t end_at(struct span s)
{
	if (strchr("\n\v\f\r", *s.p) && *s.p)
		return 1;
	if (span_starts(s, SPAN("\xc2\x85")))
		return 2;
	return span_starts(s, SPAN("\xe2\x80\xa8")) || span_starts(s, SPAN("\xe2\x80\xa9")) ? 3 : 0;
}

/* What is read as a line of its own. */
static bool next_line(struct span *rest, struct span *ret_line)
{
	size_t n = 0, end = 0;

	while (n < rest->n && !(end = end_at(span_sub(*rest, n, SIZE_MAX))))
		n++;
	if (!rest->n)
		return false;
	*ret_line = span_sub(*rest, 0, n);
	*rest = span_sub(*rest, n + end, SIZE_MAX);
	return true;
}

/* A line of what its author answers: it may be cited on purpose. */
static bool was_shown(const struct shown_index *shown, struct span line)
{
	uint64_t words[SHOWN_PIECE] = { 0 }, hash;
	struct span rest = line;

	if (fold_line(line, FOLD_UNICODE, &hash) && shown_has(shown->lines, hash))
		return true;
	for (size_t n = 1; fold_word(&rest, FOLD_UNICODE, &hash); n++) {
		uint64_t piece = 0;

		memmove(words, words + 1, sizeof(words) - sizeof(*words));
		words[SHOWN_PIECE - 1] = hash;
		for (size_t i = 0; i < SHOWN_PIECE; i++)
			piece = fold_join(piece, words[i]);
		if (n >= SHOWN_PIECE && shown_has(shown->pieces, piece))
			return true;
	}
	return false;
}

static bool is_cited(const struct slip_line *r, struct span line, const struct shown_index *shown)
{
	return shown && r->quoted && !r->inside && !is_note_word(r->word) && was_shown(shown, line);
}

/* The first line of `rest` that has something on it. */
static struct span line_ahead(struct span rest)
{
	struct span line;

	while (next_line(&rest, &line))
		if (span_trim(line).n)
			return line;
	return SPAN("");
}

struct span slip_find(struct span text, size_t commands, const struct shown_index *shown)
{
	struct span rest = span_sub(text, commands, SIZE_MAX), line, before = SPAN("");
	bool above = true, greeted = false;

	while (next_line(&rest, &line)) {
		struct slip_line r;
		bool slips;

		if (!span_trim(line).n)
			continue;
		slip_line_read(line, &r);
		slips = r.inside ||
			(r.mark && (above ? slips_above(&r, line)
					  : slips_below(&r, line, before, line_ahead(rest))));
		if (slips && !is_cited(&r, line, shown))
			return span_trim(line);
		/* A greeting leaves the place of commands where it is, once. */
		above = above && !greeted && is_greeting(line);
		greeted = above;
		before = line;
	}
	return SPAN_NONE;
}

/* --- without a mark --- */

/* As the first line "Note: ..." and "note" alone are meant as "#note", more often than not. */
static bool is_unmarked(const struct slip_lead *r, bool first)
{
	return slip_is_for_colleagues(r, first) ||
	       (first && r->end != SLIP_END_NONE && r->end != SLIP_END_STOP &&
		slip_is_note(r->words));
}

struct span slip_find_unmarked(struct span text, size_t commands, const struct shown_index *shown)
{
	struct span rest = span_sub(text, commands, SIZE_MAX), line;
	bool first = true;

	while (next_line(&rest, &line)) {
		struct slip_lead r;

		if (!span_trim(line).n)
			continue;
		slip_lead_read(line, &r);
		if (is_unmarked(&r, first) && !(shown && r.quoted && was_shown(shown, line)))
			return span_trim(line);
		first = false;
	}
	return SPAN_NONE;
}
