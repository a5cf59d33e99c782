/* What operators are told of: each trouble at its limit, and one less. */
#include "tests/store/fixture.h"

#include "gatewayd/base/zone.h"
#include "gatewayd/core/trouble.h"
#include "gatewayd/identity/automatic.h"

static struct conf_queue queue = { .name = "technical" };
static struct conf_mailbox mailbox = { .name = "support", .queue = "technical", .poll_s = 60 };
static struct conf_oauth oauth = { .name = "office" };
static struct conf conf = {
	.state_dir = ".",
	.queues = &queue,
	.queue_count = 1,
	.mailboxes = &mailbox,
	.mailbox_count = 1,
	.oauth = &oauth,
	.oauth_count = 1,
	.limits = { .auto_unproven_all_hour = 2 },
};

struct world {
	struct fixture *f;
	struct bench b;
	struct mailboxes boxes;
	struct trouble_roles roles;
	struct grant_list grants;
	struct peer peers[4];
	int64_t mail; /* that is not decided; 0: none */
};

static int64_t wall(void *ctx)
{
	(void)ctx;
	return NOW;
}

/* All is well: what runs runs, the mailbox was looked at now. */
static void begin_world(struct world *w, struct fixture *f)
{
	static const enum role_id roles[] = { ROLE_POLLER, ROLE_PARSE, ROLE_TOKENS, ROLE_SENDER };
	struct mailbox *m;

	*w = (struct world){ .f = f };
	w->b.conf = &conf;
	w->b.store = f->s;
	w->b.started_at = NOW - DAY_S;
	w->b.stepped_at = INSTANT_NONE;
	w->b.clock = (struct clock){ .now = wall };
	arena_init(&w->b.arena);
	for (size_t i = 0; i < 4; i++) {
		w->peers[i] = (struct peer){ .role = roles[i], .next = w->b.peers };
		w->b.peers = &w->peers[i];
	}
	conf.limits.disk_free_bytes = 0;
	m = mailboxes_of(&w->boxes, SPAN("support"));
	m->good = true;
	m->looked_at = NOW;
}

static void decide(struct world *w, enum mail_state state, const char *reason)
{
	begin(w->f);
	OK(w->f, store_mail_finish(w->f->s, w->mail, state, span_of(reason), 0, 0, &w->f->e));
	commit(w->f);
	w->mail = 0;
}

static void end_world(struct world *w)
{
	if (w->mail)
		decide(w, MAIL_AUTO_FILED, "auto-file: a newsletter");
	holding_release(&w->b.holding);
	mailboxes_release(&w->boxes);
	grant_list_release(&w->grants);
	arena_release(&w->b.arena);
}

/* "mailbox support, role sender": all that a look finds. */
static const char *found(struct world *w)
{
	struct trouble_view view = { &w->boxes, &w->grants, &w->roles };
	struct trouble v[TROUBLES_MAX];
	struct trouble_gaps gaps;
	size_t n = trouble_look(&w->b, &view, v, &gaps);
	struct buf out BUF_AUTO;

	assert_false(gaps.any);

	buf_init(&out, 4096);
	for (size_t i = 0; i < n; i++)
		buf_addf(&out, "%s%s%s%s", out.n ? ", " : "", notice_event_name(v[i].event),
			 *v[i].name ? " " : "", v[i].name);
	return arena_cstr(&w->f->a, buf_span(&out));
}

/* Each sets its trouble so many seconds old. */
static void place_box(struct world *w, const char *name, const char *node, int64_t seconds)
{
	struct store_lease lease = { span_of(name), span_of(node), NOW + 1000 - seconds };

	w->b.holding.is_shared = w->b.holding.leads = true;
	holding_place(&w->b.holding, &lease, 1, 1000);
}

static void place(struct world *w, const char *node, int64_t seconds)
{
	place_box(w, "support", node, seconds);
}

/* Only nodes have it configured that do not work. */
static void mailbox_of_others(struct world *w, int64_t seconds)
{
	place_box(w, "sales", "", seconds);
}

/* This node's clock is that of the alarm, whatever the database's says. */
static void mailbox_of_no_node(struct world *w, int64_t seconds)
{
	place(w, "", seconds);
}

static void mailbox_bad(struct world *w, int64_t seconds)
{
	w->boxes.v[0].bad_at = NOW - seconds;
}

static void mailbox_unseen(struct world *w, int64_t seconds)
{
	w->boxes.v[0].looked_at = NOW - seconds;
}

static void mailbox_never_seen(struct world *w, int64_t seconds)
{
	w->boxes.v[0].looked_at = INSTANT_NONE;
	w->b.started_at = NOW - seconds;
}

static void undecided(struct world *w, int64_t seconds)
{
	struct store_mail m = a_mail((uint32_t)seconds, "1@customer.test");

	m.kept_at = NOW - seconds;
	begin(w->f);
	w->mail = keep(w->f, &m, SPAN("raw"));
	commit(w->f);
}

static void smtp(struct world *w, int64_t seconds)
{
	health_bad(&w->b.health, CONCERN_SMTP, NOW - seconds, "connection refused");
}

static void room(struct world *w, int64_t seconds)
{
	health_bad(&w->b.health, CONCERN_TIMER, NOW - seconds, "the disk is full");
}

/* The server's words may change meanwhile. */
static void token_refused(struct world *w, int64_t seconds)
{
	struct grant_talk_state s = { .name = SPAN("office"),
				      .text = SPAN("invalid_grant"),
				      .refresh_until = INSTANT_NONE };

	grant_list_state(&w->grants, &s, NOW - seconds);
	s.text = SPAN("AADSTS700082: the refresh token has expired");
	grant_list_state(&w->grants, &s, NOW);
}

static void role_missing(struct world *w, int64_t seconds)
{
	w->b.peers = w->b.peers->next; /* the sender */
	w->roles.missing_at[ROLE_SENDER] = NOW - seconds;
}

static void each_begins_at_its_limit(void **state)
{
	static const struct {
		void (*set)(struct world *w, int64_t seconds);
		int64_t limit_s;
		const char *found;
	} rows[] = {
		{ mailbox_bad, TROUBLE_SHORT_S, "mailbox support" },
		{ mailbox_unseen, TROUBLE_UNSEEN_S, "mailbox support" },
		{ mailbox_of_no_node, TROUBLE_SHORT_S, "mailbox support" },
		{ mailbox_of_others, TROUBLE_SHORT_S, "mailbox sales" },
		{ mailbox_never_seen, TROUBLE_UNSEEN_S, "mailbox support" },
		{ undecided, TROUBLE_UNDECIDED_S, "undecided" },
		{ smtp, TROUBLE_SHORT_S, "smtp" },
		{ room, TROUBLE_SHORT_S, "room deadlines are not watched" },
		{ role_missing, TROUBLE_ROLE_S, "role sender" },
		{ token_refused, TROUBLE_SHORT_S, "token office" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (int less = 1; less >= 0; less--) {
			struct world w;

			begin_world(&w, f);
			assert_string_equal(found(&w), "");
			rows[i].set(&w, rows[i].limit_s - less);
			assert_string_equal(found(&w), less ? "" : rows[i].found);
			end_world(&w);
		}
	}
}

static void of_a_mailbox_of_another_node_that_one_tells(void **state)
{
	struct world w;

	begin_world(&w, *state);
	place(&w, "two", DAY_S);
	mailbox_unseen(&w, DAY_S);
	mailbox_bad(&w, DAY_S);
	assert_string_equal(found(&w), "");
	place(&w, "", DAY_S);
	assert_string_equal(found(&w), "mailbox support");
	w.b.holding.leads = false; /* who leads tells it, once */
	assert_string_equal(found(&w), "");
	end_world(&w);
}

/* A rule's word is no trouble; what died is, and what the server does not give. */
static void what_went_wrong_with_mails_is_told(void **state)
{
	static const struct {
		const char *reason, *found;
	} rows[] = {
		{ "quarantine: a rule sets it aside; L0", "" },
		{ "too-large: over limits.mail_bytes; L0", "" },
		{ "the parser died or hung on it", "aside" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct world w;

		begin_world(&w, f);
		undecided(&w, (int64_t)i + 1);
		decide(&w, MAIL_QUARANTINED, rows[i].reason);
		assert_string_equal(found(&w), rows[i].found);
		end_world(&w);
	}
}

static void a_mail_that_the_server_does_not_give_is_told(void **state)
{
	struct world w;

	begin_world(&w, *state);
	w.boxes.v[0].aside = 1;
	assert_string_equal(found(&w), "aside support");
	end_world(&w);
}

static void a_role_that_ends_again_and_again_is_told(void **state)
{
	struct world w;

	begin_world(&w, *state);
	for (int i = 1; i <= TROUBLE_ENDS; i++) {
		assert_string_equal(found(&w), "");
		trouble_role_ended(&w.roles, ROLE_POLLER,
				   NOW - TROUBLE_ENDS_WITHIN_S + (i == 1 ? 1 : 100));
	}
	assert_string_equal(found(&w), "role poller");
	trouble_role_ended(&w.roles, ROLE_SENDER, NOW);
	w.roles.ends[ROLE_POLLER][0] = NOW - TROUBLE_ENDS_WITHIN_S;
	assert_string_equal(found(&w), "");
	end_world(&w);
}

static void a_refresh_token_near_its_end_is_told(void **state)
{
	struct grant_talk_state s = { .name = SPAN("office"), .good = true };
	struct world w;

	begin_world(&w, *state);
	s.refresh_until = NOW + GRANT_NEAR_END_S + 1;
	grant_list_state(&w.grants, &s, NOW);
	assert_string_equal(found(&w), "");
	s.refresh_until--;
	grant_list_state(&w.grants, &s, NOW);
	assert_string_equal(found(&w), "token office");
	s.refresh_until = INSTANT_NONE;
	grant_list_state(&w.grants, &s, NOW);
	assert_string_equal(found(&w), "");
	end_world(&w);
}

static void the_machine_is_looked_at(void **state)
{
	struct world w;

	begin_world(&w, *state);
	conf.limits.disk_free_bytes = INT64_MAX;
	assert_string_equal(found(&w), "disk");
	conf.limits.disk_free_bytes = 1;
	assert_string_equal(found(&w), "");
	w.b.stepped_at = NOW - TROUBLE_CLOCK_S;
	assert_string_equal(found(&w), "");
	w.b.stepped_at = NOW - TROUBLE_CLOCK_S + 1;
	assert_string_equal(found(&w), "clock");
	end_world(&w);
}

static void a_file_of_the_store_that_is_gone_is_told_at_once(void **state)
{
	static char raw[20000];
	struct store_mail m = a_mail(1, "1@customer.test");
	const char *path, *away;
	struct world w;

	begin_world(&w, *state);
	path = arena_printf(&w.b.arena, "%s.bulk", w.f->path);
	away = arena_printf(&w.b.arena, "%s/away", w.f->folder);
	crypto_random(raw, sizeof(raw)); /* it does not pack */
	begin(w.f);
	w.mail = keep(w.f, &m, (struct span){ raw, sizeof(raw) });
	commit(w.f);
	assert_string_equal(found(&w), "");
	assert_int_equal(rename(path, away), 0);
	assert_string_equal(found(&w), "room long mails are not kept");
	assert_int_equal(rename(away, path), 0);
	assert_string_equal(found(&w), "");
	w.mail = 0; /* it stays */
	end_world(&w);
}

static void the_budget_of_strangers_is_told_when_it_is_used_up(void **state)
{
	struct world w;
	bool within;

	begin_world(&w, *state);
	for (int i = 0; i < conf.limits.auto_unproven_all_hour; i++) {
		struct store_budget all = automatic_all_budget(&conf, &w.f->a);

		assert_string_equal(found(&w), "");
		begin(w.f);
		OK(w.f, store_budget_take(w.f->s, &all, 1, NOW, &within, &w.f->e));
		commit(w.f);
	}
	assert_string_equal(found(&w), "budget");
	end_world(&w);
}

static void what_the_store_cannot_answer_is_left_open(void **state)
{
	struct fixture *f = *state;
	struct trouble v[TROUBLES_MAX];
	struct trouble_gaps gaps;
	struct store_case c = a_case();
	struct world w;
	int64_t number;

	begin_world(&w, f);
	c.merged_into = 99;
	begin(f);
	REFUSED(f, ERR_PERM, store_case_open(f->s, &c, &number, &f->e));
	trouble_look(&w.b, &(struct trouble_view){ &w.boxes, &w.grants, &w.roles }, v, &gaps);
	assert_true(gaps.any && gaps.of[NOTICE_ASIDE] && gaps.of[NOTICE_UNDECIDED] &&
		    gaps.of[NOTICE_BUDGET]);
	assert_false(gaps.of[NOTICE_MAILBOX]);
	store_rollback(f->s);
	end_world(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(each_begins_at_its_limit),
		STORE_TEST(of_a_mailbox_of_another_node_that_one_tells),
		STORE_TEST(what_went_wrong_with_mails_is_told),
		STORE_TEST(a_mail_that_the_server_does_not_give_is_told),
		STORE_TEST(a_role_that_ends_again_and_again_is_told),
		STORE_TEST(a_refresh_token_near_its_end_is_told),
		STORE_TEST(the_machine_is_looked_at),
		STORE_TEST(a_file_of_the_store_that_is_gone_is_told_at_once),
		STORE_TEST(the_budget_of_strangers_is_told_when_it_is_used_up),
		STORE_TEST(what_the_store_cannot_answer_is_left_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
