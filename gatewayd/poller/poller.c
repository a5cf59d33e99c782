/*
 * The role that reads mailboxes: one process an IMAP server, in it a thread a mailbox.
 *
 * It knows no store.  Each cycle it tells core what is in a folder (talk.h), fetches what core
 * wants and moves what core has kept.
 */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/poller/crash.h"
#include "gatewayd/poller/poll_mailbox.h"
#include "gatewayd/poller/poll_window.h"
#include "gatewayd/wire/role_access.h"
#include "gatewayd/wire/setup_poller.h"
#include "gatewayd/wire/talk.h"

enum {
	JOIN_MS = 5000,
	FILES_MAX = 8192,
	FILES_SPARE = 64,	 /* of the process */
	WINDOW_MAX = 1000,	 /* mails of a mailbox under way */
	FILES_A_MAILBOX = 6,	 /* but for mails: its session, orders, and files of the resolver */
	QUEUE_BYTES = 4 * MIB,	 /* said to core that it has not read: then all posts wait */
	QUEUE_MS = 20,		 /* so long, until it is looked at again */
	LARGE_BYTES = 64 * KIB,	 /* of memory that is had from the system, and given back */
	STACK_BYTES = 256 * KIB, /* of a thread; what was never used of it is no memory */
};

struct thread {
	int number;
	struct poll_mailbox *mailbox;
	struct access_box access;
	pthread_t id;
	bool started;
};

struct poller {
	struct role *role;
	struct arena settings; /* as long as the role lives */
	struct arena turn;
	struct handoff posts;
	struct loop_timer posts_again;
	int note; /* of what crashed */
	atomic_bool stop;
	struct thread *threads;
	size_t thread_count;
};

/* As many as the process may have. */
static uint64_t files(void)
{
	struct rlimit r;

	return getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_max < FILES_MAX ? r.rlim_max : FILES_MAX;
}

/* So that all of them together have enough of these. */
static struct poll_fetch_limits limits_of(const struct setup_poller *setup)
{
	int files_each = ((int)files() - FILES_SPARE) / (int)setup->n - FILES_A_MAILBOX;
	int most = files_each < 1 ? 1 : files_each < WINDOW_MAX ? files_each : WINDOW_MAX;

	return (struct poll_fetch_limits){
		.mail_bytes = setup->mail_bytes,
		.near = (size_t)(setup->fetch_window < most ? setup->fetch_window : most),
		.most = (size_t)most,
		.under_way_bytes = POLL_UNDER_WAY_MAX / (int64_t)setup->n,
	};
}

static int take_mailbox(struct poller *p, const struct setup_poller *setup,
			const struct setup_mailbox *m, struct err *e)
{
	struct access_box *access = &p->threads[p->thread_count].access;
	struct poll_mailbox_options o = { .conf = m->conf,
					  .secret = m->secret,
					  .access = m->conf.server.oauth ? access : NULL,
					  .fetch = limits_of(setup),
					  .stop = &p->stop,
					  .posts = &p->posts };
	struct poll_mailbox *mailbox = poll_mailbox_new(&o, e);

	if (!mailbox)
		return -1;
	access_init(access);
	p->threads[p->thread_count++].mailbox = mailbox;
	return 0;
}

static int take_setup(void *ctx, struct wire_in *in, struct err *e)
{
	struct poller *p = ctx;
	struct setup_poller s;

	if (setup_poller_get(in, &p->settings, &s, e) < 0)
		return -1;
	p->note = s.note;
	p->threads = mem_alloc_n(s.n, sizeof(*p->threads));
	for (size_t k = 0; k < s.n; k++)
		if (take_mailbox(p, &s, &s.mailboxes[k], e) < 0)
			return -1;
	return 0;
}

/* --- posts of the threads, to core --- */

static struct talk_session session_of(const struct poll_post *post)
{
	return (struct talk_session){ span_of(poll_mailbox_name(post->from)), post->uidvalidity,
				      post->session, post->place };
}

static int send_folder(struct poller *p, const struct poll_post *post, struct err *e)
{
	struct talk_folder f = { session_of(post), post->first, post->last, post->listed, post->n };

	return talk_folder_put(&p->role->core, &f, e);
}

static int send_compared(struct poller *p, const struct poll_post *post, struct err *e)
{
	struct talk_compared c = post->compared;

	c.session = session_of(post);
	return talk_compared_put(&p->role->core, &c, e);
}

static int send_mail(struct poller *p, const struct poll_post *post, struct err *e)
{
	const struct imap_mail *mail = &post->mail;
	struct talk_mail m = {
		.at = { session_of(post), mail->uid },
		.received_at = mail->received_at,
		.size = mail->truncated ? mail->size : mail->length,
		.kept = mail->length,
		.fd = mail->fd,
		.here = { mail->here, mail->here ? (size_t)mail->length : 0 },
	};

	_Static_assert((int)IMAP_HERE_MAX <= (int)TALK_HERE_MAX, "it goes in a message");
	_Static_assert((int)IMAP_HEAD_BYTES <= (int)TALK_CUT_MAX, "core takes it");
	return talk_mail_put(&p->role->core, &m, e);
}

static int send_status(struct poller *p, const struct poll_post *post, struct err *e)
{
	struct talk_status s = { span_of(poll_mailbox_name(post->from)), post->good,
				 span_of(post->text), (uint32_t)post->n, span_of(post->aside) };

	log_event(LOG_DEBUG, "mailbox.status", log_text("mailbox", poll_mailbox_name(post->from)),
		  log_int("good", post->good), log_text("text", post->text));
	return talk_status_put(&p->role->core, &s, e);
}

/* A status says how many there are and the first; the log has each. */
static int log_aside(struct poller *p, const struct poll_post *post, struct err *e)
{
	(void)p, (void)e;
	log_event(LOG_WARNING, "mail.set-aside", log_text("mailbox", poll_mailbox_name(post->from)),
		  log_uint("uidvalidity", post->uidvalidity), log_uint("uid", post->mail.uid),
		  log_text("reason", post->text));
	return 0;
}

static int send_refused(struct poller *p, const struct poll_post *post, struct err *e)
{
	return role_access_refused(p->role, MSG_POLLER_REFUSED, poll_mailbox_oauth(post->from),
				   post->serial, e);
}

static int send_post(struct poller *p, const struct poll_post *post, struct err *e)
{
	static int (*const senders[])(struct poller *, const struct poll_post *, struct err *) = {
		[POLL_FOLDER] = send_folder, [POLL_COMPARED] = send_compared,
		[POLL_MAIL] = send_mail,     [POLL_STATUS] = send_status,
		[POLL_ASIDE] = log_aside,    [POLL_REFUSED] = send_refused,
	};

	return senders[post->kind](p, post, e);
}

static void watch_posts(void *ctx);

/* The mailboxes of a server have one channel: what all of them say may be more than it holds. */
static bool is_full(struct poller *p)
{
	if (p->role->core.out_bytes < QUEUE_BYTES)
		return false;
	loop_forget(p->role->loop, p->posts.fd);
	loop_timer_start(p->role->loop, &p->posts_again, QUEUE_MS);
	return true;
}

static void on_post(void *ctx, int fd, unsigned int events)
{
	struct poller *p = ctx;
	struct handoff_item *item;
	struct err e = { 0 };
	int r = 0;

	(void)fd, (void)events;
	while (r == 0 && !is_full(p) && (item = handoff_take(&p->posts)) != NULL) {
		struct poll_post *post = (struct poll_post *)item;

		r = send_post(p, post, &e);
		poll_post_free(&post);
	}
	if (r < 0 || wire_flush(&p->role->core, &e) < 0)
		role_fail(p->role, &e);
	else
		role_core_update(p->role);
}

static void watch_posts(void *ctx)
{
	struct poller *p = ctx;

	loop_watch(p->role->loop, p->posts.fd, LOOP_READ, on_post, p);
}

/* --- orders of core, to the threads --- */

static struct poll_mailbox *mailbox_find(const struct poller *p, struct span name)
{
	for (size_t k = 0; k < p->thread_count; k++)
		if (span_is(name, poll_mailbox_name(p->threads[k].mailbox)))
			return p->threads[k].mailbox;
	return NULL;
}

static struct poll_order *order_new(bool answer, const struct talk_session *session, size_t n)
{
	struct poll_order *o = mem_alloc(sizeof(*o));

	o->answer = answer;
	o->uidvalidity = session->uidvalidity;
	o->session = session->number;
	o->n = n;
	o->uids = mem_alloc_n(n, sizeof(*o->uids));
	o->wants = mem_alloc_n(n, 1);
	return o;
}

static int give(struct poller *p, struct span mailbox, struct poll_order *o, struct err *e)
{
	struct poll_mailbox *m = mailbox_find(p, mailbox);

	if (!m) {
		poll_order_free(&o);
		return err_set(e, ERR_PERM, "an order for a mailbox of another server");
	}
	poll_mailbox_order(m, o);
	return 0;
}

static int on_want(struct poller *p, struct wire_in *in, struct err *e)
{
	struct talk_wants w;
	struct poll_order *o;

	if (talk_wants_get(in, &p->turn, &w, e) < 0)
		return -1;
	o = order_new(true, &w.session, w.n);
	memcpy(o->uids, w.uids, w.n * sizeof(*o->uids));
	memcpy(o->wants, w.wants, w.n);
	return give(p, w.session.mailbox, o, e);
}

static int on_compare(struct poller *p, struct wire_in *in, struct err *e)
{
	struct talk_compare c;
	struct poll_order *o;

	if (talk_compare_get(in, &c, e) < 0)
		return -1;
	o = order_new(false, &c.session, 0);
	o->compare = true;
	o->from = c.from;
	o->all = c.all;
	o->store = c.store;
	o->wait = c.wait;
	return give(p, c.session.mailbox, o, e);
}

static int on_kept(struct poller *p, struct wire_in *in, struct err *e)
{
	struct talk_kept k;
	struct poll_order *o;

	if (talk_kept_get(in, &k, e) < 0)
		return -1;
	o = order_new(false, &k.at.session, 1);
	o->uids[0] = k.at.uid;
	o->wants[0] = (uint8_t)k.want;
	return give(p, k.at.session.mailbox, o, e);
}

static int on_frame(void *ctx, struct wire_in *in, struct err *e)
{
	struct poller *p = ctx;
	int result = in->type == MSG_WANT	  ? on_want(p, in, e)
		     : in->type == MSG_PLACE_FROM ? on_compare(p, in, e)
						  : on_kept(p, in, e);

	arena_reset(&p->turn);
	return result;
}

/* --- access tokens, from the parent --- */

static void put_access(void *ctx, const struct grant_talk_access *a)
{
	const struct talk_session none = { 0 };
	const struct poller *p = ctx;

	for (size_t k = 0; k < p->thread_count; k++) {
		struct thread *t = &p->threads[k];
		const char *oauth = poll_mailbox_oauth(t->mailbox);

		if (!oauth || !span_is(a->name, oauth))
			continue;
		access_put(&t->access, a->token, a->serial);
		poll_mailbox_order(t->mailbox, order_new(false, &none, 0)); /* wakes it */
	}
}

static int on_parent(void *ctx, struct wire_in *in, struct err *e)
{
	return role_access_get(in, MSG_POLLER_ACCESS, put_access, ctx, e);
}

/* --- life --- */

/* Sessions are many and rest most of the time: what one look needed goes back to the system. */
static void spare_memory(void)
{
	(void)mallopt(M_ARENA_MAX, 1);
	(void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	(void)mallopt(M_TRIM_THRESHOLD, LARGE_BYTES);
}

static int open_net(void *ctx, struct sandbox_limits *limits, struct err *e)
{
	struct poller *p = ctx;

	spare_memory();
	limits->files = files();
	crash_watch(p->note);
	return handoff_init(&p->posts, e) < 0 ? -1 : connect_global_init(e);
}

/* The mailboxes of one server share its trust store, but for what the operator said of one. */
static int seal(void *ctx, struct err *e)
{
	struct poller *p = ctx;
	const char **files = arena_alloc_n(&p->turn, p->thread_count, sizeof(*files));
	size_t n = 0;

	for (size_t k = 0; k < p->thread_count; k++) {
		const char *file = poll_mailbox_ca_file(p->threads[k].mailbox);

		if (file && (n == 0 || strcmp(file, files[n - 1]) != 0))
			files[n++] = file;
	}
	return sandbox_net(files, n, e);
}

static void *thread_run(void *ctx)
{
	struct thread *t = ctx;
	char name[16]; /* that the kernel keeps */

	snprintf(name, sizeof(name), "%s", poll_mailbox_name(t->mailbox));
	pthread_setname_np(pthread_self(), name);
	crash_number(t->number);
	return poll_mailbox_run(t->mailbox);
}

static int start_threads(struct poller *p, const pthread_attr_t *attr, struct err *e)
{
	for (size_t k = 0; k < p->thread_count; k++) {
		struct thread *t = &p->threads[k];
		int r;

		t->number = (int)k;
		r = pthread_create(&t->id, attr, thread_run, t);
		if (r != 0)
			return err_set(e, ERR_TEMP, "cannot start a thread: %s", strerror(r));
		t->started = true;
	}
	return 0;
}

static int start(void *ctx, struct err *e)
{
	struct poller *p = ctx;
	pthread_attr_t attr;
	int r;

	if (pthread_attr_init(&attr) != 0 || pthread_attr_setstacksize(&attr, STACK_BYTES) != 0)
		return err_set(e, ERR_BUG, "cannot set the size of stacks");
	r = start_threads(p, &attr, e);
	pthread_attr_destroy(&attr);
	if (r < 0)
		return -1;
	p->posts_again = (struct loop_timer){ .fn = watch_posts, .ctx = p };
	p->role->core.gathers = true; /* what on_post() has to say goes together */
	watch_posts(p);
	return 0;
}

/* Wakes all threads and waits for each; one that hangs in the resolver is left behind. */
static bool stop_threads(struct poller *p)
{
	const struct talk_session none = { 0 };
	struct timespec until;
	bool all = true;

	atomic_store(&p->stop, true);
	until = clock_wait_end(JOIN_MS);
	for (size_t k = 0; k < p->thread_count; k++)
		poll_mailbox_order(p->threads[k].mailbox, order_new(false, &none, 0));
	for (size_t k = 0; k < p->thread_count; k++)
		if (p->threads[k].started)
			all = pthread_clockjoin_np(p->threads[k].id, NULL, CLOCK_MONOTONIC,
						   &until) == 0 &&
			      all;
	return all;
}

static void poller_release(struct poller *p)
{
	struct handoff_item *item;

	for (size_t k = 0; k < p->thread_count; k++) {
		poll_mailbox_free(&p->threads[k].mailbox);
		access_release(&p->threads[k].access);
	}
	mem_free(&p->threads);
	while ((item = handoff_take(&p->posts)) != NULL) {
		struct poll_post *post = (struct poll_post *)item;

		poll_post_free(&post);
	}
	handoff_release(&p->posts);
	arena_release(&p->settings);
	arena_release(&p->turn);
	role_release(p->role);
	connect_global_cleanup();
	if (p->note >= 0)
		close(p->note);
}

static void end(void *ctx, enum role_why why)
{
	struct poller *p = ctx;

	(void)why;
	role_stop(p->role, EX_OK);
}

int poller_main(struct role *r)
{
	struct poller p = { .role = r, .posts.fd = -1, .note = -1 };
	struct role_part part = { .setup = take_setup,
				  .open = open_net,
				  .seal = seal,
				  .start = start,
				  .from_parent = on_parent,
				  .from_core = on_frame,
				  .end = end,
				  .ctx = &p };
	int status;

	arena_init(&p.settings);
	arena_init(&p.turn);
	status = role_run(r, &part);
	if (!stop_threads(&p))
		_exit(status);
	poller_release(&p);
	return status;
}
