/*
 * One mail of post.h in the making.  For the post_*.c files only.
 */
#ifndef GATEWAYD_POST_POST_MAIL_H
#define GATEWAYD_POST_POST_MAIL_H

#include "gatewayd/post/post.h"

/* A notice about a case; an answer about none. */
struct compose_mail post_about(struct desk *d, const char *template, const struct store_case *c);
struct compose_mail post_answer(struct desk *d, const char *template,
				const struct conf_queue *queue, const struct mime_thread *thread);
/* Of the language, or of the one that the template is found in: a mail is in one language. */
const struct words *post_words(const struct desk *d, const struct conf_queue *queue,
			       const char *language, const char *template);
/* Whom it goes to, in whose language; what the mail may say of its case follows from that. */
void post_to_customer(struct desk *d, struct compose_mail *p, const struct post_person *to);
void post_to_staff(struct desk *d, struct compose_mail *p, struct span address);
/* That post_mail() is to be asked of a mail of that cause to them (store_ahead.h). */
void post_say_refused(struct desk *d, const struct compose_mail *p);
/* Makes it and adds the row. */
int post_mail(struct desk *d, struct compose_mail *p, struct err *e);

/* A further row of the list "cases", times in the zone of the mail's queue. */
struct template_data *post_case_row_of(struct desk *d, const struct compose_mail *p,
				       const char *list, const struct store_case *c);
struct template_data *post_case_row(struct desk *d, const struct compose_mail *p,
				    const struct store_case *c);
/* Customers are told no time that has passed. */
bool post_may_promise(const struct desk *d, const struct compose_mail *p, int64_t due_at);
void post_set_row_due(struct desk *d, const struct compose_mail *p, struct template_data *row,
		      int64_t due_at);
/* The text and files of a customer; what staff can write into their answer. */
void post_set_said(struct desk *d, struct compose_mail *p, const struct post_said *said);
/* Files go along or are only named (file_type.h, `notice_files`). */
void post_set_files(struct desk *d, struct compose_mail *p, const struct post_said *said);
void post_set_commands(const struct compose_mail *p);
void post_set_transcript(const struct compose_mail *p, const struct post_command *v, size_t n);
/* "12 kB": rounded up, so that nothing has no size. */
struct span post_size(struct desk *d, const struct words *w, size_t bytes);
/* That post_set_open_cases() is to be asked for a mail about that case (store_ahead.h). */
void post_say_open_cases(struct desk *d, const struct store_case *c);
/* Other open cases of its requester, the newest few. */
int post_set_open_cases(struct desk *d, const struct compose_mail *mail, struct err *e);
/* The notes of the case, newest first, as many as one reads. */
int post_set_history(struct desk *d, const struct compose_mail *mail, struct err *e);
const struct conf_staff *post_owner(const struct desk *d, const struct store_case *c);
/* "Ann <ann@example.com>" */
const char *post_customer_text(struct desk *d, const struct store_case *c);

#endif
