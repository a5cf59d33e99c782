/*
 * What becomes of an answer of staff: each text of tests/answers/answers.txt from each client of
 * tests/answers/clients.h, above the quote, below it and between its lines, through parser and core
 * to the outbox.  What arrives is the text byte for byte, or nothing and a transcript that begins
 * with NOT SENT.
 *
 * Then random questions and random words of staff, the same way: all of the words arrive, and
 * nothing else.
 *
 * usage: test_staff_answers [--all | TEXT [CLIENT] | --random SEED]: without, a quarter of them,
 * each text and each client among them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gatewayd/base/file.h"
#include "gatewayd/base/log.h"
#include "parser/transfer.h"
#include "tests/scenario/fault.h"
#include "tests/scenario/world.h"

enum how { PLAIN, QUOTED, LOOSE, ASCII, HTML, LINKED };

static const struct client {
	const char *name, *intro, *prefix;
	size_t wrap;
	enum how how;
} clients[] = {
#define CLIENT(name, intro, prefix, wrap, how) { name, intro, prefix, wrap, how },
#include "tests/answers/clients.h"
#undef CLIENT
};
enum { CLIENTS = sizeof(clients) / sizeof(*clients), TEXTS_MAX = 400, TEXT_BYTES_MAX = 1 << 20 };

enum place { ABOVE, BELOW, BETWEEN, PLACES };
static const char *const places[] = { "above", "below", "between" };

struct text {
	struct span name, words, arrives;
	struct span asked; /* what the customer wrote; p == NULL: QUESTION */
	bool sent, file, plain;
};

#define NOW INT64_C(1772438400) /* 2026-03-02T08:00:00Z */

/* A notice as its reader has it. */
struct notice {
	struct store_outbox row;
	struct span reply_to, text, html;
	struct span linked; /* the text of the HTML with its links */
};

struct tally {
	int right, wrong, leaks, sent, held_wrongly;
};

#define QUESTION                                                                                 \
	"Hello,\r\n\r\nthe proxy drops requests since Monday.\r\n"                               \
	"It worked before the update, and the log only says \"connection reset by peer\" again " \
	"and again.\r\n\r\nI tried:\r\npurge --all\r\nrestart proxy\r\n\r\n"                     \
	"Yes\r\nAnn\r\n\r\n#close is what I wanted to write in the subject.\r\n"                 \
	"Gr\xc3\xbc\xc3\x9f"                                                                     \
	"e aus K\xc3\xb6ln \xe2\x80\x93 \xe6\x9d\xb1\xe4\xba\xac\xe3\x82\x82 too.\r\n"

/* --- the table of texts --- */

static struct span until_line(struct span *rest, struct span mark)
{
	struct span all = *rest, line, before = *rest;

	while (span_line(&before, &line)) {
		if (span_starts(line, mark)) {
			*rest = (struct span){ line.p, (size_t)(all.p + all.n - line.p) };
			return (struct span){ all.p, (size_t)(line.p - all.p) };
		}
	}
	*rest = span_sub(all, all.n, 0);
	return all;
}

static size_t read_texts(struct span all, struct text *v)
{
	struct span line, words;
	size_t n = 0;

	until_line(&all, SPAN("=== "));
	while (n < TEXTS_MAX && span_line(&all, &line)) {
		struct text *t = &v[n++];

		span_cut(&line, ' ');
		t->sent = span_is(span_cut(&line, ' '), "sent");
		t->name = span_cut(&line, ' ');
		t->file = span_is(line, "files");
		t->plain = span_is(line, "plain");
		words = until_line(&all, SPAN("=== "));
		t->words = until_line(&words, SPAN("--- arrives"));
		span_line(&words, &line);
		t->words = span_trim(t->words);
		t->arrives = words.n ? span_trim(words) : t->words;
	}
	return n;
}

/* --- the notice --- */

static void collect(void *ctx, struct span piece)
{
	buf_add(ctx, piece);
}

/* The HTML version, from the bytes. */
static struct span html_of(struct arena *a, struct span message)
{
	size_t at = span_find_ci(message, SPAN("Content-Type: text/html")), end;
	struct span part = span_sub(message, at, SIZE_MAX), coding;
	struct buf out BUF_AUTO;
	struct transfer_out to = { collect, &out };

	buf_init(&out, SIZE_MAX);
	if (at == SIZE_MAX)
		return SPAN("");
	at = span_find_ci(part, SPAN("Content-Transfer-Encoding:"));
	coding = span_sub(part, at + strlen("Content-Transfer-Encoding:"), SIZE_MAX);
	coding = span_trim(span_cut(&coding, '\n'));
	part = span_sub(part, span_find(part, SPAN("\r\n\r\n")) + 4, SIZE_MAX);
	end = span_find(part, SPAN("\r\n--"));
	transfer_decode(transfer_find(coding), span_sub(part, 0, end), &to);
	return arena_dup(a, buf_span(&out));
}

static void parse(struct world *w, struct span raw, struct facts *ret_facts)
{
	parser_parse(w->parser, raw, &(struct parser_sink){ 0 }, &w->arena, ret_facts);
}

/* "<a href="URL">words</a>" as "<a ...>words &lt;URL&gt;</a>". */
static void put_links(struct buf *out, struct span html)
{
	struct span url = SPAN("");

	while (html.n) {
		if (span_starts(html, SPAN("<a href=\""))) {
			struct span rest = span_sub(html, strlen("<a href=\""), SIZE_MAX);

			url = span_cut(&rest, '"');
		}
		if (span_starts(html, SPAN("</a>"))) {
			buf_addf(out, "&lt;" SPAN_FMT "&gt;", SPAN_ARG(url));
			url = SPAN("");
		}
		buf_addc(out, *html.p);
		html = span_sub(html, 1, SIZE_MAX);
	}
}

/* The text that clients make of it, each link behind its words. */
static struct span linked_of(struct world *w, struct span html)
{
	struct buf raw BUF_AUTO;
	struct facts f;

	buf_init(&raw, SIZE_MAX);
	buf_adds(&raw, "From: a@b.test\nContent-Type: text/html; charset=utf-8\n\n");
	put_links(&raw, html);
	parse(w, arena_dup(&w->arena, buf_span(&raw)), &f);
	return f.text;
}

static int get_notice(struct world *w, struct notice *ret, struct err *e)
{
	struct world_row which = { SPAN("sam@staff.test"), SPAN("staff_new_case"), 0 };
	struct span message;
	struct facts f;

	if (world_last_row(w, &which, &ret->row, &message, e) < 0)
		return -1;
	parse(w, message, &f);
	ret->reply_to = f.reply_to.v[0].address;
	ret->text = f.text;
	ret->html = html_of(&w->arena, message);
	ret->linked = linked_of(w, ret->html);
	return 0;
}

/* --- the answer --- */

static void put_intro(struct buf *out, const struct client *c, const struct notice *n)
{
	for (const char *p = c->intro; *p; p++) {
		if (*p != '%') {
			buf_addc(out, *p);
			continue;
		}
		switch (*++p) {
		case 'D': buf_adds(out, "Mon, Mar 2, 2026 at 9:00 AM"); break;
		case 'N': buf_adds(out, "Example Networks Support"); break;
		case 'A': buf_add(out, n->reply_to); break;
		case 'S': buf_add(out, n->row.subject); break;
		case 'I': buf_add(out, n->row.message_id); break;
		case 'H': buf_add(out, n->html); break;
		}
	}
}

static void put_ascii(struct buf *out, struct span line)
{
	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];

		if (c < 0x80 || (c & 0xc0) == 0xc0)
			buf_addc(out, c < 0x80 ? line.p[i] : '?');
	}
}

/* Where to break a line that is too long: behind a blank. */
static size_t break_at(struct span line, size_t wrap)
{
	size_t n = wrap;

	if (!wrap || line.n <= wrap)
		return line.n;
	while (n > 0 && line.p[n] != ' ')
		n--;
	return n ? n : line.n;
}

static void quote_line(struct buf *out, const struct client *c, struct span line)
{
	const char *prefix = c->prefix;

	do {
		size_t n = break_at(line, c->wrap);

		buf_adds(out, prefix);
		if (c->how == ASCII)
			put_ascii(out, span_sub(line, 0, n));
		else
			buf_add(out, span_sub(line, 0, n));
		buf_addc(out, '\n');
		line = span_sub(line, n + (n < line.n), SIZE_MAX);
		if (c->how == LOOSE)
			prefix = "";
	} while (line.n);
}

/* The next paragraph of the words. */
static struct span paragraph(struct span *rest)
{
	size_t at = span_find(*rest, SPAN("\n\n"));
	struct span one = span_sub(*rest, 0, at);

	*rest = at == SIZE_MAX ? SPAN("") : span_sub(*rest, at + 2, SIZE_MAX);
	return one;
}

/* Paragraphs stand where the quote has had four lines. */
static void put_quote(struct buf *out, const struct client *c, const struct notice *n,
		      struct span between)
{
	struct span rest = c->how == LINKED ? n->linked : n->text, line, words;
	struct buf intro BUF_AUTO;
	int i = 0;

	buf_init(&intro, SIZE_MAX);
	put_intro(&intro, c, n);
	words = buf_span(&intro);
	while (c->how == QUOTED && span_line(&words, &line))
		buf_addf(out, "%s" SPAN_FMT "\n", c->prefix, SPAN_ARG(line));
	buf_add(out, words);
	while (span_line(&rest, &line)) {
		quote_line(out, c, line);
		if (++i % 4 == 0 && between.n) {
			buf_addc(out, '\n');
			buf_add(out, paragraph(&between));
			buf_adds(out, "\n\n");
		}
	}
}

static void put_html_words(struct buf *out, struct span words)
{
	struct span line;

	while (span_line(&words, &line)) {
		buf_adds(out, "<div style=\"white-space: pre-wrap\">");
		for (size_t i = 0; i < line.n; i++) {
			if (strchr("<>&", line.p[i]))
				buf_addf(out, "&#%d;", line.p[i]);
			else
				buf_addc(out, line.p[i]);
		}
		buf_adds(out, line.n ? "</div>" : "<br></div>");
	}
}

static void put_body(struct buf *out, const struct client *c, const struct notice *n,
		     const struct text *t, enum place place)
{
	if (c->how == HTML) {
		if (place == ABOVE)
			put_html_words(out, t->words);
		put_intro(out, c, n);
		if (place == BELOW)
			put_html_words(out, t->words);
		return;
	}
	if (place == ABOVE)
		buf_add(out, t->words);
	buf_adds(out, "\n\n");
	put_quote(out, c, n, place == BETWEEN ? t->words : SPAN(""));
	if (place == BELOW) {
		buf_addc(out, '\n');
		buf_add(out, t->words);
		buf_addc(out, '\n');
	}
}

static void make_answer(struct world *w, const struct client *c, const struct notice *n,
			const struct text *t, enum place place, struct buf *out)
{
	buf_addf(out,
		 "Return-Path: <sam@staff.test>\n"
		 "Authentication-Results: mx.support.test; dmarc=pass header.from=staff.test\n"
		 "From: Sam Support <sam@staff.test>\nTo: " SPAN_FMT "\nSubject: Re: " SPAN_FMT
		 "\nMessage-ID: <a%d@staff.test>\nIn-Reply-To: <" SPAN_FMT ">\nMIME-Version: 1.0\n",
		 SPAN_ARG(n->reply_to), SPAN_ARG(n->row.subject), w->mails,
		 SPAN_ARG(n->row.message_id));
	if (t->file)
		buf_adds(out, "Content-Type: multipart/mixed; boundary=cut\n\n--cut\n");
	buf_addf(out, "Content-Type: text/%s; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n",
		 c->how == HTML ? "html" : "plain");
	put_body(out, c, n, t, place);
	if (t->file)
		buf_adds(out, "\n--cut\nContent-Type: application/pdf\n"
			      "Content-Disposition: attachment; filename=a.pdf\n\nPDF\n--cut--\n");
}

/* --- what became of it --- */

static int deliver(struct world *w, struct span raw, struct err *e)
{
	struct peers_mail m = { .raw = raw,
				.mailbox = "support",
				.uidvalidity = w->uidvalidity,
				.uid = ++w->uid,
				.received_at = w->clock.now,
				.size = (int64_t)raw.n };

	w->mails++;
	return world_mail(w, &m, e);
}

/* What the customer reads, without the sign-off that the template puts below; p == NULL: nothing.
 */
static struct span arrived(struct world *w, int64_t number)
{
	struct world_row which = { SPAN(""), SPAN("customer_reply"), number };
	struct store_outbox row;
	struct span message, text;
	struct err e;
	struct facts f;

	if (world_last_row(w, &which, &row, &message, &e) < 0)
		return SPAN_NONE;
	parse(w, message, &f);
	text = f.text;
	for (size_t at; (at = span_find(span_sub(text, 1, SIZE_MAX),
					SPAN("\n-- \nSam Support, "))) != SIZE_MAX;)
		text = span_sub(text, 0, at + 1);
	return span_trim(text);
}

static bool said_not_sent(struct world *w, int64_t number)
{
	struct world_row which = { SPAN("sam@staff.test"), SPAN("command_transcript"), number };
	struct store_outbox row;
	struct span message;
	struct err e;
	struct facts f;

	if (world_last_row(w, &which, &row, &message, &e) < 0)
		return false;
	parse(w, message, &f);
	return span_find(f.subject, SPAN("NOT SENT")) != SIZE_MAX;
}

/* Internal words that may never arrive. */
static bool leaks(struct span text)
{
	static const char *const facts[] = { "Account: ",
					     "First response before: ",
					     "Sender: ",
					     "NOT proven",
					     "Lines at the top that begin",
					     "keeps a note that only staff",
					     "the first who does takes the case",
					     "rite above this line" };

	for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++)
		if (span_find_ci(text, span_of(facts[i])) != SIZE_MAX)
			return true;
	return false;
}

static void print_lines(const char *what, struct span text)
{
	struct span line;

	while (text.p && span_line(&text, &line))
		printf("# %6s: " SPAN_FMT "\n", what, SPAN_ARG(line));
}

/* What its author was told, to see why. */
static void print_last(struct world *w, int64_t number)
{
	struct world_row which = { SPAN("sam@staff.test"), SPAN(""), number };
	struct store_outbox row;
	struct span message, line;
	struct err e;
	struct facts f;

	if (world_last_row(w, &which, &row, &message, &e) < 0)
		return;
	parse(w, message, &f);
	for (int i = 0; i < 14 && span_line(&f.text, &line); i++)
		printf("#   | " SPAN_FMT "\n", SPAN_ARG(line));
}

static void judge(struct world *w, const struct client *c, const struct text *t, enum place place,
		  int64_t number, struct tally *tally)
{
	struct span got = arrived(w, number);
	bool right =
	    t->sent ? got.p && span_eq(got, t->arrives) : !got.p && said_not_sent(w, number);

	tally->right += right;
	tally->wrong += !right;
	tally->leaks += got.p && leaks(got);
	tally->sent += t->sent;
	tally->held_wrongly += t->sent && !got.p;
	if (right)
		return;
	printf("# " SPAN_FMT " %s %s: %s\n", SPAN_ARG(t->name), c->name, places[place],
	       got.p ? "arrived:" : "held, or no transcript");
	print_last(w, number);
	print_lines("wanted", t->arrives);
	print_lines("got", got);
}

static int try_one(struct world *w, const struct client *c, const struct text *t, enum place place,
		   struct tally *tally, struct err *e)
{
	struct span asked = t->asked.p ? t->asked : SPAN(QUESTION);
	struct buf raw BUF_AUTO;
	struct notice n;

	buf_init(&raw, SIZE_MAX);
	buf_addf(&raw,
		 "From: Bo Boss <boss%d@acme.test>\r\nTo: support@support.test\r\n"
		 "Subject: The proxy is slow\r\nMessage-ID: <q%d@acme.test>\r\n"
		 "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
		 "\r\n" SPAN_FMT,
		 w->mails, w->mails,
		 SPAN_ARG(asked)); /* many cases of one sender are told together */
	if (deliver(w, arena_dup(&w->arena, buf_span(&raw)), e) < 0 || get_notice(w, &n, e) < 0)
		return -1;
	buf_clear(&raw);
	make_answer(w, c, &n, t, place, &raw);
	if (deliver(w, arena_dup(&w->arena, buf_span(&raw)), e) < 0)
		return -1;
	judge(w, c, t, place, n.row.case_number, tally);
	return 0;
}

/* Two paragraphs that the customer's client shows where they were written. */
static bool fits_between(const struct client *c, const struct text *t)
{
	return c->how != HTML && t->sent && span_eq(t->words, t->arrives) && t->words.n < 200 &&
	       !span_starts(t->words, SPAN("#")) &&
	       span_find(t->words, SPAN("\n\n\n")) == SIZE_MAX &&
	       span_find(t->words, SPAN("\n> ")) == SIZE_MAX;
}

static int import_accounts(struct world *w, struct err *e)
{
	struct script_line import = { .args = { { .word = SPAN("account") },
						{ .word = SPAN("import") },
						{ .word = SPAN("base.csv") } },
				      .n = 3,
				      .has_text = true };
	struct buf text BUF_AUTO;

	buf_init(&text, TEXT_BYTES_MAX);
	if (file_read("tests/scenarios/accounts/base.csv", &text) < 0)
		return err_set(e, ERR_PERM, "no accounts");
	import.text = buf_span(&text);
	if (world_ctl(w, &import, e) < 0)
		return -1;
	return w->ctl_status ? err_set(e, ERR_PERM, SPAN_FMT, SPAN_ARG(w->ctl_err)) : 0;
}

/* Which of them are tried: the one client, or each `step`-th from `first` on. */
struct choice {
	const struct client *only;
	size_t first, step;
};

static bool is_chosen(const struct choice *ch, const struct client *c)
{
	return ch->only ? ch->only == c : (size_t)(c - clients) % ch->step == ch->first % ch->step;
}

static int open_world(struct world *w, struct err *e)
{
	if (world_open(w, "tests/scenarios", e) < 0 || world_conf(w, "base", e) < 0 ||
	    world_set_clock(w, NOW, e) < 0)
		return -1;
	return import_accounts(w, e);
}

static int try_text(const struct text *t, const struct choice *choice, struct tally *tally,
		    struct err *e)
{
	struct world w = { 0 };
	int result = open_world(&w, e);

	for (const struct client *c = clients; result == 0 && c < clients + CLIENTS; c++)
		for (int place = ABOVE; result == 0 && place < PLACES; place++)
			if (!(t->plain && c->how == HTML) && is_chosen(choice, c) &&
			    (place != BETWEEN || fits_between(c, t)))
				result = try_one(&w, c, t, (enum place)place, tally, e);
	world_close(&w);
	return result;
}

/* --- random words --- */

/* A generator of its own, so that a seed is a run. */
static uint32_t state;

static uint32_t below(uint32_t n)
{
	state = state * 1664525U + 1013904223U;
	return (state >> 8) % n;
}

static void put_random_word(struct buf *out)
{
	static const char *const usual[] = {
		"the",
		"and",
		"please",
		"proxy",
		"Ann",
		"Monday,",
		"2026",
		"10:30",
		"it's",
		"4.2.1",
		"f\xc3\xbcr",
		"server",
		"restart",
		"x=1;",
		"(again)",
		"noc@staff.test",
		"you",
		"wrote",
		"https://docs.example.test/a?b=1",
		"Support",
		"->",
		"\xe6\x9d\xb1\xe4\xba\xac",
		"case",
		"#12",
		"80%",
		"Regards,",
		"Sam",
		"50",
		"/etc/hosts",
		"\"no\"",
	};

	if (below(3)) {
		for (uint32_t i = 0, n = 2 + below(8); i < n; i++)
			buf_addc(out, (char)('a' + below(26)));
		return;
	}
	buf_adds(out, usual[below(sizeof(usual) / sizeof(*usual))]);
}

/* No mark of a quote or a command begins a line, and no line is a rule: those are the table's. */
static void put_random_line(struct buf *out)
{
	for (uint32_t i = 0, n = 1 + below(14); i < n; i++) {
		size_t from = out->n;

		buf_adds(out, i ? " " : "");
		put_random_word(out);
		if (!i && strchr("#/-", out->p[from]))
			out->n = from, i--;
	}
	if (below(4) == 0)
		buf_addc(out, ".?!:,;"[below(6)]);
}

/* One line of the customer's, cited on purpose. */
static bool put_cited_line(struct buf *out, struct span asked)
{
	struct span line, chosen = SPAN("");
	uint32_t n = 0;

	while (span_line(&asked, &line))
		if (line.n && !strchr("#/-*", *line.p) && below(++n) == 0)
			chosen = line;
	buf_add(out, chosen);
	return chosen.n > 0;
}

/* asked: what may be cited; "": nothing. */
static struct span random_words(struct arena *a, uint32_t paragraphs, const char *end,
				struct span asked)
{
	struct buf out BUF_AUTO;

	buf_init(&out, TEXT_BYTES_MAX);
	for (uint32_t i = 0; i < paragraphs; i++) {
		if (i)
			buf_adds(&out, end);
		if (asked.n && below(3) == 0 && put_cited_line(&out, asked)) {
			asked = SPAN(""); /* two in a row could be a quote */
			buf_adds(&out, i + 1 < paragraphs ? end : "");
			continue;
		}
		for (uint32_t k = 0, n = 1 + below(4); k < n; k++) {
			put_random_line(&out);
			if (k + 1 < n || i + 1 < paragraphs)
				buf_adds(&out, end);
		}
	}
	return arena_dup(a, span_trim(buf_span(&out)));
}

/* Elsewhere a line of the quote at its end is the client's as well as its author's. */
static bool marks_quotes(const struct client *c)
{
	return c->how != HTML && c->how != LOOSE && *c->prefix && !strchr("\t", *c->prefix);
}

static int try_random(uint32_t seed, int rounds, struct tally *tally, struct err *e)
{
	struct world w = { 0 };
	int result = open_world(&w, e);

	state = seed;
	for (int i = 0; result == 0 && i < rounds; i++) {
		const struct client *c = &clients[i % CLIENTS];
		enum place place = (enum place)below(PLACES);
		struct text t = { .sent = true };

		t.name = span_of(arena_printf(&w.arena, "random-%u-%d", seed, i));
		t.asked = random_words(&w.arena, 1 + below(4), "\r\n", SPAN(""));
		t.words = random_words(&w.arena, 1 + below(3), "\n",
				       marks_quotes(c) ? t.asked : SPAN(""));
		t.arrives = t.words;
		if (place == BETWEEN && !fits_between(c, &t))
			place = ABOVE;
		result = try_one(&w, c, &t, place, tally, e);
	}
	world_close(&w);
	return result;
}

static const struct client *find_client(const char *name)
{
	for (size_t i = 0; name && i < CLIENTS; i++)
		if (strcmp(name, clients[i].name) == 0)
			return &clients[i];
	return NULL;
}

static void report(const struct tally *t)
{
	printf(
	    "# %d answers: %d right, %d wrong; internal words went out %d times; of %d without a "
	    "slip %d were held\n",
	    t->right + t->wrong, t->right, t->wrong, t->leaks, t->sent, t->held_wrongly);
	printf("%sok 1 - what staff write arrives, or is held\n", t->wrong ? "not " : "");
	printf("%sok 2 - nothing internal goes out\n", t->leaks ? "not " : "");
	printf("%sok 3 - at most 2 in 100 answers without a slip are held\n",
	       t->held_wrongly * 50 > t->sent ? "not " : "");
}

enum { RANDOM_FEW = 340, RANDOM_ALL = 1700 };

static void try_texts(const char *name, bool all, const char *client, struct tally *tally)
{
	static struct text texts[TEXTS_MAX];
	struct choice choice = { find_client(client), 0, all || name ? 1 : 4 };
	struct buf file BUF_AUTO;
	struct err e = { 0 };
	size_t n;

	buf_init(&file, TEXT_BYTES_MAX);
	if (file_read("tests/answers/answers.txt", &file) < 0)
		exit(1);
	n = read_texts(buf_span(&file), texts);
	for (size_t i = 0; i < n; i++) {
		choice.first = i;
		if ((name && !span_is(texts[i].name, name)) ||
		    try_text(&texts[i], &choice, tally, &e) == 0)
			continue;
		printf("# " SPAN_FMT ": %s\n", SPAN_ARG(texts[i].name), e.text);
		tally->wrong++;
	}
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "", *more = argc > 2 ? argv[2] : NULL;
	bool all = strcmp(name, "--all") == 0, random = strcmp(name, "--random") == 0;
	struct tally tally = { 0 };
	struct err e = { 0 };

	crypto_init();
	fault_init();
	log_open("answers", LOG_ERROR);
	printf("1..3\n");
	if (!random)
		try_texts(*name && !all ? name : NULL, all, more, &tally);
	if ((random || all || !*name) &&
	    try_random(random && more ? (uint32_t)atoi(more) : 13,
		       random || all ? RANDOM_ALL : RANDOM_FEW, &tally, &e) < 0) {
		printf("# random: %s\n", e.text);
		tally.wrong++;
	}
	report(&tally);
	return tally.wrong || tally.leaks ? 1 : 0;
}
