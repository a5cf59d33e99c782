#include "tests/bench/parse_others.h"

#include <gmime/gmime.h>

void gmime_begin(void)
{
	g_mime_init();
}

static void decode_part(GMimePart *part, size_t *bytes)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *out;

	g_mime_part_get_filename(part);
	if (GMIME_IS_TEXT_PART(part)) {
		char *text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));

		*bytes += text ? strlen(text) : 0;
		g_free(text);
		return;
	}
	if (!content)
		return;
	out = g_mime_stream_mem_new();
	*bytes += (size_t)g_mime_data_wrapper_write_to_stream(content, out);
	g_object_unref(out);
}

static void each_part(GMimeObject *parent, GMimeObject *object, gpointer user)
{
	(void)parent;
	if (GMIME_IS_PART(object))
		decode_part(GMIME_PART(object), user);
}

static void read_header(GMimeMessage *message)
{
	g_mime_message_get_subject(message);
	g_mime_message_get_date(message);
	g_mime_message_get_message_id(message);
	g_mime_message_get_from(message);
	g_mime_message_get_to(message);
	g_mime_message_get_cc(message);
	g_mime_message_get_reply_to(message);
}

size_t gmime_read(struct span mail)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(mail.p, mail.n);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	size_t bytes = 0;

	if (message) {
		read_header(message);
		g_mime_message_foreach(message, each_part, &bytes);
		g_object_unref(message);
	}
	g_object_unref(parser);
	g_object_unref(stream);
	return bytes;
}
