#include "gatewayd/net/read_ahead.h"

#include <errno.h>
#include <sys/socket.h>

#include "gatewayd/base/units.h"

enum { AHEAD_BYTES = 64 * KIB };

/* 0: the end of the stream; -1.  Who rests and looks has no memory behind it either. */
static ssize_t receive(struct read_ahead *r)
{
	bool rests = !r->bytes.p;
	ssize_t got;

	r->bytes.max = AHEAD_BYTES;
	got = recv(r->socket, buf_room(&r->bytes, AHEAD_BYTES), AHEAD_BYTES, MSG_DONTWAIT);
	r->at = 0;
	r->bytes.n = got > 0 ? (size_t)got : 0;
	if (got < 0)
		gnutls_transport_set_errno(r->tls, errno);
	if (got <= 0 && rests)
		read_ahead_release(r);
	return got;
}

static ssize_t pull(gnutls_transport_ptr_t ctx, void *p, size_t n)
{
	struct read_ahead *r = ctx;
	ssize_t got = r->bytes.n ? 1 : receive(r);

	if (got <= 0)
		return got;
	n = n < r->bytes.n - r->at ? n : r->bytes.n - r->at;
	memcpy(p, r->bytes.p + r->at, n);
	r->at += n;
	if (r->at == r->bytes.n)
		buf_clear(&r->bytes);
	return (ssize_t)n;
}

void read_ahead_see(struct read_ahead *r, CURL *easy)
{
	const struct curl_tlssessioninfo *info = NULL;

	if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &info) == CURLE_OK && info &&
	    info->backend == CURLSSLBACKEND_GNUTLS && info->internals)
		r->tls = info->internals;
}

void read_ahead_begin(struct read_ahead *r, curl_socket_t socket)
{
	gnutls_transport_ptr_t in, out;

	if (!r->tls)
		return;
	r->socket = socket;
	gnutls_transport_get_ptr2(r->tls, &in, &out);
	gnutls_transport_set_ptr2(r->tls, r, out);
	gnutls_transport_set_pull_function(r->tls, pull);
}

bool read_ahead_has(const struct read_ahead *r)
{
	return r->bytes.n > 0;
}

void read_ahead_rest(struct read_ahead *r)
{
	if (!read_ahead_has(r))
		read_ahead_release(r);
}

void read_ahead_release(struct read_ahead *r)
{
	buf_release(&r->bytes);
}
