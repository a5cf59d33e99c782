#include "gatewayd/identity/our_address.h"

#include "gatewayd/identity/addrspec.h"
#include "gatewayd/identity/token.h"

static bool is_at(const struct conf *conf, struct span to, const char *address)
{
	return address && (addrspec_eq(to, span_of(address)) ||
			   token_in_address(to, span_of(address), conf_delimiter(conf)).p != NULL);
}

/* Anything behind a plus; another delimiter is a letter of ordinary names. */
static bool has_plus_part(const struct conf *conf, struct span to, const char *address)
{
	(void)conf;
	return address && addrspec_detail(to, span_of(address), '+').p != NULL;
}

typedef bool match_fn(const struct conf *conf, struct span to, const char *address);

static struct our_address of_mailbox(const struct conf *conf, const struct conf_mailbox *m,
				     const char *address)
{
	return (struct our_address){ conf_queue_find(conf, m->queue), span_of(address),
				     address != m->address };
}

static const char *find_alias(const struct conf *conf, const struct conf_mailbox *m, struct span to,
			      match_fn *matches)
{
	for (size_t i = 0; i < m->aliases.n; i++)
		if (matches(conf, to, m->aliases.v[i]))
			return m->aliases.v[i];
	return NULL;
}

static struct our_address find(const struct conf *conf, struct span to, match_fn *matches)
{
	for (size_t i = 0; i < conf->mailbox_count; i++)
		if (matches(conf, to, conf->mailboxes[i].address))
			return of_mailbox(conf, &conf->mailboxes[i], conf->mailboxes[i].address);
	for (size_t i = 0; i < conf->queue_count; i++)
		if (matches(conf, to, conf->queues[i].address))
			return (struct our_address){ &conf->queues[i],
						     span_of(conf->queues[i].address), false };
	for (size_t i = 0; i < conf->mailbox_count; i++) {
		const char *alias = find_alias(conf, &conf->mailboxes[i], to, matches);

		if (alias)
			return of_mailbox(conf, &conf->mailboxes[i], alias);
	}
	return (struct our_address){ NULL, SPAN_NONE, false };
}

struct our_address our_address_find(const struct conf *conf, struct span to)
{
	struct our_address at = find(conf, to, is_at);

	return at.queue ? at : find(conf, to, has_plus_part);
}
