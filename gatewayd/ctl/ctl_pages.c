#include "gatewayd/ctl/ctl_pages.h"

#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_usage.h"

static int64_t id_of(const json_t *last, size_t rows)
{
	(void)rows;
	return json_int(last, "id", 1);
}

static int64_t number_of(const json_t *last, size_t rows)
{
	(void)rows;
	return json_int(last, "number", 1);
}

static int64_t count_of(const json_t *last, size_t rows)
{
	(void)last;
	return (int64_t)rows;
}

const struct ctl_paging ctl_pages_by_id = { "--before", id_of, 500 };
const struct ctl_paging ctl_pages_by_number = { "--before", number_of, 500 };
const struct ctl_paging ctl_pages_by_count = { "--skip", count_of, 2000 };

/* As it was given. */
static const char *word_of(struct ctl *c, const struct ctl_option *o)
{
	struct ctl_usage_item item = { .value = SPAN("") };

	ctl_usage_option(c->verb->usage, o->name, &item);
	return arena_printf(c->d->arena, SPAN_FMT "%s%s", SPAN_ARG(o->name),
			    item.value.n ? "=" : "", o->value);
}

/* behind 0: the page begins where the list does. */
static int ask_page(struct ctl *c, const struct ctl_paging *p, int64_t behind, int most,
		    json_t **ret_page)
{
	size_t room = (size_t)(c->option_count + c->n) + 3;
	const char **words = arena_alloc_n(c->d->arena, room, sizeof(*words));
	int n = 0;

	for (int i = 0; i < c->option_count; i++) {
		const struct ctl_option *o = &c->options[i];

		if (!span_is(o->name, "--limit") && !(behind && span_is(o->name, p->option)))
			words[n++] = word_of(c, o);
	}
	for (int i = 0; i < c->n; i++)
		words[n++] = c->words[i];
	words[n++] = "--json";
	words[n++] = arena_printf(c->d->arena, "--limit=%d", most);
	if (behind)
		words[n++] = arena_printf(c->d->arena, "%s=%" PRIi64, p->option, behind);
	return ctl_ask_value(c, n, words, ret_page);
}

static bool is_shown(const struct ctl_column *columns, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++) {
		struct span rest = span_of(columns[i].key);

		if (span_is(span_cut(&rest, '.'), key))
			return true;
	}
	return false;
}

/* All rows are in memory, so that columns have one width. */
static void leave_shown(json_t *row, const struct ctl_column *columns, size_t n)
{
	const char *key;
	json_t *value;
	void *next;

	json_object_foreach_safe(row, next, key, value)
	{
		if (!is_shown(columns, n, key))
			json_object_del(row, key);
	}
}

int ctl_pages(struct ctl *c, const struct ctl_paging *p, const struct ctl_column *columns, size_t n,
	      json_t **ret_rows)
{
	json_t *rows JSON_AUTO = json_array(), *row;
	int64_t behind = 0;
	int left, status = ctl_limit(c, &left);

	while (status == EX_OK && left > 0) {
		json_t *page JSON_AUTO = NULL;
		int most = left < p->rows ? left : p->rows;
		size_t got, i;

		status = ask_page(c, p, behind, most, &page);
		if (status != EX_OK)
			break;
		got = json_array_size(page);
		left = got < (size_t)most ? 0 : left - most;
		behind =
		    got ? p->behind(json_array_get(page, got - 1), json_array_size(rows) + got) : 0;
		json_array_foreach(page, i, row)
		{
			if (!c->json)
				leave_shown(row, columns, n);
		}
		json_array_extend(rows, page);
	}
	if (status == EX_OK)
		*ret_rows = json_incref(rows);
	return status;
}

int ctl_paged(struct ctl *c, const struct ctl_paging *p, const struct ctl_column *columns, size_t n)
{
	json_t *rows;
	int status = ctl_pages(c, p, columns, n, &rows);

	return status == EX_OK ? ctl_rows(c, rows, columns, n) : status;
}
