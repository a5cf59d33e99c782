/* A mailbox as its poller meets it: log-in, what the server can do, folders. */
#include "gatewayd/doctor/doctor_inside.h"

static void check_abilities(struct doctor *d, struct imap *i, const char *what)
{
	bool idle = imap_can_idle(i), move = imap_can_move(i), uidplus = imap_can_uidplus(i);

	if (!idle)
		SAY_NOTE(d, what, "no IDLE: mails are seen when it is asked",
			 "set poll = \"30s\" if that is too late");
	if (!move && uidplus)
		SAY_NOTE(d, what, "no MOVE: mails are copied and expunged, which works", NULL);
	if (!move && !uidplus)
		SAY_NOTE(
		    d, what,
		    "no MOVE and no UIDPLUS: moved mails stay in the folder, marked as deleted",
		    "have the server do MOVE (RFC 6851), or expunge the folder now and then");
	if (idle && move && uidplus)
		SAY_GOOD(d, what, "IDLE, MOVE and UIDPLUS");
}

/* Where mails are moved to: it is made at the first start. */
static void check_target(struct doctor *d, struct imap *i, const char *what, const char *folder)
{
	struct err e = { 0 };
	bool exists;

	if (!folder)
		return;
	if (imap_folder_exists(i, folder, &exists, &e) < 0)
		SAY_WRONG(d, what, TEXT(d, "folder %s: %s", folder, e.text), NULL);
	else
		SAY_GOOD(d, what,
			 exists
			     ? TEXT(d, "folder %s is there", folder)
			     : TEXT(d, "folder %s is not there yet, the daemon makes it", folder));
}

/* Selected to look at; false: told. */
static bool check_folder(struct doctor *d, struct imap *i, const char *what,
			 const struct conf_mailbox *m)
{
	struct imap_folder folder;
	struct err e = { 0 };

	if (imap_examine(i, m->folder, &folder, &e) < 0) {
		SAY_WRONG(d, what, TEXT(d, "folder %s: %s", m->folder, e.text),
			  TEXT(d, "make it, or correct mailboxes.%s.folder", m->name));
		return false;
	}
	SAY_GOOD(d, what, TEXT(d, "folder %s: %u mails", m->folder, folder.exists));
	return true;
}

static void look(struct doctor *d, struct imap *i, const char *what, const struct conf_mailbox *m)
{
	check_abilities(d, i, what);
	if (check_folder(d, i, what, m)) {
		doctor_border(d, i, m);
		doctor_echo(d, i, m);
	}
	if (!imap_usable(i))
		return;
	check_target(d, i, what, m->processed);
	check_target(d, i, what, m->quarantine);
}

void doctor_mailbox(struct doctor *d, const struct conf_mailbox *m)
{
	const char *what = TEXT(d, "mailbox %s", m->name);
	const struct conf_server *s = &m->server;
	struct imap *imap = NULL;
	struct doctor_login l;
	struct err e = { 0 };

	if (doctor_login_init(d, s, what, &l)) {
		l.connect.login_refused = &l.refused;
		if (imap_open(&l.connect, &imap, &e) < 0) {
			SAY_WRONG(
			    d, what, TEXT(d, "%s", e.text),
			    doctor_login_todo(d, s, TEXT(d, "mailboxes.%s", m->name), &l, e.text));
		} else {
			SAY_GOOD(
			    d, what,
			    TEXT(d, "TLS and log-in at %s:%d as %s", s->host, s->port, s->user));
			look(d, imap, what, m);
		}
	}
	imap_close(&imap);
	doctor_login_release(&l);
}
