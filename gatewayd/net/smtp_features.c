#include "gatewayd/net/smtp_features.h"

#include "gatewayd/base/buf.h"
#include "gatewayd/base/clock.h"
#include "gatewayd/base/units.h"
#include "gatewayd/net/smtp_reply.h"

enum { ANSWER_MAX = 16 * KIB };

void smtp_features_line(struct span text, struct smtp_features *f)
{
	struct span rest = span_trim(text), word = span_cut(&rest, ' ');
	uint64_t bytes = 0;

	if (span_is_ci(word, "AUTH"))
		f->auth = true;
	else if (span_is_ci(word, "SMTPUTF8"))
		f->smtputf8 = true;
	else if (span_is_ci(word, "PIPELINING"))
		f->pipelining = true;
	else if (span_is_ci(word, "SIZE")) {
		f->size_said = true;
		if (span_u64(span_trim(rest), &bytes) && bytes <= INT64_MAX)
			f->size_bytes = (int64_t)bytes;
	}
}

/* Reads the lines that are whole; 1: the last one, 0: more is to come, -1: the server said no. */
static int read_lines(struct buf *in, size_t *at, struct smtp_features *f)
{
	struct span rest = span_sub(buf_span(in), *at, SIZE_MAX), line, text;
	bool last = false;
	int code;

	while (rest.n && memchr(rest.p, '\n', rest.n) && span_line(&rest, &line)) {
		*at = in->n - rest.n;
		if (!smtp_reply_line(line, &code, &last, &text) || code != 250)
			return -1;
		smtp_features_line(text, f);
		if (last)
			return 1;
	}
	return 0;
}

static int read_answer(struct connect *c, int64_t deadline_ms, struct smtp_features *f,
		       struct err *e)
{
	struct buf in BUF_AUTO;
	char piece[1024];
	size_t at = 0;
	int r = 0;

	buf_init(&in, ANSWER_MAX);
	while (r == 0 && !in.full) {
		ssize_t n = connect_recv(c, piece, sizeof(piece));

		if (n == CONNECT_AGAIN && connect_wait(c, -1, deadline_ms) != CONNECT_READABLE)
			return err_set(e, ERR_TEMP, "no answer to EHLO in time");
		if (n == CONNECT_AGAIN)
			continue;
		if (n <= 0)
			return err_set(e, ERR_TEMP, "the connection ended after EHLO");
		buf_add(&in, (struct span){ piece, (size_t)n });
		r = read_lines(&in, &at, f);
	}
	return r == 1 ? 0 : err_set(e, ERR_TEMP, "the answer to EHLO makes no sense");
}

static int ask(struct connect *c, const struct connect_options *o, struct smtp_features *f,
	       struct err *e)
{
	int64_t deadline_ms = clock_wait_ms() + (int64_t)o->server->command_timeout_s * 1000;
	struct buf ehlo BUF_AUTO;

	buf_init(&ehlo, KIB);
	buf_addf(&ehlo, "EHLO %s\r\n", o->helo ? o->helo : "localhost");
	if (connect_send(c, ehlo.p, ehlo.n, deadline_ms) < 0)
		return err_set(e, ERR_TEMP, "the connection ended before EHLO");
	return read_answer(c, deadline_ms, f, e);
}

int smtp_features(const struct connect_options *o, struct smtp_features *ret_features,
		  struct err *e)
{
	const struct conf_server *s = o->server;
	struct smtp_features f = { 0 };
	struct connect *c;
	int r;

	if (connect_open(CONNECT_SMTP, o, &c, e) < 0)
		return -1;
	r = ask(c, o, &f, e);
	connect_send(c, "QUIT\r\n", 6, clock_wait_ms() + 100);
	connect_close(&c);
	if (r < 0)
		return err_prefix(e, "%s:%d: ", s->host, s->port);
	if (s->auth != CONF_AUTH_NONE && !f.auth)
		return err_set(e, ERR_PERM, "%s:%d: the server takes no log-ins", s->host, s->port);
	*ret_features = f;
	return 0;
}
