#include "store/sqlite_words.h"

#include <stdlib.h>

/* FTS5's own. */
struct fts5_words {
	fts5_tokenizer its;
	void *ctx;
};

struct words {
	const fts5_tokenizer *its;
	Fts5Tokenizer *own;
};

typedef int word_fn(void *ctx, int flags, const char *word, int n, int from, int to);

/* Who wants the words of a part of the text, and where that begins. */
struct part {
	word_fn *fn;
	void *ctx;
	int at;
	int code; /* what was said of the last one */
};

static int words_new(void *ctx, const char **options, int n, Fts5Tokenizer **ret_words)
{
	struct fts5_words *fts5 = ctx;
	struct words *w = malloc(sizeof(*w));
	int code = SQLITE_NOMEM;

	if (w) {
		w->its = &fts5->its;
		code = w->its->xCreate(fts5->ctx, options, n, &w->own);
	}
	if (code == SQLITE_OK)
		*ret_words = (Fts5Tokenizer *)w;
	else
		free(w);
	return code;
}

static void words_free(Fts5Tokenizer *words)
{
	struct words *w = (struct words *)words;

	w->its->xDelete(w->own);
	free(w);
}

static int word_of_part(void *ctx, int flags, const char *word, int n, int from, int to)
{
	struct part *p = ctx;

	p->code = p->fn(p->ctx, flags, word, n, p->at + from, p->at + to);
	return p->code;
}

/* FTS5's own passes over that somebody wanted no more. */
static int words_of_part(const struct words *w, int flags, const char *text, int n, struct part *p)
{
	int code = w->its->xTokenize(w->own, p, flags, text + p->at, n, word_of_part);

	return code == SQLITE_OK ? p->code : code;
}

/* What is 0 is no word, ends one, or is passed over. */
enum { STANDS_FOR_ITSELF = 1, FOR_FTS5 };
static const unsigned char kinds[256] = {
	['0' ... '9'] = STANDS_FOR_ITSELF,
	['a' ... 'z'] = STANDS_FOR_ITSELF,
	['A' ... 'Z'] = FOR_FTS5,
	[0x80 ... 0xff] = FOR_FTS5,
};

static unsigned char kind_of(char c)
{
	return kinds[(unsigned char)c];
}

static int words_each(Fts5Tokenizer *words, void *ctx, int flags, const char *text, int n,
		      word_fn *fn)
{
	const struct words *w = (const struct words *)words;
	int code = SQLITE_OK, to;

	for (int from = 0; from < n && code == SQLITE_OK; from = to + 1) {
		for (to = from; to < n && kind_of(text[to]) == STANDS_FOR_ITSELF;)
			to++;
		if (to == n || !kind_of(text[to])) {
			if (to > from)
				code = fn(ctx, 0, text + from, to - from, from, to);
			continue;
		}
		while (to < n && kind_of(text[to]))
			to++;
		code = words_of_part(w, flags, text, to - from, &(struct part){ fn, ctx, from, 0 });
	}
	return code == SQLITE_DONE ? SQLITE_OK : code;
}

static fts5_api *api_of(sqlite3 *db)
{
	fts5_api *api = NULL;
	sqlite3_stmt *s;

	if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &s, NULL) == SQLITE_OK) {
		sqlite3_bind_pointer(s, 1, &api, "fts5_api_ptr", NULL);
		(void)sqlite3_step(s);
	}
	sqlite3_finalize(s);
	return api;
}

void sqlite_words_use(sqlite3 *db)
{
	static const char name[] = "unicode61";
	fts5_tokenizer ours = { words_new, words_free, words_each };
	struct fts5_words *fts5 = malloc(sizeof(*fts5));
	fts5_api *api = api_of(db);

	if (fts5 && api && api->xFindTokenizer(api, name, &fts5->ctx, &fts5->its) == SQLITE_OK &&
	    api->xCreateTokenizer(api, name, fts5, &ours, free) == SQLITE_OK)
		return;
	free(fts5);
}
