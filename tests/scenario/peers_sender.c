#include <stdlib.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/base/memfd.h"
#include "gatewayd/parent/leaving.h"
#include "gatewayd/wire/hook_talk.h"
#include "tests/scenario/peers_inside.h"

/* A result of a slow sender. */
struct late {
	pid_t pid; /* the process that has it to say */
	struct talk_sent sent;
};

static struct span field_of(struct span message, const char *name)
{
	struct span line;

	while (span_line(&message, &line) && line.n)
		if (span_starts_ci(line, span_of(name)))
			return line;
	return SPAN("");
}

/* A server that has taken a mail would deliver it to a person once more. */
static void count_double(struct peers *p, const struct peers_taken *before,
			 const struct peers_taken *t)
{
	if (!span_eq(before->message_id, t->message_id) ||
	    !span_eq_ci(before->recipient, t->recipient))
		return;
	if (p->sender.excused && (!before->written || before->lost))
		p->sender.again++;
	else
		p->sender.doubles++;
}

static void take(struct end *end, const struct talk_send *s)
{
	struct peers *p = end->peers;
	struct peers_taken t = { .row = s->row,
				 .pid = end->pid,
				 .recipient = arena_dup(p->arena, s->recipient),
				 .lost = p->sender.script.takes };
	struct span bytes = s->here;
	struct err e;

	if (s->fd >= 0 && memfd_map(s->fd, SIZE_MAX, &bytes, &e) < 0)
		abort();
	if (s->slot && area_get(&end->area, s->slot, s->size, &bytes, &e) < 0)
		abort();
	t.message = arena_dup(p->arena, bytes);
	t.message_id = field_of(t.message, "Message-ID:");
	if (s->fd >= 0)
		memfd_unmap(bytes);
	for (size_t i = 0; i < p->sender.taken_count; i++)
		count_double(p, &p->sender.taken[i], &t);
	MEM_GROW(p->sender.taken, p->sender.taken_count, &p->sender.taken_cap);
	p->sender.taken[p->sender.taken_count++] = t;
}

size_t peers_doubles(const struct peers *p)
{
	return p->sender.doubles;
}

size_t peers_again(const struct peers *p)
{
	return p->sender.again;
}

const struct peers_taken *peers_taken_at(const struct peers *p, size_t i)
{
	return i < p->sender.taken_count ? &p->sender.taken[i] : NULL;
}

void peers_excuse(struct peers *p)
{
	p->sender.excused = true;
}

static int tell(struct end *end, const struct talk_sent *sent, struct err *e)
{
	struct peers *p = end->peers;

	if (p->sender.script.how == SENDER_SLOW) {
		MEM_GROW(p->sender.late, p->sender.late_count, &p->sender.late_cap);
		p->sender.late[p->sender.late_count++] = (struct late){ end->pid, *sent };
		return 0;
	}
	return talk_sent_put(&end->wire, sent, e);
}

/* Dies with the row, or tells of one that it was not given; nothing was sent. */
static int stumble(struct end *end, const struct talk_sent *strange, struct err *e)
{
	bool dies = end->peers->sender.script.how == SENDER_DIES;

	end->peers->sender.script.how = SENDER_OK;
	if (!dies && talk_sent_put(&end->wire, strange, e) < 0)
		return -1;
	return err_set(e, ERR_TEMP, "the sender ends");
}

static int tell_lanes(struct end *end, const struct peers_sender_script *s, struct err *e)
{
	struct talk_lanes lanes = { .open = 4, .most = 16, .ms = 1, .slow_room = s->room };

	if (s->how == SENDER_FULL)
		lanes.slow[lanes.n++] = (struct talk_slow){ span_of(s->domain), 5000, s->room };
	end->peers->sender.told_lanes = lanes.n > 0;
	return talk_lanes_put(&end->wire, &lanes, e);
}

/* The first row of what is slow comes back, and all for which there is no room. */
static bool is_full(const struct peers *p, const struct talk_send *t)
{
	return p->sender.script.how == SENDER_FULL && span_is(t->domain, p->sender.script.domain) &&
	       (!p->sender.told_lanes || !p->sender.script.room);
}

static void close_message(const struct talk_send *t)
{
	if (t->fd >= 0)
		close(t->fd);
}

static int give_back(struct end *end, const struct talk_send *t, struct err *e)
{
	close_message(t);
	if (tell_lanes(end, &end->peers->sender.script, e) < 0)
		return -1;
	return talk_back_put(&end->wire, t->row, e);
}

int sender_on_area(struct end *end, struct wire_in *in, struct err *e)
{
	return talk_send_area_get(in, &end->area, e);
}

int sender_on_send(struct end *end, struct wire_in *in, struct err *e)
{
	struct peers *p = end->peers;
	static const struct peers_sender_script good = { .how = SENDER_OK };
	const struct peers_sender_script *s = end->instance == SPARE ? &good : &p->sender.script;
	struct talk_sent sent = { .outcome = TALK_SENT,
				  .code = 250,
				  .text = SPAN("ok"),
				  .awaited = s->how == SENDER_FULL };
	struct talk_send t;

	if (talk_send_get(in, &t, e) < 0)
		return -1;
	if (s != &good && is_full(p, &t))
		return give_back(end, &t, e);
	sent.row = t.row;
	if (s->takes)
		take(end, &t);
	if (s->how == SENDER_DIES || s->how == SENDER_STRANGE) {
		sent.row += 1000;
		close_message(&t);
		return stumble(end, &sent, e);
	}
	if (s->how == SENDER_FAIL && (!s->to || span_is_ci(t.recipient, s->to))) {
		sent.outcome = s->outcome;
		sent.server = s->server;
		sent.code = s->code;
		sent.text = span_of(s->text);
	} else if (!s->takes) {
		take(end, &t);
	}
	close_message(&t);
	if (tell(end, &sent, e) < 0)
		return -1;
	return s->how == SENDER_FULL ? tell_lanes(end, s, e) : 0;
}

int sender_on_written(struct end *end, struct wire_in *in, struct err *e)
{
	struct peers *p = end->peers;
	int64_t row;

	if (talk_written_get(in, &row, e) < 0)
		return -1;
	for (size_t i = 0; i < p->sender.taken_count; i++)
		if (p->sender.taken[i].row == row && p->sender.taken[i].pid == end->pid)
			p->sender.taken[i].written = true;
	return 0;
}

/* What a slow sender had to say; of one that is gone nobody hears it. */
static int tell_late(struct peers *p, struct err *e)
{
	size_t n = p->sender.late_count;

	p->sender.late_count = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < ENDS; k++)
			if (p->ends[k].pid == p->sender.late[i].pid && p->ends[k].wire.fd >= 0 &&
			    talk_sent_put(&p->ends[k].wire, &p->sender.late[i].sent, e) < 0)
				return -1;
	return 0;
}

void peers_sender_script(struct peers *p, const struct peers_sender_script *s)
{
	bool told = p->sender.told_lanes;
	struct err e;

	p->sender.script = *s;
	for (uint32_t i = 0; i < SPARE; i++) {
		struct end *end = end_of(p, ROLE_SENDER, i);

		if (s->how == SENDER_HOLD)
			end_close(end);
		if (told && end->wire.fd >= 0 && tell_lanes(end, s, &e) < 0)
			abort();
	}
	if (s->how != SENDER_SLOW && tell_late(p, &e) < 0)
		abort();
}

void peers_sender_add(struct peers *p)
{
	struct end *end = end_of(p, ROLE_SENDER, 1);
	struct err e;

	end->second = true;
	if (end->wire.fd >= 0)
		return;
	if (end_connect(end, &e) < 0)
		abort();
	end_of(p, ROLE_SENDER, 0)->killed_at = bench_now_ms(p->bench) + LEAVING_MS;
}

/* --- webhooks --- */

void peers_hook_script(struct peers *p, const struct peers_sender_script *s)
{
	p->hook.script = *s;
	if (s->how == SENDER_HOLD)
		end_close(end_of(p, ROLE_HOOKS, 0));
}

/* One that has taken an event knows its id. */
static void take_post(struct peers *p, const struct hook_post *post)
{
	for (size_t i = 0; i < p->hook.post_count; i++)
		p->sender.doubles += span_eq(p->hook.posts[i], post->id);
	MEM_GROW(p->hook.posts, p->hook.post_count, &p->hook.post_cap);
	p->hook.posts[p->hook.post_count++] = arena_dup(p->arena, post->id);
}

int sender_on_post(struct end *end, struct wire_in *in, struct err *e)
{
	struct peers *p = end->peers;
	const struct peers_sender_script *s = &p->hook.script;
	struct hook_posted posted = { .sent = { .outcome = TALK_SENT, .code = 204 } };
	struct hook_post post;

	if (hook_post_get(in, &post, e) < 0)
		return -1;
	close(post.fd);
	posted.sent.row = post.row;
	if (s->how == SENDER_DIES) {
		p->hook.script.how = SENDER_OK;
		return err_set(e, ERR_TEMP, "the process ends");
	}
	if (s->how == SENDER_SLOW)
		return 0;
	if (s->how == SENDER_FAIL && (!s->to || span_is(post.hook, s->to))) {
		posted.sent.outcome = s->outcome;
		posted.sent.code = s->code;
		posted.sent.text = span_of(s->text);
		posted.sent.server = s->outcome == TALK_RETRY && (s->code == 0 || s->code >= 500);
	} else {
		take_post(p, &post);
	}
	return hook_posted_put(&end->wire, &posted, e);
}
