#include "conf/walk.h"

#include "conf/read.h"
#include "conf/unknown_key.h"
#include "conf/value.h"

static char *field(void *into, size_t at)
{
	return (char *)into + at;
}

static const char *join(struct loader *l, const char *path, const char *key)
{
	return *path ? arena_printf(&l->scratch, "%s.%s", path, key)
		     : arena_cstr(&l->scratch, span_of(key));
}

void walk_defaults(struct loader *l, const struct schema_group *g, void *into)
{
	for (size_t i = 0; i < g->row_count; i++) {
		const struct schema_row *row = &g->rows[i];
		struct node n;

		if (row->type == SCHEMA_GROUP)
			walk_defaults(l, row->inner, field(into, row->at));
		else if (row->fallback && tree_value(row->fallback, &l->scratch, &n))
			read_value(l, row, &n, row->key, into);
	}
}

static const struct schema_row *find_row(const struct schema_group *g, const char *key)
{
	for (size_t i = 0; i < g->row_count; i++)
		if (strcmp(g->rows[i].key, key) == 0)
			return &g->rows[i];
	return NULL;
}

static bool wants_kind(struct loader *l, const struct node *n, const char *path,
		       enum node_kind kind)
{
	if (n->kind == kind)
		return true;
	conf_problem(l->problems, n->file, n->line, path, "is %s, but must be %s",
		     node_kind_name(n->kind), node_kind_name(kind));
	return false;
}

static const struct node *kid(const struct node *n, const char *name)
{
	for (size_t i = 0; i < n->kid_count; i++)
		if (n->kids[i].name && strcmp(n->kids[i].name, name) == 0)
			return &n->kids[i];
	return NULL;
}

static struct loader_row *new_row(struct loader *l, const struct schema_group *g, const char *name)
{
	struct loader_row *r = loader_row_add(l, g, name);

	walk_defaults(l, g, r->data);
	return r;
}

/* The name of a table's row: its key, or the name_key inside. */
static const char *row_name(struct loader *l, const struct schema_group *g, const struct node *n,
			    const char *path)
{
	const struct node *inside = kid(n, g->name_key);
	const char *name = n->name, *wrong;

	if (n->name && find_row(g, g->name_key))
		inside = NULL; /* the row has a field of that name */
	if (inside) {
		if (!wants_kind(l, inside, path, NODE_STRING))
			return NULL;
		name = inside->text;
		n = inside;
	}
	if (!name) {
		conf_problem(l->problems, n->file, n->line, path,
			     "a row without a name; add %s = \"...\"", g->name_key);
		return NULL;
	}
	wrong = value_check_name(name);
	if (!wrong)
		return name;
	conf_problem(l->problems, n->file, n->line, path, "%s: \"%s\" %s", g->name_key, name,
		     wrong);
	return NULL;
}

static void walk_row(struct loader *l, const struct schema_group *g, const struct node *n,
		     const char *path)
{
	struct loader_row *row;
	const char *name;

	if (!wants_kind(l, n, n->name ? join(l, path, n->name) : path, NODE_GROUP))
		return;
	name = row_name(l, g, n, path);
	if (!name)
		return;
	path = join(l, path, name);
	row = loader_row_find(l, g->table, name);
	if (row && row->source == l->source) {
		conf_problem(l->problems, n->file, n->line, path,
			     "this name is there already at %s:%d; rename or remove one of them",
			     row->file, row->line);
		return;
	}
	if (!row)
		row = new_row(l, g, name);
	row->source = l->source;
	row->shipped = l->shipped;
	row->path = path;
	row->file = n->file;
	row->line = n->line;
	loader_note(l, path, n);
	walk_group(l, g, n, path, row->data, &row->given);
}

static bool count_fits(struct loader *l, const struct schema_row *row, const struct node *n,
		       const char *path, const char *what)
{
	if (n->kid_count >= (size_t)row->min && n->kid_count <= (size_t)row->max)
		return true;
	conf_problem(l->problems, n->file, n->line, path, "has %zu %s, but must have %lld to %lld",
		     n->kid_count, what, (long long)row->min, (long long)row->max);
	return false;
}

/* The keys of a row stand where its name should. */
static bool is_one_row(const struct schema_group *g, const struct node *n)
{
	return n->kid_count && n->kids[0].name && n->kids[0].kind != NODE_GROUP &&
	       find_row(g, n->kids[0].name);
}

static void walk_table(struct loader *l, const struct schema_row *row, const struct node *n,
		       const char *path)
{
	if (n->kind != NODE_LIST && !wants_kind(l, n, path, NODE_GROUP))
		return;
	if (!count_fits(l, row, n, path, "rows"))
		return;
	if (is_one_row(row->inner, n)) {
		conf_problem(l->problems, n->file, n->line, path,
			     "has the keys of one row; each row needs a name: %s: { NAME: { ... }; "
			     "};",
			     row->key);
		return;
	}
	for (size_t i = 0; i < n->kid_count; i++)
		walk_row(l, row->inner, &n->kids[i], path);
}

static void walk_list(struct loader *l, const struct schema_row *row, const struct node *n,
		      const char *path, void *into)
{
	const struct schema_group *g = row->inner;
	char *v;

	if (!wants_kind(l, n, path, NODE_LIST))
		return;
	if (!count_fits(l, row, n, path, "entries"))
		return;
	v = arena_alloc_n(l->arena, n->kid_count, g->size);
	for (size_t i = 0; i < n->kid_count; i++) {
		const char *at = arena_printf(&l->scratch, "%s[%zu]", path, i + 1);
		struct schema_given given = { 0 };

		if (!wants_kind(l, &n->kids[i], at, NODE_GROUP))
			continue;
		walk_defaults(l, g, v + i * g->size);
		walk_group(l, g, &n->kids[i], at, v + i * g->size, &given);
		walk_required(l, g, &given, n->kids[i].file, n->kids[i].line, at);
	}
	memcpy(field(into, row->at), &v, sizeof(v));
	memcpy(field(into, row->count_at), &n->kid_count, sizeof(n->kid_count));
}

static void walk_value(struct loader *l, const struct schema_row *row, const struct node *n,
		       const char *path, void *into)
{
	struct schema_given given = { 0 };

	if (row->type == SCHEMA_TABLE) {
		walk_table(l, row, n, path);
	} else if (row->type == SCHEMA_LIST) {
		walk_list(l, row, n, path, into);
	} else if (row->type != SCHEMA_GROUP) {
		read_value(l, row, n, path, into);
	} else if (wants_kind(l, n, path, NODE_GROUP)) {
		walk_group(l, row->inner, n, path, field(into, row->at), &given);
		walk_required(l, row->inner, &given, n->file, n->line, path);
	}
}

static void give(struct schema_given *given, size_t row)
{
	given->bits[row / 64] |= UINT64_C(1) << row % 64;
}

static bool is_given(const struct schema_given *given, size_t row)
{
	return given->bits[row / 64] & UINT64_C(1) << row % 64;
}

void walk_group(struct loader *l, const struct schema_group *g, const struct node *n,
		const char *path, void *into, struct schema_given *given)
{
	for (size_t i = 0; i < n->kid_count; i++) {
		const struct node *k = &n->kids[i];
		const struct schema_row *row = find_row(g, k->name);
		const char *at = join(l, path, k->name);

		loader_note(l, at, k);
		if (row) {
			give(given, (size_t)(row - g->rows));
			walk_value(l, row, k, at, into);
		} else if (!g->name_key || strcmp(k->name, g->name_key) != 0) {
			unknown_key(l, g, k, at);
		}
	}
}

void walk_shipped(struct loader *l, const struct node *root)
{
	for (size_t i = 0; i < root->kid_count; i++) {
		const struct node *k = &root->kids[i];
		const struct schema_row *row = find_row(&schema_root, k->name);

		if (row && (row->flags & SCHEMA_IN_POLICY))
			walk_value(l, row, k, k->name, l->conf);
		else
			conf_problem(l->problems, k->file, k->line, k->name,
				     "is no table of the policy; move it to gatewayd.conf");
	}
}

void walk_required(struct loader *l, const struct schema_group *g, const struct schema_given *given,
		   const char *file, int line, const char *path)
{
	for (size_t i = 0; i < g->row_count; i++)
		if ((g->rows[i].flags & SCHEMA_REQUIRED) && !is_given(given, i))
			conf_problem(l->problems, file, line, join(l, path, g->rows[i].key),
				     "is missing; add %s", schema_type_wants(g->rows[i].type));
}
