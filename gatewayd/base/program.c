#include "gatewayd/base/program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int program_find(const char *name, char ret_path[static PROGRAM_PATH_MAX], struct err *e)
{
	static const char *const folders[] = { "", "../libexec/gatewayd/" };
	char self[PATH_MAX], path[PROGRAM_PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self));

	if (n < 0)
		return err_set(e, ERR_PERM, "/proc/self/exe: %s", strerror(errno));
	while (n > 0 && self[n - 1] != '/')
		n--;
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		snprintf(path, sizeof(path), "%.*s%s%s", (int)n, self, folders[i], name);
		if (access(path, X_OK) == 0) {
			strcpy(ret_path, path);
			return 0;
		}
		if (errno != ENOENT)
			break;
	}
	return err_set(e, ERR_PERM, "%s: %s; install gatewayd anew", path, strerror(errno));
}
