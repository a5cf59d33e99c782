#include "gatewayd/identity/idn.h"

#include "gatewayd/base/utf8.h"

/* RFC 3492 section 5. */
enum {
	BASE = 36,
	T_MIN = 1,
	T_MAX = 26,
	SKEW = 38,
	DAMP = 700,
	INITIAL_BIAS = 72,
	INITIAL_N = 128,
};

enum { DOMAIN_MAX = 1000 }; /* bytes of a domain in either form that is looked at */

struct label {
	uint32_t codes[IDN_LABEL_MAX];
	size_t n;
	bool ascii;
};

static const struct range {
	uint32_t from, to;
} refused[] = {
	{ 0x0080, 0x00b6 }, { 0x00b8, 0x00be },	   { 0x00d7, 0x00d7 }, { 0x00f7, 0x00f7 },
	{ 0x0130, 0x0130 }, { 0x0300, 0x036f }, /* combining accents */
	{ 0x0386, 0x038f }, { 0x2000, 0x2fff },	   { 0x3000, 0x3004 }, { 0xd800, 0xf8ff },
	{ 0xfb00, 0xfb06 }, { 0xfe00, 0xfe6f },	   { 0xff00, 0xff0f }, { 0xff5b, 0xff65 },
	{ 0xffe0, 0xffff }, { 0xe0000, 0x10ffff },
};

static bool is_refused(uint32_t c)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (c >= refused[i].from && c <= refused[i].to)
			return true;
	return utf8_is_hidden(c);
}

static bool is_stop(uint32_t c)
{
	return c == '.' || c == 0x3002 || c == 0xff0e || c == 0xff61;
}

/* Capital letters that stand a fixed way before the small ones, or alternate with them. */
static uint32_t lower(uint32_t c)
{
	if (c < 0x80)
		return ascii_lower((unsigned char)c);
	if ((c >= 0xc0 && c <= 0xde) || (c >= 0x391 && c <= 0x3ab) || (c >= 0x410 && c <= 0x42f))
		return c + 32;
	if (c >= 0x400 && c <= 0x40f)
		return c + 80;
	if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e))
		return c + (c & 1);
	if (c == 0x178)
		return 0xff;
	if ((c >= 0x100 && c <= 0x137 && c != 0x130) || (c >= 0x14a && c <= 0x177) ||
	    (c >= 0x460 && c <= 0x481) || (c >= 0x48a && c <= 0x4bf) ||
	    (c >= 0x1e00 && c <= 0x1eff && c != 0x1e9e))
		return c | 1;
	if (c >= 0xff10 && c <= 0xff5a) /* full width */
		return lower(c - 0xfee0);
	return c;
}

static char digit(uint32_t d)
{
	return (char)(d < 26 ? 'a' + d : '0' + d - 26);
}

static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
	uint32_t k = 0;

	delta = first ? delta / DAMP : delta / 2;
	delta += delta / points;
	for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
		delta /= BASE - T_MIN;
	return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static void put_number(uint32_t q, uint32_t bias, struct buf *out)
{
	for (uint32_t k = BASE;; k += BASE) {
		uint32_t t = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;

		if (q < t)
			break;
		buf_addc(out, digit(t + (q - t) % (BASE - t)));
		q = (q - t) / (BASE - t);
	}
	buf_addc(out, digit(q));
}

static uint32_t smallest_from(const struct label *l, uint32_t n)
{
	uint32_t m = UINT32_MAX;

	for (size_t i = 0; i < l->n; i++)
		if (l->codes[i] >= n && l->codes[i] < m)
			m = l->codes[i];
	return m;
}

static void put_ascii_of(const struct label *l, struct buf *out)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->codes[i] < 0x80)
			buf_addc(out, (char)l->codes[i]);
}

/* RFC 3492 section 6.3.  A label of 63 characters below 2^21 makes no number above 2^32. */
static void put_punycode(const struct label *l, struct buf *out)
{
	uint32_t n = INITIAL_N, delta = 0, bias = INITIAL_BIAS;
	size_t from = out->n, basic, done;

	put_ascii_of(l, out);
	basic = done = out->n - from;
	if (basic)
		buf_addc(out, '-');
	for (; done < l->n; delta++, n++) {
		uint32_t m = smallest_from(l, n);

		delta += (m - n) * (uint32_t)(done + 1);
		n = m;
		for (size_t i = 0; i < l->n; i++) {
			delta += l->codes[i] < n;
			if (l->codes[i] != n)
				continue;
			put_number(delta, bias, out);
			bias = adapt(delta, (uint32_t)done + 1, done == basic);
			delta = 0;
			done++;
		}
	}
}

/* The label at the start of *s, and the stop behind it. */
static bool take_label(struct span *s, struct label *l)
{
	*l = (struct label){ .ascii = true };
	while (s->n) {
		size_t n = utf8_len(*s);
		uint32_t c = n ? utf8_code(*s) : 0;

		*s = span_sub(*s, n, SIZE_MAX);
		if (is_stop(c))
			return true;
		c = lower(c);
		if (n == 0 || l->n == IDN_LABEL_MAX || is_refused(c))
			return false;
		l->ascii &= c < 0x80;
		l->codes[l->n++] = c;
	}
	return true;
}

static bool put_domain(struct span domain, struct buf *out)
{
	for (bool first = true; domain.n; first = false) {
		struct label l;
		size_t from;

		if (!take_label(&domain, &l) || l.n == 0)
			return false;
		if (!first)
			buf_addc(out, '.');
		from = out->n;
		if (l.ascii) {
			put_ascii_of(&l, out);
		} else {
			buf_adds(out, "xn--");
			put_punycode(&l, out);
		}
		if (out->n - from > IDN_LABEL_MAX)
			return false;
	}
	return true;
}

bool idn_to_ascii(struct span domain, struct buf *out)
{
	size_t from = out->n;

	if (put_domain(domain, out))
		return true;
	out->n = from;
	return false;
}

/* --- back --- */

/* -1: no digit. */
static int digit_value(char c)
{
	unsigned char l = ascii_lower((unsigned char)c);

	if (ascii_is_digit(l))
		return l - '0' + 26;
	return ascii_is_alpha(l) ? l - 'a' : -1;
}

/* RFC 3492 section 6.2: one number from the start of *s; false: there is none that fits. */
static bool take_number(struct span *s, uint32_t bias, uint32_t *ret_number)
{
	uint64_t number = 0, weight = 1;

	for (uint32_t k = BASE; s->n; k += BASE) {
		uint32_t t = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
		int value = digit_value(*s->p);

		*s = span_sub(*s, 1, SIZE_MAX);
		number += (uint64_t)value * weight;
		if (value < 0 || number > UINT32_MAX)
			return false;
		*ret_number = (uint32_t)number;
		if ((uint32_t)value < t)
			return true;
		weight *= BASE - t;
		if (weight > UINT32_MAX)
			return false;
	}
	return false;
}

static void insert(struct label *l, size_t at, uint32_t code)
{
	memmove(l->codes + at + 1, l->codes + at, (l->n - at) * sizeof(*l->codes));
	l->codes[at] = code;
	l->n++;
}

/* What stands behind "xn--". */
static bool read_punycode(struct span s, struct label *l)
{
	uint32_t code = INITIAL_N, i = 0, bias = INITIAL_BIAS, delta;

	*l = (struct label){ 0 };
	for (size_t k = s.n; k-- > 0;) {
		if (s.p[k] != '-')
			continue;
		for (size_t m = 0; m < k && l->n < IDN_LABEL_MAX; m++)
			l->codes[l->n++] = ascii_lower((unsigned char)s.p[m]);
		s = span_sub(s, k + 1, SIZE_MAX);
		break;
	}
	for (bool first = true; s.n; first = false) {
		uint32_t points = (uint32_t)l->n + 1;

		if (points > IDN_LABEL_MAX || !take_number(&s, bias, &delta) ||
		    delta > UINT32_MAX - i)
			return false;
		bias = adapt(delta, points, first);
		i += delta;
		code += i / points;
		i %= points;
		if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
			return false;
		insert(l, i++, code);
	}
	return true;
}

struct span idn_ascii(struct span domain, struct arena *a)
{
	struct buf out BUF_AUTO;

	buf_init(&out, DOMAIN_MAX);
	if (utf8_is_ascii(domain) || !idn_to_ascii(domain, &out))
		return domain;
	return arena_dup(a, buf_span(&out));
}

void idn_to_text(struct span domain, struct buf *out)
{
	while (domain.n) {
		struct span label = span_cut(&domain, '.');
		struct label l;

		if (span_starts_ci(label, SPAN("xn--")) &&
		    read_punycode(span_sub(label, strlen("xn--"), SIZE_MAX), &l))
			for (size_t i = 0; i < l.n; i++)
				utf8_put(out, l.codes[i]);
		else
			buf_add(out, label);
		if (domain.n)
			buf_addc(out, '.');
	}
}
