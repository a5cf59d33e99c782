/*
 * A store of its own for each test, in a private folder, and short ways to fill it.
 *
 * The contract tests (tests/unit/test_store_*.c) know nothing but store.h, so that they run on each
 * engine: with STORE_ADDRESS=postgresql://... in the environment each test has a schema of that
 * database.
 */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include "tests/unit/unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/store.h"
#include "tests/store/schema.h"

enum { NOW = 1795300000 }; /* some instant in 2026 */

struct fixture {
	struct store *s;
	struct arena a;
	struct err e;
	char folder[64];
	char path[96];
	struct schema schema;
};

/* Says why when it failed. */
#define OK(f, call)                                                                                \
	do {                                                                                       \
		if ((call) < 0)                                                                    \
			fail_msg("%s: %s (%s)", #call, (f)->e.text, err_class_name((f)->e.class)); \
	} while (0)
#define REFUSED(f, wanted, call)                          \
	do {                                              \
		(f)->e.class = ERR_NONE;                  \
		assert_int_equal((call), -1);             \
		assert_int_equal((f)->e.class, (wanted)); \
		assert_true((f)->e.text[0] != '\0');      \
	} while (0)

static inline void fixture_open(struct fixture *f, enum store_mode mode)
{
	OK(f, store_open(f->schema.name[0] ? f->schema.address : f->path, mode, &f->s, &f->e));
}

/* Ends a copy whose pages are all there, and lays it down at path. */
static inline void fixture_copy_end(struct fixture *f, struct store_copy *copy, const char *path)
{
	FILE *to = fopen(path, "wxe");
	char chunk[4096];
	ssize_t n;
	int fd;

	assert_non_null(to);
	OK(f, store_copy_end(f->s, &copy, &fd, &f->e));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		assert_int_equal(fwrite(chunk, 1, (size_t)n, to), n);
	assert_int_equal(n, 0);
	assert_int_equal(fclose(to), 0);
	close(fd);
}

static inline void fixture_backup(struct fixture *f, const char *path)
{
	struct store_copied copied;
	struct store_copy *copy;

	OK(f, store_copy_begin(f->s, &copy, &f->e));
	assert_int_equal(store_copy_step(f->s, copy, -1, &copied, &f->e), 0);
	fixture_copy_end(f, copy, path);
}

/* All files, as if there had never been a store. */
static inline void fixture_forget(struct fixture *f)
{
	static const char *const tails[] = { "", ".witness", ".bulk" };

	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s%s", f->path, tails[i]);
		unlink(path);
	}
}

static inline int fixture_set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	crypto_init();
	arena_init(&f->a);
	snprintf(f->folder, sizeof(f->folder), "%s", "/tmp/gatewayd-store-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->path, sizeof(f->path), "%s/store.db", f->folder);
	(void)schema_make(&f->schema);
	fixture_open(f, STORE_CREATE);
	*state = f;
	return 0;
}

static inline int fixture_tear_down(void **state)
{
	struct fixture *f = *state;
	DIR *d;

	store_close(&f->s);
	arena_release(&f->a);
	schema_drop(&f->schema);
	d = opendir(f->folder);
	for (struct dirent *entry; d && (entry = readdir(d));)
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(d), entry->d_name, 0);
	if (d)
		closedir(d);
	rmdir(f->folder);
	free(f);
	return 0;
}

#define STORE_TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_set_up, fixture_tear_down)

static inline void begin(struct fixture *f)
{
	OK(f, store_begin(f->s, &f->e));
}

static inline void commit(struct fixture *f)
{
	OK(f, store_commit(f->s, &f->e));
}

static inline struct store_mail a_mail(uint32_t uid, const char *message_id)
{
	struct store_mail m = {
		.location = { SPAN("support"), 7, uid },
		.received_at = NOW - 60,
		.kept_at = NOW,
		.message_id = span_of(message_id),
		.size = 3,
		.from = SPAN("Ann <ann@example.com>"),
		.subject = SPAN("printer"),
	};

	sha256_of(m.message_id, m.identity);
	return m;
}

static inline int64_t keep(struct fixture *f, const struct store_mail *m, struct span raw)
{
	int64_t id = 0;
	bool is_new = false;

	OK(f, store_mail_keep(f->s, m, raw, &id, &is_new, &f->e));
	return id;
}

static inline struct store_case a_case(void)
{
	return (struct store_case){
		.queue = SPAN("technical"),
		.kind = SPAN("technical"),
		.channel = SPAN("email"),
		.severity = 3,
		.state = CASE_NEW,
		.subject = SPAN("printer"),
		.requester_name = SPAN("Ann"),
		.requester_address = SPAN("ann@example.com"),
		.opened_at = NOW,
		.updated_at = NOW,
	};
}

static inline int64_t open_case(struct fixture *f, const struct store_case *c)
{
	int64_t number = 0;

	OK(f, store_case_open(f->s, c, &number, &f->e));
	return number;
}

static inline struct store_event an_event(int64_t number)
{
	return (struct store_event){ .case_number = number,
				     .at = NOW,
				     .type = SPAN("x"),
				     .actor = SPAN("system"),
				     .data = SPAN("{}") };
}

static inline int64_t add_note(struct fixture *f, int64_t number, enum note_kind kind,
			       const char *message_id)
{
	struct store_note n = {
		.case_number = number,
		.kind = kind,
		.at = NOW,
		.trust = NOTE_TRUST_L1,
		.text = SPAN("text"),
		.reply = SPAN("reply"),
		.message_id = span_of(message_id),
	};
	int64_t id = 0;

	OK(f, store_note_add(f->s, &n, &id, &f->e));
	return id;
}

static inline int64_t queue_bytes(struct fixture *f, int64_t number, int64_t next_at,
				  const char *message_id, struct span message)
{
	struct store_outbox o = {
		.case_number = number,
		.kind = SPAN("confirmation"),
		.sender = SPAN(""),
		.recipient = SPAN("ann@example.com"),
		.message_id = span_of(message_id),
		.subject = SPAN("[Case #1] printer"),
		.state = OUTBOX_QUEUED,
		.created_at = NOW,
		.next_at = next_at,
		.automatic = true,
	};
	int64_t id = 0;

	OK(f, store_outbox_add(f->s, &o, message, &id, &f->e));
	return id;
}

static inline int64_t queue_mail(struct fixture *f, int64_t number, int64_t next_at,
				 const char *message_id)
{
	return queue_bytes(f, number, next_at, message_id, SPAN("Subject: x\r\n\r\n"));
}

#endif
