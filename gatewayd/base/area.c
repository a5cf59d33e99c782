#include "gatewayd/base/area.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/memfd.h"

enum {
	SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE,
	AREA_BYTES = AREA_SLOTS * AREA_SLOT_BYTES,
};

static int map(struct area *a, int fd, int protection, struct err *e)
{
	void *p = mmap(NULL, AREA_BYTES, protection, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return err_set(e, ERR_TEMP, "mmap: %s", strerror(errno));
	*a = (struct area){ .p = p };
	return 0;
}

/* The seal is put on behind the mapping of who writes, and before anybody else has the memory. */
int area_make(struct area *a, int *ret_fd, struct err *e)
{
	struct area made = { 0 };
	int fd;

	if (memfd_new(&fd, e) < 0)
		return -1;
	if (ftruncate(fd, AREA_BYTES) < 0) {
		err_set(e, ERR_TEMP, "ftruncate: %s", strerror(errno));
	} else if (map(&made, fd, PROT_READ | PROT_WRITE, e) == 0) {
		if (fcntl(fd, F_ADD_SEALS, SEALS) == 0) {
			*a = made;
			*ret_fd = fd;
			return 0;
		}
		err_set(e, ERR_TEMP, "sealing memory: %s", strerror(errno));
		area_release(&made);
	}
	close(fd);
	return -1;
}

/* A seal more than these would be the writer's own loss. */
int area_map(struct area *a, int fd, struct err *e)
{
	struct stat st;
	int had = fcntl(fd, F_GET_SEALS);

	if (had < 0 || (had & SEALS) != SEALS || fstat(fd, &st) < 0 || st.st_size != AREA_BYTES)
		return err_set(e, ERR_PERM, "no memory for mails");
	return map(a, fd, PROT_READ, e);
}

void area_release(struct area *a)
{
	if (a->p)
		munmap(a->p, AREA_BYTES);
	*a = (struct area){ 0 };
}

static char *at(const struct area *a, uint32_t slot)
{
	return a->p + (size_t)(slot - 1) * AREA_SLOT_BYTES;
}

/* The lowest that is free: where few mails are under way few pages are in use. */
uint32_t area_put(struct area *a, struct span bytes)
{
	const bool *is_free;

	if (!a->p || !bytes.n || bytes.n > AREA_SLOT_BYTES)
		return 0;
	is_free = memchr(a->taken, false, sizeof(a->taken));
	if (!is_free)
		return 0;
	a->taken[is_free - a->taken] = true;
	memcpy(at(a, (uint32_t)(is_free - a->taken) + 1), bytes.p, bytes.n);
	return (uint32_t)(is_free - a->taken) + 1;
}

void area_give_back(struct area *a, uint32_t slot)
{
	if (slot)
		a->taken[slot - 1] = false;
}

int area_get(const struct area *a, uint32_t slot, size_t n, struct span *ret_bytes, struct err *e)
{
	if (!a->p || slot < 1 || slot > AREA_SLOTS || n > AREA_SLOT_BYTES)
		return err_set(e, ERR_PERM, "no mail of %zu bytes is in slot %u", n, slot);
	*ret_bytes = (struct span){ at(a, slot), n };
	return 0;
}
