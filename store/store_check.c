#include "store/standing.h"

/* Statements whose rows are lines: one for each thing found wrong. */
static const enum sql_id checks[] = {
	SQL_CHECK_CONTENT_SIZE,	     SQL_CHECK_CONTENT_ORPHAN, SQL_CHECK_MAIL_FINAL,
	SQL_CHECK_MAIL_REASON,	     SQL_CHECK_MAIL_KEPT,      SQL_CHECK_MAIL_NOTE,
	SQL_CHECK_MAIL_TWICE,	     SQL_CHECK_MAIL_COUNT,     SQL_CHECK_ATTACHMENT_CASE,
	SQL_CHECK_OUTBOX_MESSAGE_ID, SQL_CHECK_DEADLINE_OPEN,  SQL_CHECK_CASE_OPENED,
	SQL_CHECK_CASE_MERGED,	     SQL_CHECK_ACCOUNT_NAMES,
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

static int check_digests(struct store *s, struct buf *ret_findings, struct err *e)
{
	struct query q QUERY_AUTO;
	int got;

	query_open(&q, s, SQL_CHECK_CONTENT_DIGEST, e);
	while ((got = query_step(&q)) > 0) {
		long long id = (long long)query_get_int(&q);
		uint8_t stated[SHA256_SIZE], found[SHA256_SIZE];

		query_get_digest(&q, stated);
		sha256_of(query_borrow_bytes(&q), found);
		if (memcmp(stated, found, sizeof(found)) != 0)
			buf_addf(ret_findings, "content %lld: the bytes are not those kept\n", id);
	}
	return got;
}

int store_check_step(struct store *s, int at, struct buf *ret_findings, struct err *e)
{
	if (at == 0)
		return s->ops->check(s->engine, ret_findings, e);
	if (at == STORE_CHECK_STEPS - 1)
		return check_digests(s, ret_findings, e);
	return check_one(s, checks[at - 1], ret_findings, e);
}

_Static_assert(STORE_CHECK_STEPS == sizeof(checks) / sizeof(*checks) + 2,
	       "the file, rows, digests");

int store_check_standing(struct store *s, struct buf *ret_findings, struct err *e)
{
	if (s->is_copy)
		return 0;
	standing_check(s, ret_findings);
	return check_one(s, SQL_CHECK_FOLDER_AGAIN, ret_findings, e);
}

int store_check(struct store *s, struct buf *ret_findings, struct err *e)
{
	for (int at = 0; at < STORE_CHECK_STEPS; at++)
		if (store_check_step(s, at, ret_findings, e) < 0)
			return -1;
	return store_check_standing(s, ret_findings, e);
}
