/*
 * Mail templates ready to be filled in: read, checked, given their HTML form and compiled when they
 * are first asked for, and kept as long as the configuration that they belong to.
 *
 * Not shared between threads.
 */
#ifndef CONF_FORM_H
#define CONF_FORM_H

#include "conf/conf.h"
#include "gatewayd/base/template.h"

struct conf_form {
	const char *language; /* of the folder that it was found in */
	const struct template *subject, *text, *html;
	bool is_derived; /* the HTML form says what the text does */
};

/* No form yet; in the arena, which they will belong to. */
struct conf_forms *forms_new(struct arena *a);

/*
 * The form of a template's name, found as conf_template_read() finds it.  marked: {{write_above}}
 * stands above it, whatever the template is.  What is no UTF-8 or a control character in the files
 * is as escape_text() has it.  NULL: e says what is wrong with the template or the look.
 */
const struct conf_form *conf_form(const struct conf *c, const struct conf_queue *queue,
				  const char *language, const char *name, bool marked,
				  struct err *e);

#endif
