/*
 * The log of a SQLite file (its -wal), read without SQLite (file format, 4): the pages of
 * the first transaction in it, which stand over those of the file as it was when the log began.
 *
 * Private to store/.
 */
#ifndef STORE_SQLITE_LOG_H
#define STORE_SQLITE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SQLITE_LOG_HEAD = 32, SQLITE_LOG_PAGES_MAX = 65536 };

struct sqlite_log {
	int fd;
	uint8_t head[SQLITE_LOG_HEAD];
	size_t page_size;
	int64_t pages; /* of the file behind that transaction */
	struct sqlite_log_page {
		uint32_t number; /* from 1 on */
		int64_t at;	 /* its bytes in the log */
	} * v;
	size_t n, cap;
};

/* False: there is none, or it has more than SQLITE_LOG_PAGES_MAX.  The descriptor stays the
 * caller's, open for as long as the log is used. */
bool sqlite_log_first(int fd, struct sqlite_log *ret_log);
/* Where the page stands in the log; -1: it is not in the transaction. */
int64_t sqlite_log_find(const struct sqlite_log *log, uint32_t page);
/* It was not begun again since. */
bool sqlite_log_is_same(const struct sqlite_log *log);
void sqlite_log_release(struct sqlite_log *log);

#endif
