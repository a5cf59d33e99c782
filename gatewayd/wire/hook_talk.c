#include "gatewayd/wire/hook_talk.h"

#include <unistd.h>

#include "gatewayd/base/utf8.h"

int hook_post_put(struct wire *w, const struct hook_post *p, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_POST);
	wire_put_i64(&o, p->row);
	wire_put_span(&o, p->hook);
	wire_put_span(&o, p->id);
	wire_put_fd(&o, p->fd);
	return wire_send(w, &o, e);
}

int hook_post_get(struct wire_in *in, struct hook_post *ret_post, struct err *e)
{
	ret_post->row = wire_get_i64(in);
	ret_post->hook = wire_get_span(in);
	ret_post->id = wire_get_span(in);
	ret_post->fd = wire_take_fd(in, 0);
	if (wire_done(in, e) == 0)
		return 0;
	close(ret_post->fd);
	return -1;
}

int hook_posted_put(struct wire *w, const struct hook_posted *p, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_POSTED);
	wire_put_i64(&o, p->sent.row);
	wire_put_u8(&o, (uint8_t)p->sent.outcome);
	wire_put_u32(&o, (uint32_t)p->sent.code);
	wire_put_span(&o, utf8_prefix(p->sent.text, KIB));
	wire_put_u8(&o, p->sent.server);
	wire_put_i64(&o, p->wait_s);
	return wire_send(w, &o, e);
}

int hook_posted_get(struct wire_in *in, struct hook_posted *ret_posted, struct err *e)
{
	struct talk_sent *s = &ret_posted->sent;

	s->row = wire_get_i64(in);
	s->outcome = wire_get_enum(in, TALK_OUTCOME_COUNT);
	s->code = (int)wire_get_u32(in);
	s->text = wire_get_span(in);
	s->server = wire_get_bool(in);
	ret_posted->wait_s = wire_get_i64(in);
	if (ret_posted->wait_s < 0)
		in->bad = true;
	return wire_done(in, e);
}
