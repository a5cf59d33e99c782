#include "gatewayd/mail/other_answer.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/addrspec.h"
#include "gatewayd/post/template_name.h"

enum { ROWS_MAX = 1000, TEXT_SHOWN_MAX = 300 };

/* What is known of the case: its notes, oldest first, and its mails, newest first. */
struct look {
	struct desk *d;
	const struct conf_staff *staff;
	struct store_note *notes;
	size_t note_count;
	struct store_outbox *rows;
	size_t row_count;
};

/* Of a call the author's name is the id. */
static const struct conf_staff *author_of(const struct look *l, const struct store_note *note)
{
	return note->author_address.n
		   ? conf_staff_by_address(l->d->conf, note->author_address)
		   : conf_staff_find(l->d->conf, arena_cstr(l->d->arena, note->author_name));
}

static bool is_to(const struct look *l, const struct store_outbox *row)
{
	return conf_staff_by_address(l->d->conf, row->recipient) == l->staff;
}

static int find_id(struct look *l, const struct span *ids, size_t n, struct store_outbox *ret_row,
		   struct err *e)
{
	for (size_t i = 0; i < n && !ret_row->id; i++)
		if (utf8_valid(ids[i]) &&
		    store_outbox_by_message_id(l->d->store, ids[i], l->d->arena, ret_row, e) < 0)
			return -1;
	return 0;
}

/* The mail of ours that is answered, or the last one that went to its author; id 0: none ever did.
 */
static int find_answered(struct look *l, const struct header_scan *scan,
			 struct store_outbox *ret_row, bool *ret_named, struct err *e)
{
	*ret_row = (struct store_outbox){ 0 };
	if (find_id(l, scan->in_reply_to, scan->in_reply_to_count, ret_row, e) < 0)
		return -1;
	for (size_t i = scan->reference_count; i-- > 0 && !ret_row->id;)
		if (find_id(l, &scan->references[i], 1, ret_row, e) < 0)
			return -1;
	*ret_named = ret_row->id != 0;
	for (size_t i = 0; i < l->row_count && !ret_row->id; i++)
		if (is_to(l, &l->rows[i]))
			*ret_row = l->rows[i];
	return 0;
}

/* The note went out, or was spoken, after that mail was made. */
static bool is_later(const struct look *l, const struct store_note *note,
		     const struct store_outbox *answered)
{
	int64_t first = 0;

	for (size_t i = 0; i < l->row_count; i++)
		if (l->rows[i].note_id == note->id && !l->rows[i].automatic)
			first = l->rows[i].id;
	return first ? first > answered->id : note->at > answered->created_at;
}

/* Colleagues and the operator write the other ones. */
static bool is_of_customer(const struct look *l, int64_t note)
{
	for (size_t i = 0; i < l->note_count; i++)
		if (l->notes[i].id == note)
			return l->notes[i].trust != NOTE_TRUST_STAFF &&
			       l->notes[i].trust != NOTE_TRUST_OPERATOR;
	return true;
}

/* A transcript, a warning, a reminder, a colleague's note. */
static bool is_notice(const struct look *l, const struct store_outbox *row)
{
	const struct template_file *file =
	    row->id ? template_file_find(arena_cstr(l->d->arena, row->kind)) : NULL;

	if (!file || !file->for_staff || span_is(row->kind, "staff_new_case"))
		return false;
	return !span_is(row->kind, "owner_update") || !is_of_customer(l, row->note_id);
}

static struct span one_line(struct arena *a, struct span text)
{
	struct buf out BUF_AUTO;
	struct span line;

	buf_init(&out, (size_t)4 * TEXT_SHOWN_MAX);
	while (out.n <= TEXT_SHOWN_MAX && span_line(&text, &line)) {
		line = utf8_prefix(span_trim(line), TEXT_SHOWN_MAX);
		buf_adds(&out, out.n && line.n ? " " : "");
		buf_add(&out, line);
	}
	if (out.n <= TEXT_SHOWN_MAX)
		return arena_dup(a, buf_span(&out));
	return span_of(arena_printf(a, SPAN_FMT " \xe2\x80\xa6",
				    SPAN_ARG(utf8_prefix(buf_span(&out), TEXT_SHOWN_MAX))));
}

int other_answer_find(struct desk *d, int64_t number, const struct conf_staff *staff,
		      const struct header_scan *scan, struct other_answer *ret_other, struct err *e)
{
	struct store_outbox_filter of = { .state = -1, .case_number = number, .limit = ROWS_MAX };
	struct look l = { .d = d, .staff = staff };
	struct store_outbox answered;
	bool named;

	*ret_other = (struct other_answer){ .who = SPAN(""), .text = SPAN("") };
	if (store_note_list(d->store, number, d->arena, &l.notes, &l.note_count, e) < 0 ||
	    store_outbox_list(d->store, &of, d->arena, &l.rows, &l.row_count, e) < 0 ||
	    find_answered(&l, scan, &answered, &named, e) < 0)
		return -1;
	ret_other->notice = named && is_notice(&l, &answered);
	for (size_t i = l.note_count; answered.id && i-- > 0;) {
		const struct store_note *note = &l.notes[i];
		const struct conf_staff *author = author_of(&l, note);

		if (note->kind != NOTE_OUTBOUND || author == staff ||
		    !is_later(&l, note, &answered))
			continue;
		ret_other->at = note->at;
		ret_other->who = author ? span_of(author->name) : note->author_name;
		ret_other->text = one_line(d->arena, note->reply);
		return 0;
	}
	return 0;
}
