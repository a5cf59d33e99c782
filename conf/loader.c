#include "conf/loader.h"

#include <stdio.h>

#include "gatewayd/base/mem.h"

void loader_init(struct loader *l, struct conf *conf, enum conf_scope scope,
		 struct conf_problems *problems)
{
	*l = (struct loader){
		.conf = conf, .arena = &conf->arena, .scope = scope, .problems = problems
	};
	arena_init(&l->scratch);
	l->zones = zones_new(NULL);
}

void loader_release(struct loader *l)
{
	for (size_t i = 0; i < TABLE_COUNT; i++)
		mem_free(&l->tables[i].v);
	mem_free(&l->where);
	arena_release(&l->scratch);
	zones_free(&l->zones);
}

struct loader_row *loader_row_find(const struct loader *l, enum schema_table_id table,
				   const char *name)
{
	const struct loader_table *t = &l->tables[table];

	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->v[i].name, name) == 0)
			return &t->v[i];
	return NULL;
}

struct loader_row *loader_row_add(struct loader *l, const struct schema_group *g, const char *name)
{
	struct loader_table *t = &l->tables[g->table];
	struct loader_row *r;

	MEM_GROW(t->v, t->n, &t->room);
	r = &t->v[t->n++];
	*r = (struct loader_row){ .name = arena_cstr(l->arena, span_of(name)),
				  .data = arena_alloc(l->arena, g->size),
				  .shipped = l->shipped,
				  .own = !l->shipped,
				  .path = "" };
	*(const char **)r->data = r->name;
	return r;
}

void loader_note(struct loader *l, const char *path, const struct node *n)
{
	MEM_GROW(l->where, l->where_count, &l->where_room);
	l->where[l->where_count++] = (struct loader_where){ span_of(path), n->file, n->line };
}

/* The last one wins: that is the operator's where both files give a value. */
static const struct loader_where *where_exactly(const struct loader *l, struct span path)
{
	for (size_t i = l->where_count; i > 0; i--)
		if (span_eq(path, l->where[i - 1].path))
			return &l->where[i - 1];
	return NULL;
}

bool loader_given(const struct loader *l, const char *path)
{
	return where_exactly(l, span_of(path)) != NULL;
}

struct loader_where loader_where(const struct loader *l, const char *path)
{
	struct span s = span_of(path);

	while (s.n) {
		const struct loader_where *w = where_exactly(l, s);

		if (w)
			return *w;
		while (s.n && s.p[s.n - 1] != '.' && s.p[s.n - 1] != '[')
			s.n--;
		if (s.n)
			s.n--;
	}
	return (struct loader_where){ span_of(path), l->conf->path, 0 };
}

__attribute__((format(printf, 4, 0))) static void tell(struct loader *l, const char *path,
						       bool doubtful, const char *fmt, va_list ap)
{
	struct loader_where w = loader_where(l, path);
	char text[PROBLEM_MAX];

	(void)vsnprintf(text, sizeof(text), fmt, ap);
	if (doubtful)
		conf_warning(l->problems, w.file, w.line, path, "%s", text);
	else
		conf_problem(l->problems, w.file, w.line, path, "%s", text);
}

void loader_problem(struct loader *l, const char *path, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell(l, path, false, fmt, ap);
	va_end(ap);
}

void loader_warning(struct loader *l, const char *path, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell(l, path, true, fmt, ap);
	va_end(ap);
}

const char *loader_path(struct loader *l, const char *table, const char *name, const char *key)
{
	return arena_printf(&l->scratch, "%s.%s.%s", table, name, key);
}

const char *loader_entry_path(struct loader *l, const char *path, size_t i)
{
	struct buf entry BUF_AUTO;

	buf_init(&entry, SIZE_MAX);
	buf_adds(&entry, path);
	buf_addc(&entry, '[');
	buf_add_uint(&entry, i + 1);
	buf_addc(&entry, ']');
	return arena_cstr(&l->scratch, buf_span(&entry));
}
