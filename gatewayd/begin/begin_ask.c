#include "gatewayd/begin/begin_ask.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "conf/problems.h"
#include "gatewayd/base/crypto.h"

enum { LINE_MAX_BYTES = 4096, TEXT_MAX_BYTES = 8192, KEY_SHOWN_MAX = 100 };

void begin_say(const struct begin_ask *q, const char *fmt, ...)
{
	char text[TEXT_MAX_BYTES];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	q->o->say(q->o->ctx, text);
}

/* --- what is wrong with an answer --- */

int begin_ask_refuse(const struct begin_ask *q, int line, struct err *e, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (!line)
		return err_set(e, ERR_PERM, "%s: %s", q->o->answers_name, text);
	return err_set(e, ERR_PERM, "%s:%d: %s", q->o->answers_name, line, text);
}

const char *begin_ask_known(struct begin_ask *q, const char *key, size_t n,
			    const char *(*at)(const void *ctx, size_t i), const void *ctx)
{
	const char *near = conf_nearest(key, n, at, ctx);
	struct buf all BUF_AUTO;

	buf_init(&all, ERR_TEXT_MAX);
	if (near)
		buf_addf(&all, "; did you mean \"%s\"?", near);
	for (size_t i = 0; !near && i < n; i++)
		buf_addf(&all, "%s%s", i ? ", " : "; there are ", at(ctx, i));
	return arena_cstr(q->a, buf_span(&all));
}

/* --- what was answered --- */

static struct begin_answer *find(struct begin_ask *q, const char *key)
{
	for (size_t i = 0; i < q->n; i++)
		if (strcmp(q->v[i].key, key) == 0)
			return &q->v[i];
	return NULL;
}

static void keep(struct begin_ask *q, const char *key, const char *value, int line)
{
	struct begin_answer *is = find(q, key);

	if (!is) {
		ARENA_GROW(q->a, q->v, q->n);
		is = &q->v[q->n++];
	}
	*is = (struct begin_answer){ key, value, line, line == 0 };
}

static int read_line(struct begin_ask *q, struct span line, int number, struct err *e)
{
	struct span value = span_trim(line), key = span_trim(span_cut(&value, '='));
	const struct begin_answer *before;

	line = span_trim(line);
	if (!line.n || line.p[0] == '#')
		return 0;
	if (span_find(line, SPAN("=")) == SIZE_MAX || !key.n)
		return begin_ask_refuse(q, number, e, "it must be \"key = value\"");
	if (memchr(line.p, '\0', line.n))
		return begin_ask_refuse(q, number, e, "a NUL byte");
	before = find(q, arena_cstr(q->a, key));
	if (before)
		return begin_ask_refuse(q, number, e, SPAN_FMT " is there twice, in line %d, too",
					SPAN_ARG(span_sub(key, 0, KEY_SHOWN_MAX)), before->line);
	keep(q, arena_cstr(q->a, key), arena_cstr(q->a, span_trim(value)), number);
	return 0;
}

static int read_answers(struct begin_ask *q, struct err *e)
{
	struct span rest = q->o->answers, line;

	for (int number = 1; span_line(&rest, &line); number++)
		if (read_line(q, line, number, e) < 0)
			return -1;
	return 0;
}

static const char *asked_at(const void *ctx, size_t i)
{
	return ((const struct begin_ask *)ctx)->asked[i];
}

int begin_ask_end(struct begin_ask *q, struct err *e)
{
	for (size_t i = 0; i < q->n; i++) {
		const struct begin_answer *is = &q->v[i];

		if (!is->used && strcmp(is->key, "adopt") != 0)
			return begin_ask_refuse(
			    q, is->line, e, "there is no question \"%.100s\" here%s", is->key,
			    begin_ask_known(q, is->key, q->asked_count, asked_at, q));
	}
	return 0;
}

/* --- life --- */

int begin_ask_init(struct begin_ask *q, const struct begin_options *o, struct arena *a,
		   struct err *e)
{
	sigset_t stops;

	*q = (struct begin_ask){ .o = o, .a = a };
	sigemptyset(&stops);
	sigaddset(&stops, SIGINT);
	sigaddset(&stops, SIGTERM);
	sigaddset(&stops, SIGHUP);
	sigprocmask(SIG_BLOCK, &stops, NULL);
	q->signals = signalfd(-1, &stops, SFD_CLOEXEC);
	return read_answers(q, e);
}

void begin_ask_release(struct begin_ask *q)
{
	if (q->signals >= 0)
		close(q->signals);
}

/* --- the terminal --- */

int begin_ask_wait(struct begin_ask *q, int fd, struct err *e)
{
	struct pollfd fds[] = { { .fd = q->signals, .events = POLLIN },
				{ .fd = fd, .events = POLLIN } };

	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return err_set(e, ERR_PERM, "poll: %s", strerror(errno));
	return fds[0].revents ? err_set(e, ERR_TEMP, "stopped") : 0;
}

/* Canonical mode gives a line a read. */
static int read_typed(struct begin_ask *q, char line[LINE_MAX_BYTES], struct err *e)
{
	ssize_t n;

	if (begin_ask_wait(q, STDIN_FILENO, e) < 0)
		return -1;
	n = read(STDIN_FILENO, line, LINE_MAX_BYTES - 1);
	if (n <= 0)
		return err_set(e, ERR_TEMP, "stopped");
	line[n] = '\0';
	return 0;
}

static void prompt(const struct begin_ask *q, const struct begin_question *w, const char *otherwise)
{
	if (!otherwise || !*otherwise)
		begin_say(q, "%s%s: ", w->text, w->secret ? " (not shown)" : "");
	else if (w->secret)
		begin_say(q, "%s (not shown) [as before]: ", w->text);
	else
		begin_say(q, "%s [%s]: ", w->text, otherwise);
}

/* The echo ends before the question stands there, so that nothing of an answer is shown or lost. */
static int type(struct begin_ask *q, const struct begin_question *w, const char *otherwise,
		const char **ret_value, struct err *e)
{
	struct termios shown, hidden;
	char line[LINE_MAX_BYTES];
	bool hide = w->secret && tcgetattr(STDIN_FILENO, &shown) == 0;
	int r;

	if (hide) {
		hidden = shown;
		hidden.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	}
	prompt(q, w, otherwise);
	r = read_typed(q, line, e);
	if (hide) {
		tcsetattr(STDIN_FILENO, TCSADRAIN, &shown);
		begin_say(q, "\n");
	}
	if (r == 0)
		*ret_value = arena_cstr(q->a, span_trim(span_of(line)));
	crypto_wipe(line, sizeof(line));
	return r;
}

static int ask_person(struct begin_ask *q, const struct begin_question *w, const char *otherwise,
		      const char **ret_value, struct err *e)
{
	for (;;) {
		const char *value, *wrong;

		if (type(q, w, otherwise, &value, e) < 0)
			return -1;
		if (!*value && otherwise)
			value = otherwise;
		wrong = !*value && !otherwise ? "there must be an answer"
			: *value && w->check  ? w->check(value)
					      : NULL;
		if (!wrong) {
			*ret_value = value;
			return 0;
		}
		begin_say(q, "  That does not do: %s.\n", wrong);
	}
}

/* --- a question --- */

static struct begin_answer *given(struct begin_ask *q, const struct begin_question *w,
				  const char *key)
{
	struct begin_answer *is = find(q, key);

	return is || !w->of ? is : find(q, w->key);
}

static int take_given(const struct begin_ask *q, const struct begin_question *w,
		      struct begin_answer *is, const char *key, const char **ret_value,
		      struct err *e)
{
	const char *value = is ? is->value : w->otherwise, *wrong;

	if (is)
		is->used = true;
	if (!value || (!*value && !w->otherwise))
		return begin_ask_refuse(q, is ? is->line : 0, e, "%s is %s: %s", key,
					is ? "empty" : "missing", w->text);
	wrong = *value && w->check ? w->check(value) : NULL;
	if (wrong)
		return begin_ask_refuse(q, is ? is->line : 0, e, "%s: %s", key, wrong);
	*ret_value = value;
	return 0;
}

int begin_ask(struct begin_ask *q, const struct begin_question *w, const char **ret_value,
	      struct err *e)
{
	const char *key = w->of ? arena_printf(q->a, "%s.%s", w->key, w->of) : w->key;
	struct begin_answer *is = given(q, w, key);

	ARENA_GROW(q->a, q->asked, q->asked_count);
	q->asked[q->asked_count++] = key;
	if ((is && is->line) || w->quiet || !q->o->terminal)
		return take_given(q, w, is, key, ret_value, e);
	if (ask_person(q, w, is ? is->value : w->otherwise, ret_value, e) < 0)
		return -1;
	keep(q, key, *ret_value, 0);
	return 0;
}

static const char *check_yes(const char *value)
{
	return strcmp(value, "yes") == 0 || strcmp(value, "no") == 0 ? NULL : "say yes or no";
}

int begin_ask_yes(struct begin_ask *q, const char *key, const char *text, bool otherwise,
		  bool *ret_yes, struct err *e)
{
	const struct begin_question w = {
		.key = key, .text = text, .otherwise = otherwise ? "yes" : "no", .check = check_yes
	};
	const char *value;

	/* Asked again it is another question. */
	if (q->o->terminal && !find(q, key) ? ask_person(q, &w, w.otherwise, &value, e) < 0
					    : begin_ask(q, &w, &value, e) < 0)
		return -1;
	*ret_yes = strcmp(value, "yes") == 0;
	return 0;
}
