#include "gatewayd/core/board_rows.h"

#include "gatewayd/base/units.h"
#include "gatewayd/case/author.h"
#include "gatewayd/case/case_log.h"
#include "gatewayd/case/case_view.h"
#include "gatewayd/case/search.h"

enum { EVENT_TEXT_MAX = 4 * KIB };

/* "Ann Lee <ann@example.com>": a name cannot be read as an address. */
static void add_who(struct desk *d, json_t *row, struct span name, struct span address)
{
	json_object_set_new(row, "who", json_of_span(author_text(name, address, d->arena)));
}

json_t *board_case_row(void *desk, const void *it, struct err *e)
{
	const struct store_case *c = it;
	struct desk *d = desk;
	json_t *row = case_view_row(d, c, e);

	if (row)
		add_who(d, row, c->requester_name, c->requester_address);
	return row;
}

json_t *board_deadline_row(void *desk, const void *it, struct err *e)
{
	const struct store_deadline *v = it;
	struct desk *d = desk;
	struct store_case c;
	json_t *row;

	if (store_case_get(d->store, v->case_number, d->arena, &c, e) < 0)
		return NULL;
	row = case_view_deadline(d, v);
	json_object_set_new(row, "late", json_boolean(v->due_at <= d->now));
	json_object_set_new(row, "number", json_integer(c.number));
	json_object_set_new(row, "queue", json_of_span(c.queue));
	json_object_set_new(row, "severity", json_integer(c.severity));
	json_object_set_new(row, "owner", json_of_span_or_null(c.owner));
	json_object_set_new(row, "subject", json_of_span(c.subject));
	return row;
}

json_t *board_hit_row(void *desk, const void *it, struct err *e)
{
	const struct search_hit *hit = it;
	struct desk *d = desk;
	struct store_case c;

	return store_case_get(d->store, hit->number, d->arena, &c, e) < 0
		   ? NULL
		   : board_case_row(d, &c, e);
}

json_t *board_note_row(void *desk, const void *it, struct err *e)
{
	const struct store_note *n = it;
	json_t *row = case_view_note(desk, n, e);

	if (row)
		add_who(desk, row, n->author_name, n->author_address);
	return row;
}

json_t *board_event_row(void *desk, const void *it, struct err *e)
{
	struct buf text BUF_AUTO;

	(void)desk, (void)e;
	buf_init(&text, EVENT_TEXT_MAX);
	case_event_text(it, &text);
	return json_pack("{s:o, s:o, s:o}", "at",
			 json_of_instant(((const struct case_event *)it)->at), "what",
			 json_of_span(buf_span(&text)), "actor",
			 json_of_span(((const struct case_event *)it)->actor));
}

json_t *board_made_row(void *desk, const void *it, struct err *e)
{
	json_t *const *row = it;

	(void)desk, (void)e;
	return json_incref(*row);
}

/* --- times --- */

static bool is_instant(const char *name)
{
	struct span s = span_of(name);

	return span_is(s, "at") || (s.n > 3 && span_is(span_sub(s, s.n - 3, 3), "_at"));
}

static void local_time(const struct zone *zone, json_t *value)
{
	struct span text = { json_string_value(value), json_string_length(value) };
	char out[TIME_TEXT_MAX];
	struct civil c;
	int64_t at;

	if (!time_parse_rfc3339(text, &at))
		return;
	zone_to_local(zone, at, &c);
	json_string_set(value, civil_text(&c, out));
}

void board_local_times(const struct zone *zone, json_t *row)
{
	const char *name;
	json_t *value;

	json_object_foreach(row, name, value)
	{
		if (json_is_object(value))
			board_local_times(zone, value);
		else if (json_is_string(value) && is_instant(name))
			local_time(zone, value);
	}
}
