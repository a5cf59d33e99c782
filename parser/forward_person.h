/*
 * People as clients name them above an earlier mail: "Otto Ende [mailto:otto@example.com]",
 * "Ende, Otto <otto@example.com<mailto:otto@example.com>>; Ann".  No syntax of RFC 5322: text for
 * a reader.
 */
#ifndef PARSER_FORWARD_PERSON_H
#define PARSER_FORWARD_PERSON_H

#include "parser/reading.h"

/* Pieces of s; what is not there is "". */
struct facts_address forward_person(struct span s);

/* Appends each of them, parted by ";", or by a comma behind an address. */
void forward_people(struct span s, struct reading *r, struct facts_addresses *list);

#endif
