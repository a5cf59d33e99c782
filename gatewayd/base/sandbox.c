#include "gatewayd/base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <pwd.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static int limit(int which, uint64_t value, const char *name, struct err *e)
{
	struct rlimit r = { .rlim_cur = value, .rlim_max = value };

	if (setrlimit((__rlimit_resource_t)which, &r) < 0)
		return err_set(e, ERR_PERM, "setrlimit %s: %s", name, strerror(errno));
	return 0;
}

int sandbox_limit(const struct sandbox_limits *l, struct err *e)
{
#if defined(__SANITIZE_ADDRESS__)
	uint64_t memory = 0; /* the sanitizer's shadow is terabytes of address space */
#else
	uint64_t memory = l->memory_bytes;
#endif

	if (limit(RLIMIT_CORE, 0, "core", e) < 0)
		return -1;
	if (memory && limit(RLIMIT_AS, memory, "as", e) < 0)
		return -1;
	if (l->cpu_s && limit(RLIMIT_CPU, l->cpu_s, "cpu", e) < 0)
		return -1;
	if (l->file_bytes && limit(RLIMIT_FSIZE, l->file_bytes, "fsize", e) < 0)
		return -1;
	return l->files ? limit(RLIMIT_NOFILE, l->files, "nofile", e) : 0;
}

/* What a parser needs: its channel, memory, time, an end. */
static const int parse_calls[] = {
	SCMP_SYS(read),		SCMP_SYS(write),	   SCMP_SYS(readv),
	SCMP_SYS(writev),	SCMP_SYS(pread64),	   SCMP_SYS(pwrite64),
	SCMP_SYS(recvmsg),	SCMP_SYS(sendmsg),	   SCMP_SYS(poll),
	SCMP_SYS(ppoll),	SCMP_SYS(epoll_wait),	   SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_ctl),	SCMP_SYS(close),	   SCMP_SYS(lseek),
	SCMP_SYS(fstat),	SCMP_SYS(newfstatat),	   SCMP_SYS(munmap),
	SCMP_SYS(mremap),	SCMP_SYS(madvise),	   SCMP_SYS(brk),
	SCMP_SYS(futex),	SCMP_SYS(clock_gettime),   SCMP_SYS(gettimeofday),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),  SCMP_SYS(getrandom),
	SCMP_SYS(sched_yield),	SCMP_SYS(restart_syscall), SCMP_SYS(exit),
	SCMP_SYS(exit_group),	SCMP_SYS(getpid),	   SCMP_SYS(gettid),
#if defined(__SANITIZE_ADDRESS__)
	SCMP_SYS(sigaltstack),	SCMP_SYS(rt_sigaction),	   SCMP_SYS(prctl),
	SCMP_SYS(readlink),	SCMP_SYS(getrlimit),	   SCMP_SYS(sched_getaffinity),
#endif
};

/* Nothing that a role other than the parent has a use for. */
static const int forbidden_calls[] = {
	SCMP_SYS(execve),
	SCMP_SYS(execveat),
	SCMP_SYS(fork),
	SCMP_SYS(vfork),
	SCMP_SYS(ptrace),
	SCMP_SYS(kill),
	SCMP_SYS(pidfd_send_signal),
	SCMP_SYS(pidfd_getfd),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(mount),
	SCMP_SYS(umount2),
	SCMP_SYS(pivot_root),
	SCMP_SYS(chroot),
	SCMP_SYS(unshare),
	SCMP_SYS(setns),
	SCMP_SYS(bpf),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(init_module),
	SCMP_SYS(finit_module),
	SCMP_SYS(kexec_load),
	SCMP_SYS(reboot),
	SCMP_SYS(keyctl),
	SCMP_SYS(add_key),
	SCMP_SYS(userfaultfd),
	SCMP_SYS(io_uring_setup),
};

static const int write_calls[] = {
	SCMP_SYS(unlink),    SCMP_SYS(unlinkat), SCMP_SYS(rename),   SCMP_SYS(renameat),
	SCMP_SYS(renameat2), SCMP_SYS(mkdir),	 SCMP_SYS(mkdirat),  SCMP_SYS(rmdir),
	SCMP_SYS(link),	     SCMP_SYS(linkat),	 SCMP_SYS(symlink),  SCMP_SYS(symlinkat),
	SCMP_SYS(truncate),  SCMP_SYS(chmod),	 SCMP_SYS(fchmodat), SCMP_SYS(chown),
	SCMP_SYS(fchownat),  SCMP_SYS(mknod),	 SCMP_SYS(mknodat),  SCMP_SYS(creat),
};

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

int sandbox_parse(struct err *e)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int code = 0;

	if (!ctx)
		return err_set(e, ERR_TEMP, "seccomp: no filter");
	for (size_t i = 0; i < COUNT(parse_calls) && code == 0; i++)
		code = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, parse_calls[i], 0);
	/* Memory may be had, code may not. */
	if (code == 0)
		code = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
					SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (code == 0)
		code = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
					SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	/* fcntl(F_DUPFD) and the like are harmless; F_SETOWN would send signals. */
	if (code == 0)
		code = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
					SCMP_A1(SCMP_CMP_LE, F_SETFL, 0));
	if (code == 0)
		code = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
					SCMP_A1(SCMP_CMP_EQ, F_DUPFD_CLOEXEC, 0));
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

int sandbox_net(struct err *e)
{
	static const unsigned int writing[] = { O_WRONLY, O_RDWR };
	scmp_filter_ctx ctx;
	int code;

	if (common(&ctx, e) < 0)
		return -1;
	code = deny(ctx, write_calls, COUNT(write_calls));
	for (size_t i = 0; i < COUNT(writing) && code == 0; i++) {
		code = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(openat), 1,
					SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE, writing[i]));
		if (code == 0)
			code = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(open), 1,
						SCMP_A1(SCMP_CMP_MASKED_EQ, O_ACCMODE, writing[i]));
	}
	if (code < 0)
		return failed(ctx, code, "rule", e);
	return load(ctx, e);
}

int sandbox_store(struct err *e)
{
	static const unsigned int families[] = { AF_INET, AF_INET6, AF_PACKET, AF_NETLINK };
	scmp_filter_ctx ctx;
	int code = 0;

	if (common(&ctx, e) < 0)
		return -1;
	for (size_t i = 0; i < COUNT(families) && code == 0; i++)
		code = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1,
					SCMP_A0(SCMP_CMP_EQ, families[i], 0));
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
