#include "gatewayd/post/compose.h"
#include "gatewayd/post/template_name.h"

static void finding(struct buf *findings, const struct conf_queue *queue, const struct err *e)
{
	buf_addf(findings, "queue %s: mail template %s\n", queue->name, e->text);
}

static void check_file(const struct conf *conf, const struct conf_queue *queue, const char *name,
		       const char *suffix, bool must, struct arena *a, struct buf *findings)
{
	const char *file = arena_printf(a, "%s%s", name, suffix);
	struct buf text BUF_AUTO;
	struct err e;

	buf_init(&text, COMPOSE_TEMPLATE_MAX);
	if (conf_template_read(conf, queue, file, &text, &e) < 0) {
		if (must)
			finding(findings, queue, &e);
		return;
	}
	if (must && !span_starts_ci(buf_span(&text), SPAN("Subject:"))) {
		err_set(&e, ERR_PERM, "%s:1: the first line is not \"Subject: ...\"", file);
		finding(findings, queue, &e);
	}
	if (template_check(buf_span(&text), file, template_name_known, &e) < 0)
		finding(findings, queue, &e);
}

void compose_check(const struct conf *conf, struct buf *ret_findings)
{
	struct arena a ARENA_AUTO;

	arena_init(&a);
	for (size_t q = 0; q < conf->queue_count; q++) {
		for (size_t t = 0; t < template_file_count; t++) {
			const struct conf_queue *queue = &conf->queues[q];

			check_file(conf, queue, template_files[t], ".txt", true, &a, ret_findings);
			check_file(conf, queue, template_files[t], ".html", false, &a,
				   ret_findings);
		}
	}
}
