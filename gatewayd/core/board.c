#include "gatewayd/core/board.h"

#include <sysexits.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/core/board_pages.h"
#include "gatewayd/core/report.h"
#include "gatewayd/core/signin.h"
#include "gatewayd/ctl/ctl_verbs.h"
#include "gatewayd/post/post.h"

struct board {
	struct bench *bench;
	struct intake *intake;
	struct timer *timer;
	const struct grant_list *grants;
	struct signin signin;
};

/* An answer in the making. */
struct answer {
	const struct web_ask *ask;
	struct desk *d;
	const struct conf_staff *staff; /* who is signed in; NULL: nobody */
	struct buf body;
	struct web_told told;
};

typedef int answer_fn(struct board *b, struct answer *a, struct err *e);

/* --- what gatewayctl can do, too --- */

static json_t *report(void *ctx)
{
	const struct board *b = ctx;

	return report_make(b->bench, intake_mailboxes(b->intake), b->grants);
}

/* Runs the verb; its text is the body.  What it refuses was not found. */
static int run_verb(struct board *b, struct answer *a, const char *const *words, int n)
{
	struct ctl_daemon daemon = { .started_at = b->bench->started_at,
				     .report = report,
				     .ctx = b };
	struct buf err BUF_AUTO;
	const struct ctl_verb *verb;
	const struct ctl_caller caller = { .channel = AUDIT_WEB, .who = SPAN("token") };
	struct ctl c = { .d = a->d,
			 .argv = words,
			 .argc = n,
			 .out = &a->body,
			 .err = &err,
			 .daemon = &daemon,
			 .caller = &caller };
	int status;

	buf_init(&err, 64 * KIB);
	verb = ctl_find(n, words, &err);
	status = verb ? ctl_run(&c, verb) : EX_USAGE;
	if (status == EX_TEMPFAIL)
		a->told.outcome = WEB_TROUBLE;
	else if (status != EX_OK && status != EX_UNAVAILABLE) /* that: something is wrong */
		a->told.outcome = WEB_NOT_FOUND;
	return status;
}

static int ready(struct board *b, struct answer *a, struct err *e)
{
	static const char *const words[] = { "status", "--json" };

	(void)e;
	run_verb(b, a, words, 2);
	return 0;
}

static int metrics(struct board *b, struct answer *a, struct err *e)
{
	static const char *const words[] = { "metrics", "--openmetrics" };

	(void)e;
	run_verb(b, a, words, span_is(a->ask->word, "openmetrics") ? 2 : 1);
	return 0;
}

static int unsubscribe(struct board *b, struct answer *a, struct err *e)
{
	const char *const words[] = { "contact", "optout", arena_cstr(a->d->arena, a->ask->word),
				      "--json" };

	(void)e;
	/* A token, which nobody guesses; an address anybody could write. */
	if (!a->ask->word.n || a->ask->word.p[0] == '-' ||
	    span_find(a->ask->word, SPAN("@")) < a->ask->word.n)
		a->told.outcome = WEB_NOT_FOUND;
	else if (run_verb(b, a, words, 4) == EX_OK)
		log_event(LOG_NOTICE, "web.unsubscribed", log_text("by", "token"));
	return 0;
}

/* --- signing in --- */

static const char *public_url(const struct conf *conf, struct arena *a)
{
	const char *url = conf->web.public_url;
	struct span s = span_of(url ? url : arena_printf(a, "http://%s", conf->web.listen));

	while (s.n && s.p[s.n - 1] == '/')
		s.n--;
	return arena_cstr(a, s);
}

static int mail_link(struct board *b, struct desk *d, const struct conf_staff *staff,
		     const char *token, struct err *e)
{
	struct store *txn STORE_TXN = d->store;
	const char *link =
	    arena_printf(d->arena, "%s/sign-in/%s", public_url(d->conf, d->arena), token);

	if (store_begin(txn, e) < 0 || post_sign_in(d, staff, span_of(link), e) < 0 ||
	    store_commit(txn, e) < 0)
		return -1;
	timer_wake(b->timer);
	return 0;
}

/* Whether that is a member of staff nobody learns: the answer is gone before the mail is made. */
static void ask_link(struct board *b, struct desk *d, const struct web_ask *ask)
{
	const struct conf_staff *staff = conf_staff_by_address(d->conf, ask->word);
	char token[SIGNIN_SECRET_SIZE];
	struct err e = { 0 };

	if (!staff) {
		log_event(LOG_INFO, "web.stranger", log_span("address", ask->word));
		return;
	}
	if (!signin_link(&b->signin, span_of(staff->id), ask->browser, d->now, token))
		log_event(LOG_WARNING, "web.too-many-links", log_text("staff", staff->id));
	else if (mail_link(b, d, staff, token, &e) < 0)
		log_event(LOG_ERROR, "web.link-failed", log_text("staff", staff->id),
			  log_reason(&e));
	else
		log_event(LOG_NOTICE, "web.link", log_text("staff", staff->id));
	crypto_wipe(token, sizeof(token));
}

/* The browser by the first digits of its digest. */
static int write_down(struct desk *d, const char *staff, const char *action, struct span browser,
		      struct err *e)
{
	enum { SHOWN = 4 };
	uint8_t digest[SHA256_SIZE];
	char hex[2 * SHOWN + 1];
	struct store_audit row = {
		.at = d->now, .channel = AUDIT_WEB, .who = span_of(staff), .action = span_of(action)
	};

	sha256_of(browser, digest);
	hex_encode(digest, SHOWN, hex);
	row.detail = span_of(arena_printf(d->arena, "browser %s", hex));
	return store_audit_add(d->store, &row, e);
}

static int nothing(struct board *b, struct answer *a, struct err *e)
{
	(void)b, (void)a, (void)e;
	return 0;
}

static int sign_in(struct board *b, struct answer *a, struct err *e)
{
	char session[SIGNIN_SECRET_SIZE];
	const char *staff;

	if (!signin_redeem(&b->signin, a->ask->word, a->ask->browser, a->d->now,
			   a->d->conf->web.session_s, session)) {
		a->told.outcome = WEB_NOT_FOUND;
		return 0;
	}
	a->told.session = arena_dup(a->d->arena, span_of(session));
	staff = signin_who(&b->signin, a->told.session, a->ask->browser, a->d->now);
	if (write_down(a->d, staff, "sign-in", a->ask->browser, e) < 0) {
		signin_end(&b->signin, a->told.session);
		return -1;
	}
	log_event(LOG_NOTICE, "web.signed-in", log_text("staff", staff));
	return 0;
}

static int sign_out(struct board *b, struct answer *a, struct err *e)
{
	int done = a->staff ? write_down(a->d, a->staff->id, "sign-out", a->ask->browser, e) : 0;

	signin_end(&b->signin, a->ask->session);
	return done;
}

/* --- pages --- */

static int give(struct answer *a, json_t *page)
{
	if (!page)
		return -1;
	json_object_set_new(page, "me", json_string(a->staff->name));
	json_object_set_new(page, "company", json_string(a->d->conf->company));
	json_write(page, true, &a->body);
	json_decref(page);
	return 0;
}

static int board(struct board *b, struct answer *a, struct err *e)
{
	json_t *now JSON_AUTO = report(b);

	return give(a, board_overview(a->d, a->staff, json_object_get(now, "wrong"), e));
}

static int cases(struct board *b, struct answer *a, struct err *e)
{
	(void)b;
	return give(a, board_cases(a->d, a->ask, e));
}

static int one_case(struct board *b, struct answer *a, struct err *e)
{
	(void)b;
	return give(a, board_case(a->d, a->ask, e));
}

static int search(struct board *b, struct answer *a, struct err *e)
{
	(void)b;
	return give(a, board_search(a->d, a->ask->word, e));
}

static int deadlines(struct board *b, struct answer *a, struct err *e)
{
	(void)b;
	return give(a, board_deadlines(a->d, e));
}

static int file(struct board *b, struct answer *a, struct err *e)
{
	struct store_attachment row;

	(void)b;
	if (store_attachment_get(a->d->store, a->ask->number, a->d->arena, &row, &a->body, e) < 0)
		return -1;
	a->told.name = row.filename.n ? row.filename : SPAN("file");
	return 0;
}

/* --- one question --- */

enum { EVERYBODY, STAFF };

static const int readers[WEB_PAGE_COUNT] = {
#define X(id, who) [id] = who,
	WEB_PAGES(X)
#undef X
};

static answer_fn *const makers[WEB_PAGE_COUNT] = {
	[WEB_READY] = ready,	 [WEB_METRICS] = metrics,     [WEB_LINK] = nothing,
	[WEB_SIGN_IN] = sign_in, [WEB_SIGN_OUT] = sign_out,   [WEB_UNSUBSCRIBE] = unsubscribe,
	[WEB_BOARD] = board,	 [WEB_CASES] = cases,	      [WEB_CASE] = one_case,
	[WEB_SEARCH] = search,	 [WEB_DEADLINES] = deadlines, [WEB_FILE] = file,
};

/* The configuration of now decides: who left is nobody. */
static const struct conf_staff *who(struct board *b, const struct desk *d,
				    const struct web_ask *ask)
{
	const char *id = signin_who(&b->signin, ask->session, ask->browser, d->now);

	return id ? conf_staff_find(d->conf, id) : NULL;
}

static void make(struct board *b, struct answer *a)
{
	struct err e = { 0 };

	a->staff = who(b, a->d, a->ask);
	if (readers[a->ask->page] == STAFF && !a->staff)
		a->told.outcome = WEB_STRANGER;
	else if (makers[a->ask->page](b, a, &e) < 0) {
		a->told.outcome = e.class == ERR_PERM ? WEB_NOT_FOUND : WEB_TROUBLE;
		if (e.class != ERR_PERM)
			log_event(LOG_WARNING, "web.trouble", log_reason(&e));
	}
}

int board_ask(struct board *b, struct peer *from, const struct web_ask *ask, struct err *e)
{
	struct desk d = bench_desk(b->bench);
	struct answer a = { .ask = ask, .d = &d };
	int result;

	buf_init(&a.body, CTL_OUT_MAX);
	a.told.id = ask->id;
	a.told.session = a.told.name = SPAN("");
	make(b, &a);
	a.told.body =
	    a.told.outcome == WEB_DONE || ask->page == WEB_READY ? buf_span(&a.body) : SPAN("");
	result = web_told_put(&from->wire, &a.told, e);
	buf_release(&a.body);
	if (result < 0)
		return -1;
	if (ask->page == WEB_LINK)
		ask_link(b, &d, ask);
	bench_later(b->bench); /* frees the turn's arena */
	return 0;
}

struct board *board_new(struct bench *b, struct intake *intake, struct timer *timer,
			const struct grant_list *grants)
{
	struct board *board = mem_alloc(sizeof(*board));

	board->bench = b;
	board->intake = intake;
	board->timer = timer;
	board->grants = grants;
	crypto_lock(&board->signin, sizeof(board->signin));
	return board;
}

void board_free(struct board **board)
{
	if (*board)
		crypto_wipe(&(*board)->signin, sizeof((*board)->signin));
	mem_free(board);
}
