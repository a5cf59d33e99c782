#include "gatewayd/web/page.h"

#include <assert.h>

struct span page_text(const char *name)
{
	const struct page_text *t = page_texts;

	while (t->name && strcmp(t->name, name) != 0)
		t++;
	assert(t->name);
	return span_of(t->text);
}

static void fill_value(struct template_data *d, struct arena *a, const char *name, const json_t *v);

static void fill_list(struct template_data *d, struct arena *a, const char *name,
		      const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list) && i < TEMPLATE_ROWS_MAX; i++) {
		struct template_data *row = template_row(d, name);
		const json_t *v = json_array_get(list, i);

		if (json_is_object(v))
			page_fill(row, a, v);
		else
			fill_value(row, a, "value", v);
	}
}

static void fill_object(struct template_data *d, struct arena *a, const char *name,
			const json_t *object)
{
	json_t *inner = (json_t *)(uintptr_t)object, *v;
	const char *key;

	json_object_foreach(inner, key, v) fill_value(d, a, arena_printf(a, "%s_%s", name, key), v);
}

/* What is null is there, and empty: in a row the name must not be looked for outside. */
static void fill_value(struct template_data *d, struct arena *a, const char *name, const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_ARRAY: fill_list(d, a, name, v); break;
	case JSON_OBJECT: fill_object(d, a, name, v); break;
	case JSON_STRING:
		template_set(d, name, (struct span){ json_string_value(v), json_string_length(v) });
		break;
	case JSON_INTEGER:
		template_setf(d, name, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		break;
	case JSON_REAL: template_setf(d, name, "%.3g", json_real_value(v)); break;
	case JSON_TRUE: template_set_flag(d, name, true); break;
	case JSON_FALSE:
	case JSON_NULL: template_set(d, name, SPAN("")); break;
	}
}

void page_fill(struct template_data *d, struct arena *a, const json_t *object)
{
	json_t *all = (json_t *)(uintptr_t)object, *v;
	const char *key;

	json_object_foreach(all, key, v) fill_value(d, a, arena_printf(a, "%s", key), v);
}

int page_write(const char *name, const struct template_data *d, struct buf *out, struct err *e)
{
	const char *const parts[] = { "head", name, "foot" };
	char file[64];

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		snprintf(file, sizeof(file), "%s.html", parts[i]);
		if (template_render(page_text(file), file, d, TEMPLATE_HTML, out, e) < 0)
			return -1;
	}
	return 0;
}
