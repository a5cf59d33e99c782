/*
 * Charsets that no label says, or a wrong one: by <meta>, byte order marks, escapes, and the bytes.
 */
#include "tests/unit/parser_unit.h"

enum what { TEXT, SUBJECT, TO, FILE_NAME };

static const struct row {
	const char *name;
	enum what what;
	struct span mail;
	const char *want;
	bool guessed;
} rows[] = {
	{ "meta, http-equiv", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html\n\n<html><head><meta "
		       "http-equiv=\"Content-Type\" content=\"text/html; "
		       "charset=windows-1251\"></head><body><p>\xcf\xf0\xe8\xe2\xe5\xf2, "
		       "\xec\xe8\xf0</p></body></html>"),
	  "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82, \xd0\xbc\xd0\xb8\xd1\x80", true },
	{ "meta, short form", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html\n\n<html><head><meta "
		       "charset=\"koi8-r\"></head><body>\xf0\xd2\xc9\xd7\xc5\xd4</body></html>"),
	  "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", true },
	{ "meta, no quotes", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html\n\n<META "
		       "charset=windows-1253><p>\xca\xe1\xeb\xe7\xec\xdd\xf1\xe1"),
	  "\xce\x9a\xce\xb1\xce\xbb\xce\xb7\xce\xbc\xce\xad\xcf\x81\xce\xb1", true },
	{ "meta, turned round and in capitals", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html\n\n<HTML><HEAD><META "
		       "CONTENT='text/html;CHARSET=Shift_JIS' "
		       "HTTP-EQUIV=Content-type></HEAD>\x82\xb1\x82\xf1\x82\xc9\x82\xbf\x82\xcd"),
	  "\xe3\x81\x93\xe3\x82\x93\xe3\x81\xab\xe3\x81\xa1\xe3\x81\xaf", true },
	{ "meta, second of two", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html\n\n<meta name=\"viewport\" "
		       "content=\"width=1\"><meta charset=gb2312>\xc4\xe3\xba\xc3"),
	  "\xe4\xbd\xa0\xe5\xa5\xbd", true },
	{ "meta under an unknown label", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html; charset=x-unknown\n\n<meta "
		       "charset=\"iso-8859-2\"><p>\xbelu\xbbou\xe8k\xfd"),
	  "\xc5\xbelu\xc5\xa5ou\xc4\x8dk\xc3\xbd", true },
	{ "meta under us-ascii", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html; charset=us-ascii\n\n<meta "
		       "charset=\"windows-1251\"><p>\xcf\xf0\xe8\xe2\xe5\xf2"),
	  "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", true },
	{ "meta under utf-8 that it is not", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html; charset=utf-8\n\n<meta "
		       "charset=\"windows-1251\"><p>\xcf\xf0\xe8\xe2\xe5\xf2"),
	  "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", true },
	{ "meta under utf-8 that it is", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html; charset=utf-8\n\n<meta "
		       "charset=\"windows-1251\"><p>Gr\xc3\xbc\xc3\x9f"
		       "e"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  false },
	{ "meta under utf-8 that is broken in one place", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html; charset=utf-8\n\n<meta "
		       "charset=\"windows-1251\"><p>Gr\xc3\xbc\xc3\x9f"
		       "e\xf2"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e\xef\xbf\xbd",
	  false },
	{ "meta says utf-8, too, and it is none", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html; charset=utf-8\n\n<meta "
		       "charset=\"utf-8\"><p>Gr\xfc\xdf"
		       "e"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  true },
	{ "meta under utf-8, both of which lie", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html; charset=utf-8\n\n<meta "
		       "charset=\"windows-1251\"><p>Gr\xfc\xdf"
		       "e aus M\xfcnchen"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e aus M\xc3\xbcnchen",
	  true },
	{ "meta of a Latin charset under utf-8 that it is not", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html; charset=utf-8\n\n<meta "
		       "charset=\"windows-1250\"><p>Dzie\xf1 dobry, prosz\xea"),
	  "Dzie\xc5\x84 dobry, prosz\xc4\x99", true },
	{ "a label outdoes meta", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html; charset=iso-8859-2\n\n<meta "
		       "charset=\"windows-1251\"><p>\xbelu\xbbou\xe8k\xfd"),
	  "\xc5\xbelu\xc5\xa5ou\xc4\x8dk\xc3\xbd", false },
	{ "meta lies, the bytes are UTF-8", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html\n\n<meta "
		       "charset=\"iso-8859-1\"><p>Gr\xc3\xbc\xc3\x9f"
		       "e aus K\xc3\xb6ln"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e aus K\xc3\xb6ln",
	  true },
	{ "meta says utf-16, which it cannot be", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html\n\n<meta "
		       "charset=\"utf-16\"><p>Gr\xc3\xbc\xc3\x9f"
		       "e"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  true },
	{ "meta in a comment counts for nothing", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html\n\n<!-- <meta "
		       "charset=\"windows-1251\"> --><p>Gr\xfc\xdf"
		       "e"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  false },
	{ "charset in words counts for nothing", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html\n\n<p>charset=windows-1251 Gr\xfc\xdf"
		       "e"),
	  "charset=windows-1251 Gr\xc3\xbc\xc3\x9f"
	  "e",
	  false },
	{ "xml declaration", TEXT,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: text/html\n\n<\?xml version=\"1.0\" "
	      "encoding=\"windows-1251\"\?><html><body>\xcf\xf0\xe8\xe2\xe5\xf2</body></html>"),
	  "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", true },
	{ "meta with base64", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html\nContent-Transfer-Encoding: "
		       "base64\n\nPG1ldGEgY2hhcnNldD13aW5kb3dzLTEyNTE+PHA+z/Do4uXy\n"),
	  "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", true },
	{ "BOM, UTF-8", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain\n\n\xef\xbb\xbfGr\xc3\xbc\xc3\x9f"
		       "e"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  true },
	{ "BOM, UTF-8 under iso-8859-1", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; "
		       "charset=iso-8859-1\n\n\xef\xbb\xbfGr\xc3\xbc\xc3\x9f"
		       "e"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  true },
	{ "BOM, UTF-8 under its own label", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; "
		       "charset=utf-8\n\n\xef\xbb\xbfGr\xc3\xbc\xc3\x9f"
		       "e"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  false },
	{ "BOM, UTF-16 little-endian", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain\nContent-Transfer-Encoding: "
		       "base64\n\n//5HAHIA/ADfAGUA"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  true },
	{ "BOM, UTF-16 big-endian", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain\nContent-Transfer-Encoding: "
		       "base64\n\n/v8EHwRABDgEMgQ1BEI="),
	  "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", true },
	{ "BOM, UTF-16 HTML under utf-8", TEXT,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: "
	      "base64\n\n//48AHAAPgBHAHIA/ADfAGUA"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  true },
	{ "BOM, UTF-16 HTML big-endian", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html\nContent-Transfer-Encoding: "
		       "base64\n\n/v8APABwAD5l5Wcs"),
	  "\xe6\x97\xa5\xe6\x9c\xac", true },
	{ "BOM, the wrong end", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; "
		       "charset=utf-16le\nContent-Transfer-Encoding: base64\n\n/v8ARwByAPwA3wBl"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  true },
	{ "ISO-2022-JP", TEXT,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: text/plain\n\n\x1b$B$3$s$K$A$O!*%F%9%H$G$9!#\x1b(B"),
	  "\xe3\x81\x93\xe3\x82\x93\xe3\x81\xab\xe3\x81\xa1\xe3\x81\xaf\xef\xbc\x81\xe3\x83\x86\xe3"
	  "\x82\xb9\xe3\x83\x88\xe3\x81\xa7\xe3\x81\x99\xe3\x80\x82",
	  true },
	{ "ISO-2022-JP under us-ascii", TEXT,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: text/plain; charset=us-ascii\n\n\x1b$B%F%9%H\x1b(B"),
	  "\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88", true },
	{ "ISO-2022-JP under utf-8", TEXT,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: text/plain; charset=utf-8\n\n\x1b$B%F%9%H\x1b(B"),
	  "\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88", true },
	{ "ISO-2022-JP of 1978", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain\n\n\x1b$@$3$s\x1b(J"),
	  "\xe3\x81\x93\xe3\x82\x93", true },
	{ "ISO-2022-JP with half-width kana", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain\n\n\x1b(I1\x1b(B \x1b$B$3\x1b(B"),
	  "\xef\xbd\xb1 \xe3\x81\x93", true },
	{ "ISO-2022-JP with JIS X 0212", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain\n\n\x1b$(D0!\x1b(B"), "\xe4\xb8\x82",
	  true },
	{ "ISO-2022-JP-2004", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain\n\n\x1b$(Q$3\x1b(B"), "\xe3\x81\x93",
	  true },
	{ "ISO-2022-JP by a name of its own", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; "
		       "charset=iso-2022-jp-ms\n\n\x1b$B%F%9%H\x1b(B"),
	  "\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88", false },
	{ "ISO-2022-JP in HTML", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html\n\n<p>\x1b$B%F%9%H\x1b(B</p>"),
	  "\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88", true },
	{ "ISO-2022-KR", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain\n\n\x1b$)C\n\x0e"
		       "0!\x0f"),
	  "\xea\xb0\x80", true },
	{ "HZ", TEXT, SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain\n\n~{Dc:C#,J@=g~}"),
	  "\xe4\xbd\xa0\xe5\xa5\xbd\xef\xbc\x8c\xe4\xb8\x96\xe7\x95\x8c", true },
	{ "HZ under us-ascii, among English", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; charset=us-ascii\n\nDear "
		       "all,\n~{DcH}~}! And ~~home.\n"),
	  "Dear all,\n\xe4\xbd\xa0\xe4\xb8\x89! And ~home.", true },
	{ "a tilde and a brace are no HZ", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain\n\nif (~{x}) { a = ~b; }"),
	  "if (~{x}) { a = ~b; }", false },
	{ "one escape of a terminal is no Japanese", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain\n\n\x1b[1mbold\x1b[0m"),
	  "\x1b[1mbold\x1b[0m", false },
	{ "GB18030", TEXT,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: "
	      "text/"
	      "plain\n\n\xc4\xfa\xba\xc3\xa3\xac\xce\xd2\xc3\xc7\xb5\xc4\xb4\xf2\xd3\xa1\xbb\xfa"
	      "\xbd\xf1\xcc\xec\xd4\xe7\xc9\xcf\xbf\xaa\xca\xbc\xb2\xbb\xc4\xdc\xb9\xa4\xd7\xf7\xc1"
	      "\xcb\xa3\xac\xc7\xeb\xb0\xef\xc3\xa6\xbf\xb4\xd2\xbb\xcf\xc2\xa1\xa3"),
	  "\xe6\x82\xa8\xe5\xa5\xbd\xef\xbc\x8c\xe6\x88\x91\xe4\xbb\xac\xe7\x9a\x84\xe6\x89\x93\xe5"
	  "\x8d\xb0\xe6\x9c\xba\xe4\xbb\x8a\xe5\xa4\xa9\xe6\x97\xa9\xe4\xb8\x8a\xe5\xbc\x80\xe5\xa7"
	  "\x8b\xe4\xb8\x8d\xe8\x83\xbd\xe5\xb7\xa5\xe4\xbd\x9c\xe4\xba\x86\xef\xbc\x8c\xe8\xaf\xb7"
	  "\xe5\xb8\xae\xe5\xbf\x99\xe7\x9c\x8b\xe4\xb8\x80\xe4\xb8\x8b\xe3\x80\x82",
	  true },
	{ "GB18030 of four bytes", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain\n\n\x81"
		       "9\xee"
		       "9\x81"
		       "9\xef"
		       "0\xb5\xc4\xb4\xf2\xd3\xa1\xbb\xfa\xb2\xbb\xc4\xdc\xb9\xa4\xd7\xf7\xa3\xac"
		       "\xc7\xeb\xb0\xef\xc3\xa6"),
	  "\xe3\x90\x80\xe3\x90\x81\xe7\x9a\x84\xe6\x89\x93\xe5\x8d\xb0\xe6\x9c\xba\xe4\xb8\x8d\xe8"
	  "\x83\xbd\xe5\xb7\xa5\xe4\xbd\x9c\xef\xbc\x8c\xe8\xaf\xb7\xe5\xb8\xae\xe5\xbf\x99",
	  true },
	{ "GB18030 in HTML", TEXT,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: "
	      "text/"
	      "html\n\n<html><body><p>"
	      "\xc4\xfa\xba\xc3\xa3\xac\xb4\xf2\xd3\xa1\xbb\xfa\xb2\xbb\xc4\xdc\xb9\xa4\xd7\xf7</"
	      "p><p>\xd0\xbb\xd0\xbb\xb4\xf3\xbc\xd2\xb5\xc4\xb0\xef\xd6\xfa</p></body></html>"),
	  "\xe6\x82\xa8\xe5\xa5\xbd\xef\xbc\x8c\xe6\x89\x93\xe5\x8d\xb0\xe6\x9c\xba\xe4\xb8\x8d\xe8"
	  "\x83\xbd\xe5\xb7\xa5\xe4\xbd\x9c\n\n\xe8\xb0\xa2\xe8\xb0\xa2\xe5\xa4\xa7\xe5\xae\xb6\xe7"
	  "\x9a\x84\xe5\xb8\xae\xe5\x8a\xa9",
	  true },
	{ "French is no Chinese", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain\n\nO\xf9 est pass\xe9 le fichier "
		       "\xe0 t\xe9l\xe9"
		       "charger\? Merci d'\xeatre l\xe0."),
	  "O\xc3\xb9 est pass\xc3\xa9 le fichier \xc3\xa0 t\xc3\xa9l\xc3\xa9"
	  "charger\? Merci d'\xc3\xaatre l\xc3\xa0.",
	  false },
	{ "German is no Chinese", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain\n\nGr\xfc\xdf"
		       "e aus K\xf6ln, sch\xf6ne \xdc"
		       "bung f\xfcr \xc4rzte"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e aus K\xc3\xb6ln, sch\xc3\xb6ne \xc3\x9c"
	  "bung f\xc3\xbcr \xc3\x84rzte",
	  false },
	{ "Greek in capitals is not taken for Chinese", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; "
		       "charset=windows-1253\n\n\xca\xc1\xcb\xc7\xcc\xc5\xd1\xc1 \xd3\xc1\xd3"),
	  "\xce\x9a\xce\x91\xce\x9b\xce\x97\xce\x9c\xce\x95\xce\xa1\xce\x91 "
	  "\xce\xa3\xce\x91\xce\xa3",
	  false },
	{ "us-ascii over UTF-8", TEXT,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: text/plain; charset=us-ascii\n\nGr\xc3\xbc\xc3\x9f"
	      "e"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  true },
	{ "ANSI_X3.4-1968 over UTF-8", TEXT,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: text/plain; charset=ANSI_X3.4-1968\n\nZ\xc3\xbcrich"),
	  "Z\xc3\xbcrich", true },
	{ "iso-2022-jp over UTF-8", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; "
		       "charset=iso-2022-jp\n\n\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88"),
	  "\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88", true },
	{ "hz over UTF-8", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; "
		       "charset=hz-gb-2312\n\n\xe4\xbd\xa0\xe5\xa5\xbd"),
	  "\xe4\xbd\xa0\xe5\xa5\xbd", true },
	{ "utf-7 over UTF-8", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; charset=utf-7\n\nGr\xc3\xbc\xc3\x9f"
		       "e"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  true },
	{ "iso-8859-1 over UTF-8", TEXT,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: text/plain; charset=iso-8859-1\n\nGr\xc3\xbc\xc3\x9f"
	      "e"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  true },
	{ "windows-1252 over UTF-8", TEXT,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: text/plain; "
	      "charset=windows-"
	      "1252\n\n\xe2\x80\x9c\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82\xe2\x80\x9d"),
	  "\xe2\x80\x9c\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82\xe2\x80\x9d", true },
	{ "windows-1252 over UTF-8 in quoted-printable", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; "
		       "charset=windows-1252\nContent-Transfer-Encoding: "
		       "quoted-printable\n\nGr=C3=BC=C3=9Fe"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  true },
	{ "iso-8859-1 with one pair that could be UTF-8", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; charset=iso-8859-1\n\n\xc3\xbc"),
	  "\xc3\x83\xc2\xbc", false },
	{ "iso-8859-1 that is iso-8859-1", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; charset=iso-8859-1\n\nGr\xfc\xdf"
		       "e \xc3\xbc"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e \xc3\x83\xc2\xbc",
	  false },
	{ "windows-1251 over UTF-8", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; "
		       "charset=windows-1251\n\n\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82, "
		       "\xd0\xbc\xd0\xb8\xd1\x80"),
	  "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82, \xd0\xbc\xd0\xb8\xd1\x80", true },
	{ "gb2312 over UTF-8", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; "
		       "charset="
		       "gb2312\n\n\xe6\x82\xa8\xe5\xa5\xbd\xef\xbc\x8c\xe6\x89\x93\xe5\x8d\xb0\xe6"
		       "\x9c\xba\xe4\xb8\x8d\xe8\x83\xbd\xe5\xb7\xa5\xe4\xbd\x9c"),
	  "\xe6\x82\xa8\xe5\xa5\xbd\xef\xbc\x8c\xe6\x89\x93\xe5\x8d\xb0\xe6\x9c\xba\xe4\xb8\x8d\xe8"
	  "\x83\xbd\xe5\xb7\xa5\xe4\xbd\x9c",
	  true },
	{ "gb2312 that is gb2312", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; charset=gb2312\n\n\xc1\xaa\xcd\xa8"),
	  "\xe8\x81\x94\xe9\x80\x9a", false },
	{ "unicode over ASCII", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; charset=unicode\n\nHello, world"),
	  "Hello, world", true },
	{ "utf-16 over UTF-8", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; charset=utf-16\n\nGr\xc3\xbc\xc3\x9f"
		       "e"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  true },
	{ "utf-16le that is utf-16le", TEXT,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: "
	      "base64\n\nSABpACAARwByAPwA3wBlAA=="),
	  "Hi Gr\xc3\xbc\xc3\x9f"
	  "e",
	  false },
	{ "word, us-ascii over UTF-8", SUBJECT,
	  SPAN_LITERAL("From: a@b.c\nSubject: =\?us-ascii\?Q\?Gr=C3=BC=C3=9Fe\?=\n\nx\n"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  true },
	{ "word, iso-8859-1 over UTF-8", SUBJECT,
	  SPAN_LITERAL("From: a@b.c\nSubject: =\?iso-8859-1\?B\?R3LDvMOfZQ==\?=\n\nx\n"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  true },
	{ "word, unicode over ASCII", SUBJECT,
	  SPAN_LITERAL("From: a@b.c\nSubject: =\?unicode\?Q\?Hello\?=\n\nx\n"), "Hello", true },
	{ "word, ISO-2022-JP under utf-8", SUBJECT,
	  SPAN_LITERAL("From: a@b.c\nSubject: =\?utf-8\?B\?GyRCJUYlOSVIGyhC\?=\n\nx\n"),
	  "\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88", true },
	{ "word, iso-8859-1 that is it", SUBJECT,
	  SPAN_LITERAL("From: a@b.c\nSubject: =\?iso-8859-1\?Q\?Gr=FC=DFe\?=\n\nx\n"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  false },
	{ "raw ISO-2022-JP in the subject", SUBJECT,
	  SPAN_LITERAL("From: a@b.c\nSubject: \x1b$B%F%9%H\x1b(B\n\nx\n"),
	  "\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88", true },
	{ "raw UTF-8 in the subject", SUBJECT,
	  SPAN_LITERAL("From: a@b.c\nSubject: Gr\xc3\xbc\xc3\x9f"
		       "e\n\nx\n"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  false },
	{ "raw GB18030 in the subject, the charset of the body", SUBJECT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; charset=gb2312\nSubject: "
		       "\xc1\xaa\xcd\xa8\n\nx\n"),
	  "\xe8\x81\x94\xe9\x80\x9a", false },
	{ "raw bytes judged together: Chinese", TO,
	  SPAN_LITERAL("From: a@b.c\nTo: \xc1\xaa\xcd\xa8 <x@y.z>\nSubject: "
		       "\xc4\xfa\xba\xc3\xa3\xac\xb4\xf2\xd3\xa1\xbb\xfa\xb2\xbb\xc4\xdc\xb9\xa4"
		       "\xd7\xf7\xc1\xcb\n\nx\n"),
	  "\xe8\x81\x94\xe9\x80\x9a", true },
	{ "raw bytes judged together: the subject", SUBJECT,
	  SPAN_LITERAL("From: a@b.c\nTo: \xc1\xaa\xcd\xa8 <x@y.z>\nSubject: "
		       "\xc4\xfa\xba\xc3\xa3\xac\xb4\xf2\xd3\xa1\xbb\xfa\xb2\xbb\xc4\xdc\xb9\xa4"
		       "\xd7\xf7\xc1\xcb\n\nx\n"),
	  "\xe6\x82\xa8\xe5\xa5\xbd\xef\xbc\x8c\xe6\x89\x93\xe5\x8d\xb0\xe6\x9c\xba\xe4\xb8\x8d\xe8"
	  "\x83\xbd\xe5\xb7\xa5\xe4\xbd\x9c\xe4\xba\x86",
	  true },
	{ "raw HZ in the subject", SUBJECT, SPAN_LITERAL("From: a@b.c\nSubject: ~{Dc:C~}\n\nx\n"),
	  "\xe4\xbd\xa0\xe5\xa5\xbd", true },
	{ "raw bytes of two sorts", TO,
	  SPAN_LITERAL("From: a@b.c\nTo: J\xc3\xb6rg M\xc3\xbcller <x@y.z>\nSubject: Gr\xfc\xdf"
		       "e\n\nx\n"),
	  "J\xc3\xb6rg M\xc3\xbcller", false },
	{ "raw bytes of two sorts: the other", SUBJECT,
	  SPAN_LITERAL("From: a@b.c\nTo: J\xc3\xb6rg M\xc3\xbcller <x@y.z>\nSubject: Gr\xfc\xdf"
		       "e\n\nx\n"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  false },
	{ "file name with utf-8'' and no star", FILE_NAME,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: multipart/mixed; "
	      "boundary=b\n\n--b\n\nx\n--b\nContent-Type: application/pdf\nContent-Disposition: "
	      "attachment; filename=utf-8''na%C3%AFve.pdf\n\nx\n--b--\n"),
	  "na\xc3\xafve.pdf", false },
	{ "file name with utf-8'' in quotes", FILE_NAME,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: multipart/mixed; "
	      "boundary=b\n\n--b\n\nx\n--b\nContent-Type: application/pdf\nContent-Disposition: "
	      "attachment; filename=\"UTF-8''na%C3%AFve%20plan.pdf\"\n\nx\n--b--\n"),
	  "na\xc3\xafve plan.pdf", false },
	{ "file name with a language", FILE_NAME,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: multipart/mixed; "
	      "boundary=b\n\n--b\n\nx\n--b\nContent-Type: application/pdf\nContent-Disposition: "
	      "attachment; filename=\"iso-8859-1'de'Gr%FC%DFe.pdf\"\n\nx\n--b--\n"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e.pdf",
	  false },
	{ "file name with the star", FILE_NAME,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: multipart/mixed; "
	      "boundary=b\n\n--b\n\nx\n--b\nContent-Type: application/pdf\nContent-Disposition: "
	      "attachment; filename*=utf-8''na%C3%AFve.pdf\n\nx\n--b--\n"),
	  "na\xc3\xafve.pdf", false },
	{ "file name with two apostrophes", FILE_NAME,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: multipart/mixed; "
	      "boundary=b\n\n--b\n\nx\n--b\nContent-Type: application/pdf\nContent-Disposition: "
	      "attachment; filename=\"Ann's 'best'.pdf\"\n\nx\n--b--\n"),
	  "Ann's 'best'.pdf", false },
	{ "file name with two apostrophes together", FILE_NAME,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: multipart/mixed; "
	      "boundary=b\n\n--b\n\nx\n--b\nContent-Type: application/pdf\nContent-Disposition: "
	      "attachment; filename=\"it''s 100%25.pdf\"\n\nx\n--b--\n"),
	  "it''s 100%25.pdf", false },
	{ "file name, us-ascii over UTF-8", FILE_NAME,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: multipart/mixed; "
	      "boundary=b\n\n--b\n\nx\n--b\nContent-Type: application/pdf\nContent-Disposition: "
	      "attachment; filename*=us-ascii''Gr%C3%BC%C3%9Fe.pdf\n\nx\n--b--\n"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e.pdf",
	  true },
	{ "file name, raw ISO-2022-JP", FILE_NAME,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: multipart/mixed; "
	      "boundary=b\n\n--b\n\nx\n--b\nContent-Type: application/pdf\nContent-Disposition: "
	      "attachment; filename=\"\x1b$B%F%9%H\x1b(B.pdf\"\n\nx\n--b--\n"),
	  "\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88.pdf", true },
	{ "utf-8 over windows-1252, German", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; charset=utf-8\n\nGr\xfc\xdf"
		       "e \xfc"
		       "ber alles"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e \xc3\xbc"
	  "ber alles",
	  true },
	{ "utf-8 over windows-1252, one letter", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; charset=utf-8\n\nLe caf\xe9"),
	  "Le caf\xc3\xa9", true },
	{ "utf-8 over windows-1252, the last letter", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; charset=utf-8\n\nVoil\xe0"),
	  "Voil\xc3\xa0", true },
	{ "utf-8 over windows-1252, quotes", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; charset=utf-8\n\nHe said "
		       "\x93yes\x94 \x96 twice"),
	  "He said \xe2\x80\x9cyes\xe2\x80\x9d \xe2\x80\x93 twice", true },
	{ "utf-8 over windows-1252, Spanish", TEXT,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: text/plain; charset=utf-8\n\n\xbfQu\xe9 hago ma\xf1"
	      "ana?"),
	  "\xc2\xbfQu\xc3\xa9 hago ma\xc3\xb1"
	  "ana?",
	  true },
	{ "utf-8 over GB18030", TEXT,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: text/plain; "
	      "charset=utf-8\n\n\xc4\xfa\xba\xc3,"
	      "\xce\xd2\xc3\xc7\xb5\xc4\xb4\xf2\xd3\xa1\xbb\xfa\xbd\xf1\xcc\xec\xd3\xd6\xbb\xb5\xc1"
	      "\xcb,\xc7\xeb\xbe\xa1\xbf\xec\xc5\xc9\xc8\xcb\xc0\xb4\xd0\xde\xc0\xed\xa1\xa3"),
	  "\xe6\x82\xa8\xe5\xa5\xbd,"
	  "\xe6\x88\x91\xe4\xbb\xac\xe7\x9a\x84\xe6\x89\x93\xe5\x8d\xb0\xe6\x9c\xba\xe4\xbb\x8a\xe5"
	  "\xa4\xa9\xe5\x8f\x88\xe5\x9d\x8f\xe4\xba\x86,"
	  "\xe8\xaf\xb7\xe5\xb0\xbd\xe5\xbf\xab\xe6\xb4\xbe\xe4\xba\xba\xe6\x9d\xa5\xe4\xbf\xae\xe7"
	  "\x90\x86\xe3\x80\x82",
	  true },
	{ "utf-8 over EUC-KR", TEXT,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: text/plain; "
	      "charset=utf-8\n\n\xbe\xc8\xb3\xe7\xc7\xcf\xbc\xbc\xbf\xe4 "
	      "\xc7\xc1\xb8\xb0\xc5\xcd\xb0\xa1 \xb0\xed\xc0\xe5\xb3\xb5\xbd\xc0\xb4\xcf\xb4\xd9 "
	      "\xbb\xa1\xb8\xae \xb0\xed\xc3\xc4 \xc1\xd6\xbc\xbc\xbf\xe4"),
	  "\xec\x95\x88\xeb\x85\x95\xed\x95\x98\xec\x84\xb8\xec\x9a\x94 "
	  "\xed\x94\x84\xeb\xa6\xb0\xed\x84\xb0\xea\xb0\x80 "
	  "\xea\xb3\xa0\xec\x9e\xa5\xeb\x82\xac\xec\x8a\xb5\xeb\x8b\x88\xeb\x8b\xa4 "
	  "\xeb\xb9\xa8\xeb\xa6\xac \xea\xb3\xa0\xec\xb3\x90 \xec\xa3\xbc\xec\x84\xb8\xec\x9a\x94",
	  true },
	{ "utf-8 over windows-1252, quoted-printable", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; "
		       "charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  true },
	{ "utf-8 over windows-1252, HTML", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html; charset=utf-8\n\n<p>Gr\xfc\xdf"
		       "e</p>"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  true },
	{ "utf-8 over windows-1252, with a meta that agrees with the label", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/html; charset=utf-8\n\n<meta "
		       "charset=utf-8><p>Gr\xfc\xdf"
		       "e</p>"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  true },
	{ "utf-8 over windows-1252, an encoded word", SUBJECT,
	  SPAN_LITERAL("From: a@b.c\nSubject: =?utf-8?Q?Gr=FC=DFe?=\n\nx"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e",
	  true },
	{ "utf-8 over windows-1252, a file name", FILE_NAME,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: application/pdf; name*=utf-8''Gr%FC%DFe.pdf\n\nx"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e.pdf",
	  true },
	{ "utf-8 over windows-1252, with a meta of East Asia", TEXT,
	  SPAN_LITERAL(
	      "From: a@b.c\nContent-Type: text/html; charset=utf-8\n\n<meta charset=gb2312>"
	      "Gr\xf6\xdf"
	      "e der Stra\xdf"
	      "e"),
	  "Gr\xc3\xb6\xc3\x9f"
	  "e der Stra\xc3\x9f"
	  "e",
	  true },
	{ "utf-8 with a bad byte among good ones", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; charset=utf-8\n\nGr\xc3\xbc\xc3\x9f"
		       "e \xfc"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e \xef\xbf\xbd",
	  false },
	{ "utf-8 that is cut", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; charset=utf-8\n\nGr\xc3\xbc\xc3\x9f"
		       "e \xc3"),
	  "Gr\xc3\xbc\xc3\x9f"
	  "e \xef\xbf\xbd",
	  false },
	{ "utf-8 that is cut, of which nothing else is left", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; charset=utf-8\n\nGr\xc3"),
	  "Gr\xef\xbf\xbd", false },
	{ "utf-8 over bytes that are no letters", TEXT,
	  SPAN_LITERAL("From: a@b.c\nContent-Type: text/plain; charset=utf-8\n\na \x81 b"),
	  "a \xef\xbf\xbd b", false },
};

static struct span found(const struct facts *f, enum what what)
{
	switch (what) {
	case TEXT: return f->text;
	case SUBJECT: return f->subject;
	case TO: return f->to.n ? f->to.v[0].name : SPAN_NONE;
	case FILE_NAME: return f->attachment_count ? f->attachments[0].filename : SPAN_NONE;
	}
	return SPAN_NONE;
}

static bool is_right(struct parser *p, const struct row *row)
{
	struct arena a ARENA_AUTO;
	struct facts f;
	struct span got;
	bool guessed;

	arena_init(&a);
	parser_parse(p, row->mail, NULL, &a, &f);
	got = found(&f, row->what);
	guessed = has_defect(f.defects, FACTS_CHARSET_GUESSED);
	if (span_is(got, row->want) && guessed == row->guessed)
		return true;
	print_message("%s\n  wanted: %s%s\n  got:    %.*s%s\n", row->name, row->want,
		      row->guessed ? " (guessed)" : "", SPAN_ARG(got), guessed ? " (guessed)" : "");
	return false;
}

static void a_charset_is_found_where_no_label_says_it(void **state)
{
	struct parser *p = parser_new();
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		wrong += !is_right(p, &rows[i]);
	parser_free(&p);
	print_message("%zu mails, %zu wrong\n", ROWS(rows), wrong);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_charset_is_found_where_no_label_says_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
