#include "store/store_place.h"

#include "gatewayd/base/base64_measure.h"
#include "store/slice.h"

bool store_place_holds(struct span raw, const struct store_place *place)
{
	size_t size = place->length;

	return place->at <= raw.n && place->length <= raw.n - place->at &&
	       (!place->is_base64 ||
		base64_measure(span_sub(raw, place->at, place->length), &size)) &&
	       size == place->size;
}

struct span store_place_bytes(struct span raw, const struct store_place *place, struct arena *a)
{
	struct span in = span_sub(raw, place->at, place->length);
	struct slice_decoder decoder = { 0 };
	char *out;

	if (!place->is_base64)
		return in;
	out = arena_alloc(a, place->size + 1);
	return (struct span){ out, slice_decode(&decoder, &in, out, place->size) };
}
