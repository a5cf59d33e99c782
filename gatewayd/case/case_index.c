#include "gatewayd/case/case_index.h"

#include "gatewayd/base/units.h"
#include "gatewayd/base/utf8.h"

int case_index(struct desk *d, const struct store_case *c, struct err *e)
{
	struct buf text BUF_AUTO;
	struct store_note *notes;
	size_t n;

	buf_init(&text, 64 * KIB);
	buf_add(&text, c->subject);
	if (store_note_list(d->store, c->number, d->arena, &notes, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (notes[i].kind != NOTE_INBOUND && notes[i].kind != NOTE_OUTBOUND)
			continue;
		buf_addc(&text, '\n');
		buf_add(&text, notes[i].reply);
	}
	return store_case_index(d->store, c->number, c->account, false,
				utf8_prefix(buf_span(&text), 60 * KIB), e);
}

int case_reindex(struct desk *d, int64_t number, struct err *e)
{
	struct store_case c;

	if (store_case_get(d->store, number, d->arena, &c, e) < 0)
		return -1;
	return case_state_is_over(c.state) ? case_index(d, &c, e) : 0;
}
