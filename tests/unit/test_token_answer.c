/* What token endpoints answer, true and false, and the tokens that are kept of it on the disk. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/grant/answer.h"
#include "gatewayd/grant/keep.h"

#define GOOD  "\"access_token\": \"abc.def\", \"token_type\": \"Bearer\""
#define LONG8 "xxxxxxxx"
#define LONG  LONG8 LONG8 LONG8 LONG8 LONG8 LONG8 LONG8 LONG8

static struct https_answer answer_of(int status, const char *type, struct span body)
{
	return (struct https_answer){ .status = status, .type = span_of(type), .body = body };
}

static const struct {
	const char *name;
	int status;
	const char *type, *body;
	enum err_class class; /* ERR_NONE: it is taken */
	const char *says;     /* in the error; else the life of the token in seconds */
} answers[] = {
	{ "good", 200, "application/json", "{" GOOD ", \"expires_in\": 3600}", ERR_NONE, "3600" },
	{ "with a charset", 200, "application/json; charset=utf-8",
	  "{" GOOD ", \"expires_in\": 60}", ERR_NONE, "60" },
	{ "a number in quotes", 200, "application/json", "{" GOOD ", \"expires_in\": \"3599\"}",
	  ERR_NONE, "3599" },
	{ "no number", 200, "application/json", "{" GOOD "}", ERR_NONE, "600" },
	{ "a year", 200, "application/json", "{" GOOD ", \"expires_in\": 31536000}", ERR_NONE,
	  "86400" },
	{ "beyond all numbers", 200, "application/json", "{" GOOD ", \"expires_in\": 1e300}",
	  ERR_TEMP, "no time" },
	{ "over already", 200, "application/json", "{" GOOD ", \"expires_in\": 0}", ERR_TEMP,
	  "no time" },
	{ "before now", 200, "application/json", "{" GOOD ", \"expires_in\": -5}", ERR_TEMP,
	  "no time" },
	{ "a word", 200, "application/json", "{" GOOD ", \"expires_in\": \"soon\"}", ERR_TEMP,
	  "no time" },
	{ "a list", 200, "application/json", "{" GOOD ", \"expires_in\": [1]}", ERR_TEMP,
	  "no time" },
	{ "another type", 200, "application/json",
	  "{\"access_token\": \"abc\", \"token_type\": \"mac\", \"expires_in\": 9}", ERR_TEMP,
	  "bearer" },
	{ "no type", 200, "application/json", "{\"access_token\": \"abc\", \"expires_in\": 9}",
	  ERR_TEMP, "bearer" },
	{ "no token", 200, "application/json", "{\"token_type\": \"Bearer\"}", ERR_TEMP,
	  "no access token" },
	{ "an empty one", 200, "application/json",
	  "{\"access_token\": \"\", \"token_type\": \"Bearer\"}", ERR_TEMP, "no access token" },
	{ "a number for one", 200, "application/json",
	  "{\"access_token\": 7, \"token_type\": \"Bearer\"}", ERR_TEMP, "no access token" },
	{ "a line end in it", 200, "application/json",
	  "{\"access_token\": \"a\\r\\nB\", \"token_type\": \"Bearer\"}", ERR_TEMP,
	  "no access token" },
	{ "a blank in it", 200, "application/json",
	  "{\"access_token\": \"a b\", \"token_type\": \"Bearer\"}", ERR_TEMP, "no access token" },
	{ "a NUL in it", 200, "application/json",
	  "{\"access_token\": \"a\\u0000b\", \"token_type\": \"Bearer\"}", ERR_TEMP, "JSON" },
	{ "letters of another script", 200, "application/json",
	  "{\"access_token\": \"\xc3\xa9\", \"token_type\": \"Bearer\"}", ERR_TEMP,
	  "no access token" },
	{ "a bad refresh token", 200, "application/json", "{" GOOD ", \"refresh_token\": \"a b\"}",
	  ERR_TEMP, "no refresh token" },
	{ "the same key twice", 200, "application/json", "{" GOOD ", \"token_type\": \"mac\"}",
	  ERR_TEMP, "broken JSON" },
	{ "cut", 200, "application/json", "{" GOOD ", ", ERR_TEMP, "broken JSON" },
	{ "nothing", 200, "application/json", "", ERR_TEMP, "broken JSON" },
	{ "an array", 200, "application/json", "[1]", ERR_TEMP, "no object" },
	{ "a page", 200, "text/html", "{" GOOD "}", ERR_TEMP, "no JSON" },
	{ "no type of content", 200, "", "{" GOOD "}", ERR_TEMP, "no JSON" },
	{ "elsewhere", 302, "application/json", "{" GOOD "}", ERR_TEMP, "points elsewhere" },
	{ "made", 201, "application/json", "{" GOOD "}", ERR_TEMP, "201" },
	{ "refused", 400, "application/json",
	  "{\"error\": \"invalid_grant\", \"error_description\": \"AADSTS70008: expired\"}",
	  ERR_PERM, "400, invalid_grant: AADSTS70008: expired" },
	{ "its words are made fit to be shown", 400, "application/json",
	  "{\"error\": \"invalid_grant\", \"error_description\": \"a\\r\\n\\u001b[31mb\"}",
	  ERR_PERM, "invalid_grant: a   [31mb" },
	{ "another client", 401, "application/json", "{\"error\": \"invalid_client\"}", ERR_PERM,
	  "401, invalid_client" },
	{ "wait", 400, "application/json", "{\"error\": \"authorization_pending\"}", ERR_TEMP,
	  "pending" },
	{ "too much", 429, "application/json", "{\"error\": \"throttled\"}", ERR_TEMP, "429" },
	{ "down", 503, "application/json", "{\"error\": \"server_error\"}", ERR_TEMP, "503" },
	{ "an error without a word", 400, "application/json", "{}", ERR_TEMP, "400" },
	{ "an error that is none", 400, "application/json", "{\"error\": 7}", ERR_TEMP, "400" },
	{ "long words are cut", 400, "application/json",
	  "{\"error\": \"" LONG LONG LONG LONG LONG LONG LONG LONG "\"}", ERR_PERM, "400" },
};

static void each_answer_is_what_it_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		struct https_answer a =
		    answer_of(answers[i].status, answers[i].type, span_of(answers[i].body));
		char code[ANSWER_CODE_MAX], life[32];
		struct answer_tokens t = { .json = NULL };
		struct err e = { 0 };
		const char *said = life;

		if (answer_tokens(&a, &t, code, &e) < 0)
			said = e.text;
		else
			snprintf(life, sizeof(life), "%lld", (long long)t.access_life_s);
		if (e.class != answers[i].class || !strstr(said, answers[i].says))
			fail_msg("%s: %s", answers[i].name, said);
		answer_wipe(&t);
	}
}

static void a_token_over_its_limit_is_none(void **state)
{
	struct buf body BUF_AUTO;

	(void)state;
	buf_init(&body, 1 << 20);
	for (int over = -1; over <= 1; over++) {
		struct https_answer a;
		struct answer_tokens t = { .json = NULL };
		char code[ANSWER_CODE_MAX];
		struct err e = { 0 };
		int r;

		buf_clear(&body);
		buf_adds(&body, "{\"token_type\": \"Bearer\", \"access_token\": \"");
		for (int i = 0; i < ANSWER_ACCESS_MAX + over; i++)
			buf_addc(&body, 'a');
		buf_adds(&body, "\"}");
		a = answer_of(200, "application/json", buf_span(&body));
		r = answer_tokens(&a, &t, code, &e);
		assert_int_equal(r, over > 0 ? -1 : 0);
		answer_wipe(&t);
	}
}

static void an_address_to_open_is_https(void **state)
{
	static const struct {
		const char *body;
		bool good;
		int64_t interval_s;
	} rows[] = {
		{ "{\"device_code\": \"d\", \"user_code\": \"AB-CD\", \"verification_uri\": "
		  "\"https://x.test/d\"}",
		  true, 5 },
		{ "{\"device_code\": \"d\", \"user_code\": \"AB-CD\", \"verification_url\": "
		  "\"https://x.test/d\", "
		  "\"interval\": 0}",
		  true, 1 },
		{ "{\"device_code\": \"d\", \"user_code\": \"AB-CD\", \"verification_uri\": "
		  "\"https://x.test/d\", "
		  "\"interval\": 100000}",
		  true, 60 },
		{ "{\"device_code\": \"d\", \"user_code\": \"AB-CD\", \"verification_uri\": "
		  "\"http://x.test/d\"}",
		  false, 0 },
		{ "{\"device_code\": \"d\", \"user_code\": \"AB-CD\", \"verification_uri\": "
		  "\"https://x.test/\\u001b[2J\"}",
		  false, 0 },
		{ "{\"device_code\": \"d\", \"user_code\": \"" LONG LONG
		  "\", \"verification_uri\": \"https://x.test/d\"}",
		  false, 0 },
		{ "{\"user_code\": \"AB-CD\", \"verification_uri\": \"https://x.test/d\"}", false,
		  0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct https_answer a = answer_of(200, "application/json", span_of(rows[i].body));
		struct arena arena ARENA_AUTO;
		struct answer_device d = { 0 };
		struct err e = { 0 };

		arena_init(&arena);
		if ((answer_device(&a, &arena, &d, &e) == 0) != rows[i].good ||
		    d.interval_s != rows[i].interval_s)
			fail_msg("%s: %s", rows[i].body, e.text);
	}
}

/* --- on the disk --- */

struct place {
	char path[64];
	uint8_t keys[2][SEAL_KEY_SIZE];
	struct keep keep;
};

static void place_init(struct place *p)
{
	snprintf(p->path, sizeof(p->path), "/tmp/keep-XXXXXX");
	assert_non_null(mkdtemp(p->path));
	seal_key(SPAN("the key of today"), "refresh tokens", p->keys[0]);
	seal_key(SPAN("the key of before"), "refresh tokens", p->keys[1]);
	p->keep = (struct keep){ open(p->path, O_RDONLY | O_DIRECTORY), p->keys, 2 };
}

static void place_release(struct place *p)
{
	char file[128];

	close(p->keep.folder);
	snprintf(file, sizeof(file), "%s/office.refresh", p->path);
	unlink(file);
	rmdir(p->path);
}

static int read_back(struct place *p, const char *name, const char *of, struct buf *out)
{
	struct kept kept = { .until = 0 };
	struct err e = { 0 };
	int r = keep_read(&p->keep, name, of, &kept, &e);

	buf_clear(out);
	if (r > 0) {
		buf_add(out, buf_span(&kept.token));
		buf_release(&kept.token);
	}
	return r;
}

static void what_is_kept_is_its_owners_alone(void **state)
{
	struct buf got BUF_AUTO;
	struct place p;
	struct err e;
	struct stat st;

	(void)state;
	buf_init(&got, 4096);
	place_init(&p);
	assert_int_equal(read_back(&p, "office", "app", &got), 0);
	assert_int_equal(keep_write(&p.keep, "office", "app", SPAN("one"), INSTANT_NONE, &e), 0);
	assert_int_equal(keep_write(&p.keep, "office", "app", SPAN("two"), 7, &e), 0);
	assert_int_equal(read_back(&p, "office", "app", &got), 1);
	assert_true(span_is(buf_span(&got), "two"));
	assert_int_equal(read_back(&p, "office", "another app", &got), 0);
	assert_int_equal(fstatat(p.keep.folder, "office.refresh", &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(faccessat(p.keep.folder, "office.refresh.new", F_OK, 0), -1);
	/* The key before it opens, another one does not. */
	memcpy(p.keys[1], p.keys[0], SEAL_KEY_SIZE);
	seal_key(SPAN("the key of tomorrow"), "refresh tokens", p.keys[0]);
	assert_int_equal(read_back(&p, "office", "app", &got), 1);
	p.keep.key_count = 1;
	assert_int_equal(read_back(&p, "office", "app", &got), -1);
	place_release(&p);
}

/* Each bit, each length: an error, never another token; and never taken for another row's. */
static void a_damaged_file_is_told(void **state)
{
	struct buf got BUF_AUTO;
	struct place p;
	struct err e;
	char bytes[512];
	ssize_t n;
	int fd;

	(void)state;
	buf_init(&got, 4096);
	place_init(&p);
	assert_int_equal(keep_write(&p.keep, "office", "app", SPAN("one"), 7, &e), 0);
	fd = openat(p.keep.folder, "office.refresh", O_RDWR);
	n = read(fd, bytes, sizeof(bytes));
	assert_true(n > SEAL_EXTRA);
	for (ssize_t i = 0; i < n; i++) {
		char wrong = (char)(bytes[i] ^ 1);

		assert_int_equal(pwrite(fd, &wrong, 1, i), 1);
		assert_int_equal(read_back(&p, "office", "app", &got), -1);
		assert_int_equal(pwrite(fd, &bytes[i], 1, i), 1);
	}
	for (ssize_t i = n - 1; i >= 0; i--) {
		assert_int_equal(ftruncate(fd, i), 0);
		assert_int_equal(read_back(&p, "office", "app", &got), -1);
	}
	close(fd);
	assert_int_equal(keep_write(&p.keep, "office", "app", SPAN("one"), 7, &e), 0);
	assert_int_equal(renameat(p.keep.folder, "office.refresh", p.keep.folder, "other.refresh"),
			 0);
	assert_int_equal(read_back(&p, "other", "app", &got), -1);
	assert_int_equal(renameat(p.keep.folder, "other.refresh", p.keep.folder, "office.refresh"),
			 0);
	place_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_answer_is_what_it_is),
		cmocka_unit_test(a_token_over_its_limit_is_none),
		cmocka_unit_test(an_address_to_open_is_https),
		cmocka_unit_test(what_is_kept_is_its_owners_alone),
		cmocka_unit_test(a_damaged_file_is_told),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
