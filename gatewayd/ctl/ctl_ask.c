#include "gatewayd/ctl/ctl_ask.h"

#include <errno.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/run_lock.h"
#include "gatewayd/base/run_note.h"
#include "gatewayd/ctl/ctl_migrating.h"
#include "gatewayd/wire/control_talk.h"
#include "gatewayd/wire/setup.h"

enum { ANSWER_MS = 600000, START_TRIES = 50, START_WAIT_MS = 100 };

/* -1 and errno: nobody listens there. */
static int connect_core(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(addr.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		int why = errno;

		close(fd);
		errno = why;
		fd = -1;
	}
	return fd;
}

bool ctl_daemon_runs(const struct conf *conf, pid_t *ret_pid)
{
	int fd = connect_core(conf->socket);
	pid_t pid = run_lock_holder(conf->socket);

	if (fd >= 0)
		close(fd);
	*ret_pid = pid;
	return fd >= 0 || pid;
}

static void give_file(struct ctl *c, int file)
{
	c->has_file = file >= 0;
	c->file = file;
}

static int ask_core(int fd, const struct ctl_request *asked, struct buf *out, struct buf *err)
{
	struct control_request r = { .columns = asked->columns, .input = asked->input };
	struct wire w;
	struct wire_in in;
	struct err e = { 0 };
	int status = EX_OK, file = -1;

	for (; r.n < asked->argc; r.n++)
		r.words[r.n] = asked->argv[r.n];
	message_wire(&w, fd, ROLE_CONTROL, ROLE_CORE);
	if (control_request_put(&w, &r, &e) < 0 || wire_flush_all(&w, ANSWER_MS, &e) < 0 ||
	    wire_wait(&w, ANSWER_MS, &in, &e) < 0 ||
	    control_answer_get(&in, &status, out, err, asked->local ? &file : NULL, &e) < 0) {
		buf_addf(err, "gatewayctl: the daemon did not answer: %s\n", e.text);
		status = EX_TEMPFAIL;
	}
	wire_release(&w);
	if (asked->local)
		give_file(asked->local, file);
	return status;
}

static int run_on_store(struct ctl *c, const struct ctl_verb *verb, struct token_keys *keys)
{
	enum store_mode mode = verb->flags & CTL_WRITES	   ? STORE_CREATE
			       : verb->flags & CTL_OWN_TXN ? STORE_WRITE
							   : STORE_READ;
	struct ctl_migrating migrating;
	struct err e = { 0 };
	int status;

	ctl_migrating_init(&migrating, clock_real(), stderr);
	if (store_open_told(c->d->conf->store, mode, &migrating.listener, &c->d->store, &e) < 0)
		return ctl_fail(c, &e);
	if (mode != STORE_READ && store_erased_beside(c->d->store, c->d->conf->state_dir, &e) < 0)
		status = ctl_fail(c, &e);
	else
		status =
		    desk_epochs(c->d->store, keys, &e) < 0 ? ctl_fail(c, &e) : ctl_run(c, verb);
	store_close(&c->d->store);
	return status;
}

static int run_here(const struct conf *conf, const struct ctl_request *r, struct buf *out,
		    struct buf *err)
{
	struct arena arena ARENA_AUTO;
	struct token_keys keys = { 0 };
	struct clock clock = clock_real();
	struct zones *zones ZONES_AUTO = zones_new(NULL);
	struct desk d = { .conf = conf, .zones = zones, .keys = &keys, .arena = &arena };
	struct ctl_caller caller = { .channel = AUDIT_STORE, .may_guarded = true };
	struct ctl c = { .d = &d,
			 .argv = r->argv,
			 .argc = r->argc,
			 .input = r->input,
			 .columns = r->columns,
			 .out = out,
			 .err = err,
			 .caller = &caller };
	struct err e = { 0 };
	int status;

	arena_init(&arena);
	caller.who = span_of(arena_printf(&arena, "uid:%lld", (long long)getuid()));
	d.now = clock_now(&clock);
	/* Without the keys nothing can be signed: verbs that send mail say so. */
	(void)setup_keys_read(conf, &keys, &e);
	status =
	    r->verb->flags & CTL_NO_STORE ? ctl_run(&c, r->verb) : run_on_store(&c, r->verb, &keys);
	token_keys_wipe(&keys);
	if (r->local)
		give_file(r->local, c.has_file ? c.file : -1);
	return status;
}

_Static_assert((int)CTL_WORDS_MAX == (int)CONTROL_WORDS_MAX, "as many as a message has");

static int check_request(const struct ctl_request *r, struct buf *err)
{
	size_t bytes = 0;

	for (int i = 0; i < r->argc; i++)
		bytes += strlen(r->argv[i]);
	if (r->argc <= CTL_WORDS_MAX && bytes <= CTL_WORDS_BYTES_MAX)
		return EX_OK;
	if (r->argc > CTL_WORDS_MAX)
		buf_addf(err, "gatewayctl: more than %d words\n", CTL_WORDS_MAX);
	else
		buf_addf(err, "gatewayctl: words of more than %d KiB\n", CTL_WORDS_BYTES_MAX / KIB);
	return EX_USAGE;
}

/* The daemon lives, and its core listens not yet, or no more. */
static void say_deaf(const struct conf *conf, pid_t daemon, struct buf *err)
{
	struct buf note BUF_AUTO;

	buf_init(&note, 4 * RUN_NOTE_MAX);
	buf_addf(err,
		 "gatewayctl: the daemon (process %d) runs, but its core does not listen at %s",
		 (int)daemon, conf->socket);
	if (run_note_get(conf->socket, &note))
		buf_addf(err, " yet: %s\n", buf_cstr(&note));
	else
		buf_adds(err, ": its log says why\n");
}

/* Its group is control_group where the file lets a group in. */
static void say_forbidden(const char *socket_path, struct buf *err)
{
	const struct group *group = NULL;
	struct stat st;

	if (stat(socket_path, &st) == 0 && st.st_mode & S_IWGRP)
		group = getgrgid(st.st_gid);
	buf_addf(err, "gatewayctl: %s: %s; do it as root, or as a member of control_group%s%s\n",
		 socket_path, strerror(EACCES), group ? ", which is " : "",
		 group ? group->gr_name : "");
}

/* Why nobody could be asked, and whether to try again: a status, or EX_TEMPFAIL. */
static int not_connected(const struct conf *conf, const struct ctl_request *r, struct buf *out,
			 struct buf *err)
{
	bool forbidden = errno == EACCES || errno == EPERM;
	pid_t daemon = run_lock_holder(conf->socket);

	if (forbidden && !(r->verb->flags & CTL_NO_STORE)) {
		say_forbidden(conf->socket, err);
		return EX_NOPERM;
	}
	if (daemon && !(r->verb->flags & CTL_NO_STORE)) {
		say_deaf(conf, daemon, err);
		return EX_TEMPFAIL;
	}
	/* A socket that refuses is that of a core that died; without a parent none follows. */
	return conf->store ? run_here(conf, r, out, err) : EX_CONFIG;
}

int ctl_ask(const struct conf *conf, const struct ctl_request *r, struct buf *out, struct buf *err)
{
	int status = check_request(r, err);

	/* A daemon that starts holds the store before it listens: wait for it. */
	for (int tries = 0; status == EX_OK; tries++) {
		size_t out_before = out->n, err_before = err->n;
		int fd = connect_core(conf->socket);

		if (fd >= 0)
			return ask_core(fd, r, out, err);
		status = not_connected(conf, r, out, err);
		if (status != EX_TEMPFAIL || tries == START_TRIES)
			return status;
		out->n = out_before;
		err->n = err_before;
		status = EX_OK;
		usleep(START_WAIT_MS * 1000);
	}
	return status;
}

int ctl_ask_half(struct ctl *c, int n, const char *const *words, struct span input, struct buf *out)
{
	int length = ctl_name_length(c->verb->name, c->argc, c->argv);
	const char **argv = arena_alloc_n(c->d->arena, (size_t)(length + n), sizeof(*argv));
	struct ctl_request r = { .verb = c->verb,
				 .argv = argv,
				 .argc = length + n,
				 .input = input,
				 .columns = c->columns,
				 .local = c };

	memcpy(argv, c->argv, (size_t)length * sizeof(*argv));
	memcpy(argv + length, words, (size_t)n * sizeof(*argv));
	return ctl_ask(c->d->conf, &r, out, c->err);
}

int ctl_ask_value(struct ctl *c, int n, const char *const *words, json_t **ret_answer)
{
	struct buf out BUF_AUTO;
	struct err e = { 0 };
	int status;

	buf_init(&out, CTL_OUT_MAX);
	status = ctl_ask_half(c, n, words, SPAN(""), &out);
	return status == EX_OK ? ctl_result(c, json_read(buf_span(&out), ret_answer, &e), &e)
			       : status;
}

int ctl_ask_json(struct ctl *c, struct buf *out)
{
	int length = ctl_name_length(c->verb->name, c->argc, c->argv), n = c->argc - length;
	const char **words = arena_alloc_n(c->d->arena, (size_t)n + 1, sizeof(*words));

	words[0] = "--json";
	memcpy(words + 1, c->argv + length, (size_t)n * sizeof(*words));
	return ctl_ask_half(c, n + 1, words, SPAN(""), out);
}

int ctl_ask_same(struct ctl *c, struct span input)
{
	int length = ctl_name_length(c->verb->name, c->argc, c->argv);

	return ctl_ask_half(c, c->argc - length, c->argv + length, input, c->out);
}
