#include "parser/facts_json.h"

#include <stdlib.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/escape.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/utf8.h"

/* Digests of the attachments, made while they are decoded. */
struct digests {
	struct sha256 running;
	char (*hex)[SHA256_HEX_SIZE];
	size_t n, cap;
};

static void digest_begin(void *ctx, size_t index)
{
	struct digests *d = ctx;

	MEM_GROW(d->hex, index, &d->cap);
	d->n = index + 1;
	sha256_init(&d->running);
}

static void digest_write(void *ctx, struct span piece)
{
	struct digests *d = ctx;

	sha256_update(&d->running, piece);
}

static void digest_end(void *ctx, size_t index)
{
	struct digests *d = ctx;
	uint8_t sum[SHA256_SIZE];

	sha256_final(&d->running, sum);
	hex_encode(sum, sizeof(sum), d->hex[index]);
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\' && c < 0x7f;
}

static void escape(struct buf *out, unsigned char c)
{
	static const char *const short_forms[0x20] = {
		['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r",
	};

	if (c == 0)
		return;
	if (c < 0x20 && short_forms[c])
		buf_adds(out, short_forms[c]);
	else if (c < 0x20 || c == 0x7f)
		escape_json(c, out);
	else
		buf_add(out, (struct span){ (const char[]){ '\\', (char)c }, 2 });
}

/* Of a character of several bytes: 0 when it is no valid one, or hides (base/utf8.h). */
static size_t plain_length(struct span s)
{
	size_t n = utf8_len(s);

	return n && !utf8_is_hidden(utf8_code(s)) ? n : 0;
}

/* The length of the run at the start that stands in JSON as it is. */
static size_t plain_run(struct span s)
{
	size_t n = 0;

	while (n < s.n) {
		size_t wide = (unsigned char)s.p[n] < 0x80 ? is_plain((unsigned char)s.p[n])
							   : plain_length(span_sub(s, n, SIZE_MAX));

		if (wide == 0)
			break;
		n += wide;
	}
	return n;
}

void facts_json_string(struct buf *out, struct span s)
{
	buf_addc(out, '"');
	while (s.n) {
		size_t n = plain_run(s);

		buf_add(out, span_sub(s, 0, n));
		s = span_sub(s, n, SIZE_MAX);
		if (s.n == 0)
			break;
		n = utf8_len(s);
		if ((unsigned char)s.p[0] < 0x80)
			escape(out, (unsigned char)s.p[0]);
		else if (n)
			escape_json(utf8_code(s), out);
		else
			utf8_put(out, 0xfffd);
		s = span_sub(s, n ? n : 1, SIZE_MAX);
	}
	buf_addc(out, '"');
}

/* Where in the object the writer is: it knows commas, line ends and indents. */
struct writer {
	struct buf *out;
	bool compact;
	int depth;
	bool first; /* nothing yet in the open object or list */
};

static void newline(struct writer *w)
{
	if (w->compact)
		return;
	buf_addc(w->out, '\n');
	for (int i = 0; i < w->depth; i++)
		buf_adds(w->out, "  ");
}

static void next(struct writer *w)
{
	if (!w->first)
		buf_addc(w->out, ',');
	w->first = false;
	newline(w);
}

static void key(struct writer *w, const char *name)
{
	next(w);
	facts_json_string(w->out, span_of(name));
	buf_adds(w->out, w->compact ? ":" : ": ");
}

static void begin(struct writer *w, char bracket)
{
	buf_addc(w->out, bracket);
	w->depth++;
	w->first = true;
}

static void end(struct writer *w, char bracket)
{
	w->depth--;
	if (!w->first)
		newline(w);
	buf_addc(w->out, bracket);
	w->first = false;
}

static void value(struct writer *w, struct span s)
{
	if (s.p)
		facts_json_string(w->out, s);
	else
		buf_adds(w->out, "null");
}

static void text(struct writer *w, const char *name, struct span s)
{
	key(w, name);
	value(w, s);
}

static void boolean(struct writer *w, const char *name, bool v)
{
	key(w, name);
	buf_adds(w->out, v ? "true" : "false");
}

static void number(struct writer *w, const char *name, uint64_t v)
{
	key(w, name);
	buf_addf(w->out, "%llu", (unsigned long long)v);
}

/* null but where it is there */
static void number_if(struct writer *w, const char *name, bool there, uint64_t v)
{
	if (there)
		number(w, name, v);
	else
		text(w, name, SPAN_NONE);
}

static void date(struct writer *w, bool there, int64_t at)
{
	char out[TIME_TEXT_MAX];

	text(w, "date", there ? span_of(time_rfc3339(at, out)) : SPAN_NONE);
}

static void address(struct writer *w, const struct facts_address *a)
{
	begin(w, '{');
	text(w, "name", a->name);
	text(w, "address", a->address);
	end(w, '}');
}

static void addresses(struct writer *w, const char *name, const struct facts_addresses *list)
{
	key(w, name);
	begin(w, '[');
	for (size_t i = 0; i < list->n; i++) {
		next(w);
		address(w, &list->v[i]);
	}
	end(w, ']');
}

static void references(struct writer *w, const struct facts *f)
{
	key(w, "references");
	begin(w, '[');
	for (size_t i = 0; i < f->reference_count; i++) {
		next(w);
		value(w, f->references[i]);
	}
	end(w, ']');
}

static void bounce(struct writer *w, const struct facts *f)
{
	key(w, "bounce");
	if (f->kind != FACTS_BOUNCE) {
		buf_adds(w->out, "null");
		return;
	}
	begin(w, '{');
	key(w, "recipients");
	begin(w, '[');
	for (size_t i = 0; i < f->recipient_count; i++) {
		const struct facts_recipient *p = &f->recipients[i];

		next(w);
		begin(w, '{');
		text(w, "address", p->address.p ? p->address : SPAN(""));
		text(w, "action", p->action);
		text(w, "status", p->status);
		text(w, "diagnostic", p->diagnostic);
		end(w, '}');
	}
	end(w, ']');
	text(w, "original_message_id", f->original_message_id);
	end(w, '}');
}

static void attachments(struct writer *w, const struct facts *f, const struct digests *d)
{
	key(w, "attachments");
	begin(w, '[');
	for (size_t i = 0; i < f->attachment_count; i++) {
		const struct facts_attachment *a = &f->attachments[i];

		next(w);
		begin(w, '{');
		text(w, "filename", a->filename);
		text(w, "content_type", a->content_type);
		number(w, "size", a->size);
		text(w, "sha256", span_of(d->hex[i]));
		text(w, "content_id", a->content_id);
		boolean(w, "inline", a->is_inline);
		boolean(w, "from_tnef", a->from_tnef);
		text(w, "role", span_of(facts_role_name(a->role)));
		end(w, '}');
	}
	end(w, ']');
}

static void reply_cuts(struct writer *w, const struct facts *f)
{
	key(w, "reply_cut");
	begin(w, '[');
	for (size_t i = 0; i < f->reply_cut_count; i++) {
		const struct facts_cut *c = &f->reply_cuts[i];

		next(w);
		begin(w, '{');
		number(w, "offset", c->offset);
		number(w, "length", c->length);
		text(w, "why", span_of(facts_cut_why_name(c->why)));
		end(w, '}');
	}
	end(w, ']');
}

static void forwarded(struct writer *w, const struct facts *f)
{
	key(w, "forwarded");
	begin(w, '[');
	for (size_t i = 0; i < f->forwarded_count; i++) {
		const struct facts_forwarded *m = &f->forwarded[i];

		next(w);
		begin(w, '{');
		key(w, "from");
		address(w, &m->from);
		addresses(w, "to", &m->to);
		text(w, "subject", m->subject);
		date(w, m->has_date, m->date_at);
		number_if(w, "offset", m->place == FACTS_INLINE, m->offset);
		number_if(w, "length", m->place == FACTS_INLINE, m->length);
		number_if(w, "attachment", m->place == FACTS_ATTACHED, m->attachment);
		end(w, '}');
	}
	end(w, ']');
}

static void marks(struct writer *w, const struct facts *f)
{
	key(w, "marks");
	begin(w, '[');
	for (int i = 0; i < FACTS_MARK_COUNT; i++)
		if (f->marks >> i & 1) {
			next(w);
			value(w, span_of(facts_mark_name((enum facts_mark)i)));
		}
	end(w, ']');
}

static void defects(struct writer *w, const struct facts *f)
{
	key(w, "defects");
	begin(w, '[');
	for (int i = 0; i < FACTS_DEFECT_COUNT; i++)
		if (f->defects >> i & 1) {
			next(w);
			value(w, span_of(facts_defect_name((enum facts_defect)i)));
		}
	end(w, ']');
}

static void write_facts(struct writer *w, const struct facts *f, const struct digests *d)
{
	text(w, "message_id", f->message_id);
	text(w, "in_reply_to", f->in_reply_to);
	references(w, f);
	date(w, f->has_date, f->date_at);
	addresses(w, "from", &f->from);
	addresses(w, "reply_to", &f->reply_to);
	addresses(w, "to", &f->to);
	addresses(w, "cc", &f->cc);
	text(w, "subject", f->subject);
	text(w, "kind", span_of(facts_kind_name(f->kind)));
	text(w, "kind_reason", f->kind_reason);
	marks(w, f);
	bounce(w, f);
	text(w, "text", f->text);
	text(w, "text_source", span_of(facts_source_name(f->text_source)));
	text(w, "reply", f->reply);
	reply_cuts(w, f);
	forwarded(w, f);
	attachments(w, f, d);
	defects(w, f);
}

void facts_json(struct parser *p, struct span raw, const char *file, bool compact, struct buf *out)
{
	struct digests d = { 0 };
	const struct parser_sink sink = {
		.begin = digest_begin, .write = digest_write, .end = digest_end, .ctx = &d
	};
	struct writer w = { .out = out, .compact = compact };
	struct arena arena ARENA_AUTO;
	struct facts f;

	arena_init(&arena);
	parser_parse(p, raw, &sink, &arena, &f);
	begin(&w, '{');
	if (file)
		text(&w, "file", span_of(file));
	write_facts(&w, &f, &d);
	end(&w, '}');
	buf_addc(out, '\n');
	free(d.hex);
}
