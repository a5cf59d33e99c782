#include "store/sqlite_bytes.h"

#include "gatewayd/base/units.h"

enum { PIECE = 64 * KIB };

static int open_bytes(sqlite3 *db, int64_t content, bool writes, sqlite3_blob **ret_blob)
{
	return sqlite3_blob_open(db, "main", "content", "bytes", content, writes, ret_blob);
}

/* A failure before it counts more than one of closing. */
static int close_bytes(sqlite3_blob *blob, int code)
{
	int closed = sqlite3_blob_close(blob);

	return code == SQLITE_OK ? closed : code;
}

int sqlite_bytes_write(sqlite3 *db, int64_t content, engine_next_fn *next, void *ctx,
		       bool *ret_stopped, struct err *e)
{
	sqlite3_blob *blob = NULL;
	int code = open_bytes(db, content, true, &blob), at = 0, got = 0;
	struct span piece;

	while (code == SQLITE_OK && (got = next(ctx, &piece, e)) > 0) {
		code = sqlite3_blob_write(blob, piece.p, (int)piece.n, at);
		at += (int)piece.n;
	}
	*ret_stopped = got < 0;
	return close_bytes(blob, code);
}

int sqlite_bytes_read(sqlite3 *db, int64_t content, store_piece_fn *fn, void *ctx,
		      bool *ret_stopped, struct err *e)
{
	char piece[PIECE];
	sqlite3_blob *blob = NULL;
	int code = open_bytes(db, content, false, &blob), n = sqlite3_blob_bytes(blob);

	*ret_stopped = false;
	for (int at = 0; code == SQLITE_OK && at < n && !*ret_stopped; at += PIECE) {
		int left = n - at < PIECE ? n - at : PIECE;

		code = sqlite3_blob_read(blob, piece, left, at);
		if (code == SQLITE_OK)
			*ret_stopped = fn(ctx, (struct span){ piece, (size_t)left }, e) < 0;
	}
	return close_bytes(blob, code);
}
