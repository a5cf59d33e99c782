/* doctor, in gatewayd-doctor: becomes the daemon's user, sees what the daemon sees, and tries it
 * all (in gatewayctl: ctl_doctor_exec.c). */
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "conf/path.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/sandbox.h"
#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_credentials.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_safe.h"
#include "gatewayd/ctl/ctl_view.h"
#include "gatewayd/doctor/doctor.h"

#define UNIT_CONF "/etc/gatewayd/gatewayd.conf"

enum { STARTING_S = 20 };

struct visit {
	struct ctl *c;
	json_t *findings; /* for --json */
};

/* --- what was found --- */

static json_t *finding_view(const struct doctor_finding *f)
{
	return json_pack("{s:s, s:s, s:s, s:s?, s:s?}", "state", doctor_state_name(f->state),
			 "what", f->what, "text", f->text, "todo", f->todo, "paste", f->paste);
}

/* A server's words may be in it. */
static void show(const struct doctor_finding *f)
{
	struct buf line BUF_AUTO;

	buf_init(&line, 16 * KIB);
	doctor_line(f, &line);
	ctl_safe_text(&line);
	fwrite(line.p, 1, line.n, stdout);
	fflush(stdout);
}

static void on_finding(void *ctx, const struct doctor_finding *f)
{
	struct visit *v = ctx;

	if (v->c->json)
		json_array_append_new(v->findings, finding_view(f));
	else
		show(f);
}

/* --- whose eyes --- */

static const char *name_of(struct ctl *c, uid_t uid)
{
	const struct passwd *pw = getpwuid(uid);

	return pw ? arena_cstr(c->d->arena, span_of(pw->pw_name)) : NULL;
}

/* Who runs as the daemon's parent: it is the one who reads the secrets. */
static const char *user_of_process(struct ctl *c, pid_t pid)
{
	struct stat st;

	if (!pid || stat(arena_printf(c->d->arena, "/proc/%d", (int)pid), &st) < 0)
		return NULL;
	return name_of(c, st.st_uid);
}

static const char *find_user(struct ctl *c, const struct conf *conf, pid_t pid)
{
	const char *given = ctl_value(c, "--user"), *runs = user_of_process(c, pid);

	if (given)
		return given;
	if (runs)
		return runs;
	if (conf && conf->user)
		return conf->user;
	return getpwnam("gatewayd") ? "gatewayd" : NULL;
}

/* --- the daemon's words --- */

static json_t *ask_once(struct ctl *c, const struct conf *conf)
{
	static const char *const argv[] = { "status", "--json" };
	struct buf out BUF_AUTO, err BUF_AUTO;
	struct ctl_request r = { .argv = argv, .argc = 2, .input = SPAN("") };
	json_t *status = NULL;
	struct err e;

	buf_init(&out, CTL_OUT_MAX);
	buf_init(&err, 64 * KIB);
	for (r.verb = c->table->verbs; r.verb->name && strcmp(r.verb->name, "status") != 0;)
		r.verb++;
	ctl_ask(conf, &r, &out, &err);
	return json_read(buf_span(&out), &status, &e) < 0 ? NULL : status;
}

/* It was started a moment ago, and has not reached all of its servers. */
static bool is_starting(const json_t *status)
{
	struct clock clock = clock_real();
	int64_t at;

	return json_array_size(json_object_get(status, "wrong")) > 0 &&
	       time_parse_rfc3339(json_span(status, "started_at"), &at) &&
	       clock_now(&clock) - at < STARTING_S;
}

static json_t *ask_status(struct ctl *c, const struct conf *conf)
{
	json_t *status = ask_once(c, conf);

	while (status && is_starting(status)) {
		json_decref(status);
		sleep(1);
		status = ask_once(c, conf);
	}
	return status;
}

static int end(struct visit *v, size_t wrong)
{
	ctl_done(v->c, v->findings);
	if (!v->c->json)
		ctl_line(v->c, wrong ? "%zu %s wrong" : "all is well", wrong,
			 wrong == 1 ? "thing is" : "things are");
	return wrong ? EX_UNAVAILABLE : EX_OK;
}

/* Without it systemd does not even start the daemon, and nothing can be tried as it would be. */
static int say_missing(struct ctl *c, const struct ctl_credential *is)
{
	struct visit v = { c, json_array() };
	struct arena *a = c->d->arena;
	const struct doctor_finding f = {
		.state = DOCTOR_WRONG,
		.what = arena_printf(a, "credential %s", is->name),
		.text =
		    arena_printf(a, "%s: %s: the unit cannot start", is->path, strerror(is->error)),
		.todo = "make the file, or take its line out: systemctl cat gatewayd shows where "
			"it stands",
	};

	on_finding(&v, &f);
	return end(&v, 1);
}

/* Nothing can be tried as somebody who is not there. */
static int say_no_user(struct ctl *c, const char *user)
{
	struct visit v = { c, json_array() };
	const bool given = ctl_value(c, "--user") != NULL;
	const struct doctor_finding f = {
		.state = DOCTOR_WRONG,
		.what = "user",
		.text = given ? arena_printf(c->d->arena, "there is no user \"%s\" on this machine",
					     user)
			      : doctor_no_user(c->d->arena, user),
		.todo = given ? "name another behind --user" : doctor_user_todo,
	};

	on_finding(&v, &f);
	return end(&v, 1);
}

static int visit(struct ctl *c, struct doctor_options *o)
{
	struct visit v = { 0 };
	struct err e = { 0 };

	if (o->user && geteuid() == 0 && !getpwnam(o->user))
		return say_no_user(c, o->user);
	v = (struct visit){ c, json_array() };
	o->say = on_finding;
	o->ctx = &v;
	if (sandbox_user(o->user, &e) < 0 || sandbox_begin(&e) < 0) {
		json_decref(v.findings);
		return ctl_fail(c, &e);
	}
	return end(&v, doctor_run(o));
}

int ctl_doctor_local(struct ctl *c)
{
	struct doctor_options o = { .conf_path = path_absolute(c->d->arena, "", c->conf_path),
				    .mail = ctl_flag(c, "--mail") };
	json_t *status JSON_AUTO = NULL;
	struct ctl_credential missing;
	struct conf_problems problems;
	struct conf *conf;
	pid_t pid = 0;
	int result;

	conf_problems_init(&problems);
	conf = conf_load(o.conf_path, CONF_POLICY_ONLY, &problems);
	conf_problems_release(&problems);
	o.daemon_runs = conf && ctl_daemon_runs(conf, &pid);
	o.user = find_user(c, conf, pid);
	/* Those of the unit are of its configuration. */
	if (strcmp(o.conf_path, UNIT_CONF) == 0 &&
	    !ctl_credentials_take(c, o.conf_path, o.user, &missing)) {
		conf_free(&conf);
		return say_missing(c, &missing);
	}
	if (o.daemon_runs)
		o.status = status = ask_status(c, conf);
	result = visit(c, &o);
	conf_free(&conf);
	return result;
}
