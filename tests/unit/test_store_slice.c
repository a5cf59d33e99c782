/* Files are read from the raw mail they came with, and outlive it. */
#include "gatewayd/base/units.h"
#include "tests/store/behind.h"
#include "tests/store/fixture.h"

#include "store/slice.h"

enum { FILES = 4, LINE = 57, BYTES = 400000 };

static const size_t sizes[FILES] = { 1024, 5000, 300001, 70002 };
static char bytes[BYTES];

static struct span file_of(size_t i)
{
	return (struct span){ bytes + i * 7, sizes[i] };
}

static void put_base64(struct buf *out, struct span file, const char *end)
{
	for (; file.n; file = span_sub(file, LINE, SIZE_MAX)) {
		base64_add(span_sub(file, 0, LINE), out);
		buf_adds(out, end);
	}
}

static void fill_bytes(void)
{
	for (size_t i = 0; i < BYTES; i++)
		bytes[i] = (char)((i * 2654435761u ^ i << 7) >> 11);
}

/* The first file as it is, the others in base64. */
static void make_mail(struct buf *out, const char *end)
{
	buf_init(out, SIZE_MAX);
	fill_bytes();
	buf_adds(out, "Subject: x\r\n\r\n");
	buf_add(out, file_of(0));
	for (size_t i = 1; i < FILES; i++) {
		buf_adds(out, "\r\n--part\r\n\r\n");
		put_base64(out, file_of(i), end);
	}
}

struct kept {
	int64_t mail, note, files[FILES];
};

static struct kept keep_files_as(struct fixture *f, uint32_t uid, struct span raw, bool alone)
{
	struct store_mail m = a_mail(uid, "");
	struct store_case c = a_case();
	struct kept k;
	struct store_origin from = { .raw = raw, .alone = alone };
	struct store_attachment row = { .filename = SPAN("a"),
					.content_type = SPAN("b"),
					.content_id = SPAN("") };

	begin(f);
	m.kept_at = NOW - 10;
	k.mail = from.mail_id = keep(f, &m, raw);
	row.case_number = open_case(f, &c);
	row.note_id = k.note = add_note(f, row.case_number, NOTE_INBOUND, "");
	OK(f,
	   store_mail_finish(f->s, k.mail, MAIL_NOTE, SPAN("x"), row.case_number, k.note, &f->e));
	for (size_t i = 0; i < FILES; i++)
		OK(f, store_attachment_add_of(f->s, &row, file_of(i), &from, &k.files[i], &f->e));
	commit(f);
	return k;
}

static struct kept keep_files(struct fixture *f, uint32_t uid, struct span raw)
{
	return keep_files_as(f, uid, raw, false);
}

static struct store_attachment *rows_of(struct fixture *f, const struct kept *k)
{
	struct store_attachment *v;
	size_t n;

	OK(f, store_attachment_list(f->s, k->note, &f->a, &v, &n, &f->e));
	assert_int_equal(n, FILES);
	return v;
}

static void files_are_there(struct fixture *f, const struct kept *k)
{
	struct buf findings BUF_AUTO;

	buf_init(&findings, 10000);
	for (size_t i = 0; i < FILES; i++) {
		struct store_attachment got;
		struct buf content BUF_AUTO;

		buf_init(&content, BYTES);
		OK(f, store_attachment_get(f->s, k->files[i], &f->a, &got, &content, &f->e));
		assert_int_equal(got.size, sizes[i]);
		assert_true(span_eq(buf_span(&content), file_of(i)));
	}
	OK(f, store_check(f->s, &findings, &f->e));
	assert_null(strstr(buf_cstr(&findings), "content"));
}

static struct store_expired expire_behind(struct fixture *f, int64_t after)
{
	struct store_expiry slice = {
		.after = after, .before = NOW, .limit = 100, .bytes = 1024 * MIB
	};
	struct store_expired done;

	begin(f);
	OK(f, store_mail_expire(f->s, &slice, &done, &f->e));
	commit(f);
	return done;
}

static void expire(struct fixture *f)
{
	assert_false(expire_behind(f, 0).is_damaged);
}

/* As many of the files as `expected` stand in the mail. */
static void slices_are(struct fixture *f, const char *expected)
{
	char sql[200];

	if (f->schema.name[0])
		return;
	snprintf(sql, sizeof(sql),
		 "CREATE TABLE n (n INTEGER CHECK (n = %s));"
		 "INSERT INTO n SELECT count(*) FROM slice; DROP TABLE n",
		 expected);
	tamper(f, sql);
	fixture_open(f, STORE_WRITE);
}

static void files_of_a_mail_take_no_bytes_of_their_own(void **state)
{
	static const char *const ends[] = { "\r\n", "\n", "", " \t\r\n\r\n" };
	struct fixture *f = *state;

	for (uint32_t i = 0; i < 4; i++) {
		struct buf raw BUF_AUTO;
		struct kept k;

		store_close(&f->s);
		fixture_forget(f);
		fixture_open(f, STORE_CREATE);
		make_mail(&raw, ends[i]);
		k = keep_files(f, 1, buf_span(&raw));
		files_are_there(f, &k);
		slices_are(f, "4");
	}
}

static void they_are_kept_when_retention_takes_the_mail(void **state)
{
	struct fixture *f = *state;
	struct buf raw BUF_AUTO, back BUF_AUTO;
	struct kept k;

	make_mail(&raw, "\r\n");
	buf_init(&back, BYTES);
	k = keep_files(f, 1, buf_span(&raw));
	expire(f);
	OK(f, store_mail_raw(f->s, k.mail, &back, &f->e));
	assert_int_equal(back.n, 0);
	files_are_there(f, &k);
	slices_are(f, "0");
	expire(f);
	files_are_there(f, &k);
}

/* Its bytes say it; kept is one only of a file that others may have. */
static void digests_are(struct fixture *f, const struct kept *k, bool kept)
{
	struct store_attachment *v = rows_of(f, k);

	for (size_t i = 0; i < FILES; i++) {
		uint8_t digest[SHA256_SIZE];

		sha256_of(file_of(i), digest);
		assert_int_equal(v[i].has_sha256, kept);
		OK(f, store_attachment_digest(f->s, &v[i], &f->e));
		assert_true(v[i].has_sha256);
		assert_memory_equal(v[i].sha256, digest, sizeof(digest));
	}
}

/* Where a file stands is known, and its bytes are not given. */
static void keep_at(struct fixture *f, struct kept *k, struct store_origin *from, size_t i)
{
	struct store_attachment row = { .filename = SPAN("a"),
					.content_type = SPAN("b"),
					.content_id = SPAN(""),
					.note_id = k->note,
					.case_number = 1 };

	OK(f, store_attachment_add_of(f->s, &row, SPAN(""), from, &k->files[i], &f->e));
}

/* A file in a mail of its own, as make_mail() has it. */
static struct store_place place_in(struct span raw, size_t i)
{
	struct buf text BUF_AUTO;
	struct store_place place = { .size = sizes[i], .is_base64 = i > 0 };

	buf_init(&text, SIZE_MAX);
	if (i)
		put_base64(&text, file_of(i), "\r\n");
	else
		buf_add(&text, file_of(i));
	place.at = span_find(raw, buf_span(&text));
	place.length = text.n;
	assert_true(store_place_holds(raw, &place));
	return place;
}

/* other: a mail that the files do not stand in, as far as the store knows. */
static struct kept keep_places(struct fixture *f, struct span raw, bool other, bool alone)
{
	struct store_place places[FILES];
	struct store_mail m = a_mail(1, "");
	struct store_case c = a_case();
	struct store_origin from = { .raw = raw, .alone = alone };
	struct kept k;

	begin(f);
	m.kept_at = NOW - 10;
	k.mail = from.mail_id = keep(f, &m, other ? SPAN("another one") : raw);
	open_case(f, &c);
	k.note = add_note(f, 1, NOTE_INBOUND, "");
	OK(f, store_mail_finish(f->s, k.mail, MAIL_NOTE, SPAN("x"), 1, k.note, &f->e));
	for (size_t i = 0; i < FILES; i++) {
		places[i] = place_in(raw, i);
		from.place = &places[i];
		keep_at(f, &k, &from, i);
	}
	commit(f);
	return k;
}

static void kept_where_said(struct fixture *f, bool other, bool alone)
{
	struct buf raw BUF_AUTO;
	struct kept k;

	make_mail(&raw, "\r\n");
	k = keep_places(f, buf_span(&raw), other, alone);
	files_are_there(f, &k);
	slices_are(f, other ? "0" : "4");
	digests_are(f, &k, other || !alone);
	expire(f);
	files_are_there(f, &k);
}

static void a_file_is_kept_where_it_is_said_to_stand(void **state)
{
	kept_where_said(*state, false, false);
}

static void a_file_that_is_alone_is_kept_where_it_is_said_to_stand(void **state)
{
	kept_where_said(*state, false, true);
}

static void a_file_that_stands_elsewhere_is_kept_itself(void **state)
{
	kept_where_said(*state, true, false);
}

static void a_file_that_is_alone_and_stands_elsewhere_is_kept_itself(void **state)
{
	kept_where_said(*state, true, true);
}

static void a_place_that_does_not_hold_is_told(void **state)
{
	struct buf raw BUF_AUTO;
	struct store_place good, bad;

	(void)state;
	make_mail(&raw, "\r\n");
	good = bad = place_in(buf_span(&raw), 1);
	bad.size--;
	assert_false(store_place_holds(buf_span(&raw), &bad));
	bad.size += 2;
	assert_false(store_place_holds(buf_span(&raw), &bad));
	bad = good;
	bad.is_base64 = false;
	assert_false(store_place_holds(buf_span(&raw), &bad));
	bad = good;
	bad.length = raw.n - bad.at + 1;
	assert_false(store_place_holds(buf_span(&raw), &bad));
	bad = (struct store_place){ .at = raw.n + 1 };
	assert_false(store_place_holds(buf_span(&raw), &bad));
	bad = (struct store_place){ .at = raw.n, .length = SIZE_MAX, .size = SIZE_MAX };
	assert_false(store_place_holds(buf_span(&raw), &bad));
	raw.p[good.at + good.length / 2] = '*';
	assert_false(store_place_holds(buf_span(&raw), &good));
}

static void a_file_that_is_alone_has_no_digest(void **state)
{
	struct fixture *f = *state;
	struct buf raw BUF_AUTO;
	struct kept k, other;

	make_mail(&raw, "\r\n");
	k = keep_files_as(f, 1, buf_span(&raw), true);
	buf_adds(&raw, "another one");
	other = keep_files_as(f, 2, buf_span(&raw), true);
	files_are_there(f, &k);
	slices_are(f, "8");
	digests_are(f, &k, false);
	digests_are(f, &other, false);
	for (size_t i = 0; i < FILES; i++)
		assert_int_not_equal(rows_of(f, &k)[i].content, rows_of(f, &other)[i].content);
}

static void kept_once_behind_the_mails(struct fixture *f, bool alone)
{
	struct buf raw BUF_AUTO;
	struct kept k, other;

	make_mail(&raw, "\r\n");
	k = keep_files_as(f, 1, buf_span(&raw), true);
	buf_adds(&raw, "another one");
	other = keep_files_as(f, 2, buf_span(&raw), alone);
	expire(f);
	slices_are(f, "0");
	files_are_there(f, &k);
	files_are_there(f, &other);
	digests_are(f, &k, true);
	for (size_t i = 0; i < FILES; i++)
		assert_int_equal(rows_of(f, &k)[i].content, rows_of(f, &other)[i].content);
}

static void it_gets_one_with_its_bytes_and_is_kept_once(void **state)
{
	kept_once_behind_the_mails(*state, true);
}

static void beside_one_that_has_a_digest_too(void **state)
{
	kept_once_behind_the_mails(*state, false);
}

/* What is not found in its mail may come again. */
static void one_that_stands_nowhere_has_a_digest(void **state)
{
	struct fixture *f = *state;
	struct buf raw BUF_AUTO;
	struct kept k;
	struct store_attachment *v;

	make_mail(&raw, "*\r\n");
	k = keep_files_as(f, 1, buf_span(&raw), true);
	slices_are(f, "1");
	files_are_there(f, &k);
	v = rows_of(f, &k);
	assert_false(v[0].has_sha256);
	for (size_t i = 1; i < FILES; i++)
		assert_true(v[i].has_sha256);
}

static size_t raw_size(struct fixture *f, int64_t mail)
{
	struct buf raw BUF_AUTO;

	buf_init(&raw, SIZE_MAX);
	OK(f, store_mail_raw(f->s, mail, &raw, &f->e));
	return raw.n;
}

static void damage_first_mail(struct fixture *f)
{
	tamper(f, "UPDATE extent SET length = length / 2"
		  " WHERE content = (SELECT content FROM mail WHERE id = 1)");
	fixture_open(f, STORE_WRITE);
}

/* Of a mail that does not unpack its files could not be kept: it stays, and those behind it go. */
static void a_damaged_mail_does_not_stop_retention(void **state)
{
	struct fixture *f = *state;
	struct buf raw BUF_AUTO, back BUF_AUTO;
	struct store_mail next = a_mail(2, "");
	struct store_expired done;
	struct kept k;
	int64_t behind;

	buf_init(&back, SIZE_MAX);
	make_mail(&raw, "\r\n");
	if (f->schema.name[0])
		return;
	k = keep_files(f, 1, buf_span(&raw));
	begin(f);
	next.kept_at = NOW - 10;
	behind = keep(f, &next, SPAN("the next one"));
	OK(f, store_mail_finish(f->s, behind, MAIL_AUTO_FILED, SPAN("x"), 0, 0, &f->e));
	commit(f);
	damage_first_mail(f);
	done = expire_behind(f, 0);
	assert_true(done.is_damaged && done.last == k.mail);
	assert_non_null(strstr(done.damage.text, "does not unpack"));
	done = expire_behind(f, done.last);
	assert_true(!done.is_damaged && done.last == behind);
	assert_int_equal(raw_size(f, behind), 0);
	/* For who mends it. */
	REFUSED(f, ERR_PERM, store_mail_raw(f->s, k.mail, &back, &f->e));
}

static void erase_mail(struct fixture *f, int64_t mail, struct store_left *ret_left)
{
	struct store_person_mail row = { .id = mail,
					 .from = SPAN(""),
					 .subject = SPAN(""),
					 .message_id = SPAN(""),
					 .reason = SPAN("gone"),
					 .identity = { 1 } };

	begin(f);
	OK(f, store_person_mail(f->s, &row, ret_left, &f->e));
	commit(f);
}

static void erase_files(struct fixture *f, int64_t note)
{
	int64_t n;

	begin(f);
	OK(f, store_person_files(f->s, note, SPAN("gone"), &n, &f->e));
	commit(f);
	assert_int_equal(n, FILES);
}

static char *check(struct fixture *f)
{
	struct buf findings BUF_AUTO;

	buf_init(&findings, 10000);
	OK(f, store_check(f->s, &findings, &f->e));
	return arena_cstr(&f->a, buf_span(&findings));
}

/* In whatever order: what is left of the mail goes with the last file that stands in it. */
static void a_damaged_mail_is_erased(void **state)
{
	struct fixture *f = *state;

	if (f->schema.name[0])
		return;
	for (int others = 0; others < 2; others++) {
		struct buf raw BUF_AUTO;
		struct store_left left;
		struct kept k, other;
		bool is;

		store_close(&f->s);
		fixture_forget(f);
		fixture_open(f, STORE_CREATE);
		make_mail(&raw, "\r\n");
		k = other = keep_files(f, 1, buf_span(&raw));
		if (others)
			other = keep_files(f, 2, SPAN("it had the same files"));
		damage_first_mail(f);
		assert_non_null(strstr(check(f), "(mail 1)\n"));
		erase_mail(f, k.mail, &left);
		assert_non_null(strstr(left.why.text, "does not unpack"));
		assert_int_equal(raw_size(f, k.mail), 0);
		erase_files(f, k.note);
		OK(f, store_person_is_left(f->s, left.content, &is, &f->e));
		assert_true(is == others);
		if (!others)
			continue;
		assert_non_null(strstr(check(f), "(file 5 of case 2)\n"));
		assert_null(strstr(check(f), "nothing names it"));
		erase_files(f, other.note);
		OK(f, store_person_is_left(f->s, left.content, &is, &f->e));
		assert_false(is);
		assert_null(strstr(check(f), "content"));
	}
}

static void they_go_with_their_note(void **state)
{
	struct fixture *f = *state;
	struct buf raw BUF_AUTO, findings BUF_AUTO;
	struct kept k;
	int64_t n;

	make_mail(&raw, "\r\n");
	buf_init(&findings, 10000);
	k = keep_files(f, 1, buf_span(&raw));
	begin(f);
	OK(f, store_person_files(f->s, k.note, SPAN("gone"), &n, &f->e));
	commit(f);
	assert_int_equal(n, FILES);
	expire(f);
	OK(f, store_check(f->s, &findings, &f->e));
	assert_null(strstr(buf_cstr(&findings), "content"));
}

/* A file that is a mail of its own, which comes by itself, too, with its files. */
static void a_mail_that_is_a_file_of_another_keeps_its_files(void **state)
{
	struct fixture *f = *state;
	struct buf inner BUF_AUTO, outer BUF_AUTO;
	struct store_origin from;
	struct store_attachment row = { .filename = SPAN("a"),
					.content_type = SPAN("b"),
					.content_id = SPAN("") };
	struct kept first, second;
	int64_t id;

	make_mail(&inner, "\r\n");
	buf_init(&outer, SIZE_MAX);
	buf_adds(&outer, "Subject: fwd\r\n\r\n");
	buf_add(&outer, buf_span(&inner));
	first = keep_files(f, 1, buf_span(&outer));
	from = (struct store_origin){ .mail_id = first.mail, .raw = buf_span(&outer) };
	begin(f);
	row.note_id = first.note;
	row.case_number = 1;
	OK(f, store_attachment_add_of(f->s, &row, buf_span(&inner), &from, &id, &f->e));
	commit(f);
	second = keep_files(f, 2, buf_span(&inner));
	files_are_there(f, &first);
	expire(f);
	files_are_there(f, &first);
	files_are_there(f, &second);
}

/* What is not in the mail, or is another mail's, is kept itself. */
static void what_is_not_found_is_kept(void **state)
{
	struct fixture *f = *state;
	struct buf raw BUF_AUTO;
	struct kept k;

	make_mail(&raw, "*\r\n");
	k = keep_files(f, 1, buf_span(&raw));
	slices_are(f, "1");
	files_are_there(f, &k);
	expire(f);
	files_are_there(f, &k);
}

/* Each would read all of the mail when that goes. */
static void of_a_mail_with_many_files_the_first_stand_in_it(void **state)
{
	enum { MANY = 40, APART = 1100 };
	struct fixture *f = *state;
	struct buf raw BUF_AUTO;
	struct kept k;
	struct store_origin from = { 0 };
	struct store_attachment row = { .filename = SPAN("a"),
					.content_type = SPAN("b"),
					.content_id = SPAN("") };

	make_mail(&raw, "\r\n");
	for (size_t i = 0; i < MANY; i++)
		buf_add(&raw, (struct span){ bytes + 100000 + i * APART, APART });
	k = keep_files(f, 1, buf_span(&raw));
	from = (struct store_origin){ .mail_id = k.mail, .raw = buf_span(&raw) };
	row.note_id = k.note;
	row.case_number = 1;
	begin(f);
	for (size_t i = 0; i < MANY; i++)
		OK(f, store_attachment_add_of(f->s, &row,
					      (struct span){ bytes + 100000 + i * APART, APART },
					      &from, &k.files[0], &f->e));
	commit(f);
	slices_are(f, "4 + 32");
	expire(f);
	slices_are(f, "0");
}

static size_t below(size_t n)
{
	static uint32_t seed = 1;

	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

/* The first line is as long as what is looked for, the others are as they come. */
static void put_lines(struct buf *out, struct span file)
{
	static const char *const between[] = { "\r\n", "\n", " \t\r\n", "\n\n" };
	struct buf text BUF_AUTO;

	buf_init(&text, SIZE_MAX);
	base64_add(file, &text);
	for (size_t at = 0, n = 64 + below(100); at < text.n; at += n, n = below(200)) {
		buf_add(out, span_sub(buf_span(&text), at, n));
		buf_adds(out, between[below(sizeof(between) / sizeof(*between))]);
	}
}

static void read_pieces(struct span raw, struct slicing *slicing)
{
	struct err e;

	for (size_t at = 0, n; at < raw.n; at += n) {
		n = 1 + below(below(2) ? 100 : 10000);
		assert_int_equal(slice_piece(slicing, span_sub(raw, at, n), &e), 0);
	}
	assert_int_equal(slice_end(slicing, &e), 0);
}

static void comes_back_at_once(struct span raw, size_t at, struct span file)
{
	struct store_place place = { at, raw.n - at, file.n, true };
	struct arena a ARENA_AUTO = { 0 };

	assert_true(store_place_holds(raw, &place));
	assert_true(span_eq(store_place_bytes(raw, &place, &a), file));
}

/* In a block of 32 characters, in fours, and one by one. */
static void lines_of_any_length_come_back(void **state)
{
	(void)state;
	fill_bytes();
	for (int round = 0; round < 200; round++) {
		struct span file = { bytes + below(1000), SLICE_MIN + below(20000) };
		struct buf raw BUF_AUTO, back BUF_AUTO;
		struct slicing slicing = { .fn = pack_add_piece, .ctx = &back, .left = file.n };
		size_t at;

		buf_init(&raw, SIZE_MAX);
		buf_init(&back, SIZE_MAX);
		buf_adds(&raw, "Subject: x\r\n\r\n");
		put_lines(&raw, file);
		assert_true(slice_find(buf_span(&raw), 0, file, &slicing.slice));
		assert_int_equal(slicing.slice.at, strlen("Subject: x\r\n\r\n"));
		read_pieces(buf_span(&raw), &slicing);
		comes_back_at_once(buf_span(&raw), slicing.slice.at, file);
		assert_memory_equal(back.p, file.p, file.n);
		for (at = raw.n / 2; !ascii_is_alpha((unsigned char)raw.p[at]);)
			at++;
		raw.p[at] ^= 1;
		assert_false(slice_find(buf_span(&raw), 0, file, &slicing.slice));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_any_length_come_back),
		STORE_TEST(files_of_a_mail_take_no_bytes_of_their_own),
		STORE_TEST(they_are_kept_when_retention_takes_the_mail),
		STORE_TEST(a_file_is_kept_where_it_is_said_to_stand),
		STORE_TEST(a_file_that_is_alone_is_kept_where_it_is_said_to_stand),
		STORE_TEST(a_file_that_stands_elsewhere_is_kept_itself),
		STORE_TEST(a_file_that_is_alone_and_stands_elsewhere_is_kept_itself),
		cmocka_unit_test(a_place_that_does_not_hold_is_told),
		STORE_TEST(a_file_that_is_alone_has_no_digest),
		STORE_TEST(it_gets_one_with_its_bytes_and_is_kept_once),
		STORE_TEST(beside_one_that_has_a_digest_too),
		STORE_TEST(one_that_stands_nowhere_has_a_digest),
		STORE_TEST(a_damaged_mail_does_not_stop_retention),
		STORE_TEST(a_damaged_mail_is_erased),
		STORE_TEST(they_go_with_their_note),
		STORE_TEST(a_mail_that_is_a_file_of_another_keeps_its_files),
		STORE_TEST(what_is_not_found_is_kept),
		STORE_TEST(of_a_mail_with_many_files_the_first_stand_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
