#include "gatewayd/core/parse_pass.h"

#include "gatewayd/net/backoff.h"

static const struct backoff look_wait = { .min = 1000, .max = 30 * 1000 };

static void look(void *ctx)
{
	struct parse_pass *p = ctx;

	p->waits = false;
	p->due = true;
	bench_later(p->bench);
}

void parse_pass_init(struct parse_pass *p, struct bench *b)
{
	*p = (struct parse_pass){ .bench = b, .look = { .fn = look, .ctx = p } };
}

void parse_pass_release(struct parse_pass *p)
{
	loop_timer_stop(p->bench->loop, &p->look);
}

static bool is_held(const struct parse_task *t)
{
	return t->state == TASK_HELD && !t->job.mail.history;
}

void parse_pass_over(struct parse_pass *p, struct parse_tasks *v, size_t most, size_t most_bytes)
{
	size_t n = 0, bytes = 0;

	for (const struct parse_task *t = v->first; t; t = t->next) {
		n += is_held(t);
		bytes += is_held(t) ? t->job.raw.n : 0;
	}
	if (2 * n < most && 2 * bytes < most_bytes)
		return;
	for (struct parse_task *t = v->first; t; t = t->next)
		if (is_held(t))
			parse_tasks_turn(v, t, TASK_DONE);
	parse_tasks_drop(v, TASK_DONE);
	p->passed = true;
}

bool parse_pass_restart(struct parse_pass *p, struct parse_tasks *v)
{
	bool restart = v->released || p->due || (v->n == 0 && !p->passed);

	v->released = p->due = false;
	p->passed = p->passed && !restart;
	return restart;
}

void parse_pass_end(struct parse_pass *p)
{
	uint32_t random;

	if (!p->passed)
		p->times = 0;
	if (!p->passed || p->waits)
		return;
	crypto_random(&random, sizeof(random));
	p->waits = true;
	loop_timer_start(p->bench->loop, &p->look, backoff_delay(&look_wait, ++p->times, random));
}
