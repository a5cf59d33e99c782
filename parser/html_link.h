/*
 * Targets of links: behind the words, each once.
 */
#ifndef PARSER_HTML_LINK_H
#define PARSER_HTML_LINK_H

#include "gatewayd/base/buf.h"

enum { HTML_LINKS_MAX = 2048 }; /* targets that are remembered, a power of two; the rest repeat */

struct html_links {
	uint64_t seen[HTML_LINKS_MAX]; /* hashes; 0: free */
	size_t n;
};

/*
 * What is to stand behind the words of a link, " <https://example.com/>", appended to out: nothing
 * when the target is no place on the network, says what the words say, or has stood there before.
 */
void html_link_target(struct html_links *links, struct span href, struct span words,
		      struct buf *out);

#endif
