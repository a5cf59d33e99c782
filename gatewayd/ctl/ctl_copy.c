#include "gatewayd/ctl/ctl_copy.h"

#include <inttypes.h>
#include <sysexits.h>

#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_progress.h"
#include "gatewayd/ctl/ctl_view.h"

enum { SLICE_PAGES = 16 }; /* between two looks at the clock */

/* --- where the store is --- */

/* Without a daemon nobody waits: all of it. */
static int slice(struct ctl *c, struct store_copy *copy, struct store_copied *ret_copied,
		 struct err *e)
{
	int64_t end_ms = clock_wait_ms() + CTL_SLICE_MS;
	int more;

	do
		more =
		    store_copy_step(c->d->store, copy, c->daemon ? SLICE_PAGES : -1, ret_copied, e);
	while (more > 0 && clock_wait_ms() < end_ms);
	return more;
}

/* Another one that is under way goes on as long as its gatewayctl asks. */
static int find_copy(struct ctl *c, struct ctl_copy *copy, int64_t number, struct err *e)
{
	if (number)
		return number == copy->number && copy->copy
			   ? 0
			   : err_set(e, ERR_TEMP, "the copy was dropped, as nobody asked for more");
	if (copy->copy)
		return err_set(e, ERR_TEMP, "another copy is under way, for backup or check");
	if (store_copy_begin(c->d->store, &copy->copy, e) < 0)
		return -1;
	copy->number++;
	return 0;
}

int ctl_copy_slice(struct ctl *c)
{
	struct ctl_copy own = { 0 }, *copy = c->daemon ? c->daemon->copy : &own;
	struct store_copied copied = { 0 };
	struct err e = { 0 }, ignored;
	int64_t number;
	int more, status = ctl_option_number(c, "--slice", &number);

	if (status != EX_OK)
		return status;
	if (find_copy(c, copy, number, &e) < 0)
		return ctl_fail(c, &e);
	copy->slices++;
	c->is_more = number > 0 || !c->daemon; /* a store that is only read has no trail */
	more = slice(c, copy->copy, &copied, &e);
	if (more < 0)
		(void)store_copy_end(c->d->store, &copy->copy, NULL, &ignored);
	else if (more == 0)
		more = store_copy_end(c->d->store, &copy->copy, &c->file, &e);
	if (more < 0)
		return ctl_fail(c, &e);
	c->has_file = more == 0;
	return ctl_done(c, json_pack("{s:I, s:I, s:I}", "slice", (json_int_t)copy->number, "done",
				     (json_int_t)copied.done, "total", (json_int_t)copied.total));
}

/* --- in gatewayctl --- */

static int ask_slice(struct ctl *c, const char *word, int64_t number, json_t **ret_answer)
{
	const char *words[] = { "--json", word, "--slice",
				arena_printf(c->d->arena, "%" PRIi64, number) };

	return ctl_ask_value(c, number ? 4 : 2, words, ret_answer);
}

int ctl_copy_get(struct ctl *c, const char *word, json_t **ret_answer)
{
	struct ctl_progress progress = ctl_progress_begin("pages");
	json_t *answer = NULL;
	int64_t number = 0;
	int status;

	do {
		json_decref(answer);
		answer = NULL;
		status = ask_slice(c, word, number, &answer);
		number = json_int(answer, "slice", 0);
		ctl_progress_say(&progress, json_int(answer, "done", 0),
				 json_int(answer, "total", 0));
	} while (status == EX_OK && number && !c->has_file);
	ctl_progress_end(&progress);
	if (status == EX_OK)
		*ret_answer = answer;
	else
		json_decref(answer);
	return status;
}
