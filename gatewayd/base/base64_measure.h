/*
 * How much base64 comes to, without decoding it (RFC 2045, section 6.8).
 */
#ifndef GATEWAYD_BASE_BASE64_MEASURE_H
#define GATEWAYD_BASE_BASE64_MEASURE_H

#include "gatewayd/base/str.h"

/* True when s is nothing but whole groups of four characters, the last of them padded perhaps, with
 * blanks, tabs and ends of lines anywhere: whoever decodes it gets *ret_size bytes. */
bool base64_measure(struct span s, size_t *ret_size);

#endif
