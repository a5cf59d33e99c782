#include "gatewayd/parent/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/close_range.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/arena.h"
#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/program.h"
#include "gatewayd/base/version.h"
#include "gatewayd/grant/keep.h"
#include "gatewayd/wire/parent_talk.h"
#include "gatewayd/wire/parse_talk.h"
#include "gatewayd/wire/role.h"
#include "gatewayd/wire/setup_hooks.h"
#include "gatewayd/wire/setup_poller.h"
#include "gatewayd/wire/setup_sender.h"
#include "gatewayd/wire/setup_tokens.h"
#include "gatewayd/wire/setup_web.h"
#include "gatewayd/wire/taken.h"

/* Out of the way of the numbers that exec_role() gives; -1 stays. */
static int high(int fd)
{
	int moved = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 16);

	if (fd >= 0)
		close(fd);
	return moved;
}

static int open_path(const char *path, int *ret_fd, struct err *e)
{
	int fd = high(open(path, O_PATH | O_CLOEXEC));

	if (fd < 0)
		return err_set(e, ERR_PERM, "%s: %s", path, strerror(errno));
	*ret_fd = fd;
	return 0;
}

static int open_program(const char *name, int *ret_fd, struct err *e)
{
	char path[PROGRAM_PATH_MAX];

	return program_find(name, path, e) < 0 ? -1 : open_path(path, ret_fd, e);
}

static int open_programs(struct spawn_common *c, struct err *e)
{
	if (open_path("/proc/self/exe", &c->self, e) < 0 ||
	    open_program(PROGRAM_NET, &c->net, e) < 0)
		return -1;
	return open_program(PROGRAM_PARSE, &c->parse, e);
}

static int program_of(const struct spawn_common *c, enum role_id role)
{
	return role == ROLE_CORE ? c->self : role == ROLE_PARSE ? c->parse : c->net;
}

/* Without a file a daemon that is killed does not know what it sent last. */
static int open_taken(const char *socket, struct err *e)
{
	int fd;

	if (taken_open(socket, &fd, e) < 0) {
		log_event(LOG_WARNING, "taken.no-file", log_reason(e));
		if (taken_open(NULL, &fd, e) < 0)
			return -1;
	}
	return high(fd);
}

/* Started by root, each role but core has a user of its own where there is one, "gatewayd-sender":
 * then not even the files and processes of the others are its to reach. */
static int role_user(enum role_id role, const char *user, char **ret_user, struct err *e)
{
	char name[128];
	bool has_own;

	snprintf(name, sizeof(name), "%s-%s", user, role_name(role));
	errno = 0; /* that nobody is called so is told by other numbers, getpwnam(3) */
	has_own = role != ROLE_CORE && getpwnam(name);
	if (!has_own && (errno == EIO || errno == EMFILE || errno == ENFILE || errno == ENOMEM))
		return err_set(e, ERR_TEMP, "looking up user %s: %s", name, strerror(errno));
	*ret_user = mem_strdup(has_own ? name : user);
	return 0;
}

static int role_users(char **ret_users, const char *user, struct err *e)
{
	for (int role = 0; user && role < ROLE_COUNT; role++)
		if (role_user((enum role_id)role, user, &ret_users[role], e) < 0)
			return -1;
	return 0;
}

int spawn_common_open(struct spawn_common *ret_c, const struct conf *conf, struct err *e)
{
	*ret_c = (struct spawn_common){ .self = -1, .net = -1, .parse = -1, .taken = -1 };
	if (setup_keys_open(conf, &ret_c->keys, e) < 0)
		return -1;
	if (role_users(ret_c->users, conf->user, e) == 0 && open_programs(ret_c, e) == 0)
		ret_c->taken = open_taken(conf->socket, e);
	if (ret_c->taken >= 0)
		return 0;
	spawn_common_close(ret_c);
	return -1;
}

void spawn_common_close(struct spawn_common *c)
{
	const int fds[] = { c->self, c->net, c->parse, c->taken };

	setup_keys_release(&c->keys);
	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	for (int role = 0; role < ROLE_COUNT; role++)
		mem_free(&c->users[role]);
}

/* What is executed, made before the fork. */
struct command {
	struct arena arena;
	char *argv[14];
};

static void command_init(struct command *c, const struct spawn *s)
{
	struct arena *a = &c->arena;
	int n = 0;

	arena_init(a);
	c->argv[n++] = arena_printf(a, "gatewayd");
	c->argv[n++] = arena_printf(a, "-x");
	c->argv[n++] = arena_printf(a, "%s", role_name(s->role));
	c->argv[n++] = arena_printf(a, "-i");
	c->argv[n++] = arena_printf(a, "%" PRIu32, s->instance);
	c->argv[n++] = arena_printf(a, "-c");
	c->argv[n++] = arena_printf(a, "%s", s->conf_path);
	if (s->common->users[s->role]) {
		c->argv[n++] = arena_printf(a, "-u");
		c->argv[n++] = s->common->users[s->role];
	}
	if (s->debug)
		c->argv[n++] = arena_printf(a, "-d");
	c->argv[n++] = arena_printf(a, "-v");
	c->argv[n++] = arena_printf(a, GATEWAYD_VERSION);
	c->argv[n] = NULL;
}

/*
 * In the child, which has the parent's memory until it executes something else: calls of the kernel
 * alone.  Descriptors 0, 1, 2 as they are, 3 and 4 the channels, nothing else.
 */
static void exec_role(const struct spawn *s, const struct command *c, int parent_fd, int core_fd)
{
	sigset_t none;

	/* Both are high numbers (high_pair), so that neither is in the other's way. */
	dup2(parent_fd, ROLE_PARENT_FD);
	if (core_fd >= 0)
		dup2(core_fd, ROLE_CORE_FD);
	else
		close(ROLE_CORE_FD);
	close_range(ROLE_CORE_FD + 1, ~0U, CLOSE_RANGE_CLOEXEC);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fexecve(program_of(s->common, s->role), c->argv, environ);
	_exit(EX_OSERR);
}

static int send_tokens_setup(const struct spawn *s, struct wire *w, struct err *e)
{
	int folder = keep_folder(s->conf->state_dir, s->common->users[s->role], e), r;

	if (folder < 0)
		return -1;
	r = setup_tokens_put(w, s->conf, &s->common->keys, folder, e);
	close(folder);
	return r;
}

static int send_setup(const struct spawn *s, struct wire *w, struct err *e)
{
	const struct conf *conf = s->conf;

	switch (s->role) {
	case ROLE_CORE: return setup_core_put(w, conf, &s->common->keys, e);
	case ROLE_PARSE: return parse_talk_setup_put(w, &conf->limits, e);
	case ROLE_POLLER: return setup_poller_put(w, conf, s->instance, s->note, e);
	case ROLE_SENDER: return setup_sender_put(w, conf, s->instance, s->common->taken, e);
	case ROLE_TOKENS: return send_tokens_setup(s, w, e);
	case ROLE_WEB: return setup_web_put(w, conf, e);
	case ROLE_HOOKS: return setup_hooks_put(w, conf, e);
	case ROLE_PARENT:
	case ROLE_CONTROL:
	case ROLE_COUNT: break;
	}
	return err_set(e, ERR_BUG, "no set-up for %s", role_name(s->role));
}

static int high_pair(int fds[2], struct err *e)
{
	if (wire_pair(fds, e) < 0)
		return -1;
	for (int i = 0; i < 2; i++)
		fds[i] = high(fds[i]);
	if (fds[0] < 0 || fds[1] < 0)
		return err_set(e, ERR_TEMP, "descriptors: %s", strerror(errno));
	return 0;
}

struct pairs {
	int parent[2], core[2]; /* ours, its; core's in core: -1 */
};

static void pairs_close(struct pairs *p, int end)
{
	if (p->parent[end] >= 0)
		close(p->parent[end]);
	if (p->core[end] >= 0)
		close(p->core[end]);
}

static int pairs_open(const struct spawn *s, struct pairs *p, struct err *e)
{
	*p = (struct pairs){ { -1, -1 }, { -1, -1 } };
	if (high_pair(p->parent, e) == 0 && (s->role == ROLE_CORE || high_pair(p->core, e) == 0))
		return 0;
	pairs_close(p, 0);
	pairs_close(p, 1);
	return -1;
}

static int introduce(const struct spawn *s, pid_t pid, int core_fd, struct err *e)
{
	struct parent_talk_peer peer = { s->role, s->instance, pid, core_fd, SPAN_NONE };
	struct buf server BUF_AUTO;

	buf_init(&server, SETUP_POLLER_SERVER_MAX);
	if (s->role == ROLE_POLLER)
		setup_poller_server(s->conf, s->instance, &server);
	peer.server = buf_span(&server);
	return s->role == ROLE_CORE ? 0 : parent_talk_peer_put(s->core, &peer, e);
}

int spawn_role(const struct spawn *s, pid_t *ret_pid, struct wire *ret_wire, struct err *e)
{
	struct command c;
	struct pairs p;
	pid_t pid;
	int result;

	*ret_pid = 0;
	if (pairs_open(s, &p, e) < 0)
		return -1;
	command_init(&c, s);
	/* Not fork(): to copy the tables of pages is half of what a role of short life costs. */
	pid = vfork();
	if (pid == 0)
		exec_role(s, &c, p.parent[1], p.core[1]);
	arena_release(&c.arena);
	pairs_close(&p, 1);
	if (pid < 0) {
		pairs_close(&p, 0);
		return err_set(e, ERR_TEMP, "vfork: %s", strerror(errno));
	}
	*ret_pid = pid;
	message_wire(ret_wire, p.parent[0], ROLE_PARENT, s->role);
	result = introduce(s, pid, p.core[0], e);
	if (p.core[0] >= 0)
		close(p.core[0]);
	return result < 0 ? -1 : send_setup(s, ret_wire, e);
}
