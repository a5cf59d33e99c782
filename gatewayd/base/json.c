#include "gatewayd/base/json.h"

#include <stdlib.h>

#include "gatewayd/base/utf8.h"

json_t *json_of_span(struct span s)
{
	json_t *j = s.p ? json_stringn(s.p, s.n) : NULL;

	return j ? j : json_null();
}

json_t *json_of_span_or_null(struct span s)
{
	return s.n ? json_of_span(s) : json_null();
}

json_t *json_of_instant(int64_t at)
{
	char text[TIME_TEXT_MAX];

	return at == INSTANT_NONE ? json_null() : json_string(time_rfc3339(at, text));
}

struct span json_span(const json_t *object, const char *key)
{
	const json_t *j = json_object_get(object, key);

	if (!json_is_string(j))
		return SPAN("");
	return (struct span){ json_string_value(j), json_string_length(j) };
}

int64_t json_int(const json_t *object, const char *key, int64_t otherwise)
{
	const json_t *j = json_object_get(object, key);

	return json_is_integer(j) ? json_integer_value(j) : otherwise;
}

json_t *json_rows(const void *v, size_t n, size_t size, json_row_fn *row, void *ctx, struct err *e)
{
	json_t *all = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *one = row(ctx, (const char *)v + i * size, e);

		if (!one) {
			json_decref(all);
			return NULL;
		}
		json_array_append_new(all, one);
	}
	return all;
}

/* --- written by hand --- */

/* RFC 8259, section 7, as jansson has it. */
static void put_escaped(unsigned char c, struct buf *out)
{
	static const char letters[' '] = {
		['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
	};

	if (c >= ' ' || letters[c])
		buf_add(out, (struct span){ (char[]){ '\\', c >= ' ' ? (char)c : letters[c] }, 2 });
	else
		buf_addf(out, "\\u%04X", c);
}

static void put_text(struct span s, struct buf *out)
{
	buf_addc(out, '"');
	while (s.n) {
		size_t n = 0;

		while (n < s.n && (unsigned char)s.p[n] >= ' ' && s.p[n] != '"' && s.p[n] != '\\')
			n++;
		buf_add(out, span_sub(s, 0, n));
		if (n < s.n)
			put_escaped((unsigned char)s.p[n++], out);
		s = span_sub(s, n, SIZE_MAX);
	}
	buf_addc(out, '"');
}

void json_flat_name(struct json_flat *f, const char *name)
{
	buf_addc(f->out, f->before);
	buf_addc(f->out, '"');
	buf_adds(f->out, name);
	buf_adds(f->out, "\":");
	f->before = ',';
}

void json_flat_span(struct json_flat *f, const char *name, struct span s)
{
	json_flat_name(f, name);
	if (s.p && utf8_valid(s))
		put_text(s, f->out);
	else
		buf_adds(f->out, "null");
}

void json_flat_int(struct json_flat *f, const char *name, int64_t value)
{
	json_flat_name(f, name);
	buf_add_int(f->out, value);
}

void json_flat_bool(struct json_flat *f, const char *name, bool value)
{
	json_flat_name(f, name);
	buf_adds(f->out, value ? "true" : "false");
}

void json_flat_end(const struct json_flat *f)
{
	if (f->before == '{')
		buf_addc(f->out, '{');
	buf_addc(f->out, '}');
}

/* --- read by hand --- */

static bool take(struct span *s, char c)
{
	if (!s->n || s->p[0] != c)
		return false;
	*s = span_sub(*s, 1, SIZE_MAX);
	return true;
}

static bool take_text(struct span *s, struct span *ret_text)
{
	const char *end;

	if (!take(s, '"') || !(end = s->n ? memchr(s->p, '"', s->n) : NULL))
		return false;
	*ret_text = span_sub(*s, 0, (size_t)(end - s->p));
	*s = span_sub(*s, ret_text->n + 1, SIZE_MAX);
	for (size_t i = 0; i < ret_text->n; i++)
		if ((unsigned char)ret_text->p[i] < ' ' || ret_text->p[i] == '\\')
			return false;
	return utf8_valid(*ret_text);
}

static bool take_number(struct span *s, int64_t *ret_number)
{
	size_t n = 0;

	while (n < s->n && ascii_is_digit((unsigned char)s->p[n]))
		n++;
	if (!span_i64(span_sub(*s, 0, n), ret_number) || (n > 1 && s->p[0] == '0'))
		return false;
	*s = span_sub(*s, n, SIZE_MAX);
	return true;
}

bool json_flat_next(struct json_flat_in *in, struct json_flat_value *ret_value)
{
	struct span s = in->rest;
	struct json_flat_value v = { .text = SPAN("") };

	if (!take(&s, in->before) || !take_text(&s, &v.name) || !take(&s, ':'))
		return false;
	v.is_text = s.n && s.p[0] == '"';
	if (!(v.is_text ? take_text(&s, &v.text) : take_number(&s, &v.number)))
		return false;
	*in = (struct json_flat_in){ s, ',' };
	*ret_value = v;
	return true;
}

/* --- whole --- */

static int append(const char *bytes, size_t n, void *out)
{
	buf_add(out, (struct span){ bytes, n });
	return 0;
}

void json_write(const json_t *j, bool compact, struct buf *out)
{
	size_t flags = compact ? JSON_COMPACT : JSON_INDENT(2);

	if (json_dump_callback(j, append, out, flags | JSON_ENCODE_ANY) < 0)
		abort();
	if (!compact)
		buf_addc(out, '\n');
}

int json_read_lines(struct span text, int *ret_line, json_t **ret_json, struct err *e)
{
	json_error_t why;
	json_t *j = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &why);

	if (j) {
		*ret_json = j;
		return 0;
	}
	*ret_line = why.line;
	return err_set(e, ERR_PERM, "%s", why.text);
}

int json_read(struct span text, json_t **ret_json, struct err *e)
{
	int line;

	return json_read_lines(text, &line, ret_json, e) < 0 ? err_prefix(e, "line %d: ", line) : 0;
}
