#include "gatewayd/wire/parse_talk.h"

#include <unistd.h>

int parse_talk_setup_put(struct wire *w, const struct conf_limits *limits, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_PARSE_SETUP);
	wire_put_i64(&o, limits->parse_memory_bytes);
	wire_put_u32(&o, (uint32_t)limits->parse_mails_per_child);
	wire_put_u32(&o, (uint32_t)(limits->parse_seconds * limits->parse_mails_per_child));
	return wire_send(w, &o, e);
}

int parse_talk_setup_get(struct wire_in *in, struct parse_talk_setup *ret_setup, struct err *e)
{
	struct parse_talk_setup s;

	s.memory_bytes = (uint64_t)wire_get_i64(in);
	s.mails = wire_get_u32(in);
	s.cpu_s = wire_get_u32(in);
	if (wire_done(in, e) < 0)
		return -1;
	*ret_setup = s;
	return 0;
}

int parse_talk_order_put(struct wire *w, const struct parse_talk_order *o, struct err *e)
{
	struct wire_out out;

	wire_begin(&out, o->raw_fd < 0	 ? MSG_PARSE_HERE
			 : o->out_fd < 0 ? MSG_PARSE_THERE
					 : MSG_PARSE);
	wire_put_i64(&out, o->mail);
	wire_put_i64(&out, o->size);
	if (o->raw_fd < 0)
		wire_put_span(&out, o->here);
	else
		wire_put_fd(&out, o->raw_fd);
	if (o->out_fd >= 0)
		wire_put_fd(&out, o->out_fd);
	return wire_send(w, &out, e);
}

void parse_talk_order_close(const struct parse_talk_order *o)
{
	if (o->raw_fd >= 0)
		close(o->raw_fd);
	if (o->out_fd >= 0)
		close(o->out_fd);
}

int parse_talk_order_get(struct wire_in *in, struct parse_talk_order *ret_order, struct err *e)
{
	struct parse_talk_order o = { 0 };

	o.mail = wire_get_i64(in);
	o.size = wire_get_i64(in);
	if (in->type == MSG_PARSE_HERE)
		o.here = wire_get_span(in);
	if (o.size < 0 || (in->type == MSG_PARSE_HERE && o.here.n != (uint64_t)o.size))
		in->bad = true;
	o.raw_fd = wire_take_fd(in, 0);
	o.out_fd = wire_take_fd(in, 1);
	if (wire_done(in, e) < 0) {
		parse_talk_order_close(&o);
		return -1;
	}
	*ret_order = o;
	return 0;
}

int parse_talk_answer_put(struct wire *w, const struct parse_talk_answer *a, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, a->is_here ? MSG_PARSED_HERE : MSG_PARSED);
	wire_put_i64(&o, a->mail);
	wire_put_i64(&o, a->body);
	wire_put_i64(&o, a->facts);
	if (a->is_here) {
		wire_put_u8(&o, a->too_large);
		wire_put_span(&o, a->here);
	}
	return wire_send(w, &o, e);
}

int parse_talk_answer_get(struct wire_in *in, struct parse_talk_answer *ret_answer, struct err *e)
{
	struct parse_talk_answer a = { .is_here = in->type == MSG_PARSED_HERE };

	a.mail = wire_get_i64(in);
	a.body = wire_get_i64(in);
	a.facts = wire_get_i64(in);
	if (a.is_here) {
		a.too_large = wire_get_bool(in);
		a.here = wire_get_span(in);
	}
	if (a.body < 0 || a.facts < 0)
		in->bad = true;
	if (wire_done(in, e) < 0)
		return -1;
	*ret_answer = a;
	return 0;
}
