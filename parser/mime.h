/*
 * The structure of a message: a tree of parts over spans of the raw mail (RFC 2046).
 *
 * One pass over the lines; open multiparts stand on a stack of LIMIT_DEPTH.  message/rfc822 is a
 * leaf. A multipart that cannot be taken apart (no boundary, too deep) is a leaf of its own type.
 */
#ifndef PARSER_MIME_H
#define PARSER_MIME_H

#include "parser/boundary.h"
#include "parser/cms.h"
#include "parser/header.h"
#include "parser/param.h"
#include "parser/transfer.h"

enum multipart {
	MULTIPART_NONE,	 /* a leaf */
	MULTIPART_MIXED, /* and every subtype not named here */
	MULTIPART_ALTERNATIVE,
	MULTIPART_RELATED,
	MULTIPART_SIGNED,
	MULTIPART_REPORT,
	MULTIPART_DIGEST,
};

enum role {
	ROLE_ATTACHMENT,
	ROLE_TEXT,   /* goes into the text of the message */
	ROLE_PASSED, /* a version of an alternative that was not used */
	ROLE_INSIDE, /* a multipart */
};

struct part {
	int parent;   /* index, -1: the top */
	int previous; /* the sibling before it, -1: it is the first */
	enum multipart multipart;
	enum transfer encoding;
	enum role role;
	struct span type;	      /* "type/subtype", lower case */
	struct span type_rest;	      /* the parameters behind it */
	struct span disposition_rest; /* the parameters of Content-Disposition */
	struct span id;		      /* Content-ID as it stands; p == NULL: none */
	struct span body;
	bool is_plain, is_html; /* of type text/plain, text/html */
	bool is_attached;	/* marked as attachment */
	bool is_inline;		/* marked as inline, or a non-root part of a related */
	bool has_name;
	bool has_other;	 /* a multipart with a child that is not plain or HTML text */
	enum cms cms;	 /* what it is to S/MIME (parser/smime.h) */
	bool is_opened;	 /* its content stands in the tree as well */
	int smime_depth; /* of how many opaque S/MIME parts it was taken out */
};

struct mime {
	struct part *v; /* in the arena, parents before children, in the order of the mail */
	int n;
};

/* h is the header of the message (kept), scratch is for those of the parts. */
void mime_read(const struct headers *h, struct span body, struct headers *scratch,
	       struct params *params, struct reading *r, struct mime *ret_mime);

/* Adds the parts of an entity, header and body, as a child of `parent` (-1: beside the top). */
void mime_read_entity(struct mime *m, int parent, struct span entity, struct headers *scratch,
		      struct params *params, struct reading *r);

/* The file name of a leaf as a person may see it; p == NULL: none. */
struct span mime_filename(const struct part *p, struct params *scratch, struct reading *r);

/* A name without path separators and control characters, at most LIMIT_FILENAME bytes. */
struct span mime_safe_name(struct span name, struct reading *r);

#endif
