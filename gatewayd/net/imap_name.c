#include "gatewayd/net/imap_name.h"

#include "gatewayd/base/utf8.h"

/* The modified BASE64 of a run of UTF-16 units, bit by bit. */
struct utf7 {
	struct buf *out;
	uint32_t bits;
	int count;
	bool open;
};

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

static void utf7_unit(struct utf7 *u, uint16_t unit)
{
	if (!u->open)
		buf_addc(u->out, '&');
	u->open = true;
	u->bits = u->bits << 16 | unit;
	u->count += 16;
	while (u->count >= 6) {
		u->count -= 6;
		buf_addc(u->out, alphabet[u->bits >> u->count & 63]);
	}
}

static void utf7_close(struct utf7 *u)
{
	if (!u->open)
		return;
	if (u->count > 0)
		buf_addc(u->out, alphabet[u->bits << (6 - u->count) & 63]);
	buf_addc(u->out, '-');
	*u = (struct utf7){ .out = u->out };
}

static void utf7_code(struct utf7 *u, uint32_t code)
{
	if (code >= 0x10000) {
		utf7_unit(u, (uint16_t)(0xd800 | (code - 0x10000) >> 10));
		utf7_unit(u, (uint16_t)(0xdc00 | ((code - 0x10000) & 0x3ff)));
	} else if (code > 0x7e) {
		utf7_unit(u, (uint16_t)code);
	} else {
		utf7_close(u);
		buf_addc(u->out, (char)code);
		if (code == '&')
			buf_addc(u->out, '-');
	}
}

static int check(struct span name, struct err *e)
{
	if (name.n == 0)
		return err_set(e, ERR_PERM, "a folder's name is empty");
	if (!utf8_valid(name))
		return err_set(e, ERR_PERM, "a folder's name is not UTF-8");
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < ' ' || name.p[i] == 0x7f)
			return err_set(e, ERR_PERM, "a folder's name holds a control character");
	return 0;
}

static void encode(struct span name, char delimiter, struct buf *out)
{
	struct utf7 u = { .out = out };

	while (name.n > 0) {
		uint32_t code = utf8_code(name);

		name = span_sub(name, utf8_len(name), SIZE_MAX);
		utf7_code(&u, code == '/' && delimiter ? (unsigned char)delimiter : code);
	}
	utf7_close(&u);
}

int imap_name_encode(const char *name, char delimiter, const char *prefix, struct buf *ret_wire,
		     struct err *e)
{
	struct buf wire BUF_AUTO;

	buf_init(&wire, IMAP_NAME_MAX);
	if (check(span_of(name), e) < 0)
		return -1;
	encode(span_of(name), delimiter, &wire);
	if (!span_is_ci(buf_span(&wire), "INBOX") &&
	    !span_starts_ci(buf_span(&wire), span_of(prefix)))
		buf_adds(ret_wire, prefix);
	buf_add(ret_wire, buf_span(&wire));
	if (wire.full || ret_wire->full || ret_wire->n > IMAP_NAME_MAX)
		return err_set(e, ERR_PERM, "a folder's name is longer than %d bytes",
			       IMAP_NAME_MAX);
	return 0;
}
