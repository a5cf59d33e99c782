/*
 * Whether the mail server works, as the result of a mail shows it: a mail that it takes, or refuses
 * for good, does; what is the server's trouble says what may cure it.
 */
#ifndef GATEWAYD_CORE_SMTP_JUDGE_H
#define GATEWAYD_CORE_SMTP_JUDGE_H

#include "gatewayd/core/bench.h"
#include "gatewayd/wire/talk.h"

void smtp_judge(struct bench *b, const struct talk_sent *sent);

#endif
