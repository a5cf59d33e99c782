#include "gatewayd/base/utf8.h"
#include "store/content.h"

static const char *const kinds[] = {
#define X(id, name) [id] = name,
	STORE_NOTE_KINDS(X)
#undef X
};
static const char *const trusts[] = {
#define X(id, name) [id] = name,
	STORE_NOTE_TRUSTS(X)
#undef X
};

const char *note_kind_name(enum note_kind kind)
{
	return kinds[kind];
}

const char *note_trust_name(enum note_trust trust)
{
	return trusts[trust];
}

/* Of a note that is not packed they stand in columns of their own. */
static void read_texts(struct query *q, struct arena *a, struct store_note *n)
{
	n->text = query_get_text(q, a);
	n->reply = query_get_text(q, a);
	n->damaged = query_get_packed_pair(q, a, &n->text, &n->reply) < 0 || !utf8_valid(n->text) ||
		     (n->reply.p != n->text.p && !utf8_valid(n->reply));
	if (n->damaged)
		n->text = n->reply = SPAN(STORE_NOTE_DAMAGED);
}

static void read_note(struct query *q, struct arena *a, void *ret_row)
{
	struct store_note *n = ret_row;

	n->id = query_get_int(q);
	n->case_number = query_get_int(q);
	n->kind = (enum note_kind)query_get_state(q, kinds, NOTE_KIND_COUNT);
	n->at = query_get_at(q);
	n->author_name = query_get_text(q, a);
	n->author_address = query_get_text(q, a);
	n->trust = (enum note_trust)query_get_state(q, trusts, NOTE_TRUST_COUNT);
	n->message_id = query_get_text(q, a);
	n->mail_id = query_get_int(q);
	n->author = query_get_text(q, a);
	read_texts(q, a, n);
}

/* The columns id, text, reply, size, words. */
static struct store_note read_said(struct query *q, struct arena *a)
{
	struct store_note n = { .id = query_get_int(q) };

	read_texts(q, a, &n);
	return n;
}

static void read_reply(struct query *q, struct arena *a, void *ret_row)
{
	*(struct span *)ret_row = read_said(q, a).reply;
}

int store_note_add(struct store *s, const struct store_note *n, int64_t *ret_id, struct err *e)
{
	struct buf room BUF_AUTO;
	struct query q QUERY_AUTO;

	buf_init(&room, SIZE_MAX);
	query_open(&q, s, SQL_NOTE_ADD, e);
	query_int(&q, n->case_number);
	query_name(&q, kinds[n->kind]);
	query_at(&q, n->at);
	query_text(&q, n->author_name);
	query_text(&q, n->author_address);
	query_name(&q, trusts[n->trust]);
	query_text(&q, n->message_id);
	query_id(&q, n->mail_id);
	query_text(&q, n->author.p ? n->author : SPAN(""));
	query_packed_pair(&q, n->text, n->reply, &room);
	return query_run_new(&q, ret_id);
}

int store_note_prove(struct store *s, int64_t id, enum note_trust trust, struct span author,
		     struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_NOTE_PROVE, e);
	query_int(&q, id);
	query_name(&q, trusts[trust]);
	query_text(&q, author);
	return query_run_of(&q, "note", id);
}

int store_note_list(struct store *s, int64_t number, struct arena *a, struct store_note **ret_v,
		    size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_NOTE_LIST, e);
	query_int(&q, number);
	return QUERY_LIST(&q, read_note, a, ret_v, ret_n);
}

static int move_part(struct store *s, enum sql_id id, int64_t note, int64_t to_case, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, id, e);
	query_int(&q, note);
	query_int(&q, to_case);
	return query_run(&q);
}

int store_note_move(struct store *s, int64_t id, int64_t to_case, struct err *e)
{
	if (store_needs_txn(s, "note_move", e) < 0 ||
	    move_part(s, SQL_NOTE_MOVE_MAIL, id, to_case, e) < 0 ||
	    move_part(s, SQL_NOTE_MOVE, id, to_case, e) < 0)
		return -1;
	return move_part(s, SQL_NOTE_MOVE_FILES, id, to_case, e);
}

int store_note_internal(struct store *s, int64_t but, int limit, struct arena *a,
			struct span **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_NOTE_INTERNAL, e);
	query_int(&q, but);
	query_int(&q, limit);
	return QUERY_LIST(&q, read_reply, a, ret_v, ret_n);
}

static struct span first_chars(struct span text, int chars)
{
	struct span rest = text;

	if (text.n <= (size_t)chars)
		return text;
	while (rest.n && chars-- > 0)
		rest = span_sub(rest, utf8_len(rest), SIZE_MAX);
	return span_sub(text, 0, text.n - rest.n);
}

int store_note_words(struct store *s, int64_t number, int chars_max, struct buf *out, struct err *e)
{
	struct arena a ARENA_AUTO = { 0 };
	struct query q QUERY_AUTO;
	int got = 0;

	query_open(&q, s, SQL_NOTE_WORDS, e);
	query_int(&q, number);
	query_limit(&q, 0);
	while (!out->full && (got = query_step(&q)) > 0) {
		struct store_note n = read_said(&q, &a);

		if (!n.damaged) {
			buf_add(out, first_chars(n.reply.n ? n.reply : n.text, chars_max));
			buf_addc(out, '\n');
		}
		if (query_end_row(&q) < 0)
			return -1;
		arena_reset(&a);
	}
	return got < 0 ? -1 : 0;
}

int store_note_count(struct store *s, int64_t number, enum note_trust trust, int64_t since_at,
		     int64_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_NOTE_COUNT_SINCE, e);
	query_int(&q, number);
	query_text(&q, span_of(note_trust_name(trust)));
	query_int(&q, since_at);
	if (query_step(&q) < 0)
		return -1;
	*ret_n = query_get_int(&q);
	return query_end_row(&q);
}

int store_note_proven(struct store *s, int64_t number, struct span address, bool *ret_proven,
		      struct err *e)
{
	struct query q QUERY_AUTO;
	int64_t any;

	query_open(&q, s, SQL_NOTE_PROVEN, e);
	query_int(&q, number);
	query_text(&q, address);
	if (query_one_int(&q, &any) < 0)
		return -1;
	*ret_proven = any != 0;
	return 0;
}

int store_note_page(struct store *s, int64_t number, int64_t before, int limit, struct arena *a,
		    struct store_note **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_NOTE_PAGE, e);
	query_int(&q, number);
	query_int(&q, before ? before : INT64_MAX);
	query_limit(&q, limit);
	return QUERY_LIST(&q, read_note, a, ret_v, ret_n);
}

int store_case_by_message_id(struct store *s, struct span message_id, int64_t *ret_number,
			     struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	int got;

	if (!message_id.n) {
		*ret_number = 0;
		return 0;
	}
	query_open(&q, s, SQL_CASE_BY_MESSAGE_ID, e);
	query_text(&q, message_id);
	got = query_step(&q);
	if (got < 0)
		return -1;
	*ret_number = got ? query_get_int(&q) : 0;
	return query_end_row(&q);
}

/* --- attachments --- */

static void read_attachment(struct query *q, struct arena *a, void *ret_row)
{
	struct store_attachment *at = ret_row;

	at->id = query_get_int(q);
	at->note_id = query_get_int(q);
	at->case_number = query_get_int(q);
	at->filename = query_get_text(q, a);
	at->content_type = query_get_text(q, a);
	at->content_id = query_get_text(q, a);
	at->is_inline = query_get_int(q);
	at->from_tnef = query_get_int(q);
	at->size = query_get_int(q);
	at->has_sha256 = query_get_digest(q, at->sha256);
	at->content = query_get_int(q);
}

int store_attachment_add(struct store *s, const struct store_attachment *a, struct span content,
			 int64_t *ret_id, struct err *e)
{
	return store_attachment_add_of(s, a, content, NULL, ret_id, e);
}

void store_attachment_say(struct store *s, int64_t mail_id, struct span content,
			  uint8_t *ret_sha256)
{
	if (ret_sha256)
		store_content_say(s, content, ret_sha256);
	store_content_say_of(s, mail_id, content);
}

int store_attachment_add_of(struct store *s, const struct store_attachment *a, struct span content,
			    struct store_origin *from, int64_t *ret_id, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	int64_t id;

	if (store_needs_txn(s, "attachment_add", e) < 0 ||
	    store_content_of(s, content, from, &id, e) < 0)
		return -1;
	query_open(&q, s, SQL_ATTACHMENT_ADD, e);
	query_int(&q, a->note_id);
	query_int(&q, a->case_number);
	query_text(&q, a->filename);
	query_text(&q, a->content_type);
	query_text(&q, a->content_id);
	query_int(&q, a->is_inline);
	query_int(&q, a->from_tnef);
	query_int(&q, id);
	return query_run_new(&q, ret_id);
}

int store_attachment_list(struct store *s, int64_t note_id, struct arena *a,
			  struct store_attachment **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_ATTACHMENT_LIST, e);
	query_int(&q, note_id);
	return QUERY_LIST(&q, read_attachment, a, ret_v, ret_n);
}

int store_attachment_list_case(struct store *s, int64_t number, struct arena *a,
			       struct store_attachment **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_ATTACHMENT_LIST_CASE, e);
	query_int(&q, number);
	return QUERY_LIST(&q, read_attachment, a, ret_v, ret_n);
}

int store_attachment_get(struct store *s, int64_t id, struct arena *a,
			 struct store_attachment *ret_attachment, struct buf *ret_content,
			 struct err *e)
{
	struct store_attachment row;
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_ATTACHMENT_GET, e);
	query_int(&q, id);
	if (query_step_of(&q, "attachment", id) < 0)
		return -1;
	read_attachment(&q, a, &row);
	if (query_end_row(&q) < 0 || store_content_get(s, row.content, ret_content, e) < 0)
		return -1;
	*ret_attachment = row;
	return 0;
}

int store_attachment_digest(struct store *s, struct store_attachment *a, struct err *e)
{
	if (!a->has_sha256 && store_content_digest(s, a->content, a->sha256, e) < 0)
		return -1;
	a->has_sha256 = true;
	return 0;
}

/* --- events --- */

static void read_event(struct query *q, struct arena *a, void *ret_row)
{
	struct store_event *ev = ret_row;

	ev->id = query_get_int(q);
	ev->case_number = query_get_int(q);
	ev->at = query_get_at(q);
	ev->type = query_get_text(q, a);
	ev->actor = query_get_text(q, a);
	ev->data = query_get_text(q, a);
}

int store_event_add(struct store *s, const struct store_event *ev, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_EVENT_ADD, e);
	query_int(&q, ev->case_number);
	query_at(&q, ev->at);
	query_text(&q, ev->type);
	query_text(&q, ev->actor);
	query_text(&q, ev->data);
	return query_run(&q);
}

int store_event_list(struct store *s, int64_t number, struct arena *a, struct store_event **ret_v,
		     size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_EVENT_LIST, e);
	query_int(&q, number);
	return QUERY_LIST(&q, read_event, a, ret_v, ret_n);
}

int store_event_tail(struct store *s, int64_t number, int limit, struct arena *a,
		     struct store_event **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_EVENT_TAIL, e);
	query_int(&q, number);
	query_limit(&q, limit);
	return QUERY_LIST(&q, read_event, a, ret_v, ret_n);
}

int store_event_since(struct store *s, int64_t id, int limit, struct arena *a,
		      struct store_event **ret_v, size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_EVENT_SINCE, e);
	query_int(&q, id);
	query_limit(&q, limit);
	return QUERY_LIST(&q, read_event, a, ret_v, ret_n);
}

int store_event_last(struct store *s, int64_t *ret_id, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_EVENT_LAST, e);
	return query_one_int(&q, ret_id);
}

int store_attachment_repeats(struct store *s, const uint8_t sha256[SHA256_SIZE],
			     struct span author_address, struct span message_id, bool *ret_repeats,
			     struct err *e)
{
	struct query q QUERY_AUTO;
	int64_t repeats;

	query_open(&q, s, SQL_ATTACHMENT_REPEATS, e);
	query_blob(&q, (struct span){ (const char *)sha256, SHA256_SIZE });
	query_text(&q, author_address);
	query_text(&q, message_id);
	if (query_one_int(&q, &repeats) < 0)
		return -1;
	*ret_repeats = repeats != 0;
	return 0;
}
