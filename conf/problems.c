#include "conf/problems.h"

#include <stdio.h>
#include <stdlib.h>

#include "gatewayd/base/escape.h"
#include "gatewayd/base/mem.h"

/* One line of the text. */
struct conf_problem {
	size_t at, n, file_n; /* the text begins with the file's name */
	size_t rank;	      /* of the file */
	int line;
};

void conf_problems_init(struct conf_problems *p)
{
	*p = (struct conf_problems){ 0 };
	buf_init(&p->text, PROBLEMS_TEXT_MAX);
}

void conf_problems_release(struct conf_problems *p)
{
	buf_release(&p->text);
	mem_free(&p->v);
	*p = (struct conf_problems){ 0 };
}

static struct conf_problem *add_line(struct conf_problems *p)
{
	MEM_GROW(p->v, p->n, &p->room);
	p->v[p->n] = (struct conf_problem){ .at = p->text.n };
	return &p->v[p->n++];
}

struct place {
	const char *file;
	int line;
	const char *path;
};

__attribute__((format(printf, 4, 0))) static void
add(struct conf_problems *p, const char *kind, const struct place *at, const char *fmt, va_list ap)
{
	struct conf_problem *it = add_line(p);
	char text[PROBLEM_MAX];

	/* A value from the file may hold anything: control bytes would forge lines on the terminal.
	 */
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	escape_visible(span_of(at->file), &p->text);
	it->file_n = p->text.n - it->at;
	it->line = at->line;
	if (at->line)
		buf_addf(&p->text, ":%d", at->line);
	buf_addf(&p->text, ": %s", kind);
	if (at->path && *at->path) {
		escape_visible(span_of(at->path), &p->text);
		buf_adds(&p->text, ": ");
	}
	escape_visible(span_of(text), &p->text);
	buf_addc(&p->text, '\n');
	it->n = p->text.n - it->at;
}

void conf_problem(struct conf_problems *p, const char *file, int line, const char *path,
		  const char *fmt, ...)
{
	va_list ap;

	p->count++;
	va_start(ap, fmt);
	add(p, "", &(struct place){ file, line, path }, fmt, ap);
	va_end(ap);
}

void conf_warning(struct conf_problems *p, const char *file, int line, const char *path,
		  const char *fmt, ...)
{
	va_list ap;

	p->warnings++;
	va_start(ap, fmt);
	add(p, "warning: ", &(struct place){ file, line, path }, fmt, ap);
	va_end(ap);
}

static int by_place(const void *a, const void *b)
{
	const struct conf_problem *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

void problems_sort(struct conf_problems *p, const struct conf_files *files)
{
	struct buf sorted;

	buf_init(&sorted, PROBLEMS_TEXT_MAX);
	for (size_t i = 0; i < p->n; i++)
		p->v[i].rank =
		    files_rank(files, span_sub(buf_span(&p->text), p->v[i].at, p->v[i].file_n));
	if (p->n)
		qsort(p->v, p->n, sizeof(*p->v), by_place);
	for (size_t i = 0; i < p->n; i++) {
		size_t at = sorted.n;

		buf_add(&sorted, span_sub(buf_span(&p->text), p->v[i].at, p->v[i].n));
		p->v[i].at = at;
	}
	buf_release(&p->text);
	p->text = sorted;
}

enum { WORD_MAX = 64 };

/* Levenshtein's, with one row; a swap of neighbours counts two, which is near enough. */
size_t problems_distance(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b), row[WORD_MAX + 1];

	if (na > WORD_MAX || nb > WORD_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t best = corner + (ascii_lower((unsigned char)a[i - 1]) !=
						ascii_lower((unsigned char)b[j - 1]));

			corner = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[nb];
}

const char *conf_nearest(const char *name, size_t n, const char *(*at)(const void *ctx, size_t i),
			 const void *ctx)
{
	size_t best = strlen(name) / 2 + 1;
	const char *found = NULL;

	for (size_t i = 0; i < n; i++) {
		const char *c = at(ctx, i);
		size_t d = c ? problems_distance(name, c) : SIZE_MAX;

		if (d < best) {
			best = d;
			found = c;
		}
	}
	return found;
}

void problems_advise(struct buf *text, const char *near, const char *advice)
{
	if (near)
		buf_addf(text, "; did you mean \"%s\"?", near);
	else if (advice)
		buf_addf(text, "; %s", advice);
}
