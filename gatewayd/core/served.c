#include "gatewayd/core/served.h"

#include <stdlib.h>
#include <string.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/wire/setup_poller.h"

static bool is_at(const struct conf_mailbox *m, struct span server)
{
	struct buf at BUF_AUTO;

	buf_init(&at, SETUP_POLLER_SERVER_MAX);
	setup_poller_server_of(m, &at);
	return span_eq(buf_span(&at), server);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void served_init(struct served *s, const struct conf *conf, struct span server)
{
	*s = (struct served){ .any = !server.n };
	s->names = mem_alloc_n(conf->mailbox_count, sizeof(*s->names));
	for (size_t k = 0; k < conf->mailbox_count; k++)
		if (is_at(&conf->mailboxes[k], server))
			s->names[s->n++] = mem_strdup(conf->mailboxes[k].name);
	if (s->n)
		qsort(s->names, s->n, sizeof(*s->names), by_name);
}

void served_release(struct served *s)
{
	while (s->n)
		free(s->names[--s->n]);
	mem_free(&s->names);
}

static int compare(const void *key, const void *member)
{
	const struct span *name = key;
	struct span other = span_of(*(char *const *)member);
	size_t both = name->n < other.n ? name->n : other.n;
	int r = both ? memcmp(name->p, other.p, both) : 0;

	return r ? r : (name->n > other.n) - (name->n < other.n);
}

int served_check(const struct served *s, struct span mailbox, struct err *e)
{
	if (s->any || (s->n && bsearch(&mailbox, s->names, s->n, sizeof(*s->names), compare)))
		return 0;
	return err_set(e, ERR_PERM, "mailbox " SPAN_FMT " is not this poller's",
		       SPAN_ARG(span_sub(mailbox, 0, 64)));
}
