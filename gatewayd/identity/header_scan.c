#include "gatewayd/identity/header_scan.h"

#include "gatewayd/base/escape.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/encoded.h"

/* --- the walk --- */

/* The length of the line at the start of s with its line end. */
static size_t line_len(struct span s)
{
	const char *lf = s.n ? memchr(s.p, '\n', s.n) : NULL;

	return lf ? (size_t)(lf - s.p) + 1 : s.n;
}

static bool is_blank_line(struct span line)
{
	return (line.n == 1 && line.p[0] == '\n') ||
	       (line.n == 2 && line.p[0] == '\r' && line.p[1] == '\n');
}

/* RFC 5322 section 2.2, and white space before the colon (section 4.5). */
static bool split_field(struct span field, struct span *ret_name, struct span *ret_value)
{
	struct span rest = field, name = span_cut(&rest, ':');

	if (name.n == field.n)
		return false;
	while (name.n && (name.p[name.n - 1] == ' ' || name.p[name.n - 1] == '\t'))
		name.n--;
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] < '!' || name.p[i] > '~')
			return false;
	*ret_name = name;
	*ret_value = span_trim(rest);
	return name.n != 0;
}

static void skip_leading(struct span *rest)
{
	size_t n = line_len(*rest);

	while (n && is_blank_line(span_sub(*rest, 0, n))) {
		*rest = span_sub(*rest, n, SIZE_MAX);
		n = line_len(*rest);
	}
	if (span_starts(*rest, SPAN("From ")))
		*rest = span_sub(*rest, n, SIZE_MAX);
}

/* A line of n bytes with the lines that continue it. */
static struct span take_folded(struct span *rest, size_t n)
{
	while (n < rest->n && (rest->p[n] == ' ' || rest->p[n] == '\t'))
		n += line_len(span_sub(*rest, n, SIZE_MAX));
	struct span field = span_sub(*rest, 0, n);

	*rest = span_sub(*rest, n, SIZE_MAX);
	return field;
}

bool header_walk_next(struct header_walk *w, struct span *ret_name, struct span *ret_value)
{
	if (!w->begun)
		skip_leading(&w->rest);
	w->begun = true;
	while (w->rest.n) {
		size_t n = line_len(w->rest);

		if (is_blank_line(span_sub(w->rest, 0, n))) {
			w->rest = span_sub(w->rest, n, SIZE_MAX);
			return false;
		}
		if (split_field(take_folded(&w->rest, n), ret_name, ret_value))
			return true;
	}
	return false;
}

/* --- what the fields say --- */

enum field {
	FIELD_FROM,
	FIELD_SENDER,
	FIELD_RETURN_PATH,
	FIELD_REPLY_TO,
	FIELD_DELIVERED_TO,
	FIELD_X_ORIGINAL_TO,
	FIELD_ENVELOPE_TO,
	FIELD_X_ENVELOPE_TO,
	FIELD_TO,
	FIELD_CC,
	FIELD_MESSAGE_ID,
	FIELD_IN_REPLY_TO,
	FIELD_REFERENCES,
	FIELD_SUBJECT,
	FIELD_AUTO_SUBMITTED,
	FIELD_PRECEDENCE,
	FIELD_RESPONSE_SUPPRESS,
	FIELD_CONTENT_TYPE,
	FIELD_RECEIVED,
	FIELD_AUTHRES,
	FIELD_LOOP_MARK,
	FIELD_COUNT,
};

static const struct span field_names[FIELD_COUNT] = {
	[FIELD_FROM] = SPAN_LITERAL("from"),
	[FIELD_SENDER] = SPAN_LITERAL("sender"),
	[FIELD_RETURN_PATH] = SPAN_LITERAL("return-path"),
	[FIELD_REPLY_TO] = SPAN_LITERAL("reply-to"),
	[FIELD_DELIVERED_TO] = SPAN_LITERAL("delivered-to"),
	[FIELD_X_ORIGINAL_TO] = SPAN_LITERAL("x-original-to"),
	[FIELD_ENVELOPE_TO] = SPAN_LITERAL("envelope-to"),
	[FIELD_X_ENVELOPE_TO] = SPAN_LITERAL("x-envelope-to"),
	[FIELD_TO] = SPAN_LITERAL("to"),
	[FIELD_CC] = SPAN_LITERAL("cc"),
	[FIELD_MESSAGE_ID] = SPAN_LITERAL("message-id"),
	[FIELD_IN_REPLY_TO] = SPAN_LITERAL("in-reply-to"),
	[FIELD_REFERENCES] = SPAN_LITERAL("references"),
	[FIELD_SUBJECT] = SPAN_LITERAL("subject"),
	[FIELD_AUTO_SUBMITTED] = SPAN_LITERAL("auto-submitted"),
	[FIELD_PRECEDENCE] = SPAN_LITERAL("precedence"),
	[FIELD_RESPONSE_SUPPRESS] = SPAN_LITERAL("x-auto-response-suppress"),
	[FIELD_CONTENT_TYPE] = SPAN_LITERAL("content-type"),
	[FIELD_RECEIVED] = SPAN_LITERAL("received"),
	[FIELD_AUTHRES] = SPAN_LITERAL("authentication-results"),
	[FIELD_LOOP_MARK] = SPAN_LITERAL("x-gatewayd"),
};

/* Signs of a machine that have no field of their own above. */
static const char *const machine_names[] = {
	"x-autoreply",	     "x-autorespond",	     "x-autoresponder",
	"x-auto-reply-from", "x-failed-recipients",  "x-loop",
	"x-otrs-loop",	     "x-rt-loop-prevention", "x-servicenow-generated",
};

/* The values seen: all of a name are kept in order, chained by index. */
struct seen {
	struct span value;
	size_t next; /* index + 1 in the table, 0: the last */
};

struct table {
	size_t n;
	size_t first[FIELD_COUNT], last[FIELD_COUNT]; /* index + 1; 0: none */
	struct seen v[HEADER_SCAN_FIELDS_MAX];	      /* the n first are set */
};

static void table_init(struct table *t)
{
	memset(t, 0, offsetof(struct table, v));
}

static enum field field_find(struct span name)
{
	for (int i = 0; i < FIELD_COUNT; i++)
		if (name.n == field_names[i].n && span_starts_ci(name, field_names[i]))
			return (enum field)i;
	return FIELD_COUNT;
}

static bool is_machine_name(struct span name)
{
	for (size_t i = 0; i < sizeof(machine_names) / sizeof(*machine_names); i++)
		if (span_is_ci(name, machine_names[i]))
			return true;
	return false;
}

static void table_add(struct table *t, enum field f, struct span value)
{
	if (t->last[f])
		t->v[t->last[f] - 1].next = t->n + 1;
	else
		t->first[f] = t->n + 1;
	t->v[t->n++] = (struct seen){ value, 0 };
	t->last[f] = t->n;
}

static const struct seen *table_first(const struct table *t, enum field f)
{
	return t->first[f] ? &t->v[t->first[f] - 1] : NULL;
}

static const struct seen *table_next(const struct table *t, const struct seen *s)
{
	return s->next ? &t->v[s->next - 1] : NULL;
}

/* The value of the first field of that name; p == NULL: there is none. */
static struct span table_value(const struct table *t, enum field f)
{
	const struct seen *s = table_first(t, f);

	return s ? s->value : SPAN_NONE;
}

static void read_fields(struct span raw, struct table *t, struct header_scan *scan)
{
	struct header_walk w = { .rest = span_sub(raw, 0, HEADER_SCAN_BYTES_MAX) };
	struct span name, value, list = SPAN("list-");
	const char *start = raw.p;
	size_t fields = 0;

	while (header_walk_next(&w, &name, &value)) {
		enum field f = field_find(name);

		if (++fields > HEADER_SCAN_FIELDS_MAX)
			break;
		if (f != FIELD_COUNT)
			table_add(t, f, value);
		scan->has_list |= span_starts_ci(name, list);
		scan->has_autoreply |= is_machine_name(name);
	}
	/* The end of what may be read before the end of the header. */
	scan->cut =
	    fields > HEADER_SCAN_FIELDS_MAX || (w.rest.n == 0 && raw.n > HEADER_SCAN_BYTES_MAX);
	if (raw.n == 0)
		return;
	scan->header = span_sub(raw, 0, (size_t)(w.rest.p - start));
	scan->body = span_sub(raw, scan->header.n, SIZE_MAX);
}

static struct span one_address(struct span value, struct arena *a, const char **ret_reason)
{
	struct addrspec_list list;

	addrspec_list_read(value, 2, a, &list);
	if (list.groups)
		*ret_reason = "a group in From";
	else if (list.n + list.bad > 1 || list.cut)
		*ret_reason = "more than one mailbox in From";
	else if (list.n == 0)
		*ret_reason = "no usable address in From";
	else
		return list.v[0];
	return SPAN_NONE;
}

/*
 * "Friends: ann@customer.test;" (RFC 6854): who checks DMARC may see no author in a group, or
 * another one, so that its word proves nothing.  "Support: Ann <ann@customer.test>" is a name with
 * a colon.
 */
static bool is_group(struct span value, struct arena *a)
{
	struct addrspec_list list;

	addrspec_list_read(value, 2, a, &list);
	return list.groups && (memchr(value.p, ';', value.n) || !memchr(value.p, '<', value.n));
}

/* The one mailbox, or what a person would take for it. */
static void read_mailbox(struct span value, struct arena *a, struct header_scan *scan)
{
	struct addrspec_found found;

	scan->from = one_address(value, a, &scan->from_reason);
	if (scan->from.p || !addrspec_find(value, a, &found))
		return;
	scan->from = found.address;
	scan->from_reason = NULL;
	scan->from_mended = true;
	scan->from_unsure = !found.sure || is_group(value, a);
}

/* Exactly one From with exactly one mailbox, in a header that was seen to its end. */
static void read_from(const struct table *t, struct arena *a, struct header_scan *scan)
{
	const struct seen *from = table_first(t, FIELD_FROM);

	if (scan->cut)
		scan->from_reason = "the header is too long";
	else if (!from)
		scan->from_reason = "no From";
	else if (table_next(t, from))
		scan->from_reason = "more than one From";
	else
		read_mailbox(from->value, a, scan);
}

static void read_return_path(const struct table *t, struct arena *a, struct header_scan *scan)
{
	struct span value = table_value(t, FIELD_RETURN_PATH);
	const char *reason = NULL;

	if (!value.p)
		scan->return_path_kind = PATH_ABSENT;
	else if (span_is(value, "<>"))
		scan->return_path_kind = PATH_NULL;
	else
		scan->return_path = one_address(value, a, &reason);
	if (scan->return_path.p)
		scan->return_path_kind = PATH_ADDRESS;
	else if (value.p && scan->return_path_kind != PATH_NULL)
		scan->return_path_kind = PATH_BAD;
}

static void read_recipients(const struct table *t, struct arena *a, struct header_scan *scan)
{
	struct addrspec_list list;

	for (int f = FIELD_DELIVERED_TO; f <= FIELD_CC; f++) {
		for (const struct seen *s = table_first(t, (enum field)f); s;
		     s = table_next(t, s)) {
			addrspec_list_read(
			    s->value, HEADER_SCAN_RECIPIENTS_MAX - scan->recipient_count, a, &list);
			for (size_t i = 0; i < list.n; i++) {
				ARENA_GROW(a, scan->recipients, scan->recipient_count);
				scan->recipients[scan->recipient_count++] = list.v[i];
			}
		}
	}
}

/* Without the white space that some programs fold an id with; p == NULL: not fit to be one. */
static struct span clean_id(struct span id, struct arena *a)
{
	char *p;
	size_t n = 0;

	if (id.n == 0 || id.n > HEADER_SCAN_ID_MAX)
		return SPAN_NONE;
	p = arena_room(a, id.n);
	for (size_t i = 0; i < id.n; i++) {
		if (ascii_is_space((unsigned char)id.p[i]))
			continue;
		if (id.p[i] < '!' || id.p[i] > '~' || id.p[i] == '<')
			return SPAN_NONE;
		p[n++] = id.p[i];
	}
	return n ? (struct span){ p, n } : SPAN_NONE;
}

/* The next "<...>" of *value. */
static bool next_id(struct span *value, struct span *ret_id)
{
	const char *open, *close;

	open = value->n ? memchr(value->p, '<', value->n) : NULL;
	if (!open)
		return false;
	*value = span_sub(*value, (size_t)(open - value->p) + 1, SIZE_MAX);
	close = value->n ? memchr(value->p, '>', value->n) : NULL;
	if (!close)
		return false;
	*ret_id = span_sub(*value, 0, (size_t)(close - value->p));
	*value = span_sub(*value, ret_id->n + 1, SIZE_MAX);
	return true;
}

/* Python's email package folds ids that are too long for a line into encoded words, brackets and
 * all.  What looks like such a word inside of brackets is part of an id. */
static struct span decoded_ids(struct span value, struct arena *a)
{
	struct buf out BUF_AUTO;

	buf_init(&out, value.n + 1);
	if (span_find(value, SPAN("=?")) == SIZE_MAX)
		return value;
	while (value.n) {
		struct span id = value, outside = span_cut(&id, '<');
		size_t end = span_find(id, SPAN(">"));

		encoded_to_bytes(outside, &out);
		id = span_sub(value, outside.n, end == SIZE_MAX ? SIZE_MAX : end + 2);
		buf_add(&out, id);
		value = span_sub(value, outside.n + id.n, SIZE_MAX);
	}
	return arena_dup(a, buf_span(&out));
}

/* The last `max` ids of a value. */
static void read_ids(struct span value, size_t max, struct arena *a, struct span **ret_v,
		     size_t *ret_n)
{
	struct span rest, id;
	size_t count = 0;

	value = decoded_ids(value, a);
	rest = value;

	while (next_id(&rest, &id))
		count++;
	*ret_v = arena_alloc_n(a, count < max ? count : max, sizeof(**ret_v));
	*ret_n = 0;
	for (rest = value; next_id(&rest, &id); count--) {
		if (count > max)
			continue;
		id = clean_id(id, a);
		if (id.p)
			(*ret_v)[(*ret_n)++] = id;
	}
}

static void read_thread(const struct table *t, struct arena *a, struct header_scan *scan)
{
	struct span *ids;
	size_t n;

	read_ids(table_value(t, FIELD_MESSAGE_ID), 1, a, &ids, &n);
	if (n)
		scan->message_id = ids[0];
	read_ids(table_value(t, FIELD_IN_REPLY_TO), HEADER_SCAN_IDS_MAX / 2, a, &scan->in_reply_to,
		 &scan->in_reply_to_count);
	read_ids(table_value(t, FIELD_REFERENCES), HEADER_SCAN_IDS_MAX / 2, a, &scan->references,
		 &scan->reference_count);
}

/* Up to the first parameter, comment or blank. */
static struct span keyword(struct span value)
{
	size_t n = 0;

	while (n < value.n && !ascii_is_space((unsigned char)value.p[n]) && value.p[n] != ';' &&
	       value.p[n] != '(')
		n++;
	return span_sub(value, 0, n);
}

/* Of several, the one that says the most: what is not "no". */
static struct span read_auto_submitted(const struct table *t)
{
	struct span best = SPAN_NONE;

	for (const struct seen *s = table_first(t, FIELD_AUTO_SUBMITTED); s; s = table_next(t, s))
		if (!best.p || span_is_ci(best, "no"))
			best = keyword(s->value);
	return best;
}

/* Both kinds in the order of the header: rows of the table are in it. */
static void read_trace(const struct table *t, struct arena *a, struct header_scan *scan)
{
	const struct seen *received = table_first(t, FIELD_RECEIVED);
	const struct seen *results = table_first(t, FIELD_AUTHRES);

	while ((received || results) && scan->trace_count < HEADER_SCAN_TRACE_MAX) {
		bool first = received && (!results || received < results);
		const struct seen **from = first ? &received : &results;

		ARENA_GROW(a, scan->trace, scan->trace_count);
		scan->trace[scan->trace_count++] = (struct header_trace){ first, (*from)->value };
		*from = table_next(t, *from);
	}
}

static void read_subject(const struct table *t, struct arena *a, struct header_scan *scan)
{
	struct buf text BUF_AUTO;

	scan->subject = table_value(t, FIELD_SUBJECT);
	buf_init(&text, HEADER_SCAN_SUBJECT_MAX * 4);
	escape_line(span_sub(scan->subject, 0, HEADER_SCAN_SUBJECT_MAX * 4), &text);
	scan->subject_short = arena_dup(a, utf8_prefix(buf_span(&text), HEADER_SCAN_SUBJECT_MAX));
}

void header_scan(struct span raw, struct arena *a, struct header_scan *ret_scan)
{
	struct table table, *t = &table;
	struct header_scan scan = { 0 };
	const char *reason = NULL;

	table_init(t);
	read_fields(raw, t, &scan);
	read_from(t, a, &scan);
	scan.sender = one_address(table_value(t, FIELD_SENDER), a, &reason);
	read_return_path(t, a, &scan);
	addrspec_list_read(table_value(t, FIELD_REPLY_TO), HEADER_SCAN_RECIPIENTS_MAX, a,
			   &scan.reply_to);
	read_recipients(t, a, &scan);
	read_thread(t, a, &scan);
	read_subject(t, a, &scan);
	scan.auto_submitted = read_auto_submitted(t);
	scan.precedence = keyword(table_value(t, FIELD_PRECEDENCE));
	scan.response_suppress = table_value(t, FIELD_RESPONSE_SUPPRESS);
	scan.content_type = table_value(t, FIELD_CONTENT_TYPE);
	read_trace(t, a, &scan);
	scan.loop_mark = table_value(t, FIELD_LOOP_MARK);
	*ret_scan = scan;
}
