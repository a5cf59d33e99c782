#include "parser/facts.h"

/* Names, and the record as bytes: all integers little-endian, a text is a u32 length + 1 (0: no
 * value). */

enum {
	FACTS_MAGIC = 0x31744647, /* "GFt1"; a change of the layout changes it */
	SMALLEST_TEXT = 4,	  /* encoded bytes of an empty one */
};

const char *facts_kind_name(enum facts_kind kind)
{
	static const char *const names[FACTS_KIND_COUNT] = { "human", "bounce", "auto-reply",
							     "bulk" };

	return names[kind];
}

const char *facts_source_name(enum facts_source source)
{
	static const char *const names[FACTS_SOURCE_COUNT] = { "none", "plain", "html", "mixed" };

	return names[source];
}

const char *facts_defect_name(enum facts_defect defect)
{
	static const char *const names[FACTS_DEFECT_COUNT] = {
#define X(id, token) token,
		FACTS_DEFECTS(X)
#undef X
	};

	return names[defect];
}

static void put_number(struct buf *out, uint64_t v, int bytes)
{
	char b[8];

	for (int i = 0; i < bytes; i++)
		b[i] = (char)(v >> (8 * i));
	buf_add(out, (struct span){ b, (size_t)bytes });
}

static void put_text(struct buf *out, struct span s, size_t max)
{
	s = utf8_prefix(s, max);
	put_number(out, s.p ? s.n + 1 : 0, 4);
	buf_add(out, s);
}

static void put_addresses(struct buf *out, const struct facts_addresses *list)
{
	put_number(out, list->n, 4);
	for (size_t i = 0; i < list->n; i++) {
		put_text(out, list->v[i].name, FACTS_FIELD_MAX);
		put_text(out, list->v[i].address, FACTS_FIELD_MAX);
	}
}

static void put_recipient(struct buf *out, const struct facts_recipient *p)
{
	put_text(out, p->address, FACTS_FIELD_MAX);
	put_text(out, p->action, FACTS_FIELD_MAX);
	put_text(out, p->status, FACTS_FIELD_MAX);
	put_text(out, p->diagnostic, FACTS_FIELD_MAX);
}

static void put_attachment(struct buf *out, const struct facts_attachment *a)
{
	put_text(out, a->filename, FACTS_FIELD_MAX);
	put_text(out, a->content_type, FACTS_FIELD_MAX);
	put_text(out, a->content_id, FACTS_FIELD_MAX);
	put_number(out, a->offset, 8);
	put_number(out, a->size, 8);
	put_number(out, a->is_inline, 1);
	put_number(out, a->from_tnef, 1);
}

void facts_encode(const struct facts *f, struct buf *out)
{
	put_number(out, FACTS_MAGIC, 4);
	put_text(out, f->message_id, FACTS_FIELD_MAX);
	put_text(out, f->in_reply_to, FACTS_FIELD_MAX);
	put_number(out, f->reference_count, 4);
	for (size_t i = 0; i < f->reference_count; i++)
		put_text(out, f->references[i], FACTS_FIELD_MAX);
	put_number(out, f->has_date, 1);
	put_number(out, (uint64_t)f->date_at, 8);
	put_addresses(out, &f->from);
	put_addresses(out, &f->reply_to);
	put_addresses(out, &f->to);
	put_addresses(out, &f->cc);
	put_text(out, f->subject, FACTS_FIELD_MAX);
	put_number(out, f->kind, 1);
	put_text(out, f->kind_reason, FACTS_FIELD_MAX);
	put_number(out, f->recipient_count, 4);
	for (size_t i = 0; i < f->recipient_count; i++)
		put_recipient(out, &f->recipients[i]);
	put_text(out, f->original_message_id, FACTS_FIELD_MAX);
	put_text(out, f->text, FACTS_TEXT_MAX);
	put_number(out, f->text_source, 1);
	put_text(out, f->reply, FACTS_TEXT_MAX);
	put_number(out, f->attachment_count, 4);
	for (size_t i = 0; i < f->attachment_count; i++)
		put_attachment(out, &f->attachments[i]);
	put_number(out, f->defects, 8);
}

/* What is left to decode; once something is wrong, `bad` says what and all further reads give
 * nothing. */
struct decoder {
	struct span s;
	struct arena *arena;
	uint64_t body_size;
	const char *bad;
};

static void fail(struct decoder *d, const char *why)
{
	if (!d->bad)
		d->bad = why;
	d->s = SPAN_NONE;
}

static uint64_t get_number(struct decoder *d, int bytes)
{
	uint64_t v = 0;

	if (d->s.n < (size_t)bytes) {
		fail(d, "ends early");
		return 0;
	}
	for (int i = 0; i < bytes; i++)
		v |= (uint64_t)(unsigned char)d->s.p[i] << (8 * i);
	d->s = span_sub(d->s, (size_t)bytes, SIZE_MAX);
	return v;
}

static uint64_t get_below(struct decoder *d, int bytes, uint64_t end)
{
	uint64_t v = get_number(d, bytes);

	if (v < end)
		return v;
	fail(d, "number out of range");
	return 0;
}

static struct span get_text(struct decoder *d, size_t max)
{
	uint64_t n = get_number(d, 4);
	struct span s;

	if (n == 0)
		return SPAN_NONE;
	if (n - 1 > max || n - 1 > d->s.n) {
		fail(d, "text too long");
		return SPAN_NONE;
	}
	s = span_sub(d->s, 0, (size_t)n - 1);
	if (!utf8_valid(s) || (s.n && memchr(s.p, 0, s.n))) {
		fail(d, "text is not UTF-8");
		return SPAN_NONE;
	}
	d->s = span_sub(d->s, s.n, SIZE_MAX);
	return arena_dup(d->arena, s);
}

/* A text that is always there. */
static struct span get_some_text(struct decoder *d, size_t max)
{
	struct span s = get_text(d, max);

	if (!s.p) {
		fail(d, "text missing");
		return SPAN("");
	}
	return s;
}

/* A count of things of at least `smallest` encoded bytes each. */
static size_t get_count(struct decoder *d, size_t max, size_t smallest)
{
	uint64_t n = get_number(d, 4);

	if (n > max || n > d->s.n / smallest) {
		fail(d, "too many of something");
		return 0;
	}
	return (size_t)n;
}

static void get_addresses(struct decoder *d, struct facts_addresses *list)
{
	list->n = get_count(d, FACTS_ADDRESSES_MAX, 2 * SMALLEST_TEXT);
	list->v = arena_alloc_n(d->arena, list->n, sizeof(*list->v));
	for (size_t i = 0; i < list->n; i++) {
		list->v[i].name = get_some_text(d, FACTS_FIELD_MAX);
		list->v[i].address = get_some_text(d, FACTS_FIELD_MAX);
	}
}

static void get_references(struct decoder *d, struct facts *f)
{
	f->reference_count = get_count(d, FACTS_REFERENCES_MAX, SMALLEST_TEXT);
	f->references = arena_alloc_n(d->arena, f->reference_count, sizeof(*f->references));
	for (size_t i = 0; i < f->reference_count; i++)
		f->references[i] = get_some_text(d, FACTS_FIELD_MAX);
}

static void get_recipients(struct decoder *d, struct facts *f)
{
	f->recipient_count = get_count(d, FACTS_RECIPIENTS_MAX, 4 * SMALLEST_TEXT);
	f->recipients = arena_alloc_n(d->arena, f->recipient_count, sizeof(*f->recipients));
	for (size_t i = 0; i < f->recipient_count; i++) {
		struct facts_recipient *p = &f->recipients[i];

		p->address = get_text(d, FACTS_FIELD_MAX);
		p->action = get_text(d, FACTS_FIELD_MAX);
		p->status = get_text(d, FACTS_FIELD_MAX);
		p->diagnostic = get_text(d, FACTS_FIELD_MAX);
	}
}

static void get_attachment(struct decoder *d, struct facts_attachment *a)
{
	a->filename = get_text(d, FACTS_FIELD_MAX);
	a->content_type = get_some_text(d, FACTS_FIELD_MAX);
	a->content_id = get_text(d, FACTS_FIELD_MAX);
	a->offset = get_number(d, 8);
	a->size = get_number(d, 8);
	a->is_inline = get_below(d, 1, 2);
	a->from_tnef = get_below(d, 1, 2);
	if (a->offset > d->body_size || a->size > d->body_size - a->offset)
		fail(d, "attachment outside the body");
}

static void get_attachments(struct decoder *d, struct facts *f)
{
	f->attachment_count = get_count(d, FACTS_ATTACHMENTS_MAX, 3 * SMALLEST_TEXT + 18);
	f->attachments = arena_alloc_n(d->arena, f->attachment_count, sizeof(*f->attachments));
	for (size_t i = 0; i < f->attachment_count; i++)
		get_attachment(d, &f->attachments[i]);
}

static void get_facts(struct decoder *d, struct facts *f)
{
	if (get_number(d, 4) != FACTS_MAGIC)
		fail(d, "not a record of facts");
	f->message_id = get_text(d, FACTS_FIELD_MAX);
	f->in_reply_to = get_text(d, FACTS_FIELD_MAX);
	get_references(d, f);
	f->has_date = get_below(d, 1, 2);
	f->date_at = (int64_t)get_number(d, 8);
	get_addresses(d, &f->from);
	get_addresses(d, &f->reply_to);
	get_addresses(d, &f->to);
	get_addresses(d, &f->cc);
	f->subject = get_text(d, FACTS_FIELD_MAX);
	f->kind = (enum facts_kind)get_below(d, 1, FACTS_KIND_COUNT);
	f->kind_reason = get_some_text(d, FACTS_FIELD_MAX);
	get_recipients(d, f);
	f->original_message_id = get_text(d, FACTS_FIELD_MAX);
	f->text = get_some_text(d, FACTS_TEXT_MAX);
	f->text_source = (enum facts_source)get_below(d, 1, FACTS_SOURCE_COUNT);
	f->reply = get_some_text(d, FACTS_TEXT_MAX);
	get_attachments(d, f);
	f->defects = get_number(d, 8);
	if (f->defects >> FACTS_DEFECT_COUNT)
		fail(d, "unknown defect");
}

int facts_decode(struct span bytes, uint64_t body_size, struct arena *arena,
		 struct facts *ret_facts, struct err *e)
{
	struct decoder d = { .s = bytes, .arena = arena, .body_size = body_size };
	struct facts f = { 0 };

	get_facts(&d, &f);
	if (!d.bad && d.s.n)
		d.bad = "bytes left over";
	if (d.bad)
		return err_set(e, ERR_PERM, "facts: %s", d.bad);
	*ret_facts = f;
	return 0;
}
