#include "gatewayd/case/staff_name.h"

#include "gatewayd/base/lexicon.h"

enum { NAME_MAX_BYTES = 200 };

/* Without quotes, angle brackets and the full stop of a sentence. */
static struct span bare(struct span said)
{
	said = span_trim(said);
	while (said.n && strchr("\"'<>(@,;", said.p[0]))
		said = span_trim(span_sub(said, 1, SIZE_MAX));
	while (said.n && strchr("\"'<>),;.!:", said.p[said.n - 1]))
		said = span_trim(span_sub(said, 0, said.n - 1));
	return said;
}

/* Folded as a whole, or one word of it is. */
static bool is_called(const char *name, struct span folded, bool whole)
{
	struct buf out BUF_AUTO;
	struct span rest;

	buf_init(&out, NAME_MAX_BYTES);
	lexicon_fold(span_of(name), &out);
	rest = buf_span(&out);
	if (span_eq(rest, folded))
		return true;
	while (!whole && rest.n)
		if (span_eq(span_cut(&rest, ' '), folded))
			return true;
	return false;
}

static const struct conf_staff *only(const struct conf *c, struct span folded, bool whole)
{
	const struct conf_staff *found = NULL;

	for (size_t i = 0; i < c->staff_count; i++) {
		if (!is_called(c->staff[i].name, folded, whole))
			continue;
		if (found)
			return NULL;
		found = &c->staff[i];
	}
	return found;
}

/* Of "tess@x", "Tess Tech <tess@x>", "tess@x<mailto:tess@x>". */
static const struct conf_staff *by_address(const struct conf *c, struct span said)
{
	struct span rest = said, first = span_cut(&rest, '<');

	said = bare(rest.n ? span_cut(&rest, '>') : first);
	if (span_starts_ci(said, SPAN("mailto:")))
		said = span_sub(said, strlen("mailto:"), SIZE_MAX);
	return conf_staff_by_address(c, said);
}

const struct conf_staff *staff_name_find(const struct conf *c, struct span said)
{
	const struct conf_staff *found = by_address(c, said);
	struct buf folded BUF_AUTO;

	buf_init(&folded, NAME_MAX_BYTES);
	said = bare(said);
	for (size_t i = 0; i < c->staff_count && !found; i++)
		if (span_is_ci(said, c->staff[i].id))
			found = &c->staff[i];
	lexicon_fold(said, &folded);
	if (!found && folded.n)
		found = only(c, buf_span(&folded), true);
	return found || !folded.n ? found : only(c, buf_span(&folded), false);
}

const char *staff_name_zone(const struct conf *c, const struct conf_staff *staff)
{
	const struct conf_queue *queue =
	    staff->queues.n ? conf_queue_find(c, staff->queues.v[0]) : NULL;

	if (staff->zone)
		return staff->zone;
	return queue ? queue->zone : c->queues[0].zone;
}

bool staff_name_works_on(const struct conf_staff *staff, const char *queue)
{
	bool works = !staff->queues.n;

	for (size_t i = 0; i < staff->queues.n; i++)
		works |= strcmp(queue, staff->queues.v[i]) == 0;
	return works;
}

bool staff_name_sees(const struct conf_staff *staff, const struct store_case *c)
{
	bool sees = !staff->queues.n || span_is(c->owner, staff->id);

	for (size_t i = 0; i < staff->queues.n; i++)
		sees |= span_is(c->queue, staff->queues.v[i]);
	return sees;
}
