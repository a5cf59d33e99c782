#include "store/sqlite_pages.h"

#include <sqlite3.h>
#include <stdbool.h>

enum {
	PAGE = 4096,
	LOCKS_AT = 0x40000000, /* https://www.sqlite.org/fileformat.html#the_lock_byte_page */
	LOCKS = LOCKS_AT / PAGE + 1,
};

static struct {
	sqlite3_pcache_methods2 its;
	bool other_sizes; /* of pages: of one of them LOCKS may be the number of any other page */
} pages;

static sqlite3_pcache *pages_new(int size, int extra, int may_drop)
{
	if (size != PAGE)
		pages.other_sizes = true;
	return pages.its.xCreate(size, extra, may_drop);
}

static unsigned int lent(unsigned int number)
{
	return number == LOCKS && !pages.other_sizes ? 0 : number;
}

static void pages_rename(sqlite3_pcache *cache, sqlite3_pcache_page *page, unsigned int from,
			 unsigned int to)
{
	pages.its.xRekey(cache, page, lent(from), lent(to));
}

void sqlite_pages_use(void)
{
	sqlite3_pcache_methods2 ours;

	if (sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &pages.its) != SQLITE_OK)
		return;
	ours = pages.its;
	ours.xCreate = pages_new;
	ours.xRekey = pages_rename;
	(void)sqlite3_config(SQLITE_CONFIG_PCACHE2, &ours);
}
