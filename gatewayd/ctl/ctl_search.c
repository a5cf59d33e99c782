/*
 * case search
 *
 * Reading the notes of all cases takes long, so that gatewayctl asks for some numbers at a time and
 * the daemon does its work in between.
 */
#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/case/case_view.h"
#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_case.h"
#include "gatewayd/ctl/ctl_progress.h"
#include "gatewayd/ctl/ctl_runs.h"

enum { NUMBERS_A_REQUEST = 2000, WORDS_BYTES_MAX = 64 * KIB };

/* --- where the store is --- */

static int words_as_json(struct ctl *c, struct buf *out)
{
	json_t *words JSON_AUTO = json_array();

	for (int i = 0; i < c->n; i++)
		if (json_array_append_new(words, json_string(c->words[i])) < 0)
			return ctl_usage(c, "\"%s\" is not UTF-8", c->words[i]);
	json_write(words, true, out);
	return EX_OK;
}

/* The number below which the search begins: --before, or above all. */
static int take_before(struct ctl *c, int64_t *ret_before)
{
	struct store_case_filter newest = { .queue = SPAN(""),
					    .owner = SPAN(""),
					    .requester = SPAN(""),
					    .account = SPAN(""),
					    .limit = 1 };
	struct store_case *v;
	struct err e = { 0 };
	size_t n;
	int status = ctl_option_number(c, "--before", ret_before);

	if (status != EX_OK || *ret_before)
		return status;
	if (store_case_list(c->d->store, &newest, c->d->arena, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	*ret_before = n ? v[0].number + 1 : 1;
	return EX_OK;
}

static int say_page(struct ctl *c, const struct store_case *v, size_t n, int64_t from)
{
	json_t *rows = json_array();
	struct err e = { 0 };

	for (size_t i = 0; i < n; i++) {
		json_t *row = case_view(c->d, &v[i], &e);

		if (!row) {
			json_decref(rows);
			return ctl_fail(c, &e);
		}
		json_array_append_new(rows, row);
	}
	c->json = true;
	return ctl_done(
	    c, json_pack("{s:o, s:I}", "cases", rows, "before", (json_int_t)(from > 1 ? from : 0)));
}

/* {"cases": [...], "before": where the next page begins, 0: nowhere} */
int ctl_case_search(struct ctl *c)
{
	struct buf words BUF_AUTO;
	struct store_case *v;
	struct err e = { 0 };
	int64_t before, from;
	size_t n;
	int most, status = ctl_limit(c, &most);

	buf_init(&words, WORDS_BYTES_MAX);
	if (status == EX_OK)
		status = words_as_json(c, &words);
	if (status == EX_OK)
		status = take_before(c, &before);
	if (status != EX_OK)
		return status;
	from = before > NUMBERS_A_REQUEST ? before - NUMBERS_A_REQUEST : 1;
	if (store_case_search(c->d->store, span_trim(buf_span(&words)), from, before, most,
			      c->d->arena, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	return say_page(c, v, n, n == (size_t)most ? v[n - 1].number : from);
}

/* --- in gatewayctl --- */

static int search_page(struct ctl *c, int64_t before, int limit, json_t **ret_answer)
{
	const char **words = arena_alloc_n(c->d->arena, (size_t)c->n + 5, sizeof(*words));
	struct buf out BUF_AUTO;
	struct err e = { 0 };
	int n = 0, status;

	buf_init(&out, CTL_OUT_MAX);
	words[n++] = arena_printf(c->d->arena, "--limit=%d", limit);
	if (before)
		words[n++] = arena_printf(c->d->arena, "--before=%" PRIi64, before);
	words[n++] = "--";
	for (int i = 0; i < c->n; i++)
		words[n++] = c->words[i];
	status = ctl_ask_half(c, n, words, SPAN(""), &out);
	return status == EX_OK ? ctl_result(c, json_read(buf_span(&out), ret_answer, &e), &e)
			       : status;
}

static int search_all(struct ctl *c, int64_t before, int limit, json_t *rows)
{
	struct ctl_progress progress = ctl_progress_begin("case numbers");
	int64_t first = 0;
	int status;

	do {
		json_t *answer JSON_AUTO = NULL;

		status = search_page(c, before, limit - (int)json_array_size(rows), &answer);
		if (status != EX_OK)
			break;
		json_array_extend(rows, json_object_get(answer, "cases"));
		before = json_int(answer, "before", 0);
		first = first ? first : before + NUMBERS_A_REQUEST;
		ctl_progress_say(&progress, first - before, first);
	} while (before && json_array_size(rows) < (size_t)limit);
	ctl_progress_end(&progress);
	return status;
}

int ctl_case_search_local(struct ctl *c)
{
	json_t *rows = json_array();
	int64_t before;
	int limit, status = ctl_limit(c, &limit);

	if (status == EX_OK)
		status = ctl_option_number(c, "--before", &before);
	if (status == EX_OK)
		status = search_all(c, before, limit, rows);
	if (status == EX_OK)
		return CTL_ROWS_OF(c, rows, ctl_case_columns);
	json_decref(rows);
	return status;
}
