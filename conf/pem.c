#include "conf/pem.h"

#include "gatewayd/base/buf.h"
#include "gatewayd/base/units.h"

enum { CERTIFICATE_MAX = 64 * KIB };

static const char begin[] = "-----BEGIN ", end[] = "-----END ", tail[] = "CERTIFICATE-----";

static int sextet(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ascii_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* false: a letter that base64 does not have. */
static bool decode(struct span line, uint32_t *bits, unsigned *count, struct buf *out)
{
	for (size_t i = 0; i < line.n; i++) {
		int v = sextet((unsigned char)line.p[i]);

		if (line.p[i] == '=' || ascii_is_space((unsigned char)line.p[i]))
			continue;
		if (v < 0)
			return false;
		*bits = *bits << 6 | (uint32_t)v;
		*count += 6;
		if (*count >= 8) {
			*count -= 8;
			buf_addc(out, (char)(*bits >> *count & 0xff));
		}
	}
	return true;
}

/* One sequence in DER (X.690 section 8.1) that is all there and has a sequence inside. */
static bool is_sequence(struct span der)
{
	const unsigned char *p = (const unsigned char *)der.p;
	size_t size, head = 2;

	if (der.n < 4 || p[0] != 0x30)
		return false;
	size = p[1];
	if (size & 0x80) {
		size_t n = size & 0x7f;

		if (n < 1 || n > 3 || der.n < 2 + n)
			return false;
		size = 0;
		for (head = 2; head < 2 + n; head++)
			size = size << 8 | p[head];
	}
	return size > 2 && size <= der.n - head && p[head] == 0x30;
}

/* The lines up to the end of the certificate, which *text then begins behind. */
static bool is_certificate(struct span *text)
{
	struct buf der BUF_AUTO;
	uint32_t bits = 0;
	unsigned count = 0;
	struct span line;

	buf_init(&der, CERTIFICATE_MAX);
	while (span_line(text, &line)) {
		if (span_starts(line, span_of(end)))
			return is_sequence(buf_span(&der));
		if (!decode(line, &bits, &count, &der))
			return false;
	}
	return false;
}

const char *pem_wrong(struct span text)
{
	size_t certificates = 0, others = 0;
	struct span line;

	while (span_line(&text, &line)) {
		if (!span_starts(line, span_of(begin)))
			continue;
		if (!span_ends_ci(span_trim(line), span_of(tail)))
			others++;
		else if (!is_certificate(&text))
			return "has a certificate that is damaged or cut short; copy it again";
		else
			certificates++;
	}
	if (certificates)
		return NULL;
	return others ? "has no certificate, but a key or something else; name the file with the "
			"authority's certificate"
		      : "has no certificate in it (PEM: -----BEGIN CERTIFICATE----- ...)";
}
