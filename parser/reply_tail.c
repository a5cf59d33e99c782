#include "parser/reply_tail.h"

#include "parser/reply_divider.h"
#include "parser/reply_fold.h"
#include "parser/reply_footer.h"
#include "parser/reply_list.h"
#include "parser/reply_quotes.h"
#include "parser/reply_signature.h"

enum {
	ROUNDS_MAX = 8,	  /* signature below quote below footer ... */
	WRAPPED_MIN = 40, /* bytes of a line that a program may have broken */
};

/* The line above i that is not blank is left out. */
static bool is_below_gone(const struct reply_lines *l, size_t i)
{
	while (i > 0 && l->v[i - 1].class == REPLY_BLANK)
		i--;
	return i > 0 && l->v[i - 1].class != REPLY_TEXT;
}

/* The line directly above breaks off, and line i goes on in lower case. */
static bool ends_wrapped(const struct reply_lines *l, size_t i)
{
	if (l->mail->html || i == 0 || l->v[i - 1].class != REPLY_TEXT ||
	    !reply_is_lower(reply_line_text(l, i)))
		return false;
	struct span above = reply_line_text(l, i - 1);
	unsigned char last = (unsigned char)above.p[above.n - 1];
	return above.n >= WRAPPED_MIN &&
	       (ascii_is_alpha(last) || ascii_is_digit(last) || last == ',' || last >= 0x80);
}

/* Nothing stands above line i but a salutation, which ends in a comma; or a question directly
 * above: line i is the answer. */
static bool is_answer(const struct reply_lines *l, size_t i)
{
	size_t lines = 0;
	bool salutes = false;

	if (i > 0 && l->v[i - 1].class == REPLY_TEXT &&
	    reply_is_question(reply_line_text(l, i - 1)))
		return true;
	for (size_t k = i; k > 0 && lines < 2; k--) {
		struct span line = reply_line_text(l, k - 1);
		if (l->v[k - 1].class != REPLY_TEXT)
			continue;
		lines++;
		salutes = line.p[line.n - 1] == ',';
	}
	return lines == 0 || (lines == 1 && salutes);
}

/* A line of a mail program, and no words that the sender ends with. */
static bool is_footer(const struct reply_lines *l, size_t i)
{
	struct span line = reply_line_text(l, i);

	return reply_is_footer(line) && !ends_wrapped(l, i) &&
	       !(reply_is_bare_footer(line) && is_answer(l, i));
}

/*
 * Is line i, which ends the mail, left out, and why?  A rule is only when it parted something off
 * that is gone, or will be.
 */
static bool is_dropped(const struct reply_lines *l, size_t i, bool below,
		       enum facts_cut_why *ret_why)
{
	struct span line = reply_line_text(l, i);

	*ret_why = (enum facts_cut_why)l->v[i].why;
	if (l->v[i].class != REPLY_TEXT)
		return true;
	if (l->v[i].code)
		return false;
	*ret_why = FACTS_CUT_FOOTER;
	if (reply_is_rule(line) || reply_divider_find(l, i))
		return below || is_below_gone(l, i);
	return is_footer(l, i);
}

/* People do write inside the signature of their phone, above its footer. */
static void spare_words(struct reply_lines *l)
{
	bool words = false;
	size_t first = 0;

	for (size_t i = 0; i < l->n; i++) {
		struct span line = reply_line_text(l, i);
		if (l->v[i].class == REPLY_BLANK)
			continue;
		if (l->v[i].class != REPLY_MARKED) {
			words = false;
			first = i + 1;
			continue;
		}
		for (; words && reply_is_footer(line) && first < i; first++)
			if (l->v[first].class == REPLY_MARKED)
				l->v[first].class = REPLY_TEXT;
		words |= reply_is_sentence(line);
	}
}

/* One line that ends the mail, or a run of quoted ones: the number of lines above. */
static size_t drop_last(struct reply_lines *l, size_t end, bool below,
			const struct reply_quotes *quotes)
{
	enum facts_cut_why why;

	if (l->v[end - 1].class == REPLY_QUOTED)
		return reply_quotes_drop_last(l, end, quotes);
	if (!is_dropped(l, end - 1, below, &why))
		return end;
	reply_lines_drop(l, end - 1, end, why);
	return end - 1;
}

/* A signature, or the footer of a mailing list. */
static size_t drop_signature(struct reply_lines *l, size_t end)
{
	size_t first = reply_list_footer_find(l, end);

	if (first < end) {
		reply_lines_drop(l, first, end, FACTS_CUT_FOOTER);
		return first;
	}
	first = reply_signature_find(l, end);
	reply_lines_drop(l, first, end, FACTS_CUT_SIGNATURE);
	return first;
}

size_t reply_tail_cut(struct reply_lines *l)
{
	bool below = l->n < l->total;
	size_t end = l->n;
	struct reply_quotes quotes = reply_quotes_look(l);

	spare_words(l);
	for (int round = 0; round < ROUNDS_MAX; round++) {
		size_t before = end, next;
		for (; end > 0 && (next = drop_last(l, end, below, &quotes)) < end; end = next)
			below |= l->v[next].class != REPLY_BLANK;
		next = drop_signature(l, end);
		below |= next < end;
		end = next;
		if (end == before)
			break;
	}
	return end;
}
