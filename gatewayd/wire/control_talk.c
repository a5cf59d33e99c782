#include "gatewayd/wire/control_talk.h"

#include <unistd.h>

#include "gatewayd/base/memfd.h"

enum { BYTES_MAX = 600 * MIB };

int control_request_put(struct wire *w, const struct control_request *r, struct err *e)
{
	struct wire_out o;
	int fd, result;

	if (memfd_of(r->input, &fd, e) < 0)
		return -1;
	wire_begin(&o, MSG_REQUEST);
	wire_put_u32(&o, (uint32_t)r->columns);
	wire_put_u32(&o, (uint32_t)r->n);
	for (int i = 0; i < r->n; i++)
		wire_put_span(&o, span_of(r->words[i]));
	wire_put_fd(&o, fd);
	result = wire_send(w, &o, e);
	close(fd);
	return result;
}

int control_request_get(struct wire_in *in, struct arena *a, struct control_request *ret_request,
			struct err *e)
{
	int fd = wire_take_fd(in, 0), result;
	uint32_t n;

	*ret_request = (struct control_request){ .columns = (int)wire_get_u32(in) };
	n = wire_get_u32(in);
	if (n > CONTROL_WORDS_MAX)
		in->bad = true;
	for (uint32_t i = 0; i < n && !in->bad; i++)
		ret_request->words[ret_request->n++] = arena_cstr(a, wire_get_span(in));
	result = wire_done(in, e);
	if (result == 0)
		result = memfd_map(fd, BYTES_MAX, &ret_request->input, e);
	close(fd);
	return result;
}

void control_request_release(struct control_request *r)
{
	memfd_unmap(r->input);
	r->input = SPAN("");
}

int control_answer_put(struct wire *w, int status, struct span out, struct span err, int file,
		       struct err *e)
{
	struct buf both BUF_AUTO;
	struct wire_out o;
	int fd, result;

	buf_init(&both, BYTES_MAX);
	buf_add(&both, out);
	buf_add(&both, err);
	if (memfd_of(buf_span(&both), &fd, e) < 0)
		return -1;
	wire_begin(&o, MSG_ANSWER);
	wire_put_u32(&o, (uint32_t)status);
	wire_put_i64(&o, (int64_t)out.n);
	wire_put_u8(&o, file >= 0);
	wire_put_fd(&o, fd);
	wire_put_fd(&o, file >= 0 ? file : fd);
	result = wire_send(w, &o, e);
	close(fd);
	return result;
}

static void take_file(int fd, bool there, int *ret_file)
{
	if (ret_file)
		*ret_file = there ? fd : -1;
	if (!ret_file || !there)
		close(fd);
}

int control_answer_get(struct wire_in *in, int *ret_status, struct buf *out, struct buf *err,
		       int *ret_file, struct err *e)
{
	int fd = wire_take_fd(in, 0), file = wire_take_fd(in, 1), result;
	struct span bytes;
	int64_t split;
	bool there;

	*ret_status = (int)wire_get_u32(in);
	split = wire_get_i64(in);
	there = wire_get_bool(in);
	result = wire_done(in, e);
	if (result == 0)
		result = memfd_map(fd, BYTES_MAX, &bytes, e);
	close(fd);
	take_file(file, there && result == 0, ret_file);
	if (result < 0)
		return -1;
	buf_add(out, span_sub(bytes, 0, (size_t)split));
	buf_add(err, span_sub(bytes, (size_t)split, SIZE_MAX));
	memfd_unmap(bytes);
	return 0;
}
