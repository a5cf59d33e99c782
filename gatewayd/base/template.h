/*
 * The small mustache that mails are made with.
 *
 *   {{name}}                 the value; escaped in HTML
 *   {{#name}} ... {{/name}}  when name is there and not empty; once for each row of a list
 *   {{^name}} ... {{/name}}  when it is not
 *   {{! words }}             nothing
 *
 * "name_found" holds when the list "name" has rows.  Inside a list a name is looked for in the row
 * first, then outside.  A line that has a section tag or comment and nothing else leaves no line.
 * Names are [a-z0-9_].  There is no unescaped form.
 */
#ifndef GATEWAYD_BASE_TEMPLATE_H
#define GATEWAYD_BASE_TEMPLATE_H

#include "gatewayd/base/arena.h"
#include "gatewayd/base/buf.h"
#include "gatewayd/base/err.h"

enum {
	TEMPLATE_DEPTH_MAX = 8, /* sections inside each other */
	TEMPLATE_NAME_MAX = 64,
	TEMPLATE_ROWS_MAX = 1000, /* of a list; further ones are left out */
};

/* Values by name; they belong to an arena, the texts and the names (literals) to the caller.  A
 * name that is missing is "". */
struct template_data;

struct template_data *template_data_new(struct arena *a);
void template_set(struct template_data *d, const char *name, struct span text);
void template_setf(struct template_data *d, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void template_set_int(struct template_data *d, const char *name, int64_t n); /* decimal */
void template_set_flag(struct template_data *d, const char *name, bool on);
/* A new row at the end of the list of that name, to be filled. */
struct template_data *template_row(struct template_data *d, const char *list);
/* The value of `name`, when there is one, under another name, too. */
void template_alias(struct template_data *d, const char *name, const char *other);
/* The value of `name`; "": there is none, or it is a list. */
struct span template_text(const struct template_data *d, const char *name);
/* The same mail without its words: another value, where there is one. */
void template_replace(struct template_data *d, const char *name, struct span text);
/* Empties what may not go out (gatewayd/README.md, invariant I7): each value, in rows too, whose
 * name is not kept. */
void template_keep(struct template_data *d, bool (*keep)(struct span name));

enum template_mode { TEMPLATE_TEXT, TEMPLATE_HTML };

/* The names that may stand in a template. */
struct template_names {
	bool (*known)(struct span name, const void *ctx);
	/* Of one that may not: which was likely meant; NULL: none.  The function may be NULL. */
	const char *(*near)(struct span name, const void *ctx);
	const void *ctx;
};

/*
 * Everything that can be wrong with a template, found before it is needed: syntax, nesting, and a
 * name that is not known.  ERR_PERM names file, line and placeholder, and the name that is near.
 */
int template_check(struct span text, const char *file, const struct template_names *names,
		   struct err *e);

/*
 * A template that was read once, for many mails.  It belongs to the arena, and the text and the
 * name of its file must live as long.  ERR_PERM: the syntax, as template_check() says it.
 */
struct template;
int template_compile(struct span text, const char *file, struct arena *a,
		     const struct template **ret_template, struct err *e);

/* ERR_PERM: more than out takes. */
int template_make(const struct template *t, const struct template_data *d, enum template_mode mode,
		  struct buf *out, struct err *e);

/* Both, for a text that is made once, with memory of the data's arena. */
int template_render(struct span text, const char *file, const struct template_data *d,
		    enum template_mode mode, struct buf *out, struct err *e);

#endif
