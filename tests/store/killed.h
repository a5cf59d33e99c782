/*
 * A child that is killed before its n-th system call of some kind: what it leaves is what a power
 * cut or a kill -9 leaves there.
 */
#ifndef TESTS_STORE_KILLED_H
#define TESTS_STORE_KILLED_H

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/store/fixture.h"

/* In the child, before what is to be killed. */
static inline void killed_child(void)
{
	if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
		_exit(9);
	raise(SIGSTOP);
}

/* false: the child came to its end, and well. */
static inline bool killed_before_call(pid_t pid, int n, bool (*counts)(uint64_t nr))
{
	struct __ptrace_syscall_info info = { 0 }; /* valgrind does not know that ptrace fills it */
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSTOPPED(status));
	ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
	for (;;) {
		ptrace(PTRACE_SYSCALL, pid, 0, 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (WIFEXITED(status)) {
			assert_int_equal(WEXITSTATUS(status), 0);
			return false;
		}
		if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0 ||
		    info.op != PTRACE_SYSCALL_INFO_ENTRY || !counts(info.entry.nr) || --n)
			continue;
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		return true;
	}
}

#endif
