/* Each cell of the table of who is told of what: on, off, and whom it reaches. */
#include "tests/store/fixture.h"

#include "gatewayd/base/zone.h"
#include "gatewayd/post/notice.h"
#include "tests/unit/shipped.h"

static const char *languages[] = { "en" };
static const char *notify[] = { "one@staff.test", "two@staff.test" };
static const char *others[] = { "other@staff.test" };
static const char *operators[] = { "ops@staff.test" };
static const char *sam_address[] = { "sam@staff.test" };
static const char *entry[1];
static struct conf_escalation escalations[] = { { 1, "lead@staff.test" },
						{ 2, "head@staff.test" } };
static struct conf_queue queues[] = {
	{ .name = "technical",
	  .kind = "technical",
	  .address = "support@help.test",
	  .from_name = "Help",
	  .language = "en",
	  .zone = "UTC",
	  .phone = "+49 30 1234",
	  .notify = { notify, 2 },
	  .escalations = escalations,
	  .escalation_count = 2 },
	{ .name = "other",
	  .kind = "technical",
	  .address = "other@help.test",
	  .from_name = "Help",
	  .language = "en",
	  .zone = "UTC",
	  .notify = { others, 1 } },
};
static const char *tess_address[] = { "tess@staff.test" };
static struct conf_staff staff[] = {
	{ "sam", "Sam", { sam_address, 1 }, NULL, NULL, { NULL, 0 }, false },
	{ "tess", "Tess", { tess_address, 1 }, NULL, NULL, { NULL, 0 }, false }
};
static struct policy_kind kind = { .name = "technical",
				   .scale = "standard",
				   .scale_shipped = true,
				   .levels = { { "1", "1" }, { "2", "2" }, { "3", "3" } } };
static struct conf conf = {
	.hostname = "mx.help.test",
	.company = "Help",
	.queues = queues,
	.queue_count = 2,
	.operators = { operators, 1 },
	.staff = staff,
	.staff_count = 2,
	.languages = { languages, 1 },
	.shipped_templates = "conf/templates",
	.limits = { .token_days = 30,
		    .note_bytes = 1000000,
		    .mail_bytes = 25000000,
		    .auto_proven_hour = 1000,
		    .auto_unproven_hour = 1000,
		    .auto_unproven_day = 1000,
		    .auto_unproven_all_hour = 1000,
		    .auto_per_case_day = 1000,
		    .staff_per_case_day = 1000 },
	.policy = { .kinds = &kind, .kind_count = 1 },
};
static struct token_keys keys;

struct world {
	struct fixture *f;
	struct desk d;
	int64_t number;
};

static void begin_case(struct world *w, const char *owner, enum case_state state)
{
	struct store_case c = { .queue = SPAN("technical"),
				.kind = SPAN("technical"),
				.channel = SPAN("email"),
				.severity = 3,
				.state = state,
				.subject = SPAN("The proxy"),
				.requester_name = SPAN("Ann"),
				.requester_address = SPAN("ann@customer.test"),
				.account = SPAN(""),
				.behalf = SPAN(""),
				.reseller = SPAN(""),
				.owner = span_of(owner),
				.rule = SPAN(""),
				.resource = SPAN(""),
				.language = SPAN(""),
				.written_to = SPAN(""),
				.opened_at = NOW,
				.updated_at = NOW };

	struct store_person bea = { SPAN("bea@customer.test"), SPAN("Bea"), ORIGIN_NAMED };

	OK(w->f, store_case_open(w->f->s, &c, &w->number, &w->f->e));
	OK(w->f, store_participant_add(w->f->s, w->number, &bea, &w->f->e));
}

static void set_up_world(struct world *w, struct fixture *f)
{
	shipped_words(&conf);
	OK(f,
	   token_keys_set(&keys, SPAN("a secret of enough characters for a key"), SPAN(""), &f->e));
	*w = (struct world){ .f = f,
			     .d = { .conf = &conf,
				    .store = f->s,
				    .zones = zones_new(NULL),
				    .keys = &keys,
				    .now = NOW,
				    .arena = &f->a } };
}

static void tear_down_world(struct world *w)
{
	zones_free(&w->d.zones);
	arena_release(&conf.arena);
	conf.words = NULL;
	conf.words_count = 0;
	queues[0].notices = (struct policy_words){ 0 };
}

static struct post_trouble trouble = { .name = SPAN_LITERAL("support"),
				       .text = SPAN_LITERAL("connection refused"),
				       .since_at = NOW };

/* All that any event wants. */
static struct notice full(enum notice_event event, const struct world *w)
{
	static const struct post_had nobody;
	static const struct post_said said = { .text = SPAN_LITERAL("It is down."),
					       .had = &nobody };
	static const struct mime_thread thread = { .message_id = SPAN_LITERAL("1@customer.test") };
	static const struct post_reply reply = { .text = SPAN_LITERAL("Now it is up.") };
	static const struct post_change change = { .actor = SPAN_LITERAL("operator"),
						   .happened = WORD_SPLIT_OFF,
						   .before = SPAN_LITERAL("tess"),
						   .severity_before = 3,
						   .reason = SPAN_LITERAL("") };
	static const struct post_transcript transcript = { .held = SPAN_LITERAL("") };
	static const struct store_held held = { .staff = SPAN_LITERAL("sam") };
	static const struct store_recommendation recommendation = {
		.account = SPAN_LITERAL("acme"),
		.property = SPAN_LITERAL("www.acme.test"),
		.title = SPAN_LITERAL("HTTP/3"),
		.link = SPAN_LITERAL("https://portal.home.test/a"),
	};
	static int64_t mail;
	static struct store_digest digest = {
		.queue = SPAN_LITERAL("technical"), .mails = &mail, .n = 1, .count = 1
	};
	static const struct store_mail mails[] = { { .from = SPAN_LITERAL("eve@nowhere.test"),
						     .subject = SPAN_LITERAL("Pills"),
						     .reason = SPAN_LITERAL("spam") } };
	static const struct post_released released = { .n = 0 };
	static const struct post_morning morning = { 0 };
	static const struct post_help help = { .queue = &queues[0], .slip = true };
	static const struct conf_queue *const also[] = { &queues[1] };

	return (struct notice){ .event = event,
				.number = w->number,
				.queue = &queues[0],
				.thread = &thread,
				.to = { SPAN("ann@customer.test"), SPAN("Ann"), true, SPAN("") },
				.staff = &staff[0],
				.holder = SPAN("one@staff.test"),
				.queues = also,
				.queue_count = 1,
				.level = 2,
				.said = &said,
				.customer = SPAN("Ann"),
				.words = SPAN(""),
				.reply = &reply,
				.help = &help,
				.change = &change,
				.transcript = &transcript,
				.held = &held,
				.digest = &digest,
				.mails = mails,
				.released = &released,
				.morning = &morning,
				.trouble = &trouble,
				.recipient = SPAN("ann@customer.test"),
				.error = SPAN("no such user"),
				.sender = SPAN("sam@home.test"),
				.recommendations = &recommendation,
				.recommendation_count = 1 };
}

/* Whom an audience is in the world of this test. */
static const char *people_of(enum notice_audience audience)
{
	static const char *const people[NOTICE_AUDIENCE_COUNT] = {
		[NOTICE_TO_REQUESTER] = "ann@customer.test",
		[NOTICE_TO_PARTICIPANTS] = "bea@customer.test",
		[NOTICE_TO_FIRST_LINE] = "resa@vendor.test",
		[NOTICE_TO_INDIRECT] = "indy@sub.test",
		[NOTICE_TO_OWNER] = "sam@staff.test",
		[NOTICE_TO_PREVIOUS] = "tess@staff.test",
		[NOTICE_TO_QUEUE] = "one@staff.test two@staff.test",
		[NOTICE_TO_OTHER_QUEUES] = "other@staff.test",
		[NOTICE_TO_AUTHOR] = "sam@staff.test",
		[NOTICE_TO_HOLDER] = "one@staff.test",
		[NOTICE_TO_ESCALATION] = "lead@staff.test head@staff.test",
		[NOTICE_TO_OPERATORS] = "ops@staff.test",
	};

	assert_non_null(people[audience]);
	return people[audience];
}

/* A case in which the condition holds, or does not. */
static void open_for(struct world *w, const struct notice_cell *cell, bool holds)
{
	bool unowned = cell->when == NOTICE_WHEN_UNOWNED ? holds
		       : cell->when == NOTICE_WHEN_NAMED ? !holds
							 : false;
	bool closed = cell->when == NOTICE_WHEN_CLOSED	     ? holds
		      : cell->when == NOTICE_WHEN_NOT_CLOSED ? !holds
							     : false;

	trouble.over = (cell->when == NOTICE_WHEN_OVER) == holds;
	begin_case(w, unowned ? "" : "sam", closed ? CASE_CLOSED : CASE_OPEN);
}

static struct span put_account(struct world *w, const char *id, const char *contact)
{
	struct store_account a = { .id = span_of(id),
				   .name = SPAN(""),
				   .package = SPAN(""),
				   .reseller = SPAN(""),
				   .parent = SPAN(""),
				   .flags = SPAN(""),
				   .contact_name = SPAN(""),
				   .language = SPAN("") };
	struct store_contact c = { .address = span_of(contact),
				   .name = SPAN(""),
				   .account = a.id,
				   .language = SPAN(""),
				   .person = SPAN("") };

	OK(w->f, store_account_put(w->f->s, &a, &w->f->e));
	OK(w->f, store_contact_put(w->f->s, &c, &w->f->e));
	return a.id;
}

/* Those whom the cell tells, in the order of the walk. */
static const char *told_by(struct world *w, const struct notice *n, const struct notice_cell *cell)
{
	struct notice_to *v;
	struct buf out BUF_AUTO;
	struct store_case c;
	size_t count;

	buf_init(&out, 4096);
	OK(w->f, store_case_get(w->f->s, w->number, &w->f->a, &c, &w->f->e));
	if (cell->audience == NOTICE_TO_FIRST_LINE)
		c.reseller = put_account(w, "vendor", "resa@vendor.test");
	if (cell->audience == NOTICE_TO_INDIRECT)
		c.behalf = put_account(w, "sub", "indy@sub.test");
	OK(w->f, notice_whom(&w->d, n, &c, &v, &count, &w->f->e));
	for (size_t i = 0; i < count; i++)
		if (v[i].cell == cell)
			buf_addf(&out, "%s" SPAN_FMT, out.n ? " " : "", SPAN_ARG(v[i].who.address));
	return arena_cstr(&w->f->a, buf_span(&out));
}

static const char *name_of(const struct notice_cell *cell, struct arena *a)
{
	return arena_printf(a, "%s.%s", notice_event_name(cell->event),
			    notice_audience_name(cell->audience));
}

static void set_notices(const char *name, const char *to, struct arena *a)
{
	entry[0] = arena_printf(a, "%s %s", name, to);
	queues[0].notices = (struct policy_words){ entry, name ? 1 : 0 };
}

static void each_cell_tells_its_audience_and_nobody_when_it_is_off(void **state)
{
	struct fixture *f = *state;
	struct world w;

	set_up_world(&w, f);
	OK(f, store_begin(f->s, &f->e));
	for (size_t i = 0; i < notice_cell_count; i++) {
		const struct notice_cell *cell = &notice_cells[i];
		const char *name = name_of(cell, &f->a);
		struct notice n;

		open_for(&w, cell, true);
		n = full(cell->event, &w);
		set_notices(name, "on", &f->a);
		assert_string_equal(told_by(&w, &n, cell), people_of(cell->audience));
		set_notices(name, "off", &f->a);
		assert_string_equal(told_by(&w, &n, cell),
				    cell->mode == NOTICE_FIXED ? people_of(cell->audience) : "");
	}
	OK(f, store_commit(f->s, &f->e));
	tear_down_world(&w);
}

static void what_a_cell_asks_for_must_hold(void **state)
{
	struct fixture *f = *state;
	struct world w;

	set_up_world(&w, f);
	OK(f, store_begin(f->s, &f->e));
	for (size_t i = 0; i < notice_cell_count; i++) {
		const struct notice_cell *cell = &notice_cells[i];
		struct post_said said;
		struct notice n;

		if (cell->when == NOTICE_WHEN_ALWAYS)
			continue;
		open_for(&w, cell, false);
		n = full(cell->event, &w);
		n.to.address =
		    cell->when == NOTICE_WHEN_ANSWERABLE || cell->when == NOTICE_WHEN_CALLABLE
			? SPAN("")
			: n.to.address;
		n.holder = SPAN("gone@staff.test");
		n.together = true;
		said = *n.said;
		said.had = NULL;
		n.said = cell->when == NOTICE_WHEN_PASSED_ON ? &said : n.said;
		set_notices(name_of(cell, &f->a), "on", &f->a);
		assert_string_equal(told_by(&w, &n, cell), "");
	}
	OK(f, store_commit(f->s, &f->e));
	tear_down_world(&w);
}

/* Of what they did themselves, and of who it was before an answer says it to the customer. */
static void nobody_is_told_what_they_know(void **state)
{
	struct fixture *f = *state;
	struct post_change change = { .before = SPAN("tess"), .answered = true };
	struct notice_to *v;
	struct store_case c;
	struct notice n;
	struct world w;
	size_t count;

	set_up_world(&w, f);
	OK(f, store_begin(f->s, &f->e));
	begin_case(&w, "sam", CASE_OPEN);
	OK(f, store_case_get(f->s, w.number, &f->a, &c, &f->e));
	n = full(NOTICE_ASSIGNED, &w);
	n.actor = &staff[0];
	n.change = &change;
	OK(f, notice_whom(&w.d, &n, &c, &v, &count, &f->e));
	assert_int_equal(count, 1);
	assert_true(span_is(v[0].who.address, "tess@staff.test"));
	OK(f, store_commit(f->s, &f->e));
	tear_down_world(&w);
}

/* Each makes its mail from the template that the cell names. */
static void each_event_is_told_once_to_a_person(void **state)
{
	struct fixture *f = *state;
	struct world w;

	set_up_world(&w, f);
	OK(f, store_begin(f->s, &f->e));
	for (int event = 0; event < NOTICE_EVENT_COUNT; event++) {
		struct store_outbox_filter of = { .state = -1 };
		struct store_outbox *v;
		struct notice_to *to;
		struct store_case c;
		struct notice n;
		size_t count, rows;

		if (event == NOTICE_NEAR || event == NOTICE_MISSED)
			continue; /* a mail has many cases: tests/scenarios/escalation.txt */
		begin_case(&w, "", CASE_OPEN);
		n = full((enum notice_event)event, &w);
		OK(f, store_case_get(f->s, w.number, &f->a, &c, &f->e));
		if (event == NOTICE_FILED || event == NOTICE_CASES || event == NOTICE_RELEASED ||
		    event == NOTICE_MORNING)
			continue; /* about no case: tests/scenarios/filed.txt */
		OK(f, notice_whom(&w.d, &n, &c, &to, &count, &f->e));
		OK(f, notice_tell(&w.d, &n, &f->e));
		of.case_number = w.number;
		OK(f, store_outbox_list(f->s, &of, &f->a, &v, &rows, &f->e));
		assert_int_equal(rows, count);
		for (size_t i = 0; i < rows; i++) { /* newest first */
			const struct notice_to *t = &to[rows - 1 - i];

			assert_true(span_is(v[i].kind, t->cell->template));
			assert_true(span_eq(v[i].recipient, t->who.address));
			for (size_t k = 0; k < i; k++)
				assert_false(span_eq(v[i].recipient, v[k].recipient));
		}
	}
	OK(f, store_commit(f->s, &f->e));
	tear_down_world(&w);
}

static void an_entry_names_a_cell_that_may_be_turned(void **state)
{
	static const struct {
		const char *entry;
		bool good;
	} rows[] = {
		{ "opened.requester off", true },  { "opened.requester on", true },
		{ "opened.requester", false },	   { "opened.requester no", false },
		{ "opened off", false },	   { "opened.nobody off", false },
		{ "nothing.queue off", false },	   { "answered.requester off", false },
		{ "opened.escalation on", false }, { "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(!notice_check(rows[i].entry), rows[i].good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(each_cell_tells_its_audience_and_nobody_when_it_is_off),
		STORE_TEST(what_a_cell_asks_for_must_hold),
		STORE_TEST(nobody_is_told_what_they_know),
		STORE_TEST(each_event_is_told_once_to_a_person),
		cmocka_unit_test(an_entry_names_a_cell_that_may_be_turned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
