#include "gatewayd/core/moved.h"

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/header_scan.h"

static const char *const place_names[TALK_PLACE_COUNT] = {
	[TALK_INBOX] = "inbox",
	[TALK_PROCESSED] = "processed",
	[TALK_QUARANTINE] = "quarantine",
};

static uint32_t claim_of(struct store *store)
{
	uint8_t identity[STORE_TAG_SIZE] = { 0 };
	uint32_t claim;
	struct err e;

	if (store_identity(store, identity, &e) < 0)
		return 0; /* mails are moved without */
	memcpy(&claim, identity, sizeof(claim));
	return claim ? claim : 1;
}

void moved_init(struct moved *m, struct bench *b)
{
	struct err e;

	*m = (struct moved){ .bench = b, .claim = claim_of(b->store) };
	if (store_last_case(b->store, &m->mark, &e) < 0)
		m->mark = 0; /* the safe side: what was made so far counts for no case */
}

/* Of several nodes on one store each has its own: the one before may still be at a mail. */
static uint32_t claim_now(const struct moved *m)
{
	struct span node = store_node_name(m->bench->store);
	uint8_t digest[SHA256_SIZE];
	uint32_t claim;

	if (!m->claim || !node.n || !store_is_shared(m->bench->store))
		return m->claim;
	sha256_of(node, digest);
	claim = (m->claim & 0xffff0000) | (uint32_t)digest[0] << 8 | digest[1];
	return claim ? claim : 1;
}

static struct store_folder folder_of(const struct talk_session *session)
{
	return (struct store_folder){ .mailbox = session->mailbox,
				      .folder = span_of(place_names[session->place]) };
}

/* --- what to compare --- */

static int answer(struct moved *m, struct peer *from, const struct talk_compared *c, struct err *e)
{
	struct talk_compare a = { .session = c->session, .store = claim_now(m) };
	struct store_folder f = folder_of(&c->session);
	struct err why = { 0 };
	bool found;

	a.wait = store_folder_get(m->bench->store, &f, &found, &why) < 0;
	if (a.wait)
		log_event(LOG_ERROR, "intake.trouble", log_span("mailbox", f.mailbox),
			  log_reason(&why));
	else if (found && f.how == FOLDER_AGAIN)
		a.from = a.all = true;
	else if (found && f.how == FOLDER_COMPARED && f.uidvalidity == c->session.uidvalidity) {
		a.from = f.known + 1;
		a.all = !c->keeps_marks;
	} else if (!found || f.how == FOLDER_COMPARED) {
		a.from = c->keeps_marks;
	}
	if (talk_compare_put(&from->wire, &a, e) < 0)
		return -1;
	peer_update(from);
	return 0;
}

/* --- what was compared --- */

struct moved_done {
	char *mailbox; /* owned */
	enum talk_place place;
	uint32_t uidvalidity, known;
	bool again; /* its mails were read once more */
};

static void note_down(struct moved *m, const struct talk_compared *c)
{
	struct store_folder before = folder_of(&c->session);
	struct moved_done done = { .place = c->session.place,
				   .uidvalidity = c->session.uidvalidity,
				   .known = c->upto };
	struct err e = { 0 };
	bool found = false;

	if (store_folder_get(m->bench->store, &before, &found, &e) == 0 && found &&
	    before.how == FOLDER_COMPARED && before.uidvalidity == done.uidvalidity &&
	    before.known == done.known)
		return;
	done.again = found && before.how == FOLDER_AGAIN;
	done.mailbox = mem_dup_span(c->session.mailbox);
	MEM_GROW(m->done, m->done_count, &m->done_cap);
	m->done[m->done_count++] = done;
	bench_later(m->bench);
}

static int put_all(struct moved *m, struct err *e)
{
	struct store *txn STORE_TXN = m->bench->store;

	if (store_begin(txn, e) < 0)
		return -1;
	for (size_t i = 0; i < m->done_count; i++) {
		const struct moved_done *done = &m->done[i];
		struct store_folder f = { .mailbox = span_of(done->mailbox),
					  .folder = span_of(place_names[done->place]),
					  .uidvalidity = done->uidvalidity,
					  .known = done->known };

		if (store_folder_put(txn, &f, e) < 0)
			return -1;
	}
	return store_commit(txn, e);
}

static void forget_done(struct moved *m)
{
	for (size_t i = 0; i < m->done_count; i++)
		mem_free(&m->done[i].mailbox);
	m->done_count = 0;
}

/* One that is not written down is compared once more in the next session. */
void moved_turn(struct moved *m)
{
	struct err e = { 0 };
	bool stands = m->done_count && put_all(m, &e) == 0;

	for (size_t i = 0; i < m->done_count; i++) {
		const struct moved_done *done = &m->done[i];

		if (!stands)
			log_event(LOG_ERROR, "intake.trouble", log_text("mailbox", done->mailbox),
				  log_reason(&e));
		else if (done->again)
			log_event(LOG_NOTICE, "folder.read-again",
				  log_text("mailbox", done->mailbox),
				  log_text("folder", place_names[done->place]));
	}
	forget_done(m);
}

void moved_release(struct moved *m)
{
	forget_done(m);
	mem_free(&m->done);
	m->done_cap = 0;
}

int moved_compared(struct moved *m, struct peer *from, const struct talk_compared *c, struct err *e)
{
	if (c->session.place == TALK_INBOX)
		return err_set(e, ERR_PERM, "no mail is moved to the inbox");
	if (!c->done)
		return answer(m, from, c, e);
	note_down(m, c);
	return 0;
}

/* --- a mail that nobody knows --- */

static int is_known(struct moved *m, const struct talk_listed *listed, bool *ret_known,
		    struct err *e)
{
	struct store_mail mail = { .received_at = listed->received_at, .size = listed->size };
	struct header_scan scan;
	struct buf id BUF_AUTO;
	bool known = false;

	buf_init(&id, HEADER_SCAN_ID_MAX);
	header_scan(listed->id, &m->bench->arena, &scan);
	utf8_scrub(scan.message_id, &id);
	mail.message_id = buf_span(&id);
	if (store_again_known(m->bench->store, &mail, &known, e) < 0 ||
	    (!known && store_erased_was_seen(m->bench->store, &mail, &known, e) < 0))
		return -1;
	*ret_known = known;
	return 0;
}

/* Nobody said that this store is the one, and it has never had a mail. */
static int is_unproven(struct moved *m, bool *ret_unproven, struct err *e)
{
	struct store_counts counts;
	bool made;

	*ret_unproven = false;
	if (m->proven)
		return 0;
	if (store_made(m->bench->store, &made, e) < 0 ||
	    store_count(m->bench->store, &counts, e) < 0)
		return -1;
	m->proven = made || counts.mails > 0;
	*ret_unproven = !m->proven;
	return 0;
}

static void refuse(struct moved *m, const struct talk_session *session)
{
	log_event(
	    LOG_ERROR, "store.refused", log_text("store", m->bench->conf->store),
	    log_span("mailbox", session->mailbox),
	    log_text("reason",
		     "the store is new, and the processed folder has mails that another one "
		     "took in: put that back, or \"gatewayctl restore FILE\" puts a backup in "
		     "its place, or \"gatewayctl init\" begins with an empty one"));
	m->bench->host.refused(m->bench->host.ctx);
}

/* Numbers above the mark may have been given, and how many nobody knows. */
static int begin_epoch(struct moved *m, struct err *e)
{
	struct store *txn STORE_TXN = m->bench->store;

	return store_begin(txn, e) < 0 || store_node_restart_others(txn, e) < 0 ||
		       store_epoch_begin(txn, m->mark, e) < 0 || store_numbers_skip(txn, e) < 0 ||
		       store_commit(txn, e) < 0
		   ? -1
		   : 0;
}

static void say_lost(struct moved *m, const struct store_folder *f)
{
	log_event(LOG_ERROR, "store.behind", log_text("store", m->bench->conf->store),
		  log_span("mailbox", f->mailbox), log_span("folder", f->folder),
		  log_text("reason", "it does not know mails that it had moved there: they are "
				     "taken in again, and what they would send is held: "
				     "\"gatewayctl held list\""));
}

/* What the store says now; *ret_changed: another epoch than the keys have. */
static int read_epochs(struct moved *m, bool *ret_changed, struct err *e)
{
	struct token_keys fresh = { 0 }, *keys = &m->bench->keys;

	if (desk_epochs(m->bench->store, &fresh, e) < 0)
		return -1;
	*ret_changed = memcmp(fresh.epoch[0].id, keys->epoch[0].id, TOKEN_EPOCH_SIZE) != 0;
	memcpy(keys->epoch, fresh.epoch, sizeof(keys->epoch));
	keys->epochs = fresh.epochs;
	return 0;
}

/* Once: after a restore there is an epoch already, and a commit that failed may have made it. */
static int lost_now(struct moved *m, const struct talk_session *session, struct err *e)
{
	struct store_folder f = folder_of(session);
	bool found, changed;

	if (m->told)
		return 0;
	if (store_folder_get(m->bench->store, &f, &found, e) < 0)
		return -1;
	if (found && f.how == FOLDER_AGAIN)
		return 0;
	if (read_epochs(m, &changed, e) < 0)
		return -1;
	if (!changed && (begin_epoch(m, e) < 0 || read_epochs(m, &changed, e) < 0))
		return -1;
	m->told = true;
	say_lost(m, &f);
	return 0;
}

/* Two nodes that find it at once begin one epoch. */
static int lost(struct moved *m, const struct talk_session *session, struct err *e)
{
	int result;

	if (bench_own_turn(m->bench, e) < 0)
		return -1;
	result = lost_now(m, session, e);
	bench_end_turn(m->bench);
	return result;
}

int moved_want(struct moved *m, const struct talk_session *session,
	       const struct talk_listed *listed, uint8_t *ret_want, struct err *e)
{
	bool known, unproven = false;

	*ret_want = TALK_WAIT;
	if (is_known(m, listed, &known, e) < 0 || (!known && is_unproven(m, &unproven, e) < 0))
		return -1;
	if (unproven) {
		refuse(m, session);
		return 0;
	}
	if (!known && lost(m, session, e) < 0)
		return -1;
	*ret_want = known ? TALK_MOVE : TALK_FETCH;
	return 0;
}
