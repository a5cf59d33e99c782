/* The report of a week. */
#include "gatewayd/post/post_mail.h"

static void set_numbers(const struct post_report *p, const struct compose_mail *mail,
			struct arena *a)
{
	static const enum stats_measure shown[] = { STATS_OPENED,  STATS_CLOSED,  STATS_REOPENED,
						    STATS_BEFORE,  STATS_BACKLOG, STATS_MET,
						    STATS_BREACHED };
	int64_t median = stats_minutes_percentile(p->sum, 50);

	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++)
		template_set_int(mail->data, stats_measure_name(shown[i]),
				 stats_get(p->sum, STATS_TOTAL, "", shown[i]));
	template_set(mail->data, "share",
		     span_of(stats_percent(a, stats_get(p->sum, STATS_TOTAL, "", STATS_MET),
					   stats_get(p->sum, STATS_TOTAL, "", STATS_BREACHED))));
	if (median >= 0)
		template_set(mail->data, "median", span_of(stats_minutes_text(a, median)));
}

int post_report(struct desk *d, const struct post_report *p, struct err *e)
{
	const struct stats_span *span = &p->head->span;
	struct mime_thread none = { .message_id = SPAN("") };
	/* The first, where it is of all of them. */
	struct compose_mail mail =
	    post_answer(d, "weekly_report", desk_queue(d, span->queue), &none);
	const char *from = stats_day_text(d->arena, span->zone, span->from_at);
	const struct mime_attachment page = {
		.filename = span_of(arena_printf(
		    d->arena, "report-%s" SPAN_FMT SPAN_FMT ".html", from,
		    SPAN_ARG(span->queue.n ? SPAN("-") : SPAN("")), SPAN_ARG(span->queue))),
		.content_type = SPAN_LITERAL("text/html"),
		.content_id = SPAN_LITERAL(""),
		.content = p->page
	};

	mail.cause = COMPOSE_NOTICE;
	post_to_staff(d, &mail, p->to);
	template_set(mail.data, "week_from", span_of(from));
	template_set(mail.data, "week_to",
		     span_of(stats_day_text(d->arena, span->zone, span->to_at)));
	if (span->queue.n)
		template_set(mail.data, "report_queue", span->queue);
	set_numbers(p, &mail, d->arena);
	mail.attachments = &page;
	mail.attachment_count = 1;
	return post_mail(d, &mail, e);
}
