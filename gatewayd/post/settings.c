#include "gatewayd/post/settings.h"

#include <string.h>

#include "gatewayd/base/units.h"
#include "gatewayd/post/compose.h"
#include "store/store_open.h"

enum { FINDINGS_MAX = 64 * KIB };

static size_t lines_of(const struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->p[i] == '\n';
	return n;
}

static void check_store(const struct conf *conf, const char *path, struct buf *ret_findings)
{
	struct err e;

	if (store_needs(conf->store, &e) < 0)
		buf_addf(ret_findings, "%s: store: %s\n", path, e.text);
}

struct conf *settings_load(const char *path, enum conf_scope scope,
			   struct conf_problems *ret_problems)
{
	struct conf *conf = conf_load(path, scope, ret_problems);
	struct buf findings BUF_AUTO, doubts BUF_AUTO;

	buf_init(&findings, FINDINGS_MAX);
	buf_init(&doubts, FINDINGS_MAX);
	if (conf)
		compose_check(conf, &findings, &doubts);
	if (conf && scope == CONF_FULL)
		check_store(conf, path, &findings);
	buf_add(&ret_problems->text, buf_span(&doubts));
	ret_problems->warnings += lines_of(&doubts);
	if (!findings.n)
		return conf;
	buf_add(&ret_problems->text, buf_span(&findings));
	ret_problems->count += lines_of(&findings);
	conf_free(&conf);
	return NULL;
}

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

const char *settings_fixed(const struct conf *now, const struct conf *fresh)
{
	const struct {
		const char *key, *now, *fresh;
	} fixed[] = {
		{ "store", now->store, fresh->store },
		{ "socket", now->socket, fresh->socket },
		{ "control_group", now->control_group, fresh->control_group },
		{ "data_group", now->data_group, fresh->data_group },
		{ "user", now->user, fresh->user },
		{ "token_key_file", now->token_key_file, fresh->token_key_file },
		{ "token_key_file_old", now->token_key_file_old, fresh->token_key_file_old },
	};

	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		if (!same(fixed[i].now, fixed[i].fresh))
			return fixed[i].key;
	return NULL;
}
