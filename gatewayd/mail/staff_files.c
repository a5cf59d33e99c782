/* Commands that send staff a file. */
#include <inttypes.h>

#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/mail/staff_run.h"
#include "gatewayd/mail/staff_said.h"

enum { FILE_BYTES_MAX = 48 * MIB };

int staff_told_note(struct run *r, int64_t *ret_note, struct err *e)
{
	*ret_note = 0;
	for (size_t i = 0; i < r->r->answer_count && !*ret_note; i++) {
		struct store_outbox row = { 0 };

		if (!utf8_valid(r->r->answers[i]))
			continue;
		if (store_outbox_by_message_id(r->d->store, r->r->answers[i], r->d->arena, &row,
					       e) < 0)
			return -1;
		if (row.case_number == r->r->number)
			*ret_note = row.note_id;
	}
	return 0;
}

/* The mail of that note, else the last that is no member of staff's; 0: there is none. */
static int find_mail(struct run *r, int64_t *ret_mail, struct err *e)
{
	struct store_note *v;
	int64_t told;
	size_t n;

	*ret_mail = 0;
	if (staff_told_note(r, &told, e) < 0 ||
	    store_note_list(r->d->store, r->r->number, r->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		bool outside = v[i].trust != NOTE_TRUST_STAFF && v[i].mail_id;

		if (told && v[i].id == told && v[i].mail_id) {
			*ret_mail = v[i].mail_id;
			return 0;
		}
		if (outside)
			*ret_mail = v[i].mail_id;
	}
	return 0;
}

int staff_run_original(struct run *r, struct err *e)
{
	struct buf raw BUF_AUTO;
	int64_t mail;

	buf_init(&raw, FILE_BYTES_MAX);
	if (find_mail(r, &mail, e) < 0)
		return -1;
	if (mail && store_mail_raw(r->d->store, mail, &raw, e) < 0)
		return -1;
	if (!raw.n)
		return word_refuse(r->d, e, WORD_NO_ORIGINAL, NULL, 0);
	r->file = (struct mime_attachment){
		.filename = span_of(arena_printf(r->d->arena, "mail-%" PRIi64 ".eml", mail)),
		.content_type = SPAN("message/rfc822"),
		.content_id = SPAN(""),
		.content = arena_dup(r->d->arena, buf_span(&raw)),
	};
	staff_says(r, WORD_DONE_ORIGINAL, NULL, SPAN_NONE);
	return 0;
}

/* By its number, or by its name when no other of the case has it; 0: there is none. */
static size_t which_file(struct span said, const struct store_attachment *v, size_t n)
{
	struct span more;
	int64_t number;
	size_t found = 0;

	if (staff_said_case(said, &number, &more) && !more.n)
		return number <= (int64_t)n ? (size_t)number : 0;
	for (size_t i = 0; i < n; i++) {
		if (!span_eq_ci(v[i].filename, said))
			continue;
		if (found)
			return 0;
		found = i + 1;
	}
	return found;
}

int staff_run_file(struct run *r, struct err *e)
{
	struct span said = staff_said_name(r->c->argument);
	struct store_attachment *v, row;
	struct buf content BUF_AUTO;
	size_t n, which;

	buf_init(&content, FILE_BYTES_MAX);
	if (!said.n)
		return staff_refuse_usage(r, e);
	if (store_attachment_list_case(r->d->store, r->r->number, r->d->arena, &v, &n, e) < 0)
		return -1;
	which = which_file(said, v, n);
	if (!which)
		return word_refuse_name(r->d, e, WORD_NO_FILE, said);
	if (store_attachment_get(r->d->store, v[which - 1].id, r->d->arena, &row, &content, e) < 0)
		return -1;
	r->file = (struct mime_attachment){
		.filename = row.filename,
		.content_type = row.content_type,
		.content_id = SPAN(""),
		.content = arena_dup(r->d->arena, buf_span(&content)),
	};
	staff_says(r, WORD_DONE_FILE, "file",
		   row.filename.n ? row.filename : words_get(r->words, WORD_NO_FILE_NAME));
	return 0;
}
