#include "parser/html_link.h"

#include "gatewayd/base/utf8.h"
#include "parser/html_scan.h"

static const char hex_digits[] = "0123456789ABCDEF";

/* Characters that would end the target where it stands. */
static bool ends_target(uint32_t code)
{
	return code == ' ' || code == '<' || code == '>' || code == '"';
}

static void put_code(uint32_t code, struct buf *out)
{
	if (code < 0x20 || code == 0x7f)
		return;
	if (ends_target(code)) {
		buf_addc(out, '%');
		buf_addc(out, hex_digits[code >> 4]);
		buf_addc(out, hex_digits[code & 15]);
		return;
	}
	utf8_put(out, code);
}

/* Bytes that are put as they are. */
static size_t plain_run(struct span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] > ' ' && s.p[n] < 0x7f && s.p[n] != '&' &&
	       !ends_target((unsigned char)s.p[n]))
		n++;
	return n;
}

static size_t put_next(struct span s, struct buf *out)
{
	uint32_t code;
	size_t n = s.p[0] == '&' ? html_entity(s, &code) : 0;

	if (n == 0) {
		n = utf8_len(s);
		code = utf8_code(s);
		n = n ? n : 1;
	}
	put_code(code, out);
	return n;
}

/* The target without entities and without white space at its ends. */
static void decode(struct span s, struct buf *out)
{
	s = span_trim(s);
	while (s.n && !out->full) {
		size_t n = plain_run(s);

		if (n)
			buf_add(out, span_sub(s, 0, n));
		else
			n = put_next(s, out);
		s = span_sub(s, n, SIZE_MAX);
	}
}

static bool cut_prefix(struct span *s, const char *prefix)
{
	size_t n = strlen(prefix);

	if (!span_starts_ci(*s, span_of(prefix)))
		return false;
	*s = span_sub(*s, n, SIZE_MAX);
	return true;
}

/* What people leave out when they write an address down. */
static struct span bare(struct span s)
{
	s = span_trim(s);
	if (!cut_prefix(&s, "https://"))
		cut_prefix(&s, "http://");
	cut_prefix(&s, "www.");
	while (s.n && s.p[s.n - 1] == '/')
		s.n--;
	return s;
}

/* The digits of the words are those of the number, but for what stands before them. */
static bool says_number(struct span words, struct span number)
{
	size_t i = words.n, k = number.n;

	while (i > 0 && k > 0) {
		if (!ascii_is_digit((unsigned char)words.p[i - 1]))
			i--;
		else if (!ascii_is_digit((unsigned char)number.p[k - 1]))
			k--;
		else if (words.p[--i] != number.p[--k])
			return words.p[i] == '0'; /* "030" of "+4930" */
	}
	return k < number.n;
}

/* The target as it is shown; n == 0: it is not. */
static struct span shown(struct span target, struct span words)
{
	struct span rest = target;

	if (cut_prefix(&rest, "mailto:")) {
		rest = span_cut(&rest, '?');
		return span_find_ci(words, rest) == SIZE_MAX ? rest : SPAN("");
	}
	if (cut_prefix(&rest, "tel:"))
		return says_number(words, rest) ? SPAN("") : rest;
	if (!cut_prefix(&rest, "http://") && !cut_prefix(&rest, "https://") &&
	    !cut_prefix(&rest, "ftp://"))
		return SPAN("");
	return span_eq_ci(bare(target), bare(words)) ? SPAN("") : target;
}

/* FNV-1a; whoever makes two collide hides a target of their own mail. */
static uint64_t hash_of(struct span s)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < s.n; i++)
		hash = (hash ^ (unsigned char)s.p[i]) * 0x100000001b3;
	return hash | 1;
}

/* False: it was there before.  Half full, no more are taken in. */
static bool remember(struct html_links *links, struct span target)
{
	uint64_t hash = hash_of(target);
	size_t at = (size_t)(hash >> 8) % HTML_LINKS_MAX;

	while (links->seen[at]) {
		if (links->seen[at] == hash)
			return false;
		at = (at + 1) % HTML_LINKS_MAX;
	}
	if (links->n < HTML_LINKS_MAX / 2) {
		links->seen[at] = hash;
		links->n++;
	}
	return true;
}

void html_link_target(struct html_links *links, struct span href, struct span words,
		      struct buf *out)
{
	struct buf decoded BUF_AUTO;
	struct span target;

	buf_init(&decoded, out->max);
	decode(href, &decoded);
	target = shown(buf_span(&decoded), words);
	if (target.n == 0 || !remember(links, target))
		return;
	buf_adds(out, " <");
	buf_add(out, target);
	buf_addc(out, '>');
}
