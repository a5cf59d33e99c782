/* The rows of webhooks between the store, the role that posts them and its results
 * (core/posting.h). */
#include "gatewayd/core/posting.h"
#include "store/query.h"
#include "tests/unit/room.h"

static struct posting *posting;

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

/* The descriptor of who posts. */
static int begin_bench(struct fixture *f, struct conf *conf)
{
	room_begin(f, conf, came, gone);
	bench.holding.leads = true;
	posting = posting_new(&bench);
	return room_peer(ROLE_HOOKS);
}

static void end_bench(int fd)
{
	bench_release(&bench);
	posting_free(&posting);
	room_end();
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
	int fd;

	fd = begin_bench(f, &conf);
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
	end_bench(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_result_that_cannot_be_settled_holds_up_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
