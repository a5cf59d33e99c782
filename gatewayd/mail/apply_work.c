#include "gatewayd/mail/apply_work.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/mail/mail_said.h"

/* The display name, when From is one mailbox. */
struct span work_name(const struct work *w)
{
	const struct facts_addresses *from = &w->job->facts.from;

	return from->n == 1 ? from->v[0].name : SPAN("");
}

struct mime_thread work_thread(const struct work *w)
{
	return (struct mime_thread){ .message_id = w->job->mail.message_id,
				     .references = w->g->scan.references,
				     .reference_count = w->g->scan.reference_count };
}

struct store_note work_note(const struct work *w, enum note_kind kind, struct span reply)
{
	size_t most = (size_t)w->d->conf->limits.note_bytes;

	return (struct store_note){
		.case_number = w->done->case_number,
		.kind = kind,
		.at = work_began_at(w),
		.author_name = work_name(w),
		.author_address = w->g->identity.from.p ? w->g->identity.from : SPAN(""),
		.trust = w->g->author.trust,
		.author = author_encode(&w->g->author, w->d->arena),
		.text = utf8_prefix(w->job->facts.text, most),
		.reply = utf8_prefix(reply, most),
		.message_id = w->job->mail.message_id,
		.mail_id = w->job->mail.id,
	};
}

/* What stands in the raw mail is not looked at. */
static struct span decoded_of(const struct work *w, const struct facts_attachment *file)
{
	return file->standing == FACTS_DECODED ? mail_file_content(w->job, file, w->d->arena)
					       : SPAN("");
}

int work_attach(const struct work *w, struct err *e)
{
	struct store_origin from = { .mail_id = w->job->mail.id, .raw = w->job->raw };

	if (w->job->mail.truncated)
		return 0; /* nobody knows which are whole */
	for (size_t i = 0; i < w->job->facts.attachment_count; i++) {
		const struct facts_attachment *a = &w->job->facts.attachments[i];
		struct store_attachment row = {
			.note_id = w->done->note_id,
			.case_number = w->done->case_number,
			.filename = mail_file_name(a, w->d->arena),
			.content_type = a->content_type,
			.content_id = a->content_id.p ? a->content_id : SPAN(""),
			.is_inline = a->is_inline,
			.from_tnef = a->from_tnef,
		};
		struct store_place place;
		int64_t id;

		from.place = mail_file_place(a, &place) ? &place : NULL;
		from.alone = mail_file_is_alone(a);
		from.sha256 = i < w->g->file_count && !from.alone ? w->g->file_sha256[i] : NULL;
		if (store_attachment_add_of(w->d->store, &row, decoded_of(w, a), &from, &id, e) < 0)
			return -1;
	}
	return 0;
}

int work_add_note(struct work *w, const struct store_note *note, bool automatic, struct err *e)
{
	if (case_note(w->d, note, automatic, &w->done->note_id, e) < 0)
		return -1;
	return work_attach(w, e);
}

int64_t work_began_at(const struct work *w)
{
	const struct store_mail *m = &w->job->mail;

	return m->moved ? m->kept_at : m->received_at;
}

bool work_is_past(const struct work *w)
{
	return w->job->mail.history;
}

struct span work_actor(const struct work *w)
{
	return w->g->identity.from.p ? w->g->identity.from : case_actor(CASE_BY_NOBODY);
}

struct span work_author(const struct work *w)
{
	return author_text(work_name(w), work_actor(w), w->d->arena);
}

/* All files of the case; a new one has no others than those of its note. */
static int list_files(const struct work *w, struct store_attachment **ret_v, size_t *ret_n,
		      struct err *e)
{
	struct desk *d = w->d;

	return w->dec->what == DECIDE_CASE
		   ? store_attachment_list(d->store, w->done->note_id, d->arena, ret_v, ret_n, e)
		   : store_attachment_list_case(d->store, w->done->case_number, d->arena, ret_v,
						ret_n, e);
}

/* Their numbers in the case, and which of them come with every mail of the author; the store's
 * trouble shows at the commit. */
static void look_at_files(const struct work *w, struct post_said *said)
{
	struct post_file *v = arena_alloc_n(w->d->arena, said->file_count, sizeof(*v));
	struct store_attachment *all;
	struct err e;
	size_t n, k = 0;

	if (list_files(w, &all, &n, &e) < 0)
		return;
	memcpy(v, said->files, said->file_count * sizeof(*v));
	for (size_t i = 0; i < n && k < said->file_count; i++) {
		if (all[i].note_id != w->done->note_id)
			continue;
		v[k].number = (int64_t)i + 1;
		if (v[k].file.is_inline)
			(void)store_attachment_repeats(w->d->store, all[i].sha256, work_actor(w),
						       w->job->mail.message_id, &v[k].is_repeated,
						       &e);
		k++;
	}
	said->files = v;
}

struct post_said work_said(const struct work *w)
{
	struct post_said said = mail_said(w->job, w->dec, w->d->arena);

	said.author = &w->g->author;
	if (w->done->note_id && said.file_count)
		look_at_files(w, &said);
	return said;
}

struct post_person work_answered(const struct work *w, bool authenticated)
{
	return (struct post_person){ w->g->answer.to, work_name(w), authenticated, w->language };
}

enum reach work_reach(const struct work *w)
{
	if (!w->g->answer.allowed)
		return REACH_NOBODY;
	return w->g->answer.proven ? REACH_PROVEN : REACH_UNPROVEN;
}

int work_raise_reach(const struct work *w, struct err *e)
{
	if (!w->g->answer.allowed)
		return 0;
	return store_reach_raise(w->d->store, w->done->case_number, w->g->answer.to, work_reach(w),
				 e);
}

bool work_is_confirmed(const struct work *w)
{
	return w->g->answer.allowed && w->g->requester.address.p &&
	       addrspec_eq(w->g->answer.to, w->g->requester.address);
}
