#include "gatewayd/ctl/account_file.h"

#include <stdarg.h>
#include <stdio.h>

#include "conf/problems.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/identity.h"
#include "gatewayd/identity/idn.h"

void account_problem(struct account_file *f, int line, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_addf(f->problems, "%s:%d: %s\n", f->name, line, text);
	f->problem_count++;
}

/* --- values --- */

static bool is_text(struct account_file *f, struct span value, size_t max, int line,
		    const char *what)
{
	if (value.n > max)
		account_problem(f, line, "the %s is longer than %zu bytes", what, max);
	else if (!utf8_valid(value) || memchr(value.p, 0, value.n))
		account_problem(f, line, "the %s is not UTF-8 text", what);
	else
		return true;
	return false;
}

static void set_text(struct account_file *f, struct span *to, struct span value, int line,
		     const char *what)
{
	if (!value.n || is_text(f, value, ACCOUNT_TEXT_MAX, line, what))
		*to = value;
}

/* An id or a flag: one word, so that it can stand in commands, lists and mails. */
static bool is_word(struct account_file *f, struct span value, int line, const char *what)
{
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && !memchr("-_.", c, 3)) {
			account_problem(f, line,
					"%s \"" SPAN_FMT
					"\": only letters, digits, \"-\", \"_\" and \".\"",
					what, SPAN_ARG(utf8_prefix(value, ACCOUNT_ID_MAX)));
			return false;
		}
	}
	return is_text(f, value, ACCOUNT_ID_MAX, line, what);
}

static const char *cstr(struct account_file *f, struct span s)
{
	return arena_cstr(f->arena, s);
}

static const char *package_at(const void *ctx, size_t i)
{
	const struct policy *p = ctx;

	return p->packages[i].name;
}

static const char *kind_at(const void *ctx, size_t i)
{
	const struct policy *p = ctx;

	return p->kinds[i].name;
}

static void unknown(struct account_file *f, int line, const char *what, struct span value,
		    const char *near)
{
	account_problem(f, line, "there is no %s \"" SPAN_FMT "\"%s%s%s", what,
			SPAN_ARG(utf8_prefix(value, ACCOUNT_ID_MAX)), near ? "; \"" : "",
			near ? near : "", near ? "\"?" : "");
}

static bool boolean(struct account_file *f, struct span v, int line, bool *ret_value)
{
	bool yes = span_is_ci(v, "true") || span_is_ci(v, "yes") || span_is(v, "1");

	if (!yes && !span_is_ci(v, "false") && !span_is_ci(v, "no") && !span_is(v, "0")) {
		account_problem(f, line, "\"" SPAN_FMT "\" is neither true nor false",
				SPAN_ARG(utf8_prefix(v, ACCOUNT_ID_MAX)));
		return false;
	}
	*ret_value = yes;
	return true;
}

/* --- the account --- */

static void set_id(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_entry *a = thing;

	if (v.n && is_word(f, v, line, "the id"))
		a->row.id = v;
}

static void set_name(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_entry *a = thing;

	set_text(f, &a->row.name, v, line, "name");
}

static void set_contact_name(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_entry *a = thing;

	set_text(f, &a->row.contact_name, v, line, "name of the account team");
}

static void set_team_phone(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_entry *a = thing;

	set_text(f, &a->row.team_phone, v, line, "phone of the account team");
}

static void set_team_address(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_entry *a = thing;

	set_text(f, &a->row.team_address, v, line, "address of the account team");
}

static void set_language(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_entry *a = thing;

	if (v.n && is_word(f, v, line, "the language"))
		a->row.language = v;
}

static void set_package(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_entry *a = thing;

	if (v.n && !policy_package_find(f->policy, cstr(f, v)))
		unknown(f, line, "package", v,
			conf_nearest(cstr(f, v), f->policy->package_count, package_at, f->policy));
	a->row.package = v;
}

static void set_reseller(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_entry *a = thing;

	(void)f;
	a->row.reseller = v;
	a->reseller_line = line;
}

static void set_parent(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_entry *a = thing;

	(void)f;
	a->row.parent = v;
	a->parent_line = line;
}

static void set_origin(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_entry *a = thing;

	if (v.n && !policy_is_origin(v))
		account_problem(f, line, "origin \"" SPAN_FMT "\" is not " POLICY_ORIGINS_TEXT,
				SPAN_ARG(utf8_prefix(v, ACCOUNT_ID_MAX)));
	a->row.origin = v;
}

static void set_flag(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_entry *a = thing;

	if (!v.n || !is_word(f, v, line, "flag"))
		return;
	a->row.flags = a->row.flags.n ? span_of(arena_printf(f->arena, SPAN_FMT " " SPAN_FMT,
							     SPAN_ARG(a->row.flags), SPAN_ARG(v)))
				      : v;
	/* Files from before there was a field. */
	if (policy_is_origin(v) && !a->row.origin.n)
		a->row.origin = v;
}

static void set_entitled(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_entry *a = thing;

	a->entitled_set = boolean(f, v, line, &a->row.entitled);
}

static struct span lower(struct account_file *f, struct span s)
{
	char *out = arena_room(f->arena, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		out[i] = (char)ascii_lower((unsigned char)s.p[i]);
	return (struct span){ out, s.n };
}

/* NULL: an account may have it. */
static const char *refuse_domain(const struct account_file *f, struct span v)
{
	if (!addrspec_domain_valid(v) || !memchr(v.p, '.', v.n))
		return "no domain";
	if (policy_is_freemail(f->policy, v))
		return "a free-mail domain: anybody may write from there; name the contacts' "
		       "addresses instead";
	if (identity_domain_is_own(f->conf, v))
		return "a domain of ours: what comes from there is no customer's; name the "
		       "contacts' addresses instead";
	return NULL;
}

static void add_domain(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_entry *a = thing;
	struct account_domain *d;
	const char *why;

	if (!v.n)
		return;
	if (v.p[0] == '@')
		v = span_sub(v, 1, SIZE_MAX);
	v = idn_ascii(v, f->arena);
	why = refuse_domain(f, v);
	if (why) {
		account_problem(f, line, "\"" SPAN_FMT "\" is %s",
				SPAN_ARG(utf8_prefix(v, ACCOUNT_TEXT_MAX)), why);
		return;
	}
	d = arena_alloc(f->arena, sizeof(*d));
	d->name = lower(f, v);
	d->line = line;
	*a->domains_end = d;
	a->domains_end = &d->next;
}

/* --- contacts --- */

static void set_address(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_contact *c = thing;

	v = addrspec_ascii(v, f->arena);
	if (v.n && !addrspec_valid(v))
		account_problem(f, line, "\"" SPAN_FMT "\" is no mail address",
				SPAN_ARG(utf8_prefix(v, ACCOUNT_TEXT_MAX)));
	else
		c->row.address = v;
}

static void add_address(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_contact *c = thing;
	struct account_domain *also;

	v = addrspec_ascii(v, f->arena);
	if (!addrspec_valid(v)) {
		account_problem(f, line, "\"" SPAN_FMT "\" is no mail address",
				SPAN_ARG(utf8_prefix(v, ACCOUNT_TEXT_MAX)));
		return;
	}
	also = arena_alloc(f->arena, sizeof(*also));
	*also = (struct account_domain){ c->also, v, line };
	c->also = also;
}

static void set_person(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_contact *c = thing;

	set_text(f, &c->row.name, v, line, "name");
}

static void set_contact_language(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_contact *c = thing;

	if (v.n && is_word(f, v, line, "the language"))
		c->row.language = v;
}

static void set_company(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_contact *c = thing;

	boolean(f, v, line, &c->row.company);
}

/* --- contracts --- */

static void set_kind(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_contract *c = thing;

	if (v.n && !policy_kind_find(f->policy, cstr(f, v)))
		unknown(f, line, "kind of case", v,
			conf_nearest(cstr(f, v), f->policy->kind_count, kind_at, f->policy));
	c->row.kind = v;
}

static void set_severity(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_contract *c = thing;
	uint64_t n = 0;

	if (span_is(v, "all"))
		c->row.severity = 0;
	else if (!span_u64(v, &n) || n < 1 || n > POLICY_SEVERITY_MAX)
		account_problem(f, line, "severity \"" SPAN_FMT "\": 1 to %d, or all",
				SPAN_ARG(utf8_prefix(v, ACCOUNT_ID_MAX)), POLICY_SEVERITY_MAX);
	else
		c->row.severity = (int)n;
}

static void set_clock(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_contract *c = thing;

	if (!span_is(v, "initial") && !span_is(v, "next") && !span_is(v, "resolution"))
		account_problem(f, line, "clock \"" SPAN_FMT "\": initial, next or resolution",
				SPAN_ARG(utf8_prefix(v, ACCOUNT_ID_MAX)));
	c->row.clock = v;
}

static void set_target(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_contract *c = thing;
	struct policy_duration d;

	if (v.n && !policy_duration_parse(v, &d))
		account_problem(f, line,
				"target \"" SPAN_FMT
				"\": like 30min, 4h, 1h 30min, 2 business days, none",
				SPAN_ARG(utf8_prefix(v, ACCOUNT_ID_MAX)));
	c->row.target = v;
}

/* A date is its first instant in UTC. */
static int64_t instant(struct account_file *f, struct span v, int line)
{
	int64_t at = INSTANT_NONE;
	const char *day =
	    arena_printf(f->arena, SPAN_FMT "T00:00:00Z", SPAN_ARG(utf8_prefix(v, ACCOUNT_ID_MAX)));

	if (v.n && !time_parse_rfc3339(v, &at) && !time_parse_rfc3339(span_of(day), &at))
		account_problem(f, line,
				"\"" SPAN_FMT "\" is no date like 2027-01-31, nor an RFC 3339 time",
				SPAN_ARG(utf8_prefix(v, ACCOUNT_ID_MAX)));
	return at;
}

static void set_from(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_contract *c = thing;

	c->row.from_at = instant(f, v, line);
}

static void set_until(struct account_file *f, void *thing, struct span v, int line)
{
	struct account_contract *c = thing;

	c->row.until_at = instant(f, v, line);
}

/* --- the table --- */

static const struct account_field itself_fields[] = {
	{ "id", false, set_id },
	{ "name", false, set_name },
	{ "package", false, set_package },
	{ "reseller", false, set_reseller },
	{ "parent", false, set_parent },
	{ "flags", true, set_flag },
	{ "origin", false, set_origin },
	{ "entitled", false, set_entitled },
	{ "contact_name", false, set_contact_name },
	{ "team", false, set_contact_name },
	{ "team_phone", false, set_team_phone },
	{ "team_address", false, set_team_address },
	{ "language", false, set_language },
	{ "domains", true, add_domain },
	{ 0 },
};
static const struct account_field contact_fields[] = {
	{ "address", false, set_address }, { "name", false, set_person },
	{ "company", false, set_company }, { "language", false, set_contact_language },
	{ "also", true, add_address },	   { 0 },
};
static const struct account_field contract_fields[] = {
	{ "kind", false, set_kind },
	{ "severity", false, set_severity },
	{ "clock", false, set_clock },
	{ "target", false, set_target },
	{ "from", false, set_from },
	{ "until", false, set_until },
	{ 0 },
};
static const struct account_field *const tables[] = { itself_fields, contact_fields,
						      contract_fields };

static const char *field_at(const void *ctx, size_t i)
{
	const struct account_field *t = ctx;

	return t[i].name;
}

const struct account_field *account_field_find(struct account_file *f, enum account_thing thing,
					       struct span name, int line)
{
	static const char *const what[] = { "key of an account", "key of a contact",
					    "key of a contract" };
	const struct account_field *t = tables[thing];
	size_t n = 0;

	for (; t[n].name; n++)
		if (span_is(name, t[n].name))
			return &t[n];
	unknown(f, line, what[thing], name, conf_nearest(cstr(f, name), n, field_at, t));
	return NULL;
}

struct account_entry *account_entry_new(struct account_file *f, int line)
{
	struct account_entry *a = arena_alloc(f->arena, sizeof(*a));
	struct span empty = SPAN("");

	a->row = (struct store_account){ empty, empty, empty, empty, empty, empty,
					 empty, false, empty, empty, empty, empty };
	a->line = line;
	a->domains_end = &a->domains;
	a->contacts_end = &a->contacts;
	a->contracts_end = &a->contracts;
	*f->entries_end = a;
	f->entries_end = &a->next;
	f->n++;
	return a;
}

struct account_contact *account_contact_new(struct account_file *f, struct account_entry *a,
					    int line)
{
	struct account_contact *c = arena_alloc(f->arena, sizeof(*c));

	c->row.address = c->row.name = c->row.person = SPAN("");
	c->line = line;
	*a->contacts_end = c;
	a->contacts_end = &c->next;
	return c;
}

struct account_contract *account_contract_new(struct account_file *f, struct account_entry *a,
					      int line)
{
	struct account_contract *c = arena_alloc(f->arena, sizeof(*c));

	c->row.kind = c->row.target = SPAN("");
	c->row.clock = SPAN("initial");
	c->row.from_at = c->row.until_at = INSTANT_NONE;
	c->row.source = span_of(arena_printf(f->arena, "%s:%d", f->name, line));
	c->line = line;
	*a->contracts_end = c;
	a->contracts_end = &c->next;
	return c;
}
