/*
 * What may not leave in a person's words: our tokens, in addresses and Message-IDs, and mailto:
 * links to us, which clients put behind an address or the words of a link, with the command and
 * the token in them ("%2B", "%40" and "%20" for the signs of an address and blanks, too).
 */
#ifndef GATEWAYD_MAIL_ANSWER_STRIP_H
#define GATEWAYD_MAIL_ANSWER_STRIP_H

#include "conf/conf.h"
#include "gatewayd/base/arena.h"

/* In the arena when something was taken out. */
struct span answer_strip(const struct conf *conf, struct span text, struct arena *a);

/* Some bytes hold an address of ours with a token. */
bool answer_has_token(const struct conf *conf, struct span bytes);

#endif
