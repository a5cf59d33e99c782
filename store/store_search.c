#include <stdlib.h>

#include "gatewayd/base/lexicon.h"
#include "gatewayd/base/utf8.h"
#include "store/query.h"

enum {
	WORD_MIN = 2,  /* bytes; one letter says nothing */
	WORD_MAX = 64, /* what is longer is cut */
	WORDS_USED = 16,
	WORD_COMMON = 1000,   /* texts; a word that so many have is common */
	CASES_RECENT = 10000, /* numbers; where common words are looked for */
	PREFIX_MIN = 5,	      /* bytes; a longer word is found in what begins with it, too */
	ENDING_MIN = 6,	      /* a longer word has an ending, which is left out */
	ENDING = 2,
	PART_MIN = 6, /* of a part of a compound */
	PART_MAX = 16,
	PART_BEFORE = 4, /* what stands beside it */
	GROUP_MAX = 2 * (PART_MAX - PART_MIN + 2) * (WORD_MAX + 8),
	QUERY_MAX = WORDS_USED * GROUP_MAX,
	FOLDED_MAX = 1 << 20, /* of an article: more than the largest has */
};

static bool in_word(unsigned char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || c >= 0x80;
}

/* The next run of letters and digits; false at the end. */
static bool next_word(struct span *s, struct span *ret_word)
{
	size_t from = 0, n = 0;

	while (from < s->n && !in_word((unsigned char)s->p[from]))
		from++;
	while (from + n < s->n && in_word((unsigned char)s->p[from + n]))
		n++;
	*ret_word = span_sub(*s, from, n);
	*s = span_sub(*s, from + n, SIZE_MAX);
	return n > 0;
}

struct word {
	struct span text;
	int64_t found; /* how many have it, WORD_COMMON at most */
};

static bool is_among(struct span text, const struct word *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq_ci(text, v[i].text))
			return true;
	return false;
}

static size_t first_words(struct span words, struct word v[STORE_SEARCH_WORDS])
{
	struct span text;
	size_t n = 0;

	while (n < STORE_SEARCH_WORDS && next_word(&words, &text)) {
		text = utf8_prefix(text, WORD_MAX);
		if (text.n >= WORD_MIN && utf8_valid(text) && !is_among(text, v, n))
			v[n++].text = text;
	}
	return n;
}

/* In quotes, which no word has inside: nothing in it is syntax. */
static void quote(struct span text, bool begins, struct buf *out)
{
	buf_addc(out, '"');
	buf_add(out, text);
	buf_adds(out, begins ? "\"*" : "\"");
}

static bool is_ascii(struct span s)
{
	size_t i = 0;

	while (i < s.n && (unsigned char)s.p[i] < 0x80)
		i++;
	return i == s.n;
}

/*
 * The word, and what else may stand for it: of a long one each word that begins so but for its
 * ending ("erneuere", "erneuern", "erneuerung"), and of a compound its first and last parts
 * ("serverzertifikat", "zertifikatserneuerung", "zertifikat").
 */
static void match_word(struct span text, struct buf *out)
{
	bool latin = is_ascii(text); /* what else there is cannot be cut at any byte */

	buf_addc(out, '(');
	if (!latin || text.n < PREFIX_MIN)
		quote(text, false, out);
	else
		quote(span_sub(text, 0, text.n - (text.n >= ENDING_MIN ? ENDING : 0)), true, out);
	for (size_t n = PART_MIN; latin && n + PART_BEFORE <= text.n && n <= PART_MAX; n++) {
		buf_adds(out, " OR ");
		quote(span_sub(text, text.n - n, n), false, out);
		buf_adds(out, " OR ");
		quote(span_sub(text, 0, n), false, out);
	}
	buf_addc(out, ')');
}

static int count(struct store *s, enum sql_id id, struct word *w, struct err *e)
{
	struct buf match BUF_AUTO;
	struct query q QUERY_AUTO;

	buf_init(&match, GROUP_MAX);
	match_word(w->text, &match);
	query_open(&q, s, id, e);
	query_text(&q, buf_span(&match));
	query_int(&q, WORD_COMMON);
	return query_one_int(&q, &w->found);
}

static int by_found(const void *a, const void *b)
{
	const struct word *x = a, *y = b;

	return (x->found > y->found) - (x->found < y->found);
}

/*
 * "printer" OR "offline" OR ...: the rarest of the words, because they say most, and because a word
 * that half of all texts have would cost the reading of half of them.  Common ones are taken only
 * when there is no other, and *ret_common says so.
 */
static int match_query(struct store *s, enum sql_id count_id, struct span words,
		       struct buf *ret_query, bool *ret_common, struct err *e)
{
	struct word v[STORE_SEARCH_WORDS];
	size_t n = first_words(words, v), used = 0;

	for (size_t i = 0; i < n; i++)
		if (count(s, count_id, &v[i], e) < 0)
			return -1;
	qsort(v, n, sizeof(*v), by_found);
	for (size_t i = 0; i < n && used < WORDS_USED; i++) {
		if (v[i].found == 0)
			continue;
		if (v[i].found == WORD_COMMON && used && !*ret_common)
			break;
		*ret_common = v[i].found == WORD_COMMON;
		if (used++)
			buf_adds(ret_query, " OR ");
		match_word(v[i].text, ret_query);
	}
	return 0;
}

/* What is looked for when there is no word to look for. */
static int no_hits(struct arena *a, struct store_hit **ret_v, size_t *ret_n)
{
	*ret_v = arena_alloc(a, sizeof(**ret_v));
	*ret_n = 0;
	return 0;
}

static void read_hit(struct query *q, struct arena *a, void *ret_row)
{
	struct store_hit *hit = ret_row;

	hit->path = query_get_text(q, a);
	hit->title = query_get_text(q, a);
	hit->link = query_get_text(q, a);
	hit->score = query_get_real(q);
}

/* --- articles --- */

static int by_path(struct store *s, enum sql_id id, struct span path, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, id, e);
	query_text(&q, path);
	return query_run(&q);
}

static int put_article(struct store *s, const struct store_article *article, struct err *e)
{
	struct buf title BUF_AUTO, text BUF_AUTO;
	struct query q QUERY_AUTO;

	buf_init(&title, FOLDED_MAX);
	buf_init(&text, FOLDED_MAX);
	lexicon_fold_words(article->title, &title);
	lexicon_fold_words(article->text, &text);
	query_open(&q, s, SQL_ARTICLE_PUT, e);
	query_text(&q, article->path);
	query_text(&q, article->title);
	query_text(&q, article->link);
	query_text(&q, article->text);
	query_int(&q, article->mtime_at);
	query_int(&q, article->size);
	query_text(&q, utf8_prefix(buf_span(&title), FOLDED_MAX));
	query_text(&q, utf8_prefix(buf_span(&text), FOLDED_MAX));
	return query_run(&q);
}

int store_article_put(struct store *s, const struct store_article *article, struct err *e)
{
	if (store_needs_txn(s, "article_put", e) < 0 ||
	    by_path(s, SQL_ARTICLE_UNINDEX, article->path, e) < 0 ||
	    put_article(s, article, e) < 0 || by_path(s, SQL_ARTICLE_INDEX, article->path, e) < 0)
		return -1;
	return by_path(s, SQL_ARTICLE_SEEN, article->path, e);
}

int store_article_stamp(struct store *s, struct span path, int64_t *ret_mtime_at, int64_t *ret_size,
			struct err *e)
{
	struct query q QUERY_AUTO;
	int got;

	query_open(&q, s, SQL_ARTICLE_STAMP, e);
	query_text(&q, path);
	got = query_step(&q);
	if (got < 0 || (got && by_path(s, SQL_ARTICLE_SEEN, path, e) < 0))
		return -1;
	*ret_mtime_at = got ? query_get_int(&q) : -1;
	*ret_size = got ? query_get_int(&q) : -1;
	return query_end_row(&q);
}

static void read_article(struct query *q, struct arena *a, void *ret_row)
{
	struct store_article *article = ret_row;

	article->path = query_get_text(q, a);
	article->title = query_get_text(q, a);
	article->link = query_get_text(q, a);
	article->text = query_get_text(q, a);
	article->mtime_at = query_get_at(q);
	article->size = query_get_int(q);
}

int store_article_get(struct store *s, struct span path, struct arena *a,
		      struct store_article *ret_article, struct err *e)
{
	struct query q QUERY_AUTO;
	int got;

	query_open(&q, s, SQL_ARTICLE_GET, e);
	query_text(&q, path);
	got = query_one(&q, read_article, a, ret_article);
	if (got == 0)
		err_set(e, ERR_PERM, "there is no such article");
	return got > 0 ? 0 : -1;
}

static int run_alone(struct store *s, enum sql_id id, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, id, e);
	return query_run(&q);
}

int store_article_sweep(struct store *s, size_t *ret_removed, struct err *e)
{
	size_t removed;

	if (store_needs_txn(s, "article_sweep", e) < 0 ||
	    run_alone(s, SQL_ARTICLE_SWEEP_WORDS, e) < 0 || run_alone(s, SQL_ARTICLE_SWEEP, e) < 0)
		return -1;
	removed = (size_t)store_changes(s);
	if (run_alone(s, SQL_ARTICLE_SWEEP_AGAIN, e) < 0)
		return -1;
	*ret_removed = removed;
	return 0;
}

int store_article_search(struct store *s, struct span words, int limit, struct arena *a,
			 struct store_hit **ret_v, size_t *ret_n, struct err *e)
{
	struct buf match BUF_AUTO, folded BUF_AUTO;
	struct query q QUERY_AUTO = { 0 };
	bool common = false;

	buf_init(&match, QUERY_MAX);
	buf_init(&folded, FOLDED_MAX);
	lexicon_fold_words(words, &folded);
	if (match_query(s, SQL_ARTICLE_WORD, buf_span(&folded), &match, &common, e) < 0)
		return -1;
	if (match.n == 0)
		return no_hits(a, ret_v, ret_n);
	query_open(&q, s, SQL_ARTICLE_SEARCH, e);
	query_text(&q, buf_span(&match));
	query_limit(&q, limit);
	return QUERY_LIST(&q, read_hit, a, ret_v, ret_n);
}

/* --- cases --- */

static int case_number(struct store *s, enum sql_id id, int64_t number, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, id, e);
	query_int(&q, number);
	return query_run(&q);
}

static int put_text(struct store *s, int64_t number, struct span account, bool is_public,
		    struct span text, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_CASE_TEXT_PUT, e);
	query_int(&q, number);
	query_text(&q, account);
	query_int(&q, is_public);
	query_text(&q, text);
	return query_run(&q);
}

int store_case_index(struct store *s, int64_t number, struct span account, bool is_public,
		     struct span text, struct err *e)
{
	if (store_needs_txn(s, "case_index", e) < 0 ||
	    case_number(s, SQL_CASE_UNINDEX, number, e) < 0 ||
	    put_text(s, number, account, is_public, text, e) < 0)
		return -1;
	return case_number(s, SQL_CASE_INDEX, number, e);
}

int store_case_similar(struct store *s, struct span words, struct span account, int64_t but_not,
		       int limit, struct arena *a, struct store_hit **ret_v, size_t *ret_n,
		       struct err *e)
{
	struct buf match BUF_AUTO;
	struct query q QUERY_AUTO = { 0 };
	bool common = false;

	buf_init(&match, QUERY_MAX);
	if (match_query(s, SQL_CASE_WORD, words, &match, &common, e) < 0)
		return -1;
	if (match.n == 0)
		return no_hits(a, ret_v, ret_n);
	query_open(&q, s, SQL_CASE_SIMILAR, e);
	query_text(&q, buf_span(&match));
	query_text(&q, account);
	query_int(&q, but_not);
	query_limit(&q, limit);
	query_int(&q, common ? CASES_RECENT : INT64_MAX);
	return QUERY_LIST(&q, read_hit, a, ret_v, ret_n);
}
