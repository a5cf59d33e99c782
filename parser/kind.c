#include "parser/kind.h"

#include "parser/bounce.h"
#include "parser/header.h"
#include "parser/kind_mail.h"
#include "parser/marks.h"

static const struct span answer_prefixes[] = {
#define ANSWER_PREFIX(lang, words) SPAN_LITERAL(words),
#include "parser/tables/kind_answer_prefixes.h"
#undef ANSWER_PREFIX
};

/* A person answers or passes on: "Re:", "Fwd:", "AW:", "WG:" ... */
static bool is_answer(struct span subject)
{
	for (size_t i = 0; i < sizeof(answer_prefixes) / sizeof(*answer_prefixes); i++)
		if (span_starts(subject, answer_prefixes[i]))
			return true;
	return false;
}

static bool is_feedback(struct kind_mail *m)
{
	if (span_is(m->in->content_type, "multipart/report") &&
	    span_is(m->in->report_type, "feedback-report"))
		return kind_is(m, FACTS_BULK, "report-type", "feedback-report");
	return kind_has_part(m->in, "message/feedback-report") &&
	       kind_is(m, FACTS_BULK, "part", "message/feedback-report");
}

static bool is_receipt_report(struct kind_mail *m)
{
	if (kind_has_part(m->in, "message/disposition-notification"))
		return kind_is(m, FACTS_AUTO_REPLY, "part", "message/disposition-notification");
	return span_is(m->in->report_type, "disposition-notification") &&
	       kind_is(m, FACTS_AUTO_REPLY, "report-type", "disposition-notification");
}

static bool is_said(struct kind_mail *m, enum facts_kind kind, const char *field)
{
	return field && kind_is(m, kind, "header", field);
}

void kind_decide(const struct kind_input *in, struct arena *arena, struct facts *facts)
{
	struct kind_mail m = { .in = in, .arena = arena, .facts = facts };
	struct marks_fields fields;

	reply_fold(&m.subject, facts->subject.p ? facts->subject : SPAN(""));
	m.is_answer = is_answer(reply_folded_span(&m.subject));
	m.sender = kind_sender_of(facts);
	marks_read(in, m.sender, facts, &fields);
	facts->kind = FACTS_HUMAN;
	facts->kind_reason = SPAN("default");
	if (!is_feedback(&m) && !kind_is_bounce(&m) && !kind_is_announced(&m) &&
	    !is_said(&m, FACTS_AUTO_REPLY, fields.auto_reply) && !is_receipt_report(&m) &&
	    !kind_is_auto(&m) && !is_said(&m, FACTS_BULK, fields.bulk))
		kind_is_of_mailer(&m);
	if (facts->kind == FACTS_BOUNCE)
		bounce_read(in, arena, facts);
}
