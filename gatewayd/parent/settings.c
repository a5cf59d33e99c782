#include "gatewayd/parent/settings.h"

#include "gatewayd/base/units.h"
#include "gatewayd/post/compose.h"

enum { FINDINGS_MAX = 64 * KIB };

struct conf *settings_load(const char *path, struct conf_problems *ret_problems)
{
	struct conf *conf = conf_load(path, CONF_FULL, ret_problems);
	struct buf findings BUF_AUTO;

	buf_init(&findings, FINDINGS_MAX);
	if (conf)
		compose_check(conf, &findings);
	if (!findings.n)
		return conf;
	buf_add(&ret_problems->text, buf_span(&findings));
	for (size_t i = 0; i < findings.n; i++)
		ret_problems->count += findings.p[i] == '\n';
	conf_free(&conf);
	return NULL;
}
