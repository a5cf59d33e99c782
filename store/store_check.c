#include "gatewayd/base/utf8.h"
#include "store/content.h"
#include "store/extent.h"
#include "store/pack.h"
#include "store/standing.h"

/* Statements whose rows are lines: one for each thing found wrong.  The last is about contents. */
static const enum sql_id checks[] = {
	SQL_CHECK_CONTENT_ORPHAN,    SQL_CHECK_MAIL_FINAL,    SQL_CHECK_MAIL_REASON,
	SQL_CHECK_MAIL_KEPT,	     SQL_CHECK_MAIL_NOTE,     SQL_CHECK_MAIL_TWICE,
	SQL_CHECK_MAIL_IDENTITY,     SQL_CHECK_MAIL_COUNT,    SQL_CHECK_ATTACHMENT_CASE,
	SQL_CHECK_OUTBOX_MESSAGE_ID, SQL_CHECK_DEADLINE_OPEN, SQL_CHECK_CASE_COUNT,
	SQL_CHECK_CASE_OPENED,	     SQL_CHECK_CASE_MERGED,   SQL_CHECK_ACCOUNT_NAMES,
	SQL_CHECK_CONTENT_SIZE,
};

static int check_one(struct store *s, enum sql_id id, struct buf *ret_findings, struct err *e)
{
	struct query q QUERY_AUTO;
	int got;

	query_open(&q, s, id, e);
	while ((got = query_step(&q)) > 0) {
		buf_add(ret_findings, query_borrow_bytes(&q));
		buf_addc(ret_findings, '\n');
	}
	return got;
}

enum { AT_ONCE = 1000, ROWS_AT_ONCE = 100 };

struct stated {
	int64_t id;
	uint8_t sha256[SHA256_SIZE];
	bool has_digest;
	bool is_packed; /* with a sum */
};

static void read_stated(struct query *q, struct arena *a, void *ret_row)
{
	struct stated *row = ret_row;

	(void)a;
	row->id = query_get_int(q);
	row->has_digest = query_get_digest(q, row->sha256);
	row->is_packed = query_get_int(q);
}

/* Who has it, so that somebody knows where to look. */
static int name_content(struct store *s, int64_t content, struct buf *ret_findings, struct err *e)
{
	struct query q QUERY_AUTO;
	const char *before = " (";
	int got;

	query_open(&q, s, SQL_CONTENT_NAMES, e);
	query_int(&q, content);
	while ((got = query_step(&q)) > 0) {
		buf_adds(ret_findings, before);
		buf_add(ret_findings, query_borrow_bytes(&q));
		before = ", ";
	}
	buf_adds(ret_findings, *before == ',' ? ")\n" : "\n");
	return got;
}

static int check_content(struct store *s, const struct stated *row, struct buf *ret_findings,
			 struct err *e)
{
	uint8_t found[SHA256_SIZE];

	if (store_content_digest(s, row->id, found, e) < 0) {
		buf_adds(ret_findings, e->text);
		return e->class == ERR_PERM ? name_content(s, row->id, ret_findings, e) : -1;
	}
	if (row->has_digest ? memcmp(row->sha256, found, sizeof(found)) == 0 : row->is_packed)
		return 0;
	buf_addf(ret_findings, "content %lld: the bytes are not those kept", (long long)row->id);
	return name_content(s, row->id, ret_findings, e);
}

/* A group of those behind *id; *ret_n: how many. */
static int check_digests_behind(struct store *s, int64_t *id, size_t *ret_n,
				struct buf *ret_findings, struct err *e)
{
	struct arena a ARENA_AUTO = { 0 };
	struct query q QUERY_AUTO;
	struct stated *v;

	query_open(&q, s, SQL_CONTENT_LIST, e);
	query_int(&q, *id);
	query_limit(&q, AT_ONCE);
	if (QUERY_LIST(&q, read_stated, &a, &v, ret_n) < 0)
		return -1;
	for (size_t i = 0; i < *ret_n; i++)
		if (check_content(s, &v[i], ret_findings, e) < 0)
			return -1;
	if (*ret_n)
		*id = v[*ret_n - 1].id;
	return 0;
}

static int check_digests(struct store *s, struct buf *ret_findings, struct err *e)
{
	int64_t id = INT64_MIN;
	size_t n;

	do
		if (check_digests_behind(s, &id, &n, ret_findings, e) < 0)
			return -1;
	while (n > 0);
	return 0;
}

/* The columns text, reply, size, words. */
static int check_words(struct store *s, struct query *q, struct err *ret_why)
{
	struct buf words BUF_AUTO;
	struct span text = query_borrow_bytes(q), reply = query_borrow_bytes(q), stored;
	int64_t size = query_get_int(q);

	stored = query_borrow_bytes(q);
	buf_init(&words, SIZE_MAX);
	if (unpack(s->packer, stored, (size_t)size, &words, ret_why) < 0)
		return -1;
	if (utf8_valid(text) && utf8_valid(reply) && utf8_valid(buf_span(&words)))
		return 0;
	return err_set(ret_why, ERR_PERM, "is not UTF-8");
}

/* Looks at a row and gives its id. */
typedef int check_row_fn(struct store *s, struct query *q, int64_t *ret_id,
			 struct buf *ret_findings);

static int check_note(struct store *s, struct query *q, int64_t *ret_id, struct buf *ret_findings)
{
	int64_t id = query_get_int(q), number = query_get_int(q);
	struct span message_id = query_borrow_bytes(q);
	bool named = message_id.n > 0;
	struct err why;

	if (check_words(s, q, &why) < 0)
		buf_addf(ret_findings, "note %lld of case %lld%s" SPAN_FMT "%s: %s\n",
			 (long long)id, (long long)number, named ? " <" : "", SPAN_ARG(message_id),
			 named ? ">" : "", why.text);
	*ret_id = id;
	return query_end_row(q);
}

/* The columns sha256, size, lines. */
static int check_lines(struct store *s, struct query *q, struct err *ret_why)
{
	struct buf lines BUF_AUTO;
	uint8_t stated[SHA256_SIZE], found[SHA256_SIZE];
	int64_t size;

	query_get_digest(q, stated);
	size = query_get_int(q);
	buf_init(&lines, SIZE_MAX);
	if (unpack(s->packer, query_borrow_bytes(q), (size_t)size, &lines, ret_why) < 0)
		return -1;
	sha256_of(buf_span(&lines), found);
	return memcmp(stated, found, sizeof(found)) == 0
		   ? 0
		   : err_set(ret_why, ERR_PERM, "the lines are not those kept");
}

static int check_shown(struct store *s, struct query *q, int64_t *ret_id, struct buf *ret_findings)
{
	int64_t id = query_get_int(q), number = query_get_int(q);
	struct err why;

	if (check_lines(s, q, &why) < 0)
		buf_addf(ret_findings, "shown %lld of case %lld: %s\n", (long long)id,
			 (long long)number, why.text);
	*ret_id = id;
	return query_end_row(q);
}

static const struct check_rows {
	enum sql_id sql;
	check_row_fn *check;
} notes = { SQL_CHECK_NOTE_WORDS, check_note }, shown = { SQL_CHECK_SHOWN_LINES, check_shown };

/* A group of those behind *id; *ret_any: there were some. */
static int check_rows_behind(struct store *s, const struct check_rows *rows, int64_t *id,
			     bool *ret_any, struct buf *ret_findings, struct err *e)
{
	struct query q QUERY_AUTO;
	int got;

	*ret_any = false;
	query_open(&q, s, rows->sql, e);
	query_int(&q, *id);
	query_limit(&q, ROWS_AT_ONCE);
	while ((got = query_step(&q)) > 0) {
		*ret_any = true;
		if (rows->check(s, &q, id, ret_findings) < 0)
			return -1;
	}
	return got;
}

static int check_rows(struct store *s, const struct check_rows *rows, struct buf *ret_findings,
		      struct err *e)
{
	int64_t id = INT64_MIN;
	bool any;

	do
		if (check_rows_behind(s, rows, &id, &any, ret_findings, e) < 0)
			return -1;
	while (any);
	return 0;
}

int store_check_step(struct store *s, int at, struct buf *ret_findings, struct err *e)
{
	if (at == 0)
		return s->ops->check(s->engine, ret_findings, e);
	if (at == STORE_CHECK_STEPS - 3)
		return check_rows(s, &notes, ret_findings, e);
	if (at == STORE_CHECK_STEPS - 2)
		return check_rows(s, &shown, ret_findings, e);
	if (at == STORE_CHECK_STEPS - 1)
		return check_digests(s, ret_findings, e);
	return check_one(s, checks[at - 1], ret_findings, e);
}

_Static_assert(STORE_CHECK_STEPS == sizeof(checks) / sizeof(*checks) + 4,
	       "the file, rows, notes, what was shown, digests");
_Static_assert(STORE_CHECK_CONTENTS == sizeof(checks) / sizeof(*checks), "the last of the rows");

int store_check_standing(struct store *s, struct buf *ret_findings, struct err *e)
{
	struct err astray;

	if (s->is_copy)
		return 0;
	standing_check(s, ret_findings);
	if (store_stands(s, &astray) < 0)
		buf_addf(ret_findings, "%s\n", astray.text);
	return check_one(s, SQL_CHECK_FOLDER_AGAIN, ret_findings, e);
}

int store_check(struct store *s, struct buf *ret_findings, struct err *e)
{
	for (int at = 0; at < STORE_CHECK_STEPS; at++)
		if (store_check_step(s, at, ret_findings, e) < 0)
			return -1;
	return store_check_standing(s, ret_findings, e);
}
