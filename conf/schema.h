/*
 * Every key of the configuration: one table that parses, validates, prints and documents.
 *
 * A key is a row of conf/schema*.c (schema_rows.h) and nothing else: a new one is a field in conf.h
 * or policy.h and its row.  Named tables (mailboxes, queues ...) are written as a group of groups,
 * or as a list of groups that have their name inside (for names such as "premium-3.0", which the
 * notation cannot use as a key).
 */
#ifndef CONF_SCHEMA_H
#define CONF_SCHEMA_H

#include "conf/conf.h"

enum schema_type {		     /* in the file -> in the struct */
		   SCHEMA_BOOL,	     /* true -> bool */
		   SCHEMA_INT,	     /* 5 -> int */
		   SCHEMA_NUMBER,    /* 0.5 -> double */
		   SCHEMA_BYTES,     /* "25MB" -> int64_t */
		   SCHEMA_SECONDS,   /* "2h" -> int */
		   SCHEMA_SECONDS64, /* "2h" -> int64_t */
		   SCHEMA_DAYS,	     /* "90 days" -> int */
		   SCHEMA_DAYS64,    /* "90 days", "forever" (0) -> int64_t */
		   SCHEMA_DURATION,  /* "2h", "1 business day", "none" -> struct policy_duration */
		   SCHEMA_TEXT,	     /* "x" -> const char * */
		   SCHEMA_NAME,	     /* "x", a row of the table .refers -> const char * */
		   SCHEMA_ZONE,	     /* "Europe/Berlin" -> const char * */
		   SCHEMA_PATH,	     /* "x", resolved against the file it stands in */
		   SCHEMA_STORE,     /* the same, or "postgresql://..." as it stands */
		   SCHEMA_SECRET,    /* a file name, or a systemd credential */
		   SCHEMA_CHOICE,    /* one of the words of .choices -> an enum */
		   SCHEMA_CHOICE_BOOL, /* the same -> bool */
		   SCHEMA_WORDS,       /* [ "x", "y" ] -> struct policy_words, lower case */
		   SCHEMA_NAMES,       /* [ "x" ], rows of the table .refers -> policy_words */
		   SCHEMA_NUMBERS,     /* [ 0.5, 0.8 ] -> double * at .at, size_t at .count_at */
		   SCHEMA_LABELS,      /* [ "x" ] -> .label of struct policy_level[] */
		   SCHEMA_MEANINGS,    /* [ "x" ] -> .meaning of struct policy_level[] */
		   SCHEMA_TARGETS,     /* [ "2h", "none" ] -> struct policy_duration[] */
		   SCHEMA_HOURS,       /* [ "mon-fri 09:00-17:00" ] -> in struct policy_calendar */
		   SCHEMA_HOLIDAYS,    /* [ "12-25" ] -> struct policy_holiday * and size_t */
		   SCHEMA_HOLIDAY_FILES, /* "x.ics" or a list of them -> the same */
		   SCHEMA_GROUP,	 /* { .inner } -> a struct inside */
		   SCHEMA_LIST,	 /* ( { .inner }, ... ) -> an array at .at, size_t at .count_at */
		   SCHEMA_TABLE, /* a named table of .inner -> an array at .at, size_t at .count_at
				  */
};

enum { SCHEMA_REQUIRED = 1, SCHEMA_IN_POLICY = 2 /* also in the shipped tables */ };

enum schema_table_id {
	TABLE_MAILBOXES,
	TABLE_QUEUES,
	TABLE_STAFF,
	TABLE_OAUTH,
	TABLE_HOOKS,
	TABLE_SCALES,
	TABLE_KINDS,
	TABLE_PACKAGES,
	TABLE_CALENDARS,
	TABLE_VOCABULARY,
	TABLE_ROUTING,
	TABLE_COUNT,
};

struct schema_choice {
	const char *name; /* NULL ends the list */
	int value;
};

struct schema_group;

struct schema_row {
	const char *key;
	enum schema_type type;
	unsigned flags;
	size_t at, count_at;  /* offsets in the struct of the group */
	int64_t min, max;     /* of numbers (bytes, seconds, days), lengths of lists and texts */
	const char *fallback; /* the default, as it would stand in the file; NULL: none */
	const char *(*check)(const char *text); /* NULL, or what is wrong with it */
	const struct schema_choice *choices;
	const struct schema_group *inner;
	enum schema_table_id refers; /* SCHEMA_NAME, SCHEMA_NAMES */
	const char *doc;
};

enum { SCHEMA_ROWS_MAX = 128 }; /* of a group */

/* Bit i of all: row i of a group was in a file. */
struct schema_given {
	uint64_t bits[SCHEMA_ROWS_MAX / 64];
};

struct schema_group {
	const struct schema_row *rows; /* at most SCHEMA_ROWS_MAX */
	size_t row_count;
	size_t size;	   /* of the struct while loading; a named one begins with its name */
	size_t final_size; /* of the struct it begins with and ends as */
	enum schema_table_id table; /* of named tables */
	const char *name_key;	    /* of named tables: "name", "id" */
};

extern const struct schema_group schema_root;

/* While loading, rows know a little more than they end with. */
struct schema_calendar {
	struct policy_calendar calendar;
	struct policy_holiday *from_files;
	size_t from_file_count;
};

struct schema_rule {
	struct policy_rule rule;
	bool enabled;
};

/* The row of schema_root that is the table; its key is the table's name. */
const struct schema_row *schema_table(enum schema_table_id id);

/* "a duration such as \"60s\"" */
const char *schema_type_wants(enum schema_type type);

/* v in the unit of the row's type, as a file would have it: "25MB", "1h 30min", "7". */
void schema_print_amount(enum schema_type type, int64_t v, struct buf *out);

enum { SCHEMA_PATH_MAX = 128 };

/* Calls each(ctx, path, row) for every key; "*" stands for the name of a table's row. */
void schema_walk(void (*each)(void *ctx, const char *path, const struct schema_row *row),
		 void *ctx);

#endif
