/*
 * What a person says and no program does (parser/tables/reply_persons.h), in a folded text.
 */
#ifndef PARSER_REPLY_PERSON_H
#define PARSER_REPLY_PERSON_H

#include "parser/sieve.h"

/* Of somebody's writing, or of whoever writes: "my boss", "you wrote". */
bool reply_person_tells(struct span folded, const struct sieve *sieve);

/* Of herself: "I", "our"; not as the first word. */
bool reply_person_speaks(struct span folded, const struct sieve *sieve);

#endif
