/* Secrets and mail templates: where they are looked for, and what is refused. */
#include "tests/unit/unit.h"

#include <dirent.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/conf.h"
#include "conf/files.h"
#include "conf/words.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/post/template_name.h"

struct place { /* a private folder */
	char dir[64];
	struct arena arena;
};

static int make_place(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	(void)snprintf(p->dir, sizeof(p->dir), "/tmp/test_conf_XXXXXX");
	arena_init(&p->arena);
	*state = p;
	return mkdtemp(p->dir) ? 0 : -1;
}

static void remove_all(const char *dir)
{
	DIR *d = opendir(dir);
	struct arena a ARENA_AUTO;
	struct dirent *e;

	arena_init(&a);
	if (!d)
		return;
	while ((e = readdir(d))) {
		const char *path = arena_printf(&a, "%s/%s", dir, e->d_name);

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (unlink(path) != 0)
			remove_all(path);
	}
	closedir(d);
	(void)rmdir(dir);
}

static int remove_place(void **state)
{
	struct place *p = *state;

	(void)unsetenv("CREDENTIALS_DIRECTORY");
	remove_all(p->dir);
	arena_release(&p->arena);
	free(p);
	return 0;
}

static const char *put(struct place *p, const char *name, const char *text, mode_t mode)
{
	const char *path = arena_printf(&p->arena, "%s/%s", p->dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static void folder(struct place *p, const char *name)
{
	assert_int_equal(mkdir(arena_printf(&p->arena, "%s/%s", p->dir, name), 0700), 0);
}

static void check_secret(const char *file, const char *want)
{
	struct buf secret BUF_AUTO;
	struct err e;

	buf_init(&secret, 1024);
	assert_int_equal(conf_secret_read(file, &secret, &e), want ? 0 : -1);
	if (want)
		assert_string_equal(buf_cstr(&secret), want);
	else
		assert_non_null(strstr(e.text, file)); /* says which */
}

static void a_secret_is_the_first_line_of_a_private_file(void **state)
{
	struct place *p = *state;

	check_secret(put(p, "a", "secret\n", 0600), "secret");
	check_secret(put(p, "b", "secret\r\nsecond line\n", 0640), "secret");
	check_secret(put(p, "c", "no line end", 0400), "no line end");
	check_secret(put(p, "d", " spaces stay \n", 0600), " spaces stay ");
	check_secret(put(p, "e", "readable by all\n", 0604), NULL);
	check_secret(put(p, "f", "readable by all\n", 0644), NULL);
	check_secret(put(p, "g", "writable by all\n", 0602), NULL);
	check_secret(put(p, "h", "", 0600), NULL);
	check_secret(put(p, "i", "\nsecond\n", 0600), NULL);
	check_secret(arena_printf(&p->arena, "%s/nowhere", p->dir), NULL);
	check_secret("/dev/null", NULL);
	check_secret(p->dir, NULL);
}

static const char conf_text[] =
    "hostname = \"mail.example.com\"; company = \"Example\"; token_key_file = \"key\";\n"
    "mailboxes: { a: { host = \"localhost\"; user = \"a\"; secret_file = \"a.secret\"; "
    "processed = \"Done\"; address = \"a@example.com\"; queue = \"q\"; }; };\n"
    "smtp: { host = \"localhost\"; auth = \"none\"; };\n"
    "queues: { q: { kind = \"technical\"; templates = \"own\"; language = \"de\"; }; };\n"
    "templates = \"all\";\n";

static const char key[] = "0123456789abcdef0123456789abcdef\n";

static struct conf *load(struct place *p, struct conf_problems *ret_problems)
{
	char *cwd = getcwd(NULL, 0);
	const char *path = put(
	    p, "gatewayd.conf",
	    arena_printf(&p->arena, "%spolicy_dir = \"%s/conf/policy\";\n", conf_text, cwd), 0644);

	free(cwd);
	conf_problems_init(ret_problems);
	return conf_load(path, CONF_FULL, ret_problems);
}

static const char machine_text[] =
    "hostname = \"mail.example.com\"; company = \"Example\"; token_key_file = \"key\";\n"
    "mailboxes: { a: { host = \"localhost\"; user = \"a\"; secret_file = \"a.secret\"; "
    "processed = \"Done\"; address = \"a@example.com\"; queue = \"q\"; }; };\n"
    "staff: { s: { name = \"S\"; addresses = [ \"s@example.com\" ]; }; };\n"
    "smtp: { host = \"localhost\"; auth = \"none\"; %s };\n"
    "queues: { q: { kind = \"technical\"; notify = [ \"s@example.com\" ]; }; }; "
    "authserv_ids = [ \"mx\" ]; border_hosts = [ \"mx\" ]; policy_dir = \"%s/conf/policy\";\n%s\n";
static const char places_text[] = "store = \"g.db\"; socket = \"g.sock\"; ";

static struct conf *load_text(struct place *p, const char *text, const char *file,
			      struct conf_problems *ret_problems)
{
	const char *path = put(p, "gatewayd.conf", text, 0644);

	(void)unlink(arena_printf(&p->arena, "%s/f", p->dir));
	if (file)
		put(p, "f", file, 0644);
	conf_problems_init(ret_problems);
	return conf_load(path, CONF_FULL, ret_problems);
}

static void full_scope_wants_every_secret(void **state)
{
	struct place *p = *state;
	struct conf_problems problems;
	struct conf *c;

	folder(p, "own");
	folder(p, "all");
	put(p, "key", "too short\n", 0600);
	put(p, "a.secret", "x\n", 0644);
	assert_null(load(p, &problems));
	assert_int_equal(problems.count, 2);
	assert_non_null(strstr(buf_cstr(&problems.text), "gatewayd.conf:1: token_key_file: "));
	assert_non_null(strstr(buf_cstr(&problems.text), "has 9 characters"));
	assert_non_null(
	    strstr(buf_cstr(&problems.text), "gatewayd.conf:2: mailboxes.a.secret_file: "));
	assert_non_null(strstr(buf_cstr(&problems.text), "can be read by everybody"));
	assert_null(strstr(buf_cstr(&problems.text), "too short"));
	conf_problems_release(&problems);
	put(p, "key", key, 0600);
	put(p, "a.secret", "x\n", 0600);
	c = load(p, &problems);
	assert_non_null(c);
	conf_problems_release(&problems);
	conf_free(&c);
}

static void a_key_of_an_application_is_one(void **state)
{
	static const struct {
		const char *text, *says; /* NULL: it is taken */
	} rows[] = {
		{ "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n", NULL },
		{ "-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY-----\n", NULL },
		{ "{\"private_key\": \"-----BEGIN PRIVATE KEY-----\\nx\"}", NULL },
		{ "-----BEGIN ENCRYPTED PRIVATE KEY-----\nx\n", "is encrypted" },
		{ "-----BEGIN CERTIFICATE-----\nx\n", "has no private key" },
		{ "{}", "has no private key" },
	};
	struct place *p = *state;
	char *cwd = getcwd(NULL, 0);
	const char *oauth =
	    arena_printf(&p->arena,
			 "oauth: { app: { provider = \"google\"; flow = \"service_account\"; "
			 "key_file = \"app.key\"; }; }; %s",
			 places_text);
	const char *text = arena_printf(&p->arena, machine_text, "", cwd, oauth);

	free(cwd);
	put(p, "key", key, 0600);
	put(p, "a.secret", "x\n", 0600);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct conf_problems problems;
		struct conf *c;

		put(p, "app.key", rows[i].text, 0600);
		c = load_text(p, text, NULL, &problems);
		if (rows[i].says ? !strstr(buf_cstr(&problems.text), rows[i].says) : !c)
			fail_msg("%s: %s", rows[i].text, buf_cstr(&problems.text));
		conf_problems_release(&problems);
		conf_free(&c);
	}
}

/* What a configuration names, and is not there or something else. */
static const struct {
	const char *smtp, *root; /* keys */
	const char *file;	 /* the text of "f"; NULL: there is none */
	const char *words;	 /* what is said; NULL: nothing */
	bool refused;
} machine[] = {
	{ "", "", NULL, NULL, false },
	{ "", "kb_dir = \"nowhere\";", NULL, "conf:6: kb_dir: there is no folder ", true },
	{ "", "kb_dir = \"f\";", "x", "conf:6: kb_dir: there is no folder ", true },
	{ "", "templates = \"nowhere\";", NULL, "conf:6: templates: there is no folder ", true },
	{ "", "socket = \"g.sock\"; store = \"nowhere/g.db\";", NULL,
	  "conf:6: warning: store: there is no folder ", false },
	{ "", "store = \"g.db\"; socket = \"f/g.sock\";", "x",
	  "conf:6: warning: socket: there is no folder ", false },
	{ "", "user = \"root\";", NULL, "conf:6: warning: user: is root", false },
	{ "ca_file = \"nowhere\";", "", NULL, "conf:4: smtp.ca_file: ", true },
	{ "ca_file = \".\";", "", NULL, "is no regular file", true },
	{ "ca_file = \"f\";", "", "", "has no certificate in it", true },
	{ "ca_file = \"f\";", "", "secret\n", "has no certificate in it", true },
	{ "ca_file = \"f\";", "", "-----BEGIN CERTIFICATE-----\nMIIB\n", "is damaged or cut short",
	  true },
	{ "ca_file = \"f\";", "", "-----BEGIN PRIVATE KEY-----\nMIIB\n", "but a key", true },
};

static void what_is_not_on_this_machine_is_named(void **state)
{
	struct place *p = *state;
	char *cwd = getcwd(NULL, 0);

	put(p, "key", key, 0600);
	put(p, "a.secret", "x\n", 0600);
	for (size_t i = 0; i < sizeof(machine) / sizeof(*machine); i++) {
		bool places = strstr(machine[i].root, "store = ") != NULL;
		const char *rest =
		    arena_printf(&p->arena, "%s%s", places ? "" : places_text, machine[i].root);
		struct conf_problems problems;
		struct conf *c =
		    load_text(p, arena_printf(&p->arena, machine_text, machine[i].smtp, cwd, rest),
			      machine[i].file, &problems);
		const char *said = buf_cstr(&problems.text), *words = machine[i].words;

		/* Root names another user. */
		if (!words && geteuid() == 0)
			words = "warning: user: is missing";
		if (!c != machine[i].refused || (words ? !strstr(said, words) : *said))
			fail_msg("row %zu: %s", i, said);
		conf_problems_release(&problems);
		conf_free(&c);
	}
	free(cwd);
}

/* Only root can become another user, so only for root it is more than a doubt. */
static void a_user_who_does_not_exist_is_named(void **state)
{
	struct place *p = *state;
	struct conf_problems problems;
	char *cwd = getcwd(NULL, 0);
	struct conf *c;

	put(p, "key", key, 0600);
	put(p, "a.secret", "x\n", 0600);
	c = load_text(
	    p,
	    arena_printf(&p->arena, machine_text, "", cwd,
			 arena_printf(&p->arena, "%suser = \"no-such-user\";", places_text)),
	    NULL, &problems);
	assert_int_equal(problems.count, geteuid() == 0);
	assert_int_equal(problems.warnings, geteuid() != 0);
	assert_non_null(
	    strstr(buf_cstr(&problems.text), "user: there is no user \"no-such-user\""));
	conf_problems_release(&problems);
	conf_free(&c);
	free(cwd);
}

/* The unit starts as the user: root's own secrets pass for root and fail there. */
static void a_secret_that_only_root_can_read_is_a_doubt(void **state)
{
	struct place *p = *state;
	char *cwd = getcwd(NULL, 0);
	const char *text =
	    arena_printf(&p->arena, machine_text, "", cwd,
			 arena_printf(&p->arena, "%suser = \"nobody\";", places_text));

	free(cwd);
	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(p->dir, 0777), 0);
	for (int own = 0; own < 2; own++) {
		struct conf_problems problems;
		const struct passwd *nobody = getpwnam("nobody");
		struct conf *c;

		assert_int_equal(
		    chown(put(p, "key", key, 0600), own ? nobody->pw_uid : 0, (gid_t)-1), 0);
		assert_int_equal(
		    chown(put(p, "a.secret", "x\n", 0640), 0, own ? nobody->pw_gid : 0), 0);
		c = load_text(p, text, NULL, &problems);
		assert_non_null(c);
		assert_int_equal(problems.warnings, own ? 0 : 2);
		if (!own)
			assert_non_null(
			    strstr(buf_cstr(&problems.text),
				   "cannot be read by nobody, as whom the unit starts"));
		conf_problems_release(&problems);
		conf_free(&c);
	}
}

/* Of the store, and of the socket: one that only root may write. */
static void a_folder_that_the_user_may_not_write_is_a_doubt(void **state)
{
	struct place *p = *state;
	char *cwd = getcwd(NULL, 0);
	const struct passwd *nobody = getpwnam("nobody");
	static const struct {
		mode_t mode;
		bool own;
		size_t warnings;
	} rows[] = { { 0700, false, 2 }, { 0755, false, 2 }, { 0703, false, 0 },
		     { 0702, false, 2 }, { 0700, true, 0 },  { 0577, true, 2 } };
	const char *text =
	    arena_printf(&p->arena, machine_text, "", cwd,
			 "store = \"state/g.db\"; socket = \"state/g.sock\"; user = \"nobody\";");

	free(cwd);
	if (geteuid() != 0)
		skip();
	folder(p, "state");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *state_dir = arena_printf(&p->arena, "%s/state", p->dir);
		const char *words = arena_printf(
		    &p->arena, "warning: store: nobody may not write in %s; chown nobody: %s\n",
		    state_dir, state_dir);
		struct conf_problems problems;
		struct conf *c;

		assert_int_equal(chown(put(p, "key", key, 0600), nobody->pw_uid, (gid_t)-1), 0);
		assert_int_equal(chown(put(p, "a.secret", "x\n", 0600), nobody->pw_uid, (gid_t)-1),
				 0);
		assert_int_equal(chown(state_dir, rows[i].own ? nobody->pw_uid : 0, 0), 0);
		assert_int_equal(chmod(state_dir, rows[i].mode), 0);
		c = load_text(p, text, NULL, &problems);
		assert_non_null(c);
		if (problems.warnings != rows[i].warnings ||
		    (rows[i].warnings && !strstr(buf_cstr(&problems.text), words)))
			fail_msg("row %zu: %s", i, buf_cstr(&problems.text));
		conf_problems_release(&problems);
		conf_free(&c);
	}
}

static void a_credential_of_systemd_goes_before_a_file(void **state)
{
	struct place *p = *state;
	struct conf_problems problems;
	struct conf *c;

	folder(p, "own");
	folder(p, "all");
	folder(p, "credentials");
	put(p, "key", "too short\n", 0600);
	put(p, "a.secret", "x\n", 0600);
	put(p, "credentials/key", key, 0400);
	assert_int_equal(
	    setenv("CREDENTIALS_DIRECTORY", arena_printf(&p->arena, "%s/credentials", p->dir), 1),
	    0);
	c = load(p, &problems);
	assert_non_null(c);
	assert_string_equal(c->token_key_file,
			    arena_printf(&p->arena, "%s/credentials/key", p->dir));
	assert_string_equal(c->mailboxes[0].server.secret_file,
			    arena_printf(&p->arena, "%s/a.secret", p->dir));
	conf_problems_release(&problems);
	conf_free(&c);
}

/* As mails of the first queue are made with it. */
static struct conf_template template_of(struct place *p, const struct conf *c, const char *name)
{
	struct err e = { .text = "" };
	struct conf_template t;

	if (conf_template_read(c, &c->queues[0], c->queues[0].language, name, &p->arena, &t, &e) <
	    0)
		fail_msg("%s", e.text);
	return t;
}

/* How the template begins in a configuration loaded now. */
static void check_template(struct place *p, const char *name, const char *begins)
{
	struct conf_problems problems;
	struct conf *c = load(p, &problems);

	assert_non_null(c);
	assert_true(span_starts(template_of(p, c, name).text, span_of(begins)));
	conf_problems_release(&problems);
	conf_free(&c);
}

static void template_place(struct place *p)
{
	static const char *const folders[] = {
		"own", "own/en", "own/de", "all", "all/en", "all/de"
	};

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		folder(p, folders[i]);
	put(p, "key", key, 0600);
	put(p, "a.secret", "x\n", 0600);
}

/* The queue's language is de: a file of ours in another one replaces that one, and no German. */
static void a_template_is_the_queues_then_the_operators_then_the_shipped(void **state)
{
	static const char shipped[] = "Subject: [Case #{{case}}] {{#opened_for_you}}Wir haben";
	static const struct {
		const char *file, *begins;
	} steps[] = {
		{ "all/en", shipped },
		{ "own/en", shipped },
		{ "all/de", "all/de" },
		{ "own/de", "own/de" },
	};
	struct place *p = *state;

	template_place(p);
	check_template(p, "confirmation", shipped);
	check_template(p, "sla_breach", "Subject: Frist");
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		put(p, arena_printf(&p->arena, "%s/confirmation.txt", steps[i].file), steps[i].file,
		    0644);
		check_template(p, "confirmation", steps[i].begins);
	}
}

/* A language that nothing is shipped in: English, ours before the shipped. */
static void a_language_without_the_template_has_the_english(void **state)
{
	static const struct {
		const char *file, *begins;
	} steps[] = {
		{ NULL, "Subject: [Case #{{case}}] {{#opened_for_you}}We " },
		{ "all/en", "all/en" },
		{ "own/en", "own/en" },
		{ "all/it", "all/it" },
		{ "own/it", "own/it" },
	};
	struct place *p = *state;
	struct conf_template t;
	struct err e = { .text = "" };

	template_place(p);
	folder(p, "all/it");
	folder(p, "own/it");
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		struct conf_problems problems;
		struct conf *c;

		if (steps[i].file)
			put(p, arena_printf(&p->arena, "%s/confirmation.txt", steps[i].file),
			    steps[i].file, 0644);
		c = load(p, &problems);
		assert_non_null(c);
		assert_int_equal(
		    conf_template_read(c, &c->queues[0], "it", "confirmation", &p->arena, &t, &e),
		    0);
		assert_true(span_starts(t.text, span_of(steps[i].begins)));
		conf_problems_release(&problems);
		conf_free(&c);
	}
}

static void check_html(struct place *p, const char *html)
{
	struct conf_problems problems;
	struct conf *c = load(p, &problems);
	struct conf_template t;

	assert_non_null(c);
	t = template_of(p, c, "confirmation");
	if (html)
		assert_true(span_is(t.html, html));
	else
		assert_null(t.html.p);
	conf_problems_release(&problems);
	conf_free(&c);
}

/* "languages" and the queue's language as given; what is wrong, or "". */
static const char *wrong_languages(struct place *p, const char *languages, const char *language)
{
	char *cwd = getcwd(NULL, 0);
	const char *text = arena_printf(
	    &p->arena,
	    "hostname = \"mail.example.com\"; company = \"Example\"; token_key_file = \"key\";\n"
	    "mailboxes: { a: { host = \"localhost\"; user = \"a\"; secret_file = \"a.secret\"; "
	    "processed = \"Done\"; address = \"a@example.com\"; queue = \"q\"; }; };\n"
	    "smtp: { host = \"localhost\"; auth = \"none\"; };\n%s\n"
	    "queues: { q: { kind = \"technical\"; templates = \"own\"; language = \"%s\"; }; };\n"
	    "policy_dir = \"%s/conf/policy\";\n",
	    languages, language, cwd);
	struct conf_problems problems;
	struct conf *c = load_text(p, text, NULL, &problems);
	const char *wrong = c ? "" : arena_cstr(&p->arena, buf_span(&problems.text));

	if (c && strcmp(words_find(c, &c->queues[0], language)->language, language) != 0)
		wrong = "other words";
	conf_problems_release(&problems);
	conf_free(&c);
	free(cwd);
	return wrong;
}

/* A queue's own language needs no mention; one without templates is a problem at its line. */
static void a_language_has_templates_somewhere(void **state)
{
	struct place *p = *state;

	template_place(p);
	folder(p, "own/it");
	assert_string_equal(wrong_languages(p, "", "de"), "");
	assert_string_equal(wrong_languages(p, "", "it"), "");
	assert_string_equal(wrong_languages(p, "languages = [ \"en\" ];", "it"), "");
	assert_string_equal(wrong_languages(p, "languages = [ \"en\", \"it\" ];", "en"), "");
	assert_non_null(strstr(wrong_languages(p, "", "xx"), "queues.q.language: there are no "
							     "templates in \"xx\""));
	assert_non_null(strstr(wrong_languages(p, "languages = [ \"en\", \"yy\" ];", "en"),
			       ": languages: there are no templates in \"yy\""));
}

/* The language of the queue is de: an HTML form belongs to a text of the same language, in its
 * folder or one behind it. */
static void an_html_form_goes_with_its_text(void **state)
{
	static const struct {
		const char *file, *html;
	} steps[] = {
		{ "all/en/confirmation.html", NULL },
		{ "all/de/confirmation.html", "all/de/confirmation.html" },
		{ "own/de/confirmation.txt", NULL },
		{ "own/en/confirmation.html", NULL },
		{ "own/de/confirmation.html", "own/de/confirmation.html" },
	};
	struct place *p = *state;

	template_place(p);
	check_html(p, NULL);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		put(p, steps[i].file, steps[i].file, 0644);
		check_html(p, steps[i].html);
	}
}

static void a_template_that_is_nowhere_is_named(void **state)
{
	struct place *p = *state;
	struct conf_problems problems;
	struct conf_template t;
	struct conf *c;
	struct err e;

	template_place(p);
	c = load(p, &problems);
	assert_non_null(c);
	assert_int_equal(conf_template_read(c, NULL, "de", "no_such", &p->arena, &t, &e), -1);
	assert_non_null(strstr(e.text, "no_such.txt"));
	conf_problems_release(&problems);
	conf_free(&c);
}

static void files_that_were_kept_load_the_same_whatever_the_disk_has(void **state)
{
	struct place *p = *state;
	struct conf_problems problems;
	struct buf files BUF_AUTO;
	struct conf *c, *again;

	buf_init(&files, 1 << 20);
	template_place(p);
	c = load(p, &problems);
	assert_non_null(c);
	template_of(p, c, "confirmation");
	conf_files_put(c, &files);
	put(p, "gatewayd.conf", "this is no configuration", 0644);
	put(p, "own/de/confirmation.txt", "edited", 0644);
	again = conf_load_files(buf_span(&files), c->path, CONF_POLICY_ONLY, &problems);
	assert_non_null(again);
	assert_string_equal(again->mailboxes[0].name, c->mailboxes[0].name);
	assert_true(span_starts(template_of(p, again, "confirmation").text,
				SPAN("Subject: [Case #{{case}}] {{#opened_for_you}}Wir haben")));
	assert_null(conf_load_files(span_sub(buf_span(&files), 0, files.n - 1), c->path,
				    CONF_POLICY_ONLY, &problems));
	conf_problems_release(&problems);
	conf_free(&again);
	conf_free(&c);
}

/* Every name in a shipped template stands in the table of README.md; every section is closed. */
static void check_names(const char *file, struct span text, struct span readme)
{
	struct buf entry BUF_AUTO;
	struct arena a ARENA_AUTO;
	int depth = 0;

	buf_init(&entry, 128);
	arena_init(&a);
	for (size_t at; (at = span_find(text, SPAN("{{"))) != SIZE_MAX;) {
		struct span name;

		text = span_sub(text, at + 2, SIZE_MAX);
		at = span_find(text, SPAN("}}"));
		assert_true(at != SIZE_MAX && at > 0);
		name = span_sub(text, 0, at);
		depth += name.p[0] == '#' || name.p[0] == '^';
		depth -= name.p[0] == '/';
		if (name.p[0] == '!')
			continue;
		if (!ascii_is_alpha((unsigned char)name.p[0]))
			name = span_sub(name, 1, SIZE_MAX);
		buf_clear(&entry);
		buf_addf(&entry, "`%s`", arena_cstr(&a, name));
		if (span_find(readme, buf_span(&entry)) == SIZE_MAX)
			fail_msg("%s: {{%s}} is not in README.md", file, arena_cstr(&a, name));
	}
	if (depth)
		fail_msg("%s: a section is not closed", file);
}

/* Mails that go out by themselves to whom we do not know say nothing that a sender chose. */
static bool carries_no_words_of_a_sender(const char *name, struct span text)
{
	static const char *const automatic[] = { "confirmation",  "too_large",
						 "referral",	  "case_closed",
						 "case_state",	  "owner_assigned",
						 "status_answer", "unsubscribe_done" };
	static const char *const words[] = { "{{subject}}", "{{text}}", "{{text_html}}",
					     "{{customer}}" };

	for (size_t i = 0; i < sizeof(automatic) / sizeof(*automatic); i++)
		for (size_t j = 0; j < sizeof(words) / sizeof(*words); j++)
			if (span_starts(span_of(name), span_of(automatic[i])) &&
			    span_find(text, span_of(words[j])) != SIZE_MAX)
				return false;
	return true;
}

static size_t check_language(const char *language, struct arena *a, struct span readme)
{
	const char *dir = arena_printf(a, "conf/templates/%s", language);
	DIR *d = opendir(dir);
	struct dirent *e;
	size_t n = 0;

	assert_non_null(d);
	while ((e = readdir(d))) {
		const char *file = arena_printf(a, "%s/%s", dir, e->d_name), *complaint;
		struct span text;

		if (*e->d_name == '.' || strcmp(e->d_name, "words.conf") == 0)
			continue;
		assert_true(files_read(files_new(a), file, 1 << 20, &text, &complaint));
		assert_true(utf8_valid(text));
		check_names(file, text, readme);
		if (!carries_no_words_of_a_sender(e->d_name, text))
			fail_msg("%s carries words of a sender", file);
		if (span_ends_ci(span_of(e->d_name), SPAN(".txt"))) {
			struct span subject, blank;

			assert_true(span_line(&text, &subject) && span_line(&text, &blank));
			assert_true(span_starts(subject, SPAN("Subject: ")) && blank.n == 0);
			n++;
		}
	}
	closedir(d);
	return n;
}

/* Those to customers, or all. */
static int shipped(bool staff_too)
{
	int n = 0;

	for (size_t i = 0; i < template_file_count; i++)
		n += staff_too || !template_files[i].for_staff;
	return n;
}

static void shipped_templates_are_sound(void **state)
{
	struct place *p = *state;
	const char *complaint;
	struct span readme;

	assert_true(files_read(files_new(&p->arena), "conf/templates/README.md", 1 << 20, &readme,
			       &complaint));
	assert_int_equal(check_language("en", &p->arena, readme), shipped(true));
	assert_int_equal(check_language("de", &p->arena, readme), shipped(true));
	assert_int_equal(check_language("fr", &p->arena, readme), shipped(false));
	assert_int_equal(check_language("es", &p->arena, readme), shipped(false));
	assert_int_equal(check_language("ja", &p->arena, readme), shipped(false));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_place, remove_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_secret_is_the_first_line_of_a_private_file),
		TEST(full_scope_wants_every_secret),
		TEST(a_key_of_an_application_is_one),
		TEST(what_is_not_on_this_machine_is_named),
		TEST(a_user_who_does_not_exist_is_named),
		TEST(a_secret_that_only_root_can_read_is_a_doubt),
		TEST(a_folder_that_the_user_may_not_write_is_a_doubt),
		TEST(a_credential_of_systemd_goes_before_a_file),
		TEST(a_template_is_the_queues_then_the_operators_then_the_shipped),
		TEST(a_language_has_templates_somewhere),
		TEST(a_language_without_the_template_has_the_english),
		TEST(an_html_form_goes_with_its_text),
		TEST(a_template_that_is_nowhere_is_named),
		TEST(files_that_were_kept_load_the_same_whatever_the_disk_has),
		TEST(shipped_templates_are_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
