#include "gatewayd/begin/begin_server.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <resolv.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	REACH_MS = 3000,
	CANDIDATES_MAX = 16,
	SRV_PORT_SIZE = 2,
	RECORDS_MAX = 4,    /* of a service that are tried */
	SRV_FIXED_SIZE = 6, /* priority, weight, port (RFC 2782) */
};

/* --- as a person writes one --- */

static const struct {
	int port;
	enum conf_tls tls;
} ports[] = {
	{ 993, CONF_TLS_IMPLICIT }, { 465, CONF_TLS_IMPLICIT }, { 143, CONF_TLS_STARTTLS },
	{ 587, CONF_TLS_STARTTLS }, { 25, CONF_TLS_STARTTLS },
};

static enum conf_tls usual_tls(int port)
{
	for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++)
		if (ports[i].port == port)
			return ports[i].tls;
	return CONF_TLS_IMPLICIT;
}

static bool read_tls(struct span word, enum conf_tls *ret_tls)
{
	static const char *const names[] = { [CONF_TLS_IMPLICIT] = "implicit",
					     [CONF_TLS_STARTTLS] = "starttls",
					     [CONF_TLS_NONE] = "none" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (span_is(word, names[i])) {
			*ret_tls = (enum conf_tls)i;
			return true;
		}
	return false;
}

static bool is_host(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && c != '.' && c != '-')
			return false;
	}
	return s.n > 0 && s.n <= 253 && s.p[0] != '-' && s.p[0] != '.';
}

const char *begin_server_read(const char *text, bool imap, struct arena *a,
			      struct begin_server *ret_server)
{
	struct span tls = span_trim(span_of(text)), port = span_cut(&tls, ' ');
	struct span host = span_cut(&port, ':');
	struct begin_server s = { .port = imap ? 993 : 587 };
	uint64_t number = (uint64_t)s.port;

	tls = span_trim(tls);
	if (!is_host(host))
		return "write the name of the server, NAME:PORT or NAME:PORT starttls";
	if (port.n && (!span_u64(port, &number) || number < 1 || number > 65535))
		return "a port is a number from 1 to 65535";
	s.host = arena_cstr(a, host);
	s.port = (int)number;
	s.tls = usual_tls(s.port);
	if (tls.n && !read_tls(tls, &s.tls))
		return "behind the port stands implicit, starttls or none";
	*ret_server = s;
	return NULL;
}

const char *begin_server_text(const struct begin_server *s, struct arena *a)
{
	static const char *const names[] = { " implicit", " starttls", " none" };

	return arena_printf(a, "%s:%d%s", s->host, s->port,
			    s->tls == usual_tls(s->port) ? "" : names[s->tls]);
}

/* --- guesses --- */

struct candidates {
	struct begin_server v[CANDIDATES_MAX];
	size_t n;
};

static void add(struct candidates *c, const char *host, int port, enum conf_tls tls)
{
	if (c->n < CANDIDATES_MAX)
		c->v[c->n++] = (struct begin_server){ host, port, tls };
}

struct record {
	unsigned int priority;
	int port;
	const char *host;
};

/* "." says that there is none (RFC 6186 section 3.4). */
static bool read_record(ns_msg *msg, int i, struct arena *a, struct record *ret_record)
{
	char host[NS_MAXDNAME];
	const unsigned char *data;
	ns_rr rr;

	if (ns_parserr(msg, ns_s_an, i, &rr) < 0 || ns_rr_type(rr) != ns_t_srv ||
	    ns_rr_rdlen(rr) <= SRV_FIXED_SIZE)
		return false;
	data = ns_rr_rdata(rr);
	if (dn_expand(ns_msg_base(*msg), ns_msg_end(*msg), data + SRV_FIXED_SIZE, host,
		      sizeof(host)) < 0 ||
	    !is_host(span_of(host)))
		return false;
	ret_record->priority = ns_get16(data);
	ret_record->port = (int)ns_get16(data + SRV_FIXED_SIZE - SRV_PORT_SIZE);
	ret_record->host = arena_cstr(a, span_of(host));
	return ret_record->port > 0;
}

/* Those of the lowest priorities, in their order (RFC 2782). */
static size_t read_records(ns_msg *msg, struct arena *a, struct record best[RECORDS_MAX])
{
	struct record r;
	size_t n = 0;

	for (int i = 0; i < ns_msg_count(*msg, ns_s_an); i++) {
		size_t at = n;

		if (!read_record(msg, i, a, &r))
			continue;
		while (at && best[at - 1].priority > r.priority)
			at--;
		if (at == RECORDS_MAX)
			continue;
		n -= n == RECORDS_MAX;
		memmove(best + at + 1, best + at, (n - at) * sizeof(*best));
		best[at] = r;
		n++;
	}
	return n;
}

static void add_srv(struct candidates *c, const char *service, const char *domain,
		    enum conf_tls tls, struct arena *a)
{
	unsigned char answer[4096];
	struct record best[RECORDS_MAX];
	const char *name = arena_printf(a, "_%s._tcp.%s", service, domain);
	int n = res_query(name, ns_c_in, ns_t_srv, answer, sizeof(answer));
	size_t count;
	ns_msg msg;

	if (n <= 0 || (size_t)n > sizeof(answer) || ns_initparse(answer, n, &msg) < 0)
		return;
	count = read_records(&msg, a, best);
	for (size_t i = 0; i < count; i++)
		add(c, best[i].host, best[i].port, tls);
}

static void collect(struct candidates *c, const char *domain, bool imap, struct arena *a)
{
	static const char *const names[2][3] = { { "smtp", "mail", "mx" },
						 { "imap", "mail", "mx" } };

	add_srv(c, imap ? "imaps" : "submissions", domain, CONF_TLS_IMPLICIT, a);
	add_srv(c, imap ? "imap" : "submission", domain, CONF_TLS_STARTTLS, a);
	for (size_t i = 0; i < 3; i++) {
		const char *host = arena_printf(a, "%s.%s", names[imap][i], domain);

		if (imap)
			add(c, host, 993, CONF_TLS_IMPLICIT);
		else
			add(c, host, 587, CONF_TLS_STARTTLS);
	}
}

static bool connects(const struct addrinfo *to)
{
	int fd = socket(to->ai_family, to->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct pollfd wait = { .fd = fd, .events = POLLOUT };
	int error = 0;
	socklen_t size = sizeof(error);
	bool good;

	if (fd < 0)
		return false;
	good = connect(fd, to->ai_addr, to->ai_addrlen) == 0 ||
	       (errno == EINPROGRESS && poll(&wait, 1, REACH_MS) == 1 &&
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0);
	close(fd);
	return good;
}

static bool is_there(const struct begin_server *s)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
	struct addrinfo *list = NULL;
	char port[8];
	bool good = false;

	snprintf(port, sizeof(port), "%d", s->port);
	if (getaddrinfo(s->host, port, &hints, &list) != 0)
		return false;
	for (const struct addrinfo *i = list; i && !good; i = i->ai_next)
		good = connects(i);
	freeaddrinfo(list);
	return good;
}

bool begin_server_guess(const char *domain, bool imap, struct arena *a,
			struct begin_server *ret_server)
{
	struct candidates c = { .n = 0 };

	collect(&c, domain, imap, a);
	for (size_t i = 0; i < c.n; i++)
		if (is_there(&c.v[i])) {
			*ret_server = c.v[i];
			return true;
		}
	return false;
}
