#include "gatewayd/net/busy.h"

static const struct span imap_phrases[] = {
	SPAN_LITERAL("[THROTTLED]"),	 SPAN_LITERAL("[OVERQUOTA]"),
	SPAN_LITERAL("[LIMIT]"),	 SPAN_LITERAL("[UNAVAILABLE]"),
	SPAN_LITERAL("[INUSE]"),	 SPAN_LITERAL("is throttled"),
	SPAN_LITERAL("bandwidth limit"), SPAN_LITERAL("simultaneous connections"),
	SPAN_LITERAL("server busy"),	 SPAN_LITERAL("authenticated but not connected"),
};

static const struct span smtp_phrases[] = {
	SPAN_LITERAL("5.4.5 daily"),
	SPAN_LITERAL("5.1.90 "),
	SPAN_LITERAL("daily user sending"),
	SPAN_LITERAL("daily sending"),
	SPAN_LITERAL("your daily limit"),
	SPAN_LITERAL("submissionquotaexceeded"),
	SPAN_LITERAL("sender thread limit"),
	SPAN_LITERAL("concurrent connections limit"),
	SPAN_LITERAL("4.7.500 server busy"),
	SPAN_LITERAL("sending rate"),
	SPAN_LITERAL("too many login attempts"),
};

static bool has_any(struct span words, const struct span *phrases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_find_ci(words, phrases[i]) != SIZE_MAX)
			return true;
	return false;
}

bool busy_imap(struct span words)
{
	return has_any(words, imap_phrases, sizeof(imap_phrases) / sizeof(*imap_phrases));
}

/* Up to where it tells what another said: "host mx.a.test said: 550 5.4.5 Daily ...". */
static struct span own_words(struct span words)
{
	static const struct span begins[] = { SPAN_LITERAL(" said:"), SPAN_LITERAL(" was:") };

	for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++)
		words = span_sub(words, 0, span_find_ci(words, begins[i]));
	return words;
}

bool busy_smtp(struct span words)
{
	return has_any(own_words(words), smtp_phrases,
		       sizeof(smtp_phrases) / sizeof(*smtp_phrases));
}

/* "Suggested Backoff Time: 299961 milliseconds" */
int64_t busy_wait_ms(struct span words)
{
	static const struct span says = SPAN_LITERAL("suggested backoff time:");
	size_t at = span_find_ci(words, says), n = 0;
	uint64_t ms;

	if (at == SIZE_MAX)
		return 0;
	words = span_trim(span_sub(words, at + says.n, SIZE_MAX));
	while (n < words.n && ascii_is_digit((unsigned char)words.p[n]))
		n++;
	if (!span_u64(span_sub(words, 0, n), &ms))
		return 0;
	return ms < BUSY_WAIT_MAX_MS ? (int64_t)ms : BUSY_WAIT_MAX_MS;
}
