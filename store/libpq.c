#include "store/libpq.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#define LIBRARY "libpq.so.5"

struct libpq pq;

static int find_all(struct libpq *ret, struct err *e)
{
	static const struct {
		const char *name;
		size_t at;
	} functions[] = {
#define LIBPQ_ROW(name) { "PQ" #name, offsetof(struct libpq, name) },
		LIBPQ_FUNCTIONS(LIBPQ_ROW)
#undef LIBPQ_ROW
	};

	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		/* Of all that is loaded: what was preloaded comes first. */
		void *p = dlsym(RTLD_DEFAULT, functions[i].name);

		if (!p)
			return err_set(e, ERR_PERM, LIBRARY " has no %s, so it is older than 14",
				       functions[i].name);
		memcpy((char *)ret + functions[i].at, &p, sizeof(p));
	}
	return 0;
}

int libpq_load(struct err *e)
{
	struct libpq found;

	if (pq.exec)
		return 0;
	if (!dlopen(LIBRARY, RTLD_NOW | RTLD_GLOBAL))
		return err_set(e, ERR_PERM, "%s; a store on PostgreSQL needs it", dlerror());
	if (find_all(&found, e) < 0)
		return -1;
	pq = found;
	return 0;
}
