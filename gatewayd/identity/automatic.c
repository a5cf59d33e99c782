#include "gatewayd/identity/automatic.h"

#include "gatewayd/base/units.h"

/* Local parts behind which no person reads; with anything after a "-", "+" or "." as well. */
static const char *const machines[] = {
	"mailer-daemon", "postmaster",	 "mailerdaemon", "noreply", "no-reply", "no_reply",
	"donotreply",	 "do-not-reply", "do_not_reply", "nobody",  "bounce",	"bounces",
	"abuse-noreply", "listserv",	 "majordomo",	 "mailman",
};

/* RFC 3834 section 2: "owner-" and "-request" are of lists. */
bool automatic_is_machine(struct span address)
{
	struct span local = addrspec_local(address);

	if (span_starts_ci(local, SPAN("owner-")) || span_ends_ci(local, SPAN("-request")))
		return true;
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
		struct span name = span_of(machines[i]);

		if (!span_starts_ci(local, name))
			continue;
		if (local.n == name.n || memchr("-+.=", local.p[name.n], 4))
			return true;
	}
	return false;
}

static bool is_bulk(struct span precedence)
{
	static const char *const words[] = { "bulk", "list", "junk", "auto_reply" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_is_ci(precedence, words[i]))
			return true;
	return false;
}

/* X-Auto-Response-Suppress asks for silence towards automatic answers. */
static bool is_suppressed(struct span value)
{
	return span_find_ci(value, SPAN("all")) != SIZE_MAX ||
	       span_find_ci(value, SPAN("autoreply")) != SIZE_MAX;
}

/* Whither: the envelope sender, as the topmost Return-Path has it, else From. */
static struct span destination(const struct header_scan *scan)
{
	switch (scan->return_path_kind) {
	case PATH_ADDRESS: return scan->return_path;
	case PATH_ABSENT: return scan->from_unsure ? SPAN_NONE : scan->from;
	case PATH_NULL:
	case PATH_BAD: break;
	}
	return SPAN_NONE;
}

static bool is_delivery_report(struct span content_type)
{
	return span_starts_ci(content_type, SPAN("multipart/report"));
}

/* In the order in which the reasons are told. */
static const char *refusal(const struct header_scan *scan, const struct identity *identity,
			   enum facts_kind kind, const struct conf *conf, struct span to)
{
	struct {
		bool holds;
		const char *reason;
	} rules[] = {
		{ identity->is_own, "our own mail" },
		{ scan->return_path_kind == PATH_NULL, "the null return path" },
		{ scan->return_path_kind == PATH_BAD, "a bad return path" },
		{ scan->auto_submitted.p && !span_is_ci(scan->auto_submitted, "no"),
		  "Auto-Submitted" },
		{ scan->has_list, "a mailing list" },
		{ is_bulk(scan->precedence), "Precedence" },
		{ is_suppressed(scan->response_suppress), "X-Auto-Response-Suppress" },
		{ scan->has_autoreply, "an automatic answer" },
		{ is_delivery_report(scan->content_type), "a report" },
		{ kind == FACTS_BOUNCE, "a bounce" },
		{ kind == FACTS_AUTO_REPLY, "an automatic answer" },
		{ kind == FACTS_BULK, "bulk mail" },
		{ !to.p, "nobody to answer" },
		{ to.p && automatic_is_machine(to), "the sender is no person" },
		{ scan->from.p && automatic_is_machine(scan->from), "the sender is no person" },
		{ to.p && identity_address_is_own(conf, to), "an address of ours" },
		{ scan->from.p && identity_address_is_own(conf, scan->from), "an address of ours" },
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (rules[i].holds)
			return rules[i].reason;
	return NULL;
}

void automatic_decide(const struct header_scan *scan, const struct identity *identity,
		      enum facts_kind kind, const struct conf *conf, struct automatic *ret_answer)
{
	struct span to = destination(scan);
	const char *reason = refusal(scan, identity, kind, conf, to);

	*ret_answer = (struct automatic){ !reason, reason ? SPAN_NONE : to, reason };
}

/* Windows are whole hours and days of UTC. */
static struct automatic_budget budget(struct arena *a, const char *what, struct span whom,
				      int64_t now, int64_t window_s, int max)
{
	char *key = arena_printf(a, "auto:%s:" SPAN_FMT, what, SPAN_ARG(whom));

	for (char *p = key; *p; p++)
		*p = (char)ascii_lower((unsigned char)*p);
	return (struct automatic_budget){ span_of(key), now - now % window_s, max };
}

size_t automatic_budgets(const struct conf *conf, struct span to, int64_t case_number, int64_t now,
			 struct arena *a, struct automatic_budget ret_budgets[AUTOMATIC_BUDGETS])
{
	const struct conf_limits *l = &conf->limits;
	size_t n = 0;

	ret_budgets[n++] = budget(a, "address", to, now, HOUR_S, l->auto_per_address_hour);
	ret_budgets[n++] =
	    budget(a, "domain", addrspec_domain(to), now, HOUR_S, l->auto_per_domain_hour);
	if (case_number)
		ret_budgets[n++] =
		    budget(a, "case", span_of(arena_printf(a, "%lld", (long long)case_number)), now,
			   DAY_S, l->auto_per_case_day);
	return n;
}

struct automatic_budget automatic_staff_budget(const struct conf *conf, struct span to,
					       int64_t case_number, int64_t now, struct arena *a)
{
	const char *whom = arena_printf(a, "%lld:" SPAN_FMT, (long long)case_number, SPAN_ARG(to));

	return budget(a, "staff", span_of(whom), now, DAY_S, conf->limits.staff_per_case_day);
}
