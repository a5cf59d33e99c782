#include <malloc.h>

#include "gatewayd/base/units.h"
#include "tests/store/fixture.h"

/* A store with one of each: what there is to ask and to change. */
struct world {
	struct fixture *f;
	int64_t number, note, row;
	struct store_mail mail;
};

/* --- questions: a number that says the answer --- */

static int64_t of_text(struct span s)
{
	uint32_t sum = (uint32_t)s.n; /* it may go round */

	for (size_t i = 0; i < s.n; i++)
		sum = sum * 31 + (unsigned char)s.p[i];
	return sum;
}

static int64_t used(struct world *w, const char *key)
{
	struct store_budget b = { .key = span_of(key), .window_s = 3600, .max = 5 };
	int64_t n = -1;

	(void)store_budget_used(w->f->s, &b, NOW, &n, &w->f->e);
	return n;
}

static int64_t used_of_ann(struct world *w)
{
	return used(w, "ann");
}

static int64_t used_of_bob(struct world *w)
{
	return used(w, "bob");
}

static int64_t subject(struct world *w)
{
	struct store_case c = { .subject = SPAN("") };

	(void)store_case_get(w->f->s, w->number, &w->f->a, &c, &w->f->e);
	return of_text(c.subject);
}

static int64_t deadlines(struct world *w)
{
	struct store_deadline *v;
	size_t n = 0;

	if (store_deadline_list(w->f->s, w->number, &w->f->a, &v, &n, &w->f->e) < 0 || n == 0)
		return -1;
	return (int64_t)n * 1000 + v[0].due_at;
}

static int64_t place(struct world *w)
{
	struct store_mail_place at = { .state = 0 };

	(void)store_mail_at(w->f->s, &w->mail, &at, &w->f->e);
	return at.id * 100 + at.state;
}

static int64_t another_place(struct world *w)
{
	struct store_mail m = a_mail(2, "two");
	struct store_mail_place at = { .state = 0 };

	(void)store_mail_at(w->f->s, &m, &at, &w->f->e);
	return at.id != 0; /* a number that was rolled back may be given again or not */
}

static int64_t twins(struct world *w)
{
	struct store_mail m = w->mail;
	struct store_twin *v;
	size_t n = 0;

	m.id = 1000;
	(void)store_mail_twins(w->f->s, &m, &w->f->a, &v, &n, &w->f->e);
	return (int64_t)n;
}

static int64_t undecided(struct world *w)
{
	bool any = false;

	(void)store_mail_undecided(w->f->s, w->mail.message_id, 1000, NOW, &any, &w->f->e);
	return any;
}

static int64_t account(struct world *w, const char *address)
{
	struct store_account a = { .id = SPAN("") };
	struct store_contact c = { .name = SPAN("") };

	(void)store_account_by_address(w->f->s, span_of(address), true, &w->f->a, &a, &c, &w->f->e);
	return of_text(a.id) * 7 + of_text(a.name) + of_text(c.name);
}

static int64_t by_contact(struct world *w)
{
	return account(w, "ann@else.example");
}

static int64_t by_domain(struct world *w)
{
	return account(w, "bob@acme.example");
}

static int64_t sized(struct world *w)
{
	struct span *v;
	size_t n = 0;

	(void)store_domain_sized(w->f->s, 5, 20, &w->f->a, &v, &n, &w->f->e);
	return (int64_t)n;
}

static int64_t storm(struct world *w)
{
	struct store_storm storm = { .count = 0 };

	(void)store_storm_get(w->f->s, 7, &storm, &w->f->e);
	return storm.count;
}

static int64_t thread(struct world *w)
{
	int64_t number = 0;

	(void)store_thread_case(w->f->s, SPAN("id:a"), &number, &w->f->e);
	return number;
}

static int64_t dead(struct world *w)
{
	struct store_dead d = { .reason = SPAN("") };

	(void)store_dead_get(w->f->s, SPAN("ann@example.com"), NOW, &w->f->a, &d, &w->f->e);
	return of_text(d.reason);
}

static int64_t words(struct world *w)
{
	struct buf text BUF_AUTO;

	buf_init(&text, KIB);
	(void)store_note_words(w->f->s, w->number, 100, &text, &w->f->e);
	return (int64_t)text.n;
}

static int64_t row_state(struct world *w)
{
	struct store_outbox o = { .state = 0 };

	(void)store_outbox_get(w->f->s, w->row, &w->f->a, &o, &w->f->e);
	return o.state;
}

static int64_t message(struct world *w)
{
	struct store_outbox o = { .state = 0 };
	struct buf text BUF_AUTO;

	buf_init(&text, KIB);
	(void)store_outbox_get(w->f->s, w->row, &w->f->a, &o, &w->f->e);
	(void)store_outbox_message_of(w->f->s, &o, &text, &w->f->e);
	return (int64_t)text.n;
}

static int64_t erased(struct world *w)
{
	bool has = false;

	(void)store_erased_has(w->f->s, &w->mail, &has, &w->f->e);
	return has;
}

static int64_t people(struct world *w)
{
	struct store_person *v;
	size_t n = 0;

	(void)store_participant_list(w->f->s, w->number, &w->f->a, &v, &n, &w->f->e);
	return (int64_t)n;
}

static int64_t role(struct world *w)
{
	enum participant_role role = ROLE_NONE;

	(void)store_participant_role(w->f->s, w->number, SPAN("x@y.example"), &role, &w->f->e);
	return role;
}

static int64_t by_message_id(struct world *w)
{
	int64_t one = 0, two = 0;

	(void)store_case_by_message_id(w->f->s, w->mail.message_id, &one, &w->f->e);
	(void)store_case_by_message_id(w->f->s, SPAN("n2"), &two, &w->f->e);
	return one * 100 + two;
}

static int64_t reached(struct world *w)
{
	enum reach level = REACH_UNKNOWN;

	(void)store_reach_get(w->f->s, w->number, SPAN("ann@example.com"), &level, &w->f->e);
	return level;
}

static struct span a_file(void)
{
	static char bytes[4 * KIB];

	memset(bytes, 'x', sizeof(bytes));
	return (struct span){ bytes, sizeof(bytes) };
}

static int64_t file(struct world *w)
{
	uint8_t sha256[SHA256_SIZE];

	store_attachment_say(w->f->s, w->mail.id, a_file(), sha256);
	return 0;
}

static int64_t links(struct world *w)
{
	struct store_link *v;
	size_t n = 0;

	(void)store_link_list(w->f->s, w->number, &w->f->a, &v, &n, &w->f->e);
	return (int64_t)n;
}

static int64_t open_cases(struct world *w)
{
	struct store_case_filter of = { .open_only = true,
					.requester = a_case().requester_address };
	struct store_case *v;
	size_t n = 0;

	if (store_case_list(w->f->s, &of, &w->f->a, &v, &n, &w->f->e) < 0 || n == 0)
		return -1;
	return (int64_t)n * 1000 + of_text(v[0].subject);
}

/* What is due next. */
static int64_t next_of(struct world *w,
		       int (*next)(struct store *s, int64_t *ret_at, struct err *e))
{
	int64_t at = -1;

	(void)next(w->f->s, &at, &w->f->e);
	return at;
}

static int64_t next_alarm(struct world *w)
{
	return next_of(w, store_deadline_next);
}

static int64_t next_digest(struct world *w)
{
	return next_of(w, store_digest_next);
}

static int64_t next_held(struct world *w)
{
	return next_of(w, store_held_next);
}

static int64_t next_reminder(struct world *w)
{
	return next_of(w, store_reminder_next);
}

static int64_t next_waiting(struct world *w)
{
	return next_of(w, store_waiting_next);
}

static int64_t waits_since(struct world *w)
{
	return next_of(w, store_outbox_waits);
}

static int64_t next_recommendation(struct world *w)
{
	int64_t at = -1;

	(void)store_recommend_next(w->f->s, 10, 20, &at, &w->f->e);
	return at;
}

static int64_t next_erasure(struct world *w)
{
	struct store_erasure er = { .at = 0 };

	(void)store_erasure_next(w->f->s, &w->f->a, &er, &w->f->e);
	return er.id != 0;
}

typedef int64_t ask_fn(struct world *w);
static ask_fn *const asks[] = {
	used_of_ann,  used_of_bob,   subject,	    deadlines,	  place,       another_place,
	twins,	      undecided,     by_contact,    by_domain,	  sized,       storm,
	thread,	      dead,	     words,	    row_state,	  message,     erased,
	people,	      links,	     open_cases,    file,	  role,	       next_alarm,
	next_digest,  next_held,     next_reminder, next_waiting, waits_since, next_recommendation,
	next_erasure, by_message_id, reached,
};
enum { ASKS = sizeof(asks) / sizeof(*asks) };

/* --- changes --- */

static void take(struct world *w)
{
	struct store_budget b = { .key = SPAN("ann"), .window_s = 3600, .max = 5 };
	bool within;

	OK(w->f, store_budget_take(w->f->s, &b, 1, NOW, &within, &w->f->e));
}

static void sweep_budgets(struct world *w)
{
	OK(w->f, store_budget_sweep(w->f->s, NOW + 1, &w->f->e));
}

static void change_case(struct world *w)
{
	struct store_case c = a_case();

	c.number = w->number;
	c.subject = SPAN("another");
	OK(w->f, store_case_update(w->f->s, &c, &w->f->e));
}

static void put_deadline(struct world *w)
{
	struct store_deadline d = { .case_number = w->number,
				    .clock = SPAN("initial"),
				    .target = SPAN("2h"),
				    .rule = SPAN("r"),
				    .state = DEADLINE_RUNNING,
				    .started_at = NOW,
				    .due_at = NOW + 7,
				    .met_at = INSTANT_NONE,
				    .alarm_at = NOW + 5 };

	OK(w->f, store_deadline_put(w->f->s, &d, &w->f->e));
}

static void finish(struct world *w)
{
	OK(w->f, store_mail_finish(w->f->s, w->mail.id, MAIL_CASE, SPAN("new"), w->number, w->note,
				   &w->f->e));
}

static void keep_another(struct world *w)
{
	struct store_mail m = a_mail(2, "two");
	struct buf raw BUF_AUTO;
	int64_t id;

	buf_init(&raw, KIB);
	id = keep(w->f, &m, SPAN("of another"));
	OK(w->f, store_mail_raw(w->f->s, id, &raw, &w->f->e));
	assert_true(span_is(buf_span(&raw), "of another"));
}

static void remove_account(struct world *w)
{
	OK(w->f, store_account_remove(w->f->s, SPAN("acme"), &w->f->e));
}

static void rename_account(struct world *w)
{
	struct store_account a = { .id = SPAN("acme"), .name = SPAN("Another") };

	OK(w->f, store_account_put(w->f->s, &a, &w->f->e));
}

static void put_domain(struct world *w)
{
	OK(w->f, store_domain_put(w->f->s, SPAN("more.example"), SPAN("acme"), &w->f->e));
}

static void put_contact(struct world *w)
{
	struct store_contact c = { .address = SPAN("ann@else.example"),
				   .name = SPAN("Ann B."),
				   .account = SPAN("acme"),
				   .language = SPAN("") };

	OK(w->f, store_contact_put(w->f->s, &c, &w->f->e));
}

static void put_storm(struct world *w)
{
	struct store_storm more = { w->number, 4, NOW, INSTANT_NONE };

	OK(w->f, store_storm_put(w->f->s, 7, &more, &w->f->e));
}

static void sweep_storms(struct world *w)
{
	OK(w->f, store_storm_sweep(w->f->s, NOW + 1, &w->f->e));
}

static void learn(struct world *w)
{
	OK(w->f, store_thread_add(w->f->s, SPAN("id:a"), w->number, &w->f->e));
}

static void put_dead(struct world *w)
{
	struct store_dead d = { SPAN("ann@example.com"), NOW, NOW + 9, SPAN("gone for good") };

	OK(w->f, store_dead_put(w->f->s, &d, &w->f->e));
}

static void forget_dead(struct world *w)
{
	bool there;

	OK(w->f, store_dead_forget(w->f->s, SPAN("ann@example.com"), &there, &w->f->e));
}

static void add_words(struct world *w)
{
	struct store_mail m = a_mail(3, "n2");
	int64_t note = add_note(w->f, w->number, NOTE_INBOUND, "n2");

	OK(w->f, store_mail_finish(w->f->s, keep(w->f, &m, SPAN("raw")), MAIL_NOTE, SPAN("wrote"),
				   w->number, note, &w->f->e));
}

static void send(struct world *w)
{
	OK(w->f, store_outbox_result(w->f->s, w->row, OUTBOX_SENT, NOW, INSTANT_NONE, 250,
				     SPAN("250"), &w->f->e));
}

static void erase(struct world *w)
{
	OK(w->f, store_erased_mark_here(w->f->s, &w->mail, NOW, &w->f->e));
}

static void add_person(struct world *w)
{
	struct store_person p = { SPAN("x@y.example"), SPAN(""), ORIGIN_NAMED };

	OK(w->f, store_participant_add(w->f->s, w->number, &p, &w->f->e));
}

static void add_link(struct world *w)
{
	struct store_case c = a_case();
	struct store_link l = { .number = w->number, .kind = LINK_FOLLOWS, .at = NOW };

	l.other = open_case(w->f, &c);
	OK(w->f, store_link_add(w->f->s, &l, &w->f->e));
}

static void add_digest(struct world *w)
{
	OK(w->f, store_digest_add(w->f->s, 0, SPAN("q"), w->mail.id, NOW + 3, &w->f->e));
}

static void hold(struct world *w)
{
	struct store_held h = { .case_number = w->number,
				.note_id = w->note,
				.staff = SPAN("bea"),
				.held_at = NOW,
				.due_at = NOW + 4,
				.why = SPAN("") };

	OK(w->f, store_held_add(w->f->s, &h, &w->f->e));
}

static void remind(struct world *w)
{
	struct store_reminder r = {
		.case_number = w->number, .staff = SPAN("bea"), .due_at = NOW + 6, .text = SPAN("")
	};

	OK(w->f, store_reminder_add(w->f->s, &r, &w->f->e));
}

static void let_wait(struct world *w)
{
	struct store_waiting waiting = { w->number, PARTY_CUSTOMER, NOW, NOW + 8, false };

	OK(w->f, store_waiting_put(w->f->s, &waiting, &w->f->e));
}

static void queue_answer(struct world *w)
{
	struct store_outbox o = { .case_number = w->number,
				  .kind = SPAN("answer"),
				  .sender = SPAN(""),
				  .recipient = SPAN("ann@example.com"),
				  .message_id = SPAN("<m2@x>"),
				  .subject = SPAN("[Case #1] printer"),
				  .state = OUTBOX_QUEUED,
				  .created_at = NOW,
				  .next_at = NOW };
	int64_t id;

	OK(w->f, store_outbox_add(w->f->s, &o, SPAN("message"), &id, &w->f->e));
}

static void go_live(struct world *w)
{
	struct store_property p = { SPAN("acme"), SPAN("p"), NOW, INSTANT_NONE };

	OK(w->f, store_property_put(w->f->s, &p, &w->f->e));
}

static void begin_erasure(struct world *w)
{
	int64_t id;

	OK(w->f, store_erasure_add(w->f->s, NOW, true, &id, &w->f->e));
}

static void reach(struct world *w)
{
	OK(w->f,
	   store_reach_raise(w->f->s, w->number, SPAN("ann@example.com"), REACH_PROVEN, &w->f->e));
}

/* Twice the same: it is kept once. */
static void add_files(struct world *w)
{
	struct store_attachment row = { .note_id = w->note,
					.case_number = w->number,
					.filename = SPAN("f"),
					.content_type = SPAN("text/plain"),
					.content_id = SPAN("") };
	struct store_origin from = { .mail_id = w->mail.id, .raw = SPAN("raw") };
	struct buf content BUF_AUTO;
	uint8_t sha256[SHA256_SIZE];
	int64_t id;

	buf_init(&content, 8 * KIB);
	sha256_of(a_file(), sha256);
	for (int i = 0; i < 2; i++) {
		from.sha256 = i ? sha256 : NULL;
		buf_clear(&content);
		OK(w->f, store_attachment_add_of(w->f->s, &row, a_file(), &from, &id, &w->f->e));
		OK(w->f, store_attachment_get(w->f->s, id, &w->f->a, &row, &content, &w->f->e));
		assert_true(span_eq(buf_span(&content), a_file()));
	}
}

static void (*const changes[])(struct world *) = {
	take,		sweep_budgets, change_case,   put_deadline, finish,	    keep_another,
	put_storm,	sweep_storms,  learn,	      put_dead,	    forget_dead,    add_words,
	send,		erase,	       put_domain,    put_contact,  rename_account, go_live,
	remove_account, add_person,    add_link,      add_digest,   hold,	    remind,
	let_wait,	queue_answer,  begin_erasure, reach,	    add_files,
};
enum { CHANGES = sizeof(changes) / sizeof(*changes) };

/* --- tests --- */

static struct world make(struct fixture *f)
{
	struct world w = { .f = f, .mail = a_mail(1, "one") };
	struct store_case c = a_case();

	begin(f);
	rename_account(&w);
	put_contact(&w);
	OK(f, store_domain_put(f->s, SPAN("acme.example"), SPAN("acme"), &f->e));
	w.number = open_case(f, &c);
	w.note = add_note(f, w.number, NOTE_INBOUND, "one");
	w.row = queue_mail(f, w.number, NOW, "<m1@x>");
	w.mail.id = keep(f, &w.mail, SPAN("raw"));
	take(&w);
	put_storm(&w);
	put_dead(&w);
	commit(f);
	return w;
}

static void ask_all(struct world *w, int64_t answers[ASKS])
{
	for (size_t i = 0; i < ASKS; i++)
		answers[i] = asks[i](w);
}

static void say_all(struct world *w)
{
	int64_t ignored[ASKS];

	for (int i = 0; i < 2 && store_ahead_begin(w->f->s); i++) {
		ask_all(w, ignored);
		store_ahead_said(w->f->s);
	}
}

/* What is asked behind a change is what the transaction leaves, whatever was asked before it. */
static void expect_fresh(struct world *w, bool say, size_t change)
{
	int64_t before[ASKS], within[ASKS], after[ASKS];

	begin(w->f);
	if (say)
		say_all(w);
	else
		ask_all(w, before);
	changes[change](w);
	ask_all(w, within);
	commit(w->f);
	ask_all(w, after);
	for (size_t i = 0; i < ASKS; i++)
		if (within[i] != after[i])
			fail_msg("change %zu, question %zu: %lld, and %lld behind the commit",
				 change, i, (long long)within[i], (long long)after[i]);
}

static void what_was_asked_is_asked_again_behind_a_change(void **state)
{
	struct world w = make(*state);

	for (size_t i = 0; i < CHANGES; i++)
		expect_fresh(&w, false, i);
}

static void what_was_said_is_asked_again_behind_a_change(void **state)
{
	struct world w = make(*state);

	for (size_t i = 0; i < CHANGES; i++)
		expect_fresh(&w, true, i);
}

static void what_is_said_changes_no_answer(void **state)
{
	struct world w = make(*state);
	int64_t plain[ASKS], said[ASKS];

	ask_all(&w, plain);
	say_all(&w);
	ask_all(&w, said);
	store_ahead_end(w.f->s);
	assert_memory_equal(plain, said, sizeof(plain));
}

static void what_is_rolled_back_was_never_there(void **state)
{
	struct world w = make(*state);
	int64_t before[ASKS], after[ASKS];

	ask_all(&w, before);
	begin(w.f);
	for (size_t i = 0; i < CHANGES; i++)
		changes[i](&w);
	say_all(&w);
	ask_all(&w, after);
	store_rollback(w.f->s);
	ask_all(&w, after);
	assert_memory_equal(before, after, sizeof(before));
}

static void put_person(struct world *w, struct span address)
{
	struct store_contact c = { .address = address,
				   .name = SPAN(""),
				   .account = SPAN("acme"),
				   .language = SPAN(""),
				   .person = SPAN("ann") };

	OK(w->f, store_contact_put(w->f->s, &c, &w->f->e));
}

/* Who is in it follows from what is written in the same transaction. */
static void a_new_case_has_all_addresses_of_its_requester(void **state)
{
	struct world w = make(*state);
	struct store_case c = a_case();

	begin(w.f);
	w.number = open_case(w.f, &c);
	assert_int_equal(role(&w), ROLE_NONE);
	put_person(&w, SPAN("x@y.example"));
	assert_int_equal(role(&w), ROLE_NONE);
	put_person(&w, c.requester_address);
	assert_int_equal(role(&w), ROLE_REQUESTER);
	w.number = open_case(w.f, &c);
	assert_int_equal(role(&w), ROLE_REQUESTER);
	put_person(&w, SPAN("z@y.example"));
	c.requester_address = SPAN("z@else.example");
	w.number = open_case(w.f, &c);
	assert_int_equal(role(&w), ROLE_NONE);
	add_person(&w);
	assert_int_equal(role(&w), ROLE_PARTICIPANT);
	commit(w.f);
}

/* One that is said with others is full when it was taken in between, by itself or with others. */
static void budgets_are_said_together(void **state)
{
	struct fixture *f = *state;
	struct store_budget three[] = { { .key = SPAN("day:ann"), .window_s = 3600, .max = 9 },
					{ .key = SPAN("case:1"), .window_s = 3600, .max = 9 },
					{ .key = SPAN("all"), .window_s = 3600, .max = 2 } };
	struct store_budget two[] = { { .key = SPAN("day:bob"), .window_s = 3600, .max = 9 },
				      { .key = SPAN("all"), .window_s = 3600, .max = 2 } };
	bool within;

	begin(f);
	if (store_ahead_begin(f->s)) {
		store_budget_say(f->s, three, 3, NOW);
		store_budget_say(f->s, two, 2, NOW);
		store_ahead_said(f->s);
	}
	for (int i = 0; i < 3; i++) {
		OK(f, store_budget_take(f->s, i ? three : two, i ? 3 : 2, NOW, &within, &f->e));
		assert_true(within == (i < 2));
	}
	commit(f);
}

/* More than are kept, and more than wait. */
static void too_much_may_be_said(void **state)
{
	enum { MANY = 1500 };
	struct world w = make(*state);
	struct store_mail_place at;

	for (int round = 0; round < 2; round++) {
		if (round == 0 && !store_ahead_begin(w.f->s))
			continue;
		for (uint32_t uid = 1; uid <= MANY; uid++) {
			struct store_mail m = a_mail(uid, "one");

			OK(w.f, store_mail_at(w.f->s, &m, &at, &w.f->e));
			assert_true(round == 0 || (at.id != 0) == (uid == 1));
		}
		store_ahead_said(w.f->s);
	}
	store_ahead_end(w.f->s);
}

/* Random letters, which do not pack well; `first` at the front. */
static struct span letters(struct arena *a, char first, size_t n)
{
	char *p = arena_alloc(a, n);

	crypto_random(p, n);
	for (size_t i = 0; i < n; i++)
		p[i] = (char)('!' + (unsigned char)p[i] % 90);
	p[0] = first;
	return (struct span){ p, n };
}

static void add_long_note(struct fixture *f, int64_t number, char first)
{
	struct store_note note = { .case_number = number,
				   .kind = NOTE_INBOUND,
				   .at = NOW,
				   .author_name = SPAN(""),
				   .author_address = SPAN(""),
				   .text = letters(&f->a, first, 2 * MIB),
				   .message_id = SPAN("") };
	int64_t id;

	note.reply = note.text;
	OK(f, store_note_add(f->s, &note, &id, &f->e));
	arena_reset(&f->a);
}

static size_t in_use(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

/* Answers that are large are not all held at once. */
static void what_is_said_takes_little_memory(void **state)
{
	enum { CASES = 24, MOST = 24 * MIB };
	struct fixture *f = *state;
	struct store_case c = a_case();
	int64_t numbers[CASES];
	size_t before;

	begin(f);
	for (int i = 0; i < CASES; i++) {
		numbers[i] = open_case(f, &c);
		add_long_note(f, numbers[i], (char)('a' + i));
	}
	commit(f);
	before = in_use();
	begin(f);
	for (int round = 0; round < 2; round++) {
		if (round == 0 && !store_ahead_begin(f->s))
			continue;
		for (int i = 0; i < CASES; i++) {
			struct buf text BUF_AUTO;

			buf_init(&text, KIB);
			OK(f, store_note_words(f->s, numbers[i], 1, &text, &f->e));
			assert_true(round == 0 || (text.n == 2 && text.p[0] == 'a' + i));
			assert_true(in_use() < before + MOST);
		}
		store_ahead_said(f->s);
	}
	commit(f);
}

/* The answer behind a change, asked before it or not; nothing is left of either. */
static int64_t behind(struct world *w, size_t ask, size_t change, bool asked_before)
{
	int64_t answer;

	begin(w->f);
	if (asked_before)
		(void)asks[ask](w);
	changes[change](w);
	answer = asks[ask](w);
	store_rollback(w->f->s);
	return answer;
}

static void what_was_asked_last_is_asked_again_behind_a_change(void **state)
{
	struct world w = make(*state);

	for (size_t k = 0; k < ASKS; k++)
		for (size_t i = 0; i < CHANGES; i++)
			if (behind(&w, k, i, true) != behind(&w, k, i, false))
				fail_msg("change %zu, question %zu", i, k);
}

static void what_is_behind_a_mark_was_never_there(void **state)
{
	struct world w = make(*state);

	begin(w.f);
	for (size_t i = 0; i < CHANGES; i++) {
		int64_t before[ASKS];

		for (size_t k = 0; k < ASKS; k++)
			before[k] = asks[k](&w);
		OK(w.f, store_mark(w.f->s, &w.f->e));
		changes[i](&w);
		for (size_t k = 0; k < ASKS; k++)
			(void)asks[k](&w);
		OK(w.f, store_back_to_mark(w.f->s, &w.f->e));
		for (size_t k = 0; k < ASKS; k++)
			assert_int_equal(asks[k](&w), before[k]);
	}
	commit(w.f);
}

static void who_only_says_may_not_write(void **state)
{
	struct world w = make(*state);

	if (!store_ahead_begin(w.f->s))
		return;
	REFUSED(w.f, ERR_BUG, store_storm_sweep(w.f->s, NOW, &w.f->e));
	store_ahead_said(w.f->s);
	assert_int_equal(storm(&w), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_was_asked_is_asked_again_behind_a_change),
		STORE_TEST(what_was_said_is_asked_again_behind_a_change),
		STORE_TEST(what_is_said_changes_no_answer),
		STORE_TEST(what_is_rolled_back_was_never_there),
		STORE_TEST(a_new_case_has_all_addresses_of_its_requester),
		STORE_TEST(budgets_are_said_together),
		STORE_TEST(too_much_may_be_said),
		STORE_TEST(what_is_said_takes_little_memory),
		STORE_TEST(what_was_asked_last_is_asked_again_behind_a_change),
		STORE_TEST(what_is_behind_a_mark_was_never_there),
		STORE_TEST(who_only_says_may_not_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
