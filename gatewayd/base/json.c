#include "gatewayd/base/json.h"

#include <stdlib.h>

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

int json_read(struct span text, json_t **ret_json, struct err *e)
{
	json_error_t why;
	json_t *j = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &why);

	if (!j)
		return err_set(e, ERR_PERM, "line %d: %s", why.line, why.text);
	*ret_json = j;
	return 0;
}
