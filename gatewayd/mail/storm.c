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

static bool has_digit(struct span word)
{
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] >= '0' && word.p[i] <= '9')
			return true;
	return false;
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

static struct span next_word(struct span *rest)
{
	size_t n = 0;

	*rest = span_trim(*rest);
	while (n < rest->n && !is_blank(rest->p[n]))
		n++;
	struct span word = span_sub(*rest, 0, n);
	*rest = span_sub(*rest, n, SIZE_MAX);
	return word;
}

static void put_words(struct span text, bool alert, struct buf *out)
{
	struct span word;

	while ((word = next_word(&text)).n) {
		if (alert && alert_says_how(bare(word)))
			continue;
		buf_addc(out, ' ');
		if (has_digit(word) && !is_ip(word))
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
