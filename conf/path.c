#include "conf/path.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const char *path_beside(struct arena *a, const char *beside, const char *name)
{
	const char *slash = strrchr(beside, '/');

	if (*name == '/' || !slash)
		return arena_cstr(a, span_of(name));
	return arena_printf(a, "%.*s/%s", (int)(slash - beside), beside, name);
}

const char *path_absolute(struct arena *a, const char *beside, const char *name)
{
	const char *joined = path_beside(a, beside, name);
	char *cwd;

	if (*joined == '/')
		return joined;
	cwd = getcwd(NULL, 0);
	if (cwd)
		joined = arena_printf(a, "%s/%s", cwd, joined);
	free(cwd);
	return joined;
}

/* The credential is looked for first: only who starts us can put it there. */
const char *path_secret(struct arena *a, const char *beside, const char *name)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY"), *credential;

	if (dir && *dir == '/' && !strchr(name, '/')) {
		credential = arena_printf(a, "%s/%s", dir, name);
		if (access(credential, F_OK) == 0)
			return credential;
	}
	return path_absolute(a, beside, name);
}

bool path_is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}
