#include "conf/doubt.h"

#include "conf/doubt_policy.h"
#include "conf/doubt_server.h"

enum { NEAR_MAX = 2 }; /* letters in which an address is another one mistyped */

/* Left out or empty; not one whose entries are all wrong, which has been said. */
static bool is_empty(const struct policy_words *words)
{
	return !words->v;
}

static const char *authserv_path(const struct loader *l)
{
	bool given = !loader_given(l, "authserv_ids") && loader_given(l, "staff_trust");

	return given ? "staff_trust" : "authserv_ids";
}

/* A server of a mailbox whose results bear no name. */
static bool any_without_id(const struct conf *c)
{
	for (size_t i = 0; i < c->mailbox_count; i++)
		if (c->mailboxes[i].authres_without_id)
			return true;
	return false;
}

static void doubt_trust(struct loader *l)
{
	const struct conf *c = l->conf;

	if (is_empty(&c->authserv_ids) && !any_without_id(c) && c->staff_trust == CONF_TRUST_DMARC)
		loader_warning(l, authserv_path(l),
			       "without authserv_ids nobody's mail passes DMARC, so staff cannot "
			       "work by mail; add the name that your mail server writes into "
			       "Authentication-Results, or staff_trust = \"token\"");
	if (!is_empty(&c->authserv_ids) && is_empty(&c->border_hosts))
		loader_warning(
		    l, "authserv_ids",
		    "without border_hosts a field with that name counts wherever it "
		    "stands: one that came with a mail is believed while the filter of "
		    "your mail server is down, or on a second way in; add the hosts whose "
		    "Received fields are yours");
}

static void doubt_verp(struct loader *l)
{
	const char *key = loader_given(l, "verp")   ? "verp"
			  : l->conf->plus_addresses ? "smtp.provider"
						    : "plus_addresses";

	if (!l->conf->verp && is_empty(&l->conf->border_hosts))
		loader_warning(l, key,
			       "without a token in the envelope sender a report on a mail of ours "
			       "counts from our own servers alone, and no border_hosts names them; "
			       "add the hosts whose Received fields are yours");
}

static bool same_account(const struct conf_server *a, const struct conf_server *b)
{
	return a->host && b->host && span_is_ci(span_of(a->host), b->host) && a->port == b->port &&
	       a->user && b->user && strcmp(a->user, b->user) == 0;
}

/* Address i of a mailbox and its path; NULL behind the last. */
static const char *mailbox_address(struct loader *l, const struct conf_mailbox *m, size_t i,
				   const char **ret_path)
{
	if (i > m->aliases.n)
		return NULL;
	*ret_path = loader_path(l, "mailboxes", m->name, i ? "aliases" : "address");
	if (i)
		*ret_path = loader_entry_path(l, *ret_path, i - 1);
	return i ? m->aliases.v[i - 1] : m->address;
}

/* What is moved out of them stays in them, and what we send comes into them. */
static bool has_all_or_sent(const char *folder)
{
	static const char *const begin[] = { "[Gmail]/", "[Google Mail]/", "Sent" };

	for (size_t i = 0; i < sizeof(begin) / sizeof(*begin); i++)
		if (span_starts_ci(span_of(folder), span_of(begin[i])))
			return true;
	return false;
}

/* Two folders of one account may well have one address; two accounts mostly have two. */
static void doubt_mailbox(struct loader *l, const struct conf_mailbox *m)
{
	const char *address, *path;

	if (m->folder && has_all_or_sent(m->folder))
		loader_warning(l, loader_path(l, "mailboxes", m->name, "folder"),
			       "has mails that were sent, or that were taken already; watch INBOX");
	for (size_t i = 0; (address = mailbox_address(l, m, i, &path)); i++) {
		const struct conf_mailbox *other =
		    conf_mailbox_by_address(l->conf, span_of(address));

		if (other && other < m && !same_account(&m->server, &other->server))
			loader_warning(l, path,
				       "%s is an address of mailboxes.%s too, which is another "
				       "account; give each its own",
				       address, other->name);
	}
}

/* The address of staff that this one is mistyped of; NULL: none. */
static const char *near_staff(const struct conf *c, const char *address)
{
	for (size_t i = 0; i < c->staff_count; i++)
		for (size_t j = 0; j < c->staff[i].addresses.n; j++)
			if (problems_distance(address, c->staff[i].addresses.v[j]) <= NEAR_MAX)
				return c->staff[i].addresses.v[j];
	return NULL;
}

/* What is said of staff may be a consequence of what was wrong with one of them. */
static bool staff_are_whole(const struct loader *l)
{
	const struct conf *c = l->conf;

	for (size_t i = 0; i < c->staff_count; i++)
		if (!c->staff[i].addresses.n)
			return false;
	return c->staff_count || !l->problems->count;
}

static void doubt_notified(struct loader *l, const char *path, const char *address)
{
	struct buf text BUF_AUTO;

	buf_init(&text, PROBLEM_MAX);
	if (!staff_are_whole(l) || conf_staff_by_address(l->conf, span_of(address)) ||
	    conf_mailbox_by_address(l->conf, span_of(address)))
		return;
	buf_addf(&text, "%s is nobody's of staff, and answers from there are a customer's",
		 address);
	problems_advise(&text, near_staff(l->conf, address),
			"add it to the addresses of one, or leave it if it is a list");
	loader_warning(l, path, "%s", buf_cstr(&text));
}

static void doubt_queue(struct loader *l, const struct conf_queue *q)
{
	const char *path = loader_path(l, "queues", q->name, "notify");

	/* One that cannot be read has been told of. */
	if (is_empty(&q->notify) && !(loader_given(l, path) && l->problems->count))
		loader_warning(l, path,
			       "nobody is told of its new cases; add the addresses of staff");
	for (size_t i = 0; i < q->notify.n; i++)
		doubt_notified(l, loader_entry_path(l, path, i), q->notify.v[i]);
}

void doubt_all(struct loader *l)
{
	const struct conf *c = l->conf;

	doubt_trust(l);
	doubt_verp(l);
	doubt_servers(l);
	doubt_policy(l);
	for (size_t i = 0; i < c->mailbox_count; i++)
		doubt_mailbox(l, &c->mailboxes[i]);
	for (size_t i = 0; i < c->queue_count; i++)
		doubt_queue(l, &c->queues[i]);
}
