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

static void add_paste(struct buf *out, const char *paste)
{
	struct span rest = span_of(paste), line;

	while (span_line(&rest, &line)) {
		buf_adds(out, "         ");
		buf_add(out, line);
		buf_addc(out, '\n');
	}
}

void doctor_line(const struct doctor_finding *f, struct buf *out)
{
	const char *state = f->state == DOCTOR_WRONG ? "WRONG" : doctor_state_name(f->state);

	buf_addf(out, "%-5s  %s: %s", state, f->what, f->text);
	if (f->todo)
		buf_addf(out, "; %s", f->todo);
	buf_addc(out, '\n');
	add_paste(out, f->paste);
}
