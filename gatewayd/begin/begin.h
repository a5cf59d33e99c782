/*
 * The first hour: a few questions, from which a configuration becomes, with its secrets and its
 * key; tried before it is put in place.
 *
 * Questions are answered by lines "key = value", or go to the terminal.  Nothing that is there is
 * overwritten, and what was made is gone again unless all of it came into place.  Works without a
 * daemon and without a store.
 */
#ifndef GATEWAYD_BEGIN_BEGIN_H
#define GATEWAYD_BEGIN_BEGIN_H

#include "gatewayd/base/str.h"

enum { BEGIN_ANSWERS_MAX = 256 * 1024 /* bytes */ };

struct begin_options {
	const char *conf_path;	  /* absolute; where one is there already, "PATH.new" is written */
	bool terminal;		  /* standard input is one: what the answers lack is asked there */
	struct span answers;	  /* lines "key = value" */
	const char *answers_name; /* of the file that has them, for messages */
	bool anyway;		  /* writes also what does not work yet */
	void (*say)(void *ctx, const char *text); /* to the person, at once */
	void *ctx;
};

enum begin_end {
	BEGIN_WRITTEN,
	BEGIN_WRONG,   /* what was answered does not work: nothing was written, or told --anyway */
	BEGIN_STOPPED, /* by a signal or the end of the input; nothing is left */
	BEGIN_FAILED,  /* an answer is missing or wrong, a file cannot be made; told */
};
enum begin_end begin_run(const struct begin_options *o);

#endif
