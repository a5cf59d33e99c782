/*
 * As snprintf() and vsnprintf(), at a fifth of the price for what most formats of ours are made of:
 * %s, %.*s, %c, %%, %d and %u with or without l, ll, z and a width of one digit with zeros before
 * the number.  All else, and what does not fit, is left to them.
 */
#ifndef GATEWAYD_BASE_FORMAT_H
#define GATEWAYD_BASE_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

int format(char *out, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int format_v(char *out, size_t size, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));

#endif
