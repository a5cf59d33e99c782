#include "gatewayd/wire/setup_hooks.h"

#include "gatewayd/base/crypto.h"
#include "gatewayd/wire/setup_net.h"

static int put_key(struct wire_out *o, const char *file, struct err *e)
{
	struct buf key;
	int r;

	buf_init(&key, KIB);
	r = conf_hook_key_read(file, &key, e);
	if (r == 0)
		wire_put_span(o, buf_span(&key));
	if (key.p)
		crypto_wipe(key.p, key.cap);
	buf_release(&key);
	return r;
}

static int put_keys(struct wire_out *o, const struct conf_hook *h, struct err *e)
{
	wire_put_u8(o, h->secret_file_old ? 2 : 1);
	if (put_key(o, h->secret_file, e) < 0)
		return -1;
	return h->secret_file_old ? put_key(o, h->secret_file_old, e) : 0;
}

static int put_hook(struct wire_out *o, const struct conf_hook *h, struct err *e)
{
	setup_text_put(o, h->name);
	setup_text_put(o, h->url);
	setup_text_put(o, h->ca_file);
	wire_put_u8(o, h->plain);
	wire_put_u32(o, (uint32_t)h->timeout_s);
	wire_put_u32(o, (uint32_t)h->private_nets.n);
	for (size_t i = 0; i < h->private_nets.n; i++)
		wire_put_span(o, span_of(h->private_nets.v[i]));
	return put_keys(o, h, e) < 0 ? err_prefix(e, "hooks %s: ", h->name) : 0;
}

int setup_hooks_put(struct wire *w, const struct conf *conf, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_HOOKS_SETUP);
	wire_put_u32(&o, (uint32_t)conf->hook_count);
	for (size_t i = 0; i < conf->hook_count; i++)
		if (put_hook(&o, &conf->hooks[i], e) < 0) {
			wire_drop(&o);
			return -1;
		}
	return wire_send(w, &o, e);
}

static void get_networks(struct wire_in *in, struct arena *a, struct setup_hook *h)
{
	size_t n = wire_get_u32(in);

	if (n > SETUP_NETWORKS_MAX)
		in->bad = true;
	h->networks = arena_alloc_n(a, in->bad ? 0 : n, sizeof(*h->networks));
	for (; h->network_count < n && !in->bad; h->network_count++)
		if (!network_parse(wire_get_span(in), &h->networks[h->network_count]))
			in->bad = true;
}

static void get_keys(struct wire_in *in, struct arena *a, struct setup_hook *h)
{
	size_t n = wire_get_u8(in);

	if (n < 1 || n > SETUP_HOOK_KEYS_MAX)
		in->bad = true;
	for (; h->key_count < n && !in->bad; h->key_count++) {
		struct span key = arena_dup(a, wire_get_span(in));

		if (key.n < CONF_HOOK_KEY_MIN || key.n > CONF_HOOK_KEY_MAX)
			in->bad = true;
		else
			crypto_lock(key.p, key.n);
		h->keys[h->key_count] = key;
	}
}

static void get_hook(struct wire_in *in, struct arena *a, struct setup_hook *h)
{
	*h = (struct setup_hook){ .name = setup_text_get(in, a) };
	h->url = setup_text_get(in, a);
	h->ca_file = setup_text_get(in, a);
	h->plain = wire_get_bool(in);
	h->timeout_s = (int)wire_get_u32(in);
	get_networks(in, a, h);
	get_keys(in, a, h);
	if (!h->name || !h->url || h->timeout_s < 1)
		in->bad = true;
}

int setup_hooks_get(struct wire_in *in, struct arena *a, struct setup_hooks *ret_setup,
		    struct err *e)
{
	struct setup_hooks s = { 0 };
	size_t n = wire_get_u32(in);

	if (n > SETUP_HOOKS_MAX)
		in->bad = true;
	s.v = arena_alloc_n(a, in->bad ? 0 : n, sizeof(*s.v));
	for (; s.n < n && !in->bad; s.n++)
		get_hook(in, a, &s.v[s.n]);
	if (wire_done(in, e) < 0)
		return -1;
	*ret_setup = s;
	return 0;
}
