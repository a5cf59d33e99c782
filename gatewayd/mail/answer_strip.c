#include "gatewayd/mail/answer_strip.h"

#include "gatewayd/base/buf.h"
#include "gatewayd/case/staff_verb.h"
#include "gatewayd/identity/addrspec.h"
#include "gatewayd/identity/token.h"

enum {
	TOKEN_LETTERS = TOKEN_TEXT_SIZE - 1,
	LINK_MAX = 600,	      /* bytes of a link over which a client may have broken lines */
	LOCAL_MAX = 128,      /* and before a token */
	QUOTE_MARKS_MAX = 32, /* bytes before what is quoted */
};

/* --- lines that a client broke in the middle of a word --- */

/* The end of a line in a word, with the marks of a quote behind it: its length; 0: none is here. */
static size_t break_at(struct span text, size_t at)
{
	size_t n = at + (at < text.n && text.p[at] == '\r');

	if (!at || ascii_is_space((unsigned char)text.p[at - 1]) || n >= text.n ||
	    text.p[n] != '\n')
		return 0;
	for (n++; n < text.n && n - at < QUOTE_MARKS_MAX && memchr("> \t|", text.p[n], 4);)
		n++;
	return n < text.n && !ascii_is_space((unsigned char)text.p[n]) ? n - at : 0;
}

/* What a text says from a place on, without such breaks. */
struct unbroken {
	char p[LINK_MAX];
	size_t at[LINK_MAX]; /* where each byte stands in the text */
	size_t n;
};

static void unbroken_read(struct span text, size_t from, size_t end, size_t max,
			  struct unbroken *ret)
{
	ret->n = 0;
	for (size_t at = from; ret->n < max && at < end; at++) {
		at += at > from ? break_at(text, at) : 0;
		if (at >= end)
			break;
		ret->at[ret->n] = at;
		ret->p[ret->n++] = text.p[at];
	}
}

static struct span unbroken_span(const struct unbroken *u, size_t from, size_t end)
{
	return (struct span){ u->p + from, end - from };
}

static bool is_broken(const struct unbroken *u, size_t i)
{
	return i > 0 && i < u->n && u->at[i] != u->at[i - 1] + 1;
}

/* Of its first n bytes, as they stand in the text. */
static size_t unbroken_length(const struct unbroken *u, size_t n)
{
	return n ? u->at[n - 1] + 1 - u->at[0] : 0;
}

/* --- tokens --- */

static bool is_token(const struct unbroken *u, size_t from)
{
	int64_t number;

	return u->n >= from + TOKEN_LETTERS &&
	       token_case_said(unbroken_span(u, from, from + TOKEN_LETTERS), &number);
}

static bool ends_with_ours(const struct conf *conf, struct span text)
{
	for (size_t i = 0; i < conf->mailbox_count; i++)
		if (span_ends_ci(text, addrspec_local(span_of(conf->mailboxes[i].address))))
			return true;
	for (size_t i = 0; i < conf->queue_count; i++)
		if (span_ends_ci(text, addrspec_local(span_of(conf->queues[i].address))))
			return true;
	return false;
}

static bool is_delimiter(const struct conf *conf, char c)
{
	return c == '+' || c == conf_delimiter(conf);
}

/* What stands before it. */
static bool is_behind_ours(const struct conf *conf, struct span text, size_t at)
{
	struct unbroken u;

	unbroken_read(text, at > LOCAL_MAX ? at - LOCAL_MAX : 0, at, LINK_MAX, &u);
	return ends_with_ours(conf, unbroken_span(&u, 0, u.n));
}

/* The length of a delimiter and a token behind an address of ours, or of a blank of a link and a
 * token, or of a token in our header with the colon before it; 0: there is none. */
static size_t token_at(const struct conf *conf, struct span text, size_t at)
{
	char c = text.p[at];
	size_t mark = is_delimiter(conf, c) || c == ':' ? 1 : c == '%' ? 3 : 0;
	bool header = c == ':' && span_ends_ci(span_sub(text, 0, at), SPAN("X-Gatewayd"));
	struct unbroken u;
	struct span sign;

	if (!mark || (c == ':' && !header && !is_delimiter(conf, c)))
		return 0;
	unbroken_read(text, at, text.n, 2 * TOKEN_TEXT_SIZE, &u);
	while (header && mark < u.n && ascii_is_space((unsigned char)u.p[mark]))
		mark++;
	if (!is_token(&u, mark))
		return 0;
	sign = unbroken_span(&u, 0, mark);
	if (header || (mark == 3 && span_is(sign, "%20")))
		return unbroken_length(&u, mark + TOKEN_LETTERS);
	if ((mark == 3 && !span_is_ci(sign, "%2b")) || !is_behind_ours(conf, text, at))
		return 0;
	return unbroken_length(&u, mark + TOKEN_LETTERS);
}

bool answer_has_token(const struct conf *conf, struct span bytes)
{
	for (size_t at = 0; at + TOKEN_LETTERS < bytes.n; at++)
		if (token_at(conf, bytes, at))
			return true;
	return false;
}

static bool is_same(struct span address, const char *ours)
{
	struct span rest = span_of(ours), local = span_cut(&rest, '@');

	return addrspec_eq(address, span_of(ours)) ||
	       (span_starts_ci(address, local) &&
		span_starts_ci(span_sub(address, local.n, SIZE_MAX), SPAN("%40")) &&
		span_eq_ci(span_sub(address, local.n + 3, SIZE_MAX), rest));
}

static bool is_own(const struct conf *conf, struct span address)
{
	for (size_t i = 0; i < conf->mailbox_count; i++)
		if (is_same(address, conf->mailboxes[i].address))
			return true;
	for (size_t i = 0; i < conf->queue_count; i++)
		if (is_same(address, conf->queues[i].address))
			return true;
	return false;
}

static bool is_verb(struct span word)
{
	for (int i = 0; i < STAFF_VERB_COUNT; i++)
		if (span_is_ci(word, staff_verb_name((enum staff_verb)i)))
			return true;
	return false;
}

/* The end of the address of a link, over lines until it is ours. */
static size_t address_end(const struct conf *conf, const struct unbroken *u, size_t from)
{
	size_t i = from;

	while (i < u->n && !ascii_is_space((unsigned char)u->p[i]) && !strchr(">])?", u->p[i]) &&
	       !(is_broken(u, i) && is_own(conf, unbroken_span(u, from, i))))
		i++;
	return i;
}

/* The end of what is behind it: on the same line, or where our link has its command, on that
 * one's. */
static size_t query_end(const struct unbroken *u, size_t from, const char *ends)
{
	size_t i = from, body, verb;

	while (i < u->n && !strchr(ends, u->p[i]))
		i++;
	body = span_find_ci(unbroken_span(u, from, i), SPAN("body=%23"));
	if (u->p[from] == '?' && body != SIZE_MAX) {
		from = verb = from + body + strlen("body=%23");
		while (from < i && ascii_is_alpha((unsigned char)u->p[from]) &&
		       !(is_broken(u, from) && is_verb(unbroken_span(u, verb, from))))
			from++;
		if (span_starts(unbroken_span(u, from, i), SPAN("%20")))
			from += strlen("%20");
	}
	while (from < i && !is_broken(u, from))
		from++;
	return from;
}

/* "<mailto:us>", "[mailto:us?subject=...]", "mailto:us?body=..." at a place: its length, or 0. */
static size_t link_to_us(const struct conf *conf, struct span text, size_t at)
{
	bool framed = strchr("<[(", text.p[at]) != NULL;
	const char *ends = framed ? ">])\n" : ">])\n \t";
	struct unbroken u;
	size_t from = framed + strlen("mailto:"), i, n;

	if (!memchr("<[(mM", text.p[at], 5))
		return 0;
	unbroken_read(text, at, text.n, from, &u);
	if (!span_starts_ci(unbroken_span(&u, framed, u.n), SPAN("mailto:")))
		return 0;
	unbroken_read(text, at, text.n, LINK_MAX, &u);
	i = address_end(conf, &u, from);
	if (!is_own(conf, unbroken_span(&u, from, i)))
		return 0;
	if (i < u.n && (!is_broken(&u, i) || u.p[i] == '?'))
		i = query_end(&u, i, ends);
	n = at + unbroken_length(&u, i);
	while (i == LINK_MAX && n < text.n && !strchr(ends, text.p[n]))
		n++;
	if (framed && i < u.n && strchr(">])", u.p[i]))
		n = at + unbroken_length(&u, i + 1);
	return n - at;
}

/* Our Message-ID ends here with a token: what of `out` is its beginning goes, too. */
static size_t id_behind(const struct conf *conf, struct span text, size_t at, struct buf *out)
{
	struct span host = span_of(conf->hostname), behind;
	struct unbroken u;

	unbroken_read(text, at, text.n, 1 + TOKEN_LETTERS, &u);
	if (!is_token(&u, 1))
		return 0;
	unbroken_read(text, at, text.n, LINK_MAX, &u);
	behind = unbroken_span(&u, 1 + TOKEN_LETTERS, u.n);
	if (!span_starts(behind, SPAN("@")) || !span_starts_ci(span_sub(behind, 1, SIZE_MAX), host))
		return 0;
	while (out->n && !strchr(" \t\n<(", out->p[out->n - 1]))
		out->n--;
	return unbroken_length(&u, 1 + TOKEN_LETTERS + 1 + host.n);
}

static void strip_tokens(const struct conf *conf, struct span text, struct buf *out)
{
	for (size_t at = 0; at < text.n;) {
		size_t n = token_at(conf, text, at);

		if (!n && text.p[at] == '.')
			n = id_behind(conf, text, at, out);
		if (!n)
			buf_addc(out, text.p[at++]);
		at += n;
	}
}

/* "> Take:", what is left of a line of ours without its link. */
static bool is_stub(struct span line)
{
	while (line.n && strchr("> \t", *line.p))
		line = span_sub(line, 1, SIZE_MAX);
	line = span_trim(line);
	return span_ends_ci(line, SPAN(":")) && !memchr(line.p, ' ', line.n);
}

static void strip_links(const struct conf *conf, struct span text, struct buf *out)
{
	size_t line = out->n;
	bool found = false;

	for (size_t at = 0; at < text.n;) {
		size_t n = link_to_us(conf, text, at);
		bool ends;

		if (n && out->n > line && out->p[out->n - 1] == ' ')
			out->n--;
		if (!n)
			buf_addc(out, text.p[at++]);
		found = found || n;
		at += n;
		ends = at == text.n || (!n && text.p[at - 1] == '\n');
		if (ends && found && is_stub(span_sub(buf_span(out), line, SIZE_MAX)))
			out->n = line;
		if (ends) {
			line = out->n;
			found = false;
		}
	}
}

struct span answer_strip(const struct conf *conf, struct span text, struct arena *a)
{
	struct buf bare BUF_AUTO, out BUF_AUTO;

	buf_init(&bare, SIZE_MAX);
	buf_init(&out, SIZE_MAX);
	strip_tokens(conf, text, &bare);
	strip_links(conf, buf_span(&bare), &out);
	return out.n == text.n ? text : arena_dup(a, buf_span(&out));
}
