/* A key that the schema does not have where it stands: what was meant, as far as can be guessed. */
#ifndef CONF_UNKNOWN_KEY_H
#define CONF_UNKNOWN_KEY_H

#include "conf/loader.h"

/* g: the group that the key stands in; path: its own, "" at the root. */
void unknown_key(struct loader *l, const struct schema_group *g, const struct node *n,
		 const char *path);

#endif
