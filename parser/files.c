#include "parser/files.h"

#include "gatewayd/base/base64_measure.h"
#include "parser/charset.h"
#include "parser/part.h"
#include "parser/word.h"

enum { STANDING_MIN = 4 * KIB }; /* bytes in the raw mail; what is shorter is soon decoded */

static const struct span octets = SPAN_LITERAL("application/octet-stream");

static struct facts_attachment *add(struct files *files)
{
	struct facts *f = files->f;

	if (f->attachment_count == FACTS_ATTACHMENTS_MAX) {
		reading_defect(files->r, FACTS_TOO_MANY_PARTS);
		return NULL;
	}
	ARENA_GROW(files->r->arena, f->attachments, f->attachment_count);
	return &f->attachments[f->attachment_count++];
}

static void sink_write(void *ctx, struct span piece)
{
	struct files *files = ctx;

	files->offset += piece.n;
	if (files->sink && files->sink->write)
		files->sink->write(files->sink->ctx, piece);
}

/* It stands in the raw mail, not in bytes that were decoded, and behind those before it. */
static bool is_in(const struct files *files, struct span mail, struct span body)
{
	uintptr_t at = (uintptr_t)body.p - (uintptr_t)mail.p;

	return mail.p && at >= files->stood && at <= mail.n && body.n <= mail.n - at;
}

static bool measure(enum transfer encoding, struct span body, struct facts_attachment *a)
{
	size_t size = body.n;

	if (encoding == TRANSFER_BASE64 ? !base64_measure(body, &size)
					: encoding != TRANSFER_IDENTITY)
		return false;
	a->standing = encoding == TRANSFER_BASE64 ? FACTS_RAW_BASE64 : FACTS_RAW;
	a->size = size;
	return true;
}

/* It stays where it is. */
static bool stands(struct files *files, enum transfer encoding, struct span body,
		   struct facts_attachment *a)
{
	struct span mail = files->sink ? files->sink->mail : SPAN_NONE;

	if (body.n < STANDING_MIN || files->standing == FACTS_STANDING_MAX ||
	    !is_in(files, mail, body) || !measure(encoding, body, a))
		return false;
	a->raw_offset = (uint64_t)(body.p - mail.p);
	a->raw_length = body.n;
	files->standing++;
	files->stood = (size_t)a->raw_offset + body.n;
	return true;
}

/* The bytes of the attachment that was added last. */
static void pour(struct files *files, enum transfer encoding, struct span body)
{
	const struct parser_sink *sink = files->sink;
	size_t index = files->f->attachment_count - 1;
	struct facts_attachment *a = &files->f->attachments[index];
	struct transfer_out out = { sink_write, files };

	a->offset = files->offset;
	if (stands(files, encoding, body, a))
		return;
	if (sink && sink->begin)
		sink->begin(sink->ctx, index);
	part_decode(encoding, body, &out, files->r);
	a->size = files->offset - a->offset;
	if (sink && sink->end)
		sink->end(sink->ctx, index);
}

/* The block lies in r->bytes perhaps, so only r->text is free. */
void files_add_uuencoded(void *ctx, struct span name, struct span lines)
{
	struct files *files = ctx;
	struct facts_attachment *a = add(files);
	struct buf *text = &files->r->text;

	if (!a)
		return;
	buf_clear(text);
	charset_decode(charset_guess(files->r->charsets, name), name, text);
	a->filename = mime_safe_name(buf_span(text), files->r);
	a->content_type = octets;
	pour(files, TRANSFER_UUENCODE, lines);
}

void files_add_pgp(void *ctx, enum pgp_block block, struct span bytes)
{
	static const struct {
		struct span name, type;
		enum facts_role role;
	} rows[PGP_BLOCK_COUNT] = {
		[PGP_SIGNATURE] = { SPAN_LITERAL("signature.asc"),
				    SPAN_LITERAL("application/pgp-signature"),
				    FACTS_ROLE_SIGNATURE },
		[PGP_MESSAGE] = { SPAN_LITERAL("encrypted.asc"),
				  SPAN_LITERAL("application/pgp-encrypted"), FACTS_ROLE_ENCRYPTED },
		[PGP_KEY] = { SPAN_LITERAL("key.asc"), SPAN_LITERAL("application/pgp-keys"),
			      FACTS_ROLE_FILE },
	};
	struct files *files = ctx;
	struct facts_attachment *a = add(files);

	if (!a)
		return;
	a->filename = rows[block].name;
	a->content_type = rows[block].type;
	a->role = rows[block].role;
	pour(files, TRANSFER_IDENTITY, bytes);
}

/* HTML says it best, plain text least. */
static void keep_body(struct files *files, const struct tnef_file *file)
{
	if (file->body <= files->text.body)
		return;
	files->text = *file;
	files->text.data = arena_dup(files->r->arena, file->data);
}

static void add_tnef_file(void *ctx, const struct tnef_file *file)
{
	struct files *files = ctx;
	struct facts_attachment *a;

	keep_body(files, file);
	if (file->body == TNEF_PLAIN)
		return;
	a = add(files);
	if (!a)
		return;
	a->filename = mime_safe_name(file->name, files->r);
	a->content_type = file->type.n ? file->type : octets;
	a->content_id = file->content_id;
	a->from_tnef = true;
	pour(files, TRANSFER_IDENTITY, file->data);
}

static bool is_tnef(struct span type, struct span name)
{
	return span_is(type, "application/ms-tnef") || span_is(type, "application/vnd.ms-tnef") ||
	       span_is_ci(name, "winmail.dat");
}

static void add_tnef(struct files *files, const struct part *p)
{
	struct span stream = part_bytes(p, LIMIT_TNEF, files->r);

	if (stream.n == LIMIT_TNEF)
		reading_defect(files->r, FACTS_TNEF_CUT);
	tnef_read(stream, files->r, add_tnef_file, files);
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

static bool is_enclosed_mail(const struct part *p, struct span name)
{
	return span_is(p->type, "message/rfc822") || span_is(p->type, "message/global") ||
	       (span_is(p->type, "application/octet-stream") && span_ends_ci(name, SPAN(".eml")));
}

static enum facts_role role_of(const struct files *files, const struct part *p, struct span name)
{
	static const enum facts_role by_cms[] = {
		[CMS_SIGNED] = FACTS_ROLE_SIGNATURE,
		[CMS_ENVELOPED] = FACTS_ROLE_ENCRYPTED,
		[CMS_OTHER] = FACTS_ROLE_FILE,
	};

	if (p->cms != CMS_NONE)
		return by_cms[p->cms];
	if (p->parent >= 0 && span_is(files->mime->v[p->parent].type, "multipart/encrypted"))
		return FACTS_ROLE_ENCRYPTED;
	return is_enclosed_mail(p, name) ? FACTS_ROLE_MESSAGE : role_of_type(p->type);
}

/* What was opened is read in the text; what remains of it is its signature. */
static struct span name_of(const struct files *files, const struct part *p)
{
	struct span name = mime_filename(p, files->params, files->r);
	bool detached = span_is(p->type, "application/pkcs7-signature") ||
			span_is(p->type, "application/x-pkcs7-signature");

	return p->is_opened || (detached && !name.p) ? SPAN("signature.p7s") : name;
}

/* An enclosed message starts at its first header line. */
static struct span file_body(const struct part *p)
{
	if (p->encoding == TRANSFER_IDENTITY && span_is(p->type, "message/rfc822"))
		return headers_skip_envelope(p->body);
	return p->body;
}

static void note_mail(struct files *files, const struct part *p)
{
	struct files_mails *mails = files->mails;
	const struct part *above = p->parent < 0 ? NULL : &files->mime->v[p->parent];

	if (mails->n == FACTS_FORWARDED_MAX || (above && above->multipart == MULTIPART_REPORT))
		return;
	mails->v[mails->n].part = p;
	mails->v[mails->n++].index = files->f->attachment_count - 1;
}

void files_add_part(struct files *files, const struct part *p)
{
	struct facts_attachment *a = add(files);
	struct span name;

	if (!a)
		return;
	a->filename = name = name_of(files, p);
	a->content_type = p->type;
	a->content_id = content_id(p->id, files->r);
	a->is_inline = p->is_inline;
	a->role = role_of(files, p, name);
	pour(files, p->encoding, file_body(p));
	if (a->role == FACTS_ROLE_MESSAGE)
		note_mail(files, p);
	if (is_tnef(p->type, name))
		add_tnef(files, p);
}
