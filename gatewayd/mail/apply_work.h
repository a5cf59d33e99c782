/*
 * One decision on its way to rows.  For mail_apply.c and apply_*.c only.
 */
#ifndef GATEWAYD_MAIL_APPLY_WORK_H
#define GATEWAYD_MAIL_APPLY_WORK_H

#include "gatewayd/mail/mail_apply.h"
#include "gatewayd/post/post.h"

/* What every application has at hand. */
struct work {
	struct desk *d;
	const struct mail_job *job;
	const struct mail_gathered *g;
	const struct decision *dec;
	struct mail_applied *done;
	struct span language; /* of the mail; "": no guess */
};

/* Who did it: From, or nobody. */
struct span work_actor(const struct work *w);
/* "Ann <ann@example.com>" */
struct span work_author(const struct work *w);
/* The display name, when From is one mailbox. */
struct span work_name(const struct work *w);
/* The thread of this mail, for what answers it. */
struct mime_thread work_thread(const struct work *w);
/* On done->case_number, of the mail's author, with as much trust as was proven. */
struct store_note work_note(const struct work *w, enum note_kind kind, struct span reply);
/* Whoever asks gets a confirmation; who passed it on, a form or a list, gets none. */
bool work_is_confirmed(const struct work *w);
/* How sure this mail makes us of whom an automatic answer to it goes to. */
enum reach work_reach(const struct work *w);
/* The later mails of done->case_number, too. */
int work_raise_reach(const struct work *w, struct err *e);
/* The mail's files, on done->note_id. */
int work_attach(const struct work *w, struct err *e);
/* With the mail's files; it becomes done->note_id. */
int work_add_note(struct work *w, const struct store_note *note, bool automatic, struct err *e);
/* When clocks begin for it: when it came, or was moved into the mailbox. */
int64_t work_began_at(const struct work *w);
/* A mail of the past: it sends nothing. */
bool work_is_past(const struct work *w);
/* What notices to staff say of the mail. */
struct post_said work_said(const struct work *w);
/* Whom an automatic answer to this mail goes to. */
struct post_person work_answered(const struct work *w, bool authenticated);

/* A new case, and who is told of it. */
int mail_open(struct work *w, struct err *e);
/* A mail like others: counted in their case. */
int mail_fold(struct work *w, struct err *e);

#endif
