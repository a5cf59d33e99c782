#include "gatewayd/mail/storm.h"

#include <arpa/inet.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/eight.h"
#include "gatewayd/base/sixteen.h"
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

/* The next word behind the offset *at, copied to `to`. */
static struct span next_word(struct span text, size_t *at, char *to, bool *ret_digit)
{
	size_t from = *at, n = 0;
	bool digit = false;

	while (from < text.n && ascii_is_space((unsigned char)text.p[from]))
		from++;
	for (; from + n < text.n && !is_blank(text.p[from + n]); n++) {
		to[n] = text.p[from + n];
		digit |= ascii_is_digit((unsigned char)to[n]);
	}
	*at = from + n;
	*ret_digit = digit;
	return (struct span){ to, n };
}

static sixteen blanks_of(sixteen v)
{
	return (sixteen)(v == ' ') | (sixteen)(v == '\n');
}

/* Eight bytes without a digit whose blanks are single; false: they are others. */
static bool copy_eight(const char *text, char *to, bool behind_blank)
{
	uint64_t w = eight_at(text);
	uint64_t ends = eight_within(w, '\n', '\n'), blanks = eight_within(w, ' ', ' ') | ends;
	uint64_t filled = eight_filled(ends);

	if (eight_within(w, '0', '9') | (eight_within(w, '\0', '\x1f') & ~ends) |
	    eight_repeated(blanks, behind_blank))
		return false;
	eight_put(to, (w & ~filled) | (EIGHT_OF(' ') & filled));
	return true;
}

/* Sixteen bytes behind another: the same. */
static bool copy_sixteen(const char *text, char *to)
{
	sixteen v = sixteen_at(text), ends = (sixteen)(v == '\n'), blanks = blanks_of(v);

	if (sixteen_any(sixteen_within(v, '0', '9') | (sixteen_within(v, '\0', '\x1f') & ~ends) |
			(blanks & blanks_of(sixteen_at(text - 1)))))
		return false;
	sixteen_put(to, (v & ~ends) | (ends & (unsigned char)' '));
	return true;
}

/* The whole words behind the offset *at, each with the blank behind it, as long as none has a digit
 * and the blanks are single; to that, eight bytes at once or more.  How many bytes there are. */
static size_t copy_plain(struct span text, size_t *at, char *to)
{
	size_t n = 0, step;

	while (*at < text.n && ascii_is_space((unsigned char)text.p[*at]))
		++*at;
	for (; text.n - *at - n >= 8; n += step) {
		const char *from = text.p + *at + n;

		step = 8;
		if (n && text.n - *at - n >= SIXTEEN && copy_sixteen(from, to + n))
			step = SIXTEEN;
		else if (!copy_eight(from, to + n, !n || to[n - 1] == ' '))
			break;
	}
	while (n && to[n - 1] != ' ')
		n--;
	*at += n;
	return n;
}

/* Each behind a blank, which needs no more room than what is between them and one. */
static void put_words(struct span text, bool alert, struct buf *out)
{
	char *to = buf_room(out, text.n + 1), *from = to;
	struct span word;
	size_t at = 0;
	bool digit;

	text = span_trim(text);
	for (;;) {
		size_t plain = alert ? 0 : copy_plain(text, &at, to + 1);

		to[0] = ' ';
		to += plain; /* whose last blank is that before the next word */
		word = next_word(text, &at, to + 1, &digit);
		if (!word.n)
			break;
		if (alert && alert_says_how(bare(word)))
			continue;
		to[0] = ' ';
		if (digit && !is_ip(word)) {
			to[1] = '0';
			word.n = 1;
		}
		to += 1 + word.n;
	}
	out->n += (size_t)(to - from);
	buf_addc(out, '\n');
}

int64_t storm_key(const struct facts *f, struct span from, bool proven,
		  const struct conf_queue *queue)
{
	bool alert = storm_is_alert(f);
	struct buf masked BUF_AUTO;
	uint8_t digest[SHA256_SIZE];
	uint64_t key = 0;

	buf_init(&masked, SIZE_MAX);
	buf_adds(&masked, queue->name);
	buf_addc(&masked, '\n');
	buf_add(&masked, from);
	buf_adds(&masked, proven ? "\nproven\n" : "\n");
	put_words(f->subject.p ? f->subject : SPAN(""), alert, &masked);
	if (!alert)
		put_words(utf8_prefix(f->text, STORM_TEXT_MAX), false, &masked);
	sha256_of(buf_span(&masked), digest);
	for (size_t i = 0; i < sizeof(key); i++)
		key = key << 8 | digest[i];
	return key ? (int64_t)key : 1;
}
