#include "gatewayd/sender/lanes.h"

#include "gatewayd/base/mem.h"
#include "gatewayd/sender/lanes_inside.h"

enum {
	LOOK_MS = 100,	 /* between looks at what has no reply yet */
	SOON_MS = 20,	 /* while others have one */
	RECENT = 4,	 /* mails of a domain that its time is taken of */
	RECENT_ALL = 16, /* and of all, */
	RECENT_LESS = 4, /* or that are quicker than all before */
	FIRST_ENDS = 8,	 /* mails that say little of a server, as much has to begin for them */
	DOMAINS_MAX = LANES_MAILS_MAX * 2,
};

void lanes_init(struct lanes *l, size_t most)
{
	*l = (struct lanes){ .most = most, .ms = -1, .told_ms = -1 };
	l->open = most < LANES_FIRST ? most : LANES_FIRST;
	l->domains = mem_alloc_n(DOMAINS_MAX, sizeof(*l->domains));
}

void lanes_forget_gone(struct lanes_gone **at)
{
	struct lanes_gone *g = *at;

	*at = g->next;
	mem_free(&g->recipient);
	mem_free(&g);
}

void lanes_release(struct lanes *l)
{
	for (size_t i = 0; i < l->domain_count; i++)
		mem_free(&l->domains[i].name);
	mem_free(&l->domains);
	while (l->gone)
		lanes_forget_gone(&l->gone);
}

/* --- domains --- */

static bool is_idle(const struct lanes_domain *d)
{
	return d->waiting == 0 && d->out == 0;
}

static void domain_fill(struct lanes_domain *d, struct span name)
{
	mem_free(&d->name);
	*d = (struct lanes_domain){ .name = mem_dup_span(name), .n = name.n, .ms = -1 };
}

/* A free place, or that of the one that was not used for the longest time: more are not in use. */
static struct lanes_domain *domain_new(struct lanes *l, struct span name)
{
	struct lanes_domain *d = NULL;

	if (l->domain_count < DOMAINS_MAX) {
		d = &l->domains[l->domain_count++];
	} else {
		for (size_t i = 0; i < l->domain_count; i++)
			if (is_idle(&l->domains[i]) && (!d || l->domains[i].used_ms < d->used_ms))
				d = &l->domains[i];
		l->changed |= d->slow;
	}
	domain_fill(d, name);
	return d;
}

static struct lanes_domain *domain_of(struct lanes *l, struct span name)
{
	for (size_t i = 0; i < l->domain_count; i++) {
		struct lanes_domain *d = &l->domains[i];

		if (span_eq((struct span){ d->name, d->n }, name))
			return d;
	}
	return domain_new(l, name);
}

static size_t at_least_one(size_t n)
{
	return n ? n : 1;
}

/* It is slow, or may be. */
static bool is_doubtful(const struct lanes_domain *d)
{
	return d->slow || d->ms < 0;
}

size_t lanes_share(const struct lanes *l, const struct lanes_domain *d)
{
	return is_doubtful(d) ? at_least_one(l->most / 8) : l->most - l->most / 8;
}

/* And so many now. */
static size_t share_now(const struct lanes *l, const struct lanes_domain *d)
{
	bool others_wait = l->waiting_count > d->waiting;

	return is_doubtful(d) && others_wait ? at_least_one(l->most / 16) : lanes_share(l, d);
}

size_t lanes_slow_share(const struct lanes *l, bool hangs)
{
	return at_least_one(l->most / (hangs ? 2 : 4));
}

static size_t slow_share_now(const struct lanes *l, bool hangs)
{
	size_t quick = l->waiting_count;

	for (size_t i = 0; i < l->domain_count; i++)
		quick -= l->domains[i].slow ? l->domains[i].waiting : 0;
	if (quick && hangs && l->most == 1)
		return 0;
	return quick ? at_least_one(l->most / 8) : lanes_slow_share(l, hangs);
}

/* Others can have ended meanwhile that began before it, but no more than there are lanes. */
static bool is_passed(const struct lanes *l, const struct lanes_mail *m)
{
	return l->ended - m->before >= l->most * 2;
}

static double slow_from_ms(const struct lanes *l, bool passed)
{
	double ms = l->ms * LANES_SLOW_TIMES, least = passed ? LANES_PASSED_MS : LANES_SLOW_MS;

	return ms > least ? ms : least;
}

static size_t slow_count(const struct lanes *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->domain_count; i++)
		n += l->domains[i].slow;
	return n;
}

/* By one of its mails.  Once slow, it is so until it takes half of that. */
static void judge(struct lanes *l, struct lanes_domain *d, const struct lanes_mail *m)
{
	double from_ms = slow_from_ms(l, is_passed(l, m));
	bool slow =
	    d->slow ? d->ms > from_ms / 2 : d->ms > from_ms && slow_count(l) < LANES_SLOW_MAX;
	bool hangs = slow && d->ms > LANES_SLOW_MS;

	l->changed |= slow != d->slow || hangs != d->hangs;
	d->slow = slow;
	d->hangs = hangs;
}

/* Of all what few slow ones hardly move: a time counts for no more than twice what is known. */
static void learn(struct lanes *l, const struct lanes_mail *m)
{
	struct lanes_domain *d = m->at;
	double ms = (double)m->took_ms, most = l->ms * 2 + 1;

	l->ms += l->ms < 0
		     ? ms - l->ms
		     : ((ms < most ? ms : most) - l->ms) / (ms < l->ms ? RECENT_LESS : RECENT_ALL);
	d->ms += d->ms < 0 ? ms - d->ms : (ms - d->ms) / RECENT;
	l->changed |= l->ms > l->told_ms * 2 + 1 || l->ms < l->told_ms / 2 - 1;
	judge(l, d, m);
}

/* --- mails --- */

static void append(struct lanes_mail **list, struct lanes_mail *m)
{
	while (*list)
		list = &(*list)->next;
	m->next = NULL;
	*list = m;
}

void lanes_take_out(struct lanes_mail **list, const struct lanes_mail *m)
{
	while (*list != m)
		list = &(*list)->next;
	*list = m->next;
}

void lanes_leave_waiting(struct lanes *l, struct lanes_mail **list, struct lanes_mail *m)
{
	lanes_take_out(list, m);
	l->waiting_count--;
	m->at->waiting--;
	l->changed |= m->at->slow;
}

bool lanes_is_one_conversation(const struct lanes_mail *a, const struct lanes_mail *b)
{
	return a->case_number && a->case_number == b->case_number &&
	       span_eq_ci(a->recipient, b->recipient);
}

/* That went back, or is about to. */
static bool follows_gone(const struct lanes *l, const struct lanes_mail *m)
{
	for (const struct lanes_mail *o = l->waiting; o; o = o->next)
		if (o->goes_back && lanes_is_one_conversation(o, m))
			return true;
	for (const struct lanes_gone *g = l->gone; g; g = g->next)
		if (lanes_is_one_conversation(&g->mail, m))
			return true;
	return false;
}

bool lanes_add(struct lanes *l, struct lanes_mail *m, int64_t now_ms)
{
	if (l->waiting_count + l->out_count >= LANES_MAILS_MAX)
		return false;
	m->at = domain_of(l, m->domain);
	m->at->used_ms = now_ms;
	m->at->waiting++;
	m->since_ms = now_ms;
	m->took_ms = 0;
	m->goes_back = follows_gone(l, m);
	append(&l->waiting, m);
	l->waiting_count++;
	l->changed |= m->at->slow;
	return true;
}

static bool is_of_one_in(const struct lanes_mail *list, const struct lanes_mail *m)
{
	for (const struct lanes_mail *o = list; o; o = o->next)
		if (lanes_is_one_conversation(o, m))
			return true;
	return false;
}

/* The one before it is under way, or about to be; one that waits before it does so for what it
 * waits for, too. */
bool lanes_follows(const struct lanes *l, const struct lanes_mail *m)
{
	return is_of_one_in(l->out, m) || is_of_one_in(l->next, m);
}

static size_t slow_out(const struct lanes *l)
{
	size_t n = 0;

	for (const struct lanes_mail *o = l->out; o; o = o->next)
		n += o->at->slow;
	return n;
}

static size_t slow_out_as(const struct lanes *l, const struct lanes_domain *d)
{
	size_t n = 0;

	for (const struct lanes_mail *o = l->out; o; o = o->next)
		n += o->at->slow && o->at->hangs == d->hangs;
	return n;
}

bool lanes_has_room(const struct lanes *l, const struct lanes_domain *d)
{
	return d->out < lanes_share(l, d) &&
	       (!d->slow || slow_out_as(l, d) < lanes_slow_share(l, d->hangs));
}

/* out: so many of its mails are under way. */
static bool may_begin(const struct lanes *l, const struct lanes_domain *d, size_t out)
{
	return out < share_now(l, d) &&
	       (!d->slow || slow_out_as(l, d) < slow_share_now(l, d->hangs));
}

/* The first that may begin, however many lanes are open. */
static struct lanes_mail *first(const struct lanes *l)
{
	if (l->out_count >= l->most)
		return NULL;
	for (struct lanes_mail *m = l->waiting; m; m = m->next)
		if (!m->goes_back && may_begin(l, m->at, m->at->out) && !lanes_follows(l, m))
			return m;
	return NULL;
}

struct lanes_mail *lanes_next(const struct lanes *l, const struct lanes_mail *m)
{
	struct lanes_mail *o = l->waiting;

	if (is_doubtful(m->at) || l->out_count - slow_out(l) > l->open)
		return NULL;
	while (o && (o->goes_back || !may_begin(l, o->at, o->at->out - (o->at == m->at)) ||
		     lanes_follows(l, o)))
		o = o->next;
	return o && !is_doubtful(o->at) ? o : NULL;
}

/* Those that are slow do not need what is open: they have lanes of their own. */
static bool is_full(const struct lanes *l, const struct lanes_mail *m)
{
	return !m->at->slow && l->out_count - slow_out(l) >= l->open;
}

/* The quicker the server, the more of a mail's time is spent waiting for core, which writes down
 * the results of all lanes together. */
static int64_t grow_ms(const struct lanes *l)
{
	double ms = l->ended < FIRST_ENDS ? LANES_GROW_MS : l->ms * 2;

	return ms < LANES_GROW_LEAST_MS ? LANES_GROW_LEAST_MS
	       : ms < LANES_GROW_MS	? (int64_t)ms
					: LANES_GROW_MS;
}

static int64_t grows_at_ms(const struct lanes *l, const struct lanes_mail *m)
{
	return (m->since_ms > l->grown_ms ? m->since_ms : l->grown_ms) + grow_ms(l);
}

/* What waits then waits for core, which more connections would only share. */
static bool is_at_once(const struct lanes *l, int64_t now_ms)
{
	if (l->ms < 0 || l->ms >= LANES_AT_ONCE_MS)
		return false;
	for (const struct lanes_mail *o = l->out; o; o = o->next)
		if (!o->at->slow && lanes_awaited_ms(o, now_ms) > LANES_GROW_MS)
			return false;
	return true;
}

static bool grow(struct lanes *l, const struct lanes_mail *m, int64_t now_ms)
{
	if (l->open >= l->most || is_at_once(l, now_ms) || now_ms < grows_at_ms(l, m))
		return false;
	l->open++;
	l->grown_ms = now_ms;
	l->changed = true;
	return true;
}

static void go_out(struct lanes *l, struct lanes_mail **from, struct lanes_mail *m)
{
	lanes_leave_waiting(l, from, m);
	m->since_ms = 0;
	m->before = l->ended;
	m->at->out++;
	l->out_count++;
	append(&l->out, m);
}

void lanes_next_keep(struct lanes *l, struct lanes_mail *next)
{
	lanes_take_out(&l->waiting, next);
	append(&l->next, next);
}

void lanes_next_begin(struct lanes *l, struct lanes_mail *next)
{
	go_out(l, &l->next, next);
}

struct lanes_mail *lanes_begin(struct lanes *l, int64_t now_ms)
{
	struct lanes_mail *m = first(l);

	if (!m || (is_full(l, m) && !grow(l, m, now_ms)))
		return NULL;
	go_out(l, &l->waiting, m);
	return m;
}

void lanes_held(struct lanes_mail *m, int64_t now_ms)
{
	if (m->since_ms)
		m->took_ms += now_ms - m->since_ms;
	m->since_ms = 0;
}

void lanes_asked(struct lanes_mail *m, int64_t now_ms)
{
	lanes_held(m, now_ms);
	m->since_ms = now_ms;
}

void lanes_end(struct lanes *l, struct lanes_mail *m, bool told, int64_t now_ms)
{
	struct lanes_domain *d = m->at;

	lanes_held(m, now_ms);
	lanes_take_out(&l->out, m);
	l->out_count--;
	d->out--;
	d->used_ms = now_ms;
	l->changed |= d->slow;
	if (told)
		learn(l, m);
	l->ended++;
	if (l->waiting || l->next || l->open <= LANES_FIRST)
		return;
	l->open--;
	l->changed = true;
}

struct lanes_mail *lanes_drop(struct lanes *l)
{
	struct lanes_mail *m = l->waiting;

	if (m)
		lanes_leave_waiting(l, &l->waiting, m);
	return m;
}

/* --- looks --- */

/* 0: none is awaited. */
int64_t lanes_awaited_ms(const struct lanes_mail *m, int64_t now_ms)
{
	return m->since_ms ? m->took_ms + now_ms - m->since_ms : 0;
}

bool lanes_is_stuck(const struct lanes_mail *m, int64_t now_ms)
{
	return lanes_awaited_ms(m, now_ms) > LANES_SLOW_MS;
}

/* A reply that has not come takes so long already. */
static void look_at_out(struct lanes *l, int64_t now_ms)
{
	for (struct lanes_mail *m = l->out; m; m = m->next) {
		double ms = (double)lanes_awaited_ms(m, now_ms);

		if (ms <= slow_from_ms(l, is_passed(l, m)) || ms <= m->at->ms)
			continue;
		m->at->ms = ms;
		judge(l, m->at, m);
	}
}

bool lanes_is_soon(const struct lanes *l, const struct lanes_mail *m, int64_t now_ms)
{
	return (double)lanes_awaited_ms(m, now_ms) <= l->ms * 2 + 2;
}

bool lanes_is_due(const struct lanes *l, const struct lanes_mail *m, int64_t now_ms)
{
	double left_ms = l->ms - (double)lanes_awaited_ms(m, now_ms);

	return left_ms <= 1 + l->ms / LANES_DUE_PART && lanes_is_soon(l, m, now_ms);
}

static void forget(struct lanes *l, int64_t now_ms)
{
	for (size_t i = 0; i < l->domain_count; i++) {
		struct lanes_domain *d = &l->domains[i];

		if (!d->slow || !is_idle(d) || now_ms - d->used_ms < LANES_FORGET_MS)
			continue;
		d->ms = -1;
		d->slow = d->hangs = false;
		l->changed = true;
	}
}

int64_t lanes_look(struct lanes *l, int64_t now_ms)
{
	const struct lanes_mail *m = first(l);
	int64_t look_ms = l->ended == l->looked ? LOOK_MS : SOON_MS, grows_ms;

	l->looked = l->ended;
	look_at_out(l, now_ms);
	forget(l, now_ms);
	if (!m || l->open >= l->most)
		return l->out ? look_ms : -1;
	if (is_at_once(l, now_ms))
		return LANES_GROW_MS;
	grows_ms = grows_at_ms(l, m) - now_ms;
	return grows_ms > 0 ? grows_ms : 0;
}
