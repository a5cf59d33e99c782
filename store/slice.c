#include "store/slice.h"

#include "gatewayd/base/units.h"
#include "store/base64_groups.h"

enum {
	NEEDLE = 48, /* bytes that are looked for: in base64 less than any line has */
	PIECE = 4 * KIB,
};

static const char *const codings[] = { [SLICE_PLAIN] = "plain", [SLICE_BASE64] = "base64" };

/* --- base64 --- */

size_t slice_decode(struct slice_decoder *d, struct span *in, char *out, size_t room)
{
	size_t n = 0;

	while (in->n && n < room) {
		int v = base64_value((unsigned char)*in->p);

		if (!d->bit_count && v >= 0 && in->n >= 4 && room - n >= 3) {
			size_t got = base64_groups(in, out + n, room - n);

			n += got;
			if (got)
				continue;
		}
		if (v == BASE64_OTHER)
			break;
		*in = span_sub(*in, 1, SIZE_MAX);
		if (v == BASE64_BLANK)
			continue;
		d->bits = d->bits << 6 | (uint32_t)v;
		d->bit_count += 6;
		if (d->bit_count >= 8) {
			d->bit_count -= 8;
			out[n++] = (char)(d->bits >> d->bit_count);
		}
	}
	return n;
}

/* --- to find one --- */

static bool is_base64_of(struct span in, struct span bytes, size_t *ret_length)
{
	struct slice_decoder d = { 0 };
	struct span rest = in;

	while (bytes.n) {
		char out[PIECE];
		size_t room = bytes.n < sizeof(out) ? bytes.n : sizeof(out);

		if (slice_decode(&d, &rest, out, room) != room || memcmp(out, bytes.p, room) != 0)
			return false;
		bytes = span_sub(bytes, room, SIZE_MAX);
	}
	*ret_length = in.n - rest.n;
	return true;
}

static bool find(struct span raw, size_t from, struct span needle, size_t *ret_at)
{
	size_t at = span_find(span_sub(raw, from, SIZE_MAX), needle);

	*ret_at = from + at;
	return at != SIZE_MAX;
}

static bool find_base64(struct span raw, size_t from, struct span bytes, struct slice *ret_slice)
{
	struct buf needle BUF_AUTO;

	buf_init(&needle, 2 * NEEDLE);
	base64_add(span_sub(bytes, 0, NEEDLE), &needle);
	ret_slice->coding = SLICE_BASE64;
	return find(raw, from, buf_span(&needle), &ret_slice->at) &&
	       is_base64_of(span_sub(raw, ret_slice->at, SIZE_MAX), bytes, &ret_slice->length);
}

static bool find_plain(struct span raw, size_t from, struct span bytes, struct slice *ret_slice)
{
	ret_slice->coding = SLICE_PLAIN;
	ret_slice->length = bytes.n;
	return find(raw, from, span_sub(bytes, 0, NEEDLE), &ret_slice->at) &&
	       span_starts(span_sub(raw, ret_slice->at, SIZE_MAX), bytes);
}

bool slice_find(struct span raw, size_t from, struct span bytes, struct slice *ret_slice)
{
	struct slice slice = { .origin = ret_slice->origin };

	if (bytes.n < SLICE_MIN ||
	    (!find_base64(raw, from, bytes, &slice) && !find_plain(raw, from, bytes, &slice)))
		return false;
	*ret_slice = slice;
	return true;
}

/* --- of a known place --- */

/* A slice ends with its last character. */
static size_t without_padding(struct span s)
{
	while (s.n && base64_value((unsigned char)s.p[s.n - 1]) < 0)
		s.n--;
	return s.n;
}

struct slice slice_at(struct span raw, const struct store_place *place, int64_t origin)
{
	struct slice slice = { origin, place->at, place->length, SLICE_PLAIN };

	if (place->is_base64) {
		slice.coding = SLICE_BASE64;
		slice.length = without_padding(span_sub(raw, place->at, place->length));
	}
	return slice;
}

/* --- rows --- */

int slice_add(struct store *s, int64_t content, const struct slice *slice, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_SLICE_ADD, e);
	query_int(&q, content);
	query_int(&q, slice->origin);
	query_int(&q, (int64_t)slice->at);
	query_int(&q, (int64_t)slice->length);
	query_name(&q, codings[slice->coding]);
	return query_run(&q);
}

int slice_drop(struct store *s, int64_t content, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_SLICE_DROP, e);
	query_int(&q, content);
	return query_run(&q);
}

static void read_slice(struct query *q, struct arena *a, void *ret_row)
{
	struct slice *slice = ret_row;

	(void)a;
	slice->origin = query_get_int(q);
	slice->at = (size_t)query_get_int(q);
	slice->length = (size_t)query_get_int(q);
	slice->coding = (enum slice_coding)query_get_state(q, codings, SLICE_CODING_COUNT);
}

int slice_get(struct store *s, int64_t content, struct slice *ret_slice, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_SLICE_GET, e);
	query_int(&q, content);
	return query_one(&q, read_slice, NULL, ret_slice);
}

int slice_list(struct store *s, int64_t origin, struct arena *a, int64_t **ret_v, size_t *ret_n,
	       struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_SLICE_LIST, e);
	query_int(&q, origin);
	return QUERY_LIST(&q, query_read_int, a, ret_v, ret_n);
}

/* --- back --- */

/* What of the piece is of the slice. */
static struct span within(struct slicing *s, struct span piece)
{
	size_t from = s->slice.at > s->passed ? s->slice.at - s->passed : 0;
	size_t begun = s->passed > s->slice.at ? s->passed - s->slice.at : 0;

	s->passed += piece.n;
	return begun < s->slice.length ? span_sub(piece, from, s->slice.length - begun) : SPAN("");
}

static int hand_on(struct slicing *s, struct span piece, struct err *e)
{
	piece = span_sub(piece, 0, s->left);
	s->left -= piece.n;
	return piece.n ? s->fn(s->ctx, piece, e) : 0;
}

int slice_piece(void *ctx, struct span piece, struct err *e)
{
	struct slicing *s = ctx;

	piece = within(s, piece);
	if (s->slice.coding == SLICE_PLAIN)
		return hand_on(s, piece, e);
	while (piece.n && s->left) {
		char out[PIECE];
		size_t n = slice_decode(&s->decoder, &piece, out, sizeof(out));

		if (hand_on(s, (struct span){ out, n }, e) < 0)
			return -1;
		if (piece.n && n < sizeof(out))
			return err_set(e, ERR_PERM, "does not unpack: no base64");
	}
	return 0;
}

int slice_end(const struct slicing *s, struct err *e)
{
	return s->left ? err_set(e, ERR_PERM, "does not unpack: it ends too early") : 0;
}
