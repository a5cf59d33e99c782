/*
 * Opaque S/MIME (RFC 8551): a mail whose text stands inside the signature is opened, so that it is
 * read as if it had been signed beside its text.
 */
#ifndef PARSER_SMIME_H
#define PARSER_SMIME_H

#include "parser/mime.h"

/*
 * Says of each part what it is to S/MIME (`cms`), and adds what is inside of signed ones to the
 * tree, LIMIT_SMIME_DEPTH deep: the content becomes a sibling behind all parts that are there.
 */
void smime_open(struct mime *m, struct headers *scratch, struct params *params, struct reading *r);

#endif
