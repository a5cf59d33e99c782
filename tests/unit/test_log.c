#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/log.h"

/* How a line shows a value as the field "text", between two others. */
static const char *shown(struct span value, struct buf *out)
{
	const struct log_field fields[] = {
		log_uint("row", 7), log_span("text", value), log_int("code", -1), { .key = NULL }
	};

	buf_clear(out);
	log_format("outbox.result", fields, out);
	return buf_cstr(out);
}

static void a_value_cannot_end_its_field_or_its_line(void **state)
{
	static const struct {
		struct span value;
		const char *shown;
	} rows[] = {
		{ SPAN("sent"), "sent" },
		{ SPAN(""), "\"\"" },
		{ SPAN("a b"), "\"a b\"" },
		{ SPAN("row=9"), "\"row=9\"" },
		{ SPAN("550 no\" row=9 state=sent x=\""),
		  "\"550 no\\\" row=9 state=sent x=\\\"\"" },
		{ SPAN("\\"), "\"\\\\\"" },
		{ SPAN("\\\" row=9"), "\"\\\\\\\" row=9\"" },
		{ SPAN("a\nevent=b"), "\"a\\x0aevent=b\"" },
		{ SPAN("a\r\tb\x7f\x1b[2J"), "\"a\\x0d\\x09b\\x7f\\x1b[2J\"" },
		{ SPAN("a\0b"), "\"a\\x00b\"" },
		/* C1: next line, and the introducer of a terminal's commands */
		{ SPAN("a\xc2\x85z\xc2\x9b"), "\"a\\u{0085}z\\u{009b}\"" },
		{ SPAN("a\x9b\x85"), "\"a\\x9b\\x85\"" },
		{ SPAN("a\xe2\x80\xa8z\xe2\x80\xa9"), "\"a\\u{2028}z\\u{2029}\"" },
		/* characters that turn the line around, isolate, join or are not seen */
		{ SPAN("\xe2\x80\xae"
		       "abc"),
		  "\"\\u{202e}abc\"" },
		{ SPAN("\xe2\x81\xa6"
		       "abc"),
		  "\"\\u{2066}abc\"" },
		{ SPAN("\xd8\x9c"
		       "abc"),
		  "\"\\u{061c}abc\"" },
		{ SPAN("\xe2\x80\x8b\xe2\x80\x8d\xc2\xad"), "\"\\u{200b}\\u{200d}\\u{00ad}\"" },
		{ SPAN("\xef\xbb\xbf\xe3\x85\xa4"), "\"\\u{feff}\\u{3164}\"" },
		{ SPAN("\xf3\xa0\x81\x81"), "\"\\u{e0041}\"" },
		/* no UTF-8: overlong, a half character, a surrogate */
		{ SPAN("\xc0\xa2"), "\"\\xc0\\xa2\"" },
		{ SPAN("\xe2\x80"), "\"\\xe2\\x80\"" },
		{ SPAN("\xed\xa0\x80"), "\"\\xed\\xa0\\x80\"" },
		/* letters stay letters */
		{ SPAN("Z\xc3\xbcrich \xe6\x97\xa5\xf0\x9f\x99\x82"),
		  "\"Z\xc3\xbcrich \xe6\x97\xa5\xf0\x9f\x99\x82\"" },
	};
	struct buf line BUF_AUTO, expected BUF_AUTO;

	(void)state;
	buf_init(&line, LOG_LINE_MAX);
	buf_init(&expected, LOG_LINE_MAX);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&expected);
		buf_addf(&expected, "event=outbox.result row=7 text=%s code=-1", rows[i].shown);
		assert_string_equal(shown(rows[i].value, &line), buf_cstr(&expected));
	}
}

static void each_byte_leaves_one_line_of_three_fields(void **state)
{
	struct buf line BUF_AUTO;

	(void)state;
	buf_init(&line, LOG_LINE_MAX);
	for (int c = 0; c < 256; c++) {
		char value[] = { 'a', (char)c, 'b' };
		const char *text = shown((struct span){ value, sizeof(value) }, &line);
		size_t quotes = 0;

		for (const char *p = text; *p; p++) {
			assert_in_range((unsigned char)*p, ' ', '~');
			if (*p == '\\')
				p++;
			else
				quotes += *p == '"';
		}
		assert_true(quotes == 0 || quotes == 2);
	}
}

static void a_long_value_is_cut_and_leaves_room_for_the_others(void **state)
{
	struct buf line BUF_AUTO, value BUF_AUTO;

	(void)state;
	buf_init(&line, LOG_LINE_MAX);
	buf_init(&value, LOG_LINE_MAX);
	for (size_t i = 0; i < 1000; i++)
		buf_adds(&value, i % 2 ? "\xe2\x80\xae" : "a");
	assert_non_null(strstr(shown(buf_span(&value), &line), "...\" code=-1"));
	assert_true(line.n < LOG_VALUE_MAX + 64);
}

static void a_long_value_of_plain_bytes_is_cut_at_the_same_place(void **state)
{
	struct buf line BUF_AUTO, value BUF_AUTO;
	const char *text;

	(void)state;
	buf_init(&line, LOG_LINE_MAX);
	buf_init(&value, LOG_LINE_MAX);
	while (value.n < 2 * LOG_VALUE_MAX)
		buf_adds(&value, "a ");
	text = shown(buf_span(&value), &line);
	assert_int_equal(strstr(text, "...\"") - strchr(text, '"'), LOG_VALUE_MAX - 16);
}

static void numbers_are_shown_whole(void **state)
{
	struct buf line BUF_AUTO;

	(void)state;
	buf_init(&line, LOG_LINE_MAX);
	log_format("e",
		   (const struct log_field[]){ log_int("least", INT64_MIN),
					       log_int("minus", -10),
					       log_int("none", 0),
					       log_int("most", INT64_MAX),
					       log_uint("all", UINT64_MAX),
					       { .key = NULL } },
		   &line);
	assert_string_equal(buf_cstr(&line), "event=e least=-9223372036854775808 minus=-10 none=0 "
					     "most=9223372036854775807 all=18446744073709551615");
}

static void a_field_that_does_not_fit_is_left_out_whole(void **state)
{
	static const char full[] = "event=outbox.result row=7 text=0123456789 code=-1";
	struct buf line BUF_AUTO;

	(void)state;
	buf_init(&line, 0);
	for (size_t room = sizeof("event=outbox.result") - 1; room < sizeof(full) - 1; room++) {
		const char *text;

		buf_release(&line);
		buf_init(&line, room);
		text = shown(SPAN("0123456789"), &line);
		assert_memory_equal(text, full, line.n);
		assert_int_equal(full[line.n], ' ');
	}
}

static void leave_rubbish_on_the_stack(void)
{
	volatile unsigned char rubbish[2048];

	for (size_t i = 0; i < sizeof(rubbish); i++)
		rubbish[i] = 0x13;
}

static void an_event_below_the_level_costs_nothing(void **state)
{
	(void)state;
	log_open("test", LOG_ERROR);
	leave_rubbish_on_the_stack();
	log_event(LOG_DEBUG, "test.unheard", log_int("n", 1));
}

/* --- lines that are written together; first, as a log that has found a pipe keeps it --- */

/* stderr is fd from now on, which is closed; what it was is returned. */
static int say_into(int fd)
{
	int kept = dup(STDERR_FILENO);

	assert_true(kept >= 0 && fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
	close(fd);
	log_open("test", LOG_INFO);
	log_gather(true);
	return kept;
}

static void say_as_before(int kept)
{
	dup2(kept, STDERR_FILENO);
	close(kept);
}

static int new_file(void)
{
	char path[] = "/tmp/test_log.XXXXXX";
	int fd = mkstemp(path);

	assert_int_equal(unlink(path), 0);
	return fd;
}

static off_t written(void)
{
	struct stat st;

	assert_int_equal(fstat(STDERR_FILENO, &st), 0);
	return st.st_size;
}

static void lines_that_are_gathered_are_written_together(void **state)
{
	char text[512];
	int kept = say_into(new_file());
	ssize_t n;

	(void)state;
	log_event(LOG_INFO, "first", log_int("n", 1));
	log_event(LOG_NOTICE, "second", log_int("n", 2));
	assert_int_equal(written(), 0);
	log_event(LOG_WARNING, "third", log_int("n", 3));
	assert_true(written() > 0);
	n = pread(STDERR_FILENO, text, sizeof(text) - 1, 0);
	assert_in_range(n, 1, sizeof(text) - 1);
	text[n] = '\0';
	assert_true(strstr(text, "event=first n=1\n") < strstr(text, "event=second n=2\n"));
	assert_true(strstr(text, "event=second n=2\n") < strstr(text, "event=third n=3\n"));
	log_event(LOG_INFO, "fourth", log_int("n", 4));
	assert_int_equal(written(), n);
	log_gather(false);
	assert_true(written() > n);
	say_as_before(kept);
}

static void what_is_gathered_is_no_longer_than_a_line_may_be(void **state)
{
	int kept = say_into(new_file());
	off_t n, before = 0;
	char last;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		log_event(LOG_INFO, "one.of.many", log_int("n", i));
		n = written();
		assert_in_range(n - before, 0, LOG_LINE_MAX);
		before = n;
	}
	assert_true(n > LOG_LINE_MAX);
	assert_int_equal(pread(STDERR_FILENO, &last, 1, n - 1), 1);
	assert_int_equal(last, '\n');
	log_gather(false);
	say_as_before(kept);
}

static void gathered_lines_that_nobody_takes_are_counted(void **state)
{
	enum { MANY = 100 }; /* more than go together */
	char text[LOG_LINE_MAX];
	int fds[2], kept;
	ssize_t n;

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_true(fcntl(fds[1], F_SETPIPE_SZ, LOG_LINE_MAX) > 0);
	assert_int_equal(write(fds[1], "full", 4), 4);
	kept = say_into(fds[1]);
	for (int i = 0; i < MANY; i++)
		log_event(LOG_INFO, "one.of.many", log_int("n", i));
	assert_int_equal(read(fds[0], text, sizeof(text)), 4);
	log_event(LOG_INFO, "last", log_int("n", MANY));
	assert_true((n = read(fds[0], text, sizeof(text) - 1)) > 0);
	text[n] = '\0';
	assert_non_null(strstr(text, "event=log.dropped lines=100\n"));
	log_gather(false);
	assert_true((n = read(fds[0], text, sizeof(text) - 1)) > 0);
	text[n] = '\0';
	assert_non_null(strstr(text, "event=last n=100\n"));
	assert_null(strstr(text, "event=one.of.many"));
	say_as_before(kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_cannot_end_its_field_or_its_line),
		cmocka_unit_test(each_byte_leaves_one_line_of_three_fields),
		cmocka_unit_test(a_long_value_is_cut_and_leaves_room_for_the_others),
		cmocka_unit_test(a_long_value_of_plain_bytes_is_cut_at_the_same_place),
		cmocka_unit_test(numbers_are_shown_whole),
		cmocka_unit_test(a_field_that_does_not_fit_is_left_out_whole),
		cmocka_unit_test(lines_that_are_gathered_are_written_together),
		cmocka_unit_test(what_is_gathered_is_no_longer_than_a_line_may_be),
		cmocka_unit_test(gathered_lines_that_nobody_takes_are_counted),
		cmocka_unit_test(an_event_below_the_level_costs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
