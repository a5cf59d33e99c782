/*
 * What a transaction asked or wrote last of a case, of an address, of whether it takes mail and of
 * a mail's place: a mail asks each of them two or three times.  An answer is given again as long as
 * nothing was written that may change it, and goes with the transaction.
 *
 * Private to store/.
 */
#ifndef STORE_RECALL_H
#define STORE_RECALL_H

#include "gatewayd/base/buf.h"
#include "store/bare.h"
#include "store/spent.h"
#include "store/sql.h"
#include "store/store_account.h"
#include "store/store_case.h"
#include "store/store_deadline.h"
#include "store/store_mail.h"

struct recall {
	uint16_t voids[SQL_COUNT]; /* kinds of answers that a statement may change */
	uint16_t has;		   /* kinds that there are */
	uint16_t asked, none;	   /* tables, by their kind: whether they have no row */
	struct arena case_arena, account_arena, deadline_arena;
	struct store_case c;
	struct store_deadline deadlines[STORE_DEADLINE_CLOCKS];
	struct buf account_key, living; /* what was asked of; an address that takes mail */
	int64_t living_at;
	int64_t made; /* a case of this transaction */
	struct store_account account;
	struct store_contact contact;
	struct spent spent;
	struct buf mailbox;
	struct store_mail at; /* what counts of the mail whose place was asked for */
	struct store_mail_place place;
	int64_t calm; /* a key */
};

void recall_init(struct recall *r, const struct sql_dialect *sql);
void recall_release(struct recall *r);
/* A statement is begun. */
void recall_look(struct recall *r, enum sql_id id);
void recall_forget(struct recall *r);
/* What was changed is taken back. */
void recall_undo(struct recall *r);

void recall_keep_case(struct recall *r, const struct store_case *c);
bool recall_case(const struct recall *r, int64_t number, struct arena *a,
		 struct store_case *ret_case);
/* All of it, but for the time of its last change. */
bool recall_is_case(const struct recall *r, const struct store_case *c);
/* As it is kept; false: it may be all the same. */
bool recall_has_requester(const struct recall *r, const struct store_case *c);
/* Of that case, by what is kept of it; false: it may be all the same. */
bool recall_is_requester(const struct recall *r, int64_t number, struct span address);
/* Nor a participant, nor the requester at another address of his. */
bool recall_is_outside(const struct recall *r, int64_t number, struct span address);
/* A case that is made: until a row of these tables is written, it has none. */
void recall_keep_made(struct recall *r, int64_t number);
bool recall_has_no_people(const struct recall *r, int64_t number);
bool recall_has_no_links(const struct recall *r, int64_t number);
/* What is known of budgets, with room for a question; keep false: nothing yet, and for this
 * question alone. */
struct spent *recall_spent(struct recall *r, bool keep);
/* A case that is made, and what was taken of its budgets is in there. */
bool recall_is_unspent(const struct recall *r, int64_t number);
/* All clocks of a case, which are written in the order in which they are listed. */
void recall_keep_deadlines(struct recall *r, const struct store_deadline v[STORE_DEADLINE_CLOCKS]);
bool recall_deadlines(const struct recall *r, int64_t number, struct arena *a,
		      struct store_deadline **ret_v);
/* Of an address, and of its domain, too, or not. */
void recall_keep_account(struct recall *r, struct span address, bool domain_too,
			 const struct store_account *account, const struct store_contact *contact);
bool recall_account(const struct recall *r, struct span address, bool domain_too, struct arena *a,
		    struct store_account *ret_account, struct store_contact *ret_contact);
/* Nothing else is known of it at that time. */
void recall_keep_living(struct recall *r, struct span address, int64_t now);
bool recall_living(const struct recall *r, struct span address, int64_t now);
/* What is at the place of a mail. */
void recall_keep_place(struct recall *r, const struct store_mail *m,
		       const struct store_mail_place *place);
bool recall_place(const struct recall *r, const struct store_mail *m,
		  struct store_mail_place *ret_place);
/* There is no storm of that key. */
void recall_keep_calm(struct recall *r, int64_t key);
bool recall_is_calm(const struct recall *r, int64_t key);
/* Whether a table has no row, which does not go with the transaction; false: it is to be asked. */
void recall_keep_none(struct recall *r, enum bare_table table, bool none);
bool recall_none(const struct recall *r, enum bare_table table, bool *ret_none);

#endif
