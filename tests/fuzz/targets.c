#include "tests/fuzz/targets.h"

#include "gatewayd/base/base64_measure.h"
#include "gatewayd/base/utf8.h"
#include "parser/facts_json.h"
#include "parser/forward.h"
#include "parser/html.h"
#include "parser/reply.h"
#include "parser/reply_fold.h"
#include "tests/fuzz/lab.h"

/* Bytes that the sink was given, in the order in which it may be. */
struct poured {
	size_t begun, bytes;
	bool open;
};

static void pour_begin(void *ctx, size_t index)
{
	struct poured *p = ctx;

	MUST(!p->open && index == p->begun);
	p->open = true;
	p->begun++;
}

static void pour(void *ctx, struct span piece)
{
	struct poured *p = ctx;

	MUST(p->open);
	p->bytes += piece.n;
}

static void pour_end(void *ctx, size_t index)
{
	struct poured *p = ctx;

	MUST(p->open && index + 1 == p->begun);
	p->open = false;
}

static void must_be_attachments(const struct facts *f, const struct poured *p)
{
	uint64_t at = 0;

	MUST(f->attachment_count <= FACTS_ATTACHMENTS_MAX && f->attachment_count == p->begun);
	for (size_t i = 0; i < f->attachment_count; i++) {
		MUST(f->attachments[i].offset == at);
		at += f->attachments[i].size;
		lab_must_be_text(f->attachments[i].filename, LIMIT_FILENAME);
	}
	MUST(at == p->bytes);
}

static void must_be_in_text(const struct facts *f, uint64_t offset, uint64_t length)
{
	MUST(offset <= f->text.n && length <= f->text.n - offset);
	MUST(utf8_valid(span_sub(f->text, offset, length)));
}

/* The text without what was cut is the reply, or nothing. */
static void must_leave_reply(struct span text, const struct reply *reply)
{
	struct buf rest BUF_AUTO;
	uint64_t end = 0;

	buf_init(&rest, text.n);
	for (size_t i = 0; i < reply->cut_count; i++) {
		const struct facts_cut *c = &reply->cuts[i];

		MUST(c->offset >= end && c->offset + c->length <= text.n);
		buf_add(&rest, span_sub(text, end, c->offset - end));
		end = c->offset + c->length;
	}
	buf_add(&rest, span_sub(text, end, text.n));
	struct span left = reply_line_trim(buf_span(&rest));
	MUST(span_eq(reply->text, left.n ? left : reply_line_trim(text)));
}

static void must_be_stretches(const struct facts *f)
{
	uint64_t end = 0;

	MUST(f->reply_cut_count <= FACTS_CUTS_MAX);
	for (size_t i = 0; i < f->reply_cut_count; i++) {
		MUST(f->reply_cuts[i].offset >= end && f->reply_cuts[i].length > 0);
		must_be_in_text(f, f->reply_cuts[i].offset, f->reply_cuts[i].length);
		end = f->reply_cuts[i].offset + f->reply_cuts[i].length;
	}
	MUST(f->forwarded_count <= FACTS_FORWARDED_MAX);
	for (size_t i = 0; i < f->forwarded_count; i++) {
		const struct facts_forwarded *w = &f->forwarded[i];

		must_be_in_text(f, w->offset, w->length);
		MUST(w->place == FACTS_INLINE || w->attachment < f->attachment_count);
		lab_must_be_addresses(&w->to);
		lab_must_be_text(w->text, FACTS_TEXT_MAX);
		MUST(w->place == FACTS_ATTACHED || w->text.n == 0);
	}
}

/* The record survives its way to core, byte for byte. */
static void must_survive(const struct facts *f, uint64_t body_size)
{
	struct buf once BUF_AUTO, twice BUF_AUTO;
	struct arena arena ARENA_AUTO;
	struct facts back;
	struct err e;

	buf_init(&once, SIZE_MAX / 2);
	buf_init(&twice, SIZE_MAX / 2);
	arena_init(&arena);
	facts_encode(f, &once);
	MUST(facts_decode(buf_span(&once), body_size, 1 << 20, &arena, &back, &e) == 0);
	facts_encode(&back, &twice);
	MUST(span_eq(buf_span(&once), buf_span(&twice)));
}

static void pass_over(void *ctx, struct span piece)
{
	(void)ctx;
	(void)piece;
}

/* What may stay in the mail comes to what it would be decoded to, and all else stays the same. */
static void must_stand(struct span bytes, const struct facts *f)
{
	struct parser_sink sink = { .write = pass_over, .mail = bytes };
	struct facts g;

	parser_parse(lab.parser, bytes, &sink, &lab.arena, &g);
	MUST(g.attachment_count == f->attachment_count && g.defects == f->defects);
	for (size_t i = 0; i < g.attachment_count; i++) {
		const struct facts_attachment *a = &g.attachments[i];
		struct span there = span_sub(bytes, a->raw_offset, a->raw_length);
		size_t size = there.n;

		MUST(a->size == f->attachments[i].size);
		MUST(a->standing != FACTS_RAW_BASE64 || base64_measure(there, &size));
		MUST(a->standing == FACTS_DECODED || size == a->size);
	}
}

void fuzz_mail(struct span bytes)
{
	struct poured p = { 0 };
	struct parser_sink sink = {
		.begin = pour_begin, .write = pour, .end = pour_end, .ctx = &p
	};
	struct buf json BUF_AUTO;
	struct facts f;

	lab_begin();
	parser_parse(lab.parser, bytes, &sink, &lab.arena, &f);
	lab_must_be_text(f.subject, FACTS_FIELD_MAX);
	lab_must_be_text(f.text, FACTS_TEXT_MAX);
	lab_must_be_text(f.reply, f.text.n);
	lab_must_be_addresses(&f.from);
	lab_must_be_addresses(&f.to);
	lab_must_be_addresses(&f.cc);
	lab_must_be_addresses(&f.reply_to);
	must_be_attachments(&f, &p);
	must_be_stretches(&f);
	const struct reply reply = { f.reply, f.reply_cuts, f.reply_cut_count };
	must_leave_reply(f.text, &reply);
	must_survive(&f, p.bytes);
	must_stand(bytes, &f);
	buf_init(&json, SIZE_MAX / 2);
	facts_json(lab.parser, bytes, "f", true, &json);
	lab_must_be_text(buf_span(&json), json.max);
}

static const struct reply_mail answer = { .answers = true };

void fuzz_html(struct span bytes)
{
	struct reading *r = lab_begin();
	struct buf clean BUF_AUTO, out BUF_AUTO;
	struct html_hints hints = { .n = 0 };
	struct reply reply;

	buf_init(&clean, LIMIT_DECODED);
	buf_init(&out, FACTS_TEXT_MAX);
	utf8_scrub(bytes, &clean);
	html_to_text(buf_span(&clean), r, &out, &hints);
	lab_must_be_text(buf_span(&out), out.max);
	MUST(hints.n <= LIMIT_REPLY_HINTS);
	reply_trim(buf_span(&out), hints.v, hints.n, &answer, &lab.arena, &reply);
	lab_must_be_text(reply.text, out.n);
	must_leave_reply(buf_span(&out), &reply);
}

void fuzz_forward(struct span bytes)
{
	struct reading *r = lab_begin();
	struct facts f = { .subject = SPAN("Fwd: x") };

	utf8_scrub(bytes, &r->text);
	f.text = arena_dup(&lab.arena, buf_span(&r->text));
	forward_find(r, &f);
	must_be_stretches(&f);
	for (size_t i = 0; i < f.forwarded_count; i++) {
		lab_must_be_text(f.forwarded[i].from.name, FACTS_FIELD_MAX);
		lab_must_be_text(f.forwarded[i].from.address, FACTS_FIELD_MAX);
		lab_must_be_text(f.forwarded[i].subject, FACTS_FIELD_MAX);
	}
}

/* Up to seven hints stand before the text: how many, then three bytes each. */
void fuzz_reply(struct span bytes)
{
	struct reading *r = lab_begin();
	struct reply_hint hints[7];
	size_t n = bytes.n ? (unsigned char)*bytes.p % 8 : 0, from = 0;
	struct span text;
	struct reply reply;

	if (bytes.n < 1 + 3 * n)
		return;
	utf8_scrub(span_sub(bytes, 1 + 3 * n, SIZE_MAX), &r->text);
	text = buf_span(&r->text);
	for (size_t i = 0; i < n; i++) {
		const unsigned char *h = (const unsigned char *)bytes.p + 1 + 3 * i;
		size_t to;

		from += h[0] * text.n / 1024;
		from = from > text.n ? text.n : from;
		to = from + h[1] * text.n / 256;
		hints[i] =
		    (struct reply_hint){ from, to > text.n ? text.n : to,
					 (enum reply_hint_kind)(h[2] % (REPLY_HINT_COLOUR + 1)) };
	}
	const struct reply_mail mail = { .answers = bytes.n % 8 != 0 };
	reply_trim(text, hints, n, &mail, &lab.arena, &reply);
	lab_must_be_text(reply.text, text.n);
	must_leave_reply(text, &reply);
}

void fuzz_facts(struct span bytes)
{
	struct facts f;
	struct err e;

	lab_begin();
	if (facts_decode(bytes, 1 << 20, 1 << 20, &lab.arena, &f, &e) < 0)
		return;
	lab_must_be_text(f.text, FACTS_TEXT_MAX);
	must_be_stretches(&f);
	must_survive(&f, 1 << 20);
}

fuzz_fn *fuzz_find(const char *name)
{
	static const struct {
		const char *name;
		fuzz_fn *fn;
	} targets[] = {
#define X(name) { #name, fuzz_##name },
		FUZZ_TARGETS(X)
#undef X
	};

	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++)
		if (strcmp(targets[i].name, name) == 0)
			return targets[i].fn;
	return NULL;
}
