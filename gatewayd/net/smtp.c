#include "gatewayd/net/smtp.h"

#include <curl/curl.h>
#include <stdio.h>
#include <sys/socket.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/net/address_strict.h"
#include "gatewayd/net/canonical.h"
#include "gatewayd/net/sasl_said.h"

enum {
	IDLE_MAX_MS = 20 * 1000,	  /* a connection is kept so long without work */
	QUIT_MS = 1000,			  /* for the reply to QUIT after an error */
	LIFETIME_MAX_MS = 10 * 60 * 1000, /* and no longer in all */
};

/* The transfer under way: what libcurl's callbacks know. */
struct talk {
	struct span body; /* what is left of it */
	enum smtp_phase phase;
	int64_t deadline_ms;
	bool tls;	   /* TLS is up, or none is wanted */
	bool auth_offered; /* by the EHLO reply under way */
	bool no_auth;	   /* given up for want of it */
	bool utf8;	   /* the recipient needs SMTPUTF8 */
	bool no_utf8;	   /* given up for want of it */
	bool late;
	bool answering; /* the reply after the dot has begun */
	bool held;	/* the end was not to be sent */
	bool over;	/* libcurl says QUIT, after an error: what comes is no reply to this mail */
	int code;	/* of the last reply in this phase */
	struct buf text;
};

struct smtp_lane {
	struct smtp_lane_options o;
	int64_t serial;	   /* of the access token of the connection */
	CURL *easy;	   /* NULL: none yet, or given up after an error */
	bool utf8_offered; /* SMTPUTF8, by the last EHLO reply */
	int64_t opened_at_ms, used_at_ms;
	struct talk talk;
	char detail[CURL_ERROR_SIZE];
};

struct smtp_lane *smtp_lane_new(const struct smtp_lane_options *o)
{
	struct smtp_lane *l = mem_alloc(sizeof(*l));

	l->o = *o;
	buf_init(&l->talk.text, SMTP_TEXT_MAX - 1);
	return l;
}

/* QUIT is sent, its answer not waited for: libcurl would, for two minutes. */
static void hang_up(struct smtp_lane *l)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	if (!l->easy)
		return;
	curl_easy_getinfo(l->easy, CURLINFO_ACTIVESOCKET, &fd);
	if (fd != CURL_SOCKET_BAD)
		shutdown(fd, SHUT_RD);
	curl_easy_cleanup(l->easy);
	l->easy = NULL;
}

void smtp_lane_free(struct smtp_lane **l)
{
	if (!*l)
		return;
	hang_up(*l);
	buf_release(&(*l)->talk.text);
	mem_free(l);
}

void smtp_lane_rest(struct smtp_lane *l, int64_t now_ms)
{
	if (now_ms - l->used_at_ms >= IDLE_MAX_MS || now_ms - l->opened_at_ms >= LIFETIME_MAX_MS)
		hang_up(l);
}

/* --- following the conversation --- */

static void enter(struct smtp_lane *l, enum smtp_phase phase)
{
	int seconds = phase == SMTP_DOT	      ? l->o.final_timeout_s
		      : phase == SMTP_CONNECT ? l->o.connect.server->connect_timeout_s +
						    l->o.connect.server->command_timeout_s
					      : l->o.connect.server->command_timeout_s;

	l->talk.phase = phase;
	l->talk.code = 0;
	l->talk.deadline_ms = clock_wait_ms() + (int64_t)seconds * 1000;
	buf_clear(&l->talk.text);
}

/* A command goes out: its first word tells the phase.  The rest may be a credential. */
static void on_command(struct smtp_lane *l, struct span command)
{
	static const struct {
		struct span verb;
		enum smtp_phase phase;
	} verbs[] = {
		{ SPAN_LITERAL("EHLO"), SMTP_HELLO },	     { SPAN_LITERAL("HELO"), SMTP_HELLO },
		{ SPAN_LITERAL("STARTTLS"), SMTP_STARTTLS }, { SPAN_LITERAL("AUTH"), SMTP_AUTH },
		{ SPAN_LITERAL("MAIL "), SMTP_MAIL },	     { SPAN_LITERAL("RCPT "), SMTP_RCPT },
		{ SPAN_LITERAL("DATA"), SMTP_DATA },
	};

	if (span_starts_ci(command, SPAN("QUIT"))) {
		l->talk.over = true;
		l->talk.deadline_ms = clock_wait_ms() + QUIT_MS;
		return;
	}
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (span_starts_ci(command, verbs[i].verb)) {
			enter(l, verbs[i].phase);
			l->talk.auth_offered = false;
			if (verbs[i].phase == SMTP_HELLO)
				l->utf8_offered = false;
			if (verbs[i].phase == SMTP_MAIL && l->o.begins)
				l->o.begins(l->o.ctx);
			return;
		}
}

/* libcurl's trace, of which nothing is kept or shown. */
static int on_trace(CURL *easy, curl_infotype type, char *p, size_t n, void *ctx)
{
	(void)easy;
	if (type == CURLINFO_HEADER_OUT)
		on_command(ctx, (struct span){ p, n });
	return 0;
}

/* The last line of a reply.  After EHLO libcurl would go on without AUTH or SMTPUTF8; we do not. */
static bool may_go_on(struct smtp_lane *l)
{
	struct talk *t = &l->talk;
	bool log_in = l->o.connect.server->auth != CONF_AUTH_NONE, hello;

	if (t->code / 100 != 2)
		return true;
	if (t->phase == SMTP_STARTTLS)
		t->tls = true;
	hello = t->phase == SMTP_HELLO && t->tls;
	t->no_auth = hello && log_in && !t->auth_offered;
	t->no_utf8 = hello && !t->no_auth && t->utf8 && !l->utf8_offered;
	return !t->no_auth && !t->no_utf8;
}

/* Once the reply after the dot has begun, whatever it is, it must end as any other. */
static void on_final_reply(struct smtp_lane *l)
{
	int64_t by_ms = clock_wait_ms() + (int64_t)l->o.connect.server->command_timeout_s * 1000;

	if (l->talk.answering || l->talk.phase != SMTP_DOT)
		return;
	l->talk.answering = true;
	if (by_ms < l->talk.deadline_ms)
		l->talk.deadline_ms = by_ms;
}

/* A line from the server. */
static size_t on_reply(char *p, size_t size, size_t n, void *ctx)
{
	struct smtp_lane *l = ctx;
	struct talk *t = &l->talk;
	struct span text;
	int code;
	bool last;

	n *= size;
	on_final_reply(l);
	if (t->over || !smtp_reply_line((struct span){ p, n }, &code, &last, &text))
		return n;
	if (t->phase == SMTP_CONNECT)
		enter(l, SMTP_GREETING);
	t->code = code;
	if (t->phase == SMTP_HELLO) {
		t->auth_offered |= span_starts_ci(text, SPAN("AUTH "));
		l->utf8_offered |= span_is_ci(span_trim(text), "SMTPUTF8");
	}
	if (t->text.n > 0)
		buf_addc(&t->text, ' ');
	sasl_said(text, &t->text);
	return !last || may_go_on(l) ? n : 0;
}

static bool is_held(struct smtp_lane *l)
{
	l->talk.held = l->o.may_end && !l->o.may_end(l->o.ctx);
	return l->talk.held;
}

/* libcurl may never ask again after the last bytes: with them the dot may be on its way. */
static size_t on_body(char *out, size_t size, size_t n, void *ctx)
{
	struct smtp_lane *l = ctx;
	struct span piece = span_sub(l->talk.body, 0, size * n);

	l->talk.body = span_sub(l->talk.body, piece.n, SIZE_MAX);
	if (l->talk.body.n == 0 && l->talk.phase != SMTP_DOT && is_held(l))
		return CURL_READFUNC_ABORT;
	if (l->talk.body.n > 0)
		enter(l, SMTP_DATA);
	else if (l->talk.phase != SMTP_DOT)
		enter(l, SMTP_DOT);
	if (piece.n > 0)
		memcpy(out, piece.p, piece.n);
	return piece.n;
}

static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct smtp_lane *l = ctx;
	const atomic_bool *stop = l->o.connect.stop;

	(void)a, (void)b, (void)c, (void)d;
	if (clock_wait_ms() > l->talk.deadline_ms) {
		l->talk.late = !l->talk.over;
		return 1;
	}
	return stop && atomic_load(stop);
}

/* --- sending --- */

static int set_callbacks(struct smtp_lane *l, struct err *e)
{
	if (curl_easy_setopt(l->easy, CURLOPT_VERBOSE, 1L) ||
	    curl_easy_setopt(l->easy, CURLOPT_DEBUGFUNCTION, on_trace) ||
	    curl_easy_setopt(l->easy, CURLOPT_DEBUGDATA, l) ||
	    curl_easy_setopt(l->easy, CURLOPT_HEADERFUNCTION, on_reply) ||
	    curl_easy_setopt(l->easy, CURLOPT_HEADERDATA, l) ||
	    curl_easy_setopt(l->easy, CURLOPT_READFUNCTION, on_body) ||
	    curl_easy_setopt(l->easy, CURLOPT_READDATA, l) ||
	    curl_easy_setopt(l->easy, CURLOPT_NOPROGRESS, 0L) ||
	    curl_easy_setopt(l->easy, CURLOPT_XFERINFOFUNCTION, on_progress) ||
	    curl_easy_setopt(l->easy, CURLOPT_XFERINFODATA, l) ||
	    curl_easy_setopt(l->easy, CURLOPT_ERRORBUFFER, l->detail))
		return err_set(e, ERR_BUG, "libcurl does not take the callbacks");
	return 0;
}

/* With the access token that there is now; libcurl keeps a copy. */
static int prepare(struct smtp_lane *l, struct err *e)
{
	struct connect_options o = l->o.connect;
	struct buf token;
	int r;

	if (!l->o.access)
		return connect_prepare(l->easy, CONNECT_SMTP, &l->o.connect, e);
	buf_init(&token, ACCESS_TOKEN_MAX + 1);
	l->serial = access_get(l->o.access, &token);
	o.secret = buf_cstr(&token);
	r = l->serial ? connect_prepare(l->easy, CONNECT_SMTP, &o, e)
		      : err_set(e, ERR_TEMP, "there is no access token: see oauth in status");
	crypto_wipe(token.p, token.cap);
	buf_release(&token);
	return r;
}

static int start_easy(struct smtp_lane *l, struct err *e)
{
	/* the deadlines are ours (on_progress); libcurl's own lies behind them */
	long longest = (long)l->o.final_timeout_s + l->o.connect.server->command_timeout_s + 60;

	if (l->easy)
		return 0;
	l->easy = curl_easy_init();
	if (!l->easy)
		return err_set(e, ERR_TEMP, "cannot start libcurl");
	l->opened_at_ms = clock_wait_ms();
	if (prepare(l, e) < 0 || set_callbacks(l, e) < 0)
		return -1;
	if (curl_easy_setopt(l->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, longest) ||
	    curl_easy_setopt(l->easy, CURLOPT_UPLOAD, 1L))
		return err_set(e, ERR_BUG, "libcurl does not take the settings");
	return 0;
}

static bool set_envelope(struct smtp_lane *l, const char *from, struct curl_slist *to)
{
	return !curl_easy_setopt(l->easy, CURLOPT_MAIL_FROM, from) &&
	       !curl_easy_setopt(l->easy, CURLOPT_MAIL_RCPT, to) &&
	       !curl_easy_setopt(l->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)l->talk.body.n);
}

/* One try; whether the connection was an old one stands in *ret_reused. */
static int transfer(struct smtp_lane *l, const char *from, const char *to, struct span body,
		    bool *ret_reused, struct err *e)
{
	struct curl_slist *list;
	long connects = 1;
	CURLcode r = CURLE_FAILED_INIT;

	*ret_reused = false;
	l->talk.tls = l->o.connect.server->tls != CONF_TLS_STARTTLS;
	l->talk.body = body;
	l->talk.no_auth = l->talk.late = l->talk.over = l->talk.auth_offered = false;
	l->talk.utf8 = !utf8_is_ascii(span_of(to));
	l->talk.no_utf8 = false;
	l->talk.answering = l->talk.held = false;
	l->detail[0] = '\0';
	enter(l, SMTP_CONNECT);
	if (start_easy(l, e) < 0)
		return -1;
	list = curl_slist_append(NULL, to);
	if (list && set_envelope(l, from, list))
		r = curl_easy_perform(l->easy);
	curl_easy_setopt(l->easy, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(list);
	l->used_at_ms = clock_wait_ms();
	if (r == CURLE_OK)
		return 0;
	curl_easy_getinfo(l->easy, CURLINFO_NUM_CONNECTS, &connects);
	*ret_reused = connects == 0;
	return err_set(e, ERR_TEMP, "%s", connect_reason((int)r, l->detail));
}

static const char *own_reason(const struct smtp_lane *l, const struct err *e)
{
	return l->talk.no_auth ? "the server offers no AUTH: nothing was sent"
	       : l->talk.no_utf8
		   ? "the server offers no SMTPUTF8, which this address needs: nothing was sent"
	       : l->talk.held ? "given up before its end"
	       : l->talk.late ? "no answer in time"
			      : e->text;
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

/* What libcurl and the server left behind, in words and classes. */
static void fill_result(const struct smtp_lane *l, bool failed, const struct err *e,
			struct smtp_result *ret)
{
	const struct talk *t = &l->talk;
	int code = t->no_auth || t->no_utf8 ? 0 : t->code; /* the refusal was ours */
	struct smtp_outcome outcome = t->no_utf8
					  ? (struct smtp_outcome){ SMTP_FAILED, SMTP_SCOPE_MAIL }
					  : smtp_reply_judge(t->phase, code, buf_span(&t->text));
	struct smtp_enhanced x = smtp_reply_enhanced(code, buf_span(&t->text));

	*ret = (struct smtp_result){ outcome.class, outcome.scope, t->phase, code, "", "", 0 };
	if (t->phase == SMTP_AUTH && code / 100 == 5 && l->o.access)
		ret->refused = l->serial;
	if (x.class)
		snprintf(ret->enhanced, sizeof(ret->enhanced), "%d.%d.%d", x.class, x.subject,
			 x.detail);
	if (failed && code < 400)
		snprintf(ret->text, sizeof(ret->text), "%s: %.*s", smtp_phase_name(t->phase),
			 SMTP_TEXT_MAX - 32, own_reason(l, e));
	else
		snprintf(ret->text, sizeof(ret->text), "%s: %d " SPAN_FMT,
			 smtp_phase_name(t->phase), code, SPAN_ARG(buf_span(&t->text)));
	make_printable(ret->text);
}

/* The connection had died unnoticed before the server took a word of this mail. */
static bool is_stale(const struct smtp_lane *l, bool reused)
{
	return reused && l->talk.phase < SMTP_DATA && (l->talk.code == 0 || l->talk.code == 421);
}

static int check_input(const char *from, const char *to, int message_fd, struct buf *ret_message,
		       struct err *e)
{
	buf_init(ret_message, SMTP_MESSAGE_MAX);
	if (*from && address_strict_check(span_of(from), e) < 0)
		return err_prefix(e, "sender: ");
	if (address_strict_check(span_of(to), e) < 0)
		return err_prefix(e, "recipient: ");
	return canonical_fd(message_fd, SMTP_MESSAGE_MAX, ret_message, e);
}

void smtp_lane_send(struct smtp_lane *l, const char *from, const char *to, int message_fd,
		    struct smtp_result *ret_result)
{
	struct buf message BUF_AUTO;
	struct err e = { 0 };
	bool reused;
	int r;

	if (check_input(from, to, message_fd, &message, &e) < 0) {
		*ret_result = (struct smtp_result){
			.class = e.class == ERR_PERM ? SMTP_FAILED : SMTP_RETRY,
			.phase = SMTP_CONNECT,
		};
		snprintf(ret_result->text, sizeof(ret_result->text), "%s", e.text);
		return;
	}
	smtp_lane_rest(l, clock_wait_ms());
	if (!utf8_is_ascii(span_of(to)) && !l->utf8_offered)
		hang_up(l); /* a fresh connection asks what the server offers */
	r = transfer(l, from, to, buf_span(&message), &reused, &e);
	if (r < 0 && is_stale(l, reused)) {
		hang_up(l);
		r = transfer(l, from, to, buf_span(&message), &reused, &e);
	}
	fill_result(l, r < 0, &e, ret_result);
	if (r < 0)
		hang_up(l);
}
