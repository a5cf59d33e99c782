#include "gatewayd/net/smtp_reply.h"

#include "gatewayd/net/busy.h"

/*
 * The first row that fits decides.  A row fits when the phase is within [from, to] and the code
 * within [low, high]; code 0 stands for "no reply came".
 */
static const struct rule {
	enum smtp_phase from, to;
	int low, high;
	struct smtp_outcome outcome;
} rules[] = {
	/* the whole mail was taken */
	{ SMTP_DOT, SMTP_DOT, 200, 299, { SMTP_SENT, SMTP_SCOPE_MAIL } },
	/* the reply to the dot is lost: it may have been taken */
	{ SMTP_DOT, SMTP_DOT, 0, 0, { SMTP_UNKNOWN, SMTP_SCOPE_MAIL } },
	{ SMTP_DOT, SMTP_DOT, 300, 399, { SMTP_UNKNOWN, SMTP_SCOPE_MAIL } },
	/* the connection or our settings: nothing about this mail */
	{ SMTP_CONNECT, SMTP_AUTH, 0, 999, { SMTP_RETRY, SMTP_SCOPE_SERVER } },
	/* "log in first", "encrypt first": RFC 4954 section 6, RFC 3207 section 4 */
	{ SMTP_MAIL, SMTP_DOT, 530, 530, { SMTP_RETRY, SMTP_SCOPE_SERVER } },
	{ SMTP_MAIL, SMTP_DOT, 534, 535, { SMTP_RETRY, SMTP_SCOPE_SERVER } },
	{ SMTP_MAIL, SMTP_DOT, 538, 538, { SMTP_RETRY, SMTP_SCOPE_SERVER } },
	/* the server goes down: RFC 5321 section 3.8 */
	{ SMTP_MAIL, SMTP_DOT, 421, 421, { SMTP_RETRY, SMTP_SCOPE_SERVER } },
	/* "too many recipients" by an old server: RFC 5321 section 4.5.3.1.10 */
	{ SMTP_RCPT, SMTP_RCPT, 552, 552, { SMTP_RETRY, SMTP_SCOPE_MAIL } },
	{ SMTP_MAIL, SMTP_DOT, 400, 499, { SMTP_RETRY, SMTP_SCOPE_MAIL } },
	{ SMTP_MAIL, SMTP_DOT, 500, 599, { SMTP_FAILED, SMTP_SCOPE_MAIL } },
	/* the connection broke, or a reply that is none, before the dot */
	{ SMTP_MAIL, SMTP_DOT, 0, 999, { SMTP_RETRY, SMTP_SCOPE_MAIL } },
};

struct smtp_outcome smtp_reply_classify(enum smtp_phase phase, int code)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		const struct rule *r = &rules[i];

		if (phase >= r->from && phase <= r->to && code >= r->low && code <= r->high)
			return r->outcome;
	}
	return (struct smtp_outcome){ SMTP_RETRY, SMTP_SCOPE_MAIL };
}

struct smtp_outcome smtp_reply_judge(enum smtp_phase phase, int code, struct span text)
{
	struct smtp_outcome o = smtp_reply_classify(phase, code);

	/* A reply that refuses; a lost one has no words. */
	if (code >= 400 && (o.class == SMTP_RETRY || o.class == SMTP_FAILED) && busy_smtp(text))
		return (struct smtp_outcome){ SMTP_RETRY, SMTP_SCOPE_SERVER };
	return o;
}

/* A number of one to max digits at the start of *s, which is moved behind it. */
static bool take_number(struct span *s, size_t max, int *ret_number)
{
	size_t n = 0;
	int v = 0;

	while (n < s->n && n < max && ascii_is_digit((unsigned char)s->p[n]))
		v = v * 10 + (s->p[n++] - '0');
	if (n == 0)
		return false;
	*s = span_sub(*s, n, SIZE_MAX);
	*ret_number = v;
	return true;
}

static bool take_dot(struct span *s)
{
	if (s->n == 0 || s->p[0] != '.')
		return false;
	*s = span_sub(*s, 1, SIZE_MAX);
	return true;
}

struct smtp_enhanced smtp_reply_enhanced(int code, struct span text)
{
	struct smtp_enhanced none = { 0, 0, 0 }, x;

	if (!take_number(&text, 1, &x.class) || !take_dot(&text) ||
	    !take_number(&text, 3, &x.subject) || !take_dot(&text) ||
	    !take_number(&text, 3, &x.detail))
		return none;
	if (text.n > 0 && text.p[0] != ' ')
		return none;
	return x.class == code / 100 ? x : none;
}

bool smtp_reply_line(struct span line, int *ret_code, bool *ret_last, struct span *ret_text)
{
	int code;

	line = span_trim(line);
	if (line.n < 3 || !take_number(&line, 3, &code) || code < 200 || code > 599)
		return false;
	if (line.n > 0 && line.p[0] != ' ' && line.p[0] != '-')
		return false;
	*ret_code = code;
	*ret_last = line.n == 0 || line.p[0] == ' ';
	*ret_text = span_sub(line, 1, SIZE_MAX);
	return true;
}

const char *smtp_class_name(enum smtp_class class)
{
	static const char *const names[] = {
		[SMTP_SENT] = "sent",
		[SMTP_RETRY] = "retry",
		[SMTP_FAILED] = "failed",
		[SMTP_UNKNOWN] = "unknown",
	};

	return names[class];
}

const char *smtp_phase_name(enum smtp_phase phase)
{
	static const char *const names[] = {
		[SMTP_CONNECT] = "connect", [SMTP_GREETING] = "greeting",
		[SMTP_HELLO] = "EHLO",	    [SMTP_STARTTLS] = "STARTTLS",
		[SMTP_AUTH] = "AUTH",	    [SMTP_MAIL] = "MAIL FROM",
		[SMTP_RCPT] = "RCPT TO",    [SMTP_DATA] = "DATA",
		[SMTP_DOT] = "final dot",
	};

	return names[phase];
}
