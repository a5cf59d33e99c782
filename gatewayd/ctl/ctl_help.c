#include "gatewayd/ctl/ctl_help.h"

#include <sysexits.h>

#include "gatewayd/ctl/ctl_name.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_usage.h"
#include "gatewayd/ctl/ctl_view.h"

const struct ctl_exit_status ctl_exit_statuses[] = {
	{ EX_OK, "done" },
	{ EX_USAGE, "the command line is wrong, or names what is not there" },
	{ EX_DATAERR, "refused: no such row, a file with mistakes, or check found something" },
	{ EX_NOINPUT, "a file cannot be read" },
	{ EX_UNAVAILABLE, "status: something is wrong" },
	{ EX_SOFTWARE, "a mistake of gatewayd" },
	{ EX_CANTCREAT, "a file or folder cannot be written" },
	{ EX_IOERR, "standard input or output failed" },
	{ EX_TEMPFAIL, "not now: the daemon did not answer, or the store is busy; try again" },
	{ EX_NOPERM, "the control socket may not be opened" },
	{ EX_CONFIG, "the configuration is wrong, and no daemon runs" },
	{ 0 },
};

enum { NAME_CELLS = 20 };

static void add_row(const struct ctl_verb *v, struct buf *out)
{
	buf_addf(out, "  %-*s%s\n", NAME_CELLS, v->name, v->summary);
}

static bool is_of(const struct ctl_verb *v, const char *noun)
{
	struct span rest = span_of(v->name);

	return span_is(span_cut(&rest, ' '), noun);
}

bool ctl_help_noun(const struct ctl_verb *verbs, const char *noun, struct buf *out)
{
	bool any = false;

	for (const struct ctl_verb *v = verbs; v->name; v++) {
		if (!is_of(v, noun))
			continue;
		add_row(v, out);
		any = true;
	}
	if (any)
		buf_addf(out, "\ngatewayctl help %s VERB tells more of one.\n", noun);
	return any;
}

/* What the options that every verb takes do there. */
static void add_common(const struct ctl_verb *v, struct buf *out)
{
	buf_adds(out, "\n  --json  one JSON value, times in UTC (RFC 3339)\n");
	if (v->flags & CTL_ROWS)
		buf_adds(out, "  --csv   a table for a spreadsheet, times in UTC\n"
			      "  --wide  nothing is cut to the terminal's width\n");
}

void ctl_help_verb(const struct ctl_verb *v, struct buf *out)
{
	struct ctl_usage u = ctl_usage_of(v->usage);
	struct ctl_usage_item item;

	buf_addf(out, "usage: gatewayctl %s%s" SPAN_FMT "\n\n%s\n", v->name, *v->usage ? " " : "",
		 SPAN_ARG(ctl_usage_shown(v->usage)), v->summary);
	for (bool first = true; ctl_usage_next(&u, &item);) {
		if (!item.option.n)
			continue;
		if (first)
			buf_adds(out, "\noptions\n");
		first = false;
		buf_addf(out, "  " SPAN_FMT "%s" SPAN_FMT "%s\n", SPAN_ARG(item.option),
			 item.value.n ? " " : "", SPAN_ARG(item.value),
			 item.group ? "" : "  (must be given)");
	}
	add_common(v, out);
}

static const char *title_of(const struct ctl_table *t, const struct ctl_verb *v)
{
	for (const struct ctl_group *g = t->groups; g->title; g++)
		if (strcmp(g->first, v->name) == 0)
			return g->title;
	return NULL;
}

void ctl_help_all(const struct ctl_table *t, struct buf *out)
{
	buf_adds(out, "usage: gatewayctl [-c FILE] VERB [ARGUMENT ...] [--json]\n"
		      "       gatewayctl help VERB | --version\n");
	for (const struct ctl_verb *v = t->verbs; v->name; v++) {
		const char *title = title_of(t, v);

		if (title)
			buf_addf(out, "\n%s\n", title);
		add_row(v, out);
	}
	buf_adds(out, "\nExit status\n");
	for (const struct ctl_exit_status *s = ctl_exit_statuses; s->meaning; s++)
		buf_addf(out, "  %d\t%s\n", s->status, s->meaning);
}

static json_t *verb_view(const struct ctl_verb *v)
{
	return json_pack("{s:s, s:o, s:s, s:b}", "name", v->name, "usage",
			 json_of_span(ctl_usage_shown(v->usage)), "summary", v->summary, "rows",
			 (v->flags & CTL_ROWS) != 0);
}

static int help_json(struct ctl *c)
{
	json_t *all = json_array();

	for (const struct ctl_verb *v = c->table->verbs; v->name; v++)
		json_array_append_new(all, verb_view(v));
	return ctl_done(c, all);
}

int ctl_help_local(struct ctl *c)
{
	const struct ctl_verb *verbs = c->table->verbs;
	const struct ctl_verb *verb = ctl_name_find(verbs, c->n, c->words);

	if (c->json)
		return help_json(c);
	if (!c->n)
		ctl_help_all(c->table, c->out);
	else if (verb)
		ctl_help_verb(verb, c->out);
	else if (c->n > 1 || !ctl_help_noun(verbs, c->words[0], c->out))
		return ctl_name_unknown(verbs, c->n, c->words, c->err);
	return EX_OK;
}
