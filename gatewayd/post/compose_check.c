#include "gatewayd/case/word.h"
#include "gatewayd/post/compose.h"
#include "gatewayd/post/template_name.h"

struct check {
	const struct conf *conf;
	const struct conf_queue *queue;
	const char *language;
	struct arena *arena;
	struct buf *findings;
};

/* Once, however many languages end up with the same file. */
static void finding(const struct check *c, const struct err *e)
{
	const char *line =
	    arena_printf(c->arena, "queue %s: mail template %s\n", c->queue->name, e->text);

	if (span_find(buf_span(c->findings), span_of(line)) == SIZE_MAX)
		buf_adds(c->findings, line);
}

static bool is_known(struct span name, const void *ctx)
{
	(void)ctx;
	return template_name_known(name);
}

static void check_file(const struct check *c, const char *name, bool is_text)
{
	const char *wanted = arena_printf(c->arena, "%s.%s", name, is_text ? "txt" : "html"), *file;
	struct span text;
	struct err e;

	if (conf_template_read(c->conf, c->queue, c->language, wanted, c->arena, &text, &file, &e) <
	    0) {
		if (is_text)
			finding(c, &e);
		return;
	}
	if (is_text && !span_starts_ci(text, SPAN("Subject:"))) {
		err_set(&e, ERR_PERM, "%s:1: the first line is not \"Subject: ...\"", file);
		finding(c, &e);
	}
	if (template_check(text, file, is_known, NULL, &e) < 0)
		finding(c, &e);
}

static void check_language(const struct check *c)
{
	for (size_t i = 0; i < template_file_count; i++) {
		check_file(c, template_files[i], true);
		check_file(c, template_files[i], false);
	}
}

void compose_check(const struct conf *conf, struct buf *ret_findings)
{
	struct arena a ARENA_AUTO;

	arena_init(&a);
	for (size_t q = 0; q < conf->queue_count; q++) {
		for (size_t i = 0; i < conf->languages.n; i++) {
			struct check c = { conf, &conf->queues[q], conf->languages.v[i], &a,
					   ret_findings };

			check_language(&c);
		}
	}
	word_check(conf, ret_findings);
}
