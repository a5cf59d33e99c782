#include "gatewayd/setup.h"

enum { SECRET_MAX = 4096 };

static int read_secrets(const struct conf *conf, struct buf *key, struct buf *old, struct err *e)
{
	buf_init(key, SECRET_MAX);
	buf_init(old, SECRET_MAX);
	if (conf_secret_read(conf->token_key_file, key, e) < 0)
		return -1;
	if (conf->token_key_file_old && conf_secret_read(conf->token_key_file_old, old, e) < 0)
		return -1;
	return 0;
}

static void wipe(struct buf *b)
{
	if (b->p)
		crypto_wipe(b->p, b->n);
	buf_release(b);
}

int setup_core_put(struct wire_out *o, const struct conf *conf, struct err *e)
{
	struct buf key, old;
	int result = read_secrets(conf, &key, &old, e);

	if (result == 0) {
		wire_put_span(o, buf_span(&key));
		wire_put_span(o, buf_span(&old));
	}
	wipe(&key);
	wipe(&old);
	return result;
}

int setup_core_get(struct wire_in *in, struct token_keys *ret_keys, struct err *e)
{
	struct span key = wire_get_span(in), old = wire_get_span(in);

	if (wire_done(in, e) < 0)
		return -1;
	return token_keys_set(ret_keys, key, old, e);
}

int setup_keys_read(const struct conf *conf, struct token_keys *ret_keys, struct err *e)
{
	struct buf key, old;
	int result = read_secrets(conf, &key, &old, e);

	if (result == 0)
		result = token_keys_set(ret_keys, buf_span(&key), buf_span(&old), e);
	wipe(&key);
	wipe(&old);
	return result;
}

void setup_parse_put(struct wire_out *o, const struct conf *conf)
{
	const struct conf_limits *l = &conf->limits;

	wire_put_i64(o, l->parse_memory_bytes);
	wire_put_u32(o, (uint32_t)l->parse_mails_per_child);
	wire_put_u32(o, (uint32_t)(l->parse_seconds * l->parse_mails_per_child));
}

int setup_parse_get(struct wire_in *in, struct setup_parse *ret_setup, struct err *e)
{
	ret_setup->memory_bytes = (uint64_t)wire_get_i64(in);
	ret_setup->mails = wire_get_u32(in);
	ret_setup->cpu_s = wire_get_u32(in);
	return wire_done(in, e);
}
