#include "conf/conf.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/units.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_FILE_MAX = 16 * KIB };

static const char *advice(int error)
{
	if (error == EACCES)
		return "let it belong to the user that gatewayd runs as (chown), or name it with "
		       "LoadCredential= in the unit";
	return error == ENOENT && !getenv("CREDENTIALS_DIRECTORY")
		   ? "create it (mode 0600); if systemd hands it to the unit (LoadCredential=), "
		     "check with gatewayd -n -s, which skips secrets"
		   : "create it (mode 0600)";
}

static int open_secret(const char *file, struct err *e)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return err_set(e, ERR_PERM, "%s cannot be read: %s; %s", file, strerror(errno),
			       advice(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		err_set(e, ERR_PERM, "%s is no regular file; put the secret into one", file);
	else if (st.st_mode & S_IRWXO)
		err_set(e, ERR_PERM, "%s can be read by everybody; chmod o= it", file);
	else
		return fd;
	close(fd);
	return -1;
}

/* Room for the NUL of buf_cstr() too: it is not moved any more. */
static void add_locked(struct buf *out, struct span secret)
{
	char *room = buf_room(out, secret.n + 1);

	if (room)
		crypto_lock(room, secret.n + 1);
	buf_add(out, secret);
}

/* What is in the file, up to the limit; -1 with errno. */
static ssize_t read_locked(int fd, char text[SECRET_FILE_MAX])
{
	ssize_t n = 0, got = 1;

	crypto_lock(text, SECRET_FILE_MAX);
	while (got > 0 && n < SECRET_FILE_MAX) {
		got = read(fd, text + n, (size_t)(SECRET_FILE_MAX - n));
		if (got > 0)
			n += got;
	}
	return got < 0 ? -1 : n;
}

/* What editors of other systems make of a secret; NULL: nothing of the kind. */
static const char *no_text(struct span s)
{
	if (span_starts(s, SPAN("\xef\xbb\xbf")))
		return "begins with a byte order mark; save it as UTF-8 without one";
	if (span_starts(s, SPAN("\xff\xfe")) || span_starts(s, SPAN("\xfe\xff")))
		return "is UTF-16; save it as UTF-8";
	return s.n && memchr(s.p, '\0', s.n) ? "has a NUL byte in it; save it as plain text" : NULL;
}

/* Its first line, or all of it. */
static int read_secret(const char *file, bool all, struct buf *ret_secret, struct err *e)
{
	char text[SECRET_FILE_MAX];
	struct span rest, part = SPAN_NONE;
	int fd = open_secret(file, e);
	const char *wrong;
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read_locked(fd, text);
	close(fd);
	rest = (struct span){ text, n > 0 ? (size_t)n : 0 };
	if (all)
		part = rest;
	else
		span_line(&rest, &part);
	wrong = no_text(part);
	if (part.n && !wrong)
		add_locked(ret_secret, part);
	explicit_bzero(text, sizeof(text));
	if (wrong)
		return err_set(e, ERR_PERM, "%s %s", file, wrong);
	return part.n ? 0
		      : err_set(e, ERR_PERM,
				"%s has nothing on its first line; put the secret there", file);
}

int conf_secret_read(const char *file, struct buf *ret_secret, struct err *e)
{
	return read_secret(file, false, ret_secret, e);
}

int conf_secret_read_all(const char *file, struct buf *ret_secret, struct err *e)
{
	return read_secret(file, true, ret_secret, e);
}

int conf_hook_key_read(const char *file, struct buf *ret_key, struct err *e)
{
	const struct span prefix = SPAN("whsec_");
	struct buf text BUF_AUTO;
	struct span base64;
	int r = 0;

	buf_init(&text, SECRET_FILE_MAX);
	if (conf_secret_read(file, &text, e) < 0)
		return -1;
	base64 = buf_span(&text);
	if (!span_starts(base64, prefix) ||
	    !base64_read(span_sub(base64, prefix.n, SIZE_MAX), ret_key) ||
	    ret_key->n < CONF_HOOK_KEY_MIN || ret_key->n > CONF_HOOK_KEY_MAX)
		r = err_set(e, ERR_PERM,
			    "%s is no secret of a webhook; make one with echo "
			    "\"whsec_$(head -c 32 /dev/urandom | base64)\"",
			    file);
	crypto_wipe(text.p, text.cap);
	return r;
}
