/*
 * The table of contents: each run of bytes once, by its SHA-256, packed where that pays (pack.h).
 *
 * Private to store/.  A long one goes in and out a piece at a time, as the engine alone would copy
 * all of it more than once.  What does not unpack is an error that names its row.
 */
#ifndef STORE_CONTENT_H
#define STORE_CONTENT_H

#include "store/query.h"
#include "store/store_note.h"
#include "store/store_person.h"

/* The number of the bytes, added when they are new; sha256: theirs, or NULL. */
int store_content(struct store *s, struct span bytes, const uint8_t *sha256, int64_t *ret_content,
		  struct err *e);
/* The same of bytes that nobody else has, as they have a Message-ID of their own: where
 * store_unheard() was said, they are not looked for. */
int store_content_new(struct store *s, struct span bytes, int64_t *ret_content, struct err *e);
/* That store_content() is to be asked about them (store_ahead.h). */
void store_content_say(struct store *s, struct span bytes, uint8_t ret_sha256[SHA256_SIZE]);
/* The same of a file of that mail, which is looked for in it (slice.h). */
int store_content_of(struct store *s, struct span bytes, struct store_origin *from,
		     int64_t *ret_content, struct err *e);
/* With store_content_say(), that it is to be asked of a file of that mail. */
void store_content_say_of(struct store *s, int64_t mail_id, struct span bytes);
/* Goes when nothing names it; files that stand in it get rows of their own first. */
int store_content_drop(struct store *s, int64_t content, struct err *e);
/* The same, but where such a file cannot be read: it stays for as long as one of them does. */
int store_content_leave(struct store *s, int64_t content, struct store_left *ret_left,
			struct err *e);
/* All bytes, in order. */
int store_content_read(struct store *s, int64_t content, store_piece_fn *fn, void *ctx,
		       struct err *e);
/* Appended; ERR_PERM when they do not fit. */
int store_content_get(struct store *s, int64_t content, struct buf *ret_bytes, struct err *e);

#endif
