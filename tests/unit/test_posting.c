/* The rows of webhooks between the store, the role that posts them and its results
 * (core/posting.h). */
#include "tests/store/fixture.h"

#include <sys/socket.h>

#include "gatewayd/core/posting.h"
#include "store/query.h"

static struct bench bench;
static struct posting *posting;

static void turn(void *ctx)
{
	(void)ctx;
}

static void came(void *ctx, struct peer *p)
{
	(void)ctx;
	posting_peer_new(posting, p);
}

static void gone(void *ctx, struct peer *p)
{
	(void)ctx;
	posting_peer_gone(posting, p);
}

static void host_gone(void *ctx, enum role_id role)
{
	(void)ctx, (void)role;
}

static void begin_bench(struct fixture *f, struct conf *conf, int fds[2])
{
	static const struct bench_rooms rooms = { .turn = turn, .came = came, .gone = gone };

	bench = (struct bench){ .clock = clock_real(),
				.loop = loop_new(clock_real()),
				.conf = conf,
				.store = f->s,
				.zones = zones_new(NULL),
				.host = { .gone = host_gone } };
	bench_init(&bench, &rooms);
	bench.holding.leads = true;
	posting = posting_new(&bench);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	peer_add(&bench,
		 &(struct parent_talk_peer){ .role = ROLE_HOOKS, .pid = getpid(), .fd = fds[0] });
}

static void end_bench(int fd)
{
	bench_release(&bench);
	posting_free(&posting);
	zones_free(&bench.zones);
	loop_free(&bench.loop);
	close(fd);
}

static int64_t queue_one(struct fixture *f)
{
	struct store_outbox o = { .kind = SPAN("hook"),
				  .hook = SPAN("all"),
				  .subject = SPAN("case.opened"),
				  .created_at = NOW,
				  .next_at = NOW,
				  .sent_at = INSTANT_NONE };
	int64_t id;

	begin(f);
	OK(f, store_outbox_add(f->s, &o, SPAN("{}"), &id, &f->e));
	commit(f);
	return id;
}

static void turns(void)
{
	posting_turn(posting);
	arena_reset(&bench.arena);
}

static void posted(struct fixture *f, int64_t row)
{
	struct hook_posted p = { .sent = { .row = row, .outcome = TALK_SENT, .code = 200 } };

	OK(f, posting_posted(posting, bench.peers, &p, &f->e));
}

static void a_result_that_cannot_be_settled_holds_up_no_other(void **state)
{
	struct conf_hook hook = { .name = "all" };
	struct conf conf = { .hooks = &hook,
			     .hook_count = 1,
			     .smtp = { .retry_min_s = 60, .retry_max_s = 600 } };
	struct fixture *f = *state;
	struct store_outbox o;
	int64_t lost, row;
	int fds[2];

	begin_bench(f, &conf, fds);
	lost = queue_one(f);
	row = queue_one(f);
	turns();
	posted(f, lost);
	posted(f, row);
	OK(f, f->s->ops->script(f->s->engine, "DELETE FROM outbox WHERE id = 1", &f->e));
	assert_int_equal(lost, 1);
	turns();
	OK(f, store_outbox_get(f->s, row, &f->a, &o, &f->e));
	assert_int_equal(o.state, OUTBOX_SENT);
	assert_int_equal(o.last_code, 200);
	end_bench(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_result_that_cannot_be_settled_holds_up_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
