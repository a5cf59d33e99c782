/*
 * Every limit of the parser in one place, with its reason.
 *
 * Past a limit the mail does not fail: the rest of that thing is left out and the defect named
 * beside it is set.  The limits on what the record holds are in parser/facts.h.
 */
#ifndef PARSER_LIMITS_H
#define PARSER_LIMITS_H

#include "gatewayd/base/units.h"

enum {
	/* Fields of one header; real mails have fewer than 200.  too-many-headers */
	LIMIT_HEADERS = 1000,
	/* Bytes of one raw field that are read as text: encoded, FACTS_FIELD_MAX can take four
	 * times its size.  long-header */
	LIMIT_FIELD = 256 * KIB,
	/* Bytes of a To, Cc or References field that are read: a thousand entries of 1 KB.
	   long-header */
	LIMIT_LIST_FIELD = MIB,
	/* Multiparts inside each other; deeper ones are opaque attachments.  too-deep */
	LIMIT_DEPTH = 50,
	/* Nodes of the tree; every one costs memory and a line in the record.  too-many-parts */
	LIMIT_PARTS = 2000,
	/* Bytes of a boundary that are compared; RFC 2046 allows 70, torture tests use 800.
	   missing-boundary */
	LIMIT_BOUNDARY = 1024,
	/* Parameters, or pieces of them (RFC 2231), of one field.  too-many-parameters */
	LIMIT_PARAMS = 256,
	/* Bytes of a file name, which the store and file systems bear.  long-header */
	LIMIT_FILENAME = 1024,
	/* Comments inside each other in an address or date.  bad-address */
	LIMIT_COMMENT_DEPTH = 64,
	/* Transfer-decoded bytes of one part that is text or TNEF; FACTS_TEXT_MAX of text fit four
	   times. */
	LIMIT_DECODED = 16 * MIB,
	/* Bytes of one HTML part that are read; pictures inside the HTML take megabytes.  html-cut
	 */
	LIMIT_HTML = 8 * MIB,
	/* Nested block quotes that still get a "> " each. */
	LIMIT_HTML_QUOTES = 16,
	/* Client quote containers of one HTML part that are told to the reply module. */
	LIMIT_REPLY_HINTS = 256,
	/* Bytes of one TNEF part, which are held while it is read.  tnef-cut */
	LIMIT_TNEF = 40 * MIB,
	/* Bytes of one opaque S/MIME part, and of its content; as for TNEF. */
	LIMIT_SMIME = 40 * MIB,
	/* Signed parts inside signed parts that are opened; RFC 2634 has three.  too-deep */
	LIMIT_SMIME_DEPTH = 3,
	/* PGP blocks cut out of one part; what lies past them stays in the text. */
	LIMIT_PGP_BLOCKS = 200,
	/* Files in one TNEF part, and its attributes.  tnef-cut */
	LIMIT_TNEF_FILES = 200,
	LIMIT_TNEF_PROPERTIES = 20000,
	/* Groups of RTF inside each other; deeper ones are like the one they stand in. */
	LIMIT_RTF_DEPTH = 100,
	/* Uuencoded blocks cut out of one part; what lies past them stays in the text. */
	LIMIT_UUENCODED = 200,
};

#endif
