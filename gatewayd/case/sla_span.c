#include "gatewayd/case/sla_span.h"

void sla_spans_init(struct sla_spans *w, const struct sla_input *in, const struct sla_clock *c)
{
	*w = (struct sla_spans){
		.in = in,
		.i = c->first_event,
		.end = c->kind == SLA_INITIAL ? 0 : c->end_event,
		.at = c->started_at,
		.state = SLA_OPEN,
	};
	for (size_t i = 0; i < c->first_event; i++)
		if (in->events[i].type == SLA_STATE)
			w->state = in->events[i].state;
}

bool sla_spans_next(struct sla_spans *w, struct sla_span *ret_span)
{
	if (w->done)
		return false;
	ret_span->from = w->at;
	ret_span->state = w->state;
	while (w->i < w->end) {
		const struct sla_event *v = &w->in->events[w->i++];

		if (v->type != SLA_STATE || v->state == w->state)
			continue;
		w->state = v->state;
		if (v->at > w->at) {
			w->at = v->at;
			ret_span->to = w->at;
			return true;
		}
		ret_span->state = w->state;
	}
	w->done = true;
	ret_span->to = INT64_MAX;
	return true;
}
