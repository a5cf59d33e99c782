/*
 * What gatewayctl writes holds no character that acts on a terminal or hides in it.
 *
 * Verbs write lines and texts through the functions here, which show such characters of a value as
 * "<U+202E>".  ctl_run() passes all that a verb wrote once more: nothing gets by, and the marks of
 * a style become the terminal's sequences, or nothing.  In JSON the characters are "\u202e".  The
 * bytes of a mail or file are written as they are, but not to a terminal.
 */
#ifndef GATEWAYD_CTL_CTL_SAFE_H
#define GATEWAYD_CTL_CTL_SAFE_H

#include "gatewayd/ctl/ctl.h"

/* One byte each, which no escaped text holds. */
enum ctl_style {
	CTL_PLAIN = 1,
	CTL_BOLD,
	CTL_RED,
	CTL_YELLOW,
	CTL_GREEN,
	CTL_STYLE_END,
};

/* One line with its end; what comes by the format is made safe. */
void ctl_line(struct ctl *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Text of several lines, each behind the indent. */
void ctl_text(struct ctl *c, const char *indent, struct span text);
/* All of c->out and c->err; called once, at the end.  done: bytes become JSON, if it is asked for.
 */
void ctl_safe(struct ctl *c, bool done);
/* The same for messages that no verb wrote. */
void ctl_safe_text(struct buf *text);

#endif
