/*
 * person export, in gatewayctl: a folder that a person can read, and JSON beside it.
 *
 * It is made under another name and gets its own at the end: one that is there is whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/file.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_progress.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_safe.h"
#include "gatewayd/ctl/ctl_view.h"

enum { CHUNK = 256 * KIB, NAME_MAX_BYTES = 80 };

struct export
{
	struct ctl *c;
	const char *folder;		      /* that is being made */
	json_t *cases, *mails, *rows, *names; /* numbers and names, as keys */
	json_t *addresses;
	json_t *index;
	json_t *damaged; /* what could not be read: its name here, and why */
	int64_t left_out;
	bool known; /* any row is about them */
};

/* --- files --- */

static int failed(struct export *x, const char *path)
{
	buf_addf(x->c->err, "gatewayctl: %s: %s\n", path, strerror(errno));
	return errno == EEXIST ? EX_DATAERR : EX_CANTCREAT;
}

static const char *in_folder(struct export *x, const char *name)
{
	return arena_printf(x->c->d->arena, "%s/%s", x->folder, name);
}

static int make_folder(struct export *x, const char *path)
{
	return mkdir(path, 0700) < 0 ? failed(x, path) : EX_OK;
}

static int write_text(struct export *x, const char *name, struct span text)
{
	const char *path = in_folder(x, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600),
	    status = EX_OK;

	if (fd < 0)
		return failed(x, path);
	if (file_write_all(fd, text) < 0)
		status = failed(x, path);
	close(fd);
	return status;
}

static int write_json(struct export *x, const char *name, const json_t *j)
{
	struct buf text BUF_AUTO;

	buf_init(&text, SIZE_MAX);
	json_write(j, false, &text);
	buf_adds(&text, "\n");
	return write_text(x, name, buf_span(&text));
}

static int copy_bytes(int from, int to)
{
	char *chunk MEM_AUTO = mem_alloc(CHUNK);
	off_t at = 0;
	ssize_t n;

	while ((n = pread(from, chunk, CHUNK, at)) > 0) {
		if (file_write_all(to, (struct span){ chunk, (size_t)n }) < 0)
			return -1;
		at += n;
	}
	return (int)n;
}

/* What came with the last answer. */
static int write_given(struct export *x, const char *name)
{
	const char *path = in_folder(x, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int status = EX_OK;

	if (fd < 0 || copy_bytes(x->c->file, fd) < 0)
		status = failed(x, path);
	if (fd >= 0)
		close(fd);
	return status;
}

/* Letters, digits and what is harmless in a name; never hidden, never a way elsewhere. */
static const char *safe_name(struct export *x, struct span name)
{
	struct span s = utf8_prefix(name, NAME_MAX_BYTES);
	char *safe = arena_cstr(x->c->d->arena, s);

	for (char *p = safe; *p; p++) {
		unsigned char u = (unsigned char)*p;

		if (!ascii_is_alpha(u) && !ascii_is_digit(u) && !strchr("._-", u))
			*p = '_';
		if (*p == '.' && (p == safe || p[-1] == '.'))
			*p = '_';
	}
	return *safe ? safe : "file";
}

/* --- asking --- */

static int ask(struct export *x, const char *kind, int64_t phase, int64_t at, json_t **ret_answer)
{
	struct arena *a = x->c->d->arena;
	const char *words[10] = { "--json", x->c->words[0], "--kind", kind };
	int n = 4;

	if (ctl_flag(x->c, "--internal"))
		words[n++] = "--internal";
	if (phase) {
		words[n++] = "--phase";
		words[n++] = arena_printf(a, "%" PRIi64, phase);
	}
	if (at) {
		words[n++] = "--at";
		words[n++] = arena_printf(a, "%" PRIi64, at);
	}
	return ctl_ask_value(x->c, n, words, ret_answer);
}

/* Its bytes into a file; *ret_bytes how many. */
static int fetch(struct export *x, const char *kind, int64_t at, const char *name,
		 int64_t *ret_bytes)
{
	json_t *answer JSON_AUTO = NULL;
	int status = ask(x, kind, 0, at, &answer);
	struct stat st;

	*ret_bytes = 0;
	if (status != EX_OK)
		return status;
	if (json_object_get(answer, "damaged")) {
		json_object_set(x->damaged, name, json_object_get(answer, "damaged"));
		return EX_OK;
	}
	if (!x->c->has_file)
		return ctl_usage(x->c, "the daemon gave no bytes of %s %" PRIi64, kind, at);
	if (fstat(x->c->file, &st) == 0)
		*ret_bytes = st.st_size;
	if (*ret_bytes)
		status = write_given(x, name);
	close(x->c->file);
	x->c->has_file = false;
	return status;
}

/* --- what there is --- */

static void add_key(json_t *set, int64_t id)
{
	char key[32];

	snprintf(key, sizeof(key), "%" PRIi64, id);
	json_object_set_new(set, key, json_integer(id));
}

static void take_found(struct export *x, const json_t *answer)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(answer, "found"), i, row)
	{
		int64_t table = json_int(row, "table", 0), number = json_int(row, "case", 0);
		struct span name = json_span(row, "name");

		x->known = true;
		if (number)
			add_key(x->cases, number);
		if (table == PERSON_MAILS)
			add_key(x->mails, json_int(row, "id", 0));
		if (table == PERSON_OUTBOX)
			add_key(x->rows, json_int(row, "id", 0));
		if (name.n)
			json_object_set_new(x->names, arena_cstr(x->c->d->arena, name),
					    json_true());
	}
	json_object_set(x->index, "addresses", json_object_get(answer, "addresses"));
}

static int find_all(struct export *x)
{
	struct ctl_progress progress = ctl_progress_begin("rows");
	int64_t phase = 0, at = 0, done = 0;
	bool finished = false;
	int status = EX_OK;

	while (status == EX_OK && !finished) {
		json_t *answer JSON_AUTO = NULL;

		status = ask(x, "found", phase, at, &answer);
		if (status != EX_OK)
			break;
		take_found(x, answer);
		phase = json_int(answer, "phase", 0);
		at = json_int(answer, "at", 0);
		done += 1000;
		finished = json_is_true(json_object_get(answer, "finished"));
		ctl_progress_say(&progress, done, json_int(answer, "rows", 0));
	}
	ctl_progress_end(&progress);
	if (status != EX_OK || x->known)
		return status;
	buf_addf(x->c->err, "gatewayctl: nothing is known of %s\n", x->c->words[0]);
	return EX_DATAERR;
}

/* --- cases --- */

static const char *text_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

static int write_files(struct export *x, const json_t *note, const char *folder, struct buf *text)
{
	const json_t *file;
	int status = EX_OK;
	size_t i;

	json_array_foreach(json_object_get(note, "attachments"), i, file)
	{
		int64_t id = json_int(file, "id", 0), bytes;
		const char *name = arena_printf(x->c->d->arena, "%s/%" PRIi64 "-%s", folder, id,
						safe_name(x, json_span(file, "filename")));

		status = fetch(x, "file", id, name, &bytes);
		if (status != EX_OK)
			return status;
		buf_addf(text, "File: %s%s\n", name,
			 bytes				     ? ""
			 : json_object_get(x->damaged, name) ? " (damaged: it cannot be read)"
							     : " (nothing in it)");
	}
	return status;
}

static int write_notes(struct export *x, const json_t *view, const char *folder, struct buf *text)
{
	const json_t *note;
	int status = EX_OK;
	size_t i;

	json_array_foreach(json_object_get(view, "notes"), i, note)
	{
		const json_t *author = json_object_get(note, "author");

		buf_addf(text, "\n--- %s, %s, %s <%s>\n\n%s\n", text_of(note, "at"),
			 text_of(note, "kind"), text_of(author, "name"), text_of(author, "address"),
			 text_of(note, "text"));
		status = write_files(x, note, folder, text);
		if (status != EX_OK)
			break;
	}
	return status;
}

static void write_events(const json_t *view, struct buf *text)
{
	const json_t *event;
	size_t i;

	buf_adds(text, "\n--- what happened\n\n");
	json_array_foreach(json_object_get(view, "events"), i, event)
	    buf_addf(text, "%s  %s: %s\n", text_of(event, "at"), text_of(event, "by"),
		     text_of(event, "what"));
}

static int write_case(struct export *x, int64_t number)
{
	const char *folder = arena_printf(x->c->d->arena, "cases/%" PRIi64, number);
	json_t *view JSON_AUTO = NULL;
	struct buf text BUF_AUTO;
	int status = ask(x, "case", 0, number, &view);

	buf_init(&text, SIZE_MAX);
	if (status == EX_OK)
		status = make_folder(x, in_folder(x, folder));
	if (status != EX_OK)
		return status;
	x->left_out += json_int(view, "notes_left_out", 0);
	buf_addf(&text, "Case %" PRIi64 ": %s\nOpened %s, state %s\n", number,
		 text_of(view, "subject"), text_of(view, "opened_at"), text_of(view, "state"));
	status = write_notes(x, view, folder, &text);
	write_events(view, &text);
	if (status == EX_OK)
		status = write_json(x, arena_printf(x->c->d->arena, "%s/case.json", folder), view);
	if (status == EX_OK)
		status = write_text(x, arena_printf(x->c->d->arena, "%s/case.txt", folder),
				    buf_span(&text));
	return status;
}

/* --- mails --- */

struct mails {
	const char *folder, *meta, *bytes; /* the kinds to ask for */
};

static int write_mail(struct export *x, const struct mails *m, int64_t id, json_t *list)
{
	const char *name = arena_printf(x->c->d->arena, "%s/%" PRIi64 ".eml", m->folder, id);
	json_t *meta = NULL;
	int64_t bytes = 0;
	int status = ask(x, m->meta, 0, id, &meta);

	if (status == EX_OK)
		status = fetch(x, m->bytes, id, name, &bytes);
	json_object_set_new(meta, "file", bytes ? json_string(name) : json_null());
	json_array_append_new(list, meta ? meta : json_null());
	return status;
}

static int write_mails(struct export *x, const struct mails *m, json_t *ids)
{
	json_t *list JSON_AUTO = json_array(), *id;
	int status = make_folder(x, in_folder(x, m->folder));
	const char *key;

	json_object_foreach(ids, key, id)
	{
		if (status != EX_OK)
			break;
		status = write_mail(x, m, json_integer_value(id), list);
	}
	json_object_set(x->index, m->folder, list);
	return status;
}

static int write_cases(struct export *x)
{
	json_t *list JSON_AUTO = json_array(), *id;
	int status = make_folder(x, in_folder(x, "cases"));
	const char *key;

	json_object_foreach(x->cases, key, id)
	{
		if (status != EX_OK)
			break;
		status = write_case(x, json_integer_value(id));
		json_array_append(list, id);
	}
	json_object_set(x->index, "cases", list);
	return status;
}

/* --- the folder --- */

static void write_damaged(struct export *x, struct buf *text)
{
	const char *name;
	json_t *why;

	if (!json_object_size(x->damaged))
		return;
	buf_adds(text, "\nDamaged in the store, so that they are not here:\n");
	json_object_foreach(x->damaged, name, why)
	    buf_addf(text, "%s: %s\n", name, json_string_value(why));
	json_object_set(x->index, "damaged", x->damaged);
}

static int write_index(struct export *x)
{
	struct buf text BUF_AUTO;
	const char *name;
	json_t *value, *names = json_array();
	size_t i;

	buf_init(&text, SIZE_MAX);
	buf_adds(&text, "What is known of: ");
	json_array_foreach(json_object_get(x->index, "addresses"), i, value)
	    buf_addf(&text, "%s%s", i ? ", " : "", json_string_value(value));
	json_object_foreach(x->names, name, value)
	{
		buf_addf(&text, "\nName: %s", name);
		json_array_append_new(names, json_string(name));
	}
	buf_addf(
	    &text,
	    "\n\nmails/   %zu mails of this person, as they came\n"
	    "sent/    %zu mails to this person, as they went out\n"
	    "cases/   %zu cases: case.txt to read, case.json for programs, files beside them\n"
	    "index.json: all of it for programs; the Message-IDs find the mails in other folders\n",
	    json_object_size(x->mails), json_object_size(x->rows), json_object_size(x->cases));
	if (x->left_out)
		buf_addf(&text,
			 "\n%" PRIi64 " notes that staff wrote for each other are left out "
			 "(person export --internal).\n",
			 x->left_out);
	write_damaged(x, &text);
	json_object_set_new(x->index, "names", names);
	json_object_set_new(x->index, "notes_left_out", json_integer(x->left_out));
	return write_json(x, "index.json", x->index) == EX_OK
		   ? write_text(x, "README.txt", buf_span(&text))
		   : EX_CANTCREAT;
}

static int write_all(struct export *x, const char *final)
{
	static const struct mails in = { "mails", "mail", "raw" },
				  out = { "sent", "row", "message" };
	int status = find_all(x);

	if (status == EX_OK)
		status = mkdir(x->folder, 0700) < 0 ? failed(x, final) : EX_OK;
	if (status == EX_OK)
		status = write_mails(x, &in, x->mails);
	if (status == EX_OK)
		status = write_mails(x, &out, x->rows);
	if (status == EX_OK)
		status = write_cases(x);
	return status == EX_OK ? write_index(x) : status;
}

static int finish(struct export *x, const char *final)
{
	if (rename(x->folder, final) < 0)
		return failed(x, final);
	if (!x->c->json)
		ctl_line(x->c,
			 "%s: %zu mails, %zu sent, %zu cases%s; README.txt says what is where",
			 final, json_object_size(x->mails), json_object_size(x->rows),
			 json_object_size(x->cases),
			 json_object_size(x->damaged) ? ", some of them damaged" : "");
	return ctl_done(x->c, json_pack("{s:o, s:O}", "folder", json_of_span(span_of(final)),
					"index", x->index));
}

int ctl_person_export_local(struct ctl *c)
{
	json_t *cases JSON_AUTO = json_object(), *mails JSON_AUTO = json_object(),
		      *rows JSON_AUTO = json_object(), *names JSON_AUTO = json_object(),
		      *index JSON_AUTO = json_object(), *damaged JSON_AUTO = json_object();
	struct export x = { .c = c,
			    .cases = cases,
			    .mails = mails,
			    .rows = rows,
			    .names = names,
			    .index = index,
			    .damaged = damaged };
	const char *final = c->n > 1 ? c->words[1] : safe_name(&x, span_of(c->words[0]));
	int status;

	if (access(final, F_OK) == 0) {
		buf_addf(c->err,
			 "gatewayctl: %s: %s: remove it, or name another folder behind the "
			 "address\n",
			 final, strerror(EEXIST));
		return EX_DATAERR;
	}
	x.folder = arena_printf(c->d->arena, "%s.part", final);
	status = write_all(&x, final);
	return status == EX_OK ? finish(&x, final) : status;
}
