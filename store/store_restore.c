#include "store/store_restore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "store/extent.h"
#include "store/file_copy.h"
#include "store/sqlite_file.h"
#include "store/standing.h"
#include "store/store_erasure.h"

static char *with_tail(const char *where, const char *tail)
{
	char *path = mem_alloc(strlen(where) + strlen(tail) + 1);

	stpcpy(stpcpy(path, where), tail);
	return path;
}

static int failed(const char *path, struct err *e)
{
	return err_set(e, errno == ENOSPC || errno == EDQUOT ? ERR_TEMP : ERR_PERM, "%s: %s", path,
		       strerror(errno));
}

/* --- what was there, aside --- */

static const char *base_name(const char *where)
{
	const char *slash = strrchr(where, '/');

	return slash ? slash + 1 : where;
}

static char *inside(const char *folder, const char *where, const char *tail)
{
	const char *name = base_name(where);
	char *path = mem_alloc(strlen(folder) + strlen(name) + strlen(tail) + 2);

	stpcpy(stpcpy(stpcpy(stpcpy(path, folder), "/"), name), tail);
	return path;
}

static bool is_same_file(const char *one, const char *other)
{
	struct stat a, b;

	return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static bool has_room(const char *folder, const char *where, const char *tail)
{
	char *to MEM_AUTO = inside(folder, where, tail), *from MEM_AUTO = with_tail(where, tail);

	return sqlite_file_size(to) < 0 || sqlite_file_size(from) < 0 || is_same_file(to, from);
}

/* An earlier try ended before the store itself came into it, and it has room for what there is. */
static bool is_begun(const char *folder, const char *where)
{
	char *store MEM_AUTO = inside(folder, where, "");

	return sqlite_file_size(store) < 0 && has_room(folder, where, "-wal") &&
	       has_room(folder, where, BULK_TAIL);
}

static bool find_begun(const char *where, char *out, size_t size)
{
	const char *name = base_name(where);
	char *folder MEM_AUTO = with_tail(where, ""),
		     *begin MEM_AUTO = with_tail(name, ".replaced-");
	struct dirent *entry;
	bool found = false;
	DIR *d;

	folder[name == where ? 0 : name - where - (name - where > 1)] = '\0';
	d = opendir(*folder ? folder : ".");
	while (d && !found && (entry = readdir(d))) {
		if (strncmp(entry->d_name, begin, strlen(begin)) != 0)
			continue;
		snprintf(out, size, "%s.replaced-%s", where, entry->d_name + strlen(begin));
		found = is_begun(out, where);
	}
	if (d)
		closedir(d);
	return found;
}

static int aside_folder(const char *where, int64_t now, char *out, size_t size, struct err *e)
{
	struct civil c;

	if (find_begun(where, out, size))
		return 0;
	do { /* two in one second: the next second */
		civil_from_utc(now++, &c);
		snprintf(out, size, "%s.replaced-%04d%02d%02dT%02d%02d%02dZ", where, c.year,
			 c.month, c.day, c.hour, c.minute, c.second);
	} while (sqlite_file_size(out) >= 0);
	if (mkdir(out, 0700) < 0)
		return failed(out, e);
	return sqlite_file_give(out, e);
}

/* What knows the numbers stays until another takes its place. */
static int link_aside(const char *from, const char *to)
{
	return link(from, to) < 0 && errno != EEXIST ? -1 : 0;
}

static int move_tail(const char *where, int64_t now, const char *tail,
		     int (*move)(const char *, const char *), struct store_placed *placed,
		     struct err *e)
{
	char *from MEM_AUTO = with_tail(where, tail), *to MEM_AUTO = NULL;

	if (sqlite_file_size(from) < 0)
		return 0;
	if (!placed->aside[0] &&
	    aside_folder(where, now, placed->aside, sizeof(placed->aside), e) < 0)
		return -1;
	to = inside(placed->aside, where, tail);
	if (move(from, to) < 0)
		return failed(from, e);
	return sqlite_file_sync_folder(to, e) < 0 ? -1 : sqlite_file_sync_folder(where, e);
}

/* It is aside by another name, and the next store would cut it. */
static int drop_bulk(const char *where, struct err *e)
{
	char *path MEM_AUTO = with_tail(where, BULK_TAIL);

	return unlink(path) < 0 && errno != ENOENT ? failed(path, e) : 0;
}

/*
 * Log and companion first, then the companion that is to come, the store last: a folder without it
 * is one that was not done, and a store beside a companion that is ahead of it does not open.  What
 * is long stays beside the store until that is moved.
 */
static int move_aside(const char *where, int64_t now, const struct witness_state *next,
		      struct store_placed *placed, struct err *e)
{
	char *path MEM_AUTO = standing_path(where);

	if (move_tail(where, now, BULK_TAIL, link_aside, placed, e) < 0 ||
	    move_tail(where, now, "-wal", rename, placed, e) < 0 ||
	    move_tail(where, now, ".witness", link_aside, placed, e) < 0 ||
	    witness_make(path, next, true, e) < 0 ||
	    move_tail(where, now, "", rename, placed, e) < 0)
		return -1;
	return drop_bulk(where, e);
}

/* --- what is known of the one that was there --- */

static int64_t higher(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Numbers and epochs of one more witness. */
static void learn(struct witness_state *known, const struct witness_state *seen)
{
	static const uint8_t none[STORE_TAG_SIZE];

	if (memcmp(known->identity, none, sizeof(none)) == 0)
		memcpy(known->identity, seen->identity, sizeof(none));
	known->commits = higher(known->commits, seen->commits);
	for (int i = 0; i < SEQUENCE_COUNT; i++)
		known->sequence[i] = higher(known->sequence[i], seen->sequence[i]);
	for (size_t i = 0; i < seen->epochs && known->epochs < WITNESS_EPOCHS_MAX; i++)
		known->epoch[known->epochs++] = seen->epoch[i];
}

/* From its companion and from itself, as far as they can be read; without commits: nothing. */
static int learn_all(const char *where, struct witness_state *ret_known, struct err *e)
{
	char *path MEM_AUTO = standing_path(where);
	struct witness_state seen = { 0 };
	struct store *s = NULL;

	*ret_known = (struct witness_state){ 0 };
	if (witness_read(path, &seen) == WITNESS_FOUND)
		learn(ret_known, &seen);
	if (sqlite_file_size(where) <= 0)
		return 0;
	if (store_open(where, STORE_COPY, &s, e) < 0)
		return e->class == ERR_TEMP && strstr(e->text, "has it open") ? -1 : 0;
	learn(ret_known, &s->standing);
	store_close(&s);
	return 0;
}

/* --- making a store ready --- */

static int put_folders(struct store *s, const struct store_folders *folders,
		       enum store_folder_how how, struct err *e)
{
	for (size_t i = 0; i < folders->n; i++) {
		struct store_folder f = folders->v[i];

		f.how = how;
		if (store_folder_put(s, &f, e) < 0)
			return -1;
	}
	return 0;
}

static int set_made(struct store *s, int64_t commits, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_STANDING_MADE, e);
	query_int(&q, commits);
	return query_run(&q);
}

/* A new epoch, in which what was made in those that were lost counts up to the mark. */
static int begin_epoch(struct store *s, const struct witness_state *known, int64_t mark,
		       struct err *e)
{
	for (size_t i = known->epochs; i > 0; i--) {
		struct store_epoch lost = known->epoch[i - 1];

		lost.mark = lost.mark < mark ? lost.mark : mark;
		if (store_epoch_add(s, &lost, e) < 0)
			return -1;
	}
	return store_epoch_begin(s, mark, e);
}

/* A backup of before stores had one is of the store whose place it takes. */
static int set_identity(struct store *s, const struct witness_state *known, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_STANDING_SET_IDENTITY, e);
	query_blob(&q, (struct span){ (const char *)known->identity, STORE_TAG_SIZE });
	memcpy(s->standing.identity, known->identity, STORE_TAG_SIZE);
	return query_run(&q);
}

/* Numbers that nobody remembers are jumped over. */
static void guess(struct store *s, const struct witness_state *known, struct store_placed *p,
		  struct witness_state *numbers)
{
	p->guessed = memcmp(known->identity, s->standing.identity, STORE_TAG_SIZE) != 0;
	for (int i = 0; i < SEQUENCE_COUNT && p->guessed; i++)
		numbers->sequence[i] =
		    higher(numbers->sequence[i], s->standing.sequence[i] + STORE_NUMBERS_SKIPPED);
}

static int make_ready(struct store *s, const struct witness_state *known, bool any,
		      struct store_placed *p, struct err *e)
{
	struct witness_state numbers = *known;

	if (store_last_case(s, &p->backup_cases, e) < 0 ||
	    (any && s->upgraded && set_identity(s, known, e) < 0))
		return -1;
	guess(s, known, p, &numbers);
	if (begin_epoch(s, known, p->backup_cases, e) < 0 || standing_raise(s, &numbers, e) < 0 ||
	    set_made(s, higher(known->commits, s->standing.commits) + 1, e) < 0)
		return -1;
	return store_last_case(s, &p->last_case, e);
}

/* --- init --- */

/* It has no companion, or nobody has said that it is the one. */
static int take_as_it_is(const char *where, const struct store_folders *folders,
			 const struct store_listener *listener, struct store_placed *p,
			 struct err *e)
{
	char *path MEM_AUTO = standing_path(where);
	struct store *s STORE_AUTO = NULL;
	struct store *txn STORE_TXN = NULL;
	struct witness_state same;

	if (store_open_told(where, STORE_COPY, listener, &s, e) < 0 || extent_is_whole(s, e) < 0)
		return -1;
	txn = s;
	same = s->standing;
	store_trust(s);
	if (store_begin(txn, e) < 0 || make_ready(txn, &same, true, p, e) < 0 ||
	    (same.sequence[SEQUENCE_MAIL] == 0 && put_folders(txn, folders, FOLDER_PASS, e) < 0) ||
	    store_commit(txn, e) < 0 || standing_read(s, &s->standing, e) < 0)
		return -1;
	return witness_make(path, &s->standing, true, e);
}

static int begin_new(const char *where, int64_t now, const struct witness_state *known,
		     const struct store_folders *folders, struct store_placed *p, struct err *e)
{
	struct witness_state blank = { .is_blank = true };
	struct store *s STORE_AUTO = NULL;
	struct store *txn STORE_TXN = NULL;

	memcpy(blank.sequence, known->sequence, sizeof(blank.sequence));
	if (move_aside(where, now, &blank, p, e) < 0 || store_open(where, STORE_CREATE, &s, e) < 0)
		return -1;
	txn = s;
	if (store_begin(txn, e) < 0 || standing_raise(txn, known, e) < 0 ||
	    set_made(txn, s->standing.commits, e) < 0 ||
	    put_folders(txn, folders, FOLDER_PASS, e) < 0 ||
	    store_last_case(txn, &p->last_case, e) < 0)
		return -1;
	return store_commit(txn, e);
}

/* One that a person chose, or that is behind its companion: the error says what restore can do. */
static int refuse_good(const char *where, const struct store_listener *listener, struct err *e)
{
	struct store *s STORE_AUTO = NULL;
	bool made;

	if (store_open_told(where, STORE_WRITE, listener, &s, e) < 0 || store_made(s, &made, e) < 0)
		return -1;
	return made ? err_set(e, ERR_PERM, "store %s: there is one already", where) : 0;
}

int store_init(const char *where, int64_t now, const struct store_folders *folders,
	       const struct store_listener *listener, struct store_placed *ret_placed,
	       struct err *e)
{
	char *path MEM_AUTO = standing_path(where);
	struct store_placed p = { 0 };
	struct witness_state known, seen;

	if (sqlite_file_size(where) > 0 && witness_read(path, &seen) == WITNESS_FOUND &&
	    refuse_good(where, listener, e) < 0)
		return -1;
	if (sqlite_file_size(where) > 0) {
		if (take_as_it_is(where, folders, listener, &p, e) < 0)
			return -1;
	} else if (learn_all(where, &known, e) < 0 ||
		   begin_new(where, now, &known, folders, &p, e) < 0) {
		return -1;
	}
	*ret_placed = p;
	return 0;
}

/* --- restore --- */

/* Of what a store is made of, its companion aside. */
static const char *const tails[] = { "", "-wal", BULK_TAIL };
enum { TAILS = sizeof(tails) / sizeof(*tails) };

static void drop_copy(const char *copy)
{
	for (size_t i = 0; i < TAILS; i++) {
		char *path MEM_AUTO = with_tail(copy, tails[i]);

		unlink(path);
	}
}

/* What an earlier restore has left is not taken for a part of this one. */
static int copy_tail(const char *copy, const char *tail, const struct store_restore *r,
		     struct file_copying *c, struct err *e)
{
	char *from MEM_AUTO = with_tail(r->file, tail), *to MEM_AUTO = with_tail(copy, tail);

	unlink(to);
	return sqlite_file_size(from) > 0 ? file_copy(from, to, c, e) : 0;
}

static int copy_in(const char *copy, const struct store_restore *r, struct err *e)
{
	struct file_copying c = { .progress = r->progress, .ctx = r->ctx };

	for (size_t i = 0; i < TAILS; i++) {
		char *path MEM_AUTO = with_tail(r->file, tails[i]);

		c.all += higher(sqlite_file_size(path), 0);
	}
	for (size_t i = 0; i < TAILS; i++)
		if (copy_tail(copy, tails[i], r, &c, e) < 0)
			return -1;
	return 0;
}

static int check_copy(struct store *s, const struct store_restore *r, struct err *e)
{
	for (int at = 0; at < STORE_CHECK_STEPS; at++) {
		if (at == STORE_CHECK_CONTENTS && r->findings->n && !r->anyway)
			return err_set(e, ERR_PERM, "%s is damaged, nothing was changed", r->file);
		if (store_check_step(s, at, r->findings, e) < 0)
			return -1;
	}
	return 0;
}

struct place {
	const char *where, *copy;
	const struct store_restore *r;
};

/* What is wrong with the copy is wrong with the file that it is of. */
static int open_copy(const struct place *at, struct store **ret_s, struct err *e)
{
	char *begin MEM_AUTO = with_tail(at->copy, ": "), *text MEM_AUTO = NULL;

	if (store_open_told(at->copy, STORE_COPY, at->r->listener, ret_s, e) == 0)
		return 0;
	if (!strstr(e->text, begin))
		return -1;
	text = mem_strdup(strstr(e->text, begin) + strlen(begin));
	return err_set(e, e->class, "%s: %s", at->r->file, text);
}

/* The copy as it will be, and what its companion will say. */
static int prepare(const struct place *at, const struct witness_state *known,
		   struct store_placed *p, struct witness_state *ret_state, struct err *e)
{
	const struct store_restore *r = at->r;
	bool any = known->commits > 0;
	char *erased MEM_AUTO = store_erased_path(at->where);
	struct store *s STORE_AUTO = NULL;
	struct store *txn STORE_TXN = NULL;

	if (open_copy(at, &s, e) < 0 || check_copy(s, r, e) < 0 || extent_take(s, e) < 0)
		return -1;
	txn = s;
	store_trust(s); /* all that is in its log is in the file then */
	if (store_begin(txn, e) < 0 || make_ready(txn, known, any, p, e) < 0 ||
	    store_again_hold(txn, &p->held, e) < 0 ||
	    store_erased_again(txn, erased, r->now, &p->erased, e) < 0 ||
	    put_folders(txn, &r->folders, FOLDER_AGAIN, e) < 0 || store_commit(txn, e) < 0)
		return -1;
	return standing_read(s, ret_state, e);
}

/* Until the last rename no store opens; each step is on the disk before the next. */
static int put_in_place(const char *where, const char *copy, int64_t now,
			const struct witness_state *state, struct store_placed *p, struct err *e)
{
	char *from MEM_AUTO = with_tail(copy, BULK_TAIL),
		   *to MEM_AUTO = with_tail(where, BULK_TAIL);

	if (move_aside(where, now, state, p, e) < 0)
		return -1;
	if (rename(from, to) < 0 && errno != ENOENT)
		return failed(to, e);
	if (sqlite_file_sync_folder(to, e) < 0)
		return -1;
	if (rename(copy, where) < 0)
		return failed(where, e);
	return sqlite_file_sync_folder(where, e);
}

/* Left by a restore that was killed, half of a copy perhaps: it would be taken from itself. */
static int refuse_itself(const char *file, const char *copy, struct err *e)
{
	if (!is_same_file(file, copy))
		return 0;
	return err_set(e, ERR_PERM, "%s: no backup, but what a restore that ended has left", file);
}

/* Before anything is written. */
static int refuse_other(const char *file, struct err *e)
{
	int64_t size = sqlite_file_size(file);

	if (size < 0)
		return failed(file, e);
	if (sqlite_file_is_one(file))
		return 0;
	return err_set(e, ERR_PERM, "%s is no backup of gatewayd%s; nothing was changed", file,
		       size ? "" : ": it is empty");
}

int store_restore(const char *where, const struct store_restore *r, struct store_placed *ret_placed,
		  struct err *e)
{
	char *copy MEM_AUTO = with_tail(where, ".restoring");
	const struct place at = { where, copy, r };
	struct store_placed p = { 0 };
	struct witness_state known, state;

	if (refuse_itself(r->file, copy, e) < 0 || refuse_other(r->file, e) < 0 ||
	    learn_all(where, &known, e) < 0)
		return -1;
	if (copy_in(copy, r, e) == 0 && prepare(&at, &known, &p, &state, e) == 0 &&
	    put_in_place(where, copy, r->now, &state, &p, e) == 0) {
		*ret_placed = p;
		return 0;
	}
	drop_copy(copy);
	return -1;
}
