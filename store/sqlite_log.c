#include "store/sqlite_log.h"

#include <string.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"

enum {
	FRAME_HEAD = 24, /* page, size behind a COMMIT else 0, two salts, two sums */
	SALTS = 16,	 /* of the head of the log, which its frames repeat */
	FRAME_SALTS = 8,
	SALTS_SIZE = 8,
	PAGE_SIZE_AT = 8,
};

static uint32_t number_at(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool read_whole(int fd, uint8_t *to, size_t n, int64_t at)
{
	return pread(fd, to, n, at) == (ssize_t)n;
}

static bool read_head(struct sqlite_log *log)
{
	if (!read_whole(log->fd, log->head, sizeof(log->head), 0))
		return false;
	log->page_size = number_at(log->head + PAGE_SIZE_AT);
	return log->page_size >= 512 && log->page_size <= 65536;
}

/* 1: one more, 0: it was the last of the transaction; -1: it is of another log, or there is none.
 */
static int read_frame(struct sqlite_log *log)
{
	int64_t at = SQLITE_LOG_HEAD + (int64_t)(log->n * (FRAME_HEAD + log->page_size));
	uint8_t head[FRAME_HEAD];

	if (!read_whole(log->fd, head, sizeof(head), at) ||
	    memcmp(head + FRAME_SALTS, log->head + SALTS, SALTS_SIZE) != 0)
		return -1;
	MEM_GROW(log->v, log->n, &log->cap);
	log->v[log->n++] = (struct sqlite_log_page){ number_at(head), at + FRAME_HEAD };
	log->pages = number_at(head + 4);
	return log->pages == 0;
}

bool sqlite_log_first(int fd, struct sqlite_log *ret_log)
{
	struct sqlite_log log = { .fd = fd };
	int more = read_head(&log) ? 1 : -1;

	while (more > 0)
		more = log.n < SQLITE_LOG_PAGES_MAX ? read_frame(&log) : -1;
	if (more < 0)
		sqlite_log_release(&log);
	*ret_log = log;
	return more == 0;
}

/* What was written last counts. */
int64_t sqlite_log_find(const struct sqlite_log *log, uint32_t page)
{
	for (size_t i = log->n; i-- > 0;)
		if (log->v[i].number == page)
			return log->v[i].at;
	return -1;
}

bool sqlite_log_is_same(const struct sqlite_log *log)
{
	uint8_t head[SQLITE_LOG_HEAD];

	return read_whole(log->fd, head, sizeof(head), 0) &&
	       memcmp(head, log->head, sizeof(head)) == 0;
}

void sqlite_log_release(struct sqlite_log *log)
{
	mem_free(&log->v);
	log->n = log->cap = 0;
}
