/*
 * The local halves of mail list, mail show, quarantine list and trace.
 *
 * Core keeps a subject as it stood in the header: what decodes it is the parser, which never runs
 * in core (parser/README.md).  So gatewayctl asks for JSON, decodes, and shows it.
 */
#include <sysexits.h>

#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_mail.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_view.h"
#include "parser/parser.h"

/* Where the last encoded word begins (RFC 2047), SIZE_MAX: nowhere.  "=?=" is the end of one. */
static size_t last_word(struct span s)
{
	for (size_t i = s.n; i-- > 2;)
		if (span_eq(span_sub(s, i - 2, 2), SPAN("=?")) &&
		    ascii_is_alpha((unsigned char)s.p[i]))
			return i - 2;
	return SIZE_MAX;
}

/* The listing's subject has a limit (identity/header_scan.h), which may cut an encoded word:
 * charset,
 * "?", encoding, "?", text, and then no "?=". */
static struct span without_cut_word(struct span subject)
{
	size_t at = last_word(subject);
	struct span rest = span_sub(subject, at, SIZE_MAX);

	if (at == SIZE_MAX)
		return subject;
	for (int i = 0; i < 3; i++)
		span_cut(&rest, '?');
	return span_find(rest, SPAN("?=")) == SIZE_MAX ? span_sub(subject, 0, at) : subject;
}

static void decode_subject(struct parser *p, json_t *mail)
{
	struct span raw = json_span(mail, "subject"), kept = without_cut_word(raw);
	struct parser_sink sink = { 0 };
	struct arena arena ARENA_AUTO;
	struct buf header BUF_AUTO, text BUF_AUTO;
	struct facts facts;

	arena_init(&arena);
	buf_init(&header, 4 * KIB);
	buf_init(&text, 4 * KIB);
	if (span_find(raw, SPAN("=?")) == SIZE_MAX)
		return;
	buf_adds(&header, "Subject: ");
	buf_add(&header, kept);
	buf_adds(&header, "\r\n\r\n");
	parser_parse(p, buf_span(&header), &sink, &arena, &facts);
	buf_add(&text, facts.subject);
	buf_adds(&text, kept.n < raw.n ? "..." : "");
	json_object_set_new(mail, "subject", json_of_span(buf_span(&text)));
}

/* The subject of a mail, of all rows, or of a row's mail. */
static void decode(json_t *answer)
{
	struct parser *p = parser_new();

	if (json_is_object(answer))
		decode_subject(p, answer);
	for (size_t i = 0; i < json_array_size(answer); i++) {
		json_t *row = json_array_get(answer, i), *mail = json_object_get(row, "mail");

		decode_subject(p, mail ? mail : row);
	}
	parser_free(&p);
}

/* What core answers, with the subjects of all mails in it decoded. */
static int ask_decoded(struct ctl *c, json_t **ret_answer)
{
	struct buf out BUF_AUTO;
	struct err e = { 0 };
	int status;

	buf_init(&out, CTL_OUT_MAX);
	status = ctl_ask_json(c, &out);
	if (status == EX_OK)
		status = ctl_result(c, json_read(buf_span(&out), ret_answer, &e), &e);
	if (status == EX_OK)
		decode(*ret_answer);
	return status;
}

int ctl_mails_local(struct ctl *c)
{
	json_t *rows = NULL;
	int status = ctl_mail_pages(c, &rows);

	if (status != EX_OK)
		return status;
	decode(rows);
	return ctl_mail_rows(c, rows);
}

int ctl_mail_show_local(struct ctl *c)
{
	json_t *answer = NULL;
	int status = ask_decoded(c, &answer);

	return status == EX_OK ? ctl_mail_print(c, answer) : status;
}

int ctl_trace_local(struct ctl *c)
{
	json_t *answer = NULL;
	int status = ask_decoded(c, &answer);

	if (status != EX_OK)
		return status;
	if (!c->json)
		ctl_trace_print(c, answer);
	return ctl_done(c, answer);
}
