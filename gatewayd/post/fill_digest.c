/* What mails say that tell of many things at once. */
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/word.h"
#include "gatewayd/post/notice.h"

enum { LINE_BYTES = 160 }; /* of what a sender chose, in a list */

static void set_count(struct desk *d, const struct compose_mail *mail, const struct notice *n)
{
	const struct store_digest *digest = n->digest;
	int64_t more = digest->count - (int64_t)digest->n;

	template_set_int(mail->data, "count", digest->count);
	template_set(mail->data, "more",
		     more > 0 ? word_count(d, mail->words, WORD_MORE, more) : SPAN(""));
}

/* "quarantine: marked as spam before it came to us; L0: ..." as far as it is about the mail. */
static struct span why_of(const struct store_mail *m)
{
	struct span why = m->reason;

	return utf8_prefix(span_trim(span_cut(&why, ';')), LINE_BYTES);
}

static struct span subject_of(const struct compose_mail *mail, const struct store_mail *m)
{
	return m->subject.n ? utf8_prefix(m->subject, LINE_BYTES)
			    : words_get(mail->words, WORD_NO_SUBJECT);
}

static int fill_filed(struct desk *d, struct compose_mail *mail, const struct notice *n,
		      struct err *e)
{
	(void)e;
	mail->digest = true;
	set_count(d, mail, n);
	template_set_int(mail->data, "example", n->mails[0].id);
	for (size_t i = 0; i < n->digest->n; i++) {
		const struct store_mail *m = &n->mails[i];
		struct template_data *row = template_row(mail->data, "mails");

		template_set_int(row, "number", m->id);
		template_set(row, "subject", subject_of(mail, m));
		template_set(row, "sender", utf8_prefix(m->from, LINE_BYTES));
		template_set(row, "why", why_of(m));
	}
	return 0;
}

/* "": more than one. */
static struct span one_sender(const struct notice *n)
{
	for (size_t i = 1; i < n->digest->n; i++)
		if (!span_eq(n->mails[i].from, n->mails[0].from))
			return SPAN("");
	return utf8_prefix(n->mails[0].from, LINE_BYTES);
}

/* A mail that is no case any more has no line. */
static int fill_cases(struct desk *d, struct compose_mail *mail, const struct notice *n,
		      struct err *e)
{
	set_count(d, mail, n);
	template_set(mail->data, "sender", one_sender(n));
	template_set(mail->data, "due_zone", words_zone(mail->words, mail->zone));
	for (size_t i = 0; i < n->digest->n; i++) {
		struct store_case c;

		if (!n->mails[i].case_number)
			continue;
		if (store_case_get(d->store, n->mails[i].case_number, d->arena, &c, e) < 0)
			return -1;
		(void)post_case_row(d, mail, &c);
	}
	return 0;
}

static int fill_released(struct desk *d, struct compose_mail *mail, const struct notice *n,
			 struct err *e)
{
	(void)d;
	(void)e;
	post_set_transcript(mail, n->released->v, n->released->n);
	return 0;
}

const struct notice_fill notice_digest_fills[] = {
	{ "filed_digest", COMPOSE_NOTICE, fill_filed },
	{ "cases_digest", COMPOSE_NOTICE, fill_cases },
	{ "digest_answer", COMPOSE_ANSWER, fill_released },
	{ 0 },
};
