/*
 * An answer as lines and words.  For ours*.c only.
 */
#ifndef GATEWAYD_MAIL_OURS_LINES_H
#define GATEWAYD_MAIL_OURS_LINES_H

#include "gatewayd/mail/ours.h"

struct ours_word {
	uint64_t hash;
	uint32_t line;
	bool covered;  /* by pieces that were shown */
	bool filled;   /* and is none of them, but changed on the way, or by the author */
	bool noted;    /* by pieces of an internal note of the case */
	bool known;    /* by pieces that the customer wrote, or has */
	bool crossing; /* a piece that goes over the end of a line that was shown begins here */
	bool internal; /* by the better part of an internal line */
};

enum ours_what { OURS_KEPT, OURS_CUT, OURS_INTRO };

struct ours_line {
	struct span text;
	size_t first, words;   /* in the words of all */
	size_t before, behind; /* the lines with words next to it; SIZE_MAX: none */
	uint64_t hash;
	bool quoted;   /* begins with a quote mark */
	bool parted;   /* from the words before it, by a blank line: one has a mark, one has none */
	bool internal; /* holds something internal */
	bool dressing; /* has no words, and goes with what is cut beside it */
	enum ours_what what;
};

struct ours_lines {
	const struct ours_in *in;
	struct shown_index index;
	struct ours_line *v;
	size_t n;
	struct ours_word *words;
	size_t word_count;
};

/* The line before or behind i that has words; SIZE_MAX: none. */
size_t ours_line_before(const struct ours_lines *l, size_t i);
size_t ours_line_behind(const struct ours_lines *l, size_t i);

/* A whole line of ours that is internal, and no colleague's note. */
bool ours_is_fact(const struct ours_lines *l, const struct ours_line *line);

/* Lines that were cut, and are the author's: words of the customer that stand in the notice, too,
 * and those of a note, with which the answer is held. */
void ours_repeat(struct ours_lines *l, struct arena *a);

/* What a client puts above each stretch that was cut. */
void ours_intro(struct ours_lines *l);
/* Line i names us. */
bool ours_intro_names(const struct ours_lines *l, size_t i);
/* Or looks like a line of it in another way. */
bool ours_intro_has(const struct ours_lines *l, size_t i);

#endif
