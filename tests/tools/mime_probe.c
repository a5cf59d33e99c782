/*
 * The MIME writer by hand: intents on standard input, messages on standard output.
 *
 * A line is "KEY HEX"; an empty line ends a message.  Keys: from_name, to_name, subject, text,
 * html, in_reply_to, reference, unsubscribe (an https address), automatic; and for each file, in
 * this order, type and content after filename.  Each message is printed behind a line with its
 * length, or as the line "error TEXT".
 */
#include <stdio.h>
#include <stdlib.h>

#include "gatewayd/base/arena.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/post/mime_write.h"

enum { LISTS_MAX = 64 };

struct intent {
	struct arena arena;
	struct mime_message m;
	struct span references[LISTS_MAX];
	struct mime_attachment files[LISTS_MAX];
};

static void intent_begin(struct intent *in)
{
	arena_reset(&in->arena);
	in->m = (struct mime_message){
		.from = { SPAN_NONE, SPAN("support@help.example") },
		.to = { SPAN_NONE, SPAN("ann@example.com") },
		.reply_to = { SPAN_NONE, SPAN("support+token@help.example") },
		.date_at = 1795305600,
		.message_id = SPAN("1@mx.example"),
		.thread.references = in->references,
		.attachments = in->files,
	};
	crypto_random(in->m.seed, sizeof(in->m.seed));
}

static struct span unhex(struct intent *in, struct span hex)
{
	uint8_t *bytes = arena_alloc(&in->arena, hex.n / 2 + 1);

	if (!hex_decode(hex, bytes, hex.n / 2))
		exit(2);
	return (struct span){ (const char *)bytes, hex.n / 2 };
}

static struct span *place(struct intent *in, struct span key)
{
	struct mime_message *m = &in->m;
	struct mime_attachment *file =
	    &in->files[m->attachment_count ? m->attachment_count - 1 : 0];
	struct {
		const char *key;
		struct span *to;
	} keys[] = {
		{ "from_name", &m->from.name },
		{ "to_name", &m->to.name },
		{ "subject", &m->subject },
		{ "text", &m->text },
		{ "html", &m->html },
		{ "in_reply_to", &m->thread.message_id },
		{ "type", &file->content_type },
		{ "content", &file->content },
		{ "unsubscribe", &m->unsubscribe_url },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (span_is(key, keys[i].key))
			return keys[i].to;
	return NULL;
}

static void intent_add(struct intent *in, struct span key, struct span value)
{
	struct span *to = place(in, key);

	if (to) {
		*to = value;
	} else if (span_is(key, "automatic")) {
		in->m.auto_submitted = "auto-replied";
	} else if (span_is(key, "reference") && in->m.thread.reference_count < LISTS_MAX) {
		in->references[in->m.thread.reference_count++] = value;
	} else if (span_is(key, "filename") && in->m.attachment_count < LISTS_MAX) {
		in->files[in->m.attachment_count++] = (struct mime_attachment){ .filename = value };
	} else {
		exit(2);
	}
}

static void intent_write(struct intent *in)
{
	struct buf out BUF_AUTO;
	struct err e;

	buf_init(&out, 64 * 1024 * 1024);
	if (mime_write(&in->m, &out, &e) < 0) {
		printf("error %s\n", e.text);
		return;
	}
	printf("%zu\n", out.n);
	fwrite(out.p, 1, out.n, stdout);
}

int main(void)
{
	static struct intent in;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	crypto_init();
	intent_begin(&in);
	while ((n = getline(&line, &cap, stdin)) > 0) {
		struct span rest = { line, (size_t)n - 1 }, key;

		if (!rest.n) {
			intent_write(&in);
			intent_begin(&in);
			continue;
		}
		key = span_cut(&rest, ' ');
		intent_add(&in, key, unhex(&in, rest));
	}
	free(line);
	arena_release(&in.arena);
	return fflush(stdout) == 0 ? 0 : 1;
}
