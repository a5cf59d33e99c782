/* What the parser is measured beside: each reads one mail whole and says how many bytes it decoded.
 */
#ifndef TESTS_BENCH_PARSE_OTHERS_H
#define TESTS_BENCH_PARSE_OTHERS_H

#include "gatewayd/base/str.h"

/* GMime: parse, decode the headers that people read, text parts to UTF-8, all others to bytes. */
void gmime_begin(void);
size_t gmime_read(struct span mail);

/* The least that can be done: lines, boundaries, and base64 and quoted-printable undone; no
 * charset, no address, no structure. */
size_t floor_read(struct span mail);

#endif
