#include "gatewayd/identity/border.h"

/* White space and comments; what follows a comment without an end is nothing. */
static struct span skip_blanks(struct span s)
{
	size_t depth = 0, i = 0;

	for (; i < s.n; i++) {
		if (s.p[i] == '(')
			depth++;
		else if (s.p[i] == ')' && depth)
			depth--;
		else if (!depth && !ascii_is_space((unsigned char)s.p[i]))
			break;
	}
	return span_sub(s, i, SIZE_MAX);
}

static struct span take_word(struct span *s)
{
	struct span from = skip_blanks(*s);
	size_t n = 0;

	while (n < from.n && !ascii_is_space((unsigned char)from.p[n]) && from.p[n] != '(' &&
	       from.p[n] != ';')
		n++;
	*s = span_sub(from, n, SIZE_MAX);
	return span_sub(from, 0, n);
}

/* The word behind "from" is the client's own; what it says there is not taken for "by". */
struct span border_received_by(struct span value)
{
	struct span word = take_word(&value);

	if (span_is_ci(word, "from")) {
		take_word(&value);
		word = take_word(&value);
	}
	return span_is_ci(word, "by") ? take_word(&value) : SPAN("");
}

enum place { PLACE_FOREIGN, PLACE_ABOVE, PLACE_BELOW, PLACE_INSIDE };

/* "mx.example.com", "*.example.com" or "2002:*" */
static bool host_fits(struct span host, struct span pattern)
{
	if (span_starts(pattern, SPAN("*")))
		return span_ends_ci(host, span_sub(pattern, 1, SIZE_MAX));
	if (pattern.n && pattern.p[pattern.n - 1] == '*')
		return span_starts_ci(host, span_sub(pattern, 0, pattern.n - 1));
	return span_eq_ci(host, pattern);
}

/* A configured word is "HOST" or "HOST PLACE" (conf's check saw to it). */
static enum place place_of(const struct conf *conf, struct span host)
{
	for (size_t i = 0; host.n && i < conf->border_hosts.n; i++) {
		struct span place = span_of(conf->border_hosts.v[i]);
		struct span pattern = span_cut(&place, ' ');

		if (!host_fits(host, pattern))
			continue;
		if (span_is(place, "inside"))
			return PLACE_INSIDE;
		return span_is(place, "below") ? PLACE_BELOW : PLACE_ABOVE;
	}
	return PLACE_FOREIGN;
}

/* The results between that Received field and the next one, in that direction. */
static size_t results_beside(const struct header_scan *scan, size_t anchor, bool below,
			     struct span *ret_fields)
{
	size_t from = anchor, to = anchor, n = 0;

	if (below)
		while (to + 1 < scan->trace_count && !scan->trace[to + 1].received)
			to++;
	else
		while (from > 0 && !scan->trace[from - 1].received)
			from--;
	for (size_t i = from; i <= to; i++)
		if (!scan->trace[i].received)
			ret_fields[n++] = scan->trace[i].value;
	return below && n ? 1 : n; /* whatever follows the first came from outside */
}

static size_t all_results(const struct header_scan *scan, struct span *ret_fields)
{
	size_t n = 0;

	for (size_t i = 0; i < scan->trace_count; i++)
		if (!scan->trace[i].received)
			ret_fields[n++] = scan->trace[i].value;
	return n;
}

static size_t border_fields(const struct header_scan *scan, const struct conf *conf,
			    struct span *ret_fields)
{
	for (size_t i = 0; i < scan->trace_count; i++) {
		enum place place;

		if (!scan->trace[i].received)
			continue;
		place = place_of(conf, border_received_by(scan->trace[i].value));
		if (place == PLACE_FOREIGN)
			return 0;
		if (place != PLACE_INSIDE)
			return results_beside(scan, i, place == PLACE_BELOW, ret_fields);
	}
	return 0;
}

void border_results(const struct header_scan *scan, const struct conf *conf, struct arena *a,
		    const struct span **ret_fields, size_t *ret_n)
{
	struct span *v = arena_alloc_n(a, scan->trace_count, sizeof(*v));

	*ret_n = conf->border_hosts.n ? border_fields(scan, conf, v) : all_results(scan, v);
	*ret_fields = v;
}

static bool names_client(struct span received)
{
	return span_is_ci(take_word(&received), "from");
}

bool border_is_inside(const struct header_scan *scan, const struct conf *conf)
{
	size_t received = 0;

	for (size_t i = 0; i < scan->trace_count; i++) {
		struct span value = scan->trace[i].value;
		enum place place;

		if (!scan->trace[i].received)
			continue;
		place = place_of(conf, border_received_by(value));
		if (place == PLACE_FOREIGN || (place != PLACE_INSIDE && names_client(value)))
			return false;
		received++;
	}
	return received > 0;
}
