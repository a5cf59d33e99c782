/*
 * In which language a mail is written, guessed by the commonest words of the languages that the
 * configuration has (words.conf), or by letters that no other has.
 */
#ifndef GATEWAYD_MAIL_LANGUAGE_H
#define GATEWAYD_MAIL_LANGUAGE_H

#include "conf/conf.h"

enum { LANGUAGE_TEXT_MAX = 1024 }; /* bytes of the text that are looked at */

/*
 * One of conf->languages, or "": too few of any, or as many of another.  subject and text are UTF-8
 * and counted together; a word is a run of letters.
 */
struct span language_guess(const struct conf *conf, struct span subject, struct span text);

/* The text says that its writer wants no more of these mails, in any of the languages. */
bool language_unsubscribes(const struct conf *conf, struct span text);

#endif
