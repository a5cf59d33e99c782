/*
 * The HTML form of a mail from its text form: a template becomes a template.
 *
 * What happens here happens before values are filled in, so that nothing a person wrote can become
 * structure.  Blank lines part blocks.  A block is a paragraph, a list when its lines begin with
 * "- ", or what a comment alone on the line above it says:
 *
 *   {{! facts }}   lines of "label: value", a small table
 *   {{! said }}    words of a person, set apart from ours
 *   {{! action }}  the one thing to do; a line that ends with a link is a button
 *   {{! urgent }}  a panel that is seen first; a phone number in it is large
 *   {{! quiet }}   small print
 *
 * Such comments leave nothing in the text form.  How each looks stands in look.html beside the
 * languages: a section a name of DERIVE_PARTS, with {{content}} (and {{label}}, {{url}}) where it
 * goes in.
 */
#ifndef CONF_DERIVE_H
#define CONF_DERIVE_H

#include "gatewayd/base/buf.h"
#include "gatewayd/base/err.h"

#define DERIVE_PARTS(X)                                              \
	X(PAGE, "page") /* all of the mail; has {{language}}, too */ \
	X(PARAGRAPH, "paragraph")                                    \
	X(FACTS, "facts")                                            \
	X(FACT, "fact") /* label */                                  \
	X(SAID, "said")                                              \
	X(ACTION, "action")                                          \
	X(BUTTON, "button") /* url, content */                       \
	X(URGENT, "urgent")                                          \
	X(PHONE, "phone") /* label, content */                       \
	X(LIST, "list")                                              \
	X(ITEM, "item")                                              \
	X(QUIET, "quiet")                                            \
	X(LINK, "link") /* url, content */
enum derive_part {
#define X(id, name) DERIVE_##id,
	DERIVE_PARTS(X)
#undef X
	    DERIVE_PART_COUNT,
};

struct derive_look {
	struct span parts[DERIVE_PART_COUNT];
};

/* ERR_PERM: a part is missing, or has no {{content}}; names the file. */
int derive_look_read(struct span text, const char *file, struct derive_look *ret_look,
		     struct err *e);

/* template: the text form below its subject, a sound one (template_check()). */
void derive_html(struct span template, const struct derive_look *look, struct buf *out);

/* The whole page around a body; content is no template any more. */
void derive_page(const struct derive_look *look, struct span language, struct span content,
		 struct buf *out);

#endif
