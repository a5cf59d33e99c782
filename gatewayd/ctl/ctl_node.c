/* node list|status|drain|resume */
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"

static const struct ctl_column list_columns[] = {
	{ "name", "node", 20, CTL_TEXT },
	{ "role", "role", 8, CTL_STATE },
	{ "mailbox_count", "mailboxes", 9, CTL_RIGHT },
	{ "since", "since", 26, CTL_TIME },
	{ "lease_until", "lease until", 26, CTL_TIME },
	{ "seen_at", "last seen", 26, CTL_TIME },
};

static const struct ctl_column status_lines[] = {
	{ "name", "node", 0, CTL_TEXT },
	{ "role", "role", 0, CTL_STATE },
	{ "mailboxes", "mailboxes", 0, CTL_TEXT },
	{ "since", "since", 0, CTL_TIME },
	{ "lease_until", "lease until", 0, CTL_TIME },
	{ "seen_at", "last seen", 0, CTL_TIME },
	{ "fence", "number", 0, CTL_TEXT },
};

/* All that the verbs read. */
struct nodes {
	struct store_node *v;
	struct store_lease *leases;
	size_t n, lease_count;
	int64_t now;
};

static int read_nodes(struct ctl *c, struct nodes *ret_nodes, struct err *e)
{
	struct store *s = c->d->store;

	return store_node_clock(s, &ret_nodes->now, e) < 0 ||
		       store_node_list(s, c->d->arena, &ret_nodes->v, &ret_nodes->n, e) < 0 ||
		       store_lease_list(s, c->d->arena, &ret_nodes->leases, &ret_nodes->lease_count,
					e) < 0
		   ? -1
		   : 0;
}

/* What it does. */
static const char *role_of(const struct nodes *all, const struct store_node *node)
{
	if (node->fence < 0 || node->until_at <= all->now)
		return "ended";
	for (size_t i = 0; i < all->lease_count; i++)
		if (all->leases[i].mailbox.n == 0 && span_eq(all->leases[i].node, node->name))
			return "leads";
	return node->is_drained ? "drained" : "works";
}

static json_t *view(const struct nodes *all, const struct store_node *node)
{
	json_t *mailboxes = json_array();

	for (size_t i = 0; i < all->lease_count; i++)
		if (all->leases[i].mailbox.n && span_eq(all->leases[i].node, node->name))
			json_array_append_new(mailboxes, json_of_span(all->leases[i].mailbox));
	return json_pack("{s:o, s:s, s:b, s:I, s:o, s:o, s:o, s:o, s:I}", "name",
			 json_of_span(node->name), "role", role_of(all, node), "drained",
			 node->is_drained, "mailbox_count", (json_int_t)json_array_size(mailboxes),
			 "mailboxes", mailboxes, "since", json_of_instant(node->began_at),
			 "lease_until", json_of_instant(node->until_at), "seen_at",
			 json_of_instant(node->seen_at), "fence", (json_int_t)node->fence);
}

int ctl_node_list(struct ctl *c)
{
	struct nodes all;
	struct err e = { 0 };
	json_t *rows;

	if (read_nodes(c, &all, &e) < 0)
		return ctl_fail(c, &e);
	rows = json_array();
	for (size_t i = 0; i < all.n; i++)
		json_array_append_new(rows, view(&all, &all.v[i]));
	return CTL_ROWS_OF(c, rows, list_columns);
}

/* The one that is named, else this one; *ret_status is set where there is none. */
static bool named(struct ctl *c, struct span *ret_name, int *ret_status)
{
	struct err e = { 0 };

	*ret_name = c->n ? span_of(c->words[0]) : store_node_name(c->d->store);
	if (ret_name->n)
		return true;
	err_set(&e, ERR_PERM,
		"this store is of one process alone: nodes share a PostgreSQL database");
	*ret_status = ctl_fail(c, &e);
	return false;
}

int ctl_node_status(struct ctl *c)
{
	struct nodes all;
	struct err e = { 0 };
	struct span name;
	int status;

	if (!named(c, &name, &status))
		return status;
	if (read_nodes(c, &all, &e) < 0)
		return ctl_fail(c, &e);
	for (size_t i = 0; i < all.n; i++)
		if (span_eq(all.v[i].name, name))
			return CTL_OBJECT(c, view(&all, &all.v[i]), status_lines);
	err_set(&e, ERR_PERM, "no node " SPAN_FMT, SPAN_ARG(name));
	return ctl_fail(c, &e);
}

/* What nobody does waits; nobody but who drained the last one can know whether that is meant. */
static int warn_of_none(struct ctl *c, struct err *e)
{
	struct nodes all;

	if (read_nodes(c, &all, e) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++)
		if (all.v[i].fence > 0 && all.v[i].until_at > all.now && !all.v[i].is_drained)
			return 0;
	buf_adds(c->err, "no node is left that works: mails and deadlines wait until one is "
			 "resumed\n");
	return 0;
}

static int drain(struct ctl *c, bool so)
{
	struct err e = { 0 };
	struct span name;
	int status;

	if (!named(c, &name, &status))
		return status;
	if (store_node_drain(c->d->store, name, so, &e) < 0 || warn_of_none(c, &e) < 0)
		return ctl_fail(c, &e);
	return ctl_done(c, json_pack("{s:o, s:b}", "name", json_of_span(name), "drained", so));
}

int ctl_node_drain(struct ctl *c)
{
	return drain(c, true);
}

int ctl_node_resume(struct ctl *c)
{
	return drain(c, false);
}
