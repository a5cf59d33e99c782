#include "gatewayd/doctor/doctor_inside.h"

const char *doctor_state_name(enum doctor_state s)
{
	static const char *const names[DOCTOR_STATES] = { "good", "note", "wrong" };

	return names[s];
}

void doctor_say(struct doctor *d, enum doctor_state state, const char *what, const char *text,
		const char *todo, const char *paste)
{
	const struct doctor_finding f = { state, what, text, todo, paste };

	d->wrong += state == DOCTOR_WRONG;
	d->o->say(d->o->ctx, &f);
}
