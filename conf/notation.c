#include "conf/notation.h"

#include <stdio.h>

#include "conf/brackets.h"
#include "gatewayd/base/utf8.h"

enum kind { END, WORD, NUMBER, TEXT, MARK /* one character */ };

struct token {
	enum kind kind;
	struct span s;
	int line;
	bool first;    /* on its line */
	bool attached; /* nothing stands between it and the one before */
};

/* What must come next. */
enum wanted { NAME, EQUALS, VALUE, MORE };

struct reader {
	struct span rest; /* behind the token */
	int line;
	struct token t, before;
	enum wanted wanted;
	struct token name; /* of the setting that is read */
	struct {
		char c;
		int line;
	} open[BRACKETS_DEPTH_MAX];
	size_t depth;
	struct notation *found;
	bool done, told;
};

/* ---- Tokens -----------------------------------------------------------------------------------
 */

static bool is_word(char c)
{
	return ascii_is_alpha((unsigned char)c) || ascii_is_digit((unsigned char)c) || c == '-' ||
	       c == '_' || c == '*';
}

/* The length of a comment at the beginning; 0: there is none. */
static size_t comment(struct span s)
{
	size_t end = SIZE_MAX;

	if (span_starts(s, SPAN("/*"))) {
		end = span_find(s, SPAN("*/"));
		return end == SIZE_MAX ? s.n : end + 2;
	}
	if (span_starts(s, SPAN("#")) || span_starts(s, SPAN("//")))
		end = span_find(s, SPAN("\n"));
	else
		return 0;
	return end == SIZE_MAX ? s.n : end;
}

static void skip(struct reader *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		r->line += r->rest.p[i] == '\n';
	r->rest = span_sub(r->rest, n, SIZE_MAX);
}

static void skip_nothing(struct reader *r)
{
	size_t n;

	while (r->rest.n) {
		n = ascii_is_space((unsigned char)*r->rest.p) ? 1 : comment(r->rest);
		if (!n)
			return;
		skip(r, n);
	}
}

static enum kind kind_at(struct span s)
{
	char c = s.n ? s.p[0] : '\0';
	char digit = (c == '-' || c == '+') && s.n > 1 ? s.p[1] : c;

	if (!s.n)
		return END;
	if (c == '"')
		return TEXT;
	if (ascii_is_digit((unsigned char)digit))
		return NUMBER;
	return ascii_is_alpha((unsigned char)c) || c == '*' ? WORD : MARK;
}

static size_t text_length(struct span s)
{
	size_t n = 1;

	while (n < s.n && s.p[n] != '"')
		n += s.p[n] == '\\' ? 2 : 1;
	return n + 1 < s.n ? n + 1 : s.n;
}

static size_t length_of(enum kind kind, struct span s)
{
	size_t n = kind == MARK ? utf8_len(s) : 1;

	if (kind == END)
		return 0;
	if (kind == TEXT)
		return text_length(s);
	while (kind != MARK && n < s.n &&
	       (is_word(s.p[n]) || (kind == NUMBER && (s.p[n] == '.' || s.p[n] == '+'))))
		n++;
	return n ? n : 1;
}

static struct token token_at(const struct reader *r)
{
	enum kind kind = kind_at(r->rest);

	return (struct token){ .kind = kind,
			       .s = span_sub(r->rest, 0, length_of(kind, r->rest)),
			       .line = r->line };
}

static void next(struct reader *r)
{
	const char *end = r->t.s.p + r->t.s.n;
	int line = r->t.s.p ? r->t.line : 0;

	r->before = r->t;
	skip_nothing(r);
	r->t = token_at(r);
	r->t.first = r->t.line != line;
	r->t.attached = r->t.s.p == end;
	skip(r, r->t.s.n);
}

/* The one behind this, which stays. */
static struct token peek(const struct reader *r)
{
	struct reader ahead = *r;

	next(&ahead);
	return ahead.t;
}

static bool is_mark(const struct token *t, char c)
{
	return t->kind == MARK && t->s.n == 1 && t->s.p[0] == c;
}

static bool is_equals(const struct token *t)
{
	return is_mark(t, '=') || is_mark(t, ':');
}

static bool is_closer(const struct token *t)
{
	return is_mark(t, '}') || is_mark(t, ']') || is_mark(t, ')');
}

static char top(const struct reader *r)
{
	return r->depth ? r->open[r->depth - 1].c : '{';
}

/* ---- What is said -----------------------------------------------------------------------------
 */

static void stop(struct reader *r)
{
	r->done = true;
}

__attribute__((format(printf, 3, 4))) static void tell(struct reader *r, int line, const char *fmt,
						       ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(r->found->text, sizeof(r->found->text), fmt, ap);
	va_end(ap);
	r->found->line = line;
	r->told = r->done = true;
}

/* What looks like something else; true: told. */
static bool tell_odd(struct reader *r)
{
	static const uint32_t quotes[] = { 0x2018, 0x2019, 0x201a, 0x201b, 0x201c, 0x201d, 0x201e,
					   0x201f, 0xab,   0xbb,   0x2039, 0x203a, 0xb4 };
	const struct token *t = &r->t;
	uint32_t code;

	if (t->kind != MARK || !(*t->s.p & 0x80) || !utf8_len(t->s))
		return false;
	code = utf8_code(t->s);
	for (size_t i = 0; i < sizeof(quotes) / sizeof(*quotes); i++)
		if (code == quotes[i]) {
			tell(r, t->line,
			     SPAN_FMT " is a typographic quote; texts stand in straight ones, "
				      "\"...\"",
			     SPAN_ARG(t->s));
			return true;
		}
	if (code == 0xa0 || code == 0x202f || code == 0x2007)
		tell(r, t->line, "has a no-break space (U+%04X); replace it with a blank", code);
	else if (utf8_is_hidden(code) || code == 0x3000 || (code >= 0x2000 && code < 0x2010))
		tell(r, t->line, "has a character that cannot be seen (U+%04X); remove it", code);
	return r->done;
}

/* From the token to what ends a value on its line, as it was perhaps meant. */
static struct span meant(const struct reader *r)
{
	const char *ends = top(r) == '{' ? ";#\"\n}" : ";#\"\n,])";
	const char *p = r->t.s.p;
	size_t n = 0, room = (size_t)(r->rest.p + r->rest.n - p);

	while (n < room && !strchr(ends, p[n]))
		n++;
	return span_trim((struct span){ p, n < 80 ? n : r->t.s.n });
}

static void tell_quotes(struct reader *r)
{
	struct span s = meant(r);

	tell(r, r->t.line, "a text stands in quotes: \"" SPAN_FMT "\"", SPAN_ARG(s));
}

static void tell_mark(struct reader *r)
{
	if (!tell_odd(r))
		tell(r, r->t.line,
		     SPAN_FMT " cannot stand here; is a quote, a bracket or a comma missing?",
		     SPAN_ARG(r->t.s));
}

/* ---- What may come, one function each ---------------------------------------------------------
 */

static void open_one(struct reader *r)
{
	char c = *r->t.s.p;

	if (top(r) == '[')
		tell(r, r->open[r->depth - 1].line,
		     "a list of groups or lists stands in ( ... ), not in [ ... ]");
	else if (r->depth == BRACKETS_DEPTH_MAX)
		stop(r);
	else {
		r->open[r->depth].line = r->t.line;
		r->open[r->depth++].c = c;
		r->wanted = c == '{' ? NAME : VALUE;
	}
}

static void close_one(struct reader *r)
{
	static const char pairs[] = "{}[]()";
	const char *pair = strchr(pairs, top(r));

	if (!r->depth || pair[1] != *r->t.s.p) {
		stop(r);
		return;
	}
	r->depth--;
	r->wanted = MORE;
}

/* A section as in INI files: "[smtp]" on a line of its own. */
static bool tell_section(struct reader *r)
{
	struct reader ahead = *r;

	next(&ahead);
	if (!is_mark(&r->t, '[') || ahead.t.kind != WORD)
		return false;
	tell(r, r->t.line, "a section is written " SPAN_FMT ": { ... };, not in brackets",
	     SPAN_ARG(ahead.t.s));
	return true;
}

static void tell_text_for_name(struct reader *r)
{
	struct token behind = peek(r);

	if (is_equals(&behind))
		tell(r, r->t.line, "a key stands without quotes");
	else if (is_mark(&r->before, '{'))
		tell(r, r->t.line, "a list of texts stands in [ ... ], not in { ... }");
	else if (is_mark(&r->before, ','))
		tell(r, r->t.line, "several texts stand in brackets: [ \"one\", \"two\" ]");
	else
		tell(r, r->t.line, "a text without a name; write NAME = \"...\";");
}

static void want_name(struct reader *r)
{
	const struct token *t = &r->t;

	if (t->kind == END) {
		stop(r);
	} else if (t->kind == WORD) {
		r->name = *t;
		r->wanted = EQUALS;
	} else if (is_closer(t)) {
		close_one(r);
	} else if (t->kind == TEXT) {
		tell_text_for_name(r);
	} else if (is_mark(t, ';') || is_mark(t, '-')) {
		tell(r, t->line,
		     t->first ? "a comment begins with #"
			      : "one \";\" or \"-\" too many; remove it");
	} else if (is_mark(t, '@')) {
		tell(r, t->line, "@include \"file\" stands on a line of its own");
	} else if (t->kind == NUMBER) {
		tell(r, t->line,
		     is_mark(&r->before, ',') ? "one value only, or several in brackets: [ 1, 2 ]"
					      : "a name begins with a letter");
	} else if (is_mark(t, '{') && is_mark(&r->before, '{')) {
		tell(r, t->line, "a group in a group needs a name: NAME: { ... };");
	} else if (is_mark(t, '{') || is_mark(t, '(')) {
		stop(r);
	} else if (!tell_section(r)) {
		tell_mark(r);
	}
}

static void tell_no_equals(struct reader *r)
{
	struct token behind = peek(r);
	struct span name = r->name.s;

	if (span_is(name, "include"))
		tell(r, r->name.line, "write @include \"file\" on a line of its own");
	else if (r->t.kind == WORD && !r->t.first && is_equals(&behind))
		tell(r, r->name.line,
		     "a name has no blank: \"" SPAN_FMT " " SPAN_FMT "\"; use - or _ instead",
		     SPAN_ARG(name), SPAN_ARG(r->t.s));
	else if (r->t.attached && r->t.kind == MARK && !strchr(";,}])([{", *r->t.s.p))
		tell(r, r->name.line,
		     "a name has letters, digits, \"-\" and \"_\" only, not \"" SPAN_FMT "\"",
		     SPAN_ARG(r->t.s));
	else
		tell(r, r->name.line,
		     "no \"=\" stands behind \"" SPAN_FMT "\"; write " SPAN_FMT " = ...;",
		     SPAN_ARG(name), SPAN_ARG(name));
}

static void want_equals(struct reader *r)
{
	if (is_equals(&r->t))
		r->wanted = VALUE;
	else if (!tell_odd(r))
		tell_no_equals(r);
}

/* A number goes on as something else: 2min, 127.0.0.1, 2026-12-25, 09:00. */
static bool is_number(const struct reader *r)
{
	struct span s = r->t.s;
	char behind = r->rest.n ? *r->rest.p : '\n';
	size_t dots = 0;

	if (!strchr(" \t\r\n;,}])#/", behind))
		return false;
	if (s.n > 2 && s.p[0] == '0' && (s.p[1] | 32) == 'x')
		return true;
	for (size_t i = s.p[0] == '-' || s.p[0] == '+'; i < s.n; i++) {
		dots += s.p[i] == '.';
		if (!ascii_is_digit((unsigned char)s.p[i]) && !strchr(".eE+-L", s.p[i]))
			return false;
	}
	return dots < 2;
}

static bool is_truth(struct span s)
{
	return span_is_ci(s, "true") || span_is_ci(s, "false");
}

static void tell_word(struct reader *r)
{
	static const char *const switches[] = { "yes", "no", "on", "off" };
	struct token behind = peek(r);

	for (size_t i = 0; i < sizeof(switches) / sizeof(*switches); i++)
		if (span_is_ci(r->t.s, switches[i])) {
			tell(r, r->t.line, "write true or false; a text stands in quotes");
			return;
		}
	if (top(r) != '{' && is_equals(&behind) && is_mark(&r->before, top(r)))
		tell(r, r->before.line, "settings stand in { ... }, not in brackets");
	else if (top(r) != '{' && is_equals(&behind))
		stop(r); /* the bracket is missing */
	else if (r->t.first && is_equals(&behind))
		tell(r, r->name.line,
		     "nothing stands behind \"" SPAN_FMT
		     "\"; what belongs to it stands in { ... };",
		     SPAN_ARG(r->name.s));
	else
		tell_quotes(r);
}

static void want_value(struct reader *r)
{
	const struct token *t = &r->t;

	r->wanted = MORE;
	if (t->kind == END) {
		stop(r);
	} else if (is_mark(t, '{') || is_mark(t, '[') || is_mark(t, '(')) {
		open_one(r);
	} else if (top(r) != '{' && is_closer(t)) {
		if (is_mark(&r->before, ','))
			tell(r, r->before.line, "a comma behind the last of a list; remove it");
		else
			close_one(r);
	} else if (is_equals(t) || is_mark(t, '>')) {
		tell(r, t->line, "one \"=\" stands between name and value");
	} else if (is_mark(t, '\'')) {
		tell(r, t->line, "a text stands in double quotes, \"...\"");
	} else if (is_mark(t, ';') || is_mark(t, ',') || is_closer(t)) {
		tell(r, r->before.line, "a value is missing here");
	} else if (t->kind == NUMBER ? !is_number(r) : t->kind == MARK && !tell_odd(r)) {
		tell_quotes(r);
	} else if (t->kind == WORD && !is_truth(t->s)) {
		tell_word(r);
	}
}

static bool begins_value(const struct token *t)
{
	return t->kind == TEXT || t->kind == NUMBER || t->kind == WORD || is_mark(t, '{') ||
	       is_mark(t, '(') || is_mark(t, '[');
}

static void want_more_of_list(struct reader *r)
{
	const struct token *t = &r->t;
	struct token behind;

	if (is_mark(t, ',')) {
		r->wanted = VALUE;
		return;
	}
	if (is_closer(t)) {
		close_one(r);
		return;
	}
	behind = peek(r);
	if (t->kind == WORD && is_equals(&behind)) {
		stop(r); /* the bracket is missing */
	} else if (begins_value(t)) {
		r->found->joined = t->kind == TEXT && r->before.kind == TEXT;
		tell(r, t->line, "a comma is missing before this " SPAN_FMT, SPAN_ARG(t->s));
	} else if (is_mark(t, ';') && begins_value(&behind) && !behind.first) {
		tell(r, t->line, "a comma, not \";\", stands between the entries of a list");
	} else if (is_mark(t, ';') || t->kind == END) {
		stop(r);
	} else {
		tell_mark(r);
	}
}

static void want_more(struct reader *r)
{
	const struct token *t = &r->t;
	bool in_text = r->before.kind == TEXT && t->attached;

	if (t->kind == WORD && in_text) {
		tell(r, t->line, "a quote inside of a text is written \\\"");
	} else if (top(r) != '{') {
		want_more_of_list(r);
	} else if (is_mark(t, ';') || is_mark(t, ',')) {
		r->wanted = NAME;
	} else if (t->kind == END) {
		stop(r);
	} else if (t->kind != TEXT || r->before.kind != TEXT) {
		want_name(r);
	}
}

bool notation_find(const struct source *s, struct notation *ret_found)
{
	static void (*const steps[])(struct reader *) = {
		[NAME] = want_name, [EQUALS] = want_equals, [VALUE] = want_value, [MORE] = want_more
	};
	struct reader r = { .rest = buf_span(&s->text), .line = 1, .found = ret_found };

	*ret_found = (struct notation){ 0 };
	while (!r.done) {
		next(&r);
		steps[r.wanted](&r);
	}
	return r.told;
}
