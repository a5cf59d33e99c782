#include "gatewayd/net/smtp_talk.h"

#include "gatewayd/base/clock.h"
#include "gatewayd/base/units.h"
#include "gatewayd/net/sasl_said.h"

enum {
	LINE_MAX_BYTES = 16 * KIB, /* of a reply */
	READ_BYTES = 4 * KIB,
	PIECE_BYTES = 64 * KIB, /* of a mail, sent at once */
	COMMANDS_MAX = 4 * KIB,
};

static void enter(struct smtp_talk *t, enum smtp_phase phase)
{
	int seconds = phase == SMTP_DOT ? t->final_timeout_s
		      : phase == SMTP_CONNECT
			  ? t->server->connect_timeout_s + t->server->command_timeout_s
			  : t->server->command_timeout_s;

	t->phase = phase;
	t->code = 0;
	t->deadline_ms = clock_wait_ms() + (int64_t)seconds * 1000;
	buf_clear(&t->text);
}

void smtp_talk_init(struct smtp_talk *t, const struct connect_options *o, int final_timeout_s,
		    size_t text_max)
{
	*t = (struct smtp_talk){ .server = o->server,
				 .stop = o->stop,
				 .final_timeout_s = final_timeout_s };
	buf_init(&t->text, text_max);
	buf_init(&t->in, LINE_MAX_BYTES + READ_BYTES);
}

void smtp_talk_release(struct smtp_talk *t)
{
	smtp_talk_close(t);
	buf_release(&t->text);
	buf_release(&t->in);
}

void smtp_talk_close(struct smtp_talk *t)
{
	if (!t->connect)
		return;
	if (!t->in_mail)
		connect_send(t->connect, "QUIT\r\n", 6, clock_wait_ms());
	connect_close(&t->connect);
}

/* Lines that are no reply say nothing.  True: it was the last one of a reply. */
static bool take_line(struct smtp_talk *t, struct span line)
{
	struct span text;
	int code;
	bool last;

	if (!smtp_reply_line(line, &code, &last, &text))
		return false;
	t->code = code;
	if (t->phase == SMTP_HELLO)
		smtp_features_line(text, &t->offers);
	if (t->text.n > 0)
		buf_addc(&t->text, ' ');
	sasl_said(text, &t->text);
	return last;
}

bool smtp_talk_is_quiet(struct smtp_talk *t)
{
	char byte;

	return t->in.n == 0 && connect_recv(t->connect, &byte, sizeof(byte)) == CONNECT_AGAIN;
}

/* --- opening --- */

/* Its first word tells the phase; a line of a log-in is one word, whatever it begins with. */
static void on_command(void *ctx, struct span command)
{
	static const struct {
		const char *verb;
		enum smtp_phase phase;
	} verbs[] = {
		{ "EHLO", SMTP_HELLO },
		{ "HELO", SMTP_HELLO },
		{ "STARTTLS", SMTP_STARTTLS },
		{ "AUTH", SMTP_AUTH },
	};
	struct smtp_talk *t = ctx;
	struct span verb = span_cut(&command, ' ');

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (span_is_ci(span_trim(verb), verbs[i].verb)) {
			enter(t, verbs[i].phase);
			if (verbs[i].phase == SMTP_HELLO)
				t->offers = (struct smtp_features){ 0 };
			return;
		}
}

static void on_line(void *ctx, struct span line)
{
	struct smtp_talk *t = ctx;

	if (t->phase == SMTP_CONNECT)
		enter(t, SMTP_GREETING);
	take_line(t, line);
}

static bool is_late(void *ctx)
{
	struct smtp_talk *t = ctx;

	t->late = clock_wait_ms() > t->deadline_ms;
	return t->late;
}

int smtp_talk_open(struct smtp_talk *t, const struct connect_options *o, struct err *e)
{
	struct connect_watch watch = { on_command, on_line, is_late, t };
	struct connect_options watched = *o;

	watched.watch = &watch;
	t->late = t->in_mail = false;
	buf_clear(&t->in);
	enter(t, SMTP_CONNECT);
	if (connect_open(CONNECT_SMTP, &watched, &t->connect, e) == 0)
		return 0;
	return t->late ? err_set(e, ERR_TEMP, "no answer in time") : -1;
}

/* --- replies --- */

/* True: a whole reply was there, and is read. */
static bool take_reply(struct smtp_talk *t)
{
	struct span rest = buf_span(&t->in), line;
	bool last = false;

	while (!last && rest.n && memchr(rest.p, '\n', rest.n) && span_line(&rest, &line))
		last = take_line(t, line);
	buf_drop_front(&t->in, t->in.n - rest.n);
	return last;
}

/* Once the reply to the end of a mail has begun, whatever it is, it must end as any other. */
static void note_begun(struct smtp_talk *t)
{
	int64_t by_ms = clock_wait_ms() + (int64_t)t->server->command_timeout_s * 1000;

	if (t->phase == SMTP_DOT && by_ms < t->deadline_ms)
		t->deadline_ms = by_ms;
}

static int await_bytes(struct smtp_talk *t, struct err *e)
{
	switch (connect_wait(t->connect, -1, t->deadline_ms)) {
	case CONNECT_READABLE: return 0;
	case CONNECT_TIMEOUT: return err_set(e, ERR_TEMP, "no answer in time");
	case CONNECT_WOKEN:
	case CONNECT_STOPPED: break;
	}
	return err_set(e, ERR_TEMP, "broken off");
}

/* Waits first: it is asked for when nothing is there. */
static int read_more(struct smtp_talk *t, bool *begun, struct err *e)
{
	char *room;
	ssize_t n;

	if (t->in.n >= LINE_MAX_BYTES)
		return err_set(e, ERR_TEMP, "a line without end");
	if (clock_wait_ms() > t->deadline_ms)
		return err_set(e, ERR_TEMP, "no answer in time");
	room = buf_room(&t->in, READ_BYTES);
	n = connect_recv(t->connect, room, READ_BYTES);
	if (n == CONNECT_AGAIN)
		return await_bytes(t, e);
	if (n <= 0)
		return err_set(e, ERR_TEMP, "the server closed the connection");
	t->in.n += (size_t)n;
	if (!*begun)
		note_begun(t);
	*begun = true;
	return 0;
}

/* The reply to what was sent in this phase: 0 for one of the hundred that is wanted. */
static int hear(struct smtp_talk *t, enum smtp_phase phase, int hundred, struct err *e)
{
	bool begun = t->in.n > 0;

	if (t->phase != phase)
		enter(t, phase);
	while (!take_reply(t))
		if (read_more(t, &begun, e) < 0)
			return -1;
	return t->code / 100 == hundred ? 0
					: err_set(e, ERR_TEMP, "%d makes no sense there", t->code);
}

static int say(struct smtp_talk *t, struct span s, struct err *e)
{
	if (connect_send(t->connect, s.p, s.n, t->deadline_ms) == 0)
		return 0;
	return err_set(e, ERR_TEMP,
		       clock_wait_ms() > t->deadline_ms ? "nothing taken in time"
							: "the connection broke");
}

/* --- a mail --- */

static const struct step {
	enum smtp_phase phase;
	int hundred;
} envelope[] = { { SMTP_MAIL, 2 }, { SMTP_RCPT, 2 }, { SMTP_DATA, 3 } };

enum { STEPS = sizeof(envelope) / sizeof(*envelope) };

static void put_command(const struct smtp_talk *t, enum smtp_phase phase, const struct smtp_mail *m,
			struct buf *out)
{
	if (phase == SMTP_MAIL) {
		buf_addf(out, "MAIL FROM:<" SPAN_FMT ">", SPAN_ARG(m->from));
		if (t->offers.size_said)
			buf_addf(out, " SIZE=%zu", m->body.n);
		if (m->utf8)
			buf_adds(out, " SMTPUTF8");
	} else if (phase == SMTP_RCPT) {
		buf_addf(out, "RCPT TO:<" SPAN_FMT ">", SPAN_ARG(m->to));
	} else {
		buf_adds(out, "DATA");
	}
	buf_adds(out, "\r\n");
}

/* So many steps at once; with DATA what follows may be taken for the mail, until it is refused. */
static int say_steps(struct smtp_talk *t, size_t from, size_t n, const struct smtp_mail *m,
		     struct err *e)
{
	struct buf out BUF_AUTO;

	buf_init(&out, COMMANDS_MAX);
	for (size_t i = from; i < from + n; i++)
		put_command(t, envelope[i].phase, m, &out);
	enter(t, envelope[from].phase);
	t->in_mail = from + n == STEPS;
	return say(t, buf_span(&out), e);
}

static int say_envelope(struct smtp_talk *t, const struct smtp_mail *m, struct err *e)
{
	size_t at_once = t->offers.pipelining ? STEPS : 1;

	for (size_t i = 0; i < STEPS; i++) {
		if (i % at_once == 0 && say_steps(t, i, at_once, m, e) < 0)
			return -1;
		if (hear(t, envelope[i].phase, envelope[i].hundred, e) < 0) {
			t->in_mail = t->in_mail && !(t->phase == SMTP_DATA && t->code >= 400);
			return -1;
		}
	}
	return 0;
}

/*
 * As much as goes at once, the dots at the beginning of lines doubled (RFC 5321 section 4.5.2);
 * what is left of the mail is returned.
 */
static struct span put_piece(struct span body, bool *line_begins, struct buf *out)
{
	while (body.n && out->n < PIECE_BYTES) {
		const char *end = memmem(body.p, body.n, "\n.", 2);
		size_t n = end ? (size_t)(end + 1 - body.p) : body.n, room = PIECE_BYTES - out->n;

		if (*line_begins && body.p[0] == '.')
			buf_addc(out, '.');
		n = n < room ? n : room;
		buf_add(out, span_sub(body, 0, n));
		*line_begins = body.p[n - 1] == '\n';
		body = span_sub(body, n, SIZE_MAX);
	}
	return body;
}

static int say_body(struct smtp_talk *t, const struct smtp_mail *m, struct err *e)
{
	struct buf piece BUF_AUTO;
	struct span body = m->body;
	bool line_begins = true;

	buf_init(&piece, PIECE_BYTES + 64);
	for (;;) {
		buf_clear(&piece);
		body = put_piece(body, &line_begins, &piece);
		if (body.n == 0)
			break;
		enter(t, SMTP_DATA);
		if (say(t, buf_span(&piece), e) < 0)
			return -1;
	}
	buf_adds(&piece, line_begins ? ".\r\n" : "\r\n.\r\n");
	if (m->may_end && !m->may_end(m->ctx))
		return err_set(e, ERR_TEMP, "given up before its end");
	enter(t, SMTP_DOT);
	return say(t, buf_span(&piece), e);
}

int smtp_talk_mail(struct smtp_talk *t, const struct smtp_mail *m, struct err *e)
{
	if (say_envelope(t, m, e) < 0 || say_body(t, m, e) < 0 || hear(t, SMTP_DOT, 2, e) < 0)
		return -1;
	t->in_mail = false;
	return 0;
}
