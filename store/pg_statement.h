/*
 * Statements of PostgreSQL on their way, and the bytes of contents: functions of the table in
 * engine.h.
 *
 * Private to store/.
 */
#ifndef STORE_PG_STATEMENT_H
#define STORE_PG_STATEMENT_H

#include "store/pg.h"

int pg_prepare(struct engine *en, enum sql_id id, struct engine_stmt **ret_stmt, struct err *e);
int pg_bind_int(struct engine_stmt *st, int at, int64_t value, struct err *e);
int pg_bind_text(struct engine_stmt *st, int at, struct span value, struct err *e);
int pg_bind_blob(struct engine_stmt *st, int at, struct span value, struct err *e);
int pg_bind_null(struct engine_stmt *st, int at, struct err *e);
int pg_bind_no_blob(struct engine_stmt *st, int at, struct err *e);
int pg_parameters(struct engine_stmt *st);
int pg_columns(struct engine_stmt *st);
bool pg_must(struct engine_stmt *st, const char *what, int64_t id);
int pg_step(struct engine_stmt *st, struct err *e);
int pg_say(struct engine_stmt *st, struct err *e);
void pg_reset(struct engine_stmt *st);
bool pg_column_null(struct engine_stmt *st, int at);
int64_t pg_column_int(struct engine_stmt *st, int at);
double pg_column_real(struct engine_stmt *st, int at);
struct span pg_column_bytes(struct engine_stmt *st, int at);
int pg_bytes_write(struct engine *en, int64_t content, engine_next_fn *next, void *ctx,
		   struct err *e);
int pg_bytes_read(struct engine *en, int64_t content, store_piece_fn *fn, void *ctx, struct err *e);

#endif
