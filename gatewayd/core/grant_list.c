#include "gatewayd/core/grant_list.h"

#include <stdlib.h>
#include <string.h>

#include "gatewayd/base/mem.h"

static void seen_free(struct grant_seen *s)
{
	free(s->name);
	free(s->text);
	free(s->claims);
	free(s->login_at);
	free(s->code);
	free(s->login_text);
}

void grant_list_release(struct grant_list *g)
{
	for (size_t i = 0; i < g->n; i++)
		seen_free(&g->v[i]);
	mem_free(&g->v);
	g->n = 0;
}

static struct grant_seen *find(const struct grant_list *g, struct span name)
{
	for (size_t i = 0; i < g->n; i++)
		if (span_is(name, g->v[i].name))
			return &g->v[i];
	return NULL;
}

const struct grant_seen *grant_list_find(const struct grant_list *g, const char *name)
{
	return find(g, span_of(name));
}

static struct grant_seen *slot(struct grant_list *g, struct span name)
{
	struct grant_seen *s = find(g, name);

	if (!s) {
		g->v = mem_resize_n(g->v, g->n + 1, sizeof(*g->v));
		s = &g->v[g->n++];
		*s = (struct grant_seen){ 0 };
	}
	return s;
}

void grant_list_state(struct grant_list *g, const struct grant_talk_state *t, int64_t now)
{
	struct grant_seen *s = slot(g, t->name);
	int64_t bad_at = s->bad_at ? s->bad_at : now;

	seen_free(s);
	*s = (struct grant_seen){
		.name = mem_dup_span(t->name),
		.text = mem_dup_span(t->text),
		.claims = mem_dup_span(t->claims),
		.good = t->good,
		.at = now,
		.bad_at = t->good ? 0 : bad_at,
		.failures = t->failures,
		.access_until = t->access_until,
		.refresh_until = t->refresh_until,
		.login = t->login,
		.number = t->number,
		.login_at = mem_dup_span(t->login_at),
		.code = mem_dup_span(t->code),
		.login_text = mem_dup_span(t->login_text),
	};
}

void grant_list_came(struct grant_list *g, struct peer *tokens)
{
	g->tokens = tokens;
}

/* Its successor says all of it again, but for a log-in, which is over. */
void grant_list_gone(struct grant_list *g, int64_t now)
{
	g->tokens = NULL;
	for (size_t i = 0; i < g->n; i++) {
		struct grant_seen *s = &g->v[i];

		s->good = false;
		s->at = now;
		s->bad_at = s->bad_at ? s->bad_at : now;
		free(s->text);
		s->text = mem_strdup("its process ended, and no other has reported yet");
		if (s->login == GRANT_LOGIN_ASKED || s->login == GRANT_LOGIN_WAITING)
			s->login = GRANT_LOGIN_FAILED;
	}
}

int grant_list_login(struct grant_list *g, const char *name, uint32_t *ret_number, struct err *e)
{
	struct grant_talk_login l = { span_of(name), ++g->logins };

	if (!g->tokens)
		return err_set(e, ERR_TEMP, "the process that logs in does not run yet");
	if (grant_talk_login_put(&g->tokens->wire, &l, e) < 0)
		return -1;
	peer_update(g->tokens);
	*ret_number = l.number;
	return 0;
}
