#include "gatewayd/wire/grant_talk.h"

int grant_talk_access_put(struct wire *w, enum message type, const struct grant_talk_access *a,
			  struct err *e)
{
	struct wire_out o;

	wire_begin(&o, (uint16_t)type);
	wire_put_span(&o, a->name);
	wire_put_i64(&o, a->serial);
	wire_put_span(&o, a->token);
	return wire_send(w, &o, e);
}

int grant_talk_access_get(struct wire_in *in, struct grant_talk_access *ret_access,
			  struct buf *ret_token, struct err *e)
{
	struct grant_talk_access a;

	a.name = wire_get_span(in);
	a.serial = wire_get_i64(in);
	a.token = wire_get_span(in);
	if (!a.token.n || a.token.n > GRANT_ACCESS_MAX || !a.name.n)
		in->bad = true;
	if (!in->bad) {
		buf_add(ret_token, a.name);
		buf_add(ret_token, a.token);
	}
	if (wire_done(in, e) < 0)
		return -1;
	a.name = span_sub(buf_span(ret_token), 0, a.name.n);
	a.token = span_sub(buf_span(ret_token), a.name.n, SIZE_MAX);
	*ret_access = a;
	return 0;
}

int grant_talk_refused_put(struct wire *w, enum message type, const struct grant_talk_refused *r,
			   struct err *e)
{
	struct wire_out o;

	wire_begin(&o, (uint16_t)type);
	wire_put_span(&o, r->name);
	wire_put_i64(&o, r->serial);
	return wire_send(w, &o, e);
}

int grant_talk_refused_get(struct wire_in *in, struct grant_talk_refused *ret_refused,
			   struct err *e)
{
	struct grant_talk_refused r;

	r.name = wire_get_span(in);
	r.serial = wire_get_i64(in);
	if (wire_done(in, e) < 0)
		return -1;
	*ret_refused = r;
	return 0;
}

int grant_talk_login_put(struct wire *w, const struct grant_talk_login *l, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_LOGIN);
	wire_put_span(&o, l->name);
	wire_put_u32(&o, l->number);
	return wire_send(w, &o, e);
}

int grant_talk_login_get(struct wire_in *in, struct grant_talk_login *ret_login, struct err *e)
{
	struct grant_talk_login l;

	l.name = wire_get_span(in);
	l.number = wire_get_u32(in);
	if (wire_done(in, e) < 0)
		return -1;
	*ret_login = l;
	return 0;
}

int grant_talk_state_put(struct wire *w, const struct grant_talk_state *s, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_GRANT);
	wire_put_span(&o, s->name);
	wire_put_u8(&o, s->good);
	wire_put_span(&o, s->text);
	wire_put_i64(&o, s->access_until);
	wire_put_i64(&o, s->refresh_until);
	wire_put_u32(&o, s->failures);
	wire_put_span(&o, s->claims);
	wire_put_u8(&o, (uint8_t)s->login);
	wire_put_u32(&o, s->number);
	wire_put_span(&o, s->login_at);
	wire_put_span(&o, s->code);
	wire_put_span(&o, s->login_text);
	return wire_send(w, &o, e);
}

int grant_talk_state_get(struct wire_in *in, struct grant_talk_state *ret_state, struct err *e)
{
	struct grant_talk_state s;

	s.name = wire_get_span(in);
	s.good = wire_get_bool(in);
	s.text = wire_get_span(in);
	s.access_until = wire_get_i64(in);
	s.refresh_until = wire_get_i64(in);
	s.failures = wire_get_u32(in);
	s.claims = wire_get_span(in);
	s.login = (enum grant_login)wire_get_enum(in, GRANT_LOGIN_COUNT);
	s.number = wire_get_u32(in);
	s.login_at = wire_get_span(in);
	s.code = wire_get_span(in);
	s.login_text = wire_get_span(in);
	if (wire_done(in, e) < 0)
		return -1;
	*ret_state = s;
	return 0;
}
