#include "gatewayd/sender/job.h"

#include "gatewayd/base/mem.h"

void job_free(struct job **j)
{
	memory_release(&(*j)->message);
	mem_free(&(*j)->from);
	mem_free(&(*j)->to);
	mem_free(&(*j)->domain);
	mem_free(j);
}

void job_put(struct job_queue *q, struct job *j)
{
	j->next = NULL;
	if (q->last)
		q->last->next = j;
	else
		q->first = j;
	q->last = j;
}

struct job *job_take(struct job_queue *q)
{
	struct job *j = q->first;

	if (!j)
		return NULL;
	q->first = j->next;
	if (!q->first)
		q->last = NULL;
	return j;
}
