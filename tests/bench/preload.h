/*
 * For what is preloaded (LD_PRELOAD) by the benches.
 */
#ifndef TESTS_BENCH_PRELOAD_H
#define TESTS_BENCH_PRELOAD_H

#include <dlfcn.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* The function that would have been called, looked for once. */
#define NEXT(name)                                                           \
	({                                                                   \
		static __typeof__(&(name)) next;                             \
		if (!next)                                                   \
			next = (__typeof__(&(name)))dlsym(RTLD_NEXT, #name); \
		next;                                                        \
	})

/* The file that a variable of the environment names, which all processes share; NULL: there is
 * none.  To be mapped before a role closes itself in. */
static inline void *preload_map(const char *variable, size_t bytes)
{
	const char *path = getenv(variable);
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *p;

	if (fd < 0)
		return NULL;
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return p == MAP_FAILED ? NULL : p;
}

#endif
