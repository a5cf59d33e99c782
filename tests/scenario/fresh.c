#include "tests/scenario/fresh.h"

#include <limits.h>
#include <stdio.h>

#include "gatewayd/base/file.h"

enum { FILES = 2 };

/* Closed, so that nothing is left in its log. */
static struct {
	bool made;
	struct buf bytes[FILES];
} first;

static const char *file_of(const char *path, size_t i, char name[PATH_MAX])
{
	snprintf(name, PATH_MAX, "%s%s", path, i ? ".witness" : "");
	return name;
}

static int make_first(const char *path, struct err *e)
{
	char name[PATH_MAX];
	struct store *store;

	if (store_open(path, STORE_CREATE, &store, e) < 0)
		return -1;
	store_close(&store);
	for (size_t i = 0; i < FILES; i++) {
		buf_init(&first.bytes[i], SIZE_MAX);
		if (file_read(file_of(path, i, name), &first.bytes[i]) < 0)
			return err_set(e, ERR_BUG, "%s: cannot be read", name);
	}
	first.made = true;
	return 0;
}

static int copy_first(const char *path, struct err *e)
{
	for (size_t i = 0; i < FILES; i++) {
		char name[PATH_MAX];
		FILE *f = fopen(file_of(path, i, name), "wex");
		bool good =
		    f && fwrite(first.bytes[i].p, 1, first.bytes[i].n, f) == first.bytes[i].n;

		if ((f && fclose(f) != 0) || !good)
			return err_set(e, ERR_BUG, "%s: cannot be written", name);
	}
	return 0;
}

int fresh_store(const char *path, struct store **ret_store, struct err *e)
{
	if ((first.made ? copy_first(path, e) : make_first(path, e)) < 0)
		return -1;
	return store_open(path, STORE_WRITE, ret_store, e);
}
