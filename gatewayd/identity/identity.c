#include "gatewayd/identity/identity.h"

#include <stdio.h>

#include "gatewayd/identity/authres.h"

const char *trust_name(enum trust level)
{
	static const char *const names[] = { "L0", "L1", "L2", "L3" };

	return names[level];
}

/* --- our own addresses --- */

/* The i-th of all addresses that we read or send from; false past the last. */
static bool own_address(const struct conf *conf, size_t i, struct span *ret_address)
{
	for (size_t m = 0; m < conf->mailbox_count; m++) {
		const struct conf_mailbox *box = &conf->mailboxes[m];

		if (i <= box->aliases.n) {
			*ret_address = span_of(i ? box->aliases.v[i - 1] : box->address);
			return true;
		}
		i -= box->aliases.n + 1;
	}
	if (i >= conf->queue_count)
		return false;
	*ret_address = span_of(conf->queues[i].address);
	return true;
}

/* Without a plus part. */
static bool same_base(struct span address, struct span own)
{
	struct span a = addrspec_local(address), b = addrspec_local(own);

	return addrspec_eq(addrspec_domain(address), addrspec_domain(own)) &&
	       addrspec_eq(span_cut(&a, '+'), span_cut(&b, '+'));
}

bool identity_address_is_own(const struct conf *conf, struct span address)
{
	struct span own;

	for (size_t i = 0; own_address(conf, i, &own); i++)
		if (own.n && same_base(address, own))
			return true;
	return false;
}

/* The token in an address of ours; p == NULL: none. */
static struct span address_token(const struct conf *conf, struct span address)
{
	struct span own, token = SPAN_NONE;

	for (size_t i = 0; !token.p && own_address(conf, i, &own); i++)
		if (own.n)
			token = token_in_address(address, own);
	return token;
}

/* --- tokens --- */

struct weighing {
	const struct header_scan *scan;
	const struct conf *conf;
	const struct token_keys *keys;
	int64_t now;
	enum token_verdict verdict; /* the best there was for the reply purposes */
	bool any_token;
	struct identity id;
};

/*
 * Was it issued to the sender?  A member of staff may also answer what went to another of their
 * addresses, or to an address of a queue's notify list that is nobody's own: both are the
 * operator's word.  What went to a colleague proves nothing of them.
 */
static enum token_verdict check_reply(const struct weighing *d, enum token_purpose purpose,
				      struct span token, enum token_role *ret_role,
				      int64_t *ret_case)
{
	const struct conf_staff *staff = conf_staff_by_address(d->conf, d->id.from);
	enum token_verdict own, other;

	own = token_check(d->keys, purpose, token, d->id.from, d->now, ret_role, ret_case);
	if (own != TOKEN_FORGED || !staff)
		return own;
	for (size_t q = 0; q <= d->conf->queue_count; q++) {
		const struct policy_words *words =
		    q < d->conf->queue_count ? &d->conf->queues[q].notify : &staff->addresses;

		for (size_t i = 0; i < words->n; i++) {
			const struct conf_staff *reader =
			    conf_staff_by_address(d->conf, span_of(words->v[i]));

			if (reader && reader != staff)
				continue;
			other = token_check(d->keys, purpose, token, span_of(words->v[i]), d->now,
					    ret_role, ret_case);
			if (other != TOKEN_FORGED)
				return other;
		}
	}
	return own;
}

/* A reply token, from an address or an id of ours. */
static void try_reply(struct weighing *d, enum token_purpose purpose, struct span token)
{
	enum token_role role;
	int64_t number = 0;
	enum token_verdict verdict;

	if (!token.p || d->id.token_valid)
		return;
	if (!d->id.mentioned_case && token_case_said(token, &number))
		d->id.mentioned_case = number;
	if (!d->id.from.p)
		return;
	verdict = check_reply(d, purpose, token, &role, &number);
	if (!d->any_token || verdict == TOKEN_EXPIRED)
		d->verdict = verdict;
	d->any_token = true;
	if (verdict != TOKEN_VALID)
		return;
	d->verdict = verdict;
	d->id.token_valid = true;
	d->id.token_role = role;
	d->id.token_case = number;
	d->id.mentioned_case = number;
}

/* What else may have been put in a plus address of ours; true when it was that. */
static bool try_other(struct weighing *d, struct span token)
{
	struct identity *id = &d->id;
	enum token_role role;
	int64_t number;

	if (!token.p)
		return false;
	if (token_check(d->keys, TOKEN_BOUNCE, token, SPAN_NONE, d->now, &role, &number) ==
	    TOKEN_VALID) {
		id->bounce_valid = true;
		id->bounce_case = number;
		return true;
	}
	if (!id->from.p || token_check(d->keys, TOKEN_UNSUBSCRIBE, token, id->from, d->now, &role,
				       &number) != TOKEN_VALID)
		return false;
	id->unsubscribe_valid = true;
	return true;
}

/* Where it was sent first, then what it answers, then the thread from its end. */
static void try_tokens(struct weighing *d)
{
	const struct header_scan *s = d->scan;
	struct span host = span_of(d->conf->hostname);

	for (size_t i = 0; i < s->recipient_count; i++) {
		struct span token = address_token(d->conf, s->recipients[i]);

		if (!try_other(d, token))
			try_reply(d, TOKEN_REPLY, token);
	}
	for (size_t i = 0; i < s->in_reply_to_count; i++)
		try_reply(d, TOKEN_MESSAGE_ID, token_in_message_id(s->in_reply_to[i], host));
	for (size_t i = s->reference_count; i > 0; i--)
		try_reply(d, TOKEN_MESSAGE_ID, token_in_message_id(s->references[i - 1], host));
}

/* --- the rest --- */

/*
 * Our mark for this very Message-ID proves it; where a system on the way has taken it away, our
 * address with a Message-ID that only we make says so, too.  Nobody gains by pretending: such a
 * mail is filed and does nothing.
 */
static bool is_own_mail(const struct weighing *d)
{
	struct span id = d->scan->message_id, host = span_of(d->conf->hostname);
	enum token_role role;
	int64_t number;

	if (!id.p)
		return false;
	if (d->scan->loop_mark.p && token_check(d->keys, TOKEN_LOOP, d->scan->loop_mark, id, d->now,
						&role, &number) == TOKEN_VALID)
		return true;
	return d->id.from.p && identity_address_is_own(d->conf, d->id.from) &&
	       token_in_message_id(id, host).p;
}

static void decide_authres(struct weighing *d, const char **ret_reason)
{
	struct authres result = { .reason = "nobody in From" };

	if (d->id.from.p)
		authres_decide(d->scan->authres, d->scan->authres_count, d->conf->authserv_ids.v,
			       d->conf->authserv_ids.n, d->id.domain, &result);
	d->id.vouched = result.vouched;
	*ret_reason = result.reason;
}

static void decide_level(struct weighing *d)
{
	static const enum trust levels[2][2] = {
		{ TRUST_L0, TRUST_L2 },
		{ TRUST_L1, TRUST_L3 },
	};
	struct identity *id = &d->id;

	id->level = levels[id->token_valid][id->vouched];
	id->staff = id->from.p ? conf_staff_by_address(d->conf, id->from) : NULL;
	if (id->staff && d->conf->staff_trust == CONF_TRUST_TOKEN)
		id->staff_trusted = id->token_valid;
	else if (id->staff)
		id->staff_trusted = id->level == TRUST_L3;
	/* A token made for a customer is no proof of being staff, were the address the same. */
	if (id->token_valid && id->token_role != TOKEN_STAFF)
		id->staff_trusted = false;
}

static void explain(struct weighing *d, const char *authres_reason)
{
	struct identity *id = &d->id;

	snprintf(id->why, sizeof(id->why), "%s: %s; token: %s; %s%s%s", trust_name(id->level),
		 id->from.p ? "one From" : d->scan->from_reason,
		 d->any_token ? token_verdict_text(d->verdict) : "none", authres_reason,
		 id->staff ? (id->staff_trusted ? "; staff" : "; staff address, not proven") : "",
		 id->is_own ? "; our own mail" : "");
}

void identity_decide(const struct header_scan *scan, const struct conf *conf,
		     const struct token_keys *keys, int64_t now, struct identity *ret_identity)
{
	struct weighing d = { .scan = scan, .conf = conf, .keys = keys, .now = now };
	const char *authres_reason;

	d.id.from = scan->from;
	d.id.domain = scan->from.p ? addrspec_domain(scan->from) : SPAN_NONE;
	try_tokens(&d);
	decide_authres(&d, &authres_reason);
	decide_level(&d);
	d.id.is_own = is_own_mail(&d);
	explain(&d, authres_reason);
	*ret_identity = d.id;
}
