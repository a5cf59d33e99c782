#include "gatewayd/wire/setup_web.h"

#include "gatewayd/wire/setup_net.h"

int setup_web_put(struct wire *w, const struct conf *conf, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_WEB_SETUP);
	setup_text_put(&o, conf->web.listen);
	setup_text_put(&o, conf->company);
	setup_text_put(&o, conf->web.public_url);
	wire_put_i64(&o, conf->web.session_s);
	return wire_send(w, &o, e);
}

int setup_web_get(struct wire_in *in, struct arena *a, struct setup_web *ret_setup, struct err *e)
{
	struct setup_web s;

	s.listen = setup_text_get(in, a);
	s.company = setup_text_get(in, a);
	s.public_url = setup_text_get(in, a);
	s.session_s = wire_get_i64(in);
	if (!s.listen || !s.company || s.session_s < 1)
		in->bad = true;
	if (wire_done(in, e) < 0)
		return -1;
	*ret_setup = s;
	return 0;
}
