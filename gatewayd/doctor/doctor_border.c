/* Whose word about senders counts: what stands in the newest mails from outside. */
#include "gatewayd/doctor/doctor_inside.h"

#include "gatewayd/base/mem.h"
#include "gatewayd/identity/authres.h"
#include "gatewayd/identity/border.h"
#include "gatewayd/identity/border_guess.h"
#include "gatewayd/net/imap_ids.h"

enum {
	OUTSIDE_MAX = 50, /* mails from outside that are looked at */
	NEWEST_MAX = 200, /* mails among which they are looked for, of each folder */
};

struct outside {
	struct doctor *d;
	struct header_scan scans[OUTSIDE_MAX];
	size_t n;
};

static struct span domain_of(struct span address)
{
	span_cut(&address, '@');
	return address;
}

static bool is_our_domain(const struct conf *c, struct span domain)
{
	for (size_t i = 0; i < c->mailbox_count; i++)
		if (span_eq_ci(domain, domain_of(span_of(c->mailboxes[i].address))))
			return true;
	return false;
}

static void on_head(void *ctx, size_t k, struct span head)
{
	struct outside *o = ctx;
	struct arena *a = &o->d->arena;
	struct header_scan scan;

	(void)k;
	if (o->n == OUTSIDE_MAX)
		return;
	header_scan(arena_dup(a, head), a, &scan);
	if (scan.from.p && scan.trace_count && !is_our_domain(o->d->conf, domain_of(scan.from)))
		o->scans[o->n++] = scan;
}

static void note_time(struct doctor *d, const struct imap_mail *mails, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (mails[i].present && mails[i].received_at > d->newest_at)
			d->newest_at = mails[i].received_at;
}

/* The newest of the selected folder. */
static int look_at(struct outside *o, struct imap *imap, const struct imap_folder *folder,
		   struct err *e)
{
	struct imap_mail mails[NEWEST_MAX];
	uint32_t from = folder->uidnext > NEWEST_MAX ? folder->uidnext - NEWEST_MAX : 1, *uids;
	size_t n, skip, last;

	if (!folder->exists)
		return 0;
	if (imap_list_from(imap, from, false, &uids, &n, e) < 0)
		return -1;
	skip = n > NEWEST_MAX ? n - NEWEST_MAX : 0;
	n -= skip;
	for (size_t i = 0; i < n; i++)
		mails[i] = (struct imap_mail){ .uid = uids[skip + i] };
	mem_free(&uids);
	if (n == 0)
		return 0;
	if (imap_describe(imap, mails, n, e) < 0)
		return -1;
	note_time(o->d, mails, n);
	last = n > 2 * OUTSIDE_MAX ? n - 2 * OUTSIDE_MAX : 0;
	return imap_heads(imap, mails + last, n - last, on_head, o, e);
}

static void collect(struct outside *o, struct imap *imap, const struct conf_mailbox *m)
{
	const char *const folders[] = { m->processed, m->folder };
	struct imap_folder folder;
	struct err e = { 0 };
	bool exists;

	for (size_t i = 0; i < 2; i++)
		if (imap_folder_exists(imap, folders[i], &exists, &e) == 0 && exists &&
		    imap_examine(imap, folders[i], &folder, &e) == 0)
			look_at(o, imap, &folder, &e);
}

/* How many have a word of our border as it is configured. */
static size_t count_vouched(struct outside *o, const struct conf_mailbox *m)
{
	const struct conf *c = o->d->conf;
	struct authres_servers servers = { c->authserv_ids.v, c->authserv_ids.n,
					   m->authres_without_id };
	size_t found = 0;

	for (size_t i = 0; i < o->n; i++) {
		const struct span *fields;
		struct authres result = { 0 };
		size_t n;

		border_results(&o->scans[i], c, &o->d->arena, &fields, &n);
		authres_decide(fields, n, &servers, o->scans[i].from, &result);
		found += result.found;
	}
	return found;
}

static const char *paste(struct doctor *d, const struct conf_mailbox *m,
			 const struct border_guess *g)
{
	struct buf out BUF_AUTO;

	buf_init(&out, 4 * KIB);
	if (g->without_id)
		buf_addf(&out, "# in mailboxes.%s:\nauthres_without_id = true;\n", m->name);
	else
		buf_addf(&out, "authserv_ids = [ \"" SPAN_FMT "\" ];\n", SPAN_ARG(g->id));
	buf_addf(&out, "border_hosts = [ \"" SPAN_FMT " %s\"", SPAN_ARG(g->host),
		 g->below ? "below" : "above");
	for (size_t i = 0; i < g->inside_count; i++)
		buf_addf(&out, ", \"" SPAN_FMT " inside\"", SPAN_ARG(g->inside[i]));
	buf_adds(&out, " ];\n");
	return arena_cstr(&d->arena, buf_span(&out));
}

static void propose(struct outside *o, const char *what, const struct conf_mailbox *m,
		    size_t vouched)
{
	struct doctor *d = o->d;
	bool needs = d->conf->staff_trust == CONF_TRUST_DMARC;
	struct border_guess g;

	if (!border_guess(o->scans, o->n, &d->arena, &g))
		doctor_say(d, needs ? DOCTOR_WRONG : DOCTOR_NOTE, what,
			   TEXT(d, "%zu of %zu mails from outside have results of our border",
				vouched, o->n),
			   "have your mail server write Authentication-Results "
			   "(gatewayd-server(7)), or set staff_trust = \"token\"",
			   NULL);
	else
		doctor_say(d, needs ? DOCTOR_WRONG : DOCTOR_NOTE, what,
			   TEXT(d,
				"%zu of %zu mails from outside have results of our border as it is "
				"configured, %zu of what looks like it",
				vouched, o->n, g.with),
			   "if that is your mail server, put this into the configuration",
			   paste(d, m, &g));
}

void doctor_border(struct doctor *d, struct imap *imap, const struct conf_mailbox *m)
{
	const char *what = TEXT(d, "border of %s", m->name);
	struct outside *o = mem_alloc(sizeof(*o));
	size_t vouched;

	o->d = d;
	collect(o, imap, m);
	vouched = count_vouched(o, m);
	if (o->n == 0)
		SAY_NOTE(d, what,
			 "there is no mail from outside to see what your mail server writes",
			 "send one from a private address, and look again");
	else if (vouched * 2 > o->n)
		SAY_GOOD(d, what,
			 TEXT(d, "%zu of %zu mails from outside have results of our border",
			      vouched, o->n));
	else
		propose(o, what, m, vouched);
	mem_free(&o);
}
