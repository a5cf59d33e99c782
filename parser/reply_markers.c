#include "parser/reply_markers.h"

#include "parser/sieve.h"

enum how { IS, WORD, STARTS, HOLDS };

static const struct marker {
	const char *client;
	struct span element; /* empty: any */
	struct span attribute;
	enum how how;
	struct sieve_phrase value;
	enum reply_hint_kind kind;
} markers[] = {
#define MARKER(client, element, attribute, how, value, meaning)   \
	{ client, SPAN_LITERAL(element), SPAN_LITERAL(attribute), \
	  how,	  SIEVE_PHRASE(value),	 REPLY_HINT_##meaning },
#include "parser/tables/reply_markers.h"
#undef MARKER
};

/* In which people write their answers: those that programs offer, and none of their defaults. */
static const struct span colours[] = {
#define COLOUR(value) SPAN_LITERAL(value),
#include "parser/tables/reply_colours.h"
#undef COLOUR
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
	case IS: return span_eq_ci(value, m->value.words);
	case WORD: return has_word(value, m->value.words);
	case STARTS: return span_starts_ci(value, m->value.words);
	case HOLDS: return span_find_ci(value, m->value.words) != SIZE_MAX;
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
		if (sieve_may_hold(&sieve, &m->value) && span_eq_ci(m->attribute, attribute) &&
		    (m->element.n == 0 || span_eq_ci(m->element, element)) && fits(m, value))
			return m->kind;
	}
	return REPLY_HINT_NONE;
}

static bool begins_rule(struct span style, size_t at)
{
	while (at && ascii_is_space((unsigned char)style.p[at - 1]))
		at--;
	return at == 0 || style.p[at - 1] == ';';
}

/* The value of "color" in a style: not of "background-color" or "border-color". */
static struct span colour_of(struct span style)
{
	const struct span name = SPAN("color");
	size_t at;

	while ((at = span_find_ci(style, name)) != SIZE_MAX) {
		struct span rest = span_sub(style, at + name.n, SIZE_MAX);
		struct span rule = span_trim(span_cut(&rest, ';'));

		if (begins_rule(style, at) && (!rule.n || *rule.p == ':'))
			return span_trim(span_sub(rule, 1, SIZE_MAX));
		style = rest;
	}
	return SPAN_NONE;
}

static bool is_answer_colour(struct span value)
{
	for (size_t i = 0; value.n && i < sizeof(colours) / sizeof(*colours); i++)
		if (span_eq_ci(value, colours[i]))
			return true;
	return false;
}

static bool is_coloured(struct span element, struct span attribute, struct span value)
{
	if (span_is_ci(attribute, "style"))
		return !span_is_ci(element, "a") && is_answer_colour(colour_of(value));
	return span_is_ci(attribute, "color") && is_answer_colour(value);
}

enum reply_hint_kind reply_marker_find(const char *element, const char *const *attributes)
{
	bool coloured = false;

	if (!attributes)
		return REPLY_HINT_NONE;
	for (size_t i = 0; i < REPLY_MARKER_ATTRIBUTES_MAX && attributes[0]; i++, attributes += 2) {
		struct span attribute = span_of(attributes[0]);
		if (!attributes[1])
			continue;
		struct span value = { attributes[1],
				      strnlen(attributes[1], REPLY_MARKER_VALUE_MAX) };
		enum reply_hint_kind kind = REPLY_HINT_NONE;
		if (may_be_marker(attribute))
			kind = find(span_of(element), attribute, span_trim(value));
		else
			coloured |= is_coloured(span_of(element), attribute, span_trim(value));
		if (kind)
			return kind;
	}
	return coloured ? REPLY_HINT_COLOUR : REPLY_HINT_NONE;
}
