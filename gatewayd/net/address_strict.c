#include "gatewayd/net/address_strict.h"

#include <arpa/inet.h>

#include "gatewayd/base/utf8.h"

static bool is_atext(unsigned char c) /* RFC 5322 section 3.2.3 */
{
	return ascii_is_alpha(c) || ascii_is_digit(c) ||
	       (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool is_dot_atom(struct span s)
{
	bool atom = false; /* the byte before belongs to an atom */

	for (size_t i = 0, n; i < s.n; i += n) {
		n = is_atext((unsigned char)s.p[i]) || (s.p[i] == '.' && atom)
			? 1
			: utf8_atom_len(span_sub(s, i, SIZE_MAX));
		if (n == 0)
			return false;
		atom = s.p[i] != '.';
	}
	return atom;
}

/* In quotes: printable, without what libcurl or a lax server could misread. */
static bool is_safe_quoted(struct span s)
{
	if (s.n < 3 || s.p[0] != '"' || s.p[s.n - 1] != '"')
		return false;
	for (size_t i = 1, n; i < s.n - 1; i += n) {
		unsigned char c = (unsigned char)s.p[i];

		n = c >= ' ' && c <= '~' && strchr("\"\\<>@", c) == NULL
			? 1
			: utf8_atom_len(span_sub(s, i, s.n - 1 - i));
		if (n == 0)
			return false;
	}
	return true;
}

static bool is_label(struct span s)
{
	if (s.n == 0 || s.n > ADDRESS_LABEL_MAX || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && c != '-')
			return false;
	}
	return true;
}

static bool is_domain(struct span s)
{
	struct span rest = s;

	if (s.n == 0 || s.p[s.n - 1] == '.')
		return false;
	while (rest.n > 0)
		if (!is_label(span_cut(&rest, '.')))
			return false;
	return true;
}

static bool is_literal(struct span s) /* RFC 5321 section 4.1.3 */
{
	char text[INET6_ADDRSTRLEN];
	unsigned char address[16];
	int family = AF_INET;

	if (s.n < 3 || s.p[0] != '[' || s.p[s.n - 1] != ']')
		return false;
	s = span_sub(s, 1, s.n - 2);
	if (span_starts_ci(s, SPAN("IPv6:"))) {
		family = AF_INET6;
		s = span_sub(s, 5, SIZE_MAX);
	}
	if (s.n >= sizeof(text) || memchr(s.p, '\0', s.n) != NULL)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return inet_pton(family, text, address) == 1;
}

/* The offset of the last '@', which no allowed local part or domain holds. */
static size_t find_at(struct span s)
{
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == '@')
			return i - 1;
	return SIZE_MAX;
}

int address_strict_check(struct span address, struct err *e)
{
	size_t at = find_at(address);
	struct span local, domain;

	if (address.n > ADDRESS_MAX)
		return err_set(e, ERR_PERM, "address is longer than %d bytes", ADDRESS_MAX);
	if (at == SIZE_MAX)
		return err_set(e, ERR_PERM, "address has no @");
	local = span_sub(address, 0, at);
	domain = span_sub(address, at + 1, SIZE_MAX);
	if (local.n > ADDRESS_LOCAL_MAX)
		return err_set(e, ERR_PERM, "local part is longer than %d bytes",
			       ADDRESS_LOCAL_MAX);
	if (!is_dot_atom(local) && !is_safe_quoted(local))
		return err_set(e, ERR_PERM, "local part is not one that may be sent");
	if (!is_domain(domain) && !is_literal(domain))
		return err_set(e, ERR_PERM, "domain is not one that may be sent");
	return 0;
}
