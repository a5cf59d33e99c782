#include "gatewayd/core/board.h"

#include <sysexits.h>

#include "gatewayd/base/log.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/core/board_pages.h"
#include "gatewayd/core/report.h"
#include "gatewayd/core/signin.h"
#include "gatewayd/ctl/ctl_verbs.h"
#include "gatewayd/post/post.h"

/* An answer in the making. */
struct answer {
	struct answer *next;
	struct peer *to;
	struct arena arena; /* of all that is in here */
	struct web_ask ask;
	struct buf body;
	struct web_told told;
	struct report report;
	bool reported;
	json_t *queues;
	struct queue_view counting;
	struct board_page page;
	/* Of the slice at hand. */
	struct desk *d;
	const struct conf_staff *staff; /* who is signed in; NULL: nobody */
};

/* 1: made; 0: there is more to do. */
typedef int answer_fn(struct board *b, struct answer *a, struct err *e);

struct board {
	struct bench *bench;
	struct intake *intake;
	struct timer *timer;
	const struct grant_list *grants;
	struct signin signin;
	struct answer *answers; /* the first is made, the others wait */
	size_t answer_count;
};

/* --- what gatewayctl can do, too --- */

/* What it and the queues are, piece by piece; 1: it is there. */
static int report(struct board *b, struct answer *a)
{
	if (a->reported)
		return 1;
	if (!a->report.all)
		report_begin(&a->report, intake_mailboxes(b->intake), b->grants);
	a->reported = report_step(&a->report, b->bench);
	return 0;
}

static int queues(struct answer *a, struct err *e)
{
	if (a->queues)
		return 1;
	return queue_view_step(&a->counting, a->d, &a->queues, e);
}

static json_t *reported(void *ctx)
{
	const struct answer *a = ctx;

	return json_incref(a->report.all);
}

/* Runs the verb; its text is the body.  What it refuses was not found. */
static int run_verb(struct board *b, struct answer *a, const char *const *words, int n)
{
	struct ctl_daemon daemon = { .started_at = b->bench->started_at,
				     .report = reported,
				     .queues = a->queues,
				     .ctx = a };
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
	if (!report(b, a))
		return 0;
	run_verb(b, a, words, 2);
	return 1;
}

static int metrics(struct board *b, struct answer *a, struct err *e)
{
	static const char *const words[] = { "metrics", "--openmetrics" };

	int counted = report(b, a) ? queues(a, e) : 0;

	if (counted <= 0)
		return counted;
	run_verb(b, a, words, span_is(a->ask.word, "openmetrics") ? 2 : 1);
	return 1;
}

static int unsubscribe(struct board *b, struct answer *a, struct err *e)
{
	const char *const words[] = { "contact", "optout", arena_cstr(a->d->arena, a->ask.word),
				      "--json" };

	(void)e;
	/* A token, which nobody guesses; an address anybody could write. */
	if (!a->ask.word.n || a->ask.word.p[0] == '-' ||
	    span_find(a->ask.word, SPAN("@")) < a->ask.word.n)
		a->told.outcome = WEB_NOT_FOUND;
	else if (run_verb(b, a, words, 4) == EX_OK)
		log_event(LOG_NOTICE, "web.unsubscribed", log_text("by", "token"));
	return 1;
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
	return 1;
}

static int sign_in(struct board *b, struct answer *a, struct err *e)
{
	char session[SIGNIN_SECRET_SIZE];
	const char *staff;

	if (!signin_redeem(&b->signin, a->ask.word, a->ask.browser, a->d->now,
			   a->d->conf->web.session_s, session)) {
		a->told.outcome = WEB_NOT_FOUND;
		return 1;
	}
	a->told.session = arena_dup(a->d->arena, span_of(session));
	staff = signin_who(&b->signin, a->told.session, a->ask.browser, a->d->now);
	if (write_down(a->d, staff, "sign-in", a->ask.browser, e) < 0) {
		signin_end(&b->signin, a->told.session);
		return -1;
	}
	log_event(LOG_NOTICE, "web.signed-in", log_text("staff", staff));
	return 1;
}

static int sign_out(struct board *b, struct answer *a, struct err *e)
{
	int done = a->staff ? write_down(a->d, a->staff->id, "sign-out", a->ask.browser, e) : 0;

	signin_end(&b->signin, a->ask.session);
	return done < 0 ? -1 : 1;
}

/* --- pages --- */

static int page(struct board *b, struct answer *a, struct err *e)
{
	(void)b;
	a->page.ask = &a->ask;
	a->page.staff = a->staff;
	return board_page_step(&a->page, a->d, &a->body, e);
}

/* With what is wrong. */
static int board(struct board *b, struct answer *a, struct err *e)
{
	if (!report(b, a))
		return 0;
	a->page.wrong = a->report.wrong;
	return page(b, a, e);
}

static int file(struct board *b, struct answer *a, struct err *e)
{
	struct store_attachment row;
	struct store_case c;

	(void)b;
	if (store_attachment_get(a->d->store, a->ask.number, a->d->arena, &row, &a->body, e) < 0)
		return -1;
	if (board_case_get(a->d, a->staff, row.case_number, &c, e) < 0) {
		buf_clear(&a->body);
		return -1;
	}
	a->told.name = row.filename.n ? row.filename : SPAN("file");
	return 1;
}

/* --- one question --- */

enum { EVERYBODY, STAFF };

static const int readers[WEB_PAGE_COUNT] = {
#define X(id, who) [id] = who,
	WEB_PAGES(X)
#undef X
};

static answer_fn *const makers[WEB_PAGE_COUNT] = {
	[WEB_READY] = ready,	 [WEB_METRICS] = metrics,   [WEB_LINK] = nothing,
	[WEB_SIGN_IN] = sign_in, [WEB_SIGN_OUT] = sign_out, [WEB_UNSUBSCRIBE] = unsubscribe,
	[WEB_BOARD] = board,	 [WEB_CASES] = page,	    [WEB_CASE] = page,
	[WEB_SEARCH] = page,	 [WEB_DEADLINES] = page,    [WEB_FILE] = file,
};

/* The configuration of now decides: who left is nobody. */
static const struct conf_staff *who(struct board *b, const struct desk *d,
				    const struct web_ask *ask)
{
	const char *id = signin_who(&b->signin, ask->session, ask->browser, d->now);

	return id ? conf_staff_find(d->conf, id) : NULL;
}

/* 1: it is made, or it says why not. */
static int make(struct board *b, struct answer *a)
{
	struct err e = { 0 };
	int made;

	if (readers[a->ask.page] == STAFF && !a->staff) {
		a->told.outcome = WEB_STRANGER;
		return 1;
	}
	made = makers[a->ask.page](b, a, &e);
	if (made >= 0)
		return made;
	a->told.outcome = e.class == ERR_PERM ? WEB_NOT_FOUND : WEB_TROUBLE;
	if (e.class != ERR_PERM)
		log_event(LOG_WARNING, "web.trouble", log_reason(&e));
	return 1;
}

/* --- answers --- */

static struct span kept(struct answer *a, struct span s)
{
	return arena_dup(&a->arena, s);
}

static struct answer *answer_new(struct peer *to, const struct web_ask *ask)
{
	struct answer *a = mem_alloc(sizeof(*a));

	arena_init(&a->arena);
	buf_init(&a->body, CTL_OUT_MAX);
	a->to = to;
	a->ask = *ask;
	a->ask.session = kept(a, ask->session);
	a->ask.browser = kept(a, ask->browser);
	a->ask.word = kept(a, ask->word);
	a->ask.queue = kept(a, ask->queue);
	a->ask.owner = kept(a, ask->owner);
	a->ask.state = kept(a, ask->state);
	a->told.id = ask->id;
	a->told.session = a->told.name = SPAN("");
	return a;
}

static void answer_free(struct answer **a)
{
	board_page_release(&(*a)->page);
	queue_view_release(&(*a)->counting);
	json_decref((*a)->queues);
	json_decref((*a)->report.all);
	buf_release(&(*a)->body);
	arena_release(&(*a)->arena);
	mem_free(a);
}

static void add(struct board *b, struct answer *a)
{
	struct answer **last = &b->answers;

	while (*last)
		last = &(*last)->next;
	*last = a;
	b->answer_count++;
}

static struct answer *take_first(struct board *b)
{
	struct answer *a = b->answers;

	b->answers = a->next;
	a->next = NULL;
	b->answer_count--;
	return a;
}

static void tell(struct board *b, struct answer *a)
{
	bool whole = a->told.outcome == WEB_DONE || a->ask.page == WEB_READY;
	struct err e = { 0 };

	a->told.body = whole ? buf_span(&a->body) : SPAN("");
	if (web_told_put(&a->to->wire, &a->told, &e) < 0)
		log_event(LOG_WARNING, "web.trouble", log_reason(&e));
	peer_update(a->to);
	if (a->ask.page == WEB_LINK)
		ask_link(b, a->d, &a->ask);
}

/* True: it was told. */
static bool slice(struct board *b, struct answer *a)
{
	int64_t end_ms = bench_now_ms(b->bench) + BOARD_SLICE_MS;
	struct desk d = bench_desk(b->bench);
	int made;

	d.arena = &a->arena;
	a->d = &d;
	a->staff = who(b, &d, &a->ask);
	do
		made = make(b, a);
	while (!made && bench_now_ms(b->bench) < end_ms);
	if (made)
		tell(b, a);
	return made;
}

/* A slice of one answer a turn; who has more to do stands behind the others. */
void board_turn(struct board *b)
{
	struct answer *a;

	if (!b->answers || !bench_may(b->bench))
		return;
	a = take_first(b);
	if (slice(b, a))
		answer_free(&a);
	else
		add(b, a);
	if (b->answers)
		bench_later(b->bench);
}

int board_ask(struct board *b, struct peer *from, const struct web_ask *ask, struct err *e)
{
	if (b->answer_count == WEB_WAITING_MAX)
		return err_set(e, ERR_PERM, "it asks more than it may");
	add(b, answer_new(from, ask));
	bench_later(b->bench);
	return 0;
}

void board_peer_gone(struct board *b, const struct peer *p)
{
	for (size_t n = b->answer_count; n; n--) {
		struct answer *a = take_first(b);

		if (a->to == p)
			answer_free(&a);
		else
			add(b, a);
	}
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
	if (!*board)
		return;
	while ((*board)->answers) {
		struct answer *a = take_first(*board);

		answer_free(&a);
	}
	crypto_wipe(&(*board)->signin, sizeof((*board)->signin));
	mem_free(board);
}
