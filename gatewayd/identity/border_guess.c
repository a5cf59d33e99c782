#include "gatewayd/identity/border_guess.h"

#include <stddef.h>

#include "gatewayd/identity/border.h"

/* Where the topmost results of a mail stand. */
struct stand {
	struct span id;	   /* "": they have none */
	struct span above; /* the host of the Received field above it; "": none */
	struct span below; /* the same below */
	const struct header_scan *scan;
	size_t at; /* of the results in scan->trace */
};

static bool is_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alpha((unsigned char)s.p[i]) &&
		    !ascii_is_digit((unsigned char)s.p[i]) && s.p[i] != '.' && s.p[i] != '-' &&
		    s.p[i] != ':')
			return false;
	return s.n > 0;
}

/* A result ("spf=pass") in the place of the id: there is none.  false: it is no id of ours. */
static bool find_id(struct span value, struct span *ret_id)
{
	struct span rest = span_trim(value), head = span_cut(&rest, ';');
	struct span word = span_cut(&head, ' ');
	bool is_result = span_find(word, SPAN("=")) != SIZE_MAX;

	*ret_id = is_result ? SPAN("") : word;
	return is_result || is_name(word);
}

static struct span host_at(const struct header_scan *s, size_t at)
{
	struct span host = border_received_by(s->trace[at].value);

	return is_name(host) ? host : SPAN("");
}

static bool find_stand(const struct header_scan *s, struct stand *ret)
{
	size_t at = 0, below;

	while (at < s->trace_count && s->trace[at].received)
		at++;
	if (at == s->trace_count)
		return false;
	for (below = at; below < s->trace_count && !s->trace[below].received;)
		below++;
	*ret = (struct stand){ .above = at ? host_at(s, at - 1) : SPAN(""),
			       .below = below < s->trace_count ? host_at(s, below) : SPAN(""),
			       .scan = s,
			       .at = at };
	return find_id(s->trace[at].value, &ret->id);
}

/* The one that most have, of a field of struct stand; how many. */
static size_t most(const struct stand *v, size_t n, size_t field, struct span *ret)
{
	size_t best = 0;

	for (size_t i = 0; i < n; i++) {
		const struct span *is = (const void *)((const char *)&v[i] + field);
		size_t same = 0;

		for (size_t k = 0; k < n; k++)
			same += span_eq_ci(
			    *is, *(const struct span *)(const void *)((const char *)&v[k] + field));
		if (same > best) {
			best = same;
			*ret = *is;
		}
	}
	return best;
}

static size_t keep_id(struct stand *v, size_t n, struct span id)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (span_eq_ci(v[i].id, id))
			v[kept++] = v[i];
	return kept;
}

/* A border is named alike in all mails; the host on its other side is whoever sent them. */
static void guess_host(const struct stand *v, size_t n, struct border_guess *g)
{
	struct span above = SPAN(""), below = SPAN("");
	size_t n_above = most(v, n, offsetof(struct stand, above), &above);
	size_t n_below = most(v, n, offsetof(struct stand, below), &below);

	if (below.n && span_eq_ci(below, g->id))
		g->below = false;
	else if (above.n && span_eq_ci(above, g->id))
		g->below = true;
	else
		g->below = above.n && n_above > n_below;
	g->host = g->below ? above : below;
}

static void add_inside(struct border_guess *g, struct span host)
{
	if (!host.n || span_eq_ci(host, g->host) || g->inside_count == BORDER_GUESS_INSIDE_MAX)
		return;
	for (size_t i = 0; i < g->inside_count; i++)
		if (span_eq_ci(g->inside[i], host))
			return;
	g->inside[g->inside_count++] = host;
}

/* The mails that have it beside their results; the hosts above it are behind it. */
static void count_and_look_inside(const struct stand *v, size_t n, struct border_guess *g)
{
	for (size_t i = 0; i < n; i++) {
		if (!span_eq_ci(g->below ? v[i].above : v[i].below, g->host))
			continue;
		g->with++;
		for (size_t k = 0; k < v[i].at; k++)
			add_inside(g, host_at(v[i].scan, k));
	}
}

bool border_guess(const struct header_scan *scans, size_t n, struct arena *a,
		  struct border_guess *ret_guess)
{
	struct stand *v = arena_alloc_n(a, n, sizeof(*v));
	struct border_guess g = { .mails = n, .id = SPAN("") };
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += find_stand(&scans[i], &v[found]);
	most(v, found, offsetof(struct stand, id), &g.id);
	found = keep_id(v, found, g.id);
	guess_host(v, found, &g);
	if (g.host.n)
		count_and_look_inside(v, found, &g);
	g.without_id = !g.id.n;
	if (g.with * 2 <= n)
		return false;
	*ret_guess = g;
	return true;
}
