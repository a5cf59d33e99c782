#include "gatewayd/mail/thread.h"

#include "gatewayd/base/utf8.h"

enum { IDS_MAX = 20, REFERENCE_MIN = 4, REFERENCE_MAX = 40, DIGITS_MIN = 3 };

/* The i-th key of a mail: what it answers, its thread from the end, the reference; false: no more.
 */
struct keys {
	struct desk *d;
	const struct header_scan *scan;
	struct span reference; /* p == NULL: none */
	size_t next;
};

static bool is_reference(struct span s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		digits += ascii_is_digit(c);
		if (!ascii_is_digit(c) && !ascii_is_alpha(c) && !(c && strchr("-_#:./ ", (char)c)))
			return false;
	}
	return s.n >= REFERENCE_MIN && s.n <= REFERENCE_MAX && digits >= DIGITS_MIN &&
	       !span_starts_ci(s, SPAN("Case #"));
}

/* The first "[...]" that looks like one. */
static struct span find_reference(struct span subject)
{
	while (subject.n) {
		struct span inside;
		size_t at = span_find(subject, SPAN("["));

		if (at == SIZE_MAX)
			return SPAN_NONE;
		subject = span_sub(subject, at + 1, SIZE_MAX);
		inside = subject;
		inside = span_cut(&inside, ']');
		if (inside.n < subject.n && is_reference(inside))
			return inside;
	}
	return SPAN_NONE;
}

static struct keys keys_of(struct desk *d, const struct header_scan *scan, struct span subject)
{
	struct keys k = { .d = d, .scan = scan, .reference = SPAN_NONE };

	/* Of a free-mail address it is nobody's system. */
	if (scan->from.p && subject.n &&
	    !policy_is_freemail(&d->conf->policy, addrspec_domain(scan->from)))
		k.reference = find_reference(subject);
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
		*ret_key = span_of(arena_printf(k->d->arena, "id:" SPAN_FMT, SPAN_ARG(id)));
		return true;
	}
	if (!k->reference.p)
		return false;
	*ret_key =
	    span_of(arena_printf(k->d->arena, "ref:" SPAN_FMT ":" SPAN_FMT,
				 SPAN_ARG(addrspec_domain(s->from)), SPAN_ARG(k->reference)));
	k->reference = SPAN_NONE;
	return true;
}

int thread_learn(struct desk *d, const struct header_scan *scan, struct span subject,
		 int64_t number, struct err *e)
{
	struct keys k = keys_of(d, scan, subject);
	struct span key;

	while (keys_next(&k, &key))
		if (store_thread_add(d->store, key, number, e) < 0)
			return -1;
	return 0;
}

int thread_find(struct desk *d, const struct header_scan *scan, struct span subject,
		int64_t *ret_number, struct err *e)
{
	struct keys k = keys_of(d, scan, subject);
	struct span key;

	*ret_number = 0;
	while (!*ret_number && keys_next(&k, &key))
		if (store_thread_case(d->store, key, ret_number, e) < 0)
			return -1;
	return 0;
}
