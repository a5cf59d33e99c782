/*
 * Signatures: at most eight short lines without a full sentence at the end of a mail, behind "--",
 * "---" or "__".
 */
#ifndef PARSER_REPLY_SIGNATURE_H
#define PARSER_REPLY_SIGNATURE_H

#include "parser/reply_lines.h"

/* Where the signature that ends the first `end` lines begins, with its delimiter; end: none. */
size_t reply_signature_find(const struct reply_lines *l, size_t end);

/* A few words with a capital each, or a short line of a script without capitals. */
bool reply_is_name(struct span line);

/* Three words or more, not all of them names, and a full stop or the like; or many words. */
bool reply_is_sentence(struct span line);

/* It ends in a question mark of any script; the line is not empty. */
bool reply_is_question(struct span line);

#endif
