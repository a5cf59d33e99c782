/*
 * Whose eyes: a daemon that root started reads its configuration and its secrets as root and does
 * all else as the user of its roles.  Effective ids, so that there is a way back.
 */
#include "gatewayd/doctor/doctor_inside.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

void doctor_eyes_init(struct doctor *d)
{
	const char *user = d->conf->user;
	const struct passwd *pw = user && geteuid() == 0 ? getpwnam(user) : NULL;

	if (!pw || pw->pw_uid == 0)
		return;
	d->two_eyes = true;
	d->role_uid = pw->pw_uid;
	d->role_gid = pw->pw_gid;
}

static void fail(struct doctor *d)
{
	SAY_WRONG(d, "user", TEXT(d, "becoming %s: %s", d->conf->user, strerror(errno)), NULL);
}

void doctor_as_role(struct doctor *d)
{
	const struct group *gr;

	if (!d->two_eyes)
		return;
	if (initgroups(d->conf->user, d->role_gid) < 0 || setegid(d->role_gid) < 0 ||
	    seteuid(d->role_uid) < 0) {
		fail(d);
		return;
	}
	gr = getgrgid(d->role_gid);
	d->user = d->conf->user;
	d->group = gr ? TEXT(d, "%s", gr->gr_name) : d->group;
}

void doctor_as_parent(struct doctor *d)
{
	if (d->two_eyes && (seteuid(0) < 0 || setegid(0) < 0))
		fail(d);
}

int doctor_secret_read(struct doctor *d, const char *path, struct buf *out, struct err *e)
{
	int r;

	doctor_as_parent(d);
	r = conf_secret_read(path, out, e);
	doctor_as_role(d);
	return r;
}
