/* Whether the disk of a store has room: what the file system says, and what it gives. */
#include <inttypes.h>
#include <sys/statvfs.h>

#include "store/query.h"

/* -1: nobody knows. */
static int64_t free_bytes(const char *where)
{
	struct statvfs disk;

	return statvfs(where, &disk) < 0 ? -1 : (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
}

static int64_t needed(const struct store *s, enum store_room_asked asked)
{
	int64_t longest = s->lacks + STORE_ROOM_LEAST; /* and the log of its rows */

	if (asked == STORE_ROOM_LEFT)
		return STORE_ROOM_LEAST;
	return longest > STORE_ROOM_MUCH ? longest : STORE_ROOM_MUCH;
}

int store_room(struct store *s, enum store_room_asked asked, struct err *e)
{
	int64_t bytes = needed(s, asked), free;

	if (!s->ops->is_file)
		return 0;
	free = free_bytes(s->where);
	if (free >= 0 && free < bytes)
		return err_set(e, ERR_TEMP,
			       "store: %s: the disk is full, make room: %" PRIi64
			       " KB are free, and %" PRIi64 " KB may be needed",
			       s->where, free / 1000, bytes / 1000);
	if (asked == STORE_ROOM_LEFT)
		return 0;
	if (bulk_try_room(&s->bulk, bytes, e) < 0)
		return -1;
	s->lacks = 0;
	return 0;
}
