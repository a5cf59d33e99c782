/*
 * A link of a notice, tapped on a phone: the mail that its app opens (RFC 6068), which answers no
 * other by its fields.
 */
#ifndef TESTS_SCENARIO_TAP_H
#define TESTS_SCENARIO_TAP_H

#include "tests/scenario/world.h"

struct tap {
	struct span to, subject, body;
};
/* The link of `message` whose body begins with "#verb"; ERR_PERM: there is none. */
int tap_find(struct world *w, struct span message, struct span verb, struct tap *ret_tap,
	     struct err *e);

#endif
