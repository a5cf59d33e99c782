#include "gatewayd/case/case_view.h"

#include "gatewayd/base/units.h"
#include "gatewayd/case/author.h"

enum { DIGESTS_MAX = 64 * MIB }; /* bytes of files that are read for them */

static json_t *attachment_view(const struct store_attachment *a)
{
	char hex[SHA256_HEX_SIZE];

	hex_encode(a->sha256, SHA256_SIZE, hex);
	return json_pack("{s:I, s:o, s:o, s:I, s:s?, s:o, s:b, s:b}", "id", (json_int_t)a->id,
			 "filename", json_of_span_or_null(a->filename), "content_type",
			 json_of_span(a->content_type), "size", (json_int_t)a->size, "sha256",
			 a->has_sha256 ? hex : NULL, "content_id",
			 json_of_span_or_null(a->content_id), "inline", (int)a->is_inline,
			 "from_tnef", (int)a->from_tnef);
}

/* Where none is kept: of what is damaged there is none. */
static int read_digest(struct desk *d, struct store_attachment *a, int64_t *left, struct err *e)
{
	if (a->has_sha256 || a->size > *left)
		return 0;
	*left -= a->size;
	return store_attachment_digest(d->store, a, e) == 0 || e->class == ERR_PERM ? 0 : -1;
}

static json_t *attachments_view(struct desk *d, int64_t note, int64_t *left, struct err *e)
{
	struct store_attachment *v;
	json_t *all;
	size_t n;

	if (store_attachment_list(d->store, note, d->arena, &v, &n, e) < 0)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (read_digest(d, &v[i], left, e) < 0)
			return NULL;
	all = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, attachment_view(&v[i]));
	return all;
}

static json_t *person_view(struct span name, struct span address)
{
	return json_pack("{s:o, s:o}", "name", json_of_span(name), "address",
			 json_of_span(address));
}

static json_t *note_view(struct desk *d, const struct store_note *n, int64_t *left, struct err *e)
{
	json_t *attachments = attachments_view(d, n->id, left, e);

	if (!attachments)
		return NULL;
	return json_pack(
	    "{s:I, s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:b, s:o}", "id",
	    (json_int_t)n->id, "case", (json_int_t)n->case_number, "kind", note_kind_name(n->kind),
	    "at", json_of_instant(n->at), "author", person_view(n->author_name, n->author_address),
	    "trust", json_string(note_trust_name(n->trust)), "sender", author_view(d, n), "text",
	    json_of_span(n->text), "reply", json_of_span(n->reply), "message_id",
	    json_of_span_or_null(n->message_id), "mail", (json_int_t)n->mail_id, "damaged",
	    (int)n->damaged, "attachments", attachments);
}

json_t *case_view_note(struct desk *d, const struct store_note *n, struct err *e)
{
	return note_view(d, n, &(int64_t){ 0 }, e);
}

struct notes {
	struct desk *d;
	int64_t left; /* of DIGESTS_MAX */
};

static json_t *note_row(void *ctx, const void *note, struct err *e)
{
	struct notes *notes = ctx;

	return note_view(notes->d, note, &notes->left, e);
}

static json_t *notes_view(struct desk *d, int64_t number, struct err *e)
{
	struct notes notes = { d, DIGESTS_MAX };
	struct store_note *v;
	size_t n;

	if (store_note_list(d->store, number, d->arena, &v, &n, e) < 0)
		return NULL;
	return json_rows(v, n, sizeof(*v), note_row, &notes, e);
}

json_t *case_view_links(struct desk *d, int64_t number, struct err *e)
{
	struct store_link *v;
	json_t *all;
	size_t n;

	if (store_link_list(d->store, number, d->arena, &v, &n, e) < 0)
		return NULL;
	all = json_array();
	for (size_t i = 0; i < n; i++) {
		bool from_here = v[i].number == number;

		json_array_append_new(
		    all, json_pack("{s:I, s:s, s:s, s:o}", "number",
				   (json_int_t)(from_here ? v[i].other : v[i].number), "kind",
				   link_kind_name(v[i].kind), "direction",
				   from_here ? "to" : "from", "at", json_of_instant(v[i].at)));
	}
	return all;
}

json_t *case_view_deadline(struct desk *d, const struct store_deadline *v)
{
	bool passed = v->state != DEADLINE_NONE && v->due_at != INSTANT_NONE &&
		      v->met_at == INSTANT_NONE && v->due_at <= d->now;
	enum deadline_state state = passed ? DEADLINE_BREACHED : v->state;

	return json_pack("{s:o, s:o, s:o, s:s, s:o, s:o}", "clock", json_of_span(v->clock),
			 "target", json_of_span_or_null(v->target), "due_at",
			 json_of_instant(v->due_at), "state", deadline_state_name(state),
			 "responded_at", json_of_instant(v->met_at), "rule",
			 json_of_span_or_null(v->rule));
}

/* "sla" is the initial response; the optional clocks stand beside it. */
static int add_clocks(struct desk *d, int64_t number, json_t *out, struct err *e)
{
	struct store_deadline *v;
	json_t *others = json_array();
	size_t n;

	if (store_deadline_list(d->store, number, d->arena, &v, &n, e) < 0) {
		json_decref(others);
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		if (span_is(v[i].clock, "initial"))
			json_object_set_new(out, "sla", case_view_deadline(d, &v[i]));
		else if (v[i].state != DEADLINE_NONE)
			json_array_append_new(others, case_view_deadline(d, &v[i]));
	}
	json_object_set_new(out, "clocks", others);
	return 0;
}

static json_t *base_view(struct desk *d, const struct store_case *c)
{
	const struct policy_kind *kind =
	    policy_kind_find(&d->conf->policy, arena_cstr(d->arena, c->kind));
	const char *label = kind ? kind->levels[c->severity - 1].label : NULL;
	json_t *j = json_pack(
	    "{s:I, s:o, s:o, s:i, s:s?, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
	    "s:o, s:i, s:o, s:o, "
	    "s:o, s:o}",
	    "number", (json_int_t)c->number, "queue", json_of_span(c->queue), "kind",
	    json_of_span(c->kind), "severity", c->severity, "severity_label", label,
	    "severity_requested",
	    c->severity_requested ? json_integer(c->severity_requested) : json_null(), "state",
	    case_state_name(c->state), "subject", json_of_span(c->subject), "requester",
	    person_view(c->requester_name, c->requester_address), "account",
	    json_of_span_or_null(c->account), "owner", json_of_span_or_null(c->owner), "opened_at",
	    json_of_instant(c->opened_at), "updated_at", json_of_instant(c->updated_at), "channel",
	    json_of_span(c->channel), "on_behalf_of", json_of_span_or_null(c->behalf), "reseller",
	    json_of_span_or_null(c->reseller), "rule", json_of_span_or_null(c->rule), "priority",
	    c->priority, "resource", json_of_span_or_null(c->resource), "merged_into",
	    c->merged_into ? json_integer(c->merged_into) : json_null(), "top_visible",
	    json_boolean(c->top_visible), "language", json_of_span_or_null(c->language));

	return j;
}

json_t *case_view_row(struct desk *d, const struct store_case *c, struct err *e)
{
	json_t *j = base_view(d, c);

	if (add_clocks(d, c->number, j, e) == 0)
		return j;
	json_decref(j);
	return NULL;
}

json_t *case_view(struct desk *d, const struct store_case *c, struct err *e)
{
	json_t *j = case_view_row(d, c, e), *links, *notes;
	int64_t mails = 0;

	links = j && store_mail_count_case(d->store, c->number, &mails, e) == 0
		    ? case_view_links(d, c->number, e)
		    : NULL;
	notes = links ? notes_view(d, c->number, e) : NULL;
	if (!notes) {
		json_decref(j);
		json_decref(links);
		return NULL;
	}
	json_object_set_new(j, "mails", json_integer(mails));
	json_object_set_new(j, "links", links);
	json_object_set_new(j, "notes", notes);
	return j;
}
