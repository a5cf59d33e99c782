#include "gatewayd/post/template_name.h"

#include "conf/problems.h"
#include "gatewayd/base/arena.h"

#define COUNT(v) (sizeof(v) / sizeof(*(v)))

enum { LETTERS_EACH = 3 }; /* of a name, for each that is mistyped */

enum source { OURS, FOREIGN };

const char *const template_names[] = {
#define X(name, source) name,
	TEMPLATE_NAMES(X)
#undef X
};
const size_t template_name_count = COUNT(template_names);

static const enum source sources[] = {
#define X(name, source) source,
	TEMPLATE_NAMES(X)
#undef X
};

enum readers { CUSTOMERS, STAFF };
enum about { OF_NONE, OF_CASE };

const struct template_file template_files[] = {
#define X(name, readers, about) { name, readers == STAFF, about == OF_CASE },
	TEMPLATE_FILES(X)
#undef X
};
const size_t template_file_count = COUNT(template_files);

const struct template_file *template_file_find(const char *name)
{
	for (size_t i = 0; i < template_file_count; i++)
		if (strcmp(template_files[i].name, name) == 0)
			return &template_files[i];
	return NULL;
}

/* Its place in the table, or template_name_count. */
static size_t place_of(struct span name)
{
	size_t i = 0;

	while (i < template_name_count && !span_is(name, template_names[i]))
		i++;
	return i;
}

bool template_name_known(struct span name)
{
	return place_of(name) < template_name_count;
}

static const char *name_at(const void *ctx, size_t i)
{
	(void)ctx;
	return template_names[i];
}

/* "customer" of "customer_name"; NULL: there is none. */
static const char *less_words(struct span name)
{
	for (; name.n; name.n--)
		if (name.p[name.n - 1] == '_' && template_name_known(span_sub(name, 0, name.n - 1)))
			return template_names[place_of(span_sub(name, 0, name.n - 1))];
	return NULL;
}

const char *template_name_near(struct span name)
{
	struct arena a ARENA_AUTO;
	const char *text, *near;

	arena_init(&a);
	text = arena_cstr(&a, name);
	near = conf_nearest(text, template_name_count, name_at, NULL);
	if (near && LETTERS_EACH * problems_distance(text, near) <= name.n + 1)
		return near;
	return less_words(name);
}

bool template_name_is_ours(struct span name)
{
	size_t i = place_of(name);

	return i < template_name_count && sources[i] == OURS;
}
