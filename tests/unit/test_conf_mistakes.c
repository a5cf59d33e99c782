/* The mistakes in tests/mistakes, made in the example: each is named at its line, and no more said.
 */
#include "tests/unit/unit.h"

#include <errno.h>
#include <ftw.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/files.h"
#include "gatewayd/base/units.h"
#include "gatewayd/post/settings.h"

enum { ROOM = 256 * KIB };

struct world {
	struct arena arena;
	const char *cwd;
	char dir[40]; /* of the configuration, with all that it names */
	struct span title;
	struct buf conf;
	struct span old;	/* what the next "+" takes the place of */
	struct span rest;	/* of what was said */
	struct buf said, wrong; /* wrong: what differs from the table, all of it */
	bool made, refused, loaded, differs;
	size_t mistakes, right;
};

static const char *path_of(struct world *w, struct span name)
{
	return arena_printf(&w->arena, "%s/%.*s", w->dir, (int)name.n, name.p);
}

static struct span read_text(struct world *w, const char *path)
{
	const char *complaint = "";
	struct span text;

	if (!files_read(files_new(&w->arena), path, ROOM, &text, &complaint))
		fail_msg("%s: %s", path, complaint);
	return text;
}

/* Who the daemon would be. */
static const struct passwd *user(void)
{
	const struct passwd *pw = geteuid() ? getpwuid(geteuid()) : getpwnam("nobody");

	assert_non_null(pw);
	return pw;
}

static void write_text(const char *path, struct span text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	if (!f)
		fail_msg("%s: %s", path, strerror(errno));
	assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
	if (geteuid() == 0)
		assert_int_equal(chown(path, user()->pw_uid, (gid_t)-1), 0);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static void differ(struct world *w, const char *what, struct span it)
{
	w->differs = true;
	buf_addf(&w->wrong, "%.*s: %s %.*s\n", SPAN_ARG(w->title), what, SPAN_ARG(it));
}

/* ---- The notation: tests/mistakes/README.md -------------------------------------------------- */

static struct span unescaped(struct world *w, struct span s)
{
	static const char letters[] = "ntr\\", bytes[] = "\n\t\r\\";
	char *p = arena_alloc(&w->arena, s.n + 1), hex[3] = "";
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		char next = s.p[i] == '\\' && i + 1 < s.n ? s.p[i + 1] : '\0';
		const char *letter = next ? strchr(letters, next) : NULL;

		p[n] = s.p[i];
		if (letter) {
			p[n] = bytes[letter - letters];
			i++;
		} else if (next == 'x' && i + 3 < s.n) {
			memcpy(hex, s.p + i + 2, 2);
			p[n] = (char)strtol(hex, NULL, 16);
			i += 3;
		}
		n++;
	}
	return (struct span){ p, n };
}

static bool replace(struct world *w, struct span old, struct span fresh)
{
	struct span text = arena_dup(&w->arena, buf_span(&w->conf));
	size_t at = span_find(text, old);

	if (at == SIZE_MAX)
		return false;
	buf_clear(&w->conf);
	buf_add(&w->conf, span_sub(text, 0, at));
	buf_add(&w->conf, fresh);
	buf_add(&w->conf, span_sub(text, at + old.n, SIZE_MAX));
	return true;
}

static void take_out(struct world *w, struct span rest)
{
	w->old = unescaped(w, rest);
}

static void put_in(struct world *w, struct span rest)
{
	struct span fresh = unescaped(w, rest);

	if (!w->old.p) {
		buf_add(&w->conf, fresh);
		buf_addc(&w->conf, '\n');
	} else if (!replace(w, w->old, fresh)) {
		differ(w, "the example has no", w->old);
	}
	w->old = SPAN_NONE;
}

static void make_file(struct world *w, struct span rest)
{
	const char *path = path_of(w, span_cut(&rest, ' '));
	const char *mode = arena_cstr(&w->arena, span_cut(&rest, ' '));

	write_text(path, unescaped(w, rest), (mode_t)strtoul(mode, NULL, 8));
}

static void make_folder(struct world *w, struct span name)
{
	assert_int_equal(mkdir(path_of(w, name), 0755), 0);
}

static void take_away(struct world *w, struct span name)
{
	assert_int_equal(unlink(path_of(w, name)), 0);
}

static void cut_off(struct world *w, struct span rest)
{
	size_t at = span_find(buf_span(&w->conf), unescaped(w, rest));

	assert_true(at != SIZE_MAX);
	w->conf.n = at;
}

static void to_crlf(struct world *w, struct span rest)
{
	struct span text = arena_dup(&w->arena, buf_span(&w->conf)), line;

	(void)rest;
	buf_clear(&w->conf);
	while (span_line(&text, &line)) {
		buf_add(&w->conf, line);
		buf_adds(&w->conf, "\r\n");
	}
}

/* ---- One mistake ------------------------------------------------------------------------------
 */

static void begin(struct world *w, struct span title)
{
	static const char *const secrets[] = { "token.key", "support.password", "emerging.password",
					       "billing.password", "smtp.password" };

	w->title = title;
	w->made = w->refused = w->differs = false;
	w->old = SPAN_NONE;
	w->mistakes++;
	(void)snprintf(w->dir, sizeof(w->dir), "/tmp/test_mistakes_XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	make_folder(w, SPAN("state"));
	assert_int_equal(chown(path_of(w, SPAN("state")), user()->pw_uid, user()->pw_gid), 0);
	assert_int_equal(
	    symlink(arena_printf(&w->arena, "%s/conf/policy", w->cwd), path_of(w, SPAN("policy"))),
	    0);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++)
		write_text(path_of(w, span_of(secrets[i])),
			   SPAN("0123456789abcdef0123456789abcdef\n"), 0600);
	buf_clear(&w->conf);
	buf_add(&w->conf, read_text(w, "conf/gatewayd.conf.example"));
}

/* What installing brings and this machine may lack. */
static void installed(struct world *w)
{
	(void)replace(w, SPAN("\"/var/lib/gatewayd/"), SPAN("\"state/"));
	(void)replace(w, SPAN("\"/run/gatewayd/"), SPAN("\"state/"));
	(void)replace(w, SPAN("user = \"gatewayd\";"),
		      span_of(arena_printf(&w->arena, "user = \"%s\";", user()->pw_name)));
}

/* The configuration is read once all is as the mistake has it. */
static void make(struct world *w)
{
	const char *path = path_of(w, SPAN("gatewayd.conf"));
	struct conf_problems problems;
	struct conf *c;

	if (w->made)
		return;
	w->made = true;
	installed(w);
	write_text(path, buf_span(&w->conf), 0644);
	conf_problems_init(&problems);
	c = settings_load(path, CONF_FULL, &problems);
	w->loaded = c != NULL;
	buf_clear(&w->said);
	buf_add(&w->said, buf_span(&problems.text));
	w->rest = buf_span(&w->said);
	conf_free(&c);
	conf_problems_release(&problems);
}

/* "FILE:LINE: " of the first line with the place; without a place no line. */
static const char *where(struct world *w, struct span at)
{
	struct span file = SPAN("gatewayd.conf"), text;
	size_t line = 1, end;

	if (span_starts(at, SPAN("in:")))
		file = span_sub(span_cut(&at, ' '), 3, SIZE_MAX);
	if (span_is(at, "-"))
		return arena_printf(&w->arena, "%s: ", path_of(w, file));
	text = read_text(w, path_of(w, file));
	end = span_find(text, unescaped(w, at));
	if (end == SIZE_MAX)
		differ(w, "there is no place", at);
	for (size_t i = 0; i < end && i < text.n; i++)
		line += text.p[i] == '\n';
	return arena_printf(&w->arena, "%s:%zu: ", path_of(w, file), line);
}

static void expect(struct world *w, struct span rest, const char *severity)
{
	size_t bar = span_find(rest, SPAN(" | "));
	struct span line = SPAN_NONE, words;
	const char *begins;

	assert_true(bar != SIZE_MAX);
	make(w);
	words = unescaped(w, span_sub(rest, bar + 3, SIZE_MAX));
	begins = arena_printf(&w->arena, "%s%s", where(w, span_sub(rest, 0, bar)), severity);
	if (!span_line(&w->rest, &line))
		differ(w, "nothing said of", rest);
	else if (!span_starts(line, span_of(begins)) || span_find(line, words) == SIZE_MAX ||
		 (!*severity &&
		  span_starts(span_sub(line, strlen(begins), SIZE_MAX), SPAN("warning: "))))
		differ(
		    w,
		    arena_printf(&w->arena, "not %s ... %.*s, but", begins, (int)words.n, words.p),
		    line);
}

static void expect_error(struct world *w, struct span rest)
{
	w->refused = true;
	expect(w, rest, "");
}

static void expect_warning(struct world *w, struct span rest)
{
	expect(w, rest, "warning: ");
}

static void expect_nothing(struct world *w, struct span rest)
{
	(void)rest;
	make(w);
}

static void end(struct world *w)
{
	struct span line;

	if (!w->title.p)
		return;
	make(w);
	while (span_line(&w->rest, &line))
		differ(w, "said, too:", line);
	if (w->loaded == w->refused)
		differ(w, "it was", w->loaded ? SPAN("taken") : SPAN("refused"));
	w->right += !w->differs;
	assert_int_equal(nftw(w->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	w->title = SPAN_NONE;
}

static const struct {
	const char *word;
	void (*act)(struct world *w, struct span rest);
} lines[] = {
	{ "- ", take_out },	    { "+ ", put_in },		{ "file ", make_file },
	{ "folder ", make_folder }, { "gone ", take_away },	{ "cut ", cut_off },
	{ "crlf", to_crlf },	    { "error ", expect_error }, { "warning ", expect_warning },
	{ "fine", expect_nothing },
};

static void act(struct world *w, struct span line)
{
	if (span_starts(line, SPAN("== "))) {
		end(w);
		begin(w, span_sub(line, 3, SIZE_MAX));
		return;
	}
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (span_starts(line, span_of(lines[i].word))) {
			lines[i].act(w, span_sub(line, strlen(lines[i].word), SIZE_MAX));
			return;
		}
	if (line.n && line.p[0] != '#')
		fail_msg("what is %.*s?", (int)line.n, line.p);
}

static void try_all(const char *path, size_t least)
{
	struct world w = { 0 };
	struct span text, line, rest;
	char *cwd = getcwd(NULL, 0);

	w.cwd = cwd;
	arena_init(&w.arena);
	buf_init(&w.conf, ROOM);
	buf_init(&w.said, ROOM);
	buf_init(&w.wrong, ROOM);
	text = read_text(&w, path);
	while (span_line(&text, &line))
		act(&w, line);
	end(&w);
	print_message("# %s: %zu of %zu as it should be\n", path, w.right, w.mistakes);
	for (rest = buf_span(&w.wrong); span_line(&rest, &line);)
		print_error("%.*s\n", SPAN_ARG(line));
	assert_int_equal(w.right, w.mistakes);
	assert_true(w.mistakes >= least);
	buf_release(&w.conf);
	buf_release(&w.said);
	buf_release(&w.wrong);
	arena_release(&w.arena);
	free(cwd);
}

static void mistakes_of_notation_are_named(void **state)
{
	(void)state;
	try_all("tests/mistakes/notation.txt", 60);
}

static void mistakes_of_keys_are_named(void **state)
{
	(void)state;
	try_all("tests/mistakes/keys.txt", 55);
}

static void mistakes_of_meaning_are_named(void **state)
{
	(void)state;
	try_all("tests/mistakes/meaning.txt", 110);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes_of_notation_are_named),
		cmocka_unit_test(mistakes_of_keys_are_named),
		cmocka_unit_test(mistakes_of_meaning_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
