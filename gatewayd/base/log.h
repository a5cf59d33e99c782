/*
 * One line an event, for the journal: event=case.opened case=12 mail=34 reason="no such folder".
 *
 *   log_event(LOG_WARNING, "mailbox.trouble", log_text("mailbox", m->name), log_reason(&e));
 *
 * A field is a key of the program's and a typed value.  A value that is one plain word of ASCII
 * stands bare, any other one in double quotes.  Inside, '"' and '\' are escaped by '\', bytes that
 * are no UTF-8 and ASCII controls are \xNN, and characters that are not seen or that move others
 * (utf8_is_hidden()) are \u{NNNN}: nothing in a value ends its field, begins another or a line.
 *
 * Only a role's main loop logs; libraries return errors.  No subject, body or person's name is
 * logged at LOG_INFO or above.
 */
#ifndef GATEWAYD_BASE_LOG_H
#define GATEWAYD_BASE_LOG_H

#include "gatewayd/base/buf.h"
#include "gatewayd/base/err.h"

enum log_level { LOG_ERROR = 3, LOG_WARNING = 4, LOG_NOTICE = 5, LOG_INFO = 6, LOG_DEBUG = 7 };

enum {
	LOG_LINE_MAX = 4096, /* bytes of a line: what a pipe takes in one piece (pipe(7)) */
	LOG_VALUE_MAX = 600, /* bytes that a value is shown in; a longer one ends in "..." */
};

enum log_type { LOG_TYPE_TEXT, LOG_TYPE_SIGNED, LOG_TYPE_UNSIGNED };

struct log_field {
	const char *key; /* a word; NULL ends a list of fields */
	enum log_type type;
	struct span text;
	int64_t number;
	uint64_t count;
};

static inline struct log_field log_span(const char *key, struct span value)
{
	return (struct log_field){ .key = key, .type = LOG_TYPE_TEXT, .text = value };
}

static inline struct log_field log_text(const char *key, const char *value) /* NULL: empty */
{
	return log_span(key, span_of(value));
}

static inline struct log_field log_int(const char *key, int64_t value)
{
	return (struct log_field){ .key = key, .type = LOG_TYPE_SIGNED, .number = value };
}

static inline struct log_field log_uint(const char *key, uint64_t value)
{
	return (struct log_field){ .key = key, .type = LOG_TYPE_UNSIGNED, .count = value };
}

static inline struct log_field log_reason(const struct err *e)
{
	return log_text("reason", e->text);
}

/* Nobody waits for the log: a line that a full pipe or socket does not take is counted, and
 * log.dropped says how many when one is taken again. */
/* role is kept, not copied.  Lines go to stderr; where that is the journal, to the journal itself
 * with fields (journal.h), or with its "<level>" prefix. */
void log_open(const char *role, enum log_level most);

/* On: lines that go to a file or a pipe are written together, LOG_LINE_MAX bytes at most, at the
 * next log_gather() or warning; what ends the process before that loses them.  The journal, and a
 * socket, get each by itself. */
void log_gather(bool on);

/* At least one field. */
#define log_event(level, event, ...) \
	log_fields(level, event, (const struct log_field[]){ __VA_ARGS__, { .key = NULL } })

void log_fields(enum log_level level, const char *event, const struct log_field *fields);

/* Appends event and fields as they stand in a line; a field that does not fit into out is left out
 * with all behind it. */
void log_format(const char *event, const struct log_field *fields, struct buf *out);

#endif
