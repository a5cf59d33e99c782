#include "gatewayd/net/smtp.h"

#include <poll.h>
#include <stdio.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/net/address_strict.h"
#include "gatewayd/net/canonical.h"

enum {
	IDLE_MAX_MS = 15 * 1000,	  /* a connection is kept so long without work */
	LIFETIME_MAX_MS = 10 * 60 * 1000, /* and no longer in all */
};

struct smtp_lane {
	struct smtp_lane_options o;
	int64_t serial; /* of the access token of the connection */
	int64_t opened_at_ms, used_at_ms;
	struct smtp_talk talk;
	struct buf body; /* of the mail under way, where it is not as it goes out; as those below */
	struct smtp_mail mail;
	struct smtp_mail next; /* the one that follows, */
	bool has_next;	       /* whose commands are still to go out */
	bool ahead;	       /* the commands of the mail under way went out before its turn */
	bool reused;	       /* the connection has had another mail */
	bool no_utf8;	       /* refused here: an address needs SMTPUTF8 */
	struct err open_err;   /* class 0: opened */
	struct smtp_result result;
};

struct smtp_lane *smtp_lane_new(const struct smtp_lane_options *o)
{
	struct smtp_lane *l = mem_alloc(sizeof(*l));

	*l = (struct smtp_lane){ .o = *o };
	smtp_talk_init(&l->talk, &o->connect, o->final_timeout_s, SMTP_TEXT_MAX - 1);
	buf_init(&l->body, SMTP_MESSAGE_MAX);
	return l;
}

void smtp_lane_close(struct smtp_lane *l)
{
	if (l->talk.connect && l->o.closes)
		l->o.closes(l->o.ctx, connect_fd(l->talk.connect));
	smtp_talk_close(&l->talk);
}

void smtp_lane_free(struct smtp_lane **l)
{
	if (!*l)
		return;
	smtp_lane_close(*l);
	smtp_talk_release(&(*l)->talk);
	buf_release(&(*l)->body);
	mem_free(l);
}

void smtp_lane_rest(struct smtp_lane *l, int64_t now_ms)
{
	if (now_ms - l->used_at_ms >= IDLE_MAX_MS || now_ms - l->opened_at_ms >= LIFETIME_MAX_MS)
		smtp_lane_close(l);
}

void smtp_lane_heard(struct smtp_lane *l)
{
	if (!smtp_talk_is_quiet(&l->talk))
		smtp_lane_close(l);
}

int smtp_lane_fd(const struct smtp_lane *l)
{
	return l->talk.connect ? connect_fd(l->talk.connect) : -1;
}

int64_t smtp_lane_deadline_ms(const struct smtp_lane *l)
{
	return l->talk.deadline_ms;
}

const struct smtp_result *smtp_lane_result(const struct smtp_lane *l)
{
	return &l->result;
}

/* --- the connection --- */

/* With the access token that there is now; libcurl keeps a copy. */
static int connect_with_token(struct smtp_lane *l, struct err *e)
{
	struct connect_options o = l->o.connect;
	struct buf token;
	int r;

	buf_init(&token, ACCESS_TOKEN_MAX + 1);
	l->serial = access_get(l->o.access, &token);
	o.secret = buf_cstr(&token);
	r = l->serial ? smtp_talk_open(&l->talk, &o, e)
		      : err_set(e, ERR_TEMP, "there is no access token: see oauth in status");
	crypto_wipe(token.p, token.cap);
	buf_release(&token);
	return r;
}

/* Here, not there: nothing was said of the mail. */
static int refuse(struct smtp_lane *l, const char *why, struct err *e)
{
	l->talk.phase = SMTP_HELLO;
	l->talk.code = 0;
	return err_set(e, ERR_TEMP, "%s: nothing was sent", why);
}

void smtp_lane_open(struct smtp_lane *l)
{
	bool log_in = l->o.connect.server->auth != CONF_AUTH_NONE;
	struct err *e = &l->open_err;
	int r;

	*e = (struct err){ 0 };
	l->opened_at_ms = clock_wait_ms();
	r = l->o.access ? connect_with_token(l, e) : smtp_talk_open(&l->talk, &l->o.connect, e);
	if (r == 0 && log_in && !l->talk.offers.auth)
		refuse(l, "the server offers no AUTH", e);
}

/* --- the end of a mail --- */

/* One line that a terminal and a log can bear: valid UTF-8, no control characters. */
static void make_printable(char text[SMTP_TEXT_MAX])
{
	struct buf clean BUF_AUTO;
	struct span s;

	buf_init(&clean, 3 * SMTP_TEXT_MAX);
	utf8_scrub(span_of(text), &clean);
	for (size_t i = 0; i < clean.n; i++)
		if ((unsigned char)clean.p[i] < ' ' || clean.p[i] == 0x7f)
			clean.p[i] = ' ';
	s = utf8_prefix(buf_span(&clean), SMTP_TEXT_MAX - 1);
	if (s.n)
		memcpy(text, s.p, s.n);
	text[s.n] = '\0';
}

/* What the conversation came to, in words and classes. */
static void fill_result(const struct smtp_lane *l, const struct err *e, struct smtp_result *ret)
{
	const struct smtp_talk *t = &l->talk;
	struct smtp_outcome outcome = l->no_utf8
					  ? (struct smtp_outcome){ SMTP_FAILED, SMTP_SCOPE_MAIL }
					  : smtp_reply_judge(t->phase, t->code, buf_span(&t->text));
	struct smtp_enhanced x = smtp_reply_enhanced(t->code, buf_span(&t->text));

	*ret = (struct smtp_result){ outcome.class, outcome.scope, t->phase, t->code, "", "", 0 };
	if (t->phase == SMTP_AUTH && t->code / 100 == 5 && l->o.access)
		ret->refused = l->serial;
	if (x.class)
		snprintf(ret->enhanced, sizeof(ret->enhanced), "%d.%d.%d", x.class, x.subject,
			 x.detail);
	if (e && t->code < 400)
		snprintf(ret->text, sizeof(ret->text), "%s: %.*s", smtp_phase_name(t->phase),
			 SMTP_TEXT_MAX - 32, e->text);
	else
		snprintf(ret->text, sizeof(ret->text), "%s: %d " SPAN_FMT,
			 smtp_phase_name(t->phase), t->code, SPAN_ARG(buf_span(&t->text)));
	make_printable(ret->text);
}

/* Of a mail whose commands went ahead: it may be about another, or about their having done so. */
static bool is_no_word(const struct smtp_talk *t)
{
	bool is_of_recipient = t->phase == SMTP_RCPT && t->code >= 400 && t->code != 421;

	return t->at == SMTP_TALK_ENVELOPE && !is_of_recipient;
}

/* The connection had died unnoticed before the server took a word of this mail. */
static bool is_stale(const struct smtp_lane *l)
{
	if (l->ahead)
		return is_no_word(&l->talk);
	return l->reused && l->talk.phase < SMTP_DATA && (l->talk.code == 0 || l->talk.code == 421);
}

static enum smtp_wants end(struct smtp_lane *l, const struct err *e)
{
	fill_result(l, e, &l->result);
	if (e || l->talk.cut)
		smtp_lane_close(l);
	l->used_at_ms = clock_wait_ms();
	buf_clear(&l->body);
	return SMTP_WANTS_NEXT;
}

static enum smtp_wants after(struct smtp_lane *l, enum smtp_wants wants, const struct err *e)
{
	if (wants == SMTP_WANTS_NEXT)
		return end(l, NULL);
	if (wants != SMTP_WANTS_CLOSE)
		return wants;
	if (!is_stale(l))
		return end(l, e);
	smtp_lane_close(l);
	return SMTP_WANTS_OPEN;
}

/* --- sending --- */

/* What the server said unasked is no answer to what this mail says, nor is what it says to another
 * one that went ahead; and a fresh connection asks what it offers. */
static void make_ready(struct smtp_lane *l)
{
	smtp_lane_rest(l, clock_wait_ms());
	if (l->talk.connect && (l->talk.ahead || (l->mail.utf8 && !l->talk.offers.smtputf8)))
		smtp_lane_close(l);
	if (l->talk.connect)
		smtp_lane_heard(l);
}

static int put_envelope(const char *from, const char *to, struct smtp_mail *ret_mail, struct err *e)
{
	if (*from && address_strict_check(span_of(from), e) < 0)
		return err_prefix(e, "sender: ");
	if (address_strict_check(span_of(to), e) < 0)
		return err_prefix(e, "recipient: ");
	*ret_mail = (struct smtp_mail){ .from = span_of(from), .to = span_of(to) };
	ret_mail->utf8 = !utf8_is_ascii(ret_mail->from) || !utf8_is_ascii(ret_mail->to);
	return 0;
}

/* The message is as it goes out. */
static bool put_as_it_is(struct span message, struct smtp_mail *m)
{
	bool dots;

	if (message.n > SMTP_MESSAGE_MAX || !canonical_is(message, &dots))
		return false;
	m->body = message;
	m->dotless = !dots;
	return true;
}

static int check_input(struct smtp_lane *l, const char *from, const char *to, struct span message,
		       struct err *e)
{
	if (put_envelope(from, to, &l->mail, e) < 0)
		return -1;
	if (put_as_it_is(message, &l->mail))
		return 0;
	buf_clear(&l->body);
	if (canonical(message, &l->body, e) < 0)
		return -1;
	l->mail.body = buf_span(&l->body);
	return 0;
}

static enum smtp_wants talk(struct smtp_lane *l)
{
	struct err e = { 0 };

	l->no_utf8 = l->mail.utf8 && !l->talk.offers.smtputf8;
	if (l->no_utf8) {
		refuse(l, "the server offers no SMTPUTF8, which this address needs", &e);
		return end(l, &e);
	}
	return after(l, smtp_talk_mail(&l->talk, &l->mail, &e), &e);
}

static enum smtp_wants start(struct smtp_lane *l)
{
	if (!l->ahead)
		make_ready(l);
	l->no_utf8 = false;
	l->reused = l->talk.connect != NULL;
	return l->reused ? talk(l) : SMTP_WANTS_OPEN;
}

enum smtp_wants smtp_lane_begin(struct smtp_lane *l, const char *from, const char *to,
				struct span message)
{
	struct err e = { 0 };

	if (check_input(l, from, to, message, &e) < 0) {
		l->result = (struct smtp_result){
			.class = e.class == ERR_PERM ? SMTP_FAILED : SMTP_RETRY,
			.phase = SMTP_CONNECT,
		};
		snprintf(l->result.text, sizeof(l->result.text), "%s", e.text);
		return SMTP_WANTS_NEXT;
	}
	l->ahead = false;
	return start(l);
}

enum smtp_wants smtp_lane_opened(struct smtp_lane *l)
{
	l->reused = l->ahead = false;
	return l->open_err.class ? end(l, &l->open_err) : talk(l);
}

enum smtp_wants smtp_lane_go_on(struct smtp_lane *l)
{
	struct err e = { 0 };

	return after(l, smtp_talk_go_on(&l->talk, &e), &e);
}

enum smtp_wants smtp_lane_leave(struct smtp_lane *l)
{
	const struct smtp_mail *next = l->has_next ? &l->next : NULL;
	struct err e = { 0 };

	l->has_next = false;
	return after(l, smtp_talk_leave(&l->talk, next, &e), &e);
}

bool smtp_lane_ahead(struct smtp_lane *l, const char *from, const char *to, struct span message)
{
	const struct smtp_features *offers = &l->talk.offers;
	struct err ignored; /* it is refused when it begins */

	l->has_next = offers->pipelining && l->used_at_ms - l->opened_at_ms < LIFETIME_MAX_MS &&
		      put_envelope(from, to, &l->next, &ignored) == 0 &&
		      put_as_it_is(message, &l->next) && (!l->next.utf8 || offers->smtputf8);
	return l->has_next;
}

enum smtp_wants smtp_lane_follow(struct smtp_lane *l)
{
	l->mail = l->next;
	l->ahead = l->talk.connect && l->talk.ahead;
	return start(l);
}

bool smtp_lane_awaits_end(const struct smtp_lane *l)
{
	return l->talk.connect && l->talk.phase == SMTP_DOT;
}

void smtp_lane_break(struct smtp_lane *l)
{
	struct err e = { 0 };

	err_set(&e, ERR_TEMP, "broken off");
	end(l, &e);
}

static enum smtp_wants wait_and_go_on(struct smtp_lane *l, short events)
{
	struct pollfd p = { .fd = smtp_lane_fd(l), .events = events };
	int64_t left_ms = smtp_lane_deadline_ms(l) - clock_wait_ms();

	poll(&p, 1, left_ms > 0 ? (int)left_ms + 1 : 1);
	return smtp_lane_go_on(l);
}

void smtp_lane_send(struct smtp_lane *l, const char *from, const char *to, struct span message,
		    struct smtp_result *ret_result)
{
	enum smtp_wants wants = smtp_lane_begin(l, from, to, message);

	while (wants != SMTP_WANTS_NEXT)
		switch (wants) {
		case SMTP_WANTS_OPEN:
			smtp_lane_open(l);
			wants = smtp_lane_opened(l);
			break;
		case SMTP_WANTS_READ: wants = wait_and_go_on(l, POLLIN); break;
		case SMTP_WANTS_WRITE: wants = wait_and_go_on(l, POLLIN | POLLOUT); break;
		case SMTP_WANTS_LEAVE: wants = smtp_lane_leave(l); break;
		case SMTP_WANTS_NEXT:
		case SMTP_WANTS_CLOSE: break; /* they do not come here */
		}
	*ret_result = l->result;
}
