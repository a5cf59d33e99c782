#include "gatewayd/mail/staff_said.h"

#include "gatewayd/case/staff_name.h"

static bool is_around(char c)
{
	return ascii_is_space((unsigned char)c) || strchr("\"'.,;:!?()[]{}<>", c);
}

/* The longest mark of UTF-8 that stands around words: quotation marks of phones. */
static size_t quote_at(struct span s)
{
	static const char *const quotes[] = { "\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e",
					      "\xe2\x80\x98", "\xe2\x80\x99", "\xe2\x80\x9a",
					      "\xc2\xab",     "\xc2\xbb",     "\xc2\xa0" };

	for (size_t i = 0; i < sizeof(quotes) / sizeof(*quotes); i++)
		if (span_starts(s, span_of(quotes[i])))
			return strlen(quotes[i]);
	return 0;
}

static size_t around_at(struct span s)
{
	return s.n && is_around(s.p[0]) ? 1 : quote_at(s);
}

static struct span without_end(struct span word)
{
	while (word.n && is_around(word.p[word.n - 1]))
		word.n--;
	for (size_t n = 2; n <= 3 && n <= word.n; n++)
		if (quote_at(span_sub(word, word.n - n, n)) == n)
			return without_end(span_sub(word, 0, word.n - n));
	return word;
}

static struct span without_begin(struct span word)
{
	size_t n;

	while (word.n && (n = around_at(word)) > 0)
		word = span_sub(word, n, SIZE_MAX);
	return word;
}

struct span staff_said_bare(struct span argument)
{
	return without_end(without_begin(argument));
}

bool staff_said_word(struct span *s, struct span *ret_word)
{
	size_t n;

	*s = without_begin(*s);
	for (n = 0; n < s->n && !ascii_is_space((unsigned char)s->p[n]);)
		n++;
	*ret_word = without_end(span_sub(*s, 0, n));
	*s = span_sub(*s, n, SIZE_MAX);
	return ret_word->n > 0;
}

static bool is_one_of(struct span word, const char *const *v)
{
	for (; *v; v++)
		if (span_is_ci(word, *v))
			return true;
	return false;
}

/* The last word of it goes when it is one of them. */
static struct span without_last(struct span s, const char *const *words)
{
	const char *blank = s.n ? memrchr(s.p, ' ', s.n) : NULL;
	size_t at = blank ? (size_t)(blank - s.p) : 0;
	struct span last = staff_said_bare(blank ? span_sub(s, at + 1, SIZE_MAX) : s);

	return is_one_of(last, words) ? staff_said_bare(span_sub(s, 0, at)) : s;
}

static struct span without_please(struct span s)
{
	static const char *const words[] = { "please", "bitte", "thanks", "danke", "thx", NULL };

	return without_last(without_last(s, words), words);
}

struct span staff_said_name(struct span argument)
{
	static const char *const before[] = { "to ", "an ", "nach ", "zu " };
	struct span said = without_please(staff_said_bare(argument));

	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++)
		if (span_starts_ci(said, span_of(before[i])))
			return staff_said_bare(span_sub(said, strlen(before[i]), SIZE_MAX));
	return said;
}

static bool read_number(struct span word, int64_t *ret_number)
{
	if (word.n && word.p[0] == '#')
		word = span_sub(word, 1, SIZE_MAX);
	return span_i64(word, ret_number) && *ret_number > 0;
}

bool staff_said_case(struct span argument, int64_t *ret_number, struct span *ret_rest)
{
	static const char *const fillers[] = { "case", "fall", "number", "nr", "no", "ticket",
					       "caso", "cas",  "into",	 "in", "to", NULL };
	struct span rest = argument, word;

	while (staff_said_word(&rest, &word)) {
		if (read_number(word, ret_number)) {
			*ret_rest = without_please(staff_said_bare(rest));
			return true;
		}
		if (!is_one_of(word, fillers))
			return false;
	}
	return false;
}

struct span staff_said_from(struct span argument, size_t *ret_from)
{
	struct span rest = argument, word;
	int64_t first;

	*ret_from = 0;
	if (!staff_said_word(&rest, &word) || !span_is_ci(word, "from") ||
	    !staff_said_word(&rest, &word) || !read_number(word, &first))
		return span_trim(argument);
	*ret_from = (size_t)first - 1;
	return span_trim(rest);
}

/* --- #list --- */

enum list_word { LIST_MINE, LIST_ALL, LIST_BREACHED, LIST_QUEUE, LIST_FILLER, LIST_OTHER };

static enum list_word list_word(struct span word)
{
	static const char *const words[][9] = {
		[LIST_MINE] = { "mine", "my", "me", "meine", "own", "mein", NULL },
		[LIST_ALL] = { "all", "alle", "everything", "alles", NULL },
		[LIST_BREACHED] = { "breached", "breach", "breaches", "late", "overdue", "missed",
				    "verletzt", NULL },
		[LIST_QUEUE] = { "queue", "queues", "warteschlange", NULL },
		[LIST_FILLER] = { "cases", "case", "open", "the", "of", "from", "offene", NULL },
	};
	int i = LIST_MINE;

	while (i < LIST_OTHER && !is_one_of(word, words[i]))
		i++;
	return (enum list_word)i;
}

/* A queue, or a member of staff. */
static bool read_name(const struct conf *c, struct span word, struct staff_list *l)
{
	const struct conf_staff *staff;

	for (size_t i = 0; i < c->queue_count; i++)
		if (span_is_ci(word, c->queues[i].name)) {
			l->queue = span_of(c->queues[i].name);
			return true;
		}
	staff = staff_name_find(c, word);
	if (staff)
		l->owner = span_of(staff->id);
	return staff != NULL;
}

static bool take_word(const struct conf *c, struct span word, const struct conf_staff *staff,
		      const struct conf_queue *here, struct staff_list *l, bool *ret_any)
{
	enum list_word what = list_word(word);

	*ret_any = what != LIST_FILLER || *ret_any;
	if (what == LIST_MINE)
		l->owner = span_of(staff->id);
	else if (what == LIST_BREACHED)
		l->breached = true;
	else if (what == LIST_QUEUE)
		l->queue = span_of(here->name);
	else if (what == LIST_OTHER)
		return read_name(c, word, l);
	return true;
}

void staff_said_list(const struct conf *c, struct span argument, const struct conf_staff *staff,
		     const struct conf_queue *here, struct staff_list *ret_list)
{
	struct staff_list l = { .what = SPAN(""), .queue = SPAN(""), .owner = SPAN("") };
	struct span rest = argument, word;
	const char *end = argument.p;
	bool any = false;
	int64_t from;

	while (staff_said_word(&rest, &word)) {
		if (read_number(word, &from)) {
			l.from = (size_t)from - 1;
			continue;
		}
		if (!l.unknown.n && !take_word(c, word, staff, here, &l, &any))
			l.unknown = word;
		end = word.p + word.n;
	}
	if (argument.n)
		l.what = span_trim(span_sub(argument, 0, (size_t)(end - argument.p)));
	if (!any)
		l.owner = span_of(staff->id);
	*ret_list = l;
}
