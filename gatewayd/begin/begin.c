#include "gatewayd/begin/begin.h"

#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/begin/begin_try.h"

/* The unit's. */
#define INSTALLED "/etc/gatewayd/gatewayd.conf"

struct begin {
	struct arena arena;
	struct begin_ask ask;
	struct begin_plan plan;
	struct begin_written files;
	struct begin_tried tried;
};

static const char hello[] =
    "This asks a few questions, writes a configuration and tries it. Nothing is overwritten;\n"
    "Enter takes what stands in [brackets], Ctrl-C ends it and leaves nothing.\n\n";

/* --- asking --- */

static int ask_all(struct begin *b, struct err *e)
{
	if (begin_keys_check(&b->ask, e) < 0)
		return -1;
	if (begin_plan_ask(&b->ask, &b->plan, e) < 0)
		return -1;
	return begin_ask_end(&b->ask, e);
}

/* --- trying --- */

static int write_and_try(struct begin *b, struct err *e)
{
	if (begin_write_conf(&b->files, &b->plan, e) < 0)
		return -1;
	return begin_try(&b->ask, &b->files, &b->plan, &b->tried, e);
}

/* Until nothing more is proposed, or taken: each may be taken once. */
static int adopt(struct begin *b, struct err *e)
{
	bool yes;

	if (!b->tried.proposed)
		return 0;
	if (begin_ask_yes(&b->ask, "adopt",
			  "\nPut the lines that it proposes into the configuration", true, &yes,
			  e) < 0)
		return -1;
	if (!yes)
		return 0;
	b->plan = b->tried.better;
	return write_and_try(b, e);
}

/* Only what a mail from outside brings along tells what the border writes. */
static int await_outside(struct begin *b, struct err *e)
{
	bool again = !b->plan.oauth.name; /* providers' borders are known */

	while (b->ask.o->terminal && b->tried.no_outside && !b->tried.wrong &&
	       !b->plan.authserv_ids && again) {
		begin_say(
		    &b->ask,
		    "\nNo mail from outside has come yet, so nobody can see by what your mail "
		    "server\nvouches for senders. Send one from a private address to %s now.\n",
		    b->plan.mailboxes[0].address);
		if (begin_ask_yes(&b->ask, "again", "It has come: look again", false, &again, e) <
		    0)
			return -1;
		if (again && (write_and_try(b, e) < 0 || adopt(b, e) < 0))
			return -1;
	}
	return 0;
}

static int make_and_try(struct begin *b, struct err *e)
{
	if (begin_write_secrets(&b->files, &b->plan, e) < 0 || write_and_try(b, e) < 0)
		return -1;
	return adopt(b, e) < 0 || await_outside(b, e) < 0 ? -1 : 0;
}

/* --- the end --- */

static bool may_be_written(const struct begin *b)
{
	return b->tried.wrong == 0 || b->ask.o->anyway;
}

static int ask_and_try(struct begin *b, struct err *e)
{
	bool again = true;

	do {
		begin_write_undo(&b->files);
		if (ask_all(b, e) < 0 || make_and_try(b, e) < 0)
			return -1;
		if (may_be_written(b) || !b->ask.o->terminal)
			return 0;
		begin_say(
		    &b->ask,
		    "\n%zu of these %s wrong, and nothing is written yet.\n"
		    "Where a line gives a command, run it in another terminal and answer again; "
		    "Enter keeps an answer.\n",
		    b->tried.wrong, b->tried.wrong == 1 ? "is" : "are");
		if (begin_ask_yes(&b->ask, "correct", "Answer again (no: end here)", true, &again,
				  e) < 0)
			return -1;
	} while (again);
	return 0;
}

static void say_files(struct begin *b, const char *title, const char *first, const char **v,
		      size_t n)
{
	begin_say(&b->ask, "%s\n  rm%s%s", title, *first ? " " : "", first);
	for (size_t i = 0; i < n; i++)
		begin_say(&b->ask, " %s", v[i]);
	begin_say(&b->ask, "\n");
}

/* One that was there goes on as it is: the way to the new one, and the way back. */
static void say_beside(struct begin *b, const char *path)
{
	begin_say(&b->ask, "The one that was there stays: compare them, then\n  mv %s %s\n", path,
		  b->files.conf_path);
	say_files(b, "or, to go on without what was written now,", path, b->files.secrets_made,
		  b->files.secrets_made_count);
}

static void say_left(struct begin *b, bool beside)
{
	size_t n;
	const char **left = begin_write_left(&b->files, &b->plan, &n);

	if (n)
		say_files(b,
			  beside ? "Secrets of before that the new one does not use; when it is in "
				   "its place:"
				 : "Secrets of before that it does not use:",
			  "", left, n);
}

static void say_next(struct begin *b)
{
	bool installed = strcmp(b->files.conf_path, INSTALLED) == 0;
	const char *option = installed ? "" : arena_printf(&b->arena, " -c %s", b->files.conf_path);

	begin_say(&b->ask, "Next:\n  %s%s\n",
		  installed ? "systemctl enable --now gatewayd" : "gatewayd -c ",
		  installed ? "" : b->files.conf_path);
	if (begin_plan_logs_in(&b->plan))
		begin_say(&b->ask, "  gatewayctl%s login %s\n", option, b->plan.oauth.name);
	begin_say(&b->ask, "  gatewayctl%s doctor\n", option);
}

static int place(struct begin *b, struct err *e)
{
	const char *path;
	bool beside;

	if (begin_write_place(&b->files, &path, e) < 0)
		return -1;
	beside = strcmp(path, b->files.conf_path) != 0;
	begin_say(&b->ask, "\nWritten: %s, and its secrets in %s\n", path, b->files.secrets);
	if (b->plan.make_user)
		begin_say(&b->ask, "The user %s was created.\n", b->plan.user);
	if (beside)
		say_beside(b, path);
	say_left(b, beside);
	say_next(b);
	return 0;
}

static enum begin_end run(struct begin *b, struct err *e)
{
	if (ask_and_try(b, e) < 0)
		return e->class == ERR_TEMP ? BEGIN_STOPPED : BEGIN_FAILED;
	if (!may_be_written(b)) {
		begin_say(&b->ask, "\nNothing was written; with --anyway it is.\n");
		return BEGIN_WRONG;
	}
	return place(b, e) < 0 ? BEGIN_FAILED : BEGIN_WRITTEN;
}

enum begin_end begin_run(const struct begin_options *o)
{
	struct begin b = { .ask.o = o };
	struct err e = { 0 };
	enum begin_end end = BEGIN_FAILED;

	arena_init(&b.arena);
	begin_write_init(&b.files, o->conf_path, &b.arena);
	if (begin_ask_init(&b.ask, o, &b.arena, &e) == 0) {
		if (o->terminal)
			begin_say(&b.ask, "%s", hello);
		end = run(&b, &e);
	}
	if (end == BEGIN_FAILED)
		begin_say(&b.ask, "gatewayctl: %s\n", e.text);
	if (end == BEGIN_STOPPED)
		begin_say(&b.ask, "\nStopped; nothing was written.\n");
	begin_write_undo(&b.files);
	begin_ask_release(&b.ask);
	arena_release(&b.arena);
	return end;
}
