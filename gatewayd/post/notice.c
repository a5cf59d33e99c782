#include "gatewayd/post/notice.h"

#include "gatewayd/identity/automatic.h"
#include "gatewayd/post/help.h"

/* --- who --- */

enum { CONTACTS_MAX = 20 };

struct walk {
	struct desk *d;
	const struct notice *n;
	const struct store_case *c;
	const struct conf_queue *queue;
	const struct notice_cell *cell;
	struct notice_to *v;
	size_t count, room;
};

static bool is_told(const struct walk *w, struct span address)
{
	for (size_t i = 0; i < w->count; i++)
		if (addrspec_eq(w->v[i].who.address, address))
			return true;
	return false;
}

static void grow(struct walk *w)
{
	struct notice_to *v;

	if (w->count < w->room)
		return;
	w->room = w->room ? w->room * 2 : 8;
	v = arena_alloc_n(w->d->arena, w->room, sizeof(*v));
	if (w->count)
		memcpy(v, w->v, w->count * sizeof(*v));
	w->v = v;
}

/* The mail that is told of went to them. */
static bool has_it(const struct walk *w, struct span address)
{
	const struct post_had *had = w->n->said ? w->n->said->had : NULL;

	for (size_t i = 0; had && i < had->n; i++)
		if (addrspec_eq(had->v[i], address))
			return true;
	return false;
}

/* Words that a customer may be sent: of staff, or of a proven sender in the conversation. */
static bool is_passed_on(const struct walk *w)
{
	return w->n->said && w->n->said->had;
}

static void add(struct walk *w, struct post_person who)
{
	if (!who.address.n || is_told(w, who.address))
		return;
	grow(w);
	w->v[w->count++] = (struct notice_to){ w->cell, who };
}

static void add_customer(struct walk *w, struct post_person who)
{
	who.authenticated = who.authenticated || w->n->by_staff || is_passed_on(w);
	if (!has_it(w, who.address))
		add(w, who);
}

static void add_staff(struct walk *w, const char *address)
{
	if (w->n->actor && conf_staff_by_address(w->d->conf, span_of(address)) == w->n->actor)
		return;
	add(w, (struct post_person){ span_of(address), SPAN(""), false, SPAN("") });
}

static void add_words(struct walk *w, const struct policy_words *addresses)
{
	for (size_t i = 0; i < addresses->n; i++)
		add_staff(w, addresses->v[i]);
}

/* One of the case, whose mails must have been answerable; what staff write themselves is theirs to
 * send. */
static int add_reached(struct walk *w, struct span address, struct span name, struct err *e)
{
	struct post_person who = { address, name, false, SPAN("") };
	enum reach reach = REACH_UNKNOWN;

	if (!w->n->by_staff) {
		if (!address.n || automatic_refuse(address, w->d->conf))
			return 0;
		if (store_reach_get(w->d->store, w->c->number, address, &reach, e) < 0)
			return -1;
		who.authenticated = reach == REACH_PROVEN;
	}
	if (reach != REACH_NOBODY)
		add_customer(w, who);
	return 0;
}

static int requester(struct walk *w, struct err *e)
{
	const struct store_case *c = w->c;

	if (!w->n->to.address.n && c)
		return add_reached(w, c->requester_address, c->requester_name, e);
	add_customer(w, w->n->to);
	return 0;
}

static int participants(struct walk *w, struct err *e)
{
	struct store_person *v;
	size_t n;

	if (store_participant_list(w->d->store, w->c->number, w->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (add_reached(w, v[i].address, v[i].name, e) < 0)
			return -1;
	return 0;
}

/* Those who may see all cases of the account; where it has none such, all of it. */
static int contacts(struct walk *w, struct span account, struct err *e)
{
	struct store_contact *v;
	bool company = false;
	size_t n, told = 0;

	if (store_contact_list(w->d->store, account, w->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		company = company || v[i].company;
	for (size_t i = 0; i < n && told < CONTACTS_MAX; i++) {
		if ((company && !v[i].company) ||
		    addrspec_eq(v[i].address, w->c->requester_address))
			continue;
		add_customer(
		    w, (struct post_person){ v[i].address, v[i].name, w->n->proven, SPAN("") });
		told++;
	}
	return 0;
}

static int first_line(struct walk *w, struct err *e)
{
	return w->c->reseller.n ? contacts(w, w->c->reseller, e) : 0;
}

static int indirect(struct walk *w, struct err *e)
{
	const struct store_case *c = w->c;

	return c->behalf.n && !c->reseller.n && !c->top_visible ? contacts(w, c->behalf, e) : 0;
}

/* Who was named by #away; nobody while that person is in. */
static int deputy(struct walk *w, const struct conf_staff *staff, struct err *e)
{
	const struct conf_staff *other;
	struct store_away away;

	if (store_away_get(w->d->store, span_of(staff->id), w->d->now, w->d->arena, &away, e) < 0)
		return -1;
	if (!away.staff.p)
		return 0;
	other = conf_staff_find(w->d->conf, arena_cstr(w->d->arena, away.deputy));
	if (other)
		add_staff(w, other->addresses.v[0]);
	return 0;
}

/* Away or not; whoever stands in hears of it, too. */
static int owner(struct walk *w, struct err *e)
{
	const struct conf_staff *staff = post_owner(w->d, w->c);

	if (!staff)
		return 0;
	add_staff(w, staff->addresses.v[0]);
	return deputy(w, staff, e);
}

static int previous_owner(struct walk *w, struct err *e)
{
	struct span id = w->n->change ? w->n->change->before : SPAN("");
	const struct conf_staff *staff =
	    id.n ? conf_staff_find(w->d->conf, arena_cstr(w->d->arena, id)) : NULL;

	(void)e;
	if (staff)
		add_staff(w, staff->addresses.v[0]);
	return 0;
}

static int queue(struct walk *w, struct err *e)
{
	(void)e;
	add_words(w, &w->queue->notify);
	return 0;
}

static int other_queues(struct walk *w, struct err *e)
{
	(void)e;
	for (size_t i = 0; i < w->n->queue_count; i++)
		add_words(w, &w->n->queues[i]->notify);
	return 0;
}

static int author(struct walk *w, struct err *e)
{
	(void)e;
	add_staff(w, w->n->staff->addresses.v[0]);
	return 0;
}

static int holder(struct walk *w, struct err *e)
{
	(void)e;
	add(w, (struct post_person){ w->n->holder, SPAN(""), false, SPAN("") });
	return 0;
}

static int escalation(struct walk *w, struct err *e)
{
	(void)e;
	for (size_t i = 0; i < w->queue->escalation_count; i++)
		if (w->queue->escalations[i].level <= w->n->level)
			add_staff(w, w->queue->escalations[i].address);
	return 0;
}

static int operators(struct walk *w, struct err *e)
{
	(void)e;
	add_words(w, &w->d->conf->operators);
	return 0;
}

/* --- when --- */

static bool always(const struct walk *w)
{
	(void)w;
	return true;
}

static bool is_single(const struct walk *w)
{
	return !w->n->together;
}

static bool is_unowned(const struct walk *w)
{
	return !post_owner(w->d, w->c);
}

static bool is_named(const struct walk *w)
{
	return post_owner(w->d, w->c) && !(w->n->change && w->n->change->answered);
}

static bool is_closed(const struct walk *w)
{
	return w->c->state == CASE_CLOSED;
}

static bool is_not_closed(const struct walk *w)
{
	return !is_closed(w);
}

static bool is_answerable(const struct walk *w)
{
	return w->n->to.address.n > 0;
}

static bool is_callable(const struct walk *w)
{
	return is_answerable(w) && (w->queue->phone || w->queue->portal);
}

/* Still one whom we write to as staff: their own address, or one of a queue's list. */
static bool is_listed(const struct walk *w)
{
	const struct conf *conf = w->d->conf;

	if (conf_staff_by_address(conf, w->n->holder))
		return true;
	for (size_t q = 0; q < conf->queue_count; q++)
		for (size_t i = 0; i < conf->queues[q].notify.n; i++)
			if (addrspec_eq(span_of(conf->queues[q].notify.v[i]), w->n->holder))
				return true;
	return false;
}

static bool is_over(const struct walk *w)
{
	return w->n->trouble->over;
}

static bool is_beginning(const struct walk *w)
{
	return !is_over(w);
}

static bool holds(const struct walk *w)
{
	static bool (*const whens[])(const struct walk *) = {
		[NOTICE_WHEN_ALWAYS] = always,
		[NOTICE_WHEN_SINGLE] = is_single,
		[NOTICE_WHEN_UNOWNED] = is_unowned,
		[NOTICE_WHEN_CLOSED] = is_closed,
		[NOTICE_WHEN_NOT_CLOSED] = is_not_closed,
		[NOTICE_WHEN_ANSWERABLE] = is_answerable,
		[NOTICE_WHEN_PASSED_ON] = is_passed_on,
		[NOTICE_WHEN_LISTED] = is_listed,
		[NOTICE_WHEN_BEGINS] = is_beginning,
		[NOTICE_WHEN_OVER] = is_over,
		[NOTICE_WHEN_NAMED] = is_named,
		[NOTICE_WHEN_CALLABLE] = is_callable,
	};

	return whens[w->cell->when](w) && notice_is_on(w->cell, w->queue);
}

int notice_whom(struct desk *d, const struct notice *n, const struct store_case *c,
		struct notice_to **ret_v, size_t *ret_n, struct err *e)
{
	static int (*const audiences[NOTICE_AUDIENCE_COUNT])(struct walk *, struct err *) = {
		[NOTICE_TO_REQUESTER] = requester,   [NOTICE_TO_PARTICIPANTS] = participants,
		[NOTICE_TO_FIRST_LINE] = first_line, [NOTICE_TO_INDIRECT] = indirect,
		[NOTICE_TO_OWNER] = owner,	     [NOTICE_TO_PREVIOUS] = previous_owner,
		[NOTICE_TO_QUEUE] = queue,	     [NOTICE_TO_OTHER_QUEUES] = other_queues,
		[NOTICE_TO_AUTHOR] = author,	     [NOTICE_TO_HOLDER] = holder,
		[NOTICE_TO_ESCALATION] = escalation, [NOTICE_TO_OPERATORS] = operators,
	};
	struct walk w = { .d = d, .n = n, .c = c };

	w.queue = c ? desk_queue(d, c->queue) : n->queue;
	for (size_t i = 0; i < notice_cell_count; i++) {
		w.cell = &notice_cells[i];
		if (w.cell->event == n->event && holds(&w) &&
		    audiences[w.cell->audience](&w, e) < 0)
			return -1;
	}
	*ret_v = w.v;
	*ret_n = w.count;
	return 0;
}

/* --- what --- */

static const struct notice_fill *fill_of(const char *template)
{
	const struct notice_fill *tables[] = { notice_customer_fills, notice_staff_fills,
					       notice_brief_fills,    notice_digest_fills,
					       notice_morning_fills,  notice_operator_fills };

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct notice_fill *f = tables[i]; f->template; f++)
			if (strcmp(f->template, template) == 0)
				return f;
	return NULL; /* of alarms, which are told of many cases at once */
}

/* The mail that is answered: another than who wrote it has not. */
static bool has_seen(const struct notice *n, const struct notice_to *to)
{
	return notice_for_staff(to->cell->audience) || !n->to.address.n ||
	       addrspec_eq(n->to.address, to->who.address);
}

static int tell_one(struct desk *d, const struct notice *n, const struct store_case *c,
		    const struct notice_to *to, struct err *e)
{
	const struct notice_fill *f = fill_of(to->cell->template);
	struct mime_thread none = { .message_id = SPAN("") };
	struct compose_mail mail =
	    c ? post_about(d, f->template, c) : post_answer(d, f->template, n->queue, &none);

	mail.cause = f->cause;
	mail.note = n->note;
	if (n->thread && f->cause == COMPOSE_ANSWER && has_seen(n, to))
		mail.thread = *n->thread;
	if (notice_for_staff(to->cell->audience))
		post_to_staff(d, &mail, to->who.address);
	else
		post_to_customer(d, &mail, &to->who);
	if (!notice_for_staff(to->cell->audience) && help_team(d, &mail, e) < 0)
		return -1;
	if (f->fill && f->fill(d, &mail, n, e) < 0)
		return -1;
	return post_mail(d, &mail, e);
}

void post_say_about(struct desk *d, int64_t number)
{
	struct store_deadline *deadlines;
	struct store_person *people;
	struct store_link *links;
	struct err ignored;
	size_t n;

	(void)store_participant_list(d->store, number, d->arena, &people, &n, &ignored);
	(void)store_deadline_list(d->store, number, d->arena, &deadlines, &n, &ignored);
	(void)store_link_list(d->store, number, d->arena, &links, &n, &ignored);
}

static void say_whether(struct desk *d, const struct store_case *c, const struct notice_to *to)
{
	const struct notice_fill *f = fill_of(to->cell->template);

	post_say_refused(d, &(struct compose_mail){ .cause = f->cause,
						    .c = c,
						    .to.address = to->who.address,
						    .role = notice_for_staff(to->cell->audience)
								? TOKEN_STAFF
								: TOKEN_CUSTOMER,
						    .authenticated = to->who.authenticated });
}

/* With whether those may be told who are known without asking; what staff are told has the other
 * cases of the requester. */
static void say_ahead(struct desk *d, const struct notice *n, const struct store_case *c)
{
	struct notice_to *v;
	struct err ignored;
	bool staff = false;
	size_t count;

	if (!store_ahead_begin(d->store))
		return;
	post_say_about(d, c->number);
	if (notice_whom(d, n, c, &v, &count, &ignored) == 0)
		for (size_t i = 0; i < count; i++) {
			say_whether(d, c, &v[i]);
			staff = staff || notice_for_staff(v[i].cell->audience);
		}
	if (staff)
		post_say_open_cases(d, c);
	store_ahead_said(d->store);
}

int notice_tell(struct desk *d, const struct notice *n, struct err *e)
{
	struct store_case row, *c = n->number ? &row : NULL;
	struct notice_to *v;
	size_t count;

	if (c && store_case_get(d->store, n->number, d->arena, c, e) < 0)
		return -1;
	if (c)
		say_ahead(d, n, c);
	if (notice_whom(d, n, c, &v, &count, e) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (tell_one(d, n, c, &v[i], e) < 0)
			return -1;
	return 0;
}
