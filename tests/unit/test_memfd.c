#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/memfd.h"
#include "gatewayd/base/memory.h"

/* Bytes of which none is like its neighbour, in a memfd that nobody sealed. */
static char *filled(size_t n, int *ret_fd)
{
	char *bytes = mem_alloc(n + 1);
	struct err e;

	for (size_t i = 0; i < n; i++)
		bytes[i] = (char)(i * 31 + i / 251);
	assert_int_equal(memfd_new(ret_fd, &e), 0);
	assert_int_equal(memfd_write(*ret_fd, (struct span){ bytes, n }, &e), 0);
	return bytes;
}

static void take_and_open(size_t n, bool is_mapped)
{
	struct memory m;
	struct buf room BUF_AUTO;
	struct span got;
	struct err e;
	int fd;
	char *bytes = filled(n, &fd);

	buf_init(&room, MEMORY_READ_MAX);
	assert_int_equal(memory_take(&m, fd, n, &e), 0);
	assert_int_equal(m.bytes.n, n);
	assert_int_equal(m.bytes.p != NULL, is_mapped);
	assert_int_equal(write(fd, "x", 1), -1); /* it is sealed */
	for (int again = 0; again < 2; again++) {
		assert_int_equal(memory_open(&m, &room, &got, &e), 0);
		assert_true(span_eq(got, (struct span){ bytes, n }));
	}
	memory_release(&m);
	assert_int_equal(fcntl(fd, F_GETFD), -1); /* it was its own */
	free(bytes);
}

static void what_is_short_is_read_and_what_is_long_is_mapped(void **state)
{
	(void)state;
	take_and_open(0, true);
	take_and_open(1, false);
	take_and_open(100000, false);
	take_and_open(MEMORY_READ_MAX, false);
	take_and_open(MEMORY_READ_MAX + 1, true);
}

static void what_is_taken_may_not_be_too_long_and_can_be_sealed(void **state)
{
	struct memory m;
	struct err e;
	int ends[2], fd;

	(void)state;
	free(filled(11, &fd));
	assert_int_equal(memory_take(&m, fd, 10, &e), -1);
	assert_int_equal(e.class, ERR_PERM);
	assert_int_equal(close(fd), 0); /* it stayed the caller's */
	assert_int_equal(pipe(ends), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(memory_take(&m, ends[i], 10, &e), -1);
		assert_int_equal(e.class, ERR_PERM);
		close(ends[i]);
	}
}

/* A sealed child is told how many bytes there are, and must not wait for them or make some up. */
static void fewer_bytes_than_were_said_are_an_error(void **state)
{
	struct buf room BUF_AUTO;
	struct err e;
	int fd;

	(void)state;
	free(filled(10, &fd));
	buf_init(&room, 100);
	assert_int_equal(memfd_read(fd, 11, &room, &e), -1);
	assert_int_equal(e.class, ERR_TEMP);
	assert_int_equal(room.n, 0);
	assert_int_equal(memfd_read(fd, 101, &room, &e), -1);
	assert_int_equal(memfd_read(fd, 10, &room, &e), 0);
	assert_int_equal(room.n, 10);
	close(fd);
}

static void what_is_shared_is_still_read(void **state)
{
	struct memory m;
	struct buf room BUF_AUTO;
	struct span got;
	struct err e;

	(void)state;
	buf_init(&room, MEMORY_READ_MAX);
	memory_copy(&m, SPAN("of this process"));
	assert_int_equal(memory_share(&m, &e), 0);
	assert_int_equal(memory_open(&m, &room, &got, &e), 0);
	assert_true(span_eq(got, SPAN("of this process")));
	assert_int_equal(lseek(m.fd, 0, SEEK_END), sizeof("of this process") - 1);
	memory_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_short_is_read_and_what_is_long_is_mapped),
		cmocka_unit_test(what_is_taken_may_not_be_too_long_and_can_be_sealed),
		cmocka_unit_test(fewer_bytes_than_were_said_are_an_error),
		cmocka_unit_test(what_is_shared_is_still_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
