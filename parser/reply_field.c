#include "parser/reply_field.h"

static const struct field {
	const char *lang;
	enum reply_field field;
	char first;
	struct span name;
} fields[] = {
#define FIELD(lang, role, name) { lang, REPLY_FIELD_##role, (name)[0], SPAN_LITERAL(name) },
#include "parser/tables/reply_fields.h"
#undef FIELD
};

enum reply_field reply_field_find(struct span name)
{
	for (size_t i = 0; name.n && i < sizeof(fields) / sizeof(*fields); i++)
		if (fields[i].name.n == name.n && fields[i].first == *name.p &&
		    span_eq(fields[i].name, name))
			return fields[i].field;
	return REPLY_FIELD_NONE;
}
