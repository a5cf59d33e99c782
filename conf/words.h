/*
 * The words of a language that mails are made with: names of states, reasons, units, dates, what
 * commands answer.  They stand in LANGUAGE/words.conf beside the templates, are looked for in the
 * same folders, and are read when the configuration is.
 *
 * A word is a row of the tables below: its id, its group and key in the file, and the names that
 * may stand in it as {{name}}.  A new one is a row here and a line in each shipped words.conf.  A
 * file of the operator's own gives only what it changes; what a language does not have is English.
 */
#ifndef CONF_WORDS_H
#define CONF_WORDS_H

#include "conf/conf.h"

#define WORDS_STATES(X, g)                        \
	X(WORD_STATE_NEW, g, "new", "")           \
	X(WORD_STATE_OPEN, g, "open", "")         \
	X(WORD_STATE_WAITING, g, "waiting", "")   \
	X(WORD_STATE_RESOLVED, g, "resolved", "") \
	X(WORD_STATE_CLOSED, g, "closed", "")

/* They end a sentence: "You get this because {{reason}}." */
#define WORDS_REASONS(X, g)                         \
	X(WORD_REASON_WROTE, g, "wrote", "address") \
	X(WORD_REASON_STAFF, g, "staff", "queue")   \
	X(WORD_REASON_CONTACT, g, "contact", "account")

#define WORDS_UNITS(X, g)                      \
	X(WORD_HOURS, g, "hours", "n")         \
	X(WORD_BYTES, g, "bytes", "n")         \
	X(WORD_KILOBYTES, g, "kilobytes", "n") \
	X(WORD_MEGABYTES, g, "megabytes", "n")

#define WORDS_TEXTS(X, g)                           \
	X(WORD_NO_OWNER, g, "no_owner", "")         \
	X(WORD_NO_SUBJECT, g, "no_subject", "")     \
	X(WORD_NO_FILE_NAME, g, "no_file_name", "") \
	X(WORD_CUSTOMER_CLOSED, g, "customer_closed", "")

#define WORDS_DATES(X, g)                                                       \
	X(WORD_DATE_TIME, g, "date_time", "weekday day month year hour minute") \
	X(WORD_SUNDAY, g, "sunday", "")                                         \
	X(WORD_MONDAY, g, "monday", "")                                         \
	X(WORD_TUESDAY, g, "tuesday", "")                                       \
	X(WORD_WEDNESDAY, g, "wednesday", "")                                   \
	X(WORD_THURSDAY, g, "thursday", "")                                     \
	X(WORD_FRIDAY, g, "friday", "")                                         \
	X(WORD_SATURDAY, g, "saturday", "")                                     \
	X(WORD_JANUARY, g, "january", "")                                       \
	X(WORD_FEBRUARY, g, "february", "")                                     \
	X(WORD_MARCH, g, "march", "")                                           \
	X(WORD_APRIL, g, "april", "")                                           \
	X(WORD_MAY, g, "may", "")                                               \
	X(WORD_JUNE, g, "june", "")                                             \
	X(WORD_JULY, g, "july", "")                                             \
	X(WORD_AUGUST, g, "august", "")                                         \
	X(WORD_SEPTEMBER, g, "september", "")                                   \
	X(WORD_OCTOBER, g, "october", "")                                       \
	X(WORD_NOVEMBER, g, "november", "")                                     \
	X(WORD_DECEMBER, g, "december", "")

/* X(group, its words) */
#define WORDS_GROUPS(G)             \
	G("states", WORDS_STATES)   \
	G("reasons", WORDS_REASONS) \
	G("units", WORDS_UNITS)     \
	G("texts", WORDS_TEXTS)     \
	G("dates", WORDS_DATES)

enum word {
#define X(id, g, key, names) id,
#define G(group, words)	     words(X, group)
	WORDS_GROUPS(G)
#undef G
#undef X
	    WORD_COUNT,
};

struct words_zone {
	const char *zone; /* a name of the tz database */
	const char *text; /* what people call it */
};

struct words {
	const char *language;
	const struct conf_queue *queue; /* NULL: of all that have no folder of their own */
	const char *v[WORD_COUNT];
	struct words_zone *zones;
	size_t zone_count;
	struct policy_scale *own, *shipped; /* labels and meanings of severities */
	size_t own_count, shipped_count;
};

struct loader;

/* For all languages of the conf, whose queues and folders are known by now. */
void words_read(struct loader *l);

/* Of the queue (NULL: of none), in the language, else in English, else empty ones; never NULL. */
const struct words *words_find(const struct conf *c, const struct conf_queue *queue,
			       const char *language);

/* "" when no file has it. */
struct span words_get(const struct words *w, enum word id);
/* "states.new"; and the names that may stand in it, with blanks between. */
const char *words_key(enum word id);
const char *words_names(enum word id);

/* In the words of the language, else as the policy table has it; NULL past the end of the scale. */
const char *words_label(const struct words *w, const struct policy_kind *kind, int severity);
const char *words_meaning(const struct words *w, const struct policy_kind *kind, int severity);
/* The zone's name when the words have none for it. */
struct span words_zone(const struct words *w, const char *zone);

#endif
