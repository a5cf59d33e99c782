/* Where the messages stand that core hands to a sender (base/area.h). */
#include "gatewayd/base/area.h"
#include "gatewayd/wire/channel.h"
#include "tests/unit/delivery.h"
#include "tests/unit/file_limit.h"

enum { MANY = AREA_SLOTS + 8 };

/* A sender's end, and what it was given last. */
struct sender {
	struct peer *peer;
	struct wire wire;
	struct area area;
	int64_t row[MANY];
	uint32_t slot[MANY];
	size_t n, here;
	struct fixture *f;
};

static int take_message(struct sender *s, struct wire_in *in, struct err *e)
{
	struct talk_send t;
	struct span bytes;

	if (talk_send_get(in, &t, e) < 0)
		return -1;
	bytes = t.here;
	if (t.slot && area_get(&s->area, t.slot, t.size, &bytes, e) < 0)
		return -1;
	assert_true(span_starts_ci(bytes, SPAN("Subject: x\r\n\r\n")));
	assert_true(t.fd < 0 && s->n < MANY);
	s->here += !t.slot;
	s->slot[s->n] = t.slot;
	s->row[s->n++] = t.row;
	return 0;
}

static int take(void *ctx, struct wire_in *in, struct err *e)
{
	struct sender *s = ctx;

	if (in->type == MSG_WRITTEN) {
		wire_close_fds(in);
		return 0;
	}
	return in->type == MSG_SEND_AREA ? talk_send_area_get(in, &s->area, e)
					 : take_message(s, in, e);
}

/* The next turn, and what it hands out. */
static void hear(struct sender *s)
{
	bool open;

	s->n = s->here = 0;
	turns(false);
	peers_flush(&bench);
	OK(s->f, channel_serve(&s->wire, LOOP_READ, take, s, &open, &s->f->e));
}

static void begin_sender(struct sender *s, struct fixture *f)
{
	int fd;

	*s = (struct sender){ .f = f };
	s->peer = new_sender(&fd);
	message_wire(&s->wire, fd, ROLE_SENDER, ROLE_CORE);
}

static void end_sender(struct sender *s)
{
	wire_release(&s->wire);
	area_release(&s->area);
}

static void a_message_stands_there_until_its_result_is_told(void **state)
{
	struct conf conf = { .smtp.concurrency = 4 };
	struct fixture *f = *state;
	struct sender s;
	int64_t first, second;

	begin_bench(f, &conf);
	begin_sender(&s, f);
	first = queue_one(f);
	second = queue_one(f);
	hear(&s);
	assert_int_equal(s.n, 2);
	assert_true(s.row[0] == first && s.slot[0] == 1);
	assert_true(s.row[1] == second && s.slot[1] == 2);
	queue_one(f);
	hear(&s);
	assert_int_equal(s.slot[0], 3);
	say_sent(f, s.peer, first);
	queue_one(f);
	hear(&s);
	assert_int_equal(s.slot[0], 1);
	OK(f, delivery_back(delivery, s.peer, second, &f->e));
	hear(&s);
	assert_true(s.row[0] == second && s.slot[0] == 2);
	end_bench();
	end_sender(&s);
}

/* This process's mappings of memory that roles share. */
static size_t mappings(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	size_t n = 0;

	while (fgets(line, sizeof(line), maps))
		n += strstr(line, "/memfd:") != NULL;
	fclose(maps);
	return n;
}

/* The next sender has an area of its own, and what the one before had comes to it. */
static void with_a_sender_its_area_goes(void **state)
{
	struct conf conf = { .smtp.concurrency = 4 };
	struct fixture *f = *state;
	struct sender s, next;
	size_t before;
	int64_t row;

	begin_bench(f, &conf);
	begin_sender(&s, f);
	row = queue_one(f);
	hear(&s);
	assert_int_equal(s.slot[0], 1);
	before = mappings();
	delivery_peer_gone(delivery, s.peer);
	assert_int_equal(mappings(), before - 1);
	begin_sender(&next, f);
	hear(&next);
	assert_true(next.n == 1 && next.row[0] == row && next.slot[0] == 1);
	end_bench();
	end_sender(&s);
	end_sender(&next);
}

static void queue_message(struct fixture *f, struct span message)
{
	begin(f);
	add_message(f, "you@there.example", "there.example", message);
	commit(f);
}

static void what_has_no_room_there_goes_in_the_message(void **state)
{
	struct conf conf = { .smtp.concurrency = MANY };
	struct fixture *f = *state;
	struct buf message BUF_AUTO = { 0 };
	struct sender s;

	buf_init(&message, SIZE_MAX);
	buf_adds(&message, "Subject: x\r\n\r\n");
	while (message.n <= AREA_SLOT_BYTES)
		buf_adds(&message, "long\r\n");
	begin_bench(f, &conf);
	begin_sender(&s, f);
	queue_message(f, buf_span(&message));
	queue_message(f, span_sub(buf_span(&message), 0, AREA_SLOT_BYTES));
	for (size_t i = 2; i < MANY; i++)
		queue_one(f);
	hear(&s);
	assert_int_equal(s.n, MANY);
	assert_true(s.slot[0] == 0 && s.slot[1] == 1);
	assert_int_equal(s.here, MANY - AREA_SLOTS);
	end_bench();
	end_sender(&s);
}

static void without_such_memory_all_goes_in_messages(void **state)
{
	struct conf conf = { .smtp.concurrency = 4 };
	struct fixture *f = *state;
	struct sender s;
	rlim_t most;

	begin_bench(f, &conf);
	most = no_file_over(AREA_SLOTS * AREA_SLOT_BYTES - 1);
	begin_sender(&s, f);
	no_file_over(most);
	queue_one(f);
	queue_one(f);
	hear(&s);
	assert_null(s.area.p);
	assert_true(s.n == 2 && s.here == 2);
	end_bench();
	end_sender(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_message_stands_there_until_its_result_is_told),
		STORE_TEST(with_a_sender_its_area_goes),
		STORE_TEST(without_such_memory_all_goes_in_messages),
		STORE_TEST(what_has_no_room_there_goes_in_the_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
