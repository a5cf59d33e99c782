/*
 * Where the words of a mail stand that the routing rules ask for: found in one pass
 * (conf/policy/README.md section 6).
 */
#ifndef GATEWAYD_MAIL_ROUTING_TEXT_H
#define GATEWAYD_MAIL_ROUTING_TEXT_H

#include "conf/rulebook.h"
#include "gatewayd/base/buf.h"

enum {
	ROUTING_TEXT_MAX = 32 * 1024, /* bytes of subject and text that are looked at */
	ROUTING_FIRST_MAX = 240,      /* bytes of text that are its first lines */
	ROUTING_HITS_MAX = 20000,     /* what stands behind them is not seen; fewer than 65,536 */
};

struct routing_hit {
	uint32_t start, end; /* of routing_text.folded */
	uint32_t sentence;   /* 0: the subject */
	uint16_t next;	     /* of the same term, 0: no more */
	uint16_t last;	     /* of the first of a term: the last of it */
};

struct routing_text {
	struct arena arena;
	const struct rulebook *book;
	struct buf folded; /* subject and text, a line end between */
	uint32_t subject_n, first_n, sentence;
	size_t sentence_from;	  /* bytes whose sentences are counted */
	struct routing_hit *hits; /* from 1 on */
	size_t hit_count;
	uint16_t *phrases, *classes; /* the first hit of each; 0: none */
};

void routing_text_init(struct routing_text *t, const struct rulebook *book, struct span subject,
		       struct span text);
void routing_text_release(struct routing_text *t);

/* One of the terms is in the subject, or in the text. */
bool routing_text_has_any(const struct routing_text *t, const struct rulebook_run *terms,
			  bool in_subject);

/* The score's phrases are where they count, none with a negation before it (one word may stand
 * between); ret_found is what its first was found as, of folded. */
bool routing_text_scores(const struct routing_text *t, const struct rulebook_score *score,
			 const struct policy_words *negations, struct span *ret_found);

#endif
