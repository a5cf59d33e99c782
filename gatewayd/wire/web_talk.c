#include "gatewayd/wire/web_talk.h"

#include <unistd.h>

#include "gatewayd/base/memfd.h"
#include "gatewayd/base/utf8.h"

enum { BODY_MAX = 128 * MIB };

int web_ask_put(struct wire *w, const struct web_ask *ask, struct err *e)
{
	struct wire_out o;

	wire_begin(&o, MSG_ASK);
	wire_put_u32(&o, ask->id);
	wire_put_u8(&o, (uint8_t)ask->page);
	wire_put_span(&o, ask->session);
	wire_put_span(&o, ask->browser);
	wire_put_span(&o, ask->word);
	wire_put_span(&o, ask->queue);
	wire_put_span(&o, ask->owner);
	wire_put_span(&o, ask->state);
	wire_put_i64(&o, ask->number);
	wire_put_i64(&o, ask->before);
	return wire_send(w, &o, e);
}

static struct span text(struct wire_in *in, struct arena *a)
{
	return arena_dup(a, wire_get_span(in));
}

int web_ask_get(struct wire_in *in, struct arena *a, struct web_ask *ret_ask, struct err *e)
{
	struct web_ask ask;

	ask.id = wire_get_u32(in);
	ask.page = (enum web_page)wire_get_enum(in, WEB_PAGE_COUNT);
	ask.session = text(in, a);
	ask.browser = text(in, a);
	ask.word = text(in, a);
	ask.queue = text(in, a);
	ask.owner = text(in, a);
	ask.state = text(in, a);
	ask.number = wire_get_i64(in);
	ask.before = wire_get_i64(in);
	if (wire_done(in, e) < 0)
		return -1;
	*ret_ask = ask;
	return 0;
}

int web_told_put(struct wire *w, const struct web_told *told, struct err *e)
{
	struct wire_out o;
	int fd, result;

	if (memfd_of(told->body, &fd, e) < 0)
		return -1;
	wire_begin(&o, MSG_TOLD);
	wire_put_u32(&o, told->id);
	wire_put_u8(&o, (uint8_t)told->outcome);
	wire_put_span(&o, told->session);
	wire_put_span(&o, utf8_prefix(told->name, WEB_NAME_MAX));
	wire_put_fd(&o, fd);
	result = wire_send(w, &o, e);
	close(fd);
	return result;
}

int web_told_get(struct wire_in *in, struct arena *a, struct web_told *ret_told, struct err *e)
{
	int fd = wire_take_fd(in, 0), result;
	struct web_told told;

	told.id = wire_get_u32(in);
	told.outcome = (enum web_outcome)wire_get_enum(in, WEB_OUTCOME_COUNT);
	told.session = text(in, a);
	told.name = text(in, a);
	result = wire_done(in, e);
	if (result == 0)
		result = memfd_map(fd, BODY_MAX, &told.body, e);
	close(fd);
	if (result < 0)
		return -1;
	*ret_told = told;
	return 0;
}

void web_told_release(struct web_told *told)
{
	memfd_unmap(told->body);
	told->body = SPAN("");
}
