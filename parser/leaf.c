#include "parser/leaf.h"

#include "gatewayd/base/utf8.h"
#include "parser/charset.h"
#include "parser/plain.h"
#include "parser/tnef.h"
#include "parser/transfer.h"
#include "parser/uuencode.h"
#include "parser/word.h"

struct leaves {
	const struct mime *mime;
	struct params *params;
	const struct parser_sink *sink;
	struct reading *r;
	struct leaf_output *output;
	struct facts *f;
	uint64_t offset; /* of the next attachment's bytes */
	bool any_plain, any_html;
};

static bool transfer_checked(enum transfer encoding, struct span body,
			     const struct transfer_out *out, struct reading *r)
{
	static const enum facts_defect defects[] = {
		[TRANSFER_BASE64] = FACTS_BAD_BASE64,
		[TRANSFER_QUOTED_PRINTABLE] = FACTS_BAD_QUOTED_PRINTABLE,
		[TRANSFER_UUENCODE] = FACTS_BAD_UUENCODE,
		[TRANSFER_UNKNOWN] = FACTS_UNKNOWN_ENCODING,
	};
	bool good = transfer_decode(encoding, body, out);

	if (!good)
		reading_defect(r, defects[encoding]);
	return good;
}

static void write_buf(void *ctx, struct span piece)
{
	buf_add(ctx, piece);
}

/* At most `max` bytes of a leaf with the transfer encoding undone; valid until r->bytes changes. */
static struct span leaf_bytes(const struct part *p, size_t max, struct reading *r)
{
	struct transfer_out out = { write_buf, &r->bytes };

	if (p->encoding == TRANSFER_IDENTITY)
		return span_sub(p->body, 0, max);
	buf_clear(&r->bytes);
	r->bytes.max = max;
	transfer_checked(p->encoding, p->body, &out, r);
	return buf_span(&r->bytes);
}

static struct facts_attachment *attachment_add(struct leaves *l)
{
	struct facts *f = l->f;

	if (f->attachment_count == FACTS_ATTACHMENTS_MAX) {
		reading_defect(l->r, FACTS_TOO_MANY_PARTS);
		return NULL;
	}
	ARENA_GROW(l->r->arena, f->attachments, f->attachment_count);
	return &f->attachments[f->attachment_count++];
}

static void sink_begin(struct leaves *l, struct facts_attachment *a)
{
	a->offset = l->offset;
	if (l->sink && l->sink->begin)
		l->sink->begin(l->sink->ctx, l->f->attachment_count - 1);
}

static void sink_write(void *ctx, struct span piece)
{
	struct leaves *l = ctx;

	l->offset += piece.n;
	if (l->sink && l->sink->write)
		l->sink->write(l->sink->ctx, piece);
}

static void sink_end(struct leaves *l, struct facts_attachment *a)
{
	a->size = l->offset - a->offset;
	if (l->sink && l->sink->end)
		l->sink->end(l->sink->ctx, l->f->attachment_count - 1);
}

/* A file that is no part of its own: out of a TNEF or a uuencoded block. */
static void add_file(struct leaves *l, struct span name, struct span type, struct span id,
		     enum transfer encoding, struct span bytes, bool from_tnef)
{
	struct facts_attachment *a = attachment_add(l);
	struct transfer_out out = { sink_write, l };

	if (!a)
		return;
	a->filename = mime_safe_name(name, l->r);
	a->content_type = type;
	a->content_id = id;
	a->from_tnef = from_tnef;
	sink_begin(l, a);
	transfer_checked(encoding, bytes, &out, l->r);
	sink_end(l, a);
}

/* The block lies in r->bytes perhaps, so only r->text is free. */
static void add_uuencoded(void *ctx, struct span name, struct span lines)
{
	struct leaves *l = ctx;
	struct buf *text = &l->r->text;

	buf_clear(text);
	charset_decode(charset_guess(l->r->charsets, name), name, text);
	add_file(l, arena_dup(l->r->arena, buf_span(text)), SPAN("application/octet-stream"),
		 SPAN_NONE, TRANSFER_UUENCODE, lines, false);
}

static void add_tnef_file(void *ctx, const struct tnef_file *file)
{
	add_file(ctx, file->name, file->type.n ? file->type : SPAN("application/octet-stream"),
		 file->content_id, TRANSFER_IDENTITY, file->data, true);
}

static const struct charset *part_charset(const struct part *p, struct span bytes, struct leaves *l)
{
	struct span label;
	const struct charset *c;

	params_read(p->type_rest, l->params, l->r);
	label = param_get(l->params, "charset", l->r);
	if (charset_is_mislabelled(label, bytes)) {
		reading_defect(l->r, FACTS_CHARSET_GUESSED);
		label = SPAN("utf-8");
	}
	c = charset_find(l->r->charsets, label);
	if (c)
		return c;
	if (label.n)
		reading_unknown_charset(l->r);
	return charset_guess(l->r->charsets, bytes);
}

/* l->params holds those of the Content-Type. */
static bool param_is(struct leaves *l, const char *name, const char *value)
{
	return span_is_ci(span_trim(param_get(l->params, name, l->r)), value);
}

static struct span without_bom(struct span s)
{
	return span_starts(s, SPAN("\xef\xbb\xbf")) ? span_sub(s, 3, SIZE_MAX) : s;
}

/* Words where base64 should be: the first line has a blank inside. */
static bool is_no_base64(struct span body)
{
	struct span rest = span_trim(body), line = span_trim(span_cut(&rest, '\n'));

	return memchr(line.p ? line.p : "", ' ', line.n) != NULL;
}

/* The bytes of a text; one that only claims to be base64 is taken as it stands. */
static struct span text_bytes(const struct part *p, struct reading *r)
{
	if (p->encoding == TRANSFER_BASE64 && is_no_base64(p->body)) {
		reading_defect(r, FACTS_BAD_BASE64);
		return span_sub(p->body, 0, LIMIT_DECODED);
	}
	return leaf_bytes(p, LIMIT_DECODED, r);
}

static void add_text(struct leaves *l, const struct part *p)
{
	struct reading *r = l->r;
	struct buf *out = &l->output->text, rest BUF_AUTO;
	struct span bytes = text_bytes(p, r), text;
	const struct charset *c = part_charset(p, bytes, l);

	buf_init(&rest, LIMIT_DECODED);
	if (p->is_plain && uuencode_cut(bytes, &rest, add_uuencoded, l))
		bytes = buf_span(&rest);
	if (out->n && out->p[out->n - 1] != '\n')
		buf_addc(out, '\n');
	buf_clear(&r->text);
	if (!charset_decode(c, bytes, &r->text))
		reading_defect(r, FACTS_BAD_CHARSET);
	text = without_bom(buf_span(&r->text));
	if (p->is_html)
		html_to_text(text, r, out, &l->output->hints);
	else if (param_is(l, "format", "flowed"))
		plain_flowed(text, param_is(l, "delsp", "yes"), out);
	else
		plain_lines(text, out);
	l->any_html |= p->is_html;
	l->any_plain |= p->is_plain;
}

/* What a type of part is for; the rest are files. */
static enum facts_role role_of_type(struct span type)
{
	static const struct {
		struct span type;
		enum facts_role role;
	} rows[] = {
#define PART_ROLE(type, role) { SPAN_LITERAL(type), FACTS_ROLE_##role },
#include "parser/tables/part_roles.h"
#undef PART_ROLE
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (span_eq(type, rows[i].type))
			return rows[i].role;
	return FACTS_ROLE_FILE;
}

static bool is_tnef(struct span type, struct span name)
{
	return span_is(type, "application/ms-tnef") || span_is(type, "application/vnd.ms-tnef") ||
	       span_is_ci(name, "winmail.dat");
}

static void add_tnef(struct leaves *l, const struct part *p)
{
	struct span stream = leaf_bytes(p, LIMIT_TNEF, l->r);

	if (stream.n == LIMIT_TNEF)
		reading_defect(l->r, FACTS_TNEF_CUT);
	tnef_read(stream, l->r, add_tnef_file, l);
}

static struct span content_id(struct span id, struct reading *r)
{
	struct span inside = id, word;

	span_cut(&inside, '<');
	word = span_cut(&inside, '>');
	id = span_trim(word.n ? word : id);
	while (id.n && (id.p[0] == '<' || id.p[0] == '>'))
		id = span_sub(id, 1, SIZE_MAX);
	return id.n ? word_text(id, r) : SPAN_NONE;
}

/* An enclosed message starts at its first header line. */
static struct span file_body(const struct part *p)
{
	if (p->encoding == TRANSFER_IDENTITY && span_is(p->type, "message/rfc822"))
		return headers_skip_envelope(p->body);
	return p->body;
}

static void add_attachment(struct leaves *l, const struct part *p)
{
	struct facts_attachment *a = attachment_add(l);
	struct transfer_out out = { sink_write, l };
	struct span name;

	if (!a)
		return;
	a->filename = name = mime_filename(p, l->params, l->r);
	a->content_type = p->type;
	a->content_id = content_id(p->id, l->r);
	a->is_inline = p->is_inline;
	a->role = role_of_type(p->type);
	sink_begin(l, a);
	transfer_checked(p->encoding, file_body(p), &out, l->r);
	sink_end(l, a);
	if (is_tnef(p->type, name))
		add_tnef(l, p);
}

/* A text that is a file (a log, a table) says nothing of the kind of mail, and may be large. */
static bool is_of_use_for_kind(const struct part *p)
{
	if (span_starts(p->type, SPAN("message/")) || span_is(p->type, "text/rfc822-headers") ||
	    span_starts(p->type, SPAN("multipart/"))) /* one whose boundary is nowhere */
		return true;
	if (span_is(p->type, "text/calendar")) /* an invitation has a name, but is no file */
		return !p->is_attached;
	return span_starts(p->type, SPAN("text/")) && !p->is_attached && !p->has_name;
}

/*
 * A leaf that kind looks into: reports, enclosed messages and headers, and texts.  Only the front
 * of it is decoded, which may end in the middle of something: that is no defect of the mail.
 */
static struct span kind_text(const struct part *p, struct leaves *l)
{
	struct part front = *p;
	struct span bytes;
	struct buf *text = &l->r->text;
	uint64_t defects = l->r->defects;

	if (!is_of_use_for_kind(p))
		return SPAN("");
	front.body.n =
	    front.body.n < 3 * KIND_PART_TEXT_MAX ? front.body.n : 3 * KIND_PART_TEXT_MAX;
	bytes = leaf_bytes(&front, KIND_PART_TEXT_MAX, l->r);
	buf_clear(text);
	charset_decode(part_charset(p, bytes, l), bytes, text);
	l->r->defects = defects;
	return arena_dup(l->r->arena, utf8_prefix(buf_span(text), KIND_PART_TEXT_MAX));
}

static void add_kind_part(struct leaves *l, const struct part *p, size_t text_from)
{
	struct leaf_output *o = l->output;
	struct kind_part *k = &o->kind_parts[o->kind_count];

	if (o->kind_count == KIND_PARTS_MAX)
		return;
	k->content_type = p->type;
	o->kind_from[o->kind_count++] = p->role == ROLE_TEXT ? text_from : SIZE_MAX;
	if (p->role == ROLE_TEXT)
		k->text.n = o->text.n - text_from;
	else
		k->text = p->role == ROLE_ATTACHMENT ? kind_text(p, l) : SPAN("");
}

/* Blank lines at both ends go; the hints move along. */
static void finish_text(struct leaves *l)
{
	struct leaf_output *o = l->output;
	struct span all = buf_span(&o->text), text = span_trim(all);
	size_t cut = 0;

	for (size_t i = 0; i < all.n && ascii_is_space((unsigned char)all.p[i]); i++)
		if (all.p[i] == '\n')
			cut = i + 1;
	text = text.n ? (struct span){ all.p + cut, (size_t)(text.p + text.n - all.p) - cut }
		      : SPAN("");
	if (o->text.full) {
		reading_defect(l->r, FACTS_TEXT_CUT);
		text = utf8_prefix(text, text.n ? text.n - 1 : 0);
	}
	l->f->text = arena_dup(l->r->arena, text);
	for (size_t i = 0; i < o->hints.n; i++) {
		struct reply_hint *h = &o->hints.v[i];

		h->from = h->from < cut ? 0 : h->from - cut;
		h->to = h->to < cut ? 0 : h->to - cut;
		h->from = h->from > text.n ? text.n : h->from;
		h->to = h->to > text.n ? text.n : h->to;
	}
	for (size_t i = 0; i < o->kind_count; i++)
		if (o->kind_from[i] != SIZE_MAX)
			o->kind_parts[i].text =
			    utf8_prefix(span_sub(all, o->kind_from[i], o->kind_parts[i].text.n),
					KIND_PART_TEXT_MAX);
}

void leaf_read_all(const struct mime *m, struct params *scratch, const struct parser_sink *sink,
		   struct reading *r, struct leaf_output *output, struct facts *f)
{
	struct leaves l = {
		.mime = m, .params = scratch, .sink = sink, .r = r, .output = output, .f = f
	};

	buf_clear(&output->text);
	output->hints.n = 0;
	output->kind_count = 0;
	for (int i = 0; i < m->n; i++) {
		const struct part *p = &m->v[i];
		size_t text_from = output->text.n;

		if (p->role == ROLE_INSIDE)
			continue;
		if (p->role == ROLE_TEXT)
			add_text(&l, p);
		else if (p->role == ROLE_ATTACHMENT)
			add_attachment(&l, p);
		add_kind_part(&l, p, text_from);
	}
	f->text_source = l.any_plain && l.any_html ? FACTS_MIXED
			 : l.any_html		   ? FACTS_HTML
			 : l.any_plain		   ? FACTS_PLAIN
						   : FACTS_NONE;
	finish_text(&l);
}

const struct kind_part *leaf_kind_parts(const struct leaf_output *output, size_t *ret_count)
{
	*ret_count = output->kind_count;
	return output->kind_parts;
}
