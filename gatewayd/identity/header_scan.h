/*
 * The identity facts of a mail, from its raw header: what core believes instead of the parse child.
 *
 * Reads the first HEADER_SCAN_BYTES_MAX bytes and HEADER_SCAN_FIELDS_MAX fields; linear in that.
 * Spans point into the raw mail or live in the arena, and both must outlive the scan.  Nothing is
 * decoded but folds and comments: encoded words (RFC 2047) are the parser's.
 */
#ifndef GATEWAYD_IDENTITY_HEADER_SCAN_H
#define GATEWAYD_IDENTITY_HEADER_SCAN_H

#include "gatewayd/base/units.h"
#include "gatewayd/identity/addrspec.h"

/* What lies past a limit is not looked at, and `cut` is set, which also leaves nobody in From. */
enum {
	HEADER_SCAN_BYTES_MAX = 256 * KIB,
	HEADER_SCAN_FIELDS_MAX = 1000,
	HEADER_SCAN_RECIPIENTS_MAX = 200, /* To, Cc and the delivery fields together */
	HEADER_SCAN_IDS_MAX = 200,	  /* In-Reply-To and References together */
	HEADER_SCAN_ID_MAX = 998,	  /* bytes of a Message-ID; longer ones are none */
	HEADER_SCAN_TRACE_MAX = 200,	  /* Received and Authentication-Results, the topmost */
	HEADER_SCAN_SUBJECT_MAX = 200,	  /* bytes of the short form */
};

enum header_scan_path { /* Return-Path, the topmost */
			PATH_ABSENT,
			PATH_NULL, /* <> */
			PATH_BAD,  /* neither null nor an address */
			PATH_ADDRESS,
};

/* A field that servers on the way put on top. */
struct header_trace {
	bool received;	   /* else Authentication-Results */
	struct span value; /* raw */
};

struct header_scan {
	struct span header; /* raw, without the blank line */
	struct span body;   /* what follows the blank line */
	bool cut;

	struct span from;	 /* the one mailbox of the one From; p == NULL: nobody */
	const char *from_reason; /* why nobody, or NULL */
	bool from_mended;	 /* the strict reading found nobody, addrspec_find() did */
	bool from_unsure;   /* and it is not sure: it proves nothing, whatever vouches for it */
	struct span sender; /* p == NULL: none, or not one mailbox */
	enum header_scan_path return_path_kind;
	struct span return_path; /* PATH_ADDRESS: the address */
	struct addrspec_list reply_to;

	/* Where it was sent: Delivered-To, X-Original-To, Envelope-To first, then To and Cc. */
	struct span *recipients;
	size_t recipient_count;

	struct span message_id; /* without <>; p == NULL: none */
	struct span *in_reply_to;
	size_t in_reply_to_count;
	struct span *references; /* oldest first; past the limit the oldest are left out */
	size_t reference_count;

	struct span subject;	   /* raw, unfolded not yet; p == NULL: none */
	struct span subject_short; /* for listings: UTF-8, no controls, one line, never p == NULL */

	struct span auto_submitted; /* the keyword without parameters; p == NULL: none */
	struct span precedence;
	struct span response_suppress; /* X-Auto-Response-Suppress */
	bool has_list;		       /* any List-* field */
	bool has_autoreply; /* X-Autoreply and the like, X-Loop and those of other ticket systems */
	struct span content_type; /* raw value; p == NULL: none */

	struct header_trace *trace; /* topmost first */
	size_t trace_count;
	struct span loop_mark; /* X-Gatewayd; p == NULL: none */
};

void header_scan(struct span raw, struct arena *a, struct header_scan *ret_scan);

/*
 * A walk over the raw fields of a header block, for those that want another field.  Start with the
 * raw mail; a leading mbox line and blank lines are skipped.  false at the end of the header, with
 * *rest at the body.  Values have their folds in them and no white space at the ends.
 */
struct header_walk {
	struct span rest;
	bool begun;
};
bool header_walk_next(struct header_walk *w, struct span *ret_name, struct span *ret_value);

#endif
