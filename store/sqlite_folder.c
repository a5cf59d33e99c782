#include "store/sqlite_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"

char *sqlite_folder_of(const char *path)
{
	char *folder = mem_strdup(path);
	char *slash = strrchr(folder, '/');

	if (slash)
		slash[slash == folder ? 1 : 0] = '\0';
	else
		stpcpy(folder, ".");
	return folder;
}

/* As whom this process makes files; root makes them for whoever owns the folder. */
static const char *user_name(void)
{
	const struct passwd *pw = geteuid() == 0 ? NULL : getpwuid(geteuid());

	return pw ? pw->pw_name : "USER";
}

/* Cuts the path to the first folder above it that may not be entered; false: there is none. */
static bool cut_to_closed(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0 && errno == EACCES)
			return true;
		*slash = '/';
	}
	return false;
}

static int refuse_closed(const char *folder, enum store_mode mode, struct err *e)
{
	char *above MEM_AUTO = mem_strdup(folder);
	const char *user = user_name();

	if (mode != STORE_CREATE)
		return err_set(e, ERR_PERM,
			       "store: %s may not enter or write in %s: be root, or the user that "
			       "the daemon runs as",
			       user, folder);
	if (cut_to_closed(above))
		return err_set(e, ERR_PERM,
			       "store: %s may not enter %s; chmod o+x %s, or put the store "
			       "elsewhere",
			       user, above, above);
	return err_set(e, ERR_PERM, "store: %s may not write in %s; chown %s: %s", user, folder,
		       user, folder);
}

int sqlite_folder_refuse(const char *path, enum store_mode mode, int why, struct err *e)
{
	char *folder MEM_AUTO = sqlite_folder_of(path);

	if (why == EACCES || why == EPERM)
		return refuse_closed(folder, mode, e);
	if (why == ENOENT)
		return err_set(e, ERR_PERM,
			       "store: there is no folder %s; install -d -o %s -m 700 %s, or "
			       "correct the name",
			       folder, user_name(), folder);
	if (why == ENOTDIR)
		return err_set(e, ERR_PERM, "store: %s is no folder", folder);
	return err_set(e, why == ENOSPC || why == EDQUOT ? ERR_TEMP : ERR_PERM,
		       "store: nothing can be made in %s: %s", folder, strerror(why));
}
