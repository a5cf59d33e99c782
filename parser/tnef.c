#include "parser/tnef.h"

#include "parser/charset.h"
#include "parser/code_page.h"
#include "parser/limits.h"
#include "parser/rtf.h"

enum {
	SIGNATURE = 0x223e9f78,
	/* Attributes, MS-OXTNEF section 2.1.3.2. */
	ATT_RENDDATA = 0x00069002,   /* begins an attachment */
	ATT_MAPI = 0x00069003,	     /* properties of the message */
	ATT_ATTACHMENT = 0x00069005, /* properties of the attachment */
	ATT_CODEPAGE = 0x00069007,
	ATT_TITLE = 0x00018010,
	ATT_BODY = 0x0002800c,
	ATT_DATA = 0x0006800f,
	/* Properties, MS-OXPROPS. */
	PROP_BODY = 0x1000,
	PROP_RTF = 0x1009,
	PROP_HTML = 0x1013,
	PROP_DISPLAY_NAME = 0x3001,
	PROP_DATA = 0x3701,
	PROP_FILENAME = 0x3704,
	PROP_LONG_FILENAME = 0x3707,
	PROP_MIME_TAG = 0x370e,
	PROP_CONTENT_ID = 0x3712,
	PROP_CODE_PAGE = 0x3fde, /* of the HTML */
	/* Types of properties, MS-OXCDATA section 2.11.1. */
	TYPE_OBJECT = 0x0d,
	TYPE_STRING8 = 0x1e,
	TYPE_UNICODE = 0x1f,
	TYPE_BINARY = 0x102,
	TYPE_MULTIPLE = 0x1000,
	OBJECT_ID = 16, /* bytes before the data of an object */
	STRING_MAX = 4 * LIMIT_FILENAME,
};

/* Fixed-size types: bytes of the value as it stands in the stream. */
static const struct {
	unsigned int type;
	size_t size;
} fixed_types[] = {
	{ 0x01, 4 }, { 0x02, 4 }, { 0x03, 4 }, { 0x04, 4 }, { 0x05, 8 }, { 0x06, 8 },
	{ 0x07, 8 }, { 0x0a, 4 }, { 0x0b, 4 }, { 0x14, 8 }, { 0x40, 8 }, { 0x48, 16 },
};

/* How good a name is: a better one replaces a worse one, whatever their order. */
enum name_rank { RANK_NONE, RANK_DISPLAY, RANK_TITLE, RANK_SHORT, RANK_LONG };

struct tnef {
	struct span rest;
	struct reading *r;
	void (*found)(void *ctx, const struct tnef_file *file);
	void *ctx;
	struct span code_page;	    /* its charset label */
	struct span html_code_page; /* likewise; empty: not said */
	struct tnef_file file;
	enum name_rank rank;
	bool has_file;
	bool has_body[TNEF_HTML + 1];
	size_t files, properties;
};

static uint32_t number(struct span s, size_t bytes)
{
	uint32_t v = 0;

	for (size_t i = 0; i < bytes; i++)
		v |= (uint32_t)(unsigned char)s.p[i] << (8 * i);
	return v;
}

static bool take(struct span *s, size_t n, struct span *ret)
{
	if (n > s->n)
		return false;
	*ret = span_sub(*s, 0, n);
	*s = span_sub(*s, n, SIZE_MAX);
	return true;
}

static bool take_number(struct span *s, size_t bytes, uint32_t *ret)
{
	struct span v;

	if (!take(s, bytes, &v))
		return false;
	*ret = number(v, bytes);
	return true;
}

/* A string as UTF-8, up to its NUL, in the arena. */
static struct span string(struct tnef *t, struct span s, unsigned int type)
{
	const struct charset *c =
	    charset_find(t->r->charsets, type == TYPE_UNICODE ? SPAN("utf-16le") : t->code_page);
	const char *nul = s.n && type != TYPE_UNICODE ? memchr(s.p, 0, s.n) : NULL;

	if (nul)
		s.n = (size_t)(nul - s.p);
	buf_clear(&t->r->text);
	if (c && !charset_decode(c, span_sub(s, 0, STRING_MAX), &t->r->text))
		reading_defect(t->r, FACTS_BAD_CHARSET);
	return arena_dup(t->r->arena, buf_span(&t->r->text));
}

static void name_file(struct tnef *t, enum name_rank rank, struct span name)
{
	if (rank > t->rank && name.n) {
		t->file.name = name;
		t->rank = rank;
	}
}

static void end_file(struct tnef *t)
{
	if (t->has_file && t->files == LIMIT_TNEF_FILES)
		reading_defect(t->r, FACTS_TNEF_CUT);
	else if (t->has_file)
		t->found(t->ctx, &t->file);
	t->files += t->has_file && t->files < LIMIT_TNEF_FILES;
	t->has_file = false;
	t->rank = RANK_NONE;
	t->file = (struct tnef_file){ .data = SPAN("") };
}

static struct span lower(struct tnef *t, struct span s)
{
	char *out = arena_room(t->r->arena, s.n);

	for (size_t i = 0; i < s.n; i++)
		out[i] = (char)ascii_lower((unsigned char)s.p[i]);
	return (struct span){ out, s.n };
}

static bool is_string(unsigned int type)
{
	return type == TYPE_STRING8 || type == TYPE_UNICODE;
}

static void file_property(struct tnef *t, unsigned int id, unsigned int type, struct span value)
{
	static const unsigned int texts[] = { PROP_DISPLAY_NAME, PROP_FILENAME, PROP_LONG_FILENAME,
					      PROP_CONTENT_ID, PROP_MIME_TAG };
	bool is_text = false;
	struct span text;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		is_text |= texts[i] == id;
	if (id == PROP_DATA && type == TYPE_BINARY && t->file.data.n == 0)
		t->file.data = value;
	if (id == PROP_DATA && type == TYPE_OBJECT && value.n > OBJECT_ID) {
		t->file.data = span_sub(value, OBJECT_ID, SIZE_MAX);
		if (number(t->file.data, 4) == SIGNATURE)
			t->file.type = SPAN("application/vnd.ms-tnef");
	}
	if (!is_text || !is_string(type))
		return;
	text = string(t, value, type);
	switch (id) {
	case PROP_DISPLAY_NAME: name_file(t, RANK_DISPLAY, text); break;
	case PROP_FILENAME: name_file(t, RANK_SHORT, text); break;
	case PROP_LONG_FILENAME: name_file(t, RANK_LONG, text); break;
	case PROP_CONTENT_ID: t->file.content_id = text.n ? text : SPAN_NONE; break;
	case PROP_MIME_TAG:
		if (text.n < 128 && memchr(text.p, '/', text.n))
			t->file.type = lower(t, text);
		break;
	default: break;
	}
}

static struct span expanded(struct tnef *t, struct span value)
{
	buf_clear(&t->r->text);
	if (!rtf_expand(value, &t->r->text))
		reading_defect(t->r, FACTS_BAD_TNEF);
	return buf_span(&t->r->text);
}

/* A body of the message becomes a file of its own; a second one of the sort is none. */
static void add_body(struct tnef *t, enum tnef_body body, unsigned int type, struct span value)
{
	static const struct {
		struct span name, type;
	} rows[] = {
		[TNEF_PLAIN] = { SPAN_LITERAL("message.txt"), SPAN_LITERAL("text/plain") },
		[TNEF_RTF] = { SPAN_LITERAL("message.rtf"), SPAN_LITERAL("text/rtf") },
		[TNEF_HTML] = { SPAN_LITERAL("message.html"), SPAN_LITERAL("text/html") },
	};
	struct tnef_file file = { .name = rows[body].name, .type = rows[body].type };

	if (t->has_body[body])
		return;
	t->has_body[body] = true;
	file.body = body;
	file.charset = type == TYPE_UNICODE ? SPAN("utf-16le") : t->code_page;
	if (body == TNEF_HTML && t->html_code_page.n)
		file.charset = t->html_code_page;
	file.data = body == TNEF_RTF ? expanded(t, value) : value;
	if (file.data.n) {
		t->found(t->ctx, &file);
		t->files++;
	}
}

static void message_property(struct tnef *t, unsigned int id, unsigned int type, struct span value)
{
	bool text = type == TYPE_STRING8 || type == TYPE_UNICODE;

	if (id == PROP_CODE_PAGE && value.n >= 4)
		t->html_code_page = code_page_label(number(value, 4));
	else if (id == PROP_BODY && text)
		add_body(t, TNEF_PLAIN, type, value);
	else if (id == PROP_RTF && type == TYPE_BINARY)
		add_body(t, TNEF_RTF, type, value);
	else if (id == PROP_HTML && (type == TYPE_BINARY || text))
		add_body(t, TNEF_HTML, type, value);
}

/* A named property has a GUID and a number or name before its value. */
static bool skip_name(struct span *s)
{
	uint32_t kind, n;
	struct span skipped;

	if (!take(s, 16, &skipped) || !take_number(s, 4, &kind))
		return false;
	if (kind == 0)
		return take_number(s, 4, &n);
	return take_number(s, 4, &n) && n <= s->n && take(s, (n + 3) & ~(size_t)3, &skipped);
}

static size_t fixed_size(unsigned int type)
{
	for (size_t i = 0; i < sizeof(fixed_types) / sizeof(*fixed_types); i++)
		if (fixed_types[i].type == type)
			return fixed_types[i].size;
	return 0;
}

/* The value of a property; of several the first. */
static bool take_value(struct span *s, unsigned int type, struct span *ret)
{
	size_t size = fixed_size(type & ~(unsigned int)TYPE_MULTIPLE);
	uint32_t count = 1, n;
	struct span value;

	*ret = SPAN("");
	if (size == 0 || (type & TYPE_MULTIPLE))
		if (!take_number(s, 4, &count))
			return false;
	for (uint32_t i = 0; i < count; i++) {
		n = (uint32_t)size;
		if (size == 0 && !take_number(s, 4, &n))
			return false;
		if (!take(s, n, &value))
			return false;
		*s = span_sub(*s, -n & 3, SIZE_MAX);
		if (i == 0)
			*ret = value;
	}
	return true;
}

static bool read_properties(struct tnef *t, struct span s, bool of_file)
{
	uint32_t count, type, id;
	struct span value;

	if (!take_number(&s, 4, &count))
		return false;
	for (; count; count--) {
		if (++t->properties > LIMIT_TNEF_PROPERTIES) {
			reading_defect(t->r, FACTS_TNEF_CUT);
			return true;
		}
		if (!take_number(&s, 2, &type) || !take_number(&s, 2, &id) ||
		    (id >= 0x8000 && !skip_name(&s)) || !take_value(&s, type, &value))
			return false;
		if (of_file)
			file_property(t, id, type, value);
		else
			message_property(t, id, type, value);
	}
	return true;
}

static bool attribute(struct tnef *t, uint32_t id, struct span data)
{
	switch (id) {
	case ATT_CODEPAGE:
		if (data.n >= 4)
			t->code_page = code_page_label(number(data, 4));
		return true;
	case ATT_BODY: add_body(t, TNEF_PLAIN, TYPE_STRING8, data); return true;
	case ATT_RENDDATA:
		end_file(t);
		t->has_file = true;
		return true;
	case ATT_TITLE: name_file(t, RANK_TITLE, string(t, data, TYPE_STRING8)); return true;
	case ATT_DATA: t->file.data = data; return true;
	case ATT_MAPI: return read_properties(t, data, false);
	case ATT_ATTACHMENT: return read_properties(t, data, true);
	default: return true;
	}
}

/* level (1 message, 2 attachment), id, length, data, checksum (which mailers get wrong: not looked
 * at). */
static bool read_stream(struct tnef *t)
{
	uint32_t signature, id, n, ignored;
	struct span level, data;

	if (!take_number(&t->rest, 4, &signature) || signature != SIGNATURE ||
	    !take_number(&t->rest, 2, &ignored))
		return false;
	while (t->rest.n) {
		if (!take(&t->rest, 1, &level) || (level.p[0] != 1 && level.p[0] != 2) ||
		    !take_number(&t->rest, 4, &id) || !take_number(&t->rest, 4, &n) ||
		    !take(&t->rest, n, &data))
			return false;
		if (!attribute(t, id, data))
			reading_defect(t->r, FACTS_BAD_TNEF);
		t->rest = span_sub(t->rest, 2, SIZE_MAX);
	}
	return true;
}

void tnef_read(struct span stream, struct reading *r,
	       void (*found)(void *ctx, const struct tnef_file *file), void *ctx)
{
	struct tnef t = {
		.rest = stream,
		.r = r,
		.found = found,
		.ctx = ctx,
		.code_page = SPAN("windows-1252"),
		.file = { .data = SPAN("") },
	};

	if (!read_stream(&t))
		reading_defect(r, FACTS_BAD_TNEF);
	end_file(&t);
}
