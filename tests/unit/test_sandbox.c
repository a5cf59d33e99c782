/* What a sealed role may no longer do: each act is tried in a child of its own, sealed and not. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gatewayd/base/sandbox.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* How an act ends. */
enum outcome { DONE, REFUSED, DIED };

#if defined(__SANITIZE_ADDRESS__)
#define PRCTL DONE /* the sanitizer needs it itself */
#else
#define PRCTL DIED
#endif

/* What was open before the seal. */
static int a_socket = -1;

/* The acts: 0 or more when done, -1 with errno when refused. */

static int act_read_file(void)
{
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}

static int act_write_file(void)
{
	return open("/dev/null", O_WRONLY | O_CLOEXEC);
}

static int act_remove_file(void)
{
	/* Not sealed it fails as well, but for another reason. */
	return unlink("/nowhere/file") < 0 && errno == ENOENT ? 0 : -1;
}

static int act_inet_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int act_inet6_socket(void)
{
	return socket(AF_INET6, SOCK_DGRAM, 0);
}

static int act_unix_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int act_connect(void)
{
	struct sockaddr_un nobody = { .sun_family = AF_UNIX, .sun_path = "/nowhere/socket" };

	return connect(a_socket, (struct sockaddr *)&nobody, sizeof(nobody)) < 0 && errno == ENOENT
		   ? 0
		   : -1;
}

static int act_listen(void)
{
	return listen(a_socket, 1) < 0 && errno == EINVAL ? 0 : -1; /* it is not bound */
}

static int act_fork(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return child < 0 ? -1 : 0;
}

static int act_exec(void)
{
	static char name[] = "nothing";
	char *argv[] = { name, NULL }, *env[] = { NULL };

	return execve("/nowhere/program", argv, env) < 0 && errno == ENOENT ? 0 : -1;
}

static int act_ptrace(void)
{
	return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static int act_kill(void)
{
	return kill(getppid(), 0);
}

static int act_map_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);

	return p == MAP_FAILED ? -1 : 0;
}

static int act_make_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? -1 : mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static int act_set_owner(void)
{
	return fcntl(a_socket, F_SETOWN, getppid());
}

static int act_unset(void)
{
	return prctl(PR_SET_DUMPABLE, 1);
}

static int act_work(void)
{
	volatile char *p = malloc(8 * 1024 * 1024); /* by mmap */

	if (!p)
		return -1;
	p[0] = 1;
	free((void *)(uintptr_t)p);
	return write(a_socket, "x", 1) < 0 && errno == ENOTCONN ? 0 : -1;
}

static const struct act {
	const char *name;
	int (*fn)(void);
	enum outcome parse, net, store;
} acts[] = {
	{ "work on", act_work, DONE, DONE, DONE },
	{ "read a file", act_read_file, DIED, DONE, DONE },
	{ "write a file", act_write_file, DIED, REFUSED, DONE },
	{ "remove a file", act_remove_file, DIED, REFUSED, DONE },
	{ "make an internet socket", act_inet_socket, DIED, DONE, REFUSED },
	{ "make an IPv6 socket", act_inet6_socket, DIED, DONE, REFUSED },
	{ "make a local socket", act_unix_socket, DIED, DONE, DONE },
	{ "connect", act_connect, DIED, DONE, DONE },
	{ "listen", act_listen, DIED, DONE, DONE },
	{ "fork", act_fork, DIED, REFUSED, REFUSED },
	{ "exec", act_exec, DIED, REFUSED, REFUSED },
	{ "ptrace", act_ptrace, DIED, REFUSED, REFUSED },
	{ "kill", act_kill, DIED, REFUSED, REFUSED },
	{ "map code", act_map_code, DIED, DONE, DONE },
	{ "turn data into code", act_make_code, DIED, DONE, DONE },
	{ "have signals sent", act_set_owner, DIED, DONE, DONE },
	{ "undo what the seal set", act_unset, PRCTL, DONE, DONE },
};

static int no_seal(struct err *e)
{
	(void)e;
	return 0;
}

enum { EXIT_DONE, EXIT_REFUSED, EXIT_NO_SEAL };

static enum outcome try_act(int (*seal)(struct err *e), const struct act *act)
{
	struct err e;
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		signal(SIGPIPE, SIG_IGN);
		if (seal(&e) < 0)
			_exit(EXIT_NO_SEAL);
		_exit(act->fn() < 0 ? EXIT_REFUSED : EXIT_DONE);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGSYS);
		return DIED;
	}
	assert_int_not_equal(WEXITSTATUS(status), EXIT_NO_SEAL);
	return WEXITSTATUS(status) == EXIT_DONE ? DONE : REFUSED;
}

static void expect(const char *seal, const struct act *act, enum outcome got, enum outcome want)
{
	static const char *const words[] = { "is done", "is refused", "kills" };

	if (got != want)
		fail_msg("%s, %s: %s, not: %s", seal, act->name, words[got], words[want]);
}

static void unsealed_each_act_is_done(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(acts); i++)
		expect("no seal", &acts[i], try_act(no_seal, &acts[i]), DONE);
}

static void the_parse_seal_leaves_memory_and_what_is_open(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(acts); i++)
		expect("parse", &acts[i], try_act(sandbox_parse, &acts[i]), acts[i].parse);
}

static void the_net_seal_leaves_sockets_and_reading(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(acts); i++)
		expect("net", &acts[i], try_act(sandbox_net, &acts[i]), acts[i].net);
}

static void the_store_seal_leaves_files_and_local_sockets(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(acts); i++)
		expect("store", &acts[i], try_act(sandbox_store, &acts[i]), acts[i].store);
}

/* The limits of the process itself, in a child: 0 when they hold. */
static int limits_hold(void)
{
	struct sandbox_limits l = { .memory_bytes = 256 << 20, .files = 16, .file_bytes = 1000 };
	int fds = 0;
	struct err e;

	if (sandbox_limit(&l, &e) < 0)
		return 1;
#if !defined(__SANITIZE_ADDRESS__)
	if (mmap(NULL, 300 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
		return 2;
#endif
	while (fds < 100 && dup(0) >= 0)
		fds++;
	if (fds >= 16 || errno != EMFILE)
		return 3;
	return 0;
}

static int file_limit_holds(void)
{
	struct sandbox_limits l = { .file_bytes = 1000 };
	int fd = memfd_create("limit", MFD_CLOEXEC);
	char bytes[1001] = "";
	struct err e;

	if (fd < 0 || sandbox_limit(&l, &e) < 0)
		return 1;
	signal(SIGXFSZ, SIG_IGN);
	return write(fd, bytes, sizeof(bytes)) == 1000 && write(fd, bytes, 1) < 0 ? 0 : 2;
}

static int in_child(int (*fn)(void))
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(fn());
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void limits_of_the_process_hold(void **state)
{
	(void)state;
	assert_int_equal(in_child(limits_hold), 0);
	assert_int_equal(in_child(file_limit_holds), 0);
}

static int burn(void)
{
	struct sandbox_limits l = { .cpu_s = 1 };
	struct err e;

	if (sandbox_limit(&l, &e) < 0)
		return 1;
	for (volatile unsigned int i = 0;; i++)
		;
}

static void processor_time_ends(void **state)
{
	int end = in_child(burn);

	(void)state;
	assert_true(end == 128 + SIGXCPU || end == 128 + SIGKILL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unsealed_each_act_is_done),
		cmocka_unit_test(the_parse_seal_leaves_memory_and_what_is_open),
		cmocka_unit_test(the_net_seal_leaves_sockets_and_reading),
		cmocka_unit_test(the_store_seal_leaves_files_and_local_sockets),
		cmocka_unit_test(limits_of_the_process_hold),
		cmocka_unit_test(processor_time_ends),
	};

	a_socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
