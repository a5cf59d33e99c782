#include "gatewayd/case/search.h"

#include "gatewayd/base/lexicon.h"
#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_index.h"
#include "gatewayd/case/search_score.h"

enum { ASKED_BYTES_MAX = 16 * KIB, POOL_MIN = 20 /* of hits that are ranked */ };

/* --- what is asked --- */

static struct span fold(struct arena *a, struct span s)
{
	struct buf out BUF_AUTO;

	buf_init(&out, (size_t)4 * ASKED_BYTES_MAX);
	lexicon_fold_words(s, &out);
	return arena_dup(a, buf_span(&out));
}

static struct search_asked asked_of(struct arena *a, struct span subject, struct span text)
{
	struct search_asked asked;

	text = utf8_prefix(text, ASKED_BYTES_MAX);
	asked.all =
	    span_of(arena_printf(a, SPAN_FMT "\n" SPAN_FMT, SPAN_ARG(subject), SPAN_ARG(text)));
	asked.words = fold(a, asked.all);
	asked.subject = subject.n ? fold(a, subject) : asked.words;
	return asked;
}

/* --- the ranking --- */

static double score(const struct search_asked *asked, const struct store_hit *hit)
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

static void rank_one(struct search_hit *v, size_t n, const struct search_asked *asked,
		     const struct store_hit *found)
{
	const struct search_hit hit = { .number = found->number,
					.title = found->title,
					.path = found->path,
					.link = found->link,
					.score = score(asked, found) };

	put_in_order(v, n, &hit);
}

static struct search_hit *rank(struct arena *a, const struct search_asked *asked,
			       const struct store_hit *hits, size_t n)
{
	struct search_hit *v = arena_alloc_n(a, n + 1, sizeof(*v));

	for (size_t i = 0; i < n; i++)
		rank_one(v, i, asked, &hits[i]);
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
	struct search_asked asked = asked_of(d->arena, subject, text);
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
	struct search_asked asked = asked_of(d->arena, subject, text);
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

/* What is indexed of these is out of date. */
static void leave_out_stale(struct search *s)
{
	size_t k = 0;

	for (size_t i = 0; i < s->hit_n; i++)
		if (!is_among(s->hits[i].number, s->stale, s->stale_n))
			s->hits[k++] = s->hits[i];
	s->hit_n = k;
}

static int take_hits(struct search *s, struct desk *d, struct err *e)
{
	if (store_case_stale(d->store, SEARCH_STALE_MAX + 1, d->arena, &s->stale, &s->stale_n, e) <
	    0)
		return -1;
	s->more = s->stale_n > SEARCH_STALE_MAX;
	s->stale_n -= s->more;
	s->hit_n = s->find.hit_n;
	s->hits = arena_alloc_n(d->arena, s->hit_n + s->stale_n + 1, sizeof(*s->hits));
	memcpy(s->hits, s->find.hits, s->hit_n * sizeof(*s->hits));
	leave_out_stale(s);
	s->v = arena_alloc_n(d->arena, s->hit_n + s->stale_n + 1, sizeof(*s->v));
	s->taken = true;
	return 0;
}

/* It is a hit when it has one of the words. */
static int read_stale(struct search *s, struct desk *d, int64_t number, struct err *e)
{
	struct store_case_heading heading;
	struct store_case c;
	struct store_hit hit;
	struct buf text BUF_AUTO = { 0 };

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	if (!is_wanted(&c, &s->find.f))
		return 0;
	heading =
	    (struct store_case_heading){ number, c.subject, c.requester_name, c.requester_address };
	if (case_index_text(d, &heading, &text, e) < 0)
		return -1;
	store_case_as_hit(d->arena, c.number, c.subject, buf_span(&text), &hit);
	if (search_score_cover(s->asked.words, hit.text_words) > 0)
		s->hits[s->hit_n++] = hit;
	return 0;
}

void search_begin(struct search *s, struct arena *a, struct span words,
		  const struct store_case_find *find)
{
	struct store_case_find f = *find;

	*s = (struct search){ .asked = asked_of(a, SPAN(""), words), .limit = find->limit };
	f.limit = pool(find->limit);
	store_find_begin(&s->find, s->asked.all, &f, a);
}

int search_step(struct search *s, struct desk *d, bool *ret_done, struct err *e)
{
	int done = 0;

	*ret_done = false;
	if (!s->found) {
		done = store_find_step(d->store, &s->find, d->arena, &s->found, e);
	} else if (!s->taken) {
		done = take_hits(s, d, e);
	} else if (s->stale_at < s->stale_n) {
		done = read_stale(s, d, s->stale[s->stale_at++], e);
	} else if (s->ranked < s->hit_n) {
		rank_one(s->v, s->ranked, &s->asked, &s->hits[s->ranked]);
		s->ranked++;
	} else {
		s->n = at_most(s->hit_n, s->limit);
		*ret_done = true;
	}
	return done;
}

int search_cases_now(struct desk *d, struct span words, const struct store_case_find *find,
		     struct search_hit **ret_v, size_t *ret_n, bool *ret_more, struct err *e)
{
	struct search s;
	bool done = false;

	search_begin(&s, d->arena, words, find);
	while (!done)
		if (search_step(&s, d, &done, e) < 0)
			return -1;
	*ret_v = s.v;
	*ret_n = s.n;
	*ret_more = s.more;
	return 0;
}
