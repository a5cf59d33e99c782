#include "gatewayd/mail/signature.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/mail/customer_cover.h"
#include "parser/reply_signature.h"

enum {
	LINE_BYTES_MAX = 120,
	NAME_WORDS_MAX = 8,  /* of a line of names */
	TITLE_WORDS_MAX = 3, /* small ones of more than a few letters: "of web operations" */
	BEHIND_WORDS_MAX = 4,
	LEAD_WORDS_MAX = 3, /* names before a title: "Customer Ltd, registered in" */
	PARTICLE_MAX = 3,   /* letters: "de", "von" */
	CONTACT_DIGITS = 3,
	CJK_NAME_BYTES = 36,
	FOLDED_MAX = 512,
};

/* --- names --- */

static bool is_hiragana(uint32_t code)
{
	return code >= 0x3041 && code <= 0x309f;
}

static bool is_cjk_name(struct span word)
{
	if (word.n > CJK_NAME_BYTES)
		return false;
	for (size_t n; word.n; word = span_sub(word, n, SIZE_MAX)) {
		n = utf8_len(word);
		if (!n || is_hiragana(utf8_code(word)) || utf8_code(word) == 0x3002)
			return false;
	}
	return true;
}

static bool is_capital(struct span word)
{
	unsigned char c = word.n ? (unsigned char)word.p[0] : 'a';
	uint32_t code;

	if (c < 0x80)
		return !(c >= 'a' && c <= 'z');
	if (!utf8_len(word))
		return false;
	code = utf8_code(word);
	if (code >= 0x3000)
		return is_cjk_name(word);
	return !(code >= 0xdf && code <= 0xff);
}

static bool is_name_word(struct span word)
{
	return is_capital(word) || word.n <= PARTICLE_MAX || memchr(word.p, '@', word.n) ||
	       memchr(word.p, '.', word.n - 1);
}

static struct span next_word(struct span *rest)
{
	struct span word;

	*rest = span_trim(*rest);
	word = span_cut(rest, ' ');
	*rest = span_trim(*rest);
	return word;
}

bool signature_are_names(struct span s, size_t most)
{
	struct span word;
	size_t n = 0;

	if (!is_capital(s))
		return false;
	for (s = span_trim(s); s.n; n++) {
		word = next_word(&s);
		if (!is_name_word(word))
			return false;
	}
	return n > 0 && n <= most;
}

/* --- the name of who writes --- */

/* "i. V. Ann Miller", "Dr. Miller", "- Ann" */
static struct span without_role(struct span line)
{
	static const struct span roles[] = {
		SPAN_LITERAL("i.A."),
		SPAN_LITERAL("i. A."),
		SPAN_LITERAL("i.V."),
		SPAN_LITERAL("i. V."),
		SPAN_LITERAL("ppa."),
		SPAN_LITERAL("ppa "),
		SPAN_LITERAL("p.p."),
		SPAN_LITERAL("pp "),
		SPAN_LITERAL("Dr."),
		SPAN_LITERAL("Prof."),
		SPAN_LITERAL("-"),
		SPAN_LITERAL("~"),
		SPAN_LITERAL("\xe2\x80\x93"),
		SPAN_LITERAL("\xe2\x80\x94"),
	};

	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		if (span_starts_ci(line, roles[i]))
			return without_role(span_trim(span_sub(line, roles[i].n, SIZE_MAX)));
	return line;
}

static bool is_part(struct span own, struct span word)
{
	while (own.n) {
		size_t n = 0;

		while (n < own.n && !strchr(" ,._-\"'()@", own.p[n]))
			n++;
		if (n > 1 && lexicon_same(span_sub(own, 0, n), word))
			return true;
		own = span_sub(own, n + 1, SIZE_MAX);
	}
	return false;
}

static struct span bare_word(struct span word, bool *ret_ends)
{
	size_t n = word.n;

	while (n && strchr(".,;:|!", word.p[n - 1]))
		n--;
	*ret_ends = n < word.n && word.p[n] != '.';
	return span_sub(word, 0, n);
}

bool signature_is_own(struct span line, struct span own)
{
	bool known = false, ends = false;
	struct span rest = without_role(span_trim(line));

	if (memchr(line.p, '?', line.n) || line.n > LINE_BYTES_MAX)
		return false;
	while (rest.n && !ends) {
		struct span before = rest, word = bare_word(next_word(&rest), &ends);

		if (known &&
		    (!word.n || strchr("(|/-", word.p[0]) || (unsigned char)*word.p >= 0xe2)) {
			rest = before;
			break;
		}
		if (!is_part(own, word) && !(word.n == 1 && ascii_is_alpha((unsigned char)*word.p)))
			return false;
		known = known || word.n > 1;
	}
	return known && (!rest.n || signature_are_names(rest, NAME_WORDS_MAX));
}

/* --- what speaks to somebody --- */

struct said {
	const struct phrasebook *book;
	bool title[FOLDED_MAX]; /* bytes of the folded line that are of one */
	bool speaks;
};

static void on_title(void *ctx, int phrase, size_t start, size_t end)
{
	struct said *s = ctx;

	if (s->book->classes[phrase] & PHRASE_BIT(TITLE))
		memset(s->title + start, true, end - start);
}

static void on_said(void *ctx, int phrase, size_t start, size_t end)
{
	struct said *s = ctx;
	const unsigned says = PHRASE_BIT(STOP) | PHRASE_BIT(ASK) | PHRASE_BIT(MAY);

	s->speaks = s->speaks ||
		    (s->book->classes[phrase] & says && !(s->title[start] && s->title[end - 1]));
}

static bool is_postscript(struct span line)
{
	return span_starts_ci(line, SPAN("PS")) || span_starts_ci(line, SPAN("P.S")) ||
	       span_starts_ci(line, SPAN("P. S")) || span_starts_ci(line, SPAN("PPS"));
}

static bool speaks(const struct phrasebook *book, struct span line)
{
	struct said s = { .book = book };
	struct buf folded BUF_AUTO;

	buf_init(&folded, FOLDED_MAX);
	if (memchr(line.p, '?', line.n) || reply_is_question(line) || reply_is_sentence(line) ||
	    is_postscript(line))
		return true;
	lexicon_fold(line, &folded);
	lexicon_scan(book->lexicon, buf_span(&folded), on_title, &s);
	lexicon_scan(book->lexicon, buf_span(&folded), on_said, &s);
	return s.speaks;
}

/* --- lines --- */

static bool is_rule(struct span line)
{
	for (size_t i = 0; i < line.n; i++)
		if (!strchr("-_=*~ ", line.p[i]))
			return false;
	return line.n > 1;
}

/* What stands in a text for a picture. */
static bool is_picture(struct span line)
{
	return (span_starts_ci(line, SPAN("[cid:")) || span_starts_ci(line, SPAN("[image: "))) &&
	       memchr(line.p, ']', line.n) == line.p + line.n - 1;
}

static size_t small_words(struct span s)
{
	size_t n = 0;

	while (s.n)
		n += !is_name_word(next_word(&s));
	return n;
}

static bool is_upper(struct span word)
{
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] >= 'a' && word.p[i] <= 'z')
			return false;
	return word.n > 1;
}

/* Behind "head of" some words may follow, behind "manager" none like "says". */
static bool goes_on(struct span title, struct span rest)
{
	struct span last = title;
	size_t n = 0;

	while (title.n)
		last = next_word(&title);
	rest = span_trim(rest);
	for (struct span words = rest; words.n; n++)
		next_word(&words);
	return n <= BEHIND_WORDS_MAX &&
	       (last.n <= PARTICLE_MAX || !n || is_name_word(next_word(&rest)));
}

/* "Head of web operations", "Customer Ltd, registered in England". */
static bool has_title(const struct phrasebook *book, struct span line)
{
	struct span rest = line;

	if (!is_capital(line) || small_words(line) > TITLE_WORDS_MAX)
		return false;
	for (size_t i = 0; rest.n && i <= LEAD_WORDS_MAX; i++) {
		size_t n = cover_leads(book, rest, PHRASE_BIT(TITLE));
		struct span before = rest, word;

		if (n && goes_on(span_sub(rest, 0, n), span_sub(rest, n, SIZE_MAX)))
			return true;
		word = next_word(&rest);
		if (!is_name_word(word) ||
		    (!is_upper(word) && cover_leads(book, before, PHRASE_BIT(FILL))))
			return false;
	}
	return false;
}

static bool has_contact(struct span s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.n; i++)
		digits += ascii_is_digit((unsigned char)s.p[i]);
	return digits >= CONTACT_DIGITS || memchr(s.p, '@', s.n) ||
	       span_find(s, SPAN("://")) != SIZE_MAX || span_find_ci(s, SPAN("www.")) != SIZE_MAX;
}

/* "phone: +1 555 0100" */
static bool has_label(const struct phrasebook *book, struct span line)
{
	size_t n = cover_leads(book, line, PHRASE_BIT(LABEL));
	struct span rest = span_trim(span_sub(line, n, SIZE_MAX));

	if (!n || !has_contact(rest))
		return false;
	while (rest.n) {
		struct span before = rest, word = next_word(&rest);

		if (!is_name_word(word) && !cover_leads(book, before, PHRASE_BIT(LABEL)))
			return false;
	}
	return true;
}

bool signature_is_line(const struct phrasebook *book, struct span line)
{
	if (line.n > LINE_BYTES_MAX)
		return false;
	if (is_rule(line) || is_picture(line))
		return true;
	return !speaks(book, line) && (signature_are_names(line, NAME_WORDS_MAX) ||
				       has_title(book, line) || has_label(book, line));
}
