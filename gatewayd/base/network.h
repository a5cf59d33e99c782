/*
 * Networks of addresses, and which addresses are public: reached over the internet by anybody, and
 * therefore nothing that only this machine or its site may speak to.
 *
 * IPv4 and IPv6 alike: an IPv4 address is the IPv6 address that it is mapped to (RFC 4291 section
 * 2.5.5.2), so that a mapped one is judged as what it leads to.  Pure.
 */
#ifndef GATEWAYD_BASE_NETWORK_H
#define GATEWAYD_BASE_NETWORK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "gatewayd/base/str.h"

struct network {
	uint8_t address[16];
	unsigned bits; /* of it that count, 0 to 128 */
};

/* "10.0.0.0/8", "10.1.2.3", "fd00::/8"; false: it is none, or has bits behind its prefix. */
bool network_parse(struct span text, struct network *ret_network);
bool network_has(const struct network *n, const struct sockaddr *address);

/*
 * Not private, loopback, link-local, shared, multicast, reserved or for documentation (RFC 6890 and
 * the registries of IANA that followed it), and no way to such an IPv4 address (mapped, 6to4,
 * NAT64).  What is no internet address is not public.
 */
bool network_is_public(const struct sockaddr *address);

#endif
