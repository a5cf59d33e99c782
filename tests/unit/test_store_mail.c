#include "gatewayd/base/units.h"
#include "tests/store/fixture.h"

static void a_location_is_kept_once(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, "one@example.com");
	struct store_mail_place at;
	int64_t first, again = 0;
	bool is_new = true;

	begin(f);
	first = keep(f, &m, SPAN("raw"));
	OK(f, store_mail_keep(f->s, &m, SPAN("other"), &again, &is_new, &f->e));
	commit(f);
	assert_true(first > 0);
	assert_int_equal(again, first);
	assert_false(is_new);
	OK(f, store_mail_at(f->s, &m, &at, &f->e));
	assert_true(at.id == first && at.is_same && at.state == MAIL_KEPT);
	m.location.uidvalidity++;
	OK(f, store_mail_at(f->s, &m, &at, &f->e));
	assert_true(at.id == 0 && !at.is_same);
}

static int64_t id_at(struct fixture *f, const char *mailbox, uint32_t uidvalidity, uint32_t uid)
{
	struct store_mail m = a_mail(uid, "one@example.com");
	struct store_mail_place at;

	m.location.mailbox = span_of(mailbox);
	m.location.uidvalidity = uidvalidity;
	OK(f, store_mail_at(f->s, &m, &at, &f->e));
	return at.id;
}

static int64_t keep_at(struct fixture *f, const char *mailbox, uint32_t uidvalidity, uint32_t uid)
{
	struct store_mail m = a_mail(uid, "one@example.com");

	m.location.mailbox = span_of(mailbox);
	m.location.uidvalidity = uidvalidity;
	return keep(f, &m, SPAN("raw"));
}

/* Behind what failed in a transaction also of a place that is known to be empty. */
static void a_place_is_not_looked_at_in_a_transaction_that_failed(void **state)
{
	struct fixture *f = *state;
	struct store_mail above = a_mail(9, "one@example.com");
	struct store_mail_place at;
	struct store_case c = a_case();

	begin(f);
	keep_at(f, "a", 7, 8);
	above.location.mailbox = SPAN("a");
	above.location.uidvalidity = 7;
	assert_int_equal(id_at(f, "a", 7, 9), 0);
	c.merged_into = 99;
	REFUSED(f, ERR_PERM, store_case_open(f->s, &c, &(int64_t){ 0 }, &f->e));
	assert_int_equal(store_mail_at(f->s, &above, &at, &f->e), -1);
	store_rollback(f->s);
	assert_int_equal(id_at(f, "a", 7, 9), 0);
}

/* Whatever was kept, and asked, of it and of others before. */
static void a_place_is_empty_until_a_mail_is_kept_there(void **state)
{
	struct fixture *f = *state;
	int64_t id, other;

	assert_int_equal(id_at(f, "a", 7, 8), 0);
	begin(f);
	assert_int_equal(id_at(f, "a", 7, 8), 0);
	id = keep_at(f, "a", 7, 8);
	assert_int_equal(id_at(f, "a", 7, 9), 0);
	assert_int_equal(id_at(f, "a", 7, 8), id);
	commit(f);
	assert_int_equal(id_at(f, "a", 7, 8), id);
	assert_int_equal(id_at(f, "a", 8, 8), 0);
	assert_int_equal(id_at(f, "b", 7, 8), 0);
	begin(f);
	other = keep_at(f, "a", 7, 20);
	assert_int_equal(id_at(f, "a", 7, 20), other);
	store_rollback(f->s);
	assert_int_equal(id_at(f, "a", 7, 20), 0);
	assert_int_equal(id_at(f, "b", 7, 8), 0);
	begin(f);
	OK(f, store_mark(f->s, &f->e));
	keep_at(f, "b", 7, 9);
	OK(f, store_back_to_mark(f->s, &f->e));
	assert_int_equal(id_at(f, "b", 7, 9), 0);
	other = keep_at(f, "b", 7, 9);
	commit(f);
	assert_int_equal(id_at(f, "b", 7, 9), other);
	assert_int_equal(id_at(f, "a", 7, 8), id);
	store_close(&f->s);
	fixture_open(f, STORE_WRITE);
	assert_int_equal(id_at(f, "a", 7, 8), id);
	assert_int_equal(id_at(f, "b", 7, 9), other);
	assert_int_equal(id_at(f, "b", 7, 10), 0);
}

static struct store_seen seen_of(struct fixture *f, const char *mailbox)
{
	struct store_seen seen;

	OK(f, store_seen_get(f->s, span_of(mailbox), &seen, &f->e));
	return seen;
}

/* What was asked once in a transaction is not asked again, as long as it is so. */
static void a_place_says_in_a_transaction_what_is_there(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(5, "one@example.com"), other = m;
	struct store_mail_place at;
	int64_t id;

	other.size++;
	begin(f);
	OK(f, store_mail_at(f->s, &m, &at, &f->e));
	assert_true(at.id == 0 && !at.is_same);
	id = keep(f, &m, SPAN("raw"));
	for (int i = 0; i < 2; i++) {
		OK(f, store_mail_at(f->s, &m, &at, &f->e));
		assert_true(at.id == id && at.is_same && at.state == MAIL_KEPT);
	}
	OK(f, store_mail_at(f->s, &other, &at, &f->e));
	assert_true(at.id == id && !at.is_same);
	other.location.uid++;
	OK(f, store_mail_at(f->s, &other, &at, &f->e));
	assert_int_equal(at.id, 0);
	OK(f, store_mail_at(f->s, &m, &at, &f->e));
	OK(f, store_mail_finish(f->s, id, MAIL_DROPPED, SPAN(""), 0, 0, &f->e));
	OK(f, store_mail_at(f->s, &m, &at, &f->e));
	assert_true(at.is_same && at.state == MAIL_DROPPED);
	store_rollback(f->s);
	begin(f);
	OK(f, store_mail_at(f->s, &m, &at, &f->e));
	assert_int_equal(at.id, 0);
	commit(f);
}

static void what_is_kept_is_counted_once(void **state)
{
	const struct store_seen two = { .seen = 2 };
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, "a"), other = a_mail(2, "b");

	assert_int_equal(seen_of(f, "support").kept, 0);
	begin(f);
	keep(f, &m, SPAN("raw"));
	keep(f, &m, SPAN("raw"));
	keep(f, &other, SPAN("raw"));
	OK(f, store_seen_add(f->s, SPAN("support"), &two, &f->e));
	commit(f);
	assert_int_equal(seen_of(f, "support").kept, 2);
	assert_int_equal(seen_of(f, "support").seen, 2);
	assert_int_equal(seen_of(f, "other").seen, 0);
	begin(f);
	m.location.uid = 3;
	keep(f, &m, SPAN("raw"));
	store_rollback(f->s);
	assert_int_equal(seen_of(f, "support").kept, 2);
}

static void count_one(struct fixture *f, const char *mailbox)
{
	const struct store_seen one = { .seen = 1 };

	OK(f, store_seen_add(f->s, span_of(mailbox), &one, &f->e));
}

/* They are gathered, and written when there are too many mailboxes, it is asked, has a mark or
 * ends. A name may be too long for that. */
static void what_a_transaction_counts_goes_with_it(void **state)
{
	char longest[256 + 1] = "", longer[257 + 1] = "";
	struct fixture *f = *state;

	memset(longest, 'm', sizeof(longest) - 1);
	memset(longer, 'm', sizeof(longer) - 1);
	begin(f);
	for (int i = 0; i < 3; i++) {
		count_one(f, "one");
		count_one(f, "two");
		count_one(f, "two");
		count_one(f, longest);
		count_one(f, longer);
	}
	assert_int_equal(seen_of(f, longest).seen, 3);
	count_one(f, "one");
	OK(f, store_mark(f->s, &f->e));
	count_one(f, "one");
	count_one(f, "two");
	OK(f, store_back_to_mark(f->s, &f->e));
	count_one(f, "one");
	OK(f, store_defer(f->s, &f->e));
	begin(f);
	count_one(f, "one");
	commit(f);
	begin(f);
	count_one(f, "one");
	store_rollback(f->s);
	count_one(f, "two");
	assert_int_equal(seen_of(f, "one").seen, 6);
	assert_int_equal(seen_of(f, "two").seen, 7);
	assert_int_equal(seen_of(f, longest).seen, 3);
	assert_int_equal(seen_of(f, longer).seen, 3);
}

static void counts_of_many_mailboxes_are_all_written(void **state)
{
	enum { MAILBOXES = 40 };
	struct fixture *f = *state;
	char mailbox[16];

	begin(f);
	for (int i = 0; i < 2 * MAILBOXES; i++) {
		snprintf(mailbox, sizeof(mailbox), "box%d", i % MAILBOXES);
		count_one(f, mailbox);
	}
	commit(f);
	for (int i = 0; i < MAILBOXES; i++) {
		snprintf(mailbox, sizeof(mailbox), "box%d", i);
		assert_int_equal(seen_of(f, mailbox).seen, 2);
	}
}

/* A server that was restored gives UIDs again: size and INTERNALDATE tell, where both know them. */
static void a_uid_that_is_given_again_is_another_mail(void **state)
{
	static const struct {
		int64_t size, later_s;
		bool no_date, is_same;
	} cases[] = { { 3, 0, false, true },   { 4, 0, false, false },	   { 3, 1, false, false },
		      { 3, -1, false, false }, { 2, 86400, false, false }, { 3, 0, true, true },
		      { 4, 0, true, false } };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_mail m = a_mail((uint32_t)i + 1, "one@example.com");
		struct store_mail_place at;
		int64_t first, second;

		begin(f);
		first = keep(f, &m, SPAN("raw"));
		m.size = cases[i].size;
		m.received_at = cases[i].no_date ? INSTANT_NONE : m.received_at + cases[i].later_s;
		OK(f, store_mail_at(f->s, &m, &at, &f->e));
		assert_true(at.id == first && at.is_same == cases[i].is_same);
		second = keep(f, &m, SPAN("raw of the other"));
		assert_int_equal(second == first, cases[i].is_same);
		OK(f, store_mail_at(f->s, &m, &at, &f->e));
		assert_true(at.id == second && at.is_same);
		commit(f);
	}
}

static void what_has_no_uid_is_always_new(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(0, "one@example.com");
	int64_t first, second;

	m.location.mailbox = SPAN("ingest");
	begin(f);
	first = keep(f, &m, SPAN("raw"));
	second = keep(f, &m, SPAN("raw"));
	commit(f);
	assert_int_not_equal(first, second);
}

static void every_field_comes_back(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(UINT32_MAX, "one@example.com"), got;
	int64_t id;

	m.location.uidvalidity = UINT32_MAX;
	m.received_at = INSTANT_NONE;
	m.size = INT64_C(1) << 40;
	m.truncated = true;
	m.history = true;
	m.subject = SPAN("\xe6\x97\xa5\xe6\x9c\xac'; DROP TABLE mail; --");
	begin(f);
	id = keep(f, &m, SPAN("raw"));
	commit(f);
	OK(f, store_mail_get(f->s, id, &f->a, &got, &f->e));
	assert_int_equal(got.id, id);
	assert_true(span_is(got.location.mailbox, "support"));
	assert_int_equal(got.location.uidvalidity, UINT32_MAX);
	assert_int_equal(got.location.uid, UINT32_MAX);
	assert_true(got.received_at == INSTANT_NONE);
	assert_int_equal(got.kept_at, NOW);
	assert_true(span_eq(got.message_id, m.message_id));
	assert_memory_equal(got.identity, m.identity, SHA256_SIZE);
	assert_true(got.size == m.size && got.truncated && got.history);
	assert_int_equal(got.attempts, 0);
	assert_int_equal(got.state, MAIL_KEPT);
	assert_true(span_is(got.reason, "") && got.case_number == 0 && got.note_id == 0);
	assert_true(span_eq(got.from, m.from) && span_eq(got.subject, m.subject));
}

static void raw_bytes_come_back_whole(void **state)
{
	static const struct span raws[] = { SPAN_LITERAL(""), SPAN_LITERAL("a\0b\xff\r\n.\n") };
	struct fixture *f = *state;

	for (uint32_t i = 0; i < 2; i++) {
		struct store_mail m = a_mail(i + 1, "");
		struct buf raw BUF_AUTO;
		int64_t id;

		buf_init(&raw, 100);
		begin(f);
		id = keep(f, &m, raws[i]);
		commit(f);
		OK(f, store_mail_raw(f->s, id, &raw, &f->e));
		assert_true(span_eq(buf_span(&raw), raws[i]));
	}
}

static void thirty_megabytes_are_kept_and_a_small_buffer_is_an_error(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, "");
	struct buf big BUF_AUTO, back BUF_AUTO, small BUF_AUTO;
	size_t n = 30 << 20;
	int64_t id;

	buf_init(&big, n);
	buf_init(&back, n);
	buf_init(&small, n - 1);
	buf_room(&big, n);
	for (big.n = 0; big.n < n; big.n++) /* no piece as another */
		big.p[big.n] = (char)(big.n * 31 >> 7);
	begin(f);
	id = keep(f, &m, buf_span(&big));
	commit(f);
	OK(f, store_mail_raw(f->s, id, &back, &f->e));
	assert_true(span_eq(buf_span(&back), buf_span(&big)));
	REFUSED(f, ERR_PERM, store_mail_raw(f->s, id, &small, &f->e));
}

/* From 256 KiB on bytes go in and out a piece at a time. */
static void a_long_mail_comes_back_at_every_size_of_pieces(void **state)
{
	static const size_t sizes[] = {
		65535, 65536, 65537, 262143, 262144, 262145, 327680, 327681
	};
	struct fixture *f = *state;
	struct buf big BUF_AUTO;

	buf_init(&big, 327681);
	buf_room(&big, big.max);
	for (; big.n < big.max; big.n++)
		big.p[big.n] = (char)(big.n * 31 >> 7);
	for (uint32_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct span raw = span_sub(buf_span(&big), 0, sizes[i]);
		struct store_mail m = a_mail(i + 1, "");
		struct buf back BUF_AUTO;
		int64_t id;

		buf_init(&back, sizes[i]);
		begin(f);
		id = keep(f, &m, raw);
		commit(f);
		OK(f, store_mail_raw(f->s, id, &back, &f->e));
		assert_true(span_eq(buf_span(&back), raw));
	}
}

static void the_same_bytes_are_stored_once(void **state)
{
	struct fixture *f = *state;
	struct buf raw BUF_AUTO;
	struct store_counts before, after;

	buf_init(&raw, 1 << 20);
	crypto_random(buf_room(&raw, 1 << 20), 1 << 20); /* which do not pack */
	raw.n = 1 << 20;
	for (uint32_t i = 1; i <= 10; i++) {
		struct store_mail m = a_mail(i, "");

		begin(f);
		keep(f, &m, buf_span(&raw));
		commit(f);
		if (i == 1)
			OK(f, store_count(f->s, &before, &f->e));
	}
	OK(f, store_count(f->s, &after, &f->e));
	assert_int_equal(after.mails, 10);
	assert_true(before.bytes > 1 << 20);
	assert_true(after.bytes - before.bytes < 1 << 16);
}

static void so_many_bytes_that_came_before_are_shared(struct fixture *f, uint32_t uid, size_t size)
{
	struct buf raw BUF_AUTO, back BUF_AUTO;
	struct store_counts before, after;
	int64_t first = 0, id = 0;

	buf_init(&raw, size);
	for (uint32_t i = 0; raw.n + 8 < raw.max; i++)
		buf_addf(&raw, "%08x", i * UINT32_C(0x9e3779b1));
	buf_init(&back, raw.max);
	for (uint32_t i = 1; i <= 10; i++) {
		struct store_mail m = a_mail(uid + i, "");

		begin(f);
		id = keep(f, &m, buf_span(&raw));
		first = first ? first : id;
		OK(f, store_mail_share(f->s, id, first, buf_span(&raw), &f->e));
		commit(f);
		if (i == 1)
			OK(f, store_count(f->s, &before, &f->e));
	}
	OK(f, store_count(f->s, &after, &f->e));
	assert_true(before.bytes > 64 * KIB);
	assert_true(after.bytes - before.bytes < 2 * before.bytes);
	OK(f, store_mail_raw(f->s, id, &back, &f->e));
	assert_true(span_eq(buf_span(&back), buf_span(&raw)));
}

/* What packs is not looked for, in the row or in pieces. */
static void bytes_that_came_before_are_shared(void **state)
{
	so_many_bytes_that_came_before_are_shared(*state, 0, 200 * KIB);
	so_many_bytes_that_came_before_are_shared(*state, 10, 400 * KIB);
}

/* Nor are those of one whose bytes are gone, or longer. */
static void other_bytes_are_not_shared(void **state)
{
	static const char *const others[] = { "", "another of it", "the mail, and more" };
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, ""), other;
	struct span raw = SPAN("the mail, one");
	struct buf back BUF_AUTO;
	int64_t id;

	begin(f);
	id = keep(f, &m, raw);
	for (uint32_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		other = a_mail(i + 2, "");
		OK(f, store_mail_share(f->s, id, keep(f, &other, span_of(others[i])), raw, &f->e));
	}
	commit(f);
	buf_init(&back, raw.n);
	OK(f, store_mail_raw(f->s, id, &back, &f->e));
	assert_true(span_eq(buf_span(&back), raw));
}

static void a_twin_is_the_same_message_that_had_an_effect(void **state)
{
	static const struct {
		enum mail_state first;
		bool twin;
	} rows[] = {
		{ MAIL_KEPT, false },	     { MAIL_CASE, true },	{ MAIL_NOTE, true },
		{ MAIL_COMMAND, true },	     { MAIL_AUTO_FILED, true }, { MAIL_DUPLICATE, false },
		{ MAIL_QUARANTINED, false }, { MAIL_DROPPED, false },
	};
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, "one@example.com"), copy = a_mail(2, "one@example.com");
	struct store_twin *v;
	size_t n;

	begin(f);
	m.id = keep(f, &m, SPAN("raw"));
	copy.id = keep(f, &copy, SPAN("raw, by another way"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct store_mail_end end = {
			.state = rows[i].first, .reason = SPAN("why"), .proof = 2, .said = 17
		};

		OK(f, store_mail_end(f->s, m.id, &end, &f->e));
		OK(f, store_mail_twins(f->s, &copy, &f->a, &v, &n, &f->e));
		assert_int_equal(n, rows[i].twin);
		assert_true(!n || (v->id == m.id && v->proof == 2 && v->state == rows[i].first));
		OK(f, store_mail_alike(f->s, &copy, 17, &f->a, &v, &n, &f->e));
		assert_int_equal(n, rows[i].twin);
		OK(f, store_mail_alike(f->s, &copy, 18, &f->a, &v, &n, &f->e));
		assert_int_equal(n, 0);
		OK(f, store_mail_twins(f->s, &m, &f->a, &v, &n, &f->e));
		assert_int_equal(n, 0);
	}
	commit(f);
}

/* One that has its Message-ID alone says nothing beside that. */
static void what_has_no_identity_yet_is_like_nothing(void **state)
{
	static const struct store_mail_end end = { .state = MAIL_CASE, .said = 17 };
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, "one@example.com"), copy = a_mail(2, "one@example.com");
	struct store_twin *v;
	size_t n;

	memset(m.identity, 0, sizeof(m.identity));
	begin(f);
	m.id = keep(f, &m, SPAN("raw"));
	copy.id = keep(f, &copy, SPAN("raw, by another way"));
	OK(f, store_mail_end(f->s, m.id, &end, &f->e));
	OK(f, store_mail_alike(f->s, &copy, 17, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 0);
	memset(m.identity, 5, sizeof(m.identity));
	OK(f, store_mail_identify(f->s, &m, &f->e));
	OK(f, store_mail_alike(f->s, &copy, 17, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && v->id == m.id);
	commit(f);
}

static void message_id_and_identity_must_agree_in_whatever_mailbox(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, "one@example.com"), other[3];
	struct store_twin *v;
	int64_t first;
	size_t n;

	for (uint32_t i = 0; i < 3; i++)
		other[i] = a_mail(i + 2, "one@example.com");
	other[0].location.mailbox = SPAN("emerging");
	other[1].message_id = SPAN("two@example.com");
	other[2].identity[31] ^= 1;
	begin(f);
	first = keep(f, &m, SPAN("raw"));
	OK(f, store_mail_finish(f->s, first, MAIL_COMMAND, SPAN("why"), 0, 0, &f->e));
	for (size_t i = 0; i < 3; i++) {
		other[i].id = keep(f, &other[i], SPAN("raw"));
		OK(f, store_mail_twins(f->s, &other[i], &f->a, &v, &n, &f->e));
		assert_true(i ? n == 0 : n == 1 && v->id == first);
	}
	commit(f);
}

static void pending_are_the_undecided_oldest_first(void **state)
{
	struct fixture *f = *state;
	struct store_mail *v;
	int64_t ids[5], imported;
	size_t n;

	begin(f);
	for (uint32_t i = 0; i < 5; i++) {
		struct store_mail m = a_mail(i + 1, "");

		m.history = i < 2;
		ids[i] = keep(f, &m, SPAN("raw"));
	}
	OK(f, store_mail_finish(f->s, ids[1], MAIL_QUARANTINED, SPAN("why"), 0, 0, &f->e));
	commit(f);
	OK(f, store_mail_pending(f->s, 0, 3, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 3);
	assert_true(v[0].id == ids[0] && v[1].id == ids[2] && v[2].id == ids[3]);
	OK(f, store_mail_pending(f->s, ids[3], 3, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && v[0].id == ids[4]);
	OK(f, store_mail_pending(f->s, ids[4], 3, &f->a, &v, &n, &f->e));
	assert_int_equal(n, 0);
	OK(f, store_mail_history_pending(f->s, &imported, &f->e));
	assert_int_equal(imported, 1);
}

static void attempts_count_and_reset_begins_again(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, ""), got;
	int64_t id;

	begin(f);
	id = keep(f, &m, SPAN("raw"));
	OK(f, store_mail_attempt(f->s, id, 1, &f->e));
	OK(f, store_mail_attempt(f->s, id, 2, &f->e));
	OK(f, store_mail_attempt(f->s, id, 2, &f->e)); /* said again */
	OK(f, store_mail_finish(f->s, id, MAIL_QUARANTINED, SPAN("crashed"), 0, 0, &f->e));
	commit(f);
	OK(f, store_mail_get(f->s, id, &f->a, &got, &f->e));
	assert_true(got.attempts == 2 && got.state == MAIL_QUARANTINED);
	assert_true(span_is(got.reason, "crashed"));
	begin(f);
	OK(f, store_mail_reset(f->s, id, &f->e));
	commit(f);
	OK(f, store_mail_get(f->s, id, &f->a, &got, &f->e));
	assert_true(got.attempts == 0 && got.state == MAIL_KEPT && got.reason.n == 0);
}

static void a_mail_that_is_not_there_is_said_so(void **state)
{
	struct fixture *f = *state;
	struct store_mail m;
	struct buf raw BUF_AUTO;

	buf_init(&raw, 10);
	REFUSED(f, ERR_PERM, store_mail_get(f->s, 9, &f->a, &m, &f->e));
	REFUSED(f, ERR_PERM, store_mail_raw(f->s, 9, &raw, &f->e));
	begin(f);
	REFUSED(f, ERR_PERM, store_mail_attempt(f->s, 9, 1, &f->e));
	REFUSED(f, ERR_PERM, store_mail_reset(f->s, 9, &f->e));
	REFUSED(f, ERR_PERM, store_mail_finish(f->s, 9, MAIL_CASE, SPAN("x"), 0, 0, &f->e));
	commit(f); /* "no such row" dooms nothing */
}

static void a_mail_cannot_name_what_is_not_there(void **state)
{
	struct fixture *f = *state;
	struct store_mail m = a_mail(1, "");
	int64_t id;

	begin(f);
	id = keep(f, &m, SPAN("raw"));
	commit(f);
	begin(f);
	REFUSED(f, ERR_PERM, store_mail_finish(f->s, id, MAIL_CASE, SPAN("x"), 41, 0, &f->e));
	store_rollback(f->s);
	begin(f);
	REFUSED(f, ERR_PERM, store_mail_finish(f->s, id, MAIL_NOTE, SPAN("x"), 0, 41, &f->e));
	store_rollback(f->s);
}

static void lists_filter_and_are_newest_first(void **state)
{
	struct fixture *f = *state;
	struct store_mail_filter filter = { .state = -1 };
	struct store_case c = a_case();
	struct store_mail *v;
	int64_t ids[4], number;
	size_t n;

	begin(f);
	number = open_case(f, &c);
	for (uint32_t i = 0; i < 4; i++) {
		struct store_mail m = a_mail(i + 1, i % 2 ? "odd@example.com" : "even@example.com");

		ids[i] = keep(f, &m, SPAN("raw"));
	}
	OK(f, store_mail_finish(f->s, ids[3], MAIL_CASE, SPAN("why"), number, 0, &f->e));
	OK(f, store_mail_finish(f->s, ids[2], MAIL_DUPLICATE, SPAN("why"), number, 0, &f->e));
	commit(f);
	OK(f, store_mail_list(f->s, &filter, &f->a, &v, &n, &f->e));
	assert_true(n == 4 && v[0].id == ids[3] && v[3].id == ids[0]);
	filter.limit = 3;
	OK(f, store_mail_list(f->s, &filter, &f->a, &v, &n, &f->e));
	assert_true(n == 3 && v[0].id == ids[3]);
	filter.state = MAIL_KEPT;
	OK(f, store_mail_list(f->s, &filter, &f->a, &v, &n, &f->e));
	assert_true(n == 2 && v[0].id == ids[1] && v[1].id == ids[0]);
	filter.message_id = SPAN("odd@example.com");
	OK(f, store_mail_list(f->s, &filter, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && v[0].id == ids[1]);
	filter = (struct store_mail_filter){ .state = -1, .case_number = number };
	OK(f, store_mail_list(f->s, &filter, &f->a, &v, &n, &f->e));
	assert_true(n == 2 && v[0].id == ids[3] && v[1].id == ids[2]);
	filter.message_id = SPAN("even@example.com");
	OK(f, store_mail_list(f->s, &filter, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && v[0].id == ids[2]);
	filter.message_id = SPAN("");
	filter.state = MAIL_CASE;
	OK(f, store_mail_list(f->s, &filter, &f->a, &v, &n, &f->e));
	assert_true(n == 1 && v[0].id == ids[3]);
}

static void lists_find_the_mails_of_each_state(void **state)
{
	struct fixture *f = *state;
	int64_t ids[MAIL_STATE_COUNT];
	struct store_mail *v;
	size_t n;

	begin(f);
	for (int i = 0; i < MAIL_STATE_COUNT; i++) {
		struct store_mail m = a_mail((uint32_t)i + 1, "");

		ids[i] = keep(f, &m, SPAN("raw"));
		OK(f, store_mail_finish(f->s, ids[i], (enum mail_state)i, SPAN(""), 0, 0, &f->e));
	}
	commit(f);
	for (int i = 0; i < MAIL_STATE_COUNT; i++) {
		struct store_mail_filter filter = { .state = i };

		OK(f, store_mail_list(f->s, &filter, &f->a, &v, &n, &f->e));
		assert_true(n == 1 && v[0].id == ids[i] && v[0].state == (enum mail_state)i);
	}
}

static void names_of_states_go_there_and_back(void **state)
{
	enum mail_state got;

	(void)state;
	for (int i = 0; i < MAIL_STATE_COUNT; i++) {
		assert_true(mail_state_find(span_of(mail_state_name((enum mail_state)i)), &got));
		assert_int_equal(got, i);
	}
	assert_false(mail_state_find(SPAN("Kept"), &got));
	assert_false(mail_state_find(SPAN(""), &got));
}

static size_t raw_size(struct fixture *f, int64_t id)
{
	struct buf raw BUF_AUTO;

	buf_init(&raw, 1000);
	OK(f, store_mail_raw(f->s, id, &raw, &f->e));
	return raw.n;
}

/* The highest that was looked at. */
static int64_t expire(struct fixture *f, int64_t after, int limit, int64_t bytes)
{
	struct store_expiry slice = {
		.after = after, .before = NOW, .limit = limit, .bytes = bytes
	};
	struct store_expired done;

	OK(f, store_mail_expire(f->s, &slice, &done, &f->e));
	assert_false(done.is_damaged);
	return done.last;
}

static void retention_takes_the_raw_bytes_of_what_is_decided(void **state)
{
	static const struct {
		enum mail_state state;
		int64_t kept_at;
		bool goes;
	} rows[] = {
		{ MAIL_AUTO_FILED, NOW - 2, true },   { MAIL_KEPT, NOW - 2, false },
		{ MAIL_QUARANTINED, NOW - 2, false }, { MAIL_DROPPED, NOW - 1, true },
		{ MAIL_DUPLICATE, NOW, false },
	};
	enum { ROWS = sizeof(rows) / sizeof(*rows) };
	struct fixture *f = *state;
	int64_t ids[ROWS], last;

	begin(f);
	for (uint32_t i = 0; i < ROWS; i++) {
		struct store_mail m = a_mail(i + 1, "");

		m.kept_at = rows[i].kept_at;
		ids[i] = keep(f, &m, SPAN("the same bytes"));
		if (rows[i].state != MAIL_KEPT)
			OK(f, store_mail_finish(f->s, ids[i], rows[i].state, SPAN("why"), 0, 0,
						&f->e));
	}
	last = expire(f, 0, 1, MIB);
	assert_int_equal(last, ids[0]);
	last = expire(f, last, 100, MIB);
	assert_int_equal(last, ids[3]);
	for (size_t i = 0; i < ROWS; i++)
		assert_int_equal(raw_size(f, ids[i]), rows[i].goes ? 0 : strlen("the same bytes"));
	assert_int_equal(expire(f, last, 100, MIB), 0);
	commit(f);
}

/* Those that were passed by, and no others: up to an id, and without what has no bytes any more. */
static void retention_looks_once_more(void **state)
{
	enum { MAILS = 4 };
	struct fixture *f = *state;
	struct store_expiry slice = { .before = NOW, .limit = 100, .bytes = MIB, .left = true };
	struct store_expired done;
	int64_t ids[MAILS];

	begin(f);
	for (uint32_t i = 0; i < MAILS; i++) {
		struct store_mail m = a_mail(i + 1, "");

		m.kept_at = NOW - 1;
		ids[i] = keep(f, &m, SPAN("the same bytes"));
		OK(f, store_mail_finish(f->s, ids[i], i ? MAIL_AUTO_FILED : MAIL_QUARANTINED,
					SPAN("why"), 0, 0, &f->e));
	}
	assert_int_equal(expire(f, 0, 1, MIB), ids[1]);
	OK(f, store_mail_finish(f->s, ids[0], MAIL_DROPPED, SPAN("why"), 0, 0, &f->e));
	slice.to = ids[2];
	slice.limit = 1;
	OK(f, store_mail_expire(f->s, &slice, &done, &f->e));
	assert_int_equal(done.last, ids[0]);
	slice.after = done.last;
	OK(f, store_mail_expire(f->s, &slice, &done, &f->e));
	assert_int_equal(done.last, ids[2]);
	OK(f, store_mail_expire(f->s, &slice, &done, &f->e));
	assert_int_equal(done.last, 0);
	for (size_t i = 0; i < MAILS; i++)
		assert_int_equal(raw_size(f, ids[i]), i < 3 ? 0 : strlen("the same bytes"));
	commit(f);
}

/* A mail that has a slice to itself is done, too. */
static void retention_takes_so_many_bytes_at_once(void **state)
{
	enum { SIZE = 10, MAILS = 5 };
	static const struct {
		int64_t bytes;
		size_t mails;
	} rows[] = { { 1, 1 },	      { SIZE, 1 },	   { SIZE + 1, 2 },
		     { 2 * SIZE, 2 }, { MAILS * SIZE, 5 }, { MIB, 5 } };
	struct fixture *f = *state;
	int64_t ids[MAILS];

	begin(f);
	for (uint32_t i = 0; i < MAILS; i++) {
		char raw[SIZE + 1];
		struct store_mail m = a_mail(i + 1, "");

		m.kept_at = NOW - 1;
		snprintf(raw, sizeof(raw), "mail %05u", i);
		ids[i] = keep(f, &m, span_of(raw));
		OK(f, store_mail_finish(f->s, ids[i], MAIL_AUTO_FILED, SPAN("why"), 0, 0, &f->e));
	}
	commit(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct store *txn STORE_TXN = f->s; /* and back */

		begin(f);
		assert_int_equal(expire(f, 0, 100, rows[i].bytes), ids[rows[i].mails - 1]);
		(void)txn;
	}
}

static void retention_leaves_no_bytes_that_nothing_names(void **state)
{
	struct store_mail m = a_mail(1, "");
	struct fixture *f = *state;
	struct buf findings BUF_AUTO;
	int64_t id;

	buf_init(&findings, 1000);
	begin(f);
	m.kept_at = NOW - 1;
	id = keep(f, &m, SPAN("bytes of its own"));
	OK(f, store_mail_finish(f->s, id, MAIL_AUTO_FILED, SPAN("why"), 0, 0, &f->e));
	assert_int_equal(expire(f, 0, 100, MIB), id);
	commit(f);
	OK(f, store_check(f->s, &findings, &f->e));
	assert_string_equal(buf_cstr(&findings), "");
}

static void a_digest_is_due_with_the_first_of_its_kind_and_queue(void **state)
{
	struct fixture *f = *state;
	struct store_mail one = a_mail(1, "1@x"), two = a_mail(2, "2@x");
	struct store_digest d;
	int64_t a, b, at;

	begin(f);
	a = keep(f, &one, SPAN("one"));
	b = keep(f, &two, SPAN("two"));
	OK(f, store_digest_add(f->s, DIGEST_FILED, SPAN("q"), a, NOW + 10, &f->e));
	OK(f, store_digest_add(f->s, DIGEST_FILED, SPAN("q"), b, NOW + 90, &f->e));
	OK(f, store_digest_add(f->s, DIGEST_CASES, SPAN("q"), b, NOW + 20, &f->e));
	commit(f);
	OK(f, store_digest_next(f->s, &at, &f->e));
	assert_int_equal(at, NOW + 10);
	OK(f, store_digest_due(f->s, NOW + 9, 10, &f->a, &d, &f->e));
	assert_int_equal(d.count, 0);
	OK(f, store_digest_due(f->s, NOW + 10, 1, &f->a, &d, &f->e));
	assert_int_equal(d.kind, DIGEST_FILED);
	assert_true(d.count == 2 && d.n == 1 && d.mails[0] == a);
	OK(f, store_digest_told(f->s, &d, &f->e));
	OK(f, store_digest_next(f->s, &at, &f->e));
	assert_int_equal(at, NOW + 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_place_says_in_a_transaction_what_is_there),
		STORE_TEST(a_location_is_kept_once),
		STORE_TEST(a_place_is_empty_until_a_mail_is_kept_there),
		STORE_TEST(a_place_is_not_looked_at_in_a_transaction_that_failed),
		STORE_TEST(what_is_kept_is_counted_once),
		STORE_TEST(what_a_transaction_counts_goes_with_it),
		STORE_TEST(counts_of_many_mailboxes_are_all_written),
		STORE_TEST(a_uid_that_is_given_again_is_another_mail),
		STORE_TEST(what_has_no_uid_is_always_new),
		STORE_TEST(every_field_comes_back),
		STORE_TEST(raw_bytes_come_back_whole),
		STORE_TEST(a_long_mail_comes_back_at_every_size_of_pieces),
		STORE_TEST(thirty_megabytes_are_kept_and_a_small_buffer_is_an_error),
		STORE_TEST(the_same_bytes_are_stored_once),
		STORE_TEST(bytes_that_came_before_are_shared),
		STORE_TEST(other_bytes_are_not_shared),
		STORE_TEST(a_twin_is_the_same_message_that_had_an_effect),
		STORE_TEST(what_has_no_identity_yet_is_like_nothing),
		STORE_TEST(message_id_and_identity_must_agree_in_whatever_mailbox),
		STORE_TEST(pending_are_the_undecided_oldest_first),
		STORE_TEST(attempts_count_and_reset_begins_again),
		STORE_TEST(a_mail_that_is_not_there_is_said_so),
		STORE_TEST(a_mail_cannot_name_what_is_not_there),
		STORE_TEST(lists_filter_and_are_newest_first),
		STORE_TEST(lists_find_the_mails_of_each_state),
		STORE_TEST(retention_takes_the_raw_bytes_of_what_is_decided),
		STORE_TEST(retention_looks_once_more),
		STORE_TEST(retention_takes_so_many_bytes_at_once),
		STORE_TEST(retention_leaves_no_bytes_that_nothing_names),
		STORE_TEST(a_digest_is_due_with_the_first_of_its_kind_and_queue),
		cmocka_unit_test(names_of_states_go_there_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
