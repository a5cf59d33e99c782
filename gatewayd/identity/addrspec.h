/*
 * Addresses read strictly (RFC 5322 section 3.4), for deciding who somebody is and where mail goes;
 * and the one address that a person would find where the strict reading finds none.
 *
 * Display names are none of its business: the parser reads those for people.  Comments and folding
 * white space are skipped, groups are seen.  An address that identifies is a local part of atoms
 * and dots (RFC 6532 section 3.2: also in other scripts) or in quotes and a host name of letters,
 * digits and hyphens; a domain in another script is turned into that form.  What is anything else
 * (routes, domain literals, bytes that are no UTF-8, white space around dots) is none in the strict
 * reading.
 */
#ifndef GATEWAYD_IDENTITY_ADDRSPEC_H
#define GATEWAYD_IDENTITY_ADDRSPEC_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/buf.h"

enum {
	ADDRSPEC_MAX = 254,	    /* RFC 5321 section 4.5.3.1.3, less the angle brackets */
	ADDRSPEC_LOCAL_MAX = 64,    /* section 4.5.3.1.1 */
	ADDRSPEC_COMMENTS_MAX = 16, /* inside each other */
};

/*
 * An address list as far as it can be read: what is not an address is passed over and counted in
 * `bad`.  The addresses live in the arena, domains in lower case.
 */
struct addrspec_list {
	struct span *v;
	size_t n;
	size_t bad;    /* entries that are no address here */
	size_t groups; /* group names seen */
	bool cut;      /* there were more than `max` entries */
};

void addrspec_list_read(struct span value, size_t max, struct arena *a,
			struct addrspec_list *ret_list);

/*
 * The one address in a value that the strict reading refuses: without brackets, behind a name with
 * a comma, a colon or an "@" in it, with comments in it, inside quotes, with dots too many in the
 * domain, with its marks in their wide forms.  Looked for at every "@", whatever stands around it,
 * and without any inside of encoded words; two different ones are none.
 *
 * sure: there is no other "@" in the value, and nothing had to be decoded or mended.
 * Only then may anybody else's word about this From ("dmarc=pass") be about this address.
 */
struct addrspec_found {
	struct span address;
	bool sure;
};
bool addrspec_find(struct span value, struct arena *a, struct addrspec_found *ret_found);

/* Appends the form that stands in mails and envelopes: dots out of place are put in quotes. */
void addrspec_put(struct span address, struct buf *out);

/* With a domain in another script as mail carries it (RFC 5891 section 4.4); s where that is no
 * such domain. */
struct span addrspec_ascii(struct span s, struct arena *a);

/* Its domain in the form in which equal bytes are one domain: as mail carries it, in lower case. */
struct span addrspec_domain_key(struct span address, struct arena *a);

/* All of s is one addr-spec without comments or white space around it. */
bool addrspec_valid(struct span s);

/* The first of addresses with commas between, without blanks around it; *list has the others then.
 * A local part in quotes may have commas of its own. */
struct span addrspec_cut(struct span *list);

/* The parts; s is valid. */
struct span addrspec_local(struct span s);
struct span addrspec_domain(struct span s);

/*
 * What stands behind the delimiter in an address that is own apart from that: "x" of
 * "support+x@..." for "support@...".  p == NULL: it is another address; n == 0: nothing stands
 * there.  Own may have such a part itself where the delimiter is "+"; others are letters of
 * ordinary names.
 */
struct span addrspec_detail(struct span address, struct span own, char delimiter);

/* A host name of at least one label (RFC 1123 section 2.1), no dot at the end. */
bool addrspec_domain_valid(struct span s);

/* The same mailbox: as mail systems do in practice, without case in the local part, too. */
static inline bool addrspec_eq(struct span a, struct span b)
{
	return span_eq_ci(a, b);
}

#endif
