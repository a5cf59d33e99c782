/*
 * Command mails of staff: each row of tests/commands/staff.txt in a world of its own, from the mail
 * to the first line of the transcript and what became of the cases.
 *
 * A row is WHO | WHERE | WHAT | SAYS | EFFECTS.
 *	WHO      a row of `people`; "+" before it: in the world that the row before left
 *	WHERE    "new", "new: SUBJECT", or the number of the case whose mail is answered; in
 *		 brackets behind it the form of the mail, a row of `forms`
 *	WHAT     the words, "\n" for a new line
 *	SAYS     the first result in the transcript to that person, "*" for the rest of it; "HELD
 *		 ..." the reason of one that was not sent; "-": there is none
 *	EFFECTS  what is expected beside it (tests/scenarios/README), ";" between
 *
 * usage: test_staff_commands [ROW]
 */
#include <stdio.h>
#include <stdlib.h>

#include "gatewayd/base/file.h"
#include "gatewayd/base/log.h"
#include "tests/scenario/fault.h"
#include "tests/scenario/verbs.h"

#define TABLE "tests/commands/staff.txt"

enum { ROWS_MAX = 1000, SCRIPT_MAX = 64 * 1024 };

static const struct {
	const char *name, *address, *auth;
} people[] = {
	{ "sam", "sam@staff.test", "auth=dmarc" },
	{ "sam2", "sam.support@staff.test", "auth=dmarc" }, /* another address of his */
	{ "sam-dkim", "sam@staff.test", "auth=dkim" },
	{ "sam-bare", "sam@staff.test", "" }, /* L1 with a token, else L0 */
	{ "sam-fail", "sam@staff.test", "auth=fail" },
	{ "sam-foreign", "sam@staff.test", "auth=foreign" },
	{ "tess", "tess@staff.test", "auth=dmarc" },
	{ "dora", "dora@staff.test", "auth=dmarc" }, /* reads German */
	{ "bill", "bill@staff.test", "auth=dmarc" }, /* of the queue billing */
	{ "head", "head@staff.test", "auth=dmarc" }, /* of an escalation, no member of staff */
	{ "list", "emerging-team@staff.test", "auth=dmarc" },
	{ "ann", "ann@customer.test", "auth=dmarc" },
	{ "boss", "boss@acme.test", "auth=dmarc" },
	{ "eve", "eve@evil.test", "auth=dmarc" },
};

#define HTML(s) "<html><body><div>" s "</div></body></html>"

/* %s: the words. */
static const struct {
	const char *name, *type, *text, *line_end;
} forms[] = {
	{ "plain", "text/plain", "%s\n", "\n" },
	{ "iphone", "text/plain", "%s\n\nSent from my iPhone\n", "\n" },
	{ "iphone-de", "text/plain", "%s\n\nVon meinem iPhone gesendet\n", "\n" },
	{ "android", "text/plain", "%s\n\nSent from Outlook for Android\n", "\n" },
	{ "signed", "text/plain", "%s\n\n-- \nSam Support\nExample Networks\n+49 30 1234\n", "\n" },
	{ "unmarked", "text/plain",
	  "%s\n\nBest regards,\n\nSam Support\nSenior Engineer | Example Networks GmbH\n"
	  "T +49 30 1234 | www.support.test\n",
	  "\n" },
	{ "name", "text/plain", "%s\n\nSam Support\nExample Networks\n", "\n" },
	{ "vg", "text/plain", "%s\n\nVG Sam\n", "\n" },
	{ "polite", "text/plain", "%s\n\nThanks,\nSam Support\nHead of web operations\n", "\n" },
	{ "foreign", "text/plain", "%s\n\nBest regards,\nFirst Line\n+49 30 1234\n", "\n" },
	{ "owa", "text/html",
	  "<div>%s</div><div><br></div><div id=\"Signature\"><div>Best regards,</div><div>Sam "
	  "Support</div><div>Head of web operations</div></div>",
	  "</div><div>" },
	{ "disclaimer", "text/plain",
	  "%s\n\nOn Mon, 2 Mar 2026 at 09:00, Example Networks <support@support.test> wrote:\n"
	  "> ## Write above this line ##\n>\n> #take - makes you the owner\n\n"
	  "This e-mail is confidential and intended solely for the addressee. If you are\n"
	  "not the intended recipient, please delete it.\n\n"
	  "Diese E-Mail ist vertraulich.\n",
	  "\n" },
	{ "disclaimer-above", "text/plain",
	  "%s\n\nThis e-mail is confidential and intended solely for the addressee.\n", "\n" },
	{ "disclaimer-words", "text/plain",
	  "%s\n\nOn Mon, 2 Mar 2026 at 09:00, Example Networks <support@support.test> wrote:\n"
	  "> ## Write above this line ##\n\nThis e-mail is confidential.\n\nIt works now.\n",
	  "\n" },
	{ "legal", "text/plain",
	  "%s\n\nOn Mon, 2 Mar 2026 at 09:00, Example Networks <support@support.test> wrote:\n"
	  "> ## Write above this line ##\n\n"
	  "_____________________________\nExample Networks GmbH, Hauptstr. 1, 10115 Berlin\n"
	  "Gesch\xc3\xa4"
	  "ftsf\xc3\xbchrer: Eva Chef, HRB 4711\n",
	  "\n" },
	{ "quote", "text/plain",
	  "%s\n\nOn Mon, 2 Mar 2026 at 09:00, Example Networks <support@support.test> wrote:\n"
	  "> ## Write above this line ##\n>\n> #take - makes you the owner\n",
	  "\n" },
	{ "html", "text/html", HTML("%s"), "</div><div>" },
	{ "html-br", "text/html", "<p>%s</p>", "<br>" },
	{ "html-outlook", "text/html",
	  "<html><body><p class=\"MsoNormal\">%s<o:p></o:p></p></body></html>",
	  "<o:p></o:p></p><p class=\"MsoNormal\">" },
	{ "gmail", "text/html",
	  "<div dir=\"ltr\">%s</div><br><div class=\"gmail_quote\"><div dir=\"ltr\" "
	  "class=\"gmail_attr\">On Mon, Mar 2, 2026 at 9:00 AM Example Networks &lt;"
	  "support@support.test&gt; wrote:<br></div><blockquote class=\"gmail_quote\">"
	  "## Write above this line ##</blockquote></div>",
	  "<br>" },
};

struct row {
	int line;
	bool goes_on;
	struct span who, where, form, what, says, effects;
};

/* --- the table --- */

static size_t read_rows(struct span all, struct row *v)
{
	struct span line;
	size_t n = 0;

	for (int number = 1; n < ROWS_MAX && span_line(&all, &line); number++) {
		struct row r = { .line = number };

		if (!span_trim(line).n || line.p[0] == '-')
			continue;
		r.goes_on = n && line.p[0] == '+';
		line = span_sub(line, r.goes_on, SIZE_MAX);
		r.who = span_trim(span_cut(&line, '|'));
		r.where = span_trim(span_cut(&line, '|'));
		r.what = span_trim(span_cut(&line, '|'));
		r.says = span_trim(span_cut(&line, '|'));
		r.effects = span_trim(line);
		r.form = SPAN("plain");
		if (r.where.n && r.where.p[r.where.n - 1] == ']') {
			size_t at = span_find(r.where, SPAN("["));

			r.form = span_sub(r.where, at + 1, r.where.n - at - 2);
			r.where = span_trim(span_sub(r.where, 0, at));
		}
		v[n++] = r;
	}
	return n;
}

/* --- a mail --- */

static const char setting[] =
    "CONF texts\nACCOUNTS base.csv\nAT 2026-03-02T08:00:00Z\nCTL kb index\n"
    "MAIL from=ann@customer.test name=\"Ann Lee\" subject=\"help\" attach=trace.log <<END\n"
    "The proxy drops requests since Monday.\nEND\n"
    "MAIL from=bea@customer.test subject=\"Second\"\n"
    "MAIL to=business from=boss@acme.test name=\"Bo Boss\" auth=dmarc subject=\"Third\"\n"
    "MAIL to=billing from=cleo@acme.test auth=dmarc subject=\"Fourth\"\n";

static void put_words(const struct row *r, size_t form, struct buf *out)
{
	struct span text = span_of(forms[form].text), rest = r->what;
	size_t at = span_find(text, SPAN("%s"));

	buf_add(out, span_sub(text, 0, at));
	while (rest.n) {
		size_t end = span_find(rest, SPAN("\\n"));

		buf_add(out, span_sub(rest, 0, end));
		buf_adds(out, end == SIZE_MAX ? "" : forms[form].line_end);
		rest = span_sub(rest, end == SIZE_MAX ? rest.n : end + 2, SIZE_MAX);
	}
	buf_add(out, span_sub(text, at + 2, SIZE_MAX));
}

static bool put_mail(const struct row *r, struct buf *out)
{
	size_t who = 0, form = 0;
	struct span subject = r->where, where = span_cut(&subject, ':');

	while (who < sizeof(people) / sizeof(*people) && !span_is(r->who, people[who].name))
		who++;
	while (form < sizeof(forms) / sizeof(*forms) && !span_is(r->form, forms[form].name))
		form++;
	if (who == sizeof(people) / sizeof(*people) || form == sizeof(forms) / sizeof(*forms))
		return false;
	buf_addf(out, "MAIL from=%s %s type=%s", people[who].address, people[who].auth,
		 forms[form].type);
	if (span_is(where, "new"))
		buf_addf(out, " subject=\"" SPAN_FMT "\"",
			 SPAN_ARG(subject.n ? span_trim(subject) : SPAN("x")));
	else if (span_is(where, "forged"))
		buf_adds(out, " tag=1 subject=\"help\"");
	else
		buf_addf(out, " answers=%s kind=staff_new_case case=" SPAN_FMT,
			 span_is(where, "3") || span_is(where, "4") ? "tess@staff.test"
								    : "sam@staff.test",
			 SPAN_ARG(where));
	buf_adds(out, " <<END\n");
	put_words(r, form, out);
	buf_adds(out, "\nEND\n");
	return true;
}

static bool make_script(const struct row *r, struct buf *out)
{
	struct span rest = r->effects;

	buf_adds(out, r->goes_on ? "" : setting);
	buf_adds(out, "MARK\n");
	if (!put_mail(r, out))
		return false;
	while (rest.n) {
		struct span one = span_trim(span_cut(&rest, ';'));

		if (one.n)
			buf_addf(out, "EXPECT " SPAN_FMT "\n", SPAN_ARG(one));
	}
	return true;
}

/* --- what came of it --- */

static const char *address_of(struct span who)
{
	for (size_t i = 0; i < sizeof(people) / sizeof(*people); i++)
		if (span_is(who, people[i].name))
			return span_starts(who, SPAN("sam")) ? "sam@staff.test" : people[i].address;
	return "";
}

/* The result below the first command, or "HELD" and why. */
static struct span first_result(struct span text, struct arena *a)
{
	struct span line;

	while (span_line(&text, &line)) {
		if (span_starts(line, SPAN("Why: ")))
			return span_of(arena_printf(a, "HELD " SPAN_FMT,
						    SPAN_ARG(span_sub(line, 5, SIZE_MAX))));
		if (span_starts(line, SPAN("- ")) && span_line(&text, &line))
			return span_trim(line);
	}
	return SPAN("-");
}

static struct span said(struct world *w, const struct row *r)
{
	struct world_row which = { span_of(address_of(r->who)), SPAN("command_transcript"), 0 };
	struct parser_sink sink = { 0 };
	struct store_outbox row;
	struct facts facts;
	struct span message;
	struct err e;

	if (world_last_row(w, &which, &row, &message, &e) < 0 || row.id <= w->outbox_mark)
		return SPAN("-");
	parser_parse(w->parser, message, &sink, &w->arena, &facts);
	return first_result(facts.text, &w->arena);
}

static bool is_said(struct span want, struct span got)
{
	if (want.n && want.p[want.n - 1] == '*')
		return span_starts(got, span_sub(want, 0, want.n - 1));
	return span_eq(want, got);
}

static int play(struct world *w, const struct row *r, struct span text)
{
	struct script s = { .rest = text, .arena = &w->arena };
	struct script_line line;
	struct err e = { 0 };
	int failures = 0, result;
	struct span got;

	while ((result = script_next(&s, &line, &e)) > 0) {
		if (verbs_run(w, &line, &e) == 0)
			continue;
		printf("# " TABLE ":%d: " SPAN_FMT " " SPAN_FMT ": %s\n", r->line,
		       SPAN_ARG(line.verb), SPAN_ARG(line.n ? line.args[0].word : SPAN("")),
		       e.text);
		failures++;
	}
	got = said(w, r);
	if (is_said(r->says, got))
		return failures;
	printf("# " TABLE ":%d: \"" SPAN_FMT "\" says \"" SPAN_FMT "\", not \"" SPAN_FMT "\"\n",
	       r->line, SPAN_ARG(r->what), SPAN_ARG(got), SPAN_ARG(r->says));
	return failures + 1;
}

/* A row that goes on finds the world as the row before left it. */
static bool run(struct world *w, const struct row *r)
{
	struct buf script BUF_AUTO;
	struct err e = { 0 };
	int failures = 1;

	buf_init(&script, SCRIPT_MAX);
	if (!r->goes_on) {
		if (w->bench.store)
			world_close(w);
		*w = (struct world){ 0 };
		if (world_open(w, "tests/scenarios", &e) < 0) {
			printf("# %s\n", e.text);
			return false;
		}
	}
	if (!make_script(r, &script))
		printf("# " TABLE ":%d: no such person or form\n", r->line);
	else
		failures = play(w, r, buf_span(&script));
	return failures == 0;
}

int main(int argc, char **argv)
{
	static struct row rows[ROWS_MAX];
	struct buf table BUF_AUTO;
	struct world w = { 0 };
	size_t n = 0, wrong = 0;

	crypto_init();
	fault_init();
	log_open("commands", (enum log_level)0);
	buf_init(&table, SIZE_MAX);
	if (file_read(TABLE, &table) == 0)
		n = read_rows(buf_span(&table), rows);
	printf("1..1\n");
	for (size_t i = 0; i < n; i++)
		if (argc < 2 || atoi(argv[1]) == rows[i].line) {
			rows[i].goes_on = rows[i].goes_on && argc < 2;
			wrong += !run(&w, &rows[i]);
		}
	if (w.bench.store)
		world_close(&w);
	printf("# %zu command mails, %zu wrong\n", n, wrong);
	printf("%sok 1 - each does what its row says\n", n && !wrong ? "" : "not ");
	return n && !wrong ? 0 : 1;
}
