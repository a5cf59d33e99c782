/*
 * Who wrote a note: how sure we are of it, and what in the head of the mail could mislead a reader.
 *
 * Notices to staff and `case show` say it in the words of conf/words.h.  It is kept beside the note
 * as one JSON object.
 */
#ifndef GATEWAYD_CASE_AUTHOR_H
#define GATEWAYD_CASE_AUTHOR_H

#include "gatewayd/base/json.h"
#include "gatewayd/case/word.h"
#include "gatewayd/identity/authres.h"

/* X(id, name in JSON, word): what looks like something that it is not, and what that is. */
#define AUTHOR_DOUBTS(X)                                                                     \
	X(DOUBT_POSES, "poses", WORD_DOUBT_POSES) /* an address in the name; the sender's */ \
	X(DOUBT_MIXED, "mixed", WORD_DOUBT_MIXED) /* a domain of several scripts */          \
	X(DOUBT_ALIKE, "alike", WORD_DOUBT_ALIKE) /* a domain; the one that it looks like */
enum author_doubt_kind {
#define X(id, name, word) id,
	AUTHOR_DOUBTS(X)
#undef X
	    DOUBT_COUNT,
};

struct author_doubt {
	enum author_doubt_kind kind;
	struct span what, like;
};

enum { AUTHOR_DOUBTS_MAX = 5 };

/* Texts are UTF-8; "" where nothing differs from From. */
struct author {
	enum note_trust trust;
	enum vouched_by by; /* trust L2, L3 */
	bool failed;	    /* dmarc=fail of our border */
	bool passed_on;	    /* the mail is not theirs: of a form, a list, or staff */
	struct span via;    /* who it is of, if it was passed on */
	struct span reply_to, envelope;
	struct span to, cc; /* others who got the mail: "bo@example.com, cy@example.com (+2)" */
	struct author_doubt doubts[AUTHOR_DOUBTS_MAX];
	size_t doubt_count;
};

/* All but trust, which the note has. */
struct span author_encode(const struct author *author, struct arena *a);
/* Of a note; what does not say anything of that is empty. */
void author_of_note(const struct store_note *note, struct arena *a, struct author *ret_author);

/* Whether to or cc names that address; of the "(+2)" at an end nobody is known. */
bool author_names(const struct author *author, struct span address);

/* "proven by DMARC and token". */
struct span author_sure(const struct desk *d, const struct words *w, const struct author *author);
struct span author_doubt_text(const struct desk *d, const struct words *w,
			      const struct author_doubt *doubt);

/* For people: "Ann Lee <ann@example.com>".  A name that has more in it than the letters of a name
 * stands in quotes, so that it cannot be read as an address. */
struct span author_text(struct span name, struct span address, struct arena *a);

/* {"sure": "...", "by": "dmarc", "via": ..., "reply_to": ..., "doubts": ["..."]}, in English for
 * programs and people alike. */
json_t *author_view(const struct desk *d, const struct store_note *note);

#endif
