#include "gatewayd/grant/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/file.h"
#include "gatewayd/base/json.h"
#include "gatewayd/grant/answer.h"

enum { NAME_SIZE = 128, FILE_SIZE_MAX = 2 * ANSWER_REFRESH_MAX };

static void wipe(struct buf *b)
{
	if (b->p)
		crypto_wipe(b->p, b->cap);
	buf_release(b);
}

static int failed(const char *what, const char *name, struct err *e)
{
	return err_set(e, ERR_PERM, "%s the refresh token of %s: %s", what, name, strerror(errno));
}

/* --- reading --- */

static int read_file(const struct keep *k, const char *name, struct buf *out)
{
	char path[NAME_SIZE], chunk[4096];
	ssize_t n = 1;
	int fd;

	snprintf(path, sizeof(path), "%s.refresh", name);
	fd = openat(k->folder, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	while (n > 0) {
		n = read(fd, chunk, sizeof(chunk));
		if (n > 0)
			buf_add(out, (struct span){ chunk, (size_t)n });
	}
	close(fd);
	return n < 0 ? -1 : 1;
}

static bool open_box(const struct keep *k, const char *name, struct span sealed, struct buf *plain,
		     bool *ret_old_key)
{
	for (size_t i = 0; i < k->key_count; i++) {
		*ret_old_key = i > 0;
		if (seal_open(k->keys[i], span_of(name), sealed, plain))
			return true;
	}
	return false;
}

/* 0 when it is whole and somebody else's. */
static int take(struct span plain, const char *of, struct kept *ret_kept, struct err *e)
{
	json_t *j JSON_AUTO = NULL;

	if (json_read(plain, &j, e) < 0)
		return -1;
	if (!span_is(json_span(j, "of"), of))
		return 0;
	buf_init(&ret_kept->token, ANSWER_REFRESH_MAX + 1);
	buf_add(&ret_kept->token, json_span(j, "token"));
	ret_kept->until = json_int(j, "until", INSTANT_NONE);
	return 1;
}

int keep_read(const struct keep *k, const char *name, const char *of, struct kept *ret_kept,
	      struct err *e)
{
	struct buf sealed BUF_AUTO, plain;
	bool old_key = false;
	int r;

	buf_init(&sealed, FILE_SIZE_MAX);
	buf_init(&plain, FILE_SIZE_MAX);
	r = read_file(k, name, &sealed);
	if (r < 0)
		r = failed("reading", name, e);
	else if (r > 0 && !open_box(k, name, buf_span(&sealed), &plain, &old_key))
		r = err_set(e, ERR_PERM,
			    "the refresh token of %s was sealed with another token key, or is "
			    "damaged",
			    name);
	else if (r > 0)
		r = take(buf_span(&plain), of, ret_kept, e);
	if (r > 0)
		ret_kept->old_key = old_key;
	wipe(&plain);
	return r;
}

/* --- writing --- */

static void seal(const struct keep *k, const char *name, const char *of, struct span token,
		 int64_t until, struct buf *out)
{
	json_t *j = json_pack("{s:o, s:s}", "token", json_of_span(token), "of", of);
	struct buf plain;

	if (until != INSTANT_NONE)
		json_object_set_new(j, "until", json_integer(until));
	buf_init(&plain, FILE_SIZE_MAX);
	json_write(j, true, &plain);
	seal_add(k->keys[0], span_of(name), buf_span(&plain), out);
	wipe(&plain);
	json_decref(j);
}

/* Who has the folder reads it: root writes for others. */
static int give_file(const struct keep *k, int fd)
{
	struct stat folder;

	if (geteuid() != 0)
		return 0;
	return fstat(k->folder, &folder) < 0 ? -1 : fchown(fd, folder.st_uid, folder.st_gid);
}

/* Whole and durable, or not there. */
static int write_file(const struct keep *k, const char *path, struct span bytes)
{
	int fd =
	    openat(k->folder, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r, why;

	if (fd < 0)
		return -1;
	r = give_file(k, fd) < 0 || file_write_all(fd, bytes) < 0 || fsync(fd) < 0 ? -1 : 0;
	why = errno;
	if (close(fd) < 0 && r == 0)
		return -1;
	errno = why;
	return r;
}

int keep_write(const struct keep *k, const char *name, const char *of, struct span token,
	       int64_t until, struct err *e)
{
	char path[NAME_SIZE], fresh[NAME_SIZE];
	struct buf sealed BUF_AUTO;

	buf_init(&sealed, FILE_SIZE_MAX);
	snprintf(path, sizeof(path), "%s.refresh", name);
	snprintf(fresh, sizeof(fresh), "%s.refresh.new", name);
	seal(k, name, of, token, until, &sealed);
	if (write_file(k, fresh, buf_span(&sealed)) < 0 ||
	    renameat(k->folder, fresh, k->folder, path) < 0 || fsync(k->folder) < 0)
		return failed("keeping", name, e);
	return 0;
}

/* --- the folder --- */

/* Made by root for the role's own user, who owns it. */
static int give(int fd, const char *user, const char *path, struct err *e)
{
	const struct passwd *pw = user && geteuid() == 0 ? getpwnam(user) : NULL;

	if (pw && fchown(fd, pw->pw_uid, pw->pw_gid) < 0)
		return err_set(e, ERR_PERM, "%s: %s", path, strerror(errno));
	return 0;
}

int keep_folder(const char *state_dir, const char *user, struct err *e)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/tokens", state_dir);
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return err_set(e, ERR_PERM, "%s: %s", path, strerror(errno));
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_set(e, ERR_PERM, "%s: %s", path, strerror(errno));
	if (give(fd, user, path, e) == 0)
		return fd;
	close(fd);
	return -1;
}
