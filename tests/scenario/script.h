/*
 * A scenario file, read: a verb a line, its arguments, and the text that may stand below it.
 *
 *	VERB word key=value key~="a longer value" <<END
 *	text
 *	END
 *
 * A "#" at the start of a line is a comment.  Double quotes keep blanks together; in them \" is a
 * quote.  Everything lives in the arena.
 */
#ifndef TESTS_SCENARIO_SCRIPT_H
#define TESTS_SCENARIO_SCRIPT_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/buf.h"
#include "gatewayd/base/err.h"

enum { SCRIPT_ARGS_MAX = 24 };

enum script_op { SCRIPT_WORD, SCRIPT_IS, SCRIPT_IS_NOT, SCRIPT_HAS, SCRIPT_HAS_NOT };

struct script_arg {
	struct span word; /* all of it, without quotes */
	struct span key, value;
	enum script_op op; /* SCRIPT_WORD: key is the word, value empty */
};

struct script_line {
	int line;
	struct span verb;
	struct script_arg args[SCRIPT_ARGS_MAX];
	size_t n;
	bool has_text;
	struct span text; /* lines end in CRLF, as in mails */
};

struct script {
	struct span rest;
	int line;
	struct arena *arena;
};

/* 1: a line, 0: the end, -1: it cannot be read. */
int script_next(struct script *s, struct script_line *ret_line, struct err *e);

/* The value of "key=value"; p == NULL: not there. */
struct span script_value(const struct script_line *l, const char *key);
/* Of the i-th "key=value" of several. */
struct span script_value_at(const struct script_line *l, const char *key, size_t i);
/* value holds what op asks of it */
bool script_holds(const struct script_arg *a, struct span value);

#endif
