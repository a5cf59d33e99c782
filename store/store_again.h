/*
 * Part of store.h: what happens again after a loss: mails that are read once more, what they would
 * send or command, and mails that may have gone out already.
 */
#ifndef STORE_STORE_AGAIN_H
#define STORE_STORE_AGAIN_H

#include "store/store_mail.h"
#include "store/store_outbox.h"

/* A mail that commands is quarantined as long as it is held; a row that is held is unknown. */
int store_again_mails(struct store *s, struct arena *a, struct store_mail **ret_v, size_t *ret_n,
		      struct err *e);
int store_again_rows(struct store *s, struct arena *a, struct store_outbox **ret_v, size_t *ret_n,
		     struct err *e);
int store_again_count(struct store *s, int64_t *ret_n, struct err *e);
/* All that is held goes on; quiet: the mails have their effect, and nothing is sent.  In a
 * transaction. */
struct store_released {
	int64_t mails, rows;
};
int store_again_release(struct store *s, bool quiet, int64_t now,
			struct store_released *ret_released, struct err *e);
/* A mail that was read again, and not let go since, made or changed that case. */
int store_again_case(struct store *s, int64_t number, bool *ret_held, struct err *e);
/* Holds each row that was not sent for sure. */
int store_again_hold(struct store *s, int64_t *ret_rows, struct err *e);

/* A mail with this Message-ID (without <>), size and INTERNALDATE (where both are known). */
int store_again_known(struct store *s, const struct store_mail *m, bool *ret_known, struct err *e);

enum store_folder_how {
	FOLDER_COMPARED,
	FOLDER_AGAIN, /* all of it is to be read once more */
	FOLDER_PASS,  /* what is there now is of no concern */
};

/* How far a folder that mails are moved to was compared with what is known. */
struct store_folder {
	struct span mailbox; /* its name in the configuration */
	struct span folder;  /* "processed", "quarantine" */
	uint32_t uidvalidity;
	uint32_t known; /* all UIDs up to this */
	enum store_folder_how how;
};
/* *ret_found: it was compared before; mailbox and folder of ret_folder are set by the caller. */
int store_folder_get(struct store *s, struct store_folder *ret_folder, bool *ret_found,
		     struct err *e);
int store_folder_put(struct store *s, const struct store_folder *f, struct err *e);

#endif
