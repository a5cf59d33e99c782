#include "gatewayd/net/smtp.h"

#include <stdio.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/net/address_strict.h"
#include "gatewayd/net/canonical.h"
#include "gatewayd/net/smtp_talk.h"

enum {
	IDLE_MAX_MS = 20 * 1000,	  /* a connection is kept so long without work */
	LIFETIME_MAX_MS = 10 * 60 * 1000, /* and no longer in all */
};

struct smtp_lane {
	struct smtp_lane_options o;
	int64_t serial; /* of the access token of the connection */
	int64_t opened_at_ms, used_at_ms;
	struct smtp_talk talk;
	bool no_utf8; /* refused here: the recipient needs SMTPUTF8 */
};

struct smtp_lane *smtp_lane_new(const struct smtp_lane_options *o)
{
	struct smtp_lane *l = mem_alloc(sizeof(*l));

	*l = (struct smtp_lane){ .o = *o };
	smtp_talk_init(&l->talk, &o->connect, o->final_timeout_s, SMTP_TEXT_MAX - 1);
	return l;
}

void smtp_lane_free(struct smtp_lane **l)
{
	if (!*l)
		return;
	smtp_talk_release(&(*l)->talk);
	mem_free(l);
}

void smtp_lane_rest(struct smtp_lane *l, int64_t now_ms)
{
	if (now_ms - l->used_at_ms >= IDLE_MAX_MS || now_ms - l->opened_at_ms >= LIFETIME_MAX_MS)
		smtp_talk_close(&l->talk);
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

/* The server does not let this pass: nothing was said of the mail. */
static int refuse(struct smtp_lane *l, const char *why, struct err *e)
{
	l->talk.phase = SMTP_HELLO;
	l->talk.code = 0;
	return err_set(e, ERR_TEMP, "%s: nothing was sent", why);
}

static int open_talk(struct smtp_lane *l, struct err *e)
{
	bool log_in = l->o.connect.server->auth != CONF_AUTH_NONE;
	int r;

	l->opened_at_ms = clock_wait_ms();
	r = l->o.access ? connect_with_token(l, e) : smtp_talk_open(&l->talk, &l->o.connect, e);
	if (r == 0 && log_in && !l->talk.offers.auth)
		return refuse(l, "the server offers no AUTH", e);
	return r;
}

/* --- sending --- */

/* One try; whether the connection was an old one stands in *ret_reused. */
static int transfer(struct smtp_lane *l, const struct smtp_mail *m, bool *ret_reused, struct err *e)
{
	int r = 0;

	*ret_reused = l->talk.connect != NULL;
	if (!l->talk.connect)
		r = open_talk(l, e);
	l->no_utf8 = r == 0 && m->utf8 && !l->talk.offers.smtputf8;
	if (l->no_utf8)
		r = refuse(l, "the server offers no SMTPUTF8, which this address needs", e);
	if (r == 0 && l->o.begins)
		l->o.begins(l->o.ctx);
	if (r == 0)
		r = smtp_talk_mail(&l->talk, m, e);
	l->used_at_ms = clock_wait_ms();
	return r;
}

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

/* The connection had died unnoticed before the server took a word of this mail. */
static bool is_stale(const struct smtp_lane *l, bool reused)
{
	return reused && l->talk.phase < SMTP_DATA && (l->talk.code == 0 || l->talk.code == 421);
}

/* What the server said unasked is no answer to what this mail says; and a fresh connection asks
 * what it offers. */
static void make_ready(struct smtp_lane *l, const struct smtp_mail *m)
{
	smtp_lane_rest(l, clock_wait_ms());
	if (l->talk.connect &&
	    ((m->utf8 && !l->talk.offers.smtputf8) || !smtp_talk_is_quiet(&l->talk)))
		smtp_talk_close(&l->talk);
}

static int check_input(const char *from, const char *to, struct span message, struct buf *ret_body,
		       struct err *e)
{
	buf_init(ret_body, SMTP_MESSAGE_MAX);
	if (*from && address_strict_check(span_of(from), e) < 0)
		return err_prefix(e, "sender: ");
	if (address_strict_check(span_of(to), e) < 0)
		return err_prefix(e, "recipient: ");
	return canonical(message, ret_body, e);
}

void smtp_lane_send(struct smtp_lane *l, const char *from, const char *to, struct span message,
		    struct smtp_result *ret_result)
{
	struct smtp_mail mail = { .may_end = l->o.may_end, .ctx = l->o.ctx };
	struct buf body BUF_AUTO;
	struct err e = { 0 };
	bool reused;
	int r;

	if (check_input(from, to, message, &body, &e) < 0) {
		*ret_result = (struct smtp_result){
			.class = e.class == ERR_PERM ? SMTP_FAILED : SMTP_RETRY,
			.phase = SMTP_CONNECT,
		};
		snprintf(ret_result->text, sizeof(ret_result->text), "%s", e.text);
		return;
	}
	mail.from = span_of(from);
	mail.to = span_of(to);
	mail.body = buf_span(&body);
	mail.utf8 = !utf8_is_ascii(mail.from) || !utf8_is_ascii(mail.to);
	make_ready(l, &mail);
	r = transfer(l, &mail, &reused, &e);
	if (r < 0 && is_stale(l, reused)) {
		smtp_talk_close(&l->talk);
		r = transfer(l, &mail, &reused, &e);
	}
	fill_result(l, r < 0 ? &e : NULL, ret_result);
	if (r < 0)
		smtp_talk_close(&l->talk);
}
