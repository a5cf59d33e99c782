#ifndef CONF_READ_H
#define CONF_READ_H

#include "conf/loader.h"

/* The value of one key into its struct, or the problem at its line.  No groups and no tables. */
void read_value(struct loader *l, const struct schema_row *row, const struct node *n,
		const char *path, void *into);

#endif
