/* One value on its way: where it stands, what it must be, where it goes. */
#ifndef CONF_READING_H
#define CONF_READING_H

#include "conf/loader.h"

struct reading {
	struct loader *l;
	const struct schema_row *row;
	const struct node *n;
	const char *path;
	char *to;    /* at row->at */
	char *count; /* at row->count_at */
};

/* What is wrong with it; the second quotes the text. */
void reading_problem(const struct reading *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void reading_wrong_text(const struct reading *r, const char *text, const char *wrong);
void reading_wrong_kind(const struct reading *r);

/* false: a problem was added. */
bool reading_text(const struct reading *r, struct span *ret_text);
bool reading_list(const struct reading *r, enum node_kind of);
bool reading_length_fits(const struct reading *r, size_t n, const char *what);

/* The same reading of entry i of a list, so that a problem names its line. */
struct reading reading_entry(const struct reading *r, size_t i);

#endif
