#include "conf/tree.h"

#include <libconfig.h>
#include <limits.h>
#include <stdio.h>

#include "conf/brackets.h"
#include "conf/notation.h"
#include "conf/problems.h"
#include "conf/source.h"

struct maker {
	struct arena *arena;
	const struct source *source; /* NULL: a default of the schema */
	struct conf_problems *problems;
	bool ok;
};

const char *node_kind_name(enum node_kind kind)
{
	static const char *const names[] = {
		[NODE_BOOL] = "true or false", [NODE_INT] = "a whole number",
		[NODE_FLOAT] = "a number",     [NODE_STRING] = "a text in quotes",
		[NODE_LIST] = "a list",	       [NODE_GROUP] = "a group { ... }",
	};

	return names[kind];
}

static bool fill_scalar(struct maker *m, const config_setting_t *s, struct node *n)
{
	switch (config_setting_type(s)) {
	case CONFIG_TYPE_BOOL:
		n->kind = NODE_BOOL;
		n->truth = config_setting_get_bool(s);
		return true;
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		n->kind = NODE_INT;
		n->integer = config_setting_type(s) == CONFIG_TYPE_INT
				 ? config_setting_get_int(s)
				 : config_setting_get_int64(s);
		n->number = (double)n->integer;
		return true;
	case CONFIG_TYPE_FLOAT:
		n->kind = NODE_FLOAT;
		n->number = config_setting_get_float(s);
		return true;
	case CONFIG_TYPE_STRING:
		n->kind = NODE_STRING;
		n->text = arena_cstr(m->arena, span_of(config_setting_get_string(s)));
		return true;
	default: return false;
	}
}

static void fill(struct maker *m, const config_setting_t *s, struct node *n, int depth)
{
	struct source_line where = { "", 0 };

	if (m->source)
		where = source_at(m->source, (int)config_setting_source_line(s));
	n->file = where.file;
	n->line = where.line;
	if (config_setting_name(s))
		n->name = arena_cstr(m->arena, span_of(config_setting_name(s)));
	if (fill_scalar(m, s, n))
		return;
	n->kind = config_setting_type(s) == CONFIG_TYPE_GROUP ? NODE_GROUP : NODE_LIST;
	if (depth == TREE_DEPTH_MAX) {
		if (m->problems)
			conf_problem(m->problems, n->file, n->line, n->name,
				     "groups and lists are nested too deep");
		m->ok = false;
		return;
	}
	n->kid_count = (size_t)config_setting_length(s);
	n->kids = arena_alloc_n(m->arena, n->kid_count, sizeof(*n->kids));
	for (size_t i = 0; i < n->kid_count; i++)
		fill(m, config_setting_get_elem(s, (unsigned)i), &n->kids[i], depth + 1);
}

/* libconfig says "syntax error" and no more: tell what it mostly is. */
static const char *advice(const char *text)
{
	if (strcmp(text, "syntax error") == 0)
		return "; look here and at the line above for a missing quote, bracket or \"=\", "
		       "or "
		       "a comma before a closing bracket";
	if (strcmp(text, "duplicate setting name") == 0)
		return "; the same name stands above: remove one of them";
	return "";
}

/* The first name of line n. */
static struct span name_at(const struct source *source, int n)
{
	struct span rest = buf_span(&source->text), line = SPAN_NONE;
	size_t end = 0;

	for (int i = 0; i < n && span_line(&rest, &line); i++)
		;
	line = span_trim(line);
	while (end < line.n &&
	       (ascii_is_alpha((unsigned char)line.p[end]) ||
		ascii_is_digit((unsigned char)line.p[end]) || memchr("-_*", line.p[end], 3)))
		end++;
	return span_sub(line, 0, end);
}

/* The groups that were open at the end are each the last one of the one around it. */
static int line_above(const config_t *c, const char *name)
{
	int line = 0;

	for (const config_setting_t *s = config_root_setting(c);
	     s && config_setting_is_aggregate(s);) {
		const config_setting_t *same =
		    config_setting_is_group(s) ? config_setting_get_member(s, name) : NULL;
		int n = config_setting_length(s);

		if (same && (int)config_setting_source_line(same) < config_error_line(c))
			line = (int)config_setting_source_line(same);
		s = n > 0 ? config_setting_get_elem(s, (unsigned)n - 1) : NULL;
	}
	return line;
}

/* With the name and where it stands first; false: not found. */
static bool tell_duplicate(const config_t *c, const struct source *source,
			   struct conf_problems *problems)
{
	struct source_line at = source_at(source, config_error_line(c)), above;
	struct span name = name_at(source, config_error_line(c));
	char text[100];
	int line;

	snprintf(text, sizeof(text), SPAN_FMT, SPAN_ARG(name));
	line = name.n ? line_above(c, text) : 0;
	if (!line || strcmp(config_error_text(c), "duplicate setting name") != 0)
		return false;
	above = source_at(source, line);
	conf_problem(problems, at.file, at.line, NULL,
		     "\"%s\" stands at %s:%d already; remove one of them", text, above.file,
		     above.line);
	return true;
}

static void tell_at(const struct source *source, int line, const char *text,
		    struct conf_problems *problems)
{
	struct source_line at = source_at(source, line);

	conf_problem(problems, at.file, at.line, NULL, "%s%s", text, advice(text));
}

/*
 * What it mostly is, else what libconfig says, and where a bracket is missing; one too many behind
 * the place where it gave up is a consequence.
 */
static void tell(const config_t *c, const struct source *source, const struct notation *wrong,
		 struct conf_problems *problems)
{
	struct brackets found = { .line = INT_MAX };
	bool told = brackets_find(source, &found);

	if (told && found.surplus && found.line > config_error_line(c))
		told = false;
	if (*wrong->text && (!told || wrong->line <= found.line)) {
		tell_at(source, wrong->line, wrong->text, problems);
		if (told && wrong->line < found.line && !found.surplus)
			tell_at(source, found.line, found.text, problems);
		return;
	}
	if (told)
		tell_at(source, found.line, found.text, problems);
	if ((!told || config_error_line(c) < found.line) && !tell_duplicate(c, source, problems))
		tell_at(source, config_error_line(c), config_error_text(c), problems);
}

/* libconfig makes one text of two in a list, which is no error to it. */
static bool parse(config_t *c, struct source *source, struct conf_problems *problems)
{
	struct notation wrong;
	bool odd = notation_find(source, &wrong);

	if (!config_read_string(c, buf_cstr(&source->text)))
		tell(c, source, &wrong, problems);
	else if (odd && wrong.joined)
		tell_at(source, wrong.line, wrong.text, problems);
	else
		return true;
	return false;
}

bool tree_read(struct conf_files *files, const char *path, struct arena *a,
	       struct conf_problems *problems, struct node *ret_root)
{
	struct source source;
	struct maker m = { a, &source, problems, true };
	config_t c;

	*ret_root = (struct node){ .kind = NODE_GROUP, .file = path };
	m.ok = source_read(files, path, a, problems, &source);
	config_init(&c);
	m.ok = m.ok && parse(&c, &source, problems);
	if (m.ok) {
		fill(&m, config_root_setting(&c), ret_root, 0);
		ret_root->file = path;
	}
	config_destroy(&c);
	source_release(&source);
	return m.ok;
}

bool tree_value(const char *literal, struct arena *a, struct node *ret_node)
{
	struct maker m = { a, NULL, NULL, true };
	char text[512];
	config_t c;

	(void)snprintf(text, sizeof(text), "v = %s;", literal);
	*ret_node = (struct node){ 0 };
	config_init(&c);
	m.ok = config_read_string(&c, text);
	if (m.ok)
		fill(&m, config_lookup(&c, "v"), ret_node, 0);
	config_destroy(&c);
	return m.ok;
}
