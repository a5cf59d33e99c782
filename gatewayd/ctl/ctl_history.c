/*
 * The local half of import: reads Maildirs and mboxes and hands them over, a batch a transaction,
 * then waits until the daemon has decided all of them.
 */
#include "gatewayd/ctl/ctl_history.h"

#include <inttypes.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_progress.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"
#include "gatewayd/mail/history.h"

enum {
	LOOK_MS = 100,	      /* so often it is asked how many are decided */
	STUCK_MS = 60 * 1000, /* so long none may be */
};

struct import {
	struct ctl *c;
	struct history history;
	struct ctl_progress progress;
	int64_t handed, added, known, failed;
	int64_t pending; /* of those that are kept */
	bool daemon;	 /* runs, and decides */
	struct buf batch;
	int in_batch;
	bool sent; /* a batch */
};

static void say_trouble(void *ctx, const char *path, const char *why)
{
	struct import *m = ctx;

	m->failed++;
	buf_addf(m->c->err, "gatewayctl: %s: %s\n", path, why);
}

/* Without mails it is a question. */
static int ask(struct import *m)
{
	const char *mailbox = ctl_value(m->c, "--mailbox");
	const char *words[] = { m->sent ? CTL_HISTORY_MORE : "batch", "--mailbox", mailbox };
	struct buf out BUF_AUTO;
	json_t *j JSON_AUTO = NULL;
	struct err e = { 0 };
	int status;

	buf_init(&out, CTL_OUT_MAX);
	status = ctl_ask_half(m->c, mailbox ? 3 : 1, words, buf_span(&m->batch), &out);
	if (status != EX_OK)
		return status;
	if (json_read(buf_span(&out), &j, &e) < 0)
		return ctl_fail(m->c, &e);
	m->sent = true;
	m->added += json_int(j, "new", 0);
	m->known += json_int(j, "known", 0);
	m->pending = json_int(j, "pending", 0);
	return EX_OK;
}

/* What is decided counts; without a daemon, what is kept. */
static void say_progress(struct import *m)
{
	int64_t done = m->handed - (m->daemon ? m->pending : 0);

	ctl_progress_say(&m->progress, done > 0 ? done : 0, (int64_t)m->history.n);
}

/* The batch is one transaction: all of it is kept, or nothing, and the next run brings it again. */
static int send_batch(struct import *m)
{
	int status = m->in_batch ? ask(m) : EX_OK;

	buf_clear(&m->batch);
	m->handed += m->in_batch;
	m->in_batch = 0;
	say_progress(m);
	return status;
}

static void add_mail(struct import *m, const struct history_mail *mail)
{
	int64_t most = m->c->d->conf->limits.mail_bytes, head[CTL_HISTORY_HEAD];
	struct buf raw BUF_AUTO;
	struct err e = { 0 };

	buf_init(&raw, (size_t)most + 1);
	if (history_read(mail, (size_t)(mail->size > most ? CTL_HISTORY_TRUNCATED : most), &raw,
			 &head[1], &e) < 0) {
		m->failed++;
		buf_addf(m->c->err, "gatewayctl: %s\n", e.text);
		return;
	}
	/* What an mbox quotes is no part of the mail's size. */
	if (mail->size <= most)
		head[1] = (int64_t)raw.n;
	head[0] = mail->received_at;
	head[2] = (int64_t)raw.n;
	buf_add(&m->batch, (struct span){ (const char *)head, sizeof(head) });
	buf_add(&m->batch, buf_span(&raw));
	m->in_batch++;
}

/* Those that do not get on, which the log says why, are not waited for. */
static int await_decisions(struct import *m)
{
	int64_t least = m->pending;
	int status = EX_OK, waited_ms = 0;

	while (status == EX_OK && m->pending > 0 && waited_ms < STUCK_MS) {
		usleep(LOOK_MS * 1000);
		status = ask(m);
		waited_ms = m->pending < least ? 0 : waited_ms + LOOK_MS;
		least = m->pending < least ? m->pending : least;
		say_progress(m);
	}
	return status;
}

static int send_all(struct import *m)
{
	int status = EX_OK;

	for (size_t i = 0; status == EX_OK && i < m->history.n; i++) {
		add_mail(m, &m->history.v[i]);
		if (m->in_batch < CTL_HISTORY_BATCH && m->batch.n < CTL_HISTORY_BATCH_BYTES)
			continue;
		status = send_batch(m);
	}
	if (status == EX_OK)
		status = send_batch(m);
	if (status == EX_OK && m->daemon)
		status = await_decisions(m);
	return status;
}

static int say_result(const struct import *m, int status)
{
	if (!m->c->json)
		buf_addf(m->c->out,
			 "mails: %" PRIi64 " new, %" PRIi64 " known, %" PRIi64 " unreadable\n",
			 m->added, m->known, m->failed);
	if (!m->c->json && m->pending)
		buf_addf(m->c->out, "not decided yet: %" PRIi64 "\n", m->pending);
	ctl_done(m->c, json_pack("{s:I, s:I, s:I, s:I}", "new", (json_int_t)m->added, "known",
				 (json_int_t)m->known, "unreadable", (json_int_t)m->failed,
				 "pending", (json_int_t)m->pending));
	return status == EX_OK && m->failed ? EX_NOINPUT : status;
}

int ctl_import_local(struct ctl *c)
{
	struct import m = { .c = c,
			    .history = {
				.arena = c->d->arena, .now = c->d->now, .trouble = say_trouble } };
	struct err e = { 0 };
	int status;
	pid_t pid;

	m.history.ctx = &m;
	m.daemon = ctl_daemon_runs(c->d->conf, &pid);
	for (int i = 0; i < c->n; i++) {
		if (history_add(&m.history, c->words[i], &e) < 0) {
			buf_addf(c->err, "gatewayctl: %s\n", e.text);
			return EX_NOINPUT;
		}
	}
	history_sort(&m.history);
	buf_init(&m.batch, CTL_INPUT_MAX);
	m.progress = ctl_progress_begin("mails");
	status = send_all(&m);
	ctl_progress_end(&m.progress);
	status = say_result(&m, status);
	buf_release(&m.batch);
	return status;
}
