#include "gatewayd/mail/history.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/buf.h"
#include "gatewayd/identity/header_scan.h"
#include "parser/date.h"

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

/* The topmost Received; a mail that was sent has none and lies in its folder since its Date. */
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
	at = received.at ? received.at : stored->from_line ? stored->from_line : date.at;
	at = at ? at : stored->mtime;
	return at > h->now ? h->now : at;
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

static void add_of_mbox(struct history *h, const char *path, struct span all, size_t from,
			size_t to, int64_t mtime)
{
	struct span rest = span_sub(all, from, to - from), line = SPAN("");
	struct history_mail m = { .path = path, .in_mbox = true };

	span_line(&rest, &line);
	m.offset = (int64_t)(to - rest.n);
	m.size = (int64_t)rest.n;
	m.received_at = came_at(h, span_sub(rest, 0, HISTORY_HEAD_BYTES),
				&(struct stored_at){ from_line_date(line), mtime });
	add(h, &m);
}

static void scan_mbox(struct history *h, const char *path, struct span all, int64_t mtime)
{
	size_t begin = 0, at = 0;
	bool blank = false;

	while (at < all.n) {
		struct span rest = span_sub(all, at, SIZE_MAX), line;

		if (blank && begins_message(rest)) {
			add_of_mbox(h, path, all, begin, at, mtime);
			begin = at;
		}
		span_line(&rest, &line);
		blank = line.n == 0;
		at = all.n - rest.n;
	}
	add_of_mbox(h, path, all, begin, all.n, mtime);
}

/* --- files and folders --- */

static void add_file(struct history *h, const char *path, const struct stat *st, struct span all)
{
	if (span_starts(all, SPAN("From "))) {
		scan_mbox(h, path, all, st->st_mtime);
		return;
	}
	add(h, &(struct history_mail){ .path = path,
				       .size = st->st_size,
				       .received_at =
					   came_at(h, span_sub(all, 0, HISTORY_HEAD_BYTES),
						   &(struct stored_at){ 0, st->st_mtime }) });
}

static void read_file(struct history *h, const char *path, const struct stat *st)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	void *p;

	if (fd < 0) {
		trouble(h, path, strerror(errno));
		return;
	}
	p = st->st_size ? mmap(NULL, (size_t)st->st_size, PROT_READ, MAP_PRIVATE, fd, 0)
			: MAP_FAILED;
	close(fd);
	if (p == MAP_FAILED) {
		trouble(h, path, st->st_size ? strerror(errno) : "empty");
		return;
	}
	add_file(h, path, st, (struct span){ p, (size_t)st->st_size });
	munmap(p, (size_t)st->st_size);
}

static void read_folder(struct history *h, const char *path, int depth);

/* In a Maildir mails lie in cur and new; what else lies there is the server's. */
static void read_entry(struct history *h, const char *dir, const char *name, bool mails, int depth)
{
	const char *path = arena_printf(h->arena, "%s/%s", dir, name);
	struct stat st;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, "tmp") == 0)
		return;
	if (lstat(path, &st) < 0)
		trouble(h, path, strerror(errno));
	else if (S_ISDIR(st.st_mode) && depth < HISTORY_DEPTH_MAX)
		read_folder(h, path, depth + 1);
	else if (S_ISREG(st.st_mode) && mails && name[0] != '.')
		read_file(h, path, &st);
}

static bool holds_mails(const char *path)
{
	struct span s = span_of(path);

	return span_ends_ci(s, SPAN("/cur")) || span_ends_ci(s, SPAN("/new"));
}

static void read_folder(struct history *h, const char *path, int depth)
{
	DIR *d = opendir(path);
	struct dirent *entry;

	if (!d) {
		trouble(h, path, strerror(errno));
		return;
	}
	while ((entry = readdir(d)))
		read_entry(h, path, entry->d_name, holds_mails(path), depth);
	closedir(d);
}

int history_add(struct history *h, const char *path, struct err *e)
{
	size_t before = h->n;
	struct stat st;

	if (stat(path, &st) < 0)
		return err_set(e, ERR_PERM, "%s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		read_folder(h, path, 0);
	else
		read_file(h, path, &st);
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

int history_read(const struct history_mail *m, size_t most, struct buf *ret_raw, int64_t *ret_size,
		 struct err *e)
{
	int fd = open(m->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t want = (uint64_t)m->size < most ? (size_t)m->size : most;
	struct buf raw BUF_AUTO = { 0 };
	ssize_t n;

	if (fd < 0)
		return err_set(e, ERR_PERM, "%s: %s", m->path, strerror(errno));
	buf_init(&raw, want + 1);
	n = want ? pread(fd, buf_room(&raw, want), want, m->offset) : 0;
	close(fd);
	if (n != (ssize_t)want)
		return err_set(e, ERR_PERM, "%s: %s", m->path,
			       n < 0 ? strerror(errno) : "it became shorter");
	raw.n = want;
	*ret_size = m->size;
	if (m->in_mbox)
		unquote(buf_span(&raw), ret_raw);
	else
		buf_add(ret_raw, buf_span(&raw));
	return 0;
}
