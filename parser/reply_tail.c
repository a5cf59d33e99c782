#include "parser/reply_tail.h"

#include "parser/reply_divider.h"
#include "parser/reply_footer.h"
#include "parser/reply_quotes.h"
#include "parser/reply_signature.h"

enum { ROUNDS_MAX = 8 }; /* signature below quote below footer ... */

/* The line above i that is not blank is left out. */
static bool is_below_gone(const struct reply_lines *l, size_t i)
{
	while (i > 0 && l->v[i - 1].class == REPLY_BLANK)
		i--;
	return i > 0 && l->v[i - 1].class != REPLY_TEXT;
}

/*
 * Is line i, which ends the mail, left out, and why?  A rule is only when it parted something off
 * that is gone, or will be.
 */
static bool is_dropped(const struct reply_lines *l, size_t i, bool below, bool cited,
		       enum facts_cut_why *ret_why)
{
	struct span line = reply_line_text(l, i);

	*ret_why = (enum facts_cut_why)l->v[i].why;
	if (l->v[i].class == REPLY_QUOTED)
		return !cited;
	if (l->v[i].class != REPLY_TEXT)
		return true;
	if (l->v[i].code)
		return false;
	*ret_why = FACTS_CUT_FOOTER;
	if (reply_is_rule(line))
		return below || is_below_gone(l, i);
	return reply_is_footer(line);
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

size_t reply_tail_cut(struct reply_lines *l)
{
	bool below = l->n < l->total, cited = reply_quotes_cited(l, l->n);
	size_t end = l->n;

	spare_words(l);
	for (int round = 0; round < ROUNDS_MAX; round++) {
		size_t before = end, whole;
		enum facts_cut_why why;
		for (; end > 0 && is_dropped(l, end - 1, below, cited, &why); end--) {
			below |= l->v[end - 1].class != REPLY_BLANK;
			reply_lines_drop(l, end - 1, end, why);
		}
		whole = end;
		end = reply_list_footer_find(l, whole);
		reply_lines_drop(l, end, whole, FACTS_CUT_FOOTER);
		if (end == whole) {
			end = reply_signature_find(l, whole);
			reply_lines_drop(l, end, whole, FACTS_CUT_SIGNATURE);
		}
		below |= end < whole;
		if (end == before)
			break;
	}
	return end;
}
