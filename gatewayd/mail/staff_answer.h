/*
 * An answer of staff, read: what of it goes to the customer, or why nothing does.
 *
 * It is read from the whole text of the mail, not from what the parser takes for new: what is sent
 * is all but what is ours (ours.h).  Whatever is not understood is held: nothing is sent, no
 * command runs, and its author is told.  Pure.
 */
#ifndef GATEWAYD_MAIL_STAFF_ANSWER_H
#define GATEWAYD_MAIL_STAFF_ANSWER_H

#include "conf/conf.h"
#include "gatewayd/mail/command.h"
#include "parser/facts.h"

/* X(id, why, the word that tells it) */
#define STAFF_HELDS(X)                                                               \
	X(HELD_NO, "", WORD_HELD_NOTHING)                                            \
	X(HELD_COMMAND, "a command that there is not", WORD_HELD_COMMAND)            \
	X(HELD_FAILED, "a command that could not be done", WORD_HELD_FAILED)         \
	X(HELD_SLIP, "a line that looks like a command", WORD_HELD_SLIP)             \
	X(HELD_MANY, "too many commands", WORD_HELD_MANY)                            \
	X(HELD_INTERNAL, "something internal between the words", WORD_HELD_INTERNAL) \
	X(HELD_NOTHING, "no text, no file and no command", WORD_HELD_NOTHING)        \
	X(HELD_FILE, "a notice of ours among the files", WORD_HELD_FILE)             \
	X(HELD_SEND, "#send beside other words", WORD_HELD_SEND)                     \
	X(HELD_NOBODY, "a case without an address", WORD_HELD_NOBODY)                \
	X(HELD_MACHINE, "a mark of automatic mail", WORD_HELD_MACHINE)               \
	X(HELD_LARGE, "over limits.mail_bytes", WORD_HELD_LARGE)                     \
	X(HELD_OTHER, "somebody else answered since", WORD_HELD_OTHER)               \
	X(HELD_CLOSED, "the case is closed", WORD_HELD_CLOSED)                       \
	X(HELD_UNMARKED, "words for colleagues without #note", WORD_HELD_UNMARKED)   \
	X(HELD_BODY, "a body that is not read", WORD_HELD_BODY)                      \
	X(HELD_SIGNATURE, "perhaps nothing but a signature", WORD_HELD_SIGNATURE)    \
	X(HELD_NOTICE, "words that answer a notice", WORD_HELD_NOTICE)
enum staff_held {
#define X(id, why, word) id,
	STAFF_HELDS(X)
#undef X
	    STAFF_HELD_COUNT,
};
const char *staff_held_why(enum staff_held held);
enum word staff_held_word(enum staff_held held);

struct staff_answer_in {
	const struct conf *conf;
	const struct facts *facts;
	struct span raw, body;	  /* of the mail: where its files are (mail_file.h) */
	const struct span *shown; /* gatewayd/post/shown.h: of the case, newest first */
	size_t shown_count;
	bool notice; /* the mail that it answers tells of nothing that a customer wrote */
};

struct staff_answer {
	struct staff_commands commands; /* its text is what goes out, or is kept as a note */
	enum staff_held held;
	struct span line; /* that it is held for; "": for none */
	bool files;	  /* something of the mail goes with it (staff_answer_mails) */
};

void staff_answer_read(const struct staff_answer_in *in, struct arena *a,
		       struct staff_answer *ret_answer);

/* Of the line "-- ", which has lost its blank on the way over HTML; SIZE_MAX: there is none. */
size_t staff_answer_signature(struct span text);

/* A file of an answer. */
struct staff_answer_file {
	struct span type, id; /* of its content; id "": none */
	bool is_inline;
	struct span bytes;
};
/* It goes on to the customer: no S/MIME or PGP signature, no picture of a signature. */
bool staff_answer_mails(const struct staff_answer_file *file, struct span text);

#endif
