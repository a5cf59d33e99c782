/*
 * What somebody said in a mail, as notices tell it: text and files.  Spans point into the job,
 * arrays live in the arena.
 */
#ifndef GATEWAYD_MAIL_MAIL_SAID_H
#define GATEWAYD_MAIL_MAIL_SAID_H

#include "gatewayd/mail/decide.h"
#include "gatewayd/mail/mail_job.h"
#include "gatewayd/post/post.h"

struct span mail_file_content(const struct mail_job *job, const struct facts_attachment *file);
/* Nothing looks for the same file in another mail: it is no picture in the text that may be the
 * logo of all mails of somebody (store_attachment_repeats()), and not so short that it costs
 * nothing. */
bool mail_file_is_alone(const struct facts_attachment *file);
/* Without what hides or turns letters round (bidirectional, zero width): it is what it looks like.
 */
struct span mail_file_name(const struct facts_attachment *file, struct arena *arena);
/* All files of the mail, pictures of a signature too: facts.attachment_count of them. */
struct mime_attachment *mail_files(const struct mail_job *job, struct arena *arena);
/* The text, how much of the mail it leaves out, and the files. */
struct post_said mail_said(const struct mail_job *job, const struct decision *decision,
			   struct arena *arena);

#endif
