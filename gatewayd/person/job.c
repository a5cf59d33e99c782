#include "gatewayd/person/job.h"

void job_add_damaged(struct job *j, enum job_damage what, int64_t id, int64_t of)
{
	struct job_damaged *d = &j->damaged[what];

	ARENA_GROW(j->d->arena, d->v, d->n);
	d->v[d->n++] = (struct job_damaged_row){ id, of };
}
