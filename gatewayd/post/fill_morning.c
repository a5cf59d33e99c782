/* What the morning mail says. */
#include "gatewayd/case/word.h"
#include "gatewayd/post/notice.h"

enum { ROWS_MAX = 50 };

static void set_list(struct desk *d, const struct compose_mail *mail, const char *list,
		     const struct store_case *v, size_t n)
{
	for (size_t i = 0; i < n && i < ROWS_MAX; i++)
		(void)post_case_row_of(d, mail, list, &v[i]);
}

static int fill_morning(struct desk *d, struct compose_mail *mail, const struct notice *n,
			struct err *e)
{
	const struct post_morning *m = n->morning;
	size_t more = 0;

	(void)e;
	set_list(d, mail, "today", m->today, m->today_count);
	set_list(d, mail, "mine", m->mine, m->mine_count);
	set_list(d, mail, "waits", m->waits, m->waits_count);
	more += m->today_count > ROWS_MAX ? m->today_count - ROWS_MAX : 0;
	more += m->mine_count > ROWS_MAX ? m->mine_count - ROWS_MAX : 0;
	more += m->waits_count > ROWS_MAX ? m->waits_count - ROWS_MAX : 0;
	template_set(mail->data, "due_zone", words_zone(mail->words, mail->zone));
	template_setf(mail->data, "count", "%zu", m->mine_count + m->waits_count);
	if (more)
		template_set(mail->data, "more",
			     word_count(d, mail->words, WORD_MORE, (int64_t)more));
	return 0;
}

const struct notice_fill notice_morning_fills[] = {
	{ "morning", COMPOSE_NOTICE, fill_morning },
	{ 0 },
};
