#include "parser/pgp.h"

#include "parser/limits.h"

static const struct span signed_begin = SPAN_LITERAL("-----BEGIN PGP SIGNED MESSAGE-----");

static const struct {
	struct span begin, end;
	enum pgp_block block;
} kinds[] = {
	{ SPAN_LITERAL("-----BEGIN PGP SIGNATURE-----"),
	  SPAN_LITERAL("-----END PGP SIGNATURE-----"), PGP_SIGNATURE },
	{ SPAN_LITERAL("-----BEGIN PGP MESSAGE-----"), SPAN_LITERAL("-----END PGP MESSAGE-----"),
	  PGP_MESSAGE },
	{ SPAN_LITERAL("-----BEGIN PGP PUBLIC KEY BLOCK-----"),
	  SPAN_LITERAL("-----END PGP PUBLIC KEY BLOCK-----"), PGP_KEY },
};

enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

struct cutter {
	struct span s;
	struct buf *rest;
	size_t at, blocks;
	bool clear;	    /* inside text that is signed in the clear */
	bool no_end[KINDS]; /* no such end follows any more */
	size_t signature;   /* the next signature's begin, as of the last look; SIZE_MAX: none */
};

static struct span line_at(const struct cutter *c)
{
	struct span rest = span_sub(c->s, c->at, SIZE_MAX);
	const char *lf = rest.n ? memchr(rest.p, '\n', rest.n) : NULL;

	return lf ? span_sub(rest, 0, (size_t)(lf - rest.p) + 1) : rest;
}

/* Where the block that begins at c->at ends; 0: nowhere. */
static size_t block_end(struct cutter *c, int kind)
{
	struct span rest = span_sub(c->s, c->at, SIZE_MAX), line;
	size_t end = c->no_end[kind] ? SIZE_MAX : span_find(rest, kinds[kind].end);

	c->no_end[kind] = end == SIZE_MAX;
	if (end == SIZE_MAX)
		return 0;
	rest = span_sub(rest, end, SIZE_MAX);
	span_line(&rest, &line);
	return c->s.n - rest.n;
}

/* The wrapping of what is signed in the clear: its first line and the "Hash:" lines below it. */
static void skip_clear_header(struct cutter *c)
{
	struct span line = line_at(c);

	do {
		c->at += line.n;
		line = line_at(c);
	} while (line.n && span_trim(line).n && memchr(line.p, ':', line.n));
	if (line.n && span_trim(line).n == 0)
		c->at += line.n;
	c->clear = true;
}

static bool begins_clear(struct cutter *c, struct span line)
{
	if (!span_eq(span_trim(line), signed_begin))
		return false;
	if (c->signature < c->at) {
		size_t more =
		    span_find(span_sub(c->s, c->at, SIZE_MAX), kinds[PGP_SIGNATURE].begin);

		c->signature = more == SIZE_MAX ? SIZE_MAX : c->at + more;
	}
	return c->signature != SIZE_MAX;
}

static int kind_of(struct span line)
{
	for (int i = 0; i < KINDS; i++)
		if (span_eq(span_trim(line), kinds[i].begin))
			return i;
	return -1;
}

/* RFC 9580 section 7.1: in the clear, a line that begins with a dash has "- " put before it. */
static void keep(struct cutter *c, struct span line)
{
	bool escaped = c->clear && span_starts(line, SPAN("- "));

	buf_add(c->rest, span_sub(line, escaped ? 2 : 0, SIZE_MAX));
	c->at += line.n;
}

bool pgp_cut(struct span s, struct buf *rest,
	     void (*found)(void *ctx, enum pgp_block block, struct span bytes), void *ctx)
{
	struct cutter c = { .s = s, .rest = rest };
	size_t end;
	int kind;

	if (span_find(s, SPAN("-----BEGIN PGP ")) == SIZE_MAX)
		return false;
	while (c.at < s.n) {
		struct span line = line_at(&c);

		kind = c.blocks < LIMIT_PGP_BLOCKS && line.p[0] == '-' ? kind_of(line) : -1;
		end = kind < 0 ? 0 : block_end(&c, kind);
		if (end) {
			found(ctx, kinds[kind].block, span_sub(s, c.at, end - c.at));
			c.clear = false;
			c.at = end;
			c.blocks++;
		} else if (line.p[0] == '-' && begins_clear(&c, line)) {
			skip_clear_header(&c);
		} else {
			keep(&c, line);
		}
	}
	return true;
}
