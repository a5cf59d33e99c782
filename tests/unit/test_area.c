/* Memory in which mails stand for another role. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gatewayd/base/area.h"
#include "gatewayd/base/memfd.h"
#include "gatewayd/base/memory.h"

enum { BYTES = AREA_SLOTS * AREA_SLOT_BYTES };

struct fixture {
	struct area writes, reads;
	int fd;
};

static void begin(struct fixture *f)
{
	struct err e;

	*f = (struct fixture){ 0 };
	assert_int_equal(area_make(&f->writes, &f->fd, &e), 0);
	assert_int_equal(area_map(&f->reads, f->fd, &e), 0);
}

static void end(struct fixture *f)
{
	area_release(&f->writes);
	area_release(&f->reads);
	close(f->fd);
}

static bool reads(struct fixture *f, uint32_t slot, struct span bytes)
{
	struct span got;
	struct err e;

	return area_get(&f->reads, slot, bytes.n, &got, &e) == 0 && span_eq(got, bytes);
}

static void what_is_put_there_is_read_there_until_it_is_given_back(void **state)
{
	struct fixture f;
	uint32_t a, b;

	(void)state;
	begin(&f);
	a = area_put(&f.writes, SPAN("one"));
	b = area_put(&f.writes, SPAN("another"));
	assert_true(a && b && a != b);
	assert_true(reads(&f, a, SPAN("one")) && reads(&f, b, SPAN("another")));
	area_give_back(&f.writes, a);
	area_give_back(&f.writes, 0);
	assert_int_equal(area_put(&f.writes, SPAN("a third")), a); /* the lowest that is free */
	assert_true(reads(&f, b, SPAN("another")));
	end(&f);
}

static void what_does_not_fit_goes_another_way(void **state)
{
	static char mail[AREA_SLOT_BYTES + 1];
	struct area none = { 0 };
	struct fixture f;

	(void)state;
	begin(&f);
	memset(mail, 'x', sizeof(mail));
	assert_int_equal(area_put(&f.writes, (struct span){ mail, sizeof(mail) }), 0);
	for (uint32_t i = 1; i <= AREA_SLOTS; i++)
		assert_int_equal(area_put(&f.writes, (struct span){ mail, AREA_SLOT_BYTES }), i);
	assert_int_equal(area_put(&f.writes, SPAN("one more")), 0);
	assert_true(reads(&f, AREA_SLOTS, (struct span){ mail, AREA_SLOT_BYTES }));
	area_give_back(&f.writes, 7);
	assert_int_equal(area_put(&f.writes, SPAN("one more")), 7);
	assert_int_equal(area_put(&none, SPAN("x")), 0);
	area_give_back(&f.writes, 7);
	assert_int_equal(area_put(&f.writes, SPAN_NONE), 0);
	end(&f);
}

static void who_reads_cannot_write(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	assert_ptr_equal(mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, f.fd, 0),
			 MAP_FAILED);
	assert_int_equal(mprotect(f.reads.p, BYTES, PROT_READ | PROT_WRITE), -1);
	assert_int_equal(write(f.fd, "x", 1), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(ftruncate(f.fd, 1), -1);
	assert_int_equal(ftruncate(f.fd, (off_t)2 * BYTES), -1);
	assert_int_equal(fcntl(f.fd, F_ADD_SEALS, F_SEAL_WRITE), -1); /* the writer goes on */
	assert_true(area_put(&f.writes, SPAN("x")) > 0);
	end(&f);
}

static void a_slot_that_is_none_is_refused(void **state)
{
	static const struct {
		uint32_t slot;
		size_t n;
	} bad[] = { { 0, 1 },
		    { AREA_SLOTS + 1, 1 },
		    { UINT32_MAX, 1 },
		    { 1, AREA_SLOT_BYTES + 1 },
		    { AREA_SLOTS, SIZE_MAX } };
	struct area none = { 0 };
	struct fixture f;
	struct span got;
	struct err e;

	(void)state;
	begin(&f);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		e.class = ERR_TEMP;
		assert_int_equal(area_get(&f.reads, bad[i].slot, bad[i].n, &got, &e), -1);
		assert_int_equal(e.class, ERR_PERM);
	}
	assert_int_equal(area_get(&none, 1, 1, &got, &e), -1);
	end(&f);
}

static int unsealed(off_t bytes)
{
	struct err e;
	int fd;

	assert_int_equal(memfd_new(&fd, &e), 0);
	assert_int_equal(ftruncate(fd, bytes), 0);
	return fd;
}

/* Cut by who has it, it would be the end of who reads. */
static void memory_that_may_be_cut_or_is_too_small_is_refused(void **state)
{
	int ends[2], fds[4];
	struct area a = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	fds[0] = unsealed(BYTES);
	fds[1] = unsealed(4096);
	assert_int_equal(fcntl(fds[1], F_ADD_SEALS,
			       F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE),
			 0);
	fds[2] = ends[0];
	fds[3] = ends[1];
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(area_map(&a, fds[i], &e), -1);
		assert_int_equal(e.class, ERR_PERM);
		assert_null(a.p);
		close(fds[i]);
	}
}

static void memory_that_is_lent_is_left_where_it_is(void **state)
{
	struct memory m;

	(void)state;
	memory_lent(&m, SPAN("in the program itself"));
	assert_true(span_eq(m.bytes, SPAN("in the program itself")));
	memory_release(&m);
	assert_null(m.bytes.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_put_there_is_read_there_until_it_is_given_back),
		cmocka_unit_test(what_does_not_fit_goes_another_way),
		cmocka_unit_test(who_reads_cannot_write),
		cmocka_unit_test(a_slot_that_is_none_is_refused),
		cmocka_unit_test(memory_that_may_be_cut_or_is_too_small_is_refused),
		cmocka_unit_test(memory_that_is_lent_is_left_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
