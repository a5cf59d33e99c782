#include "conf/read_list.h"

#include "conf/ics.h"
#include "conf/path.h"
#include "conf/value.h"

static const char *lower(struct arena *a, const char *s)
{
	char *p = arena_cstr(a, span_of(s));

	for (char *q = p; *q; q++)
		*q = (char)ascii_lower((unsigned char)*q);
	return p;
}

void read_words(const struct reading *r)
{
	struct policy_words w = { 0 };

	if (!reading_list(r, NODE_STRING))
		return;
	if (r->n->kid_count) /* v stays NULL in an empty list only (doubt.c) */
		w.v = arena_alloc_n(r->l->arena, r->n->kid_count, sizeof(*w.v));
	for (size_t i = 0; i < r->n->kid_count; i++) {
		const char *text = r->n->kids[i].text,
			   *wrong = *text ? NULL : "is empty; remove it";
		struct reading e = reading_entry(r, i);

		if (!wrong && r->row->check)
			wrong = r->row->check(text);
		if (wrong) {
			reading_wrong_text(&e, text, wrong);
			continue;
		}
		w.v[w.n++] = lower(r->l->arena, text);
		if (e.n->line != r->n->line)
			loader_note(r->l, loader_entry_path(r->l, r->path, w.n - 1), e.n);
	}
	memcpy(r->to, &w, sizeof(w));
}

void read_numbers(const struct reading *r)
{
	double *v;

	if (!reading_list(r, NODE_FLOAT))
		return;
	v = arena_alloc_n(r->l->arena, r->n->kid_count, sizeof(*v));
	for (size_t i = 0; i < r->n->kid_count; i++)
		v[i] = r->n->kids[i].number;
	memcpy(r->to, &v, sizeof(v));
	memcpy(r->count, &r->n->kid_count, sizeof(r->n->kid_count));
}

/* Labels and meanings are columns of the same rows; each list replaces its column whole. */
void read_levels(const struct reading *r)
{
	struct policy_level levels[POLICY_SEVERITY_MAX];

	if (!reading_list(r, NODE_STRING))
		return;
	memcpy(levels, r->to, sizeof(levels));
	for (size_t i = 0; i < POLICY_SEVERITY_MAX; i++) {
		const char *text = NULL;

		if (i < r->n->kid_count)
			text = arena_cstr(r->l->arena, span_of(r->n->kids[i].text));
		if (r->row->type == SCHEMA_LABELS)
			levels[i].label = text;
		else
			levels[i].meaning = text;
	}
	memcpy(r->to, levels, sizeof(levels));
}

void read_targets(const struct reading *r)
{
	struct policy_duration targets[POLICY_SEVERITY_MAX] = { { POLICY_NONE, 0 } };

	if (!reading_list(r, NODE_STRING))
		return;
	for (size_t i = 0; i < r->n->kid_count; i++) {
		struct reading e = reading_entry(r, i);

		if (!policy_duration_parse(span_of(e.n->text), &targets[i]) ||
		    (targets[i].unit == POLICY_SECONDS && targets[i].amount == 0))
			reading_wrong_text(
			    &e, e.n->text,
			    "is no target; write one like \"30min\", \"2h\", \"1 business "
			    "day\" or \"none\"");
	}
	memcpy(r->to, targets, sizeof(targets));
}

void read_hours(const struct reading *r)
{
	struct policy_interval *v;
	struct hours h = { .n = 0 };

	if (!reading_list(r, NODE_STRING))
		return;
	for (size_t i = 0; i < r->n->kid_count; i++) {
		struct reading e = reading_entry(r, i);
		const char *wrong = value_hours(span_of(e.n->text), &h);

		if (wrong)
			reading_wrong_text(&e, e.n->text, wrong);
	}
	v = arena_alloc_n(r->l->arena, h.n, sizeof(*v));
	if (h.n)
		memcpy(v, h.v, h.n * sizeof(*v));
	memcpy(r->to, &v, sizeof(v));
	memcpy(r->count, &h.n, sizeof(h.n));
}

void read_holidays(const struct reading *r)
{
	struct policy_holiday *v;
	size_t n = 0;

	if (!reading_list(r, NODE_STRING))
		return;
	v = arena_alloc_n(r->l->arena, r->n->kid_count, sizeof(*v));
	for (size_t i = 0; i < r->n->kid_count; i++) {
		struct reading e = reading_entry(r, i);
		const char *wrong = value_holiday(span_of(e.n->text), r->l->arena, &v[n]);

		if (wrong)
			reading_wrong_text(&e, e.n->text, wrong);
		else
			n++;
	}
	memcpy(r->to, &v, sizeof(v));
	memcpy(r->count, &n, sizeof(n));
}

void read_holiday_files(const struct reading *r)
{
	const struct node *files = r->n->kind == NODE_STRING ? r->n : r->n->kids;
	size_t file_count = r->n->kind == NODE_STRING ? 1 : r->n->kid_count, n = 0;
	struct policy_holiday *v = NULL;

	if (r->n->kind != NODE_STRING && !reading_list(r, NODE_STRING))
		return;
	for (size_t i = 0; i < file_count; i++) {
		const char *name = path_beside(&r->l->scratch, files[i].file, files[i].text);
		struct policy_holiday *more = NULL, *all;
		const char *wrong;
		size_t count = 0;

		wrong = ics_read(r->l, name, &more, &count);
		if (wrong)
			reading_wrong_text(
			    &(struct reading){ .l = r->l, .n = &files[i], .path = r->path },
			    files[i].text, wrong);
		all = arena_alloc_n(r->l->arena, n + count, sizeof(*all));
		if (n)
			memcpy(all, v, n * sizeof(*all));
		if (count)
			memcpy(all + n, more, count * sizeof(*all));
		v = all;
		n += count;
	}
	memcpy(r->to, &v, sizeof(v));
	memcpy(r->count, &n, sizeof(n));
}
