#include "gatewayd/core/control.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/peer.h"
#include "gatewayd/core/report.h"
#include "gatewayd/ctl/ctl_verbs.h"
#include "gatewayd/wire/channel.h"
#include "gatewayd/wire/control_talk.h"

enum {
	CLIENTS_MAX = 16,
	BACKLOG = 16,
	COPY_MS = 5000,	   /* between two slices of a copy, until it is dropped */
	CLIENT_MS = 60000, /* that a client may take for a request, or for reading its answer */
	LOOK_MS = 5000,
};

struct client {
	struct control *control;
	struct wire wire;
	int64_t since_ms; /* it connected, or asked last */
	uid_t uid;	  /* -1: the kernel does not say */
	bool may_guarded;
	bool used;
};

struct control {
	struct bench *bench;
	struct intake *intake;
	struct parse_pool *pool;
	struct timer *timer;
	struct grant_list *grants;
	int fd;				  /* listening; -1: not */
	struct peer_rule rule, data_rule; /* who is let in, and to people's data */
	char *path;
	int spare; /* given up to take in one who comes when no descriptor is left */
	bool full; /* so it was said */
	struct loop_timer look;
	struct ctl_copy copy;
	int64_t copied_ms; /* its last slice */
	struct client clients[CLIENTS_MAX];
};

static void client_close(struct client *c)
{
	loop_forget(c->control->bench->loop, c->wire.fd);
	wire_release(&c->wire);
	c->used = false;
}

/* Of a backup whose gatewayctl is gone. */
static void drop_copy(struct control *control)
{
	struct err e;

	if (control->copy.copy)
		(void)store_copy_end(control->bench->store, &control->copy.copy, NULL, &e);
}

/* Those who say nothing go, so that one who wants something finds room. */
static void look(void *ctx)
{
	struct control *control = ctx;
	int64_t now = bench_now_ms(control->bench);
	bool any = false;

	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *c = &control->clients[i];

		if (c->used && now - c->since_ms >= CLIENT_MS)
			client_close(c);
		any = any || c->used;
	}
	if (now - control->copied_ms >= COPY_MS)
		drop_copy(control);
	if (any || control->copy.copy)
		loop_timer_start(control->bench->loop, &control->look, LOOK_MS);
}

static json_t *report(void *ctx)
{
	const struct control *control = ctx;

	return report_make(control->bench, intake_mailboxes(control->intake), control->grants);
}

static int login(void *ctx, const char *oauth, uint32_t *ret_number, struct err *e)
{
	struct control *control = ctx;

	return grant_list_login(control->grants, oauth, ret_number, e);
}

static json_t *login_state(void *ctx, const char *oauth, uint32_t number)
{
	struct control *control = ctx;

	return report_login(grant_list_find(control->grants, oauth), number);
}

/* What a verb did may have something to parse, to watch or to send: the timer wakes the delivery.
 */
static void wake_all(struct control *control)
{
	parse_pool_look_again(control->pool); /* what is put back has a lower number */
	timer_wake(control->timer);
}

static struct ctl_caller caller_of(const struct client *c)
{
	struct arena *a = &c->control->bench->arena;

	return (
	    struct ctl_caller){ .channel = AUDIT_CONTROL,
				.who = span_of(arena_printf(a, "uid:%lld", (long long)(int)c->uid)),
				.may_guarded = c->may_guarded };
}

/* What it reads before it writes no other node changes meanwhile. */
static int run_in_turn(struct ctl *c, const struct ctl_verb *verb, struct bench *b)
{
	struct err e = { 0 };
	int status;

	if (!(verb->flags & (CTL_WRITES | CTL_OWN_TXN)))
		return ctl_run(c, verb);
	if (bench_own_turn(b, &e) < 0)
		return ctl_fail(c, &e);
	status = ctl_run(c, verb);
	bench_end_turn(b);
	return status;
}

static int run(struct client *client, const struct control_request *r, struct buf *out,
	       struct buf *err, int *ret_file)
{
	struct control *control = client->control;
	struct ctl_caller caller = caller_of(client);
	struct desk d = bench_desk(control->bench);
	struct ctl_daemon daemon = { .started_at = control->bench->started_at,
				     .report = report,
				     .login = login,
				     .login_state = login_state,
				     .ctx = control,
				     .mails_under_way = parse_pool_busy(control->pool),
				     .copy = &control->copy };
	const struct ctl_verb *verb = ctl_find(r->n, r->words, err);
	struct ctl c = { .d = &d,
			 .argv = r->words,
			 .argc = r->n,
			 .input = r->input,
			 .columns = r->columns,
			 .out = out,
			 .err = err,
			 .daemon = &daemon,
			 .caller = &caller };
	uint64_t slices = control->copy.slices;
	int status;

	if (!verb)
		return EX_USAGE;
	status = run_in_turn(&c, verb, control->bench);
	*ret_file = c.has_file ? c.file : -1;
	if (control->copy.slices != slices)
		control->copied_ms = bench_now_ms(control->bench);
	if (control->copy.slices != slices && status != EX_OK)
		drop_copy(control); /* nobody goes on with it: its first slice was refused */
	if (!(verb->flags & (CTL_WRITES | CTL_OWN_TXN)))
		return status;
	if (!c.is_more)
		log_event(LOG_NOTICE, "control.verb", log_text("verb", verb->name),
			  log_int("status", status));
	wake_all(control);
	return status;
}

static int on_request(void *ctx, struct wire_in *in, struct err *e)
{
	struct client *c = ctx;
	struct control_request r;
	struct buf out BUF_AUTO, err BUF_AUTO;
	int status, result, file = -1;

	buf_init(&out, CTL_OUT_MAX);
	buf_init(&err, CTL_OUT_MAX);
	if (control_request_get(in, &c->control->bench->arena, &r, e) < 0)
		return -1;
	status = run(c, &r, &out, &err, &file);
	control_request_release(&r);
	bench_later(c->control->bench);
	c->since_ms = bench_now_ms(c->control->bench);
	result = control_answer_put(&c->wire, status, buf_span(&out), buf_span(&err), file, e);
	if (file >= 0)
		close(file);
	return result;
}

static void on_client(void *ctx, int fd, unsigned int events)
{
	struct client *c = ctx;
	struct err e = { 0 };
	bool open;
	int result = channel_serve(&c->wire, events, on_request, c, &open, &e);

	if (result < 0)
		log_event(LOG_WARNING, "control.refused", log_reason(&e));
	if (result < 0 || !open)
		client_close(c);
	else
		loop_watch(c->control->bench->loop, fd, channel_events(&c->wire), on_client, c);
}

/* A free one, or that of the client who has asked for nothing the longest. */
static struct client *slot(struct control *control)
{
	struct client *oldest = &control->clients[0];

	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *c = &control->clients[i];

		if (!c->used)
			return c;
		if (c->since_ms < oldest->since_ms)
			oldest = c;
	}
	client_close(oldest);
	return oldest;
}

void control_client_add(struct control *control, int fd)
{
	struct client *c = slot(control);

	c->control = control;
	c->used = true;
	c->since_ms = bench_now_ms(control->bench);
	c->may_guarded = peer_may(fd, &control->data_rule, &c->uid);
	message_wire(&c->wire, fd, ROLE_CORE, ROLE_CONTROL);
	loop_watch(control->bench->loop, fd, LOOP_READ, on_client, c);
	if (!control->look.armed)
		loop_timer_start(control->bench->loop, &control->look, LOOK_MS);
}

static int spare_open(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Without a descriptor nobody can be let in, and who waits would keep the loop awake: he is taken
 * in with the spare one and sent away. */
static void send_away(struct control *control, int fd)
{
	int client;

	if (!control->full)
		log_event(LOG_ERROR, "control.full", log_text("reason", strerror(errno)));
	control->full = true;
	if (control->spare >= 0)
		close(control->spare);
	client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	if (client >= 0)
		close(client);
	control->spare = spare_open();
}

static void on_connect(void *ctx, int fd, unsigned int events)
{
	struct control *control = ctx;
	int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	uid_t uid;

	(void)events;
	if (client < 0 && (errno == EMFILE || errno == ENFILE))
		send_away(control, fd);
	if (client < 0)
		return;
	control->full = false;
	if (peer_may(client, &control->rule, &uid)) {
		control_client_add(control, client);
		return;
	}
	log_event(LOG_WARNING, "control.refused", log_int("uid", uid));
	close(client);
}

static int find_group(const char *key, const char *name, struct peer_rule *ret_rule, struct err *e)
{
	const struct group *group;

	if (!name)
		return 0;
	errno = 0;
	group = getgrnam(name);
	if (!group)
		return err_set(e, ERR_PERM, "%s: there is no group %s", key, name);
	*ret_rule = (struct peer_rule){ true, group->gr_gid };
	return 0;
}

/* The file lets in the group, or this user alone; the rule is asked again for each who connects. */
static int give_file(const char *path, const struct peer_rule *rule, struct err *e)
{
	if (rule->has_group && (chown(path, (uid_t)-1, rule->group) < 0 || chmod(path, 0660) < 0))
		return err_set(e, ERR_PERM, "%s: giving it to control_group: %s", path,
			       strerror(errno));
	return 0;
}

static int listen_at(const char *path, struct err *e)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(addr.sun_path))
		return err_set(e, ERR_PERM, "%s: too long for a socket", path);
	memcpy(addr.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_set(e, ERR_TEMP, "socket: %s", strerror(errno));
	unlink(path); /* of an earlier run: the store's lock says that there is no other */
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 || chmod(path, 0600) < 0 ||
	    listen(fd, BACKLOG) < 0) {
		close(fd);
		return err_set(e, ERR_PERM, "%s: %s", path, strerror(errno));
	}
	return fd;
}

int control_listen(struct control *control, const struct conf *conf, struct err *e)
{
	int fd;

	if (find_group("control_group", conf->control_group, &control->rule, e) < 0 ||
	    find_group("data_group", conf->data_group, &control->data_rule, e) < 0)
		return -1;
	fd = listen_at(conf->socket, e);
	if (fd < 0)
		return -1;
	control->fd = fd;
	control->spare = spare_open();
	control->path = mem_strdup(conf->socket);
	loop_watch(control->bench->loop, fd, LOOP_READ, on_connect, control);
	return give_file(conf->socket, &control->rule, e);
}

struct control *control_new(struct bench *b, struct intake *intake, struct parse_pool *pool,
			    struct timer *timer, struct grant_list *grants)
{
	struct control *control = mem_alloc(sizeof(*control));

	control->bench = b;
	control->intake = intake;
	control->pool = pool;
	control->timer = timer;
	control->grants = grants;
	control->fd = -1;
	control->spare = -1;
	control->look = (struct loop_timer){ .fn = look, .ctx = control };
	return control;
}

static void listen_end(struct control *control)
{
	if (control->fd < 0)
		return;
	loop_forget(control->bench->loop, control->fd);
	close(control->fd);
	unlink(control->path);
	free(control->path);
}

void control_free(struct control **control)
{
	if (!*control)
		return;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if ((*control)->clients[i].used)
			client_close(&(*control)->clients[i]);
	drop_copy(*control);
	listen_end(*control);
	loop_timer_stop((*control)->bench->loop, &(*control)->look);
	if ((*control)->spare >= 0)
		close((*control)->spare);
	mem_free(control);
}
