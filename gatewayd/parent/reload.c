#include "gatewayd/parent/reload.h"

#include "gatewayd/base/log.h"
#include "gatewayd/parent/notify.h"
#include "gatewayd/post/settings.h"

/* The new configuration, when it is good and the running daemon can take it. */
static struct conf *load(const char *path, const struct setup_keys *keys, const struct conf *now)
{
	const char *fixed = NULL;
	struct conf_problems problems;
	struct conf *fresh;
	struct span text, line;

	conf_problems_init(&problems);
	fresh = settings_load(path, CONF_FULL, &problems);
	text = buf_span(&problems.text);
	while (!fresh && span_line(&text, &line))
		log_event(LOG_ERROR, "conf.problem", log_span("text", line));
	if (!fresh)
		log_event(LOG_ERROR, "conf.refused", log_text("file", path),
			  log_uint("problems", problems.count),
			  log_text("reason", "the old one stays"));
	conf_problems_release(&problems);
	if (fresh)
		fixed = settings_fixed(now, fresh);
	if (fresh && !fixed)
		fixed = setup_keys_changed(keys, fresh);
	if (!fixed)
		return fresh;
	log_event(LOG_ERROR, "conf.refused", log_text("file", path), log_text("key", fixed),
		  log_text("reason", "it cannot change while the daemon runs: restart it; the old "
				     "configuration stays"));
	conf_free(&fresh);
	return NULL;
}

int reload_begin(struct reload *r, const struct conf *now, struct wire *core, int64_t now_ms,
		 struct err *e)
{
	r->wanted = r->next || !core;
	if (r->wanted)
		return 0;
	r->next = load(r->path, r->keys, now);
	if (!r->next)
		return 0;
	notify_reloading(now_ms * 1000);
	return setup_reload_put(core, r->next, e);
}

void reload_fail(struct reload *r, struct span reason)
{
	log_event(LOG_ERROR, "conf.reload-failed", log_text("file", r->path),
		  log_span("reason", reason));
	conf_free(&r->next);
}

struct conf *reload_take(struct reload *r)
{
	struct conf *next = r->next;

	r->next = NULL;
	return next;
}
