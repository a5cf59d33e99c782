/* A question and its answer, from the terminal or from lines "key = value". */
#ifndef GATEWAYD_BEGIN_BEGIN_ASK_H
#define GATEWAYD_BEGIN_BEGIN_ASK_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/err.h"
#include "gatewayd/begin/begin.h"

struct begin_answer {
	const char *key, *value;
	int line;  /* of the answers; 0: from the terminal */
	bool used; /* a question was about it */
};

struct begin_ask {
	const struct begin_options *o;
	struct arena *a;
	int signals; /* signalfd of what stops us; -1: none */
	struct begin_answer *v;
	size_t n;
	const char **asked; /* keys, in the order of the questions */
	size_t asked_count;
};

struct begin_question {
	const char *key; /* "password" */
	const char *of;	 /* what it is about; the key "password.OF" is looked for first; or NULL */
	const char *text;
	const char *otherwise; /* the answer that Enter gives; NULL: there must be one */
	bool secret;	       /* not shown while it is typed */
	bool quiet;	       /* no person is asked: answers may have it */
	/* What is wrong with it; NULL: nothing. */
	const char *(*check)(const char *value);
};

/* ERR_PERM: a line is no answer. */
int begin_ask_init(struct begin_ask *q, const struct begin_options *o, struct arena *a,
		   struct err *e);
void begin_ask_release(struct begin_ask *q);

/* ERR_PERM: no answer, or a wrong one; ERR_TEMP: stopped. */
int begin_ask(struct begin_ask *q, const struct begin_question *w, const char **ret_value,
	      struct err *e);
/* "yes" or "no". */
int begin_ask_yes(struct begin_ask *q, const char *key, const char *text, bool otherwise,
		  bool *ret_yes, struct err *e);
/* ERR_PERM: an answer that no question was about. */
int begin_ask_end(struct begin_ask *q, struct err *e);
/* "FILE:LINE: " before what is wrong with an answer; line 0: "FILE: ".  Returns -1. */
int begin_ask_refuse(const struct begin_ask *q, int line, struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* `; did you mean "..."?`, or all that there are. */
const char *begin_ask_known(struct begin_ask *q, const char *key, size_t n,
			    const char *(*at)(const void *ctx, size_t i), const void *ctx);

/* Until fd can be read; ERR_TEMP: stopped. */
int begin_ask_wait(struct begin_ask *q, int fd, struct err *e);
void begin_say(const struct begin_ask *q, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
