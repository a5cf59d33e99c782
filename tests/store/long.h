/*
 * Mails that are long enough to stand in the file beside a store, and what is done with them.
 */
#ifndef TESTS_STORE_LONG_H
#define TESTS_STORE_LONG_H

#include <fcntl.h>
#include <sys/stat.h>

#include "gatewayd/base/units.h"
#include "store/extent.h"
#include "store/store_restore.h"
#include "tests/store/behind.h"

enum { LONG_MAIL = 40000, PIECES_MAIL = 3000000 /* more than stands in one piece */ };

/* No two are the same, and none packs. */
static inline struct span long_mail(uint32_t uid, size_t n)
{
	static char bytes[PIECES_MAIL];
	uint64_t x = 88172645463325252u + uid;

	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		bytes[i] = (char)x;
	}
	return (struct span){ bytes, n };
}

static inline int64_t keep_long(struct fixture *f, uint32_t uid, size_t n)
{
	struct store_mail m = a_mail(uid, "");

	memcpy(m.identity, &uid, sizeof(uid));
	return keep(f, &m, long_mail(uid, n));
}

static inline int64_t kept_long(struct fixture *f, uint32_t uid, size_t n)
{
	int64_t id;

	begin(f);
	id = keep_long(f, uid, n);
	commit(f);
	return id;
}

static inline void comes_back(struct fixture *f, struct store *s, int64_t id, uint32_t uid,
			      size_t n)
{
	struct span wanted = long_mail(uid, n);
	struct buf raw BUF_AUTO;

	buf_init(&raw, SIZE_MAX);
	OK(f, store_mail_raw(s, id, &raw, &f->e));
	assert_int_equal(raw.n, n);
	assert_memory_equal(buf_span(&raw).p, wanted.p, n);
}

static inline const char *bulk_path(const struct fixture *f)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s" BULK_TAIL, f->path);
	return path;
}

static inline int64_t size_of_file(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ? -1 : st.st_size;
}

/* Behind its mark. */
static inline int64_t bytes_in(const char *path)
{
	int64_t size = size_of_file(path);

	return size < BULK_MARK_ROOM ? -1 : size - BULK_MARK_ROOM;
}

static inline void open_again(struct fixture *f)
{
	store_close(&f->s);
	fixture_open(f, STORE_WRITE);
}

static inline void is_sound(struct fixture *f, struct store *s)
{
	struct buf out BUF_AUTO;

	buf_init(&out, 10000);
	OK(f, store_check(s, &out, &f->e));
	assert_string_equal(buf_cstr(&out), "");
}

/* Retention takes what was decided. */
static inline void finish(struct fixture *f, int64_t id)
{
	struct store_case c = a_case();
	struct store_event ev;
	int64_t number;

	begin(f);
	number = open_case(f, &c);
	ev = an_event(number);
	ev.type = SPAN("opened");
	OK(f, store_event_add(f->s, &ev, &f->e));
	OK(f, store_mail_finish(f->s, id, MAIL_NOTE, SPAN("x"), number,
				add_note(f, number, NOTE_INBOUND, ""), &f->e));
	commit(f);
}

static inline void expire_all(struct fixture *f)
{
	struct store_expiry slice = { .before = NOW + 1, .limit = 100, .bytes = 100 * MIB };
	struct store_expired done;

	begin(f);
	OK(f, store_mail_expire(f->s, &slice, &done, &f->e));
	assert_false(done.is_damaged);
	commit(f);
}

static inline int restore(struct fixture *f, const char *file, bool anyway, struct buf *findings,
			  struct store_placed *ret_placed)
{
	struct store_restore r = {
		.file = file, .now = NOW, .anyway = anyway, .findings = findings
	};

	return store_restore(f->path, &r, ret_placed, &f->e);
}

static inline void copy_to(struct fixture *f, const char *tail, const char *name)
{
	const char *from = arena_printf(&f->a, "%s%s", f->path, tail);
	const char *to = arena_printf(&f->a, "%s/%s%s", f->folder, name, tail);
	char chunk[4096];
	ssize_t n;
	int in = open(from, O_RDONLY | O_CLOEXEC),
	    out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(in >= 0 && out >= 0);
	while ((n = read(in, chunk, sizeof(chunk))) > 0)
		assert_int_equal(write(out, chunk, (size_t)n), n);
	close(in);
	close(out);
}

static inline void put_back(struct fixture *f, const struct store_placed *p)
{
	static const char *const tails[] = { "", ".witness", BULK_TAIL };

	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++)
		assert_int_equal(rename(arena_printf(&f->a, "%s/store.db%s", p->aside, tails[i]),
					arena_printf(&f->a, "%s%s", f->path, tails[i])),
				 0);
	rmdir(p->aside);
}

#endif
