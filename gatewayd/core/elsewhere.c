#include "gatewayd/core/elsewhere.h"

#include <string.h>
#include <unistd.h>

static void put_off(struct mailboxes *m, struct peer *from, struct span mailbox)
{
	mailboxes_of(m, mailbox)->put_off = from;
}

int elsewhere_folder(struct mailboxes *m, struct peer *from, const struct talk_wants *wants,
		     struct err *e)
{
	put_off(m, from, wants->session.mailbox);
	if (wants->n == 0)
		return 0; /* nothing is waited for */
	memset(wants->wants, TALK_ELSEWHERE, wants->n);
	if (talk_wants_put(&from->wire, wants, e) < 0)
		return -1;
	peer_update(from);
	return 0;
}

int elsewhere_compared(struct mailboxes *m, struct peer *from, const struct talk_compared *c,
		       struct err *e)
{
	struct talk_compare nothing = { .session = c->session };

	put_off(m, from, c->session.mailbox);
	if (c->done)
		return 0;
	if (talk_compare_put(&from->wire, &nothing, e) < 0)
		return -1;
	peer_update(from);
	return 0;
}

void elsewhere_mail(struct mailboxes *m, struct peer *from, const struct talk_mail *mail)
{
	struct talk_kept kept = { mail->at, TALK_WAIT };
	struct err ignored; /* of a poller that is gone */

	put_off(m, from, mail->at.session.mailbox);
	if (mail->fd >= 0)
		close(mail->fd);
	if (talk_kept_put(&from->wire, &kept, &ignored) == 0)
		peer_update(from);
}

void elsewhere_soon(struct mailboxes *m, struct span mailbox)
{
	struct peer *p = mailboxes_of(m, mailbox)->from;

	if (p)
		peer_let_go(p);
}

void elsewhere_no_more(struct mailboxes *m, struct span mailbox, int64_t now)
{
	struct mailbox *box = mailboxes_of(m, mailbox);
	struct peer *p = box->put_off;

	box->put_off = NULL;
	box->looks_read = false;  /* another node has gone on with them */
	mailbox_looked(box, now); /* what that one did is not told here */
	if (p)
		peer_let_go(p);
}
