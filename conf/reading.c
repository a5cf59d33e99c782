#include "conf/reading.h"

#include <stdio.h>

#include "gatewayd/base/utf8.h"

void reading_problem(const struct reading *r, const char *fmt, ...)
{
	char text[PROBLEM_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	conf_problem(r->l->problems, r->n->file, r->n->line, r->path, "%s", text);
}

void reading_wrong_kind(const struct reading *r)
{
	reading_problem(r, "is %s, but must be %s", node_kind_name(r->n->kind),
			schema_type_wants(r->row->type));
}

static bool is_blank(uint32_t code)
{
	return code == 0xa0 || code == 0x3000 || code == 0x202f ||
	       (code >= 0x2000 && code <= 0x200a);
}

/* What web pages and word processors put into a text, and nobody sees. */
static bool wrong_character(const struct reading *r, const char *text)
{
	struct span rest = span_of(text);
	size_t n;

	for (; rest.n && (n = utf8_len(rest)) > 0; rest = span_sub(rest, n, SIZE_MAX)) {
		uint32_t code = utf8_code(rest);

		if ((code >= 0x2010 && code <= 0x2015) || code == 0x2212)
			reading_problem(r, "\"%s\" has a typographic dash; write \"-\"", text);
		else if (code > 127 && (is_blank(code) || utf8_is_hidden(code)))
			reading_problem(r,
					"\"%s\" has a U+%04X in it, which cannot be seen; type it "
					"once more",
					text, code);
		else
			continue;
		return true;
	}
	return false;
}

void reading_wrong_text(const struct reading *r, const char *text, const char *wrong)
{
	if (wrong_character(r, text))
		return;
	if (*text && span_trim(span_of(text)).n != strlen(text))
		reading_problem(r, "\"%s\" has a blank at its beginning or end; remove it", text);
	else
		reading_problem(r, "\"%s\" %s", text, wrong);
}

bool reading_text(const struct reading *r, struct span *ret_text)
{
	if (r->n->kind != NODE_STRING) {
		reading_wrong_kind(r);
		return false;
	}
	*ret_text = span_of(r->n->text);
	return true;
}

bool reading_length_fits(const struct reading *r, size_t n, const char *what)
{
	if (n < (size_t)r->row->min && r->row->min)
		reading_problem(r, "has %zu %s, but must have at least %lld", n, what,
				(long long)r->row->min);
	else if (r->row->max && n > (size_t)r->row->max)
		reading_problem(r, "has %zu %s, but must have at most %lld", n, what,
				(long long)r->row->max);
	else
		return true;
	return false;
}

bool reading_list(const struct reading *r, enum node_kind of)
{
	if (r->n->kind != NODE_LIST) {
		reading_wrong_kind(r);
		return false;
	}
	for (size_t i = 0; i < r->n->kid_count; i++)
		if (r->n->kids[i].kind != of &&
		    !(of == NODE_FLOAT && r->n->kids[i].kind == NODE_INT)) {
			conf_problem(r->l->problems, r->n->kids[i].file, r->n->kids[i].line,
				     r->path, "entry %zu is %s, but must be %s", i + 1,
				     node_kind_name(r->n->kids[i].kind), node_kind_name(of));
			return false;
		}
	return reading_length_fits(r, r->n->kid_count, "entries");
}

struct reading reading_entry(const struct reading *r, size_t i)
{
	struct reading e = *r;

	e.n = &r->n->kids[i];
	return e;
}
