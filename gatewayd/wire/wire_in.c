/* The fields of a frame that came, read one after the other. */
#include "gatewayd/wire/wire.h"

#include <string.h>
#include <unistd.h>

#include "gatewayd/base/crypto.h"

static void get(struct wire_in *in, void *out, size_t n)
{
	if (in->rest.n < n) {
		in->bad = true;
		memset(out, 0, n);
		return;
	}
	memcpy(out, in->rest.p, n);
	in->rest = span_sub(in->rest, n, SIZE_MAX);
}

uint8_t wire_get_u8(struct wire_in *in)
{
	uint8_t v;

	get(in, &v, sizeof(v));
	return v;
}

uint32_t wire_get_u32(struct wire_in *in)
{
	uint32_t v;

	get(in, &v, sizeof(v));
	return v;
}

int64_t wire_get_i64(struct wire_in *in)
{
	int64_t v;

	get(in, &v, sizeof(v));
	return v;
}

struct span wire_get_span(struct wire_in *in)
{
	uint32_t n = wire_get_u32(in);
	struct span s = span_sub(in->rest, 0, n);

	if (s.n < n)
		in->bad = true;
	in->rest = span_sub(in->rest, s.n, SIZE_MAX);
	return s;
}

bool wire_get_bool(struct wire_in *in)
{
	return wire_get_enum(in, 2) == 1;
}

uint8_t wire_get_enum(struct wire_in *in, unsigned int count)
{
	uint8_t v = wire_get_u8(in);

	if (v < count)
		return v;
	in->bad = true;
	return 0;
}

int wire_take_fd(struct wire_in *in, size_t index)
{
	int fd = in->fds[index];

	in->fds[index] = -1;
	return fd;
}

void wire_close_fds(struct wire_in *in)
{
	for (size_t i = 0; i < WIRE_FDS_MAX; i++) {
		if (in->fds[i] >= 0)
			close(in->fds[i]);
		in->fds[i] = -1;
	}
}

int wire_done(struct wire_in *in, struct err *e)
{
	wire_close_fds(in);
	if (in->secret)
		crypto_wipe(in->secret, in->secret_n);
	if (in->bad || in->rest.n)
		return err_set(e, ERR_PERM, "message %u is %s", in->type,
			       in->bad ? "too short" : "too long");
	return 0;
}
