#include "gatewayd/net/sasl_said.h"

#include "gatewayd/base/utf8.h"
#include "parser/base64.h"

enum { WORD_MAX = 1024 }; /* bytes that are looked into */

/* An object's beginning, {", in BASE64. */
static bool is_object(struct span word)
{
	return span_starts(word, SPAN("eyJ"));
}

void sasl_said(struct span line, struct buf *out)
{
	bool first = true;

	while (line.n) {
		struct span word = span_cut(&line, ' ');
		char inside[BASE64_ROOM(WORD_MAX)];
		bool good;

		if (!first)
			buf_addc(out, ' ');
		first = false;
		if (is_object(word) && word.n <= WORD_MAX)
			word = (struct span){ inside, base64_decode(word, inside, &good) };
		utf8_scrub(word, out);
	}
}
