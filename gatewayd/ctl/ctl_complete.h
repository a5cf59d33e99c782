/*
 * Completions for shells, written from the table of verbs: their names, their options, the literal
 * values in their usages, and files where a usage says FILE, MAILDIR or MBOX.
 */
#ifndef GATEWAYD_CTL_CTL_COMPLETE_H
#define GATEWAYD_CTL_CTL_COMPLETE_H

#include "gatewayd/ctl/ctl.h"

void ctl_complete_bash(const struct ctl_verb *verbs, struct buf *out);
void ctl_complete_zsh(const struct ctl_verb *verbs, struct buf *out);

#endif
