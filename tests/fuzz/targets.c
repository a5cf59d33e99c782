#include "tests/fuzz/targets.h"

#include <stdio.h>
#include <stdlib.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/addrspec.h"
#include "parser/address.h"
#include "parser/charset_guess.h"
#include "parser/cms.h"
#include "parser/date.h"
#include "parser/facts_json.h"
#include "parser/forward.h"
#include "parser/header.h"
#include "parser/html.h"
#include "parser/mime.h"
#include "parser/msgid.h"
#include "parser/param.h"
#include "parser/parser.h"
#include "parser/pgp.h"
#include "parser/reply.h"
#include "parser/reply_fold.h"
#include "parser/rtf.h"
#include "parser/rtf_text.h"
#include "parser/tnef.h"
#include "parser/transfer.h"
#include "parser/uuencode.h"
#include "parser/word.h"

/* Kept from one input to the next, because opening the converters takes longer than an input. */
static struct {
	struct parser *parser;
	struct charsets *charsets;
	struct headers headers;
	struct params params;
	struct arena arena;
	struct reading r;
} lab;

#define MUST(x)                                                                         \
	do {                                                                            \
		if (!(x)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #x); \
			abort();                                                        \
		}                                                                       \
	} while (0)

static struct reading *begin(void)
{
	if (!lab.parser) {
		crypto_init();
		lab.parser = parser_new();
		lab.charsets = charsets_new();
		headers_init(&lab.headers);
		arena_init(&lab.arena);
		buf_init(&lab.r.bytes, LIMIT_DECODED);
		buf_init(&lab.r.text, LIMIT_DECODED);
	}
	arena_reset(&lab.arena);
	buf_clear(&lab.r.bytes);
	buf_clear(&lab.r.text);
	lab.r.charsets = lab.charsets;
	lab.r.arena = &lab.arena;
	lab.r.raw = NULL;
	lab.r.defects = 0;
	return &lab.r;
}

void fuzz_end(void)
{
	if (!lab.parser)
		return;
	parser_free(&lab.parser);
	charsets_free(&lab.charsets);
	headers_release(&lab.headers);
	arena_release(&lab.arena);
	buf_release(&lab.r.bytes);
	buf_release(&lab.r.text);
}

static void must_be_text(struct span s, size_t max)
{
	MUST(s.n <= max);
	MUST(s.n == 0 || (utf8_valid(s) && !memchr(s.p, 0, s.n)));
}

static void must_be_inside(struct span s, struct span whole)
{
	MUST(s.n == 0 || (s.p >= whole.p && s.p + s.n <= whole.p + whole.n));
}

static void must_be_addresses(const struct facts_addresses *list)
{
	MUST(list->n <= FACTS_ADDRESSES_MAX);
	for (size_t i = 0; i < list->n; i++) {
		must_be_text(list->v[i].name, FACTS_FIELD_MAX);
		must_be_text(list->v[i].address, FACTS_FIELD_MAX);
	}
}

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
		must_be_text(f->attachments[i].filename, LIMIT_FILENAME);
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
		must_be_addresses(&w->to);
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
	MUST(facts_decode(buf_span(&once), body_size, &arena, &back, &e) == 0);
	facts_encode(&back, &twice);
	MUST(span_eq(buf_span(&once), buf_span(&twice)));
}

static void fuzz_mail(struct span bytes)
{
	struct poured p = { 0 };
	struct parser_sink sink = { pour_begin, pour, pour_end, &p };
	struct buf json BUF_AUTO;
	struct facts f;

	begin();
	parser_parse(lab.parser, bytes, &sink, &lab.arena, &f);
	must_be_text(f.subject, FACTS_FIELD_MAX);
	must_be_text(f.text, FACTS_TEXT_MAX);
	must_be_text(f.reply, f.text.n);
	must_be_addresses(&f.from);
	must_be_addresses(&f.to);
	must_be_addresses(&f.cc);
	must_be_addresses(&f.reply_to);
	must_be_attachments(&f, &p);
	must_be_stretches(&f);
	const struct reply reply = { f.reply, f.reply_cuts, f.reply_cut_count };
	must_leave_reply(f.text, &reply);
	must_survive(&f, p.bytes);
	buf_init(&json, SIZE_MAX / 2);
	facts_json(lab.parser, bytes, "f", true, &json);
	must_be_text(buf_span(&json), json.max);
}

static void fuzz_header(struct span bytes)
{
	struct reading *r = begin();
	struct span left = bytes;

	headers_read_message(&lab.headers, &left, r);
	must_be_inside(left, bytes);
	MUST(lab.headers.n <= LIMIT_HEADERS);
	for (size_t i = 0; i < lab.headers.n; i++) {
		must_be_inside(lab.headers.v[i].name, bytes);
		must_be_inside(lab.headers.v[i].value, bytes);
	}
	must_be_inside(header_value(&lab.headers, HEADER_SUBJECT), bytes);
	MUST(!header_find(&lab.headers, "x-other") || lab.headers.n > 0);
}

static void fuzz_address(struct span bytes)
{
	struct reading *r = begin();
	struct facts_addresses list = { 0 };
	struct span *ids;
	size_t n;

	address_list(bytes, r, &list);
	address_list(bytes, r, &list);
	must_be_addresses(&list);
	must_be_text(msgid_first(bytes, r), FACTS_FIELD_MAX);
	ids = msgid_list(bytes, r, &n);
	MUST(n <= FACTS_REFERENCES_MAX);
	for (size_t i = 0; i < n; i++)
		must_be_text(ids[i], FACTS_FIELD_MAX);
}

/* Core's readers: what they take for an address is one, and what is sure the strict form of one. */
static void fuzz_addrspec(struct span bytes)
{
	struct reading *r = begin();
	struct addrspec_found found;
	struct addrspec_list list;

	addrspec_list_read(bytes, 50, r->arena, &list);
	MUST(list.n <= 50);
	for (size_t i = 0; i < list.n; i++)
		MUST(addrspec_valid(list.v[i]));
	if (!addrspec_find(bytes, r->arena, &found))
		return;
	must_be_text(found.address, ADDRSPEC_MAX);
	MUST(addrspec_domain_valid(addrspec_domain(found.address)));
	MUST(!found.sure || addrspec_valid(found.address));
	addrspec_put(found.address, &r->text);
}

static void fuzz_date(struct span bytes)
{
	int64_t at = INT64_MIN;

	if (!date_parse(bytes, &at))
		return;
	MUST(at != INT64_MIN);
}

static void fuzz_word(struct span bytes)
{
	struct reading *r = begin();
	struct span text = word_text(bytes, r);

	MUST(text.p);
	must_be_text(text, FACTS_FIELD_MAX);
	MUST(span_eq(text, span_trim(text)));
	must_be_text(word_scrub(bytes, r), FACTS_FIELD_MAX);
	MUST(word_length(bytes) <= bytes.n);
}

static void fuzz_param(struct span bytes)
{
	struct reading *r = begin();

	params_read(bytes, &lab.params, r);
	MUST(lab.params.n <= LIMIT_PARAMS);
	must_be_text(param_text(&lab.params, "filename", r), FACTS_FIELD_MAX);
	must_be_text(param_text(&lab.params, "name", r), FACTS_FIELD_MAX);
	param_get(&lab.params, "name", r);
	must_be_text(mime_safe_name(param_text(&lab.params, "name", r), r), LIMIT_FILENAME);
}

static void fuzz_type(struct span bytes)
{
	struct reading *r = begin();
	struct span rest = SPAN(""), type = content_type_read(bytes, &rest, r);

	must_be_text(type, FACTS_FIELD_MAX);
	must_be_inside(rest, bytes);
	params_read(rest, &lab.params, r);
	charset_find(lab.charsets, param_get(&lab.params, "charset", r));
	param_get(&lab.params, "boundary", r);
	transfer_find(bytes);
}

/* The label stands before the first line end, then the bytes. */
static void fuzz_charset(struct span bytes)
{
	struct reading *r = begin();
	struct span label = span_cut(&bytes, '\n');
	struct charset_choice choice;

	for (int is_html = 0; is_html < 2; is_html++) {
		charset_choose(lab.charsets, label, bytes, is_html, &choice);
		MUST(choice.charset);
		buf_clear(&r->text);
		charset_decode(choice.charset, bytes, &r->text);
		must_be_text(buf_span(&r->text), r->text.max);
	}
	MUST(r->text.n <= 6 * bytes.n); /* a byte of ISO 2022 may become two U+FFFD */
}

static void pour_bytes(void *ctx, struct span piece)
{
	struct buf *out = ctx;

	buf_add(out, piece);
}

static void no_block(void *ctx, struct span name, struct span lines)
{
	(void)ctx;
	(void)name;
	(void)lines;
}

/* The first byte says which encoding. */
static void fuzz_transfer(struct span bytes)
{
	struct reading *r = begin();
	struct transfer_out out = { pour_bytes, &r->bytes };
	unsigned char which = bytes.n ? (unsigned char)*bytes.p : 0;
	struct span data = span_sub(bytes, 1, SIZE_MAX);

	transfer_decode((enum transfer)(which % (TRANSFER_UNKNOWN + 1)), data, &out);
	MUST(r->bytes.n <= data.n);
	uuencode_cut(data, &r->text, no_block, NULL);
	buf_clear(&r->text);
	rtf_expand(data, &r->text);
}

static const struct reply_mail answer = { .answers = true };

static void fuzz_html(struct span bytes)
{
	struct reading *r = begin();
	struct buf clean BUF_AUTO, out BUF_AUTO;
	struct html_hints hints = { .n = 0 };
	struct reply reply;

	buf_init(&clean, LIMIT_DECODED);
	buf_init(&out, FACTS_TEXT_MAX);
	utf8_scrub(bytes, &clean);
	html_to_text(buf_span(&clean), r, &out, &hints);
	must_be_text(buf_span(&out), out.max);
	MUST(hints.n <= LIMIT_REPLY_HINTS);
	reply_trim(buf_span(&out), hints.v, hints.n, &answer, &lab.arena, &reply);
	must_be_text(reply.text, out.n);
	must_leave_reply(buf_span(&out), &reply);
}

static void found_file(void *ctx, const struct tnef_file *file)
{
	size_t *n = ctx;

	++*n;
	must_be_text(file->name, FACTS_FIELD_MAX);
	must_be_text(file->type, FACTS_FIELD_MAX);
	must_be_text(file->content_id, FACTS_FIELD_MAX);
	if (file->data.n) /* the sanitizer looks */
		MUST((unsigned char)file->data.p[file->data.n - 1] <= 255);
}

static void fuzz_tnef(struct span bytes)
{
	size_t files = 0;

	tnef_read(bytes, begin(), found_file, &files);
	MUST(files <= LIMIT_TNEF_FILES + 2); /* and the bodies */
}

static void fuzz_rtf(struct span bytes)
{
	struct reading *r = begin();

	rtf_text(bytes, r->charsets, &r->text);
	must_be_text(buf_span(&r->text), r->text.max);
}

static void fuzz_cms(struct span bytes)
{
	struct reading *r = begin();
	enum cms cms = cms_read(bytes, &r->bytes);

	MUST(r->bytes.n == 0 || cms == CMS_SIGNED);
	MUST(r->bytes.n <= bytes.n);
}

static void found_armour(void *ctx, enum pgp_block block, struct span bytes)
{
	size_t *cut = ctx;

	*cut += bytes.n;
	MUST(block < PGP_BLOCK_COUNT && span_starts(bytes, SPAN("-----BEGIN PGP ")));
}

static void fuzz_pgp(struct span bytes)
{
	struct reading *r = begin();
	size_t cut = 0;

	if (!pgp_cut(bytes, &r->text, found_armour, &cut))
		MUST(cut == 0);
	MUST(cut + r->text.n <= bytes.n);
}

static void fuzz_forward(struct span bytes)
{
	struct reading *r = begin();
	struct facts f = { .subject = SPAN("Fwd: x") };

	utf8_scrub(bytes, &r->text);
	f.text = arena_dup(&lab.arena, buf_span(&r->text));
	forward_find(r, &f);
	must_be_stretches(&f);
	for (size_t i = 0; i < f.forwarded_count; i++) {
		must_be_text(f.forwarded[i].from.name, FACTS_FIELD_MAX);
		must_be_text(f.forwarded[i].from.address, FACTS_FIELD_MAX);
		must_be_text(f.forwarded[i].subject, FACTS_FIELD_MAX);
	}
}

/* Up to seven hints stand before the text: how many, then three bytes each. */
static void fuzz_reply(struct span bytes)
{
	struct reading *r = begin();
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
	must_be_text(reply.text, text.n);
	must_leave_reply(text, &reply);
}

static void fuzz_facts(struct span bytes)
{
	struct facts f;
	struct err e;

	begin();
	if (facts_decode(bytes, 1 << 20, &lab.arena, &f, &e) < 0)
		return;
	must_be_text(f.text, FACTS_TEXT_MAX);
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
