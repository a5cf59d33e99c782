#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/file.h"
#include "gatewayd/identity/header_scan.h"
#include "gatewayd/identity/identity.h"
#include "gatewayd/post/compose.h"
#include "gatewayd/post/template_name.h"
#include "tests/unit/shipped.h"

#define HOST "mx.help.example"
#define OURS "support@help.example"
static const int64_t now = 1795305600;
enum { NOTE_SIZE = 1000 * 1000 };

static struct conf_queue queue = {
	.name = "technical",
	.address = OURS,
	.from_name = "Help Desk",
	.language = "en",
	.phone = "+49 1",
};
static const char *languages[] = { "en", "de" };
static struct conf conf = {
	.hostname = HOST,
	.company = "Help & Co",
	.plus_addresses = true,
	.verp = true,
	.queues = &queue,
	.queue_count = 1,
	.languages = { languages, 2 },
	.shipped_templates = "conf/templates",
	.limits = { .token_days = 30, .note_bytes = NOTE_SIZE },
};
static struct token_keys keys;

static int set_up(void **state)
{
	struct err e;

	(void)state;
	crypto_init();
	shipped_words(&conf);
	return token_keys_set(&keys, SPAN("a secret of enough characters for a key"), SPAN(""), &e);
}

static int tear_down(void **state)
{
	(void)state;
	arena_release(&conf.arena);
	return 0;
}

/* The words of a sender; none may come back to a stranger. */
#define SUBJECT "Buy-cheap-pills"
#define NAME	"Visit-evil-example"

static const struct store_case *about_7(struct arena *a, const char *subject)
{
	struct store_case *c = arena_alloc(a, sizeof(*c));

	c->number = 7;
	c->subject = span_of(subject);
	return c;
}

static struct compose_mail intent(struct arena *a, const char *template, enum compose_cause cause)
{
	struct compose_mail m = {
		.queue = &queue,
		.words = words_find(&conf, NULL, "en"),
		.template = template,
		.cause = cause,
		.to = { SPAN(NAME), SPAN("ann@example.com") },
		.role = TOKEN_CUSTOMER,
		.authenticated = true,
		.c = about_7(a, "Re: [Case #9] " SUBJECT),
		.data = template_data_new(a),
		.thread.message_id = SPAN("mail.1@example.com"),
	};

	template_set(m.data, "reason", SPAN("you wrote to us"));
	template_set(m.data, "severity", SPAN("3"));
	template_set(m.data, "customer", SPAN(SUBJECT));
	template_set(m.data, "owner", SPAN("Bob"));
	return m;
}

static struct composed make(const struct compose_mail *m, struct arena *a)
{
	struct desk desk = { .conf = &conf, .keys = &keys, .now = now, .arena = a };
	struct composed made;
	struct err e = { .text = "" };

	if (compose(&desk, m, &made, &e) < 0)
		fail_msg("%s", e.text);
	return made;
}

static bool has(struct span s, const char *text)
{
	return span_find(s, span_of(text)) != SIZE_MAX;
}

/* It is in what a person reads of the mail, before lines are folded for the way. */
static bool reads(const struct compose_mail *m, struct arena *a, const char *text)
{
	struct desk desk = { .conf = &conf, .keys = &keys, .now = now, .arena = a };
	struct compose_texts texts;
	struct err e = { .text = "" };

	if (compose_texts(&desk, m, &texts, &e) < 0)
		fail_msg("%s", e.text);
	return has(texts.subject, text) || has(texts.text, text) || has(texts.html, text);
}

static void a_reply_to_a_customer_comes_from_the_owner_and_threads(void **state)
{
	struct arena a ARENA_AUTO;
	struct span references[] = { SPAN("mail.0@example.com"), SPAN("mail.1@example.com") };
	struct compose_mail m;
	struct composed made;
	struct header_scan s;

	(void)state;
	arena_init(&a);
	m = intent(&a, "customer_reply", COMPOSE_PERSON);
	m.from_name = SPAN("Bob of Support");
	m.thread.references = references;
	m.thread.reference_count = 2;
	template_set(m.data, "text", SPAN("Try <b> & \"c\"\nBob"));
	made = make(&m, &a);
	header_scan(made.message, &a, &s);
	assert_true(span_is(s.from, OURS));
	assert_true(has(made.message, "From: Bob of Support <" OURS ">\r\n"));
	assert_true(span_is(made.texts.subject, "Re: [Case #7] " SUBJECT));
	assert_true(span_is(s.in_reply_to[0], "mail.1@example.com"));
	assert_int_equal(s.reference_count, 2);
	assert_true(span_eq(s.message_id, made.message_id));
	assert_false(made.automatic);
	assert_null(s.auto_submitted.p);
	assert_true(has(s.body, "Try <b> & \"c\""));
	assert_true(reads(&m, &a, "Try &lt;b&gt; &amp; &quot;c&quot;<br>Bob"));
}

static enum token_verdict check(enum token_purpose purpose, struct span token,
				struct span addressee, int64_t *ret_case)
{
	enum token_role role;

	return token_check(&keys, purpose, token, addressee, now, &role, ret_case);
}

static void every_token_is_for_the_recipient_and_the_case(void **state)
{
	struct arena a ARENA_AUTO;
	struct compose_mail m;
	struct composed made;
	struct header_scan s;
	int64_t number = 0;
	struct span ann = SPAN("ann@example.com");

	(void)state;
	arena_init(&a);
	m = intent(&a, "confirmation", COMPOSE_ANSWER);
	made = make(&m, &a);
	header_scan(made.message, &a, &s);
	assert_int_equal(
	    check(TOKEN_REPLY, token_in_address(s.reply_to.v[0], SPAN(OURS), '+'), ann, &number),
	    TOKEN_VALID);
	assert_int_equal(number, 7);
	assert_int_equal(
	    check(TOKEN_MESSAGE_ID, token_in_message_id(s.message_id, SPAN(HOST)), ann, &number),
	    TOKEN_VALID);
	assert_int_equal(
	    check(TOKEN_BOUNCE, token_in_address(made.sender, SPAN(OURS), '+'), SPAN_NONE, &number),
	    TOKEN_VALID);
	assert_int_equal(check(TOKEN_LOOP, s.loop_mark, s.message_id, &number), TOKEN_VALID);
	assert_true(span_is(s.auto_submitted, "auto-replied"));
	assert_true(made.automatic);
}

static void what_we_send_is_known_as_ours_when_it_comes_back(void **state)
{
	struct arena a ARENA_AUTO;
	struct compose_mail m;
	struct header_scan s;
	struct identity id;

	(void)state;
	arena_init(&a);
	m = intent(&a, "confirmation", COMPOSE_ANSWER);
	header_scan(make(&m, &a).message, &a, &s);
	identity_decide(&s, &(struct identity_world){ &conf, NULL, &keys, now, &a }, &id);
	assert_true(id.is_own);
	assert_int_equal(id.level, TRUST_L0);
}

struct stranger_row {
	const char *template;
	enum compose_cause cause;
	enum token_role role;
	bool authenticated, words;
};

/* Invariant I7, on every shipped template. */
static void a_stranger_gets_none_of_a_sender_s_words(void **state)
{
	struct mime_attachment file = { SPAN(SUBJECT), SPAN("text/plain"), SPAN(""), SPAN(SUBJECT),
					false };

	(void)state;
	for (size_t i = 0; i < template_file_count; i++) {
		struct arena a ARENA_AUTO;
		struct compose_mail m;
		struct template_data *row;
		struct composed made;

		arena_init(&a);
		m = intent(&a, template_files[i].name, COMPOSE_ANSWER);
		m.authenticated = false;
		m.attachments = &file;
		m.attachment_count = 1;
		template_set(m.data, "text", SPAN(SUBJECT));
		template_set(m.data, "error", SPAN(SUBJECT));
		row = template_row(m.data, "cases");
		template_set(row, "subject", SPAN(SUBJECT));
		row = template_row(m.data, "similar");
		template_set(row, "subject", SPAN(SUBJECT));
		row = template_row(m.data, "transcript");
		template_set(row, "result", SPAN(SUBJECT));
		made = make(&m, &a);
		if (has(made.message, SUBJECT) || has(made.message, NAME) || reads(&m, &a, SUBJECT))
			fail_msg("%s", template_files[i].name);
	}
}

/* A folder of the operator's with one file in it, as "en/confirmation.txt". */
static char *template_folder(struct arena *a, const char *name, const char *text)
{
	char *dir = arena_printf(a, "/tmp/test_compose_XXXXXX");
	FILE *f;

	assert_non_null(mkdtemp(dir));
	assert_int_equal(mkdir(arena_printf(a, "%s/en", dir), 0700), 0);
	f = fopen(arena_printf(a, "%s/%s", dir, name), "w");
	assert_non_null(f);
	fputs(text ? text : "", f);
	fclose(f);
	return dir;
}

/* As another configuration has them. */
static void use_templates(const char *dir)
{
	queue.templates = dir;
	conf.forms = forms_new(&conf.arena);
}

static void folder_remove(struct arena *a, const char *dir, const char *name)
{
	unlink(arena_printf(a, "%s/%s", dir, name));
	rmdir(arena_printf(a, "%s/en", dir));
	rmdir(dir);
}

/* Every name that is or carries a sender's word; and one that nobody has judged yet. */
static const char *const foreign[] = {
	"subject",	"customer",
	"account",	"text",
	"text_html",	"sender",
	"recipient",	"error",
	"number",	"age",
	"files",	"files_found",
	"file",		"file_type",
	"file_size",	"command",
	"result",	"late",
	"similar",	"cases",
	"cases_found",	"similar_found",
	"transcript",	"found",
	"line",		"a_name_of_tomorrow",
	"today",	"today_found",
	"mine",		"mine_found",
	"waits",	"waits_found",
	"reply_to",	"held",
	"envelope",	"cc",
	"sure",		"doubts",
	"doubt",	"mails",
	"mails_found",	"about",
	"why",		"participants",
	"others",	"outside",
	"also_to",	"file_note",
	"possibly",	"via",
	"beside",	"happened",
	"history",	"history_found",
	"history_at",	"history_who",
	"history_kind", "history_text",
	"query",	"take_link",
	"resolve_link", "waiting_link",
	"note_link",	"package",
	"open_cases",	"open_cases_found",
};

static bool is_foreign(const char *name)
{
	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++)
		if (strcmp(foreign[i], name) == 0)
			return true;
	return false;
}

/* What a stranger reads of a value under this name, or of one in a row of the list `list`. */
static bool is_shown(const char *name, const char *list, bool authenticated)
{
	struct arena a ARENA_AUTO;
	struct compose_mail m;
	bool shown;
	char *dir;

	arena_init(&a);
	dir = template_folder(
	    &a, "en/confirmation.txt",
	    arena_printf(&a, "Subject: x\n\n{{%s}}{{#%s}}{{%s}}{{/%s}}\n", name, list, name, list));
	use_templates(dir);
	m = intent(&a, "confirmation", COMPOSE_ANSWER);
	m.authenticated = authenticated;
	m.c = about_7(&a, "");
	template_set(strcmp(name, list) ? template_row(m.data, list) : m.data, name, SPAN(SUBJECT));
	shown = reads(&m, &a, SUBJECT);
	use_templates(NULL);
	folder_remove(&a, dir, "en/confirmation.txt");
	return shown;
}

/* Those that compose() sets itself. */
static bool is_set_by_compose(const char *name)
{
	static const char *const names[] = { "case",   "queue",	  "company",   "phone",
					     "portal", "subject", "text_html", "write_above" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static void only_names_that_are_ours_reach_a_stranger(void **state)
{
	(void)state;
	for (size_t i = 0; i < template_name_count; i++) {
		const char *name = template_names[i];

		assert_int_equal(template_name_is_ours(span_of(name)), !is_foreign(name));
		if (is_set_by_compose(name))
			continue;
		if (is_shown(name, name, false) == is_foreign(name) ||
		    is_shown(name, "suggestions", false) == is_foreign(name) ||
		    is_shown(name, "cases", false))
			fail_msg("%s", name);
		assert_true(is_shown(name, name, true));
	}
	assert_false(is_shown("a_name_of_tomorrow", "a_name_of_tomorrow", false));
	assert_false(is_shown("a_name_of_tomorrow", "suggestions", false));
	assert_false(template_name_known(SPAN("a_name_of_tomorrow")));
}

static void people_who_may_see_the_words_get_them(void **state)
{
	static const struct stranger_row rows[] = {
		{ "staff_new_case", COMPOSE_NOTICE, TOKEN_STAFF, true, true },
		{ "staff_new_case", COMPOSE_NOTICE, TOKEN_STAFF, false, true },
		{ "customer_reply", COMPOSE_PERSON, TOKEN_CUSTOMER, true, true },
		{ "confirmation", COMPOSE_ANSWER, TOKEN_CUSTOMER, true, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct arena a ARENA_AUTO;
		struct compose_mail m;
		struct composed made;

		arena_init(&a);
		m = intent(&a, rows[i].template, rows[i].cause);
		m.role = rows[i].role;
		m.authenticated = rows[i].authenticated;
		made = make(&m, &a);
		assert_int_equal(has(made.texts.subject, SUBJECT), rows[i].words);
		assert_true(has(made.message, NAME));
	}
}

static void a_person_s_reply_reaches_a_stranger_with_its_files(void **state)
{
	struct mime_attachment file = { SPAN("a.txt"), SPAN("text/plain"), SPAN(""), SPAN("x"), 0 };
	struct arena a ARENA_AUTO;
	struct compose_mail m;
	struct composed made;

	(void)state;
	arena_init(&a);
	m = intent(&a, "customer_reply", COMPOSE_PERSON);
	m.authenticated = false;
	m.attachments = &file;
	m.attachment_count = 1;
	template_set(m.data, "text", SPAN("words of staff"));
	made = make(&m, &a);
	assert_true(reads(&m, &a, "words of staff"));
	assert_true(has(made.message, "filename=\"a.txt\""));
	assert_false(reads(&m, &a, SUBJECT));
	assert_true(span_is(made.texts.subject, "Re: [Case #7]"));
}

static void a_mail_about_no_case_has_the_null_path_and_no_reply_token(void **state)
{
	struct arena a ARENA_AUTO;
	struct compose_mail m;
	struct composed made;
	struct header_scan s;

	(void)state;
	arena_init(&a);
	m = intent(&a, "too_large", COMPOSE_ANSWER);
	m.c = NULL;
	made = make(&m, &a);
	header_scan(made.message, &a, &s);
	assert_int_equal(made.sender.n, 0);
	assert_non_null(made.sender.p);
	assert_int_equal(s.reply_to.n, 0);
	assert_false(has(made.texts.subject, "[Case"));
}

static void unsubscribing_is_one_click_where_there_is_an_address_for_it(void **state)
{
	struct arena a ARENA_AUTO;
	struct compose_mail m;
	struct span message;

	(void)state;
	arena_init(&a);
	m = intent(&a, "recommendation", COMPOSE_NOTICE);
	m.unsubscribe = true;
	message = make(&m, &a).message;
	assert_true(has(message, "List-Unsubscribe:"));
	assert_true(has(message, "<mailto:support+"));
	assert_false(has(message, "List-Unsubscribe-Post"));
	conf.unsubscribe_url = "https://help.example/leave?x=1";
	message = make(&m, &a).message;
	conf.unsubscribe_url = NULL;
	assert_true(has(message, "<https://help.example/leave?x=1&token="));
	assert_true(has(message, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
	assert_true(has(message, "Auto-Submitted: auto-generated\r\n"));
}

/* By our own pages, where browsers reach them by https, and only where nothing else is said. */
static void unsubscribing_is_by_the_pages_where_there_are_some(void **state)
{
	static const struct {
		struct conf_web web;
		const char *url; /* NULL: by mail alone */
	} rows[] = {
		{ { "127.0.0.1:1", "https://board.example", 60 },
		  "<https://board.example/unsubscribe/" },
		{ { "127.0.0.1:1", "https://board.example/a/", 60 },
		  "<https://board.example/a/unsubscribe/" },
		{ { "127.0.0.1:1", "http://board.example", 60 }, NULL },
		{ { "127.0.0.1:1", NULL, 60 }, NULL },
		{ { NULL, "https://board.example", 60 }, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct arena a ARENA_AUTO;
		struct compose_mail m;
		struct span message;

		arena_init(&a);
		m = intent(&a, "recommendation", COMPOSE_NOTICE);
		m.unsubscribe = true;
		conf.web = rows[i].web;
		message = make(&m, &a).message;
		conf.web = (struct conf_web){ 0 };
		assert_true(has(message, "<mailto:support+"));
		assert_int_equal(has(message, "List-Unsubscribe-Post: "), rows[i].url != NULL);
		if (rows[i].url)
			assert_true(has(message, rows[i].url));
	}
}

static void the_tag_is_there_whatever_the_template_says(void **state)
{
	static const char *const texts[][2] = {
		{ "Subject: Hello\n\nx", "[Case #7] Hello" },
		{ "Subject: Re: [Case #{{case}}] Hello\n\nx", "Re: [Case #7] Hello" },
		{ "Subject: [Case #8] Hello\n\nx", "[Case #7] [Case #8] Hello" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct arena a ARENA_AUTO;
		struct compose_mail m;
		struct span subject;
		char *dir;

		arena_init(&a);
		dir = template_folder(&a, "en/confirmation.txt", texts[i][0]);
		use_templates(dir);
		m = intent(&a, "confirmation", COMPOSE_ANSWER);
		subject = make(&m, &a).texts.subject;
		use_templates(NULL);
		folder_remove(&a, dir, "en/confirmation.txt");
		assert_string_equal(arena_cstr(&a, subject), texts[i][1]);
	}
}

static void a_subject_with_line_ends_stays_one_line(void **state)
{
	struct arena a ARENA_AUTO;
	struct compose_mail m;
	struct composed made;

	(void)state;
	arena_init(&a);
	m = intent(&a, "customer_reply", COMPOSE_PERSON);
	m.c = about_7(&a, "a\r\nBcc: x@y.z\r\n\r\nbody");
	made = make(&m, &a);
	assert_true(span_is(made.texts.subject, "Re: [Case #7] a Bcc: x@y.z body"));
	assert_false(has(made.message, "\nBcc"));
}

static void the_shipped_templates_have_no_fault(void **state)
{
	struct buf findings BUF_AUTO, doubts BUF_AUTO;

	(void)state;
	buf_init(&findings, 64 * 1024);
	buf_init(&doubts, 64 * 1024);
	compose_check(&conf, &findings, &doubts);
	assert_string_equal(buf_cstr(&findings), "");
	assert_string_equal(buf_cstr(&doubts), "");
}

/* As long as limits.note_size lets a note be by default, of what is longest when it is escaped. */
static void the_longest_note_is_a_mail_whatever_is_in_it(void **state)
{
	static const char *const fillers[] = { "x", "\n", "\"", "\xe3\x81\x82" };

	(void)state;
	for (size_t i = 0; i < sizeof(fillers) / sizeof(*fillers); i++) {
		struct arena a ARENA_AUTO;
		struct compose_mail m;
		struct buf text BUF_AUTO;

		arena_init(&a);
		buf_init(&text, NOTE_SIZE);
		while (text.n + strlen(fillers[i]) <= NOTE_SIZE)
			buf_adds(&text, fillers[i]);
		m = intent(&a, "customer_reply", COMPOSE_PERSON);
		template_set(m.data, "text", buf_span(&text));
		assert_true(make(&m, &a).message.n > NOTE_SIZE);
	}
}

/* Each language is looked for in each folder: what is not there must not use up what may be. */
static void many_queues_have_folders_of_their_own(void **state)
{
	enum { QUEUES = 60 };
	static struct conf_queue queues[QUEUES];
	static const char *many[] = { "en", "de", "fr", "es", "ja" };
	struct conf c = conf;
	struct buf findings BUF_AUTO, doubts BUF_AUTO;
	struct conf_problems problems;
	struct loader l;
	char *dir;

	(void)state;
	arena_init(&c.arena);
	buf_init(&findings, 64 * 1024);
	buf_init(&doubts, 64 * 1024);
	conf_problems_init(&problems);
	for (int i = 0; i < QUEUES; i++) {
		queues[i] = queue;
		queues[i].templates = arena_printf(&c.arena, "/nowhere/%d", i);
	}
	dir = template_folder(&c.arena, "en/confirmation.txt", "Subject: x\n\n{{nobody_knows}}\n");
	queues[QUEUES - 1].name = "last";
	queues[QUEUES - 1].templates = dir;
	c.files = files_new(&c.arena);
	c.queues = queues;
	c.queue_count = QUEUES;
	c.languages = (struct policy_words){ many, 5 };
	c.words_count = 0;
	loader_init(&l, &c, CONF_FULL, &problems);
	words_read(&l);
	loader_release(&l);
	compose_check(&c, &findings, &doubts);
	folder_remove(&c.arena, dir, "en/confirmation.txt");
	assert_string_equal(buf_cstr(&findings),
			    arena_printf(&c.arena,
					 "%s/en/confirmation.txt:3: {{nobody_knows}}: unknown "
					 "placeholder\n",
					 dir));
	conf_problems_release(&problems);
	arena_release(&c.arena);
}

/* What is said of a template of the operator's own, behind its folder. */
static void check_says(const char *name, const char *text, const char *wrong, const char *doubtful)
{
	struct arena a ARENA_AUTO;
	struct buf findings BUF_AUTO, doubts BUF_AUTO;
	char *dir;

	arena_init(&a);
	buf_init(&findings, 64 * 1024);
	buf_init(&doubts, 64 * 1024);
	dir = template_folder(&a, name, text);
	if (!text) {
		unlink(arena_printf(&a, "%s/%s", dir, name));
		assert_int_equal(symlink("nowhere", arena_printf(&a, "%s/%s", dir, name)), 0);
	}
	use_templates(dir);
	compose_check(&conf, &findings, &doubts);
	use_templates(NULL);
	folder_remove(&a, dir, name);
	assert_string_equal(buf_cstr(&findings),
			    *wrong ? arena_printf(&a, "%s/%s%s\n", dir, name, wrong) : "");
	assert_string_equal(buf_cstr(&doubts),
			    *doubtful ? arena_printf(&a, "%s/%s%s\n", dir, name, doubtful) : "");
}

static void a_faulty_template_is_named(void **state)
{
	static const char *const near[][2] = {
		{ "custmer", "; did you mean {{customer}}?" },
		{ "caze", "; did you mean {{case}}?" },
		{ "cas", "; did you mean {{case}}?" },
		{ "Customer", "; did you mean {{customer}}?" },
		{ "subjekt", "; did you mean {{subject}}?" },
		{ "severity_lable", "; did you mean {{severity_label}}?" },
		{ "customer_name", "; did you mean {{customer}}?" },
		{ "case_number", "; did you mean {{case}}?" },
		{ "xyzzy", "" },
		{ "id", "" },
		{ "ticket", "" },
	};

	(void)state;
	check_says("en/confirmation.txt", "Subject: x\n\n{{nobody_knows}}\n",
		   ":3: {{nobody_knows}}: unknown placeholder", "");
	for (size_t i = 0; i < sizeof(near) / sizeof(*near); i++) {
		struct arena a ARENA_AUTO;

		arena_init(&a);
		check_says("en/confirmation.txt",
			   arena_printf(&a, "Subject: x\n\n{{%s}}\n", near[i][0]),
			   arena_printf(&a, ":3: {{%s}}: %s%s", near[i][0],
					near[i][0][0] < 'a' ? "not a name of [a-z0-9_]"
							    : "unknown placeholder",
					near[i][1]),
			   "");
	}
	check_says("en/confirmation.txt", "Hello\n", ":1: the first line is not \"Subject: ...\"",
		   "");
}

/* Customers would read question marks, or what the operator has replaced. */
static void a_doubtful_template_is_named(void **state)
{
	static const char *const names[] = { "en/confirmation.txt", "en/confirmation.html",
					     "look.html" };
	struct buf large BUF_AUTO, look BUF_AUTO;

	(void)state;
	buf_init(&large, SIZE_MAX);
	buf_adds(&large, "Subject: x\n\n");
	while (large.n <= 256 * (size_t)KIB)
		buf_adds(&large, "on and on\n");
	check_says("en/confirmation.txt",
		   "Subject: x\n\nGr\xfc\xdf"
		   "e\n",
		   "", ":3: warning: this line is not UTF-8; save the file as UTF-8");
	check_says("en/confirmation.txt",
		   "Subject: x\n\nGr\xc3\xbc\xc3\x9f"
		   "e\n",
		   "", "");
	check_says("en/confirmation.html", "<p>\n<b>Gr\xfcn</b>\n", "",
		   ":2: warning: this line is not UTF-8; save the file as UTF-8");
	buf_init(&look, SIZE_MAX);
	buf_adds(&look, "{{! gr\xfcn }}\n");
	assert_int_equal(file_read("conf/templates/look.html", &look), 0);
	check_says("look.html", buf_cstr(&look), "",
		   ":1: warning: this line is not UTF-8; save the file as UTF-8");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		check_says(
		    names[i], buf_cstr(&large), "",
		    ": warning: is no regular file of at most 262144 bytes; it is passed over");
		check_says(
		    names[i], NULL, "",
		    ": warning: cannot be read: No such file or directory; it is passed over");
	}
}

static void a_template_is_compiled_once_for_a_configuration(void **state)
{
	struct err first, again;
	const struct conf_form *form =
	    conf_form(&conf, &queue, "de", "confirmation", false, &first);

	(void)state;
	assert_non_null(form);
	assert_ptr_equal(conf_form(&conf, &queue, "de", "confirmation", false, &first), form);
	assert_ptr_not_equal(conf_form(&conf, &queue, "de", "confirmation", true, &first), form);
	assert_string_equal(form->language, "de");
	assert_string_equal(conf_form(&conf, &queue, "xx", "confirmation", false, &first)->language,
			    "en");
	assert_null(conf_form(&conf, &queue, "en", "nowhere", false, &first));
	assert_null(conf_form(&conf, &queue, "en", "nowhere", false, &again));
	assert_string_equal(first.text, again.text);
}

static void a_template_that_is_not_there_is_an_error(void **state)
{
	struct arena a ARENA_AUTO;
	struct desk desk = { .conf = &conf, .keys = &keys, .now = now, .arena = &a };
	struct compose_mail m;
	struct composed made;
	struct err e;

	(void)state;
	arena_init(&a);
	m = intent(&a, "no_such_template", COMPOSE_ANSWER);
	assert_int_equal(compose(&desk, &m, &made, &e), -1);
	assert_int_equal(e.class, ERR_PERM);
	m = intent(&a, "confirmation", COMPOSE_ANSWER);
	m.to.address = SPAN("not an address");
	assert_int_equal(compose(&desk, &m, &made, &e), -1);
	assert_int_equal(e.class, ERR_PERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reply_to_a_customer_comes_from_the_owner_and_threads),
		cmocka_unit_test(every_token_is_for_the_recipient_and_the_case),
		cmocka_unit_test(what_we_send_is_known_as_ours_when_it_comes_back),
		cmocka_unit_test(a_stranger_gets_none_of_a_sender_s_words),
		cmocka_unit_test(only_names_that_are_ours_reach_a_stranger),
		cmocka_unit_test(people_who_may_see_the_words_get_them),
		cmocka_unit_test(a_person_s_reply_reaches_a_stranger_with_its_files),
		cmocka_unit_test(a_mail_about_no_case_has_the_null_path_and_no_reply_token),
		cmocka_unit_test(unsubscribing_is_one_click_where_there_is_an_address_for_it),
		cmocka_unit_test(unsubscribing_is_by_the_pages_where_there_are_some),
		cmocka_unit_test(the_tag_is_there_whatever_the_template_says),
		cmocka_unit_test(a_subject_with_line_ends_stays_one_line),
		cmocka_unit_test(the_shipped_templates_have_no_fault),
		cmocka_unit_test(the_longest_note_is_a_mail_whatever_is_in_it),
		cmocka_unit_test(many_queues_have_folders_of_their_own),
		cmocka_unit_test(a_faulty_template_is_named),
		cmocka_unit_test(a_doubtful_template_is_named),
		cmocka_unit_test(a_template_is_compiled_once_for_a_configuration),
		cmocka_unit_test(a_template_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
