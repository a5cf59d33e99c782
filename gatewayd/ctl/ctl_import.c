/*
 * import: mails of the past, a batch a request (gatewayctl reads the files, ctl_history.c).
 *
 * Input: for each mail eight bytes each of when it came, its size on the disk, how many bytes
 * follow (fewer when it is over limits.mail_bytes), and the bytes.
 */
#include <sysexits.h>

#include "gatewayd/ctl/ctl.h"
#include "gatewayd/ctl/ctl_history.h"
#include "gatewayd/mail/mail_keep.h"

static bool take(struct span *in, void *out, size_t n)
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

	if (!take(in, head, sizeof(head)) || head[2] < 0 || (uint64_t)head[2] > in->n)
		return false;
	*ret_raw = span_sub(*in, 0, (size_t)head[2]);
	*in = span_sub(*in, (size_t)head[2], SIZE_MAX);
	*m = (struct store_mail){ .received_at = head[0],
				  .size = head[1],
				  .truncated = head[2] < head[1],
				  .history = true };
	return true;
}

static int import(struct ctl *c)
{
	const char *mailbox = ctl_value(c, "--mailbox");
	struct span in = c->input, raw;
	struct store_mail m;
	struct err e = { 0 };
	int64_t id, counts[2] = { 0 };
	bool is_new;
	int status = ctl_words(c, 0, 0);

	if (status != EX_OK)
		return status;
	if (mailbox && !conf_mailbox_find(c->d->conf, mailbox))
		return ctl_usage(c, "--mailbox %s: there is no such mailbox", mailbox);
	while (in.n) {
		if (!take_mail(&in, &m, &raw))
			return ctl_usage(c, "import: the batch is cut");
		ctl_mail_place(&m, mailbox ? mailbox : "import", raw);
		if (mail_keep(c->d, &m, raw, &id, &is_new, &e) < 0)
			return ctl_fail(c, &e);
		counts[is_new]++;
	}
	buf_addf(c->out, "{\"new\": %lld, \"known\": %lld}\n", (long long)counts[true],
		 (long long)counts[false]);
	return EX_OK;
}

const struct ctl_verb ctl_import_verbs[] = {
	{ "import", "[--mailbox NAME] MAILDIR|MBOX...",
	  "mails of the past: kept and put to cases, nothing is sent",
	  CTL_WRITES | CTL_INPUT_ALWAYS | CTL_HIDDEN, import },
	{ 0 },
};
