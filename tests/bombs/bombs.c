#include "tests/bombs/bombs.h"

enum { MILLION = 1000000 };

#define S(literal)  SPAN_LITERAL(literal)
#define FROM	    "From: a@b.example\n"
#define TEXT	    FROM "Content-Type: text/plain; charset=utf-8\n\n"
#define IN(charset) FROM "Content-Type: text/plain; charset=" charset "\n\n"
#define HTML	    FROM "Content-Type: text/html; charset=utf-8\n\n"
#define MIXED	    FROM "Content-Type: multipart/mixed; boundary=b\n\n"
#define BASE64	    "Content-Transfer-Encoding: base64\n\n"
#define TNEF	    FROM "Content-Type: application/ms-tnef\n\n"
#define ANSWER_FIELDS                                                                         \
	"From: Ann Example <a@b.example>\nTo: c@b.example\nSubject: Re: x y z\nIn-Reply-To: " \
	"<q@b.example>\n"
#define ANSWER	      ANSWER_FIELDS "Content-Type: text/plain; charset=utf-8\n\n"
#define HTML_ANSWER   ANSWER_FIELDS "Content-Type: text/html; charset=utf-8\n\n"
#define FORWARDS      "From: a@b.example\nSubject: Fwd: x\n\n"
#define SMIME_TYPE    FROM "Content-Type: application/pkcs7-mime\n\n"
#define SIGNED	      "\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01"
#define SMIME	      SMIME_TYPE SIGNED "\x31\x80"
#define SMIME_CONTENT SMIME_TYPE SIGNED "\x31\x00\x30\x80\x06\x01\x01\xa0\x80\x24\x80"
#define X10(s)	      s s s s s s s s s s
#define ROBOT	      "Return-Path: <>\nFrom: MAILER-DAEMON@b.example\nSubject: failure notice\n"

const struct bomb bombs[] = {
	/* Structure */
	{ "nested multiparts", 100000, S(FROM),
	  S("Content-Type: multipart/mixed; boundary=b#.\n\n--b#.\n"), S("\nx"), NULL },
	{ "nested messages", 100000, S(FROM), S("Content-Type: message/rfc822\n\n"), S("x"), NULL },
	{ "messages in multiparts", 50000, S(FROM),
	  S("Content-Type: multipart/mixed; boundary=b#.\n\n--b#.\nContent-Type: "
	    "message/rfc822\n\n"),
	  S("x"), NULL },
	{ "same boundary nested", 100000, S(FROM),
	  S("Content-Type: multipart/mixed; boundary=b\n\n--b\n"), S("\nx"), NULL },
	{ "parts", MILLION, S(MIXED), S("--b\n\nx\n"), S("--b--\n"), NULL },
	{ "parts that are files", MILLION, S(MIXED), S("--b\nContent-Type: a/b\n\nx\n"), S(""),
	  NULL },
	{ "headers in parts", 300000, S(MIXED), S("--b\nA: b\nC: d\nContent-ID: <#>\n\n"), S(""),
	  NULL },
	{ "dash lines", 10000, S(MIXED "--b\n\n"), S("-----------------------------------------\n"),
	  S("--b--\n"), NULL },
	{ "nearly boundaries", 3 * MILLION, S(MIXED "--b\n\n"), S("--bb\n--c\n"), S("--b--\n"),
	  NULL },
	{ "long boundary", 100000,
	  S(FROM "Content-Type: multipart/mixed; boundary=\"" X10(X10("bbbbbbbbb")) "\"\n\n"),
	  S("--" X10(X10("bbbbbbbbb")) "#\n"), S(""), NULL },
	{ "boundary of nothing but length", 10 * MILLION,
	  S(FROM "Content-Type: multipart/mixed; boundary=\""), S("bbbbb"), S("\"\n\n--b\n\nx\n"),
	  NULL },
	{ "empty lines in a multipart", 20 * MILLION, S(MIXED), S("\n"), S(""), NULL },
	/* Header */
	{ "headers", MILLION, S(FROM), S("X-Header: value\n"), S("\nx"), NULL },
	{ "headers of one letter", 10 * MILLION, S(FROM), S("x:\n"), S("\nx"), NULL },
	{ "To fields", MILLION, S(FROM), S("To: a@b.example\n"), S("\nx"), NULL },
	{ "a folded field", 10 * MILLION, S(FROM "Subject: a\n"), S(" \n"), S("\nx"), NULL },
	{ "a long field", 50 * MILLION, S("Subject: "), S("x"), S("\n\nx"), NULL },
	{ "no fields", 10 * MILLION, S(FROM), S("junk\n"), S(""), NULL },
	{ "no fields between fields", 3 * MILLION, S(FROM), S("junk\nA: b\n"), S("\nx"), NULL },
	{ "mbox lines", MILLION, S(""), S("From a@b.example x\n"), S("\nx"), NULL },
	/* Addresses, identifiers, dates */
	{ "addresses", MILLION, S("To: "), S("a#@b.example,\n "), S("\n\nx"), NULL },
	{ "addresses without commas", MILLION, S("To: "), S("<a@b> "), S("\n\nx"), NULL },
	{ "authors in brackets", MILLION, S("From: a"), S("<a@b.c>"), S("\n\nx"), NULL },
	{ "authors behind commas", MILLION, S("From: "), S("a, b c@d.e "), S("\n\nx"), NULL },
	{ "authors in entities", MILLION, S("From: "), S("a &lt;b@c.d&gt;, "), S("\n\nx"), NULL },
	{ "authors in wide marks", MILLION, S("From: "), S("\xef\xbc\x9c\xef\xbc\xa0"), S("\n\nx"),
	  NULL },
	{ "groups", MILLION, S("To: "), S("g:"), S("\n\nx"), NULL },
	{ "open comments", MILLION, S("To: "), S("("), S("\n\nx"), NULL },
	{ "comments", MILLION, S("To: "), S("()"), S(" a@b\n\nx"), NULL },
	{ "quotes", MILLION, S("To: "), S("\""), S("\n\nx"), NULL },
	{ "open quotes and commas", MILLION, S("To: "), S("\"a,"), S("\n\nx"), NULL },
	{ "angles", MILLION, S("To: "), S("<"), S("\n\nx"), NULL },
	{ "angles and commas", MILLION, S("To: "), S("<,"), S("\n\nx"), NULL },
	{ "brackets", MILLION, S("To: "), S("a@["), S("\n\nx"), NULL },
	{ "at signs", MILLION, S("To: "), S("a@"), S("\n\nx"), NULL },
	{ "routes", MILLION, S("To: <"), S("@a,"), S(":a@b>\n\nx"), NULL },
	{ "backslashes", MILLION, S("To: \""), S("\\\\"), S("\n\nx"), NULL },
	{ "References", MILLION, S("References: "), S("<#@b.example>\n "), S("\n\nx"), NULL },
	{ "open References", MILLION, S("References: "), S("<"), S("\n\nx"), NULL },
	{ "comments in a date", MILLION, S("Date: "), S("("), S("\n\nx"), NULL },
	{ "words in a date", MILLION, S("Date: "), S("Jan "), S("\n\nx"), NULL },
	/* Encoded words and parameters */
	{ "encoded words", MILLION, S("Subject: "), S("=?utf-8?Q?a?=\n "), S("\n\nx"), NULL },
	{ "encoded words in names", MILLION, S("To: "), S("=?utf-8?B?YQ==?= "), S("\n\nx"), NULL },
	{ "open encoded words", MILLION, S("Subject: "), S("=?utf-8?Q?a"), S("\n\nx"), NULL },
	{ "beginnings of words", MILLION, S("Subject: "), S("=?"), S("\n\nx"), NULL },
	{ "beginnings with charset", MILLION, S("To: "), S("=?a?b?"), S("\n\nx"), NULL },
	{ "RFC 2231 pieces", MILLION, S("Content-Type: text/plain"), S(";\n name*#*=a"), S("\n\nx"),
	  NULL },
	{ "RFC 2231 first pieces", MILLION, S("Content-Disposition: attachment"),
	  S(";filename*0=a"), S("\n\nx"), NULL },
	{ "parameters", MILLION, S("Content-Type: text/plain"), S(";a#=b"), S("\n\nx"), NULL },
	{ "open parameters", MILLION, S("Content-Type: text/plain;"), S("x=\""), S("\n\nx"), NULL },
	{ "parameters of blanks", MILLION, S("Content-Type: text/plain;x="), S(" a"), S("\n\nx"),
	  NULL },
	/* Bodies */
	{ "a long line", 50 * MILLION, S(TEXT), S("x"), S(""), NULL },
	{ "a base64 file", 1300000, S(FROM "Content-Type: application/pdf\n" BASE64),
	  S(X10("QUJDREVG") "\n"), S(""), NULL },
	{ "base64 text", 1300000, S(FROM "Content-Type: text/plain\n" BASE64),
	  S(X10("QUJDREVG") "\n"), S(""), NULL },
	{ "quoted-printable", 20 * MILLION,
	  S(FROM "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n"),
	  S("=41"), S(""), NULL },
	{ "soft line breaks", 20 * MILLION,
	  S(FROM "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n"),
	  S("=\n"), S(""), NULL },
	{ "blanks at line ends", 20 * MILLION,
	  S(FROM "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n"),
	  S("  "), S("="), NULL },
	{ "uuencoded files", MILLION, S(TEXT), S("begin 644 a\n#86)C\n`\nend\n"), S(""), NULL },
	{ "open uuencoded files", 3 * MILLION, S(TEXT), S("begin 644 a\n"), S(""), NULL },
	{ "uuencoded lines without end", MILLION, S(TEXT), S("begin 644 a\n#86)C\n#86)C\n"), S(""),
	  NULL },
	{ "flowed quotes", 3 * MILLION, S(FROM "Content-Type: text/plain; format=flowed\n\n"),
	  S(">a \n>>b \n"), S(""), NULL },
	{ "bytes that are no UTF-8", 20 * MILLION, S(IN("utf-8")), S("\x80"), S(""), NULL },
	{ "bytes that are no GB 18030", 20 * MILLION, S(IN("gb18030")), S("\x80"), S(""), NULL },
	{ "bytes that are no Shift JIS", 20 * MILLION, S(IN("shift_jis")), S("\xff"), S(""), NULL },
	{ "escapes of ISO 2022", 5 * MILLION, S(IN("iso-2022-jp")), S("\033$B$$\033(B"), S(""),
	  NULL },
	{ "UTF-7", 5 * MILLION, S(IN("utf-7")), S("+AAA-"), S(""), NULL },
	/* HTML */
	{ "attributes", MILLION, S(HTML "<p "), S("a#=\"b\" "), S(">x"), NULL },
	{ "open <b>", 300000, S(HTML), S("<b>"), S("x"), NULL },
	{ "quotes of a web mailer", 300000, S(HTML), S("<div class=gmail_quote>x"), S(""), NULL },
	{ "block quotes", 300000, S(HTML), S("<blockquote>x"), S(""), NULL },
	{ "lists", 300000, S(HTML), S("<ul><li>x"), S(""), NULL },
	{ "tables", 300000, S(HTML), S("<table><tr><td>x"), S(""), NULL },
	{ "closing tags", 300000, S(HTML "<b><i>"), S("</i></b></p>"), S(""), NULL },
	{ "crossed tags", 300000, S(HTML), S("<b><i></b></i>"), S(""), NULL },
	{ "open styles", 300000, S(HTML), S("<style></a>"), S(""), NULL },
	{ "open comments of HTML", 300000, S(HTML), S("<!--"), S(""), NULL },
	{ "open attributes", 300000, S(HTML), S("<a x=\"'"), S(""), NULL },
	{ "open tags", 300000, S(HTML), S("<a "), S(""), NULL },
	{ "long entities", 100000, S(HTML), S("&" X10("aaaaaaaaaa")), S(""), NULL },
	{ "entities", MILLION, S(HTML), S("&copy;&#8364;"), S(""), NULL },
	/* TNEF */
	{ "TNEF files", 500000, S(TNEF), S("\x02\x02\x90\x06\x00\x00\x00\x00\x00\x00\x00"), S(""),
	  "tnef" },
	{ "TNEF titles", 500000, S(TNEF),
	  S("\x02\x10\x80\x01\x00\x04\x00\x00\x00"
	    "abc\x00\x00\x00"),
	  S(""), "tnef" },
	{ "TNEF data", 500000, S(TNEF),
	  S("\x02\x02\x90\x06\x00\x00\x00\x00\x00\x00\x00"
	    "\x02\x0f\x80\x06\x00\x04\x00\x00\x00"
	    "abcd\x00\x00"),
	  S(""), "tnef" },
	{ "TNEF RTF that expands", 1500000, S(TNEF), S("\xff" X10("\x00\x0f")), S(""), "rtf" },
	/* Kind and reply */
	{ "recipients of a report", 300000,
	  S(ROBOT "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
		  "--b\nContent-Type: message/delivery-status\n\n"),
	  S("Final-Recipient: rfc822; a#@b.example\nAction: failed\nStatus: 5.1.1\n\n"), S(""),
	  NULL },
	{ "recipients in words", 300000, S(ROBOT "\n"),
	  S("550 5.1.1 <a#@b.example> user unknown\n"), S(""), NULL },
	{ "quoted lines", 25 * MILLION, S(ANSWER), S(">\n"), S(""), NULL },
	{ "quoted words", 12 * MILLION, S(ANSWER), S("> a\n"), S(""), NULL },
	{ "quote marks", 50 * MILLION, S(ANSWER), S(">"), S(""), NULL },
	{ "lines with On", 10 * MILLION, S(ANSWER), S("On a\n"), S(""), NULL },
	{ "words On", 10 * MILLION, S(ANSWER), S("On "), S(""), NULL },
	{ "attributions", 2 * MILLION, S(ANSWER), S("On a day, Ann wrote:\n"), S(""), NULL },
	{ "attributions and quotes", 2 * MILLION, S(ANSWER), S("On a day, Ann wrote:\n> a\nb\n"),
	  S(""), NULL },
	{ "header lines in text", 2 * MILLION, S(ANSWER), S("From: a\nSent: b\n"), S(""), NULL },
	{ "lines From:", 6 * MILLION, S(ANSWER), S("From: a\n"), S(""), NULL },
	{ "dividers", 2 * MILLION, S(ANSWER), S("-----Original Message-----\n"), S(""), NULL },
	{ "signatures", 10 * MILLION, S(ANSWER), S("-- \n"), S(""), NULL },
	{ "footers", 2 * MILLION, S(ANSWER), S("Sent from my iPhone\n"), S(""), NULL },
	{ "empty lines", 40 * MILLION, S(ANSWER), S("\n"), S("x"), NULL },
	{ "pasted headers", MILLION, S(ANSWER),
	  S("a:\nFrom: a@b\nSent: 1/2/2026\nSubject: b c d e\n\n"), S(""), NULL },
	{ "lists with headers", MILLION, S(ANSWER),
	  S("Abc: d\nFrom: a@b\nSent: 1/2/2026\nTo: c\n\n"), S(""), NULL },
	{ "raw headers", MILLION, S(ANSWER),
	  S("From: a@b\nDate: 1 Jan 2026 10:00 +0100\nTo: c\nx\n"), S(""), NULL },
	{ "broken ends", 2 * MILLION, S(ANSWER), S("<a\n>b:\n"), S(""), NULL },
	{ "attributions behind words", 2 * MILLION, S(ANSWER),
	  S("A b! On 5 May 2026 10:00 A <a@b> c:\n"), S(""), NULL },
	{ "attributions in a line", 2 * MILLION, S(ANSWER), S("On 5 A@b wrote "), S(":\n> a\n"),
	  NULL },
	{ "names in front", 2 * MILLION,
	  S(ANSWER "x\n\nFrom: a@b\nSent: 1/2/2026\nTo: c\nSubject: d\n\n"), S("[Bob] a?\n"), S(""),
	  NULL },
	{ "inline in words", 2 * MILLION, S(ANSWER), S("inlin insid "),
	  S("\n\nFrom: a@b\nSent: 1/2/2026\nTo: c\nSubject: d\n\na\n"), NULL },
	{ "bare quotes", 2 * MILLION, S(ANSWER), S("a\n\n> b c d e f.\n\n"), S(""), NULL },
	{ "bare quotes between rules", 2 * MILLION, S(ANSWER "a\n\n> b?\n"), S("--\n\n> b\n"),
	  S(""), NULL },
	{ "dividers alone", 2 * MILLION, S(ANSWER), S("-----Original Message-----\n\na\n"), S(""),
	  NULL },
	{ "rows below a divider", 2 * MILLION, S(ANSWER "-----Original Message-----\n"),
	  S("| from | a |\n"), S(""), NULL },
	{ "quoted headers", 2 * MILLION, S(ANSWER),
	  S("> From: a@b\n> Sent: 1/2/2026\n> To: c\n\na\n"), S(""), NULL },
	{ "quoted attributions", 2 * MILLION, S(ANSWER),
	  S("> On 5 May 2026 A <a@b> wrote:\n> > a\n\nb\n"), S(""), NULL },
	{ "broken quotes", 2 * MILLION, S(ANSWER),
	  S("> aaaaaaaaaa bbbbbbbbbb cccccccccc dddddddddd eeeeeeeeee ffffffffff\ng\n"), S(""),
	  NULL },
	{ "rules", 4 * MILLION, S(ANSWER), S("___\n\n"), S("a"), NULL },
	{ "sections", 4 * MILLION, S(ANSWER), S("a b\n---\n"), S("Ann\n+49 30 123456\n"), NULL },
	{ "list footers", 2 * MILLION, S(ANSWER), S("____________________\nmailing list\n"), S(""),
	  NULL },
	{ "one line below a delimiter", 10 * MILLION, S(ANSWER "a\n\n--\n"), S("Ab 12 "), S(""),
	  NULL },
	{ "coloured words", 300000, S(HTML_ANSWER), S("<p>a?<p><font color=red>b</font>"), S(""),
	  NULL },
	{ "coloured nests", 300000, S(HTML_ANSWER), S("<span style='a:b;color:red'>a "), S(""),
	  NULL },
	/* What shapes the text of HTML */
	{ "links", MILLION, S(HTML), S("<a href=http://a/#>b</a> "), S(""), NULL },
	{ "links in links", 2 * MILLION, S(HTML), S("<a href=http://a/>"), S(""), NULL },
	{ "a long link", 8 * MILLION, S(HTML "<a href=\"http://"), S("&lt;"), S("\">b</a>"), NULL },
	{ "cells", 2 * MILLION, S(HTML "<table border=1>"), S("<tr><td>a<td>b"), S("</table>"),
	  NULL },
	{ "cells over columns", 500000, S(HTML "<table border=1>"), S("<tr><td colspan=50>a<td>b"),
	  S("</table>"), NULL },
	{ "tables of data", MILLION, S(HTML),
	  S("<table border=1><tr><td>a<td>b<tr><td>c<td>d</table>"), S(""), NULL },
	{ "tables in tables", 2 * MILLION, S(HTML), S("<table border=1><tr><td>a<td>b"), S(""),
	  NULL },
	{ "tables in tables, ended", MILLION, S(HTML),
	  S("<table border=1><tr><td>a<td>b<tr><td>c<td>d"), S("</table></table></table>"), NULL },
	{ "hidden, never ended", MILLION, S(HTML), S("<div style=display:none>a"), S(""), NULL },
	{ "hidden, ended", MILLION, S(HTML), S("<p hidden>a</p>"), S(""), NULL },
	{ "drawings, never ended", MILLION, S(HTML), S("<v:shape>a"), S(""), NULL },
	{ "styles", MILLION, S(HTML), S("<b style=\"display:a;font-size:0;color:b\">a</b>"), S(""),
	  NULL },
	{ "a long style", 8 * MILLION, S(HTML "<b style=\""), S("opacity:1;"), S("\">a"), NULL },
	{ "struck in struck", 2 * MILLION, S(HTML), S("<s>a"), S(""), NULL },
	{ "struck, never begun", 2 * MILLION, S(HTML), S("</s>a"), S(""), NULL },
	{ "lists in lists", 2 * MILLION, S(HTML), S("<ol><li>a"), S(""), NULL },
	{ "pictures", MILLION, S(HTML), S("<img alt=\"a&amp;b\">"), S(""), NULL },
	/* Mails inside, armour, S/MIME */
	{ "forwards", 2 * MILLION, S(FORWARDS), S("--- Forwarded message ---\nFrom: a\nTo: b\n"),
	  S(""), NULL },
	{ "forwards without a header", 2 * MILLION, S(FORWARDS), S("--- Forwarded message ---\n"),
	  S(""), NULL },
	{ "forwards of Notes", 2 * MILLION, S(FORWARDS),
	  S("--- Forwarded message ---\na\n1/2/2026\n\nTo\n"), S(""), NULL },
	{ "header blocks", 2 * MILLION, S(FORWARDS), S("From: a@b\nSent: 1/2/2026\nTo: c\n\n"),
	  S(""), NULL },
	{ "one header block", 2 * MILLION, S(FORWARDS), S("X-Some-Field: a\n"), S(""), NULL },
	{ "addressees of a forward", 2 * MILLION,
	  S(FORWARDS "--- Forwarded message ---\nFrom: a\nTo: "), S("a@b,\n c@"), S(""), NULL },
	{ "armour that never ends", 2 * MILLION, S(TEXT), S("-----BEGIN PGP MESSAGE-----\n"), S(""),
	  NULL },
	{ "armour in the clear", 2 * MILLION, S(TEXT), S("-----BEGIN PGP SIGNED MESSAGE-----\n"),
	  S("-----BEGIN PGP SIGNATURE-----\n"), NULL },
	{ "armour", MILLION, S(TEXT), S("-----BEGIN PGP MESSAGE-----\n-----END PGP MESSAGE-----\n"),
	  S(""), NULL },
	{ "indefinite lengths in S/MIME", 10 * MILLION, S(SMIME), S("\x30\x80"), S(""), NULL },
	{ "octet strings in S/MIME", 10 * MILLION, S(SMIME_CONTENT), S("\x24\x80"), S(""), NULL },
	{ "pieces in S/MIME", 10 * MILLION, S(SMIME_CONTENT), S("\x04\x01x"), S(""), NULL },
	{ "S/MIME parts", 500000, S(MIXED),
	  S("--b\nContent-Type: application/pkcs7-mime\n\n" SIGNED), S(""), NULL },
};
const size_t bomb_count = sizeof(bombs) / sizeof(*bombs);

static void put_le32(struct buf *out, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		buf_addc(out, (char)(v >> (8 * i)));
}

/* Everything of the RTF attribute that stands before its tokens: RTF of two gigabytes, it says. */
static void begin_rtf(struct buf *out, size_t tokens)
{
	uint32_t size = (uint32_t)(16 + tokens);

	buf_add(out, SPAN("\x01\x03\x90\x06\x00")); /* properties of the message */
	put_le32(out, 16 + size);
	put_le32(out, 1);
	put_le32(out, 0x10090102); /* compressed RTF, binary */
	put_le32(out, 1);
	put_le32(out, size);
	put_le32(out, size - 4);
	put_le32(out, 0x7fffffff);
	buf_add(out, SPAN("LZFu\x00\x00\x00\x00"));
}

static void add_numbered(struct buf *out, struct span s, size_t number)
{
	const char *hash = memchr(s.p, '#', s.n);

	while (hash) {
		size_t n = (size_t)(hash - s.p);

		buf_add(out, span_sub(s, 0, n));
		buf_addf(out, "%zu", number);
		s = span_sub(s, n + 1, SIZE_MAX);
		hash = memchr(s.p, '#', s.n);
	}
	buf_add(out, s);
}

void bomb_make(const struct bomb *b, size_t n, struct buf *out)
{
	buf_add(out, b->head);
	if (b->coding)
		buf_add(out, SPAN("\x78\x9f\x3e\x22\x00\x00"));
	if (b->coding && strcmp(b->coding, "rtf") == 0)
		begin_rtf(out, n * b->unit.n);
	if (memchr(b->unit.p, '#', b->unit.n))
		for (size_t i = 0; i < n; i++)
			add_numbered(out, b->unit, i);
	else
		for (size_t i = 0; i < n; i++)
			buf_add(out, b->unit);
	buf_add(out, b->tail);
	if (b->coding)
		buf_add(out, SPAN("\x00\x00\x00\x00\x00\x00"));
}
