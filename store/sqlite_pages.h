/*
 * SQLite's pages in memory, without a walk over all of them at each commit.
 *
 * Where pages of a tree are put in order, one of them is lent the number of the page that holds
 * SQLite's locks, which has no content: by that number the cache takes itself for larger than the
 * file is, and the next commit looks at each page for those behind the end.  Here it is lent 0,
 * which no page has.
 *
 * One thread, as sqlite_begin() says.  Private to store/.
 */
#ifndef STORE_SQLITE_PAGES_H
#define STORE_SQLITE_PAGES_H

/* Before SQLite is begun; behind that it is refused, and SQLite goes on with what it has. */
void sqlite_pages_use(void);

#endif
