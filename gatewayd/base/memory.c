#include "gatewayd/base/memory.h"

#include <stdlib.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/memfd.h"

void memory_copy(struct memory *ret_m, struct span bytes)
{
	*ret_m = (struct memory){ .bytes = { mem_dup_span(bytes), bytes.n }, .fd = -1 };
}

void memory_lent(struct memory *ret_m, struct span bytes)
{
	*ret_m = (struct memory){ .bytes = bytes, .is_lent = true, .fd = -1 };
}

void memory_of(struct memory *ret_m, struct buf *bytes)
{
	*ret_m = (struct memory){ .bytes = buf_span(bytes), .fd = -1 };
	buf_init(bytes, bytes->max);
}

int memory_map(struct memory *ret_m, int fd, size_t max, struct err *e)
{
	struct span bytes;

	if (memfd_map(fd, max, &bytes, e) < 0)
		return -1;
	*ret_m = (struct memory){ .bytes = bytes, .is_shared = true, .fd = fd };
	return 0;
}

int memory_take(struct memory *ret_m, int fd, size_t max, struct err *e)
{
	size_t n;

	if (memfd_seal(fd, max, &n, e) < 0)
		return -1;
	if (!n || n > MEMORY_READ_MAX)
		return memory_map(ret_m, fd, max, e);
	*ret_m = (struct memory){ .bytes = { NULL, n }, .is_shared = true, .fd = fd };
	return 0;
}

int memory_open(const struct memory *m, struct buf *room, struct span *ret_bytes, struct err *e)
{
	if (m->bytes.p || !m->bytes.n) {
		*ret_bytes = m->bytes;
		return 0;
	}
	buf_clear(room);
	if (memfd_read(m->fd, m->bytes.n, room, e) < 0)
		return -1;
	*ret_bytes = buf_span(room);
	return 0;
}

int memory_share(struct memory *m, struct err *e)
{
	struct memory shared;
	int fd;

	if (m->is_shared)
		return 0;
	if (memfd_of(m->bytes, &fd, e) < 0)
		return -1;
	if (memory_take(&shared, fd, SIZE_MAX, e) < 0) {
		close(fd);
		return -1;
	}
	memory_release(m);
	*m = shared;
	return 0;
}

void memory_rest(const struct memory *m)
{
	if (m->is_shared && m->bytes.p && m->bytes.n >= MEMORY_READ_MAX)
		memfd_rest(m->bytes);
}

void memory_release(struct memory *m)
{
	if (m->is_shared) {
		if (m->bytes.p)
			memfd_unmap(m->bytes);
		close(m->fd);
	} else if (!m->is_lent) {
		free((void *)(uintptr_t)m->bytes.p);
	}
	*m = (struct memory){ 0 };
}
