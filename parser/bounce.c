#include "parser/bounce.h"

#include "gatewayd/base/utf8.h"
#include "parser/bounce_list.h"
#include "parser/bounce_notice.h"
#include "parser/bounce_report.h"
#include "parser/bounce_words.h"
#include "parser/header.h"

static bool is_status_part(const struct kind_part *p)
{
	return span_is(p->content_type, "message/delivery-status") ||
	       span_is(p->content_type, "message/global-delivery-status") ||
	       span_is(p->content_type, "message/disposition-notification");
}

static bool is_returned_part(const struct kind_part *p)
{
	return span_is(p->content_type, "message/rfc822") ||
	       span_is(p->content_type, "message/rfc822-headers") ||
	       span_is(p->content_type, "message/global") ||
	       span_is(p->content_type, "message/global-headers") ||
	       span_is(p->content_type, "text/rfc822-headers");
}

/* The parts of a report by their part in it. */
struct pieces {
	struct span whole;    /* the text, or a multipart without its boundary */
	struct span notice;   /* what is said to people */
	struct span returned; /* the returned message, header first */
};

static void find_pieces(const struct kind_input *in, struct span text, struct pieces *ret_pieces)
{
	struct pieces p = { .whole = text };
	struct span below;

	for (size_t i = 0; i < in->part_count; i++) {
		const struct kind_part *part = &in->parts[i];
		if (is_returned_part(part) && !p.returned.n)
			p.returned = part->text;
		if (!p.whole.n && span_starts(part->content_type, SPAN("multipart/")))
			p.whole = part->text;
	}
	bounce_notice_split(p.whole, &p.notice, &below);
	if (!p.returned.n)
		p.returned = below;
	*ret_pieces = p;
}

/* The texts that are no part of `text`: some systems send their notice as a file. */
static void read_other_notices(const struct kind_input *in, struct span text, struct span sender,
			       struct span robot, struct bounce_list *l)
{
	for (size_t i = 0; i < in->part_count && l->n == 0; i++) {
		const struct kind_part *p = &in->parts[i];
		struct span notice, below;
		if (!span_starts(p->content_type, SPAN("text/")) || is_returned_part(p))
			continue;
		if (p->text.p >= text.p && p->text.p < text.p + text.n)
			continue;
		bounce_notice_split(p->text, &notice, &below);
		bounce_notice_read(notice, sender, robot, l);
	}
}

/* The addresses of a header field, which may be any bytes. */
static void add_addresses(struct span raw, struct bounce_list *l)
{
	struct facts_recipient r = { .action = SPAN_NONE };
	struct buf text BUF_AUTO;
	size_t at = 0;

	buf_init(&text, FACTS_FIELD_MAX);
	utf8_scrub(span_sub(raw, 0, FACTS_FIELD_MAX), &text);
	struct span value = arena_dup(l->arena, buf_span(&text));

	while (!l->full && bounce_next_address(value, &at, &r.address))
		bounce_list_add(l, &r);
}

static void read_status_parts(const struct kind_input *in, struct bounce_list *l)
{
	for (size_t i = 0; i < in->part_count; i++)
		if (is_status_part(&in->parts[i]))
			bounce_report_read(in->parts[i].text, l);
}

/* A report whose MIME structure got lost: its fields stand in the text. */
static void read_fields_in_text(struct span text, struct bounce_list *l)
{
	size_t at = span_find_ci(span_sub(text, 0, KIND_PART_TEXT_MAX), SPAN("\nfinal-recipient:"));

	if (at != SIZE_MAX)
		bounce_report_read(span_sub(text, at + 1, BOUNCE_NOTICE_MAX), l);
}

/* In the order of how much is to be believed; each only when those before it named nobody. */
static void find_recipients(const struct kind_input *in, const struct facts *facts,
			    const struct pieces *pieces, struct bounce_list *l)
{
	struct span sender = facts->to.n ? facts->to.v[0].address : SPAN("");
	struct span robot = facts->from.n ? facts->from.v[0].address : SPAN("");
	const struct header *failed = header_find(in->headers, "X-Failed-Recipients");

	read_status_parts(in, l);
	if (l->n == 0)
		read_fields_in_text(pieces->whole, l);
	if (l->n == 0)
		bounce_notice_read(pieces->notice, sender, robot, l);
	if (l->n == 0) /* a gateway passes a report on as a message */
		read_fields_in_text(pieces->returned, l);
	if (l->n == 0)
		read_other_notices(in, facts->text, sender, robot, l);
	if (l->n == 0 && failed)
		add_addresses(failed->value, l);
	if (l->n == 0)
		add_addresses(bounce_header(pieces->returned, "To", l->arena), l);
	if (l->n == 0)
		add_addresses(bounce_header(pieces->returned, "X-Original-To", l->arena), l);
	if (l->n == 0) /* a mail to oneself */
		bounce_notice_read(pieces->notice, robot, robot, l);
}

/* A code of the notice is everybody's unless it is that of one of several. */
static struct span common_status(struct span notice, const struct bounce_list *l)
{
	for (size_t i = 0; i < l->n && l->n > 1; i++)
		if (l->v[i].status.p)
			return SPAN_NONE;
	return bounce_find_status(span_sub(notice, 0, BOUNCE_NOTICE_MAX));
}

/* What the recipients lack and the notice as a whole tells. */
static void complete(const struct facts *facts, struct span notice, struct bounce_list *l)
{
	struct span status = common_status(notice, l);
	struct span action = SPAN_NONE;

	for (size_t i = 0; i < l->n; i++) {
		struct facts_recipient *r = &l->v[i];
		if (!r->status.p)
			r->status = status;
		if (r->action.p)
			continue;
		if (!action.p)
			action = bounce_notice_action(facts->subject, notice);
		r->action = action;
	}
}

static void find_diagnostic(struct span notice, struct bounce_list *l)
{
	struct span rest = span_sub(notice, 0, BOUNCE_NOTICE_MAX), line, answer;

	if (l->n != 1 || l->v[0].diagnostic.p)
		return;
	while (span_line(&rest, &line)) {
		answer = bounce_find_answer(line);
		if (answer.p) {
			l->v[0].diagnostic = bounce_unfold(answer, BOUNCE_DIAGNOSTIC_MAX, l->arena);
			return;
		}
	}
}

/* "Message-ID: <...>" in the notice, where there is no returned message. */
static struct span id_in_notice(struct span notice, struct arena *arena)
{
	size_t at = span_find_ci(span_sub(notice, 0, BOUNCE_NOTICE_MAX), SPAN("message-id:"));

	if (at == SIZE_MAX)
		return SPAN_NONE;
	notice = utf8_prefix(span_sub(notice, at, notice.n), 400);
	return bounce_message_id(bounce_unfold(notice, notice.n, arena));
}

static struct span below_blank_line(struct span s)
{
	size_t lf = span_find(s, SPAN("\n\n")), crlf = span_find(s, SPAN("\r\n\r\n"));

	return span_sub(s, lf < crlf ? lf : crlf, s.n);
}

static struct span find_original_id(const struct kind_input *in, const struct facts *facts,
				    const struct pieces *pieces, struct arena *arena)
{
	struct span id = bounce_message_id(bounce_header(pieces->returned, "Message-ID", arena));

	if (!id.p) /* the header of a part may stand above that of the message */
		id = bounce_message_id(
		    bounce_header(below_blank_line(pieces->returned), "Message-ID", arena));
	for (size_t i = 0; i < in->part_count && !id.p; i++)
		if (is_status_part(&in->parts[i]))
			id = bounce_message_id(
			    bounce_header(in->parts[i].text, "Original-Message-ID", arena));
	if (!id.p)
		id = id_in_notice(pieces->notice, arena);
	if (!id.p)
		id = facts->in_reply_to;
	return id;
}

void bounce_read(const struct kind_input *in, struct arena *arena, struct facts *facts)
{
	struct bounce_list l = { .arena = arena };
	struct pieces pieces;

	find_pieces(in, facts->text, &pieces);
	find_recipients(in, facts, &pieces, &l);
	complete(facts, pieces.notice, &l);
	find_diagnostic(pieces.notice, &l);
	facts->recipients = l.v;
	facts->recipient_count = l.n;
	facts->original_message_id = find_original_id(in, facts, &pieces, arena);
	if (l.full)
		facts->defects |= (uint64_t)1 << FACTS_TOO_MANY_ADDRESSES;
}
