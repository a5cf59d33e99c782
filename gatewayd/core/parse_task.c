#include "gatewayd/core/parse_task.h"

#include <stdlib.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/memfd.h"
#include "gatewayd/base/units.h"
#include "gatewayd/mail/mail_file.h"
#include "gatewayd/mail/mail_gather.h"

enum { ANSWER_MAX = 256 * MIB };

void parse_tasks_init(struct parse_tasks *v, const struct clock *clock)
{
	*v = (struct parse_tasks){ .last = &v->first, .clock = clock };
	buf_init(&v->raw, MEMORY_READ_MAX);
}

/* What it has of its own, but for the arena. */
static void task_release(struct parse_task *t)
{
	memory_release(&t->answer);
	if (t->out_fd >= 0)
		close(t->out_fd);
	t->out_fd = -1;
	memory_release(&t->raw);
}

static void task_free(struct parse_task *t)
{
	task_release(t);
	arena_release(&t->arena);
	free(t);
}

static void free_spare(struct parse_tasks *v)
{
	while (v->spare) {
		struct parse_task *t = v->spare;

		v->spare = t->next;
		task_free(t);
	}
	buf_release(&v->raw);
}

/* Its memory is near, and that of its arena. */
static struct parse_task *task_new(struct parse_tasks *v)
{
	struct parse_task *t = v->spare ? v->spare : mem_alloc(sizeof(*t));
	struct arena arena = t->arena;

	v->spare = t->next;
	*t = (struct parse_task){ .arena = arena, .out_fd = -1, .state = TASK_WAITING };
	return t;
}

static void task_spare(struct parse_tasks *v, struct parse_task *t)
{
	task_release(t);
	arena_reset(&t->arena);
	t->next = v->spare;
	v->spare = t;
}

struct parse_task *parse_tasks_add(struct parse_tasks *v, const struct store_mail *mail,
				   const struct memory *raw)
{
	struct parse_task *t = task_new(v);

	t->raw = *raw;
	t->job.raw = raw->bytes;
	t->job.mail = *mail;
	t->job.mail.location.mailbox = arena_dup(&t->arena, mail->location.mailbox);
	t->job.mail.message_id = arena_dup(&t->arena, mail->message_id);
	t->job.mail.from = arena_dup(&t->arena, mail->from);
	t->job.mail.subject = arena_dup(&t->arena, mail->subject);
	t->job.mail.reason = SPAN("");
	*v->last = t;
	v->last = &t->next;
	v->n++;
	v->in[t->state]++;
	v->history += mail->history;
	v->newest = mail->id > v->newest ? mail->id : v->newest;
	v->bytes += raw->bytes.n;
	return t;
}

static int is_of_staff(struct parse_tasks *v, struct desk *d, const struct store_mail *mail,
		       const struct memory *raw, bool *ret_is, struct err *e)
{
	struct span bytes;

	*ret_is = false;
	if (!mail_names_staff(d, mail))
		return 0;
	if (memory_open(raw, &v->raw, &bytes, e) < 0)
		return -1;
	*ret_is = mail_of_staff(d, mail, bytes);
	return 0;
}

int parse_tasks_take(struct parse_tasks *v, struct desk *d, const struct store_mail *mail,
		     struct memory *raw, struct err *e)
{
	struct parse_task *t;
	bool of_staff;

	if (is_of_staff(v, d, mail, raw, &of_staff, e) < 0) {
		memory_release(raw);
		return -1;
	}
	t = parse_tasks_add(v, mail, raw);
	t->of_staff = of_staff;
	t->alone = of_staff || mail->attempts > 0;
	return 0;
}

bool parse_tasks_has(const struct parse_tasks *v, int64_t mail)
{
	for (const struct parse_task *t = mail <= v->newest ? v->first : NULL; t; t = t->next)
		if (t->job.mail.id == mail)
			return true;
	return false;
}

size_t parse_tasks_rows(const struct parse_tasks *v, bool is_shared, size_t most, int64_t behind)
{
	size_t n = most - v->n + 1 + (is_shared ? most : 0);

	for (const struct parse_task *t = behind < v->newest ? v->first : NULL; t; t = t->next)
		n += t->job.mail.id > behind;
	return n;
}

bool parse_tasks_of(const struct parse_tasks *v, struct span mailbox)
{
	for (const struct parse_task *t = v->first; t; t = t->next)
		if (span_eq(t->job.mail.location.mailbox, mailbox))
			return true;
	return false;
}

bool parse_tasks_any(const struct parse_tasks *v, enum task_state state)
{
	return v->in[state] > 0;
}

struct parse_task *parse_tasks_from(const struct parse_tasks *v, enum task_state state)
{
	return parse_tasks_any(v, state) ? v->first : NULL;
}

void parse_tasks_turn(struct parse_tasks *v, struct parse_task *t, enum task_state to)
{
	v->in[t->state]--;
	v->in[to]++;
	t->state = to;
}

/* The one at `at` of the list. */
static void drop(struct parse_tasks *v, struct parse_task **at)
{
	struct parse_task *t = *at;

	*at = t->next;
	if (v->answered == t)
		v->answered = NULL;
	v->n--;
	v->in[t->state]--;
	v->history -= t->job.mail.history;
	v->bytes -= t->job.raw.n;
	task_spare(v, t);
}

void parse_tasks_drop(struct parse_tasks *v, enum task_state state)
{
	struct parse_task **at = &v->first;

	while (parse_tasks_any(v, state))
		if ((*at)->state == state)
			drop(v, at);
		else
			at = &(*at)->next;
	if (!*at)
		v->last = at;
	if (!v->first)
		free_spare(v);
}

/* Up to `end`. */
static struct parse_task *find_at(struct parse_task *t, const struct parse_task *end,
				  const struct crew_child *c, int64_t mail)
{
	for (; t != end; t = t->next)
		if (t->state == TASK_AT_CHILD && t->child == c && t->job.mail.id == mail)
			return t;
	return NULL;
}

/* Most answers come in the order of the mails: each is looked for behind the last one. */
struct parse_task *parse_tasks_at(struct parse_tasks *v, const struct crew_child *c, int64_t mail)
{
	struct parse_task *t = find_at(v->answered, NULL, c, mail);

	if (!t)
		t = find_at(v->first, v->answered, c, mail);
	if (t)
		v->answered = t;
	return t;
}

struct parse_task *parse_tasks_lost(struct parse_tasks *v, const struct crew_child *c)
{
	struct parse_task *at_work = NULL;

	for (struct parse_task *t = v->first; t; t = t->next) {
		if (t->state != TASK_AT_CHILD || t->child != c)
			continue;
		parse_tasks_turn(v, t, TASK_WAITING);
		if (!at_work || t->turn < at_work->turn)
			at_work = t;
	}
	return at_work;
}

int parse_task_order(struct parse_task *t, struct parse_talk_order *ret_order, struct err *e)
{
	bool here = !t->large && !t->raw.is_shared && t->job.raw.n <= PARSE_HERE_MAX;

	if (t->out_fd >= 0)
		close(t->out_fd); /* of a child that is gone */
	t->out_fd = -1;
	memory_release(&t->answer); /* it was not believed */
	if (!here && memory_share(&t->raw, e) < 0)
		return -1;
	t->job.raw = t->raw.bytes;
	if (t->large && memfd_new(&t->out_fd, e) < 0)
		return -1;
	*ret_order = (struct parse_talk_order){ .mail = t->job.mail.id,
						.size = (int64_t)t->job.raw.n,
						.raw_fd = here ? -1 : t->raw.fd,
						.out_fd = t->out_fd,
						.here = here ? t->job.raw : SPAN_NONE };
	return 0;
}

/* In a message, or in the memory that was given for it. */
static int take_answer(struct parse_task *t, const struct parse_talk_answer *a, struct err *e)
{
	if (a->is_here) {
		memory_copy(&t->answer, a->here);
		return 0;
	}
	if (memory_map(&t->answer, t->out_fd, ANSWER_MAX, e) < 0)
		return -1;
	t->out_fd = -1;
	return 0;
}

/* In memory a child writes all bytes down. */
static int read_facts(struct parse_tasks *v, struct parse_task *t, struct span encoded,
		      bool is_here, struct err *e)
{
	struct mail_job *job = &t->job;
	bool hold;

	if (facts_decode(encoded, job->body.n, is_here ? job->raw.n : 0, &t->arena, &job->facts,
			 e) < 0 ||
	    parse_task_open(v, t, e) < 0)
		return -1;
	hold = mail_files_hold(job);
	parse_task_close(t);
	return hold ? 0 : err_set(e, ERR_PERM, "an attachment does not stand there");
}

int parse_task_open(struct parse_tasks *v, struct parse_task *t, struct err *e)
{
	return memory_open(&t->raw, &v->raw, &t->job.raw, e);
}

void parse_task_close(struct parse_task *t)
{
	t->job.raw = t->raw.bytes;
	memory_rest(&t->raw);
}

int parse_task_answer(struct parse_tasks *v, struct parse_task *t,
		      const struct parse_talk_answer *a, struct err *e)
{
	size_t body = (size_t)a->body;
	struct span all;

	if (a->is_here != (t->out_fd < 0))
		return err_set(e, ERR_PERM, "the answer is not where it was asked for");
	t->large = t->large || a->too_large;
	if (a->too_large)
		return 1;
	if (take_answer(t, a, e) < 0)
		return -1;
	all = t->answer.bytes;
	if (body > all.n || (uint64_t)a->facts != all.n - body)
		return err_set(e, ERR_PERM, "the answer has another size than said");
	t->job.body = span_sub(all, 0, body);
	return read_facts(v, t, span_sub(all, body, SIZE_MAX), a->is_here, e);
}

void parse_tasks_release(struct parse_tasks *v)
{
	while (v->first) {
		struct parse_task *t = v->first;

		v->first = t->next;
		task_free(t);
	}
	free_spare(v);
	parse_tasks_init(v, v->clock);
}
