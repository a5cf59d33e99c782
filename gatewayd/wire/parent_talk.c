#include "gatewayd/wire/parent_talk.h"

#include <unistd.h>

#include "gatewayd/base/utf8.h"

int parent_talk_peer_put(struct wire *w, const struct parent_talk_peer *p, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_PEER);
	wire_put_u8(&o, (uint8_t)p->role);
	wire_put_u32(&o, p->instance);
	wire_put_u32(&o, (uint32_t)p->pid);
	wire_put_span(&o, p->server);
	wire_put_fd(&o, p->fd);
	return wire_send(w, &o, e);
}

int parent_talk_peer_get(struct wire_in *in, struct parent_talk_peer *ret_peer, struct err *e)
{
	struct parent_talk_peer p;

	p.role = (enum role_id)wire_get_enum(in, ROLE_COUNT);
	p.instance = wire_get_u32(in);
	p.pid = (pid_t)wire_get_u32(in);
	p.server = wire_get_span(in);
	p.fd = wire_take_fd(in, 0);
	if (wire_done(in, e) < 0) {
		close(p.fd);
		return -1;
	}
	*ret_peer = p;
	return 0;
}

int parent_talk_replace_put(struct wire *w, const struct parent_talk_replace *r, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_REPLACE);
	wire_put_u8(&o, (uint8_t)r->role);
	wire_put_u32(&o, r->instance);
	wire_put_u32(&o, (uint32_t)r->pid);
	return wire_send(w, &o, e);
}

int parent_talk_replace_get(struct wire_in *in, struct parent_talk_replace *ret_replace,
			    struct err *e)
{
	struct parent_talk_replace r;

	r.role = (enum role_id)wire_get_enum(in, ROLE_COUNT);
	r.instance = wire_get_u32(in);
	r.pid = (pid_t)wire_get_u32(in);
	if (wire_done(in, e) < 0)
		return -1;
	*ret_replace = r;
	return 0;
}

int parent_talk_ended_put(struct wire *w, const struct parent_talk_ended *d, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_ENDED);
	wire_put_u8(&o, (uint8_t)d->role);
	wire_put_u32(&o, d->instance);
	wire_put_u32(&o, (uint32_t)d->pid);
	wire_put_u8(&o, (uint8_t)d->signal);
	wire_put_u8(&o, (uint8_t)d->status);
	wire_put_i64(&o, d->cpu_ms);
	wire_put_i64(&o, d->rss_bytes);
	wire_put_i64(&o, d->ago_s);
	return wire_send(w, &o, e);
}

int parent_talk_ended_get(struct wire_in *in, struct parent_talk_ended *ret_ended, struct err *e)
{
	struct parent_talk_ended d;

	d.role = (enum role_id)wire_get_enum(in, ROLE_COUNT);
	d.instance = wire_get_u32(in);
	d.pid = (pid_t)wire_get_u32(in);
	d.signal = wire_get_u8(in);
	d.status = wire_get_u8(in);
	d.cpu_ms = wire_get_i64(in);
	d.rss_bytes = wire_get_i64(in);
	d.ago_s = wire_get_i64(in);
	if (wire_done(in, e) < 0)
		return -1;
	*ret_ended = d;
	return 0;
}

int parent_talk_reloaded_put(struct wire *w, const struct parent_talk_reloaded *r, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_RELOADED);
	wire_put_u8(&o, r->taken);
	wire_put_span(&o, utf8_prefix(r->reason, KIB));
	return wire_send(w, &o, e);
}

int parent_talk_reloaded_get(struct wire_in *in, struct parent_talk_reloaded *ret_reloaded,
			     struct err *e)
{
	struct parent_talk_reloaded r;

	r.taken = wire_get_bool(in);
	r.reason = wire_get_span(in);
	if (wire_done(in, e) < 0)
		return -1;
	*ret_reloaded = r;
	return 0;
}

int parent_talk_word_put(struct wire *w, enum message word, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, (uint16_t)word);
	return wire_send(w, &o, e);
}
