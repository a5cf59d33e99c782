#include "gatewayd/post/mime_write.h"

#include "gatewayd/base/clock.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/addrspec.h"
#include "gatewayd/post/mime_encode.h"

/* --- what may be written at all --- */

/*
 * Printable ASCII without what delimits ids and what a reader might decode, short enough for a
 * line.
 */
static bool is_id(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '<' || s.p[i] == '>')
			return false;
	return s.n && s.n <= MIME_LINE - 40 && span_find(s, SPAN("=?")) == SIZE_MAX;
}

static bool is_url(struct span s)
{
	return span_starts_ci(s, SPAN("https://")) && is_id(s) && !memchr(s.p, '"', s.n);
}

static int check_address(const char *field, struct span address, struct err *e)
{
	if (addrspec_valid(address))
		return 0;
	return err_set(e, ERR_PERM, "%s: not an address that can be written", field);
}

static int check_message(const struct mime_message *m, struct err *e)
{
	if (check_address("From", m->from.address, e) < 0 ||
	    check_address("To", m->to.address, e) < 0)
		return -1;
	if (m->reply_to.address.n && check_address("Reply-To", m->reply_to.address, e) < 0)
		return -1;
	if (m->unsubscribe_mailto.n &&
	    check_address("List-Unsubscribe", m->unsubscribe_mailto, e) < 0)
		return -1;
	if (m->unsubscribe_url.n && !is_url(m->unsubscribe_url))
		return err_set(e, ERR_PERM, "List-Unsubscribe: not an https address");
	if (!is_id(m->message_id))
		return err_set(e, ERR_PERM, "Message-ID: not an id that can be written");
	return 0;
}

/* --- fields --- */

static void put_plain(struct buf *out, const char *name, struct span value)
{
	struct mime_line l = mime_line_begin(out, name);

	mime_line_word(&l, value);
	mime_line_end(&l);
}

static void put_text(struct buf *out, const char *name, struct span value, size_t max)
{
	struct mime_line l = mime_line_begin(out, name);

	mime_line_text(&l, utf8_prefix(value, max));
	mime_line_end(&l);
}

static void word_in_angles(struct mime_line *l, struct span s)
{
	struct buf word BUF_AUTO;

	buf_init(&word, s.n + 2);
	buf_addc(&word, '<');
	buf_add(&word, s);
	buf_addc(&word, '>');
	mime_line_word(l, buf_span(&word));
}

static void put_address(struct buf *out, const char *name, const struct mime_address *a)
{
	struct mime_line l = mime_line_begin(out, name);
	struct buf address BUF_AUTO;

	buf_init(&address, ADDRSPEC_MAX + 2);
	addrspec_put(a->address, &address);
	if (!span_trim(a->name).n) {
		mime_line_word(&l, buf_span(&address));
	} else {
		mime_line_phrase(&l, utf8_prefix(a->name, MIME_NAME_MAX));
		word_in_angles(&l, buf_span(&address));
	}
	mime_line_end(&l);
}

static void put_id(struct buf *out, const char *name, struct span id)
{
	struct mime_line l = mime_line_begin(out, name);

	word_in_angles(&l, id);
	mime_line_end(&l);
}

/* The first, which began the thread, and the last ones. */
static void put_references(struct buf *out, const struct mime_thread *t)
{
	struct mime_line l;
	bool any = false;

	for (size_t i = 0; i < t->reference_count; i++) {
		if ((i > 0 && i + MIME_REFERENCES_MAX - 1 < t->reference_count) ||
		    !is_id(t->references[i]))
			continue;
		if (!any)
			l = mime_line_begin(out, "References");
		any = true;
		word_in_angles(&l, t->references[i]);
	}
	if (any)
		mime_line_end(&l);
}

/* Answers from machines are not wanted, reports of failed delivery are. */
static void put_automatic(struct buf *out, const char *how)
{
	put_plain(out, "Auto-Submitted", span_of(how));
	put_plain(out, "X-Auto-Response-Suppress", SPAN("DR, RN, NRN, OOF, AutoReply"));
}

/* A thumb on a mail that we sent would come back as a mail. */
static void put_no_reactions(struct buf *out)
{
	put_plain(out, "x-ms-reactions", SPAN("disallow"));
}

/* RFC 2369 section 3.2, RFC 8058 section 3.1. */
static void put_unsubscribe(struct buf *out, const struct mime_message *m)
{
	struct mime_line l;
	struct buf word BUF_AUTO;

	buf_init(&word, MIME_LINE);
	if (!m->unsubscribe_mailto.n && !m->unsubscribe_url.n)
		return;
	l = mime_line_begin(out, "List-Unsubscribe");
	if (m->unsubscribe_url.n) {
		buf_addf(&word, "<" SPAN_FMT ">%s", SPAN_ARG(m->unsubscribe_url),
			 m->unsubscribe_mailto.n ? "," : "");
		mime_line_word(&l, buf_span(&word));
		buf_clear(&word);
	}
	if (m->unsubscribe_mailto.n) {
		buf_addf(&word, "<mailto:" SPAN_FMT "?subject=unsubscribe%s" SPAN_FMT ">",
			 SPAN_ARG(m->unsubscribe_mailto), m->unsubscribe_token.n ? "%20" : "",
			 SPAN_ARG(m->unsubscribe_token));
		mime_line_word(&l, buf_span(&word));
	}
	mime_line_end(&l);
	if (m->unsubscribe_url.n)
		put_plain(out, "List-Unsubscribe-Post", SPAN("List-Unsubscribe=One-Click"));
}

static void put_header(struct buf *out, const struct mime_message *m)
{
	char date[TIME_TEXT_MAX];

	put_plain(out, "Date", span_of(time_rfc5322(m->date_at, date)));
	put_address(out, "From", &m->from);
	put_address(out, "To", &m->to);
	if (m->reply_to.address.n)
		put_address(out, "Reply-To", &m->reply_to);
	put_text(out, "Subject", m->subject, MIME_SUBJECT_MAX);
	put_id(out, "Message-ID", m->message_id);
	if (is_id(m->thread.message_id))
		put_id(out, "In-Reply-To", m->thread.message_id);
	put_references(out, &m->thread);
	if (m->auto_submitted)
		put_automatic(out, m->auto_submitted);
	put_no_reactions(out);
	put_unsubscribe(out, m);
	for (size_t i = 0; i < m->field_count; i++)
		put_text(out, m->fields[i].name, m->fields[i].value, MIME_SUBJECT_MAX);
	put_plain(out, "MIME-Version", SPAN("1.0"));
}

/* --- parts --- */

/*
 * "=_" stands in no body of ours: quoted-printable and base64 cannot hold it, and 7bit is not
 * chosen for a text that does.
 */
enum { BOUNDARY_SIZE = 2 + 32 + 2 + 1 };

static void boundary_make(const struct mime_message *m, char level, char out[BOUNDARY_SIZE])
{
	memcpy(out, "=_", 2);
	hex_encode(m->seed, sizeof(m->seed), out + 2);
	out[BOUNDARY_SIZE - 3] = '_';
	out[BOUNDARY_SIZE - 2] = level;
	out[BOUNDARY_SIZE - 1] = '\0';
}

static void put_with(struct buf *out, const char *before, const char *s, const char *behind)
{
	buf_adds(out, before);
	buf_adds(out, s);
	buf_adds(out, behind);
}

static void put_encoding(struct buf *out, enum mime_encoding encoding)
{
	put_with(out, "Content-Transfer-Encoding: ", mime_encoding_name(encoding), "\r\n\r\n");
}

static void begin_multipart(struct buf *out, const char *subtype, const char *boundary)
{
	put_with(out, "Content-Type: multipart/", subtype, ";\r\n boundary=\"");
	buf_adds(out, boundary);
	buf_adds(out, "\"\r\n\r\n");
}

static void put_delimiter(struct buf *out, const char *boundary, bool last)
{
	put_with(out, last ? "\r\n--" : "--", boundary, last ? "--\r\n" : "\r\n");
}

/* Text has CRLF line ends before it is put in base64 (RFC 2045 section 6.8). */
static void put_text_base64(struct buf *out, struct span text)
{
	struct buf lines BUF_AUTO;

	buf_init(&lines, 2 * text.n + 2);
	mime_body(text, MIME_7BIT, &lines);
	mime_body(buf_span(&lines), MIME_BASE64, out);
}

static void put_text_part(struct buf *out, const char *subtype, struct span text)
{
	enum mime_encoding encoding = mime_encoding_for(text);

	put_with(out, "Content-Type: text/", subtype, "; charset=utf-8\r\n");
	put_encoding(out, encoding);
	if (encoding == MIME_BASE64)
		put_text_base64(out, text);
	else
		mime_body(text, encoding, out);
}

static void put_texts(struct buf *out, const struct mime_message *m)
{
	char boundary[BOUNDARY_SIZE];

	if (!m->html.n) {
		put_text_part(out, "plain", m->text);
		return;
	}
	boundary_make(m, 'a', boundary);
	begin_multipart(out, "alternative", boundary);
	put_delimiter(out, boundary, false);
	put_text_part(out, "plain", m->text);
	buf_adds(out, "\r\n");
	put_delimiter(out, boundary, false);
	put_text_part(out, "html", m->html);
	put_delimiter(out, boundary, true);
}

/* RFC 2045 section 5.1; message/ and multipart/ may not stand in base64. */
static bool is_leaf_type(struct span s)
{
	size_t slashes = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		slashes += c == '/';
		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && !(c && strchr("/.+-_", (char)c)))
			return false;
	}
	return slashes == 1 && s.n >= 3 && s.n <= 100 && s.p[0] != '/' && s.p[s.n - 1] != '/' &&
	       !span_starts_ci(s, SPAN("message/")) && !span_starts_ci(s, SPAN("multipart/"));
}

/* RFC 2046 section 5.2.1: a mail in a mail stands as it is, in lines that every server takes. */
static bool is_plain_mail(const struct mime_attachment *a, const char *boundary)
{
	struct span rest = a->content, line;

	if (!span_is_ci(a->content_type, "message/rfc822") ||
	    span_find(rest, span_of(boundary)) != SIZE_MAX)
		return false;
	for (size_t i = 0; i < rest.n; i++) {
		unsigned char c = (unsigned char)rest.p[i];

		if (c > '~' || (c < ' ' && !(c && strchr("\t\r\n", c))))
			return false;
	}
	while (span_line(&rest, &line))
		if (line.n > MIME_LINE || memchr(line.p, '\r', line.n))
			return false;
	return true;
}

/* One that may not stand as it is, is a text to look at. */
static struct span type_of(const struct mime_attachment *a, bool plain_mail)
{
	if (plain_mail || is_leaf_type(a->content_type))
		return a->content_type;
	return span_is_ci(a->content_type, "message/rfc822") ? SPAN("text/plain")
							     : SPAN("application/octet-stream");
}

static void put_attachment(struct buf *out, const struct mime_attachment *a, const char *boundary)
{
	bool plain_mail = is_plain_mail(a, boundary);
	enum mime_encoding encoding = plain_mail ? MIME_7BIT : MIME_BASE64;

	buf_addf(out, "Content-Type: " SPAN_FMT "\r\n", SPAN_ARG(type_of(a, plain_mail)));
	buf_addf(out, "Content-Disposition: %s", a->is_inline ? "inline" : "attachment");
	if (a->filename.n)
		mime_encode_filename(out, a->filename);
	buf_adds(out, "\r\n");
	if (is_id(a->content_id))
		put_id(out, "Content-ID", a->content_id);
	put_encoding(out, encoding);
	mime_body(a->content, encoding, out);
}

static void put_parts(struct buf *out, const struct mime_message *m)
{
	char boundary[BOUNDARY_SIZE];

	if (!m->attachment_count) {
		put_texts(out, m);
		return;
	}
	boundary_make(m, 'm', boundary);
	begin_multipart(out, "mixed", boundary);
	put_delimiter(out, boundary, false);
	put_texts(out, m);
	for (size_t i = 0; i < m->attachment_count; i++) {
		buf_adds(out, "\r\n");
		put_delimiter(out, boundary, false);
		put_attachment(out, &m->attachments[i], boundary);
	}
	put_delimiter(out, boundary, true);
}

int mime_write(const struct mime_message *m, struct buf *out, struct err *e)
{
	if (check_message(m, e) < 0)
		return -1;
	put_header(out, m);
	put_parts(out, m);
	if (out->full)
		return err_set(e, ERR_PERM, "the message is longer than %zu bytes", out->max);
	return 0;
}
