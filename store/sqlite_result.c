#include "store/sqlite_result.h"

#include <sqlite3.h>
#include <stddef.h>

enum err_class sqlite_class(int code)
{
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_NOMEM:
	case SQLITE_CANTOPEN:
	case SQLITE_PROTOCOL:
	case SQLITE_CORRUPT:
	case SQLITE_PERM:
	case SQLITE_INTERRUPT: return ERR_TEMP; /* of the file or the machine: no row's doing */
	case SQLITE_CONSTRAINT:
	case SQLITE_NOTADB:
	case SQLITE_READONLY: /* opened for reading */
	case SQLITE_AUTH:
	case SQLITE_TOOBIG: return ERR_PERM;
	default: return ERR_BUG;
	}
}

/* What the operator can do; SQLite's own words and number follow. */
const char *sqlite_cure(int code)
{
	static const struct {
		int code; /* extended, or primary */
		const char *text;
	} cures[] = {
		{ SQLITE_IOERR_FSYNC, "the disk did not keep what was written; look at it: " },
		{ SQLITE_IOERR_NOMEM, "no memory left: " },
		{ SQLITE_FULL, "the disk is full, or a quota or limit reached; make room: " },
		{ SQLITE_IOERR, "the disk or its file system fails; look at the kernel's log: " },
		{ SQLITE_READONLY, "it was made read-only, or taken away; put it back: " },
		{ SQLITE_CANTOPEN, "no file can be made in its folder; look at its rights and the "
				   "limits of the process: " },
		{ SQLITE_CORRUPT, "the file is damaged; put a backup back: " },
		{ SQLITE_NOTADB, "it was overwritten; put it back, or a backup: " },
		{ SQLITE_NOMEM, "no memory left: " },
	};

	for (size_t i = 0; i < sizeof(cures) / sizeof(*cures); i++)
		if (cures[i].code == code || cures[i].code == (code & 0xff))
			return cures[i].text;
	return "";
}
