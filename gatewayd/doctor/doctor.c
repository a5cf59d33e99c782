#include "gatewayd/doctor/doctor_inside.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/post/settings.h"

/* --- who, and by which configuration --- */

const char doctor_user_todo[] =
    "create it (" DOCTOR_MAKES_USER " makes gatewayd), or correct user in the configuration";

const char *doctor_no_user(struct arena *a, const char *user)
{
	return arena_printf(a, "there is no user \"%s\" on this machine: the daemon does not start",
			    user);
}

static void check_user(struct doctor *d, const struct conf *conf)
{
	const struct passwd *pw = getpwuid(geteuid());
	const struct group *gr = getgrgid(getegid());

	d->group = gr ? TEXT(d, "%s", gr->gr_name) : TEXT(d, "%u", (unsigned int)getegid());
	d->user = pw ? TEXT(d, "%s", pw->pw_name) : TEXT(d, "%u", (unsigned int)geteuid());
	if (geteuid() == 0 && conf && conf->user && !getpwnam(conf->user))
		SAY_WRONG(d, "user", doctor_no_user(&d->arena, conf->user), doctor_user_todo);
	else if (geteuid() == 0 && conf && conf->user)
		SAY_GOOD(d, "user",
			 TEXT(d,
			      "files tried as root, as whom the daemon was started, all else as "
			      "%s, as whom its roles run",
			      conf->user));
	else if (geteuid() == 0)
		SAY_NOTE(d, "user", "tried as root, as whom every process of the daemon would run",
			 "user = \"gatewayd\"; in the configuration; " DOCTOR_MAKES_USER
			 " creates it");
	else if (!d->o->user || strcmp(d->user, d->o->user) == 0)
		SAY_GOOD(d, "user", TEXT(d, "tried as %s", d->user));
	else
		SAY_NOTE(d, "user", TEXT(d, "tried as %s, the daemon is %s", d->user, d->o->user),
			 "run it as root, which becomes that user");
}

/* A doubt of who only reads a configuration; the daemon does not start with it. */
static bool names_nobody(struct span line)
{
	return span_find(line, SPAN(": there is no user \"")) != SIZE_MAX ||
	       span_find(line, SPAN(": there is no group \"")) != SIZE_MAX;
}

/* What the files have said already is not said again. */
static void say_problems(struct doctor *d, const struct conf_problems *p)
{
	struct span rest = buf_span(&p->text), line;

	while (span_line(&rest, &line)) {
		bool warning =
		    span_find(line, SPAN(": warning: ")) != SIZE_MAX && !names_nobody(line);
		bool secret = span_find(line, SPAN(" cannot be read: ")) != SIZE_MAX;

		if (secret && d->secrets_wrong)
			continue;
		doctor_say(d, warning ? DOCTOR_NOTE : DOCTOR_WRONG, "configuration",
			   arena_cstr(&d->arena, line), NULL, NULL);
	}
}

/* What stands in it, then what it points at. */
static struct conf *load(struct doctor *d)
{
	struct conf_problems problems;
	struct conf *conf;

	if (access(d->o->conf_path, F_OK) < 0 && errno == ENOENT) {
		SAY_WRONG(d, "configuration", TEXT(d, "there is no %s", d->o->conf_path),
			  TEXT(d, "gatewayctl -c %s setup asks a few questions and writes it",
			       d->o->conf_path));
		return NULL;
	}
	conf_problems_init(&problems);
	conf = conf_load(d->o->conf_path, CONF_POLICY_ONLY, &problems);
	if (!conf)
		say_problems(d, &problems);
	conf_problems_release(&problems);
	return conf;
}

static void load_whole(struct doctor *d)
{
	struct conf_problems problems;
	struct conf *conf;

	conf_problems_init(&problems);
	conf = settings_load(d->o->conf_path, CONF_FULL, &problems);
	say_problems(d, &problems);
	if (conf)
		SAY_GOOD(d, "configuration",
			 TEXT(d, "%s: %zu %s, %zu %s, %zu staff", d->o->conf_path,
			      conf->mailbox_count,
			      conf->mailbox_count == 1 ? "mailbox" : "mailboxes", conf->queue_count,
			      conf->queue_count == 1 ? "queue" : "queues", conf->staff_count));
	conf_problems_release(&problems);
	conf_free(&conf);
}

/* --- the daemon that runs --- */

static void say_daemon(struct doctor *d)
{
	const json_t *wrong = json_object_get(d->o->status, "wrong"), *row;
	size_t n = json_array_size(wrong), i;

	json_array_foreach(wrong, i, row)
	    SAY_WRONG(d, "daemon",
		      TEXT(d, "it says: " SPAN_FMT ": " SPAN_FMT, SPAN_ARG(json_span(row, "what")),
			   SPAN_ARG(json_span(row, "text"))),
		      NULL);
	if (n)
		return;
	if (!d->o->daemon_runs)
		SAY_NOTE(d, "daemon", "it does not run", "systemctl enable --now gatewayd");
	else if (!d->o->status)
		SAY_WRONG(d, "daemon", "it runs and does not answer", "gatewayctl status");
	else
		SAY_GOOD(d, "daemon", "it runs, and nothing is wrong by its own words");
}

/* --- all of it --- */

static void check_all(struct doctor *d)
{
	doctor_eyes_init(d);
	doctor_files(d);
	load_whole(d);
	doctor_as_role(d);
	doctor_store(d);
	doctor_machine(d);
	doctor_grants(d);
	doctor_smtp(d);
	doctor_hooks(d);
	for (size_t i = 0; i < d->conf->mailbox_count; i++)
		doctor_mailbox(d, &d->conf->mailboxes[i]);
	doctor_clock(d);
	say_daemon(d);
}

static void with_conf(struct doctor *d, struct conf *conf)
{
	struct err e = { 0 };

	d->conf = conf;
	if (connect_global_init(&e) < 0) {
		SAY_WRONG(d, "network", e.text, "install libcurl and GnuTLS as the package says");
		return;
	}
	d->access = mem_alloc_n(conf->oauth_count, sizeof(*d->access));
	for (size_t i = 0; i < conf->oauth_count; i++)
		access_init(&d->access[i]);
	check_all(d);
	for (size_t i = 0; i < conf->oauth_count; i++)
		access_release(&d->access[i]);
	mem_free(&d->access);
	connect_global_cleanup();
}

size_t doctor_run(const struct doctor_options *o)
{
	struct doctor d = { .o = o, .newest_at = INSTANT_NONE, .clock = clock_real() };
	struct conf *conf;

	arena_init(&d.arena);
	conf = load(&d);
	check_user(&d, conf);
	if (conf)
		with_conf(&d, conf);
	conf_free(&conf);
	arena_release(&d.arena);
	return d.wrong;
}
