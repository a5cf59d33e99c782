/*
 * The spans of time in which a clock runs or is paused, read from the case's changes of state.
 *
 * Inside of the sla_* files only.  Spans come in order without a gap, none is empty; the last one
 * ends at INT64_MAX.
 */
#ifndef GATEWAYD_CASE_SLA_SPAN_H
#define GATEWAYD_CASE_SLA_SPAN_H

#include "gatewayd/case/sla.h"

struct sla_span {
	int64_t from, to;
	enum sla_state state; /* SLA_OPEN: the clock runs */
};

struct sla_spans {
	const struct sla_input *in;
	size_t i, end;
	int64_t at;
	enum sla_state state;
	bool done;
};

void sla_spans_init(struct sla_spans *w, const struct sla_input *in, const struct sla_clock *clock);
bool sla_spans_next(struct sla_spans *w, struct sla_span *ret_span);

#endif
