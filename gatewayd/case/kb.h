/*
 * Known answers: a folder of .txt and .md files (kb_dir), indexed in the store, where search.h
 * finds them for each new case (conf/policy/README.md section 6).
 *
 * An article's title is its first heading, else its first line; a line "Link: https://..." among
 * the first KB_HEAD_LINES names where people read it.  Only files whose time or size changed are
 * read again.  Folders inside are walked, what begins with a dot is not; links are not followed,
 * also where one takes the place of a folder that was walked.
 */
#ifndef GATEWAYD_CASE_KB_H
#define GATEWAYD_CASE_KB_H

#include "gatewayd/base/units.h"
#include "gatewayd/case/desk.h"

enum {
	KB_FILES_MAX = 20000,
	KB_FILE_BYTES_MAX = 256 * KIB,
	KB_DEPTH_MAX = 4, /* folders inside each other */
	KB_A_TURN = 50,	  /* files looked at; then a turn for the others comes first */
	KB_EVERY_S = 300,
	KB_HEAD_LINES = 10,
};

struct kb_counts {
	size_t indexed, unchanged, removed, skipped;
};
typedef void kb_skipped_fn(void *ctx, const char *path, const char *why);

/* The indexing as it goes on, some files a turn; core has one. */
struct kb;
struct kb *kb_new(void);
void kb_free(struct kb **k);
/* From the beginning at the next turn: the configuration was read again. */
void kb_again(struct kb *k);
/* When it wants its next turn; INSTANT_NONE: there is no kb_dir. */
int64_t kb_next(const struct kb *k, const struct desk *d);
/*
 * Does a piece when it is time to, in a transaction of its own.  `skipped` is told of files that
 * are too large or no UTF-8, once for each change of them.  ERR_TEMP: the folder cannot be read;
 * what is indexed stays, and it is tried again after KB_EVERY_S.
 */
int kb_turn(struct kb *k, struct desk *d, kb_skipped_fn *skipped, void *ctx, struct err *e);

/* All of it at once, in transactions of its own. */
int kb_index(struct desk *d, kb_skipped_fn *skipped, void *ctx, struct kb_counts *ret_counts,
	     struct err *e);

#endif
