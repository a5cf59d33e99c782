#include "gatewayd/mail/staff_texts.h"

#include "gatewayd/case/search.h"
#include "gatewayd/mail/snippet.h"
#include "gatewayd/mail/staff_answer.h"
#include "gatewayd/mail/staff_run.h"
#include "gatewayd/mail/staff_said.h"

/* --- known answers --- */

static bool read_id(struct span argument, int64_t *ret_id)
{
	struct span rest;

	return staff_said_case(argument, ret_id, &rest) && !rest.n;
}

static int get_article(struct desk *d, int64_t id, struct store_article *ret_article, struct err *e)
{
	struct word_value v = { "name", word_number(d, id) };

	if (store_article_by_id(d->store, id, d->arena, ret_article, e) == 0)
		return 0;
	return e->class == ERR_PERM ? word_refuse(d, e, WORD_NO_ARTICLE, &v, 1) : -1;
}

/* Its link where it has one; else what it says. */
static struct span article_text(struct desk *d, const struct store_article *a)
{
	struct buf out BUF_AUTO;

	buf_init(&out, a->title.n + a->link.n + a->text.n + 2);
	if (a->link.n) {
		buf_add(&out, a->title);
		buf_addc(&out, '\n');
		buf_add(&out, a->link);
	} else {
		buf_add(&out, span_trim(a->text));
	}
	return arena_dup(d->arena, buf_span(&out));
}

/* --- both --- */

static int text_of(struct desk *d, const struct staff_request *r, const struct staff_command *c,
		   struct span *ret_text, struct err *e)
{
	struct span rest = c->argument, name = SPAN("");
	struct store_article article;
	struct store_case row;
	int64_t id;

	if (c->verb == STAFF_KB) {
		if (!read_id(c->argument, &id) || get_article(d, id, &article, e) < 0)
			return -1;
		*ret_text = article_text(d, &article);
		return 0;
	}
	staff_said_word(&rest, &name);
	if (r->number && store_case_get(d->store, r->number, d->arena, &row, e) < 0)
		return -1;
	return snippet_read(d, name, r->number ? &row : NULL, r->staff, ret_text, e);
}

int staff_texts(struct desk *d, const struct staff_request *r, struct span *ret_text,
		struct staff_failure *ret_failure, struct err *e)
{
	struct span words = r->commands->text;
	size_t signature = staff_answer_signature(words);
	struct err why = { 0 };
	struct buf out BUF_AUTO;

	buf_init(&out, SIZE_MAX);
	*ret_failure = (struct staff_failure){ SPAN(""), SPAN("") };
	*ret_text = words;
	if (!staff_commands_add_text(r->commands))
		return 0;
	buf_add(&out, span_trim(span_sub(words, 0, signature)));
	for (size_t i = 0; i < r->commands->n; i++) {
		const struct staff_command *c = &r->commands->v[i];
		struct span text;

		if (!staff_command_adds_text(c))
			continue;
		if (text_of(d, r, c, &text, &why) < 0) {
			if (why.class != ERR_PERM) {
				*e = why;
				return -1;
			}
			*ret_failure =
			    (struct staff_failure){ c->line,
						    arena_dup(d->arena, span_of(why.text)) };
			return 0;
		}
		buf_adds(&out, out.n ? "\n\n" : "");
		buf_add(&out, text);
	}
	buf_adds(&out, signature < words.n ? "\n\n" : "");
	buf_add(&out, span_sub(words, signature, SIZE_MAX));
	*ret_text = arena_dup(d->arena, buf_span(&out));
	return 0;
}

/* Beside an answer it stands below it; else it is shown. */
static int says_text(struct run *r, enum word done, struct span name, struct err *e)
{
	if (r->r->answered) {
		staff_says(r, done, "name", name);
		return 0;
	}
	if (text_of(r->d, r->r, r->c, &r->found, e) < 0)
		return -1;
	staff_says(r, WORD_DONE_TEXT, NULL, SPAN_NONE);
	return 0;
}

int staff_run_snippet(struct run *r, struct err *e)
{
	struct span rest = r->c->argument, name;

	if (staff_said_word(&rest, &name))
		return says_text(r, WORD_DONE_SNIPPET, name, e);
	r->found = snippet_names(r->d);
	staff_says(r, r->found.n ? WORD_DONE_SNIPPETS : WORD_DONE_NO_SNIPPETS, NULL, SPAN_NONE);
	return 0;
}

/* What the case is about. */
static int words_of(struct run *r, struct span *ret_subject, struct span *ret_text, struct err *e)
{
	struct store_case c;
	struct store_note *v;
	size_t n;

	*ret_subject = SPAN("");
	*ret_text = r->c->argument;
	if (r->c->argument.n || !r->r->number)
		return 0;
	if (store_case_get(r->d->store, r->r->number, r->d->arena, &c, e) < 0 ||
	    store_note_list(r->d->store, r->r->number, r->d->arena, &v, &n, e) < 0)
		return -1;
	*ret_subject = c.subject;
	if (n)
		*ret_text = v[0].reply;
	return 0;
}

/* "#kb purge": articles and their numbers; "#kb" those for the case; "#kb 12" that one. */
int staff_run_kb(struct run *r, struct err *e)
{
	struct span subject, text;
	struct search_hit *v;
	struct buf out BUF_AUTO;
	int64_t id;
	size_t n;

	buf_init(&out, (size_t)64 * 1024);
	if (read_id(r->c->argument, &id))
		return says_text(r, WORD_DONE_KB, word_number(r->d, id), e);
	if (words_of(r, &subject, &text, e) < 0)
		return -1;
	if (!subject.n && !text.n)
		return staff_refuse_usage(r, e);
	if (search_articles(r->d, subject, text, SEARCH_DEFAULT, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (store_article_id(r->d->store, v[i].path, &id, e) < 0)
			return -1;
		buf_addf(&out, "#kb %lld: " SPAN_FMT " " SPAN_FMT "\n", (long long)id,
			 SPAN_ARG(v[i].title), SPAN_ARG(v[i].link));
	}
	r->found = arena_dup(r->d->arena, buf_span(&out));
	staff_says(r, n ? WORD_DONE_KB_LIST : WORD_DONE_KB_NONE, NULL, SPAN_NONE);
	return 0;
}
