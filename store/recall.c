#include "store/recall.h"

enum {
	CASE = 1,
	ACCOUNT = 2,
	LIVING = 4,
	DEADLINES = 8,
	NO_PEOPLE = 16,
	NO_LINKS = 32,
	SPENT = 64,
	UNSPENT = 128,
	PLACE = 256,
	CALM = 512,
	ALL = CASE | ACCOUNT | LIVING | DEADLINES | NO_PEOPLE | NO_LINKS | SPENT | UNSPENT | PLACE |
	      CALM
};

/* No trigger writes to one of these; a row that is deleted may take others with it. */
static uint16_t voids_of(const char *text)
{
	static const struct {
		struct span table;
		uint16_t kind;
	} tables[] = {
		{ SPAN_LITERAL("cases"), CASE },
		{ SPAN_LITERAL("account"), ACCOUNT },
		{ SPAN_LITERAL("contact"), ACCOUNT },
		{ SPAN_LITERAL("domain"), ACCOUNT },
		{ SPAN_LITERAL("dead_address"), LIVING },
		{ SPAN_LITERAL("deadline"), DEADLINES },
		{ SPAN_LITERAL("link"), NO_LINKS },
		{ SPAN_LITERAL("participant"), NO_PEOPLE },
		{ SPAN_LITERAL("budget"), SPENT | UNSPENT },
		{ SPAN_LITERAL("mail"), PLACE },
		{ SPAN_LITERAL("storm"), CALM },
	};
	struct span target = sql_table(text);

	if (sql_reads(text))
		return 0;
	if (sql_begins(text, "DELETE"))
		return ALL;
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		if (span_eq(target, tables[i].table))
			return tables[i].kind;
	return target.n ? 0 : ALL;
}

void recall_init(struct recall *r, const struct sql_dialect *sql)
{
	*r = (struct recall){ .has = 0 };
	for (int id = 0; id < SQL_COUNT; id++)
		r->voids[id] = voids_of(sql->statements[id].text);
	r->voids[SQL_BUDGET_TAKE] = 0; /* it is counted on */
	buf_init(&r->account_key, SIZE_MAX);
	buf_init(&r->living, SIZE_MAX);
	buf_init(&r->mailbox, SIZE_MAX);
}

void recall_release(struct recall *r)
{
	arena_release(&r->case_arena);
	arena_release(&r->account_arena);
	arena_release(&r->deadline_arena);
	spent_release(&r->spent);
	buf_release(&r->account_key);
	buf_release(&r->living);
	buf_release(&r->mailbox);
}

void recall_look(struct recall *r, enum sql_id id)
{
	r->has &= (uint16_t)~r->voids[id];
	r->asked &= (uint16_t)~r->voids[id];
}

void recall_forget(struct recall *r)
{
	r->has = 0;
}

void recall_undo(struct recall *r)
{
	r->has = r->asked = 0;
}

/* --- cases --- */

enum { CASE_TEXTS = 14 };

static void texts_of(struct store_case *c, struct span *ret_v[CASE_TEXTS])
{
	struct span *const texts[CASE_TEXTS] = {
		&c->queue,    &c->kind,		  &c->channel,
		&c->subject,  &c->requester_name, &c->requester_address,
		&c->account,  &c->behalf,	  &c->reseller,
		&c->owner,    &c->rule,		  &c->resource,
		&c->language, &c->written_to,
	};

	memcpy(ret_v, texts, sizeof(texts));
}

static struct store_case copy_case(struct arena *a, const struct store_case *from)
{
	struct store_case c = *from;
	struct span *texts[CASE_TEXTS];

	texts_of(&c, texts);
	for (int i = 0; i < CASE_TEXTS; i++)
		*texts[i] = arena_dup(a, *texts[i]);
	return c;
}

void recall_keep_case(struct recall *r, const struct store_case *c)
{
	arena_reset(&r->case_arena);
	r->c = copy_case(&r->case_arena, c);
	r->has |= CASE;
}

bool recall_case(const struct recall *r, int64_t number, struct arena *a,
		 struct store_case *ret_case)
{
	if (!(r->has & CASE) || r->c.number != number)
		return false;
	*ret_case = copy_case(a, &r->c);
	return true;
}

bool recall_is_case(const struct recall *r, const struct store_case *c)
{
	struct store_case is = r->c, should = *c;
	struct span *a[CASE_TEXTS], *b[CASE_TEXTS];
	bool same = r->has & CASE && is.number == should.number && is.severity == should.severity &&
		    is.severity_requested == should.severity_requested &&
		    is.state == should.state && is.top_visible == should.top_visible &&
		    is.priority == should.priority && is.merged_into == should.merged_into;

	texts_of(&is, a);
	texts_of(&should, b);
	for (int i = 0; i < CASE_TEXTS && same; i++)
		same = span_eq(*a[i], *b[i]);
	return same;
}

bool recall_has_requester(const struct recall *r, const struct store_case *c)
{
	return r->has & CASE && r->c.number == c->number &&
	       span_eq(r->c.requester_address, c->requester_address);
}

bool recall_is_requester(const struct recall *r, int64_t number, struct span address)
{
	return r->has & CASE && r->c.number == number && address.n &&
	       span_eq_ci(r->c.requester_address, address);
}

void recall_keep_made(struct recall *r, int64_t number)
{
	r->made = number;
	r->has |= NO_PEOPLE | NO_LINKS | UNSPENT;
}

bool recall_has_no_people(const struct recall *r, int64_t number)
{
	return r->has & NO_PEOPLE && r->made == number;
}

bool recall_has_no_links(const struct recall *r, int64_t number)
{
	return r->has & NO_LINKS && r->made == number;
}

/* --- budgets --- */

struct spent *recall_spent(struct recall *r, bool keep)
{
	if (!keep || !spent_has_room(&r->spent))
		r->has &= (uint16_t) ~(SPENT | UNSPENT);
	if (!(r->has & SPENT))
		spent_forget(&r->spent);
	r->has |= keep ? SPENT : 0;
	return &r->spent;
}

bool recall_is_unspent(const struct recall *r, int64_t number)
{
	return r->has & UNSPENT && r->made == number;
}

/* --- deadlines --- */

static struct store_deadline copy_deadline(struct arena *a, const struct store_deadline *from)
{
	struct store_deadline d = *from;

	d.clock = arena_dup(a, d.clock);
	d.target = arena_dup(a, d.target);
	d.rule = arena_dup(a, d.rule);
	return d;
}

void recall_keep_deadlines(struct recall *r, const struct store_deadline v[STORE_DEADLINE_CLOCKS])
{
	arena_reset(&r->deadline_arena);
	for (int i = 0; i < STORE_DEADLINE_CLOCKS; i++)
		r->deadlines[i] = copy_deadline(&r->deadline_arena, &v[i]);
	r->has |= DEADLINES;
}

bool recall_deadlines(const struct recall *r, int64_t number, struct arena *a,
		      struct store_deadline **ret_v)
{
	struct store_deadline *v;

	if (!(r->has & DEADLINES) || r->deadlines[0].case_number != number)
		return false;
	v = arena_alloc_n(a, STORE_DEADLINE_CLOCKS, sizeof(*v));
	for (int i = 0; i < STORE_DEADLINE_CLOCKS; i++)
		v[i] = copy_deadline(a, &r->deadlines[i]);
	*ret_v = v;
	return true;
}

/* --- addresses --- */

/* Without an address or an account there is none. */
static void copy(struct arena *a, struct span *const v[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v[i]->p)
			*v[i] = arena_dup(a, *v[i]);
}

static struct store_account copy_account(struct arena *a, const struct store_account *from)
{
	struct store_account v = *from;
	struct span *const texts[] = { &v.id,	      &v.name,	       &v.package, &v.reseller,
				       &v.parent,     &v.flags,	       &v.origin,  &v.contact_name,
				       &v.team_phone, &v.team_address, &v.language };

	copy(a, texts, sizeof(texts) / sizeof(*texts));
	return v;
}

static struct store_contact copy_contact(struct arena *a, const struct store_contact *from)
{
	struct store_contact v = *from;
	struct span *const texts[] = { &v.address, &v.name, &v.account, &v.language, &v.person };

	copy(a, texts, sizeof(texts) / sizeof(*texts));
	return v;
}

static void put_key(struct span address, bool domain_too, struct buf *out)
{
	buf_clear(out);
	buf_addc(out, domain_too ? 'd' : 'a');
	buf_add(out, address);
}

static bool is_key(struct span key, struct span address, bool domain_too)
{
	return key.n && key.p[0] == (domain_too ? 'd' : 'a') &&
	       span_eq(span_sub(key, 1, SIZE_MAX), address);
}

void recall_keep_account(struct recall *r, struct span address, bool domain_too,
			 const struct store_account *account, const struct store_contact *contact)
{
	put_key(address, domain_too, &r->account_key);
	arena_reset(&r->account_arena);
	r->account = copy_account(&r->account_arena, account);
	r->contact = copy_contact(&r->account_arena, contact);
	r->has |= ACCOUNT;
}

bool recall_account(const struct recall *r, struct span address, bool domain_too, struct arena *a,
		    struct store_account *ret_account, struct store_contact *ret_contact)
{
	if (!(r->has & ACCOUNT) || !is_key(buf_span(&r->account_key), address, domain_too))
		return false;
	*ret_account = copy_account(a, &r->account);
	*ret_contact = copy_contact(a, &r->contact);
	return true;
}

/* Who is one person with nobody: no contact, or one without a person. */
static bool is_alone(const struct recall *r, struct span address)
{
	return r->has & ACCOUNT && r->contact.person.n == 0 &&
	       span_eq_ci(span_sub(buf_span(&r->account_key), 1, SIZE_MAX), address);
}

bool recall_is_outside(const struct recall *r, int64_t number, struct span address)
{
	return recall_has_no_people(r, number) && r->has & CASE && r->c.number == number &&
	       !span_eq_ci(r->c.requester_address, address) &&
	       (is_alone(r, r->c.requester_address) || is_alone(r, address));
}

void recall_keep_living(struct recall *r, struct span address, int64_t now)
{
	r->living_at = now;
	buf_clear(&r->living);
	buf_add(&r->living, address);
	r->has |= LIVING;
}

bool recall_living(const struct recall *r, struct span address, int64_t now)
{
	return r->has & LIVING && r->living_at == now && span_eq(buf_span(&r->living), address);
}

/* --- places --- */

void recall_keep_place(struct recall *r, const struct store_mail *m,
		       const struct store_mail_place *place)
{
	buf_clear(&r->mailbox);
	buf_add(&r->mailbox, m->location.mailbox);
	r->at = (struct store_mail){ .location = m->location,
				     .received_at = m->received_at,
				     .size = m->size };
	r->at.location.mailbox = buf_span(&r->mailbox);
	r->place = *place;
	r->has |= PLACE;
}

bool recall_place(const struct recall *r, const struct store_mail *m,
		  struct store_mail_place *ret_place)
{
	const struct store_mail *at = &r->at;

	if (!(r->has & PLACE) || at->location.uid != m->location.uid ||
	    at->location.uidvalidity != m->location.uidvalidity || at->size != m->size ||
	    at->received_at != m->received_at ||
	    !span_eq(at->location.mailbox, m->location.mailbox))
		return false;
	*ret_place = r->place;
	return true;
}

/* --- storms --- */

void recall_keep_calm(struct recall *r, int64_t key)
{
	r->calm = key;
	r->has |= CALM;
}

bool recall_is_calm(const struct recall *r, int64_t key)
{
	return r->has & CALM && r->calm == key;
}

/* --- tables without a row --- */

static uint16_t kind_of(enum bare_table table)
{
	return table == BARE_DEAD ? LIVING : ACCOUNT;
}

void recall_keep_none(struct recall *r, enum bare_table table, bool none)
{
	r->asked |= kind_of(table);
	r->none &= (uint16_t)~kind_of(table);
	r->none |= none ? kind_of(table) : 0;
}

bool recall_none(const struct recall *r, enum bare_table table, bool *ret_none)
{
	*ret_none = r->none & kind_of(table);
	return r->asked & kind_of(table);
}
