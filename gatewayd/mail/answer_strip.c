#include "gatewayd/mail/answer_strip.h"

#include "gatewayd/base/buf.h"
#include "gatewayd/identity/addrspec.h"
#include "gatewayd/identity/token.h"

enum { TOKEN_LETTERS = TOKEN_TEXT_SIZE - 1 };

/* A token behind the delimiter or "." at which s begins. */
static bool is_token(struct span s)
{
	int64_t number;

	return s.n > TOKEN_LETTERS && token_case_said(span_sub(s, 1, TOKEN_LETTERS), &number);
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

/* The length of a delimiter and a token behind an address of ours, or of a blank of a link and a
 * token; 0: there is none. */
static size_t token_at(const struct conf *conf, struct span text, size_t at)
{
	struct span rest = span_sub(text, at, SIZE_MAX);
	size_t mark = is_delimiter(conf, *rest.p) ? 1 : *rest.p == '%' ? 3 : 0;

	if (!mark || rest.n < mark + TOKEN_LETTERS || !is_token(span_sub(rest, mark - 1, SIZE_MAX)))
		return 0;
	if (mark == 3 && span_starts_ci(rest, SPAN("%20")))
		return mark + TOKEN_LETTERS;
	if ((mark == 3 && !span_starts_ci(rest, SPAN("%2b"))) ||
	    !ends_with_ours(conf, span_sub(text, 0, at)))
		return 0;
	return mark + TOKEN_LETTERS;
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

/* "<mailto:us>", "[mailto:us?subject=...]", "mailto:us?body=..." at the start of s: its length, or
 * 0. */
static size_t link_to_us(const struct conf *conf, struct span s)
{
	bool framed = s.n && strchr("<[(", *s.p);
	struct span rest = span_sub(s, framed, SIZE_MAX), address;
	size_t n = 0;

	if (!span_starts_ci(rest, SPAN("mailto:")))
		return 0;
	rest = span_sub(rest, strlen("mailto:"), SIZE_MAX);
	while (n < rest.n && !ascii_is_space((unsigned char)rest.p[n]) &&
	       !strchr(">])?", rest.p[n]))
		n++;
	address = span_sub(rest, 0, n);
	if (!is_own(conf, address))
		return 0;
	while (n < rest.n && !strchr(framed ? ">])\n" : ">])\n \t", rest.p[n]))
		n++;
	n += framed && n < rest.n && rest.p[n] != '\n';
	return (size_t)(rest.p + n - s.p);
}

/* Our Message-ID ends here with a token: what of `out` is its beginning goes, too. */
static size_t id_behind(const struct conf *conf, struct span text, size_t at, struct buf *out)
{
	struct span rest = span_sub(text, at, SIZE_MAX), host = span_of(conf->hostname);

	if (*rest.p != '.' || !is_token(rest))
		return 0;
	rest = span_sub(rest, 1 + TOKEN_LETTERS, SIZE_MAX);
	if (!rest.n || *rest.p != '@' || !span_starts_ci(span_sub(rest, 1, SIZE_MAX), host))
		return 0;
	while (out->n && !strchr(" \t\n<(", out->p[out->n - 1]))
		out->n--;
	return 1 + TOKEN_LETTERS + 1 + host.n;
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

/* false: there was none. */
static bool strip_line(const struct conf *conf, struct span text, struct buf *out)
{
	bool found = false;

	for (size_t at = 0; at < text.n;) {
		size_t n = strchr("<[(mM", text.p[at])
			       ? link_to_us(conf, span_sub(text, at, SIZE_MAX))
			       : 0;

		if (n && out->n && out->p[out->n - 1] == ' ')
			out->n--;
		if (!n)
			buf_addc(out, text.p[at++]);
		found = found || n;
		at += n;
	}
	return found;
}

static void strip_links(const struct conf *conf, struct span text, struct buf *out)
{
	while (text.n) {
		const char *end = memchr(text.p, '\n', text.n);
		size_t n = end ? (size_t)(end - text.p) + 1 : text.n, before = out->n;

		if (strip_line(conf, span_sub(text, 0, n), out) &&
		    is_stub(span_sub(buf_span(out), before, SIZE_MAX)))
			out->n = before;
		text = span_sub(text, n, SIZE_MAX);
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
