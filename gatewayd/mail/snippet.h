/*
 * Texts that staff use again and again: NAME.txt in `snippets_dir`, or NAME.LANGUAGE.txt for cases
 * in that language.
 *
 * {{customer}}, {{case}}, {{subject}}, {{author}}, {{queue}} and {{company}} in them are filled in.
 */
#ifndef GATEWAYD_MAIL_SNIPPET_H
#define GATEWAYD_MAIL_SNIPPET_H

#include "gatewayd/case/desk.h"

enum { SNIPPET_BYTES_MAX = 64 * 1024, SNIPPET_NAME_MAX = 64, SNIPPETS_MAX = 1000 };

/* The names, a line each, in order.  "": there is no such folder, or nothing in it. */
struct span snippet_names(struct desk *d);

/* c NULL: as it stands in the file.  ERR_PERM, in words: there is none, or it cannot be used. */
int snippet_read(struct desk *d, struct span name, const struct store_case *c,
		 const struct conf_staff *author, struct span *ret_text, struct err *e);

#endif
