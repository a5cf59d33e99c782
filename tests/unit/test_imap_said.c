#include "tests/unit/unit.h"

#include "gatewayd/net/imap_said.h"

enum { DESCRIBES = 100, FETCHES = 200, FETCHES_MORE = 300, READS_FLAGS = 400, NOBODY = 0 };

static struct {
	int who; /* of the last response; and of which of its UIDs */
	size_t k;
	size_t dropped; /* bodies of nobody */
	size_t body;	/* bytes */
} heard;

static void on_response(void *ctx, void *into, size_t k, const struct imap_said *said)
{
	(void)ctx, (void)said;
	if (k == SIZE_MAX) {
		heard.dropped++;
		return;
	}
	heard.who = *(const int *)into;
	heard.k = k;
}

static bool on_body(void *ctx, struct span bytes)
{
	(void)ctx;
	heard.body += bytes.n;
	return true;
}

static void add(struct imap_hearings *h, const int *who, enum imap_fetch_what what,
		const uint32_t *uids, size_t n)
{
	struct imap_listener l = { .response = on_response, .into = (void *)(uintptr_t)who };

	if (what == IMAP_FETCH_BODY)
		l.body = on_body;
	imap_hearings_add(h, what, (struct imap_uids){ uids, n, sizeof(*uids) }, &l);
}

static const uint32_t first[] = { 3, 5, 7 }, second[] = { 8, 9 };
static const int describes = DESCRIBES, fetches = FETCHES, more = FETCHES_MORE, flags = READS_FLAGS;

static void a_response_goes_to_the_command_that_it_answers(void **state)
{
	static const struct {
		struct imap_said said;
		int who;
		size_t k, dropped;
	} rows[] = {
		{ { .uid = 5, .size = 9, .flags = true }, DESCRIBES, 1, 1 },
		{ { .uid = 5, .size = -1, .body = true }, FETCHES, 1, 0 },
		{ { .uid = 9, .size = -1, .body = true }, FETCHES_MORE, 1, 0 },
		{ { .uid = 9, .size = -1, .body = true, .flags = true }, FETCHES_MORE, 1, 0 },
		{ { .uid = 7, .size = -1, .flags = true }, READS_FLAGS, 2, 1 },
		{ { .uid = 8, .size = -1, .flags = true }, NOBODY, 0, 1 },
		{ { .uid = 4, .size = -1, .body = true }, NOBODY, 0, 1 },
		{ { .uid = 0, .size = -1, .flags = true }, NOBODY, 0, 1 },
	};
	struct imap_hearings h = { 0 };

	(void)state;
	add(&h, &describes, IMAP_FETCH_DESCRIPTION, first, 3);
	add(&h, &fetches, IMAP_FETCH_BODY, first, 3);
	add(&h, &flags, IMAP_FETCH_FLAGS, first, 3);
	add(&h, &more, IMAP_FETCH_BODY, second, 2);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		memset(&heard, 0, sizeof(heard));
		imap_hearings_response(&h, &rows[i].said);
		if (heard.who != rows[i].who || heard.k != rows[i].k ||
		    heard.dropped != rows[i].dropped)
			fail_msg("row %zu: %d, %zu, %zu", i, heard.who, heard.k, heard.dropped);
	}
	while (h.first)
		imap_hearings_drop(&h);
}

static void a_body_needs_somebody_who_fetches(void **state)
{
	struct imap_hearings h = { 0 };

	(void)state;
	memset(&heard, 0, sizeof(heard));
	add(&h, &describes, IMAP_FETCH_DESCRIPTION, first, 3);
	assert_true(imap_hearings_body(&h, SPAN("abc")));
	assert_int_equal(heard.body, 0);
	add(&h, &fetches, IMAP_FETCH_BODY, first, 3);
	assert_true(imap_hearings_body(&h, SPAN("abc")));
	assert_int_equal(heard.body, 3);
	imap_hearings_drop(&h);
	imap_hearings_drop(&h);
	imap_hearings_drop(&h);
	assert_null(h.first);
	assert_null(h.last);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_response_goes_to_the_command_that_it_answers),
		cmocka_unit_test(a_body_needs_somebody_who_fetches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
