#include "store/query.h"

int store_again_mails(struct store *s, struct arena *a, struct store_mail **ret_v, size_t *ret_n,
		      struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_AGAIN_MAILS, e);
	query_limit(&q, 0);
	return QUERY_LIST(&q, store_mail_read, a, ret_v, ret_n);
}

int store_again_rows(struct store *s, struct arena *a, struct store_outbox **ret_v, size_t *ret_n,
		     struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_AGAIN_ROWS, e);
	query_limit(&q, 0);
	return QUERY_LIST(&q, store_outbox_read, a, ret_v, ret_n);
}

int store_again_count(struct store *s, int64_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_AGAIN_COUNT, e);
	return query_one_int(&q, ret_n);
}

static int release_mails(struct store *s, bool quiet, int64_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_AGAIN_MAILS_RELEASE, e);
	query_int(&q, quiet ? AGAIN_QUIET : AGAIN_LET_GO);
	if (query_run(&q) < 0)
		return -1;
	*ret_n = store_changes(s);
	return 0;
}

/* Those that had their effect: what comes of them later waits for nobody any more. */
static int end_mails(struct store *s, bool quiet, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_AGAIN_MAILS_END, e);
	query_int(&q, quiet ? AGAIN_QUIET : AGAIN_LET_GO);
	return query_run(&q);
}

static int release_rows(struct store *s, bool quiet, int64_t now, int64_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_AGAIN_ROWS_RELEASE, e);
	query_name(&q, outbox_state_name(quiet ? OUTBOX_CANCELLED : OUTBOX_QUEUED));
	query_at(&q, now);
	query_name(&q, quiet ? "held, and not sent: the operator's word" : "let go");
	if (query_run(&q) < 0)
		return -1;
	*ret_n = store_changes(s);
	return 0;
}

int store_again_release(struct store *s, bool quiet, int64_t now,
			struct store_released *ret_released, struct err *e)
{
	struct store_released r;

	if (store_needs_txn(s, "again_release", e) < 0 ||
	    release_mails(s, quiet, &r.mails, e) < 0 || end_mails(s, quiet, e) < 0 ||
	    release_rows(s, quiet, now, &r.rows, e) < 0)
		return -1;
	*ret_released = r;
	return 0;
}

int store_again_hold(struct store *s, int64_t *ret_rows, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_AGAIN_HOLD, e);
	query_name(&q, STORE_AGAIN_WHY);
	if (query_run(&q) < 0)
		return -1;
	*ret_rows = store_changes(s);
	return 0;
}

int store_again_case(struct store *s, int64_t number, bool *ret_held, struct err *e)
{
	struct query q QUERY_AUTO;
	int64_t held;

	query_open(&q, s, SQL_AGAIN_CASE, e);
	query_int(&q, number);
	if (query_one_int(&q, &held) < 0)
		return -1;
	*ret_held = held;
	return 0;
}

int store_again_known(struct store *s, const struct store_mail *m, bool *ret_known, struct err *e)
{
	struct query q QUERY_AUTO;
	int64_t n = 0;

	query_open(&q, s, SQL_AGAIN_KNOWN, e);
	query_text(&q, m->message_id);
	query_int(&q, m->size);
	query_at(&q, m->received_at);
	if (query_one_int(&q, &n) < 0)
		return -1;
	*ret_known = n > 0;
	return 0;
}

int store_folder_get(struct store *s, struct store_folder *ret_folder, bool *ret_found,
		     struct err *e)
{
	struct query q QUERY_AUTO;
	int got;

	query_open(&q, s, SQL_FOLDER_GET, e);
	query_text(&q, ret_folder->mailbox);
	query_text(&q, ret_folder->folder);
	got = query_step(&q);
	if (got < 0)
		return -1;
	*ret_found = got;
	if (got) {
		ret_folder->uidvalidity = (uint32_t)query_get_int(&q);
		ret_folder->known = (uint32_t)query_get_int(&q);
		ret_folder->how = (enum store_folder_how)query_get_int(&q);
	}
	return query_end_row(&q);
}

int store_folder_put(struct store *s, const struct store_folder *f, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_FOLDER_PUT, e);
	query_text(&q, f->mailbox);
	query_text(&q, f->folder);
	query_int(&q, f->uidvalidity);
	query_int(&q, f->known);
	query_int(&q, f->how);
	return query_run(&q);
}
