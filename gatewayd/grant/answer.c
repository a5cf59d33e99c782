#include "gatewayd/grant/answer.h"

#include <stdio.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/utf8.h"

enum { WORDS_MAX = 300, DEVICE_LIFE_MAX_S = 3600, INTERVAL_MAX_S = 60, INTERVAL_S = 5 };

/* --- what the server said of an error --- */

/* One line for a terminal and a log. */
static void add_words(struct span s, struct buf *out)
{
	struct buf clean BUF_AUTO;

	buf_init(&clean, 3 * WORDS_MAX);
	utf8_scrub(utf8_prefix(s, WORDS_MAX), &clean);
	for (size_t i = 0; i < clean.n; i++)
		if ((unsigned char)clean.p[i] < ' ' || clean.p[i] == 0x7f)
			clean.p[i] = ' ';
	buf_add(out, utf8_prefix(buf_span(&clean), WORDS_MAX));
}

static bool asks_to_wait(struct span code)
{
	static const char *const codes[] = { "temporarily_unavailable", "server_error",
					     "authorization_pending", "slow_down" };

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (span_is(code, codes[i]))
			return true;
	return false;
}

static int refused(const struct https_answer *a, const json_t *j, char ret_code[ANSWER_CODE_MAX],
		   struct err *e)
{
	struct span code = json_span(j, "error"), more = json_span(j, "error_description");
	bool final = a->status / 100 == 4 && a->status != 429 && code.n && !asks_to_wait(code);
	struct buf words BUF_AUTO;

	buf_init(&words, 2 * WORDS_MAX);
	add_words(code, &words);
	if (more.n)
		buf_adds(&words, ": ");
	add_words(more, &words);
	snprintf(ret_code, ANSWER_CODE_MAX, SPAN_FMT,
		 SPAN_ARG(span_sub(code, 0, ANSWER_CODE_MAX - 1)));
	return err_set(e, final ? ERR_PERM : ERR_TEMP, "the server answers %d%s" SPAN_FMT,
		       a->status, words.n ? ", " : "", SPAN_ARG(buf_span(&words)));
}

/* --- what it has to be --- */

static int read_object(const struct https_answer *a, json_t **ret_json, struct err *e)
{
	struct err why;
	json_t *j;

	if (!a->status) {
		*e = a->why;
		return -1;
	}
	if (a->status / 100 == 3)
		return err_set(e, ERR_TEMP,
			       "the server answers %d, which points elsewhere: it is not followed",
			       a->status);
	if (span_find_ci(a->type, SPAN("json")) == SIZE_MAX)
		return err_set(e, ERR_TEMP, "the server answers %d and no JSON", a->status);
	if (json_read(a->body, &j, &why) < 0)
		return err_set(e, ERR_TEMP, "the server answers %d and broken JSON: %.200s",
			       a->status, why.text);
	if (!json_is_object(j)) {
		json_decref(j);
		return err_set(e, ERR_TEMP, "the server answers %d and JSON that is no object",
			       a->status);
	}
	*ret_json = j;
	return 0;
}

/* VSCHAR of RFC 6749 appendix A, but for the blank. */
static bool is_token(struct span s, size_t max)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] > '~')
			return false;
	return s.n && s.n <= max;
}

/* A number, also one in quotes as some servers have it; false: it is there and none. */
static bool read_seconds(const json_t *j, const char *key, int64_t otherwise, int64_t *ret_s)
{
	const json_t *v = json_object_get(j, key);
	int64_t s = otherwise;

	if (json_is_integer(v))
		s = json_integer_value(v);
	else if (json_is_real(v))
		s = json_real_value(v) >= 0 && json_real_value(v) < 1e12
			? (int64_t)json_real_value(v)
			: -1;
	else if (json_is_string(v) && !span_i64(span_of(json_string_value(v)), &s))
		s = -1;
	else if (v && !json_is_string(v) && !json_is_null(v))
		s = -1;
	*ret_s = s;
	return s >= 0;
}

static int lie(struct err *e, const char *what)
{
	return err_set(e, ERR_TEMP, "the server's answer has %s", what);
}

static int read_tokens(const json_t *j, struct answer_tokens *t, struct err *e)
{
	t->access = json_span(j, "access_token");
	t->refresh = json_span(j, "refresh_token");
	if (!t->refresh.n)
		t->refresh = SPAN_NONE;
	if (!is_token(t->access, ANSWER_ACCESS_MAX))
		return lie(e, "no access token that can be one");
	if (t->refresh.p && !is_token(t->refresh, ANSWER_REFRESH_MAX))
		return lie(e, "no refresh token that can be one");
	if (!span_is_ci(json_span(j, "token_type"), "bearer"))
		return lie(e, "another type of token than bearer");
	if (!read_seconds(j, "expires_in", ANSWER_LIFE_S, &t->access_life_s) || !t->access_life_s)
		return lie(e, "no time in which the token is good");
	if (!read_seconds(j, "refresh_token_expires_in", 0, &t->refresh_life_s))
		return lie(e, "no time in which the refresh token is good");
	if (t->access_life_s > ANSWER_LIFE_MAX_S)
		t->access_life_s = ANSWER_LIFE_MAX_S;
	if (t->refresh_life_s > ANSWER_REFRESH_LIFE_MAX_S)
		t->refresh_life_s = ANSWER_REFRESH_LIFE_MAX_S;
	return 0;
}

int answer_tokens(const struct https_answer *a, struct answer_tokens *ret_tokens,
		  char ret_code[ANSWER_CODE_MAX], struct err *e)
{
	struct answer_tokens t = { .json = NULL };
	int r;

	ret_code[0] = '\0';
	if (read_object(a, &t.json, e) < 0)
		return -1;
	r = a->status == 200 ? read_tokens(t.json, &t, e) : refused(a, t.json, ret_code, e);
	if (r < 0)
		answer_wipe(&t);
	else
		*ret_tokens = t;
	return r;
}

static void wipe_text(const json_t *j, const char *key)
{
	struct span s = json_span(j, key);

	if (s.n)
		crypto_wipe((void *)(uintptr_t)s.p, s.n);
}

void answer_wipe(struct answer_tokens *t)
{
	if (!t->json)
		return;
	wipe_text(t->json, "access_token");
	wipe_text(t->json, "refresh_token");
	json_decref(t->json);
	t->json = NULL;
}

/* --- logging in --- */

/* Google says verification_url. */
static struct span address_in(const json_t *j)
{
	struct span at = json_span(j, "verification_uri");

	return at.n ? at : json_span(j, "verification_url");
}

static int read_device(const json_t *j, struct arena *arena, struct answer_device *d, struct err *e)
{
	struct span code = json_span(j, "device_code"), user = json_span(j, "user_code");
	struct span at = address_in(j);

	if (!is_token(code, ANSWER_REFRESH_MAX))
		return lie(e, "no device code that can be one");
	if (!is_token(user, ANSWER_CODE_MAX))
		return lie(e, "no code to type");
	if (!is_token(at, WORDS_MAX) || !span_starts_ci(at, SPAN("https://")))
		return lie(e, "no https address to open");
	if (!read_seconds(j, "expires_in", DEVICE_LIFE_MAX_S, &d->life_s) || !d->life_s)
		return lie(e, "no time for the log-in");
	if (!read_seconds(j, "interval", INTERVAL_S, &d->interval_s))
		return lie(e, "no time between two questions");
	d->device_code = arena_cstr(arena, code);
	d->user_code = arena_cstr(arena, user);
	d->address = arena_cstr(arena, at);
	d->life_s = d->life_s > DEVICE_LIFE_MAX_S ? DEVICE_LIFE_MAX_S : d->life_s;
	d->interval_s = d->interval_s < 1		 ? 1
			: d->interval_s > INTERVAL_MAX_S ? INTERVAL_MAX_S
							 : d->interval_s;
	return 0;
}

int answer_device(const struct https_answer *a, struct arena *arena,
		  struct answer_device *ret_device, struct err *e)
{
	json_t *j JSON_AUTO = NULL;
	char code[ANSWER_CODE_MAX];
	struct answer_device d;

	if (read_object(a, &j, e) < 0)
		return -1;
	if (a->status != 200)
		return refused(a, j, code, e);
	if (read_device(j, arena, &d, e) < 0)
		return -1;
	*ret_device = d;
	return 0;
}
