/* The marks in the texts of mails (plan.h): "zs12zz" is mail 12, of staff. */
#ifndef TESTS_SIMULATE_MARK_H
#define TESTS_SIMULATE_MARK_H

#include "gatewayd/base/str.h"

enum { MARKS_MAX = 400 };

/* The next mark that is a word: a random token may have "zf3zz" in it.  false: there is none.
 * *rest: what follows. */
bool mark_next(struct span *rest, char *ret_kind, int *ret_number);

#endif
