#include "gatewayd/identity/subject.h"

/* "[Case #" digits "]" at the start of s: its length, 0 when it is none. */
static size_t tag_at(struct span s, int64_t *ret_case)
{
	const struct span open = SPAN("[case #");
	struct span rest = s, digits;
	size_t n = 0;

	if (!span_starts_ci(s, open))
		return 0;
	rest = span_sub(rest, open.n, SIZE_MAX);
	while (n < rest.n && n < 18 && ascii_is_digit((unsigned char)rest.p[n]))
		n++;
	digits = span_sub(rest, 0, n);
	if (n == rest.n || rest.p[n] != ']' || !span_i64(digits, ret_case))
		return 0;
	return open.n + n + 1;
}

bool subject_tag_find(struct span subject, int64_t *ret_case)
{
	int64_t number;

	for (size_t i = 0; i < subject.n; i++) {
		if (subject.p[i] == '[' && tag_at(span_sub(subject, i, SIZE_MAX), &number) &&
		    number > 0) {
			*ret_case = number;
			return true;
		}
	}
	return false;
}

/* What mail clients put before the subject of an answer or a forward. */
static const struct span prefixes[] = {
	SPAN_LITERAL("re"),
	SPAN_LITERAL("fw"),
	SPAN_LITERAL("fwd"),
	SPAN_LITERAL("aw"),
	SPAN_LITERAL("wg"),
	SPAN_LITERAL("sv"),
	SPAN_LITERAL("vs"),
	SPAN_LITERAL("antw"),
	SPAN_LITERAL("rv"),
	SPAN_LITERAL("tr"),
	SPAN_LITERAL("ynt"),
	SPAN_LITERAL("odp"),
	SPAN_LITERAL("enc"),
	SPAN_LITERAL("res"),
	SPAN_LITERAL("rif"),
	SPAN_LITERAL("doorst"),
	SPAN_LITERAL("\xe5\x9b\x9e\xe5\xa4\x8d"), /* Chinese: reply */
	SPAN_LITERAL("\xe8\xbd\xac\xe5\x8f\x91"), /* forward */
	SPAN_LITERAL("\xe7\xad\x94\xe5\xa4\x8d"), /* answer */
	SPAN_LITERAL("\xe8\xbf\x94\xe4\xbf\xa1"), /* Japanese: reply */
	SPAN_LITERAL("\xe8\xbb\xa2\xe9\x80\x81"), /* forward */
};

/* Most subjects begin with none, which one byte tells. */
static bool has_prefix(struct span s, size_t i)
{
	return s.n && (char)ascii_lower((unsigned char)s.p[0]) == prefixes[i].p[0] &&
	       span_starts_ci(s, prefixes[i]);
}

/* The length of a prefix with its colon at the start of s; 0: none. */
static size_t prefix_at(struct span s)
{
	const struct span wide_colon = SPAN("\xef\xbc\x9a");

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		struct span rest = span_sub(s, prefixes[i].n, SIZE_MAX);

		if (!has_prefix(s, i))
			continue;
		if (rest.n && rest.p[0] == ':')
			return prefixes[i].n + 1;
		if (span_starts(rest, wide_colon))
			return prefixes[i].n + wide_colon.n;
	}
	return 0;
}

bool subject_is_reply(struct span subject)
{
	int64_t number;

	subject = span_trim(subject);
	subject = span_trim(span_sub(subject, tag_at(subject, &number), SIZE_MAX));
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		/* "Re : x" is French. */
		if (has_prefix(subject, i) &&
		    span_starts(span_trim(span_sub(subject, prefixes[i].n, SIZE_MAX)), SPAN(":")))
			return true;
	return prefix_at(subject) > 0;
}

void subject_bare(struct span subject, struct buf *out)
{
	bool front = true, blank = false;

	while (subject.n) {
		int64_t number;
		size_t n = subject.p[0] == '[' ? tag_at(subject, &number) : 0;

		if (n == 0 && front)
			n = prefix_at(subject);
		if (n == 0 && ascii_is_space((unsigned char)subject.p[0])) {
			blank = true;
			n = 1;
		} else if (n == 0) {
			if (blank && !front)
				buf_addc(out, ' ');
			buf_addc(out, subject.p[0]);
			front = blank = false;
			n = 1;
		}
		subject = span_sub(subject, n, SIZE_MAX);
	}
}

void subject_tagged(struct span subject, int64_t case_number, bool reply, struct buf *out)
{
	if (reply)
		buf_adds(out, "Re: ");
	buf_addf(out, "[Case #%lld] ", (long long)case_number);
	subject_bare(subject, out);
}
