/*
 * Whom the answers of a machine go to: each answer that there is against each reason to give none,
 * by scripts that the real core plays.
 */
#include <stdio.h>

#include "gatewayd/base/log.h"
#include "tests/scenario/fault.h"
#include "tests/scenario/verbs.h"

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* Everything that goes to a customer and that no person wrote. */
static const char *const kinds[] = { "confirmation",  "referral",	"too_large",
				     "status_answer", "listing_answer", "case_closed",
				     "case_state",    "owner_assigned", "unsubscribe_done" };

struct answer {
	const char *kind;
	const char *before; /* lines of the script */
	const char *mail;   /* words of the mail that asks */
	const char *text;   /* below it */
	const char *change; /* what is done to the case that it opened: "assign %d sam" */
};

#define A_CASE "MAIL from=ann@customer.test auth=dmarc\n"
#define A_RECOMMENDATION                                                                         \
	"ACCOUNTS answers.csv\nCTL recommend import r.json <<END\n[{\"account\": \"customer\", " \
	"\"property\": \"p\", "                                                                  \
	"\"title\": \"T\", \"link\": \"https://x.test/\"}]\nEND\nCTL property live customer "    \
	"p\nAT +3d\n"

static const struct answer answers[] = {
	{ "confirmation", "", "to=support", "", "" },
	{ "referral", "", "to=billing", "", "" },
	{ "too_large", "", "to=support size=30000000", "", "" },
	{ "status_answer", A_CASE, "answers=ann@customer.test kind=confirmation", "status", "" },
	{ "listing_answer", "", "to=support", "list open", "" },
	{ "case_closed", A_CASE, "answers=ann@customer.test kind=confirmation", "close", "" },
	{ "unsubscribe_done", A_RECOMMENDATION, "unsubscribe=ann@customer.test", "unsubscribe",
	  "" },
	/* of a case whose sender could not be answered when it came */
	{ "owner_assigned", "", "to=support", "", "assign %d sam" },
	{ "case_state", "", "to=support", "", "state %d resolved" },
};

struct reason {
	const char *name;
	const char *mail; /* words of the mail */
	bool files;	  /* such a mail opens no case */
};

#define PROVEN	       "auth=dmarc from=ann@customer.test return-path=ann@customer.test "
#define ALONE(address) "auth=dmarc from=" address " return-path=" address

static const struct reason a_person = { "a person", PROVEN, false };
static const struct reason reasons[] = {
	{ "the null return path", "auth=dmarc from=ann@customer.test return-path=\"<>\"", false },
	{ "a broken return path", "auth=dmarc from=ann@customer.test return-path=\"<a@b@c>\"",
	  false },
	{ "a return path of ours",
	  "auth=dmarc from=ann@customer.test return-path=support+x@support.test", false },
	{ "Auto-Submitted", PROVEN "header=\"Auto-Submitted: auto-generated\"", false },
	{ "a list", PROVEN "header=\"List-Id: <x.customer.test>\"", false },
	{ "a list that can be left", PROVEN "header=\"List-Unsubscribe: <https://x.test/>\"",
	  true },
	{ "Precedence: bulk", PROVEN "header=\"Precedence: bulk\"", false },
	{ "Precedence: list", PROVEN "header=\"Precedence: list\"", false },
	{ "Precedence: junk", PROVEN "header=\"Precedence: junk\"", false },
	{ "suppressed", PROVEN "header=\"X-Auto-Response-Suppress: All\"", false },
	{ "suppressed among others", PROVEN "header=\"X-Auto-Response-Suppress: DR, AutoReply\"",
	  false },
	{ "a loop", PROVEN "header=\"X-Loop: help@customer.test\"", false },
	{ "an automatic answer", PROVEN "header=\"X-Autoreply: yes\"", true },
	{ "another ticket system", PROVEN "header=\"X-OTRS-Loop: yes\"", false },
	{ "no person", ALONE("no-reply@customer.test"), false },
	{ "no person, with a number", ALONE("noreply+17@customer.test"), false },
	{ "a mail system", ALONE("MAILER-DAEMON@customer.test"), false },
	{ "a list's owner", ALONE("owner-x@customer.test"), false },
	{ "ourselves", ALONE("help@support.test"), false },
	{ "ourselves with a part", ALONE("support+x@support.test"), false },
	{ "localhost", ALONE("ann@localhost"), false },
	{ "below localhost", ALONE("ann@mail.localhost"), false },
	{ "a domain without a dot", ALONE("ann@intranet"), false },
	{ "an address literal", ALONE("ann@[192.0.2.1]"), false },
	{ "a quoted local part", "auth=dmarc from=\"\\\"ann b\\\"@customer.test\"", false },
	{ "a local part with a route", ALONE("ann%other.test@customer.test"), false },
	{ "a local part like an option", ALONE("-ann@customer.test"), false },
	{ "not proven, another return path", "from=ann@customer.test return-path=eve@evil.test",
	  false },
	{ "not proven, a path below it", "from=ann@customer.test return-path=ann+x@customer.test",
	  false },
	{ "forged, says our server",
	  "auth=fail from=ann@customer.test return-path=ann@customer.test", false },
};

static int play(struct world *w, struct span text, struct err *e)
{
	struct script s = { .rest = text, .arena = &w->arena };
	struct script_line line;
	int result;

	while ((result = script_next(&s, &line, e)) > 0)
		if (verbs_run(w, &line, e) < 0)
			return -1;
	return result;
}

/* The mail, what stands below it, and what is done to the case that it opened. */
static void write_mail(const struct answer *a, const struct reason *r, int number, struct buf *out)
{
	struct span change = span_of(a->change), verb = span_cut(&change, '%');

	buf_addf(out, "MARK\nMAIL %s %s subject=\"%s\"", a->mail, r->mail, r->name);
	if (*a->text)
		buf_addf(out, " <<END\n%s\nEND", a->text);
	buf_adds(out, "\n");
	if (verb.n)
		buf_addf(out, "CTL case " SPAN_FMT "%d" SPAN_FMT "\n", SPAN_ARG(verb), number,
			 SPAN_ARG(span_sub(change, 1, SIZE_MAX)));
}

static bool is_answered(struct world *w, const struct answer *a)
{
	struct buf text BUF_AUTO;
	struct err e = { 0 };

	buf_init(&text, SIZE_MAX);
	write_mail(a, &a_person, 1, &text);
	buf_addf(&text, "EXPECT outbox kind=%s count=1\n", a->kind);
	if (play(w, buf_span(&text), &e) == 0)
		return true;
	printf("# %s, a person: %s\n", a->kind, e.text);
	return false;
}

static bool is_silent(struct world *w, const struct answer *a, const struct reason *r, int number)
{
	struct buf text BUF_AUTO;
	struct err e = { 0 };

	buf_init(&text, SIZE_MAX);
	write_mail(a, r, number, &text);
	for (size_t i = 0; i < COUNT(kinds); i++)
		buf_addf(&text, "EXPECT outbox kind=%s count=0\n", kinds[i]);
	if (play(w, buf_span(&text), &e) == 0)
		return true;
	printf("# %s, %s: %s\n", a->kind, r->name, e.text);
	return false;
}

/* Two worlds: one for the mail that is answered, and one for all that are not. */
static bool try_answer(const struct answer *a, bool wanted, int *ret_tried)
{
	struct world w = { .faults = false };
	struct err e = { 0 };
	bool good = world_open(&w, "tests/scenarios", &e) == 0 &&
		    play(&w, SPAN("CONF base\nAT 2026-03-02T08:00:00Z\n"), &e) == 0 &&
		    play(&w, span_of(a->before), &e) == 0;

	*ret_tried = 0;
	if (!good)
		printf("# %s: %s\n", a->kind, e.text);
	else if (wanted)
		good = is_answered(&w, a);
	for (size_t i = 0; i < COUNT(reasons) && !wanted; i++)
		if (!reasons[i].files || !*a->change)
			good = is_silent(&w, a, &reasons[i], ++*ret_tried) && good;
	world_close(&w);
	return good;
}

int main(void)
{
	int failed = 0;

	crypto_init();
	fault_init();
	log_open("answers", (enum log_level)0);
	printf("1..%zu\n", COUNT(answers));
	for (size_t i = 0; i < COUNT(answers); i++) {
		int tried;
		bool answered = try_answer(&answers[i], true, &tried);
		bool good = try_answer(&answers[i], false, &tried) && answered;

		printf("%sok %zu - %s goes to a person, and for none of %d reasons to anybody\n",
		       good ? "" : "not ", i + 1, answers[i].kind, tried);
		failed += !good;
	}
	return failed ? 1 : 0;
}
