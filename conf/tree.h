/*
 * A configuration file as a tree of values, each with its file and line.
 *
 * conf/tree.c is libconfig's home; nobody else sees its types.  Groups and lists nest at most
 * TREE_DEPTH_MAX deep.
 */
#ifndef CONF_TREE_H
#define CONF_TREE_H

#include "conf/conf.h"

enum { TREE_DEPTH_MAX = 12 };

enum node_kind { NODE_BOOL, NODE_INT, NODE_FLOAT, NODE_STRING, NODE_LIST, NODE_GROUP };

struct node {
	const char *name; /* NULL in a list */
	enum node_kind kind;
	const char *file;
	int line;
	bool truth;	   /* NODE_BOOL */
	int64_t integer;   /* NODE_INT */
	double number;	   /* NODE_FLOAT, NODE_INT */
	const char *text;  /* NODE_STRING */
	struct node *kids; /* NODE_LIST, NODE_GROUP */
	size_t kid_count;
};

/* false: problems were added and there is no tree. */
bool tree_read(struct conf_files *files, const char *path, struct arena *a,
	       struct conf_problems *problems, struct node *ret_root);

/* One value as it would stand in a file, for the defaults of the schema. */
bool tree_value(const char *literal, struct arena *a, struct node *ret_node);

/* "a whole number", "a text" ... */
const char *node_kind_name(enum node_kind kind);

#endif
