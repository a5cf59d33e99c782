/*
 * A line that was meant as a command of staff and is none: "#nte", "/note", a full-width "＃note",
 * "- #note", "#internal", a command below the text.
 *
 * Pure.  It only ever keeps a mail back; what is a command is command.h's to say.
 */
#ifndef GATEWAYD_MAIL_SLIP_H
#define GATEWAYD_MAIL_SLIP_H

#include "gatewayd/mail/shown_index.h"

/*
 * The first such line; p == NULL: none.  `text` is what is left of an answer, its commands too; the
 * first `commands` bytes of it are commands that are understood.  A line that stands quoted and was
 * shown is cited on purpose; shown NULL: nothing is known of what was.
 */
struct span slip_find(struct span text, size_t commands, const struct shown_index *shown);

/* As above, a line of words for colleagues without any mark: "note: ..." as the first one,
 * "Internal: ..." wherever it stands. */
struct span slip_find_unmarked(struct span text, size_t commands, const struct shown_index *shown);

#endif
