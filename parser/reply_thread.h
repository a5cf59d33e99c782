/*
 * What the header of a mail says of the thread that it stands in: whether it answers another mail
 * (struct reply_mail in parser/reply.h), and whether a mail found in its text is that one.
 */
#ifndef PARSER_REPLY_THREAD_H
#define PARSER_REPLY_THREAD_H

#include "parser/reply.h"

/* "Re: Printer", "[Case 42] AW: Drucker", "回复：打印机"; a forward of an answer is none. */
bool reply_subject_answers(struct span subject);

/* The subject of an earlier mail is that of this one, but for prefixes and tags. */
bool reply_subject_fits(const struct reply_mail *m, struct span subject);

/* Likewise, and it is no more than a part of this one by chance: what the longer has besides is a
 * tag
 * ("Printer [Case 42]"), or little. */
bool reply_subject_same(const struct reply_mail *m, struct span subject);

/* One of those that this mail is sent to is named in the text by address. */
bool reply_names_recipient(const struct reply_mail *m, struct span text);

#endif
