/* A case with those that were merged into it: all of it, or what this person has in it. */
#include "gatewayd/case/case_index.h"
#include "gatewayd/case/case_log.h"
#include "gatewayd/person/job.h"

struct family {
	int64_t *numbers;
	size_t n;
	bool alone; /* but for staff nobody else is in it */
};

/* --- who is in it --- */

/* A mail of somebody who is neither staff nor a machine. */
static bool is_other(struct job *j, const struct store_note *note)
{
	bool person = note->trust == NOTE_TRUST_L0 || note->trust == NOTE_TRUST_L1 ||
		      note->trust == NOTE_TRUST_L2 || note->trust == NOTE_TRUST_L3 ||
		      note->trust == NOTE_TRUST_OUTSIDE;

	return note->kind == NOTE_INBOUND && person && note->author_address.n &&
	       !job_has(j, note->author_address);
}

static int notes_of(struct job *j, int64_t number, struct store_note **ret_v, size_t *ret_n,
		    struct err *e)
{
	return store_note_page(j->d->store, number, INT64_MAX, 0, j->d->arena, ret_v, ret_n, e);
}

static int look_at_files(struct job *j, int64_t note_id, struct err *e)
{
	struct store_attachment *v;
	size_t n;

	if (store_attachment_list(j->d->store, note_id, j->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		ARENA_GROW(j->d->arena, j->files, j->file_count);
		j->files[j->file_count++] = (struct job_file){ .row = v[i] };
	}
	return 0;
}

/* Before any goes. */
static int read_files(struct job *j, struct err *e)
{
	for (size_t i = 0; i < j->file_count; i++) {
		struct job_file *file = &j->files[i];
		int result = store_attachment_digest(j->d->store, &file->row, e);

		if (result < 0 && e->class != ERR_PERM)
			return -1;
		file->is_damaged = result < 0;
	}
	return 0;
}

static int look_at_notes(struct job *j, struct family *f, int64_t number, struct err *e)
{
	struct store_note *v;
	size_t n;

	if (notes_of(j, number, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		f->alone = f->alone && !is_other(j, &v[i]);
		if (!job_has(j, v[i].author_address))
			continue;
		if (!v[i].damaged) {
			person_words_said(&j->words, v[i].text);
			person_words_said(&j->words, v[i].reply);
		}
		if (look_at_files(j, v[i].id, e) < 0)
			return -1;
	}
	return 0;
}

static int look_at(struct job *j, struct family *f, int64_t number, struct err *e)
{
	struct store_case c;
	struct store_person *v;
	size_t n;

	if (store_case_get(j->d->store, number, j->d->arena, &c, e) < 0 ||
	    store_participant_list(j->d->store, number, j->d->arena, &v, &n, e) < 0)
		return -1;
	if (c.requester_address.n && !job_has(j, c.requester_address))
		f->alone = false;
	for (size_t i = 0; i < n; i++)
		f->alone = f->alone && job_has(j, v[i].address);
	return look_at_notes(j, f, number, e);
}

/* --- its notes --- */

static struct span erased(struct span text)
{
	return text.n ? SPAN(WORDS_ERASED) : SPAN("");
}

static int erase_note(struct job *j, const struct store_note *note, bool theirs, struct err *e)
{
	struct store_person_note row = { .id = note->id,
					 .author_name =
					     theirs ? SPAN(WORDS_ERASED) : note->author_name,
					 .author_address = theirs ? SPAN("") : note->author_address,
					 .author = SPAN(""),
					 .text = erased(note->text),
					 .reply = erased(note->reply),
					 .message_id = SPAN("") };
	int64_t files;

	if (store_person_note(j->d->store, &row, e) < 0 ||
	    store_person_files(j->d->store, note->id, SPAN("erased"), &files, e) < 0)
		return -1;
	j->counts[JOB_NOTES]++;
	j->counts[JOB_FILES] += files;
	return 0;
}

/* What cannot be read is the same, when it is as long. */
static int is_same(struct job *j, const struct job_file *theirs, struct store_attachment *file,
		   bool *ret_same, struct err *e)
{
	*ret_same = theirs->row.size == file->size;
	if (!*ret_same || theirs->is_damaged)
		return 0;
	if (store_attachment_digest(j->d->store, file, e) < 0)
		return e->class == ERR_PERM ? 0 : -1;
	*ret_same = memcmp(theirs->row.sha256, file->sha256, SHA256_SIZE) == 0;
	return 0;
}

static int is_passed_on(struct job *j, struct store_attachment *file, bool *ret_is, struct err *e)
{
	*ret_is = false;
	for (size_t i = 0; i < j->file_count && !*ret_is; i++)
		if (is_same(j, &j->files[i], file, ret_is, e) < 0)
			return -1;
	return 0;
}

/* Of others: theirs that was passed on goes, of any other its name is looked at. */
static int scrub_file(struct job *j, struct store_attachment *file, bool *any, struct err *e)
{
	struct span name = person_words_scrub(&j->words, file->filename);
	bool passed_on;

	if (is_passed_on(j, file, &passed_on, e) < 0)
		return -1;
	if (passed_on) {
		*any = true;
		j->counts[JOB_FILES]++;
		return store_person_file(j->d->store, file->id, SPAN("erased"), e);
	}
	if (name.p == file->filename.p)
		return 0;
	*any = true;
	return store_person_file_name(j->d->store, file->id, name, e);
}

static int scrub_files(struct job *j, int64_t note_id, bool *ret_any, struct err *e)
{
	struct store_attachment *v;
	size_t n;

	*ret_any = false;
	if (store_attachment_list(j->d->store, note_id, j->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (scrub_file(j, &v[i], ret_any, e) < 0)
			return -1;
	return 0;
}

/* What cannot be read may be about them. */
static struct span scrub_words(struct job *j, const struct store_note *note, struct span words)
{
	return note->damaged ? erased(words) : person_words_scrub(&j->words, words);
}

static int scrub_note(struct job *j, const struct store_note *note, struct err *e)
{
	struct store_person_note row = { .id = note->id,
					 .author_name =
					     person_words_scrub_name(&j->words, note->author_name),
					 .author_address = note->author_address,
					 .author = person_words_scrub(&j->words, note->author),
					 .text = scrub_words(j, note, note->text),
					 .reply = scrub_words(j, note, note->reply),
					 .message_id = note->message_id };
	bool any;

	if (scrub_files(j, note->id, &any, e) < 0)
		return -1;
	if (!any && row.author_name.p == note->author_name.p && row.author.p == note->author.p &&
	    row.text.p == note->text.p && row.reply.p == note->reply.p)
		return 0;
	j->counts[note->damaged ? JOB_UNREAD : JOB_MENTIONS]++;
	if (note->damaged)
		job_add_damaged(j, JOB_DAMAGED_NOTES, note->id, note->case_number);
	return store_person_note(j->d->store, &row, e);
}

static int do_notes(struct job *j, int64_t number, bool alone, struct err *e)
{
	struct store_note *v;
	size_t n;
	int done = 0;

	if (notes_of(j, number, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n && done == 0; i++) {
		bool theirs = job_has(j, v[i].author_address);

		done = alone || theirs ? erase_note(j, &v[i], theirs, e) : scrub_note(j, &v[i], e);
	}
	return done;
}

/* --- its log --- */

/* What a person may have written; of others the addresses and names go. */
static bool is_free_text(struct span type)
{
	static const enum case_event_type texts[] = {
		CASE_SEVERITY,	CASE_SUBJECT, CASE_REMINDER,  CASE_PARTICIPANT, CASE_MERGED,
		CASE_REQUESTER, CASE_LINKED,  CASE_UNREACHED, CASE_VOID,	CASE_UNLINKED,
		CASE_PHONE,	CASE_STATE,   CASE_MAIL,
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (span_is(type, case_event_name(texts[i])))
			return true;
	return false;
}

/* Of a mail its kind and what became of it are ours, behind them a server may have said anything.
 */
static struct span erased_reason(struct job *j, const struct store_event *ev, struct span text)
{
	struct span said = text;

	if (!span_is(ev->type, case_event_name(CASE_MAIL)))
		return erased(text);
	span_cut(&said, ' ');
	span_cut(&said, ' ');
	return said.n ? span_of(arena_printf(j->d->arena, SPAN_FMT "%s",
					     SPAN_ARG(span_sub(text, 0, text.n - said.n)),
					     WORDS_ERASED))
		      : text;
}

/* A state that a merge set is known by its reason (case/case_merge.c). */
static struct span replaced(struct job *j, const struct store_event *ev, const char *key,
			    struct span text, bool alone)
{
	if (alone && strcmp(key, "phone") == 0)
		return erased(text);
	if (alone && is_free_text(ev->type) && !span_is(text, "merged"))
		return erased_reason(j, ev, text);
	return person_words_scrub(&j->words, text);
}

static bool replace_in(struct job *j, const struct store_event *ev, json_t *data, bool alone)
{
	static const char *const keys[] = { "reason", "phone" };
	bool any = false;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct span before = json_span(data, keys[i]);
		struct span after = replaced(j, ev, keys[i], before, alone);

		if (!before.n || span_eq(before, after))
			continue;
		json_object_set_new(data, keys[i], json_of_span(after));
		any = true;
	}
	return any;
}

static int do_event(struct job *j, const struct store_event *ev, bool alone, struct err *e)
{
	json_t *data JSON_AUTO = NULL;
	bool theirs = job_has(j, ev->actor), any;
	struct buf text BUF_AUTO;

	buf_init(&text, SIZE_MAX);
	if (json_read(ev->data, &data, e) < 0)
		return -1;
	any = replace_in(j, ev, data, alone);
	if (!any && !theirs)
		return 0;
	json_write(data, true, &text);
	j->counts[JOB_EVENTS]++;
	return store_person_event(j->d->store, ev->id, theirs ? SPAN("erased") : ev->actor,
				  buf_span(&text), e);
}

static int do_events(struct job *j, int64_t number, bool alone, struct err *e)
{
	struct store_event *v;
	size_t n;

	if (store_event_list(j->d->store, number, j->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (do_event(j, &v[i], alone, e) < 0)
			return -1;
	return 0;
}

static int do_reminders(struct job *j, int64_t number, bool alone, struct err *e)
{
	struct store_person_reminder *v;
	size_t n;

	if (store_person_reminders(j->d->store, number, j->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		v[i].text = alone ? erased(v[i].text) : person_words_scrub(&j->words, v[i].text);
		if (store_person_reminder(j->d->store, &v[i], e) < 0)
			return -1;
	}
	return 0;
}

/* --- its mails --- */

static int do_mails(struct job *j, int64_t number, bool alone, struct err *e)
{
	const struct store_mail_filter f = { .message_id = SPAN(""),
					     .state = -1,
					     .case_number = number };
	struct store_mail *v;
	size_t n;

	if (store_mail_list(j->d->store, &f, j->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (job_mail(j, &v[i], alone, e) < 0)
			return -1;
	return 0;
}

static int is_of_their_note(struct job *j, const struct store_outbox *o, int64_t number,
			    bool *ret_is, struct err *e)
{
	struct store_note *v;
	size_t n;

	*ret_is = false;
	if (!o->note_id)
		return 0;
	if (store_note_page(j->d->store, number, o->note_id + 1, 1, j->d->arena, &v, &n, e) < 0)
		return -1;
	*ret_is = n && v[0].id == o->note_id && job_has(j, v[0].author_address);
	return 0;
}

static int do_outbox(struct job *j, int64_t number, bool alone, struct err *e)
{
	const struct store_outbox_filter f = { .state = -1, .case_number = number };
	struct store_outbox *v;
	size_t n;
	bool theirs;

	if (store_outbox_list(j->d->store, &f, j->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (is_of_their_note(j, &v[i], number, &theirs, e) < 0 ||
		    job_outbox(j, &v[i], alone || theirs, e) < 0)
			return -1;
	return 0;
}

/* --- the case itself --- */

static int leave_all(struct job *j, int64_t number, struct err *e)
{
	struct store_person *v;
	size_t n;

	if (store_participant_list(j->d->store, number, j->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (store_person_leave(j->d->store, number, v[i].address, e) < 0)
			return -1;
	return 0;
}

static int leave(struct job *j, int64_t number, struct err *e)
{
	if (j->whole)
		return leave_all(j, number, e);
	for (size_t i = 0; i < j->words.address_count; i++)
		if (store_person_leave(j->d->store, number, j->words.addresses[i], e) < 0)
			return -1;
	return 0;
}

static int do_row(struct job *j, int64_t number, bool alone, struct err *e)
{
	struct store_case c;
	bool theirs;

	if (store_case_get(j->d->store, number, j->d->arena, &c, e) < 0)
		return -1;
	theirs = job_has(j, c.requester_address);
	j->counts[alone ? JOB_CASES : JOB_SHARED]++;
	j->counts[JOB_OPEN] += !case_state_is_over(c.state);
	if (theirs || alone)
		c.subject = SPAN(WORDS_ERASED);
	else
		c.subject = person_words_scrub(&j->words, c.subject);
	c.requester_name =
	    theirs ? SPAN(WORDS_ERASED) : person_words_scrub_name(&j->words, c.requester_name);
	if (theirs)
		c.requester_address = SPAN("");
	return store_person_case(j->d->store, number, c.subject, c.requester_name,
				 c.requester_address, c.resource, e);
}

/* The outbox looks at the notes, and both at the addresses of the case: from the outside in.  Files
 * stand in the mails that they came with, so these go behind them. */
static int do_case(struct job *j, int64_t number, bool alone, struct err *e)
{
	if (do_outbox(j, number, alone, e) < 0 || do_notes(j, number, alone, e) < 0 ||
	    do_mails(j, number, alone, e) < 0 || do_events(j, number, alone, e) < 0 ||
	    do_reminders(j, number, alone, e) < 0 || do_row(j, number, alone, e) < 0 ||
	    leave(j, number, e) < 0 || store_person_forget_case(j->d->store, number, e) < 0)
		return -1;
	if (alone && store_person_held(j->d->store, number, e) < 0)
		return -1;
	return case_index_now(j->d, number, e);
}

int job_case(struct job *j, int64_t number, struct err *e)
{
	struct family f = { .alone = true };

	j->file_count = 0;
	if (store_person_family(j->d->store, number, j->d->arena, &f.numbers, &f.n, e) < 0)
		return -1;
	for (size_t i = 0; i < f.n && !j->whole; i++)
		if (look_at(j, &f, f.numbers[i], e) < 0)
			return -1;
	if (!f.alone && read_files(j, e) < 0)
		return -1;
	for (size_t i = 0; i < f.n; i++)
		if (do_case(j, f.numbers[i], f.alone, e) < 0)
			return -1;
	return 0;
}
