#include "gatewayd/person/erase.h"

#include "gatewayd/identity/addrspec.h"
#include "gatewayd/identity/idn.h"
#include "gatewayd/person/job.h"

static const struct {
	const char *key, *text;
} names[] = {
#define X(id, name, text) [id] = { name, text },
	JOB_COUNTS(X)
#undef X
};

const char *erase_count_key(size_t i)
{
	return i < JOB_COUNT_COUNT ? names[i].key : NULL;
}

const char *erase_count_text(size_t i)
{
	return i < JOB_COUNT_COUNT ? names[i].text : NULL;
}

/* --- beginning --- */

static bool is_same(const struct person *p, const struct store_erasure_address *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (memcmp(p->v[0].hash, v[i].hash, sizeof(v[i].hash)) == 0)
			return true;
	return false;
}

/* One at a time; *ret_id 0: none is under way. */
static int find_open(struct desk *d, const struct person *p, bool is_dry, int64_t *ret_id,
		     struct err *e)
{
	struct store_erasure open;
	struct store_erasure_address *v;
	size_t n;

	*ret_id = 0;
	if (store_erasure_next(d->store, d->arena, &open, e) < 0)
		return -1;
	if (!open.id)
		return 0;
	if (store_erasure_addresses(d->store, open.id, d->arena, &v, &n, e) < 0)
		return -1;
	if (open.is_dry != is_dry || !is_same(p, v, n))
		return err_set(e, ERR_TEMP,
			       "another erasure is under way: try again when it is done");
	*ret_id = open.id;
	return 0;
}

static int put_person(struct desk *d, int64_t id, const struct person *p, bool is_dry,
		      struct err *e)
{
	for (size_t i = 0; i < p->n; i++) {
		if (!is_dry && store_erased_keep_address(d->store, p->v[i].hash, d->now, e) < 0)
			return -1;
		if (store_erasure_address(d->store, id, &p->v[i], e) < 0)
			return -1;
	}
	return is_dry ? 0 : store_erased_sync(d->store, e);
}

int erase_begin(struct desk *d, struct span address, bool is_dry, int64_t *ret_id, struct err *e)
{
	struct person p;
	int64_t id;

	if (person_find(d, address, &p, e) < 0 || find_open(d, &p, is_dry, &id, e) < 0)
		return -1;
	if (!id && (store_erasure_add(d->store, d->now, is_dry, &id, e) < 0 ||
		    put_person(d, id, &p, is_dry, e) < 0))
		return -1;
	*ret_id = id;
	return 0;
}

/* --- where it stands --- */

static const struct {
	const char *key, *id, *of;
} damages[JOB_DAMAGE_COUNT] = {
	[JOB_DAMAGED_MAILS] = { ERASE_DAMAGED, "mail", "content" },
	[JOB_DAMAGED_NOTES] = { ERASE_UNREAD, "note", "case" },
};

static void read_damaged(struct job *j, enum job_damage what, const json_t *counts)
{
	const json_t *row;
	size_t n;

	json_array_foreach(json_object_get(counts, damages[what].key), n, row) job_add_damaged(
	    j, what, json_int(row, damages[what].id, 0), json_int(row, damages[what].of, 0));
}

static void read_counts(struct job *j)
{
	json_t *counts JSON_AUTO = NULL;
	struct err ignored;

	if (json_read(j->row.counts, &counts, &ignored) < 0)
		return;
	for (size_t i = 0; i < JOB_COUNT_COUNT; i++)
		j->counts[i] = json_int(counts, names[i].key, 0);
	for (int i = 0; i < JOB_DAMAGE_COUNT; i++)
		read_damaged(j, (enum job_damage)i, counts);
}

static void write_damaged(const struct job *j, enum job_damage what, json_t *counts)
{
	const struct job_damaged *d = &j->damaged[what];
	json_t *all;

	if (d->n == 0)
		return;
	all = json_array();
	for (size_t i = 0; i < d->n; i++)
		json_array_append_new(all, json_pack("{s:I, s:I}", damages[what].id,
						     (json_int_t)d->v[i].id, damages[what].of,
						     (json_int_t)d->v[i].of));
	json_object_set_new(counts, damages[what].key, all);
}

static void write_counts(struct job *j, bool not_compact)
{
	json_t *counts JSON_AUTO = json_object();
	struct buf text BUF_AUTO;

	buf_init(&text, SIZE_MAX);
	for (size_t i = 0; i < JOB_COUNT_COUNT; i++)
		json_object_set_new(counts, names[i].key, json_integer(j->counts[i]));
	for (int i = 0; i < JOB_DAMAGE_COUNT; i++)
		write_damaged(j, (enum job_damage)i, counts);
	if (not_compact)
		json_object_set_new(counts, ERASE_NOT_COMPACT, json_integer(1));
	json_write(counts, true, &text);
	j->row.counts = arena_dup(j->d->arena, buf_span(&text));
}

/* As mails carry it, and as people write its domain. */
static void load_address(struct job *j, struct span address)
{
	struct span domain = addrspec_domain(address);
	struct buf text BUF_AUTO;

	buf_init(&text, SIZE_MAX);
	person_words_address(&j->words, address);
	buf_add(&text, span_sub(address, 0, address.n - domain.n));
	idn_to_text(domain, &text);
	if (!span_eq_ci(buf_span(&text), address))
		person_words_address(&j->words, buf_span(&text));
}

static int load_words(struct job *j, struct err *e)
{
	struct span *v;
	size_t n;

	person_words_init(&j->words, j->d->arena);
	for (size_t i = 0; i < j->person.n; i++)
		load_address(j, j->person.v[i].address);
	if (store_erasure_names(j->d->store, j->row.id, j->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (addrspec_valid(v[i]))
			load_address(j, v[i]);
		else
			person_words_name(&j->words, v[i]);
	return 0;
}

static int load(struct job *j, struct desk *d, int64_t id, struct err *e)
{
	*j = (struct job){ .d = d };
	if (store_erasure_get(d->store, id, d->arena, &j->row, e) < 0 ||
	    store_person_key(d->store, j->person.key, e) < 0 ||
	    store_erasure_addresses(d->store, id, d->arena, &j->person.v, &j->person.n, e) < 0)
		return -1;
	read_counts(j);
	return load_words(j, e);
}

static void next_phase(struct job *j)
{
	j->row.phase++;
	j->row.place = 0;
}

/* --- what was found --- */

static int do_mail(struct job *j, int64_t id, struct err *e)
{
	struct store_mail m;

	return store_mail_get(j->d->store, id, j->d->arena, &m, e) < 0 ? -1
								       : job_mail(j, &m, true, e);
}

static int do_row(struct job *j, int64_t id, struct err *e)
{
	struct store_outbox o;

	return store_outbox_get(j->d->store, id, j->d->arena, &o, e) < 0
		   ? -1
		   : job_outbox(j, &o, true, e);
}

static int do_item(struct job *j, const struct store_erasure_item *item, struct err *e)
{
	if (span_is(item->kind, "case"))
		return job_case(j, item->id, e);
	return span_is(item->kind, "mail") ? do_mail(j, item->id, e) : do_row(j, item->id, e);
}

/* A dry one is taken back. */
static int dry_or_done(struct job *j, int done, struct err *e)
{
	if (done < 0)
		return -1;
	return j->row.is_dry ? store_back_to_mark(j->d->store, e)
			     : store_erased_sync(j->d->store, e);
}

static int items(struct job *j, struct err *e)
{
	struct store *s = j->d->store;
	struct store_erasure_item item;

	if (store_erasure_item_next(s, j->row.id, j->d->arena, &item, e) < 0)
		return -1;
	if (!item.id) {
		next_phase(j);
		return 0;
	}
	if (store_mark(s, e) < 0 || dry_or_done(j, do_item(j, &item, e), e) < 0)
		return -1;
	j->row.place++;
	return store_erasure_item_done(s, j->row.id, &item, e);
}

static int summaries(struct job *j, struct err *e)
{
	bool more;

	if (store_mark(j->d->store, e) < 0 || dry_or_done(j, job_summaries(j, &more, e), e) < 0)
		return -1;
	if (!more)
		next_phase(j);
	return 0;
}

static int forget_all(struct job *j, struct err *e)
{
	for (size_t i = 0; i < j->words.address_count; i++) {
		int64_t n = 0;

		if (store_person_forget_address(j->d->store, j->words.addresses[i], &n, e) < 0)
			return -1;
		j->counts[JOB_ADDRESS_ROWS] += n;
	}
	return 0;
}

static int addresses(struct job *j, struct err *e)
{
	if (store_mark(j->d->store, e) < 0 || dry_or_done(j, forget_all(j, e), e) < 0)
		return -1;
	next_phase(j);
	return 0;
}

/* What went with the files of a later case is not left. */
static int look_at_left(struct job *j, struct err *e)
{
	struct job_damaged *mails = &j->damaged[JOB_DAMAGED_MAILS];
	size_t kept = 0;

	for (size_t i = 0; i < mails->n; i++) {
		bool is;

		if (store_person_is_left(j->d->store, mails->v[i].of, &is, e) < 0)
			return -1;
		if (is)
			mails->v[kept++] = mails->v[i];
	}
	mails->n = kept;
	j->counts[JOB_DAMAGED] = (int64_t)kept;
	return 0;
}

static int forget(struct job *j, struct err *e)
{
	if (look_at_left(j, e) < 0)
		return -1;
	next_phase(j);
	if (j->row.is_dry)
		j->row.phase = JOB_DONE;
	return store_erasure_forget(j->d->store, j->row.id, j->row.is_dry, e);
}

static int find(struct job *j, struct err *e)
{
	bool more;

	if (job_find(j, (enum person_table)j->row.phase, &more, e) < 0)
		return -1;
	if (!more)
		next_phase(j);
	return 0;
}

/* --- slices --- */

static int save(struct job *j, bool not_compact, struct err *e)
{
	if (j->row.phase == JOB_DONE)
		j->row.done_at = j->d->now;
	write_counts(j, not_compact);
	return store_erasure_step(j->d->store, &j->row, e);
}

/* No node keeps a copy of what is erased while it is not known yet that it is. */
static int in_txn(struct job *j, int (*slice)(struct job *j, struct err *e), struct err *e)
{
	struct store *txn STORE_TXN = j->d->store;

	if (store_begin(txn, e) < 0 || store_node_hold_others(txn, e) < 0 || slice(j, e) < 0 ||
	    save(j, false, e) < 0)
		return -1;
	return store_commit(txn, e);
}

/* Old words are merged out of the index before the file is written again. */
static int words(struct job *j, struct err *e)
{
	bool done;

	if (store_person_words(j->d->store, j->row.place == 0, &done, e) < 0)
		return -1;
	j->row.place++;
	if (done)
		next_phase(j);
	return 0;
}

/* What fails is tried again: until then it is not done. */
static int file(struct job *j, bool whole, struct err *e)
{
	struct store *txn STORE_TXN = j->d->store;
	struct store_counts counts;
	bool small;

	if (store_count(txn, &counts, e) < 0)
		return -1;
	small = whole || counts.bytes <= ERASE_WHOLE_MAX;
	if (store_person_compact(txn, small, e) < 0)
		return -1;
	next_phase(j);
	return store_begin(txn, e) < 0 || save(j, !small, e) < 0 ? -1 : store_commit(txn, e);
}

static int slice(struct job *j, bool whole, struct err *e)
{
	switch (j->row.phase) {
	case JOB_ITEMS: return in_txn(j, items, e);
	case JOB_SUMMARIES: return in_txn(j, summaries, e);
	case JOB_ADDRESSES: return in_txn(j, addresses, e);
	case JOB_FORGET: return in_txn(j, forget, e);
	case JOB_WORDS: return in_txn(j, words, e);
	case JOB_FILE: return file(j, whole, e);
	default: return in_txn(j, find, e);
	}
}

int erase_slice(struct desk *d, int64_t id, bool whole, struct store_erasure *ret_erasure,
		struct err *e)
{
	struct job j;

	if (load(&j, d, id, e) < 0 || (j.row.done_at == INSTANT_NONE && slice(&j, whole, e) < 0))
		return -1;
	*ret_erasure = j.row;
	return 0;
}

int erase_turn(struct desk *d, struct store_erasure *ret_erasure, struct err *e)
{
	struct store_erasure open;

	if (store_erasure_next(d->store, d->arena, &open, e) < 0)
		return -1;
	*ret_erasure = open;
	return open.id ? erase_slice(d, open.id, false, ret_erasure, e) : 0;
}
