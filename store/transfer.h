/*
 * What store_transfer() is made of: the tables of a store as its engine's catalogue has them, and
 * the place that is being filled.
 *
 * A place that is half has a table "copying": row 0 is what it is copied from, the others are the
 * statements that are still to be run, in order.
 *
 * Private to store/.
 */
#ifndef STORE_TRANSFER_H
#define STORE_TRANSFER_H

#include "store/query.h"
#include "store/rows.h"

/* The tables that have to be the same in both, by name. */
int transfer_tables(struct store *s, struct arena *a, struct table **ret_v, size_t *ret_n,
		    struct err *e);
/* The names alone, also of what is no store. */
int transfer_names(struct store *s, struct arena *a, const char ***ret_v, size_t *ret_n,
		   struct err *e);
int transfer_is_empty(struct store *s, const char *table, bool *ret_empty, struct err *e);
/* Rows of it behind a key, in the order of the key; NULL: all. */
int transfer_open(struct store *s, const struct table *t, const struct cell *after,
		  struct rows **ret_rows, struct err *e);
/* The next of them: 1, 0 the end, -1; its spans live until the next one.  What stands beside the
 * store comes in the place of no bytes, by way of `bytes`. */
int transfer_next(struct store *s, const struct table *t, struct rows *r, struct buf *bytes,
		  struct cell ret_row[TABLE_COLUMNS_MAX], struct err *e);
/* The key of the last row, its spans in the arena: 1, 0 when there is none, -1. */
int transfer_last(struct store *s, const struct table *t, struct arena *a, struct cell *ret_key,
		  struct err *e);
int transfer_count(struct store *s, const struct table *t, int64_t *ret_rows, struct err *e);
int transfer_digest(struct store *s, const struct table *t, struct store_transferred *ret_row,
		    void (*read_one)(void *ctx), void *ctx, struct err *e);
/* The next numbers of `to` come after those that `from` has given, and all that were copied. */
int transfer_numbers(struct store *from, struct store *to, const struct table *tables, size_t n,
		     struct err *e);

/* Opens the place: empty, as new, or half. */
int transfer_open_target(const char *where, struct store **ret_store, struct err *e);
/* Makes it half, or finds it so and begun from this store. */
int transfer_begin(struct store *to, const uint8_t from[STORE_TAG_SIZE], struct err *e);
/* It is not what it is copied from: the next transfer_begin() empties it. */
int transfer_spoil(struct store *to, struct err *e);
/* Runs what was left for later; `said` before each.  Then it is a store, with that row of audit. */
int transfer_finish(struct store *to, const struct store_audit *audit,
		    void (*said)(void *ctx, int64_t done, int64_t total), void *ctx, struct err *e);

#endif
