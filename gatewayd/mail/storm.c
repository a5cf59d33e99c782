#include "gatewayd/mail/storm.h"

#include <arpa/inet.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/mail/alert.h"

bool storm_is_alert(const struct facts *f)
{
	return f->marks & facts_mark_bit(FACTS_MARK_MONITORING);
}

static struct span bare(struct span word)
{
	while (word.n && !ascii_is_alpha((unsigned char)word.p[0]))
		word = span_sub(word, 1, SIZE_MAX);
	while (word.n && !ascii_is_alpha((unsigned char)word.p[word.n - 1]))
		word.n--;
	return word;
}

/* 10.0.0.1 is not another time of 10.0.0.2, but another machine. */
static bool is_ip(struct span word)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr ip;

	while (word.n && strchr("([{<.,;:!?>)]}", word.p[word.n - 1]))
		word.n--;
	while (word.n && strchr("([{<", word.p[0]))
		word = span_sub(word, 1, SIZE_MAX);
	if (!word.n || word.n >= sizeof(text))
		return false;
	memcpy(text, word.p, word.n);
	text[word.n] = '\0';
	return inet_pton(AF_INET, text, &ip) == 1 || inet_pton(AF_INET6, text, &ip) == 1;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct span next_word(struct span *rest, bool *ret_digit)
{
	size_t from = 0, to;

	while (from < rest->n && ascii_is_space((unsigned char)rest->p[from]))
		from++;
	*ret_digit = false;
	for (to = from; to < rest->n && !is_blank(rest->p[to]); to++)
		*ret_digit |= ascii_is_digit((unsigned char)rest->p[to]);
	*rest = span_sub(*rest, to, SIZE_MAX);
	return (struct span){ rest->p - (to - from), to - from };
}

static void put_words(struct span text, bool alert, struct buf *out)
{
	struct span word;
	bool digit;

	text = span_trim(text);
	while ((word = next_word(&text, &digit)).n) {
		if (alert && alert_says_how(bare(word)))
			continue;
		buf_addc(out, ' ');
		if (digit && !is_ip(word))
			buf_addc(out, '0');
		else
			buf_add(out, word);
	}
	buf_addc(out, '\n');
}

struct span storm_key(const struct facts *f, struct span from, const struct conf_queue *queue,
		      struct arena *arena)
{
	bool alert = storm_is_alert(f);
	struct buf masked BUF_AUTO;
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];

	buf_init(&masked, SIZE_MAX);
	buf_addf(&masked, "%s\n" SPAN_FMT "\n", queue->name, SPAN_ARG(from));
	put_words(f->subject.p ? f->subject : SPAN(""), alert, &masked);
	if (!alert)
		put_words(utf8_prefix(f->text, STORM_TEXT_MAX), false, &masked);
	sha256_of(buf_span(&masked), digest);
	hex_encode(digest, SHA256_SIZE, hex);
	return arena_dup(arena, span_of(hex));
}
