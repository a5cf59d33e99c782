#include "gatewayd/mail/decide_copy.h"

/* What is left to do for a copy that proves more, where the first one did that much. */
enum gain { GAIN_ALL, GAIN_PROOF, GAIN_NOTHING };
enum did { DID_SOMETHING, DID_SOME_CASE, DID_THIS_CASE, DID_FILE };

static bool did(enum did what, const struct store_twin *first, const struct decision *d)
{
	switch (what) {
	case DID_SOMETHING: return true;
	case DID_SOME_CASE: return first->case_number != 0;
	case DID_THIS_CASE: return first->case_number && first->case_number == d->case_number;
	case DID_FILE: return first->state == MAIL_AUTO_FILED;
	}
	return false;
}

static enum gain gain_of(const struct store_twin *first, const struct decision *d)
{
	/* What is not here only a copy that proves enough can do: commands, answers of staff. */
	static const struct {
		enum gain gain;
		enum did did;
	} gains[DECIDE_COUNT] = {
		[DECIDE_CASE] = { GAIN_PROOF, DID_SOME_CASE },
		[DECIDE_STORM_NOTE] = { GAIN_PROOF, DID_SOME_CASE },
		[DECIDE_CUSTOMER_NOTE] = { GAIN_PROOF, DID_THIS_CASE },
		[DECIDE_SUSPECT_NOTE] = { GAIN_NOTHING, DID_THIS_CASE },
		[DECIDE_MACHINE_NOTE] = { GAIN_NOTHING, DID_THIS_CASE },
		[DECIDE_BOUNCE_UNPROVEN] = { GAIN_NOTHING, DID_THIS_CASE },
		[DECIDE_BOUNCE] = { GAIN_NOTHING, DID_THIS_CASE },
		[DECIDE_STAFF_UNVERIFIED] = { GAIN_NOTHING, DID_THIS_CASE },
		[DECIDE_STAFF_ELSEWHERE] = { GAIN_NOTHING, DID_THIS_CASE },
		[DECIDE_REFER] = { GAIN_NOTHING, DID_FILE },
		[DECIDE_AUTO_FILE] = { GAIN_NOTHING, DID_FILE },
	};

	return did(gains[d->what].did, first, d) ? gains[d->what].gain : GAIN_ALL;
}

void decide_copy(const struct decide_in *in, struct decision *d)
{
	const struct store_twin *first = &in->twin->lesser;

	if (!first->id || in->mail->released)
		return;
	switch (gain_of(first, d)) {
	case GAIN_ALL: break;
	case GAIN_NOTHING:
		decide_say(d, DECIDE_DUPLICATE, "the same mail came before, with less proof");
		break;
	case GAIN_PROOF:
		d->reopens = d->what == DECIDE_CUSTOMER_NOTE && !d->keeps_state;
		d->case_number = first->case_number;
		decide_say(d, DECIDE_PROVEN_COPY, "the same mail came before, with less proof");
		break;
	}
}
