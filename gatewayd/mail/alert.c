#include "gatewayd/mail/alert.h"

#include "gatewayd/base/fold.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/mail/alert_words.h"
#include "gatewayd/mail/newest_case.h"

enum {
	WORDS_MAX = 60,
	COLON_WITHIN = 24,
	LETTERS_MIN = 3,
	CASES_MAX = 50, /* open ones of a sender that are looked at */
};

static const struct {
	struct span text;
	enum alert_word_kind kind;
} alert_words[] = {
#define X(text, kind) { SPAN_LITERAL(text), kind },
	ALERT_WORDS(X)
#undef X
};
enum { ALERT_WORDS_COUNT = sizeof(alert_words) / sizeof(*alert_words) };

/* One word of a subject. */
struct word {
	uint64_t hash;
	unsigned kinds;	    /* a bit for each that it is of */
	struct span text;   /* without what stands around it */
	struct span behind; /* the rest of the subject */
	char before;	    /* the byte before it; 0: a blank or nothing */
};

static struct span trim_signs(struct span s)
{
	while (s.n && (unsigned char)s.p[0] < 0x80 && !ascii_is_alpha((unsigned char)s.p[0]) &&
	       !ascii_is_digit((unsigned char)s.p[0]))
		s = span_sub(s, 1, SIZE_MAX);
	return s;
}

static unsigned kinds_of(struct span text)
{
	unsigned kinds = 0;

	for (size_t i = 0; i < ALERT_WORDS_COUNT; i++)
		if (text.n == alert_words[i].text.n && span_starts_ci(text, alert_words[i].text))
			kinds |= 1U << alert_words[i].kind;
	return kinds;
}

static bool next_word(struct span *rest, struct word *w)
{
	struct span from = *rest;

	if (!fold_word(rest, FOLD_UNICODE, &w->hash))
		return false;
	w->text = trim_signs(span_sub(from, 0, from.n - rest->n));
	w->behind = *rest;
	w->before = w->text.p > from.p ? w->text.p[-1] : '\0';
	w->kinds = kinds_of(w->text);
	return true;
}

static bool is_of(const struct word *w, enum alert_word_kind kind)
{
	return w->kinds & 1U << kind;
}

static bool says_how(const struct word *w)
{
	return is_of(w, ALERT_TROUBLE) || is_of(w, ALERT_OVER);
}

bool alert_says_how(struct span word)
{
	struct word w = { .kinds = kinds_of(word) };

	return says_how(&w);
}

/* --- whether it is over --- */

static bool is_capital(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'a' && s.p[i] <= 'z')
			return false;
	return s.n > 1;
}

/* "[OK]", "OK:", "Up | ", "*RECOVERY*", "OK" */
static bool is_marked(const struct word *w)
{
	char behind = w->behind.n ? w->behind.p[0] : '\0';

	if (is_capital(w->text))
		return true;
	if ((w->before && strchr("[(*{<", w->before)) || (behind && strchr("])*}>:|", behind)))
		return true;
	return span_starts(span_trim(w->behind), SPAN("|")) ||
	       span_starts(span_trim(w->behind), SPAN(":"));
}

/* "Resolved in 5m: edge7" */
static bool heads(const struct word *w)
{
	return span_find(span_sub(w->behind, 0, COLON_WITHIN), SPAN(":")) != SIZE_MAX;
}

static bool is_last(const struct word *w)
{
	struct span rest = w->behind;
	uint64_t hash;

	return !fold_word(&rest, FOLD_UNICODE, &hash);
}

enum says { SAYS_NOTHING, SAYS_TROUBLE, SAYS_OVER };

static enum says subject_says(struct span subject)
{
	struct word w;
	bool first = true, linked = false;

	for (int i = 0; i < WORDS_MAX && next_word(&subject, &w); i++) {
		bool over = is_of(&w, ALERT_OVER);

		if ((over || is_of(&w, ALERT_TROUBLE)) && is_marked(&w))
			return over ? SAYS_OVER : SAYS_TROUBLE;
		if (over && ((first && heads(&w)) || (linked && is_last(&w))))
			return SAYS_OVER;
		linked = is_of(&w, ALERT_LINK);
		first = first && is_of(&w, ALERT_BESIDE);
	}
	return SAYS_NOTHING;
}

bool alert_is_over(struct span subject)
{
	return subject_says(subject) == SAYS_OVER;
}

bool alert_is_trouble(struct span subject)
{
	return subject_says(subject) == SAYS_TROUBLE;
}

/* --- of what --- */

struct about {
	uint64_t v[WORDS_MAX];
	size_t n;
	size_t letters; /* of the longest word */
};

/* "5m", "30s": since when, not what. */
static bool is_duration(struct span s)
{
	static const char *const units[] = { "s", "m", "h", "d", "ms", "sec", "min", "std" };
	size_t n = 0;

	while (n < s.n && ascii_is_digit((unsigned char)s.p[n]))
		n++;
	for (size_t i = 0; n && i < sizeof(units) / sizeof(*units); i++)
		if (span_is_ci(span_sub(s, n, SIZE_MAX), units[i]))
			return true;
	return false;
}

static bool says_nothing(const struct word *w)
{
	return says_how(w) || is_of(w, ALERT_LINK) || is_of(w, ALERT_BESIDE) ||
	       is_duration(w->text);
}

/* numbers: what begins with a digit counts, too. */
static void read_about(struct span subject, bool numbers, struct about *a)
{
	struct word w;

	a->n = a->letters = 0;
	while (a->n < WORDS_MAX && next_word(&subject, &w)) {
		bool is_number = w.text.n && ascii_is_digit((unsigned char)w.text.p[0]);

		if ((is_number && !numbers) || says_nothing(&w))
			continue;
		a->v[a->n++] = w.hash;
		if (!is_number && w.text.n > a->letters)
			a->letters = w.text.n;
	}
}

static bool has(const struct about *a, uint64_t hash)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->v[i] == hash)
			return true;
	return false;
}

static bool has_all(const struct about *a, const struct about *of)
{
	for (size_t i = 0; i < of->n; i++)
		if (!has(a, of->v[i]))
			return false;
	return of->n > 0;
}

enum alert_fit alert_fits(struct span ending, struct span subject)
{
	struct about a, b;

	read_about(ending, true, &a);
	read_about(subject, true, &b);
	if (has_all(&a, &b) && has_all(&b, &a))
		return ALERT_SAME;
	read_about(ending, false, &a);
	read_about(subject, false, &b);
	if (a.letters < LETTERS_MIN || !has_all(&b, &a))
		return ALERT_OTHER;
	return has_all(&a, &b) ? ALERT_ALIKE : ALERT_PARTLY;
}

/* How well the ending fits the case; of two that fit as well, one that the sender is proven in goes
 * first for who is vouched for, and is nobody else's to end. */
static int rank(struct desk *d, const struct identity *id, enum alert_fit fit,
		const struct store_case *c, int *ret_rank, struct err *e)
{
	bool proven;

	*ret_rank = 2 * (int)fit;
	if (fit == ALERT_OTHER)
		return 0;
	if (newest_case_is_proven(d, c->number, id->from, &proven, e) < 0)
		return -1;
	if (proven)
		*ret_rank = id->vouched ? *ret_rank + 1 : ALERT_OTHER;
	return 0;
}

int alert_find(struct desk *d, struct span ending, const struct identity *id, int64_t *ret_number,
	       struct err *e)
{
	struct store_case_filter f = { .open_only = true,
				       .requester = id->from,
				       .queue = SPAN(""),
				       .owner = SPAN(""),
				       .account = SPAN(""),
				       .limit = CASES_MAX };
	struct store_case *v;
	int best = ALERT_OTHER, of_case;
	size_t n;

	*ret_number = 0;
	if (store_case_list(d->store, &f, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (rank(d, id, alert_fits(ending, v[i].subject), &v[i], &of_case, e) < 0)
			return -1;
		if (of_case > best) {
			best = of_case;
			*ret_number = v[i].number;
		}
	}
	return 0;
}
