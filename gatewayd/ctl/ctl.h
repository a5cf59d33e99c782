/*
 * The verbs of gatewayctl: the same whether core runs them or gatewayctl itself.
 *
 * A verb is a row of the one table (ctl_verbs.c).  It reads its words, options and standard input
 * from struct ctl, works on the desk, and writes to two buffers; the exit status is one of the
 * table ctl_statuses.  With a daemon it runs in core, between two turns; without one gatewayctl
 * opens the store itself.  Verbs that change something run in a transaction that is committed when
 * they return EX_OK and rolled back otherwise.
 *
 * A verb that reads files of the caller, or is long enough to show progress, has a local half that
 * runs in gatewayctl and asks core for the other half (ctl_ask.h).
 */
#ifndef GATEWAYD_CTL_CTL_H
#define GATEWAYD_CTL_CTL_H

#include "gatewayd/base/json.h"
#include "gatewayd/base/units.h"
#include "gatewayd/case/desk.h"

enum {
	CTL_WORDS_MAX = 64,		 /* of a request to core */
	CTL_WORDS_BYTES_MAX = 240 * KIB, /* of all of them: a message has a few more */
	CTL_OUT_MAX = 256 * MIB,	 /* bytes of an answer: an attachment or raw mail is one */
	CTL_INPUT_MAX = 256 * MIB,
};

/* The copy that a backup or a check is at, from one slice to the next. */
struct ctl_copy {
	struct store_copy *copy; /* NULL: none is under way */
	int64_t number;		 /* of it, so that no other goes on with it */
	uint64_t slices;	 /* so far, of all: who watches it sees that it goes on */
};

/* What only a running daemon knows; in core it is filled, else NULL. */
struct ctl_daemon {
	int64_t started_at;
	json_t *(*report)(void *ctx); /* what gatewayd/core/report.h says; the caller's */
	/* Begins a log-in for a row of oauth; how the one with that number stands. */
	int (*login)(void *ctx, const char *oauth, uint32_t *ret_number, struct err *e);
	json_t *(*login_state)(void *ctx, const char *oauth, uint32_t number);
	void *ctx;
	json_t *queues; /* of queue_view(), if they were counted already; else NULL */
	size_t mails_under_way;
	struct ctl_copy *copy;
};

/* Who asks for a verb. */
struct ctl_caller {
	enum audit_channel channel;
	struct span who;  /* "uid:1000", as the audit has it */
	bool may_guarded; /* verbs with CTL_GUARDED */
};

struct ctl;

enum {
	CTL_WRITES = 1,	 /* in a transaction; leaves a trail (ctl_trail.h) */
	CTL_OWN_TXN = 2, /* writes, and makes its transactions itself */
	CTL_INPUT = 4,	 /* a word "-" is standard input */
	CTL_INPUT_ALWAYS = 8,
	CTL_RAW = 16,	   /* writes bytes as they are, not text */
	CTL_NO_STORE = 32, /* needs the configuration only */
	CTL_NO_CONF = 64,
	CTL_ROWS = 128,	    /* writes a table: --csv, --wide */
	CTL_ALL_CONF = 256, /* the local half needs more of the configuration than the socket */
	CTL_TRAIL = 512,    /* leaves a trail though it does not write in ctl_run()'s transaction */
	CTL_GUARDED = 2048, /* of people's data: for the members of data_group */
	CTL_SOCKET = 4096,  /* the local half needs the socket and nothing else, as verbs without */
};

struct ctl_verb {
	const char *name;    /* one or two words, "case show" */
	const char *usage;   /* what follows it, in the grammar of ctl_usage.h */
	const char *summary; /* one line */
	unsigned int flags;
	int (*run)(struct ctl *c);   /* where the store is; NULL: nothing to do there */
	int (*local)(struct ctl *c); /* in gatewayctl, d->store is NULL; NULL: run does it all */
};

struct ctl_group {
	const char *title;
	const char *first; /* the verb that the group begins with */
};

/* Both ended by an empty row. */
struct ctl_table {
	const struct ctl_verb *verbs;
	const struct ctl_group *groups;
};

struct ctl_option {
	struct span name;  /* "--queue" */
	const char *value; /* "": it takes none */
};

struct ctl {
	/* Set by who runs it. */
	struct desk *d;		 /* store: NULL for CTL_NO_STORE; conf too for CTL_NO_CONF */
	const char *conf_path;	 /* in gatewayctl; else NULL */
	const char *const *argv; /* the command line from the verb's name on */
	int argc;
	struct span input; /* standard input, for verbs that read it */
	int columns;	   /* of the terminal; 0: no terminal, nothing is cut */
	struct buf *out, *err;
	const struct ctl_daemon *daemon;
	const struct ctl_caller *caller; /* NULL: nobody is written down */
	const struct ctl_table *table;	 /* for help and completion; else NULL */
	/* Set by ctl_run(). */
	const struct ctl_verb *verb;
	const char **words; /* what is left of argv, as many as the usage allows */
	int n;
	struct ctl_option *options;
	int option_count;
	bool json, csv, wide, color;
	bool raw;     /* out is bytes, not text; CTL_RAW, or set by the verb */
	bool is_more; /* of a verb that was begun by an earlier request: the log has that one */
	bool trailed; /* its row of the audit is written (ctl_trail.h) */
	/* A descriptor that the verb gives, or its other half gave. */
	bool has_file;
	int file;
};

/* Reads the words by the verb's usage, opens the transaction, runs it, makes its text safe. */
int ctl_run(struct ctl *c, const struct ctl_verb *verb);
/* The same with the half that runs in gatewayctl. */
int ctl_run_local(struct ctl *c, const struct ctl_verb *verb);

/* How many of the words are the verb's name; 0: they are another's. */
int ctl_name_length(const char *name, int argc, const char *const *argv);
/* Options that every verb takes, in the grammar of a usage. */
extern const char ctl_common_usage[];

/* --- for verbs --- */

bool ctl_flag(const struct ctl *c, const char *name);	      /* "--name" is given */
const char *ctl_value(const struct ctl *c, const char *name); /* of "--name VALUE"; NULL */
struct span ctl_value_or_empty(const struct ctl *c, const char *name);
bool ctl_number(const char *word, int64_t *ret_number); /* also "#12" */
/* The word at that place is the number of a `what`. */
int ctl_word_number(struct ctl *c, int at, const char *what, int64_t *ret_number);
/* Of "--name NUMBER"; 0 when it is not there. */
int ctl_option_number(struct ctl *c, const char *name, int64_t *ret_number);
/* Of "--name TIME" (RFC 3339); *ret_at stays when it is not there. */
int ctl_option_time(struct ctl *c, const char *name, int64_t *ret_at);
/* Of "--limit N": 1 .. CTL_LIST_MAX, CTL_LIST_DEFAULT when it is not there. */
enum { CTL_LIST_DEFAULT = 100, CTL_LIST_MAX = 100000 };
int ctl_limit(struct ctl *c, int *ret_limit);
/* Of "--since WHEN": RFC 3339, a date (UTC), or how long ago, "90min", "2h", "7d"; 0 when it is not
 * there. */
int ctl_since(struct ctl *c, int64_t *ret_at);
/* The same of another option. */
int ctl_when(struct ctl *c, const char *name, int64_t *ret_at);
/* Of "--state S", "--case N", "--since WHEN" and "--limit N". */
struct ctl_filter {
	int state; /* -1: any */
	int limit;
	int64_t case_number, since_at; /* 0: any */
	int64_t before;		       /* of the inner option; 0: any */
};
/* name gives the names of the n states. */
int ctl_filter(struct ctl *c, const char *(*name)(int state), int n, struct ctl_filter *ret_filter);
/* A text of a person: the word at that place, or standard input for "-"; not empty, UTF-8. */
int ctl_text_word(struct ctl *c, int at, struct span *ret_text);

/* All words with a blank between two. */
struct span ctl_all_words(struct ctl *c);

int ctl_usage(struct ctl *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Writes the error and gives its exit status. */
int ctl_fail(struct ctl *c, const struct err *e);
/* EX_OK for 0; else as ctl_fail(). */
int ctl_result(struct ctl *c, int result, const struct err *e);

#endif
