#include "parser/tnef_text.h"

#include "parser/charset_guess.h"
#include "parser/plain.h"
#include "parser/rtf_text.h"

static struct span up_to_nul(struct span s)
{
	const char *nul = s.n ? memchr(s.p, 0, s.n) : NULL;

	return nul ? span_sub(s, 0, (size_t)(nul - s.p)) : s;
}

/* HTML says its charset itself, mostly; the code page counts where it does not. */
static const struct charset *charset_of(const struct tnef_file *body, struct reading *r)
{
	const struct charset *page = charset_find(r->charsets, body->charset);
	struct charset_choice choice;

	if (body->body == TNEF_PLAIN && page)
		return page;
	charset_choose(r->charsets, SPAN(""), body->data, body->body == TNEF_HTML, &choice);
	return choice.guessed || charset_is_utf8(choice.charset) || !page ? choice.charset : page;
}

static struct span decoded(const struct tnef_file *body, struct reading *r)
{
	buf_clear(&r->text);
	if (!charset_decode(charset_of(body, r), body->data, &r->text))
		reading_defect(r, FACTS_BAD_CHARSET);
	return up_to_nul(buf_span(&r->text));
}

void tnef_text(const struct tnef_file *body, struct reading *r, struct buf *out,
	       struct html_hints *hints)
{
	struct buf expanded BUF_AUTO;
	bool is_html = body->body == TNEF_HTML;
	struct span text;

	buf_init(&expanded, LIMIT_DECODED);
	if (body->body == TNEF_RTF) {
		is_html = rtf_text(body->data, r->charsets, &expanded);
		text = buf_span(&expanded);
	} else {
		text = decoded(body, r);
	}
	if (is_html)
		html_to_text(text, r, out, hints);
	else
		plain_lines(text, out);
}
