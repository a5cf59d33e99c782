/*
 * A story with one fault, for every operation at which it can come: what is expected in it must
 * come true, and when all has come to rest the model must hold (model.h).
 *
 * The modes: core crashes at the n-th operation that is seen outside, and what was not synced is
 * kept, lost, halved or mixed; the n-th read, write, fsync and so on fails, once or for good, which
 * is until core has met it three times and somebody mends it.
 */
#ifndef TESTS_SIMULATE_POINTS_H
#define TESTS_SIMULATE_POINTS_H

#include "tests/simulate/play.h"

struct points {
	long tried, failed,
	    again;	    /* again: mails sent twice, as is right where core or a reply died */
	long lost, doubled; /* of those that failed */
};

/* Every k-th point of each mode, of SQLite's memory every (100 k)-th.  Prints what fails; false: a
 * point did, or the story cannot be played. */
bool points_file(const char *path, long every, struct points *ret_points);

/* One of them, as points_file() names it: crash or an operation, how, at which. */
bool points_one(const char *path, const char *what, const char *how, long n);

#endif
