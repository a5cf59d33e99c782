/* What a pool watches a connection for (sender/pool.h), with a conversation that is played. */
#include "tests/unit/unit.h"

#include <sys/socket.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/sender/pool.h"

enum { TURNS = 20 };

/* It waits until the server takes more, and then the mail has ended. */
static struct {
	int fd;
	int begun, gone_on, heard;
} lane = { .fd = -1 };

static const struct smtp_result taken = { .class = SMTP_SENT, .phase = SMTP_DOT, .code = 250 };

struct smtp_lane *smtp_lane_new(const struct smtp_lane_options *o)
{
	(void)o;
	return (struct smtp_lane *)(void *)&lane;
}

void smtp_lane_free(struct smtp_lane **l)
{
	*l = NULL;
}

enum smtp_wants smtp_lane_begin(struct smtp_lane *l, const char *from, const char *to,
				struct span message)
{
	(void)l, (void)from, (void)to, (void)message;
	lane.begun++;
	return SMTP_WANTS_WRITE;
}

enum smtp_wants smtp_lane_go_on(struct smtp_lane *l)
{
	(void)l;
	lane.gone_on++;
	return SMTP_WANTS_NEXT;
}

enum smtp_wants smtp_lane_opened(struct smtp_lane *l)
{
	(void)l;
	return SMTP_WANTS_CLOSE;
}

enum smtp_wants smtp_lane_leave(struct smtp_lane *l)
{
	(void)l;
	return SMTP_WANTS_CLOSE;
}

void smtp_lane_open(struct smtp_lane *l)
{
	(void)l;
}

bool smtp_lane_awaits_end(const struct smtp_lane *l)
{
	(void)l;
	return false;
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
	(void)l;
	return lane.fd;
}

int64_t smtp_lane_deadline_ms(const struct smtp_lane *l)
{
	(void)l;
	return INT64_MAX;
}

void smtp_lane_heard(struct smtp_lane *l)
{
	(void)l;
	lane.heard++;
}

void smtp_lane_rest(struct smtp_lane *l, int64_t now_ms)
{
	(void)l, (void)now_ms;
}

static void on_news(void *ctx)
{
	(void)ctx;
}

static void give(struct pool *p)
{
	struct job *j = mem_alloc(sizeof(*j));

	*j = (struct job){ .row = 1,
			   .from = mem_strdup("gw@example.test"),
			   .to = mem_strdup("ann@a.test"),
			   .domain = mem_strdup("a.test") };
	assert_true(pool_give(p, j));
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
	static const struct smtp_lane_options none;
	struct loop *loop = loop_new(clock_real());
	int ends[2];
	struct err e;
	struct pool *p = pool_new(&none, 1, loop, on_news, NULL, &e); /* no threads are started */

	(void)state;
	assert_non_null(p);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	lane.fd = ends[0];
	give(p);
	assert_int_equal(lane.begun, 1);
	turn(loop);
	assert_int_equal(lane.gone_on, 1); /* there was room */
	assert_true(take_result(p));
	assert_int_equal(lane.heard, 0);
	close(ends[1]); /* that it has gone is heard */
	turn(loop);
	assert_true(lane.heard > 0);
	pool_written(p, 1);
	loop_forget(loop, ends[0]);
	pool_free(&p);
	loop_free(&loop);
	close(ends[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_without_a_mail_is_not_watched_for_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
