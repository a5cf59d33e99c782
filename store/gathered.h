/*
 * Mails that are added to the outbox together, a few dozen at a time.
 *
 * Where store_unheard() was said, a mail whose number nobody asks for waits: until a statement
 * names the outbox, so that each finds what was added before it; until there are as many as fit
 * here; and until that is over at the latest, by the commit, store_defer() or a mark.  Packed one
 * behind the other they find the dictionary (dictionary.h) in the processor's cache, and SQLite its
 * pages.  What fails then dooms the transaction.  Not of a database: it adds rows while the next
 * mail is decided.
 *
 * Private to store/.
 */
#ifndef STORE_GATHERED_H
#define STORE_GATHERED_H

#include "store/sql.h"
#include "store/store_outbox.h"

enum { GATHERED_MAX = 32 };

struct gathered {
	void (*add)(struct store *s); /* all that waits; called from below, by query_open() */
	bool is_on;		      /* what is added may wait */
	bool concerns[SQL_COUNT];     /* statements that may look for it */
	struct gathered_row {
		struct store_outbox o;
		struct span message;
	} v[GATHERED_MAX];
	size_t n;
	char *room; /* their bytes; NULL: nothing waited yet */
	size_t used;
};

void gathered_init(struct gathered *l, const struct sql_dialect *sql);
void gathered_release(struct gathered *l);
/* It was not added. */
void gathered_forget(struct gathered *l);

#endif
