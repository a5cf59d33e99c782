/*
 * The small inputs of ../shared/cases/decide, each delivered to a core of its own: what becomes of
 * it, who asks, who gets a confirmation, what is shown.  Without the folder there is nothing to do.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gatewayd/base/file.h"
#include "gatewayd/base/log.h"
#include "tests/scenario/fault.h"
#include "tests/scenario/world.h"

#define FOLDER "../shared/cases/decide"
#define NOW    INT64_C(1795860000) /* 2026-11-28T10:00:00Z */
#define ANN    "ann@customer.test"

static const struct row {
	const char *file;
	enum mail_state state;
	const char *requester; /* of the case; NULL: not looked at */
	const char *confirmed; /* who gets a confirmation; "": nobody; NULL: not looked at */
	const char *text;      /* is in the first note; NULL: not looked at */
	const char *queue;
} rows[] = {
	{ "group", MAIL_CASE, ANN, "", "our purge fails", "technical" },
	{ "group-google", MAIL_CASE, ANN, "", NULL, "technical" },
	{ "listunsub", MAIL_CASE, ANN, NULL, NULL, "technical" },
	{ "monitor", MAIL_CASE, "nagios@customer.test", "", NULL, "technical" },
	{ "F6-machine", MAIL_CASE, "ann@acme.example", "", "Our edge hosts", "technical" },
	{ "replyto_noreply", MAIL_CASE, ANN, NULL, NULL, "technical" },
	{ "replyto_own", MAIL_CASE, ANN, NULL, NULL, "technical" },
	{ "via", MAIL_CASE, ANN, NULL, NULL, "technical" },
	{ "srs", MAIL_CASE, ANN, ANN, NULL, "technical" },
	{ "srs-microsoft", MAIL_CASE, ANN, ANN, NULL, "technical" },
	{ "fwdbody", MAIL_CASE, ANN, ANN, "since Monday we see 503 for /a.html.", "technical" },
	{ "fwdstaff", MAIL_CASE, ANN, NULL, "the invoice of May is wrong.", NULL },
	{ "blockquoteend", MAIL_CASE, ANN, ANN, "We are closed on Monday.", "technical" },
	{ "dashes", MAIL_CASE, ANN, ANN, "Please check it.", "technical" },
	{ "underscores", MAIL_CASE, ANN, ANN, "10:01 ERR zone 8", "technical" },
	{ "outlookinline", MAIL_CASE, ANN, ANN, "It is zone 7.", "technical" },
	{ "from-comma", MAIL_CASE, ANN, ANN, NULL, "technical" },
	{ "from-colon-in-name", MAIL_CASE, ANN, ANN, NULL, "technical" },
	{ "from-at-in-name", MAIL_CASE, ANN, NULL, NULL, "technical" },
	{ "from-two-dots", MAIL_CASE, "ann..x@customer.test", NULL, NULL, "technical" },
	{ "from-dot-before-at", MAIL_CASE, "docomo.@customer.test", NULL, NULL, "technical" },
	{ "from-idn", MAIL_CASE, "ann@xn--mnchen-3ya.test", NULL, NULL, "technical" },
	{ "jpnocs", MAIL_CASE, ANN, NULL, "\343\203\206\343\202\271\343\203\210", NULL },
	{ "metacs", MAIL_CASE, ANN, NULL, "\320\237\321\200\320\270\320\262\320\265\321\202",
	  NULL },
	{ "stub", MAIL_CASE, ANN, NULL, "Our purge of zone 7 fails.", "technical" },
	{ "accepted", MAIL_AUTO_FILED, NULL, "", NULL, NULL },
	{ "reaction", MAIL_AUTO_FILED, NULL, "", NULL, NULL },
	{ "maillist", MAIL_CASE, ANN, NULL, NULL, "technical" },
	{ "F1-aura", MAIL_CASE, "ann@acme.example", NULL, NULL, "aura" },
	{ "F2-outage", MAIL_CASE, "ann@acme.example", NULL, NULL, "technical" },
	{ "F11-list", MAIL_COMMAND, NULL, "", NULL, NULL },
};
enum { ROWS = sizeof(rows) / sizeof(*rows) };

static int import_accounts(struct world *w, struct err *e)
{
	struct script_line import = { .args = { { .word = SPAN("account") },
						{ .word = SPAN("import") },
						{ .word = SPAN("shared_cases.csv") } },
				      .n = 3,
				      .has_text = true };
	struct buf text BUF_AUTO;

	buf_init(&text, 64 * 1024);
	if (file_read("tests/scenarios/accounts/shared_cases.csv", &text) < 0)
		return err_set(e, ERR_PERM, "no accounts");
	import.text = buf_span(&text);
	return world_ctl(w, &import, e);
}

static int deliver(struct world *w, const struct row *r, struct err *e)
{
	struct buf raw BUF_AUTO;

	buf_init(&raw, 1024 * 1024);
	if (file_read(arena_printf(&w->arena, FOLDER "/%s.eml", r->file), &raw) < 0)
		return err_set(e, ERR_PERM, "it cannot be read");
	return world_mail(w,
			  &(struct peers_mail){ .raw = arena_dup(&w->arena, buf_span(&raw)),
						.mailbox = "support",
						.uidvalidity = 1,
						.uid = 1,
						.received_at = NOW,
						.size = (int64_t)raw.n },
			  e);
}

static bool differs(const struct row *r, const char *what, const char *want, struct span got)
{
	bool same = !want || (*want ? span_find(got, span_of(want)) != SIZE_MAX : !got.n);

	if (!same)
		printf("# %s: %s is \"" SPAN_FMT "\", not \"%s\"\n", r->file, what, SPAN_ARG(got),
		       want);
	return !same;
}

static int check_case(struct world *w, const struct row *r, bool *ret_right, struct err *e)
{
	struct store_note *notes;
	struct store_case c;
	size_t n;

	if (store_case_get(w->bench.store, 1, &w->arena, &c, e) < 0 ||
	    store_note_list(w->bench.store, 1, &w->arena, &notes, &n, e) < 0)
		return -1;
	if (differs(r, "the requester", r->requester, c.requester_address) ||
	    differs(r, "the queue", r->queue, c.queue) ||
	    differs(r, "the text", r->text, n ? notes[0].text : SPAN("")))
		*ret_right = false;
	return 0;
}

static int check(struct world *w, const struct row *r, bool *ret_right, struct err *e)
{
	struct world_row which = { SPAN(""), SPAN("confirmation"), 0 };
	struct store_outbox sent = { .recipient = SPAN("") };
	struct span message;
	struct store_mail mail;
	struct err none;

	*ret_right = true;
	if (store_mail_get(w->bench.store, 1, &w->arena, &mail, e) < 0)
		return -1;
	if (mail.state != r->state) {
		printf("# %s: " SPAN_FMT "\n", r->file, SPAN_ARG(mail.reason));
		*ret_right = false;
		return 0;
	}
	if (world_last_row(w, &which, &sent, &message, &none) < 0)
		sent.recipient = SPAN("");
	if (differs(r, "the confirmation's recipient", r->confirmed, sent.recipient))
		*ret_right = false;
	return r->state == MAIL_CASE ? check_case(w, r, ret_right, e) : 0;
}

static bool try_row(const struct row *r)
{
	struct world w = { 0 };
	struct err e = { 0 };
	bool right = false;

	if (world_open(&w, "tests/scenarios", &e) < 0 || world_conf(&w, "shared_cases", &e) < 0 ||
	    world_set_clock(&w, NOW, &e) < 0 || import_accounts(&w, &e) < 0 ||
	    deliver(&w, r, &e) < 0 || check(&w, r, &right, &e) < 0)
		printf("# %s: %s\n", r->file, e.text);
	world_close(&w);
	return right;
}

int main(void)
{
	int wrong = 0;

	if (access(FOLDER, R_OK) < 0) {
		printf("1..0 # SKIP no " FOLDER "\n");
		return 0;
	}
	crypto_init();
	fault_init();
	log_open("cases", LOG_ERROR);
	printf("1..1\n");
	for (size_t i = 0; i < ROWS; i++)
		wrong += !try_row(&rows[i]);
	printf("# %d inputs, %d wrong\n%sok 1 - each becomes what it should\n", ROWS, wrong,
	       wrong ? "not " : "");
	return wrong ? 1 : 0;
}
