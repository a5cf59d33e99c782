/*
 * tests/bodies: what the text of a mail is made of, its parts and marks, and the mails inside it.
 */
#include "tests/unit/parser_unit.h"

#include "gatewayd/base/clock.h"
#include "tests/unit/cases.h"

/* What is looked at: the facts of the case's mail. */
struct seen {
	struct facts f;
	struct span text; /* white space collapsed */
	struct arena arena;
	size_t parts, mails; /* lines of that sort so far */
};

/* White space, of any kind, collapsed. */
static struct span collapse(struct arena *a, struct span s)
{
	char *out = arena_room(a, s.n + 1);
	size_t n = 0;
	bool gap = false;

	for (size_t i = 0; i < s.n; i++) {
		bool wide = span_starts(span_sub(s, i, 2), SPAN("\xc2\xa0"));

		if (wide || ascii_is_space((unsigned char)s.p[i])) {
			gap = n > 0;
			i += wide;
			continue;
		}
		if (gap)
			out[n++] = ' ';
		gap = false;
		out[n++] = s.p[i];
	}
	return (struct span){ out, n };
}

/* "\r" becomes a CR. */
static struct span with_returns(struct arena *a, struct span s)
{
	char *out = arena_room(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		bool cr = span_starts(span_sub(s, i, 2), SPAN("\\r"));

		out[n++] = cr ? '\r' : s.p[i];
		i += cr;
	}
	return (struct span){ out, n };
}

static bool has_mark(const struct facts *f, struct span token)
{
	for (int i = 0; i < FACTS_MARK_COUNT; i++)
		if (span_is(token, facts_mark_name((enum facts_mark)i)))
			return f->marks >> i & 1;
	fail_msg("no such mark");
	return false;
}

static bool part_is(struct seen *s, struct span want)
{
	const struct facts_attachment *a = &s->f.attachments[s->parts];
	char *got;

	if (span_is(want, "none"))
		return s->f.attachment_count == 0;
	if (s->parts++ >= s->f.attachment_count)
		return false;
	got = arena_printf(&s->arena, "%s " SPAN_FMT " " SPAN_FMT, facts_role_name(a->role),
			   SPAN_ARG(a->content_type),
			   SPAN_ARG(a->filename.p ? a->filename : SPAN("-")));
	return span_is(want, got);
}

static struct span addresses_of(struct arena *a, const struct facts_addresses *list)
{
	const char *all = "";

	for (size_t i = 0; i < list->n; i++)
		all = arena_printf(a, "%s%s" SPAN_FMT, all, i ? " " : "",
				   SPAN_ARG(list->v[i].address));
	return span_of(all);
}

static struct span place_of(struct seen *s, const struct facts_forwarded *w)
{
	if (w->place == FACTS_ATTACHED)
		return span_of(arena_printf(&s->arena, "#%zu " SPAN_FMT, w->attachment,
					    SPAN_ARG(collapse(&s->arena, w->text))));
	return collapse(&s->arena, span_sub(s->f.text, w->offset, w->length));
}

/* The field of the line that comes next says the same, or nothing. */
static bool field_is(struct span *line, struct span got)
{
	struct span want = span_trim(span_cut(line, '|'));

	return want.n == 0 || span_eq(want, got);
}

static bool mail_is(struct seen *s, struct span want)
{
	const struct facts_forwarded *w = &s->f.forwarded[s->mails];
	char date[TIME_TEXT_MAX] = "-";
	struct span subject;

	if (span_is(want, "none"))
		return s->f.forwarded_count == 0;
	if (s->mails++ >= s->f.forwarded_count)
		return false;
	subject = w->subject.p ? w->subject : SPAN("-");
	if (w->has_date)
		time_rfc3339(w->date_at, date);
	return field_is(&want, w->from.address.n ? w->from.address : SPAN("-")) &&
	       field_is(&want, w->from.name) && field_is(&want, addresses_of(&s->arena, &w->to)) &&
	       field_is(&want, subject) && field_is(&want, span_of(date)) &&
	       span_starts(place_of(s, w), span_trim(want));
}

static bool line_is_so(struct seen *s, struct span line)
{
	struct span rest = line, key = span_cut(&rest, ' ');

	rest = span_trim(rest);
	if (span_is(key, "source"))
		return span_is(rest, facts_source_name(s->f.text_source));
	if (span_is(key, "text"))
		return span_eq(s->text, rest);
	if (span_is(key, "has"))
		return span_find(s->text, rest) != SIZE_MAX;
	if (span_is(key, "hasnt"))
		return span_find(s->text, rest) == SIZE_MAX;
	if (span_is(key, "mark"))
		return has_mark(&s->f, rest);
	if (span_is(key, "part"))
		return part_is(s, rest);
	if (span_is(key, "fwd"))
		return mail_is(s, rest);
	fail_msg("no such fact");
	return false;
}

/* Lines name all parts and mails inside, or none of them. */
static bool is_complete(const struct seen *s)
{
	return (s->parts == 0 || s->parts == s->f.attachment_count) &&
	       (s->mails == 0 || s->mails == s->f.forwarded_count);
}

static void show(const struct test_case *c, struct seen *s, struct span line)
{
	print_message("%.*s\n  wanted: %.*s\n  source %s, text: %.*s\n", SPAN_ARG(c->name),
		      SPAN_ARG(line), facts_source_name(s->f.text_source), SPAN_ARG(s->text));
	for (size_t i = 0; i < s->f.attachment_count; i++)
		print_message("  part %s %.*s %.*s\n", facts_role_name(s->f.attachments[i].role),
			      SPAN_ARG(s->f.attachments[i].content_type),
			      SPAN_ARG(s->f.attachments[i].filename));
	for (size_t i = 0; i < s->f.forwarded_count; i++) {
		const struct facts_forwarded *w = &s->f.forwarded[i];

		print_message("  fwd %.*s | %.*s | %.*s | %.*s | %lld | %.*s\n",
			      SPAN_ARG(w->from.address), SPAN_ARG(w->from.name),
			      SPAN_ARG(addresses_of(&s->arena, &w->to)), SPAN_ARG(w->subject),
			      w->has_date ? (long long)w->date_at : -1, SPAN_ARG(place_of(s, w)));
	}
}

static bool passes(const struct test_case *c, void *parser)
{
	struct seen s = { 0 };
	struct span rest = c->below, line;
	bool good = true;

	arena_init(&s.arena);
	parser_parse(parser, with_returns(&s.arena, c->text), NULL, &s.arena, &s.f);
	s.text = collapse(&s.arena, s.f.text);
	while (good && span_line(&rest, &line))
		if (!(good = line.n == 0 || line_is_so(&s, line)))
			show(c, &s, line);
	if (good && !(good = is_complete(&s)))
		show(c, &s, SPAN("all parts and mails named"));
	arena_release(&s.arena);
	return good;
}

static void bodies_are_read_whatever_they_are_packed_in(void **state)
{
	struct parser *p = parser_new();

	(void)state;
	test_cases_run("tests/bodies", 200, passes, p);
	parser_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_are_read_whatever_they_are_packed_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
