/*
 * The home of jansson in gatewayd/: JSON values, and the few ways in which ours are made.
 *
 * Texts must be UTF-8 (they come from the store); what is not becomes null rather than nothing.
 */
#ifndef GATEWAYD_BASE_JSON_H
#define GATEWAYD_BASE_JSON_H

#include <jansson.h>

#include "gatewayd/base/buf.h"
#include "gatewayd/base/clock.h"
#include "gatewayd/base/err.h"

static inline void json_auto_release(json_t **j)
{
	json_decref(*j);
}
#define JSON_AUTO __attribute__((cleanup(json_auto_release)))

json_t *json_of_span(struct span s);	     /* p == NULL: null */
json_t *json_of_span_or_null(struct span s); /* empty: null */
json_t *json_of_instant(int64_t at);	     /* RFC 3339 in UTC; INSTANT_NONE: null */
struct span json_span(const json_t *object, const char *key); /* "" when absent or no string */
int64_t json_int(const json_t *object, const char *key, int64_t otherwise);

/* A row's value, a new reference; NULL and the error. */
typedef json_t *json_row_fn(void *ctx, const void *row, struct err *e);
/* The n rows of v, each `size` bytes, as an array; NULL and the error when one cannot be made. */
json_t *json_rows(const void *v, size_t n, size_t size, json_row_fn *row, void *ctx, struct err *e);

/* A compact object written value by value into `out`, byte for byte what json_write() makes of the
 * same: for what is written with each mail.  A name is plain ASCII. */
struct json_flat {
	struct buf *out;
	char before; /* of the next value */
};
static inline struct json_flat json_flat_begin(struct buf *out)
{
	return (struct json_flat){ out, '{' };
}
void json_flat_name(struct json_flat *f, const char *name); /* its value follows in `out` */
void json_flat_span(struct json_flat *f, const char *name, struct span s); /* json_of_span() */
void json_flat_int(struct json_flat *f, const char *name, int64_t value);
void json_flat_bool(struct json_flat *f, const char *name, bool value);
void json_flat_end(const struct json_flat *f);

/* The other way: the values of such an object of texts without escapes and of whole numbers from 0
 * on, one by one.  false: all were read, as `rest` is "}" then, or json_read() has to look at it.
 */
struct json_flat_in {
	struct span rest;
	char before; /* of the next value */
};
struct json_flat_value {
	struct span name, text;
	int64_t number;
	bool is_text;
};
static inline struct json_flat_in json_flat_in(struct span text)
{
	return (struct json_flat_in){ text, '{' };
}
bool json_flat_next(struct json_flat_in *in, struct json_flat_value *ret_value);

/* Compact, or indented by two with a newline at the end. */
void json_write(const json_t *j, bool compact, struct buf *out);
/* ERR_PERM: where and what is wrong, "line 3: ...". */
int json_read(struct span text, json_t **ret_json, struct err *e);
/* The same of a file: *ret_line is set where it is wrong, and the error leaves it out. */
int json_read_lines(struct span text, int *ret_line, json_t **ret_json, struct err *e);

#endif
