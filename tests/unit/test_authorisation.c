/*
 * Who may do what: every combination of staff_trust, sender, token and where it stands, word of our
 * server, form of From and wish, through header
 * scan, identity and decision, against the sentences of gatewayd/README.md ("Who may do what")
 * written down a second time here.
 */
#include "tests/unit/unit.h"

#include "gatewayd/mail/decide_customer.h"
#include "tests/unit/shipped.h"

#define HOST   "mx.help.example"
#define SECRET "a secret of enough characters for a key"
#define SAM    "sam@help.example"
#define TESS   "tess@help.example"
#define TEAM   "team@help.example"
#define ANN    "ann@customer.example"

enum { NOW = 1795305600, DAY = 86400, LIFE = 30, NUMBER = 7 };

static struct conf *conf;
static struct token_keys keys;

/* --- the dimensions --- */

enum sender { STAFF, EX_STAFF, TEAM_LIST, REQUESTER, CONTACT, STRANGER, SENDER_COUNT };
static const struct {
	const char *name, *address;
	bool participant;
} senders[SENDER_COUNT] = {
	[STAFF] = { "staff", SAM, false },
	[EX_STAFF] = { "was staff", "old@help.example", false },
	[TEAM_LIST] = { "a notify list", TEAM, false },
	[REQUESTER] = { "requester", ANN, true },
	[CONTACT] = { "contact of the account", "bea@customer.example", false },
	[STRANGER] = { "stranger", "eve@evil.example", false },
};

enum token_kind {
	T_NONE,
	T_CUSTOMER, /* made for the sender as a customer */
	T_STAFF,    /* made for the sender as staff */
	T_OTHER,    /* made for another customer */
	T_COLLEAGUE,
	T_TEAM,
	T_EXPIRED, /* as T_CUSTOMER, for staff as T_STAFF */
	T_GARBAGE,
	T_PURPOSE, /* made for another purpose */
	T_DESK,	   /* of a transcript about no case, made for STAFF */
	TOKEN_KINDS
};

enum verdict {
	W_NONE,
	W_DMARC,
	W_DKIM,
	W_LOGIN,
	W_FAIL,
	W_OTHER_DOMAIN,
	W_OTHER_LOGIN,
	W_FOREIGN, /* of a server that is not ours */
	W_FORGED,  /* in our name, below a Received of somebody else */
	WORDS
};

enum form { F_PLAIN, F_NAMED, F_POSES, F_TWO_FIELDS, F_TWO_BOXES, F_GROUP, F_EMPTY, FORMS };

enum wish { WISH_WORDS, WISH_CLOSE, WISH_STATUS, WISH_STAFF_CLOSE, WISH_STAFF_LIST, WISHES };
static const char *const wishes[WISHES] = { "It is slow.", "close", "status", "#close",
					    "#list all" };

/* Where the token stands: behind one delimiter or another, or in the id that is answered. */
enum way { IN_PLUS, IN_OTHER, IN_ID, WAYS };
static const char *const ways[WAYS] = { "+", "-", "In-Reply-To" };

struct combination {
	enum conf_staff_trust trust;
	enum way way;
	enum sender sender;
	enum token_kind token;
	enum verdict verdict;
	enum form form;
	enum wish wish;
};

/* --- the mail --- */

static void claim_of(const struct combination *c, struct token_claim *claim)
{
	bool staff = c->token == T_STAFF || (c->token == T_EXPIRED && c->sender == STAFF);

	*claim = (struct token_claim){ c->way == IN_ID ? TOKEN_MESSAGE_ID : TOKEN_REPLY,
				       staff ? TOKEN_STAFF : TOKEN_CUSTOMER, NUMBER,
				       span_of(senders[c->sender].address) };
	if (c->token == T_OTHER)
		claim->addressee = SPAN("zoe@customer.example");
	if (c->token == T_PURPOSE)
		claim->purpose = TOKEN_LOOP;
	if (c->token == T_DESK)
		*claim = (struct token_claim){ TOKEN_DESK, TOKEN_STAFF, 0, SPAN(SAM) };
	if (c->token != T_COLLEAGUE && c->token != T_TEAM)
		return;
	claim->role = TOKEN_STAFF;
	claim->addressee = c->token == T_TEAM ? SPAN(TEAM) : SPAN(TESS);
}

static void add_results(const struct combination *c, struct buf *out)
{
	const char *address = senders[c->sender].address;
	const char *domain = strchr(address, '@') + 1;
#define RESULTS "Authentication-Results: "
	static const char received[] = "Received: from x by %s with ESMTP; Sat\n";

	switch (c->verdict) {
	case W_DMARC: buf_addf(out, RESULTS HOST "; dmarc=pass header.from=%s\n", domain); break;
	case W_DKIM: buf_addf(out, RESULTS HOST "; dkim=pass header.d=%s\n", domain); break;
	case W_LOGIN: buf_addf(out, RESULTS HOST "; auth=pass smtp.auth=%s\n", address); break;
	case W_FAIL: buf_addf(out, RESULTS HOST "; dmarc=fail header.from=%s\n", domain); break;
	case W_OTHER_DOMAIN:
		buf_adds(out, RESULTS HOST "; dmarc=pass header.from=other.example\n");
		break;
	case W_OTHER_LOGIN:
		buf_adds(out, RESULTS HOST "; auth=pass smtp.auth=who@help.example\n");
		break;
	case W_FOREIGN:
		buf_addf(out, RESULTS "mx.evil; dmarc=pass header.from=%s\n", domain);
		break;
	case W_NONE:
	case W_FORGED:
	case WORDS: break;
	}
	buf_addf(out, received, HOST);
	if (c->verdict == W_FORGED)
		buf_addf(out, RESULTS HOST "; dmarc=pass header.from=%s\n", domain);
	buf_addf(out, received, c->verdict == W_FORGED ? HOST : "mx.customer.example");
}

static void add_from(const struct combination *c, struct buf *out)
{
	const char *address = senders[c->sender].address;

	switch (c->form) {
	case F_PLAIN: buf_addf(out, "From: %s\n", address); break;
	case F_NAMED: buf_addf(out, "From: A Name <%s>\n", address); break;
	case F_POSES: buf_addf(out, "From: \"" SAM "\" <%s>\n", address); break;
	case F_TWO_FIELDS: buf_addf(out, "From: %s\nFrom: x@y.example\n", address); break;
	case F_TWO_BOXES: buf_addf(out, "From: %s, x@y.example\n", address); break;
	case F_GROUP: buf_addf(out, "From: Friends: %s;\n", address); break;
	case F_EMPTY: buf_adds(out, "From: \n"); break;
	case FORMS: break;
	}
}

static struct span mail_of(const struct combination *c, struct arena *a)
{
	char token[TOKEN_TEXT_SIZE];
	struct buf out BUF_AUTO;
	struct token_claim claim;

	buf_init(&out, 8192);
	claim_of(c, &claim);
	token_make(&keys, &claim, c->token == T_EXPIRED ? NOW - (LIFE + 1) * DAY : NOW, LIFE,
		   token);
	if (c->token == T_GARBAGE)
		token[20] = token[20] == 'a' ? 'b' : 'a';
	add_results(c, &out);
	add_from(c, &out);
	if (c->token == T_NONE)
		buf_adds(&out, "To: support@help.example\n\n");
	else if (c->way == IN_ID)
		buf_addf(&out, "To: support@help.example\nIn-Reply-To: <x.7.r.%s@%s>\n\n", token,
			 conf->hostname);
	else
		buf_addf(&out, "To: support%s%s@help.example\n\n", ways[c->way], token);
	return arena_dup(a, buf_span(&out));
}

/* --- what the sentences say --- */

static bool names_a_case(enum token_kind token)
{
	return token != T_NONE && token != T_DESK;
}

/* A reply token that was made for this sender, who still is what it was made for. */
static bool holds_token(const struct combination *c)
{
	switch (c->token) {
	case T_CUSTOMER: return true;
	case T_STAFF: return c->sender == STAFF;
	case T_TEAM: return c->sender == STAFF; /* who reads a list of the queue */
	case T_NONE:
	case T_OTHER:
	case T_COLLEAGUE:
	case T_EXPIRED:
	case T_GARBAGE:
	case T_PURPOSE:
	case T_DESK:
	case TOKEN_KINDS: break;
	}
	return false;
}

static bool holds_as_staff(const struct combination *c)
{
	return holds_token(c) && c->token != T_CUSTOMER;
}

/* A valid staff token in the hands of somebody who is no member of staff. */
static bool strays(const struct combination *c)
{
	return c->sender != STAFF &&
	       (c->token == T_STAFF || c->token == T_COLLEAGUE || c->token == T_TEAM);
}

static bool is_one_person(enum form form)
{
	return form == F_PLAIN || form == F_NAMED || form == F_POSES;
}

static enum decide_what expect_staff(const struct combination *c, bool proven, bool failed)
{
	bool commands = c->wish == WISH_STAFF_CLOSE || c->wish == WISH_STAFF_LIST;
	bool by_token = c->trust == CONF_TRUST_TOKEN && !failed;
	bool trusted = holds_as_staff(c) && (proven || by_token);
	bool asks = proven || (by_token && (trusted || c->token == T_DESK));

	if (asks && commands && !names_a_case(c->token))
		return DECIDE_STAFF_ASKS;
	if (asks && c->wish == WISH_STAFF_LIST && (!trusted || by_token))
		return DECIDE_STAFF_ASKS; /* reading takes no token of a case */
	if (!names_a_case(c->token))	  /* as anybody: reading needs no case */
		return proven && c->wish == WISH_STATUS ? DECIDE_CUSTOMER_COMMAND : DECIDE_CASE;
	if (!trusted)
		return DECIDE_STAFF_UNVERIFIED;
	return commands ? DECIDE_STAFF_COMMANDS : DECIDE_STAFF_REPLY;
}

static bool may_write(const struct combination *c, bool proven)
{
	return senders[c->sender].participant &&
	       (holds_token(c) || (proven && names_a_case(c->token)));
}

static enum decide_what expect_customer(const struct combination *c, bool proven, bool failed)
{
	bool writes = may_write(c, proven);

	/* "close" of no case of theirs is answered, and closes nothing (decide()). */
	if (proven &&
	    (c->wish == WISH_STATUS || (c->wish != WISH_WORDS && (writes || !holds_token(c)))))
		return DECIDE_CUSTOMER_COMMAND;
	if (!writes && !holds_token(c))
		return DECIDE_CASE;
	if (!writes && !failed)
		return DECIDE_OUTSIDE_NOTE; /* who was in it once */
	return failed ? DECIDE_SUSPECT_NOTE : DECIDE_CUSTOMER_NOTE;
}

static enum decide_what expect(const struct combination *c)
{
	bool proven = c->verdict == W_DMARC || c->verdict == W_DKIM || c->verdict == W_LOGIN;
	bool failed = c->verdict == W_FAIL;

	if (c->form == F_GROUP) /* an address that proves nothing, whatever vouches for it */
		return c->sender == STAFF && names_a_case(c->token) ? DECIDE_STAFF_UNVERIFIED
								    : DECIDE_CASE;
	if (!is_one_person(c->form)) /* nobody, who proves nothing */
		return DECIDE_CASE;
	if (c->sender == STAFF)
		return expect_staff(c, proven, failed);
	if (c->token == T_DESK)
		return DECIDE_QUARANTINE; /* in other hands */
	return strays(c) ? DECIDE_STAFF_ELSEWHERE : expect_customer(c, proven, failed);
}

/* --- the daemon's own answer --- */

static enum decide_what decide(const struct combination *c, struct arena *a, const char **ret_why)
{
	struct identity_world world = { conf, &conf->mailboxes[0], &keys, NOW, a };
	struct store_mail mail = { .received_at = NOW };
	struct facts facts = { .subject = SPAN("Re: x"),
			       .text = span_of(wishes[c->wish]),
			       .reply = span_of(wishes[c->wish]) };
	struct staff_answer said;
	struct twin twin = { 0 };
	struct header_scan scan;
	struct identity identity;
	struct automatic answer = { 0 };
	struct requester requester = { .by = REQUESTER_FROM };
	struct decide_case found = { .found = true,
				     .row.number = NUMBER,
				     .participant = senders[c->sender].participant,
				     .requester = senders[c->sender].participant };
	struct decide_in in = { .conf = conf,
				.queue = conf->mailboxes[0].queue
					     ? conf_queue_find(conf, conf->mailboxes[0].queue)
					     : NULL,
				.mail = &mail,
				.facts = &facts,
				.scan = &scan,
				.identity = &identity,
				.requester = &requester,
				.answer = &answer,
				.said = &said,
				.twin = &twin };
	struct decision d;

	staff_answer_read(&(struct staff_answer_in){ .conf = conf, .facts = &facts }, a, &said);
	header_scan(mail_of(c, a), a, &scan);
	identity_decide(&scan, &world, &identity);
	requester.address = identity.from;
	answer = (struct automatic){ true, identity.vouched, identity.from, NULL };
	if (identity.token_valid)
		in.token_case = found;
	if (identity.mentioned_case == NUMBER)
		in.mentioned = found;
	decide_read_command(&in, a);
	decide_mail(&in, &d);
	if (d.what == DECIDE_CUSTOMER_COMMAND && d.command.verb == CUSTOMER_CLOSE)
		assert_true(may_write(c, identity.vouched));
	*ret_why = arena_printf(a, "%s, by %s", d.why, identity.why);
	return d.what;
}

static bool try_one(const struct combination *c)
{
	struct arena a ARENA_AUTO;
	enum decide_what got, want = expect(c);
	const char *why;

	arena_init(&a);
	conf->staff_trust = c->trust;
	conf->plus_addresses = c->way != IN_ID;
	conf->recipient_delimiter = c->way == IN_OTHER ? "-" : "+";
	got = decide(c, &a, &why);
	if (got == want)
		return true;
	print_error("trust %d, %s, token %d by %s, word %d, form %d, \"%s\": %s, not %s (%s)\n",
		    c->trust, senders[c->sender].name, c->token, ways[c->way], c->verdict, c->form,
		    wishes[c->wish], decide_name(got), decide_name(want), why);
	return false;
}

static void every_combination_is_decided_as_the_sentences_say(void **state)
{
	size_t tried = 0, wrong = 0;

	(void)state;
	for (unsigned int i = 0; i < 2 * WAYS * SENDER_COUNT * TOKEN_KINDS * WORDS; i++) {
		unsigned int k = i / 2;
		struct combination c = { i % 2 ? CONF_TRUST_TOKEN : CONF_TRUST_DMARC,
					 k % WAYS,
					 k / WAYS % SENDER_COUNT,
					 k / WAYS / SENDER_COUNT % TOKEN_KINDS,
					 k / WAYS / SENDER_COUNT / TOKEN_KINDS,
					 0,
					 0 };

		for (c.form = 0; c.form < FORMS; c.form++)
			for (c.wish = 0; c.wish < WISHES; c.wish++, tried++)
				wrong += !try_one(&c);
	}
	print_message("# %zu combinations, %zu mismatches\n", tried, wrong);
	assert_int_equal(wrong, 0);
}

static int load(void **state)
{
	static const char *border[] = { HOST " above" }, *ids[] = { HOST }, *team[] = { TEAM };
	static const char *sam[] = { SAM }, *tess[] = { TESS };
	struct err e;

	(void)state;
	crypto_init();
	conf = shipped_conf();
	if (conf->staff_count < 2)
		return -1;
	conf->border_hosts = (struct policy_words){ border, 1 };
	conf->authserv_ids = (struct policy_words){ ids, 1 };
	conf->mailboxes[0].address = "support@help.example";
	conf->staff[0].addresses = (struct policy_words){ sam, 1 };
	conf->staff[1].addresses = (struct policy_words){ tess, 1 };
	conf->queues[0].notify = (struct policy_words){ team, 1 };
	return token_keys_set(&keys, SPAN(SECRET), SPAN(""), &e);
}

static int unload(void **state)
{
	(void)state;
	conf_free(&conf);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_combination_is_decided_as_the_sentences_say),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
