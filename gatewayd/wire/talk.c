#include "gatewayd/wire/talk.h"

#include <unistd.h>

#include "gatewayd/base/utf8.h"

enum { LISTED_SIZE = 4 + 8 + 8 + 4 }; /* of a mail in a MSG_FOLDER */

static void put_session(struct wire_out *o, const struct talk_session *s)
{
	wire_put_span(o, s->mailbox);
	wire_put_u32(o, s->uidvalidity);
	wire_put_u32(o, s->number);
	wire_put_u8(o, (uint8_t)s->place);
}

static struct talk_session get_session(struct wire_in *in)
{
	struct talk_session s;

	s.mailbox = wire_get_span(in);
	s.uidvalidity = wire_get_u32(in);
	s.number = wire_get_u32(in);
	s.place = wire_get_enum(in, TALK_PLACE_COUNT);
	return s;
}

static void put_at(struct wire_out *o, const struct talk_at *at)
{
	put_session(o, &at->session);
	wire_put_u32(o, at->uid);
}

static struct talk_at get_at(struct wire_in *in)
{
	struct talk_at at;

	at.session = get_session(in);
	at.uid = wire_get_u32(in);
	return at;
}

/* In a memfd, or here. */
static void put_bytes(struct wire_out *o, int fd, struct span here)
{
	if (fd < 0)
		wire_put_span(o, here);
	else
		wire_put_fd(o, fd);
}

/* The descriptor; -1: they are here. */
static int get_bytes(struct wire_in *in, bool is_here, struct span *ret_here)
{
	*ret_here = is_here ? wire_get_span(in) : SPAN_NONE;
	return is_here ? -1 : wire_take_fd(in, 0);
}

static int done_with_bytes(struct wire_in *in, int fd, struct err *e)
{
	if (wire_done(in, e) == 0)
		return 0;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* A count of things of at least `size` bytes each, which must still be there. */
static size_t get_count(struct wire_in *in, size_t size)
{
	size_t n = wire_get_u32(in);

	if (n > TALK_UIDS_MAX || n > in->rest.n / size) {
		in->bad = true;
		return 0;
	}
	return n;
}

int talk_folder_put(struct wire *w, const struct talk_folder *f, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_FOLDER);
	put_session(&o, &f->session);
	wire_put_u8(&o, f->first);
	wire_put_u8(&o, f->last);
	wire_put_u32(&o, (uint32_t)f->n);
	for (size_t i = 0; i < f->n; i++) {
		wire_put_u32(&o, f->mails[i].uid);
		wire_put_i64(&o, f->mails[i].received_at);
		wire_put_i64(&o, f->mails[i].size);
		wire_put_span(&o, f->mails[i].id);
	}
	return wire_send(w, &o, e);
}

int talk_folder_get(struct wire_in *in, struct arena *a, struct talk_folder *ret_folder,
		    struct err *e)
{
	ret_folder->session = get_session(in);
	ret_folder->first = wire_get_bool(in);
	ret_folder->last = wire_get_bool(in);
	ret_folder->n = get_count(in, LISTED_SIZE);
	ret_folder->mails = arena_alloc_n(a, ret_folder->n, sizeof(*ret_folder->mails));
	for (size_t i = 0; i < ret_folder->n; i++) {
		ret_folder->mails[i].uid = wire_get_u32(in);
		ret_folder->mails[i].received_at = wire_get_i64(in);
		ret_folder->mails[i].size = wire_get_i64(in);
		ret_folder->mails[i].id = wire_get_span(in);
	}
	return wire_done(in, e);
}

int talk_compared_put(struct wire *w, const struct talk_compared *c, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_PLACE);
	put_session(&o, &c->session);
	wire_put_u8(&o, c->done);
	wire_put_u8(&o, c->keeps_marks);
	wire_put_u32(&o, c->upto);
	return wire_send(w, &o, e);
}

int talk_compared_get(struct wire_in *in, struct talk_compared *ret_compared, struct err *e)
{
	ret_compared->session = get_session(in);
	ret_compared->done = wire_get_bool(in);
	ret_compared->keeps_marks = wire_get_bool(in);
	ret_compared->upto = wire_get_u32(in);
	return wire_done(in, e);
}

int talk_compare_put(struct wire *w, const struct talk_compare *c, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_PLACE_FROM);
	put_session(&o, &c->session);
	wire_put_u32(&o, c->from);
	wire_put_u8(&o, c->all);
	wire_put_u32(&o, c->store);
	wire_put_u8(&o, c->wait);
	return wire_send(w, &o, e);
}

int talk_compare_get(struct wire_in *in, struct talk_compare *ret_compare, struct err *e)
{
	ret_compare->session = get_session(in);
	ret_compare->from = wire_get_u32(in);
	ret_compare->all = wire_get_bool(in);
	ret_compare->store = wire_get_u32(in);
	ret_compare->wait = wire_get_bool(in);
	return wire_done(in, e);
}

int talk_wants_put(struct wire *w, const struct talk_wants *t, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_WANT);
	put_session(&o, &t->session);
	wire_put_u32(&o, (uint32_t)t->n);
	for (size_t i = 0; i < t->n; i++) {
		wire_put_u32(&o, t->uids[i]);
		wire_put_u8(&o, t->wants[i]);
	}
	return wire_send(w, &o, e);
}

int talk_wants_get(struct wire_in *in, struct arena *a, struct talk_wants *ret_wants, struct err *e)
{
	ret_wants->session = get_session(in);
	ret_wants->n = get_count(in, sizeof(uint32_t) + 1);
	ret_wants->uids = arena_alloc_n(a, ret_wants->n, sizeof(uint32_t));
	ret_wants->wants = arena_alloc(a, ret_wants->n);
	for (size_t i = 0; i < ret_wants->n; i++) {
		ret_wants->uids[i] = wire_get_u32(in);
		ret_wants->wants[i] = wire_get_enum(in, TALK_WANT_COUNT);
	}
	return wire_done(in, e);
}

int talk_mail_put(struct wire *w, const struct talk_mail *m, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, m->fd < 0 ? MSG_MAIL_HERE : MSG_MAIL);
	put_at(&o, &m->at);
	wire_put_i64(&o, m->received_at);
	wire_put_i64(&o, m->size);
	wire_put_i64(&o, m->kept);
	put_bytes(&o, m->fd, m->here);
	return wire_send(w, &o, e);
}

int talk_mail_get(struct wire_in *in, struct talk_mail *ret_mail, struct err *e)
{
	ret_mail->at = get_at(in);
	ret_mail->received_at = wire_get_i64(in);
	ret_mail->size = wire_get_i64(in);
	ret_mail->kept = wire_get_i64(in);
	ret_mail->fd = get_bytes(in, in->type == MSG_MAIL_HERE, &ret_mail->here);
	if (ret_mail->size < 0 || ret_mail->kept < 0 || ret_mail->kept > ret_mail->size)
		in->bad = true;
	return done_with_bytes(in, ret_mail->fd, e);
}

int talk_kept_put(struct wire *w, const struct talk_kept *k, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_KEPT);
	put_at(&o, &k->at);
	wire_put_u8(&o, (uint8_t)k->want);
	return wire_send(w, &o, e);
}

int talk_kept_get(struct wire_in *in, struct talk_kept *ret_kept, struct err *e)
{
	ret_kept->at = get_at(in);
	ret_kept->want = wire_get_enum(in, TALK_WANT_COUNT);
	return wire_done(in, e);
}

int talk_status_put(struct wire *w, const struct talk_status *s, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_POLLER_STATUS);
	wire_put_span(&o, s->mailbox);
	wire_put_u8(&o, s->good);
	wire_put_span(&o, utf8_prefix(s->text, KIB));
	wire_put_u32(&o, s->aside);
	wire_put_span(&o, utf8_prefix(s->aside_text, KIB));
	return wire_send(w, &o, e);
}

int talk_status_get(struct wire_in *in, struct talk_status *ret_status, struct err *e)
{
	ret_status->mailbox = wire_get_span(in);
	ret_status->good = wire_get_u8(in) != 0;
	ret_status->text = wire_get_span(in);
	ret_status->aside = wire_get_u32(in);
	ret_status->aside_text = wire_get_span(in);
	return wire_done(in, e);
}

int talk_send_area_put(struct wire *w, int fd, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_SEND_AREA);
	wire_put_fd(&o, fd);
	return wire_send(w, &o, e);
}

int talk_send_area_get(struct wire_in *in, struct area *ret_area, struct err *e)
{
	int fd = wire_take_fd(in, 0), result = wire_done(in, e);

	if (result == 0)
		result =
		    ret_area->p ? err_set(e, ERR_PERM, "a second area") : area_map(ret_area, fd, e);
	close(fd);
	return result;
}

int talk_send_put(struct wire *w, const struct talk_send *s, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, s->slot ? MSG_SEND_THERE : s->fd < 0 ? MSG_SEND_HERE : MSG_SEND);
	wire_put_i64(&o, s->row);
	wire_put_i64(&o, s->case_number);
	wire_put_i64(&o, (int64_t)s->results);
	wire_put_span(&o, s->sender);
	wire_put_span(&o, s->recipient);
	wire_put_span(&o, s->domain);
	if (s->slot) {
		wire_put_u32(&o, s->slot);
		wire_put_u32(&o, s->size);
	} else {
		put_bytes(&o, s->fd, s->here);
	}
	return wire_send(w, &o, e);
}

int talk_send_get(struct wire_in *in, struct talk_send *ret_send, struct err *e)
{
	ret_send->row = wire_get_i64(in);
	ret_send->case_number = wire_get_i64(in);
	ret_send->results = (uint64_t)wire_get_i64(in);
	ret_send->sender = wire_get_span(in);
	ret_send->recipient = wire_get_span(in);
	ret_send->domain = wire_get_span(in);
	ret_send->slot = in->type == MSG_SEND_THERE ? wire_get_u32(in) : 0;
	ret_send->size = in->type == MSG_SEND_THERE ? wire_get_u32(in) : 0;
	ret_send->fd = get_bytes(in, in->type == MSG_SEND_HERE, &ret_send->here);
	return done_with_bytes(in, ret_send->fd, e);
}

int talk_sent_put(struct wire *w, const struct talk_sent *s, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_SENT);
	wire_put_i64(&o, s->row);
	wire_put_u8(&o, (uint8_t)s->outcome);
	wire_put_u32(&o, (uint32_t)s->code);
	wire_put_span(&o, utf8_prefix(s->text, KIB));
	wire_put_u8(&o, s->server);
	wire_put_u32(&o, s->awaited);
	wire_put_u32(&o, s->held);
	return wire_send(w, &o, e);
}

int talk_sent_get(struct wire_in *in, struct talk_sent *ret_sent, struct err *e)
{
	ret_sent->row = wire_get_i64(in);
	ret_sent->outcome = wire_get_enum(in, TALK_OUTCOME_COUNT);
	ret_sent->code = (int)wire_get_u32(in);
	ret_sent->text = wire_get_span(in);
	ret_sent->server = wire_get_bool(in);
	ret_sent->awaited = wire_get_u32(in);
	ret_sent->held = wire_get_u32(in);
	return wire_done(in, e);
}

static int row_put(struct wire *w, uint16_t type, int64_t row, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, type);
	wire_put_i64(&o, row);
	return wire_send(w, &o, e);
}

static int row_get(struct wire_in *in, int64_t *ret_row, struct err *e)
{
	*ret_row = wire_get_i64(in);
	return wire_done(in, e);
}

int talk_written_put(struct wire *w, int64_t row, struct err *e)
{
	return row_put(w, MSG_WRITTEN, row, e);
}

int talk_written_get(struct wire_in *in, int64_t *ret_row, struct err *e)
{
	return row_get(in, ret_row, e);
}

int talk_back_put(struct wire *w, int64_t row, struct err *e)
{
	return row_put(w, MSG_BACK, row, e);
}

int talk_back_get(struct wire_in *in, int64_t *ret_row, struct err *e)
{
	return row_get(in, ret_row, e);
}

int talk_lanes_put(struct wire *w, const struct talk_lanes *l, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_LANES);
	wire_put_u32(&o, l->open);
	wire_put_u32(&o, l->most);
	wire_put_i64(&o, l->ms);
	wire_put_u32(&o, l->slow_room);
	wire_put_u32(&o, (uint32_t)l->n);
	for (size_t i = 0; i < l->n; i++) {
		wire_put_span(&o, l->slow[i].domain);
		wire_put_i64(&o, l->slow[i].ms);
		wire_put_u32(&o, l->slow[i].room);
	}
	return wire_send(w, &o, e);
}

int talk_lanes_get(struct wire_in *in, struct talk_lanes *ret_lanes, struct err *e)
{
	ret_lanes->open = wire_get_u32(in);
	ret_lanes->most = wire_get_u32(in);
	ret_lanes->ms = wire_get_i64(in);
	ret_lanes->slow_room = wire_get_u32(in);
	ret_lanes->n = wire_get_u32(in);
	if (ret_lanes->n > TALK_SLOW_MAX)
		in->bad = true;
	for (size_t i = 0; !in->bad && i < ret_lanes->n; i++) {
		ret_lanes->slow[i].domain = wire_get_span(in);
		ret_lanes->slow[i].ms = wire_get_i64(in);
		ret_lanes->slow[i].room = wire_get_u32(in);
	}
	return wire_done(in, e);
}
