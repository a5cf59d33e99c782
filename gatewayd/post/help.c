#include "gatewayd/post/help.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/case/search.h"

/* --- known answers --- */

static bool is_head(struct span line)
{
	return !line.n || line.p[0] == '#' || span_starts(line, SPAN("---")) ||
	       span_starts_ci(line, SPAN("link:")) || span_starts_ci(line, SPAN("title:"));
}

/* The first lines that are no head, as one; cut between words. */
static struct span excerpt(struct arena *a, const struct store_article *article)
{
	struct span rest = article->text, line, text;
	struct buf out BUF_AUTO;

	buf_init(&out, (size_t)4 * HELP_EXCERPT_MAX);
	while (out.n <= HELP_EXCERPT_MAX && span_line(&rest, &line)) {
		line = span_trim(line);
		if (is_head(line) || (!out.n && span_eq(line, article->title)))
			continue;
		buf_adds(&out, out.n ? " " : "");
		buf_add(&out, line);
	}
	text = buf_span(&out);
	if (text.n > HELP_EXCERPT_MAX) {
		const char *blank = memrchr(text.p, ' ', HELP_EXCERPT_MAX);

		text = utf8_prefix(text, blank ? (size_t)(blank - text.p) : HELP_EXCERPT_MAX);
		return span_of(arena_printf(a, SPAN_FMT " \xe2\x80\xa6", SPAN_ARG(text)));
	}
	return arena_dup(a, text);
}

/* Its link, or its first lines. */
static int set_answer(struct desk *d, struct template_data *row, const struct search_hit *answer,
		      struct err *e)
{
	struct store_article article;

	template_set(row, "title", answer->title);
	template_set(row, "link", answer->link);
	template_setf(row, "score", "%.2f", answer->score);
	if (answer->link.n)
		return 0;
	if (store_article_get(d->store, answer->path, d->arena, &article, e) < 0)
		return -1;
	template_set(row, "excerpt", excerpt(d->arena, &article));
	return 0;
}

/* Those that fit well enough. */
static int list_answers(struct desk *d, struct compose_mail *mail, const struct search_hit *v,
			size_t n, double least, struct err *e)
{
	size_t shown = 0;

	for (; shown < n && v[shown].score >= least; shown++)
		if (set_answer(d, template_row(mail->data, "suggestions"), &v[shown], e) < 0)
			return -1;
	template_set_flag(mail->data, "suggestions_found", shown > 0);
	return 0;
}

static int answers(struct desk *d, struct compose_mail *mail, struct span words, struct err *e)
{
	const struct conf_limits *limits = &d->conf->limits;
	struct search_hit *v;
	size_t n;

	if (!d->conf->kb_dir || limits->kb_suggestions == 0)
		return 0;
	if (search_articles(d, mail->c->subject, words, limits->kb_suggestions, &v, &n, e) < 0)
		return -1;
	return list_answers(d, mail, v, n, limits->kb_score, e);
}

/* Who asks for them gets those that would not be offered, too. */
int help_search(struct desk *d, struct compose_mail *mail, struct span query, struct err *e)
{
	struct search_hit *v;
	size_t n;

	if (!d->conf->kb_dir)
		return 0;
	if (search_articles(d, SPAN(""), query, HELP_FOUND_MAX, &v, &n, e) < 0)
		return -1;
	return list_answers(d, mail, v, n, d->conf->limits.kb_score / 2, e);
}

/* --- pages of help --- */

/* In the language of the mail, or in none. */
static void resources(struct compose_mail *mail)
{
	const struct conf_queue *q = mail->queue;

	for (size_t i = 0; i < q->resource_count; i++) {
		const struct conf_resource *r = &q->resources[i];
		struct template_data *row;

		if (r->language && strcmp(mail->words->language, r->language) != 0)
			continue;
		row = template_row(mail->data, "resources");
		template_set(row, "title", span_of(r->title));
		template_set(row, "link", span_of(r->link));
	}
}

/* --- the account team --- */

static bool is_for_account_team(const struct conf_queue *q)
{
	return strcmp(q->kind, "business") == 0 || strcmp(q->kind, "billing") == 0;
}

int help_team(struct desk *d, struct compose_mail *mail, struct err *e)
{
	struct store_account a = { 0 };

	if (!mail->c || !mail->c->account.n || !is_for_account_team(mail->queue))
		return 0;
	if (store_account_get(d->store, mail->c->account, d->arena, &a, e) < 0)
		return -1;
	if (!a.id.p)
		return 0;
	template_set(mail->data, "team", a.contact_name);
	template_set(mail->data, "team_phone", a.team_phone);
	template_set(mail->data, "team_address", a.team_address);
	return 0;
}

int help_fill(struct desk *d, struct compose_mail *mail, struct span words, struct err *e)
{
	if (span_is(mail->c->resource, "community")) {
		template_set(mail->data, "community", span_of(mail->queue->community));
		resources(mail);
	}
	return answers(d, mail, words, e);
}
