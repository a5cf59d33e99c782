#include "gatewayd/ctl/ctl_history.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/ctl/ctl.h"
#include "gatewayd/ctl/ctl_local.h"
#include "gatewayd/mail/history.h"

struct import {
	const struct conf *conf;
	const char *mailbox;
	bool json;
	struct history history;
	int64_t added, known, failed;
	struct buf batch;
	int in_batch;
};

static void say_trouble(void *ctx, const char *path, const char *why)
{
	struct import *m = ctx;

	m->failed++;
	fprintf(stderr, "gatewayctl: %s: %s\n", path, why);
}

static void say_progress(const struct import *m, size_t done)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%zu of %zu mails, %" PRIi64 " new, %" PRIi64 " known ", done,
			m->history.n, m->added, m->known);
}

/* The batch is one transaction: all of it is kept, or nothing, and the next run brings it again. */
static int send_batch(struct import *m)
{
	const char *words[] = { "import", "--mailbox", m->mailbox };
	struct buf out BUF_AUTO, err BUF_AUTO;
	json_t *j JSON_AUTO = NULL;
	struct err e = { 0 };
	int status;

	if (!m->in_batch)
		return EX_OK;
	buf_init(&out, CTL_OUT_MAX);
	buf_init(&err, CTL_OUT_MAX);
	status =
	    ctl_local_dispatch(m->conf, m->mailbox ? 3 : 1, words, buf_span(&m->batch), &out, &err);
	if (status != EX_OK || json_read(buf_span(&out), &j, &e) < 0) {
		fwrite(err.p ? err.p : "", 1, err.n, stderr);
		return status != EX_OK ? status : EX_PROTOCOL;
	}
	m->added += json_int(j, "new", 0);
	m->known += json_int(j, "known", 0);
	buf_clear(&m->batch);
	m->in_batch = 0;
	return EX_OK;
}

static void add_mail(struct import *m, const struct history_mail *mail)
{
	int64_t most = m->conf->limits.mail_bytes, head[CTL_HISTORY_HEAD];
	struct buf raw BUF_AUTO;
	struct err e = { 0 };

	buf_init(&raw, (size_t)most + 1);
	if (history_read(mail, (size_t)(mail->size > most ? CTL_HISTORY_TRUNCATED : most), &raw,
			 &head[1], &e) < 0) {
		m->failed++;
		fprintf(stderr, "gatewayctl: %s\n", e.text);
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

static int send_all(struct import *m)
{
	int status = EX_OK;

	for (size_t i = 0; status == EX_OK && i < m->history.n; i++) {
		add_mail(m, &m->history.v[i]);
		if (m->in_batch < CTL_HISTORY_BATCH && m->batch.n < CTL_HISTORY_BATCH_BYTES)
			continue;
		status = send_batch(m);
		say_progress(m, i + 1);
	}
	if (status == EX_OK)
		status = send_batch(m);
	say_progress(m, m->history.n);
	if (isatty(STDERR_FILENO))
		fputc('\n', stderr);
	return status;
}

static int say_result(const struct import *m, int status)
{
	printf(m->json ? "{\"new\": %" PRIi64 ", \"known\": %" PRIi64 ", \"unreadable\": %" PRIi64
			 "}\n"
		       : "mails: %" PRIi64 " new, %" PRIi64 " known, %" PRIi64 " unreadable\n",
	       m->added, m->known, m->failed);
	if (fflush(stdout) != 0)
		return EX_IOERR;
	return status == EX_OK && m->failed ? EX_NOINPUT : status;
}

static int run(struct import *m, int argc, char **argv)
{
	struct err e = { 0 };
	int paths = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			m->json = true;
		} else if (strcmp(argv[i], "--mailbox") == 0 && i + 1 < argc) {
			m->mailbox = argv[++i];
		} else if (strncmp(argv[i], "--", 2) == 0) {
			fprintf(stderr, "gatewayctl: import: no option %s here\n", argv[i]);
			return EX_USAGE;
		} else if (history_add(&m->history, argv[i], &e) < 0) {
			fprintf(stderr, "gatewayctl: %s\n", e.text);
			return EX_NOINPUT;
		} else {
			paths++;
		}
	}
	if (!paths) {
		fputs("usage: gatewayctl import [--mailbox NAME] MAILDIR|MBOX...\n", stderr);
		return EX_USAGE;
	}
	history_sort(&m->history);
	return say_result(m, send_all(m));
}

int ctl_history_run(const struct conf *conf, int argc, char **argv)
{
	struct arena arena ARENA_AUTO;
	struct clock clock = clock_real();
	struct import m = { .conf = conf, .history = { .arena = &arena, .trouble = say_trouble } };
	int status;

	arena_init(&arena);
	buf_init(&m.batch, CTL_INPUT_MAX);
	m.history.now = clock_now(&clock);
	m.history.ctx = &m;
	status = run(&m, argc, argv);
	buf_release(&m.batch);
	return status;
}
