/* What a pool watches a connection for (sender/pool.h), with a conversation that is played. */
#include "tests/unit/unit.h"

#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/sender/pool_inside.h"
#include "gatewayd/wire/talk.h"

enum { TURNS = 20 };

enum { LANES = 4 };

/* It waits as it is told, and then the mail has ended. */
static struct played {
	int fd;
	enum smtp_wants begins;
	bool awaits_end;
	int begun, gone_on, heard, left;
} lanes[LANES];
static size_t lane_count;

static struct played *of(const struct smtp_lane *l)
{
	return (struct played *)(void *)(uintptr_t)l;
}

/* In the place of that of libc: time stands still until it is told. */
static int64_t clock_ms = 1000;

int clock_gettime(clockid_t clock, struct timespec *ret_now)
{
	(void)clock;
	*ret_now = (struct timespec){ clock_ms / 1000, clock_ms % 1000 * 1000000 };
	return 0;
}

static const struct smtp_result taken = { .class = SMTP_SENT, .phase = SMTP_DOT, .code = 250 };

struct smtp_lane *smtp_lane_new(const struct smtp_lane_options *o)
{
	(void)o;
	assert_true(lane_count < LANES);
	return (struct smtp_lane *)(void *)&lanes[lane_count++];
}

void smtp_lane_free(struct smtp_lane **l)
{
	*l = NULL;
}

enum smtp_wants smtp_lane_begin(struct smtp_lane *l, const char *from, const char *to,
				struct span message)
{
	(void)from, (void)to, (void)message;
	of(l)->begun++;
	return of(l)->begins;
}

enum smtp_wants smtp_lane_go_on(struct smtp_lane *l)
{
	char reply[8];

	recv(of(l)->fd, reply, sizeof(reply), MSG_DONTWAIT);
	of(l)->gone_on++;
	return SMTP_WANTS_NEXT;
}

enum smtp_wants smtp_lane_opened(struct smtp_lane *l)
{
	(void)l;
	return SMTP_WANTS_CLOSE;
}

enum smtp_wants smtp_lane_leave(struct smtp_lane *l)
{
	of(l)->left++;
	of(l)->awaits_end = true;
	return SMTP_WANTS_READ;
}

bool smtp_lane_ahead(struct smtp_lane *l, const char *from, const char *to, struct span message)
{
	(void)l, (void)from, (void)to, (void)message;
	return false;
}

enum smtp_wants smtp_lane_follow(struct smtp_lane *l)
{
	(void)l;
	return SMTP_WANTS_CLOSE;
}

void smtp_lane_close(struct smtp_lane *l)
{
	(void)l;
}

void smtp_lane_open(struct smtp_lane *l)
{
	(void)l;
}

bool smtp_lane_awaits_end(const struct smtp_lane *l)
{
	return of(l)->awaits_end;
}

void smtp_lane_break(struct smtp_lane *l)
{
	(void)l;
}

const struct smtp_result *smtp_lane_result(const struct smtp_lane *l)
{
	(void)l;
	return &taken;
}

int smtp_lane_fd(const struct smtp_lane *l)
{
	return of(l)->fd;
}

int64_t smtp_lane_deadline_ms(const struct smtp_lane *l)
{
	(void)l;
	return INT64_MAX;
}

void smtp_lane_heard(struct smtp_lane *l)
{
	of(l)->heard++;
}

void smtp_lane_rest(struct smtp_lane *l, int64_t now_ms)
{
	(void)l, (void)now_ms;
}

/* How often it was said that there is something to tell, and how many mails had been begun at the
 * first time. */
struct news {
	int count, begun;
};

static int begun(void)
{
	return lanes[0].begun + lanes[1].begun;
}

static void on_news(void *ctx)
{
	struct news *n = ctx;

	if (!n->count++)
		n->begun = begun();
}

static void give_to(struct pool *p, int64_t row, const char *domain)
{
	struct job *j = mem_alloc(sizeof(*j));

	*j = (struct job){ .row = row,
			   .from = mem_strdup("gw@example.test"),
			   .to = mem_strdup("ann@a.test"),
			   .domain = mem_strdup(domain) };
	assert_true(pool_give(p, j));
}

static struct pool *pool_of(size_t n, enum smtp_wants begins, struct loop *loop, struct news *news)
{
	static const struct smtp_lane_options none;
	struct err e;
	struct pool *p;

	lane_count = 0;
	for (size_t k = 0; k < n; k++)
		lanes[k] = (struct played){ .fd = -1, .begins = begins };
	p = pool_new(&none, n, loop, on_news, news, &e); /* no threads are started */
	assert_non_null(p);
	return p;
}

static bool take_result(struct pool *p)
{
	struct job *j;
	int results = 0;

	while ((j = pool_take(p)) != NULL) {
		results += j->word == POOL_RESULT && j->result.class == SMTP_SENT;
		job_free(&j);
	}
	return results == 1;
}

static void turn(struct loop *loop)
{
	struct err e;

	for (int i = 0; i < TURNS; i++)
		assert_true(loop_turn(loop, 0, &e) >= 0);
}

/* Else its loop would turn for that until the next mail: it takes more all the time. */
static void a_connection_without_a_mail_is_not_watched_for_room(void **state)
{
	struct loop *loop = loop_new(clock_real());
	struct news news = { 0 };
	int ends[2];
	struct pool *p = pool_of(1, SMTP_WANTS_WRITE, loop, &news);

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	lanes[0].fd = ends[0];
	give_to(p, 1, "a.test");
	assert_int_equal(lanes[0].begun, 1);
	turn(loop);
	assert_int_equal(lanes[0].gone_on, 1); /* there was room */
	assert_true(take_result(p));
	assert_int_equal(lanes[0].heard, 0);
	close(ends[1]); /* that it has gone is heard */
	turn(loop);
	assert_true(lanes[0].heard > 0);
	pool_written(p, 1);
	loop_forget(loop, ends[0]);
	pool_free(&p);
	loop_free(&loop);
	close(ends[0]);
}

/* --- replies that come at about the same time --- */

/* Two mails that the server has all of, and one that waits for a lane. */
struct two {
	struct loop *loop;
	struct pool *pool;
	struct news news;
	int ends[2][2];
};

/* out: so many were sent before, from OUT_FROM on. */
enum { OUT_FROM = 100 };
static void two_begin_at(struct two *t, enum smtp_wants wants, size_t out)
{
	t->loop = loop_new(clock_real());
	t->news = (struct news){ 0 };
	t->pool = pool_of(2, wants, t->loop, &t->news);
	for (size_t i = 0; i < out; i++)
		pool_out_note(t->pool, &(struct job){ .row = OUT_FROM + (int64_t)i,
						      .result.class = SMTP_SENT });
	for (size_t k = 0; k < 2; k++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, t->ends[k]), 0);
		lanes[k].fd = t->ends[k][0];
		lanes[k].awaits_end = wants == SMTP_WANTS_READ;
	}
	give_to(t->pool, 1, "a.test");
	give_to(t->pool, 2, "b.test");
	give_to(t->pool, 3, "c.test");
	assert_int_equal(begun(), 2);
}

static void two_begin(struct two *t)
{
	two_begin_at(t, SMTP_WANTS_READ, 0);
}

static void two_reply(struct two *t, size_t k)
{
	assert_int_equal(write(t->ends[k][1], "x", 1), 1);
	turn(t->loop);
}

static void two_end(struct two *t)
{
	struct job *j;

	while ((j = pool_take(t->pool)) != NULL)
		job_free(&j);
	for (size_t k = 0; k < 2; k++) {
		loop_forget(t->loop, t->ends[k][0]);
		close(t->ends[k][0]);
		close(t->ends[k][1]);
	}
	pool_free(&t->pool);
	loop_free(&t->loop);
}

static void what_a_quick_server_says_is_told_together_and_before_the_next_are_begun(void **state)
{
	struct two t;

	(void)state;
	two_begin(&t);
	two_reply(&t, 0);
	assert_int_equal(lanes[0].gone_on, 1);
	give_to(t.pool, 4, "d.test"); /* core hands out meanwhile */
	assert_int_equal(t.news.count, 0);
	assert_int_equal(begun(), 2);
	two_reply(&t, 1);
	assert_int_equal(lanes[1].gone_on, 1);
	assert_true(t.news.count > 0);
	assert_int_equal(t.news.begun, 2);
	assert_int_equal(begun(), 4);
	two_end(&t);
}

/* So many results are there already; what is awaited still is the other half. */
static bool is_told_beside(size_t results)
{
	struct two t;
	bool is_told;

	two_begin(&t);
	for (size_t i = 0; i < results; i++) {
		struct job *j = mem_alloc(sizeof(*j));

		*j = (struct job){ .row = OUT_FROM + (int64_t)i, .result.class = SMTP_SENT };
		pool_give_word(t.pool, j, POOL_RESULT);
	}
	two_reply(&t, 0);
	is_told = t.news.count > 0;
	two_end(&t);
	return is_told;
}

static void half_of_what_may_be_out_does_not_wait_for_the_other_half(void **state)
{
	(void)state;
	assert_false(is_told_beside(TALK_OUT - 2));
	assert_true(is_told_beside(TALK_OUT - 1));
}

static void a_reply_that_does_not_come_holds_up_nothing_for_long(void **state)
{
	struct two t;

	(void)state;
	two_begin(&t);
	two_reply(&t, 0);
	assert_int_equal(begun(), 2);
	clock_ms += 2;
	turn(t.loop);
	assert_true(t.news.count > 0);
	assert_int_equal(begun(), 3);
	two_end(&t);
}

static void replies_of_a_server_that_takes_its_time_are_not_waited_for(void **state)
{
	struct two t;

	(void)state;
	two_begin(&t);
	clock_ms += 2;
	two_reply(&t, 0);
	assert_true(t.news.count > 0);
	assert_int_equal(begun(), 3);
	two_end(&t);
}

/* The first is on its way, and there is room for no more until one is written down. */
static void ends_on_their_way_may_be_sent_twice_too(void **state)
{
	struct two t;

	(void)state;
	two_begin_at(&t, SMTP_WANTS_LEAVE, 2 * TALK_OUT - 1);
	assert_int_equal(lanes[0].left, 1);
	assert_int_equal(lanes[1].left, 0);
	pool_written(t.pool, OUT_FROM);
	assert_int_equal(lanes[1].left, 1);
	two_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_without_a_mail_is_not_watched_for_room),
		cmocka_unit_test(
		    what_a_quick_server_says_is_told_together_and_before_the_next_are_begun),
		cmocka_unit_test(half_of_what_may_be_out_does_not_wait_for_the_other_half),
		cmocka_unit_test(a_reply_that_does_not_come_holds_up_nothing_for_long),
		cmocka_unit_test(replies_of_a_server_that_takes_its_time_are_not_waited_for),
		cmocka_unit_test(ends_on_their_way_may_be_sent_twice_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
