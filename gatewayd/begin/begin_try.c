#include "gatewayd/begin/begin_try.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/doctor/doctor.h"

enum { FINDINGS_MAX = 4 * MIB, LINE_BYTES_MAX = 16 * KIB };

/* --- the process --- */

/* Signals are blocked in us, to be waited for: there they end it. */
static void exec_doctor(int out, const char *conf_path, const char *user)
{
	char *argv[] = { (char[]){ "gatewayctl" }, (char[]){ "-c" },
			 strdup(conf_path),	   (char[]){ "doctor" },
			 (char[]){ "--json" },	   (char[]){ "--user" },
			 strdup(user ? user : ""), NULL };
	sigset_t none;

	if (!user || !*user)
		argv[5] = NULL;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(out, STDOUT_FILENO);
	execv("/proc/self/exe", argv);
	_exit(EX_OSERR);
}

static int read_all(struct begin_ask *q, int fd, struct buf *out, struct err *e)
{
	char piece[4096];
	ssize_t n;

	do {
		if (begin_ask_wait(q, fd, e) < 0)
			return -1;
		n = read(fd, piece, sizeof(piece));
		if (n > 0)
			buf_add(out, (struct span){ piece, (size_t)n });
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 || out->full ? err_set(e, ERR_PERM, "what doctor says cannot be read") : 0;
}

static int run_doctor(struct begin_ask *q, const char *conf_path, const char *user, struct buf *out,
		      struct err *e)
{
	int pipes[2], r;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return err_set(e, ERR_PERM, "pipe: %s", strerror(errno));
	pid = fork();
	if (pid == 0)
		exec_doctor(pipes[1], conf_path, user);
	close(pipes[1]);
	if (pid < 0) {
		close(pipes[0]);
		return err_set(e, ERR_PERM, "fork: %s", strerror(errno));
	}
	r = read_all(q, pipes[0], out, e);
	close(pipes[0]);
	if (r < 0)
		kill(pid, SIGTERM);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return r;
}

/* --- what it found --- */

/* The value in "key = VALUE;"; p == NULL: another key. */
static struct span value_of(struct span line, const char *key)
{
	struct span rest = line, is = span_trim(span_cut(&rest, '='));

	rest = span_trim(rest);
	if (!span_is(is, key) || rest.n < 2 || rest.p[rest.n - 1] != ';')
		return SPAN_NONE;
	return span_sub(rest, 0, rest.n - 1);
}

static void take_text(struct begin_ask *q, struct span line, const char *key, const char **text,
		      size_t *n)
{
	struct span value = value_of(line, key);

	if (!value.p)
		return;
	*text = arena_cstr(q->a, value);
	(*n)++;
}

static void take_flag(struct span line, const char *key, const char *value, bool *flag, size_t *n)
{
	if (!span_is(value_of(line, key), value))
		return;
	*flag = true;
	(*n)++;
}

static void take_proposals(struct begin_ask *q, struct span paste, struct begin_tried *t)
{
	struct begin_plan *p = &t->better;
	struct span line;

	while (span_line(&paste, &line)) {
		take_text(q, line, "authserv_ids", &p->authserv_ids, &t->proposed);
		take_text(q, line, "border_hosts", &p->border_hosts, &t->proposed);
		take_flag(line, "plus_addresses", "false", &p->no_plus, &t->proposed);
		take_flag(line, "verp", "false", &p->no_verp, &t->proposed);
		take_flag(line, "authres_without_id", "true", &p->without_id, &t->proposed);
	}
}

/* What is on trial has another name for a while. */
static const char *real_name(struct begin_ask *q, const struct begin_written *w, struct span text)
{
	size_t at = span_find(text, span_of(w->trial));

	if (at == SIZE_MAX)
		return arena_cstr(q->a, text);
	return arena_printf(q->a, SPAN_FMT "%s" SPAN_FMT, SPAN_ARG(span_sub(text, 0, at)),
			    w->conf_path,
			    SPAN_ARG(span_sub(text, at + strlen(w->trial), SIZE_MAX)));
}

static enum doctor_state state_of(struct span name)
{
	for (int i = 0; i < DOCTOR_STATES; i++)
		if (span_is(name, doctor_state_name((enum doctor_state)i)))
			return (enum doctor_state)i;
	return DOCTOR_WRONG;
}

static const char *text_or_null(struct begin_ask *q, const json_t *row, const char *key)
{
	struct span text = json_span(row, key);

	return text.n ? arena_cstr(q->a, text) : NULL;
}

static void take(struct begin_ask *q, const struct begin_written *w, const json_t *row,
		 struct begin_tried *t)
{
	struct doctor_finding f = { .state = state_of(json_span(row, "state")),
				    .what = arena_cstr(q->a, json_span(row, "what")),
				    .text = real_name(q, w, json_span(row, "text")),
				    .todo = text_or_null(q, row, "todo"),
				    .paste = text_or_null(q, row, "paste") };
	struct buf line BUF_AUTO = { 0 };

	t->wrong += f.state == DOCTOR_WRONG;
	t->no_outside =
	    t->no_outside || span_starts(span_of(f.text), SPAN("there is no mail from outside"));
	take_proposals(q, json_span(row, "paste"), t);
	if (f.state == DOCTOR_NOTE && strcmp(f.what, "daemon") == 0)
		return; /* that comes next */
	buf_init(&line, LINE_BYTES_MAX);
	doctor_line(&f, &line);
	begin_say(q, "  %s", buf_cstr(&line));
}

int begin_try(struct begin_ask *q, const struct begin_written *w, const struct begin_plan *p,
	      struct begin_tried *ret_tried, struct err *e)
{
	struct begin_tried t = { .better = *p };
	json_t *rows JSON_AUTO = NULL, *row;
	struct buf out BUF_AUTO;
	size_t i;

	begin_say(q, "\nTrying it; mails to itself take up to a minute.\n");
	buf_init(&out, FINDINGS_MAX);
	if (run_doctor(q, w->trial, p->user, &out, e) < 0 ||
	    json_read(buf_span(&out), &rows, e) < 0)
		return -1;
	json_array_foreach(rows, i, row) take(q, w, row, &t);
	*ret_tried = t;
	return 0;
}
