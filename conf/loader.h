/*
 * A configuration on its way in: what conf.c, walk.c, read.c and check.c share.
 *
 * Rows of tables are collected one by one, from the shipped tables first and then from the
 * operator's file, which changes the fields it gives.  Every value read leaves its file and line
 * under its path, so that a later check can say where.
 */
#ifndef CONF_LOADER_H
#define CONF_LOADER_H

#include "conf/conf.h"
#include "conf/problems.h"
#include "conf/schema.h"
#include "conf/tree.h"

struct loader_row {
	const char *name;
	void *data;	/* a struct of the group's size, in the conf's arena */
	uint64_t given; /* bit i: row i of the schema was in a file */
	const char *path;
	const char *file;
	int line;
	int source;   /* the file it stood in last, to find doubles */
	bool shipped; /* as the policy tables have it: the operator changed nothing */
	bool own;     /* the operator's: the policy tables have no such row */
};

struct loader_table {
	struct loader_row *v;
	size_t n, room;
};

struct loader_where {
	const char *path, *file;
	int line;
};

struct loader {
	struct conf *conf;
	struct arena *arena;  /* of the conf */
	struct arena scratch; /* nodes, paths, file names */
	struct conf_problems *problems;
	enum conf_scope scope;
	int source;   /* counts the files read */
	bool shipped; /* reading the policy tables */
	struct loader_table tables[TABLE_COUNT];
	struct loader_where *where;
	size_t where_count, where_room;
};

/* walk.c: a tree into the structs, by the schema. */
void walk_defaults(struct loader *l, const struct schema_group *g, void *into);
void walk_group(struct loader *l, const struct schema_group *g, const struct node *n,
		const char *path, void *into, uint64_t *given);
/* The root of a shipped table: only sections of the policy may stand in it. */
void walk_shipped(struct loader *l, const struct node *root);
void walk_required(struct loader *l, const struct schema_group *g, uint64_t given, const char *file,
		   int line, const char *path);
struct loader_row *walk_row_find(struct loader *l, enum schema_table_id table, const char *name);
struct loader_row *walk_row_new(struct loader *l, const struct schema_group *g, const char *name);

/* read.c: one value. */
void read_value(struct loader *l, const struct schema_row *row, const struct node *n,
		const char *path, void *into);
/* path as it stands in the file `beside`, made absolute; a secret may be a systemd credential. */
const char *read_path(struct loader *l, const char *beside, const char *path);
const char *read_secret_path(struct loader *l, const char *beside, const char *path);

/*
 * ics.c: the holidays of an .ics file.  Problems inside are added at its lines; a file that cannot
 * be read at all is told by the result, NULL otherwise.
 */
const char *ics_read(struct loader *l, const char *file, struct policy_holiday **ret_v,
		     size_t *ret_n);

/* check.c: what holds between values, and defaults that follow from other values. */
void check_complete(struct loader *l);
void check_all(struct loader *l);

/* Where the value of a path stands, or the nearest group around it that stands anywhere. */
bool loader_given(const struct loader *l, const char *path);
struct loader_where loader_where(const struct loader *l, const char *path);
void loader_note(struct loader *l, const char *path, const struct node *n);
void loader_problem(struct loader *l, const char *path, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
