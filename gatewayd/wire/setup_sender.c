#include "gatewayd/wire/setup_sender.h"

#include <unistd.h>

#include "gatewayd/wire/setup_net.h"

size_t setup_sender_count(const struct conf *conf)
{
	return conf->operators_smtp.server.host ? 2 : 1;
}

const struct conf_smtp *setup_sender_smtp(const struct conf *conf, uint32_t instance)
{
	return instance ? &conf->operators_smtp : &conf->smtp;
}

int setup_sender_put(struct wire *w, const struct conf *conf, uint32_t instance, int taken,
		     struct err *e)
{
	const struct conf_smtp *smtp = setup_sender_smtp(conf, instance);
	struct wire_out o;

	wire_begin(&o, MSG_SENDER_SETUP);
	wire_put_u32(&o, (uint32_t)smtp->concurrency);
	wire_put_u32(&o, (uint32_t)smtp->final_timeout_s);
	setup_text_put(&o, conf->hostname);
	if (setup_server_put(&o, &smtp->server, e) < 0) {
		wire_drop(&o);
		return err_prefix(e, instance ? "operators_smtp: " : "smtp: ");
	}
	wire_put_fd(&o, taken);
	return wire_send(w, &o, e);
}

int setup_sender_get(struct wire_in *in, struct arena *a, struct setup_sender *ret_setup,
		     struct err *e)
{
	struct setup_sender s;

	s.lanes = wire_get_u32(in);
	s.final_timeout_s = (int)wire_get_u32(in);
	s.helo = setup_text_get(in, a);
	setup_server_get(in, a, &s.server, &s.secret);
	if (s.lanes < 1 || s.final_timeout_s < 1 || !s.helo)
		in->bad = true;
	s.taken = wire_take_fd(in, 0);
	if (wire_done(in, e) < 0) {
		close(s.taken);
		return -1;
	}
	*ret_setup = s;
	return 0;
}
