/* What was erased: marks in the store, and the same in the list beside it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gatewayd/base/file.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"
#include "store/query.h"
#include "store/sqlite_file.h"

#define HEAD "gatewayd erasures 1"

enum { FILE_BYTES_MAX = 256 * MIB };

char *store_erased_path(const char *where)
{
	char *path = mem_alloc(strlen(where) + sizeof(".erased"));

	stpcpy(stpcpy(path, where), ".erased");
	return path;
}

int store_erased_beside(struct store *s, const char *folder, struct err *e)
{
	uint8_t identity[STORE_TAG_SIZE];
	char hex[2 * STORE_TAG_SIZE + 1];
	struct buf where BUF_AUTO = { 0 };

	if (s->ops->is_file)
		return 0;
	if (store_identity(s, identity, e) < 0)
		return -1;
	hex_encode(identity, sizeof(identity), hex);
	buf_init(&where, SIZE_MAX);
	buf_addf(&where, "%s/%s", folder, hex);
	mem_free(&s->erased);
	s->erased = store_erased_path(buf_cstr(&where));
	return 0;
}

/* NULL: there is none. */
static char *list_of(const struct store *s)
{
	if (s->ops->is_file)
		return s->where ? store_erased_path(s->where) : NULL;
	return s->erased ? mem_strdup(s->erased) : NULL;
}

static int failed(const char *path, struct err *e)
{
	return err_set(e, ERR_TEMP, "%s: %s", path, strerror(errno));
}

/* --- the file --- */

static int begin_file(struct store *s, struct buf *out, struct err *e)
{
	uint8_t key[MAC_KEY_SIZE];
	char hex[2 * MAC_KEY_SIZE + 1];

	if (store_person_key(s, key, e) < 0)
		return -1;
	hex_encode(key, sizeof(key), hex);
	buf_addf(out, HEAD "\nkey %s\n", hex);
	crypto_wipe(key, sizeof(key));
	crypto_wipe(hex, sizeof(hex));
	return 0;
}

static int write_lines(const char *path, int fd, struct span lines, bool is_new, struct err *e)
{
	if (file_write_all(fd, lines) < 0)
		return failed(path, e);
	if (!is_new)
		return 0;
	return sqlite_file_give(path, e) < 0 ? -1 : sqlite_file_sync_folder(path, e);
}

/* A line that a crash cut in two is passed over by who reads. */
static int keep_lines(struct store *s, struct span more, struct err *e)
{
	char *path MEM_AUTO = list_of(s);
	struct buf lines BUF_AUTO;
	int fd, done;
	bool is_new;

	buf_init(&lines, SIZE_MAX);
	if (!path || more.n == 0)
		return 0;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return failed(path, e);
	is_new = lseek(fd, 0, SEEK_END) == 0;
	done = is_new ? begin_file(s, &lines, e) : 0;
	buf_adds(&lines, is_new ? "" : "\n");
	buf_add(&lines, more);
	if (done == 0)
		done = write_lines(path, fd, buf_span(&lines), is_new, e);
	close(fd);
	return done;
}

static void add_line(struct buf *out, const char *kind, const uint8_t hash[MAC_SIZE], int64_t at)
{
	char hex[2 * MAC_SIZE + 1];

	hex_encode(hash, MAC_SIZE, hex);
	buf_addf(out, "%s %s %" PRIi64 "\n", kind, hex, at);
}

static int keep_line(struct store *s, const char *kind, const uint8_t hash[MAC_SIZE], int64_t at,
		     struct err *e)
{
	struct buf line BUF_AUTO;

	buf_init(&line, SIZE_MAX);
	add_line(&line, kind, hash, at);
	return keep_lines(s, buf_span(&line), e);
}

int store_erased_keep_address(struct store *s, const uint8_t hash[MAC_SIZE], int64_t at,
			      struct err *e)
{
	return keep_line(s, "address", hash, at, e);
}

int store_erased_sync(struct store *s, struct err *e)
{
	char *path MEM_AUTO = list_of(s);
	int fd = path ? open(path, O_WRONLY | O_CLOEXEC) : -1, done;

	if (!path)
		return 0;
	if (fd < 0)
		return errno == ENOENT ? 0 : failed(path, e);
	done = fsync(fd) < 0 ? failed(path, e) : 0;
	close(fd);
	return done;
}

/* --- marks --- */

static int put_mark(struct store *s, const uint8_t hash[MAC_SIZE], int64_t at, struct err *e)
{
	struct query q QUERY_AUTO;

	s->none_erased = false;
	query_open(&q, s, SQL_ERASED_MAIL_PUT, e);
	query_blob(&q, (struct span){ (const char *)hash, MAC_SIZE });
	query_at(&q, at);
	return query_run(&q);
}

int store_erased_any(struct store *s, bool *ret_any, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	int64_t any = 0;

	if (!s->none_erased) {
		query_open(&q, s, SQL_ERASED_MAIL_ANY, e);
		if (query_one_int(&q, &any) < 0)
			return -1;
	}
	s->none_erased = !any && s->ops->is_file;
	*ret_any = any;
	return 0;
}

static int has_mark(struct store *s, const uint8_t hash[MAC_SIZE], bool *ret_has, struct err *e)
{
	struct query q QUERY_AUTO;
	int64_t has;

	query_open(&q, s, SQL_ERASED_MAIL_HAS, e);
	query_blob(&q, (struct span){ (const char *)hash, MAC_SIZE });
	if (query_one_int(&q, &has) < 0)
		return -1;
	*ret_has = has;
	return 0;
}

static int hash_of_mail(struct store *s, const struct store_mail *m, uint8_t out[MAC_SIZE],
			struct err *e)
{
	struct buf text BUF_AUTO;

	buf_init(&text, SIZE_MAX);
	buf_add(&text, m->message_id);
	buf_add(&text, (struct span){ (const char *)m->identity, sizeof(m->identity) });
	return store_person_hash(s, "mail", buf_span(&text), out, e);
}

/* As store_again_known() compares them. */
static int hash_of_seen(struct store *s, const struct store_mail *m, bool timed,
			uint8_t out[MAC_SIZE], struct err *e)
{
	struct buf text BUF_AUTO;

	buf_init(&text, SIZE_MAX);
	buf_add(&text, m->message_id);
	buf_addf(&text, " %" PRIi64, m->size);
	if (timed)
		buf_addf(&text, " %" PRIi64, m->received_at);
	return store_person_hash(s, "seen", buf_span(&text), out, e);
}

/* mark: of each of the two hashes. */
typedef int mark_fn(struct store *s, const uint8_t hash[MAC_SIZE], int64_t at, struct err *e);

static int put_both(struct store *s, const uint8_t hash[MAC_SIZE], int64_t at, struct err *e)
{
	return keep_line(s, "mail", hash, at, e) < 0 ? -1 : put_mark(s, hash, at, e);
}

static int mark_with(struct store *s, const struct store_mail *m, int64_t at, mark_fn *mark,
		     struct err *e)
{
	bool timed = m->received_at != INSTANT_NONE;
	uint8_t hash[MAC_SIZE];

	if (hash_of_mail(s, m, hash, e) < 0 || mark(s, hash, at, e) < 0)
		return -1;
	return hash_of_seen(s, m, timed, hash, e) < 0 ? -1 : mark(s, hash, at, e);
}

int store_erased_mark(struct store *s, const struct store_mail *m, int64_t at, struct err *e)
{
	return mark_with(s, m, at, put_both, e);
}

int store_erased_mark_here(struct store *s, const struct store_mail *m, int64_t at, struct err *e)
{
	return mark_with(s, m, at, put_mark, e);
}

int store_erased_has(struct store *s, const struct store_mail *m, bool *ret_has, struct err *e)
{
	uint8_t hash[MAC_SIZE];

	if (store_erased_any(s, ret_has, e) < 0)
		return -1;
	if (!*ret_has)
		return 0;
	return hash_of_mail(s, m, hash, e) < 0 ? -1 : has_mark(s, hash, ret_has, e);
}

int store_erased_mark_text(struct store *s, struct span text, int64_t at, struct err *e)
{
	uint8_t hash[MAC_SIZE];

	if (store_person_hash(s, "alike", text, hash, e) < 0)
		return -1;
	return put_both(s, hash, at, e);
}

int store_erased_has_text(struct store *s, struct span text, bool *ret_has, struct err *e)
{
	uint8_t hash[MAC_SIZE];

	if (store_erased_any(s, ret_has, e) < 0)
		return -1;
	if (!*ret_has)
		return 0;
	if (store_person_hash(s, "alike", text, hash, e) < 0)
		return -1;
	return has_mark(s, hash, ret_has, e);
}

int store_erased_was_seen(struct store *s, const struct store_mail *m, bool *ret_was, struct err *e)
{
	uint8_t hash[MAC_SIZE];
	bool was = false;

	if (m->received_at != INSTANT_NONE &&
	    (hash_of_seen(s, m, true, hash, e) < 0 || has_mark(s, hash, &was, e) < 0))
		return -1;
	if (!was && (hash_of_seen(s, m, false, hash, e) < 0 || has_mark(s, hash, &was, e) < 0))
		return -1;
	*ret_was = was;
	return 0;
}

/* --- after a restore --- */

struct again {
	struct store *s;
	int64_t now, erasure, people;
};

static int is_known(struct store *s, const uint8_t hash[MAC_SIZE], int64_t at, int64_t *ret_known,
		    struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_ERASURE_KNOWN, e);
	query_blob(&q, (struct span){ (const char *)hash, MAC_SIZE });
	query_at(&q, at);
	return query_one_int(&q, ret_known);
}

static int take_address(struct again *g, const uint8_t hash[MAC_SIZE], int64_t at, struct err *e)
{
	struct store_erasure_address row = { .address = SPAN("") };
	int64_t known;

	if (is_known(g->s, hash, at, &known, e) < 0)
		return -1;
	if (known)
		return 0;
	if (!g->erasure && store_erasure_add(g->s, g->now, false, &g->erasure, e) < 0)
		return -1;
	memcpy(row.hash, hash, sizeof(row.hash));
	g->people++;
	return store_erasure_address(g->s, g->erasure, &row, e);
}

static int take_key(struct again *g, struct span hex, struct err *e)
{
	uint8_t key[MAC_KEY_SIZE];
	int done = 0;

	if (hex_decode(hex, key, sizeof(key)))
		done = store_person_set_key(g->s, key, e);
	crypto_wipe(key, sizeof(key));
	return done;
}

static int take_line(struct again *g, struct span line, struct err *e)
{
	struct span rest = line, kind = span_cut(&rest, ' '), hex = span_cut(&rest, ' ');
	uint8_t hash[MAC_SIZE];
	int64_t at;

	if (span_is(kind, "key"))
		return take_key(g, hex, e);
	if (!hex_decode(hex, hash, sizeof(hash)) || !span_i64(rest, &at))
		return 0;
	if (span_is(kind, "address"))
		return take_address(g, hash, at, e);
	return span_is(kind, "mail") ? put_mark(g->s, hash, at, e) : 0;
}

/* *ret_text is empty: there is none. */
static int read_list(const char *path, struct buf *ret_text, struct err *e)
{
	struct span rest, line;

	buf_init(ret_text, FILE_BYTES_MAX);
	if (file_read(path, ret_text) < 0)
		return errno == ENOENT ? 0 : failed(path, e);
	rest = buf_span(ret_text);
	return span_line(&rest, &line) && span_is(line, HEAD)
		   ? 0
		   : err_set(e, ERR_PERM, "%s: no list of erasures", path);
}

int store_erased_recall(struct store *s, int64_t now, int64_t *ret_people, struct err *e)
{
	*ret_people = 0;
	return s->erased && !s->ops->is_file ? store_erased_again(s, s->erased, now, ret_people, e)
					     : 0;
}

int store_erased_again(struct store *s, const char *path, int64_t now, int64_t *ret_people,
		       struct err *e)
{
	struct again g = { .s = s, .now = now };
	struct buf text BUF_AUTO = { 0 };
	struct span rest, line;

	*ret_people = 0;
	if (read_list(path, &text, e) < 0)
		return -1;
	rest = buf_span(&text);
	while (span_line(&rest, &line))
		if (take_line(&g, line, e) < 0)
			return -1;
	*ret_people = g.people;
	return 0;
}

/* --- by other nodes, or before the store was copied --- */

struct mark {
	struct span kind;
	uint8_t hash[MAC_SIZE];
	int64_t at;
};

static void read_mark(struct query *q, struct arena *a, void *ret_row)
{
	struct mark *row = ret_row;
	struct span hash;

	row->kind = query_get_text(q, a);
	hash = query_get_text(q, a);
	memset(row->hash, 0, sizeof(row->hash));
	if (hash.n == sizeof(row->hash))
		memcpy(row->hash, hash.p, hash.n);
	row->at = query_get_at(q);
}

static int by_hash(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	return memcmp(x->hash, y->hash, sizeof(x->hash));
}

/* The newer of a hash first. */
static int by_hash_and_age(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;
	int order = by_hash(a, b);

	return order ? order : (y->at > x->at) - (y->at < x->at);
}

/* Of each hash of the list the newest, sorted. */
static size_t newest_of(struct span text, struct arena *a, struct mark **ret_v)
{
	struct mark *v = arena_alloc_n(a, text.n / (2 * MAC_SIZE) + 1, sizeof(*v));
	struct span line;
	size_t n = 0, kept = 0;

	while (span_line(&text, &line)) {
		struct mark *m = &v[n];

		m->kind = span_cut(&line, ' ');
		n += hex_decode(span_cut(&line, ' '), m->hash, sizeof(m->hash)) &&
		     span_i64(line, &m->at);
	}
	if (n)
		qsort(v, n, sizeof(*v), by_hash_and_age);
	for (size_t i = 0; i < n; i++)
		if (!kept || by_hash(&v[kept - 1], &v[i]) != 0)
			v[kept++] = v[i];
	*ret_v = v;
	return kept;
}

/* Who was erased again is in the list again: a database of between the two knows the first. */
static bool is_listed(const struct mark *m, const struct mark *v, size_t n)
{
	const struct mark *listed = n ? bsearch(m, v, n, sizeof(*v), by_hash) : NULL;

	return listed && listed->at >= m->at;
}

static int add_missing(struct store *s, struct span text, const struct mark *marks, size_t n,
		       struct err *e)
{
	struct arena a ARENA_AUTO = { 0 };
	struct buf lines BUF_AUTO;
	struct mark *v;
	size_t known = newest_of(text, &a, &v);

	buf_init(&lines, FILE_BYTES_MAX);
	for (size_t i = 0; i < n; i++)
		if (!is_listed(&marks[i], v, known))
			add_line(&lines, arena_cstr(&a, marks[i].kind), marks[i].hash, marks[i].at);
	return keep_lines(s, buf_span(&lines), e) < 0 ? -1 : store_erased_sync(s, e);
}

int store_erased_gather(struct store *s, struct err *e)
{
	char *path MEM_AUTO = list_of(s);
	struct arena a ARENA_AUTO = { 0 };
	struct buf text BUF_AUTO = { 0 };
	struct query q QUERY_AUTO = { 0 };
	struct mark *marks;
	size_t n;

	if (!path)
		return 0;
	query_open(&q, s, SQL_ERASED_ALL, e);
	if (QUERY_LIST(&q, read_mark, &a, &marks, &n) < 0)
		return -1;
	return n == 0 || (read_list(path, &text, e) == 0 &&
			  add_missing(s, buf_span(&text), marks, n, e) == 0)
		   ? 0
		   : -1;
}

int store_erased_last(struct store *s, int64_t *ret_id, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_ERASURE_LAST, e);
	return query_one_int(&q, ret_id);
}
