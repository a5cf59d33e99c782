/*
 * Cases and everything durable, behind verbs that are intents.
 *
 * One process, one connection, one thread.  Rows come back as structs whose texts live in the arena
 * that was passed.  Texts that go in are valid UTF-8 without NUL (scrub before; some engines refuse
 * others). "now" is always an argument: the store never asks for the time.  Instants are seconds
 * UTC (gatewayd/base/clock.h); INSTANT_NONE is NULL in the table.
 *
 * Errors: ERR_TEMP when trying again may help (busy, disk full), ERR_PERM for what will not (no
 * such row, constraint), ERR_BUG for our own statements.  A COMMIT that failed may have happened:
 * look up by key before doing it again.
 *
 * Changes that belong together happen between store_begin() and store_commit().  Outside, a verb of
 * one statement is a transaction of its own; one of several (mail_keep, case_update,
 * attachment_add, outbox_add, outbox_claim, outbox_claim_operators, outbox_result, article_put,
 * article_sweep, case_index) is ERR_BUG.  STORE_TXN rolls back what was not committed:
 *
 *	struct store *txn STORE_TXN = s;
 *
 *	if (store_begin(txn, e) < 0 || store_note_add(txn, ...) < 0)
 *		return -1;
 *	return store_commit(txn, e);
 *
 * A statement that failed in the database (constraint, disk full, a text that is not UTF-8) dooms
 * its transaction: all that follows says the same, the commit too.  "No such row" does not.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "store/store_account.h"
#include "store/store_again.h"
#include "store/store_ahead.h"
#include "store/store_audit.h"
#include "store/store_away.h"
#include "store/store_case.h"
#include "store/store_dead.h"
#include "store/store_deadline.h"
#include "store/store_digest.h"
#include "store/store_epoch.h"
#include "store/store_erasure.h"
#include "store/store_held.h"
#include "store/store_mail.h"
#include "store/store_node.h"
#include "store/store_note.h"
#include "store/store_open.h"
#include "store/store_outbox.h"
#include "store/store_participant.h"
#include "store/store_person.h"
#include "store/store_place.h"
#include "store/store_reach.h"
#include "store/store_recommend.h"
#include "store/store_reminder.h"
#include "store/store_restore.h"
#include "store/store_search.h"
#include "store/store_second_try.h"
#include "store/store_seen.h"
#include "store/store_shown.h"
#include "store/store_stats.h"
#include "store/store_storm.h"
#include "store/store_transfer.h"
#include "store/store_turn.h"
#include "store/store_waiting.h"

#endif
