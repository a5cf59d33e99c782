#include "gatewayd/base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <pwd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/base/landlock.h"
#include "gatewayd/base/sandbox_calls.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static int limit(int which, uint64_t value, const char *name, struct err *e)
{
	struct rlimit r = { .rlim_cur = value, .rlim_max = value };

	if (which == RLIMIT_CPU)
		r.rlim_max++; /* SIGXCPU first, which says what happened; SIGKILL could be anybody's
			       */
	if (setrlimit((__rlimit_resource_t)which, &r) < 0)
		return err_set(e, ERR_PERM, "setrlimit %s: %s", name, strerror(errno));
	return 0;
}

int sandbox_begin(struct err *e)
{
	if (limit(RLIMIT_CORE, 0, "core", e) < 0)
		return -1;
#if !defined(__SANITIZE_ADDRESS__) /* its search for leaks looks in */
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		return err_set(e, ERR_PERM, "prctl: %s", strerror(errno));
#endif
	return 0;
}

int sandbox_limit(const struct sandbox_limits *l, struct err *e)
{
#if defined(__SANITIZE_ADDRESS__)
	uint64_t memory = 0; /* the sanitizer's shadow is terabytes of address space */
#else
	uint64_t memory = l->memory_bytes;
#endif

	if (memory && limit(RLIMIT_AS, memory, "as", e) < 0)
		return -1;
	if (l->cpu_s && limit(RLIMIT_CPU, l->cpu_s, "cpu", e) < 0)
		return -1;
	if (l->file_bytes && limit(RLIMIT_FSIZE, l->file_bytes, "fsize", e) < 0)
		return -1;
	return l->files ? limit(RLIMIT_NOFILE, l->files, "nofile", e) : 0;
}

enum { NET_FILES_MAX = 1024 }; /* of a role's own */

static int failed(scmp_filter_ctx ctx, int code, const char *what, struct err *e)
{
	seccomp_release(ctx);
	return err_set(e, ERR_PERM, "seccomp %s: %s", what, strerror(-code));
}

static int load(scmp_filter_ctx ctx, struct err *e)
{
	int code;

	if (prctl(PR_SET_DUMPABLE, 0) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		seccomp_release(ctx);
		return err_set(e, ERR_PERM, "prctl: %s", strerror(errno));
	}
	code = seccomp_load(ctx);
	if (code < 0)
		return failed(ctx, code, "load", e);
	seccomp_release(ctx);
	return 0;
}

struct rule {
	int call;
	struct scmp_arg_cmp when;
};

static int allow(scmp_filter_ctx ctx, const int *calls, size_t n)
{
	int code = 0;

	for (size_t i = 0; i < n && code == 0; i++)
		code = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0);
	return code;
}

static int allow_when(scmp_filter_ctx ctx, const struct rule *rules, size_t n)
{
	int code = 0;

	for (size_t i = 0; i < n && code == 0; i++)
		code =
		    seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, rules[i].call, 1, &rules[i].when);
	return code;
}

int sandbox_parse(struct err *e)
{
	const struct rule rules[] = {
		/* Memory may be had, code may not. */
		{ SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0) },
		{ SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0) },
		/* fcntl(F_DUPFD) and the like are harmless; F_SETOWN would send signals. */
		{ SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_LE, F_SETFL, 0) },
		{ SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_EQ, F_DUPFD_CLOEXEC, 0) },
	};
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int code;

	if (!ctx)
		return err_set(e, ERR_TEMP, "seccomp: no filter");
	code = allow(ctx, parse_calls, COUNT(parse_calls));
	if (code == 0)
		code = allow_when(ctx, rules, COUNT(rules));
	if (code < 0)
		return failed(ctx, code, "rule", e);
	return load(ctx, e);
}

static int deny(scmp_filter_ctx ctx, const int *calls, size_t n)
{
	int code = 0;

	for (size_t i = 0; i < n && code == 0; i++)
		code = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), calls[i], 0);
	return code;
}

/* Everything but the forbidden calls; a clone() that is no thread is a fork; glibc falls back from
 * clone3(). */
static int common(scmp_filter_ctx *ret_ctx, struct err *e)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int code;

	if (!ctx)
		return err_set(e, ERR_TEMP, "seccomp: no filter");
	code = deny(ctx, forbidden_calls, COUNT(forbidden_calls));
	if (code == 0)
		code = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
					SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
	if (code == 0)
		code = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (code < 0)
		return failed(ctx, code, "rule", e);
	*ret_ctx = ctx;
	return 0;
}

static int seal_files(const char *const *files, size_t n, int keep, struct err *e)
{
	const char *paths[COUNT(net_files) + NET_FILES_MAX];
	bool there;

	if (n > NET_FILES_MAX)
		return err_set(e, ERR_PERM, "more than %d files to read", NET_FILES_MAX);
	memcpy(paths, net_files, sizeof(net_files));
	for (size_t i = 0; i < n; i++)
		paths[COUNT(net_files) + i] = files[i];
	return landlock_read_only(paths, COUNT(net_files) + n, keep, &there, e);
}

static int net_rules(scmp_filter_ctx ctx)
{
	enum { FILE_FLAGS = O_ACCMODE | O_CREAT | O_TRUNC, TYPE = 0xf };
	const struct rule rules[] = {
		{ SCMP_SYS(socket), SCMP_A0(SCMP_CMP_EQ, AF_INET, 0) },
		{ SCMP_SYS(socket), SCMP_A0(SCMP_CMP_EQ, AF_INET6, 0) },
		/* a library's own wake-up; a connected stream reaches nobody else */
		{ SCMP_SYS(socketpair), SCMP_A1(SCMP_CMP_MASKED_EQ, TYPE, SOCK_STREAM) },
		{ SCMP_SYS(open), SCMP_A1(SCMP_CMP_MASKED_EQ, FILE_FLAGS, O_RDONLY) },
		{ SCMP_SYS(openat), SCMP_A2(SCMP_CMP_MASKED_EQ, FILE_FLAGS, O_RDONLY) },
		/* whom it is given to may have no room for huge pages */
		{ SCMP_SYS(memfd_create), SCMP_A1(SCMP_CMP_MASKED_EQ, MFD_HUGETLB, 0) },
		{ SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0) },
		{ SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0) },
		{ SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD) },
		{ SCMP_SYS(prlimit64), SCMP_A0(SCMP_CMP_EQ, 0, 0) },
		{ SCMP_SYS(prctl), SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME, 0) },
		{ SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_EQ, FIONREAD, 0) },
		{ SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_EQ, FIONBIO, 0) },
		{ SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_LE, F_SETFL, 0) },
		{ SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_EQ, F_DUPFD_CLOEXEC, 0) },
		{ SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_EQ, F_ADD_SEALS, 0) },
		{ SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_EQ, F_GET_SEALS, 0) },
	};
	int code = allow(ctx, net_calls, COUNT(net_calls));

	/* glibc falls back from it to clone() */
	if (code == 0)
		code = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	return code < 0 ? code : allow_when(ctx, rules, COUNT(rules));
}

/* What is written goes by its name in the folder. */
static int keep_rules(scmp_filter_ctx ctx, int folder)
{
	const struct scmp_arg_cmp to = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)folder, 0);
	const struct scmp_arg_cmp into = SCMP_A2(SCMP_CMP_EQ, (scmp_datum_t)folder, 0);
	const struct rule rules[] = {
		{ SCMP_SYS(openat), to },
		{ SCMP_SYS(renameat), into },
		{ SCMP_SYS(renameat2), into },
	};
	int code = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(fsync), 0);

	return code < 0 ? code : allow_when(ctx, rules, COUNT(rules));
}

static int seal_net(const char *const *files, size_t n, int keep, struct err *e)
{
	scmp_filter_ctx ctx;
	int code;

	if (seal_files(files, n, keep, e) < 0)
		return -1;
	ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (!ctx)
		return err_set(e, ERR_TEMP, "seccomp: no filter");
	code = net_rules(ctx);
	if (code == 0 && keep >= 0)
		code = keep_rules(ctx, keep);
	if (code < 0)
		return failed(ctx, code, "rule", e);
	return load(ctx, e);
}

int sandbox_net(const char *const *files, size_t n, struct err *e)
{
	return seal_net(files, n, -1, e);
}

int sandbox_net_keep(const char *const *files, size_t n, int folder, struct err *e)
{
	return seal_net(files, n, folder, e);
}

/* Not for who only serves: to be heard of elsewhere, files, and threads. */
static const int serve_without[] = {
	SCMP_SYS(connect), SCMP_SYS(stat),	 SCMP_SYS(lstat),    SCMP_SYS(statx),
	SCMP_SYS(access),  SCMP_SYS(faccessat),	 SCMP_SYS(readlink), SCMP_SYS(readlinkat),
	SCMP_SYS(pipe2),   SCMP_SYS(getdents64), SCMP_SYS(getcwd),
};

static bool serves(int call)
{
	for (size_t i = 0; i < COUNT(serve_without); i++)
		if (serve_without[i] == call)
			return false;
	return true;
}

static int serve_rules(scmp_filter_ctx ctx)
{
	const struct rule rules[] = {
		{ SCMP_SYS(memfd_create), SCMP_A1(SCMP_CMP_MASKED_EQ, MFD_HUGETLB, 0) },
		{ SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0) },
		{ SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0) },
		{ SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_EQ, FIONBIO, 0) },
		{ SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_LE, F_SETFL, 0) },
		{ SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_EQ, F_DUPFD_CLOEXEC, 0) },
		{ SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_EQ, F_ADD_SEALS, 0) },
		{ SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_EQ, F_GET_SEALS, 0) },
	};
	int code = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(accept4), 0);

	for (size_t i = 0; i < COUNT(net_calls) && code == 0; i++)
		if (serves(net_calls[i]))
			code = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, net_calls[i], 0);
	return code < 0 ? code : allow_when(ctx, rules, COUNT(rules));
}

int sandbox_serve(struct err *e)
{
	scmp_filter_ctx ctx;
	bool there;
	int code;

	if (landlock_read_only(NULL, 0, -1, &there, e) < 0)
		return -1;
	ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (!ctx)
		return err_set(e, ERR_TEMP, "seccomp: no filter");
	code = serve_rules(ctx);
	if (code < 0)
		return failed(ctx, code, "rule", e);
	return load(ctx, e);
}

/* Refused: internet and the kernel's own sockets; signals to others; limits of others; code. */
static int store_rules(scmp_filter_ctx ctx)
{
	const struct rule rules[] = {
		{ SCMP_SYS(socket), SCMP_A0(SCMP_CMP_EQ, AF_INET, 0) },
		{ SCMP_SYS(socket), SCMP_A0(SCMP_CMP_EQ, AF_INET6, 0) },
		{ SCMP_SYS(socket), SCMP_A0(SCMP_CMP_EQ, AF_PACKET, 0) },
		{ SCMP_SYS(socket), SCMP_A0(SCMP_CMP_EQ, AF_NETLINK, 0) },
		{ SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_NE, (scmp_datum_t)getpid(), 0) },
		{ SCMP_SYS(prlimit64), SCMP_A0(SCMP_CMP_NE, 0, 0) },
		{ SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_EQ, F_SETOWN, 0) },
		{ SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_EQ, F_SETOWN_EX, 0) },
		{ SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC) },
		{ SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC) },
	};
	int code = 0;

	for (size_t i = 0; i < COUNT(rules) && code == 0; i++)
		code = seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO(EPERM), rules[i].call, 1,
					      &rules[i].when);
	return code;
}

int sandbox_store(struct err *e)
{
	scmp_filter_ctx ctx = NULL;
	int code;

	if (common(&ctx, e) < 0)
		return -1;
	code = store_rules(ctx);
	if (code < 0)
		return failed(ctx, code, "rule", e);
	return load(ctx, e);
}

int sandbox_user(const char *user, struct err *e)
{
	const struct passwd *pw;

	if (!user || geteuid() != 0)
		return 0;
	pw = getpwnam(user);
	if (!pw)
		return err_set(e, ERR_PERM, "user %s does not exist", user);
	if (initgroups(user, pw->pw_gid) < 0 || setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) < 0 ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) < 0)
		return err_set(e, ERR_PERM, "becoming user %s: %s", user, strerror(errno));
	return 0;
}
