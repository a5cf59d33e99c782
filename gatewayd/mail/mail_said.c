#include "gatewayd/mail/mail_said.h"

#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"

enum { ALONE_MIN = 4 * KIB };

struct span mail_file_content(const struct mail_job *job, const struct facts_attachment *file)
{
	return span_sub(job->body, file->offset, file->size);
}

bool mail_file_is_alone(const struct facts_attachment *file)
{
	return !file->is_inline && file->size >= ALONE_MIN;
}

static struct span given(struct span s)
{
	return s.p ? s : SPAN("");
}

struct span mail_file_name(const struct facts_attachment *file, struct arena *arena)
{
	struct span rest = given(file->filename);
	struct buf out BUF_AUTO;

	buf_init(&out, rest.n + 1);
	while (rest.n) {
		size_t n = utf8_len(rest);

		if (!utf8_is_hidden(utf8_code(rest)))
			buf_add(&out, span_sub(rest, 0, n));
		rest = span_sub(rest, n, SIZE_MAX);
	}
	return arena_dup(arena, span_trim(buf_span(&out)));
}

struct mime_attachment *mail_files(const struct mail_job *job, struct arena *arena)
{
	size_t n = job->facts.attachment_count;
	struct mime_attachment *v = arena_alloc_n(arena, n, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		const struct facts_attachment *a = &job->facts.attachments[i];

		v[i] = (struct mime_attachment){ .filename = mail_file_name(a, arena),
						 .content_type = a->content_type,
						 .content_id = given(a->content_id),
						 .content = mail_file_content(job, a),
						 .is_inline = a->is_inline };
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

static struct post_file *said_files(const struct mail_job *job, struct arena *arena)
{
	size_t n = job->facts.attachment_count;
	struct mime_attachment *files = mail_files(job, arena);
	struct post_file *v = arena_alloc_n(arena, n, sizeof(*v));

	for (size_t i = 0; i < n; i++)
		v[i].file = files[i];
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
