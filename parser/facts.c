#include "parser/facts.h"

#include "gatewayd/base/utf8.h"

/* Names, and the record as bytes: all integers little-endian, a text is a u32 length + 1 (0: no
 * value). */

enum {
	FACTS_MAGIC = 0x33744647, /* "GFt3"; a change of the layout changes it */
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
	static const char *const names[FACTS_SOURCE_COUNT] = { "none",	"plain", "html",
							       "mixed", "tnef",	 "smime" };

	return names[source];
}

/* The function that names what a table of facts.h lists. */
#define TOKEN(id, token) token,
#define NAMES(function, type, table)                                 \
	const char *function(enum type value)                        \
	{                                                            \
		static const char *const names[] = { table(TOKEN) }; \
                                                                     \
		return names[value];                                 \
	}

NAMES(facts_defect_name, facts_defect, FACTS_DEFECTS)
NAMES(facts_mark_name, facts_mark, FACTS_MARKS)
NAMES(facts_cut_why_name, facts_cut_why, FACTS_CUTS)
NAMES(facts_role_name, facts_role, FACTS_ROLES)

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

static void put_address(struct buf *out, const struct facts_address *a)
{
	put_text(out, a->name, FACTS_FIELD_MAX);
	put_text(out, a->address, FACTS_FIELD_MAX);
}

static void put_addresses(struct buf *out, const struct facts_addresses *list)
{
	put_number(out, list->n, 4);
	for (size_t i = 0; i < list->n; i++)
		put_address(out, &list->v[i]);
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
	put_number(out, (uint64_t)a->standing << 1 | a->from_tnef, 1);
	put_number(out, a->role, 1);
	if (a->standing == FACTS_DECODED)
		return;
	put_number(out, a->raw_offset, 8);
	put_number(out, a->raw_length, 8);
}

static void put_cut(struct buf *out, const struct facts_cut *c)
{
	put_number(out, c->offset, 8);
	put_number(out, c->length, 8);
	put_number(out, c->why, 1);
}

static void put_forwarded(struct buf *out, const struct facts_forwarded *w)
{
	put_address(out, &w->from);
	put_addresses(out, &w->to);
	put_text(out, w->subject, FACTS_FIELD_MAX);
	put_number(out, w->has_date, 1);
	put_number(out, (uint64_t)w->date_at, 8);
	put_number(out, w->place, 1);
	put_number(out, w->offset, 8);
	put_number(out, w->length, 8);
	put_number(out, w->attachment, 4);
	put_text(out, w->text, FACTS_TEXT_MAX);
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
	put_number(out, f->marks, 8);
	put_number(out, f->recipient_count, 4);
	for (size_t i = 0; i < f->recipient_count; i++)
		put_recipient(out, &f->recipients[i]);
	put_text(out, f->original_message_id, FACTS_FIELD_MAX);
	put_text(out, f->text, FACTS_TEXT_MAX);
	put_number(out, f->text_source, 1);
	put_text(out, f->reply, FACTS_TEXT_MAX);
	put_number(out, f->reply_cut_count, 4);
	for (size_t i = 0; i < f->reply_cut_count; i++)
		put_cut(out, &f->reply_cuts[i]);
	put_number(out, f->attachment_count, 4);
	for (size_t i = 0; i < f->attachment_count; i++)
		put_attachment(out, &f->attachments[i]);
	put_number(out, f->forwarded_count, 4);
	for (size_t i = 0; i < f->forwarded_count; i++)
		put_forwarded(out, &f->forwarded[i]);
	put_number(out, f->defects, 8);
}

/* What is left to decode; once something is wrong, `bad` says what and all further reads give
 * nothing. */
struct decoder {
	struct span s;
	struct arena *arena;
	uint64_t body_size, raw_size;
	uint64_t raw_end; /* of what stands in the raw mail so far */
	size_t raw_count;
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

static void get_address(struct decoder *d, struct facts_address *a)
{
	a->name = get_some_text(d, FACTS_FIELD_MAX);
	a->address = get_some_text(d, FACTS_FIELD_MAX);
}

static void get_addresses(struct decoder *d, struct facts_addresses *list)
{
	list->n = get_count(d, FACTS_ADDRESSES_MAX, 2 * SMALLEST_TEXT);
	list->v = arena_alloc_n(d->arena, list->n, sizeof(*list->v));
	for (size_t i = 0; i < list->n; i++)
		get_address(d, &list->v[i]);
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

static void get_standing(struct decoder *d, struct facts_attachment *a)
{
	a->raw_offset = get_number(d, 8);
	a->raw_length = get_number(d, 8);
	if (++d->raw_count > FACTS_STANDING_MAX || a->raw_offset < d->raw_end ||
	    a->raw_offset > d->raw_size || a->raw_length > d->raw_size - a->raw_offset ||
	    a->size > a->raw_length) {
		fail(d, "attachment outside the mail");
		return;
	}
	d->raw_end = a->raw_offset + a->raw_length;
}

static void get_attachment(struct decoder *d, struct facts_attachment *a)
{
	uint64_t kinds;

	a->filename = get_text(d, FACTS_FIELD_MAX);
	a->content_type = get_some_text(d, FACTS_FIELD_MAX);
	a->content_id = get_text(d, FACTS_FIELD_MAX);
	a->offset = get_number(d, 8);
	a->size = get_number(d, 8);
	a->is_inline = get_below(d, 1, 2);
	kinds = get_below(d, 1, 2 * FACTS_STANDING_COUNT);
	a->from_tnef = kinds & 1;
	a->standing = (enum facts_standing)(kinds >> 1);
	a->role = (enum facts_role)get_below(d, 1, FACTS_ROLE_COUNT);
	if (a->standing != FACTS_DECODED)
		get_standing(d, a);
	else if (a->offset > d->body_size || a->size > d->body_size - a->offset)
		fail(d, "attachment outside the body");
}

static void get_attachments(struct decoder *d, struct facts *f)
{
	f->attachment_count = get_count(d, FACTS_ATTACHMENTS_MAX, 3 * SMALLEST_TEXT + 19);
	f->attachments = arena_alloc_n(d->arena, f->attachment_count, sizeof(*f->attachments));
	for (size_t i = 0; i < f->attachment_count; i++)
		get_attachment(d, &f->attachments[i]);
}

/* A place in the text where no character is cut. */
static bool is_place(struct span text, uint64_t at)
{
	return at == text.n || (at < text.n && ((unsigned char)text.p[at] & 0xc0) != 0x80);
}

static void check_stretch(struct decoder *d, struct span text, uint64_t offset, uint64_t length)
{
	if (!is_place(text, offset) || length > text.n - offset || !is_place(text, offset + length))
		fail(d, "stretch outside the text");
}

static void get_cuts(struct decoder *d, struct facts *f)
{
	uint64_t end = 0;

	f->reply_cut_count = get_count(d, FACTS_CUTS_MAX, 17);
	f->reply_cuts = arena_alloc_n(d->arena, f->reply_cut_count, sizeof(*f->reply_cuts));
	for (size_t i = 0; i < f->reply_cut_count; i++) {
		struct facts_cut *c = &f->reply_cuts[i];

		c->offset = get_number(d, 8);
		c->length = get_number(d, 8);
		c->why = (enum facts_cut_why)get_below(d, 1, FACTS_CUT_COUNT);
		check_stretch(d, f->text, c->offset, c->length);
		if (c->length == 0 || c->offset < end)
			fail(d, "stretch empty or out of order");
		end = c->offset + c->length;
	}
}

static void get_forwarded(struct decoder *d, struct facts *f, struct facts_forwarded *w)
{
	get_address(d, &w->from);
	get_addresses(d, &w->to);
	w->subject = get_text(d, FACTS_FIELD_MAX);
	w->has_date = get_below(d, 1, 2);
	w->date_at = (int64_t)get_number(d, 8);
	w->place = (enum facts_place)get_below(d, 1, FACTS_PLACE_COUNT);
	w->offset = get_number(d, 8);
	w->length = get_number(d, 8);
	w->attachment = (size_t)get_number(d, 4);
	w->text = get_text(d, FACTS_TEXT_MAX);
	check_stretch(d, f->text, w->offset, w->length);
	if (w->place == FACTS_ATTACHED && w->attachment >= f->attachment_count)
		fail(d, "forwarded mail in no attachment");
	if (w->place == FACTS_INLINE && w->text.n)
		fail(d, "forwarded mail with a text of its own in the text");
}

static void get_all_forwarded(struct decoder *d, struct facts *f)
{
	f->forwarded_count = get_count(d, FACTS_FORWARDED_MAX, 5 * SMALLEST_TEXT + 30);
	f->forwarded = arena_alloc_n(d->arena, f->forwarded_count, sizeof(*f->forwarded));
	for (size_t i = 0; i < f->forwarded_count; i++)
		get_forwarded(d, f, &f->forwarded[i]);
}

/* A set of bits, one for each of `count` things. */
static uint64_t get_set(struct decoder *d, int count)
{
	uint64_t set = get_number(d, 8);

	if (set >> count)
		fail(d, "unknown thing in a set");
	return set;
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
	f->marks = get_set(d, FACTS_MARK_COUNT);
	get_recipients(d, f);
	f->original_message_id = get_text(d, FACTS_FIELD_MAX);
	f->text = get_some_text(d, FACTS_TEXT_MAX);
	f->text_source = (enum facts_source)get_below(d, 1, FACTS_SOURCE_COUNT);
	f->reply = get_some_text(d, FACTS_TEXT_MAX);
	get_cuts(d, f);
	get_attachments(d, f);
	get_all_forwarded(d, f);
	f->defects = get_set(d, FACTS_DEFECT_COUNT);
}

int facts_decode(struct span bytes, uint64_t body_size, uint64_t raw_size, struct arena *arena,
		 struct facts *ret_facts, struct err *e)
{
	struct decoder d = {
		.s = bytes, .arena = arena, .body_size = body_size, .raw_size = raw_size
	};
	struct facts f = { 0 };

	get_facts(&d, &f);
	if (!d.bad && d.s.n)
		d.bad = "bytes left over";
	if (d.bad)
		return err_set(e, ERR_PERM, "facts: %s", d.bad);
	*ret_facts = f;
	return 0;
}
