#include "gatewayd/net/smtp_talk.h"

#include "gatewayd/base/clock.h"
#include "gatewayd/base/units.h"
#include "gatewayd/net/sasl_said.h"

enum {
	LINE_MAX_BYTES = 16 * KIB, /* of a reply */
	REPLY_MAX_BYTES = 64 * KIB,
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
	t->came = 0;
	t->deadline_ms = clock_wait_ms() + (int64_t)seconds * 1000;
	buf_clear(&t->text);
}

void smtp_talk_init(struct smtp_talk *t, const struct connect_options *o, int final_timeout_s,
		    size_t text_max)
{
	*t = (struct smtp_talk){ .server = o->server, .final_timeout_s = final_timeout_s };
	buf_init(&t->text, text_max);
	buf_init(&t->in, LINE_MAX_BYTES + READ_BYTES);
	buf_init(&t->out, PIECE_BYTES + COMMANDS_MAX);
}

void smtp_talk_release(struct smtp_talk *t)
{
	smtp_talk_close(t);
	buf_release(&t->text);
	buf_release(&t->in);
	buf_release(&t->out);
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
	t->came += line.n + SPAN("\r\n").n;
	take_line(t, line);
}

static bool is_over(const struct smtp_talk *t)
{
	return t->came > REPLY_MAX_BYTES || clock_wait_ms() > t->deadline_ms;
}

static int say_over(const struct smtp_talk *t, const char *late, struct err *e)
{
	return err_set(e, ERR_TEMP, "%s", t->came > REPLY_MAX_BYTES ? "a reply without end" : late);
}

static bool is_late(void *ctx)
{
	struct smtp_talk *t = ctx;

	t->late = is_over(t);
	return t->late;
}

int smtp_talk_open(struct smtp_talk *t, const struct connect_options *o, struct err *e)
{
	struct connect_watch watch = { on_command, on_line, is_late, t };
	struct connect_options watched = *o;

	watched.watch = &watch;
	t->late = t->in_mail = t->hidden = t->ahead = t->cut = false;
	buf_clear(&t->in);
	enter(t, SMTP_CONNECT);
	if (connect_open(CONNECT_SMTP, &watched, &t->connect, e) == 0)
		return 0;
	return t->late ? say_over(t, "no answer in time", e) : -1;
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

/* 1: more came; 0: nothing is there. */
static int read_more(struct smtp_talk *t, struct err *e)
{
	ssize_t n;

	if (t->in.n >= LINE_MAX_BYTES)
		return err_set(e, ERR_TEMP, "a line without end");
	n = connect_recv(t->connect, buf_room(&t->in, READ_BYTES), READ_BYTES);
	t->hidden = n == READ_BYTES;
	if (n == CONNECT_AGAIN)
		return 0;
	if (n <= 0)
		return err_set(e, ERR_TEMP, "the server closed the connection");
	t->in.n += (size_t)n;
	t->came += (size_t)n;
	if (!t->begun)
		note_begun(t);
	t->begun = true;
	return 1;
}

/* The reply in this phase: 1 when it is there and one of the hundred that is wanted, 0: not yet. */
static int hear(struct smtp_talk *t, enum smtp_phase phase, int hundred, struct err *e)
{
	int r;

	if (t->phase != phase)
		enter(t, phase);
	while (!take_reply(t)) {
		r = is_over(t) ? 0 : read_more(t, e);
		if (r == 0 && is_over(t))
			return say_over(t, "no answer in time", e);
		if (r <= 0)
			return r;
	}
	t->begun = t->in.n > 0;
	return t->code / 100 == hundred ? 1
					: err_set(e, ERR_TEMP, "%d makes no sense there", t->code);
}

static bool is_tls(const struct smtp_talk *t)
{
	return t->server->tls != CONF_TLS_NONE;
}

/* A record that TLS has made goes out as it is, though the socket took nothing of it at once: what
 * may be left unsaid stands in none with the end of a mail. */
static size_t goes_at_once(const struct smtp_talk *t)
{
	bool apart = t->ahead && is_tls(t) && t->sent < t->dot_ends;

	return (apart ? t->dot_ends : t->out.n) - t->sent;
}

/* What is to go out: 1 when all is gone, 0: not yet. */
static int flush(struct smtp_talk *t, struct err *e)
{
	while (t->sent < t->out.n) {
		ssize_t n = connect_send_some(t->connect, t->out.p + t->sent, goes_at_once(t));

		if (n == -1)
			return err_set(e, ERR_TEMP, "the connection broke");
		if (n == CONNECT_AGAIN && is_over(t))
			return say_over(t, "nothing taken in time", e);
		if (n == CONNECT_AGAIN)
			return 0;
		t->sent += (size_t)n;
	}
	buf_clear(&t->out);
	t->sent = 0;
	return 1;
}

/* --- a mail --- */

static const struct step {
	enum smtp_phase phase;
	int hundred;
} envelope[] = { { SMTP_MAIL, 2 }, { SMTP_RCPT, 2 }, { SMTP_DATA, 3 } };

enum { STEPS = sizeof(envelope) / sizeof(*envelope) };

static void put_command(const struct smtp_talk *t, const struct smtp_mail *m, enum smtp_phase phase,
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

/* With DATA what follows may be taken for the mail, until it is refused. */
static void say_commands(struct smtp_talk *t)
{
	size_t n = t->offers.pipelining ? STEPS : 1;

	enter(t, envelope[t->said].phase);
	for (; n && t->said < STEPS; n--)
		put_command(t, &t->mail, envelope[t->said++].phase, &t->out);
	t->in_mail = t->said == STEPS;
}

/*
 * As much as goes at once, the dots at the beginning of lines doubled (RFC 5321 section 4.5.2);
 * what is left of the mail is returned.
 */
static struct span put_piece(const struct smtp_mail *m, bool *line_begins, struct buf *out)
{
	struct span body = m->body;

	while (body.n && out->n < PIECE_BYTES) {
		struct span piece = span_sub(body, 0, PIECE_BYTES - out->n);
		size_t end = m->dotless ? SIZE_MAX : span_find(piece, SPAN("\n."));
		size_t n = end < piece.n ? end + 1 : piece.n;

		if (*line_begins && body.p[0] == '.')
			buf_addc(out, '.');
		buf_add(out, span_sub(piece, 0, n));
		*line_begins = body.p[n - 1] == '\n';
		body = span_sub(body, n, SIZE_MAX);
	}
	return body;
}

/* The last piece, with the end, is not sent before it may be left. */
static void say_piece(struct smtp_talk *t)
{
	t->mail.body = put_piece(&t->mail, &t->line_begins, &t->out);
	enter(t, SMTP_DATA);
	if (t->mail.body.n)
		return;
	buf_adds(&t->out, t->line_begins ? ".\r\n" : "\r\n.\r\n");
	t->at = SMTP_TALK_END;
}

/* The message may be followed by commands (RFC 2920 section 3.1). */
static void say_ahead(struct smtp_talk *t, const struct smtp_mail *next)
{
	t->dot_ends = t->out.n;
	t->ahead = next && t->offers.pipelining;
	for (size_t i = 0; t->ahead && i < STEPS; i++)
		put_command(t, next, envelope[i].phase, &t->out);
}

/* Of these what the socket does not take at once is not said; 1: nothing is left to be sent.  TLS
 * has taken them when the end of the mail is gone. */
static int stop_ahead(struct smtp_talk *t)
{
	if (!t->ahead)
		return 0;
	t->ahead = false;
	t->cut = is_tls(t) ? t->sent >= t->dot_ends : t->sent > t->dot_ends;
	t->out.n = t->cut ? t->sent : t->dot_ends;
	if (t->sent < t->out.n)
		return 0;
	buf_clear(&t->out);
	t->sent = 0;
	return 1;
}

/* Replies to the commands that were said. */
static int hear_envelope(struct smtp_talk *t, struct err *e)
{
	const struct step *s = &envelope[t->heard];
	int r = hear(t, s->phase, s->hundred, e);

	if (r <= 0) {
		t->in_mail = t->in_mail && !(t->phase == SMTP_DATA && t->code >= 400);
		return r;
	}
	if (++t->heard == STEPS)
		t->at = SMTP_TALK_BODY;
	else if (t->heard == t->said)
		say_commands(t);
	return r;
}

static enum smtp_wants end_of(struct smtp_talk *t)
{
	t->in_mail = t->ahead || t->cut;
	return SMTP_WANTS_NEXT;
}

/* As far as it goes; when commands were said, their reply is not there yet. */
static enum smtp_wants lead(struct smtp_talk *t, bool readable, struct err *e)
{
	int r;

	for (;;) {
		bool said = t->out.n > 0;

		if (t->at == SMTP_TALK_END)
			return SMTP_WANTS_LEAVE;
		r = flush(t, e);
		if (r == 0)
			r = stop_ahead(t);
		if (r <= 0)
			return r < 0 ? SMTP_WANTS_CLOSE : SMTP_WANTS_WRITE;
		if (t->at == SMTP_TALK_DOT && t->phase != SMTP_DOT)
			enter(t, SMTP_DOT); /* all is with the server now */
		if (t->at == SMTP_TALK_BODY) {
			say_piece(t);
			continue;
		}
		readable = (readable && !said) || t->hidden || t->in.n;
		if (!readable && !is_over(t))
			return SMTP_WANTS_READ;
		r = t->at == SMTP_TALK_DOT ? hear(t, SMTP_DOT, 2, e) : hear_envelope(t, e);
		if (r <= 0)
			return r < 0 ? SMTP_WANTS_CLOSE : SMTP_WANTS_READ;
		if (t->at == SMTP_TALK_DOT)
			return end_of(t);
	}
}

/* Unless it has gone ahead. */
static void say_envelope(struct smtp_talk *t)
{
	if (!t->ahead) {
		say_commands(t);
		return;
	}
	t->ahead = false;
	t->said = STEPS;
	enter(t, SMTP_MAIL);
}

enum smtp_wants smtp_talk_mail(struct smtp_talk *t, const struct smtp_mail *m, struct err *e)
{
	t->mail = *m;
	t->at = SMTP_TALK_ENVELOPE;
	t->said = t->heard = t->sent = 0;
	t->begun = false;
	t->line_begins = true;
	buf_clear(&t->out);
	say_envelope(t);
	return lead(t, false, e);
}

/* What the server says while it has a part of a mail is its word on it, and no reply to its end. */
static int hear_word(struct smtp_talk *t, struct err *e)
{
	if (t->at == SMTP_TALK_END)
		t->deadline_ms = INT64_MAX;
	return hear(t, SMTP_DATA, 0, e);
}

/* Its end is not all with the server. */
static bool is_in_body(const struct smtp_talk *t)
{
	return t->at == SMTP_TALK_BODY || t->at == SMTP_TALK_END ||
	       (t->at == SMTP_TALK_DOT && t->out.n);
}

/* Those that come while commands are not taken are kept until all of these are with the server. */
static int keep_replies(struct smtp_talk *t, struct err *e)
{
	int r;

	while ((r = read_more(t, e)) > 0)
		;
	return r;
}

/* Whatever comes is read, taken or not: else a loop would wake for it again and again. */
enum smtp_wants smtp_talk_go_on(struct smtp_talk *t, struct err *e)
{
	if (is_in_body(t) && hear_word(t, e) < 0)
		return SMTP_WANTS_CLOSE;
	if (t->at == SMTP_TALK_ENVELOPE && t->out.n && keep_replies(t, e) < 0)
		return SMTP_WANTS_CLOSE;
	return lead(t, true, e);
}

enum smtp_wants smtp_talk_leave(struct smtp_talk *t, const struct smtp_mail *next, struct err *e)
{
	if (hear_word(t, e) < 0)
		return SMTP_WANTS_CLOSE;
	say_ahead(t, next);
	t->at = SMTP_TALK_DOT;
	enter(t, SMTP_DOT);
	return lead(t, false, e);
}
