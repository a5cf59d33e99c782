#include "gatewayd/core/fresh.h"

#include <unistd.h>

#include "gatewayd/base/memfd.h"

static struct fresh_mail drop_first(struct fresh *f)
{
	struct fresh_mail m = f->v[f->first];

	f->first = (f->first + 1) % FRESH_MAX;
	f->n--;
	f->bytes -= m.size;
	return m;
}

void fresh_clear(struct fresh *f)
{
	while (f->n)
		close(drop_first(f).fd);
}

void fresh_add(struct fresh *f, int64_t mail, int fd, size_t size)
{
	if (f->n == FRESH_MAX || f->bytes + size > FRESH_BYTES_MAX) {
		close(fd);
		return;
	}
	f->v[(f->first + f->n++) % FRESH_MAX] = (struct fresh_mail){ mail, fd, size };
	f->bytes += size;
}

int fresh_take(struct fresh *f, int64_t mail)
{
	while (f->n && f->v[f->first].mail < mail)
		close(drop_first(f).fd);
	return f->n && f->v[f->first].mail == mail ? drop_first(f).fd : -1;
}

static int write_piece(void *ctx, struct span piece, struct err *e)
{
	return memfd_write(*(int *)ctx, piece, e);
}

int fresh_raw(struct fresh *f, struct store *s, int64_t mail, int *ret_fd, struct err *e)
{
	int fd = fresh_take(f, mail);

	if (fd < 0) {
		if (memfd_new(&fd, e) < 0)
			return -1;
		if (store_mail_raw_read(s, mail, write_piece, &fd, e) < 0) {
			close(fd);
			return -1;
		}
	}
	*ret_fd = fd;
	return 0;
}
