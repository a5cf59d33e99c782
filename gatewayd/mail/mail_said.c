#include "gatewayd/mail/mail_said.h"

static struct span given(struct span s)
{
	return s.p ? s : SPAN("");
}

/* But for its bytes. */
static struct mime_attachment file_of(const struct facts_attachment *file, struct arena *arena)
{
	return (struct mime_attachment){ .filename = mail_file_name(file, arena),
					 .content_type = file->content_type,
					 .content_id = given(file->content_id),
					 .is_inline = file->is_inline };
}

struct mime_attachment *mail_files(const struct mail_job *job, struct arena *arena)
{
	size_t n = job->facts.attachment_count;
	struct mime_attachment *v = arena_alloc_n(arena, n, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		const struct facts_attachment *a = &job->facts.attachments[i];

		v[i] = file_of(a, arena);
		v[i].content = mail_file_content(job, a, arena);
	}
	return v;
}

static size_t lines_in(struct span text)
{
	struct span line;
	size_t n = 0;

	while (span_line(&text, &line))
		n += span_trim(line).n > 0;
	return n;
}

/* Hardly any notice has them, so that they are read for the one that does. */
static struct post_file *said_files(const struct mail_job *job, struct arena *arena)
{
	size_t n = job->facts.attachment_count;
	struct post_file *v = arena_alloc_n(arena, n, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		const struct facts_attachment *a = &job->facts.attachments[i];

		v[i].file = file_of(a, arena);
		if (mail_file_place(a, &v[i].place))
			v[i].raw = job->raw;
		v[i].file.content = v[i].raw.p ? (struct span){ NULL, (size_t)a->size }
					       : mail_file_content(job, a, arena);
	}
	return v;
}

struct post_said mail_said(const struct mail_job *job, const struct decision *decision,
			   struct arena *arena)
{
	const struct facts *f = &job->facts;
	struct post_said said = { .text = decision->text,
				  .files = said_files(job, arena),
				  .file_count = f->attachment_count };

	if (job->mail.truncated) {
		said.bytes = job->mail.size;
		said.file_count = 0;
	}

	for (size_t i = 0; decision->is_reply && i < f->reply_cut_count; i++) {
		const struct facts_cut *cut = &f->reply_cuts[i];
		bool is_signed = cut->why == FACTS_CUT_SIGNATURE || cut->why == FACTS_CUT_FOOTER;

		*(is_signed ? &said.lines_signed : &said.lines_quoted) +=
		    lines_in(span_sub(f->text, cut->offset, cut->length));
	}
	return said;
}
