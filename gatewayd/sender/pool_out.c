/* Mails that were sent, or whose end is on its way, and whose results core has not written down. */
#include <stdio.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/sender/pool_inside.h"
#include "gatewayd/wire/talk.h"

static bool is_out(const struct job *j)
{
	return j->result.class == SMTP_SENT || j->result.class == SMTP_UNKNOWN;
}

void pool_know_taken(struct pool *p, const struct taken *taken)
{
	p->taken = *taken;
}

static void note(struct pool *p, const struct job *j)
{
	MEM_GROW(p->rows, p->row_count, &p->row_cap);
	p->rows[p->row_count++] = (struct pool_row){ j->row, is_out(j) };
}

static uint64_t mark(const struct job *j)
{
	return taken_mark(j->to, j->message.bytes, j->results);
}

void pool_out_note(struct pool *p, const struct job *j)
{
	if (is_out(j))
		taken_put(&p->taken, j->row, mark(j), j->result.class, j->result.code);
	note(p, j);
}

bool pool_out_was_taken(struct pool *p, struct job *j)
{
	struct smtp_result *r = &j->result;

	if (!taken_has(&p->taken, j->row) ||
	    !taken_find(&p->taken, j->row, mark(j), &r->class, &r->code))
		return false;
	snprintf(r->text, sizeof(r->text), "%s",
		 r->class == SMTP_SENT ? "taken before; that was not written down"
				       : "tried before, and the reply was lost");
	note(p, j);
	return true;
}

static size_t count(const struct pool *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->row_count; i++)
		n += p->rows[i].is_out;
	for (size_t k = 0; k < p->count; k++)
		n += pool_awaits_end(&p->lane[k]);
	return n;
}

bool pool_out_may(const struct pool *p)
{
	return count(p) < TALK_OUT * p->count;
}

void pool_out_written(struct pool *p, int64_t row)
{
	size_t kept = 0;

	taken_drop(&p->taken, row);
	for (size_t i = 0; i < p->row_count; i++)
		if (p->rows[i].row != row)
			p->rows[kept++] = p->rows[i];
	p->row_count = kept;
}

void pool_not_written(struct pool *p, void (*fn)(int64_t row))
{
	for (size_t i = 0; i < p->row_count; i++)
		if (p->rows[i].is_out)
			fn(p->rows[i].row);
}
