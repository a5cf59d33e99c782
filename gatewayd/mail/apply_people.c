#include "gatewayd/mail/apply_people.h"

#include "gatewayd/mail/conversation.h"
#include "gatewayd/mail/thread.h"

static int join_sender(struct work *w, struct err *e)
{
	struct store_person who = { work_actor(w), work_name(w), ORIGIN_JOINED };

	if (!w->dec->joins)
		return 0;
	return conversation_add(w->d, w->done->case_number, &who, work_actor(w), e);
}

/* One who may not join, or is one too many, is named to staff. */
static int take(struct work *w, const struct copied *who, bool *ret_in, struct err *e)
{
	struct store_person person = { who->address, who->name, ORIGIN_NAMED };
	enum participant_role role;
	struct err why = { 0 };

	if (store_participant_role(w->d->store, w->done->case_number, who->address, &role, e) < 0)
		return -1;
	*ret_in = role != ROLE_NONE;
	if (*ret_in || !w->dec->names ||
	    !conversation_takes(w->dec->queue, w->g->in.account.id, who))
		return 0;
	*ret_in = conversation_add(w->d, w->done->case_number, &person, work_actor(w), &why) == 0;
	if (*ret_in || why.class == ERR_PERM)
		return 0;
	*e = why;
	return -1;
}

/* With what those are told of who are told of the mail. */
static void say_ahead(struct work *w, const struct copied_list *list)
{
	struct desk *d = w->d;
	enum participant_role role;
	struct err ignored;

	if (!list->n || !store_ahead_begin(d->store))
		return;
	for (size_t i = 0; i < list->n; i++)
		(void)store_participant_role(d->store, w->done->case_number, list->v[i].address,
					     &role, &ignored);
	post_say_about(d, w->done->case_number);
	store_ahead_said(d->store);
}

int apply_people(struct work *w, struct post_said *said, struct err *e)
{
	struct copied_list list;
	struct buf others BUF_AUTO;

	buf_init(&others, (size_t)16 * KIB);
	if (w->dec->authenticated && w->dec->what != DECIDE_OUTSIDE_NOTE &&
	    thread_learn(w->d, &w->g->scan, w->job->facts.subject, w->done->case_number, e) < 0)
		return -1;
	if (join_sender(w, e) < 0 ||
	    conversation_copied(w->d, &w->g->scan, &w->job->facts, &list, e) < 0)
		return -1;
	say_ahead(w, &list);
	for (size_t i = 0; i < list.n; i++) {
		bool in;

		if (take(w, &list.v[i], &in, e) < 0)
			return -1;
		if (!in)
			buf_addf(&others, "%s" SPAN_FMT, others.n ? ", " : "",
				 SPAN_ARG(list.v[i].address));
	}
	said->others = arena_dup(w->d->arena, buf_span(&others));
	return 0;
}

int apply_pass_on(struct work *w, struct post_said *said, struct err *e)
{
	struct copied_list list;
	struct span *had = arena_alloc_n(w->d->arena, CONVERSATION_COPIED_MAX + 1, sizeof(*had));
	struct post_had *passed = arena_alloc(w->d->arena, sizeof(*passed));

	if (!w->dec->authenticated)
		return 0;
	if (conversation_copied(w->d, &w->g->scan, &w->job->facts, &list, e) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++)
		had[i] = list.v[i].address;
	had[list.n] = work_actor(w);
	*passed = (struct post_had){ had, list.n + 1 };
	said->had = passed;
	return 0;
}
