/*
 * What the parts of the decision about the kind of a mail share: kind.c asks kind_bounce.c and
 * kind_auto.c, and all of them what marks.c found.
 */
#ifndef PARSER_KIND_MAIL_H
#define PARSER_KIND_MAIL_H

#include "parser/kind.h"
#include "parser/reply_fold.h"

/* How much a sender looks like a mail system: the rows of kind_senders.h. */
enum kind_sender { KIND_SENDER_NOBODY, KIND_SENDER_ROBOT, KIND_SENDER_OFFICE, KIND_SENDER_MAILER };

struct kind_mail {
	const struct kind_input *in;
	struct arena *arena;
	struct facts *facts; /* marks are set already */
	struct reply_folded subject;
	bool is_answer; /* the subject begins with "Re:", "Fwd:", "AW:" ... */
	enum kind_sender sender;
};

/* Sets kind and kind_reason ("how:what"); true, for the caller to return. */
bool kind_is(struct kind_mail *m, enum facts_kind kind, const char *how, const char *what);

static inline bool kind_has_mark(const struct kind_mail *m, enum facts_mark mark)
{
	return m->facts->marks & facts_mark_bit(mark);
}

bool kind_has_part(const struct kind_input *in, const char *type);

/* kind_bounce.c: a delivery report. */
bool kind_is_bounce(struct kind_mail *m);

/* kind_auto.c: the header says that a program sent it, and the subject that it answers. */
bool kind_is_announced(struct kind_mail *m);
/* kind_auto.c: an automatic answer by the words of its subject and text, or a receipt. */
bool kind_is_auto(struct kind_mail *m);

enum kind_sender kind_sender_of(const struct facts *facts);

/*
 * What is left of mails that no person sends: MAILER-DAEMON's, and those with an empty Return-Path.
 */
bool kind_is_of_mailer(struct kind_mail *m);

#endif
