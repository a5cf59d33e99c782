/* setup: the first hour */
#include <errno.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "conf/path.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/file.h"
#include "gatewayd/base/sandbox.h"
#include "gatewayd/begin/begin.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_safe.h"
#include "gatewayd/ctl/ctl_view.h"

static void on_text(void *ctx, const char *text)
{
	const struct ctl *c = ctx;
	struct buf safe BUF_AUTO;
	FILE *to = c->json ? stderr : stdout;

	buf_init(&safe, 64 * KIB);
	buf_adds(&safe, text);
	ctl_safe_text(&safe);
	fwrite(safe.p, 1, safe.n, to);
	fflush(to);
}

static int read_answers(struct ctl *c, const char *file, struct buf *answers)
{
	if (file_read(file, answers) == 0)
		return EX_OK;
	buf_addf(c->err, "gatewayctl: %s: %s\n", file, strerror(errno));
	return errno == EFBIG ? EX_DATAERR : EX_NOINPUT;
}

int ctl_setup_local(struct ctl *c)
{
	static const int status[] = { [BEGIN_WRITTEN] = EX_OK,
				      [BEGIN_WRONG] = EX_UNAVAILABLE,
				      [BEGIN_STOPPED] = EX_TEMPFAIL,
				      [BEGIN_FAILED] = EX_DATAERR };
	const char *file = ctl_value(c, "--answers");
	struct begin_options o = { .conf_path = path_absolute(c->d->arena, "", c->conf_path),
				   .terminal = isatty(STDIN_FILENO),
				   .anyway = ctl_flag(c, "--anyway"),
				   .say = on_text,
				   .ctx = c };
	struct buf answers BUF_AUTO;
	struct err e = { 0 };
	enum begin_end end;
	int r = EX_OK;

	buf_init(&answers, BEGIN_ANSWERS_MAX);
	if (sandbox_begin(&e) < 0)
		return ctl_fail(c, &e);
	if (file || !o.terminal)
		r = read_answers(c, file ? file : "-", &answers);
	if (r != EX_OK)
		return r;
	o.answers = buf_span(&answers);
	o.answers_name = file && strcmp(file, "-") != 0 ? file : "standard input";
	end = begin_run(&o);
	if (answers.p)
		crypto_wipe(answers.p, answers.cap);
	if (end == BEGIN_WRITTEN)
		ctl_done(c, json_pack("{s:b}", "written", 1));
	return status[end];
}
