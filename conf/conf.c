#include "conf/conf.h"

#include <stdio.h>
#include <unistd.h>

#include "conf/loader.h"
#include "conf/files.h"
#include "conf/source.h"
#include "gatewayd/base/mem.h"

#ifndef GATEWAYD_DATADIR
#define GATEWAYD_DATADIR "/usr/share/gatewayd" /* the Makefile gives it by PREFIX */
#endif

enum { FREEMAIL_FILE_MAX = 1 << 20 };

static const char *const policy_files[] = { "severities.conf", "kinds.conf", "packages.conf",
					    "calendars.conf", "routing.conf" };

void loader_note(struct loader *l, const char *path, const struct node *n)
{
	if (l->where_count == l->where_room) {
		l->where_room = l->where_room ? l->where_room * 2 : 256;
		l->where = mem_resize_n(l->where, l->where_room, sizeof(*l->where));
	}
	l->where[l->where_count++] = (struct loader_where){ path, n->file, n->line };
}

/* The last one wins: that is the operator's where both files give a value. */
static const struct loader_where *where_exactly(const struct loader *l, struct span path)
{
	for (size_t i = l->where_count; i > 0; i--)
		if (span_is(path, l->where[i - 1].path))
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
		while (s.n && s.p[s.n - 1] != '.')
			s.n--;
		if (s.n)
			s.n--;
	}
	return (struct loader_where){ path, l->conf->path, 0 };
}

void loader_problem(struct loader *l, const char *path, const char *fmt, ...)
{
	struct loader_where w = loader_where(l, path);
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	conf_problem(l->problems, w.file, w.line, path, "%s", text);
}

static bool has_policy(struct loader *l, const char *dir)
{
	return access(arena_printf(&l->scratch, "%s/%s", dir, policy_files[0]), R_OK) == 0;
}

/* Beside the program: as installed under any prefix, or in the source tree it was built in. */
static const char *policy_of_program(struct loader *l)
{
	static const char *const places[] = { "../share/gatewayd/policy", "../conf/policy",
					      "../../conf/policy" };
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	for (size_t i = 0; n > 0 && i < sizeof(places) / sizeof(*places); i++) {
		const char *dir;

		exe[n] = '\0';
		dir = source_beside(l->arena, exe, places[i]);
		if (has_policy(l, dir))
			return dir;
	}
	return NULL;
}

/* The operator's choice, else beside the configuration, the program, or as installed. */
static const char *find_policy_dir(struct loader *l, const struct node *root)
{
	const char *beside = read_path(l, root->file, "policy"), *dir;

	for (size_t i = 0; i < root->kid_count; i++)
		if (strcmp(root->kids[i].name, "policy_dir") == 0 &&
		    root->kids[i].kind == NODE_STRING)
			return read_path(l, root->kids[i].file, root->kids[i].text);
	if (has_policy(l, beside))
		return beside;
	dir = policy_of_program(l);
	return dir ? dir : GATEWAYD_DATADIR "/policy";
}

static void read_policy(struct loader *l, const char *dir)
{
	l->shipped = true;
	for (size_t i = 0; i < sizeof(policy_files) / sizeof(*policy_files); i++) {
		struct node root;

		l->source++;
		if (tree_read(l->conf->files,
			      arena_printf(&l->scratch, "%s/%s", dir, policy_files[i]), &l->scratch,
			      l->problems, &root))
			walk_shipped(l, &root);
	}
	l->shipped = false;
}

static bool is_listed(const struct policy_words *w, struct span domain, bool taken_out)
{
	for (size_t i = 0; i < w->n; i++) {
		const char *s = w->v[i];

		if ((*s == '!') == taken_out && span_is(domain, taken_out ? s + 1 : s))
			return true;
	}
	return false;
}

/* freemail.txt (a domain a line, # comments) with the operator's additions and removals. */
static void read_freemail(struct loader *l, const char *dir)
{
	const char *file = arena_printf(&l->scratch, "%s/freemail.txt", dir), *complaint;
	struct policy_words own = l->conf->policy.freemail, all = { 0 };
	struct span text = SPAN_NONE, line;

	if (!files_read(l->conf->files, file, FREEMAIL_FILE_MAX, &text, &complaint))
		conf_problem(l->problems, file, 0, NULL, "%s", complaint);
	all.v = arena_alloc_n(l->arena, text.n / 2 + own.n + 1, sizeof(*all.v));
	while (span_line(&text, &line)) {
		struct span domain = span_trim(span_cut(&line, '#'));

		if (domain.n && !is_listed(&own, domain, true))
			all.v[all.n++] = arena_cstr(l->arena, domain);
	}
	for (size_t i = 0; i < own.n; i++)
		if (*own.v[i] != '!' && !is_listed(&all, span_of(own.v[i]), false))
			all.v[all.n++] = own.v[i];
	l->conf->policy.freemail = all;
}

static void flatten(struct loader *l, const struct schema_row *row)
{
	const struct schema_group *g = row->inner;
	struct loader_table *t = &l->tables[g->table];
	char *v = arena_alloc_n(l->arena, t->n, g->final_size), *conf = (char *)l->conf;

	for (size_t i = 0; i < t->n; i++) {
		walk_required(l, g, t->v[i].given, t->v[i].file, t->v[i].line, t->v[i].path);
		memcpy(v + i * g->final_size, t->v[i].data, g->final_size);
		memcpy(v + i * g->final_size, &t->v[i].name, sizeof(t->v[i].name));
	}
	memcpy(conf + row->at, &v, sizeof(v));
	memcpy(conf + row->count_at, &t->n, sizeof(t->n));
}

static void flatten_all(struct loader *l)
{
	for (size_t i = 0; i < schema_root.row_count; i++)
		if (schema_root.rows[i].type == SCHEMA_TABLE)
			flatten(l, &schema_root.rows[i]);
}

static void load(struct loader *l, const char *path)
{
	struct conf *c = l->conf;
	uint64_t given = 0;
	struct node root;
	const char *dir;
	bool policy;

	c->path = read_path(l, "", path);
	walk_defaults(l, &schema_root, c);
	if (!tree_read(l->conf->files, path, &l->scratch, l->problems, &root))
		return;
	dir = find_policy_dir(l, &root);
	policy = has_policy(l, dir);
	if (policy)
		read_policy(l, dir);
	l->source++;
	walk_group(l, &schema_root, &root, "", c, &given);
	walk_required(l, &schema_root, given, path, 0, "");
	c->policy_dir = dir;
	if (!policy) {
		loader_problem(
		    l, "policy_dir",
		    "the policy tables are not in %s; name the folder of severities.conf, "
		    "kinds.conf ... with policy_dir = \"...\"",
		    dir);
		return;
	}
	read_freemail(l, c->policy_dir);
	check_complete(l);
	flatten_all(l);
	check_all(l);
}

static struct conf *load_with(struct span *files, const char *path, enum conf_scope scope,
			      struct conf_problems *ret_problems)
{
	struct conf *c = mem_alloc(sizeof(*c));
	struct loader l = {
		.conf = c, .arena = &c->arena, .problems = ret_problems, .scope = scope
	};

	arena_init(&c->arena);
	arena_init(&l.scratch);
	c->files = files ? files_from(*files, &c->arena) : files_new(&c->arena);
	if (c->files) {
		load(&l, path);
		problems_sort(ret_problems, c->files);
	} else {
		conf_problem(ret_problems, path, 0, NULL, "its files are damaged");
	}
	for (size_t i = 0; i < TABLE_COUNT; i++)
		mem_free(&l.tables[i].v);
	mem_free(&l.where);
	arena_release(&l.scratch);
	if (ret_problems->count)
		conf_free(&c);
	return c;
}

struct conf *conf_load(const char *path, enum conf_scope scope, struct conf_problems *ret_problems)
{
	return load_with(NULL, path, scope, ret_problems);
}

struct conf *conf_load_files(struct span files, const char *path, enum conf_scope scope,
			     struct conf_problems *ret_problems)
{
	return load_with(&files, path, scope, ret_problems);
}

void conf_files_put(const struct conf *c, struct buf *out)
{
	files_put(c->files, out);
}

void conf_free(struct conf **c)
{
	if (!*c)
		return;
	arena_release(&(*c)->arena);
	mem_free(c);
}

bool conf_socket_find(const char *path, struct buf *ret_socket)
{
	struct conf conf = { .path = path };
	struct conf_problems problems;
	struct loader l = { .conf = &conf, .arena = &conf.arena, .problems = &problems };
	struct node root;
	bool ok;

	conf_problems_init(&problems);
	arena_init(&conf.arena);
	arena_init(&l.scratch);
	ok = tree_read(files_new(&conf.arena), path, &l.scratch, &problems, &root);
	if (ok) {
		walk_defaults(&l, &schema_root, &conf);
		for (size_t i = 0; i < root.kid_count; i++)
			if (strcmp(root.kids[i].name, "socket") == 0 &&
			    root.kids[i].kind == NODE_STRING)
				conf.socket = read_path(&l, root.kids[i].file, root.kids[i].text);
		buf_adds(ret_socket, conf.socket);
	}
	arena_release(&l.scratch);
	arena_release(&conf.arena);
	conf_problems_release(&problems);
	return ok;
}

const struct conf_queue *conf_queue_find(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < c->queue_count; i++)
		if (strcmp(c->queues[i].name, name) == 0)
			return &c->queues[i];
	return NULL;
}

const struct conf_mailbox *conf_mailbox_find(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < c->mailbox_count; i++)
		if (strcmp(c->mailboxes[i].name, name) == 0)
			return &c->mailboxes[i];
	return NULL;
}

const struct conf_staff *conf_staff_find(const struct conf *c, const char *id)
{
	for (size_t i = 0; i < c->staff_count; i++)
		if (span_is_ci(span_of(id), c->staff[i].id))
			return &c->staff[i];
	return NULL;
}

const struct conf_staff *conf_staff_by_address(const struct conf *c, struct span address)
{
	for (size_t i = 0; i < c->staff_count; i++)
		for (size_t j = 0; j < c->staff[i].addresses.n; j++)
			if (span_is_ci(address, c->staff[i].addresses.v[j]))
				return &c->staff[i];
	return NULL;
}
