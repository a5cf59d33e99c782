#include "tests/scenario/letter.h"

#include "gatewayd/identity/header_scan.h"
#include "tests/scenario/tap.h"

enum { LETTER_MAX = 64 * 1024 * 1024, LETTER_HEADERS_MAX = 8 };

/* The mail that is answered. */
struct answered {
	bool any;
	struct span unsubscribe; /* the mailto form of its List-Unsubscribe; p == NULL: none */
	struct span unsubscribe_token; /* in the subject there */
	struct store_outbox row;
	struct span message;
	struct header_scan scan;
	struct tap tap; /* of tap= and link=; to.p == NULL: none */
};

static struct span given_or(struct span s, struct span otherwise)
{
	return s.p ? s : otherwise;
}

static struct span mailbox_name(const struct script_line *l)
{
	struct span to = given_or(script_value(l, "to"), SPAN("support"));

	return span_cut(&to, '+');
}

const char *letter_mailbox(struct world *w, const struct script_line *l)
{
	return arena_cstr(&w->arena, mailbox_name(l));
}

/* "support+x" is the address of the mailbox support with the plus part x. */
static struct span mailbox_address(struct world *w, const struct script_line *l)
{
	const struct conf_mailbox *m = conf_mailbox_find(w->bench.conf, letter_mailbox(w, l));
	struct span to = given_or(script_value(l, "to"), SPAN("support")), address;

	if (!m)
		return to;
	span_cut(&to, '+');
	address = span_of(m->address);
	if (!to.n)
		return address;
	return span_of(arena_printf(&w->arena, SPAN_FMT "+" SPAN_FMT "@" SPAN_FMT,
				    SPAN_ARG(addrspec_local(address)), SPAN_ARG(to),
				    SPAN_ARG(addrspec_domain(address))));
}

static int last_row(struct world *w, const struct script_line *l, struct span to,
		    struct store_outbox *ret_row, struct span *ret_message, struct err *e)
{
	struct world_row which = { to, given_or(script_value(l, "kind"), SPAN("")), 0 };
	struct span number = script_value(l, "case");

	if (number.p && !span_i64(number, &which.case_number))
		return err_set(e, ERR_PERM, "case is a number");
	return world_last_row(w, &which, ret_row, ret_message, e);
}

/* The form of List-Unsubscribe that begins so, with "<" before it. */
static struct span unsubscribe_form(struct world *w, struct span message, struct span scheme)
{
	struct header_walk walk = { .rest = message };
	struct span name, value;

	while (header_walk_next(&walk, &name, &value)) {
		size_t at = span_find_ci(value, scheme);

		if (!span_is_ci(name, "List-Unsubscribe") || at == SIZE_MAX)
			continue;
		value = span_sub(value, at + 1, SIZE_MAX);
		return arena_dup(&w->arena, span_cut(&value, '>'));
	}
	return SPAN_NONE;
}

/* "<mailto:ADDRESS?subject=unsubscribe>", "<mailto:ADDRESS?subject=unsubscribe%20TOKEN>" */
static void find_unsubscribe(struct world *w, struct span message, struct answered *ret)
{
	struct span form = unsubscribe_form(w, message, SPAN("<mailto:"));

	form = span_sub(form, strlen("mailto:"), SIZE_MAX);
	ret->unsubscribe = span_cut(&form, '?');
	span_cut(&form, '%');
	ret->unsubscribe_token = span_sub(form, strlen("20"), SIZE_MAX);
}

int letter_one_click(struct world *w, const struct script_line *l, struct span *ret_url,
		     struct err *e)
{
	struct store_outbox row;
	struct span message;

	if (last_row(w, l, script_value(l, "to"), &row, &message, e) < 0)
		return -1;
	*ret_url = unsubscribe_form(w, message, SPAN("<https:"));
	return 0;
}

static int find_answered(struct world *w, const struct script_line *l, struct answered *ret,
			 struct err *e)
{
	struct span answers = script_value(l, "answers"), message;
	struct span to = given_or(answers, script_value(l, "unsubscribe"));
	struct span tapped = script_value(l, "tap");

	*ret = (struct answered){ .any = answers.p != NULL };
	if (tapped.p)
		return last_row(w, l, tapped, &ret->row, &message, e) < 0
			   ? -1
			   : tap_find(w, message, script_value(l, "link"), &ret->tap, e);
	if (!to.p)
		return 0;
	if (last_row(w, l, to, &ret->row, &message, e) < 0)
		return -1;
	ret->message = message;
	header_scan(message, &w->arena, &ret->scan);
	if (!ret->any)
		find_unsubscribe(w, message, ret);
	return 0;
}

/* The half of what an answer carries that "with" leaves; without plus addresses there is one. */
static bool has(const struct world *w, const struct script_line *l, const char *half)
{
	struct span with = script_value(l, "with");

	return w->way == WAY_PLAIN || !with.p || span_is(with, half);
}

static void put_auth(struct world *w, struct span how, struct span from, struct buf *out)
{
	const char *server =
	    w->bench.conf->authserv_ids.n ? w->bench.conf->authserv_ids.v[0] : "none";
	struct span domain = addrspec_domain(from);

	if (span_is(how, "dmarc") || span_is(how, "fail"))
		buf_addf(out, "Authentication-Results: %s; dmarc=%s header.from=" SPAN_FMT "\r\n",
			 server, span_is(how, "fail") ? "fail" : "pass", SPAN_ARG(domain));
	else if (span_is(how, "dkim"))
		buf_addf(out, "Authentication-Results: %s; dkim=pass header.d=" SPAN_FMT "\r\n",
			 server, SPAN_ARG(domain));
	else if (span_is(how, "foreign"))
		buf_addf(out,
			 "Authentication-Results: mx.evil.test; dmarc=pass header.from=" SPAN_FMT
			 "\r\n",
			 SPAN_ARG(domain));
}

/* Where the border's own field is looked for. */
static void put_received(const struct world *w, const char *client, struct buf *out)
{
	if (w->way == WAY_PLAIN)
		buf_addf(out, "Received: %sby mx.support.test with ESMTP\r\n", client);
}

static void put_people(struct world *w, const struct script_line *l, struct span from,
		       const struct answered *a, struct buf *out)
{
	struct span name = script_value(l, "name"), cc = script_value(l, "cc");
	struct span to = given_or(script_value(l, "written"), mailbox_address(w, l));

	if (a->any && has(w, l, "address") && a->scan.reply_to.n)
		to = a->scan.reply_to.v[0];
	if (a->unsubscribe.p || a->tap.to.p)
		to = a->tap.to.p ? a->tap.to : a->unsubscribe;
	if (name.p)
		buf_addf(out, "From: \"" SPAN_FMT "\" <" SPAN_FMT ">\r\n", SPAN_ARG(name),
			 SPAN_ARG(from));
	else
		buf_addf(out, "From: " SPAN_FMT "\r\n", SPAN_ARG(from));
	buf_addf(out, "To: " SPAN_FMT "\r\n", SPAN_ARG(to));
	if (cc.p)
		buf_addf(out, "Cc: " SPAN_FMT "\r\n", SPAN_ARG(cc));
}

static void put_subject(const struct script_line *l, const struct answered *a, struct buf *out)
{
	struct span tag = script_value(l, "tag"), subject = script_value(l, "subject");

	buf_adds(out, "Subject: ");
	if (tag.p)
		buf_addf(out, "[Case #" SPAN_FMT "] ", SPAN_ARG(tag));
	if (a->any && !subject.p) {
		buf_adds(out, "Re: ");
		buf_add(out, a->row.subject);
	} else if (a->tap.subject.p) {
		buf_add(out, a->tap.subject);
	} else if (a->unsubscribe_token.n) {
		buf_addf(out, "unsubscribe " SPAN_FMT, SPAN_ARG(a->unsubscribe_token));
	} else {
		buf_add(out, given_or(subject, SPAN("A question")));
	}
	buf_adds(out, "\r\n");
}

/* As Python's email package folds a long id: encoded words of some letters each. */
static void put_encoded_id(const char *field, struct span id, struct buf *out)
{
	struct buf all BUF_AUTO;
	struct span rest;

	buf_init(&all, 1000);
	buf_addf(&all, "<" SPAN_FMT ">", SPAN_ARG(id));
	buf_adds(out, field);
	for (rest = buf_span(&all); rest.n; rest = span_sub(rest, 24, SIZE_MAX)) {
		buf_adds(out, " =?utf-8?q?");
		for (size_t i = 0; i < rest.n && i < 24; i++)
			buf_addf(out, ascii_is_alpha((unsigned char)rest.p[i]) ? "%c" : "=%02X",
				 rest.p[i]);
		buf_adds(out, "?=\r\n");
	}
}

static void put_ids(struct world *w, const struct script_line *l, struct span from,
		    const struct answered *a, struct buf *out)
{
	struct span id = script_value(l, "id"), date = script_value(l, "date");
	char now[TIME_TEXT_MAX];

	if (!id.p)
		id = span_of(arena_printf(&w->arena, "m%d@" SPAN_FMT, w->mails,
					  SPAN_ARG(addrspec_domain(from))));
	if (id.n)
		buf_addf(out, "Message-ID: <" SPAN_FMT ">\r\n", SPAN_ARG(id));
	if (!date.p)
		date = span_of(time_rfc5322(w->clock.now, now));
	buf_addf(out, "Date: " SPAN_FMT "\r\n", SPAN_ARG(date));
	if (!a->any || !has(w, l, "id"))
		return;
	if (script_value(l, "folded").p) {
		put_encoded_id("In-Reply-To:", a->row.message_id, out);
		put_encoded_id("References:", a->row.message_id, out);
	} else {
		buf_addf(out, "In-Reply-To: <" SPAN_FMT ">\r\nReferences: <" SPAN_FMT ">\r\n",
			 SPAN_ARG(a->row.message_id), SPAN_ARG(a->row.message_id));
	}
}

static void put_extra(const struct script_line *l, struct buf *out)
{
	for (size_t i = 0; i < LETTER_HEADERS_MAX; i++) {
		struct span header = script_value_at(l, "header", i);

		if (!header.p)
			return;
		buf_add(out, header);
		buf_adds(out, "\r\n");
	}
}

static void put_file(struct span name, bool is_picture, struct buf *out)
{
	buf_addf(out,
		 "\r\n--=-cut\r\nContent-Type: %s\r\n"
		 "Content-Disposition: %s; filename=\"" SPAN_FMT "\"\r\n",
		 is_picture ? "image/png" : "application/octet-stream",
		 is_picture ? "inline" : "attachment", SPAN_ARG(name));
	if (is_picture)
		buf_addf(out, "Content-ID: <" SPAN_FMT ">\r\n", SPAN_ARG(name));
	buf_adds(out, is_picture ? "\r\nthe same picture" : "\r\nthe bytes of the file");
}

/* Letters that do not repeat, so that they do not pack. */
static void put_bulk(uint64_t n, struct buf *out)
{
	uint32_t seed = 1;

	for (; n; n--) {
		seed = seed * 1664525u + 1013904223u;
		buf_addc(out, (char)('a' + (seed >> 24) % 26));
	}
}

/* A word that no other mail of the scenario has: digits would be masked. */
static void put_own_word(int mail, struct buf *out)
{
	for (; mail > 0; mail /= 26)
		buf_addc(out, (char)('a' + mail % 26));
	buf_adds(out, "word\r\n");
}

/* As mail clients do it, below what was written. */
static void put_quote(struct world *w, const struct answered *a, struct buf *out)
{
	struct parser_sink sink = { 0 };
	struct facts facts;
	struct span line;

	parser_parse(w->parser, a->message, &sink, &w->arena, &facts);
	buf_adds(out, "\r\nOn Mon, 2 Mar 2026 at 09:00, Support wrote:\r\n");
	while (span_line(&facts.text, &line))
		buf_addf(out, "> " SPAN_FMT "\r\n", SPAN_ARG(line));
}

static void put_body(struct world *w, const struct script_line *l, const struct answered *a,
		     struct buf *out)
{
	struct span text = l->has_text ? l->text : SPAN("Hello, I have a question.\r\n");
	struct span file = script_value(l, "attach"), picture = script_value(l, "picture");
	bool parts = file.p || picture.p;
	uint64_t bulk = 0;

	span_u64(script_value(l, "bulk"), &bulk);

	buf_adds(out, "MIME-Version: 1.0\r\n");
	if (parts)
		buf_adds(out,
			 "Content-Type: multipart/mixed; boundary=\"=-cut\"\r\n\r\n--=-cut\r\n");
	buf_addf(out, "Content-Type: " SPAN_FMT "; charset=utf-8\r\n\r\n",
		 SPAN_ARG(given_or(script_value(l, "type"), SPAN("text/plain"))));
	buf_add(out, a->tap.body.p ? a->tap.body : SPAN(""));
	if (script_value(l, "unlike").p)
		put_own_word(w->mails + 1, out);
	buf_add(out, text);
	if (a->any && script_value(l, "quote").p)
		put_quote(w, a, out);
	if (file.p)
		put_file(file, false, out);
	put_bulk(bulk, out);
	if (picture.p)
		put_file(picture, true, out);
	if (parts)
		buf_adds(out, "\r\n--=-cut--\r\n");
}

int letter_make(struct world *w, const struct script_line *l, struct span *ret_raw, struct err *e)
{
	struct span from = given_or(script_value(l, "from"), SPAN("ann@customer.test"));
	struct span auth = script_value(l, "auth"), path = script_value(l, "return-path");
	struct answered answered;
	struct buf out BUF_AUTO;

	buf_init(&out, LETTER_MAX);
	if (find_answered(w, l, &answered, e) < 0)
		return -1;
	if (path.p)
		buf_addf(&out, "Return-Path: " SPAN_FMT "\r\n", SPAN_ARG(path));
	else
		buf_addf(&out, "Return-Path: <" SPAN_FMT ">\r\n", SPAN_ARG(from));
	if (auth.p)
		put_auth(w, auth, from, &out);
	put_people(w, l, from, &answered, &out);
	put_subject(l, &answered, &out);
	put_ids(w, l, from, &answered, &out);
	put_extra(l, &out);
	put_received(w, "from mx.customer.test ", &out);
	put_body(w, l, &answered, &out);
	*ret_raw = arena_dup(&w->arena, buf_span(&out));
	return 0;
}

int letter_bounce(struct world *w, const struct script_line *l, struct span *ret_raw, struct err *e)
{
	struct span of = script_value(l, "of"),
		    status = given_or(script_value(l, "status"), SPAN("5.1.1"));
	struct span text = given_or(script_value(l, "text"), SPAN("550 no such user")), message;
	struct span action = given_or(script_value(l, "action"), SPAN("failed")), to;
	struct store_outbox row;
	struct buf out BUF_AUTO;
	char date[TIME_TEXT_MAX];

	buf_init(&out, LETTER_MAX);
	if (last_row(w, l, of, &row, &message, e) < 0)
		return -1;
	to = has(w, l, "address") ? row.sender : mailbox_address(w, l);
	put_extra(l, &out);
	if (!span_is(script_value(l, "with"), "id")) /* else it came another way */
		put_received(w, "", &out);
	buf_addf(
	    &out,
	    "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.elsewhere.test\r\nTo: " SPAN_FMT "\r\n"
	    "Subject: Undelivered Mail Returned to Sender\r\nDate: %s\r\n"
	    "Message-ID: <bounce%d@mx.elsewhere.test>\r\nAuto-Submitted: auto-replied\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/report; report-type=delivery-status; boundary=\"=-b\"\r\n\r\n"
	    "--=-b\r\nContent-Type: text/plain\r\n\r\nYour mail was not delivered.\r\n"
	    "--=-b\r\nContent-Type: message/delivery-status\r\n\r\n"
	    "Reporting-MTA: dns; mx.elsewhere.test\r\n\r\n",
	    SPAN_ARG(to), time_rfc5322(w->clock.now, date), w->mails);
	buf_addf(&out,
		 "Final-Recipient: rfc822; " SPAN_FMT "\r\nAction: " SPAN_FMT "\r\n"
		 "Status: " SPAN_FMT "\r\nDiagnostic-Code: smtp; " SPAN_FMT "\r\n\r\n",
		 SPAN_ARG(of), SPAN_ARG(action), SPAN_ARG(status), SPAN_ARG(text));
	buf_adds(&out, "--=-b\r\nContent-Type: text/rfc822-headers\r\n\r\n");
	if (has(w, l, "id"))
		buf_addf(&out, "Message-ID: <" SPAN_FMT ">\r\n", SPAN_ARG(row.message_id));
	buf_adds(&out, "Subject: (ours)\r\n\r\n--=-b--\r\n");
	*ret_raw = arena_dup(&w->arena, buf_span(&out));
	return 0;
}
