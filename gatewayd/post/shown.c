#include "gatewayd/post/shown.h"

#include "gatewayd/base/fold.h"
#include "gatewayd/base/utf8.h"
#include "parser/html.h"

enum {
	LINES_MAX = 16 * MIB,
	FACT_WORDS_MIN = 3,
};

/* The values that the customer chose, or staff. */
static const char *const theirs[] = { "text", "text_html", "subject", "customer",
				      "cc",   "sender",	   "held",    "why" };

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

/* "Label: value", or a few words in a row. */
static bool says_something(struct span line)
{
	struct span rest = line;
	uint64_t hash;
	size_t words = fold_line(line, FOLD_UNICODE, &hash);

	span_cut(&rest, ':');
	return words >= FACT_WORDS_MIN || (words > 1 && fold_line(rest, FOLD_UNICODE, &hash) > 0);
}

static void add_facts(struct span text, struct buf *out)
{
	struct span line;

	while (span_line(&text, &line))
		if (says_something(line))
			add_lines(line, SHOWN_INTERNAL, out);
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
static void add_bare(const struct desk *d, const struct compose_texts *t, struct buf *out)
{
	add_facts(t->text, out);
	if (!t->is_derived)
		add_facts(text_of_html(d, t->html), out);
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
	struct compose_texts bare;
	struct store_case nameless = *p->c;
	struct compose_mail mail = *p;
	struct buf lines BUF_AUTO;
	struct err why;

	buf_init(&lines, LINES_MAX);
	nameless.subject = SPAN("");
	mail.c = &nameless;
	for (size_t i = 0; i < sizeof(theirs) / sizeof(*theirs); i++)
		template_set(p->data, theirs[i], SPAN(""));
	template_keep(p->data, is_ours);
	if (compose_texts(d, &mail, &bare, &why) == 0)
		add_bare(d, &bare, &lines);
	add_shown(d, texts, &lines);
	return store_shown_add(d->store, p->c->number, until, buf_span(&lines), e);
}
