#include "gatewayd/post/fill_history.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_log.h"
#include "gatewayd/case/case_merge.h"
#include "gatewayd/case/word.h"

enum { FILES_MAX = 100 };

/* The record of a call is staff's own. */
static bool is_call(const struct case_event *log, size_t n, int64_t note)
{
	for (size_t i = 0; i < n; i++)
		if (log[i].type == CASE_RESPONSE && log[i].note == note && log[i].phone.n)
			return true;
	return false;
}

/* Of what was merged into the case they see what is of the same customer. */
static int is_theirs(struct desk *d, const struct store_case *c, const struct store_note *note,
		     bool *ret_is, struct err *e)
{
	struct store_case other;

	*ret_is = note->case_number == c->number;
	if (*ret_is)
		return 0;
	if (store_case_get(d->store, note->case_number, d->arena, &other, e) < 0)
		return -1;
	*ret_is = case_same_customer(d, c, &other);
	return 0;
}

static bool is_public(const struct store_note *note, const struct case_event *log, size_t n)
{
	if (note->kind == NOTE_INBOUND)
		return note->trust != NOTE_TRUST_OUTSIDE && note->trust != NOTE_TRUST_UNVERIFIED;
	return note->kind == NOTE_OUTBOUND && !is_call(log, n, note->id);
}

/* In *ret_n the public ones, moved to the front. */
static int public_notes(struct desk *d, const struct store_case *c, struct store_note **ret_v,
			size_t *ret_n, struct err *e)
{
	struct case_event *log;
	size_t n, events, kept = 0;

	if (store_note_list(d->store, c->number, d->arena, ret_v, &n, e) < 0 ||
	    case_log_read(d, c->number, &log, &events, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		bool theirs;

		if (is_theirs(d, c, &(*ret_v)[i], &theirs, e) < 0)
			return -1;
		if (theirs && is_public(&(*ret_v)[i], log, events))
			(*ret_v)[kept++] = (*ret_v)[i];
	}
	*ret_n = kept;
	return 0;
}

static struct span text_of(struct desk *d, const struct store_note *note)
{
	struct span s = span_trim(note->reply.n ? note->reply : note->text);

	if (s.n <= HISTORY_NOTE_BYTES)
		return s;
	return span_of(arena_printf(d->arena, SPAN_FMT " \xe2\x80\xa6",
				    SPAN_ARG(utf8_prefix(s, HISTORY_NOTE_BYTES))));
}

static void add_row(struct desk *d, struct compose_mail *mail, const struct store_note *note)
{
	struct template_data *row = template_row(mail->data, "history");

	template_set(row, "history_at", word_time(d, mail->words, mail->zone, note->at));
	template_set(row, "history_who",
		     note->author_name.n ? note->author_name : note->author_address);
	template_set(row, "history_text", text_of(d, note));
}

/* What is damaged in the store is named, as what is too large. */
static int read_file(struct desk *d, int64_t id, size_t most, struct mime_attachment *file,
		     struct err *e)
{
	struct store_attachment row;
	struct buf content BUF_AUTO;

	buf_init(&content, most);
	if (store_attachment_get(d->store, id, d->arena, &row, &content, e) == 0)
		file->content = arena_dup(d->arena, buf_span(&content));
	else if (e->class != ERR_PERM)
		return -1;
	return 0;
}

/* Their bytes only as far as the mail carries them. */
static int add_files(struct desk *d, const struct compose_mail *mail, int64_t note,
		     struct post_said *said, struct post_file *to, size_t *room, struct err *e)
{
	struct store_attachment *v;
	size_t n;

	if (store_attachment_list(d->store, note, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n && said->file_count < FILES_MAX; i++) {
		struct post_file f = { .file = { .filename = v[i].filename,
						 .content_type = v[i].content_type,
						 .content_id = SPAN(""),
						 .content = { NULL, (size_t)v[i].size } } };

		if (v[i].is_inline)
			continue;
		if (f.file.content.n <= *room) {
			if (read_file(d, v[i].id, (size_t)mail->queue->notice_files_bytes + 1,
				      &f.file, e) < 0)
				return -1;
			*room -= f.file.content.p ? f.file.content.n : 0;
		}
		to[said->file_count++] = f;
	}
	return 0;
}

int fill_history(struct desk *d, struct compose_mail *mail, const struct notice *n, struct err *e)
{
	struct post_file *files = arena_alloc_n(d->arena, FILES_MAX, sizeof(*files));
	struct post_said said = { .text = SPAN(""), .files = files };
	size_t room = (size_t)mail->queue->notice_files_bytes, count, first;
	struct store_note *v;

	(void)n;
	if (public_notes(d, mail->c, &v, &count, e) < 0)
		return -1;
	first = count > HISTORY_NOTES_MAX ? count - HISTORY_NOTES_MAX : 0;
	for (size_t i = 0; i < count; i++) {
		if (i >= first)
			add_row(d, mail, &v[i]);
		if (add_files(d, mail, v[i].id, &said, files, &room, e) < 0)
			return -1;
	}
	if (first)
		template_set(mail->data, "left_out", word_number(d, (int64_t)first));
	template_set_flag(mail->data, "history_found", count > 0);
	template_set(mail->data, "due_zone", words_zone(mail->words, mail->zone));
	post_set_files(d, mail, &said);
	return 0;
}
