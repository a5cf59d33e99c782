/* Files that the daemon reads, as its user sees them, and why it does not see one. */
#include "gatewayd/doctor/doctor_inside.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/crypto.h"

enum { SECRET_FILE_MAX = 64 * KIB };

/* The folder on the way that may not be entered; NULL: it is the file itself. */
static const char *closed_folder(struct doctor *d, const char *path)
{
	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		const char *folder =
		    arena_cstr(&d->arena, (struct span){ path, (size_t)(slash - path) });

		if (access(folder, X_OK) < 0)
			return folder;
	}
	return NULL;
}

static const char *owner_of(struct doctor *d, const struct stat *st)
{
	const struct passwd *pw = getpwuid(st->st_uid);

	return pw ? TEXT(d, "%s", pw->pw_name) : TEXT(d, "%u", (unsigned int)st->st_uid);
}

static void say_unreadable(struct doctor *d, const char *what, const char *path, int error)
{
	const char *folder = closed_folder(d, path);
	struct stat st;

	if (folder)
		SAY_WRONG(d, what,
			  TEXT(d, "%s is out of reach: %s may not enter %s", path, d->user, folder),
			  TEXT(d, "chgrp %s %s and chmod g+x it", d->group, folder));
	else if (error == EACCES && stat(path, &st) == 0)
		SAY_WRONG(d, what,
			  TEXT(d, "%s belongs to %s and has mode %04o: %s may not read it", path,
			       owner_of(d, &st), st.st_mode & 07777U, d->user),
			  TEXT(d, "chown %s %s", d->user, path));
	else
		SAY_WRONG(d, what, TEXT(d, "%s: %s", path, strerror(error)),
			  "make it, or correct its name in the configuration");
}

/* Whether it can be read. */
static bool check_readable(struct doctor *d, const char *what, const char *path)
{
	if (access(path, R_OK) == 0)
		return true;
	say_unreadable(d, what, path, errno);
	d->secrets_wrong = true;
	return false;
}

static void check_secret(struct doctor *d, const char *what, const char *path, size_t *n)
{
	struct buf secret;
	struct err e = { 0 };

	if (!path || !check_readable(d, what, path))
		return;
	buf_init(&secret, SECRET_FILE_MAX);
	if (conf_secret_read(path, &secret, &e) == 0)
		(*n)++;
	if (secret.p)
		crypto_wipe(secret.p, secret.cap);
	buf_release(&secret);
}

static void check_file(struct doctor *d, const char *what, const char *path, size_t *n)
{
	if (path && check_readable(d, what, path))
		(*n)++;
}

static void check_server(struct doctor *d, const char *what, const struct conf_server *s, size_t *n)
{
	check_secret(d, what, s->secret_file, n);
	check_file(d, what, s->ca_file, n);
}

static void check_oauth(struct doctor *d, const struct conf_oauth *o, size_t *n)
{
	const char *what = TEXT(d, "oauth %s", o->name);

	check_secret(d, what, o->client_secret_file, n);
	check_secret(d, what, o->key_file, n);
	check_secret(d, what, o->refresh_token_file, n);
	check_file(d, what, o->certificate_file, n);
	check_file(d, what, o->ca_file, n);
}

static void check_hook(struct doctor *d, const struct conf_hook *h, size_t *n)
{
	const char *what = TEXT(d, "hook %s", h->name);

	check_secret(d, what, h->secret_file, n);
	check_secret(d, what, h->secret_file_old, n);
	check_file(d, what, h->ca_file, n);
}

void doctor_files(struct doctor *d)
{
	const struct conf *c = d->conf;
	size_t n = 0;

	check_file(d, "configuration", d->o->conf_path, &n);
	check_secret(d, "token key", c->token_key_file, &n);
	check_secret(d, "token key", c->token_key_file_old, &n);
	check_server(d, "smtp", &c->smtp.server, &n);
	check_server(d, "operators_smtp", &c->operators_smtp.server, &n);
	for (size_t i = 0; i < c->hook_count; i++)
		check_hook(d, &c->hooks[i], &n);
	for (size_t i = 0; i < c->oauth_count; i++)
		check_oauth(d, &c->oauth[i], &n);
	for (size_t i = 0; i < c->mailbox_count; i++)
		check_server(d, TEXT(d, "mailbox %s", c->mailboxes[i].name),
			     &c->mailboxes[i].server, &n);
	if (!d->secrets_wrong)
		SAY_GOOD(d, "files", TEXT(d, "%s reads the %zu that are named", d->user, n));
}
