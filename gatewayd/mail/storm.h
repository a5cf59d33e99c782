/*
 * Mails that are alike: one sender, one queue, the same words but for numbers and times.
 *
 * Words with a digit in them are one.  Of monitoring only the subject counts, without the words
 * that say how it is, so that "PROBLEM" and "OK" of one source belong together.
 */
#ifndef GATEWAYD_MAIL_STORM_H
#define GATEWAYD_MAIL_STORM_H

#include "conf/conf.h"
#include "gatewayd/base/units.h"
#include "parser/facts.h"

enum {
	STORM_WINDOW_S = HOUR_S, /* between two of them; one notice a window */
	STORM_NOTES = 10,	 /* mails that become notes; further ones are counted */
	STORM_ALIKE = 5,	 /* what no program says is a case so often */
	STORM_TEXT_MAX = 4096,	 /* bytes of the text that count */
};

bool storm_is_alert(const struct facts *f);
/* Not 0.  Mails in somebody's name do not count as theirs: proven, our server vouches for From. */
int64_t storm_key(const struct facts *f, struct span from, bool proven,
		  const struct conf_queue *queue);

#endif
