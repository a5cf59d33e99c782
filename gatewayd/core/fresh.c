#include "gatewayd/core/fresh.h"

#include <unistd.h>

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
