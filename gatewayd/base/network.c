#include "gatewayd/base/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

enum { V4_AT = 12, V4_BITS = 96 }; /* where an IPv4 address stands in a mapped one */

static const uint8_t mapped[V4_AT] = { [10] = 0xff, [11] = 0xff };

static void map_v4(const void *v4, uint8_t to[16])
{
	memcpy(to, mapped, sizeof(mapped));
	memcpy(to + V4_AT, v4, 4);
}

static bool has(const uint8_t *network, unsigned bits, const uint8_t address[16])
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(network, address, whole) != 0)
		return false;
	return !rest || (network[whole] ^ address[whole]) >> (8 - rest) == 0;
}

static bool is_clean(const struct network *n)
{
	for (unsigned bit = n->bits; bit < 128; bit++)
		if (n->address[bit / 8] >> (7 - bit % 8) & 1)
			return false;
	return true;
}

bool network_parse(struct span text, struct network *ret_network)
{
	struct span bits = text, address = span_cut(&bits, '/');
	bool given = address.n < text.n;
	char name[INET6_ADDRSTRLEN];
	struct network n = { .bits = 128 };
	uint64_t count = 0;
	uint8_t v4[4];
	bool is_v4;

	if (address.n >= sizeof(name) || memchr(text.p ? text.p : "", '\0', text.n) ||
	    (given && (!span_u64(bits, &count) || count > 128)))
		return false;
	snprintf(name, sizeof(name), SPAN_FMT, SPAN_ARG(address));
	is_v4 = inet_pton(AF_INET, name, v4) == 1;
	if (is_v4)
		map_v4(v4, n.address);
	else if (inet_pton(AF_INET6, name, n.address) != 1)
		return false;
	if (given && is_v4 && count > 32)
		return false;
	if (given)
		n.bits = (unsigned)count + (is_v4 ? V4_BITS : 0);
	if (!is_clean(&n))
		return false;
	*ret_network = n;
	return true;
}

static bool bytes_of(const struct sockaddr *a, uint8_t to[16])
{
	if (a->sa_family == AF_INET)
		map_v4(&((const struct sockaddr_in *)(const void *)a)->sin_addr, to);
	else if (a->sa_family == AF_INET6)
		memcpy(to, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, 16);
	else
		return false;
	return true;
}

bool network_has(const struct network *n, const struct sockaddr *address)
{
	uint8_t bytes[16];

	return bytes_of(address, bytes) && has(n->address, n->bits, bytes);
}

/* --- what is public --- */

/* RFC 6890 and RFC 1918, 6598, 5737, 2544, 7526, 5771, 1112. */
static const struct {
	uint8_t address[4];
	unsigned bits;
} special_v4[] = {
	{ { 0 }, 8 },
	{ { 10 }, 8 },
	{ { 100, 64 }, 10 },
	{ { 127 }, 8 },
	{ { 169, 254 }, 16 },
	{ { 172, 16 }, 12 },
	{ { 192, 0, 0 }, 24 },
	{ { 192, 0, 2 }, 24 },
	{ { 192, 88, 99 }, 24 },
	{ { 192, 168 }, 16 },
	{ { 198, 18 }, 15 },
	{ { 198, 51, 100 }, 24 },
	{ { 203, 0, 113 }, 24 },
	{ { 224 }, 3 }, /* multicast, reserved, broadcast */
};

/* All that is public stands in 2000::/3 (RFC 4291), but for these: RFC 2928, 3849, 9637. */
static const struct {
	uint8_t address[4];
	unsigned bits;
} special_v6[] = {
	{ { 0x20, 0x01, 0x00 }, 23 },
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 },
	{ { 0x3f, 0xff, 0x00 }, 20 },
};

static bool public_v4(const uint8_t *v4)
{
	uint8_t bytes[16] = { 0 };

	memcpy(bytes, v4, 4);
	for (size_t i = 0; i < sizeof(special_v4) / sizeof(*special_v4); i++)
		if (has(special_v4[i].address, special_v4[i].bits, bytes))
			return false;
	return true;
}

static bool public_v6(const uint8_t bytes[16])
{
	if (bytes[0] >> 5 != 1)
		return false;
	for (size_t i = 0; i < sizeof(special_v6) / sizeof(*special_v6); i++)
		if (has(special_v6[i].address, special_v6[i].bits, bytes))
			return false;
	return true;
}

bool network_is_public(const struct sockaddr *address)
{
	static const uint8_t nat64[V4_AT] = { 0x00, 0x64, 0xff, 0x9b }; /* RFC 6052 */
	static const uint8_t six_to_four[2] = { 0x20, 0x02 };		/* RFC 3056 */
	uint8_t bytes[16];

	if (!bytes_of(address, bytes))
		return false;
	if (has(mapped, V4_BITS, bytes) || has(nat64, V4_BITS, bytes))
		return public_v4(bytes + V4_AT);
	if (has(six_to_four, 16, bytes))
		return public_v4(bytes + 2);
	return public_v6(bytes);
}
