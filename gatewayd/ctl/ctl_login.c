/* login: a person allows us into a mailbox, in a browser anywhere (RFC 8628) */
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"

enum { LOOK_S = 1 };

/* --- in core --- */

static const char *row_of_server(const struct conf_server *s, const char *name, struct ctl *c)
{
	if (!s->oauth)
		ctl_usage(c, "login: %s logs in without oauth", name);
	return s->oauth;
}

/* The row of oauth that the word means; NULL: told. */
static const char *find_row(struct ctl *c, const char *name)
{
	const struct conf *conf = c->d->conf;
	const struct conf_oauth *o = conf_oauth_find(conf, name);
	const struct conf_mailbox *m = conf_mailbox_find(conf, name);

	if (o)
		return o->name;
	if (m)
		return row_of_server(&m->server, name, c);
	if (strcmp(name, "smtp") == 0)
		return row_of_server(&conf->smtp.server, name, c);
	ctl_usage(c, "login: there is no mailbox and no row of oauth \"%s\"", name);
	return NULL;
}

int ctl_login(struct ctl *c)
{
	const char *row = find_row(c, c->words[0]);
	struct err e = { 0 };
	uint32_t begun;
	int64_t number;
	int status = ctl_option_number(c, "--look", &number);

	if (!row || status != EX_OK)
		return EX_USAGE;
	if (!c->daemon) {
		err_set(&e, ERR_TEMP, "the daemon does not run; start it, it keeps the log-in");
		return ctl_fail(c, &e);
	}
	if (number)
		return ctl_done(c, c->daemon->login_state(c->daemon->ctx, row, (uint32_t)number));
	if (c->daemon->login(c->daemon->ctx, row, &begun, &e) < 0)
		return ctl_fail(c, &e);
	return ctl_done(c, json_pack("{s:I}", "number", (json_int_t)begun));
}

/* --- in gatewayctl --- */

static int ask(struct ctl *c, int64_t number, json_t **ret_answer)
{
	const char *words[] = { "--json", c->words[0], "--look",
				arena_printf(c->d->arena, "%" PRIi64, number) };

	return ctl_ask_value(c, number ? 4 : 2, words, ret_answer);
}

/* At once, while the log-in is waited for. */
static void show(const struct ctl *c, const json_t *state)
{
	FILE *to = c->json ? stderr : stdout;

	fprintf(to, "Open " SPAN_FMT " in a browser and type the code " SPAN_FMT "\n",
		SPAN_ARG(json_span(state, "address")), SPAN_ARG(json_span(state, "code")));
	fflush(to);
}

static int ended(struct ctl *c, const json_t *state)
{
	if (!span_is(json_span(state, "state"), "done")) {
		buf_addf(c->err, "gatewayctl: not logged in: " SPAN_FMT "\n",
			 SPAN_ARG(json_span(state, "text")));
		return EX_UNAVAILABLE;
	}
	if (!c->json)
		buf_adds(c->out, "Logged in; the refresh token is kept.\n");
	return ctl_done(c, json_pack("{s:s}", "state", "done"));
}

static int wait_for(struct ctl *c, int64_t number)
{
	bool shown = false;

	for (;;) {
		json_t *state JSON_AUTO = NULL;
		int status = ask(c, number, &state);
		struct span is = json_span(state, "state");

		if (status != EX_OK)
			return status;
		if (span_is(is, "waiting") && !shown)
			show(c, state);
		shown = shown || span_is(is, "waiting");
		if (span_is(is, "done") || span_is(is, "failed"))
			return ended(c, state);
		sleep(LOOK_S);
	}
}

int ctl_login_local(struct ctl *c)
{
	json_t *begun JSON_AUTO = NULL;
	int status;

	status = ask(c, 0, &begun);
	return status == EX_OK ? wait_for(c, json_int(begun, "number", 0)) : status;
}
