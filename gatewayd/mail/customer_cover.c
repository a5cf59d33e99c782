#include "gatewayd/mail/customer_cover.h"

#include "gatewayd/base/utf8.h"

enum {
	FOUND_MAX = 600,
	NUMBER_DIGITS = 9,
	LEAD_BYTES_MAX = 120,
	LEAD_BYTES_FEW = 32,  /* tell of most lines that they begin with no phrase */
	LEAD_MARGIN = 8,      /* bytes at the end of a folded text that more of it may change */
	SLIP_BYTES_MAX = 120, /* of a text in which one word may be misspelt */
	EDIT_LETTERS = 5,
};

/* Said where they stand, and nothing of a command. */
#define ASIDE (PHRASE_BIT(STOP) | PHRASE_BIT(FOOTER) | PHRASE_BIT(TITLE) | PHRASE_BIT(LABEL))

#define PARTS " \t,.;:!?" /* between words */

struct found {
	size_t start, end;
	unsigned classes;
};

struct text {
	const struct phrasebook *book;
	struct span s;		   /* folded */
	const struct found **best; /* at each byte: the phrase that goes on to the end; NULL */
	bool *reaches;		   /* from there on all is known */
	size_t n;
	struct found v[FOUND_MAX]; /* the n first are set */
};

static void on_found(void *ctx, int phrase, size_t start, size_t end)
{
	struct text *t = ctx;

	if (t->n < FOUND_MAX && t->book->classes[phrase] & ~ASIDE)
		t->v[t->n++] = (struct found){ start, end, t->book->classes[phrase] };
}

static void scan(const struct phrasebook *book, struct span s, struct arena *a, struct text *t)
{
	struct buf folded BUF_AUTO;

	buf_init(&folded, CUSTOMER_CORE_MAX * 2);
	lexicon_fold(s, &folded);
	t->book = book;
	t->s = arena_dup(a, buf_span(&folded));
	t->n = 0;
	t->best = arena_alloc_n(a, t->s.n + 1, sizeof(*t->best));
	t->reaches = arena_alloc_n(a, t->s.n + 1, sizeof(*t->reaches));
	lexicon_scan(book->lexicon, t->s, on_found, t);
}

static bool is_letter(struct span s, size_t at)
{
	return lexicon_is_word_byte((unsigned char)s.p[at]) &&
	       !ascii_is_digit((unsigned char)s.p[at]);
}

/* --- the way through --- */

/* "Thank you for the list" is no list.  Of equal ones a verb. */
static const struct found *longest_at(const struct text *t, size_t at)
{
	const struct found *best = NULL;

	for (size_t i = 0; i < t->n; i++) {
		const struct found *f = &t->v[i];
		bool better = !best || f->end > best->end ||
			      (f->end == best->end && f->classes & COVER_VERBS);

		if (f->start == at && t->reaches[f->end] && better)
			best = f;
	}
	return best;
}

/* Signs and digits go as they are, and so does what stands from `from` to `to`. */
static bool reach(struct text *t, size_t from, size_t to)
{
	t->reaches[t->s.n] = true;
	for (size_t at = t->s.n; at-- > 0;) {
		bool passes = !is_letter(t->s, at) || (at >= from && at < to);

		t->best[at] = longest_at(t, at);
		t->reaches[at] = t->best[at] || (passes && t->reaches[at + 1]);
	}
	return t->reaches[0];
}

static size_t words_in(struct span s)
{
	size_t words = 1;

	for (size_t i = 0; i < s.n; i++)
		words += s.p[i] == ' ';
	return words;
}

static void add_number(struct customer_numbers *to, int64_t number)
{
	for (size_t i = 0; i < to->n; i++)
		if (to->v[i] == number)
			return;
	if (to->n < CUSTOMER_NUMBERS_MAX)
		to->v[to->n++] = number;
	else
		to->more = true;
}

static void take_number(struct cover *c, struct span digits, bool below)
{
	uint64_t number;

	if (digits.n > NUMBER_DIGITS || !span_u64(digits, &number) || !number) {
		c->whole = false;
	} else if (below) {
		c->belows |= c->below && c->below != (int64_t)number;
		c->below = (int64_t)number;
	} else {
		add_number(&c->numbers, (int64_t)number);
	}
}

static size_t digits_at(struct span s, size_t at)
{
	size_t n = 0;

	while (at + n < s.n && ascii_is_digit((unsigned char)s.p[at + n]))
		n++;
	return n;
}

/* "We can close it" wishes, "we can close it?" asks. */
static unsigned classes_of(const struct text *t, const struct found *f)
{
	unsigned both = PHRASE_BIT(ASK) | PHRASE_BIT(MAY);
	bool asks = memchr(t->s.p, '?', t->s.n);

	if ((f->classes & both) != both)
		return f->classes;
	return f->classes & ~(asks ? PHRASE_BIT(ASK) : PHRASE_BIT(MAY));
}

static void collect(const struct text *t, struct cover *c)
{
	bool below = false;

	for (size_t at = 0; at < t->s.n;) {
		const struct found *f = t->best[at];
		size_t digits = f ? 0 : digits_at(t->s, at);

		if (f) {
			size_t words = words_in(span_sub(t->s, f->start, f->end - f->start));

			c->classes |= classes_of(t, f);
			if (!(f->classes & COVER_SMALL_TALK))
				c->beside |= f->classes;
			c->phrases++;
			below = f->classes == PHRASE_BIT(BELOW);
			if (f->classes & COVER_VERBS && words > c->verb_words)
				c->verb_words = words;
			at = f->end;
		} else if (digits) {
			take_number(c, span_sub(t->s, at, digits), below);
			at += digits;
		} else {
			at++;
		}
	}
}

/* --- a word that is not known --- */

/* One letter too much, too little, or wrong, in a word of some length, or two that changed places.
 */
static bool is_near(struct span word, struct span verb)
{
	size_t head = 0, tail = 0, w, v;

	while (head < word.n && head < verb.n && word.p[head] == verb.p[head])
		head++;
	while (tail < word.n - head && tail < verb.n - head &&
	       word.p[word.n - 1 - tail] == verb.p[verb.n - 1 - tail])
		tail++;
	w = word.n - head - tail;
	v = verb.n - head - tail;
	if (w == 2 && v == 2)
		return word.p[head] == verb.p[head + 1] && word.p[head + 1] == verb.p[head];
	return w <= 1 && v <= 1 && word.n >= EDIT_LETTERS && verb.n >= EDIT_LETTERS;
}

static bool is_slip(const struct phrasebook *book, struct span word)
{
	for (size_t i = 0; i < book->word_count; i++)
		if (is_near(word, span_of(book->words[i])))
			return true;
	return false;
}

/* Each word in its turn is passed over. */
static bool find_slip(struct text *t)
{
	size_t at = 0;

	while (at < t->s.n) {
		size_t from = at;

		while (at < t->s.n && is_letter(t->s, at))
			at++;
		if (at > from) {
			if (is_slip(t->book, span_sub(t->s, from, at - from)) && reach(t, from, at))
				return true;
		} else {
			at++;
		}
	}
	return false;
}

static bool has_mark(struct span s)
{
	for (size_t i = 0; i + 1 < s.n; i++)
		if (s.p[i] == '#' && ascii_is_alpha((unsigned char)s.p[i + 1]))
			return true;
	return false;
}

void cover_read(const struct phrasebook *book, struct span s, bool slips, struct arena *a,
		struct cover *ret_cover)
{
	struct cover *c = ret_cover;
	struct text t;

	*c = (struct cover){ 0 };
	if (s.n > CUSTOMER_CORE_MAX)
		return;
	scan(book, s, a, &t);
	c->whole = reach(&t, 0, 0);
	if (!c->whole && slips && t.s.n <= SLIP_BYTES_MAX)
		c->nearly = find_slip(&t);
	if (c->whole || c->nearly)
		collect(&t, c);
	/* "#close" is how staff write it. */
	if (c->whole && c->classes & COVER_VERBS && has_mark(t.s)) {
		c->whole = false;
		c->nearly = true;
	}
}

/* --- how much is known --- */

struct known {
	const struct phrasebook *book;
	bool *bytes; /* of the folded text: part of a phrase */
};

static void on_known(void *ctx, int phrase, size_t start, size_t end)
{
	struct known *k = ctx;

	if (k->book->classes[phrase] & ~ASIDE)
		memset(k->bytes + start, true, end - start);
}

size_t cover_unknown(const struct phrasebook *book, struct span s, struct arena *a)
{
	struct buf folded BUF_AUTO;
	struct known k = { .book = book };
	struct span text;
	size_t words = 0;

	buf_init(&folded, s.n * 2 + 1);
	lexicon_fold(s, &folded);
	text = buf_span(&folded);
	k.bytes = arena_alloc_n(a, text.n + 1, sizeof(*k.bytes));
	lexicon_scan(book->lexicon, text, on_known, &k);
	for (size_t at = 0; at < text.n; at++)
		words += is_letter(text, at) && !k.bytes[at] &&
			 (!at || !is_letter(text, at - 1) || k.bytes[at - 1]);
	return words;
}

/* --- the beginning of a line --- */

struct lead {
	const struct phrasebook *book;
	unsigned classes;
	size_t end; /* of the longest */
};

static void on_lead(void *ctx, int phrase, size_t start, size_t end)
{
	struct lead *l = ctx;

	(void)start;
	if (end > l->end && l->book->classes[phrase] & l->classes)
		l->end = end;
}

/* The bytes of s that make so many of the folded text; whole words. */
static size_t unfolded(struct span s, size_t folded_bytes)
{
	struct buf folded BUF_AUTO;
	size_t at = 0;

	buf_init(&folded, CUSTOMER_CORE_MAX * 2);
	while (at < s.n && buf_span(&folded).n < folded_bytes) {
		size_t from = at;

		while (at < s.n && strchr(PARTS, s.p[at]))
			at++;
		while (at < s.n && !strchr(PARTS, s.p[at]))
			at++;
		lexicon_fold(span_sub(s, from, at - from), &folded);
	}
	return at;
}

/* The phrases at the first letter of so many bytes of a line; *ret_sure: more bytes have no others.
 */
static size_t leads_in(const struct phrasebook *book, struct span line, size_t most,
		       unsigned classes, bool *ret_sure)
{
	struct lead l = { .book = book, .classes = classes };
	struct buf folded BUF_AUTO;
	struct span text;
	size_t from = 0, stop;

	buf_init(&folded, CUSTOMER_CORE_MAX * 2);
	lexicon_fold(utf8_prefix(line, most), &folded);
	text = buf_span(&folded);
	while (from < text.n && !is_letter(text, from))
		from++;
	stop = lexicon_scan_at(book->lexicon, text, from, on_lead, &l);
	*ret_sure = line.n <= most || stop + LEAD_MARGIN < text.n;
	return l.end;
}

/* Of most lines the first two letters tell it, or three. */
static bool none_leads(const struct phrasebook *book, struct span line, unsigned classes)
{
	size_t at = 0, lead;

	while (at < line.n && !is_letter(line, at))
		at++;
	if (at == line.n)
		return true;
	line = span_sub(line, at, 3);
	lead = phrasebook_lead(line);
	if (lead == PHRASEBOOK_LEADS)
		return false;
	return !(book->leads[lead] & classes) ||
	       (classes == PHRASE_BIT(FOOTER) && !(book->footers[lead] & phrasebook_third(line)));
}

size_t cover_leads(const struct phrasebook *book, struct span s, unsigned classes)
{
	struct span rest = s, line = span_cut(&rest, '\n');
	bool sure;
	size_t end;

	if (none_leads(book, line, classes))
		return 0;
	end = leads_in(book, line, LEAD_BYTES_FEW, classes, &sure);
	if (!sure)
		end = leads_in(book, line, LEAD_BYTES_MAX, classes, &sure);
	return end ? unfolded(s, end) : 0;
}
