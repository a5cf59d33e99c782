#include "gatewayd/core/fresh.h"

#include <unistd.h>

#include "gatewayd/base/memfd.h"

static struct memory drop_first(struct fresh *f)
{
	struct memory raw = f->v[f->first].raw;

	f->first = (f->first + 1) % FRESH_MAX;
	f->n--;
	f->bytes -= raw.bytes.n;
	return raw;
}

static void free_first(struct fresh *f)
{
	struct memory raw = drop_first(f);

	memory_release(&raw);
}

void fresh_clear(struct fresh *f)
{
	while (f->n)
		free_first(f);
}

void fresh_add(struct fresh *f, int64_t mail, const struct memory *raw)
{
	struct memory it = *raw;

	if (f->n == FRESH_MAX || f->bytes + it.bytes.n > FRESH_BYTES_MAX) {
		memory_release(&it);
		return;
	}
	memory_rest(&it);
	f->v[(f->first + f->n++) % FRESH_MAX] = (struct fresh_mail){ mail, it };
	f->bytes += it.bytes.n;
}

bool fresh_many(const struct fresh *f)
{
	return f->n >= FRESH_MANY || f->bytes >= FRESH_MANY_BYTES;
}

static bool take(struct fresh *f, int64_t mail, struct memory *ret_raw)
{
	while (f->n && f->v[f->first].mail < mail)
		free_first(f);
	if (!f->n || f->v[f->first].mail != mail)
		return false;
	*ret_raw = drop_first(f);
	return true;
}

/* --- from the store --- */

static int add_piece(void *ctx, struct span piece, struct err *e)
{
	(void)e;
	buf_add(ctx, piece);
	return 0;
}

static int read_here(struct store *s, int64_t mail, struct memory *ret_raw, struct err *e)
{
	struct buf bytes BUF_AUTO;

	buf_init(&bytes, SIZE_MAX); /* intake bounded it by limits.mail_bytes */
	if (store_mail_raw_read(s, mail, add_piece, &bytes, e) < 0)
		return -1;
	memory_of(ret_raw, &bytes);
	return 0;
}

static int write_piece(void *ctx, struct span piece, struct err *e)
{
	return memfd_write(*(int *)ctx, piece, e);
}

static int take_memory(int fd, struct memory *ret_raw, struct err *e)
{
	int result = memory_take(ret_raw, fd, SIZE_MAX, e);

	if (result < 0)
		e->class = ERR_TEMP; /* no mail's doing */
	return result;
}

static int read_into_memfd(struct store *s, int64_t mail, struct memory *ret_raw, struct err *e)
{
	int fd;

	if (memfd_new(&fd, e) < 0)
		return -1;
	if (store_mail_raw_read(s, mail, write_piece, &fd, e) == 0 &&
	    take_memory(fd, ret_raw, e) == 0)
		return 0;
	close(fd);
	return -1;
}

int fresh_raw(struct fresh *f, struct store *s, const struct store_mail *mail,
	      struct memory *ret_raw, struct err *e)
{
	if (take(f, mail->id, ret_raw))
		return 0;
	return mail->size <= FRESH_HERE_MAX ? read_here(s, mail->id, ret_raw, e)
					    : read_into_memfd(s, mail->id, ret_raw, e);
}
