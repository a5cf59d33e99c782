/* init, restore: the store as a whole, while no daemon runs */
#include <errno.h>
#include <inttypes.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_migrating.h"
#include "gatewayd/ctl/ctl_progress.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_safe.h"
#include "gatewayd/ctl/ctl_trail.h"
#include "gatewayd/ctl/ctl_view.h"

/* Both verbs put files in place, which nobody may have. */
static int refuse(struct ctl *c)
{
	pid_t pid;

	if (conf_is_database(c->d->conf->store)) {
		buf_adds(c->err,
			 "gatewayctl: the store is in PostgreSQL: end all nodes, put the database "
			 "back by its own tools (pg_restore, or a base backup and its log), start "
			 "them, and do again each \"person erase\" since then\n");
		return EX_UNAVAILABLE;
	}
	if (!ctl_daemon_runs(c->d->conf, &pid))
		return EX_OK;
	buf_addf(c->err,
		 "gatewayctl: the daemon (process %d) is running: end it first, it has the store\n",
		 (int)pid);
	return EX_TEMPFAIL;
}

enum {
	EX_DAMAGED = 1, /* it is done, and not all of it is sound */
	FINDINGS_MAX = 16 * MIB,
};

static json_t *lines_view(struct span text)
{
	json_t *all = json_array();
	struct span line;

	while (span_line(&text, &line))
		if (line.n)
			json_array_append_new(all, json_of_span(line));
	return all;
}

static json_t *placed_view(struct ctl *c, const struct store_placed *p)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:b, s:I}", "store", c->d->conf->store, "aside",
			 p->aside, "next_case", (json_int_t)p->last_case + 1, "held",
			 (json_int_t)p->held, "guessed", (int)p->guessed, "erased_again",
			 (json_int_t)p->erased);
}

static void say_aside(struct ctl *c, const struct store_placed *p)
{
	if (p->aside[0])
		ctl_line(c, "What was there is in %s", p->aside);
}

/* The folders that mails of each mailbox are moved to. */
static struct store_folders folders_of(struct ctl *c)
{
	const struct conf *conf = c->d->conf;
	struct store_folder *v = arena_alloc_n(c->d->arena, conf->mailbox_count * 2, sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < conf->mailbox_count; i++) {
		struct span name = span_of(conf->mailboxes[i].name);

		v[n++] = (struct store_folder){ .mailbox = name, .folder = SPAN("processed") };
		if (conf->mailboxes[i].quarantine)
			v[n++] =
			    (struct store_folder){ .mailbox = name, .folder = SPAN("quarantine") };
	}
	return (struct store_folders){ v, n };
}

/* The store is in place, so that what cannot be written down is said and no more. */
static void keep_trail(struct ctl *c)
{
	const char *uid = arena_printf(c->d->arena, "uid:%lld", (long long)getuid());
	const struct ctl_caller caller = { .channel = AUDIT_STORE, .who = span_of(uid) };
	struct err e = { 0 };

	c->caller = &caller;
	if (store_open(c->d->conf->store, STORE_WRITE, &c->d->store, &e) < 0 ||
	    ctl_trail(c, &e) < 0)
		buf_addf(c->err, "gatewayctl: the audit does not say so: %s\n", e.text);
	store_close(&c->d->store);
	c->caller = NULL;
}

int ctl_init_local(struct ctl *c)
{
	struct store_folders folders = folders_of(c);
	struct ctl_migrating migrating;
	struct store_placed p;
	struct err e = { 0 };
	int status = refuse(c);

	if (status != EX_OK)
		return status;
	ctl_migrating_init(&migrating, clock_real(), stderr);
	if (store_init(c->d->conf->store, c->d->now, &folders, &migrating.listener, &p, &e) < 0)
		return ctl_fail(c, &e);
	keep_trail(c);
	if (!c->json) {
		ctl_line(c, "%s is the store now; the next case is %" PRIi64, c->d->conf->store,
			 p.last_case + 1);
		say_aside(c, &p);
	}
	return ctl_done(c, placed_view(c, &p));
}

static void progress(void *ctx, int64_t done, int64_t bytes)
{
	ctl_progress_say(ctx, done, bytes);
	if (done >= bytes)
		ctl_progress_end(ctx); /* what is said then has lines of its own */
}

/* Each by its id and its Message-ID. */
static void say_damaged(struct ctl *c, struct span damaged)
{
	if (!damaged.n)
		return;
	ctl_line(c, "Damaged in it, and what becomes of it: a mail that is not decided goes to "
		    "quarantine, one to be sent is set aside, all else says so where it is shown; "
		    "an older backup may have it whole.");
	buf_add(c->out, damaged);
}

static void say_restored(struct ctl *c, const struct store_placed *p, struct span damaged)
{
	ctl_line(c, "%s is %s now, with %" PRIi64 " cases; the next case is %" PRIi64 "%s",
		 c->d->conf->store, c->words[0], p->backup_cases, p->last_case + 1,
		 p->guessed ? ", as nothing told the highest number" : "");
	say_aside(c, p);
	ctl_line(c, "Mails that may have gone out and are held: %" PRIi64, p->held);
	if (p->erased)
		ctl_line(c,
			 "Addresses of people who were erased since that backup, and are erased "
			 "again when the daemon runs: %" PRIi64,
			 p->erased);
	ctl_line(c, "Start the daemon: it reads the processed folders again and takes in what the "
		    "store does not know.  \"gatewayctl held list\" shows what waits for you.");
	say_damaged(c, damaged);
}

static int refuse_damaged(struct ctl *c, struct span findings, const struct err *e)
{
	buf_add(c->err, findings);
	if (findings.n)
		buf_adds(c->err, "gatewayctl: an older backup may be whole; where there is none: "
				 "restore --anyway\n");
	return ctl_fail(c, e);
}

static int restored(struct ctl *c, const struct store_placed *p, struct span damaged)
{
	json_t *view = placed_view(c, p);
	int status;

	keep_trail(c);
	if (!c->json)
		say_restored(c, p, damaged);
	json_object_set_new(view, "damaged", lines_view(damaged));
	status = ctl_done(c, view);
	return status == EX_OK && damaged.n ? EX_DAMAGED : status;
}

int ctl_restore_local(struct ctl *c)
{
	struct ctl_progress shown = ctl_progress_begin("bytes");
	struct buf findings BUF_AUTO = { 0 };
	struct ctl_migrating migrating;
	struct store_restore r = {
		.file = c->words[0],
		.now = c->d->now,
		.folders = folders_of(c),
		.progress = progress,
		.ctx = &shown,
		.anyway = ctl_flag(c, "--anyway"),
		.findings = &findings,
		.listener = &migrating.listener,
	};
	struct store_placed p;
	struct err e = { 0 };
	int status = refuse(c), done;

	if (status != EX_OK)
		return status;
	if (access(r.file, R_OK) < 0) {
		buf_addf(c->err, "gatewayctl: %s: %s\n", r.file, strerror(errno));
		return EX_NOINPUT;
	}
	buf_init(&findings, FINDINGS_MAX);
	ctl_migrating_init(&migrating, clock_real(), stderr);
	done = store_restore(c->d->conf->store, &r, &p, &e);
	ctl_progress_end(&shown);
	return done < 0 ? refuse_damaged(c, buf_span(&findings), &e)
			: restored(c, &p, buf_span(&findings));
}
