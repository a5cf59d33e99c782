#include "store/bulk_mark.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "gatewayd/base/crypto.h"

enum { MAGIC_SIZE = 8, NUMBERS = 5, SUM_SIZE = SHA256_SIZE, SLOT_SIZE = 512 /* a sector */ };

static const char magic[MAGIC_SIZE] = "gwd-blk1";

/* --- one: magic, numbers, identity, zeros, and the checksum of all that at its end --- */

static void put_slot(const struct bulk_mark *m, uint64_t turn, uint8_t out[SLOT_SIZE])
{
	const uint64_t numbers[NUMBERS] = { turn, (uint64_t)m->number, (uint64_t)m->before,
					    m->stands, (uint64_t)m->commits };
	uint8_t *at = out + MAGIC_SIZE;

	memset(out, 0, SLOT_SIZE);
	memcpy(out, magic, MAGIC_SIZE);
	for (int i = 0; i < NUMBERS; i++)
		for (int k = 0; k < 8; k++)
			*at++ = (uint8_t)(numbers[i] >> (8 * k));
	memcpy(at, m->identity, STORE_TAG_SIZE);
	sha256_of((struct span){ (const char *)out, SLOT_SIZE - SUM_SIZE },
		  out + SLOT_SIZE - SUM_SIZE);
}

static bool is_whole(const uint8_t in[SLOT_SIZE])
{
	uint8_t sum[SUM_SIZE];

	sha256_of((struct span){ (const char *)in, SLOT_SIZE - SUM_SIZE }, sum);
	return memcmp(in, magic, MAGIC_SIZE) == 0 &&
	       memcmp(in + SLOT_SIZE - SUM_SIZE, sum, SUM_SIZE) == 0;
}

static bool get_slot(const uint8_t in[SLOT_SIZE], uint64_t *ret_turn, struct bulk_mark *ret_mark)
{
	uint64_t numbers[NUMBERS] = { 0 };
	const uint8_t *at = in + MAGIC_SIZE;

	if (!is_whole(in))
		return false;
	for (int i = 0; i < NUMBERS; i++)
		for (int k = 0; k < 8; k++)
			numbers[i] |= (uint64_t)*at++ << (8 * k);
	*ret_turn = numbers[0];
	*ret_mark = (struct bulk_mark){ .number = (int64_t)numbers[1],
					.before = (int64_t)numbers[2],
					.stands = numbers[3],
					.commits = (int64_t)numbers[4] };
	memcpy(ret_mark->identity, at, STORE_TAG_SIZE);
	return true;
}

/* --- both --- */

static int write_all(int fd, const uint8_t *bytes, size_t n, off_t at)
{
	ssize_t done = pwrite(fd, bytes, n, at);

	if (done >= 0 && (size_t)done < n)
		errno = ENOSPC;
	return done == (ssize_t)n ? 0 : -1;
}

int bulk_marks_make(struct bulk_marks *m, int fd, const struct bulk_mark *mark)
{
	uint8_t both[BULK_MARK_ROOM] = { 0 };

	*m = (struct bulk_marks){ .fd = fd, .turn = 1 };
	put_slot(mark, m->turn, both);
	put_slot(mark, m->turn, both + BULK_MARK_STEP);
	return write_all(fd, both, sizeof(both), 0);
}

bool bulk_marks_read(struct bulk_marks *m, int fd, int64_t number, struct bulk_mark *ret_mark)
{
	bool found = false, is_synced;

	*m = (struct bulk_marks){ .fd = fd };
	for (int i = 0; i < 2; i++) {
		uint8_t slot[SLOT_SIZE];
		struct bulk_mark mark;
		uint64_t turn;

		if (pread(fd, slot, sizeof(slot), (off_t)i * BULK_MARK_STEP) != sizeof(slot) ||
		    !get_slot(slot, &turn, &mark) || (found && turn <= m->turn))
			continue;
		*ret_mark = mark;
		m->turn = turn;
		m->at = i;
		found = true;
	}
	is_synced = found && !ret_mark->stands && ret_mark->number == number;
	m->at ^= is_synced; /* it was before the COMMIT, the other may be as old as can be */
	return found;
}

int bulk_marks_write(struct bulk_marks *m, const struct bulk_mark *mark)
{
	uint8_t slot[SLOT_SIZE];

	put_slot(mark, ++m->turn, slot);
	m->is_written = true;
	return write_all(m->fd, slot, sizeof(slot), (off_t)m->at * BULK_MARK_STEP);
}

void bulk_marks_synced(struct bulk_marks *m)
{
	m->at ^= m->is_written;
	m->is_written = false;
}
