#include "gatewayd/case/case_log.h"

#include <inttypes.h>
#include <stddef.h>

#include "gatewayd/base/json.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/hook.h"
#include "gatewayd/identity/addrspec.h"

const char *case_event_name(enum case_event_type type)
{
	static const char *const names[] = {
#define X(id, name) name,
		CASE_EVENTS(X)
#undef X
	};

	return names[type];
}

struct span case_actor(enum case_actor actor)
{
	static const char *const names[] = {
#define X(id, name) name,
		CASE_ACTORS(X)
#undef X
	};

	return span_of(names[actor]);
}

/* Each value once: its name in the store and its place in the struct. */
static const struct {
	const char *name;
	size_t offset;
	bool is_text;
} values[] = {
#define NUMBER(field)                                             \
	{                                                         \
#field, offsetof(struct case_event, field), false \
	}
#define TEXT(field)                                              \
	{                                                        \
#field, offsetof(struct case_event, field), true \
	}
	NUMBER(severity),   NUMBER(severity_before),
	NUMBER(note),	    NUMBER(mail),
	NUMBER(other),	    NUMBER(row),
	NUMBER(late),	    NUMBER(by_sender),
	NUMBER(due),	    NUMBER(received),
	NUMBER(score),	    TEXT(channel),
	TEXT(queue),	    TEXT(account),
	TEXT(package),	    TEXT(state),
	TEXT(state_before), TEXT(owner),
	TEXT(owner_before), TEXT(reason),
	TEXT(phone),	    TEXT(rule),
	TEXT(clock),	    TEXT(alarm),
#undef NUMBER
#undef TEXT
};

enum { VALUE_COUNT = sizeof(values) / sizeof(*values) };

static const void *place_in(const struct case_event *ev, size_t i)
{
	return (const char *)ev + values[i].offset;
}

static void encode(const struct case_event *ev, struct buf *out)
{
	struct json_flat f = json_flat_begin(out);

	for (size_t i = 0; i < VALUE_COUNT; i++) {
		if (values[i].is_text) {
			const struct span *s = place_in(ev, i);

			if (s->n)
				json_flat_span(&f, values[i].name, *s);
		} else {
			const int64_t *v = place_in(ev, i);

			if (*v)
				json_flat_int(&f, values[i].name, *v);
		}
	}
	json_flat_end(&f);
}

static void *place_of(struct case_event *ev, size_t i)
{
	return (char *)ev + values[i].offset;
}

static void decode(const json_t *j, struct arena *a, struct case_event *ev)
{
	for (size_t i = 0; i < VALUE_COUNT; i++)
		if (values[i].is_text)
			*(struct span *)place_of(ev, i) =
			    arena_dup(a, json_span(j, values[i].name));
		else
			*(int64_t *)place_of(ev, i) = json_int(j, values[i].name, 0);
}

/* As encode() wrote it, mostly: false: it has to be read as what it may be. */
static bool decode_flat(struct span data, struct case_event *ev)
{
	struct json_flat_in in = json_flat_in(data);
	struct json_flat_value value;
	size_t i = 0;

	for (size_t k = 0; k < VALUE_COUNT; k++)
		if (values[k].is_text)
			*(struct span *)place_of(ev, k) = SPAN("");
	while (json_flat_next(&in, &value)) {
		while (i < VALUE_COUNT &&
		       (values[i].is_text != value.is_text || !span_is(value.name, values[i].name)))
			i++;
		if (i == VALUE_COUNT)
			return false;
		if (value.is_text)
			*(struct span *)place_of(ev, i++) = value.text;
		else
			*(int64_t *)place_of(ev, i++) = value.number;
	}
	return span_is(in.rest, "}");
}

static int decode_any(struct span data, struct arena *a, struct case_event *ev, struct err *e)
{
	json_t *j JSON_AUTO = NULL;

	if (decode_flat(data, ev))
		return 0;
	if (json_read(data, &j, e) < 0)
		return -1;
	decode(j, a, ev);
	return 0;
}

int case_log_add(struct desk *d, int64_t number, const struct case_event *ev, struct err *e)
{
	struct buf data BUF_AUTO;
	struct store_event row = { .case_number = number,
				   .at = ev->at,
				   .type = span_of(case_event_name(ev->type)),
				   .actor = ev->actor };

	buf_init(&data, CASE_EVENT_BYTES_MAX);
	encode(ev, &data);
	if (data.full)
		return err_set(e, ERR_PERM, "the log of a case takes no text of more than %d KiB",
			       CASE_EVENT_BYTES_MAX / KIB);
	row.data = buf_span(&data);
	if (store_event_add(d->store, &row, e) < 0)
		return -1;
	return hook_tell(d, number, ev, e);
}

static bool type_of(struct span name, enum case_event_type *ret_type)
{
	for (size_t i = 0; i < CASE_EVENT_COUNT; i++) {
		if (span_is(name, case_event_name((enum case_event_type)i))) {
			*ret_type = (enum case_event_type)i;
			return true;
		}
	}
	return false;
}

static int decode_rows(struct desk *d, const struct store_event *rows, size_t n,
		       struct case_event **ret_v, struct err *e)
{
	struct case_event *v = arena_alloc_n(d->arena, n, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		if (!type_of(rows[i].type, &v[i].type) ||
		    decode_any(rows[i].data, d->arena, &v[i], e) < 0)
			return err_set(e, ERR_PERM,
				       "event %" PRIi64 " of case %" PRIi64 " is not readable",
				       rows[i].id, rows[i].case_number);
		v[i].at = rows[i].at;
		v[i].actor = rows[i].actor;
	}
	*ret_v = v;
	return 0;
}

int case_log_read(struct desk *d, int64_t number, struct case_event **ret_v, size_t *ret_n,
		  struct err *e)
{
	struct store_event *rows;

	if (store_event_list(d->store, number, d->arena, &rows, ret_n, e) < 0)
		return -1;
	return decode_rows(d, rows, *ret_n, ret_v, e);
}

int case_log_tail(struct desk *d, int64_t number, int most, struct case_event **ret_v,
		  size_t *ret_n, struct err *e)
{
	struct store_event *rows;

	if (store_event_tail(d->store, number, most, d->arena, &rows, ret_n, e) < 0)
		return -1;
	return decode_rows(d, rows, *ret_n, ret_v, e);
}

bool case_log_added(const struct case_event *log, size_t n, struct span address)
{
	while (n--) {
		struct span who = log[n].reason, what;

		if (log[n].type != CASE_PARTICIPANT)
			continue;
		what = span_cut(&who, ' ');
		if (addrspec_eq(who, address))
			return span_is(what, "added");
	}
	return false;
}

bool case_response_is_void(const struct case_event *log, size_t n, size_t i)
{
	for (size_t k = i + 1; log[i].type == CASE_RESPONSE && log[i].note && k < n; k++)
		if (log[k].type == CASE_VOID && log[k].note == log[i].note)
			return true;
	return false;
}

static void add_text(struct buf *out, const char *before, struct span s)
{
	if (s.n) {
		buf_adds(out, before);
		buf_add(out, s);
	}
}

/* What there was no room for is left out from a whole character on. */
static void cut_whole(struct buf *out)
{
	size_t n = out->n;

	while (n && ((unsigned char)out->p[n - 1] & 0xc0) == 0x80)
		n--;
	if (n && !utf8_len(span_sub(buf_span(out), n - 1, SIZE_MAX)))
		out->n = n - 1;
}

void case_event_text(const struct case_event *ev, struct buf *out)
{
	buf_adds(out, case_event_name(ev->type));
	if (ev->severity_before && ev->severity)
		buf_addf(out, " %" PRIi64 " to %" PRIi64, ev->severity_before, ev->severity);
	else if (ev->severity)
		buf_addf(out, " severity %" PRIi64, ev->severity);
	add_text(out, " by ", ev->channel);
	add_text(out, " queue ", ev->queue);
	add_text(out, " account ", ev->account);
	add_text(out, " package ", ev->package);
	add_text(out, " ", ev->state_before);
	add_text(out, ev->state_before.n ? " to " : " ", ev->state);
	add_text(out, " ", ev->owner_before);
	add_text(out, ev->owner_before.n ? " to " : " ", ev->owner);
	add_text(out, " rule ", ev->rule);
	if (ev->score)
		buf_addf(out, " score %" PRIi64, ev->score);
	add_text(out, " ", ev->clock);
	add_text(out, " ", ev->alarm);
	if (ev->late)
		buf_adds(out, ", found late");
	if (ev->other)
		buf_addf(out, " case %" PRIi64, ev->other);
	if (ev->note)
		buf_addf(out, " note %" PRIi64, ev->note);
	if (ev->mail)
		buf_addf(out, " mail %" PRIi64, ev->mail);
	if (ev->row)
		buf_addf(out, " outbox %" PRIi64, ev->row);
	add_text(out, ", call: ", ev->phone);
	add_text(out, ": ", ev->reason);
	if (out->full)
		cut_whole(out);
}
