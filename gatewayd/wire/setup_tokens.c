#include "gatewayd/wire/setup_tokens.h"

#include <errno.h>
#include <unistd.h>

#include "gatewayd/base/file.h"
#include "gatewayd/wire/setup_net.h"

enum { SECRET_MAX = 64 * KIB };

static void wipe(struct buf *b)
{
	if (b->p)
		crypto_wipe(b->p, b->cap);
	buf_release(b);
}

/* Refresh tokens are none of core's: the key of reply tokens opens them, this one nothing else. */
static void put_key(struct wire_out *o, const struct buf *secret)
{
	uint8_t key[SEAL_KEY_SIZE];

	seal_key(buf_span(secret), "refresh tokens", key);
	wire_put_span(o, (struct span){ (const char *)key, sizeof(key) });
	crypto_wipe(key, sizeof(key));
}

/* All of a file: keys and certificates have several lines; the latter are no secret. */
static int put_file(struct wire_out *o, const char *file, bool secret, struct err *e)
{
	struct buf text;
	int r = 0;

	buf_init(&text, SECRET_MAX);
	if (file && secret)
		r = conf_secret_read_all(file, &text, e);
	else if (file && file_read(file, &text) < 0)
		r = err_set(e, ERR_PERM, "%s cannot be read: %s", file, strerror(errno));
	if (r == 0)
		setup_text_put(o, file ? buf_cstr(&text) : NULL);
	wipe(&text);
	return r;
}

static void put_conf(struct wire_out *o, const struct conf_oauth *c)
{
	setup_text_put(o, c->name);
	wire_put_u8(o, (uint8_t)c->flow);
	setup_text_put(o, c->client_id);
	setup_text_put(o, c->subject);
	setup_text_put(o, c->scope);
	setup_text_put(o, c->token_endpoint);
	setup_text_put(o, c->device_endpoint);
	setup_text_put(o, c->ca_file);
	wire_put_i64(o, c->refresh_days);
	wire_put_u32(o, (uint32_t)c->timeout_s);
}

static int put_grant(struct wire_out *o, const struct conf_oauth *c, struct err *e)
{
	put_conf(o, c);
	if (setup_secret_put(o, c->client_secret_file, e) < 0 ||
	    put_file(o, c->certificate_file, false, e) < 0 ||
	    put_file(o, c->key_file, true, e) < 0 ||
	    setup_secret_put(o, c->refresh_token_file, e) < 0)
		return err_prefix(e, "oauth %s: ", c->name);
	return 0;
}

static int put_all(struct wire_out *o, const struct conf *conf, const struct setup_keys *keys,
		   struct err *e)
{
	wire_put_u8(o, keys->old.n ? 2 : 1);
	put_key(o, &keys->key);
	if (keys->old.n)
		put_key(o, &keys->old);
	wire_put_u32(o, (uint32_t)conf->oauth_count);
	for (size_t i = 0; i < conf->oauth_count; i++)
		if (put_grant(o, &conf->oauth[i], e) < 0)
			return -1;
	return 0;
}

int setup_tokens_put(struct wire *w, const struct conf *conf, const struct setup_keys *keys,
		     int folder, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_TOKENS_SETUP);
	if (put_all(&o, conf, keys, e) < 0) {
		wire_drop(&o);
		return -1;
	}
	wire_put_fd(&o, folder);
	return wire_send(w, &o, e);
}

static void get_key(struct wire_in *in, uint8_t key[SEAL_KEY_SIZE])
{
	struct span text = wire_get_span(in);

	if (text.n != SEAL_KEY_SIZE) {
		in->bad = true;
		return;
	}
	memcpy(key, text.p, text.n);
	crypto_lock(key, SEAL_KEY_SIZE);
}

static const char *get_secret(struct wire_in *in, struct arena *a)
{
	const char *text = setup_text_get(in, a);

	if (text)
		crypto_lock(text, strlen(text));
	return text;
}

static void get_grant(struct wire_in *in, struct arena *a, struct setup_grant *g)
{
	g->conf.name = setup_text_get(in, a);
	g->conf.flow = (enum conf_flow)wire_get_enum(in, CONF_FLOW_SERVICE + 1);
	g->conf.client_id = setup_text_get(in, a);
	g->conf.subject = setup_text_get(in, a);
	g->conf.scope = setup_text_get(in, a);
	g->conf.token_endpoint = setup_text_get(in, a);
	g->conf.device_endpoint = setup_text_get(in, a);
	g->conf.ca_file = setup_text_get(in, a);
	g->conf.refresh_days = wire_get_i64(in);
	g->conf.timeout_s = (int)wire_get_u32(in);
	g->client_secret = get_secret(in, a);
	g->certificate = setup_text_get(in, a);
	g->key = get_secret(in, a);
	g->refresh_token = get_secret(in, a);
	if (!g->conf.name || !g->conf.token_endpoint || g->conf.timeout_s < 1)
		in->bad = true;
}

int setup_tokens_get(struct wire_in *in, struct arena *a, struct setup_tokens *ret_setup,
		     struct err *e)
{
	struct setup_tokens s = { .key_count = wire_get_u8(in) };
	size_t n;

	if (s.key_count < 1 || s.key_count > SETUP_SEAL_KEYS_MAX)
		in->bad = true;
	for (size_t i = 0; i < s.key_count && !in->bad; i++)
		get_key(in, s.keys[i]);
	n = wire_get_u32(in);
	if (n > SETUP_GRANTS_MAX)
		in->bad = true;
	s.grants = arena_alloc_n(a, in->bad ? 0 : n, sizeof(*s.grants));
	for (; s.n < n && !in->bad; s.n++)
		get_grant(in, a, &s.grants[s.n]);
	s.folder = wire_take_fd(in, 0);
	if (wire_done(in, e) < 0) {
		close(s.folder);
		return -1;
	}
	*ret_setup = s;
	return 0;
}
