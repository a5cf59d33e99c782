#include "gatewayd/identity/identity.h"

#include <stdio.h>

#include "gatewayd/identity/authres.h"
#include "gatewayd/identity/border.h"

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

/* Without what stands behind a delimiter. */
static bool same_base(const struct conf *conf, struct span address, struct span own)
{
	return addrspec_detail(address, own, '+').p ||
	       addrspec_detail(address, own, conf_delimiter(conf)).p;
}

bool identity_address_is_own(const struct conf *conf, struct span address)
{
	struct span own;

	for (size_t i = 0; own_address(conf, i, &own); i++)
		if (own.n && same_base(conf, address, own))
			return true;
	return false;
}

static bool is_of_staff(const struct conf_staff *staff, struct span domain)
{
	for (size_t i = 0; i < staff->addresses.n; i++)
		if (addrspec_eq(addrspec_domain(span_of(staff->addresses.v[i])), domain))
			return true;
	return false;
}

bool identity_domain_is_own(const struct conf *conf, struct span domain)
{
	struct span own;

	for (size_t i = 0; own_address(conf, i, &own); i++)
		if (own.n && addrspec_eq(addrspec_domain(own), domain))
			return true;
	for (size_t i = 0; i < conf->staff_count; i++)
		if (is_of_staff(&conf->staff[i], domain))
			return true;
	return false;
}

/* The token in an address of ours; p == NULL: none. */
static struct span address_token(const struct conf *conf, struct span address)
{
	struct span own, token = SPAN_NONE;

	for (size_t i = 0; !token.p && own_address(conf, i, &own); i++)
		if (own.n)
			token = token_in_address(address, own, conf_delimiter(conf));
	return token;
}

/* --- tokens --- */

struct weighing {
	const struct header_scan *scan;
	const struct conf *conf;
	const struct identity_world *world;
	enum token_verdict verdict; /* the best there was for the reply purposes */
	bool any_token;
	struct identity id;
};

struct reply_token {
	enum token_purpose purpose;
	struct span text;
};

struct token_holder {
	enum token_role role;
	int64_t case_number;
	struct span address; /* to whom it was issued */
};

static enum token_verdict check_issued(const struct weighing *d, const struct reply_token *t,
				       struct span address, struct token_holder *ret_holder)
{
	ret_holder->address = address;
	return token_check(d->world->keys, t->purpose, t->text, address, d->world->now,
			   &ret_holder->role, &ret_holder->case_number);
}

/* The first of these addresses that it was issued to; TOKEN_FORGED: none of them. */
static enum token_verdict check_list(const struct weighing *d, const struct reply_token *t,
				     const struct policy_words *addresses,
				     const struct conf_staff *reader,
				     struct token_holder *ret_holder)
{
	for (size_t i = 0; i < addresses->n; i++) {
		struct span address = span_of(addresses->v[i]);
		const struct conf_staff *owner = conf_staff_by_address(d->conf, address);
		enum token_verdict verdict;

		if (reader && owner && owner != reader)
			continue; /* what went to a colleague proves nothing of this one */
		verdict = check_issued(d, t, address, ret_holder);
		if (verdict != TOKEN_FORGED)
			return verdict;
	}
	return TOKEN_FORGED;
}

/* Of the queues' notify lists, what is this reader's or nobody's own; reader NULL: all. */
static enum token_verdict check_notified(const struct weighing *d, const struct reply_token *t,
					 const struct conf_staff *reader,
					 struct token_holder *ret_holder)
{
	enum token_verdict verdict = TOKEN_FORGED;

	for (size_t q = 0; q < d->conf->queue_count && verdict == TOKEN_FORGED; q++)
		verdict = check_list(d, t, &d->conf->queues[q].notify, reader, ret_holder);
	return verdict;
}

/*
 * Was it issued to the sender?  A member of staff may also answer what went to another of their
 * addresses, or to an address of a queue's notify list that is nobody's own: both are the
 * operator's word.
 */
static enum token_verdict check_reply(const struct weighing *d, const struct reply_token *t,
				      struct token_holder *ret_holder)
{
	const struct conf_staff *staff = d->id.staff;
	enum token_verdict verdict = check_issued(d, t, d->id.from, ret_holder);

	if (verdict == TOKEN_FORGED && staff)
		verdict = check_list(d, t, &staff->addresses, staff, ret_holder);
	if (verdict == TOKEN_FORGED && staff)
		verdict = check_notified(d, t, staff, ret_holder);
	return verdict;
}

/* A staff token that is not the sender's: whose is it?  false: of nobody. */
static bool find_staff_holder(struct weighing *d, const struct reply_token *t)
{
	struct token_holder holder;
	enum token_verdict verdict = TOKEN_FORGED;

	for (size_t i = 0; i < d->conf->staff_count && verdict == TOKEN_FORGED; i++)
		verdict = check_list(d, t, &d->conf->staff[i].addresses, NULL, &holder);
	if (verdict == TOKEN_FORGED)
		verdict = check_notified(d, t, NULL, &holder);
	if (verdict != TOKEN_VALID || holder.role != TOKEN_STAFF)
		return false;
	d->id.staff_token_case = holder.case_number;
	d->id.staff_token_holder = holder.address;
	return true;
}

/* Who holds it must still be what it was made for. */
static void accept(struct weighing *d, const struct token_holder *holder)
{
	d->id.mentioned_case = holder->case_number;
	if (holder->role == TOKEN_STAFF && !d->id.staff) {
		d->id.staff_token_case = holder->case_number;
		d->id.staff_token_holder = holder->address;
		return;
	}
	d->id.token_valid = true;
	d->id.token_role = holder->role;
	d->id.token_case = holder->case_number;
}

/* A reply token, from an address or an id that we made; `direct`: this mail answers it. */
static void try_reply(struct weighing *d, const struct reply_token *t, bool direct)
{
	struct token_holder holder;
	int64_t before = d->id.mentioned_case, number;
	enum token_verdict verdict;

	if (!t->text.p || d->id.token_valid)
		return;
	if (!before && token_case_said(t->text, &number)) {
		d->id.mentioned_case = number;
		d->id.reply_token = t->text;
		d->id.reply_purpose = t->purpose;
	}
	if (!d->id.from.p)
		return;
	verdict = check_reply(d, t, &holder);
	if (verdict == TOKEN_LOST)
		d->id.mentioned_case = before; /* somebody else's case may have that number */
	if (!d->any_token || verdict == TOKEN_EXPIRED || verdict == TOKEN_VALID ||
	    verdict == TOKEN_LOST)
		d->verdict = verdict;
	d->any_token = true;
	if (verdict == TOKEN_VALID)
		accept(d, &holder);
	else if (verdict == TOKEN_FORGED && direct && !d->id.staff && !d->id.staff_token_case)
		find_staff_holder(d, t);
}

/* A list of mails that became no case, or a transcript about none, is answered by whoever may
 * answer a notice. */
static bool try_staff_wish(struct weighing *d, enum token_purpose purpose, struct span text,
			   bool *ret_valid)
{
	struct reply_token t = { purpose, text };
	struct token_holder holder;

	if (d->id.staff && check_reply(d, &t, &holder) == TOKEN_VALID &&
	    holder.role == TOKEN_STAFF) {
		*ret_valid = true;
		return true;
	}
	if (d->id.staff || !find_staff_holder(d, &t))
		return false;
	d->id.staff_token_about_none = true;
	return true;
}

/* A token that says what its holder wants; true when it was one. */
static bool try_wish(struct weighing *d, struct span token)
{
	struct identity *id = &d->id;
	enum token_role role;
	int64_t number;

	if (!token.p || !id->from.p)
		return false;
	if (try_staff_wish(d, TOKEN_DIGEST, token, &id->digest_valid) ||
	    try_staff_wish(d, TOKEN_DESK, token, &id->desk_valid))
		return true;
	if (token_check(d->world->keys, TOKEN_UNSUBSCRIBE, token, id->from, d->world->now, &role,
			&number) != TOKEN_VALID)
		return false;
	id->unsubscribe_valid = true;
	return true;
}

/* What else may have been put in a plus address of ours; true when it was that. */
static bool try_other(struct weighing *d, struct span token)
{
	enum token_role role;
	int64_t number;

	if (!token.p || token_check(d->world->keys, TOKEN_BOUNCE, token, SPAN_NONE, d->world->now,
				    &role, &number) != TOKEN_VALID)
		return try_wish(d, token);
	d->id.bounce_valid = true;
	d->id.bounce_case = number;
	return true;
}

static void try_id(struct weighing *d, struct span id, bool direct)
{
	struct reply_token t = { TOKEN_MESSAGE_ID,
				 token_in_message_id(id, span_of(d->conf->hostname)) };

	if (!direct || !try_wish(d, t.text))
		try_reply(d, &t, direct);
}

/* "unsubscribe TOKEN", and to staff "Case 41 take TOKEN": of a link in a mail whose answers come to
 * a plain address. */
static void try_subject(struct weighing *d)
{
	struct span rest = d->scan->subject, last = SPAN_NONE;
	struct reply_token t = { TOKEN_REPLY, SPAN_NONE };

	while (rest.n)
		last = span_cut(&rest, ' ');
	if (last.n != TOKEN_TEXT_SIZE - 1 || try_wish(d, last))
		return;
	if (d->id.staff && !d->conf->plus_addresses) {
		t.text = last;
		try_reply(d, &t, true);
	}
}

/* Where it was sent first, then what it answers, then the thread from its end. */
static void try_tokens(struct weighing *d)
{
	const struct header_scan *s = d->scan;

	for (size_t i = 0; i < s->recipient_count; i++) {
		struct reply_token t = { TOKEN_REPLY, address_token(d->conf, s->recipients[i]) };

		if (!try_other(d, t.text))
			try_reply(d, &t, true);
	}
	try_subject(d);
	for (size_t i = 0; i < s->in_reply_to_count; i++)
		try_id(d, s->in_reply_to[i], true);
	for (size_t i = s->reference_count; i > 0; i--)
		try_id(d, s->references[i - 1], false);
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
	if (d->scan->loop_mark.p) {
		enum token_verdict verdict =
		    token_check(d->world->keys, TOKEN_LOOP, d->scan->loop_mark, id, d->world->now,
				&role, &number);

		/* Also one about a case that was lost: we have sent it. */
		if (verdict == TOKEN_VALID || verdict == TOKEN_LOST)
			return true;
	}
	return d->id.from.p && identity_address_is_own(d->conf, d->id.from) &&
	       token_in_message_id(id, host).p;
}

/* A mark that the server of the mailbox puts on mail from inside, and takes off what comes in. */
static bool has_internal_mark(const struct header_scan *scan, const struct conf_mailbox *mailbox)
{
	struct header_walk walk = { .rest = scan->header };
	struct span mark, mark_name, name, value;

	if (!mailbox || !mailbox->internal_mark)
		return false;
	mark = span_of(mailbox->internal_mark);
	mark_name = span_cut(&mark, ':');
	while (header_walk_next(&walk, &name, &value))
		if (span_eq_ci(name, mark_name) && span_eq_ci(value, span_trim(mark)))
			return true;
	return false;
}

static void decide_authres(struct weighing *d, const char **ret_reason)
{
	const struct conf_mailbox *mailbox = d->world->mailbox;
	struct authres_servers servers = { d->conf->authserv_ids.v, d->conf->authserv_ids.n,
					   mailbox && mailbox->authres_without_id };
	struct authres result = { .reason = "nobody in From" };
	const struct span *fields;
	size_t n;

	if (d->id.from.p) {
		border_results(d->scan, d->conf, d->world->arena, &fields, &n);
		authres_decide(fields, n, &servers, d->id.from, &result);
	}
	if (d->id.from.p && !result.found && has_internal_mark(d->scan, mailbox)) {
		result.vouched = true;
		result.by = VOUCHED_INSIDE;
		result.reason = "the mark of our server for mail from inside";
	}
	d->id.vouched = result.vouched;
	d->id.by = result.by;
	d->id.failed = result.failed;
	*ret_reason = result.reason;
}

static void decide_level(struct weighing *d)
{
	static const enum trust levels[2][2] = {
		{ TRUST_L0, TRUST_L2 },
		{ TRUST_L1, TRUST_L3 },
	};
	struct identity *id = &d->id;

	id->level = id->failed ? TRUST_L0 : levels[id->token_valid][id->vouched];
	if (id->staff && d->conf->staff_trust == CONF_TRUST_TOKEN)
		id->staff_trusted = id->token_valid && !id->failed;
	else if (id->staff)
		id->staff_trusted = id->level == TRUST_L3;
	if (id->failed || (!id->vouched && d->conf->staff_trust != CONF_TRUST_TOKEN))
		id->digest_valid = false;
	if (id->failed || d->conf->staff_trust != CONF_TRUST_TOKEN)
		id->desk_valid = false;
	/* A token made for a customer is no proof of being staff, were the address the same. */
	if (id->token_valid && id->token_role != TOKEN_STAFF)
		id->staff_trusted = false;
}

static const char *from_text(const struct header_scan *scan)
{
	if (!scan->from.p)
		return scan->from_reason;
	if (scan->from_unsure)
		return "a From that is not plain";
	return scan->from_mended ? "one From, badly written" : "one From";
}

static void explain(struct weighing *d, const char *authres_reason)
{
	struct identity *id = &d->id;

	snprintf(id->why, sizeof(id->why), "%s: %s; token: %s; %s%s%s", trust_name(id->level),
		 from_text(d->scan), d->any_token ? token_verdict_text(d->verdict) : "none",
		 authres_reason,
		 id->staff ? (id->staff_trusted ? "; staff" : "; staff address, not proven") : "",
		 id->is_own ? "; our own mail" : "");
}

void identity_decide(const struct header_scan *scan, const struct identity_world *world,
		     struct identity *ret_identity)
{
	struct weighing d = { .scan = scan, .conf = world->conf, .world = world };
	const char *authres_reason;

	d.id.from = scan->from_unsure ? SPAN_NONE : scan->from;
	d.id.staff = scan->from.p ? conf_staff_by_address(d.conf, scan->from) : NULL;
	try_tokens(&d);
	decide_authres(&d, &authres_reason);
	decide_level(&d);
	d.id.from = scan->from; /* one that is not sure is an address, and proves nothing */
	d.id.domain = scan->from.p ? addrspec_domain(scan->from) : SPAN_NONE;
	d.id.from_inside = border_is_inside(scan, d.conf) ||
			   (d.id.vouched && identity_domain_is_own(d.conf, d.id.domain));
	d.id.is_own = is_own_mail(&d);
	explain(&d, authres_reason);
	*ret_identity = d.id;
}
