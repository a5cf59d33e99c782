#include "parser/body_words.h"

enum {
	FIRST_MAX = 60,	  /* bytes that tell it mostly */
	FRONT_MAX = 4096, /* bytes that are looked at; blank so far is blank */
};

/* Characters that nobody sees, in UTF-8, and the no-break space of the ISO 8859 charsets. */
static const struct span blanks[] = {
	SPAN_LITERAL("\xc2\xa0"),     SPAN_LITERAL("\xc2\xad"),	    SPAN_LITERAL("\xcd\x8f"),
	SPAN_LITERAL("\xe2\x80\xaf"), SPAN_LITERAL("\xe2\x81\xa0"), SPAN_LITERAL("\xe3\x80\x80"),
	SPAN_LITERAL("\xef\xbb\xbf"), SPAN_LITERAL("\xa0"),
};

/* The length of the blank at the start of s; 0: there is none. */
static size_t blank_length(struct span s)
{
	if (ascii_is_space((unsigned char)s.p[0]) || s.p[0] == '\0')
		return 1;
	if (span_starts(s, SPAN("\xe2\x80")) && s.n > 2 && (unsigned char)s.p[2] <= 0x8f)
		return 3; /* U+2000 to U+200F: spaces, zero-width characters, direction marks */
	for (size_t i = 0; i < sizeof(blanks) / sizeof(*blanks); i++)
		if (span_starts(s, blanks[i]))
			return blanks[i].n;
	return 0;
}

bool body_is_blank(struct span s)
{
	size_t n;

	while (s.n) {
		n = blank_length(s);
		if (n == 0)
			return false;
		s = span_sub(s, n, SIZE_MAX);
	}
	return true;
}

/* Without tags and entities: something is left. */
static bool html_has_words(struct span s)
{
	bool tag = false;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '<' || c == '>')
			tag = c == '<';
		else if (c == '&')
			while (i < s.n && s.p[i] != ';' && s.p[i] != '<')
				i++;
		else if (!tag && blank_length(span_sub(s, i, SIZE_MAX)) == 0)
			return true;
	}
	return false;
}

static void write_buf(void *ctx, struct span piece)
{
	buf_add(ctx, piece);
}

struct span body_front(const struct part *p, size_t max, struct reading *r)
{
	struct transfer_out out = { write_buf, &r->bytes };
	struct span body = span_sub(p->body, 0, max * 3);

	if (p->encoding == TRANSFER_IDENTITY)
		return span_sub(body, 0, max);
	buf_clear(&r->bytes);
	transfer_decode(p->encoding, body, &out);
	return buf_span(&r->bytes);
}

/* HTML may have kilobytes of style before the first word, and tags between the words. */
bool body_has_words(const struct part *p, struct reading *r)
{
	if (p->is_html)
		return html_has_words(
		    p->encoding == TRANSFER_IDENTITY ? p->body : body_front(p, p->body.n, r));
	return !body_is_blank(body_front(p, FIRST_MAX, r)) ||
	       !body_is_blank(body_front(p, FRONT_MAX, r));
}
