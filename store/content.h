/*
 * The table of contents: each file once, by its SHA-256, and each mail, packed where that pays
 * (pack.h).
 *
 * Private to store/.  A long one goes in and out a piece at a time, as the engine alone would copy
 * all of it more than once.  What does not unpack is an error that names its row.
 */
#ifndef STORE_CONTENT_H
#define STORE_CONTENT_H

#include "store/query.h"
#include "store/store_note.h"
#include "store/store_person.h"

/* The number of the bytes, added when they are new. */
int store_content(struct store *s, struct span bytes, int64_t *ret_content, struct err *e);
/* The same of a mail that came in, and of a message that goes out.  Nobody else has these bytes, as
 * they have a Message-ID and a way of their own: they are not looked for, and get no digest but the
 * sum that packing puts into them; with what does not pack it is as above. */
int store_content_came(struct store *s, struct span raw, int64_t *ret_content, struct err *e);
int store_content_goes(struct store *s, struct span message, int64_t *ret_content, struct err *e);
/* That store_content() is to be asked about them (store_ahead.h). */
void store_content_say(struct store *s, struct span bytes, uint8_t ret_sha256[SHA256_SIZE]);
/* The same of a file of that mail, which is looked for in it (slice.h). */
int store_content_of(struct store *s, struct span bytes, struct store_origin *from,
		     int64_t *ret_content, struct err *e);
/* With store_content_say(), that it is to be asked of a file of that mail. */
void store_content_say_of(struct store *s, int64_t mail_id, struct span bytes);
/* The row of that digest; 1, or 0 where there is none. */
int store_content_find(struct store *s, struct span key, int64_t *ret_content, struct err *e);
/* A slice gets its bytes. */
int store_content_refill(struct store *s, int64_t content, struct span bytes, struct err *e);
/* Goes when nothing names it; files that stand in it get rows of their own first. */
int store_content_drop(struct store *s, int64_t content, struct err *e);
/* The same, but where such a file cannot be read: it stays for as long as one of them does. */
int store_content_leave(struct store *s, int64_t content, struct store_left *ret_left,
			struct err *e);
/* All bytes, in order. */
int store_content_read(struct store *s, int64_t content, store_piece_fn *fn, void *ctx,
		       struct err *e);
/* Of all bytes, whether it is kept or not. */
int store_content_digest(struct store *s, int64_t content, uint8_t ret_sha256[SHA256_SIZE],
			 struct err *e);
/* Appended; ERR_PERM when they do not fit. */
int store_content_get(struct store *s, int64_t content, struct buf *ret_bytes, struct err *e);

#endif
