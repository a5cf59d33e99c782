/*
 * From an intent to one final message: who gets which template about which case.
 *
 * Every mail has a Message-ID and a Reply-To with a token for its one recipient, and threading
 * headers.  To a customer who is not authenticated no text goes that a sender chose
 * (gatewayd/README.md, invariant I7): the values that template_name.h does not call OURS are
 * emptied, the subject is the template's, the display name and attachments are left out.  What
 * stays is the Message-ID that is answered, which no reader shows.
 *
 * Above a mail to staff stands a line that says to write above it: what is below is no part of an
 * answer (gatewayd/mail/ours.h).
 *
 * Envelope sender (RFC 3834 section 3.3, RFC 5321 section 4.5.5): a mail about a case is sent from
 * the queue's address with a bounce token, so that a bounce finds its case; a mail about no case (a
 * referral, "your mail was too large") from the null path, as nobody would act on its bounce.
 */
#ifndef GATEWAYD_POST_COMPOSE_H
#define GATEWAYD_POST_COMPOSE_H

#include "conf/words.h"
#include "gatewayd/base/template.h"
#include "gatewayd/base/units.h"
#include "gatewayd/case/desk.h"
#include "gatewayd/post/mime_write.h"

enum {
	COMPOSE_FRAME_MAX = MIB, /* bytes of a rendered body around the longest note */
	COMPOSE_MESSAGE_MAX = 48 * MIB,
};

/* Who caused the mail (RFC 3834 section 5). */
enum compose_cause {
	COMPOSE_PERSON, /* a person's words: a staff reply */
	COMPOSE_ANSWER, /* by itself, in answer to the recipient's mail: auto-replied */
	COMPOSE_NOTICE, /* by itself, for another reason: auto-generated */
};

struct compose_mail {
	const char *template; /* "confirmation": confirmation.txt, and .html where there is one */
	enum compose_cause cause;
	const struct conf_queue *queue;
	const struct words *words;  /* of the recipient's language */
	const char *zone;	    /* in which the recipient reads times */
	const struct store_case *c; /* NULL: about no case; its subject is the sender's words */
	int64_t note;		    /* that it sends or tells of; 0: none */
	struct mime_address to;
	enum token_role role; /* of the recipient */
	/* The recipient: L1 or more now, or the case was opened so; and contacts that the operator
	 * entered.  Without meaning for staff. */
	bool authenticated;
	struct mime_thread thread;
	struct span from_name; /* the owner's, for staff replies; empty: the queue's */
	const struct mime_attachment *attachments;
	size_t attachment_count;
	bool urgent;	  /* no budget of automatic mail keeps it back */
	bool unsubscribe; /* List-Unsubscribe with a token for the recipient */
	bool digest;	  /* a list of mails: its answer says which become cases */
	bool desk;	  /* a transcript: where it is about no case, staff may ask on */
	/*
	 * The values of conf/templates/README.md.  Set by compose(): case, queue, company, phone,
	 * portal, subject, unsubscribe and text_html (which is text); by the caller: what else
	 * the template uses.  Changed by compose().
	 */
	struct template_data *data;
};

struct compose_texts {
	struct span subject, text, html;
	bool is_derived; /* the HTML form, from the text */
};

struct composed { /* all of it in the desk's arena */
	struct span message;
	struct span message_id; /* without <> */
	struct compose_texts texts;
	struct span sender; /* envelope; "": the null reverse-path */
	bool automatic;
};

int compose(const struct desk *d, const struct compose_mail *mail, struct composed *ret_composed,
	    struct err *e);

/* Only what a person reads of it: no token is made, the links to unsubscribe are not set. */
int compose_texts(const struct desk *d, const struct compose_mail *mail,
		  struct compose_texts *ret_texts, struct err *e);

/*
 * All templates and words as each queue finds them in each language, for `gatewayd -n`: a line for
 * each thing wrong, none when all is well; and for what is mostly a mistake ("FILE:12: warning:
 * ...").
 */
void compose_check(const struct conf *conf, struct buf *ret_findings, struct buf *ret_doubts);
/* The first thing that is wrong with this one. */
int compose_check_one(const struct conf *conf, const struct conf_queue *queue, const char *language,
		      const char *name, struct arena *a, struct err *e);

#endif
