#include "parser/body_words.h"

#include "parser/charset_guess.h"
#include "parser/reply_fold.h"
#include "parser/sieve.h"

enum {
	FIRST_MAX = 60,	  /* bytes that tell it mostly */
	FRONT_MAX = 4096, /* bytes that are looked at; blank so far is blank */
	STUB_MAX = 600,	  /* bytes of a stub */
};

static const struct sieve_phrase stubs[] = {
#define STUB(lang, words) SIEVE_PHRASE(words),
#include "parser/tables/body_stubs.h"
#undef STUB
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

/* The first bytes of the part with the transfer encoding undone; valid until r->bytes changes. */
static struct span front(const struct part *p, size_t max, struct reading *r)
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
		return html_has_words(p->encoding == TRANSFER_IDENTITY ? p->body
								       : front(p, p->body.n, r));
	return !body_is_blank(front(p, FIRST_MAX, r)) || !body_is_blank(front(p, FRONT_MAX, r));
}

bool body_is_stub(const struct part *p, struct params *scratch, struct reading *r)
{
	struct charset_choice choice;
	struct reply_folded f;
	struct span bytes;
	struct sieve sieve;

	if (p->body.n > 4 * STUB_MAX)
		return false;
	bytes = span_trim(front(p, 4 * STUB_MAX, r));
	if (bytes.n > STUB_MAX)
		return false;
	params_read(p->type_rest, scratch, r);
	charset_choose(r->charsets, param_get(scratch, "charset", r), bytes, false, &choice);
	buf_clear(&r->text);
	charset_decode(choice.charset, bytes, &r->text);
	reply_fold(&f, buf_span(&r->text));
	sieve = sieve_of(reply_folded_span(&f));
	for (size_t i = 0; i < sizeof(stubs) / sizeof(*stubs); i++)
		if (sieve_may_hold(&sieve, &stubs[i]) &&
		    span_find(reply_folded_span(&f), stubs[i].words) != SIZE_MAX)
			return true;
	return false;
}
