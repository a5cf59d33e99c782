/*
 * Dictionaries of zstd (RFC 8878, section 5), by number, which is the id in a frame that needs one:
 * what mails of the shipped templates have in common, so that little more than the rest of a
 * message is kept (pack.h).
 *
 * dictionary_N.zdict becomes a table at build time; tests/dictionary.py made it.  Stores cannot be
 * read without it: no byte of it may change.  Another one has the next number, stands beside it,
 * and is looked for by the frame's id.  The offsets that it begins with are 1, 4 and 8, as those of
 * a frame that needs none, which so may be read with it, too.  Private to store/.
 */
#ifndef STORE_DICTIONARY_H
#define STORE_DICTIONARY_H

#include <stddef.h>

extern const unsigned char dictionary_1[];
extern const size_t dictionary_1_size;

#endif
