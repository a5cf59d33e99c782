/* A tree of values into the structs, by the schema. */
#ifndef CONF_WALK_H
#define CONF_WALK_H

#include "conf/loader.h"

void walk_defaults(struct loader *l, const struct schema_group *g, void *into);
/* Adds to given the rows of g that the node has. */
void walk_group(struct loader *l, const struct schema_group *g, const struct node *n,
		const char *path, void *into, struct schema_given *given);
/* The root of a shipped table: only sections of the policy may stand in it. */
void walk_shipped(struct loader *l, const struct node *root);
/* What is required and was not given is a problem at file:line. */
void walk_required(struct loader *l, const struct schema_group *g, const struct schema_given *given,
		   const char *file, int line, const char *path);

#endif
