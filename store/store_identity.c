/* What a mail is known by beside its Message-ID. */
#include "store/query.h"
#include "store/store_mail.h"

bool store_mail_is_identified(const struct store_mail *m)
{
	static const uint8_t none[SHA256_SIZE];

	return memcmp(m->identity, none, sizeof(none)) != 0;
}

int store_mail_alone(struct store *s, const struct store_mail *m, bool *ret_alone, struct err *e)
{
	struct query q QUERY_AUTO;
	int64_t alone;

	query_open(&q, s, SQL_MAIL_ALONE, e);
	query_text(&q, m->message_id);
	query_int(&q, m->id);
	if (query_one_int(&q, &alone) < 0)
		return -1;
	*ret_alone = alone;
	return 0;
}

int store_mail_identify(struct store *s, const struct store_mail *m, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_MAIL_IDENTIFY, e);
	query_int(&q, m->id);
	query_digest(&q, m->identity);
	return query_run(&q);
}

int store_mail_unidentified(struct store *s, const struct store_mail *m, struct arena *a,
			    int64_t **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_MAIL_UNIDENTIFIED, e);
	query_text(&q, m->message_id);
	query_int(&q, m->id);
	query_limit(&q, STORE_TWINS_MAX);
	return QUERY_LIST(&q, query_read_int, a, ret_v, ret_n);
}
