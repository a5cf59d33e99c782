/*
 * The words of a mail as the weighted phrases of a routing rule see them
 * (conf/policy/README.md section 6).
 */
#ifndef GATEWAYD_MAIL_ROUTING_TEXT_H
#define GATEWAYD_MAIL_ROUTING_TEXT_H

#include "conf/policy.h"
#include "gatewayd/base/buf.h"

enum {
	ROUTING_TEXT_MAX = 32 * 1024, /* bytes of subject and text that are looked at */
	ROUTING_FIRST_MAX = 240,      /* bytes of text that are its first lines */
	ROUTING_WORD_BITS = 4096,
};

struct routing_text {
	struct buf folded; /* lower case, blanks as one, subject and text with a line end between */
	size_t subject_n, first_n;		    /* bytes of folded */
	unsigned char words[ROUTING_WORD_BITS / 8]; /* hashes of the words that are in it */
};

void routing_text_init(struct routing_text *t, struct span subject, struct span text);
void routing_text_release(struct routing_text *t);

/* The phrase is where it counts, at least once with none of the negations right before it. */
bool routing_text_has(const struct routing_text *t, const struct policy_phrase *phrase,
		      const struct policy_words *negations);

/* A letter or digit; each byte of another script is one. */
bool routing_is_word_byte(unsigned char c);

#endif
