#include "store/tally.h"

#include "store/query.h"

int tally_opened(struct store *s, bool is_open, struct err *e)
{
	s->opened.cases++;
	s->opened.cases_open += is_open;
	return s->in_txn ? 0 : tally_write(s, e);
}

int tally_write(struct store *s, struct err *e)
{
	struct tally_more more = s->opened;
	struct query q QUERY_AUTO = { 0 };

	tally_forget(s);
	if (!more.cases)
		return 0;
	query_open(&q, s, SQL_TALLY_OPENED, e);
	query_int(&q, more.cases);
	query_int(&q, more.cases_open);
	return query_run(&q);
}

void tally_forget(struct store *s)
{
	s->opened = (struct tally_more){ 0 };
}
