#include "conf/notices.h"

const struct notice_cell notice_cells[] = {
#define X(event, audience, template, when, mode) \
	{ NOTICE_##event, NOTICE_TO_##audience, template, NOTICE_WHEN_##when, NOTICE_##mode },
	NOTICES(X)
#undef X
};
const size_t notice_cell_count = sizeof(notice_cells) / sizeof(*notice_cells);

const char *notice_event_name(enum notice_event event)
{
	static const char *const names[] = {
#define X(id, name) name,
		NOTICE_EVENTS(X)
#undef X
	};

	return names[event];
}

enum readers { CUSTOMERS, STAFF };

static const struct {
	const char *name;
	enum readers readers;
} audiences[] = {
#define X(id, name, readers) { name, readers },
	NOTICE_AUDIENCES(X)
#undef X
};

const char *notice_audience_name(enum notice_audience audience)
{
	return audiences[audience].name;
}

bool notice_for_staff(enum notice_audience audience)
{
	return audiences[audience].readers == STAFF;
}

const char *notice_when_text(enum notice_when when)
{
	static const char *const texts[] = {
#define X(id, text) text,
		NOTICE_WHENS(X)
#undef X
	};

	return texts[when];
}

/* "opened.requester" names the cells of that event and audience. */
static bool is_named(const struct notice_cell *cell, struct span name)
{
	struct span event = span_cut(&name, '.');

	return span_is(event, notice_event_name(cell->event)) &&
	       span_is(name, notice_audience_name(cell->audience));
}

bool notice_is_on(const struct notice_cell *cell, const struct conf_queue *queue)
{
	bool on = cell->mode != NOTICE_OFF;

	for (size_t i = 0; cell->mode != NOTICE_FIXED && i < queue->notices.n; i++) {
		struct span rest = span_of(queue->notices.v[i]), name = span_cut(&rest, ' ');

		if (is_named(cell, name))
			on = span_is(rest, "on");
	}
	return on;
}

const char *notice_check(const char *entry)
{
	struct span rest = span_of(entry), name = span_cut(&rest, ' ');
	bool known = false;

	if (!span_is(rest, "on") && !span_is(rest, "off"))
		return "is not \"EVENT.AUDIENCE on\" or \"... off\"";
	for (size_t i = 0; i < notice_cell_count; i++) {
		if (!is_named(&notice_cells[i], name))
			continue;
		known = true;
		if (notice_cells[i].mode == NOTICE_FIXED)
			return "cannot be turned off";
	}
	return known ? NULL : "names no notice; gatewayctl template list has them all";
}
