/* Webhooks: TLS and an answer to HEAD, as nothing may be posted that did not happen. */
#include "gatewayd/doctor/doctor_inside.h"

#include "gatewayd/base/network.h"
#include "gatewayd/net/https.h"

struct look {
	struct doctor *d;
	const struct conf_hook *hook;
	const char *what;
	struct loop *loop;
};

static bool may_connect(void *ctx, const struct sockaddr *address)
{
	const struct conf_hook *hook = ((const struct look *)ctx)->hook;
	struct network n;

	for (size_t i = 0; i < hook->private_nets.n; i++)
		if (network_parse(span_of(hook->private_nets.v[i]), &n) && network_has(&n, address))
			return true;
	return network_is_public(address);
}

static const char *todo_of(struct doctor *d, const struct conf_hook *hook, const char *why)
{
	if (span_find(span_of(why), SPAN("is not public")) != SIZE_MAX)
		return TEXT(d, "where it is meant name its network in hooks.%s.private",
			    hook->name);
	if (span_find(span_of(why), SPAN("ertificate")) != SIZE_MAX)
		return TEXT(d,
			    "put the CA that signed it into a file and name it in hooks.%s.ca_file",
			    hook->name);
	return TEXT(d, "correct hooks.%s.url, or open the way in the firewall", hook->name);
}

/* What a POST would meet, too; many receivers refuse HEAD itself with 405 or 501. */
static const char *doubt_about(int status)
{
	if (status / 100 == 3)
		return "a redirect is not followed: put the address that it leads to into the url";
	if (status == 404 || status == 410)
		return "look at the path in the url";
	if (status == 401 || status == 403)
		return "it may want more than the signature";
	return status / 100 == 5 && status != 501 ? "look at the receiver" : NULL;
}

static void on_answer(void *ctx, const struct https_answer *a)
{
	struct look *l = ctx;
	struct doctor *d = l->d;
	const char *doubt = doubt_about(a->status), *why = TEXT(d, "%s", a->why.text);

	if (!a->status)
		SAY_WRONG(d, l->what, why, todo_of(d, l->hook, why));
	else if (doubt)
		SAY_NOTE(d, l->what, TEXT(d, "it answers HEAD with %d", a->status), doubt);
	else
		SAY_GOOD(d, l->what,
			 TEXT(d, "%s and an answer (%d to HEAD); nothing was posted",
			      l->hook->plain ? "a connection" : "TLS", a->status));
	loop_stop(l->loop);
}

static void look(struct doctor *d, const struct conf_hook *hook)
{
	struct look l = { d, hook, TEXT(d, "hook %s", hook->name), loop_new(d->clock) };
	struct https *https = https_new(l.loop);
	struct https_request r = {
		.url = hook->url,
		.name = "the receiver",
		.plain = hook->plain,
		.head = true,
		.ca_file = hook->ca_file,
		.timeout_s = hook->timeout_s,
		.may_connect = may_connect,
		.fn = on_answer,
		.ctx = &l,
	};
	struct err e = { 0 };

	if (https_post(https, &r, &e) < 0 || loop_run(l.loop, &e) < 0)
		SAY_WRONG(d, l.what, TEXT(d, "%s", e.text), NULL);
	https_free(&https);
	loop_free(&l.loop);
}

void doctor_hooks(struct doctor *d)
{
	for (size_t i = 0; i < d->conf->hook_count; i++)
		look(d, &d->conf->hooks[i]);
}
