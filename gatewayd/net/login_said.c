#include "gatewayd/net/login_said.h"

#include "gatewayd/base/mem.h"

static bool is_plain(struct span words)
{
	for (size_t i = 0; i < words.n; i++) {
		unsigned char c = (unsigned char)words.p[i];

		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && !memchr(" =+-_./:", c, 8))
			return false;
	}
	return true;
}

static bool has_word(struct span words, const char *word)
{
	while (words.n)
		if (span_is_ci(span_cut(&words, ' '), word))
			return true;
	return false;
}

/* "A2 OK [CAPABILITY IMAP4rev1 IDLE] in", "* CAPABILITY IMAP4rev1 IDLE": what stands behind it.
 * SPAN_NONE: another line, or no capability looks like that. */
static struct span words_of(struct span line)
{
	struct span tag = span_cut(&line, ' '), words = line;

	if (span_is(tag, "*") && span_starts_ci(line, SPAN("CAPABILITY "))) {
		span_cut(&words, ' ');
	} else if (span_starts_ci(line, SPAN("OK [CAPABILITY ")) && memchr(line.p, ']', line.n)) {
		words = span_sub(line, SPAN("OK [CAPABILITY ").n, SIZE_MAX);
		words = span_cut(&words, ']');
	} else {
		return SPAN_NONE;
	}
	return words.n <= LOGIN_SAID_MAX && is_plain(words) && has_word(words, "IMAP4rev1")
		   ? words
		   : SPAN_NONE;
}

void login_said_hear(struct login_said *s, struct span line)
{
	bool ends = line.n && line.p[0] != '*' && line.p[0] != '+';
	struct span words = words_of(line);

	if (words.n || (ends && !s->fresh))
		mem_free(&s->capability);
	if (words.n)
		s->capability = mem_dup_span(words);
	s->fresh = !ends && (words.n || s->fresh);
}

void login_said_release(struct login_said *s)
{
	mem_free(&s->capability);
}
