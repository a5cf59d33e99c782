/* What is put in the place of what is known of a person. */
#include "store/content.h"

int store_person_case(struct store *s, int64_t number, struct span subject, struct span name,
		      struct span address, struct span resource, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_PERSON_CASE, e);
	query_int(&q, number);
	query_text(&q, subject);
	query_text(&q, name);
	query_text(&q, address);
	query_text(&q, resource);
	return query_run_of(&q, "case", number);
}

int store_person_note(struct store *s, const struct store_person_note *n, struct err *e)
{
	struct buf room BUF_AUTO;
	struct query q QUERY_AUTO;

	buf_init(&room, SIZE_MAX);
	query_open(&q, s, SQL_PERSON_NOTE, e);
	query_int(&q, n->id);
	query_text(&q, n->author_name);
	query_text(&q, n->author_address);
	query_text(&q, n->author);
	query_text(&q, n->message_id);
	query_packed_pair(&q, n->text, n->reply, &room);
	return query_run_of(&q, "note", n->id);
}

/* --- contents --- */

static int content_of(struct store *s, enum sql_id sql, int64_t id, int64_t *ret_content,
		      struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, sql, e);
	query_int(&q, id);
	return query_one_int(&q, ret_content);
}

static int drop_content(struct store *s, int64_t content, int64_t nothing,
			struct store_left *ret_left, struct err *e)
{
	*ret_left = (struct store_left){ .content = 0 };
	return content == nothing ? 0 : store_content_leave(s, content, ret_left, e);
}

struct file {
	int64_t id, content;
};

static void read_file(struct query *q, struct arena *a, void *ret_row)
{
	struct file *f = ret_row;

	(void)a;
	f->id = query_get_int(q);
	f->content = query_get_int(q);
}

static int empty_file(struct store *s, const struct file *f, struct span filename, int64_t nothing,
		      struct err *e)
{
	struct query q QUERY_AUTO;
	struct store_left left; /* of a mail that came as a file, and by itself, too */

	query_open(&q, s, SQL_PERSON_FILE, e);
	query_int(&q, f->id);
	query_text(&q, filename);
	query_int(&q, nothing);
	return query_run(&q) < 0 ? -1 : drop_content(s, f->content, nothing, &left, e);
}

int store_person_files(struct store *s, int64_t note_id, struct span filename, int64_t *ret_n,
		       struct err *e)
{
	struct arena a ARENA_AUTO = { 0 };
	struct query q QUERY_AUTO = { 0 };
	struct file *v;
	int64_t nothing;
	size_t n;

	query_open(&q, s, SQL_PERSON_FILES, e);
	query_int(&q, note_id);
	if (QUERY_LIST(&q, read_file, &a, &v, &n) < 0 ||
	    (n && store_content(s, SPAN(""), &nothing, e) < 0))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (empty_file(s, &v[i], filename, nothing, e) < 0)
			return -1;
	*ret_n = (int64_t)n;
	return 0;
}

int store_person_file(struct store *s, int64_t attachment_id, struct span filename, struct err *e)
{
	struct file f = { .id = attachment_id };
	int64_t nothing;

	if (content_of(s, SQL_PERSON_FILE_CONTENT, attachment_id, &f.content, e) < 0 ||
	    store_content(s, SPAN(""), &nothing, e) < 0)
		return -1;
	return empty_file(s, &f, filename, nothing, e);
}

int store_person_file_name(struct store *s, int64_t attachment_id, struct span filename,
			   struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_PERSON_FILE_NAME, e);
	query_int(&q, attachment_id);
	query_text(&q, filename);
	return query_run_of(&q, "attachment", attachment_id);
}

int store_person_mail(struct store *s, const struct store_person_mail *m,
		      struct store_left *ret_left, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	int64_t content, nothing;

	if (content_of(s, SQL_PERSON_MAIL_CONTENT, m->id, &content, e) < 0 ||
	    store_content(s, SPAN(""), &nothing, e) < 0)
		return -1;
	query_open(&q, s, SQL_PERSON_MAIL, e);
	query_int(&q, m->id);
	query_text(&q, m->from);
	query_text(&q, m->subject);
	query_text(&q, m->message_id);
	query_digest(&q, m->identity);
	query_text(&q, m->reason);
	query_int(&q, nothing);
	return query_run_of(&q, "mail", m->id) < 0 ? -1
						   : drop_content(s, content, nothing, ret_left, e);
}

int store_person_outbox(struct store *s, int64_t id, struct span recipient, struct span subject,
			struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	int64_t content, nothing;
	struct store_left left;

	if (content_of(s, SQL_OUTBOX_MESSAGE, id, &content, e) < 0 ||
	    store_content(s, SPAN(""), &nothing, e) < 0)
		return -1;
	query_open(&q, s, SQL_PERSON_OUTBOX, e);
	query_int(&q, id);
	query_text(&q, recipient);
	query_text(&q, subject);
	query_text(&q, SPAN(""));
	query_int(&q, nothing);
	return query_run_of(&q, "row", id) < 0 ? -1 : drop_content(s, content, nothing, &left, e);
}

/* Of the row that `find` tells of; `put` writes what is there now. */
static int drop_bytes(struct store *s, enum sql_id find, enum sql_id put, int64_t id,
		      bool *ret_dropped, struct store_left *ret_left, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	int64_t content, nothing;

	if (content_of(s, find, id, &content, e) < 0 || store_content(s, SPAN(""), &nothing, e) < 0)
		return -1;
	*ret_left = (struct store_left){ .content = 0 };
	*ret_dropped = content != nothing;
	if (!*ret_dropped)
		return 0;
	query_open(&q, s, put, e);
	query_int(&q, id);
	query_int(&q, nothing);
	return query_run_of(&q, "row", id) < 0 ? -1
					       : drop_content(s, content, nothing, ret_left, e);
}

int store_person_drop_raw(struct store *s, int64_t mail_id, bool *ret_dropped,
			  struct store_left *ret_left, struct err *e)
{
	return drop_bytes(s, SQL_PERSON_MAIL_CONTENT, SQL_MAIL_EXPIRE, mail_id, ret_dropped,
			  ret_left, e);
}

int store_person_drop_message(struct store *s, int64_t outbox_id, bool *ret_dropped, struct err *e)
{
	struct store_left left;

	return drop_bytes(s, SQL_OUTBOX_MESSAGE, SQL_PERSON_OUTBOX_EXPIRE, outbox_id, ret_dropped,
			  &left, e);
}

int store_person_is_left(struct store *s, int64_t content, bool *ret_left, struct err *e)
{
	struct query q QUERY_AUTO;
	int64_t there;

	query_open(&q, s, SQL_CONTENT_THERE, e);
	query_int(&q, content);
	if (query_one_int(&q, &there) < 0)
		return -1;
	*ret_left = there;
	return 0;
}

/* --- texts of a case --- */

int store_person_event(struct store *s, int64_t id, struct span actor, struct span data,
		       struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_PERSON_EVENT, e);
	query_int(&q, id);
	query_text(&q, actor);
	query_text(&q, data);
	return query_run_of(&q, "event", id);
}

static void read_reminder(struct query *q, struct arena *a, void *ret_row)
{
	struct store_person_reminder *r = ret_row;

	r->id = query_get_int(q);
	r->text = query_get_text(q, a);
}

int store_person_reminders(struct store *s, int64_t number, struct arena *a,
			   struct store_person_reminder **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_PERSON_REMINDERS, e);
	query_int(&q, number);
	return QUERY_LIST(&q, read_reminder, a, ret_v, ret_n);
}

int store_person_reminder(struct store *s, const struct store_person_reminder *r, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_PERSON_REMINDER, e);
	query_int(&q, r->id);
	query_text(&q, r->text);
	return query_run_of(&q, "reminder", r->id);
}

/* --- rows that go --- */

static int run_of(struct store *s, enum sql_id sql, int64_t id, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, sql, e);
	query_int(&q, id);
	return query_run(&q);
}

int store_person_held(struct store *s, int64_t number, struct err *e)
{
	return run_of(s, SQL_PERSON_HELD, number, e);
}

int store_person_forget_case(struct store *s, int64_t number, struct err *e)
{
	storms_forget(&s->storms);
	return run_of(s, SQL_PERSON_FORGET_SHOWN, number, e) < 0 ||
		       run_of(s, SQL_PERSON_FORGET_STORM, number, e) < 0
		   ? -1
		   : run_of(s, SQL_PERSON_FORGET_THREAD, number, e);
}

int store_person_forget_mail(struct store *s, int64_t mail_id, struct err *e)
{
	return run_of(s, SQL_PERSON_FORGET_DIGEST, mail_id, e) < 0
		   ? -1
		   : run_of(s, SQL_PERSON_FORGET_SECOND_TRY, mail_id, e);
}

static int leave(struct store *s, enum sql_id sql, int64_t number, struct span address,
		 struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, sql, e);
	query_int(&q, number);
	query_text(&q, address);
	return query_run(&q);
}

int store_person_leave(struct store *s, int64_t number, struct span address, struct err *e)
{
	return leave(s, SQL_PERSON_FORGET_PARTICIPANT, number, address, e) < 0
		   ? -1
		   : leave(s, SQL_PERSON_FORGET_REACH, number, address, e);
}

static int forget_address(struct store *s, enum sql_id sql, struct span address, int64_t *n,
			  struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, sql, e);
	query_text(&q, address);
	if (query_run(&q) < 0)
		return -1;
	*n += store_changes(s);
	return 0;
}

int store_person_forget_address(struct store *s, struct span address, int64_t *ret_n, struct err *e)
{
	static const enum sql_id all[] = { SQL_PERSON_FORGET_CONTACT, SQL_PERSON_FORGET_OPTOUT,
					   SQL_DEAD_FORGET, SQL_PERSON_FORGET_BUDGET };
	int64_t n = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (forget_address(s, all[i], address, &n, e) < 0)
			return -1;
	*ret_n = n;
	return 0;
}
