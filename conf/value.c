#include "conf/value.h"

#include <arpa/inet.h>

#include "conf/conf.h"
#include "gatewayd/base/network.h"
#include "gatewayd/base/units.h"

struct unit {
	const char *name;
	int64_t factor;
};

/* The digits and the word at the start of *s, which then begins behind them. */
static bool take_amount(struct span *s, int64_t *ret_amount, struct span *ret_unit)
{
	size_t n = 0, u;

	*s = span_trim(*s);
	while (n < s->n && ascii_is_digit((unsigned char)s->p[n]))
		n++;
	if (!n || !span_i64(span_sub(*s, 0, n), ret_amount))
		return false;
	*s = span_trim(span_sub(*s, n, SIZE_MAX));
	for (u = 0; u < s->n && ascii_is_alpha((unsigned char)s->p[u]); u++)
		;
	*ret_unit = span_sub(*s, 0, u);
	*s = span_trim(span_sub(*s, u, SIZE_MAX));
	return true;
}

static int64_t unit_factor(const struct unit *units, size_t n, struct span name, bool any_case)
{
	for (size_t i = 0; i < n; i++)
		if (any_case ? span_is_ci(name, units[i].name) : span_is(name, units[i].name))
			return units[i].factor;
	return 0;
}

static const struct unit time_units[] = {
	{ "s", 1 },
	{ "sec", 1 },
	{ "second", 1 },
	{ "seconds", 1 },
	{ "min", 60 },
	{ "mins", 60 },
	{ "minute", 60 },
	{ "minutes", 60 },
	{ "h", HOUR_S },
	{ "hour", HOUR_S },
	{ "hours", HOUR_S },
	{ "d", DAY_S },
	{ "day", DAY_S },
	{ "days", DAY_S },
	{ "w", 7 * DAY_S },
	{ "week", 7 * DAY_S },
	{ "weeks", 7 * DAY_S },
};

static bool is_business_days(struct span unit, struct span rest)
{
	return span_is_ci(unit, "business") &&
	       (span_is_ci(rest, "day") || span_is_ci(rest, "days"));
}

bool policy_duration_parse(struct span text, struct policy_duration *ret_duration)
{
	int64_t total = 0, amount, factor;
	struct span unit;

	text = span_trim(text);
	if (span_is_ci(text, "none")) {
		*ret_duration = (struct policy_duration){ POLICY_NONE, 0 };
		return true;
	}
	for (bool first = true; first || text.n; first = false) {
		if (!take_amount(&text, &amount, &unit))
			return false;
		if (first && is_business_days(unit, text)) {
			*ret_duration = (struct policy_duration){ POLICY_BUSINESS_DAYS, amount };
			return amount > 0 && amount <= POLICY_SECONDS_MAX / DAY_S;
		}
		factor =
		    unit_factor(time_units, sizeof(time_units) / sizeof(*time_units), unit, true);
		if (!factor || __builtin_mul_overflow(amount, factor, &amount) ||
		    __builtin_add_overflow(total, amount, &total) || total > POLICY_SECONDS_MAX)
			return false;
	}
	*ret_duration = (struct policy_duration){ POLICY_SECONDS, total };
	return true;
}

void policy_duration_print(struct policy_duration d, struct buf *out)
{
	static const struct unit parts[] = {
		{ " days", DAY_S }, { "h", HOUR_S }, { "min", 60 }, { "s", 1 }
	};
	const char *gap = "";

	if (d.unit == POLICY_NONE) {
		buf_adds(out, "none");
	} else if (d.unit == POLICY_BUSINESS_DAYS) {
		buf_add_int(out, d.amount);
		buf_adds(out, d.amount == 1 ? " business day" : " business days");
	} else if (d.amount == 0) {
		buf_adds(out, "0s");
	} else {
		for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
			int64_t n = d.amount / parts[i].factor;

			d.amount %= parts[i].factor;
			if (!n)
				continue;
			buf_adds(out, gap);
			buf_add_int(out, n);
			buf_adds(out, i == 0 && n == 1 ? " day" : parts[i].name);
			gap = " ";
		}
	}
}

bool value_bytes(struct span s, int64_t *ret_bytes)
{
	static const struct unit units[] = {
		{ "B", 1 },	{ "byte", 1 },	    { "bytes", 1 },	  { "kB", 1000 },
		{ "KB", 1000 }, { "MB", 1000000 },  { "GB", 1000000000 }, { "KiB", KIB },
		{ "MiB", MIB }, { "GiB", 1 << 30 },
	};
	int64_t amount, factor;
	struct span unit;

	if (!take_amount(&s, &amount, &unit) || s.n)
		return false;
	factor = unit_factor(units, sizeof(units) / sizeof(*units), unit, false);
	return factor && !__builtin_mul_overflow(amount, factor, ret_bytes);
}

static const char *const loopback_names[] = { "localhost", "localhost.", "ip6-localhost" };

bool value_is_loopback(const char *host)
{
	struct in6_addr a6;
	struct in_addr a4;

	for (size_t i = 0; i < sizeof(loopback_names) / sizeof(*loopback_names); i++)
		if (span_is_ci(span_of(host), loopback_names[i]))
			return true;
	if (inet_pton(AF_INET, host, &a4) == 1)
		return ntohl(a4.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, host, &a6) == 1 && IN6_IS_ADDR_LOOPBACK(&a6);
}

const char *value_check_domain(const char *s)
{
	struct span rest = span_of(s), port = rest;

	(void)span_cut(&port, ':');
	if (span_find(rest, SPAN("://")) != SIZE_MAX)
		return "is a web address; write the name alone, without what stands before and "
		       "behind it";
	if (port.n && ascii_is_digit((unsigned char)*port.p))
		return "has a port behind it; write the name alone, and port = ... beside it";
	if (!rest.n || rest.n > 253)
		return "is no domain name of 1 to 253 characters";
	for (bool more = true; more;) {
		struct span label;

		more = span_find(rest, SPAN(".")) != SIZE_MAX;
		label = span_cut(&rest, '.');
		if (!label.n || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-')
			return "is no domain name: a part between its dots is empty, too long or "
			       "begins or ends with \"-\"";
		for (size_t i = 0; i < label.n; i++)
			if (!ascii_is_alpha((unsigned char)label.p[i]) &&
			    !ascii_is_digit((unsigned char)label.p[i]) && label.p[i] != '-' &&
			    label.p[i] != '_')
				return "is no domain name: only letters, digits, \"-\" and \".\" "
				       "(write international names in their xn-- form)";
	}
	return NULL;
}

const char *value_check_host(const char *s)
{
	struct in6_addr a6;

	if (inet_pton(AF_INET6, s, &a6) == 1)
		return NULL;
	return value_check_domain(s);
}

/* RFC 5321 section 4.1.2, without quoted strings and address literals. */
const char *value_check_address(const char *s)
{
	static const char bad[] =
	    "is no mail address; write it bare, as in \"support@example.com\"";
	const char *at = strrchr(s, '@');
	size_t n = at ? (size_t)(at - s) : 0;

	if (!n || n > 64 || s[0] == '.' || s[n - 1] == '.')
		return bad;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && !strchr("!#$%&'*+-/=?^_`{|}~.", c))
			return bad;
		if (c == '.' && s[i + 1] == '.')
			return bad;
	}
	for (const char *p = at + 1; *p; p++)
		if (*p & 0x80)
			return "has a domain with a letter that is not ASCII; write it in its xn-- "
			       "form";
	return value_check_domain(at + 1) ? bad : NULL;
}

const char *value_check_authserv(const char *s)
{
	return strpbrk(s, "; \t")
		   ? "is more than a name; write what stands in the field before the "
		     "first semicolon"
		   : value_check_line(s);
}

const char *value_check_freemail(const char *s)
{
	return value_check_domain(s + (*s == '!')) ? "is no domain, as in \"mail.example.net\""
						   : NULL;
}

const char *value_check_name(const char *s)
{
	size_t n = strlen(s);

	if (!n || n > 64)
		return "is no name of 1 to 64 characters";
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && !(i && strchr("-_.", c)))
			return "is no name: letters, digits, \"-\", \"_\" and \".\" only, and it "
			       "begins with a letter or digit";
	}
	return NULL;
}

const char *value_check_line(const char *s)
{
	if (!*s)
		return "is empty; leave the key out instead";
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 127)
			return "has a control character (a line break, a tab) in it";
	return NULL;
}

/* RFC 5322 section 3.6.8 */
static bool is_field_name(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] <= ' ' || (unsigned char)name.p[i] >= 127)
			return false;
	return name.n > 0;
}

/* A field name, a colon, and what must stand behind it. */
const char *value_check_mark(const char *s)
{
	struct span value = span_of(s), name = span_cut(&value, ':');

	if (!is_field_name(name) || !span_trim(value).n)
		return "is no header line, as in \"X-Internal: yes\"";
	return value_check_line(s);
}

const char *value_check_field(const char *s)
{
	struct span value = span_of(s), name = span_cut(&value, ':');

	if (!is_field_name(name))
		return "is no header field, as in \"X-Alert\" or \"X-Alert: down\"";
	return strchr(s, ':') ? value_check_mark(s) : value_check_line(s);
}

const char *value_check_origin(const char *s)
{
	return policy_is_origin(span_of(s)) ? NULL : "is not " POLICY_ORIGINS_TEXT;
}

const char *value_check_score(const char *s)
{
	struct policy_phrase phrase;

	return policy_phrase_parse(s, &phrase)
		   ? NULL
		   : "is no weight (-100 to 100, not 0) and phrase, as in \"5 how do i\"";
}

const char *value_check_delimiter(const char *s)
{
	return strlen(s) == 1 && strchr("+-_=~", *s) ? NULL : "is none of + - _ = ~";
}

const char *value_check_listen(const char *s)
{
	static const char bad[] =
	    "is no address and port, as in \"127.0.0.1:8025\" or \"[::1]:8025\"";
	const char *colon = strrchr(s, ':');
	char host[INET6_ADDRSTRLEN + 2] = "";
	struct in6_addr a;
	uint64_t port;
	size_t n = colon ? (size_t)(colon - s) : sizeof(host);

	if (n >= sizeof(host) || !span_u64(span_of(colon + 1), &port) || port < 1 || port > 65535)
		return bad;
	memcpy(host, s, n);
	if (inet_pton(AF_INET, host, &a) == 1)
		return NULL;
	if (n < 2 || host[0] != '[' || host[n - 1] != ']')
		return bad;
	host[n - 1] = '\0';
	return inet_pton(AF_INET6, host + 1, &a) == 1 ? NULL : bad;
}

const char *value_check_network(const char *s)
{
	struct network n;

	return network_parse(span_of(s), &n)
		   ? NULL
		   : "is no address or network, as in \"10.1.2.3\" or \"fd00::/8\"";
}

const char *value_check_hook_event(const char *s)
{
	static const char *const names[] = {
#define X(id, name) name,
		CONF_HOOK_EVENTS(X)
#undef X
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(s, names[i]) == 0)
			return NULL;
	return "is none of case.opened, case.note, case.state, case.warning, case.breach";
}

const char *value_check_border(const char *s)
{
	static const char *const places[] = { "", "above", "below", "inside" };
	struct span place = span_of(s), host = span_cut(&place, ' ');
	bool known = false;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		known |= span_is(place, places[i]);
	if (!known)
		return "is not a host and one of above, below, inside, as in \"mx.example.com "
		       "above\"";
	if (!host.n || span_is(host, "*"))
		return "names no host";
	for (size_t i = 1; i < sizeof(places) / sizeof(*places); i++)
		if (span_is(host, places[i]))
			return "names no host; host and place are one text, as in \"mx.example.com "
			       "above\"";
	for (size_t i = 0; i < host.n; i++)
		if ((unsigned char)host.p[i] <= ' ' || (host.p[i] == '*' && i && i + 1 != host.n))
			return "is no host name; a * may stand at its beginning or its end";
	return NULL;
}

const char *value_check_https(const char *s)
{
	if (!span_starts_ci(span_of(s), SPAN("https://")) || !s[8])
		return "is no address that begins with https://";
	return value_check_line(s);
}

const char *value_check_url(const char *s)
{
	if (span_starts_ci(span_of(s), SPAN("http://")) && s[7])
		return value_check_line(s);
	return value_check_https(s) ? "is no address that begins with https:// or http://" : NULL;
}
