/*
 * The verbs of gatewayctl: one table, the same whether core runs them or gatewayctl itself.
 *
 * A verb reads its words and standard input from struct ctl, works on the desk, and writes to two
 * buffers; the exit status is that of sysexits.  With a daemon they run in core, between two turns;
 * without one gatewayctl opens the store itself.  Verbs that change something run in a transaction
 * that is committed when they return EX_OK and rolled back otherwise.
 */
#ifndef GATEWAYD_CTL_CTL_H
#define GATEWAYD_CTL_CTL_H

#include "gatewayd/case/desk.h"
#include "gatewayd/base/json.h"
#include "gatewayd/base/units.h"

enum {
	CTL_WORDS_MAX = 64,
	CTL_OUT_MAX = 256 * MIB, /* bytes of an answer: an attachment or raw mail is one */
	CTL_INPUT_MAX = 256 * MIB,
};

/* What only a running daemon knows; in core it is filled, else NULL. */
struct ctl_daemon {
	int64_t started_at;
	json_t *(*mailboxes)(void *ctx); /* [{name, good, text, at}] */
	void *ctx;
	size_t mails_under_way;
};

struct ctl_verb;

struct ctl {
	const struct ctl_verb *verb;	  /* that runs */
	struct desk *d;			  /* NULL for verbs that need no store */
	const char *words[CTL_WORDS_MAX]; /* what is left of the command line, options taken out */
	int n;
	struct span input; /* standard input, for verbs that read it */
	int columns;	   /* of the terminal */
	struct buf *out, *err;
	const struct ctl_daemon *daemon;
	bool json;
};

enum {
	CTL_WRITES = 1, /* in a transaction */
	CTL_INPUT = 2,	/* reads standard input */
	CTL_RAW = 4,	/* writes bytes, not text */
	CTL_INPUT_ALWAYS = 16,
	CTL_HIDDEN = 32, /* the other half of a local verb of that name: not in the help */
	CTL_OWN_TXN = 8, /* writes, and makes its transactions itself */
};

struct ctl_verb {
	const char *name;  /* one or two words, "case show" */
	const char *usage; /* what follows it */
	const char *about;
	unsigned int flags;
	int (*run)(struct ctl *c);
};

/* Each of the ctl_*.c files has a table, ended by a row without a name; ctl.c walks them. */
extern const struct ctl_verb ctl_case_verbs[];
extern const struct ctl_verb ctl_mail_verbs[];
extern const struct ctl_verb ctl_outbox_verbs[];
extern const struct ctl_verb ctl_sla_verbs[];
extern const struct ctl_verb ctl_account_verbs[];
extern const struct ctl_verb ctl_recommend_verbs[];
extern const struct ctl_verb ctl_import_verbs[];
extern const struct ctl_verb ctl_status_verbs[];

/* The verb that the words begin with; NULL: none, and err says so with the nearest name. */
const struct ctl_verb *ctl_find(int argc, const char *const *argv, struct buf *err);
/* Runs it: takes --json out, opens the transaction.  The words are those behind the verb's name. */
int ctl_run(struct ctl *c, const struct ctl_verb *verb);
void ctl_help(struct buf *out);

/* --- for verbs --- */

bool ctl_flag(struct ctl *c, const char *name);		/* takes "--name" out */
const char *ctl_value(struct ctl *c, const char *name); /* takes "--name VALUE" out; NULL */
/* After the options: EX_USAGE with a text when an option is left or the count is off. */
int ctl_words(struct ctl *c, int least, int most);
bool ctl_number(const char *word, int64_t *ret_number); /* also "#12" */
/* The word at that place is the number of a `what`. */
int ctl_word_number(struct ctl *c, int at, const char *what, int64_t *ret_number);
/* Takes "--name NUMBER" out; 0 when it is not there. */
int ctl_option_number(struct ctl *c, const char *name, int64_t *ret_number);
/* Takes "--limit N" out: 1 .. CTL_LIST_MAX, CTL_LIST_DEFAULT when it is not there. */
enum { CTL_LIST_DEFAULT = 100, CTL_LIST_MAX = 100000 };
int ctl_limit(struct ctl *c, int *ret_limit);
int ctl_usage(struct ctl *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Writes the error and gives its exit status. */
int ctl_fail(struct ctl *c, const struct err *e);

/* Where a mail from elsewhere is: its digest as UIDVALIDITY and UID, so that it is known again. */
void ctl_mail_place(struct store_mail *m, const char *source, struct span raw);

/* A table of rows as people read it, in the terminal's width; the last column takes what is left.
 */
struct ctl_column {
	const char *key; /* in the row's object; dots go deeper, "sla.due_at" */
	const char *title;
	int width; /* most; 0: what is left */
	enum { CTL_TEXT, CTL_RIGHT, CTL_TIME } as;
};
/* rows: an array of objects; takes the reference.  As JSON or as a table. */
int ctl_rows(struct ctl *c, json_t *rows, const struct ctl_column *columns, size_t n);
/* One object: as JSON, or as lines "title: value".  Takes the reference. */
int ctl_object(struct ctl *c, json_t *object, const struct ctl_column *lines, size_t n);
/* A time for people: in the local zone with the offset; "" for NONE. */
const char *ctl_time(struct ctl *c, int64_t at);

#endif
