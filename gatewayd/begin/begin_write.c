#include "gatewayd/begin/begin_write.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/file.h"
#include "gatewayd/begin/begin_render.h"
#include "gatewayd/begin/begin_user.h"

enum { KEY_BYTES = 32, NAMES_MAX = 100, CONF_MAX = MIB, SECRET_MAX = 64 * KIB, REST = 5 };

void begin_write_init(struct begin_written *w, const char *conf_path, struct arena *a)
{
	const char *slash = strrchr(conf_path, '/');

	*w = (struct begin_written){ .a = a, .conf_path = conf_path };
	w->folder = arena_cstr(a, (struct span){ conf_path, (size_t)(slash - conf_path) });
	w->secrets = arena_printf(a, "%s/secrets", w->folder);
}

static int failed(const char *path, struct err *e)
{
	return err_set(e, ERR_PERM, "%s: %s", path, strerror(errno));
}

static void made(struct begin_written *w, const char *path)
{
	ARENA_GROW(w->a, w->made, w->made_count);
	w->made[w->made_count++] = path;
}

void begin_write_undo(struct begin_written *w)
{
	while (!w->placed && w->made_count) {
		const char *path = w->made[--w->made_count];

		if (unlink(path) < 0 && errno == EISDIR)
			rmdir(path);
	}
	w->trial = NULL;
	if (w->made_user && !w->placed)
		begin_user_remove();
	w->made_user = false;
	w->secrets_made_count = 0;
}

/* --- whom and what the daemon needs --- */

static int make_user(struct begin_written *w, const struct begin_plan *p, struct err *e)
{
	if (!p->make_user || w->made_user)
		return 0;
	if (begin_user_make(e) < 0)
		return -1;
	w->made_user = true;
	return 0;
}

static const struct passwd *owner(const struct begin_plan *p)
{
	return p->user && *p->user && geteuid() == 0 ? getpwnam(p->user) : NULL;
}

/* The unit makes it, too; by hand nobody has. */
static int make_state(struct begin_written *w, const struct begin_plan *p, struct err *e)
{
	const char *slash = strrchr(p->store, '/'), *folder;
	const struct passwd *pw = owner(p);

	if (!pw || p->store[0] != '/' || slash == p->store)
		return 0;
	folder = arena_cstr(w->a, (struct span){ p->store, (size_t)(slash - p->store) });
	if (mkdir(folder, 0700) < 0)
		return errno == EEXIST ? 0 : failed(folder, e);
	made(w, folder);
	return chown(folder, pw->pw_uid, pw->pw_gid) < 0 ? failed(folder, e) : 0;
}

/* As the package makes it: the daemon may look in and change nothing. */
static int make_folder(struct begin_written *w, const struct begin_plan *p, struct err *e)
{
	const struct passwd *pw = owner(p);

	if (mkdir(w->secrets, 0750) < 0)
		return errno == EEXIST ? 0 : failed(w->secrets, e);
	made(w, w->secrets);
	if (pw && chown(w->secrets, 0, pw->pw_gid) < 0)
		return failed(w->secrets, e);
	return chmod(w->secrets, 0750) < 0 ? failed(w->secrets, e) : 0;
}

static int write_whole(int fd, struct span bytes, const struct passwd *pw, const char *path,
		       struct err *e)
{
	if (file_write_all(fd, bytes) < 0 || (pw && fchown(fd, pw->pw_uid, pw->pw_gid) < 0) ||
	    fsync(fd) < 0)
		return failed(path, e);
	return 0;
}

/* Of this name, with this content and for this user already. */
static bool is_same(const char *path, struct span text, const struct passwd *pw)
{
	struct buf bytes BUF_AUTO;
	struct stat st;
	bool same;

	buf_init(&bytes, SECRET_MAX);
	same = lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       st.st_uid == (pw ? pw->pw_uid : geteuid()) && (st.st_mode & 077) == 0 &&
	       file_read(path, &bytes) == 0 && span_eq(buf_span(&bytes), text);
	if (bytes.p)
		crypto_wipe(bytes.p, bytes.cap);
	return same;
}

/* Under a name that nothing has yet: "support.password", "support.password-2" ... */
static int make_secret(struct begin_written *w, const struct begin_plan *p, struct begin_secret *s,
		       struct err *e)
{
	for (int k = 1; k < NAMES_MAX; k++) {
		const char *name = k == 1 ? s->name : arena_printf(w->a, "%s-%d", s->name, k);
		const char *path = arena_printf(w->a, "%s/%s", w->secrets, name);
		int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600), r;

		s->path = arena_printf(w->a, "secrets/%s", name);
		if (fd < 0 && errno == EEXIST) {
			if (is_same(path, span_of(s->text), owner(p)))
				return 0;
			continue;
		}
		if (fd < 0)
			return failed(path, e);
		made(w, path);
		ARENA_GROW(w->a, w->secrets_made, w->secrets_made_count);
		w->secrets_made[w->secrets_made_count++] = path;
		r = write_whole(fd, span_of(s->text), owner(p), path, e);
		close(fd);
		return r;
	}
	return err_set(e, ERR_PERM, "%s/%s: there are too many of that name", w->secrets, s->name);
}

/* One that is there is used on: with another no answer to an old mail would find its case. */
static int make_key(struct begin_written *w, struct begin_plan *p, struct err *e)
{
	unsigned char key[KEY_BYTES];
	struct buf text BUF_AUTO = { 0 };
	int r;

	p->token_key = (struct begin_secret){ .name = "token-key", .path = "secrets/token-key" };
	if (access(arena_printf(w->a, "%s/token-key", w->secrets), F_OK) == 0)
		return 0;
	buf_init(&text, 4 * KEY_BYTES);
	crypto_random(key, sizeof(key));
	base64_add_secret((struct span){ (const char *)key, sizeof(key) }, &text);
	p->token_key.text = buf_cstr(&text);
	r = make_secret(w, p, &p->token_key, e);
	p->token_key.text = NULL;
	crypto_wipe(key, sizeof(key));
	crypto_wipe(text.p, text.cap);
	return r;
}

/* The i-th that a plan can have, the key after them; NULL: no more. */
static struct begin_secret *secret_at(struct begin_plan *p, size_t i)
{
	struct begin_secret *const rest[REST] = { &p->smtp_password, &p->oauth.client_secret,
						  &p->oauth.key, &p->oauth.certificate,
						  &p->oauth.refresh_token };

	if (i < p->mailbox_count)
		return &p->mailboxes[i].password;
	return i - p->mailbox_count < REST ? rest[i - p->mailbox_count] : NULL;
}

int begin_write_secrets(struct begin_written *w, struct begin_plan *p, struct err *e)
{
	struct begin_secret *s;

	if (make_user(w, p, e) < 0 || make_state(w, p, e) < 0 || make_folder(w, p, e) < 0 ||
	    make_key(w, p, e) < 0)
		return -1;
	for (size_t i = 0; (s = secret_at(p, i)) != NULL; i++)
		if (s->text && make_secret(w, p, s, e) < 0)
			return -1;
	return 0;
}

static bool is_used(const struct begin_plan *p, const char *file)
{
	struct begin_plan copy = *p;
	const struct begin_secret *s;

	for (size_t i = 0; (s = secret_at(&copy, i)) != NULL; i++)
		if (s->path && strcmp(strrchr(s->path, '/') + 1, file) == 0)
			return true;
	return strcmp(file, "token-key") == 0;
}

const char **begin_write_left(const struct begin_written *w, const struct begin_plan *p,
			      size_t *ret_n)
{
	struct dirent **names;
	const char **left = NULL;
	int n = scandir(w->secrets, &names, NULL, alphasort);

	*ret_n = 0;
	for (int i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.' && !is_used(p, names[i]->d_name)) {
			ARENA_GROW(w->a, left, *ret_n);
			left[(*ret_n)++] =
			    arena_printf(w->a, "%s/%s", w->secrets, names[i]->d_name);
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return left;
}

/* --- the configuration --- */

static int open_trial(struct begin_written *w, struct err *e)
{
	char *path;
	int fd;

	if (w->trial) {
		fd = open(w->trial, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW);
		return fd < 0 ? failed(w->trial, e) : fd;
	}
	path = arena_printf(w->a, "%s/.gatewayd.conf.XXXXXX", w->folder);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return failed(path, e);
	made(w, path);
	w->trial = path;
	return fd;
}

int begin_write_conf(struct begin_written *w, const struct begin_plan *p, struct err *e)
{
	struct buf text BUF_AUTO;
	int fd, r;

	buf_init(&text, CONF_MAX);
	if (begin_render(p, w->a, &text, e) < 0)
		return -1;
	fd = open_trial(w, e);
	if (fd < 0)
		return -1;
	r = write_whole(fd, buf_span(&text), NULL, w->trial, e);
	if (r == 0 && fchmod(fd, 0644) < 0)
		r = failed(w->trial, e);
	close(fd);
	return r;
}

int begin_write_place(struct begin_written *w, const char **ret_path, struct err *e)
{
	const char *path = w->conf_path;
	int r = link(w->trial, path);

	for (int k = 1; r < 0 && errno == EEXIST && k < NAMES_MAX; k++) {
		path = arena_printf(w->a, k == 1 ? "%s.new" : "%s.new-%d", w->conf_path, k);
		r = link(w->trial, path);
	}
	if (r < 0)
		return failed(path, e);
	unlink(w->trial);
	w->trial = NULL;
	w->placed = true;
	*ret_path = path;
	return 0;
}
