/*
 * What went wrong, in words for a person and a class for the program.
 *
 * A fallible function takes a `struct err *` last but for its results, and returns 0 or -1.  On -1
 * the err is filled, on 0 it is untouched.  Libraries never log and never exit: the role's loop
 * does, once.
 */
#ifndef GATEWAYD_BASE_ERR_H
#define GATEWAYD_BASE_ERR_H

#include <stdarg.h>

enum err_class {
	ERR_NONE,
	ERR_TEMP, /* may pass: retry with back-off */
	ERR_PERM, /* will not pass: tell somebody and park */
	ERR_BUG,  /* our own mistake: abort */
};

enum { ERR_TEXT_MAX = 512 };

struct err {
	enum err_class class;
	char text[ERR_TEXT_MAX]; /* one line, bounded, cut at the end */
};

/* Fills e and returns -1, so that a caller can `return err_set(...)`. */
int err_set(struct err *e, enum err_class class, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts context before the text there is ("imap.example.com: ") and returns -1. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

const char *err_class_name(enum err_class class);

#endif
