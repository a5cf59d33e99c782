#include "conf/files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct file {
	const char *path;
	uint64_t hash;	  /* of the path: hundreds of files are looked through for each */
	struct span text; /* p == NULL: is not there */
	const char *complaint;
	struct file *next;
};

struct conf_files {
	struct arena *arena;
	bool frozen;
	struct file *first, **last;
	size_t count;
};

struct conf_files *files_new(struct arena *a)
{
	struct conf_files *f = arena_alloc(a, sizeof(*f));

	f->arena = a;
	f->last = &f->first;
	return f;
}

/* FNV-1a. */
static uint64_t hash_of(const char *path)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *path; path++)
		hash = (hash ^ (unsigned char)*path) * UINT64_C(0x100000001b3);
	return hash;
}

static struct file *find(const struct conf_files *f, const char *path)
{
	uint64_t hash = hash_of(path);
	struct file *file = f->first;

	while (file && (file->hash != hash || strcmp(file->path, path) != 0))
		file = file->next;
	return file;
}

static struct file *add(struct conf_files *f, const char *path)
{
	struct file *file = arena_alloc(f->arena, sizeof(*file));

	file->path = arena_cstr(f->arena, span_of(path));
	file->hash = hash_of(path);
	*f->last = file;
	f->last = &file->next;
	f->count++;
	return file;
}

static bool slurp(int fd, size_t max, struct arena *a, struct file *file)
{
	struct stat st;
	size_t n = 0;
	char *p;

	if (fd < 0 || fstat(fd, &st) < 0) {
		file->complaint = arena_printf(a, "cannot be read: %s", strerror(errno));
		return false;
	}
	if (!S_ISREG(st.st_mode) || st.st_size < 0 || (uint64_t)st.st_size > max) {
		file->complaint = arena_printf(a, "is no regular file of at most %zu bytes", max);
		return false;
	}
	p = arena_room(a, (size_t)st.st_size + 1);
	while (n < (size_t)st.st_size) {
		ssize_t got = read(fd, p + n, (size_t)st.st_size - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	file->text = (struct span){ p, n };
	return true;
}

static void read_disk(struct conf_files *f, struct file *file, size_t max)
{
	int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	slurp(fd, max, f->arena, file);
	if (fd >= 0)
		close(fd);
}

bool files_read(struct conf_files *f, const char *path, size_t max, struct span *ret_text,
		const char **ret_complaint)
{
	struct file *file = find(f, path);

	if (!file && (f->frozen || f->count == FILES_COUNT_MAX)) {
		*ret_complaint = "was not there when the configuration was loaded";
		return false;
	}
	if (!file) {
		file = add(f, path);
		read_disk(f, file, max);
	}
	*ret_text = file->text;
	*ret_complaint = file->complaint;
	return file->text.p != NULL;
}

size_t files_rank(const struct conf_files *f, struct span path)
{
	size_t rank = 0;

	for (const struct file *file = f->first; file; file = file->next, rank++)
		if (span_is(path, file->path))
			break;
	return rank;
}

/* A text as its length in 32 bits and its bytes. */
static void put(struct buf *out, struct span s)
{
	uint32_t n = (uint32_t)s.n;

	buf_add(out, (struct span){ (const char *)&n, sizeof(n) });
	buf_add(out, s);
}

static bool get(struct span *in, struct span *ret)
{
	uint32_t n;

	if (in->n < sizeof(n))
		return false;
	memcpy(&n, in->p, sizeof(n));
	*in = span_sub(*in, sizeof(n), SIZE_MAX);
	*ret = span_sub(*in, 0, n);
	*in = span_sub(*in, n, SIZE_MAX);
	return ret->n == n;
}

void files_put(const struct conf_files *f, struct buf *out)
{
	for (const struct file *file = f->first; file; file = file->next) {
		if (!file->text.p)
			continue;
		put(out, span_of(file->path));
		put(out, file->text);
	}
}

struct conf_files *files_from(struct span bytes, struct arena *a)
{
	struct conf_files *f = files_new(a);
	struct span path, text;

	f->frozen = true;
	while (bytes.n) {
		if (!get(&bytes, &path) || !get(&bytes, &text) || f->count == FILES_COUNT_MAX)
			return NULL;
		add(f, arena_cstr(a, path))->text = arena_dup(a, text);
	}
	return f;
}
