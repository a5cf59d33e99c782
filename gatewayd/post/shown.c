#include "gatewayd/post/shown.h"

#include "gatewayd/base/fold.h"
#include "gatewayd/base/utf8.h"
#include "parser/html.h"

enum {
	LINES_MAX = 16 * MIB,
	FACT_WORDS_MIN = 3,
};

/* The values that the customer chose, or staff. */
static const char *const theirs[] = { "text", "text_html", "subject", "customer", "cc" };
/* Those that stand in a line of ours: the line is internal, its words alone are not. */
static const char *const inside[] = { "sender", "held", "why" };

/* In the rows of a transcript, and of a history. */
static bool is_ours(struct span name)
{
	return !span_is(name, "command") && !span_is(name, "history_text") &&
	       !span_is(name, "history_who");
}

static void add_lines(struct span text, char letter, struct buf *out)
{
	struct span line;

	while (span_line(&text, &line)) {
		if (!span_trim(line).n)
			continue;
		buf_addc(out, letter);
		buf_add(out, span_trim(line));
		buf_addc(out, '\n');
	}
}

/* "- #severity 2": the commands of a transcript; what was found is indented. */
static void add_commands(struct span text, struct buf *out)
{
	struct span line;

	while (span_line(&text, &line))
		if (span_starts(line, SPAN("- #")))
			add_lines(line, SHOWN_COMMAND, out);
}

/* "Label: value", or a few words in a row. */
static bool says_something(struct span line)
{
	struct span rest = line;
	uint64_t hash;
	size_t words = fold_line(line, FOLD_UNICODE, &hash);

	span_cut(&rest, ':');
	return words >= FACT_WORDS_MIN || (words > 1 && fold_line(rest, FOLD_UNICODE, &hash) > 0);
}

static void add_facts(struct span text, char letter, struct buf *out)
{
	struct span line;

	while (span_line(&text, &line))
		if (says_something(line))
			add_lines(line, letter, out);
}

/* As a client shows it. */
static struct span text_of_html(const struct desk *d, struct span html)
{
	struct reading r = { .arena = d->arena };
	struct html_hints hints = { .unasked = true };
	struct buf out BUF_AUTO;

	buf_init(&out, LINES_MAX);
	buf_init(&r.bytes, LINES_MAX);
	buf_init(&r.text, LINES_MAX);
	html_to_text(html, &r, &out, &hints);
	buf_release(&r.bytes);
	buf_release(&r.text);
	return arena_dup(d->arena, buf_span(&out));
}

/* What is derived has the facts of the text, word by word. */
static void add_bare(const struct desk *d, const struct compose_mail *p, char letter,
		     struct buf *out)
{
	struct compose_texts t;
	struct err why;

	if (compose_texts(d, p, &t, &why) < 0)
		return;
	add_facts(t.text, letter, out);
	if (!t.is_derived)
		add_facts(text_of_html(d, t.html), letter, out);
}

static void replace_all(struct template_data *data, const char *const *names, size_t n,
			struct span text)
{
	for (size_t i = 0; i < n; i++)
		template_replace(data, names[i], text);
}

/* Most mails have none of these, and are made once less. */
static bool has_inside(const struct template_data *data, struct span text)
{
	for (size_t i = 0; i < sizeof(inside) / sizeof(*inside); i++) {
		struct span value = template_text(data, inside[i]), line;

		if (span_line(&value, &line) && line.n && span_find(text, line) < text.n)
			return true;
	}
	return false;
}

static void add_shown(const struct desk *d, const struct compose_texts *t, struct buf *out)
{
	add_lines(t->text, SHOWN_SAID, out);
	add_lines(text_of_html(d, t->html), SHOWN_SAID, out);
}

int shown_keep(const struct desk *d, struct compose_mail *p, const struct compose_texts *texts,
	       struct err *e)
{
	int64_t until = d->now + d->conf->limits.token_days * DAY_S;
	struct store_case nameless = *p->c;
	struct compose_mail mail = *p;
	struct buf lines BUF_AUTO;

	buf_init(&lines, LINES_MAX);
	nameless.subject = SPAN("");
	mail.c = &nameless;
	replace_all(p->data, theirs, sizeof(theirs) / sizeof(*theirs), SPAN(""));
	template_keep(p->data, is_ours);
	if (has_inside(p->data, texts->text))
		add_bare(d, &mail, SHOWN_WHOLE, &lines);
	replace_all(p->data, inside, sizeof(inside) / sizeof(*inside), SPAN("-"));
	add_bare(d, &mail, SHOWN_INTERNAL, &lines);
	add_shown(d, texts, &lines);
	if (strcmp(p->template, "command_transcript") == 0)
		add_commands(texts->text, &lines);
	return store_shown_add(d->store, p->c->number, until, buf_span(&lines), e);
}
