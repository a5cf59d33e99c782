#include "conf/source.h"

#include <errno.h>

#include <limits.h>
#include <stdlib.h>

#include "conf/path.h"
#include "conf/problems.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/utf8.h"

/* One file being copied into the source. */
struct reader {
	struct conf_files *files;
	struct source *out;
	struct arena *arena;
	struct conf_problems *problems;
	const char *file;
	struct span s; /* all of the file */
	size_t at;
	int line, depth;
	size_t text_end; /* in out, of a text that only space and comments follow so far; 0: none */
	bool ok;
};

static bool copy_file(const char *path, int depth, const struct reader *from, struct source *out);

static void begin_line(struct reader *r)
{
	struct source *o = r->out;

	MEM_GROW(o->lines, o->line_count, &o->line_room);
	o->lines[o->line_count++] = (struct source_line){ r->file, r->line };
}

static void complain(struct reader *r, const char *what)
{
	conf_problem(r->problems, r->file, r->line, NULL, "%s", what);
	r->ok = false;
}

static char look(const struct reader *r, size_t ahead)
{
	return r->at + ahead < r->s.n ? r->s.p[r->at + ahead] : '\0';
}

static void copy(struct reader *r, size_t n)
{
	struct span s = span_sub(span_sub(r->s, r->at, SIZE_MAX), 0, n);
	const char *end = s.p + s.n;

	buf_add(&r->out->text, s);
	r->at += s.n;
	for (const char *p = s.p; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++) {
		r->line++;
		begin_line(r);
	}
}

static bool is_name(char c)
{
	return ascii_is_alpha((unsigned char)c) || ascii_is_digit((unsigned char)c) || c == '-' ||
	       c == '_' || c == '*';
}

static size_t name_length(const struct reader *r)
{
	size_t n = 0;

	while (is_name(look(r, n)))
		n++;
	return n;
}

/* A quote at the end of what looks like a text: libconfig would begin one there. */
static bool is_closing(const struct reader *r)
{
	char before = r->at ? r->s.p[r->at - 1] : '\n', behind = look(r, 1);

	return (is_name(before) || before == '.' || before == '/') && strchr(";,]\r\n", behind);
}

/* libconfig lets a text go on over lines; then a missing quote is told far from where it is. */
static void copy_string(struct reader *r)
{
	bool closing = is_closing(r);
	size_t n = 1;

	while (r->at + n < r->s.n && look(r, n) != '"' && look(r, n) != '\n')
		n += look(r, n) == '\\' && look(r, n + 1) != '\n' ? 2 : 1;
	copy(r, n);
	if (look(r, 0) != '"' && closing) {
		complain(r, "a text has a closing quote, but no opening one; it stands in quotes, "
			    "\"...\"");
		return;
	}
	if (look(r, 0) != '"') {
		complain(r, "a text has no closing quote on its line; close it (a line break in a "
			    "text is written \\n, texts side by side are joined)");
		return;
	}
	copy(r, 1);
}

static void copy_block_comment(struct reader *r)
{
	int began = r->line;

	copy(r, 2);
	while (r->at < r->s.n && !(look(r, 0) == '*' && look(r, 1) == '/'))
		copy(r, 1);
	if (r->at == r->s.n) {
		r->line = began;
		complain(r, "a comment that begins here has no closing */");
	}
	copy(r, 2);
}

static void copy_line_comment(struct reader *r)
{
	const char *end = memchr(r->s.p + r->at, '\n', r->s.n - r->at);

	copy(r, end ? (size_t)(end - r->s.p) - r->at : SIZE_MAX);
}

static bool is_number_start(const struct reader *r)
{
	char c = look(r, 0);

	if (c == '-' || c == '+')
		c = look(r, 1);
	return ascii_is_digit((unsigned char)c);
}

/* A whole number gets its L; one with a point or an exponent is left alone. */
static void copy_number(struct reader *r)
{
	size_t n = look(r, 0) == '-' || look(r, 0) == '+';
	bool hex = look(r, n) == '0' && (look(r, n + 1) | 32) == 'x', whole = true;
	char digits[40];

	if (hex)
		n += 2;
	for (;; n++) {
		char c = look(r, n);

		if (!hex && (c == '.' || c == 'e' || c == 'E'))
			whole = false;
		else if (!(hex ? is_name(c) && c != 'L' : ascii_is_digit((unsigned char)c)) &&
			 (whole || (c != '-' && c != '+')))
			break;
	}
	if (n >= sizeof(digits)) {
		complain(r, "a number of so many digits cannot be read");
	} else if (whole) {
		memcpy(digits, r->s.p + r->at, n);
		digits[n] = '\0';
		errno = 0;
		(void)strtoll(digits, NULL, hex ? 16 : 10);
		if (errno == ERANGE)
			complain(r, "the number does not fit 64 bits");
	}
	copy(r, n);
	if (whole && !is_name(look(r, 0)))
		buf_addc(&r->out->text, 'L');
}

/* A "#" behind the second quote begins a comment. */
static struct span without_comment(struct span s)
{
	struct span rest = s;

	(void)span_cut(&rest, '"');
	(void)span_cut(&rest, '"');
	return span_starts(span_trim(rest), SPAN("#")) ? span_sub(s, 0, s.n - rest.n) : s;
}

/* `@include "name"` at the start of a line; the text of that file takes the line's place. */
static bool copy_include(struct reader *r)
{
	struct span rest = span_sub(r->s, r->at, SIZE_MAX), line = SPAN_NONE, name;

	if (!span_starts(rest, SPAN("@include")))
		return false;
	span_line(&rest, &line);
	name = span_trim(span_sub(line, strlen("@include"), SIZE_MAX));
	r->at += line.n;
	name = span_trim(without_comment(name));
	if (name.n < 3 || name.p[0] != '"' || name.p[name.n - 1] != '"') {
		complain(r, "write @include \"file\" on a line of its own");
		return true;
	}
	name = span_sub(name, 1, name.n - 2);
	r->out->line_count--; /* the lines of that file come first */
	if (span_find(name, SPAN("*")) != SIZE_MAX)
		complain(r, "@include takes one file, no pattern; write a line for each");
	else if (!copy_file(path_beside(r->arena, r->file, arena_cstr(r->arena, name)),
			    r->depth + 1, r, r->out))
		r->ok = false;
	begin_line(r);
	return true;
}

/*
 * libconfig gives a text the line of what follows it, because another text may.  So the bracket
 * behind the last text of a list goes next to it, before the line breaks in between.
 */
static void copy_closer(struct reader *r)
{
	struct buf *out = &r->out->text;
	char c = look(r, 0);

	copy(r, 1);
	if (!r->text_end || out->full)
		return;
	memmove(out->p + r->text_end + 1, out->p + r->text_end, out->n - r->text_end - 1);
	out->p[r->text_end] = c;
}

/* At least one; line ends one by one, as what follows them is at the start of a line. */
static size_t blanks(const struct reader *r)
{
	size_t n = 0;

	while (look(r, n) == ' ' || look(r, n) == '\t')
		n++;
	return n ? n : 1;
}

/* Space and comments; false: something else begins here. */
static bool copy_nothing(struct reader *r)
{
	char c = look(r, 0), d = look(r, 1);

	if (c == '/' && d == '*')
		copy_block_comment(r);
	else if (c == '#' || (c == '/' && d == '/'))
		copy_line_comment(r);
	else if (ascii_is_space((unsigned char)c))
		copy(r, blanks(r));
	else
		return false;
	return true;
}

static void copy_token(struct reader *r, bool line_start)
{
	char c = look(r, 0);
	size_t text_end = 0;

	if (copy_nothing(r))
		return;
	if (c == '"') {
		copy_string(r);
		text_end = r->out->text.n;
	} else if (c == ']' || c == ')') {
		copy_closer(r);
	} else if (is_number_start(r)) {
		copy_number(r);
	} else if (is_name(c)) {
		copy(r, name_length(r));
	} else if (c != '@' || !line_start || !copy_include(r)) {
		copy(r, 1);
	}
	r->text_end = text_end;
}

/* What programs on other systems write in front of a text (Unicode 3.10), or instead of one. */
static const struct {
	struct span begins;
	const char *what;
	bool skipped;
} marks[] = {
	{ SPAN_LITERAL("\xef\xbb\xbf"),
	  "begins with a byte order mark; save the file as UTF-8 without one", true },
	{ SPAN_LITERAL("\xff\xfe"), "is UTF-16; save the file as UTF-8", false },
	{ SPAN_LITERAL("\xfe\xff"), "is UTF-16; save the file as UTF-8", false },
};

static void look_for_mark(struct reader *r)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (span_starts(r->s, marks[i].begins)) {
			complain(r, marks[i].what);
			r->ok = marks[i].skipped;
			r->at = marks[i].begins.n;
		}
}

/* false: the bytes are no text, and nothing of them is worth reading. */
static bool is_text(struct reader *r)
{
	size_t bad;

	look_for_mark(r);
	bad = utf8_text_run(r->s);
	if (!r->ok || bad == r->s.n)
		return r->ok;
	for (size_t i = 0; i < bad; i++)
		r->line += r->s.p[i] == '\n';
	complain(r, r->s.p[bad] ? "this line is not UTF-8; save the file as UTF-8"
				: "a NUL byte; this is no configuration file");
	return false;
}

static void copy_all(struct reader *r)
{
	bool line_start = true;

	begin_line(r);
	if (!is_text(r))
		return;
	while (r->at < r->s.n) {
		char c = look(r, 0);

		copy_token(r, line_start);
		line_start = c == '\n' || (line_start && (c == ' ' || c == '\t'));
	}
	buf_addc(&r->out->text, '\n');
	if (r->out->text.full)
		complain(r, "the configuration is too large");
}

static bool copy_file(const char *path, int depth, const struct reader *from, struct source *out)
{
	struct reader r = *from;
	const char *complaint = NULL;

	if (depth > SOURCE_DEPTH_MAX)
		complaint = "includes are nested too deep (does it include itself?)";
	else if (files_read(r.files, path, SOURCE_FILE_MAX, &r.s, &complaint))
		complaint = NULL;
	if (complaint) {
		if (depth)
			conf_problem(r.problems, from->file, from->line, NULL, "%s: %s", path,
				     complaint);
		else
			conf_problem(r.problems, path, 0, NULL, "%s", complaint);
		return false;
	}
	r.out = out;
	r.file = arena_cstr(r.arena, span_of(path));
	r.at = 0;
	r.line = 1;
	r.text_end = 0;
	r.depth = depth;
	r.ok = true;
	copy_all(&r);
	return r.ok;
}

bool source_read(struct conf_files *files, const char *path, struct arena *a,
		 struct conf_problems *problems, struct source *ret_source)
{
	struct reader none = { .files = files, .arena = a, .problems = problems };

	*ret_source = (struct source){ 0 };
	buf_init(&ret_source->text, SOURCE_TEXT_MAX);
	return copy_file(path, 0, &none, ret_source);
}

void source_release(struct source *s)
{
	buf_release(&s->text);
	mem_free(&s->lines);
}

struct source_line source_at(const struct source *s, int n)
{
	if (n < 1 || (size_t)n > s->line_count)
		return s->line_count ? s->lines[s->line_count - 1] : (struct source_line){ "", 0 };
	return s->lines[n - 1];
}
