/* A grant on a clock that is told: when it asks, what it does with each answer, what it keeps. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gatewayd/grant/answer.h"
#include "gatewayd/grant/grant.h"

/* --- instead of https.c: forms are kept, answers come from the test --- */

static struct {
	int asked;
	char form[4096];
	struct https_request r;
} web;

int https_post(struct https *h, const struct https_request *r, struct err *e)
{
	(void)h, (void)e;
	web.asked++;
	snprintf(web.form, sizeof(web.form), SPAN_FMT, SPAN_ARG(r->body));
	web.r = *r;
	return 0;
}

void https_form_add(struct buf *out, const char *key, struct span value)
{
	buf_addf(out, "%s=" SPAN_FMT "&", key, SPAN_ARG(value));
}

static void answer(int status, const char *body)
{
	struct https_answer a = { .status = status,
				  .type = SPAN("application/json"),
				  .body = span_of(body) };

	if (!status)
		err_set(&a.why, ERR_TEMP, "%s", body);
	web.r.fn(web.r.ctx, &a);
}

#define TOKENS(more) \
	"{\"access_token\": \"access\", \"token_type\": \"Bearer\", \"expires_in\": 3600" more "}"
#define REFUSED "{\"error\": \"invalid_grant\"}"

/* --- the host --- */

struct bench {
	struct clock_fake clock;
	char path[64];
	uint8_t key[2][SEAL_KEY_SIZE];
	struct setup_grant conf;
	struct grant_host host;
	struct grant *grant;
	int64_t serial;
	bool good;
	char text[ERR_TEXT_MAX];
	int64_t refresh_until;
	enum grant_login login;
};

static void on_access(void *ctx, const struct grant_talk_access *a)
{
	struct bench *b = ctx;

	assert_true(a->serial > b->serial);
	assert_true(span_is(a->token, "access"));
	b->serial = a->serial;
}

static void on_state(void *ctx, const struct grant_talk_state *s)
{
	struct bench *b = ctx;

	b->good = s->good;
	b->refresh_until = s->refresh_until;
	b->login = s->login;
	snprintf(b->text, sizeof(b->text), SPAN_FMT SPAN_FMT, SPAN_ARG(s->text),
		 SPAN_ARG(s->login_text));
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	*state = b;
	memset(&web, 0, sizeof(web));
	b->clock = (struct clock_fake){ 1772438400, 1000 };
	snprintf(b->path, sizeof(b->path), "/tmp/grant-XXXXXX");
	if (!mkdtemp(b->path))
		return -1;
	b->conf = (struct setup_grant){ .conf = { .name = "office",
						  .client_id = "app",
						  .token_endpoint = "https://x.test/token",
						  .device_endpoint = "https://x.test/device",
						  .timeout_s = 30 },
					.refresh_token = "first" };
	b->host = (struct grant_host){ .clock = clock_fake(&b->clock),
				       .keep = { open(b->path, O_RDONLY | O_DIRECTORY),
						 (const uint8_t(*)[SEAL_KEY_SIZE])b->key, 1 },
				       .access = on_access,
				       .state = on_state,
				       .ctx = b };
	b->host.loop = loop_new(b->host.clock);
	return 0;
}

static void begin(struct bench *b)
{
	b->grant = grant_new(&b->conf, &b->host);
	grant_start(b->grant);
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	grant_free(&b->grant);
	loop_free(&b->host.loop);
	unlinkat(b->host.keep.folder, "office.refresh", 0);
	close(b->host.keep.folder);
	rmdir(b->path);
	free(b);
	return 0;
}

static void pass(struct bench *b, int64_t seconds)
{
	struct err e;

	b->clock.now += seconds;
	b->clock.monotonic_ms += seconds * 1000;
	while (loop_turn(b->host.loop, 0, &e) > 0)
		;
}

static bool form_has(const char *text)
{
	return strstr(web.form, text) != NULL;
}

/* --- the tests --- */

static void it_is_renewed_before_it_ends(void **state)
{
	struct bench *b = *state;

	begin(b);
	assert_int_equal(web.asked, 1);
	assert_true(form_has("grant_type=refresh_token&refresh_token=first&client_id=app&"));
	answer(200, TOKENS(""));
	assert_true(b->good);
	pass(b, 3299);
	assert_int_equal(web.asked, 1);
	pass(b, 1);
	assert_int_equal(web.asked, 2);
	pass(b, 3600); /* nobody asks twice */
	assert_int_equal(web.asked, 2);
}

static void what_may_pass_is_asked_again_soon_and_what_needs_a_person_seldom(void **state)
{
	struct bench *b = *state;

	begin(b);
	answer(0, "no route");
	assert_false(b->good);
	assert_non_null(strstr(b->text, "no route"));
	pass(b, 2);
	assert_int_equal(web.asked, 2);
	answer(400, REFUSED);
	pass(b, 59);
	assert_int_equal(web.asked, 2);
	pass(b, 3600);
	assert_int_equal(web.asked, 3);
	answer(200, TOKENS(""));
	assert_true(b->good);
}

static void a_refusal_renews_once_in_a_while(void **state)
{
	struct bench *b = *state;
	int64_t old;

	begin(b);
	answer(200, TOKENS(""));
	old = b->serial;
	grant_refused(b->grant, old - 1); /* of a token before it */
	assert_int_equal(web.asked, 1);
	grant_refused(b->grant, old);
	grant_refused(b->grant, old);
	assert_int_equal(web.asked, 2);
	answer(200, TOKENS(""));
	grant_refused(b->grant, old);
	grant_refused(b->grant, b->serial);
	assert_int_equal(web.asked, 2);
	pass(b, 301);
	grant_refused(b->grant, b->serial);
	assert_int_equal(web.asked, 3);
}

static void a_rotated_token_outlives_the_process(void **state)
{
	struct bench *b = *state;

	begin(b);
	answer(200, TOKENS(", \"refresh_token\": \"second\""));
	grant_free(&b->grant);
	begin(b);
	assert_true(form_has("refresh_token=second&"));
	answer(400, REFUSED); /* then the operator's, once */
	assert_int_equal(web.asked, 3);
	assert_true(form_has("refresh_token=first&"));
	answer(400, REFUSED);
	assert_int_equal(web.asked, 3);
}

/* The operator's new key goes first, the old one leaves with the next change. */
static void a_new_token_key_seals_it_again(void **state)
{
	struct bench *b = *state;

	begin(b);
	answer(200, TOKENS(", \"refresh_token\": \"second\""));
	grant_free(&b->grant);
	memcpy(b->key[1], b->key[0], SEAL_KEY_SIZE);
	b->key[0][0] ^= 1;
	b->host.keep.key_count = 2;
	begin(b);
	grant_free(&b->grant);
	b->host.keep.key_count = 1;
	begin(b);
	assert_true(form_has("refresh_token=second&"));
}

static void one_that_cannot_be_kept_is_used_and_kept_when_it_can(void **state)
{
	struct bench *b = *state;
	int folder = b->host.keep.folder;

	b->host.keep.folder = open("/dev/null", O_RDONLY);
	begin(b);
	answer(200, TOKENS(", \"refresh_token\": \"second\""));
	assert_false(b->good);
	assert_non_null(strstr(b->text, "keeping the refresh token of office"));
	assert_true(b->serial > 0); /* who logs in has the access token all the same */
	close(b->host.keep.folder);
	b->host.keep.folder = folder;
	pass(b, 10);
	assert_true(b->good);
	grant_free(&b->grant);
	begin(b);
	assert_true(form_has("refresh_token=second&"));
}

static void the_life_of_a_refresh_token_is_the_servers_word_else_the_configurations(void **state)
{
	struct bench *b = *state;

	b->conf.conf.refresh_days = 90;
	begin(b);
	answer(200, TOKENS(""));
	assert_int_equal(b->refresh_until, b->clock.now + 90 * 86400);
	pass(b, 3300);
	answer(200, TOKENS(", \"refresh_token_expires_in\": 172800"));
	assert_int_equal(b->refresh_until, b->clock.now + 172800);
	grant_free(&b->grant);
	begin(b);
	answer(0, "no route");
	assert_int_equal(b->refresh_until, b->clock.now + 172800); /* it was kept with the token */
	pass(b, 60);
	answer(200, TOKENS(", \"refresh_token_expires_in\": 9223372036854775807"));
	assert_int_equal(b->refresh_until, b->clock.now + ANSWER_REFRESH_LIFE_MAX_S);
}

#define DEVICE                                                                        \
	"{\"device_code\": \"dev\", \"user_code\": \"AB-CD\", \"verification_uri\": " \
	"\"https://x.test/d\", \"interval\": 5, \"expires_in\": 60}"

static void a_person_logs_in(void **state)
{
	struct bench *b = *state;

	b->conf.refresh_token = NULL;
	begin(b);
	assert_int_equal(web.asked, 0);
	assert_non_null(strstr(b->text, "nobody has logged in yet: gatewayctl login office"));
	grant_login(b->grant, 1);
	answer(200, DEVICE);
	assert_int_equal(b->login, GRANT_LOGIN_WAITING);
	pass(b, 4);
	assert_int_equal(web.asked, 1);
	pass(b, 1);
	assert_true(form_has("device_code=dev&"));
	answer(400, "{\"error\": \"slow_down\"}");
	pass(b, 9);
	assert_int_equal(web.asked, 2);
	pass(b, 1);
	answer(400, "{\"error\": \"authorization_pending\"}");
	pass(b, 10);
	answer(200, TOKENS(", \"refresh_token\": \"mine\""));
	assert_int_equal(b->login, GRANT_LOGIN_DONE);
	assert_true(b->good);
	grant_free(&b->grant);
	begin(b);
	assert_true(form_has("refresh_token=mine&"));
}

static void a_login_that_comes_to_nothing_says_why(void **state)
{
	struct bench *b = *state;

	begin(b);
	answer(200, TOKENS(""));
	grant_login(b->grant, 1);
	answer(200, DEVICE);
	pass(b, 5);
	answer(200, TOKENS("")); /* the scope asked for no refresh token */
	assert_int_equal(b->login, GRANT_LOGIN_FAILED);
	assert_non_null(strstr(b->text, "offline_access"));
	grant_login(b->grant, 2);
	answer(200, DEVICE);
	for (int i = 0; i < 12; i++) {
		pass(b, 5);
		answer(400, "{\"error\": \"authorization_pending\"}");
	}
	pass(b, 5);
	assert_int_equal(b->login, GRANT_LOGIN_FAILED);
	assert_non_null(strstr(b->text, "nobody typed the code in time"));
	assert_true(b->good); /* what there was before goes on */
}

static void another_login_takes_the_place_of_the_one_before(void **state)
{
	struct bench *b = *state;
	int asked;

	begin(b);
	answer(200, TOKENS(""));
	grant_login(b->grant, 1);
	asked = web.asked;
	grant_login(b->grant, 2); /* the first question is still under way */
	assert_int_equal(web.asked, asked);
	answer(200, DEVICE);
	assert_int_equal(web.asked, asked + 1);
	assert_int_equal(b->login, GRANT_LOGIN_ASKED);
	answer(200, DEVICE);
	assert_int_equal(b->login, GRANT_LOGIN_WAITING);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_renewed_before_it_ends),
		TEST(what_may_pass_is_asked_again_soon_and_what_needs_a_person_seldom),
		TEST(a_refusal_renews_once_in_a_while),
		TEST(a_rotated_token_outlives_the_process),
		TEST(a_new_token_key_seals_it_again),
		TEST(one_that_cannot_be_kept_is_used_and_kept_when_it_can),
		TEST(the_life_of_a_refresh_token_is_the_servers_word_else_the_configurations),
		TEST(a_person_logs_in),
		TEST(a_login_that_comes_to_nothing_says_why),
		TEST(another_login_takes_the_place_of_the_one_before),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
