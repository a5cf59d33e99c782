/* The inside of the doctor, for the files that implement doctor.h. */
#ifndef GATEWAYD_DOCTOR_DOCTOR_INSIDE_H
#define GATEWAYD_DOCTOR_DOCTOR_INSIDE_H

#include "conf/conf.h"
#include "gatewayd/base/clock.h"
#include "gatewayd/doctor/doctor.h"
#include "gatewayd/net/access.h"
#include "gatewayd/net/connect.h"
#include "gatewayd/net/imap.h"

struct doctor {
	const struct doctor_options *o;
	const struct conf *conf;
	struct arena arena;
	const char *user; /* whom it looks as */
	const char *group;
	size_t wrong;
	bool secrets_wrong;	   /* a file of them could not be read: told */
	bool smtp_wrong;	   /* told */
	struct access_box *access; /* of each row of conf->oauth */
	int64_t newest_at;	   /* INTERNALDATE of the newest mail seen; INSTANT_NONE */
	bool echoed;		   /* a mail to itself came back */
	int64_t echo_off_s;	   /* then: the server's clock less ours */
	struct clock clock;
	bool two_eyes; /* doctor_eyes.c */
	uid_t role_uid;
	gid_t role_gid;
};

/* doctor_say.c */
void doctor_say(struct doctor *d, enum doctor_state state, const char *what, const char *text,
		const char *todo, const char *paste);
#define SAY_GOOD(d, what, text)	       doctor_say(d, DOCTOR_GOOD, what, text, NULL, NULL)
#define SAY_NOTE(d, what, text, todo)  doctor_say(d, DOCTOR_NOTE, what, text, todo, NULL)
#define SAY_WRONG(d, what, text, todo) doctor_say(d, DOCTOR_WRONG, what, text, todo, NULL)
#define TEXT(d, ...)		       arena_printf(&(d)->arena, __VA_ARGS__)

/* doctor_eyes.c: begun as the parent; does nothing where one user does it all. */
void doctor_eyes_init(struct doctor *d);
void doctor_as_role(struct doctor *d);
void doctor_as_parent(struct doctor *d);
/* conf_secret_read() by a role: as the parent, for a moment. */
int doctor_secret_read(struct doctor *d, const char *path, struct buf *out, struct err *e);

/* doctor_files.c: before the configuration is loaded as a whole; what the daemon could not read. */
void doctor_files(struct doctor *d);
/* doctor_machine.c */
void doctor_store(struct doctor *d);
void doctor_machine(struct doctor *d);
void doctor_clock(struct doctor *d);
/* doctor_grant.c: fills d->access. */
void doctor_grants(struct doctor *d);

/* doctor_login.c */
struct doctor_login {
	struct connect_options connect;
	struct buf secret; /* locked */
	bool refused;
};
/* false: there is nothing to log in with, which was told.  Release it either way. */
bool doctor_login_init(struct doctor *d, const struct conf_server *s, const char *what,
		       struct doctor_login *l);
void doctor_login_release(struct doctor_login *l);
/* What to do about a connection or log-in that came to nothing; "path" is the server's in the
 * configuration. */
const char *doctor_login_todo(struct doctor *d, const struct conf_server *s, const char *path,
			      const struct doctor_login *l, const char *text);

/* doctor_mailbox.c */
void doctor_mailbox(struct doctor *d, const struct conf_mailbox *m);
/* doctor_border.c */
void doctor_border(struct doctor *d, struct imap *imap, const struct conf_mailbox *m);
/* doctor_smtp.c */
void doctor_smtp(struct doctor *d);
/* doctor_hook.c */
void doctor_hooks(struct doctor *d);
/* doctor_echo.c: a mail to itself. */
void doctor_echo(struct doctor *d, struct imap *imap, const struct conf_mailbox *m);

#endif
