/* template list, template show */
#include <sysexits.h>

#include "conf/notices.h"
#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_names.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"
#include "gatewayd/post/post.h"
#include "gatewayd/post/template_name.h"

static json_t *languages_of(struct ctl *c, const char *template)
{
	json_t *languages = json_array();

	for (size_t i = 0; i < c->d->conf->languages.n; i++) {
		const char *language = c->d->conf->languages.v[i];
		struct conf_template t;
		struct err none;

		if (conf_template_read(c->d->conf, NULL, language, template, c->d->arena, &t,
				       &none) == 0 &&
		    span_starts(span_of(t.text_file), span_of(language)))
			json_array_append_new(languages, json_string(language));
	}
	return languages;
}

/* The queues that differ from what a queue does that says nothing. */
static json_t *differing(struct ctl *c, const struct notice_cell *cell)
{
	json_t *queues = json_array();

	for (size_t i = 0; i < c->d->conf->queue_count; i++) {
		const struct conf_queue *queue = &c->d->conf->queues[i];

		if (notice_is_on(cell, queue) != (cell->mode != NOTICE_OFF))
			json_array_append_new(queues, json_string(queue->name));
	}
	return queues;
}

static json_t *cell_json(struct ctl *c, const void *row, struct err *e)
{
	static const char *const modes[] = {
		[NOTICE_OFF] = "off", [NOTICE_ON] = "on", [NOTICE_FIXED] = "always"
	};
	const struct notice_cell *cell = row;

	(void)e;
	return json_pack(
	    "{s:o, s:s, s:s, s:s, s:s, s:o, s:o}", "notice",
	    json_of_span(span_of(arena_printf(c->d->arena, "%s.%s", notice_event_name(cell->event),
					      notice_audience_name(cell->audience)))),
	    "to", notice_for_staff(cell->audience) ? "staff" : "customers", "template",
	    cell->template, "told", modes[cell->mode], "when", notice_when_text(cell->when),
	    "languages", languages_of(c, cell->template), "not_in", differing(c, cell));
}

int ctl_template_list(struct ctl *c)
{
	static const struct ctl_column columns[] = {
		{ "notice", "event and audience", 24, CTL_TEXT },
		{ "template", "template", 18, CTL_TEXT },
		{ "told", "told", 6, CTL_TEXT },
		{ "not_in", "otherwise in", 16, CTL_TEXT },
		{ "languages", "languages", 14, CTL_TEXT },
		{ "when", "when", 0, CTL_TEXT },
	};

	return ctl_list(c, notice_cells, notice_cell_count, sizeof(*notice_cells), cell_json,
			columns, sizeof(columns) / sizeof(*columns));
}

/* "NAME=VALUE" of --set; n 0 when it is not given. */
static struct word_value set_value(struct ctl *c, size_t *ret_n)
{
	struct span rest = ctl_value_or_empty(c, "--set"), name = span_cut(&rest, '=');

	*ret_n = ctl_value(c, "--set") ? 1 : 0;
	return (struct word_value){ arena_cstr(c->d->arena, name), rest };
}

static const char *template_at(const void *ctx, size_t i)
{
	(void)ctx;
	return template_files[i].name;
}

static int preview(struct ctl *c, json_t **ret_view)
{
	struct post_preview p = { .template = c->words[0], .language = ctl_value(c, "--lang") };
	struct compose_texts texts;
	struct word_value set;
	struct err e = { 0 };
	int status = ctl_option_number(c, "--case", &p.number);

	if (status == EX_OK && !template_file_find(p.template))
		return ctl_unknown(c,
				   &(struct ctl_known){ .what = "mail template",
							.verb = "template list",
							.n = template_file_count,
							.at = template_at },
				   p.template);
	if (status != EX_OK)
		return status;
	set = set_value(c, &p.set_count);
	p.set = &set;
	if (post_preview(c->d, &p, &texts, &e) < 0)
		return ctl_fail(c, &e);
	*ret_view = json_pack("{s:o, s:o, s:o}", "subject", json_of_span(texts.subject), "text",
			      json_of_span(texts.text), "html", json_of_span(texts.html));
	return EX_OK;
}

/* Where the store is: JSON for the half that was asked. */
int ctl_template_show(struct ctl *c)
{
	json_t *view = NULL;
	int status = preview(c, &view);

	return status == EX_OK ? ctl_done(c, view) : status;
}

/* Of a case, asked of where the store is, with its configuration. */
static int ask_of_case(struct ctl *c, json_t **ret_view)
{
	const char *words[CTL_WORDS_MAX];
	struct buf out BUF_AUTO;
	struct err e = { 0 };
	int length = ctl_name_length(c->verb->name, c->argc, c->argv), n = c->argc - length, status;

	buf_init(&out, CTL_OUT_MAX);
	if (n >= CTL_WORDS_MAX)
		return ctl_usage(c, "too many words");
	memcpy(words, c->argv + length, (size_t)n * sizeof(*words));
	words[n++] = "--json";
	status = ctl_ask_half(c, n, words, SPAN(""), &out);
	if (status == EX_OK && json_read(buf_span(&out), ret_view, &e) < 0)
		return ctl_fail(c, &e);
	return status;
}

/* Samples need no store: they are shown with the templates as they are on the disk now. */
int ctl_template_show_local(struct ctl *c)
{
	const char *path = ctl_value(c, "--html");
	json_t *view JSON_AUTO = NULL;
	int status = ctl_value(c, "--case") ? ask_of_case(c, &view) : preview(c, &view);

	if (status == EX_OK && path)
		status = ctl_write_file(c, path, json_span(view, "html"));
	if (status != EX_OK)
		return status;
	if (c->json)
		return ctl_done(c, json_incref(view));
	buf_addf(c->out, "Subject: " SPAN_FMT "\n\n" SPAN_FMT, SPAN_ARG(json_span(view, "subject")),
		 SPAN_ARG(json_span(view, "text")));
	return EX_OK;
}
