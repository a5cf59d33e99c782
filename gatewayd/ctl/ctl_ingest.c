/* ingest, import, simulate: mails that come from elsewhere */
#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/ctl/ctl_history.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"
#include "gatewayd/mail/mail_keep.h"
#include "gatewayd/mail/simulate.h"

/* Where the mail is: its digest as UIDVALIDITY and UID, so that the same one piped in twice is one.
 */
static void place_mail(struct store_mail *m, const char *source, struct span raw)
{
	uint8_t digest[SHA256_SIZE];

	sha256_of(raw, digest);
	m->location.mailbox = span_of(source);
	memcpy(&m->location.uidvalidity, digest, sizeof(uint32_t));
	memcpy(&m->location.uid, digest + sizeof(uint32_t), sizeof(uint32_t));
}

/* "--mailbox NAME", which must be one of the configuration; else the source's own name.  NULL: err
 * says that there is no such mailbox. */
static const char *mailbox_of(struct ctl *c, const char *source)
{
	const char *name = ctl_value(c, "--mailbox");

	if (!name || conf_mailbox_find(c->d->conf, name))
		return name ? name : source;
	ctl_usage(c, "--mailbox %s: there is no such mailbox", name);
	return NULL;
}

/* A mail that came, as those of the mailbox itself do (store/store_seen.h). */
static int keep(struct ctl *c, struct store_mail *m, struct span raw, int64_t *ret_id,
		bool *ret_new, struct err *e)
{
	static const struct store_seen one = { .seen = 1 };

	if (mail_keep(c->d, m, raw, ret_id, ret_new, e) < 0)
		return -1;
	return *ret_new ? store_seen_add(c->d->store, m->location.mailbox, &one, e) : 0;
}

/* Of a pipe that broke, or a file that was not written: no person sent that. */
static int refuse_empty(struct ctl *c)
{
	buf_adds(c->err, "gatewayctl: the mail is empty: nothing was taken in\n");
	return EX_DATAERR;
}

int ctl_ingest(struct ctl *c)
{
	bool history = ctl_flag(c, "--history");
	const char *mailbox = mailbox_of(c, history ? "import" : "ingest");
	struct store_mail m = { .received_at = c->d->now,
				.size = (int64_t)c->input.n,
				.history = history };
	struct span raw = c->input;
	struct err e = { 0 };
	int64_t id;
	bool is_new;
	int status = ctl_option_time(c, "--received", &m.received_at);

	if (status != EX_OK || !mailbox)
		return EX_USAGE;
	if (!span_trim(raw).n)
		return refuse_empty(c);
	place_mail(&m, mailbox, raw);
	if ((int64_t)raw.n > c->d->conf->limits.mail_bytes) {
		raw = span_sub(raw, 0, 256 * KIB);
		m.truncated = true;
	}
	if (keep(c, &m, raw, &id, &is_new, &e) < 0)
		return ctl_fail(c, &e);
	if (!c->json)
		buf_addf(c->out, "mail %" PRIi64 "%s\n", id, is_new ? "" : " (known)");
	return ctl_done(c, json_pack("{s:I, s:b}", "id", (json_int_t)id, "new", (int)is_new));
}

/* --- import: a batch a request; gatewayctl reads the files (ctl_history.c) --- */

/*
 * Input: for each mail eight bytes each of when it came, its size on the disk, how many bytes
 * follow (fewer when it is over limits.mail_bytes), and the bytes.
 */
static bool take_bytes(struct span *in, void *out, size_t n)
{
	if (in->n < n)
		return false;
	memcpy(out, in->p, n);
	*in = span_sub(*in, n, SIZE_MAX);
	return true;
}

static bool take_mail(struct span *in, struct store_mail *m, struct span *ret_raw)
{
	int64_t head[CTL_HISTORY_HEAD];

	if (!take_bytes(in, head, sizeof(head)) || head[2] < 0 || (uint64_t)head[2] > in->n)
		return false;
	*ret_raw = span_sub(*in, 0, (size_t)head[2]);
	*in = span_sub(*in, (size_t)head[2], SIZE_MAX);
	*m = (struct store_mail){ .received_at = head[0],
				  .size = head[1],
				  .truncated = head[2] < head[1],
				  .history = true };
	return true;
}

int ctl_import(struct ctl *c)
{
	const char *mailbox = mailbox_of(c, "import");
	struct span in = c->input, raw;
	struct store_mail m;
	struct err e = { 0 };
	int64_t id, pending, counts[2] = { 0 };
	bool is_new;

	if (!mailbox)
		return EX_USAGE;
	c->is_more = strcmp(c->words[0], CTL_HISTORY_MORE) == 0;
	while (in.n) {
		if (!take_mail(&in, &m, &raw))
			return ctl_usage(c, "import: the batch is cut");
		place_mail(&m, mailbox, raw);
		if (keep(c, &m, raw, &id, &is_new, &e) < 0)
			return ctl_fail(c, &e);
		counts[is_new]++;
	}
	if (store_mail_history_pending(c->d->store, &pending, &e) < 0)
		return ctl_fail(c, &e);
	c->json = true;
	return ctl_done(c, json_pack("{s:I, s:I, s:I}", "new", (json_int_t)counts[true], "known",
				     (json_int_t)counts[false], "pending", (json_int_t)pending));
}

/* --- simulate --- */

/* Eight bytes with its length, and it. */
static bool take_span(struct span *in, struct span *ret_span)
{
	uint64_t n;

	if (!take_bytes(in, &n, sizeof(n)) || n > in->n)
		return false;
	*ret_span = span_sub(*in, 0, (size_t)n);
	*in = span_sub(*in, (size_t)n, SIZE_MAX);
	return true;
}

/*
 * Input: the raw mail, the bytes of its files, then the encoded facts: the parser ran in gatewayctl
 * (ctl_local.c), and its word is checked here like a child's.
 */
int ctl_simulate(struct ctl *c)
{
	const char *mailbox = mailbox_of(c, "simulate");
	struct mail_job job = { .mail = { .received_at = c->d->now, .reason = SPAN("") } };
	struct span in = c->input;
	struct err e = { 0 };

	if (!mailbox)
		return EX_USAGE;
	if (!take_span(&in, &job.raw) || !take_span(&in, &job.body))
		return ctl_usage(c, "simulate: the mail is cut");
	if (!span_trim(job.raw).n)
		return refuse_empty(c);
	job.mail.location.mailbox = span_of(mailbox);
	job.mail.size = (int64_t)job.raw.n;
	job.mail.truncated = job.mail.size > c->d->conf->limits.mail_bytes;
	if (facts_decode(in, job.body.n, 0, c->d->arena, &job.facts, &e) < 0 ||
	    simulate(c->d, &job, c->out, &e) < 0)
		return ctl_fail(c, &e);
	c->json = true;
	return EX_OK;
}
