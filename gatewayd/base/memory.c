#include "gatewayd/base/memory.h"

#include <stdlib.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/memfd.h"
#include "gatewayd/base/units.h"

enum { LARGE = MIB };

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
	*ret_m = (struct memory){ .bytes = bytes, .is_mapped = true, .fd = fd };
	return 0;
}

int memory_share(struct memory *m, struct err *e)
{
	struct memory shared;
	int fd;

	if (m->is_mapped)
		return 0;
	if (memfd_of(m->bytes, &fd, e) < 0)
		return -1;
	if (memory_map(&shared, fd, SIZE_MAX, e) < 0) {
		close(fd);
		return -1;
	}
	memory_release(m);
	*m = shared;
	return 0;
}

void memory_rest(const struct memory *m)
{
	if (m->is_mapped && m->bytes.n >= LARGE)
		memfd_rest(m->bytes);
}

void memory_release(struct memory *m)
{
	if (m->is_mapped) {
		memfd_unmap(m->bytes);
		close(m->fd);
	} else if (!m->is_lent) {
		free((void *)(uintptr_t)m->bytes.p);
	}
	*m = (struct memory){ 0 };
}
