#include "gatewayd/grant/answer.h"
#include "gatewayd/grant/jwt.h"
#include "gatewayd/identity/addrspec.h"
#include "parser/address.h"
#include "parser/charset_guess.h"
#include "parser/cms.h"
#include "parser/date.h"
#include "parser/mime.h"
#include "parser/msgid.h"
#include "parser/pgp.h"
#include "parser/rtf.h"
#include "parser/rtf_text.h"
#include "parser/tnef.h"
#include "parser/transfer.h"
#include "parser/uuencode.h"
#include "parser/word.h"
#include "tests/fuzz/lab.h"
#include "tests/fuzz/targets.h"

void fuzz_header(struct span bytes)
{
	struct reading *r = lab_begin();
	struct span left = bytes;

	headers_read_message(&lab.headers, &left, r);
	lab_must_be_inside(left, bytes);
	MUST(lab.headers.n <= LIMIT_HEADERS);
	for (size_t i = 0; i < lab.headers.n; i++) {
		lab_must_be_inside(lab.headers.v[i].name, bytes);
		lab_must_be_inside(lab.headers.v[i].value, bytes);
	}
	lab_must_be_inside(header_value(&lab.headers, HEADER_SUBJECT), bytes);
	MUST(!header_find(&lab.headers, "x-other") || lab.headers.n > 0);
}

void fuzz_address(struct span bytes)
{
	struct reading *r = lab_begin();
	struct facts_addresses list = { 0 };
	struct span *ids;
	size_t n;

	address_list(bytes, r, &list);
	address_list(bytes, r, &list);
	lab_must_be_addresses(&list);
	lab_must_be_text(msgid_first(bytes, r), FACTS_FIELD_MAX);
	ids = msgid_list(bytes, r, &n);
	MUST(n <= FACTS_REFERENCES_MAX);
	for (size_t i = 0; i < n; i++)
		lab_must_be_text(ids[i], FACTS_FIELD_MAX);
}

/* Core's readers: what they take for an address is one, and what is sure the strict form of one. */
void fuzz_addrspec(struct span bytes)
{
	struct reading *r = lab_begin();
	struct addrspec_found found;
	struct addrspec_list list;

	addrspec_list_read(bytes, 50, r->arena, &list);
	MUST(list.n <= 50);
	for (size_t i = 0; i < list.n; i++)
		MUST(addrspec_valid(list.v[i]));
	if (!addrspec_find(bytes, r->arena, &found))
		return;
	lab_must_be_text(found.address, ADDRSPEC_MAX);
	MUST(addrspec_domain_valid(addrspec_domain(found.address)));
	MUST(!found.sure || addrspec_valid(found.address));
	addrspec_put(found.address, &r->text);
}

void fuzz_date(struct span bytes)
{
	int64_t at = INT64_MIN;

	if (!date_parse(bytes, &at))
		return;
	MUST(at != INT64_MIN);
}

void fuzz_word(struct span bytes)
{
	struct reading *r = lab_begin();
	struct span text = word_text(bytes, r);

	MUST(text.p);
	lab_must_be_text(text, FACTS_FIELD_MAX);
	MUST(span_eq(text, span_trim(text)));
	lab_must_be_text(word_scrub(bytes, r), FACTS_FIELD_MAX);
	MUST(word_length(bytes) <= bytes.n);
}

void fuzz_param(struct span bytes)
{
	struct reading *r = lab_begin();

	params_read(bytes, &lab.params, r);
	MUST(lab.params.n <= LIMIT_PARAMS);
	lab_must_be_text(param_text(&lab.params, "filename", r), FACTS_FIELD_MAX);
	lab_must_be_text(param_text(&lab.params, "name", r), FACTS_FIELD_MAX);
	param_get(&lab.params, "name", r);
	lab_must_be_text(mime_safe_name(param_text(&lab.params, "name", r), r), LIMIT_FILENAME);
}

void fuzz_type(struct span bytes)
{
	struct reading *r = lab_begin();
	struct span rest = SPAN(""), type = content_type_read(bytes, &rest, r);

	lab_must_be_text(type, FACTS_FIELD_MAX);
	lab_must_be_inside(rest, bytes);
	params_read(rest, &lab.params, r);
	charset_find(lab.charsets, param_get(&lab.params, "charset", r));
	param_get(&lab.params, "boundary", r);
	transfer_find(bytes);
}

/* The label stands before the first line end, then the bytes. */
void fuzz_charset(struct span bytes)
{
	struct reading *r = lab_begin();
	struct span label = span_cut(&bytes, '\n');
	struct charset_choice choice;

	for (int is_html = 0; is_html < 2; is_html++) {
		charset_choose(lab.charsets, label, bytes, is_html, &choice);
		MUST(choice.charset);
		buf_clear(&r->text);
		charset_decode(choice.charset, bytes, &r->text);
		lab_must_be_text(buf_span(&r->text), r->text.max);
	}
	MUST(r->text.n <= 6 * bytes.n); /* a byte of ISO 2022 may become two U+FFFD */
}

static void pour_bytes(void *ctx, struct span piece)
{
	struct buf *out = ctx;

	buf_add(out, piece);
}

static void no_block(void *ctx, struct span name, struct span lines)
{
	(void)ctx;
	(void)name;
	(void)lines;
}

/* The first byte says which encoding. */
void fuzz_transfer(struct span bytes)
{
	struct reading *r = lab_begin();
	struct transfer_out out = { pour_bytes, &r->bytes };
	unsigned char which = bytes.n ? (unsigned char)*bytes.p : 0;
	struct span data = span_sub(bytes, 1, SIZE_MAX);

	transfer_decode((enum transfer)(which % (TRANSFER_UNKNOWN + 1)), data, &out);
	MUST(r->bytes.n <= data.n);
	uuencode_cut(data, &r->text, no_block, NULL);
	buf_clear(&r->text);
	rtf_expand(data, &r->text);
}

static void found_file(void *ctx, const struct tnef_file *file)
{
	size_t *n = ctx;

	++*n;
	lab_must_be_text(file->name, FACTS_FIELD_MAX);
	lab_must_be_text(file->type, FACTS_FIELD_MAX);
	lab_must_be_text(file->content_id, FACTS_FIELD_MAX);
	if (file->data.n) /* the sanitizer looks */
		MUST((unsigned char)file->data.p[file->data.n - 1] <= 255);
}

void fuzz_tnef(struct span bytes)
{
	size_t files = 0;

	tnef_read(bytes, lab_begin(), found_file, &files);
	MUST(files <= LIMIT_TNEF_FILES + 2); /* and the bodies */
}

void fuzz_rtf(struct span bytes)
{
	struct reading *r = lab_begin();

	rtf_text(bytes, r->charsets, &r->text);
	lab_must_be_text(buf_span(&r->text), r->text.max);
}

void fuzz_cms(struct span bytes)
{
	struct reading *r = lab_begin();
	enum cms cms = cms_read(bytes, &r->bytes);

	MUST(r->bytes.n == 0 || cms == CMS_SIGNED);
	MUST(r->bytes.n <= bytes.n);
}

static void found_armour(void *ctx, enum pgp_block block, struct span bytes)
{
	size_t *cut = ctx;

	*cut += bytes.n;
	MUST(block < PGP_BLOCK_COUNT && span_starts(bytes, SPAN("-----BEGIN PGP ")));
}

void fuzz_pgp(struct span bytes)
{
	struct reading *r = lab_begin();
	size_t cut = 0;

	if (!pgp_cut(bytes, &r->text, found_armour, &cut))
		MUST(cut == 0);
	MUST(cut + r->text.n <= bytes.n);
}

static void must_be_printable(struct span s, size_t max)
{
	MUST(s.n <= max);
	for (size_t i = 0; i < s.n; i++)
		MUST(s.p[i] > ' ' && s.p[i] <= '~');
}

/* What a token endpoint answers, its status in the first byte: 2.., 3.., 4.. */
void fuzz_token(struct span bytes)
{
	struct https_answer a = { .status = 200, .type = SPAN("application/json") };
	struct reading *r = lab_begin();
	char code[ANSWER_CODE_MAX];
	struct answer_device d;
	struct answer_tokens t;
	struct err e = { 0 };

	if (bytes.n)
		a.status = 100 * (2 + bytes.p[0] % 3);
	a.body = span_sub(bytes, 1, SIZE_MAX);
	if (answer_tokens(&a, &t, code, &e) == 0) {
		must_be_printable(t.access, ANSWER_ACCESS_MAX);
		must_be_printable(t.refresh, ANSWER_REFRESH_MAX);
		MUST(t.access_life_s > 0 && t.access_life_s <= ANSWER_LIFE_MAX_S);
		answer_wipe(&t);
	} else {
		lab_must_be_text(span_of(e.text), sizeof(e.text));
	}
	if (answer_device(&a, r->arena, &d, &e) == 0) {
		must_be_printable(span_of(d.user_code), ANSWER_CODE_MAX);
		must_be_printable(span_of(d.address), 300);
	}
	jwt_claims(a.body, &r->text);
}
