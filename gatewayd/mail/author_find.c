#include "gatewayd/mail/author_find.h"

#include "gatewayd/base/escape.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/confusable.h"
#include "gatewayd/mail/conversation.h"

static void add_doubt(struct author *author, enum author_doubt_kind kind, struct span what,
		      struct span like)
{
	if (author->doubt_count < AUTHOR_DOUBTS_MAX)
		author->doubts[author->doubt_count++] = (struct author_doubt){ kind, what, like };
}

/* --- the name --- */

/* "Ann (ann@bank.example)" <eve@evil.example>; signs that look like "@" are. */
static void look_at_name(struct desk *d, const struct requester *r, struct author *author)
{
	static const char *const at_signs[] = { "\xef\xbc\xa0", "\xef\xb9\xab" };
	struct span rest = r->name;
	struct addrspec_found found;
	struct buf name BUF_AUTO;

	buf_init(&name, ADDRSPEC_MAX * 4);
	while (rest.n) {
		size_t n = 1;

		for (size_t i = 0; i < 2 && n == 1; i++)
			if (span_starts(rest, span_of(at_signs[i])))
				n = strlen(at_signs[i]);
		if (n > 1)
			buf_addc(&name, '@');
		else
			buf_addc(&name, *rest.p);
		rest = span_sub(rest, n, SIZE_MAX);
	}
	if (r->address.p && utf8_valid(r->address) &&
	    addrspec_find(buf_span(&name), d->arena, &found) && utf8_valid(found.address) &&
	    !addrspec_eq(found.address, r->address))
		add_doubt(author, DOUBT_POSES, found.address, r->address);
}

/* --- domains --- */

typedef bool domain_fn(void *ctx, struct span domain);

static bool each_address(struct span address, domain_fn *fn, void *ctx)
{
	return address.n && fn(ctx, addrspec_domain(address));
}

/* Those of our mailboxes, queues and staff, until fn says true. */
static bool each_own(const struct conf *c, domain_fn *fn, void *ctx)
{
	for (size_t i = 0; i < c->mailbox_count; i++)
		if (each_address(span_of(c->mailboxes[i].address), fn, ctx))
			return true;
	for (size_t i = 0; i < c->queue_count; i++)
		if (each_address(span_of(c->queues[i].address), fn, ctx))
			return true;
	for (size_t i = 0; i < c->staff_count; i++)
		for (size_t k = 0; k < c->staff[i].addresses.n; k++)
			if (each_address(span_of(c->staff[i].addresses.v[k]), fn, ctx))
				return true;
	return false;
}

struct search {
	struct span domain, like; /* p == NULL: none so far */
	struct span last;	  /* that was looked at: most of ours are one */
};

static bool is_same(void *ctx, struct span domain)
{
	struct search *s = ctx;

	return span_eq_ci(domain, s->domain);
}

static bool is_like(void *ctx, struct span domain)
{
	struct search *s = ctx;

	if (span_eq_ci(domain, s->last))
		return false;
	s->last = domain;
	if (!confusable_is_like(s->domain, domain))
		return false;
	s->like = domain;
	return true;
}

/* An account's domain that all of a longer one begins with: "acme.example.evil.example". */
static int find_beginning(struct desk *d, struct search *s, struct err *e)
{
	for (size_t i = 0; i < s->domain.n && !s->like.p; i++) {
		struct span begin = span_sub(s->domain, 0, i);
		bool found;

		if (s->domain.p[i] != '.' || !memchr(begin.p, '.', begin.n))
			continue;
		if (store_domain_has(d->store, begin, &found, e) < 0)
			return -1;
		if (found)
			s->like = begin;
	}
	return 0;
}

static int find_account(struct desk *d, struct search *s, struct err *e)
{
	struct buf skeleton BUF_AUTO;
	struct span *v;
	size_t n, shortest;

	buf_init(&skeleton, CONFUSABLE_DOMAIN_MAX * 4);
	confusable_skeleton(s->domain, &skeleton);
	shortest = skeleton.n > CONFUSABLE_SHORTER ? skeleton.n - CONFUSABLE_SHORTER : 0;
	if (store_domain_sized(d->store, shortest, skeleton.n + CONFUSABLE_LONGER, d->arena, &v, &n,
			       e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (span_eq_ci(v[i], s->domain))
			return 0;
	for (size_t i = 0; i < n && !s->like.p; i++)
		is_like(s, v[i]);
	return s->like.p ? 0 : find_beginning(d, s, e);
}

static int look_at_domain(struct desk *d, struct span address, struct author *author, struct err *e)
{
	struct search s = { .domain = address.p ? addrspec_domain(address) : SPAN_NONE };

	if (!s.domain.n || !utf8_valid(address) || each_own(d->conf, is_same, &s))
		return 0;
	if (confusable_mixed(s.domain))
		add_doubt(author, DOUBT_MIXED, s.domain, SPAN(""));
	if (!each_own(d->conf, is_like, &s) && find_account(d, &s, e) < 0)
		return -1;
	if (s.like.p)
		add_doubt(author, DOUBT_ALIKE, s.domain, s.like);
	return 0;
}

/* --- beside From --- */

/* As many as one mail brings into a conversation: they are known to have it. */
static struct span others_in(struct desk *d, const struct requester_mail *m,
			     const struct facts_addresses *list)
{
	struct buf out BUF_AUTO;
	size_t said = 0;

	buf_init(&out, ADDRSPEC_MAX * (CONVERSATION_COPIED_MAX + 1));
	for (size_t i = 0; i < list->n; i++) {
		struct span address = list->v[i].address;

		if (!address.n || identity_address_is_own(d->conf, address) ||
		    (m->identity->from.p && addrspec_eq(address, m->identity->from)))
			continue;
		if (++said > CONVERSATION_COPIED_MAX)
			continue;
		buf_adds(&out, said > 1 ? ", " : "");
		escape_line(address, &out);
	}
	if (said > CONVERSATION_COPIED_MAX)
		buf_addf(&out, " (+%zu)", said - CONVERSATION_COPIED_MAX);
	return arena_dup(d->arena, buf_span(&out));
}

static struct span other_envelope(const struct requester_mail *m)
{
	const struct header_scan *s = m->scan;

	if (s->return_path_kind != PATH_ADDRESS || !utf8_valid(s->return_path) ||
	    (m->identity->from.p && addrspec_eq(s->return_path, m->identity->from)))
		return SPAN("");
	return s->return_path;
}

static enum note_trust trust_of(enum trust level)
{
	static const enum note_trust trusts[] = {
		[TRUST_L0] = NOTE_TRUST_L0,
		[TRUST_L1] = NOTE_TRUST_L1,
		[TRUST_L2] = NOTE_TRUST_L2,
		[TRUST_L3] = NOTE_TRUST_L3,
	};

	return trusts[level];
}

static struct author author_in_head(struct desk *d, const struct requester_mail *m)
{
	struct span reply_to = requester_reply_to(m);

	return (struct author){ .trust = trust_of(m->identity->level),
				.by = m->identity->by,
				.failed = m->identity->failed,
				.via = SPAN(""),
				.reply_to = reply_to.p ? reply_to : SPAN(""),
				.envelope = other_envelope(m),
				.to = others_in(d, m, &m->facts->to),
				.cc = others_in(d, m, &m->facts->cc) };
}

int author_find(struct desk *d, const struct requester_mail *m, const struct requester *requester,
		bool account_known, struct author *ret_author, struct err *e)
{
	struct author author = { .trust = NOTE_TRUST_L0,
				 .passed_on = true,
				 .via = m->identity->from.p ? m->identity->from : SPAN(""),
				 .reply_to = SPAN(""),
				 .envelope = SPAN(""),
				 .to = SPAN(""),
				 .cc = SPAN("") };

	if (requester->by == REQUESTER_FROM)
		author = author_in_head(d, m);
	look_at_name(d, requester, &author);
	if ((!account_known && look_at_domain(d, requester->address, &author, e) < 0) ||
	    (author.reply_to.n && look_at_domain(d, author.reply_to, &author, e) < 0))
		return -1;
	*ret_author = author;
	return 0;
}
