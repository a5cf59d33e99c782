#include "conf/form.h"

#include "conf/derive.h"
#include "gatewayd/base/escape.h"
#include "gatewayd/base/units.h"

enum { SHELVES = 64, PAGE_MAX = MIB };

/* A form, or why there is none, and what it was asked for by. */
struct kept {
	struct conf_form form;
	struct err why;
	const struct conf_queue *queue;
	const char *language, *name;
	bool marked;
	struct kept *next;
};

struct conf_forms {
	struct arena *arena;
	struct kept *shelves[SHELVES]; /* by the name's hash */
};

struct conf_forms *forms_new(struct arena *a)
{
	struct conf_forms *f = arena_alloc(a, sizeof(*f));

	f->arena = a;
	return f;
}

static struct kept **shelf_of(struct conf_forms *f, const char *name)
{
	unsigned hash = 0;

	for (; *name; name++)
		hash = hash * 31 + (unsigned char)*name;
	return &f->shelves[hash % SHELVES];
}

static bool is_asked_for(const struct kept *k, const struct kept *key)
{
	return k->queue == key->queue && k->marked == key->marked &&
	       strcmp(k->name, key->name) == 0 && strcmp(k->language, key->language) == 0;
}

/* --- from files to templates --- */

/* What is written once counts for every mail. */
static struct span clean(struct span text, struct arena *a)
{
	struct buf out BUF_AUTO;

	buf_init(&out, text.n * 3); /* a byte that is no UTF-8 becomes three */
	escape_text(text, &out);
	return arena_dup(a, buf_span(&out));
}

/* "Subject: ..." on the first line, an empty line, the text. */
static int part_text(const struct conf_template *t, struct span *ret_subject, struct span *ret_text,
		     struct err *e)
{
	const struct span field = SPAN("Subject:");
	struct span first, rest = t->text;

	if (!span_line(&rest, &first) || !span_starts_ci(first, field))
		return err_set(e, ERR_PERM, "%s:1: the first line is not \"Subject: ...\"",
			       t->text_file);
	*ret_subject = span_trim(span_sub(first, field.n, SIZE_MAX));
	*ret_text = rest;
	return 0;
}

static void mark(struct span *text, struct span *html, struct arena *a)
{
	*text =
	    span_of(arena_printf(a, "{{! quiet }}\n{{write_above}}\n" SPAN_FMT, SPAN_ARG(*text)));
	if (html->p)
		*html =
		    span_of(arena_printf(a, "<p>{{write_above}}</p>\n" SPAN_FMT, SPAN_ARG(*html)));
}

/* The operator's HTML form, or one that is derived from the text, in the page of the look. */
static int make_page(const struct conf *c, const struct kept *key, struct span text,
		     struct span html, struct span *ret_page, struct err *e)
{
	struct arena *a = c->forms->arena;
	struct buf body BUF_AUTO, page BUF_AUTO;
	struct derive_look look;
	struct span look_text;
	const char *path;

	buf_init(&body, PAGE_MAX);
	buf_init(&page, PAGE_MAX);
	if (conf_look_read(c, key->queue, a, &path, &look_text, e) < 0 ||
	    derive_look_read(clean(look_text, a), path, &look, e) < 0)
		return -1;
	if (html.p)
		buf_add(&body, html);
	else
		derive_html(text, &look, &body);
	derive_page(&look, span_of(key->language), buf_span(&body), &page);
	*ret_page = arena_dup(a, buf_span(&page));
	return 0;
}

static int make(const struct conf *c, struct kept *k, struct err *e)
{
	struct arena *a = c->forms->arena;
	struct span subject, text, page, file;
	struct conf_template t;

	if (conf_template_read(c, k->queue, k->language, k->name, a, &t, e) < 0)
		return -1;
	t.text = clean(t.text, a);
	t.html = t.html.p ? clean(t.html, a) : t.html;
	if (part_text(&t, &subject, &text, e) < 0)
		return -1;
	if (k->marked)
		mark(&text, &t.html, a);
	else if (text.n && text.p[0] == '\n')
		text = span_sub(text, 1, SIZE_MAX);
	if (make_page(c, k, text, t.html, &page, e) < 0 ||
	    template_compile(subject, t.text_file, a, &k->form.subject, e) < 0 ||
	    template_compile(text, t.text_file, a, &k->form.text, e) < 0 ||
	    template_compile(page, t.html.p ? t.html_file : t.text_file, a, &k->form.html, e) < 0)
		return -1;
	k->form.is_derived = !t.html.p;
	file = span_of(t.text_file);
	k->form.language = arena_cstr(a, span_cut(&file, '/'));
	return 0;
}

/* What is wrong is wrong as long as there is this configuration. */
static struct kept *add(const struct conf *c, const struct kept *key, struct kept *next)
{
	struct arena *a = c->forms->arena;
	struct kept *k = arena_alloc(a, sizeof(*k));

	*k = *key;
	k->language = arena_cstr(a, span_of(key->language));
	k->name = arena_cstr(a, span_of(key->name));
	k->next = next;
	if (make(c, k, &k->why) < 0)
		k->form.html = NULL;
	return k;
}

const struct conf_form *conf_form(const struct conf *c, const struct conf_queue *queue,
				  const char *language, const char *name, bool marked,
				  struct err *e)
{
	struct kept key = { .queue = queue, .language = language, .name = name, .marked = marked };
	struct kept **shelf = shelf_of(c->forms, name), *k = *shelf;

	while (k && !is_asked_for(k, &key))
		k = k->next;
	if (!k)
		k = *shelf = add(c, &key, *shelf);
	if (k->form.html)
		return &k->form;
	*e = k->why;
	return NULL;
}
