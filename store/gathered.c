#include "store/gathered.h"

#include <stdlib.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"
#include "store/content.h"

enum { ROOM = 256 * KIB };

void gathered_release(struct gathered *l)
{
	free(l->room);
}

void gathered_forget(struct gathered *l)
{
	l->n = l->used = 0;
}

/* --- now --- */

static int add_row(struct store *s, const struct store_outbox *o, int64_t *ret_id, struct err *e)
{
	enum outbox_state state = o->state == OUTBOX_UNKNOWN ? OUTBOX_CANCELLED : o->state;
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_OUTBOX_ADD, e);
	query_id(&q, o->case_number);
	query_id(&q, o->note_id);
	query_text(&q, o->kind);
	query_text(&q, o->sender);
	query_text(&q, o->recipient);
	query_text(&q, o->message_id);
	query_text(&q, o->subject);
	query_name(&q, outbox_state_name(state));
	query_at(&q, o->created_at);
	query_at(&q, o->next_at);
	query_int(&q, o->automatic);
	query_int(&q, o->content);
	query_text(&q, o->last_text);
	query_text(&q, o->hook);
	query_text(&q, o->domain);
	query_int(&q, o->attempts);
	query_text(&q, o->attempts ? store_node_name(s) : SPAN(""));
	return query_run_new(&q, ret_id);
}

static int hold_row(struct store *s, int64_t id, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_OUTBOX_HOLD, e);
	query_int(&q, id);
	return query_run(&q);
}

static int add_content(struct store *s, struct store_outbox *o, struct span message, struct err *e)
{
	return o->hook.n ? store_content(s, message, &o->content, e)
			 : store_content_goes(s, message, &o->content, e);
}

/* Or claims it at once, or holds it, which is counted. */
static int queue_row(struct store *s, struct store_outbox *o, struct err *e)
{
	bool at_once = added_takes(&s->added, o);

	o->state = at_once ? OUTBOX_SENDING : o->state;
	o->attempts = at_once;
	if (add_row(s, o, &o->id, e) < 0 ||
	    (o->state == OUTBOX_UNKNOWN && hold_row(s, o->id, e) < 0))
		return -1;
	if (at_once)
		added_put(&s->added, o);
	return 0;
}

static int add_now(struct store *s, const struct store_outbox *o, struct span message,
		   int64_t *ret_id, struct err *e)
{
	struct store_outbox row = *o;

	if (add_content(s, &row, message, e) < 0 || queue_row(s, &row, e) < 0)
		return -1;
	*ret_id = row.id;
	return 0;
}

/* --- later --- */

enum { TEXTS = 8 };

static void texts_of(struct store_outbox *o, struct span *ret_v[TEXTS])
{
	struct span *const texts[TEXTS] = { &o->kind,	    &o->sender,	 &o->recipient,
					    &o->message_id, &o->subject, &o->last_text,
					    &o->hook,	    &o->domain };

	memcpy(ret_v, texts, sizeof(texts));
}

static struct span keep(struct gathered *l, struct span bytes)
{
	char *to = l->room + l->used;

	if (bytes.n)
		memcpy(to, bytes.p, bytes.n);
	l->used += bytes.n;
	return (struct span){ to, bytes.n };
}

static bool has_room(const struct gathered *l, struct gathered_row *row)
{
	struct span *texts[TEXTS];
	size_t left = ROOM - l->used;

	texts_of(&row->o, texts);
	for (int i = 0; i < TEXTS; i++) {
		if (texts[i]->n > left)
			return false;
		left -= texts[i]->n;
	}
	return row->message.n <= left;
}

static void put(struct gathered *l, const struct gathered_row *row)
{
	struct gathered_row *to = &l->v[l->n++];
	struct span *texts[TEXTS];

	if (!l->room)
		l->room = mem_alloc(ROOM);
	*to = *row;
	texts_of(&to->o, texts);
	for (int i = 0; i < TEXTS; i++)
		*texts[i] = keep(l, *texts[i]);
	to->message = keep(l, row->message);
}

/* All of their contents, then all rows. */
static int add_all(struct store *s, struct gathered_row *v, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (add_content(s, &v[i].o, v[i].message, e) < 0)
			return -1;
	for (size_t i = 0; i < n; i++)
		if (queue_row(s, &v[i].o, e) < 0)
			return -1;
	return 0;
}

static void add_gathered(struct store *s)
{
	size_t n = s->gathered.n;
	struct err e;

	gathered_forget(&s->gathered); /* its own statements find nothing that waits */
	if (n && s->doomed.class == ERR_NONE && add_all(s, s->gathered.v, n, &e) < 0 &&
	    s->doomed.class == ERR_NONE)
		s->doomed = e;
}

void gathered_init(struct gathered *l, const struct sql_dialect *sql)
{
	l->add = add_gathered;
	for (int id = 0; id < SQL_COUNT; id++)
		l->concerns[id] = strstr(sql->statements[id].text, "outbox") != NULL;
}

/* Else the statement that adds it adds those that wait. */
static bool waits(struct store *s, const struct store_outbox *o, struct span message)
{
	struct gathered_row row = { *o, message };

	if (!s->gathered.is_on || s->gathered.n == GATHERED_MAX || !has_room(&s->gathered, &row))
		return false;
	put(&s->gathered, &row);
	return true;
}

int store_outbox_add(struct store *s, const struct store_outbox *o, struct span message,
		     int64_t *ret_id, struct err *e)
{
	int64_t ignored;

	if (o->state == OUTBOX_SENDING || o->state == OUTBOX_SENT || o->state == OUTBOX_FAILED ||
	    o->state == OUTBOX_BOUNCED)
		return err_set(e, ERR_BUG, "store: a new outbox row is %s",
			       outbox_state_name(o->state));
	if (store_needs_txn(s, "outbox_add", e) < 0)
		return -1;
	if (!ret_id && waits(s, o, message))
		return 0;
	return add_now(s, o, message, ret_id ? ret_id : &ignored, e);
}
