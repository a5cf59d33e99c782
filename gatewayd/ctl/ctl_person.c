/*
 * person erase, compact
 *
 * Each request does a slice, so that the daemon does its work in between; what is under way goes on
 * in the daemon when gatewayctl is gone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_copy.h"
#include "gatewayd/ctl/ctl_progress.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_safe.h"
#include "gatewayd/ctl/ctl_trail.h"
#include "gatewayd/ctl/ctl_view.h"
#include "gatewayd/person/erase.h"

/* --- where the store is --- */

/* Whose folders still have the mails. */
static json_t *mailboxes(const struct ctl *c)
{
	json_t *all = json_array();

	for (size_t i = 0; i < c->d->conf->mailbox_count; i++)
		json_array_append_new(all, json_string(c->d->conf->mailboxes[i].name));
	return all;
}

/* Those in clear, as long as it is not done. */
static json_t *addresses(struct ctl *c, int64_t id)
{
	struct store_erasure_address *v;
	json_t *all = json_array();
	struct err ignored;
	size_t n;

	if (store_erasure_addresses(c->d->store, id, c->d->arena, &v, &n, &ignored) < 0)
		return all;
	for (size_t i = 0; i < n; i++)
		if (v[i].address.n)
			json_array_append_new(all, json_of_span(v[i].address));
	return all;
}

static int answer(struct ctl *c, const struct store_erasure *er, json_t *known)
{
	json_t *counts = NULL;
	struct err e = { 0 };
	int64_t rows;

	if (store_person_rows(c->d->store, &rows, &e) < 0 ||
	    json_read(er->counts, &counts, &e) < 0) {
		json_decref(known);
		return ctl_fail(c, &e);
	}
	c->json = true;
	return ctl_done(c, json_pack("{s:I, s:b, s:b, s:o, s:o, s:o, s:s, s:i, s:I, s:I}",
				     "erasure", (json_int_t)er->id, "dry_run", (int)er->is_dry,
				     "finished", er->done_at != INSTANT_NONE, "addresses", known,
				     "counts", counts, "mailboxes", mailboxes(c), "store",
				     c->d->conf->store, "phase", er->phase, "place",
				     (json_int_t)er->place, "rows", (json_int_t)rows));
}

/* Without a daemon nobody waits: all of it. */
static int slices(struct ctl *c, int64_t id, struct store_erasure *ret_erasure, struct err *e)
{
	int64_t end_ms = clock_wait_ms() + CTL_SLICE_MS;

	do
		if (erase_slice(c->d, id, !c->daemon, ret_erasure, e) < 0)
			return -1;
	while (ret_erasure->done_at == INSTANT_NONE && (!c->daemon || clock_wait_ms() < end_ms));
	return 0;
}

/* With its row of the audit. */
static int begin(struct ctl *c, int64_t *ret_id, struct err *e)
{
	struct store *txn STORE_TXN = c->d->store;
	struct span address = span_of(c->words[0]);

	if (store_begin(txn, e) < 0 ||
	    erase_begin(c->d, address, ctl_flag(c, "--dry-run"), ret_id, e) < 0 ||
	    ctl_trail(c, e) < 0)
		return -1;
	return store_commit(txn, e);
}

int ctl_person_erase(struct ctl *c)
{
	struct store_erasure er;
	struct err e = { 0 };
	json_t *known;
	int64_t id;
	int status = ctl_option_number(c, "--look", &id);

	if (status != EX_OK)
		return status;
	c->is_more = id > 0;
	if (!id && begin(c, &id, &e) < 0)
		return ctl_fail(c, &e);
	known = addresses(c, id);
	if (slices(c, id, &er, &e) < 0) {
		json_decref(known);
		return ctl_fail(c, &e);
	}
	return answer(c, &er, known);
}

/* Core stands still meanwhile. */
int ctl_compact(struct ctl *c)
{
	struct store_counts counts;
	struct err e = { 0 };

	if (store_count(c->d->store, &counts, &e) < 0)
		return ctl_fail(c, &e);
	if (c->daemon && counts.bytes > ERASE_WHOLE_MAX && !ctl_flag(c, "--anyway")) {
		buf_addf(c->err,
			 "gatewayctl: the store has %" PRIi64
			 " MB, and the daemon would stand still "
			 "while it is written again: end it first, or --anyway\n",
			 counts.bytes / MIB);
		return EX_TEMPFAIL;
	}
	if (store_person_compact(c->d->store, true, &e) < 0)
		return ctl_fail(c, &e);
	return ctl_done(c, json_pack("{s:I}", "bytes_before", (json_int_t)counts.bytes));
}

/* --- in gatewayctl --- */

static int ask(struct ctl *c, bool is_dry, int64_t id, json_t **ret_answer)
{
	const char *words[] = { "--json", c->words[0], NULL, NULL };
	int n = 2;

	if (id) {
		words[n++] = "--look";
		words[n++] = arena_printf(c->d->arena, "%" PRIi64, id);
	} else if (is_dry) {
		words[n++] = "--dry-run";
	}
	return ctl_ask_value(c, n, words, ret_answer);
}

/* The last answer, with the addresses of the first. */
static int ask_all(struct ctl *c, bool is_dry, json_t **ret_last)
{
	struct ctl_progress progress = ctl_progress_begin("rows");
	json_t *last = NULL, *known JSON_AUTO = NULL;
	int64_t id = 0, done = 0;
	int status;

	do {
		json_decref(last);
		last = NULL;
		status = ask(c, is_dry, id, &last);
		id = json_int(last, "erasure", 0);
		if (status == EX_OK && !known)
			known = json_incref(json_object_get(last, "addresses"));
		done += json_int(last, "place", 0) > done ? json_int(last, "place", 0) - done : 0;
		ctl_progress_say(&progress, done, json_int(last, "rows", 0));
	} while (status == EX_OK && id && !json_is_true(json_object_get(last, "finished")));
	ctl_progress_end(&progress);
	if (status == EX_OK && known)
		json_object_set(last, "addresses", known);
	*ret_last = last;
	return status;
}

static void say_counts(struct ctl *c, const json_t *last, const char *head)
{
	const json_t *counts = json_object_get(last, "counts"), *address;
	const char *key;
	bool any = false;
	size_t i;

	buf_adds(c->out, head);
	json_array_foreach(json_object_get(last, "addresses"), i, address)
	    buf_addf(c->out, "%s%s", i ? ", " : "", json_string_value(address));
	buf_adds(c->out, "\n");
	for (i = 0; (key = erase_count_key(i)); i++) {
		int64_t n = json_int(counts, key, 0);

		if (n)
			ctl_line(c, "%8" PRIi64 "  %s", n, erase_count_text(i));
		any = any || n;
	}
	if (!any)
		ctl_line(c, "nothing is known of this address");
}

static void say_unread(struct ctl *c, const json_t *last)
{
	const json_t *all = json_object_get(json_object_get(last, "counts"), ERASE_UNREAD), *note;
	size_t i;

	json_array_foreach(all, i, note) ctl_line(
	    c, "  damaged note %" PRIi64 " of case %" PRIi64 ": its words go, its files stay",
	    json_int(note, "note", 0), json_int(note, "case", 0));
}

static void say_mailboxes(struct ctl *c, const json_t *last)
{
	const json_t *name;
	size_t i;

	buf_adds(c->out, "  the mails in the folders of the mail server, also the processed ones "
			 "(delete them there):");
	json_array_foreach(json_object_get(last, "mailboxes"), i, name)
	    buf_addf(c->out, "%s %s", i ? "," : "", json_string_value(name));
	buf_adds(c->out, "\n");
}

static void say_damaged(struct ctl *c, const json_t *last)
{
	const json_t *all = json_object_get(json_object_get(last, "counts"), ERASE_DAMAGED), *left;
	size_t i;

	if (!json_array_size(all))
		return;
	buf_adds(c->out, "  what is left of damaged mails, in which files of other cases stand "
			 "that cannot be read any more; it goes with the last of these:");
	json_array_foreach(all, i, left)
	    buf_addf(c->out, "%s mail %" PRIi64, i ? "," : "", json_int(left, "mail", 0));
	buf_adds(c->out, "\n");
}

static void say_left(struct ctl *c, const json_t *last)
{
	const char *store = json_string_value(json_object_get(last, "store"));

	ctl_line(c, "What is not erased by this:");
	say_mailboxes(c, last);
	say_damaged(c, last);
	if (store && store_is_file(store))
		ctl_line(c,
			 "  backups made before: one that is restored is erased again, as long as "
			 "%s.erased is beside the store",
			 store);
	else
		ctl_line(
		    c,
		    "  backups made before: one that is read in is erased again when a node begins "
		    "that has its list, .erased in state_dir");
	ctl_line(c, "  the file that accounts are imported from: take the contact out of it");
	ctl_line(c, "  what was sent by mail to others, the log of the machine, and exports");
	if (json_int(json_object_get(last, "counts"), ERASE_NOT_COMPACT, 0))
		ctl_line(c, "  unused parts of the store's file, which is long: \"gatewayctl "
			    "compact\" while the daemon is down");
}

static int finish(struct ctl *c, json_t *last, bool is_dry)
{
	if (!c->json) {
		say_counts(c, last, is_dry ? "Would erase of " : "Erased of ");
		say_unread(c, last);
		if (!is_dry)
			say_left(c, last);
	}
	return ctl_done(c, json_incref(last));
}

/* The address once more, on a terminal; else --yes. */
static int confirm(struct ctl *c)
{
	char line[512] = "";

	if (ctl_flag(c, "--yes"))
		return EX_OK;
	if (!isatty(STDIN_FILENO))
		return ctl_usage(c,
				 "person erase %s: there is no way back; --dry-run counts, "
				 "--yes does it",
				 c->words[0]);
	fprintf(
	    stderr,
	    "Everything known of this address will be erased; there is no way back.\n"
	    "\"gatewayctl person export\" writes it to a folder before, \"person erase --dry-run\" "
	    "counts it.\n"
	    "Type the address to go on: ");
	if (!fgets(line, sizeof(line), stdin) ||
	    !span_eq_ci(span_trim(span_of(line)), span_of(c->words[0])))
		return ctl_usage(c, "%s is not erased: another address was typed", c->words[0]);
	return EX_OK;
}

int ctl_person_erase_local(struct ctl *c)
{
	json_t *last JSON_AUTO = NULL;
	bool is_dry = ctl_flag(c, "--dry-run");
	int status;

	status = is_dry ? EX_OK : confirm(c);
	if (status == EX_OK)
		status = ask_all(c, is_dry, &last);
	return status == EX_OK ? finish(c, last, is_dry) : status;
}
