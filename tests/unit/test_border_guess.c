/* What our border writes, guessed from the headers of mails as servers write them. */
#include "tests/unit/unit.h"

#include "gatewayd/identity/border_guess.h"

#define A(n)	"Authentication-Results: " n "\n"
#define R(host) "Received: from x (x [192.0.2.1]) by " host " with ESMTP\n"

enum { HEADERS_MAX = 6 };

static const struct {
	const char *name, *headers[HEADERS_MAX];
	const char *id, *host, *inside; /* id NULL: no guess */
	bool below;
} guesses[] = {
	{ "Postfix, results above",
	  { A("mx.a.example; dmarc=pass") R("mx.a.example") R("out.b.example"),
	    A("mx.a.example; dmarc=fail") R("mx.a.example") R("out.c.example") },
	  "mx.a.example",
	  "mx.a.example",
	  "",
	  false },
	{ "an id that is no host, a store behind it",
	  { R("store.a.example") A("a.example; spf=pass") R("mx1.a.example") R("b.example"),
	    R("store.a.example") A("a.example; spf=pass") R("mx1.a.example") R("c.example") },
	  "a.example",
	  "mx1.a.example",
	  "store.a.example",
	  false },
	{ "Gmail: below its own",
	  { R("2002:a05:1") R("mx.google.com") A("mx.google.com; dkim=pass") R("b.example"),
	    R("2002:a05:2") R("mx.google.com") A("mx.google.com; dkim=pass") R("c.example") },
	  "mx.google.com",
	  "mx.google.com",
	  "2002:a05:1 2002:a05:2",
	  true },
	{ "below, with an id that is no host",
	  { R("in.a.example") A("a; dkim=pass") R("b.example"),
	    R("in.a.example") A("a; dkim=pass") R("c.example"),
	    R("in.a.example") A("a; dkim=pass") R("d.example") },
	  "a",
	  "in.a.example",
	  "",
	  true },
	{ "Exchange Online: without an id",
	  { R("p.prod.example") A("spf=pass (sender IP is 192.0.2.1); dkim=pass")
		R("eop.protection.example") R("b.example"),
	    R("p.prod.example") A("spf=fail; dkim=none") R("eop.protection.example") },
	  "",
	  "eop.protection.example",
	  "p.prod.example",
	  false },
	{ "a forged one among them, with another id",
	  { A("mx.a.example; dmarc=pass") R("mx.a.example"),
	    A("mx.a.example; dmarc=pass") R("mx.a.example"),
	    A("evil.example; dmarc=pass") R("mx.a.example") },
	  "mx.a.example",
	  "mx.a.example",
	  "",
	  false },
	{ "a comment and a version behind the id",
	  { A("mx.a.example (spam filter) 1; dmarc=pass") R("mx.a.example") },
	  "mx.a.example",
	  "mx.a.example",
	  "",
	  false },
	{ "mails without results", { R("mx.a.example"), R("mx.a.example") }, NULL, "", "", false },
	{ "one of many has them",
	  { A("a; spf=pass") R("a"), R("a"), R("a"), R("a") },
	  NULL,
	  "",
	  "",
	  false },
	{ "no two alike",
	  { A("a; spf=pass") R("a"), A("b; spf=pass") R("b"), A("c; spf=pass") R("c") },
	  NULL,
	  "",
	  "",
	  false },
	{ "no Received field at all", { A("a; spf=pass"), A("a; spf=pass") }, NULL, "", "", false },
	{ "nothing", { NULL }, NULL, "", "", false },
	{ "an id that would break out of a configuration",
	  { A("a\"]x; spf=pass") R("a.example") },
	  NULL,
	  "",
	  "",
	  false },
	{ "a host that would", { A("a; spf=pass") R("a\"];b") }, NULL, "", "", false },
};

static void what_most_mails_have_is_the_border(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(guesses) / sizeof(*guesses); i++) {
		struct header_scan scans[HEADERS_MAX];
		struct arena a ARENA_AUTO;
		struct buf inside BUF_AUTO;
		struct border_guess g = { 0 };
		size_t n = 0;
		bool found;

		arena_init(&a);
		buf_init(&inside, 1000);
		for (; n < HEADERS_MAX && guesses[i].headers[n]; n++)
			header_scan(
			    span_of(arena_printf(&a, "%sFrom: a@b.c\n\n", guesses[i].headers[n])),
			    &a, &scans[n]);
		found = border_guess(scans, n, &a, &g);
		if (found != (guesses[i].id != NULL))
			fail_msg("%s: %s", guesses[i].name, found ? "a guess" : "no guess");
		if (!found)
			continue;
		for (size_t k = 0; k < g.inside_count; k++)
			buf_addf(&inside, "%s" SPAN_FMT, k ? " " : "", SPAN_ARG(g.inside[k]));
		if (!span_is(g.id, guesses[i].id) || !span_is(g.host, guesses[i].host) ||
		    !span_is(buf_span(&inside), guesses[i].inside) || g.below != guesses[i].below ||
		    g.without_id != !*guesses[i].id)
			fail_msg("%s: id \"" SPAN_FMT "\" host \"" SPAN_FMT "\" inside \"%s\" %s",
				 guesses[i].name, SPAN_ARG(g.id), SPAN_ARG(g.host),
				 buf_cstr(&inside), g.below ? "below" : "above");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_most_mails_have_is_the_border),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
