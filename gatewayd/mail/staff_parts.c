/* Commands that make one case of two, or two of one. */
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/case_merge.h"
#include "gatewayd/case/case_ops.h"
#include "gatewayd/mail/staff_run.h"
#include "gatewayd/mail/staff_said.h"
#include "gatewayd/post/change.h"

/* "41", "#41", "41 other account" */
int staff_run_merge(struct run *r, struct err *e)
{
	struct word_value left[] = { { "case", SPAN("") }, { "people", SPAN("") } };
	struct span more;
	int64_t into;
	bool other;

	if (!staff_said_case(r->c->argument, &into, &more))
		return staff_refuse_usage(r, e);
	other = span_is_ci(span_trim(more), "other account");
	if (!other && span_trim(more).n)
		return staff_refuse_usage(r, e);
	if (change_merge(r->d, r->r->number, into, other, r->who, e) < 0 ||
	    case_merge_left(r->d, r->r->number, into, &left[1].text, e) < 0)
		return -1;
	left[0].text = word_number(r->d, into);
	staff_says(r, WORD_DONE_MERGE, "case", left[0].text);
	if (left[1].text.n)
		r->found = word_fill(r->d, r->words, WORD_MERGE_LEFT, left, 2);
	staff_undo(r, STAFF_UNMERGE, word_number(r->d, r->r->number));
	return 0;
}

/* "#unmerge", when only one was merged into this case; "#unmerge 41" */
int staff_run_unmerge(struct run *r, struct err *e)
{
	struct store_case c, into;
	struct span more = SPAN("");
	int64_t number;

	if (!r->c->argument.n) {
		if (case_merged_one(r->d, r->r->number, &number, e) < 0)
			return -1;
	} else if (!staff_said_case(r->c->argument, &number, &more) || more.n) {
		return staff_refuse_usage(r, e);
	}
	if (store_case_get(r->d->store, number, r->d->arena, &c, e) < 0)
		return e->class == ERR_PERM ? word_refuse_case(r->d, e, WORD_NO_CASE, number) : -1;
	if (case_follow(r->d, number, &into, e) < 0)
		return -1;
	if (into.number != r->r->number || !c.merged_into)
		return word_refuse_case(r->d, e, WORD_NOT_MERGED, number);
	if (change_unmerge(r->d, number, r->who, e) < 0)
		return -1;
	staff_says(r, WORD_DONE_UNMERGE, "case", word_number(r->d, number));
	return 0;
}

/* The mail that the answered notice tells of; "#split SUBJECT" */
int staff_run_split(struct run *r, struct err *e)
{
	size_t most = (size_t)r->d->conf->limits.subject_bytes;
	int64_t note, number;

	if (staff_told_note(r, &note, e) < 0 ||
	    change_split(r->d, r->r->number, note, utf8_prefix(r->c->argument, most), r->who,
			 &number, e) < 0)
		return -1;
	staff_says(r, WORD_DONE_SPLIT, "case", word_number(r->d, number));
	return 0;
}
