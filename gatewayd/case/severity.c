#include "gatewayd/case/severity.h"

#include "gatewayd/base/buf.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/severity_words.h"

enum {
	NUMBER_SCAN_MAX = 4096, /* bytes looked at */
	WORDS_MAX = 255,	/* rows of a table of words */
};

#define ROWS(table) (table), sizeof(table) / sizeof(*(table))
#define FITS(table)                                                   \
	_Static_assert(sizeof(table) / sizeof(*(table)) <= WORDS_MAX, \
		       #table " has more rows than a byte counts")
FITS(severity_scales);

static const char *const channels[CHANNEL_COUNT] = {
	[CHANNEL_EMAIL] = "email",
	[CHANNEL_PHONE] = "phone",
	[CHANNEL_STAFF] = "staff",
};

const char *channel_name(enum channel channel)
{
	return channels[channel];
}

bool channel_parse(struct span name, enum channel *ret_channel)
{
	for (int i = 0; i < CHANNEL_COUNT; i++)
		if (span_is(name, channels[i])) {
			*ret_channel = (enum channel)i;
			return true;
		}
	return false;
}

static int within(const struct policy_kind *kind, int severity)
{
	int levels = policy_kind_levels(kind);

	return severity < 1 ? 1 : severity > levels ? levels : severity;
}

static struct severity_verdict by_mail(const struct severity_intake *in)
{
	struct severity_verdict v = {
		.severity = within(in->kind, in->kind->email_severity),
		.why = "mail opens with the kind's severity for mail",
	};

	if (!in->declared || !in->declared_allowed)
		return v;
	if (!in->authenticated)
		v.why = "declared, but the sender is not authenticated";
	else if (!in->entitled)
		v.why = "declared, but the account is not entitled";
	else if (in->declared > policy_kind_levels(in->kind))
		v.why = "declared, but it is not on the kind's scale";
	else if (in->declared == 1 && in->kind->severity1_phone_only)
		v.why = "declared, but severity 1 of this kind comes only by phone";
	else
		v = (struct severity_verdict){ .severity = in->declared,
					       .by_sender = true,
					       .why = "declared in the mail" };
	return v;
}

static struct severity_verdict by_staff(const struct severity_intake *in)
{
	struct severity_verdict v = {
		.severity = within(in->kind, in->kind->default_severity),
		.why = "the kind's default",
	};

	if (!in->declared)
		return v;
	if (in->declared > policy_kind_levels(in->kind))
		v.why = "stated, but it is not on the kind's scale";
	else if (in->declared == 1 && in->kind->severity1_phone_only &&
		 in->channel != CHANNEL_PHONE)
		v.why = "stated, but severity 1 of this kind comes only by phone";
	else
		v = (struct severity_verdict){ .severity = in->declared,
					       .why = "stated when it was opened" };
	return v;
}

struct severity_verdict severity_at_intake(const struct severity_intake *in)
{
	struct severity_verdict v = in->channel == CHANNEL_EMAIL ? by_mail(in) : by_staff(in);
	int asked = in->declared ? in->declared : in->wish;

	v.requested = asked == v.severity ? 0 : asked;
	return v;
}

int severity_declared(struct span text)
{
	struct span line, number;
	uint64_t v;

	for (int i = 0; i < SEVERITY_DECLARED_LINES && span_line(&text, &line); i++) {
		line = span_trim(line);
		if (!span_starts_ci(line, SPAN("severity")))
			continue;
		number = span_trim(span_sub(line, strlen("severity"), SIZE_MAX));
		if (number.n == 0 || number.p[0] != ':')
			continue;
		number = span_trim(span_sub(number, 1, SIZE_MAX));
		if (number.n == 1 && span_u64(number, &v) && v > 0)
			return (int)v;
	}
	return 0;
}

/* Simple lower case of Latin, Greek and Cyrillic letters beyond ASCII; all others stay. */
static uint32_t lower(uint32_t c)
{
	static const struct {
		uint32_t from, to, add;
		bool pairs; /* every second letter, the one with the parity of from */
	} ranges[] = {
		{ 0xc0, 0xd6, 32, false },   { 0xd8, 0xde, 32, false },
		{ 0x100, 0x12e, 1, true },   { 0x132, 0x136, 1, true },
		{ 0x139, 0x147, 1, true },   { 0x14a, 0x176, 1, true },
		{ 0x179, 0x17d, 1, true },   { 0x386, 0x386, 38, false },
		{ 0x388, 0x38a, 37, false }, { 0x38c, 0x38c, 64, false },
		{ 0x38e, 0x38f, 63, false }, { 0x391, 0x3a9, 32, false },
		{ 0x400, 0x40f, 80, false }, { 0x410, 0x42f, 32, false },
	};

	if (c == 0x130) /* Turkish capital I with a dot */
		return 'i';
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (c >= ranges[i].from && c <= ranges[i].to &&
		    (!ranges[i].pairs || (c - ranges[i].from) % 2 == 0))
			return c + ranges[i].add;
	return c;
}

/* Lower case of what fits; ASCII by the run, because nearly all text is. */
static void fold(struct span s, struct buf *out)
{
	while (s.n) {
		size_t ascii = 0, n = 0;
		char *room;

		while (ascii < s.n && (unsigned char)s.p[ascii] < 0x80)
			ascii++;
		room = buf_room(out, ascii);
		for (size_t i = 0; room && i < ascii; i++)
			room[i] = (char)ascii_lower((unsigned char)s.p[i]);
		out->n += room ? ascii : 0;
		s = span_sub(s, ascii, SIZE_MAX);
		if (s.n) {
			n = utf8_len(s);
			if (n)
				utf8_put(out, lower(utf8_code(s)));
			s = span_sub(s, n ? n : 1, SIZE_MAX);
		}
	}
}

static bool is_letter(unsigned char c)
{
	return c >= 0x80 || ascii_is_alpha(c) || ascii_is_digit(c);
}

/* The length of the row's word when it stands at offset i of s; 0: it does not. */
static size_t word_at(struct span s, size_t i, const struct severity_word *w)
{
	size_t n = strlen(w->text);
	unsigned char next;

	if (!span_starts(span_sub(s, i, SIZE_MAX), (struct span){ w->text, n }))
		return 0;
	next = i + n < s.n ? (unsigned char)s.p[i + n] : ' ';
	if (w->match == SEVERITY_TIGHT && !ascii_is_digit(next))
		return 0;
	if (w->match == SEVERITY_WORD && is_letter(next) && !ascii_is_digit(next))
		return 0;
	return n;
}

/* The rows of a table by their first byte, in order: numbers from 1, 0 ends a chain. */
struct words {
	const struct severity_word *rows;
	unsigned char head[256], next[WORDS_MAX + 1];
};

static void words_init(struct words *w, const struct severity_word *rows, size_t count)
{
	memset(w, 0, sizeof(*w));
	w->rows = rows;
	for (size_t i = count; i > 0; i--) {
		unsigned char *head = &w->head[(unsigned char)rows[i - 1].text[0]];

		w->next[i] = *head;
		*head = (unsigned char)i;
	}
}

/* The length of the first row's word that stands at offset i of s; 0: none does. */
static size_t row_at(struct span s, size_t i, const struct words *w,
		     const struct severity_word **ret_row)
{
	bool begins = i == 0 || !is_letter((unsigned char)s.p[i - 1]);

	if (!begins && (unsigned char)s.p[i] < 0x80)
		return 0;
	for (size_t r = w->head[(unsigned char)s.p[i]]; r; r = w->next[r]) {
		const struct severity_word *row = &w->rows[r - 1];
		size_t n = begins || row->match == SEVERITY_PIECE ? word_at(s, i, row) : 0;

		if (n) {
			*ret_row = row;
			return n;
		}
	}
	return 0;
}

/* "1", ": 1", " = #1", " level 1": the number behind a word, 0 when there is none of 1 .. 4. */
static int number_behind(struct span s, enum severity_match match)
{
	if (match != SEVERITY_TIGHT) {
		while (s.n && (memchr(" \t:=#-([", s.p[0], 8)))
			s = span_sub(s, 1, SIZE_MAX);
		if (span_starts(s, SPAN("level ")))
			s = span_trim(span_sub(s, strlen("level "), SIZE_MAX));
	}
	if (s.n == 0 || s.p[0] < '1' || s.p[0] > '4')
		return 0;
	if (s.n > 1 &&
	    (ascii_is_digit((unsigned char)s.p[1]) || ascii_is_alpha((unsigned char)s.p[1])))
		return 0;
	if (s.n > 2 && s.p[1] == '.' && ascii_is_digit((unsigned char)s.p[2]))
		return 0;
	return s.p[0] - '0';
}

static int number_in(struct span s)
{
	const struct severity_word *row;
	struct words scales;

	words_init(&scales, ROWS(severity_scales));
	for (size_t i = 0; i < s.n; i++) {
		size_t n = row_at(s, i, &scales, &row);
		int number = n ? number_behind(span_sub(s, i + n, SIZE_MAX), row->match) : 0;

		if (number)
			return number;
	}
	return 0;
}

int severity_number(struct span text)
{
	struct buf folded BUF_AUTO;

	buf_init(&folded, NUMBER_SCAN_MAX * 2);
	fold(utf8_prefix(text, NUMBER_SCAN_MAX), &folded);
	return number_in(buf_span(&folded));
}

enum severity_change severity_change_check(const struct policy_kind *kind, int from, int to,
					   struct span reason, struct span phone,
					   bool opened_by_phone)
{
	bool call = opened_by_phone || span_trim(phone).n;

	if (to < 1 || to > policy_kind_levels(kind))
		return SEVERITY_OFF_SCALE;
	if (to == from)
		return SEVERITY_SAME;
	if (to == 1 && kind->severity1_phone_only && !call)
		return SEVERITY_NEEDS_CALL;
	if (!span_trim(reason).n && !span_trim(phone).n)
		return SEVERITY_NEEDS_REASON;
	return SEVERITY_MAY;
}
