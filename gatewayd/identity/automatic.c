#include "gatewayd/identity/automatic.h"

#include "gatewayd/base/units.h"

/* Local parts behind which no person reads; with anything after a "-", "+" or "." as well. */
static const char *const machines[] = {
	"mailer-daemon", "postmaster", "mailerdaemon", "nobody",  "bounce",
	"bounces",	 "listserv",   "majordomo",    "mailman",
};

/* "Do not reply" in many languages, its words put together: the first or the last words of a local
 * part, whatever parts them, with a number behind them or not. */
static const char *const no_replies[] = {
	"noreply",	    "noreplies",	"notreply",	  "donotreply",	   "donoreply",
	"dontreply",	    "pleasedonotreply", "neverreply",	  "noresponse",	   "noanswer",
	"donotrespond",	    "dontrespond",	"donotanswer",	  "unmonitored",   "unattended",
	"autoreply",	    "autoresponder",	"nichtantworten", "keineantwort",  "keineantworten",
	"nichtbeantworten", "keinereply",	"nepasrepondre",  "nepasreponse",  "sansreponse",
	"pasdereponse",	    "noresponder",	"noresponda",	  "norespondas",   "norespondan",
	"norespuesta",	    "sinrespuesta",	"naoresponda",	  "naoresponder",  "naoresponde",
	"semresposta",	    "nonrispondere",	"norispondere",	  "nonrisponda",   "noreplica",
	"geenantwoord",	    "nietbeantwoorden", "nietantwoorden", "svaraej",	   "svarainte",
	"ejsvar",	    "svarikke",		"ikkesvar",	  "ikkebesvar",	   "besvarikke",
	"alavastaa",	    "eivastausta",	"nieodpowiadaj",  "nieodpowiadac", "neodpovidat",
	"neodpovidejte",    "neodgovarajte",	"nevalaszoljon",  "neraspunde",	   "nuraspunde",
	"nuraspundeti",	    "neotvechat",	"neotvechayte",	  "yanitlamayin",  "cevaplamayin",
};

enum { LOCAL_MAX = 64 }; /* RFC 5321 section 4.5.3.1.1 */

/* A local part without what parts its words, and where words begin. */
struct joined {
	char text[LOCAL_MAX];
	bool begins[LOCAL_MAX + 1]; /* a word begins at this byte, or the last one has ended */
	size_t n;
};

/* Without a plus part, which its owner chose, and without the number at the end of a word. */
static void join(struct span local, struct joined *ret)
{
	struct span rest = local, base = span_cut(&rest, '+');

	*ret = (struct joined){ .begins[0] = true };
	for (size_t i = 0; i < base.n && i < LOCAL_MAX; i++) {
		char c = (char)ascii_lower((unsigned char)base.p[i]);

		if (memchr("-._=", c, 4) || (c >= '0' && c <= '9'))
			ret->begins[ret->n] = true;
		else
			ret->text[ret->n++] = c;
	}
	ret->begins[ret->n] = true;
}

static bool is_no_reply(struct span local)
{
	struct joined joined;

	join(local, &joined);
	for (size_t i = 0; i < sizeof(no_replies) / sizeof(*no_replies); i++) {
		struct span words = span_of(no_replies[i]), text = { joined.text, joined.n };

		if ((span_starts(text, words) && joined.begins[words.n]) ||
		    (span_ends_ci(text, words) && joined.begins[text.n - words.n]))
			return true;
	}
	return false;
}

static bool is_machine_name(struct span local)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
		struct span name = span_of(machines[i]);

		if (!span_starts_ci(local, name))
			continue;
		if (local.n == name.n || memchr("-+.=", local.p[name.n], 4))
			return true;
	}
	return false;
}

/* RFC 3834 section 2: "owner-" and "-request" are of lists. */
bool automatic_is_machine(struct span address)
{
	struct span local = addrspec_local(address);

	return span_starts_ci(local, SPAN("owner-")) || span_ends_ci(local, SPAN("-request")) ||
	       is_machine_name(local) || is_no_reply(local);
}

bool automatic_reaches(struct span address)
{
	return addrspec_valid(address) && !automatic_is_machine(address);
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

/* What an address literal, a quoted or odd local part or a host without a dot belongs to is no
 * person's mailbox, or not one that a stranger may have us write to. */
static bool is_odd(struct span address)
{
	static const char *const hosts[] = { "localhost", ".localhost", ".localdomain",
					     ".invalid" };
	struct span local = addrspec_local(address), domain = addrspec_domain(address);

	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++)
		if (span_ends_ci(domain, span_of(hosts[i])))
			return true;
	for (size_t i = 0; i < local.n; i++)
		if (strchr("\"%!|/`\\", local.p[i]) || (unsigned char)local.p[i] <= ' ')
			return true;
	return !local.n || local.p[0] == '-' || !domain.n || domain.p[0] == '[' ||
	       !memchr(domain.p, '.', domain.n);
}

/* The one address of Reply-To, where the mailbox has us believe it. */
static struct span reply_to(const struct automatic_mail *m)
{
	const struct addrspec_list *list = &m->scan->reply_to;

	if (!m->mailbox || !m->mailbox->confirm_reply_to || list->n != 1 || list->bad || list->cut)
		return SPAN_NONE;
	return list->v[0];
}

static struct span destination(const struct automatic_mail *m, bool *ret_proven)
{
	const struct header_scan *scan = m->scan;
	struct span other = reply_to(m);

	*ret_proven = m->identity->vouched && scan->from.p;
	if (*ret_proven)
		return scan->from;
	if (other.p)
		return other;
	if (scan->from.p && scan->return_path_kind == PATH_ADDRESS &&
	    addrspec_eq(scan->from, scan->return_path))
		return scan->from;
	return SPAN_NONE;
}

static bool is_delivery_report(struct span content_type)
{
	return span_starts_ci(content_type, SPAN("multipart/report"));
}

const char *automatic_refuse(struct span address, const struct conf *conf)
{
	if (automatic_is_machine(address))
		return "the sender is no person";
	if (identity_address_is_own(conf, address))
		return "an address of ours";
	return is_odd(address) ? "no address that is written to by itself" : NULL;
}

/* In the order in which the reasons are told. */
static const char *refuse_mail(const struct automatic_mail *m, const struct conf *conf)
{
	const struct header_scan *scan = m->scan;
	const struct {
		bool holds;
		const char *reason;
	} rules[] = {
		{ m->identity->is_own, "our own mail" },
		{ m->identity->failed, "dmarc=fail" },
		{ scan->return_path_kind == PATH_NULL, "the null return path" },
		{ scan->return_path_kind == PATH_BAD, "a bad return path" },
		{ scan->return_path_kind == PATH_ADDRESS &&
		      identity_address_is_own(conf, scan->return_path),
		  "an address of ours" },
		{ scan->auto_submitted.p && !span_is_ci(scan->auto_submitted, "no"),
		  "Auto-Submitted" },
		{ scan->has_list, "a mailing list" },
		{ is_bulk(scan->precedence), "Precedence" },
		{ is_suppressed(scan->response_suppress), "X-Auto-Response-Suppress" },
		{ scan->has_autoreply, "an automatic answer" },
		{ is_delivery_report(scan->content_type), "a report" },
		{ m->kind == FACTS_BOUNCE, "a bounce" },
		{ m->kind == FACTS_AUTO_REPLY, "an automatic answer" },
		{ m->kind == FACTS_BULK, "bulk mail" },
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (rules[i].holds)
			return rules[i].reason;
	return NULL;
}

static const char *refusal(const struct automatic_mail *m, const struct conf *conf, struct span to)
{
	const struct header_scan *scan = m->scan;
	const char *reason = refuse_mail(m, conf);

	if (!reason && scan->from.p && !span_eq(scan->from, to))
		reason = automatic_refuse(scan->from, conf);
	if (!reason && !to.p)
		reason = scan->from.p ? "an unproven From that is not the envelope sender"
				      : "nobody to answer";
	return reason ? reason : automatic_refuse(to, conf);
}

void automatic_decide(const struct automatic_mail *mail, const struct conf *conf,
		      struct automatic *ret_answer)
{
	bool proven;
	struct span to = destination(mail, &proven);
	const char *reason = refusal(mail, conf, to);

	*ret_answer = (struct automatic){ !reason, proven, reason ? SPAN_NONE : to, reason };
}

static struct store_budget budget(struct arena *a, const char *what, struct span whom,
				  int64_t window_s, int max)
{
	char *key = arena_cstr(a, ARENA_JOIN(a, SPAN("auto:"), span_of(what), SPAN(":"), whom));

	for (char *p = key; *p; p++)
		*p = (char)ascii_lower((unsigned char)*p);
	return (struct store_budget){ .key = span_of(key), .window_s = window_s, .max = max };
}

/* Its key names a case. */
static struct store_budget of_case(struct store_budget b, int64_t number)
{
	b.of_case = number;
	return b;
}

/* Without a plus part: all of them are one person's mailbox. */
static struct span base_of(struct arena *a, struct span address)
{
	struct span rest = addrspec_local(address), local = span_cut(&rest, '+');

	return ARENA_JOIN(a, local, SPAN("@"), addrspec_domain(address));
}

struct store_budget automatic_all_budget(const struct conf *conf, struct arena *a)
{
	return budget(a, "all", SPAN("unproven"), HOUR_S, conf->limits.auto_unproven_all_hour);
}

/* One key, which is counted once. */
static size_t unproven_budgets(const struct conf_limits *l, const char *what, struct span whom,
			       int64_t number, struct arena *a, struct store_budget *ret_budgets)
{
	ret_budgets[0] = of_case(budget(a, what, whom, HOUR_S, l->auto_unproven_hour), number);
	ret_budgets[1] = of_case(budget(a, what, whom, DAY_S, l->auto_unproven_day), number);
	return 2;
}

size_t automatic_budgets(const struct conf *conf, const struct automatic_recipient *to,
			 struct arena *a, struct store_budget ret_budgets[AUTOMATIC_BUDGETS])
{
	const struct conf_limits *l = &conf->limits;
	struct span number = arena_decimal(a, to->case_number);
	struct span base = base_of(a, to->address);
	size_t n = 0;

	if (to->proven) {
		ret_budgets[n++] = budget(a, "proven", to->address, HOUR_S, l->auto_proven_hour);
	} else {
		n = unproven_budgets(l, "day", base, 0, a, ret_budgets);
		if (to->case_number)
			n += unproven_budgets(l, "thread-day", number, to->case_number, a,
					      &ret_budgets[n]);
		ret_budgets[n++] = automatic_all_budget(conf, a);
	}
	if (to->case_number && to->proven)
		ret_budgets[n++] = of_case(budget(a, "case", number, DAY_S, l->auto_per_case_day),
					   to->case_number);
	return n;
}

struct store_budget automatic_staff_budget(const struct conf *conf, struct span to,
					   int64_t case_number, struct arena *a)
{
	const char *whom = arena_printf(a, "%lld:" SPAN_FMT, (long long)case_number, SPAN_ARG(to));

	return of_case(budget(a, "staff", span_of(whom), DAY_S, conf->limits.staff_per_case_day),
		       case_number);
}
