/*
 * One line an event, for the journal: "event=case.opened case=12 mail=34 reason=...".
 *
 * Only a role's main loop logs; libraries return errors.  Values that may hold blanks or come from
 * outside go in double quotes through LOG_SPAN; control bytes and quotes are escaped for all of the
 * line.  No subject, body or person's name is logged at LOG_INFO or above.
 */
#ifndef GATEWAYD_BASE_LOG_H
#define GATEWAYD_BASE_LOG_H

enum log_level { LOG_ERROR = 3, LOG_WARNING = 4, LOG_NOTICE = 5, LOG_INFO = 6, LOG_DEBUG = 7 };

/* role is kept, not copied.  Lines go to stderr; under systemd with the journal's "<level>" prefix.
 */
void log_open(const char *role, enum log_level most);

void log_event(enum log_level level, const char *event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
