#include "gatewayd/mail/mail_file.h"

#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"

enum { ALONE_MIN = 4 * KIB };

bool mail_file_place(const struct facts_attachment *file, struct store_place *ret_place)
{
	if (file->standing == FACTS_DECODED)
		return false;
	*ret_place = (struct store_place){ .at = (size_t)file->raw_offset,
					   .length = (size_t)file->raw_length,
					   .size = (size_t)file->size,
					   .is_base64 = file->standing == FACTS_RAW_BASE64 };
	return true;
}

bool mail_files_hold(const struct mail_job *job)
{
	for (size_t i = 0; i < job->facts.attachment_count; i++) {
		struct store_place place;

		if (mail_file_place(&job->facts.attachments[i], &place) &&
		    !store_place_holds(job->raw, &place))
			return false;
	}
	return true;
}

struct span mail_file_content(const struct mail_job *job, const struct facts_attachment *file,
			      struct arena *arena)
{
	struct store_place place;

	if (mail_file_place(file, &place))
		return store_place_bytes(job->raw, &place, arena);
	return span_sub(job->body, file->offset, file->size);
}

struct span mail_file_name(const struct facts_attachment *file, struct arena *arena)
{
	struct span rest = file->filename.p ? file->filename : SPAN("");
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

bool mail_file_is_alone(const struct facts_attachment *file)
{
	return !file->is_inline && file->size >= ALONE_MIN;
}
