/* kb index|search */
#include <sysexits.h>

#include "gatewayd/case/kb.h"
#include "gatewayd/case/search.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"

static void say_skipped(void *ctx, const char *path, const char *why)
{
	struct ctl *c = ctx;

	buf_addf(c->err, "gatewayctl: %s: %s; passed over\n", path, why);
}

int ctl_kb_index(struct ctl *c)
{
	struct kb_counts n = { 0 };
	struct err e = { 0 };

	if (!c->d->conf->kb_dir)
		return ctl_usage(c, "kb_dir is not set in the configuration");
	if (kb_index(c->d, say_skipped, c, &n, &e) < 0)
		return ctl_fail(c, &e);
	if (!c->json)
		buf_addf(c->out, "articles: %zu indexed, %zu unchanged, %zu removed, %zu skipped\n",
			 n.indexed, n.unchanged, n.removed, n.skipped);
	return ctl_done(c, json_pack("{s:I, s:I, s:I, s:I}", "indexed", (json_int_t)n.indexed,
				     "unchanged", (json_int_t)n.unchanged, "removed",
				     (json_int_t)n.removed, "skipped", (json_int_t)n.skipped));
}

static json_t *answer_row(struct ctl *c, const void *row, struct err *e)
{
	const struct search_hit *a = row;

	(void)e;
	return json_pack(
	    "{s:s, s:o, s:o, s:o}", "score", arena_printf(c->d->arena, "%.2f", a->score), "title",
	    json_of_span(a->title), "link", json_of_span(a->link), "path", json_of_span(a->path));
}

int ctl_kb_search(struct ctl *c)
{
	static const struct ctl_column columns[] = {
		{ "score", "score", 6, CTL_TEXT },
		{ "title", "title", 40, CTL_TEXT },
		{ "path", "file", 0, CTL_TEXT },
	};
	struct search_hit *v;
	struct err e = { 0 };
	size_t n;

	if (search_articles(c->d, SPAN(""), ctl_all_words(c), SEARCH_DEFAULT, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	return CTL_LIST(c, v, n, answer_row, columns);
}
