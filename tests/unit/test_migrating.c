/* What is said while a store is migrated, by core (gatewayd/core/migrating.h) or gatewayctl. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/run_note.h"
#include "gatewayd/core/migrating.h"
#include "gatewayd/ctl/ctl_migrating.h"
#include "tests/unit/unit.h"

enum { AT = 1709625600 + 3661 }; /* 09:01:01 */

struct lab {
	char folder[32], socket[64];
	struct clock_fake time;
	struct clock clock;
	struct migrating at;
};

static void begin(struct lab *l)
{
	*l = (struct lab){ .folder = "/tmp/gatewayd-XXXXXX", .time = { .now = AT } };
	assert_non_null(mkdtemp(l->folder));
	snprintf(l->socket, sizeof(l->socket), "%s/sock", l->folder);
	l->clock = clock_fake(&l->time);
	l->at = (struct migrating){ .clock = &l->clock, .socket = l->socket };
}

static void end(struct lab *l)
{
	migrating_over(&l->at);
	assert_int_equal(rmdir(l->folder), 0); /* nothing else was left there */
}

static void noted_is(const struct lab *l, const char *line)
{
	struct buf got BUF_AUTO;

	buf_init(&got, RUN_NOTE_MAX);
	assert_int_equal(run_note_get(l->socket, &got), *line != '\0');
	assert_string_equal(buf_cstr(&got), line);
}

static void told(struct lab *l, enum store_migrating_step step, int n, int64_t written)
{
	const struct store_migrating m = {
		.step = step, .name = "0045_words", .n = n, .of = 4, .written = written
	};

	migrating_told(&l->at, &m);
}

static void who_asks_is_told_which_migration_since_when(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	noted_is(&l, "");
	told(&l, STORE_MIGRATION_BEGINS, 1, 0);
	noted_is(&l, "it migrates the store: 0045_words, 1 of 4, since 09:01:01 UTC");
	l.time.now += 12;
	l.time.monotonic_ms += 9999;
	told(&l, STORE_MIGRATION_GOES_ON, 1, 5 << 20);
	noted_is(&l, "it migrates the store: 0045_words, 1 of 4, since 09:01:01 UTC");
	l.time.monotonic_ms++;
	told(&l, STORE_MIGRATION_GOES_ON, 1, 7 << 20);
	noted_is(&l,
		 "it migrates the store: 0045_words, 1 of 4, since 09:01:01 UTC, 7 MiB written");
	told(&l, STORE_MIGRATION_DONE, 1, 8 << 20);
	told(&l, STORE_MIGRATION_BEGINS, 2, 0);
	noted_is(&l, "it migrates the store: 0045_words, 2 of 4, since 09:01:13 UTC");
	migrating_over(&l.at);
	noted_is(&l, "");
	end(&l);
}

static void a_note_that_cannot_be_put_stops_nothing(void **state)
{
	struct lab l;
	char note[80];

	(void)state;
	begin(&l);
	snprintf(note, sizeof(note), "%s.note", l.socket);
	assert_int_equal(mkdir(note, 0700), 0);
	told(&l, STORE_MIGRATION_BEGINS, 1, 0);
	noted_is(&l, "");
	assert_int_equal(rmdir(note), 0);
	end(&l);
}

static void put_bytes(const char *path)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fputs("\x1b]0;x\x07 a\nb", f) >= 0, true);
	for (int i = 0; i < 10000; i++)
		fputc('c', f);
	assert_int_equal(fclose(f), 0);
}

/* Root reads what a user who is not root may have put there. */
static void what_stands_in_the_place_of_a_note_is_not_believed(void **state)
{
	struct lab l;
	char note[80], other[80];
	struct buf got BUF_AUTO;

	(void)state;
	begin(&l);
	buf_init(&got, RUN_NOTE_MAX);
	snprintf(note, sizeof(note), "%s.note", l.socket);
	snprintf(other, sizeof(other), "%s/other", l.folder);
	put_bytes(note);
	assert_true(run_note_get(l.socket, &got));
	assert_int_equal(got.n, RUN_NOTE_MAX - 2); /* without two controls */
	assert_memory_equal(got.p, "]0;x a bccc", 11);
	assert_int_equal(rename(note, other), 0);
	assert_int_equal(symlink(other, note), 0);
	noted_is(&l, "");
	told(&l, STORE_MIGRATION_BEGINS, 1, 0); /* is not written through it */
	assert_int_equal(unlink(note), 0);
	assert_int_equal(rename(other, note), 0);
	noted_is(&l, buf_cstr(&got));
	assert_int_equal(unlink(note), 0);
	assert_int_equal(mkfifo(note, 0600), 0);
	noted_is(&l, "");
	told(&l, STORE_MIGRATION_BEGINS, 1, 0);
	end(&l);
}

static void gatewayctl_says_each_and_each_ten_seconds(void **state)
{
	struct clock_fake time = { .now = AT, .monotonic_ms = 5 };
	struct ctl_migrating m;
	struct store_migrating at = { .name = "0045_words", .n = 1, .of = 4 };
	char *said = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&said, &n);
	static const struct {
		enum store_migrating_step step;
		int64_t ms, written;
	} rows[] = {
		{ STORE_MIGRATION_BEGINS, 0, 0 },	 { STORE_MIGRATION_GOES_ON, 9999, 1 << 20 },
		{ STORE_MIGRATION_GOES_ON, 1, 7 << 20 }, { STORE_MIGRATION_GOES_ON, 9999, 8 << 20 },
		{ STORE_MIGRATION_GOES_ON, 1, 9 << 20 }, { STORE_MIGRATION_DONE, 0, 9 << 20 },
		{ STORE_MIGRATION_BEGINS, 0, 0 },
	};

	(void)state;
	ctl_migrating_init(&m, clock_fake(&time), out);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		time.monotonic_ms += rows[i].ms;
		at.step = rows[i].step;
		at.written = rows[i].written;
		m.listener.migrating(m.listener.ctx, &at);
	}
	assert_int_equal(fclose(out), 0);
	assert_string_equal(said, "gatewayctl: migrates the store: 0045_words, 1 of 4\n"
				  "gatewayctl: migrates the store: 0045_words, 1 of 4, for 10 s, "
				  "7 MiB written\n"
				  "gatewayctl: migrates the store: 0045_words, 1 of 4, for 20 s, "
				  "9 MiB written\n"
				  "gatewayctl: migrates the store: 0045_words, 1 of 4\n");
	free(said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_asks_is_told_which_migration_since_when),
		cmocka_unit_test(what_stands_in_the_place_of_a_note_is_not_believed),
		cmocka_unit_test(a_note_that_cannot_be_put_stops_nothing),
		cmocka_unit_test(gatewayctl_says_each_and_each_ten_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
