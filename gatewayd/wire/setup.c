#include "gatewayd/wire/setup.h"

#include <unistd.h>

#include "conf/files.h"
#include "gatewayd/base/memfd.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/wire/messages.h"

enum { SECRET_MAX = 4096 };

static void wipe(struct buf *b)
{
	if (b->p)
		crypto_wipe(b->p, b->n);
	buf_release(b);
}

int setup_keys_open(const struct conf *conf, struct setup_keys *ret_keys, struct err *e)
{
	struct setup_keys keys;

	buf_init(&keys.key, SECRET_MAX);
	buf_init(&keys.old, SECRET_MAX);
	if (conf_secret_read(conf->token_key_file, &keys.key, e) < 0 ||
	    (conf->token_key_file_old &&
	     conf_secret_read(conf->token_key_file_old, &keys.old, e) < 0)) {
		setup_keys_release(&keys);
		return -1;
	}
	*ret_keys = keys;
	return 0;
}

void setup_keys_release(struct setup_keys *keys)
{
	wipe(&keys->key);
	wipe(&keys->old);
}

static bool is_same(const struct buf *a, const struct buf *b)
{
	return a->n == b->n &&
	       (a->n == 0 || crypto_equal((const uint8_t *)a->p, (const uint8_t *)b->p, a->n));
}

const char *setup_keys_changed(const struct setup_keys *keys, const struct conf *conf)
{
	struct setup_keys now;
	const char *changed = NULL;
	struct err e;

	if (setup_keys_open(conf, &now, &e) < 0)
		return "token_key_file";
	if (!is_same(&keys->key, &now.key))
		changed = "token_key_file";
	else if (!is_same(&keys->old, &now.old))
		changed = "token_key_file_old";
	setup_keys_release(&now);
	return changed;
}

static int send_with_files(struct wire *w, struct wire_out *o, const struct conf *conf,
			   struct err *e)
{
	struct buf files BUF_AUTO;
	int fd, result;

	buf_init(&files, FILES_BYTES_MAX);
	conf_files_put(conf, &files);
	if (memfd_of(buf_span(&files), &fd, e) < 0) {
		wire_drop(o);
		return -1;
	}
	wire_put_fd(o, fd);
	result = wire_send(w, o, e);
	close(fd);
	return result;
}

int setup_core_put(struct wire *w, const struct conf *conf, const struct setup_keys *keys,
		   struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_CORE_SETUP);
	wire_put_span(&o, buf_span(&keys->key));
	wire_put_span(&o, buf_span(&keys->old));
	return send_with_files(w, &o, conf, e);
}

int setup_reload_put(struct wire *w, const struct conf *conf, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_RELOAD);
	return send_with_files(w, &o, conf, e);
}

/* The files come from the parent, which found them good; a problem here is a bug of ours. */
static struct conf *load_from(int fd, const char *path, struct err *e)
{
	struct conf_problems problems;
	struct conf *conf = NULL;
	struct span files;

	if (memfd_map(fd, FILES_BYTES_MAX, &files, e) < 0)
		return NULL;
	conf_problems_init(&problems);
	conf = conf_load_files(files, path, CONF_POLICY_ONLY, &problems);
	if (!conf)
		err_set(e, ERR_PERM, SPAN_FMT,
			SPAN_ARG(utf8_prefix(buf_span(&problems.text), 400)));
	conf_problems_release(&problems);
	memfd_unmap(files);
	return conf;
}

int setup_core_get(struct wire_in *in, const char *path, struct token_keys *ret_keys,
		   struct conf **ret_conf, struct err *e)
{
	struct span key = wire_get_span(in), old = wire_get_span(in);
	int fd = wire_take_fd(in, 0);
	int result = token_keys_set(ret_keys, key, old, e);

	if (wire_done(in, e) < 0)
		result = -1;
	if (result == 0 && !(*ret_conf = load_from(fd, path, e)))
		result = -1;
	close(fd);
	return result;
}

int setup_reload_get(struct wire_in *in, const char *path, struct conf **ret_conf, struct err *e)
{
	int fd = wire_take_fd(in, 0), result = wire_done(in, e);

	if (result == 0 && !(*ret_conf = load_from(fd, path, e)))
		result = -1;
	close(fd);
	return result;
}

int setup_keys_read(const struct conf *conf, struct token_keys *ret_keys, struct err *e)
{
	struct setup_keys keys;
	int result;

	if (setup_keys_open(conf, &keys, e) < 0)
		return -1;
	result = token_keys_set(ret_keys, buf_span(&keys.key), buf_span(&keys.old), e);
	setup_keys_release(&keys);
	return result;
}
