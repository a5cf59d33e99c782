#include "parser/leaf.h"

#include "gatewayd/base/utf8.h"
#include "parser/body_words.h"
#include "parser/charset_guess.h"
#include "parser/files.h"
#include "parser/part.h"
#include "parser/pgp.h"
#include "parser/plain.h"
#include "parser/tnef_text.h"
#include "parser/uuencode.h"

struct leaves {
	const struct mime *mime;
	struct params *params;
	struct reading *r;
	struct leaf_output *output;
	struct facts *f;
	struct files files;
	bool any_plain, any_html;
	bool any_outside; /* a text that stood in no S/MIME */
};

static const struct charset *part_charset(const struct part *p, struct span bytes, struct leaves *l)
{
	struct charset_choice choice;

	params_read(p->type_rest, l->params, l->r);
	charset_choose(l->r->charsets, param_get(l->params, "charset", l->r), bytes, p->is_html,
		       &choice);
	if (choice.unknown)
		reading_unknown_charset(l->r);
	if (choice.guessed)
		reading_defect(l->r, FACTS_CHARSET_GUESSED);
	return choice.charset;
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
	return part_bytes(p, LIMIT_DECODED, r);
}

static void add_text(struct leaves *l, const struct part *p)
{
	struct reading *r = l->r;
	struct buf *out = &l->output->text, uncut BUF_AUTO, unwrapped BUF_AUTO;
	struct span bytes = text_bytes(p, r), text;
	const struct charset *c = part_charset(p, bytes, l);

	buf_init(&uncut, LIMIT_DECODED);
	buf_init(&unwrapped, LIMIT_DECODED);
	if (p->is_plain && uuencode_cut(bytes, &uncut, files_add_uuencoded, &l->files))
		bytes = buf_span(&uncut);
	if (p->is_plain && pgp_cut(bytes, &unwrapped, files_add_pgp, &l->files))
		bytes = buf_span(&unwrapped);
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
	l->any_outside |= p->smime_depth == 0;
}

/* A mail that says nothing outside of a TNEF shows what stands inside. */
static void add_tnef_text(struct leaves *l)
{
	struct buf *out = &l->output->text;

	if (l->files.text.body == TNEF_FILE || !body_is_blank(buf_span(out)))
		return;
	buf_clear(out);
	tnef_text(&l->files.text, l->r, out, &l->output->hints);
	l->f->text_source = FACTS_TNEF;
}

static enum facts_source source_of(const struct leaves *l)
{
	if (!l->any_plain && !l->any_html)
		return FACTS_NONE;
	if (!l->any_outside)
		return FACTS_SMIME;
	if (l->any_plain && l->any_html)
		return FACTS_MIXED;
	return l->any_html ? FACTS_HTML : FACTS_PLAIN;
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
	bytes = part_bytes(&front, KIND_PART_TEXT_MAX, l->r);
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
		.mime = m,
		.params = scratch,
		.r = r,
		.output = output,
		.f = f,
		.files = { .mime = m,
			   .params = scratch,
			   .sink = sink,
			   .r = r,
			   .f = f,
			   .mails = &output->mails },
	};

	buf_clear(&output->text);
	output->hints.n = 0;
	output->mails.n = 0;
	output->kind_count = 0;
	for (int i = 0; i < m->n; i++) {
		const struct part *p = &m->v[i];
		size_t text_from = output->text.n;

		if (p->role == ROLE_INSIDE)
			continue;
		if (p->role == ROLE_TEXT)
			add_text(&l, p);
		else if (p->role == ROLE_ATTACHMENT)
			files_add_part(&l.files, p);
		add_kind_part(&l, p, text_from);
	}
	f->text_source = source_of(&l);
	add_tnef_text(&l);
	finish_text(&l);
}

const struct kind_part *leaf_kind_parts(const struct leaf_output *output, size_t *ret_count)
{
	*ret_count = output->kind_count;
	return output->kind_parts;
}
