#include "gatewayd/mail/history.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/buf.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/identity/header_scan.h"
#include "parser/date.h"

/* What turns out to be a FIFO holds up nobody. */
enum { OPEN = O_RDONLY | O_CLOEXEC | O_NONBLOCK };

static void add(struct history *h, const struct history_mail *m)
{
	ARENA_GROW(h->arena, h->v, h->n);
	h->v[h->n++] = *m;
}

static void trouble(struct history *h, const char *path, const char *why)
{
	h->troubles++;
	h->trouble(h->ctx, path, why);
}

/* --- when it came --- */

/* 0: no date, or one before mail was. */
static int64_t date_of(struct span value)
{
	int64_t at;

	return date_parse(value, &at) && at > 0 ? at : 0;
}

/* Of a Received field: what stands behind the last semicolon. */
static int64_t received_date(struct span value)
{
	const char *p = value.n ? memrchr(value.p, ';', value.n) : NULL;

	return p ? date_of(span_sub(value, (size_t)(p - value.p) + 1, SIZE_MAX)) : 0;
}

/* What the place of a mail says of its time; 0: nothing. */
struct stored_at {
	int64_t from_line; /* of an mbox: when it was put there */
	int64_t mtime;	   /* of its file */
};

/* The earlier of two that are known. */
static int64_t earlier(int64_t a, int64_t b)
{
	return !a || (b && b < a) ? b : a;
}

/* The topmost Received; a mail that was sent has none and lies in its folder since its Date.  The
 * "From " line has a later one when it was exported, and an earlier one when a clock was wrong. */
static int64_t came_at(const struct history *h, struct span head, const struct stored_at *stored)
{
	struct header_walk w = { .rest = head };
	struct field_date {
		bool seen;
		int64_t at;
	} received = { 0 }, date = { 0 };
	struct span name, value;
	int64_t at;

	while (header_walk_next(&w, &name, &value)) {
		if (!received.seen && span_is_ci(name, "Received"))
			received = (struct field_date){ true, received_date(value) };
		else if (!date.seen && span_is_ci(name, "Date"))
			date = (struct field_date){ true, date_of(value) };
	}
	at = received.at ? received.at : earlier(date.at, stored->from_line);
	at = at ? at : stored->mtime;
	return at > h->now ? h->now : at;
}

/* --- what lies in a file, a window of it at a time --- */

enum { LOOK = 2 * HISTORY_HEAD_BYTES, WINDOW = 8 * LOOK };

/* It may grow, shrink and change meanwhile: what was read counts. */
struct window {
	int fd;
	char *p;    /* WINDOW bytes */
	int64_t at; /* of the first of them in the file */
	size_t n;
	bool ended; /* there is nothing behind them */
	int failed; /* errno; 0: none */
};

static void fill(struct window *w)
{
	while (!w->ended && w->n < WINDOW) {
		ssize_t n = pread(w->fd, w->p + w->n, WINDOW - w->n, w->at + (int64_t)w->n);

		if (n < 0 && errno == EINTR)
			continue;
		w->failed = n < 0 ? errno : 0;
		w->ended = n <= 0;
		w->n += n > 0 ? (size_t)n : 0;
	}
}

/* LOOK bytes at least from there on, which is no place before the last one; fewer: that is all. */
static struct span look(struct window *w, int64_t at)
{
	size_t gone = (size_t)(at - w->at);

	if (!w->ended && w->n - gone < LOOK) {
		w->n -= gone;
		w->at = at;
		memmove(w->p, w->p + gone, w->n);
		gone = 0;
		fill(w);
	}
	return (struct span){ w->p + gone, w->n - gone };
}

/* --- mbox --- */

static bool is_header_line(struct span line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] > ' ' && line.p[n] < 0x7f && line.p[n] != ':')
		n++;
	return n > 0 && n < line.n && line.p[n] == ':';
}

/* s begins with a line; is it the "From " line of a message? */
static bool begins_message(struct span s)
{
	struct span line;

	if (!span_starts(s, SPAN("From ")) || !span_line(&s, &line))
		return false;
	return span_line(&s, &line) && (is_header_line(line) || span_starts(line, SPAN(">From ")));
}

/* "From ann@example.com Sat Nov 21 22:39:00 2026": the date behind the second blank.  "From - ..."
 * is of a mail program, and says when it filed the mail. */
static int64_t from_line_date(struct span line)
{
	span_cut(&line, ' ');
	if (span_is(span_cut(&line, ' '), "-"))
		return 0;
	return date_of(line);
}

/* A message of an mbox begins at `at`, with its "From " line; it ends where the next one does. */
static struct history_mail mail_at(const struct history *h, const struct history_mail *file,
				   struct span rest, int64_t at, int64_t mtime)
{
	struct history_mail m = *file;
	size_t all = rest.n;
	struct span line = SPAN("");

	span_line(&rest, &line);
	m.in_mbox = true;
	m.begins = at;
	m.offset = at + (int64_t)(all - rest.n);
	m.received_at = came_at(h, span_sub(rest, 0, HISTORY_HEAD_BYTES),
				&(struct stored_at){ from_line_date(line), mtime });
	return m;
}

/* Where the file cannot be read further nobody knows how long the mail is. */
static void end_mail(struct history *h, struct history_mail *m, const struct window *w, int64_t at)
{
	if (w->failed && at >= w->at + (int64_t)w->n)
		return;
	m->size = at > m->offset ? at - m->offset : 0;
	add(h, m);
}

static void scan_mbox(struct history *h, const struct history_mail *file, struct window *w,
		      int64_t mtime)
{
	struct history_mail m = mail_at(h, file, look(w, 0), 0, mtime);
	bool blank = false, begun = false; /* the line before; a line that goes on */
	struct span rest, line;
	int64_t at = 0;

	for (; (rest = look(w, at)).n > 0; at += (int64_t)line.n) {
		const char *lf = memchr(rest.p, '\n', rest.n);

		if (blank && !begun && begins_message(rest)) {
			end_mail(h, &m, w, at);
			m = mail_at(h, file, rest, at, mtime);
		}
		line = span_sub(rest, 0, lf ? (size_t)(lf - rest.p) + 1 : rest.n);
		blank = !begun && (span_is(line, "\n") || span_is(line, "\r\n"));
		begun = !lf;
	}
	end_mail(h, &m, w, at);
}

/* --- files and folders --- */

static void scan_file(struct history *h, const struct history_mail *file, struct window *w,
		      const struct stat *st)
{
	struct history_mail m = *file;
	struct span all = look(w, 0);

	if (w->failed || all.n == 0) {
		trouble(h, file->path, w->failed ? strerror(w->failed) : "empty");
		return;
	}
	if (span_starts(all, SPAN("From "))) {
		scan_mbox(h, file, w, st->st_mtime);
		if (w->failed)
			trouble(h, file->path, strerror(w->failed));
		return;
	}
	m.size = st->st_size;
	m.received_at = came_at(h, span_sub(all, 0, HISTORY_HEAD_BYTES),
				&(struct stored_at){ 0, st->st_mtime });
	add(h, &m);
}

/* Of a descriptor, which it closes; what was opened counts, whatever stands at the path by now. */
static void read_file(struct history *h, const char *path, int fd)
{
	struct window w = { .fd = fd };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		trouble(h, path, strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		trouble(h, path, "not a file");
	} else {
		struct history_mail file = { .path = path, .dev = st.st_dev, .ino = st.st_ino };

		w.p = mem_alloc(WINDOW);
		scan_file(h, &file, &w, &st);
		mem_free(&w.p);
	}
	if (fd >= 0)
		close(fd);
}

static void read_folder(struct history *h, const char *path, int fd, int depth);

/* In a Maildir mails lie in cur and new; what else lies there is the server's.  A link that takes
 * the place of what was there is not followed either. */
static void read_entry(struct history *h, int dir, const char *path, const char *name, bool mails,
		       int depth)
{
	struct stat st;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, "tmp") == 0)
		return;
	path = arena_printf(h->arena, "%s/%s", path, name);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		trouble(h, path, strerror(errno));
	else if (S_ISDIR(st.st_mode) && depth < HISTORY_DEPTH_MAX)
		read_folder(h, path, openat(dir, name, OPEN | O_DIRECTORY | O_NOFOLLOW), depth + 1);
	else if (S_ISREG(st.st_mode) && mails && name[0] != '.')
		read_file(h, path, openat(dir, name, OPEN | O_NOFOLLOW));
}

static bool holds_mails(const char *path)
{
	struct span s = span_of(path);

	return span_ends_ci(s, SPAN("/cur")) || span_ends_ci(s, SPAN("/new"));
}

static void read_folder(struct history *h, const char *path, int fd, int depth)
{
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!d) {
		trouble(h, path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(d)))
		read_entry(h, fd, path, entry->d_name, holds_mails(path), depth);
	closedir(d);
}

/* Who names a link means what it leads to. */
int history_add(struct history *h, const char *path, struct err *e)
{
	size_t before = h->n;
	struct stat st;

	if (stat(path, &st) < 0)
		return err_set(e, ERR_PERM, "%s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		read_folder(h, path, open(path, OPEN | O_DIRECTORY), 0);
	else
		read_file(h, path, open(path, OPEN));
	if (h->n == before && !h->troubles)
		return err_set(e, ERR_PERM, "%s: no mail in it; a Maildir has cur and new", path);
	return 0;
}

/* offset and path are no order: equal ones keep the place they have by the index. */
static int by_time(const void *left, const void *right)
{
	const struct history_mail *a = left, *b = right;

	if (a->received_at != b->received_at)
		return a->received_at < b->received_at ? -1 : 1;
	if (a->path != b->path)
		return strcmp(a->path, b->path);
	return (a->offset > b->offset) - (a->offset < b->offset);
}

void history_sort(struct history *h)
{
	if (h->n)
		qsort(h->v, h->n, sizeof(*h->v), by_time);
}

/* --- the mail --- */

static bool is_quoted_from(struct span line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] == '>')
		n++;
	return n > 0 && span_starts(span_sub(line, n, SIZE_MAX), SPAN("From "));
}

/* Without the blank line that ends a message in an mbox. */
static void unquote(struct span raw, struct buf *out)
{
	struct span line;

	if (span_ends_ci(raw, SPAN("\n\n")))
		raw.n--;
	else if (span_ends_ci(raw, SPAN("\n\r\n")))
		raw.n -= 2;
	while (raw.n) {
		struct span rest = raw;

		span_line(&rest, &line);
		line.n = raw.n - rest.n; /* with its end */
		buf_add(out, is_quoted_from(line) ? span_sub(line, 1, SIZE_MAX) : line);
		raw = rest;
	}
}

static int changed(const struct history_mail *m, const char *how, struct err *e)
{
	return err_set(e, ERR_PERM, "%s: %s", m->path, how);
}

/* It was looked at a while ago: it must be the same file, and the mail still begin there. */
static int check_same(const struct history_mail *m, int fd, struct err *e)
{
	char begins[sizeof("From ") - 1];
	struct stat st;

	if (fstat(fd, &st) < 0)
		return changed(m, strerror(errno), e);
	if (!S_ISREG(st.st_mode) || st.st_dev != m->dev || st.st_ino != m->ino)
		return changed(m, "another file stands there now", e);
	if (st.st_size < m->offset + m->size)
		return changed(m, "it became shorter", e);
	if (m->in_mbox && (pread(fd, begins, sizeof(begins), m->begins) != sizeof(begins) ||
			   memcmp(begins, "From ", sizeof(begins)) != 0))
		return changed(m, "it changed: the mail begins elsewhere now", e);
	return 0;
}

static int read_part(const struct history_mail *m, int fd, size_t want, struct buf *raw,
		     struct err *e)
{
	while (raw->n < want) {
		ssize_t n = pread(fd, buf_room(raw, want - raw->n), want - raw->n,
				  m->offset + (int64_t)raw->n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return changed(m, n < 0 ? strerror(errno) : "it became shorter", e);
		raw->n += (size_t)n;
	}
	return 0;
}

int history_read(const struct history_mail *m, size_t most, struct buf *ret_raw, int64_t *ret_size,
		 struct err *e)
{
	int fd = open(m->path, OPEN);
	size_t want = (uint64_t)m->size < most ? (size_t)m->size : most;
	struct buf raw BUF_AUTO = { 0 };
	int done;

	if (fd < 0)
		return changed(m, strerror(errno), e);
	buf_init(&raw, want + 1);
	done = check_same(m, fd, e) < 0 ? -1 : read_part(m, fd, want, &raw, e);
	close(fd);
	if (done < 0)
		return -1;
	*ret_size = m->size;
	if (m->in_mbox)
		unquote(buf_span(&raw), ret_raw);
	else
		buf_add(ret_raw, buf_span(&raw));
	return 0;
}
