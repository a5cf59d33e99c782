/* What a sealed role may no longer do: each act is tried in a child of its own, sealed and not. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "gatewayd/base/landlock.h"
#include "gatewayd/base/sandbox.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* How an act ends. */
enum outcome {
	DONE,
	REFUSED,
	DIED,
	UNSEEN,	 /* refused where the kernel has Landlock */
	CAPABLE, /* refused without root's capabilities */
};

#if defined(__SANITIZE_ADDRESS__)
#define PRCTL DONE /* the sanitizer needs it itself */
#else
#define PRCTL DIED
#endif

/* What was open before the seal. */
static int a_socket = -1, an_inet_socket = -1, control = -1;
/* A folder with what stands for the store, the control socket and a trust store of the role's own.
 */
static char place[] = "/tmp/gatewayd-sandbox-XXXXXX";
static char store_path[64], new_path[64], socket_path[64], trust_path[64];

static void *nothing_to_do(void *ctx)
{
	return ctx;
}

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

static int act_tgkill(void)
{
	return (int)syscall(SYS_tgkill, getppid(), getppid(), 0);
}

static int act_tkill(void)
{
	return (int)syscall(SYS_tkill, getppid(), 0);
}

static int act_sigqueue(void)
{
	return (int)syscall(SYS_rt_sigqueueinfo, getppid(), SIGURG,
			    &(siginfo_t){ .si_code = SI_QUEUE });
}

static int act_pidfd(void)
{
	return (int)syscall(SYS_pidfd_open, getppid(), 0);
}

static int act_openat2(void)
{
	uint64_t how[3] = { O_RDWR | O_CLOEXEC, 0, 0 };

	return (int)syscall(SYS_openat2, AT_FDCWD, store_path, how, sizeof(how));
}

static int act_create_reading(void)
{
	return open(new_path, O_CREAT | O_RDONLY | O_CLOEXEC, 0600);
}

static int act_truncate_reading(void)
{
	return open(store_path, O_TRUNC | O_RDONLY | O_CLOEXEC);
}

static int act_open_store(void)
{
	return open(store_path, O_RDONLY | O_CLOEXEC);
}

static int act_write_store(void)
{
	return open(store_path, O_RDWR | O_CLOEXEC);
}

static int act_append_store(void)
{
	return open(store_path, O_WRONLY | O_APPEND | O_CLOEXEC);
}

static int act_tmpfile(void)
{
	return open(place, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

static int act_list_folder(void)
{
	return open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int act_handle(void)
{
	struct {
		struct file_handle head;
		char bytes[128];
	} h = { .head.handle_bytes = 128 };
	int mount;

	return name_to_handle_at(AT_FDCWD, store_path, &h.head, &mount, 0);
}

static int act_rename_store(void)
{
	return rename(store_path, store_path);
}

static int act_link_store(void)
{
	return link(store_path, new_path);
}

static int act_symlink(void)
{
	return symlink(store_path, new_path);
}

static int act_mkdir(void)
{
	return mkdir(new_path, 0700);
}

static int act_mknod(void)
{
	return mknod(new_path, S_IFIFO | 0600, 0);
}

static int act_chmod(void)
{
	return chmod(store_path, 0600);
}

static int act_xattr(void)
{
	return setxattr(store_path, "user.x", "y", 1, 0) < 0 && errno == EPERM ? -1 : 0;
}

static int act_utime(void)
{
	return utimensat(AT_FDCWD, store_path, NULL, 0);
}

/* The way to the control socket, or to another daemon's. */
static int act_control_socket(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(to.sun_path, socket_path);
	return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&to, sizeof(to));
}

static int act_datagram_pair(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	strcpy(to.sun_path, "/nowhere/socket");
	return connect(pair[0], (struct sockaddr *)&to, sizeof(to)) < 0 && errno == ENOENT ? 0 : -1;
}

static int act_seqpacket_pair(void)
{
	int pair[2];

	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

static int act_netlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
}

static int act_bind(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };

	return bind(an_inet_socket, (struct sockaddr *)&any, sizeof(any));
}

static int act_inet_listen(void)
{
	return listen(an_inet_socket, 1);
}

static int act_accept(void)
{
	return accept4(an_inet_socket, NULL, NULL, SOCK_NONBLOCK) < 0 && errno == EINVAL ? 0 : -1;
}

static int act_memfd_code(void)
{
	int fd = memfd_create("code", MFD_CLOEXEC);
	void *p;

	if (fd < 0 || ftruncate(fd, 4096) < 0)
		return -1;
	p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	return p == MAP_FAILED ? -1 : 0;
}

/* A kernel without them knows the flag all the same, or says so. */
static int act_huge_pages(void)
{
	return memfd_create("huge", MFD_CLOEXEC | MFD_HUGETLB) >= 0 || errno != EPERM ? 0 : -1;
}

static int act_map_library(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	void *p = fd < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	return p == MAP_FAILED ? -1 : 0;
}

static int act_read_memory(void)
{
	char byte;
	struct iovec mine = { &byte, 1 }, theirs = { &byte, 1 };

	return process_vm_readv(getpid(), &mine, 1, &theirs, 1, 0) < 0 ? -1 : 0;
}

static int act_proc_mem(void)
{
	return open("/proc/self/mem", O_RDWR | O_CLOEXEC);
}

static int act_proc_parent(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", (int)getppid());
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int act_process_limit(void)
{
	struct rlimit r;

	return prlimit(getppid(), RLIMIT_NOFILE, NULL, &r);
}

static int act_personality(void)
{
	return personality(0xffffffff);
}

static int act_thread(void)
{
	pthread_t id;

	return pthread_create(&id, NULL, nothing_to_do, NULL) ? -1 : pthread_join(id, NULL);
}

static int act_resolver(void)
{
	return open("/etc/hosts", O_RDONLY | O_CLOEXEC);
}

static int act_own_trust_store(void)
{
	return open(trust_path, O_RDONLY | O_CLOEXEC);
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
	{ "start a thread", act_thread, DIED, DONE, DONE },
	/* files */
	{ "read a file of the resolver", act_resolver, DIED, DONE, DONE },
	{ "read its own trust store", act_own_trust_store, DIED, DONE, DONE },
	{ "read a file", act_read_file, DIED, UNSEEN, DONE },
	{ "read the store", act_open_store, DIED, UNSEEN, DONE },
	{ "write the store", act_write_store, DIED, REFUSED, DONE },
	{ "append to the store", act_append_store, DIED, REFUSED, DONE },
	{ "open the store by openat2", act_openat2, DIED, REFUSED, DONE },
	{ "empty the store with O_RDONLY", act_truncate_reading, DIED, REFUSED, DONE },
	{ "make a file with O_RDONLY", act_create_reading, DIED, REFUSED, DONE },
	{ "make a file without a name", act_tmpfile, DIED, REFUSED, DONE },
	{ "list a folder", act_list_folder, DIED, UNSEEN, DONE },
	{ "name a file by a handle", act_handle, DIED, REFUSED, DONE },
	{ "write a file", act_write_file, DIED, REFUSED, DONE },
	{ "remove a file", act_remove_file, DIED, REFUSED, DONE },
	{ "rename the store", act_rename_store, DIED, REFUSED, DONE },
	{ "link the store", act_link_store, DIED, REFUSED, DONE },
	{ "make a symbolic link", act_symlink, DIED, REFUSED, DONE },
	{ "make a folder", act_mkdir, DIED, REFUSED, DONE },
	{ "make a pipe with a name", act_mknod, DIED, REFUSED, DONE },
	{ "change a file's mode", act_chmod, DIED, REFUSED, DONE },
	{ "change a file's attributes", act_xattr, DIED, REFUSED, DONE },
	{ "change a file's times", act_utime, DIED, REFUSED, DONE },
	/* sockets */
	{ "make an internet socket", act_inet_socket, DIED, DONE, REFUSED },
	{ "make an IPv6 socket", act_inet6_socket, DIED, DONE, REFUSED },
	{ "make a netlink socket", act_netlink, DIED, REFUSED, REFUSED },
	{ "make a local socket", act_unix_socket, DIED, REFUSED, DONE },
	{ "make a pair of datagram sockets", act_datagram_pair, DIED, REFUSED, DONE },
	{ "make a pair of packet sockets", act_seqpacket_pair, DIED, REFUSED, DONE },
	{ "connect to the control socket", act_control_socket, DIED, REFUSED, DONE },
	{ "connect", act_connect, DIED, DONE, DONE },
	{ "bind", act_bind, DIED, REFUSED, DONE },
	{ "listen", act_listen, DIED, REFUSED, DONE },
	{ "listen on the internet", act_inet_listen, DIED, REFUSED, DONE },
	{ "accept", act_accept, DIED, REFUSED, DONE },
	/* processes */
	{ "fork", act_fork, DIED, REFUSED, REFUSED },
	{ "exec", act_exec, DIED, REFUSED, REFUSED },
	{ "ptrace", act_ptrace, DIED, REFUSED, REFUSED },
	{ "kill", act_kill, DIED, REFUSED, REFUSED },
	{ "tgkill another", act_tgkill, DIED, REFUSED, REFUSED },
	{ "tkill", act_tkill, DIED, REFUSED, REFUSED },
	{ "queue a signal", act_sigqueue, DIED, REFUSED, REFUSED },
	{ "take hold of a process", act_pidfd, DIED, REFUSED, REFUSED },
	{ "have signals sent", act_set_owner, DIED, REFUSED, REFUSED },
	{ "read another's limits", act_process_limit, DIED, REFUSED, REFUSED },
	{ "read memory of a process", act_read_memory, DIED, REFUSED, REFUSED },
	{ "open its own memory", act_proc_mem, DIED, REFUSED, CAPABLE },
	{ "look at the parent", act_proc_parent, DIED, UNSEEN, DONE },
	{ "change the personality", act_personality, DIED, REFUSED, REFUSED },
	/* code */
	{ "map code", act_map_code, DIED, REFUSED, REFUSED },
	{ "turn data into code", act_make_code, DIED, REFUSED, REFUSED },
	{ "map a memory file as code", act_memfd_code, DIED, REFUSED, REFUSED },
	{ "make memory of huge pages", act_huge_pages, DIED, REFUSED, DONE },
	{ "map a file as code", act_map_library, DIED, REFUSED, REFUSED },
	{ "undo what the seal set", act_unset, PRCTL, REFUSED, DONE },
};
_Static_assert(COUNT(acts) >= 40, "a role is tried with forty acts");

static int no_seal(struct err *e)
{
	(void)e;
	return 0;
}

enum { EXIT_DONE, EXIT_REFUSED, EXIT_NO_SEAL };

static int seal_net(struct err *e)
{
	const char *files[] = { trust_path };

	return sandbox_net(files, 1, e);
}

static enum outcome try_act(int (*seal)(struct err *e), const struct act *act)
{
	struct err e;
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		signal(SIGPIPE, SIG_IGN);
		alarm(20); /* an act that hangs */
		a_socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		an_inet_socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (seal(&e) < 0)
			_exit(EXIT_NO_SEAL);
		_exit(act->fn() < 0 ? EXIT_REFUSED : EXIT_DONE);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (unlink(new_path) < 0)
		(void)rmdir(new_path); /* what the act made */
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGSYS);
		return DIED;
	}
	assert_int_not_equal(WEXITSTATUS(status), EXIT_NO_SEAL);
	return WEXITSTATUS(status) == EXIT_DONE ? DONE : REFUSED;
}

static bool has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0; /* asks for the version */
}

static bool is_bare; /* the second run, without capabilities */

static void expect(const char *seal, const struct act *act, enum outcome got, enum outcome want)
{
	static const char *const words[] = { "is done", "is refused", "kills", "is unseen",
					     "needs a capability" };

	if (want == UNSEEN)
		want = has_landlock() ? REFUSED : DONE;
	if (want == CAPABLE)
		want = is_bare ? REFUSED : DONE;
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
		expect("net", &acts[i], try_act(seal_net, &acts[i]), acts[i].net);
}

static void the_store_seal_leaves_files_and_local_sockets(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(acts); i++)
		expect("store", &acts[i], try_act(sandbox_store, &acts[i]), acts[i].store);
}

/* Who only serves takes in who connects, and does nothing else of it. */
static bool is_serving(const struct act *act)
{
	return strcmp(act->name, "work on") == 0 || strcmp(act->name, "accept") == 0;
}

static void the_serve_seal_leaves_what_is_open_and_who_connects(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(acts); i++)
		expect("serve", &acts[i], try_act(sandbox_serve, &acts[i]),
		       is_serving(&acts[i]) ? DONE : REFUSED);
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

enum { NOBODY = 65534 };

static void run_bare(int out)
{
	static char name[] = "test_sandbox", word[] = "bare";
	char *argv[] = { name, word, NULL };

	if (dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0 ||
	    setgroups(0, NULL) < 0 || setgid(NOBODY) < 0 || setuid(NOBODY) < 0)
		_exit(1);
	execv("/proc/self/exe", argv);
	_exit(2);
}

static void print_all(int fd)
{
	char text[4096];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	print_error("%.*s\n", n > 0 ? (int)n : 0, text);
}

/* As under the unit: no capability, no user of its own; all of the tables once more. */
static void without_capabilities_it_is_the_same(void **state)
{
	int status, out = memfd_create("out", MFD_CLOEXEC);
	pid_t child;

	(void)state;
	if (is_bare || geteuid() != 0)
		skip();
	child = fork();
	assert_true(child >= 0 && out >= 0);
	if (child == 0)
		run_bare(out);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status != 0)
		print_all(out);
	close(out);
	assert_int_equal(status, 0);
}

/* In a process that has a descriptor for the rules, and none for the file. */
static int seal_without_descriptors(void)
{
	const char *paths[] = { trust_path };
	int next = dup(STDIN_FILENO);
	struct rlimit few = { .rlim_cur = (rlim_t)next + 1, .rlim_max = (rlim_t)next + 1 };
	struct err e = { 0 };
	bool there;

	close(next);
	if (setrlimit(RLIMIT_NOFILE, &few) < 0)
		return EXIT_NO_SEAL;
	return landlock_read_only(paths, COUNT(paths), -1, &there, &e) < 0 && e.class == ERR_TEMP
		   ? EXIT_DONE
		   : EXIT_REFUSED;
}

static void a_file_that_cannot_be_looked_at_just_now_is_not_left_out(void **state)
{
	int status;
	pid_t child;

	(void)state;
	if (!has_landlock())
		skip();
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(seal_without_descriptors());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, EXIT_DONE << 8);
}

static void make_file(char path[64], const char *name)
{
	snprintf(path, 64, "%s/%s", place, name);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
}

static int make_place(void **state)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	(void)state;
	if (!mkdtemp(place))
		return -1;
	make_file(store_path, "store");
	make_file(trust_path, "ca.pem");
	snprintf(new_path, sizeof(new_path), "%s/new", place);
	snprintf(socket_path, sizeof(socket_path), "%s/socket", place);
	strcpy(at.sun_path, socket_path);
	control = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return bind(control, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(control, 100) < 0;
}

static int remove_place(void **state)
{
	const char *paths[] = { store_path, trust_path, new_path, socket_path };

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++)
		unlink(paths[i]);
	return rmdir(place);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unsealed_each_act_is_done),
		cmocka_unit_test(the_parse_seal_leaves_memory_and_what_is_open),
		cmocka_unit_test(the_net_seal_leaves_sockets_and_reading),
		cmocka_unit_test(the_store_seal_leaves_files_and_local_sockets),
		cmocka_unit_test(the_serve_seal_leaves_what_is_open_and_who_connects),
		cmocka_unit_test(a_file_that_cannot_be_looked_at_just_now_is_not_left_out),
		cmocka_unit_test(limits_of_the_process_hold),
		cmocka_unit_test(processor_time_ends),
		cmocka_unit_test(without_capabilities_it_is_the_same),
	};

	is_bare = argc > 1 && strcmp(argv[1], "bare") == 0;
	return cmocka_run_group_tests_name("sandbox", tests, make_place, remove_place);
}
