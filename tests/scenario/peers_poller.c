#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/memfd.h"
#include "tests/scenario/peers_inside.h"

enum {
	AGAIN_MS = 2000,     /* as the poller's */
	REFUSED_MS = 600000, /* that of a mail that the store does not take */
	LOOKS = 30, /* one after the other, so that what the store refuses is tried again */
};

enum folder_state { IN_INBOX, UNDER_WAY, MOVED, MOVED_ASIDE };

struct folder_mail {
	struct peers_mail mail;
	enum folder_state state;
	int64_t again_ms; /* core said "wait": it is not listed before */
};

void peers_mail_add(struct peers *p, const struct peers_mail *m)
{
	MEM_GROW(p->poller.mails, p->poller.mail_count, &p->poller.mail_cap);
	p->poller.mails[p->poller.mail_count++] = (struct folder_mail){ *m, IN_INBOX, 0 };
}

bool peers_folders_clear(const struct peers *p)
{
	for (size_t i = 0; i < p->poller.mail_count; i++)
		if (p->poller.mails[i].state == IN_INBOX || p->poller.mails[i].state == UNDER_WAY)
			return false;
	return true;
}

static struct talk_session session_of(const struct peers *p, const struct folder_mail *m)
{
	return (struct talk_session){ span_of(m->mail.mailbox), m->mail.uidvalidity,
				      p->poller.session,
				      m->mail.processed ? TALK_PROCESSED : TALK_INBOX };
}

static bool is_at(const struct folder_mail *m, const struct talk_session *s, uint32_t uid)
{
	return span_is(s->mailbox, m->mail.mailbox) && m->mail.uidvalidity == s->uidvalidity &&
	       m->mail.uid == uid;
}

/* The newest at that place that is not yet away: a server gives a number again when it must. */
static struct folder_mail *mail_at(struct peers *p, const struct talk_session *session,
				   uint32_t uid)
{
	if (session->number != p->poller.session)
		return NULL;
	for (size_t i = p->poller.mail_count; i-- > 0;)
		if (is_at(&p->poller.mails[i], session, uid) &&
		    (p->poller.mails[i].state == IN_INBOX || p->poller.mails[i].state == UNDER_WAY))
			return &p->poller.mails[i];
	return NULL;
}

void peers_look(struct peers *p, const char *mailbox, uint32_t uidvalidity)
{
	p->poller.looked = (struct peers_mail){ .mailbox = mailbox, .uidvalidity = uidvalidity };
	p->poller.looks_left = LOOKS;
}

static int look_to_the_end(struct peers *p, struct end *end, bool *any, struct err *e)
{
	struct folder_mail m = { .mail = p->poller.looked };
	struct talk_folder f = { session_of(p, &m), true, true, NULL, 0 };

	if (!p->poller.looks_left)
		return 0;
	p->poller.looks_left--;
	*any = true;
	return talk_folder_put(&end->wire, &f, e);
}

void peers_report(struct peers *p, const struct talk_status *status)
{
	p->poller.report = *status;
}

static int report(struct peers *p, struct end *end, bool *any, struct err *e)
{
	struct talk_status s = p->poller.report;

	if (!s.mailbox.p)
		return 0;
	p->poller.report.mailbox = SPAN_NONE;
	*any = true;
	return talk_status_put(&end->wire, &s, e);
}

/* One message a mail: what a folder of many does is the poller's own test. */
static int look(struct peers *p, struct end *end, bool *any, struct err *e)
{
	for (size_t i = 0; i < p->poller.mail_count; i++) {
		struct folder_mail *m = &p->poller.mails[i];
		struct talk_listed listed = { m->mail.uid, m->mail.received_at, m->mail.size,
					      m->mail.processed ? m->mail.raw : SPAN("") };
		struct talk_folder f = { session_of(p, m), false, false, &listed, 1 };

		if (m->state != IN_INBOX || m->again_ms > bench_now_ms(p->bench))
			continue;
		m->state = UNDER_WAY;
		*any = true;
		if (talk_folder_put(&end->wire, &f, e) < 0)
			return -1;
	}
	return 0;
}

int poller_step(struct peers *p, bool *any, struct err *e)
{
	struct end *end = end_of(p, ROLE_POLLER, 0);

	if (end->late_until)
		return 0;
	return look_to_the_end(p, end, any, e) < 0 || report(p, end, any, e) < 0
		   ? -1
		   : look(p, end, any, e);
}

static int fetch(struct end *end, const struct folder_mail *m, struct err *e)
{
	struct talk_mail t = {
		.at = { session_of(end->peers, m), m->mail.uid },
		.received_at = m->mail.received_at,
		.size = m->mail.size,
		.kept = (int64_t)m->mail.raw.n,
		.fd = -1,
		.here = m->mail.raw,
	};
	int result;

	if (m->mail.raw.n > TALK_HERE_MAX && memfd_of(m->mail.raw, &t.fd, e) < 0)
		return -1;
	result = talk_mail_put(&end->wire, &t, e);
	if (t.fd >= 0)
		close(t.fd);
	return result;
}

static void settle_mail(struct peers *p, struct folder_mail *m, enum talk_want want)
{
	bool refused = want != TALK_WAIT && p->poller.moves_refused > 0;

	p->poller.moves_refused -= refused;
	if (want == TALK_MOVE && !refused)
		m->state = MOVED;
	else if (want == TALK_MOVE_ASIDE && !refused)
		m->state = MOVED_ASIDE;
	else
		m->state = IN_INBOX; /* asked again in the next cycle */
	p->poller.refused += want == TALK_REFUSED;
	m->again_ms = bench_now_ms(p->bench) + (want == TALK_REFUSED ? REFUSED_MS : AGAIN_MS);
}

int poller_on_want(struct end *end, struct wire_in *in, struct err *e)
{
	struct talk_wants t;

	if (talk_wants_get(in, end->peers->arena, &t, e) < 0)
		return -1;
	for (size_t i = 0; i < t.n; i++) {
		struct folder_mail *m = mail_at(end->peers, &t.session, t.uids[i]);

		if (!m)
			return err_set(e, ERR_BUG, "an order for a mail that is not there");
		if (t.wants[i] == TALK_FETCH) {
			if (fetch(end, m, e) < 0)
				return -1;
		} else {
			settle_mail(end->peers, m, (enum talk_want)t.wants[i]);
		}
	}
	return 0;
}

int poller_on_kept(struct end *end, struct wire_in *in, struct err *e)
{
	struct folder_mail *m;
	struct talk_kept k;

	if (talk_kept_get(in, &k, e) < 0)
		return -1;
	m = mail_at(end->peers, &k.at.session, k.at.uid);
	if (!m)
		return err_set(e, ERR_BUG, "word of a mail that is not there");
	settle_mail(end->peers, m, k.want);
	return 0;
}

void poller_begin_again(struct peers *p)
{
	p->poller.session++;
	for (size_t i = 0; i < p->poller.mail_count; i++)
		if (p->poller.mails[i].state == UNDER_WAY)
			p->poller.mails[i].state = IN_INBOX;
}

/* --- what a simulation does to its folders --- */

void peers_refuse_moves(struct peers *p, int64_t n)
{
	p->poller.moves_refused = n;
}

static bool is_away(const struct folder_mail *m)
{
	return m->state == MOVED || m->state == MOVED_ASIDE;
}

void peers_list_again(struct peers *p)
{
	for (size_t i = 0; i < p->poller.mail_count; i++) {
		if (!is_away(&p->poller.mails[i]))
			continue;
		p->poller.mails[i].state = IN_INBOX;
		p->poller.mails[i].mail.processed = true;
	}
}

bool peers_move_back(struct peers *p, size_t i, uint32_t uid)
{
	for (size_t k = 0; k < p->poller.mail_count; k++) {
		struct folder_mail *m = &p->poller.mails[k];

		if (!is_away(m) || i-- > 0)
			continue;
		m->state = IN_INBOX;
		m->mail.uid = uid;
		m->mail.processed = false;
		return true;
	}
	return false;
}

const struct peers_mail *peers_mail_at(const struct peers *p, size_t i, bool *ret_moved)
{
	if (i >= p->poller.mail_count)
		return NULL;
	*ret_moved = is_away(&p->poller.mails[i]);
	return &p->poller.mails[i].mail;
}
