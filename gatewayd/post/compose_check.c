#include "conf/derive.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/word.h"
#include "gatewayd/post/compose.h"
#include "gatewayd/post/template_name.h"

struct check {
	const struct conf *conf;
	const struct conf_queue *queue;
	const char *language;
	struct arena *arena;
	struct buf *findings, *doubts;
};

/* Once, however many languages and queues end up with the same file. */
static void say_once(struct buf *out, const char *line)
{
	if (span_find(buf_span(out), span_of(line)) == SIZE_MAX)
		buf_adds(out, line);
}

static void finding(const struct check *c, const struct err *e)
{
	say_once(c->findings, arena_printf(c->arena, "%s\n", e->text));
}

/* --- what is mostly a mistake --- */

/* Each byte of it would be a question mark for whoever reads the mail. */
static void doubt_text(const struct check *c, const char *path, struct span text)
{
	size_t n = utf8_text_run(text), line = 1;

	if (n == text.n)
		return;
	for (size_t i = 0; i < n; i++)
		line += text.p[i] == '\n';
	say_once(c->doubts, arena_printf(c->arena,
					 "%s:%zu: warning: this line is not UTF-8; save the file "
					 "as UTF-8\n",
					 path, line));
}

/* It is there, and another one stands in for it. */
static void doubt_passed(const struct check *c, const char *file)
{
	const char *path, *why;

	if (conf_template_passed(c->conf, c->queue, file, c->arena, &path, &why))
		say_once(c->doubts,
			 arena_printf(c->arena, "%s: warning: %s; it is passed over\n", path, why));
}

static void doubt_files(const struct check *c, const char *name)
{
	doubt_passed(c, arena_printf(c->arena, "%s/%s.txt", c->language, name));
	doubt_passed(c, arena_printf(c->arena, "%s/%s.html", c->language, name));
}

/* --- what is wrong --- */

static bool is_known(struct span name, const void *ctx)
{
	(void)ctx;
	return template_name_known(name);
}

static const char *near_name(struct span name, const void *ctx)
{
	(void)ctx;
	return template_name_near(name);
}

static const struct template_names names = { is_known, near_name, NULL };

enum part { PART_SUBJECT, PART_TEXT, PART_HTML, PARTS };

static int check_part(const struct conf_template *t, enum part part, struct err *e)
{
	if (part == PART_SUBJECT)
		return span_starts_ci(t->text, SPAN("Subject:"))
			   ? 0
			   : err_set(e, ERR_PERM, "%s:1: the first line is not \"Subject: ...\"",
				     t->text_path);
	if (part == PART_TEXT)
		return template_check(t->text, t->text_path, &names, e);
	return t->html.p ? template_check(t->html, t->html_path, &names, e) : 0;
}

int compose_check_one(const struct conf *conf, const struct conf_queue *queue, const char *language,
		      const char *name, struct arena *a, struct err *e)
{
	struct conf_template t;

	if (conf_template_read(conf, queue, language, name, a, &t, e) < 0)
		return -1;
	for (int part = 0; part < PARTS; part++)
		if (check_part(&t, (enum part)part, e) < 0)
			return -1;
	return 0;
}

static void check_template(const struct check *c, const char *name)
{
	struct conf_template t;
	struct err e;

	if (conf_template_read(c->conf, c->queue, c->language, name, c->arena, &t, &e) < 0) {
		err_set(&e, ERR_PERM, "queues.%s: there is no mail template %s.txt in %s",
			c->queue->name, name, c->language);
		finding(c, &e);
		return;
	}
	for (int part = 0; part < PARTS; part++)
		if (check_part(&t, (enum part)part, &e) < 0)
			finding(c, &e);
	doubt_text(c, t.text_path, t.text);
	doubt_text(c, t.html_path, t.html);
}

/* Names of templates, and those that the parts of a look have. */
static bool is_known_in_look(struct span name, const void *ctx)
{
	static const char *const own[] = { "content", "label", "url", "language" };

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (span_is(name, own[i]))
			return true;
	return is_known(name, ctx);
}

static void check_look(const struct check *c)
{
	static const struct template_names in_look = { is_known_in_look, near_name, NULL };
	struct derive_look look;
	struct span text;
	const char *path;
	struct err e;

	if (conf_look_read(c->conf, c->queue, c->arena, &path, &text, &e) < 0 ||
	    derive_look_read(text, path, &look, &e) < 0) {
		finding(c, &e);
		return;
	}
	doubt_text(c, path, text);
	for (int i = 0; i < DERIVE_PART_COUNT; i++)
		if (template_check(look.parts[i], path, &in_look, &e) < 0)
			finding(c, &e);
}

static void check_language(const struct check *c)
{
	for (size_t i = 0; i < template_file_count; i++) {
		check_template(c, template_files[i].name);
		doubt_files(c, template_files[i].name);
	}
	doubt_passed(c, "look.html");
}

void compose_check(const struct conf *conf, struct buf *ret_findings, struct buf *ret_doubts)
{
	struct arena a ARENA_AUTO;

	arena_init(&a);
	for (size_t q = 0; q < conf->queue_count; q++) {
		for (size_t i = 0; i < conf->languages.n; i++) {
			struct check c = { conf, &conf->queues[q], conf->languages.v[i],
					   &a,	 ret_findings,	   ret_doubts };

			check_look(&c);
			check_language(&c);
		}
	}
	word_check(conf, ret_findings);
}
