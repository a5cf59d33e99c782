#include "store/search_match.h"

enum {
	CASES_RECENT = 10000,	/* numbers; where common words are looked for */
	TEXT_CHARS_MAX = 16000, /* of a hit */
};

static void read_hit(struct query *q, struct arena *a, void *ret_row)
{
	struct store_hit *hit = ret_row;

	hit->number = query_get_int(q);
	hit->path = query_get_text(q, a);
	hit->title = query_get_text(q, a);
	hit->link = query_get_text(q, a);
	hit->title_words = query_get_text(q, a);
	hit->text_words = query_get_text(q, a);
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
	struct query q QUERY_AUTO;
	struct arena a ARENA_AUTO;

	arena_init(&a);
	query_open(&q, s, SQL_ARTICLE_PUT, e);
	query_text(&q, article->path);
	query_text(&q, article->title);
	query_text(&q, article->link);
	query_text(&q, article->text);
	query_int(&q, article->mtime_at);
	query_int(&q, article->size);
	query_text(&q, search_indexed(&a, article->title));
	query_text(&q, search_indexed(&a, article->text));
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

int store_article_id(struct store *s, struct span path, int64_t *ret_id, struct err *e)
{
	struct query q QUERY_AUTO;
	int got;

	query_open(&q, s, SQL_ARTICLE_ID, e);
	query_text(&q, path);
	got = query_step(&q);
	if (got < 0)
		return -1;
	if (!got)
		return err_set(e, ERR_PERM, "there is no such article");
	*ret_id = query_get_int(&q);
	return query_end_row(&q);
}

int store_article_by_id(struct store *s, int64_t id, struct arena *a,
			struct store_article *ret_article, struct err *e)
{
	struct query q QUERY_AUTO;
	int got;

	query_open(&q, s, SQL_ARTICLE_BY_ID, e);
	query_int(&q, id);
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
	struct query q QUERY_AUTO = { 0 };
	struct span match;
	bool common;

	if (search_match(s, SQL_ARTICLE_WORD, search_asked(a, words), a, &match, &common, e) < 0)
		return -1;
	if (match.n == 0)
		return QUERY_NO_ROWS(a, ret_v, ret_n);
	query_open(&q, s, SQL_ARTICLE_SEARCH, e);
	query_text(&q, match);
	query_limit(&q, limit);
	query_int(&q, TEXT_CHARS_MAX);
	return QUERY_LIST(&q, read_hit, a, ret_v, ret_n);
}

/* --- cases --- */

int store_case_stale(struct store *s, int limit, struct arena *a, int64_t **ret_v, size_t *ret_n,
		     struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_CASE_STALE, e);
	query_limit(&q, limit);
	return QUERY_LIST(&q, query_read_int, a, ret_v, ret_n);
}

/* A JSON array of numbers, one behind the other. */
static struct span json_of(const int64_t *numbers, size_t n, struct arena *a)
{
	struct buf json BUF_AUTO;

	buf_init(&json, SIZE_MAX);
	buf_addc(&json, '[');
	for (size_t i = 0; i < n; i++) {
		buf_adds(&json, i ? "," : "");
		buf_add_int(&json, numbers[i]);
	}
	buf_addc(&json, ']');
	return arena_dup(a, buf_span(&json));
}

static void read_heading(struct query *q, struct arena *a, void *ret_row)
{
	struct store_case_heading *h = ret_row;

	h->number = query_get_int(q);
	h->subject = query_get_text(q, a);
	h->requester_name = query_get_text(q, a);
	h->requester_address = query_get_text(q, a);
}

int store_case_headings(struct store *s, const int64_t *numbers, size_t n, struct arena *a,
			struct store_case_heading **ret_v, struct err *e)
{
	struct query q QUERY_AUTO;
	size_t found;

	query_open(&q, s, SQL_CASE_HEADINGS, e);
	query_text(&q, json_of(numbers, n, a));
	if (QUERY_LIST(&q, read_heading, a, ret_v, &found) < 0)
		return -1;
	return found == n || s->is_ahead
		   ? 0
		   : err_set(e, ERR_PERM, "%zu of %zu cases are not there", n - found, n);
}

static int put_text(struct store *s, const struct store_case_words *kept, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_CASE_TEXT_PUT, e);
	query_int(&q, kept->number);
	query_text(&q, kept->title);
	query_text(&q, kept->text);
	return query_run(&q);
}

static struct span numbers_of(const struct store_case_words *v, size_t n, struct arena *a)
{
	int64_t *numbers = arena_alloc_n(a, n, sizeof(*numbers));

	for (size_t i = 0; i < n; i++)
		numbers[i] = v[i].number;
	return json_of(numbers, n, a);
}

static int by_numbers(struct store *s, enum sql_id id, struct span numbers, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, id, e);
	query_text(&q, numbers);
	return query_run(&q);
}

/* From the last: the table of texts grows at its end. */
static int put_texts(struct store *s, const struct store_case_words *v, size_t n, struct err *e)
{
	while (n > 0)
		if (put_text(s, &v[--n], e) < 0)
			return -1;
	return 0;
}

struct store_case_words store_case_words(struct arena *a, int64_t number, struct span title,
					 struct span text)
{
	return (struct store_case_words){ number, search_indexed(a, title),
					  search_indexed_once(a, text) };
}

int store_case_index_all(struct store *s, const struct store_case_words *kept, size_t n,
			 struct err *e)
{
	struct arena a ARENA_AUTO = { 0 };
	struct span numbers = numbers_of(kept, n, &a);

	if (store_needs_txn(s, "case_index", e) < 0 ||
	    by_numbers(s, SQL_CASE_UNINDEX, numbers, e) < 0 || put_texts(s, kept, n, e) < 0 ||
	    by_numbers(s, SQL_CASE_FRESH, numbers, e) < 0)
		return -1;
	return by_numbers(s, SQL_CASE_INDEX, numbers, e);
}

int store_case_index(struct store *s, int64_t number, struct span title, struct span text,
		     struct err *e)
{
	struct arena a ARENA_AUTO = { 0 };
	struct store_case_words kept = store_case_words(&a, number, title, text);

	return store_case_index_all(s, &kept, 1, e);
}

void store_case_as_hit(struct arena *a, int64_t number, struct span title, struct span text,
		       struct store_hit *ret_hit)
{
	*ret_hit = (struct store_hit){ .number = number,
				       .path = SPAN(""),
				       .link = SPAN(""),
				       .title = title,
				       .title_words = search_indexed(a, title),
				       .text_words = search_indexed_once(a, text) };
}

void store_find_begin(struct store_find *f, struct span words, const struct store_case_find *find,
		      struct arena *a)
{
	*f = (struct store_find){ .f = *find,
				  .below = find->before ? find->before : INT64_MAX,
				  .best = arena_alloc_n(a, (size_t)find->limit, sizeof(*f->best)),
				  .hits =
				      arena_alloc_n(a, (size_t)find->limit + 1, sizeof(*f->hits)) };
	f->word_count = search_match_words(search_asked(a, words), f->words);
}

/* Common words are looked for in the newest cases only. */
static int join(struct store *s, struct store_find *f, struct arena *a, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	int64_t last;

	f->match = search_match_join(f->words, f->word_count, a, &f->is_common);
	f->joined = true;
	f->ranked = f->match.n == 0;
	query_open(&q, s, SQL_CASE_LAST, e);
	if (query_one_int(&q, &last) < 0)
		return -1;
	if (f->is_common)
		f->least = (f->below < last ? f->below : last) - CASES_RECENT;
	return 0;
}

static void read_found(struct query *q, struct arena *a, void *ret_row)
{
	struct store_found *found = ret_row;

	(void)a;
	found->number = query_get_int(q);
	found->score = query_get_real(q);
}

/* They come newest first: of equal ones the newer stays before the older. */
static void put_best(struct store_find *f, const struct store_found *found)
{
	size_t n = f->best_n, at = n;

	while (at && f->best[at - 1].score < found->score)
		at--;
	if (at == (size_t)f->f.limit)
		return;
	if (n == (size_t)f->f.limit)
		n--;
	memmove(&f->best[at + 1], &f->best[at], (n - at) * sizeof(*f->best));
	f->best[at] = *found;
	f->best_n = n + 1;
}

static int rank_some(struct store *s, struct store_find *f, struct arena *a, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	struct store_found *v;
	size_t n;

	query_open(&q, s, SQL_CASE_FIND, e);
	query_text(&q, f->match);
	query_int(&q, f->below);
	query_int(&q, f->least);
	query_int(&q, f->f.account.p != NULL);
	query_text(&q, f->f.account.p ? f->f.account : SPAN(""));
	query_int(&q, f->f.is_over);
	query_int(&q, f->f.but_not);
	query_limit(&q, STORE_FIND_ROWS);
	if (QUERY_LIST(&q, read_found, a, &v, &n) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		put_best(f, &v[i]);
	f->ranked = n < STORE_FIND_ROWS;
	f->below = n ? v[n - 1].number : f->below;
	return 0;
}

/* One whose words are taken away meanwhile is none. */
static int read_best(struct store *s, struct store_find *f, struct arena *a, struct err *e)
{
	const struct store_found *best = &f->best[f->hit_n];
	struct query q QUERY_AUTO = { 0 };
	int got;

	query_open(&q, s, SQL_CASE_HIT, e);
	query_int(&q, best->number);
	query_int(&q, TEXT_CHARS_MAX);
	got = query_one(&q, read_hit, a, &f->hits[f->hit_n]);
	if (got < 0)
		return -1;
	if (got) {
		f->hits[f->hit_n++].score = best->score;
		return 0;
	}
	f->best_n--;
	memmove(&f->best[f->hit_n], &f->best[f->hit_n + 1],
		(f->best_n - f->hit_n) * sizeof(*f->best));
	return 0;
}

int store_find_step(struct store *s, struct store_find *f, struct arena *a, bool *ret_done,
		    struct err *e)
{
	int done;

	if (f->counted < f->word_count)
		done = search_match_count(s, SQL_CASE_WORD, &f->words[f->counted++], e);
	else if (!f->joined)
		done = join(s, f, a, e);
	else if (!f->ranked)
		done = rank_some(s, f, a, e);
	else
		done = f->hit_n < f->best_n ? read_best(s, f, a, e) : 0;
	*ret_done = f->ranked && f->hit_n == f->best_n;
	return done;
}

int store_case_find(struct store *s, struct span words, const struct store_case_find *f,
		    struct arena *a, struct store_hit **ret_v, size_t *ret_n, struct err *e)
{
	struct store_find find;
	bool done = false;

	store_find_begin(&find, words, f, a);
	while (!done)
		if (store_find_step(s, &find, a, &done, e) < 0)
			return -1;
	*ret_v = find.hits;
	*ret_n = find.hit_n;
	return 0;
}
