/*
 * SQLite's small allocations: a mail takes two thousand of them, each of which lives for a part of
 * a statement.  What is given back is kept in lists by its size, for the next that asks.
 *
 * Memory of the lists goes back to nobody: so much as was in use at once stays, a few hundred KiB.
 * One thread, as sqlite_begin() says.  Private to store/.
 */
#ifndef STORE_SQLITE_MEMORY_H
#define STORE_SQLITE_MEMORY_H

/* Before SQLite is begun; behind that it is refused, and SQLite goes on with what it has. */
void sqlite_memory_use(void);

#endif
