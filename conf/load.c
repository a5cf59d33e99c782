/* Which files a configuration is read from, and in what order; then what becomes of them. */
#include <unistd.h>

#include "conf/check.h"
#include "conf/check_files.h"
#include "conf/complete.h"
#include "conf/doubt.h"
#include "conf/files.h"
#include "conf/form.h"
#include "conf/loader.h"
#include "conf/path.h"
#include "conf/rulebook.h"
#include "conf/walk.h"
#include "conf/words.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"

#ifndef GATEWAYD_DATADIR
#define GATEWAYD_DATADIR "/usr/share/gatewayd" /* the Makefile gives it by PREFIX */
#endif

enum { FREEMAIL_FILE_MAX = MIB };

static const char *const policy_files[] = { "severities.conf", "kinds.conf", "packages.conf",
					    "calendars.conf", "routing.conf" };

static bool has_policy(struct loader *l, const char *dir)
{
	return access(arena_printf(&l->scratch, "%s/%s", dir, policy_files[0]), R_OK) == 0;
}

/* Beside the program: as installed under any prefix, or in the source tree it was built in. */
static const char *policy_of_program(struct loader *l)
{
	static const char *const places[] = { "../share/gatewayd/policy", "../conf/policy",
					      "../../conf/policy",
					      "../../share/gatewayd/policy" /* libexec */ };
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	for (size_t i = 0; n > 0 && i < sizeof(places) / sizeof(*places); i++) {
		const char *dir;

		exe[n] = '\0';
		dir = path_beside(l->arena, exe, places[i]);
		if (has_policy(l, dir))
			return dir;
	}
	return NULL;
}

/* The operator's choice, else beside the configuration, the program, or as installed. */
static const char *find_policy_dir(struct loader *l, const struct node *root)
{
	const char *beside = path_absolute(l->arena, root->file, "policy"), *dir;

	for (size_t i = 0; i < root->kid_count; i++)
		if (strcmp(root->kids[i].name, "policy_dir") == 0 &&
		    root->kids[i].kind == NODE_STRING)
			return path_absolute(l->arena, root->kids[i].file, root->kids[i].text);
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
	policy_sort_freemail(&l->conf->policy);
}

static void find_shipped_templates(struct loader *l, const char *policy_dir)
{
	const char *dir = arena_printf(l->arena, "%s/../templates", policy_dir);

	if (path_is_folder(dir))
		l->conf->shipped_templates = dir;
}

/* The rows of a table as an array of the conf. */
static void flatten(struct loader *l, const struct schema_row *row)
{
	const struct schema_group *g = row->inner;
	struct loader_table *t = &l->tables[g->table];
	char *v = arena_alloc_n(l->arena, t->n, g->final_size), *conf = (char *)l->conf;

	for (size_t i = 0; i < t->n; i++) {
		walk_required(l, g, &t->v[i].given, t->v[i].file, t->v[i].line, t->v[i].path);
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

/* By which it is told how urgent a mail is (conf/policy/README.md section 2). */
static const char *const urgency[] = { "urgent", "no-hurry", "request", "not-stated", "no-word" };

enum { URGENCY_DECIDING = 2 /* of them: without their words nothing is said of urgency */ };

static void load(struct loader *l, const char *path)
{
	struct conf *c = l->conf;
	struct schema_given given = { 0 };
	struct node root;
	const char *dir;
	bool policy;

	c->path = path_absolute(l->arena, "", path);
	walk_defaults(l, &schema_root, c);
	if (!tree_read(l->conf->files, path, &l->scratch, l->problems, &root))
		return;
	dir = find_policy_dir(l, &root);
	policy = has_policy(l, dir);
	if (policy)
		read_policy(l, dir);
	l->source++;
	walk_group(l, &schema_root, &root, "", c, &given);
	walk_required(l, &schema_root, &given, path, 0, "");
	c->policy_dir = dir;
	if (!policy) {
		loader_problem(
		    l, "policy_dir",
		    "the policy tables are not in %s; name the folder of severities.conf, "
		    "kinds.conf ... with policy_dir = \"...\"",
		    dir);
		return;
	}
	read_freemail(l, dir);
	find_shipped_templates(l, dir);
	complete_all(l);
	flatten_all(l);
	l->conf->policy.book = rulebook_new(l->arena, &l->conf->policy);
	l->conf->policy.urgency = rulebook_of(l->arena, &l->conf->policy, urgency,
					      sizeof(urgency) / sizeof(*urgency), URGENCY_DECIDING);
	words_read(l);
	check_all(l);
	doubt_all(l);
	check_files(l);
}

static struct conf *load_with(struct span *files, const char *path, enum conf_scope scope,
			      struct conf_problems *ret_problems)
{
	struct conf *c = mem_alloc(sizeof(*c));
	struct loader l;

	arena_init(&c->arena);
	loader_init(&l, c, scope, ret_problems);
	c->files = files ? files_from(*files, &c->arena) : files_new(&c->arena);
	c->forms = forms_new(&c->arena);
	if (c->files) {
		load(&l, path);
		problems_sort(ret_problems, c->files);
	} else {
		conf_problem(ret_problems, path, 0, NULL, "its files are damaged");
	}
	loader_release(&l);
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
	struct loader l;
	struct node root;
	bool ok;

	conf_problems_init(&problems);
	arena_init(&conf.arena);
	loader_init(&l, &conf, CONF_POLICY_ONLY, &problems);
	ok = tree_read(files_new(&conf.arena), path, &l.scratch, &problems, &root);
	if (ok) {
		walk_defaults(&l, &schema_root, &conf);
		for (size_t i = 0; i < root.kid_count; i++)
			if (strcmp(root.kids[i].name, "socket") == 0 &&
			    root.kids[i].kind == NODE_STRING)
				conf.socket =
				    path_absolute(l.arena, root.kids[i].file, root.kids[i].text);
		buf_adds(ret_socket, conf.socket);
	}
	loader_release(&l);
	arena_release(&conf.arena);
	conf_problems_release(&problems);
	return ok;
}
