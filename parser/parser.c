#include "parser/parser.h"

#include <stdlib.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"
#include "parser/address.h"
#include "parser/body.h"
#include "parser/charset_guess.h"
#include "parser/date.h"
#include "parser/forward.h"
#include "parser/header.h"
#include "parser/html.h"
#include "parser/kind.h"
#include "parser/leaf.h"
#include "parser/mime.h"
#include "parser/msgid.h"
#include "parser/param.h"
#include "parser/part.h"
#include "parser/smime.h"
#include "parser/word.h"

enum { KEPT_SCRATCH = MIB };

struct parser {
	struct charsets *charsets;
	struct headers top, inner;
	struct params params;
	struct leaf_output output;
	struct buf bytes, text;
	struct parser *within; /* reads attached mails; NULL: none was seen so far */
	bool is_within;
};

static struct parser *parser_make(struct charsets *charsets)
{
	struct parser *p = mem_alloc(sizeof(*p));

	p->charsets = charsets;
	headers_init(&p->top);
	headers_init(&p->inner);
	buf_init(&p->bytes, LIMIT_DECODED);
	buf_init(&p->text, LIMIT_DECODED);
	buf_init(&p->output.text, FACTS_TEXT_MAX);
	return p;
}

struct parser *parser_new(void)
{
	return parser_make(charsets_new());
}

void parser_free(struct parser **pp)
{
	struct parser *p = *pp;

	if (!p)
		return;
	parser_free(&p->within);
	if (!p->is_within)
		charsets_free(&p->charsets);
	headers_release(&p->top);
	headers_release(&p->inner);
	buf_release(&p->bytes);
	buf_release(&p->text);
	buf_release(&p->output.text);
	free(p);
	*pp = NULL;
}

/* The charset of the message's own Content-Type. */
static const struct charset *own_charset(struct parser *p, struct reading *r)
{
	struct span rest, value = header_value(&p->top, HEADER_CONTENT_TYPE);

	if (value.n == 0)
		return NULL;
	content_type_read(value, &rest, r);
	params_read(rest, &p->params, r);
	return charset_find(p->charsets, param_get(&p->params, "charset", r));
}

/* The values with raw 8-bit bytes, all in one: a short one alone tells too little. */
static struct span raw_values(const struct headers *h, struct reading *r)
{
	buf_clear(&r->bytes);
	for (size_t i = 0; i < h->n; i++) {
		if (!charset_has_high(h->v[i].value))
			continue;
		buf_add(&r->bytes, span_sub(h->v[i].value, 0, FACTS_FIELD_MAX));
		buf_addc(&r->bytes, ' ');
	}
	return buf_span(&r->bytes);
}

static void find_raw_charset(struct parser *p, struct reading *r)
{
	struct span raw = raw_values(&p->top, r);
	const struct charset *own, *pairs = NULL;

	if (raw.n == 0 || utf8_valid(raw))
		return;
	own = own_charset(p, r);
	if (own && !charset_is_utf8(own))
		r->raw = own;
	if (!r->raw || charset_sort(r->raw) == CHARSET_WESTERN)
		pairs = charset_by_pairs(p->charsets, raw);
	if (!pairs)
		return;
	r->raw = pairs;
	reading_defect(r, FACTS_CHARSET_GUESSED);
}

/* Fields that may come several times and are joined. */
static void read_joined(const struct headers *h, enum header_id id, struct reading *r,
			struct facts_addresses *list)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->v[i].id == id)
			address_list(h->v[i].value, r, list);
}

static void read_header(const struct headers *h, struct reading *r, struct facts *f)
{
	struct span date = header_value(h, HEADER_DATE);

	f->message_id = msgid_first(header_value(h, HEADER_MESSAGE_ID), r);
	f->in_reply_to = msgid_first(header_value(h, HEADER_IN_REPLY_TO), r);
	f->references = msgid_list(header_value(h, HEADER_REFERENCES), r, &f->reference_count);
	f->has_date = date_parse(date, &f->date_at);
	if (!f->has_date && date.p)
		reading_defect(r, FACTS_BAD_DATE);
	address_author(header_value(h, HEADER_FROM), r, &f->from);
	address_author(header_value(h, HEADER_REPLY_TO), r, &f->reply_to);
	read_joined(h, HEADER_TO, r, &f->to);
	read_joined(h, HEADER_CC, r, &f->cc);
	if (h->first[HEADER_SUBJECT] >= 0)
		f->subject = word_text(header_value(h, HEADER_SUBJECT), r);
}

static struct span report_type(struct parser *p, const struct part *top, struct reading *r)
{
	struct span value;
	char *lower;

	params_read(top->type_rest, &p->params, r);
	value = span_trim(param_get(&p->params, "report-type", r));
	if (value.n == 0)
		return SPAN("");
	lower = arena_room(r->arena, value.n);
	for (size_t i = 0; i < value.n; i++)
		lower[i] = (char)ascii_lower((unsigned char)value.p[i]);
	return (struct span){ lower, value.n };
}

/* What was taken from a raw header or report, made to keep the record's promise. */
static void make_text(struct span *s, struct reading *r)
{
	if (!s->p || (utf8_valid(*s) && !memchr(s->p, 0, s->n)))
		return;
	buf_clear(&r->text);
	utf8_scrub(*s, &r->text);
	*s = arena_dup(r->arena, buf_span(&r->text));
}

static void make_bounce_text(struct facts *f, struct reading *r)
{
	for (size_t i = 0; i < f->recipient_count; i++) {
		make_text(&f->recipients[i].address, r);
		make_text(&f->recipients[i].action, r);
		make_text(&f->recipients[i].status, r);
		make_text(&f->recipients[i].diagnostic, r);
	}
	make_text(&f->original_message_id, r);
	make_text(&f->kind_reason, r);
}

static void decide_kind(struct parser *p, const struct mime *m, struct reading *r, struct facts *f)
{
	struct kind_input in = {
		.headers = &p->top,
		.content_type = m->v[0].type,
		.report_type = report_type(p, &m->v[0], r),
	};

	in.parts = leaf_kind_parts(&p->output, &in.part_count);
	kind_decide(&in, r->arena, f);
	make_bounce_text(f, r);
	if (!f->kind_reason.p)
		f->kind_reason = SPAN("default");
}

static void find_reply(const struct html_hints *hints, struct arena *arena, struct facts *f)
{
	struct reply_mail mail;
	struct reply reply;

	reply_mail_read(f, &mail);
	reply_trim(f->text, hints->v, hints->n, &mail, arena, &reply);
	f->reply = reply.text;
	f->reply_cuts = reply.cuts;
	f->reply_cut_count = reply.cut_count;
}

/* The text of an attached mail, read as a mail of its own; of one in that again no text is read. */
static struct span text_within(struct parser *p, const struct part *part, size_t room,
			       struct reading *r)
{
	struct span bytes = part_bytes(part, LIMIT_DECODED, r);
	struct facts inner;

	if (!p->within) {
		p->within = parser_make(p->charsets);
		p->within->is_within = true;
	}
	parser_parse(p->within, bytes, NULL, r->arena, &inner);
	return utf8_prefix(inner.text, room);
}

static void find_forwarded(struct parser *p, struct reading *r, struct facts *f)
{
	const struct files_mails *mails = &p->output.mails;
	size_t room = FACTS_TEXT_MAX;

	forward_find(r, f);
	for (size_t i = 0; i < mails->n; i++) {
		size_t before = f->forwarded_count;

		forward_add_attached(mails->v[i].part, mails->v[i].index, &p->inner, r, f);
		if (p->is_within || f->forwarded_count == before)
			continue;
		f->forwarded[before].text = text_within(p, mails->v[i].part, room, r);
		room -= f->forwarded[before].text.n;
	}
}

/* One large mail must not make the process large for ever. */
static void keep_scratch(struct buf *kept, struct buf *used)
{
	*kept = *used;
	if (kept->cap > KEPT_SCRATCH)
		buf_release(kept);
	kept->max = LIMIT_DECODED;
}

/* The header ends its lines with a bare CR, as the first Macs did: no LF before its blank line. */
static bool has_bare_returns(struct span raw)
{
	const char *lf = raw.n ? memchr(raw.p, '\n', raw.n) : NULL;
	struct span line = span_sub(raw, 0, lf ? (size_t)(lf - raw.p) : raw.n);
	const char *cr = line.n ? memchr(line.p, '\r', line.n) : NULL;

	if (!cr || cr + 1 == line.p + line.n || cr[1] == '\r')
		return false;
	return !lf || span_find(line, SPAN("\r\r")) != SIZE_MAX;
}

/* Each CR that is no part of a CR LF made an LF. */
static struct span with_line_feeds(struct span raw, struct arena *arena)
{
	char *out = arena_room(arena, raw.n);

	for (size_t i = 0; i < raw.n; i++) {
		bool bare = raw.p[i] == '\r' && (i + 1 == raw.n || raw.p[i + 1] != '\n');

		out[i] = bare ? '\n' : raw.p[i];
	}
	return (struct span){ out, raw.n };
}

void parser_parse(struct parser *p, struct span raw, const struct parser_sink *sink,
		  struct arena *arena, struct facts *ret_facts)
{
	struct reading r = {
		.charsets = p->charsets,
		.arena = arena,
		.bytes = p->bytes,
		.text = p->text,
	};
	struct facts f = { 0 };
	struct mime m;

	if (!raw.p)
		raw = SPAN("");
	if (raw.n && memchr(raw.p, 0, raw.n))
		reading_defect(&r, FACTS_NUL_BYTE);
	if (has_bare_returns(raw))
		raw = with_line_feeds(raw, arena);
	headers_read_message(&p->top, &raw, &r);
	find_raw_charset(p, &r);
	read_header(&p->top, &r, &f);
	mime_read(&p->top, raw, &p->inner, &p->params, &r, &m);
	smime_open(&m, &p->inner, &p->params, &r);
	body_select(&m, &p->params, &r);
	leaf_read_all(&m, &p->params, sink, &r, &p->output, &f);
	find_forwarded(p, &r, &f);
	f.defects = r.defects;
	decide_kind(p, &m, &r, &f);
	find_reply(&p->output.hints, arena, &f);
	keep_scratch(&p->bytes, &r.bytes);
	keep_scratch(&p->text, &r.text);
	*ret_facts = f;
}
