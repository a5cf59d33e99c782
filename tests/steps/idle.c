/*
 * Dovecot tells of a new mail half a second after it saw it, lest it tell of each of many;
 * preloaded into a Dovecot, this makes that a fiftieth.
 */
#include <dlfcn.h>
#include <stddef.h>

enum { HALF_MS = 500, HASTE_MS = 20 };

struct timeout;
typedef struct timeout *adder(unsigned ms, const char *file, unsigned line, void (*call)(void *),
			      void *ctx);

/* Dovecot's name, behind a macro that adds file and line. */
adder timeout_add_short;

struct timeout *timeout_add_short(unsigned ms, const char *file, unsigned line,
				  void (*call)(void *), void *ctx)
{
	adder *next = (adder *)dlsym(RTLD_NEXT, "timeout_add_short");

	return next(ms == HALF_MS ? HASTE_MS : ms, file, line, call, ctx);
}
