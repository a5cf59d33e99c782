#include "gatewayd/post/template_name.h"

#define COUNT(v) (sizeof(v) / sizeof(*(v)))

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

bool template_name_is_ours(struct span name)
{
	size_t i = place_of(name);

	return i < template_name_count && sources[i] == OURS;
}
