#include "gatewayd/core/control.h"

#include <errno.h>
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
#include "gatewayd/wire/channel.h"
#include "gatewayd/wire/control_talk.h"
#include "gatewayd/ctl/ctl.h"
#include "gatewayd/core/delivery.h"
#include "gatewayd/core/intake.h"
#include "gatewayd/core/parse_pool.h"
#include "gatewayd/core/timer.h"

enum { CLIENTS_MAX = 16, BACKLOG = 16 };

struct client {
	struct control *control;
	struct wire wire;
	bool used;
};

struct control {
	struct core *core;
	int fd;
	char *path;
	struct client clients[CLIENTS_MAX];
};

static void client_close(struct client *c)
{
	loop_forget(c->control->core->loop, c->wire.fd);
	wire_release(&c->wire);
	c->used = false;
}

static json_t *mailbox_view(const char *name, const struct intake_mailbox *m)
{
	return json_pack("{s:s, s:b, s:s, s:o}", "name", name, "good", m && m->good, "text",
			 m ? m->text : "not heard of yet", "at",
			 json_of_instant(m ? m->at : INSTANT_NONE));
}

/* All of the configuration, with what their pollers said last. */
static json_t *mailboxes(void *ctx)
{
	const struct core *core = ctx;
	size_t n;
	const struct intake_mailbox *v = intake_mailboxes(core->intake, &n);
	json_t *all = json_array();

	for (size_t i = 0; i < core->conf->mailbox_count; i++) {
		const char *name = core->conf->mailboxes[i].name;
		const struct intake_mailbox *m = NULL;

		for (size_t k = 0; k < n && !m; k++)
			if (strcmp(v[k].name, name) == 0)
				m = &v[k];
		json_array_append_new(all, mailbox_view(name, m));
	}
	return all;
}

static int run(struct core *core, const struct control_request *r, struct buf *out, struct buf *err)
{
	struct desk d = core_desk(core);
	struct ctl_daemon daemon = { .started_at = core->started_at,
				     .mailboxes = mailboxes,
				     .ctx = core,
				     .mails_under_way = pool_busy(core->pool) };
	const struct ctl_verb *verb = ctl_find(r->n, r->words, err);
	struct ctl c = { .d = &d,
			 .input = r->input,
			 .columns = r->columns,
			 .out = out,
			 .err = err,
			 .daemon = &daemon };
	int status;

	if (!verb)
		return EX_USAGE;
	c.n = r->n;
	memcpy(c.words, r->words, (size_t)r->n * sizeof(*r->words));
	status = ctl_run(&c, verb);
	if (verb->flags & (CTL_WRITES | CTL_OWN_TXN)) {
		log_event(LOG_NOTICE, "control.verb", "verb=\"%s\" status=%d", verb->name, status);
		pool_wake(core->pool);
		delivery_wake(core->delivery);
		watch_wake(core->watch);
	}
	return status;
}

static int on_request(void *ctx, struct wire_in *in, struct err *e)
{
	struct client *c = ctx;
	struct control_request r;
	struct buf out BUF_AUTO, err BUF_AUTO;
	int status, result;

	buf_init(&out, CTL_OUT_MAX);
	buf_init(&err, CTL_OUT_MAX);
	if (control_request_get(in, &c->control->core->arena, &r, e) < 0)
		return -1;
	status = run(c->control->core, &r, &out, &err);
	control_request_release(&r);
	core_later(c->control->core);
	result = control_answer_put(&c->wire, status, buf_span(&out), buf_span(&err), e);
	return result;
}

static void on_client(void *ctx, int fd, unsigned int events)
{
	struct client *c = ctx;
	struct err e = { 0 };
	bool open;
	int result = channel_serve(&c->wire, events, on_request, c, &open, &e);

	if (result < 0)
		log_event(LOG_WARNING, "control.refused", "reason=\"%s\"", e.text);
	if (result < 0 || !open)
		client_close(c);
	else
		loop_watch(c->control->core->loop, fd, channel_events(&c->wire), on_client, c);
}

static void on_connect(void *ctx, int fd, unsigned int events)
{
	struct control *control = ctx;
	int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (peer < 0)
		return;
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *c = &control->clients[i];

		if (c->used)
			continue;
		c->control = control;
		c->used = true;
		message_wire(&c->wire, peer, ROLE_CORE, ROLE_CONTROL);
		loop_watch(control->core->loop, peer, LOOP_READ, on_client, c);
		return;
	}
	close(peer); /* too many at once: gatewayctl says so and may try again */
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

struct control *control_new(struct core *c, struct err *e)
{
	struct control *control;
	int fd = listen_at(c->conf->socket, e);

	if (fd < 0)
		return NULL;
	control = mem_alloc(sizeof(*control));
	control->core = c;
	control->fd = fd;
	control->path = mem_strdup(c->conf->socket);
	loop_watch(c->loop, fd, LOOP_READ, on_connect, control);
	return control;
}

void control_free(struct control **control)
{
	if (!*control)
		return;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if ((*control)->clients[i].used)
			client_close(&(*control)->clients[i]);
	loop_forget((*control)->core->loop, (*control)->fd);
	close((*control)->fd);
	unlink((*control)->path);
	free((*control)->path);
	free(*control);
	*control = NULL;
}
