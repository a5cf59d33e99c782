#include "gatewayd/mail/held.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/case/staff_name.h"
#include "gatewayd/case/word.h"
#include "gatewayd/mail/conversation.h"
#include "gatewayd/mail/staff_answer.h"

enum { FILE_BYTES_MAX = 48 * MIB };

size_t answer_lines(struct span text)
{
	struct span line;
	size_t n = 0;

	while (span_line(&text, &line))
		n += span_trim(line).n > 0;
	return n;
}

int answer_is_logo(struct desk *d, const struct store_note *note, struct span content,
		   bool *ret_logo, struct err *e)
{
	uint8_t digest[SHA256_SIZE];

	sha256_of(content, digest);
	return store_attachment_repeats(d->store, digest, note->author_address, note->message_id,
					ret_logo, e);
}

static int take_unowned(struct desk *d, int64_t number, const struct conf_staff *staff,
			struct err *e)
{
	struct store_case c;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	if (c.owner.n || !staff_name_works_on(staff, desk_queue(d, c.queue)->name))
		return 0;
	return case_assign(d, number, span_of(staff->id), span_of(staff->id), e);
}

/* "(text)": "sent to Ann <...>: 3 lines, 1 file", in the words of its author. */
static int tell_sent(struct desk *d, const struct answer *a, struct post_command *ret_sent,
		     struct err *e)
{
	const struct words *w;
	struct word_value v[3] = { { "to", SPAN("") },
				   { "lines", SPAN("") },
				   { "files", SPAN("") } };
	struct span line = SPAN(""), rest = a->note.reply;
	struct store_case c;

	if (store_case_get(d->store, a->note.case_number, d->arena, &c, e) < 0 ||
	    post_reply_to(d, a->note.case_number, &v[0].text, e) < 0)
		return -1;
	w = post_staff_words(d, desk_queue(d, c.queue), a->author, "command_transcript");
	v[1].text = word_many(d, w, WORD_LINE, WORD_LINES, (int64_t)answer_lines(a->note.reply));
	v[2].text = word_many(d, w, WORD_FILE, WORD_FILES, (int64_t)a->file_count);
	while (!line.n && span_line(&rest, &line))
		line = span_trim(line);
	if (!line.n)
		line = words_get(w, WORD_SEE_FILES);
	*ret_sent = (struct post_command){ line, word_fill(d, w, WORD_WENT_OUT, v, 3), SPAN("") };
	return 0;
}

int answer_send(struct desk *d, const struct answer *a, int64_t note, struct post_command *ret_sent,
		struct err *e)
{
	struct post_reply reply = { .number = a->note.case_number,
				    .note = note,
				    .author = a->author,
				    .text = a->note.reply,
				    .attachments = a->files,
				    .attachment_count = a->file_count };

	if (take_unowned(d, reply.number, a->author, e) < 0 ||
	    post_customer_reply(d, &reply, e) < 0 ||
	    store_held_replace(d->store, reply.number, span_of(a->author->id), e) < 0)
		return -1;
	return tell_sent(d, a, ret_sent, e);
}

int held_add(struct desk *d, int64_t number, int64_t note, const struct conf_staff *author,
	     enum staff_held why, struct err *e)
{
	struct store_held held = { .case_number = number,
				   .note_id = note,
				   .staff = span_of(author->id),
				   .held_at = d->now,
				   .due_at = d->now + HELD_TOLD_AFTER_S,
				   .why = span_of(staff_held_why(why)) };

	return store_held_add(d->store, &held, e);
}

int held_again(struct desk *d, const struct store_held *held, enum staff_held why, struct err *e)
{
	return store_held_again(d->store, held->id, span_of(staff_held_why(why)),
				d->now + HELD_TOLD_AFTER_S, e);
}

/* *ret_bound: the answered mail tells of a held answer, which may not wait any more, or of
 * commands, so that no other answer of the case is meant. */
static int find_told(struct desk *d, int64_t number, const struct span *answers, size_t n,
		     struct store_held *ret_held, bool *ret_bound, struct err *e)
{
	struct store_outbox row = { .kind = SPAN("") };
	struct store_held held = { 0 };

	for (size_t i = 0; i < n && !row.id; i++)
		if (utf8_valid(answers[i]) &&
		    store_outbox_by_message_id(d->store, answers[i], d->arena, &row, e) < 0)
			return -1;
	if (row.note_id && store_held_by_note(d->store, row.note_id, d->arena, &held, e) < 0)
		return -1;
	*ret_bound = held.id || span_is(row.kind, "command_transcript");
	if (held.case_number != number || held.state != HELD_WAITS)
		held = (struct store_held){ 0 };
	*ret_held = held;
	return 0;
}

int held_told(struct desk *d, int64_t number, const struct span *answers, size_t n,
	      struct store_held *ret_held, struct err *e)
{
	bool bound;

	return find_told(d, number, answers, n, ret_held, &bound, e);
}

int held_find(struct desk *d, int64_t number, const struct conf_staff *staff,
	      const struct span *answers, size_t n, struct store_held *ret_held, struct err *e)
{
	struct store_held *v;
	size_t count, own = 0;
	bool bound;

	if (find_told(d, number, answers, n, ret_held, &bound, e) < 0)
		return -1;
	if (bound)
		return 0;
	if (store_held_list(d->store, number, d->arena, &v, &count, e) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (span_is(v[i].staff, staff->id)) {
			*ret_held = v[i];
			own++;
		}
	if (own != 1)
		*ret_held = (struct store_held){ 0 };
	return 0;
}

static int find_note(struct desk *d, int64_t number, int64_t note, struct store_note *ret_note,
		     struct err *e)
{
	struct store_note *v;
	size_t n;

	if (store_note_list(d->store, number, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (v[i].id == note) {
			*ret_note = v[i];
			return 0;
		}
	return word_refuse(d, e, WORD_NONE_HELD, NULL, 0);
}

static int add_file(struct desk *d, const struct store_note *note, int64_t id,
		    struct mime_attachment *v, size_t *n, struct err *e)
{
	struct store_attachment file;
	struct buf content BUF_AUTO;
	bool logo = false;

	buf_init(&content, FILE_BYTES_MAX);
	if (store_attachment_get(d->store, id, d->arena, &file, &content, e) < 0)
		return -1;
	if (!staff_answer_mails(&(struct staff_answer_file){ file.content_type, file.content_id,
							     file.is_inline, buf_span(&content) },
				note->text))
		return 0;
	if (file.is_inline && answer_is_logo(d, note, buf_span(&content), &logo, e) < 0)
		return -1;
	if (logo)
		return 0;
	v[(*n)++] = (struct mime_attachment){ .filename = file.filename,
					      .content_type = file.content_type,
					      .content_id = file.content_id,
					      .content = arena_dup(d->arena, buf_span(&content)),
					      .is_inline = file.is_inline };
	return 0;
}

static int find_files(struct desk *d, const struct store_note *note, struct answer *a,
		      struct err *e)
{
	struct store_attachment *rows;
	struct mime_attachment *v;
	size_t n;

	if (store_attachment_list(d->store, note->id, d->arena, &rows, &n, e) < 0)
		return -1;
	v = arena_alloc_n(d->arena, n, sizeof(*v));
	for (size_t i = 0; i < n; i++)
		if (add_file(d, note, rows[i].id, v, &a->file_count, e) < 0)
			return -1;
	a->files = v;
	return 0;
}

int answer_read(struct desk *d, int64_t number, int64_t note, struct answer *ret_answer,
		struct err *e)
{
	struct answer a = *ret_answer;
	const struct conf_staff *author;

	if (find_note(d, number, note, &a.note, e) < 0 || find_files(d, &a.note, &a, e) < 0)
		return -1;
	author = conf_staff_by_address(d->conf, a.note.author_address);
	if (author)
		a.author = author;
	*ret_answer = a;
	return 0;
}

int answer_has_words(const struct answer *a, struct err *e)
{
	if (!a->note.damaged)
		return 0;
	return err_set(e, ERR_PERM, "note %lld is damaged: its words cannot be sent",
		       (long long)a->note.id);
}

/* The new note has what went out. */
static int add_note(struct desk *d, const struct answer *a, int64_t *ret_note, struct err *e)
{
	if (case_note(d, &a->note, false, ret_note, e) < 0)
		return -1;
	for (size_t i = 0; i < a->file_count; i++) {
		const struct mime_attachment *f = &a->files[i];
		struct store_attachment row = { .note_id = *ret_note,
						.case_number = a->note.case_number,
						.filename = f->filename,
						.content_type = f->content_type,
						.content_id = f->content_id,
						.is_inline = f->is_inline };
		int64_t id;

		if (store_attachment_add(d->store, &row, f->content, &id, e) < 0)
			return -1;
	}
	return 0;
}

int held_send(struct desk *d, const struct store_held *held, const struct conf_staff *sender,
	      struct post_command *ret_sent, struct err *e)
{
	const struct conf_staff *author =
	    conf_staff_find(d->conf, arena_cstr(d->arena, held->staff));
	struct answer a = { .author = author ? author : sender };
	bool reachable;
	int64_t note;

	if (conversation_reachable(d, held->case_number, &reachable, e) < 0)
		return -1;
	if (!reachable)
		return word_refuse(d, e, WORD_HELD_NOBODY, NULL, 0);
	if (find_note(d, held->case_number, held->note_id, &a.note, e) < 0 ||
	    answer_has_words(&a, e) < 0 || find_files(d, &a.note, &a, e) < 0)
		return -1;
	if (!a.note.reply.n && !a.file_count)
		return word_refuse(d, e, WORD_NONE_HELD, NULL, 0);
	a.note.kind = NOTE_OUTBOUND;
	a.note.at = d->now;
	a.note.text = a.note.reply;
	a.note.message_id = SPAN("");
	a.note.mail_id = 0;
	if (add_note(d, &a, &note, e) < 0 || store_held_sent(d->store, held->id, e) < 0)
		return -1;
	return answer_send(d, &a, note, ret_sent, e);
}
