/* Commands about the member of staff who gives them. */
#include "gatewayd/case/case_log.h"
#include "gatewayd/case/staff_name.h"
#include "gatewayd/case/when.h"
#include "gatewayd/mail/staff_run.h"
#include "gatewayd/mail/staff_unknown.h"

enum { MORNING = 8, /* of a day without a time */ WHEN_WORDS_MAX = 12 };

static bool says_back(struct span text)
{
	static const char *const words[] = { "back", "off", "no", "end", "stop", "-" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_is_ci(text, words[i]))
			return true;
	return false;
}

/* "until Friday, tess": who stands in is behind the last comma, else the last word. */
static struct span cut_deputy(struct run *r, struct span text, const struct conf_staff **ret)
{
	static const char parts[] = ", ";

	*ret = NULL;
	for (const char *part = parts; *part && !*ret; part++) {
		const char *at = text.n ? memrchr(text.p, *part, text.n) : NULL;
		size_t n = at ? (size_t)(at - text.p) : 0;

		*ret = at ? staff_name_find(r->d->conf, span_sub(text, n + 1, SIZE_MAX)) : NULL;
		if (*ret)
			text = span_trim(span_sub(text, 0, n));
	}
	return text;
}

/* "until Friday" is the whole of Friday, "3 days" are three. */
static bool read_until(struct run *r, const char *zone, struct span text, int64_t *ret_until)
{
	struct when when;

	if (!when_read(r->d, r->words, zone, text, &when))
		return false;
	*ret_until = when.is_day && !when.is_span ? when_day(r->d, zone, when.at, 1, 0) : when.at;
	return true;
}

static void says_away(struct run *r, const char *zone, const struct store_away *away)
{
	const struct conf_staff *deputy =
	    conf_staff_find(r->d->conf, arena_cstr(r->d->arena, away->deputy));
	struct word_value v[2] = { { "until", word_time(r->d, r->words, zone, away->until_at) },
				   { "deputy", deputy ? span_of(deputy->name) : SPAN("") } };

	r->result = word_fill(r->d, r->words, deputy ? WORD_DONE_AWAY : WORD_DONE_AWAY_ALONE, v, 2);
	staff_undo(r, STAFF_BACK, SPAN(""));
}

/* "until Friday, nemo": behind a time stands somebody whom nobody knows. */
static int refuse_away(struct run *r, const char *zone, struct span text, struct err *e)
{
	static const char parts[] = ", ";
	int64_t unused;

	for (const char *part = parts; *part; part++) {
		const char *at = text.n ? memrchr(text.p, *part, text.n) : NULL;
		size_t n = at ? (size_t)(at - text.p) : 0;

		if (at && read_until(r, zone, span_trim(span_sub(text, 0, n)), &unused))
			return staff_unknown_person(r, span_trim(span_sub(text, n + 1, SIZE_MAX)),
						    NULL, e);
	}
	return staff_refuse_usage(r, e);
}

int staff_run_away(struct run *r, struct err *e)
{
	const char *zone = staff_name_zone(r->d->conf, r->r->staff);
	const struct conf_staff *deputy;
	struct store_away away = { .staff = r->who, .since_at = r->d->now, .deputy = SPAN("") };
	struct span text = cut_deputy(r, r->c->argument, &deputy);

	if (says_back(r->c->argument))
		return staff_run_back(r, e);
	if (deputy == r->r->staff)
		return word_refuse(r->d, e, WORD_OWN_DEPUTY, NULL, 0);
	if (when_is_past(r->d, r->words, zone, text))
		return word_refuse(r->d, e, WORD_PAST, &(struct word_value){ "when", text }, 1);
	if (!read_until(r, zone, text, &away.until_at))
		return refuse_away(r, zone, text, e);
	if (deputy)
		away.deputy = span_of(deputy->id);
	if (store_away_set(r->d->store, &away, e) < 0)
		return -1;
	says_away(r, zone, &away);
	return 0;
}

int staff_run_back(struct run *r, struct err *e)
{
	if (store_away_end(r->d->store, r->who, e) < 0)
		return -1;
	staff_says(r, WORD_DONE_BACK, NULL, SPAN_NONE);
	return 0;
}

/* --- reminders --- */

/* The longest beginning of the text that says when; *ret_rest: what stands behind it. */
static bool split_when(struct run *r, const char *zone, struct span text, struct when *ret_when,
		       struct span *ret_rest)
{
	size_t ends[WHEN_WORDS_MAX], n = 0;

	for (size_t i = 1; i <= text.n && n < WHEN_WORDS_MAX; i++)
		if (i == text.n || ascii_is_space((unsigned char)text.p[i]))
			ends[n++] = i;
	while (n--) {
		if (!when_read(r->d, r->words, zone, span_sub(text, 0, ends[n]), ret_when))
			continue;
		*ret_rest = span_trim(span_sub(text, ends[n], SIZE_MAX));
		while (ret_rest->n && strchr(":,;-", ret_rest->p[0]))
			*ret_rest = span_trim(span_sub(*ret_rest, 1, SIZE_MAX));
		return true;
	}
	return false;
}

static int forget(struct run *r, struct err *e)
{
	int64_t count;

	if (store_reminder_drop(r->d->store, r->r->number, r->who, &count, e) < 0)
		return -1;
	staff_says(r, WORD_DONE_NO_REMIND, "n", word_number(r->d, count));
	return 0;
}

/* "#remind 3 days", "#remind Friday: call them", "#remind -" */
int staff_run_remind(struct run *r, struct err *e)
{
	const char *zone = staff_name_zone(r->d->conf, r->r->staff);
	struct store_reminder row = { .case_number = r->r->number, .staff = r->who };
	struct case_event ev = { .type = CASE_REMINDER, .at = r->d->now, .actor = r->who };
	struct when when;

	if (says_back(r->c->argument))
		return forget(r, e);
	if (!split_when(r, zone, r->c->argument, &when, &row.text))
		return staff_refuse_usage(r, e);
	row.due_at = when.is_day ? when_day(r->d, zone, when.at, 0, MORNING) : when.at;
	if (row.due_at <= r->d->now)
		return staff_refuse_usage(r, e);
	ev.due = row.due_at;
	ev.reason = row.text;
	if (store_reminder_add(r->d->store, &row, e) < 0 ||
	    case_log_add(r->d, r->r->number, &ev, e) < 0)
		return -1;
	staff_says(r, WORD_DONE_REMIND, "time", word_time(r->d, r->words, zone, row.due_at));
	staff_undo(r, STAFF_REMIND, SPAN("-"));
	return 0;
}
