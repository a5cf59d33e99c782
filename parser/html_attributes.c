#include "parser/html_attributes.h"

#include "parser/html_scan.h"

enum { NUMBER_MAX = 999999 };

void html_lower_name(struct span s, char out[HTML_NAME_MAX])
{
	size_t n = s.n < HTML_NAME_MAX && !(s.n && memchr(s.p, 0, s.n)) ? s.n : 0;

	for (size_t i = 0; i < n; i++)
		out[i] = (char)ascii_lower((unsigned char)s.p[i]);
	out[n] = '\0';
}

int html_number(struct span s, int otherwise)
{
	int v = 0;
	size_t i = 0;

	s = span_trim(s);
	for (; i < s.n && ascii_is_digit((unsigned char)s.p[i]); i++)
		v = v < NUMBER_MAX ? v * 10 + (s.p[i] - '0') : v;
	return i ? v : otherwise;
}

/* Where the value of the attribute is kept; NULL: it means nothing here. */
static struct span *slot_of(struct html_attributes *a, const char *name)
{
	static const struct {
		const char *name;
		size_t slot;
	} rows[] = {
#define ROW(name) { #name, offsetof(struct html_attributes, name) }
		ROW(href),    ROW(alt),	   ROW(width), ROW(height), ROW(start), ROW(value),
		ROW(colspan), ROW(border), ROW(role),  ROW(style),  ROW(class),
#undef ROW
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].name[0] == name[0] && strcmp(rows[i].name, name) == 0)
			return (struct span *)((char *)a + rows[i].slot);
	return NULL;
}

static void keep(struct html_attributes *a, const char *name, struct span value)
{
	struct span *slot = slot_of(a, name);

	if (slot && !slot->p)
		*slot = value.p ? value : SPAN("");
	a->is_hidden |= strcmp(name, "hidden") == 0;
}

void html_attributes_read(struct span s, struct html_attributes *ret)
{
	struct span name, value;
	size_t n = 0;

	ret->href = ret->alt = ret->width = ret->height = ret->start = ret->value = SPAN_NONE;
	ret->colspan = ret->border = ret->role = ret->style = ret->class = SPAN_NONE;
	ret->is_hidden = false;
	while (n < REPLY_MARKER_ATTRIBUTES_MAX && html_attribute(&s, &name, &value)) {
		size_t length =
		    value.n < REPLY_MARKER_VALUE_MAX ? value.n : REPLY_MARKER_VALUE_MAX - 1;

		html_lower_name(name, ret->names[n]);
		if (length)
			memcpy(ret->values[n], value.p, length);
		ret->values[n][length] = '\0';
		ret->v[2 * n] = ret->names[n];
		ret->v[2 * n + 1] = value.p ? ret->values[n] : NULL;
		keep(ret, ret->names[n], value);
		n++;
	}
	ret->v[2 * n] = NULL;
}

/* "0", "0px", "0.0em", ".0" */
static bool is_nought(struct span s)
{
	size_t i = 0;

	while (i < s.n && (s.p[i] == '0' || s.p[i] == '.'))
		i++;
	return i > 0 && !(i < s.n && ascii_is_digit((unsigned char)s.p[i]));
}

static bool holds(struct span s, const char *word)
{
	return span_find_ci(s, span_of(word)) != SIZE_MAX;
}

static unsigned int declaration(struct span name, struct span value)
{
	static const struct {
		const char *name, *word;
		unsigned int bit;
	} rows[] = {
		{ "display", "none", HTML_STYLE_HIDDEN },
		{ "visibility", "hidden", HTML_STYLE_HIDDEN },
		{ "mso-hide", "all", HTML_STYLE_MSO_HIDDEN },
		{ "text-decoration", "line-through", HTML_STYLE_STRUCK },
		{ "text-decoration-line", "line-through", HTML_STYLE_STRUCK },
		{ "white-space", "pre", HTML_STYLE_PRE },
		{ "white-space", "break-spaces", HTML_STYLE_PRE },
	};
	unsigned int bits = 0;

	if (span_is_ci(name, "font-size"))
		return is_nought(value) ? HTML_STYLE_NO_SIZE : HTML_STYLE_SIZE;
	if (span_is_ci(name, "max-height") || span_is_ci(name, "opacity"))
		return is_nought(value) ? HTML_STYLE_HIDDEN : 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (span_is_ci(name, rows[i].name) && holds(value, rows[i].word))
			bits |= rows[i].bit;
	return bits;
}

/* The first letters of the names above: most declarations have another. */
static bool may_matter(struct span name)
{
	return name.n > 5 && strchr("dvmtwfo", ascii_lower((unsigned char)name.p[0]));
}

unsigned int html_style_read(struct span style)
{
	unsigned int bits = 0;

	while (style.n) {
		struct span value = span_cut(&style, ';'), name = span_trim(span_cut(&value, ':'));

		if (may_matter(name))
			bits |= declaration(name, span_trim(value));
	}
	return bits;
}
