#include "parser/cms.h"

enum {
	TAG_END = 0x00, /* with length 0: ends an indefinite length */
	TAG_INTEGER = 0x02,
	TAG_OCTETS = 0x04,
	TAG_OID = 0x06,
	TAG_OCTETS_IN_PIECES = 0x24,
	TAG_SEQUENCE = 0x30,
	TAG_SET = 0x31,
	TAG_CONTENT = 0xa0,
	LENGTH_BYTES_MAX = 4,
};

static const struct {
	struct span oid;
	enum cms cms;
} types[] = {
	{ SPAN_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"), CMS_SIGNED },
	{ SPAN_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"), CMS_ENVELOPED },
	{ SPAN_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17"), CMS_ENVELOPED },
};

struct element {
	unsigned int tag;
	bool indefinite; /* its length is not said: TAG_END ends it */
};

/* The header of the element at *s, which moves to its content; false: there is none. */
static bool take_header(struct span *s, struct element *ret, size_t *ret_length)
{
	size_t length, bytes;

	if (s->n < 2)
		return false;
	*ret = (struct element){ .tag = (unsigned char)s->p[0] };
	length = (unsigned char)s->p[1];
	*s = span_sub(*s, 2, SIZE_MAX);
	if (length >= 0x80) {
		bytes = length & 0x7f;
		ret->indefinite = bytes == 0;
		if (bytes > LENGTH_BYTES_MAX || bytes > s->n)
			return false;
		length = 0;
		for (size_t i = 0; i < bytes; i++)
			length = length << 8 | (unsigned char)s->p[i];
		*s = span_sub(*s, bytes, SIZE_MAX);
	}
	*ret_length = length;
	return true;
}

/* Goes into the element of that tag at the start of *s. */
static bool enter(struct span *s, unsigned int tag)
{
	struct element e;
	size_t length;

	if (!take_header(s, &e, &length) || e.tag != tag)
		return false;
	if (!e.indefinite)
		*s = span_sub(*s, 0, length);
	return true;
}

/* Passes over one element; inside one of indefinite length over all until its end. */
static bool skip(struct span *s, unsigned int tag)
{
	struct element e;
	size_t length, open = 0;

	if (s->n == 0 || (unsigned char)s->p[0] != tag)
		return false;
	do {
		if (!take_header(s, &e, &length))
			return false;
		if (e.indefinite)
			open++;
		else if (e.tag == TAG_END && length == 0 && open)
			open--;
		else
			*s = span_sub(*s, length, SIZE_MAX);
	} while (open);
	return true;
}

/* The pieces of an octet string; one of indefinite length inside counts as open until its end. */
static void add_pieces(struct span s, struct buf *out)
{
	struct element e;
	size_t length, open = 0;

	while (take_header(&s, &e, &length)) {
		if (e.tag == TAG_OCTETS) {
			buf_add(out, span_sub(s, 0, length));
			s = span_sub(s, length, SIZE_MAX);
		} else if (e.tag == TAG_OCTETS_IN_PIECES) {
			open += e.indefinite;
		} else if (e.tag != TAG_END || open-- == 0) {
			return;
		}
	}
}

static void add_content(struct span s, struct buf *out)
{
	struct span whole = s;

	if (enter(&whole, TAG_OCTETS))
		buf_add(out, whole);
	else if (enter(&s, TAG_OCTETS_IN_PIECES))
		add_pieces(s, out);
}

static enum cms type_of(struct span *s)
{
	struct element e;
	size_t length;

	if (!take_header(s, &e, &length) || e.tag != TAG_OID || length > s->n)
		return CMS_NONE;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (span_eq(span_sub(*s, 0, length), types[i].oid)) {
			*s = span_sub(*s, length, SIZE_MAX);
			return types[i].cms;
		}
	return CMS_OTHER;
}

/* SignedData up to the content that it encapsulates. */
static bool find_content(struct span *s)
{
	return enter(s, TAG_CONTENT) && enter(s, TAG_SEQUENCE) && skip(s, TAG_INTEGER) &&
	       skip(s, TAG_SET) && enter(s, TAG_SEQUENCE) && skip(s, TAG_OID) &&
	       enter(s, TAG_CONTENT);
}

enum cms cms_read(struct span s, struct buf *out)
{
	enum cms cms;

	if (!enter(&s, TAG_SEQUENCE))
		return CMS_NONE;
	cms = type_of(&s);
	if (cms == CMS_SIGNED && find_content(&s))
		add_content(s, out);
	return cms;
}
