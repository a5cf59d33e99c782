/*
 * A command of staff while it runs; for the files that run them (staff_state.c, staff_people.c,
 * staff_files.c).
 */
#ifndef GATEWAYD_MAIL_STAFF_RUN_H
#define GATEWAYD_MAIL_STAFF_RUN_H

#include "gatewayd/case/word.h"
#include "gatewayd/mail/staff_command.h"

struct run {
	struct desk *d;
	const struct staff_request *r;
	const struct staff_command *c;
	struct span who;	   /* the staff member's id */
	const struct words *words; /* of the staff member */
	struct span result;
	struct span undo;	     /* the command that takes it back; "": none */
	struct span found;	     /* lines below the result; "": none */
	int64_t about;		     /* the case that the answer is told about */
	struct post_command sent;    /* by #send; command.n == 0: nothing */
	struct mime_attachment file; /* that was asked for; content.p == NULL: none */
};

/* What the transcript says of it; name NULL: the word takes no value. */
void staff_says(struct run *r, enum word id, const char *name, struct span value);
/* What takes it back, "#assign sam". */
void staff_undo(struct run *r, enum staff_verb verb, struct span argument);
/* ERR_PERM: how the command is written. */
int staff_refuse_usage(struct run *r, struct err *e);

/* The note that the answered notice tells of; 0: of no note. */
int staff_told_note(struct run *r, int64_t *ret_note, struct err *e);

/* ERR_PERM says why it is not done; else 0, and what the transcript says is set. */
#define X(id, verb, runs, needs, told) int staff_##runs(struct run *r, struct err *e);
STAFF_VERBS(X)
#undef X

#endif
