/*
 * The files of a mail: their bytes stand in the answer of the parse child, or in the raw mail.
 */
#ifndef GATEWAYD_MAIL_MAIL_FILE_H
#define GATEWAYD_MAIL_MAIL_FILE_H

#include "gatewayd/mail/mail_job.h"

/* Those that stand in the raw mail lie in it and come to the size that they have: what a parse
 * child says of them is to be believed.  To be asked before all else. */
bool mail_files_hold(const struct mail_job *job);

/* False: it does not stand in the raw mail. */
bool mail_file_place(const struct facts_attachment *file, struct store_place *ret_place);
/* Decoded into the arena, where it stands in the raw mail in base64. */
struct span mail_file_content(const struct mail_job *job, const struct facts_attachment *file,
			      struct arena *arena);
/* Without what hides or turns letters round (bidirectional, zero width): it is what it looks like.
 */
struct span mail_file_name(const struct facts_attachment *file, struct arena *arena);
/* Nothing looks for the same file in another mail: it is no picture in the text that may be the
 * logo of all mails of somebody (store_attachment_repeats()), and not so short that it costs
 * nothing. */
bool mail_file_is_alone(const struct facts_attachment *file);

#endif
