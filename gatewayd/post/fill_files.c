/* The files of a customer in the mails that tell what they wrote. */
#include "gatewayd/case/word.h"
#include "gatewayd/post/file_type.h"
#include "gatewayd/post/post_mail.h"

/* 999 bytes, 12 kB, 3 MB: rounded up, so that nothing has no size. */
struct span post_size(struct desk *d, const struct words *w, size_t bytes)
{
	int64_t n = (int64_t)bytes;

	if (n < 1000)
		return word_count(d, w, WORD_BYTES, n);
	if (n < 1000000)
		return word_count(d, w, WORD_KILOBYTES, (n + 999) / 1000);
	return word_count(d, w, WORD_MEGABYTES, (n + 999999) / 1000000);
}

static struct span note_of(struct desk *d, const struct compose_mail *p, int64_t number)
{
	if (p->role != TOKEN_STAFF)
		return words_get(p->words, WORD_FILE_KEPT);
	return number ? word_count(d, p->words, WORD_FILE_ASK, number) : SPAN("");
}

static void set_row(struct desk *d, struct compose_mail *p, const struct post_file *f, bool sent)
{
	struct template_data *row = template_row(p->data, "files");
	struct span name = f->file.filename;

	template_set(row, "file", name.n ? name : words_get(p->words, WORD_NO_FILE_NAME));
	template_set(row, "file_type", f->file.content_type);
	template_set(row, "file_size", post_size(d, p->words, f->file.content.n));
	template_set(row, "file_note", sent ? SPAN("") : note_of(d, p, f->number));
}

/* With its bytes, when it is to go along. */
static bool is_sent(struct desk *d, const struct post_file *f, size_t room,
		    struct mime_attachment *ret_file)
{
	struct mime_attachment file = f->file;

	if (file.content.n > room || (!file.content.p && !f->raw.p))
		return false;
	if (!file.content.p)
		file.content = store_place_bytes(f->raw, &f->place, d->arena);
	*ret_file = file;
	return !file_runs(&file);
}

void post_set_files(struct desk *d, struct compose_mail *p, const struct post_said *said)
{
	struct mime_attachment *v = arena_alloc_n(d->arena, said->file_count, sizeof(*v));
	size_t n = 0, room = (size_t)p->queue->notice_files_bytes;
	bool any = false;

	for (size_t i = 0; i < said->file_count; i++) {
		const struct post_file *f = &said->files[i];
		bool sent;

		if (f->is_repeated)
			continue;
		sent = is_sent(d, f, room, &v[n]);
		if (sent) {
			v[n++].is_inline = false;
			room -= f->file.content.n;
		}
		set_row(d, p, f, sent);
		any = true;
	}
	template_set_flag(p->data, "files_found", any);
	p->attachments = v;
	p->attachment_count = n;
}
