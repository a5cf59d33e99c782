#include "conf/check_files.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "conf/files.h"
#include "conf/path.h"
#include "conf/pem.h"
#include "conf/value.h"
#include "gatewayd/base/clock.h"
#include "gatewayd/base/units.h"

enum { TOKEN_KEY_MIN = 32, SECRET_MIN = 1 /* characters */, CA_FILE_MAX = 4 * MIB };

static bool is_member(const struct passwd *pw, gid_t group)
{
	gid_t groups[64];
	int n = sizeof(groups) / sizeof(*groups);

	if (getgrouplist(pw->pw_name, pw->pw_gid, groups, &n) < 0)
		return true; /* too many to say */
	for (int i = 0; i < n; i++)
		if (groups[i] == group)
			return true;
	return false;
}

static bool may_read(const struct passwd *pw, const struct stat *st)
{
	if (pw->pw_uid == st->st_uid)
		return st->st_mode & S_IRUSR;
	return is_member(pw, st->st_gid) ? st->st_mode & S_IRGRP : st->st_mode & S_IROTH;
}

/* Root can read what the unit, which starts as the user, cannot. */
static void doubt_reader(struct loader *l, const char *path, const char *file)
{
	const char *user = l->conf->user;
	const struct passwd *pw = user && geteuid() == 0 ? getpwnam(user) : NULL;
	struct stat st;

	if (pw && pw->pw_uid != 0 && stat(file, &st) == 0 && S_ISREG(st.st_mode) &&
	    !may_read(pw, &st))
		loader_warning(l, path,
			       "%s cannot be read by %s, as whom the unit starts; chown %s %s, or "
			       "name it with LoadCredential= in the unit",
			       file, user, user, file);
}

static void check_secret(struct loader *l, const char *path, const char *file, size_t min)
{
	struct buf secret BUF_AUTO;
	struct err e;
	bool makes_key = min > SECRET_MIN && file && access(file, F_OK) < 0 && errno == ENOENT;

	buf_init(&secret, 64 * KIB);
	if (!file)
		return;
	if (conf_secret_read(file, &secret, &e) < 0)
		loader_problem(l, path, "%s%s%s", e.text,
			       makes_key ? "; to make one: head -c 32 /dev/urandom | base64 > "
					 : "",
			       makes_key ? file : "");
	else if (span_trim(buf_span(&secret)).n < secret.n)
		loader_warning(l, path,
			       "%s has a blank at the beginning or end of its line, which is taken "
			       "for part of the secret",
			       file);
	else if (secret.n < min)
		loader_problem(l, path,
			       "%s has %zu characters, but must have at least %zu; make one with "
			       "head -c 32 /dev/urandom | base64",
			       file, secret.n, min);
	else
		doubt_reader(l, path, file);
	if (secret.n)
		explicit_bzero(secret.p, secret.n);
}

static void check_ca(struct loader *l, const char *path, const char *file)
{
	struct span text = SPAN_NONE;
	const char *wrong;

	if (files_read(files_new(&l->scratch), file, CA_FILE_MAX, &text, &wrong))
		wrong = pem_wrong(text);
	if (wrong)
		loader_problem(l, path, "%s %s", file, wrong);
}

static void check_server(struct loader *l, const char *path, const struct conf_server *s)
{
	check_secret(l, arena_printf(&l->scratch, "%s.secret_file", path), s->secret_file,
		     SECRET_MIN);
	if (s->ca_file)
		check_ca(l, arena_printf(&l->scratch, "%s.ca_file", path), s->ca_file);
}

/* Of an application or a service account: more only GnuTLS can tell. */
static void check_key(struct loader *l, const char *path, const char *file)
{
	struct buf text BUF_AUTO;
	struct err e;

	buf_init(&text, 64 * KIB);
	if (conf_secret_read_all(file, &text, &e) < 0)
		loader_problem(l, path, "%s", e.text);
	else if (span_find(buf_span(&text), SPAN("ENCRYPTED")) != SIZE_MAX)
		loader_problem(l, path,
			       "%s is encrypted; write it without a passphrase, as openssl pkey "
			       "does, with mode 0600",
			       file);
	else if (span_find(buf_span(&text), SPAN("PRIVATE KEY-----")) == SIZE_MAX)
		loader_problem(l, path,
			       "%s has no private key; it must be PEM, or the JSON file of a "
			       "service account",
			       file);
	else
		doubt_reader(l, path, file);
	if (text.n)
		explicit_bzero(text.p, text.n);
}

static void check_oauth(struct loader *l, const struct conf_oauth *o)
{
	const char *path = arena_printf(&l->scratch, "oauth.%s", o->name);

	check_secret(l, arena_printf(&l->scratch, "%s.client_secret_file", path),
		     o->client_secret_file, SECRET_MIN);
	if (o->key_file)
		check_key(l, arena_printf(&l->scratch, "%s.key_file", path), o->key_file);
	check_secret(l, arena_printf(&l->scratch, "%s.refresh_token_file", path),
		     o->refresh_token_file, SECRET_MIN);
	if (o->certificate_file)
		check_ca(l, arena_printf(&l->scratch, "%s.certificate_file", path),
			 o->certificate_file);
	if (o->ca_file)
		check_ca(l, arena_printf(&l->scratch, "%s.ca_file", path), o->ca_file);
}

static void check_hook_key(struct loader *l, const char *path, const char *file)
{
	struct buf key BUF_AUTO;
	struct err e;

	buf_init(&key, KIB);
	if (file && conf_hook_key_read(file, &key, &e) < 0)
		loader_problem(l, path, "%s", e.text);
	if (key.n)
		explicit_bzero(key.p, key.n);
}

static void check_hook(struct loader *l, const struct conf_hook *h)
{
	check_hook_key(l, loader_path(l, "hooks", h->name, "secret_file"), h->secret_file);
	check_hook_key(l, loader_path(l, "hooks", h->name, "secret_file_old"), h->secret_file_old);
	if (h->ca_file)
		check_ca(l, loader_path(l, "hooks", h->name, "ca_file"), h->ca_file);
}

static void check_folder(struct loader *l, const char *path, const char *folder)
{
	if (folder && !path_is_folder(folder))
		loader_problem(l, path, "there is no folder %s; create it or correct the name",
			       folder);
}

static bool may_write_in(const struct passwd *pw, const struct stat *st)
{
	mode_t both = S_IWOTH | S_IXOTH;

	if (pw->pw_uid == st->st_uid)
		both = S_IWUSR | S_IXUSR;
	else if (is_member(pw, st->st_gid))
		both = S_IWGRP | S_IXGRP;
	return (st->st_mode & both) == both;
}

/* Root writes everywhere, the daemon's user does not. */
static void doubt_writer(struct loader *l, const char *path, const char *folder)
{
	const char *user = l->conf->user;
	const struct passwd *pw = user ? getpwnam(user) : NULL;
	struct stat st;

	if (pw && pw->pw_uid != 0 && stat(folder, &st) == 0 && !may_write_in(pw, &st))
		loader_warning(l, path, "%s may not write in %s; chown %s: %s", user, folder, user,
			       folder);
}

/* The folder that a file of ours is made in; tmpfiles.d or a unit may still bring it. */
static void doubt_folder_of(struct loader *l, const char *path, const char *file)
{
	const char *slash = strrchr(file, '/');
	const char *folder = arena_cstr(
	    &l->scratch, (struct span){ file, slash > file ? (size_t)(slash - file) : 1 });

	if (!path_is_folder(folder))
		loader_warning(l, path, "there is no folder %s; create it or correct the name",
			       folder);
	else
		doubt_writer(l, path, folder);
}

/* In it, not in one inside of it. */
static bool in_folder(const char *file, const char *folder)
{
	return span_is((struct span){ file, (size_t)(strrchr(file, '/') - file) }, folder);
}

/* The store, and the socket beside it. */
static void check_place(struct loader *l, const char *key, const char *file)
{
	if (path_is_folder(file)) {
		loader_problem(l, key, "%s is a folder; name a file in it", file);
		return;
	}
	doubt_folder_of(l, key, file);
	if (in_folder(file, "/tmp") || in_folder(file, "/var/tmp"))
		loader_warning(l, key,
			       "stands in a folder that is emptied now and then, and that the unit "
			       "has one of its own of; use %s",
			       strcmp(key, "store") == 0 ? "/var/lib/gatewayd" : "/run/gatewayd");
}

static void check_socket(struct loader *l, const char *file)
{
	size_t most = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1;

	if (value_check_listen(strrchr(file, '/') + 1) == NULL)
		loader_problem(l, "socket", "is the name of a file, no address and port");
	else if (strlen(file) > most)
		loader_problem(l, "socket", "%s has %zu bytes, and a socket's name at most %zu",
			       file, strlen(file), most);
	else
		check_place(l, "socket", file);
}

/* Only root becomes somebody else: for others it is a doubt. */
static void check_user(struct loader *l, const char *user)
{
	const struct passwd *pw = user ? getpwnam(user) : NULL;

	if (pw && pw->pw_uid == 0)
		loader_warning(l, "user", "is root, and so is every process; name another one");
	if (!user && geteuid() == 0)
		loader_warning(
		    l, "user",
		    "is missing: started by root, every process runs as root; add user = "
		    "\"gatewayd\" and create it (see systemd-sysusers(8))");
	if (!user || pw)
		return;
	(geteuid() == 0 ? loader_problem : loader_warning)(
	    l, "user",
	    "there is no user \"%s\" on this machine; create it (see systemd-sysusers(8)) or "
	    "correct the name",
	    user);
}

static void check_group(struct loader *l, const char *key, const char *group)
{
	if (group && !getgrnam(group))
		(geteuid() == 0 ? loader_problem : loader_warning)(
		    l, key,
		    "there is no group \"%s\" on this machine; create it (groupadd --system) or "
		    "correct the name",
		    group);
}

static bool same_file(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static void check_token_keys(struct loader *l)
{
	const struct conf *c = l->conf;

	check_secret(l, "token_key_file", c->token_key_file, TOKEN_KEY_MIN);
	if (same_file(c->token_key_file_old, c->token_key_file))
		loader_warning(l, "token_key_file_old",
			       "is token_key_file, too; name the key before it, or leave it out");
	else
		check_secret(l, "token_key_file_old", c->token_key_file_old, TOKEN_KEY_MIN);
}

/* The language has templates in one of the folders that are looked through; own: a queue's. */
static bool has_templates(struct loader *l, const char *own, const char *language)
{
	const char *const dirs[] = { own, l->conf->templates, l->conf->shipped_templates };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		if (dirs[i] &&
		    path_is_folder(arena_printf(&l->scratch, "%s/%s", dirs[i], language)))
			return true;
	return false;
}

static void check_language(struct loader *l, const char *path, const char *language,
			   const char *own)
{
	bool there = has_templates(l, own, language);

	/* One of the whole may be that of a single queue. */
	for (size_t i = 0; !own && !there && i < l->conf->queue_count; i++)
		there = has_templates(l, l->conf->queues[i].templates, language);
	if (!there)
		loader_problem(l, path,
			       "there are no templates in \"%s\"; add a folder of that name to "
			       "the templates, or use \"en\"",
			       language);
}

static void check_staff_languages(struct loader *l)
{
	const struct conf *c = l->conf;

	for (size_t i = 0; i < c->staff_count; i++)
		if (c->staff[i].language)
			check_language(l, loader_path(l, "staff", c->staff[i].id, "language"),
				       c->staff[i].language, NULL);
}

static void check_templates(struct loader *l)
{
	const struct conf *c = l->conf;

	check_folder(l, "templates", c->templates);
	for (size_t i = 0; i < c->queue_count; i++) {
		const struct conf_queue *q = &c->queues[i];

		check_folder(l, loader_path(l, "queues", q->name, "templates"), q->templates);
		check_language(l, loader_path(l, "queues", q->name, "language"), q->language,
			       q->templates);
	}
	for (size_t i = 0; loader_given(l, "languages") && i < c->languages.n; i++)
		check_language(l, "languages", c->languages.v[i], NULL);
	check_staff_languages(l);
}

/* A calendar whose dates have all passed was forgotten; those of every year never pass. */
static void check_calendar(struct loader *l, const struct policy_calendar *c, int64_t today)
{
	const char *path = loader_path(l, "calendars", c->name, "holidays");
	const struct policy_holiday *last = NULL;
	int64_t last_day = 0;

	for (size_t i = 0; i < c->holiday_count; i++) {
		const struct policy_holiday *h = &c->holidays[i];
		int64_t day = civil_days(h->year, h->month, h->day);

		if (h->rule == HOLIDAY_DATE && (!last || day > last_day)) {
			last = h;
			last_day = day;
		}
	}
	if (!loader_given(l, path))
		path = loader_path(l, "calendars", c->name, "holidays_file");
	if (last && last_day < today && loader_given(l, path))
		loader_warning(l, path,
			       "the last of its dates, %04d-%02d-%02d, is past; add those to come, "
			       "or \"%02d-%02d\" for every year",
			       last->year, last->month, last->day, last->month, last->day);
}

static void check_holidays(struct loader *l)
{
	const struct policy *p = &l->conf->policy;
	struct clock clock = clock_real();
	int64_t today = clock_now(&clock) / (24 * HOUR_S);

	for (size_t i = 0; i < p->calendar_count; i++)
		check_calendar(l, &p->calendars[i], today);
}

void check_files(struct loader *l)
{
	const struct conf *c = l->conf;

	check_templates(l);
	if (l->scope != CONF_FULL)
		return;
	check_user(l, c->user);
	check_folder(l, "kb_dir", c->kb_dir);
	check_folder(l, "snippets_dir", c->snippets_dir);
	check_group(l, "control_group", c->control_group);
	check_group(l, "data_group", c->data_group);
	if (!conf_is_database(c->store))
		check_place(l, "store", c->store);
	check_socket(l, c->socket);
	check_token_keys(l);
	check_holidays(l);
	check_server(l, "smtp", &c->smtp.server);
	check_server(l, "operators_smtp", &c->operators_smtp.server);
	for (size_t i = 0; i < c->oauth_count; i++)
		check_oauth(l, &c->oauth[i]);
	for (size_t i = 0; i < c->hook_count; i++)
		check_hook(l, &c->hooks[i]);
	for (size_t i = 0; i < c->mailbox_count; i++)
		check_server(l, arena_printf(&l->scratch, "mailboxes.%s", c->mailboxes[i].name),
			     &c->mailboxes[i].server);
}
