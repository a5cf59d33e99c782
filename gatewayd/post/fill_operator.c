/* What the mails to operators say. */
#include "gatewayd/case/word.h"
#include "gatewayd/post/notice.h"

static struct span trouble_text(const struct desk *d, const struct words *w,
				const struct post_trouble *p)
{
	static const enum word words[NOTICE_EVENT_COUNT] = {
		[NOTICE_MAILBOX] = WORD_TROUBLE_MAILBOX,     [NOTICE_ASIDE] = WORD_TROUBLE_ASIDE,
		[NOTICE_UNDECIDED] = WORD_TROUBLE_UNDECIDED, [NOTICE_SMTP] = WORD_TROUBLE_SMTP,
		[NOTICE_DISK] = WORD_TROUBLE_DISK,	     [NOTICE_CLOCK] = WORD_TROUBLE_CLOCK,
		[NOTICE_ROLE] = WORD_TROUBLE_ROLE,	     [NOTICE_BUDGET] = WORD_TROUBLE_BUDGET,
		[NOTICE_ROOM] = WORD_TROUBLE_ROOM,	     [NOTICE_HOOK] = WORD_TROUBLE_HOOK,
		[NOTICE_TOKEN] = WORD_TROUBLE_TOKEN,
	};

	return word_with(d, w, words[p->event], "name", p->name);
}

static int fill_trouble(struct desk *d, struct compose_mail *mail, const struct notice *n,
			struct err *e)
{
	const struct post_trouble *p = n->trouble;

	(void)e;
	template_set(mail->data, "trouble", trouble_text(d, mail->words, p));
	template_set(mail->data, "error", p->text);
	template_set(mail->data, "since",
		     word_time(d, mail->words, mail->queue->zone, p->since_at));
	template_set(mail->data, "due_zone", words_zone(mail->words, mail->queue->zone));
	template_set(
	    mail->data, "reason",
	    word_with(d, mail->words, WORD_REASON_OPERATOR, "host", span_of(d->conf->hostname)));
	return 0;
}

const struct notice_fill notice_operator_fills[] = {
	{ "trouble", COMPOSE_NOTICE, fill_trouble },
	{ "trouble_over", COMPOSE_NOTICE, fill_trouble },
	{ 0 },
};
