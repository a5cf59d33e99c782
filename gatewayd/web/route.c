#include "gatewayd/web/route.h"

#include <arpa/inet.h>

static const struct route routes[] = {
	{ "GET", "/", ROUTE_ASK, WEB_BOARD, "board", "Overview" },
	{ "GET", "/cases", ROUTE_ASK, WEB_CASES, "cases", "Cases" },
	{ "GET", "/case/*", ROUTE_ASK, WEB_CASE, "case", "Case #" },
	{ "GET", "/search", ROUTE_ASK, WEB_SEARCH, "search", "Search" },
	{ "GET", "/deadlines", ROUTE_ASK, WEB_DEADLINES, "deadlines", "Deadlines" },
	{ "GET", "/file/*", ROUTE_ASK, WEB_FILE, NULL, NULL },
	{ "GET", "/sign-in", ROUTE_FORM, 0, "sign_in", "Sign in" },
	{ "POST", "/sign-in", ROUTE_ASK, WEB_LINK, "sent", "Look into your mail" },
	{ "GET", "/sign-in/*", ROUTE_FORM, 0, "confirm", "Sign in" },
	{ "POST", "/sign-in/*", ROUTE_ASK, WEB_SIGN_IN, NULL, NULL },
	{ "POST", "/sign-out", ROUTE_ASK, WEB_SIGN_OUT, NULL, NULL },
	{ "GET", "/unsubscribe/*", ROUTE_FORM, 0, "confirm", "Unsubscribe" },
	{ "POST", "/unsubscribe/*", ROUTE_ASK, WEB_UNSUBSCRIBE, "said", "Unsubscribed" },
	{ "GET", "/metrics", ROUTE_ASK, WEB_METRICS, NULL, NULL },
	{ "GET", "/readyz", ROUTE_ASK, WEB_READY, NULL, NULL },
	{ "GET", "/healthz", ROUTE_ALIVE, 0, NULL, NULL },
	{ "GET", "/style.css", ROUTE_STYLE, 0, NULL, NULL },
};

static bool path_fits(const char *pattern, struct span path, struct span *ret_piece)
{
	struct span p = span_of(pattern);
	bool open = p.p[p.n - 1] == '*';

	*ret_piece = SPAN("");
	if (!open)
		return span_eq(p, path);
	p.n--;
	if (!span_starts(path, p) || path.n == p.n)
		return false;
	*ret_piece = span_sub(path, p.n, SIZE_MAX);
	return !memchr(ret_piece->p, '/', ret_piece->n);
}

static bool method_fits(const char *wanted, const char *method)
{
	return strcmp(wanted, method) == 0 ||
	       (strcmp(wanted, "GET") == 0 && strcmp(method, "HEAD") == 0);
}

enum route_found route_find(const char *method, struct span path, const struct route **ret_route,
			    struct span *ret_piece)
{
	enum route_found found = ROUTE_NO_PATH;

	for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
		if (!path_fits(routes[i].path, path, ret_piece))
			continue;
		found = ROUTE_NO_METHOD;
		if (!method_fits(routes[i].method, method))
			continue;
		*ret_route = &routes[i];
		return ROUTE_FOUND;
	}
	return found;
}

struct span route_strip(struct span path, struct span prefix)
{
	if (prefix.n && span_starts(path, prefix) &&
	    (path.n == prefix.n || path.p[prefix.n] == '/')) {
		path = span_sub(path, prefix.n, SIZE_MAX);
		return path.n ? path : SPAN("/");
	}
	return path;
}

static struct span after_scheme(struct span url)
{
	size_t at = span_find(url, SPAN("://"));

	return at < url.n ? span_sub(url, at + 3, SIZE_MAX) : url;
}

struct span route_prefix(struct span url)
{
	struct span rest = after_scheme(url);

	(void)span_cut(&rest, '/');
	while (rest.n && rest.p[rest.n - 1] == '/')
		rest.n--;
	/* With the slash before it. */
	return rest.n ? (struct span){ rest.p - 1, rest.n + 1 } : SPAN("");
}

struct span route_host(struct span url)
{
	struct span rest = after_scheme(url);

	return span_cut(&rest, '/');
}

/* "127.0.0.1:80", "[::1]:80", "localhost" */
static bool is_address(struct span host)
{
	char text[64];
	struct in6_addr a;
	bool bracket = host.n && host.p[0] == '[';
	struct span rest = bracket ? span_sub(host, 1, SIZE_MAX) : host;
	struct span name = span_cut(&rest, bracket ? ']' : ':');

	if (span_is_ci(name, "localhost"))
		return true;
	if (name.n >= sizeof(text))
		return false;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	return inet_pton(bracket ? AF_INET6 : AF_INET, text, &a) == 1;
}

bool route_host_ok(struct span host, struct span public_host)
{
	if (!host.n)
		return false;
	return is_address(host) || (public_host.n == host.n && span_starts_ci(host, public_host));
}

struct span route_cookie(struct span field, const char *name)
{
	while (field.n) {
		struct span one = span_trim(span_cut(&field, ';')), value = one;

		if (span_is(span_cut(&value, '='), name))
			return value;
	}
	return SPAN("");
}
