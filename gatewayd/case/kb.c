#include "gatewayd/case/kb.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"

enum {
	OPEN_FILE = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
	OPEN_DIR = O_RDONLY | O_CLOEXEC | O_DIRECTORY,
};

struct kb {
	struct arena arena; /* of one pass */
	const char *dir;    /* kb_dir */
	struct span *files; /* relative to kb_dir */
	size_t n, at;
	bool passing;
	int64_t due_at;	   /* of the next pass */
	int64_t passed_at; /* when the last one began; INSTANT_NONE: none yet */
	int64_t began_at;
	struct kb_counts counts;
};

struct kb *kb_new(void)
{
	struct kb *k = mem_alloc(sizeof(*k));

	arena_init(&k->arena);
	kb_again(k);
	return k;
}

void kb_free(struct kb **k)
{
	if (!*k)
		return;
	arena_release(&(*k)->arena);
	free(*k);
	*k = NULL;
}

void kb_again(struct kb *k)
{
	k->passing = false;
	k->due_at = 0;
	k->passed_at = INSTANT_NONE;
}

int64_t kb_next(const struct kb *k, const struct desk *d)
{
	if (!d->conf->kb_dir)
		return INSTANT_NONE;
	return k->passing ? d->now : k->due_at;
}

/* --- the folder --- */

static bool is_article(struct span name)
{
	return span_ends_ci(name, SPAN(".txt")) || span_ends_ci(name, SPAN(".md"));
}

static void add_file(struct kb *k, struct span path)
{
	if (k->n == KB_FILES_MAX)
		return;
	ARENA_GROW(&k->arena, k->files, k->n);
	k->files[k->n++] = path;
}

/* Takes fd, -1 with errno: it could not be opened. */
static int walk(struct kb *k, int fd, const char *below, int depth, struct err *e);

static int walk_entry(struct kb *k, int dir, const char *below, const char *name, int depth,
		      struct err *e)
{
	const char *path = arena_printf(&k->arena, "%s%s", below, name);
	struct stat st;

	if (name[0] == '.' || !utf8_valid(span_of(name)) ||
	    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (S_ISDIR(st.st_mode) && depth < KB_DEPTH_MAX)
		return walk(k, openat(dir, name, OPEN_DIR | O_NOFOLLOW),
			    arena_printf(&k->arena, "%s/", path), depth + 1, e);
	if (S_ISREG(st.st_mode) && is_article(span_of(name)))
		add_file(k, span_of(path));
	return 0;
}

static int walk(struct kb *k, int fd, const char *below, int depth, struct err *e)
{
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int result = 0;

	if (!d)
		return err_set(e, ERR_TEMP, "%s/%s: %s", k->dir, below, strerror(errno));
	while (result == 0 && (entry = readdir(d)))
		result = walk_entry(k, fd, below, entry->d_name, depth, e);
	closedir(d);
	return result;
}

/* --- one file --- */

static bool head_value(struct span line, const char *key, struct span *ret_value)
{
	if (!span_starts_ci(line, span_of(key)))
		return false;
	*ret_value = span_trim(span_sub(line, strlen(key), SIZE_MAX));
	return ret_value->n > 0;
}

static bool is_web(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || memchr("\"<>", s.p[i], 3))
			return false;
	return span_starts_ci(s, SPAN("https://")) || span_starts_ci(s, SPAN("http://"));
}

static struct span heading(struct span line)
{
	while (line.n && line.p[0] == '#')
		line = span_sub(line, 1, SIZE_MAX);
	return span_trim(line);
}

/* The first heading among the first lines, else the first line with a letter in it. */
static void read_head(struct span text, struct store_article *a)
{
	struct span first = SPAN(""), title = SPAN(""), line, value;

	for (int i = 0; i < KB_HEAD_LINES && span_line(&text, &line); i++) {
		line = span_trim(line);
		if (head_value(line, "link:", &value)) {
			if (is_web(value) && !a->link.n)
				a->link = value;
		} else if (head_value(line, "title:", &value) || (line.n && line.p[0] == '#')) {
			if (!title.n)
				title = line.p[0] == '#' ? heading(line) : value;
		} else if (line.n && !first.n && !span_starts(line, SPAN("---"))) {
			first = line;
		}
	}
	a->title = title.n ? title : first.n ? first : a->path;
	a->title = utf8_prefix(a->title, 200);
}

/* NULL, or why the file is passed over. */
static const char *read_article(struct arena *arena, int fd, const struct stat *st,
				struct store_article *a)
{
	char *p;
	ssize_t n = 0;
	size_t got = 0;

	if (st->st_size > KB_FILE_BYTES_MAX)
		return "larger than 256 KiB";
	p = arena_room(arena, (size_t)st->st_size + 1);
	while (got < (size_t)st->st_size && (n = read(fd, p + got, (size_t)st->st_size - got)) > 0)
		got += (size_t)n;
	if (n < 0)
		return "cannot be read";
	a->text = (struct span){ p, got };
	if (!utf8_valid(a->text) || memchr(p, 0, got))
		return "not UTF-8 text";
	if (!span_trim(a->text).n)
		return "empty";
	read_head(a->text, a);
	return NULL;
}

static int index_open(struct kb *k, struct desk *d, int fd, struct span path, const char **ret_why,
		      struct err *e)
{
	struct store_article a = { .path = path, .link = SPAN("") };
	int64_t mtime, size;
	struct stat st;

	if (fstat(fd, &st) < 0) {
		*ret_why = strerror(errno);
		return 0;
	}
	if (store_article_stamp(d->store, path, &mtime, &size, e) < 0)
		return -1;
	if (mtime == (int64_t)st.st_mtime && size == (int64_t)st.st_size) {
		k->counts.unchanged++;
		return 0;
	}
	a.mtime_at = st.st_mtime;
	a.size = st.st_size;
	*ret_why = read_article(d->arena, fd, &st, &a);
	if (*ret_why) {
		k->counts.skipped++;
		/* Told before, unless it was changed since. */
		if (k->passed_at != INSTANT_NONE && st.st_mtime < k->passed_at)
			*ret_why = NULL;
		return 0;
	}
	k->counts.indexed++;
	return store_article_put(d->store, &a, e);
}

/* Step by step, so that no folder on the way is a link, whatever it was when they were walked. */
static int open_below(const char *dir, struct span path)
{
	int fd = open(dir, OPEN_DIR);

	while (fd >= 0 && path.n) {
		struct span step = span_cut(&path, '/');
		char *name MEM_AUTO = mem_dup_span(step);
		int next = openat(fd, name, (path.n ? OPEN_DIR : OPEN_FILE) | O_NOFOLLOW);
		int error = errno;

		close(fd);
		errno = error;
		fd = next;
	}
	return fd;
}

static int index_file(struct kb *k, struct desk *d, struct span path, kb_skipped_fn *skipped,
		      void *ctx, struct err *e)
{
	const char *full = arena_printf(d->arena, "%s/" SPAN_FMT, d->conf->kb_dir, SPAN_ARG(path));
	int fd = open_below(d->conf->kb_dir, path), result;
	const char *why = NULL;

	if (fd < 0) {
		skipped(ctx, full, strerror(errno));
		k->counts.skipped++;
		return 0;
	}
	result = index_open(k, d, fd, path, &why, e);
	close(fd);
	if (why)
		skipped(ctx, full, why);
	return result;
}

/* --- passes --- */

static int begin(struct kb *k, struct desk *d, struct err *e)
{
	arena_reset(&k->arena);
	k->files = NULL;
	k->n = k->at = 0;
	k->counts = (struct kb_counts){ 0 };
	k->dir = d->conf->kb_dir;
	k->began_at = d->now;
	k->due_at = d->now + KB_EVERY_S;
	if (walk(k, open(k->dir, OPEN_DIR), "", 0, e) < 0)
		return -1;
	k->passing = true;
	return 0;
}

static int piece(struct kb *k, struct desk *d, kb_skipped_fn *skipped, void *ctx, struct err *e)
{
	struct store *txn STORE_TXN = d->store;
	size_t end = k->n - k->at > KB_A_TURN ? k->at + KB_A_TURN : k->n, i;

	if (store_begin(txn, e) < 0)
		return -1;
	for (i = k->at; i < end; i++)
		if (index_file(k, d, k->files[i], skipped, ctx, e) < 0)
			return -1;
	if (end == k->n && store_article_sweep(d->store, &k->counts.removed, e) < 0)
		return -1;
	if (store_commit(txn, e) < 0)
		return -1;
	k->at = end;
	if (end == k->n) {
		k->passing = false;
		k->passed_at = k->began_at;
	}
	return 0;
}

int kb_turn(struct kb *k, struct desk *d, kb_skipped_fn *skipped, void *ctx, struct err *e)
{
	int64_t at = kb_next(k, d);

	if (at == INSTANT_NONE || at > d->now)
		return 0;
	if (!k->passing && begin(k, d, e) < 0)
		return -1;
	if (piece(k, d, skipped, ctx, e) == 0)
		return 0;
	k->passing = false;
	return -1;
}

int kb_index(struct desk *d, kb_skipped_fn *skipped, void *ctx, struct kb_counts *ret_counts,
	     struct err *e)
{
	struct kb *k = kb_new();
	int result = begin(k, d, e);

	while (result == 0 && k->passing)
		result = piece(k, d, skipped, ctx, e);
	*ret_counts = k->counts;
	kb_free(&k);
	return result;
}
