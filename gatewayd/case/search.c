#include "gatewayd/case/search.h"

#include "gatewayd/base/lexicon.h"
#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_index.h"
#include "gatewayd/case/search_score.h"

enum { ASKED_BYTES_MAX = 16 * KIB, POOL_MIN = 20 /* of hits that are ranked */ };

/* --- what is asked --- */

struct asked {
	struct span all;     /* as it was written */
	struct span subject; /* folded; of a text without one, all of it */
	struct span words;   /* of all, folded */
};

static struct span fold(struct arena *a, struct span s)
{
	struct buf out BUF_AUTO;

	buf_init(&out, (size_t)4 * ASKED_BYTES_MAX);
	lexicon_fold_words(s, &out);
	return arena_dup(a, buf_span(&out));
}

static struct asked asked_of(struct arena *a, struct span subject, struct span text)
{
	struct asked asked;

	text = utf8_prefix(text, ASKED_BYTES_MAX);
	asked.all =
	    span_of(arena_printf(a, SPAN_FMT "\n" SPAN_FMT, SPAN_ARG(subject), SPAN_ARG(text)));
	asked.words = fold(a, asked.all);
	asked.subject = subject.n ? fold(a, subject) : asked.words;
	return asked;
}

/* --- the ranking --- */

static double score(const struct asked *asked, const struct store_hit *hit)
{
	return (search_score_cover(hit->title_words, asked->words) +
		search_score_cover(asked->subject, hit->text_words)) /
	       2;
}

static bool is_better(const struct search_hit *a, const struct search_hit *b)
{
	return a->score > b->score || (a->score == b->score && a->number > b->number);
}

/* Of equal articles the one that the index prefers stays first. */
static void put_in_order(struct search_hit *v, size_t n, const struct search_hit *hit)
{
	for (; n && is_better(hit, &v[n - 1]); n--)
		v[n] = v[n - 1];
	v[n] = *hit;
}

static struct search_hit *rank(struct arena *a, const struct asked *asked,
			       const struct store_hit *hits, size_t n)
{
	struct search_hit *v = arena_alloc_n(a, n + 1, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		const struct search_hit hit = { .number = hits[i].number,
						.title = hits[i].title,
						.path = hits[i].path,
						.link = hits[i].link,
						.score = score(asked, &hits[i]) };

		put_in_order(v, i, &hit);
	}
	return v;
}

static int pool(int limit)
{
	return limit < POOL_MIN ? POOL_MIN : limit;
}

static size_t at_most(size_t n, int limit)
{
	return n < (size_t)limit ? n : (size_t)limit;
}

int search_articles(struct desk *d, struct span subject, struct span text, int limit,
		    struct search_hit **ret_v, size_t *ret_n, struct err *e)
{
	struct asked asked = asked_of(d->arena, subject, text);
	struct store_hit *hits;
	size_t n;

	if (store_article_search(d->store, asked.all, pool(limit), d->arena, &hits, &n, e) < 0)
		return -1;
	*ret_v = rank(d->arena, &asked, hits, n);
	*ret_n = at_most(n, limit);
	return 0;
}

int search_cases(struct desk *d, struct span subject, struct span text,
		 const struct store_case_find *find, struct search_hit **ret_v, size_t *ret_n,
		 struct err *e)
{
	struct asked asked = asked_of(d->arena, subject, text);
	struct store_case_find f = *find;
	struct store_hit *hits;
	size_t n;

	f.limit = pool(find->limit);
	if (store_case_find(d->store, asked.all, &f, d->arena, &hits, &n, e) < 0)
		return -1;
	*ret_v = rank(d->arena, &asked, hits, n);
	*ret_n = at_most(n, find->limit);
	return 0;
}

/* --- what is not indexed yet --- */

static bool is_wanted(const struct store_case *c, const struct store_case_find *f)
{
	return (!f->account.p || span_eq(c->account, f->account)) &&
	       (!f->is_over || case_state_is_over(c->state)) && c->number != f->but_not &&
	       (!f->before || c->number < f->before);
}

static bool is_among(int64_t number, const int64_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v[i] == number)
			return true;
	return false;
}

/* The hits with those of the stale cases that have one of the words; what is indexed of these is
 * out of date. */
static int with_stale(struct desk *d, const struct asked *asked, const struct store_case_find *f,
		      const int64_t *stale, size_t stale_n, struct store_hit **hits, size_t *n,
		      struct err *e)
{
	struct store_hit *v = arena_alloc_n(d->arena, *n + stale_n + 1, sizeof(*v));
	size_t k = 0;

	for (size_t i = 0; i < *n; i++)
		if (!is_among((*hits)[i].number, stale, stale_n))
			v[k++] = (*hits)[i];
	for (size_t i = 0; i < stale_n; i++) {
		struct store_case c;
		struct span text;

		if (store_case_get(d->store, stale[i], d->arena, &c, e) < 0)
			return -1;
		if (!is_wanted(&c, f))
			continue;
		if (case_index_text(d, &c, &text, e) < 0)
			return -1;
		store_case_as_hit(d->arena, c.number, c.subject, text, &v[k]);
		if (search_score_cover(asked->words, v[k].text_words) > 0)
			k++;
	}
	*hits = v;
	*n = k;
	return 0;
}

int search_cases_now(struct desk *d, struct span words, const struct store_case_find *find,
		     struct search_hit **ret_v, size_t *ret_n, bool *ret_more, struct err *e)
{
	struct asked asked = asked_of(d->arena, SPAN(""), words);
	struct store_case_find f = *find;
	struct store_hit *hits;
	size_t n, stale_n;
	int64_t *stale;

	f.limit = pool(find->limit);
	if (store_case_find(d->store, asked.all, &f, d->arena, &hits, &n, e) < 0 ||
	    store_case_stale(d->store, SEARCH_STALE_MAX + 1, d->arena, &stale, &stale_n, e) < 0)
		return -1;
	*ret_more = stale_n > SEARCH_STALE_MAX;
	if (with_stale(d, &asked, &f, stale, stale_n - *ret_more, &hits, &n, e) < 0)
		return -1;
	*ret_v = rank(d->arena, &asked, hits, n);
	*ret_n = at_most(n, find->limit);
	return 0;
}
