#include "gatewayd/core/holding.h"

#include <stdlib.h>

#include "gatewayd/base/mem.h"

static void clear_placed(struct holding *h)
{
	for (size_t i = 0; i < h->placed_count; i++) {
		free(h->placed[i].mailbox);
		free(h->placed[i].node);
	}
	h->placed_count = 0;
}

void holding_release(struct holding *h)
{
	clear_placed(h);
	free(h->placed);
	for (size_t i = 0; i < h->n; i++)
		free(h->v[i].mailbox);
	free(h->v);
	*h = (struct holding){ 0 };
}

bool holding_leads(const struct holding *h)
{
	return !h->is_shared || (h->leads && !h->is_drained);
}

bool holding_works(const struct holding *h)
{
	return !h->is_shared || !h->is_drained;
}

struct held *holding_find(const struct holding *h, struct span mailbox)
{
	for (size_t i = 0; i < h->n; i++)
		if (span_is(mailbox, h->v[i].mailbox))
			return &h->v[i];
	return NULL;
}

bool holding_has(const struct holding *h, struct span mailbox)
{
	const struct held *held = holding_find(h, mailbox);

	return !h->is_shared || (held && !held->is_given && !h->is_drained);
}

bool holding_decides(const struct holding *h, struct span mailbox)
{
	const struct held *held = holding_find(h, mailbox);

	return !h->is_shared || (!h->is_drained && !(held && held->is_given));
}

void holding_add(struct holding *h, struct span mailbox)
{
	MEM_GROW(h->v, h->n, &h->cap);
	h->v[h->n++] = (struct held){ .mailbox = mem_dup_span(mailbox) };
}

void holding_place(struct holding *h, const struct store_lease *v, size_t n, int64_t ahead_s)
{
	clear_placed(h);
	for (size_t i = 0; i < n; i++) {
		MEM_GROW(h->placed, h->placed_count, &h->placed_cap);
		h->placed[h->placed_count++] =
		    (struct placed){ .mailbox = mem_dup_span(v[i].mailbox),
				     .node = mem_dup_span(v[i].node),
				     .since_at = v[i].since_at - ahead_s };
	}
}

const struct placed *holding_elsewhere(const struct holding *h, struct span mailbox)
{
	for (size_t i = 0; i < h->placed_count && !holding_find(h, mailbox); i++)
		if (span_is(mailbox, h->placed[i].mailbox))
			return &h->placed[i];
	return NULL;
}

const char *placed_text(const struct placed *p, const struct conf *conf)
{
	return conf_mailbox_find(conf, p->mailbox)
		   ? "no node has it: gatewayctl node list"
		   : "only nodes that do not work have it configured: gatewayctl node list";
}

static bool is_leased(const char *mailbox, struct span node, const struct store_lease *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(v[i].mailbox, mailbox))
			return span_eq(v[i].node, node);
	return false;
}

void holding_keep(struct holding *h, struct span node, const struct store_lease *v, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < h->n; i++) {
		if (is_leased(h->v[i].mailbox, node, v, n))
			h->v[kept++] = h->v[i];
		else
			free(h->v[i].mailbox);
	}
	h->n = kept;
}
