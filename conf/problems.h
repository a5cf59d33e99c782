/* How what is wrong with a configuration is told: "FILE:LINE: key.path: what; what to do". */
#ifndef CONF_PROBLEMS_H
#define CONF_PROBLEMS_H

#include "conf/conf.h"
#include "conf/files.h"
#include "gatewayd/base/units.h"

enum { PROBLEMS_TEXT_MAX = 256 * KIB, PROBLEM_MAX = 1024 /* bytes of one */ };

/* line 0: the file as a whole; path may be NULL. */
void conf_problem(struct conf_problems *p, const char *file, int line, const char *path,
		  const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void conf_warning(struct conf_problems *p, const char *file, int line, const char *path,
		  const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Brings them into the order of the files, as they were read, and their lines. */
void problems_sort(struct conf_problems *p, const struct conf_files *files);

/*
 * The one of n candidates that the name was most likely meant to be, by edit distance; NULL when
 * none is near.  at(ctx, i) gives candidate i, NULL to skip it.
 */
const char *conf_nearest(const char *name, size_t n, const char *(*at)(const void *ctx, size_t i),
			 const void *ctx);
/* Letters, without case, to change, add or leave out; SIZE_MAX when one is too long to be a name.
 */
size_t problems_distance(const char *a, const char *b);
/* Behind what is wrong with a name: `; did you mean "NEAR"?`, or the advice, or nothing (NULL). */
void problems_advise(struct buf *text, const char *near, const char *advice);

#endif
