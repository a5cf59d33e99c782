/*
 * What an account file would change in the store, and doing it.
 *
 * An account is compared as the lines that describe it ("package premium", "domain a.example"), the
 * same lines that a dry run prints with "+" and "-" before them.
 */
#ifndef GATEWAYD_CTL_ACCOUNT_PLAN_H
#define GATEWAYD_CTL_ACCOUNT_PLAN_H

#include "gatewayd/ctl/account_file.h"

enum account_fate { ACCOUNT_ADDED, ACCOUNT_CHANGED, ACCOUNT_UNCHANGED, ACCOUNT_REMOVED };

struct account_step {
	struct span id;
	enum account_fate fate;
	const struct account_entry *entry; /* NULL: removed */
	const struct span *before, *after; /* lines, sorted */
	size_t before_count, after_count;
};

struct account_plan {
	struct account_step *v;
	size_t n;
	size_t counts[ACCOUNT_REMOVED + 1];
};

/* The file was read and checked without a problem.  replace: what is not in it is removed. */
int account_plan_make(struct desk *d, const struct account_file *f, bool replace,
		      struct account_plan *ret_plan, struct err *e);
/* Inside of a transaction; ret_cases: open cases whose place was rewritten. */
int account_plan_apply(struct desk *d, const struct account_plan *p, size_t *ret_cases,
		       struct err *e);
/* For people: each account that changes, and how. */
void account_plan_print(const struct account_plan *p, struct buf *out);

/* The lines of an account in the store. */
int account_lines(struct desk *d, const struct store_account *row, const struct span **ret_v,
		  size_t *ret_n, struct err *e);

#endif
