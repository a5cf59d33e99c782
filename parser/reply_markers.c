#include "parser/reply_markers.h"

#include "parser/sieve.h"

enum how { IS, WORD, STARTS, HOLDS };

static const struct marker {
	const char *client;
	struct span element; /* empty: any */
	struct span attribute;
	enum how how;
	struct span value;
	enum reply_hint_kind kind;
} markers[] = {
#define MARKER(client, element, attribute, how, value, meaning)   \
	{ client, SPAN_LITERAL(element), SPAN_LITERAL(attribute), \
	  how,	  SPAN_LITERAL(value),	 REPLY_HINT_##meaning },
#include "parser/tables/reply_markers.h"
#undef MARKER
};

static bool has_word(struct span value, struct span word)
{
	while (value.n) {
		struct span each = span_cut(&value, ' ');

		if (each.n == word.n && span_eq_ci(each, word))
			return true;
	}
	return false;
}

static bool fits(const struct marker *m, struct span value)
{
	switch (m->how) {
	case IS: return span_eq_ci(value, m->value);
	case WORD: return has_word(value, m->value);
	case STARTS: return span_starts_ci(value, m->value);
	case HOLDS: return span_find_ci(value, m->value) != SIZE_MAX;
	}
	return false;
}

static bool may_be_marker(struct span attribute)
{
	return span_is_ci(attribute, "class") || span_is_ci(attribute, "id") ||
	       span_is_ci(attribute, "name") || span_starts_ci(attribute, SPAN("data-"));
}

static enum reply_hint_kind find(struct span element, struct span attribute, struct span value)
{
	struct sieve sieve = sieve_of(value);

	for (size_t i = 0; i < sizeof(markers) / sizeof(*markers); i++) {
		const struct marker *m = &markers[i];
		if (sieve_may_hold(&sieve, m->value) && span_eq_ci(m->attribute, attribute) &&
		    (m->element.n == 0 || span_eq_ci(m->element, element)) && fits(m, value))
			return m->kind;
	}
	return REPLY_HINT_NONE;
}

enum reply_hint_kind reply_marker_find(const char *element, const char *const *attributes)
{
	if (!attributes)
		return REPLY_HINT_NONE;
	for (size_t i = 0; i < REPLY_MARKER_ATTRIBUTES_MAX && attributes[0]; i++, attributes += 2) {
		struct span attribute = span_of(attributes[0]);
		if (!attributes[1] || !may_be_marker(attribute))
			continue;
		struct span value = { attributes[1],
				      strnlen(attributes[1], REPLY_MARKER_VALUE_MAX) };
		enum reply_hint_kind kind = find(span_of(element), attribute, span_trim(value));
		if (kind)
			return kind;
	}
	return REPLY_HINT_NONE;
}
