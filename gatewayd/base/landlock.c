#include "gatewayd/base/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What Debian 12's header does not have yet (Linux 6.2 and 6.12). */
#define ACCESS_TRUNCATE	      (UINT64_C(1) << 14)
#define ACCESS_IOCTL_DEV      (UINT64_C(1) << 15)
#define SCOPE_ABSTRACT_SOCKET (UINT64_C(1) << 0)
#define SCOPE_SIGNAL	      (UINT64_C(1) << 1)

enum { ABI_TRUNCATE = 3, ABI_IOCTL_DEV = 5, ABI_SCOPE = 6 };

struct ruleset {
	uint64_t fs, net, scoped;
};

static const uint64_t file_rights =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE;

static struct ruleset ruleset_of(long abi)
{
	struct ruleset r = { .fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };

	if (abi >= 2)
		r.fs |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= ABI_TRUNCATE)
		r.fs |= ACCESS_TRUNCATE;
	if (abi >= ABI_IOCTL_DEV)
		r.fs |= ACCESS_IOCTL_DEV;
	if (abi >= ABI_SCOPE)
		r.scoped = SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL;
	return r;
}

static int refused(struct err *e)
{
	return err_set(e, ERR_PERM, "landlock: %s", strerror(errno));
}

static bool is_passed_over(int error)
{
	return error == ENOENT || error == ENOTDIR || error == EACCES || error == ELOOP;
}

/* One path that may be read.  Any other error is of this moment, and the seal is for life. */
static int allow(int ruleset, const char *path, struct err *e)
{
	struct landlock_path_beneath_attr rule = { .parent_fd = open(path, O_PATH | O_CLOEXEC) };
	struct stat st;
	int result = 0;

	if (rule.parent_fd < 0 && is_passed_over(errno))
		return 0;
	if (rule.parent_fd < 0)
		return err_set(e, ERR_TEMP, "%s: %s", path, strerror(errno));
	rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
	if (fstat(rule.parent_fd, &st) < 0 || !S_ISDIR(st.st_mode))
		rule.allowed_access &= file_rights;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
		result = refused(e);
	close(rule.parent_fd);
	return result;
}

static int allow_keep(int ruleset, int folder, uint64_t known, struct err *e)
{
	struct landlock_path_beneath_attr rule = {
		.parent_fd = folder,
		.allowed_access =
		    known & (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
			     LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
			     LANDLOCK_ACCESS_FS_REMOVE_FILE | ACCESS_TRUNCATE),
	};

	if (folder < 0)
		return 0;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
		return refused(e);
	return 0;
}

static int restrict_to(int ruleset, const char *const *paths, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (allow(ruleset, paths[i], e) < 0)
			return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		return refused(e);
	return 0;
}

int landlock_read_only(const char *const *paths, size_t n, int keep, bool *ret_there, struct err *e)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset rules = ruleset_of(abi);
	size_t size = abi >= ABI_SCOPE ? sizeof(rules) : sizeof(rules.fs);
	int fd, result;

	*ret_there = abi > 0;
	if (abi <= 0)
		return 0;
	fd = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
	if (fd < 0)
		return refused(e);
	result = allow_keep(fd, keep, rules.fs, e);
	if (result == 0)
		result = restrict_to(fd, paths, n, e);
	close(fd);
	return result;
}
