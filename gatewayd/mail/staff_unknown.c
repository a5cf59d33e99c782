#include "gatewayd/mail/staff_unknown.h"

#include "conf/problems.h"
#include "gatewayd/case/staff_name.h"

enum { NAMES_MAX = 20 }; /* that are told in a line */

struct names {
	const char **v;
	size_t n;
};

static void add(struct run *r, struct names *names, const char *name)
{
	ARENA_GROW(r->d->arena, names->v, names->n);
	names->v[names->n++] = name;
}

/* One of the queues that the asker works on is the other's, too. */
static bool is_colleague(const struct conf *c, const struct conf_staff *asker,
			 const struct conf_staff *other)
{
	for (size_t i = 0; i < c->queue_count; i++)
		if (staff_name_works_on(asker, c->queues[i].name) &&
		    staff_name_works_on(other, c->queues[i].name))
			return true;
	return false;
}

static void add_people(struct run *r, const char *queue, struct names *names)
{
	const struct conf *c = r->d->conf;

	for (size_t i = 0; i < c->staff_count; i++)
		if (queue ? staff_name_works_on(&c->staff[i], queue)
			  : is_colleague(c, r->r->staff, &c->staff[i]))
			add(r, names, c->staff[i].id);
}

/* all: those that the asker does not work on, too. */
static void add_queues(struct run *r, bool all, struct names *names)
{
	const struct conf *c = r->d->conf;

	for (size_t i = 0; i < c->queue_count; i++)
		if (all || staff_name_works_on(r->r->staff, c->queues[i].name))
			add(r, names, c->queues[i].name);
}

static const char *name_at(const void *ctx, size_t i)
{
	return ((const struct names *)ctx)->v[i];
}

/* "...; did you mean X", "...; there are X, Y". */
static int refuse(struct run *r, enum word id, struct span name, const struct names *names,
		  struct err *e)
{
	const char *near = conf_nearest(arena_cstr(r->d->arena, name), names->n, name_at, names);
	struct buf known BUF_AUTO;
	struct span more;

	buf_init(&known, ERR_TEXT_MAX);
	for (size_t i = 0; !near && names->n <= NAMES_MAX && i < names->n; i++)
		buf_addf(&known, "%s%s", i ? ", " : "", names->v[i]);
	if (near)
		buf_adds(&known, near);
	more = word_with(r->d, r->words, near ? WORD_DID_YOU_MEAN : WORD_THERE_ARE, "known",
			 buf_span(&known));
	word_refuse_name(r->d, e, id, name);
	return known.n ? err_set(e, ERR_PERM, "%s; " SPAN_FMT,
				 arena_cstr(r->d->arena, span_of(e->text)), SPAN_ARG(more))
		       : -1;
}

int staff_unknown_person(struct run *r, struct span name, const char *queue, struct err *e)
{
	struct names names = { 0 };

	add_people(r, queue, &names);
	return refuse(r, WORD_NO_STAFF, name, &names, e);
}

int staff_unknown_queue(struct run *r, struct span name, struct err *e)
{
	struct names names = { 0 };

	add_queues(r, true, &names);
	return refuse(r, WORD_NO_QUEUE, name, &names, e);
}

int staff_unknown_listed(struct run *r, struct span name, struct err *e)
{
	struct names names = { 0 };

	add_queues(r, false, &names);
	add_people(r, NULL, &names);
	return refuse(r, WORD_NO_LISTED, name, &names, e);
}
