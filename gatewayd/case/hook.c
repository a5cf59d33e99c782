#include "gatewayd/case/hook.h"

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/json.h"
#include "gatewayd/base/utf8.h"

enum { ID_BYTES = 20, ID_MAX = 64, SUBJECT_MAX = 1000 };

const char *hook_event_name(enum conf_hook_event event)
{
	static const char *const names[] = {
#define X(id, name) [id] = name,
		CONF_HOOK_EVENTS(X)
#undef X
	};

	return names[event];
}

static bool is_opened(const struct case_event *ev)
{
	return ev->type == CASE_OPENED;
}

/* Internal notes are none: CASE_NOTE is what only staff read, or nobody proved. */
static bool is_note(const struct case_event *ev)
{
	return ev->note && (ev->type == CASE_CUSTOMER_NOTE || ev->type == CASE_RESPONSE);
}

static bool is_state(const struct case_event *ev)
{
	return ev->type == CASE_STATE;
}

static bool is_warning(const struct case_event *ev)
{
	return ev->type == CASE_ALARM && span_starts(ev->alarm, SPAN("warning"));
}

static bool is_breach(const struct case_event *ev)
{
	return ev->type == CASE_ALARM && span_is(ev->alarm, "breach");
}

static void add_note(const struct case_event *ev, json_t *data)
{
	json_object_set_new(data, "note", json_integer((json_int_t)ev->note));
	json_object_set_new(data, "from",
			    json_string(ev->type == CASE_RESPONSE ? "staff" : "customer"));
}

static void add_before(const struct case_event *ev, json_t *data)
{
	json_object_set_new(data, "state", json_of_span(ev->state));
	json_object_set_new(data, "before", json_of_span(ev->state_before));
}

static void add_deadline(const struct case_event *ev, json_t *data)
{
	json_object_set_new(data, "clock", json_of_span(ev->clock));
	json_object_set_new(data, "due_at", json_of_instant(ev->due));
}

static const struct {
	bool (*is)(const struct case_event *ev);
	void (*add)(const struct case_event *ev, json_t *data); /* NULL: there is no more to say */
} events[HOOK_EVENT_COUNT] = {
	[HOOK_OPENED] = { is_opened, NULL },	     [HOOK_NOTE] = { is_note, add_note },
	[HOOK_STATE] = { is_state, add_before },     [HOOK_WARNING] = { is_warning, add_deadline },
	[HOOK_BREACH] = { is_breach, add_deadline },
};

static bool find_event(const struct case_event *ev, enum conf_hook_event *ret_event)
{
	for (int i = 0; i < HOOK_EVENT_COUNT; i++)
		if (events[i].is(ev)) {
			*ret_event = (enum conf_hook_event)i;
			return true;
		}
	return false;
}

static bool lists(const struct policy_words *words, struct span word)
{
	for (size_t i = 0; i < words->n; i++)
		if (span_is(word, words->v[i]))
			return true;
	return words->n == 0;
}

static void put_body(const struct store_case *c, const struct case_event *ev,
		     enum conf_hook_event event, int64_t sequence, struct buf *out)
{
	json_t *data =
	    json_pack("{s:I, s:I, s:o, s:s, s:i, s:o, s:o}", "case", (json_int_t)c->number,
		      "sequence", (json_int_t)sequence, "queue", json_of_span(c->queue), "state",
		      case_state_name(c->state), "severity", c->severity, "subject",
		      json_of_span(utf8_prefix(c->subject, SUBJECT_MAX)), "opened_at",
		      json_of_instant(c->opened_at));
	json_t *all JSON_AUTO = json_pack("{s:s, s:o, s:o}", "type", hook_event_name(event),
					  "timestamp", json_of_instant(ev->at), "data", data);

	if (events[event].add)
		events[event].add(ev, data);
	json_write(all, true, out);
}

static struct span new_id(struct arena *a)
{
	uint8_t bytes[ID_BYTES];
	char text[ID_MAX];

	crypto_random(bytes, sizeof(bytes));
	base32_encode(bytes, sizeof(bytes), text);
	return span_of(arena_printf(a, "msg_%s", text));
}

static int tell(struct desk *d, const struct conf_hook *h, const struct store_case *c,
		enum conf_hook_event event, struct span body, struct err *e)
{
	struct store_outbox row = { .case_number = c->number,
				    .kind = SPAN("hook"),
				    .recipient = span_of(h->name),
				    .message_id = new_id(d->arena),
				    .subject = span_of(hook_event_name(event)),
				    .created_at = d->now,
				    .next_at = d->now,
				    .sent_at = INSTANT_NONE,
				    .automatic = true,
				    .hook = span_of(h->name) };

	row.state = desk_outbox_state(d, &row.last_text);
	return store_outbox_add(d->store, &row, body, NULL, e);
}

static int tell_all(struct desk *d, int64_t number, const struct case_event *ev,
		    enum conf_hook_event event, struct err *e)
{
	struct span name = span_of(hook_event_name(event));
	struct buf body BUF_AUTO;
	struct store_case c;
	int64_t sequence;

	buf_init(&body, HOOK_BODY_MAX);
	if (store_case_get(d->store, number, d->arena, &c, e) < 0 ||
	    store_event_last(d->store, &sequence, e) < 0)
		return -1;
	put_body(&c, ev, event, sequence, &body);
	for (size_t i = 0; i < d->conf->hook_count; i++) {
		const struct conf_hook *h = &d->conf->hooks[i];

		if (lists(&h->events, name) && lists(&h->queues, c.queue) &&
		    tell(d, h, &c, event, buf_span(&body), e) < 0)
			return -1;
	}
	return 0;
}

int hook_tell(struct desk *d, int64_t number, const struct case_event *ev, struct err *e)
{
	enum conf_hook_event event;

	if (!d->conf->hook_count || !find_event(ev, &event))
		return 0;
	return tell_all(d, number, ev, event, e);
}
