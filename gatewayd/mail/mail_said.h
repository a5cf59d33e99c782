/*
 * What somebody said in a mail, as notices tell it: text and files.  Spans point into the job,
 * arrays live in the arena.
 */
#ifndef GATEWAYD_MAIL_MAIL_SAID_H
#define GATEWAYD_MAIL_MAIL_SAID_H

#include "gatewayd/mail/decide.h"
#include "gatewayd/mail/mail_file.h"
#include "gatewayd/post/post.h"

/* All files of the mail, pictures of a signature too: facts.attachment_count of them. */
struct mime_attachment *mail_files(const struct mail_job *job, struct arena *arena);
/* The text, how much of the mail it leaves out, and the files. */
struct post_said mail_said(const struct mail_job *job, const struct decision *decision,
			   struct arena *arena);

#endif
