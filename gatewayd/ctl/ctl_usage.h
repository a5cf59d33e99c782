/*
 * The usage of a verb as data: what the parser of the command line, the completions and the tests
 * read.
 *
 *	usage  = items [LF items]
 *	items  = item *(" " item)
 *	item   = option / word / "[" option *("|" option) "]" / "[" word "]"
 *	option = "--name" / "--name " value
 *	word   = alternatives, "..." behind it: one or more
 *
 * In values and words lower case stands for itself ("phone|staff"), upper case for what the caller
 * gives ("QUEUE").  Options in one pair of brackets exclude each other.  An option without a value
 * stands in brackets.
 *
 * Behind the line feed stand the inner options: with them gatewayctl asks the daemon, nobody else
 * may give them, and no help, manual or completion names them.
 */
#ifndef GATEWAYD_CTL_CTL_USAGE_H
#define GATEWAYD_CTL_CTL_USAGE_H

#include "gatewayd/base/str.h"

struct ctl_usage {
	struct span rest;
	bool inside;  /* of brackets */
	int brackets; /* opened so far */
};

struct ctl_usage_item {
	struct span option; /* "--queue"; n == 0: a word */
	struct span value;  /* "phone|staff", or the word itself; n == 0: the option takes none */
	int group;	    /* which brackets it stands in; < 0: inner; 0: none, it must be given */
	bool many;
};

/* Without the inner ones. */
struct ctl_usage ctl_usage_of(const char *usage);
struct span ctl_usage_shown(const char *usage);
bool ctl_usage_next(struct ctl_usage *u, struct ctl_usage_item *ret_item);
bool ctl_usage_option(const char *usage, struct span name, struct ctl_usage_item *ret_item);
bool ctl_usage_inner(const char *usage, struct span name, struct ctl_usage_item *ret_item);
/* How many words it takes. */
void ctl_usage_words(const char *usage, int *ret_least, int *ret_most);

#endif
