#include "gatewayd/mail/gather_say.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/mail/digest.h"
#include "gatewayd/mail/mail_said.h"
#include "gatewayd/mail/thread.h"

enum { FILES_SAID_MAX = 16 };

/* Those of a new case of the sender, and of what tells of it; they become one question. */
static void say_budgets(struct desk *d, const struct mail_gathered *g)
{
	struct automatic_recipient to = { .address = g->answer.to, .proven = g->answer.proven };
	struct store_budget v[DIGEST_BUDGETS + AUTOMATIC_BUDGETS];
	size_t n = 0;

	if (g->identity.from.p && utf8_valid(g->identity.from))
		n = digest_budgets(
		    d, &(struct digest_sender){ g->identity.from, g->identity.vouched }, v);
	if (g->answer.allowed && utf8_valid(to.address))
		n += automatic_budgets(d->conf, &to, d->arena, &v[n]);
	store_budget_say(d->store, v, n, d->now);
}

/* What it answers first: it is hardly ever another one. */
static void say_answered(struct desk *d, const struct header_scan *scan)
{
	struct err ignored;
	int64_t number;

	if (scan->in_reply_to_count && utf8_valid(scan->in_reply_to[0]))
		(void)store_case_by_message_id(d->store, scan->in_reply_to[0], &number, &ignored);
}

/* As work_attach() asks. */
static void say_files(struct desk *d, const struct mail_job *job, struct mail_gathered *g)
{
	size_t n = job->mail.truncated ? 0 : job->facts.attachment_count;

	g->file_count = n < FILES_SAID_MAX ? n : FILES_SAID_MAX;
	g->file_sha256 = arena_alloc_n(d->arena, FILES_SAID_MAX, sizeof(*g->file_sha256));
	for (size_t i = 0; i < g->file_count; i++) {
		const struct facts_attachment *a = &job->facts.attachments[i];
		bool alone = mail_file_is_alone(a);
		struct span content = alone ? (struct span){ NULL, (size_t)a->size }
					    : mail_file_content(job, a, d->arena);

		store_attachment_say(d->store, job->mail.id, content,
				     alone ? NULL : g->file_sha256[i]);
	}
}

void gather_say(struct desk *d, const struct mail_job *job, struct mail_gathered *g)
{
	struct span who = g->requester.address;
	struct store_account account;
	struct store_contact contact;
	struct store_storm storm;
	struct store_dead dead;
	struct err ignored;
	int64_t number;

	if (!store_ahead_begin(d->store))
		return;
	twin_say(d, job);
	say_answered(d, &g->scan);
	(void)thread_find(d, &g->scan, job->facts.subject, &number, &ignored);
	if (g->storm_key)
		(void)store_storm_get(d->store, g->storm_key, &storm, &ignored);
	if (who.p && utf8_valid(who))
		(void)store_account_by_address(
		    d->store, who, !policy_is_freemail(&d->conf->policy, addrspec_domain(who)),
		    d->arena, &account, &contact, &ignored);
	if (g->identity.vouched)
		(void)store_dead_get(d->store, g->identity.from, d->now, d->arena, &dead, &ignored);
	say_budgets(d, g);
	say_files(d, job, g);
	store_ahead_said(d->store);
}
