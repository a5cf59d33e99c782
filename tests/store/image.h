/*
 * What a disk has of a file, for tests that take its power: what was synced apart from what was
 * only written, which may be there, there in part, or lost.
 */
#ifndef TESTS_STORE_IMAGE_H
#define TESTS_STORE_IMAGE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gatewayd/base/mem.h"
#include "tests/store/layer.h"

enum { IMAGE_PATH_MAX = 128 };

struct write {
	struct write *next; /* later */
	sqlite3_int64 at;
	int n; /* -1: cut to `at` bytes */
	char bytes[];
};

struct image {
	char path[IMAGE_PATH_MAX]; /* "": free */
	char *bytes;
	size_t n;
	struct write *first, **last;
};

/* What becomes of a write that was not synced: how many of its bytes get there, -1 for none. */
typedef int image_fate_fn(void *ctx, const struct write *w);

/* Of n that a store may have; it has fewer. */
static inline struct image *image_of(struct image *v, int n, const char *path)
{
	for (int i = 0; i < n; i++) {
		struct image *im = &v[i];

		if (im->path[0] == '\0') {
			snprintf(im->path, sizeof(im->path), "%s", path);
			im->last = &im->first;
		}
		if (strcmp(im->path, path) == 0)
			return im;
	}
	abort();
}

static inline void image_later(struct image *im, sqlite3_int64 at, const void *bytes, int n)
{
	struct write *w = mem_alloc(sizeof(*w) + (n > 0 ? (size_t)n : 0));

	w->at = at;
	w->n = n;
	if (n > 0)
		memcpy(w->bytes, bytes, (size_t)n);
	*im->last = w;
	im->last = &w->next;
}

static inline void image_apply(struct image *im, const struct write *w, int n)
{
	size_t end = (size_t)w->at + (size_t)n;

	if (end > im->n || w->n < 0) {
		im->bytes = mem_resize_n(im->bytes, end + 1, 1);
		if (end > im->n)
			memset(im->bytes + im->n, 0, end - im->n);
		im->n = end;
	}
	if (n)
		memcpy(im->bytes + w->at, w->bytes, (size_t)n);
}

/* fate NULL: all of it gets there. */
static inline void image_settle(struct image *im, image_fate_fn *fate, void *ctx)
{
	while (im->first) {
		struct write *w = im->first;
		int n = fate ? fate(ctx, w) : w->n < 0 ? 0 : w->n;

		im->first = w->next;
		if (n >= 0)
			image_apply(im, w, n);
		free(w);
	}
	im->last = &im->first;
}

/* The file becomes what the disk has, if it is still there. */
static inline void image_write(const struct image *im)
{
	int fd = open(im->path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, im->bytes ? im->bytes : "", im->n) != (ssize_t)im->n)
		abort();
	close(fd);
}

static inline void image_forget(struct image *im)
{
	image_settle(im, NULL, NULL);
	free(im->bytes);
	*im = (struct image){ .last = &im->first };
}

#endif
