/* libcurl, for a unit test of what connects: cmocka_run_group_tests(tests, net_begin, net_end). */
#ifndef TESTS_UNIT_NET_UNIT_H
#define TESTS_UNIT_NET_UNIT_H

#include "gatewayd/net/connect.h"
#include "tests/unit/unit.h"

static inline int net_begin(void **state)
{
	struct err e;

	(void)state;
	return connect_global_init(&e);
}

static inline int net_end(void **state)
{
	(void)state;
	connect_global_cleanup();
	return 0;
}

#endif
