#include "gatewayd/mail/thread.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/mail/reference.h"

enum { IDS_MAX = 20 };

/* The keys of a mail: what it answers, its thread from the end, its references. */
struct keys {
	struct desk *d;
	const struct header_scan *scan;
	size_t next;
	struct span references[REFERENCES_MAX];
	size_t reference_count, next_reference;
};

static struct keys keys_of(struct desk *d, const struct header_scan *scan, struct span subject,
			   bool known)
{
	struct keys k = { .d = d, .scan = scan };

	/* Of a free-mail address it is nobody's system. */
	if (scan->from.p && subject.n &&
	    !policy_is_freemail(&d->conf->policy, addrspec_domain(scan->from)))
		k.reference_count = reference_find(subject, known, d->arena, k.references);
	return k;
}

static bool keys_next(struct keys *k, struct span *ret_key)
{
	const struct header_scan *s = k->scan;
	size_t n = s->in_reply_to_count + s->reference_count;

	while (k->next < n && k->next < IDS_MAX) {
		size_t i = k->next++;
		struct span id =
		    i < s->in_reply_to_count ? s->in_reply_to[i] : s->references[n - 1 - i];

		if (!utf8_valid(id))
			continue;
		*ret_key = ARENA_JOIN(k->d->arena, SPAN("id:"), id);
		return true;
	}
	if (k->next_reference >= k->reference_count)
		return false;
	*ret_key = ARENA_JOIN(k->d->arena, SPAN("ref:"), addrspec_domain(s->from), SPAN(":"),
			      k->references[k->next_reference]);
	k->next_reference++;
	return true;
}

int thread_learn(struct desk *d, const struct header_scan *scan, struct span subject,
		 int64_t number, struct err *e)
{
	struct keys k = keys_of(d, scan, subject, false);
	struct span key;

	while (keys_next(&k, &key))
		if (store_thread_add(d->store, key, number, e) < 0)
			return -1;
	return 0;
}

int thread_find(struct desk *d, const struct header_scan *scan, struct span subject,
		int64_t *ret_number, struct err *e)
{
	struct keys k = keys_of(d, scan, subject, true);
	struct span key;

	*ret_number = 0;
	while (!*ret_number && keys_next(&k, &key))
		if (store_thread_case(d->store, key, ret_number, e) < 0)
			return -1;
	return 0;
}
