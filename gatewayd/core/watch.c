#include "gatewayd/core/watch.h"

#include <stdlib.h>

#include "gatewayd/base/json.h"
#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/core/trouble.h"
#include "gatewayd/post/post.h"

enum { NAME_MAX_BYTES = 128, STATE_MAX = 256 * 1024, RETRY_MS = 5000 };

/* That operators were told of. */
struct told {
	enum notice_event event;
	char name[NAME_MAX_BYTES];
	int64_t since_at;
	int64_t seen_at; /* the last look at which it was there */
};

struct watch {
	struct bench *bench;
	const struct intake *intake;
	const struct grant_list *grants;
	struct delivery *delivery;
	int64_t next_ms;
	struct loop_timer retry; /* after the store's trouble */
	bool read;		 /* told is what the store has */
	struct told told[TROUBLES_MAX];
	size_t n;
	struct trouble_roles roles;
};

static void again(void *ctx)
{
	const struct watch *w = ctx;

	bench_later(w->bench);
}

struct watch *watch_new(struct bench *b, const struct intake *intake,
			const struct grant_list *grants, struct delivery *delivery)
{
	struct watch *w = mem_alloc(sizeof(*w));

	w->bench = b;
	w->intake = intake;
	w->grants = grants;
	w->delivery = delivery;
	w->retry = (struct loop_timer){ .fn = again, .ctx = w };
	w->next_ms = bench_now_ms(b) + WATCH_EVERY_MS; /* what runs is still to report */
	return w;
}

void watch_free(struct watch **w)
{
	if (*w)
		loop_timer_stop((*w)->bench->loop, &(*w)->retry);
	mem_free(w);
}

void watch_ended(struct watch *w, const struct parent_talk_ended *ended)
{
	if (!ended->signal && !ended->status)
		return;
	trouble_role_ended(&w->roles, ended->role, clock_now(&w->bench->clock) - ended->ago_s);
	if (ended->role == ROLE_CORE) /* this one may not live as long as that */
		w->next_ms = bench_now_ms(w->bench);
}

/* --- what they were told, in the store --- */

static bool event_of(struct span name, enum notice_event *ret_event)
{
	for (int i = 0; i < NOTICE_EVENT_COUNT; i++) {
		*ret_event = (enum notice_event)i;
		if (span_is(name, notice_event_name(*ret_event)))
			return true;
	}
	return false;
}

/* Seen now, unless it was known before. */
static int64_t seen_at(const struct told *v, size_t n, const struct told *t, int64_t now)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].event == t->event && strcmp(v[i].name, t->name) == 0)
			return v[i].seen_at;
	return now;
}

static void read_told(struct watch *w, struct desk *d, const json_t *v)
{
	size_t before_count = w->n;
	struct told *before = arena_alloc_n(d->arena, TROUBLES_MAX, sizeof(*before));

	memcpy(before, w->told, sizeof(w->told));
	w->n = 0;
	for (size_t i = 0; i < json_array_size(v) && w->n < TROUBLES_MAX; i++) {
		const json_t *j = json_array_get(v, i);
		struct told *t = &w->told[w->n];

		if (!event_of(json_span(j, "event"), &t->event))
			continue;
		snprintf(t->name, sizeof(t->name), SPAN_FMT, SPAN_ARG(json_span(j, "name")));
		t->since_at = json_int(j, "since", d->now);
		t->seen_at = seen_at(before, before_count, t, d->now);
		w->n++;
	}
}

/* What was told is told by each node of itself. */
static const char *state_key(const struct desk *d)
{
	struct span node = store_node_name(d->store);

	return node.n ? arena_printf(d->arena, "troubles " SPAN_FMT, SPAN_ARG(node)) : "troubles";
}

static int read_state(struct watch *w, struct desk *d, struct err *e)
{
	json_t *v JSON_AUTO = NULL;
	struct span text;

	if (store_meta_get(d->store, state_key(d), d->arena, &text, e) < 0)
		return -1;
	if (text.p && json_read(text, &v, e) < 0)
		return -1;
	read_told(w, d, v);
	w->read = true;
	return 0;
}

static int write_state(struct desk *d, const struct told *v, size_t n, struct err *e)
{
	json_t *all JSON_AUTO = json_array();
	struct buf text BUF_AUTO;

	buf_init(&text, STATE_MAX);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, json_pack("{s:s, s:o, s:I}", "event",
						     notice_event_name(v[i].event), "name",
						     json_of_span(span_of(v[i].name)), "since",
						     (json_int_t)v[i].since_at));
	json_write(all, true, &text);
	return store_meta_set(d->store, state_key(d), buf_span(&text), e);
}

/* --- a look --- */

struct look {
	struct trouble v[TROUBLES_MAX];
	size_t n;
	struct trouble_gaps gaps; /* looked at again soon */
	struct told told[TROUBLES_MAX];
	size_t told_count;
	bool changed;
};

static bool is_same(const struct told *t, const struct trouble *trouble)
{
	return t->event == trouble->event && strcmp(t->name, trouble->name) == 0;
}

static bool is_there(struct look *l, const struct told *t)
{
	for (size_t i = 0; i < l->n; i++)
		if (is_same(t, &l->v[i]))
			return true;
	return false;
}

static bool is_told(const struct look *l, const struct trouble *trouble)
{
	for (size_t i = 0; i < l->told_count; i++)
		if (is_same(&l->told[i], trouble))
			return true;
	return false;
}

/* Whose words and `notices` count: of a mailbox its own. */
static const struct conf_queue *queue_of(const struct desk *d, const char *name)
{
	const struct conf_mailbox *m = conf_mailbox_find(d->conf, name);

	return desk_queue(d, span_of(m ? m->queue : ""));
}

static int tell(struct desk *d, const struct trouble *t, bool over, struct err *e)
{
	struct post_trouble p = { .event = t->event,
				  .over = over,
				  .name = span_of(t->name),
				  .text = span_of(t->text),
				  .since_at = t->since_at,
				  .queue = queue_of(d, t->name) };

	return post_trouble(d, &p, e);
}

static int tell_ends(struct watch *w, struct desk *d, struct look *l, struct err *e)
{
	for (size_t i = 0; i < w->n; i++) {
		struct told t = w->told[i];
		struct trouble over = { t.event, w->told[i].name, t.since_at, "" };

		if (is_there(l, &t))
			t.seen_at = d->now;
		if (l->gaps.of[t.event] || d->now - t.seen_at < WATCH_OVER_S) {
			l->told[l->told_count++] = t;
			continue;
		}
		l->changed = true;
		if (tell(d, &over, true, e) < 0)
			return -1;
	}
	return 0;
}

static int tell_beginnings(struct desk *d, struct look *l, struct err *e)
{
	for (size_t i = 0; i < l->n && l->told_count < TROUBLES_MAX; i++) {
		const struct trouble *t = &l->v[i];
		struct told *told = &l->told[l->told_count];

		if (is_told(l, t))
			continue;
		if (tell(d, t, false, e) < 0)
			return -1;
		*told =
		    (struct told){ .event = t->event, .since_at = t->since_at, .seen_at = d->now };
		snprintf(told->name, sizeof(told->name), "%s", t->name);
		l->told_count++;
		l->changed = true;
	}
	return 0;
}

static int look(struct watch *w, struct desk *d, struct look *l, struct err *e)
{
	struct trouble_view view = { intake_mailboxes(w->intake), w->grants, &w->roles };
	struct store *txn STORE_TXN = NULL;

	if (!w->read && read_state(w, d, e) < 0)
		return -1;
	l->n = trouble_look(w->bench, &view, l->v, &l->gaps);
	txn = d->store;
	if (store_begin(txn, e) < 0 || tell_ends(w, d, l, e) < 0 || tell_beginnings(d, l, e) < 0)
		return -1;
	return l->changed &&
		       (write_state(d, l->told, l->told_count, e) < 0 || store_commit(txn, e) < 0)
		   ? -1
		   : 0;
}

static void look_again_soon(struct watch *w)
{
	w->next_ms = bench_now_ms(w->bench) + RETRY_MS;
	loop_timer_start(w->bench->loop, &w->retry, RETRY_MS);
}

void watch_turn(struct watch *w)
{
	struct desk d = bench_desk(w->bench);
	struct look *l;
	struct err e = { 0 };

	if (bench_now_ms(w->bench) < w->next_ms || w->bench->stopping || !d.conf->operators.n ||
	    !bench_may(w->bench))
		return;
	w->next_ms = bench_now_ms(w->bench) + WATCH_EVERY_MS;
	l = arena_alloc(d.arena, sizeof(*l));
	*l = (struct look){ 0 };
	if (look(w, &d, l, &e) < 0) {
		log_event(LOG_WARNING, "watch.trouble", log_reason(&e));
		w->read = false; /* a commit that failed may have happened */
		look_again_soon(w);
		return;
	}
	if (l->gaps.any)
		look_again_soon(w);
	memcpy(w->told, l->told, sizeof(w->told));
	w->n = l->told_count;
	if (l->changed)
		delivery_wake(w->delivery);
}
