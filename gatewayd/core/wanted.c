#include "gatewayd/core/wanted.h"

#include "gatewayd/base/units.h"

enum { GONE_S = 7 * DAY_S };

static int add_new(struct store *s, const struct conf *conf, struct span me,
		   const struct wanted *known, bool *any, struct err *e)
{
	for (size_t i = 0; i < conf->mailbox_count; i++) {
		struct store_node_mailbox m = { me, span_of(conf->mailboxes[i].name) };

		if (wanted_by(known, me, m.mailbox))
			continue;
		if (store_node_mailbox_set(s, &m, true, e) < 0)
			return -1;
		*any = true;
	}
	return 0;
}

static int drop_old(struct store *s, const struct conf *conf, struct span me,
		    const struct wanted *known, bool *any, struct arena *a, struct err *e)
{
	for (size_t i = 0; i < known->n; i++) {
		if (!span_eq(known->v[i].node, me) ||
		    conf_mailbox_find(conf, arena_cstr(a, known->v[i].mailbox)))
			continue;
		if (store_node_mailbox_set(s, &known->v[i], false, e) < 0)
			return -1;
		*any = true;
	}
	return 0;
}

int wanted_say(struct store *s, const struct conf *conf, struct span me, struct arena *a,
	       struct wanted *ret_wanted, struct err *e)
{
	struct wanted w;
	bool any = false;

	if (store_node_mailbox_list(s, a, &w.v, &w.n, e) < 0 ||
	    add_new(s, conf, me, &w, &any, e) < 0 || drop_old(s, conf, me, &w, &any, a, e) < 0 ||
	    (any && store_node_mailbox_list(s, a, &w.v, &w.n, e) < 0))
		return -1;
	*ret_wanted = w;
	return 0;
}

static bool counts(struct span name, const struct store_node *nodes, size_t n, int64_t now)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq(nodes[i].name, name))
			return nodes[i].fence > 0 || now - nodes[i].until_at < GONE_S;
	return false;
}

void wanted_living(struct wanted *w, const struct store_node *nodes, size_t node_count, int64_t now)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->n; i++)
		if (counts(w->v[i].node, nodes, node_count, now))
			w->v[kept++] = w->v[i];
	w->n = kept;
}

bool wanted_has(const struct wanted *w, struct span mailbox)
{
	for (size_t i = 0; i < w->n; i++)
		if (span_eq(w->v[i].mailbox, mailbox))
			return true;
	return false;
}

bool wanted_by(const struct wanted *w, struct span node, struct span mailbox)
{
	for (size_t i = 0; i < w->n; i++)
		if (span_eq(w->v[i].node, node) && span_eq(w->v[i].mailbox, mailbox))
			return true;
	return false;
}
