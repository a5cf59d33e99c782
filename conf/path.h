/* File names as a configuration writes them: beside the file that they stand in. */
#ifndef CONF_PATH_H
#define CONF_PATH_H

#include "gatewayd/base/arena.h"

/* name beside the file `beside`, unless it is absolute. */
const char *path_beside(struct arena *a, const char *beside, const char *name);

/* The same, made absolute; what stands in no file (beside is "") is taken from the working folder.
 */
const char *path_absolute(struct arena *a, const char *beside, const char *name);

/* The file of a secret: a systemd credential of that name where there is one, else as above. */
const char *path_secret(struct arena *a, const char *beside, const char *name);

bool path_is_folder(const char *path);

#endif
