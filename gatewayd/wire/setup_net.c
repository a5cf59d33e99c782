#include "gatewayd/wire/setup_net.h"

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/units.h"

enum { SECRET_MAX = 64 * KIB }; /* access tokens can be long */

void setup_text_put(struct wire_out *o, const char *text)
{
	wire_put_u8(o, text != NULL);
	wire_put_span(o, span_of(text));
}

const char *setup_text_get(struct wire_in *in, struct arena *a)
{
	bool there = wire_get_u8(in) == 1;
	struct span text = wire_get_span(in);

	return there ? arena_cstr(a, text) : NULL;
}

int setup_secret_put(struct wire_out *o, const char *file, struct err *e)
{
	struct buf secret;
	int r;

	if (!file) {
		setup_text_put(o, NULL);
		return 0;
	}
	buf_init(&secret, SECRET_MAX);
	r = conf_secret_read(file, &secret, e);
	if (r == 0)
		setup_text_put(o, buf_cstr(&secret));
	if (secret.p)
		crypto_wipe(secret.p, secret.cap);
	buf_release(&secret);
	return r;
}

int setup_server_put(struct wire_out *o, const struct conf_server *server, struct err *e)
{
	setup_text_put(o, server->host);
	wire_put_u32(o, (uint32_t)server->port);
	wire_put_u8(o, (uint8_t)server->tls);
	wire_put_u8(o, (uint8_t)server->auth);
	setup_text_put(o, server->user);
	setup_text_put(o, server->oauth);
	setup_text_put(o, server->ca_file);
	wire_put_u32(o, (uint32_t)server->connect_timeout_s);
	wire_put_u32(o, (uint32_t)server->command_timeout_s);
	return setup_secret_put(o, server->secret_file, e);
}

void setup_server_get(struct wire_in *in, struct arena *a, struct conf_server *ret_server,
		      const char **ret_secret)
{
	struct conf_server *s = ret_server;

	*s = (struct conf_server){ .host = setup_text_get(in, a) };
	s->port = (int)wire_get_u32(in);
	s->tls = (enum conf_tls)wire_get_u8(in);
	s->auth = (enum conf_auth)wire_get_u8(in);
	s->user = setup_text_get(in, a);
	s->oauth = setup_text_get(in, a);
	s->ca_file = setup_text_get(in, a);
	s->connect_timeout_s = (int)wire_get_u32(in);
	s->command_timeout_s = (int)wire_get_u32(in);
	*ret_secret = setup_text_get(in, a);
	if (*ret_secret)
		crypto_lock(*ret_secret, strlen(*ret_secret));
	if (!s->host || s->tls > CONF_TLS_NONE || s->auth > CONF_AUTH_NONE)
		in->bad = true;
}
