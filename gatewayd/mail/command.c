#include "gatewayd/mail/command.h"

enum { SALUTATION_WORDS = 5 };

/* Also the one that editors of HTML write. */
static size_t blank_at(struct span s)
{
	const struct span hard = SPAN("\xc2\xa0");

	return s.n && ascii_is_space((unsigned char)s.p[0]) ? 1 : span_starts(s, hard) ? hard.n : 0;
}

static struct span without_blanks(struct span s)
{
	size_t n;

	while ((n = blank_at(s)) > 0)
		s = span_sub(s, n, SIZE_MAX);
	return span_trim(s);
}

/* The next word, in *s what follows it. */
static struct span word(struct span *s)
{
	struct span all = without_blanks(*s);
	size_t n = 0;

	while (n < all.n && !blank_at(span_sub(all, n, SIZE_MAX)))
		n++;
	*s = without_blanks(span_sub(all, n, SIZE_MAX));
	return span_sub(all, 0, n);
}

/* "take", "take.", "note:" with or without a blank behind it; *s goes behind it. */
static struct span verb_of(struct span *s)
{
	struct span all = *s, verb = word(s);
	size_t n = 0, end;

	while (n < verb.n && ascii_is_alpha((unsigned char)verb.p[n]))
		n++;
	for (end = n; end < verb.n && strchr(".:,;!", verb.p[end]);)
		end++;
	if (end == n)
		return verb;
	*s = without_blanks(span_sub(all, end, SIZE_MAX));
	return span_sub(all, 0, n);
}

/* `rest` is the line without its mark. */
static struct staff_command command_of(struct span line, struct span rest)
{
	struct staff_command c = { .verb = STAFF_UNKNOWN, .line = line };
	struct span verb = verb_of(&rest);

	c.argument = rest;
	for (int i = 0; i < STAFF_VERB_COUNT; i++)
		if (span_is_ci(verb, staff_verb_name((enum staff_verb)i)))
			c.verb = (enum staff_verb)i;
	return c;
}

/* "#ffcc00": 3 to 8 digits of a colour, not only letters. */
static bool is_colour(struct span name)
{
	bool digit = false;

	for (size_t i = 0; i < name.n; i++) {
		digit = digit || ascii_is_digit((unsigned char)name.p[i]);
		if (!ascii_is_digit((unsigned char)name.p[i]) &&
		    !strchr("abcdef", ascii_lower((unsigned char)name.p[i])))
			return false;
	}
	return digit && (name.n == 3 || name.n == 4 || name.n == 6 || name.n == 8);
}

/* "#include <": what a directive of a preprocessor needs behind it stands there. */
static bool is_directive(struct span name, struct span rest)
{
	static const struct {
		const char *name, *first; /* what begins there; NULL: a name */
	} v[] = { { "include", "<\"" }, { "import", "<\"" }, { "define", NULL }, { "undef", NULL },
		  { "ifdef", NULL },	{ "ifndef", NULL },  { "pragma", NULL }, { "elif", NULL } };

	if (span_is(name, "endif"))
		return true;
	for (size_t i = 0; rest.n && i < sizeof(v) / sizeof(*v); i++)
		if (span_is(name, v[i].name))
			return v[i].first
				   ? strchr(v[i].first, *rest.p) != NULL
				   : ascii_is_alpha((unsigned char)*rest.p) || *rest.p == '_';
	return false;
}

/* "#proxy #network": two words or more, each with its mark. */
static bool is_hashtags(struct span line)
{
	size_t n = 0;

	while (line.n) {
		struct span one = word(&line);

		if (one.n < 2 || *one.p != '#' || !ascii_is_alpha((unsigned char)one.p[1]))
			return false;
		n++;
	}
	return n > 1;
}

bool command_is_text(struct span line)
{
	struct span rest = span_trim(line), name;
	size_t n = 0;

	if (!span_starts(rest, SPAN("#")))
		return false;
	if (is_hashtags(rest))
		return true;
	rest = span_sub(rest, 1, SIZE_MAX);
	while (n < rest.n && (ascii_is_alpha((unsigned char)rest.p[n]) ||
			      ascii_is_digit((unsigned char)rest.p[n])))
		n++;
	name = span_sub(rest, 0, n);
	rest = span_trim(span_sub(rest, n, SIZE_MAX));
	return is_directive(name, rest) || is_colour(name) || span_starts(rest, SPAN("{"));
}

/* "#" and a letter: "# 1 in the list" and "#12" are text. */
static bool is_command(struct span line)
{
	return line.n > 1 && line.p[0] == '#' && ascii_is_alpha((unsigned char)line.p[1]) &&
	       !command_is_text(line);
}

bool staff_commands_state(const struct staff_commands *c)
{
	static const enum staff_verb verbs[] = { STAFF_WAITING, STAFF_RESOLVE, STAFF_CLOSE,
						 STAFF_OPEN, STAFF_REOPEN };

	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < sizeof(verbs) / sizeof(*verbs); k++)
			if (c->v[i].verb == verbs[k])
				return true;
	return false;
}

static void add_command(struct staff_commands *c, const struct staff_command *command)
{
	if (c->n == COMMANDS_MAX)
		c->cut = true;
	else
		c->v[c->n++] = *command;
}

/* "#file 1 3", "#file 1, #3": each number is a command; false: the argument is not of numbers. */
static bool add_each(struct staff_commands *c, const struct staff_command *command)
{
	struct span rest = command->argument, one;
	bool any = false;

	for (size_t i = 0; i < rest.n; i++)
		if (!ascii_is_digit((unsigned char)rest.p[i]) && !strchr(" ,;#", rest.p[i]))
			return false;
	while (rest.n) {
		struct staff_command each = *command;

		one = word(&rest);
		while (one.n && strchr(",;#", one.p[0]))
			one = span_sub(one, 1, SIZE_MAX);
		while (one.n && strchr(",;", one.p[one.n - 1]))
			one.n--;
		each.argument = one;
		if (one.n)
			add_command(c, &each);
		any |= one.n > 0;
	}
	return any;
}

void staff_commands_read(struct span reply, struct staff_commands *ret_commands)
{
	struct span rest = span_trim(reply), after = rest, line;
	struct staff_command command;

	*ret_commands = (struct staff_commands){ .text = SPAN("") };
	while (span_line(&after, &line)) {
		line = span_trim(line);
		if (line.n && !is_command(line))
			break;
		rest = after;
		if (!line.n)
			continue;
		command = command_of(line, span_sub(line, 1, SIZE_MAX));
		ret_commands->is_note |=
		    command.verb == STAFF_NOTE && ret_commands->n < COMMANDS_MAX;
		if (command.verb != STAFF_FILE || !add_each(ret_commands, &command))
			add_command(ret_commands, &command);
	}
	ret_commands->text = span_trim(rest);
}

bool staff_command_unmarked(struct span line, struct staff_command *ret_command)
{
	struct staff_command c = command_of(line, line);

	if (c.verb != STAFF_LIST && c.verb != STAFF_SHOW && c.verb != STAFF_SEARCH &&
	    c.verb != STAFF_HELP)
		return false;
	*ret_command = c;
	return true;
}

bool staff_command_hides_another(const struct staff_command *c)
{
	static const enum staff_verb texts[] = { STAFF_NOTE,   STAFF_CALL, STAFF_SUBJECT,
						 STAFF_SEARCH, STAFF_NEW,  STAFF_REMIND };
	struct span rest = c->argument;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (c->verb == texts[i])
			return false;
	while (rest.n) {
		struct span one = word(&rest);

		if (one.n > 1 && one.p[0] == '#' && ascii_is_alpha((unsigned char)one.p[1]) &&
		    command_of(one, span_sub(one, 1, SIZE_MAX)).verb != STAFF_UNKNOWN)
			return true;
	}
	return false;
}

bool staff_command_adds_text(const struct staff_command *c)
{
	struct span rest = c->argument, word;

	if (c->verb == STAFF_SNIPPET)
		return rest.n > 0;
	if (c->verb != STAFF_KB)
		return false;
	while (rest.n && !ascii_is_digit((unsigned char)rest.p[0]) && strchr("# ", rest.p[0]))
		rest = span_sub(rest, 1, SIZE_MAX);
	word = span_cut(&rest, ' ');
	for (size_t i = 0; i < word.n; i++)
		if (!ascii_is_digit((unsigned char)word.p[i]) && word.p[i] != '.')
			return false;
	return word.n > 0 && !span_trim(rest).n;
}

bool staff_commands_add_text(const struct staff_commands *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (staff_command_adds_text(&c->v[i]))
			return true;
	return false;
}

static bool field(struct span line, struct span name, struct span *ret_value)
{
	if (!span_starts_ci(line, name))
		return false;
	*ret_value = span_trim(span_sub(line, name.n, SIZE_MAX));
	return true;
}

/* "Hi,", "Hello Ann!", "Dear support team,": few words on a line of their own. */
static bool is_salutation(struct span line)
{
	size_t words = 1;

	for (size_t i = 0; i < line.n; i++)
		words += line.p[i] == ' ';
	return line.n && words <= SALUTATION_WORDS &&
	       (strchr(",!:", line.p[line.n - 1]) || words <= 2);
}

/* The line with the account, first or below a salutation; *ret_first: nothing stands above it. */
static bool find_behalf(struct span *rest, struct span *ret_value, bool *ret_first)
{
	struct span line;

	for (int i = 0; i < 2; i++) {
		do {
			if (!span_line(rest, &line))
				return false;
			line = span_trim(line);
		} while (!line.n);
		*ret_first = i == 0;
		if (field(line, SPAN("On-Behalf-Of:"), ret_value))
			return true;
		if (!is_salutation(line))
			return false;
	}
	return false;
}

/* Below a salutation the line stays in the text. */
void behalf_read(struct span reply, struct behalf *ret_behalf)
{
	struct span rest = span_trim(reply), line, value;
	bool first;

	*ret_behalf = (struct behalf){ .account = SPAN(""), .top = true, .text = reply };
	if (!find_behalf(&rest, &value, &first))
		return;
	ret_behalf->account = value;
	ret_behalf->top = false;
	if (first)
		ret_behalf->text = span_trim(rest);
	if (span_line(&rest, &line) && field(span_trim(line), SPAN("Visibility:"), &value)) {
		ret_behalf->top = span_is_ci(value, "top");
		if (first)
			ret_behalf->text = span_trim(rest);
	}
}
