/*
 * A configuration on its way in: what load.c, walk.c, read.c, complete.c and check.c share.
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
#include "gatewayd/base/zone.h"

struct loader_row {
	const char *name;
	void *data; /* a struct of the group's size, in the conf's arena */
	struct schema_given given;
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
	struct span path;
	const char *file;
	int line;
};

struct loader {
	struct conf *conf;
	struct arena *arena;  /* of the conf */
	struct arena scratch; /* nodes, paths, file names */
	struct zones *zones;  /* those that are named so far */
	struct conf_problems *problems;
	enum conf_scope scope;
	int source;   /* counts the files read */
	bool shipped; /* reading the policy tables */
	struct loader_table tables[TABLE_COUNT];
	struct loader_where *where;
	size_t where_count, where_room;
};

/* conf and problems belong to the caller, conf's arena is filled. */
void loader_init(struct loader *l, struct conf *conf, enum conf_scope scope,
		 struct conf_problems *problems);
void loader_release(struct loader *l);

/* NULL: the table has no such row. */
struct loader_row *loader_row_find(const struct loader *l, enum schema_table_id table,
				   const char *name);
/* A row with nothing in it but its name; valid until the next is added, its data for ever. */
struct loader_row *loader_row_add(struct loader *l, const struct schema_group *g, const char *name);

/* The value of the path stands at the node; the last that is noted counts. */
void loader_note(struct loader *l, const char *path, const struct node *n);
bool loader_given(const struct loader *l, const char *path);
/* Where the value of a path stands, or the nearest group around it that stands anywhere. */
struct loader_where loader_where(const struct loader *l, const char *path);
/* "table.name.key", in the scratch arena. */
const char *loader_path(struct loader *l, const char *table, const char *name, const char *key);
/* What is wrong with the value of a path, or doubtful, at its line. */
void loader_problem(struct loader *l, const char *path, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void loader_warning(struct loader *l, const char *path, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* "table.name.key[i + 1]", in the scratch arena: entry i of a list. */
const char *loader_entry_path(struct loader *l, const char *path, size_t i);

#endif
