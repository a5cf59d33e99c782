#include "gatewayd/case/author.h"

#include "gatewayd/base/escape.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/addrspec.h"

enum { NAME_MAX_BYTES = 100, JSON_MAX = 64 * 1024 };

/* X(id, name in JSON, word) */
#define VOUCHERS(X)                              \
	X(VOUCHED_NOT, "", WORD_BY_BORDER)       \
	X(VOUCHED_AUTH, "login", WORD_BY_LOGIN)  \
	X(VOUCHED_DMARC, "dmarc", WORD_BY_DMARC) \
	X(VOUCHED_DKIM, "dkim", WORD_BY_DKIM)    \
	X(VOUCHED_INSIDE, "inside", WORD_BY_INSIDE)

static const struct {
	const char *name;
	enum word word;
} vouchers[] = {
#define X(id, name, word) [id] = { name, word },
	VOUCHERS(X)
#undef X
};
enum { VOUCHERS_COUNT = sizeof(vouchers) / sizeof(*vouchers) };

static const struct {
	const char *name;
	enum word word;
} doubts[] = {
#define X(id, name, word) [id] = { name, word },
	AUTHOR_DOUBTS(X)
#undef X
};

/* --- beside the note --- */

static void put_doubts(const struct author *author, struct buf *out)
{
	buf_addc(out, '[');
	for (size_t i = 0; i < author->doubt_count; i++) {
		struct json_flat f = json_flat_begin(out);

		if (i)
			buf_addc(out, ',');
		json_flat_span(&f, "kind", span_of(doubts[author->doubts[i].kind].name));
		json_flat_span(&f, "what", author->doubts[i].what);
		json_flat_span(&f, "like", author->doubts[i].like);
		json_flat_end(&f);
	}
	buf_addc(out, ']');
}

struct span author_encode(const struct author *author, struct arena *a)
{
	struct buf out BUF_AUTO;
	struct json_flat f = json_flat_begin(&out);

	buf_init(&out, JSON_MAX);
	json_flat_span(&f, "by", span_of(vouchers[author->by].name));
	json_flat_bool(&f, "failed", author->failed);
	json_flat_bool(&f, "passed_on", author->passed_on);
	json_flat_span(&f, "via", author->via);
	json_flat_span(&f, "reply_to", author->reply_to);
	json_flat_span(&f, "envelope", author->envelope);
	if (author->to.n)
		json_flat_span(&f, "to", author->to);
	json_flat_span(&f, "cc", author->cc);
	json_flat_name(&f, "doubts");
	put_doubts(author, &out);
	json_flat_end(&f);
	return out.full ? SPAN("") : arena_dup(a, buf_span(&out));
}

static void read_doubts(const json_t *v, struct arena *a, struct author *author)
{
	for (size_t i = 0; i < json_array_size(v) && author->doubt_count < AUTHOR_DOUBTS_MAX; i++) {
		const json_t *j = json_array_get(v, i);

		for (int k = 0; k < DOUBT_COUNT; k++)
			if (span_is(json_span(j, "kind"), doubts[k].name))
				author->doubts[author->doubt_count++] = (struct author_doubt){
					(enum author_doubt_kind)k,
					arena_dup(a, json_span(j, "what")),
					arena_dup(a, json_span(j, "like")),
				};
	}
}

void author_of_note(const struct store_note *note, struct arena *a, struct author *ret_author)
{
	json_t *j JSON_AUTO = NULL;
	struct err e;

	*ret_author = (struct author){
		.trust = note->trust,
		.via = SPAN(""),
		.reply_to = SPAN(""),
		.envelope = SPAN(""),
		.to = SPAN(""),
		.cc = SPAN(""),
	};
	if (!note->author.n || json_read(note->author, &j, &e) < 0)
		return;
	for (int by = 0; by < VOUCHERS_COUNT; by++)
		if (span_is(json_span(j, "by"), vouchers[by].name))
			ret_author->by = (enum vouched_by)by;
	ret_author->failed = json_is_true(json_object_get(j, "failed"));
	ret_author->passed_on = json_is_true(json_object_get(j, "passed_on"));
	ret_author->via = arena_dup(a, json_span(j, "via"));
	ret_author->reply_to = arena_dup(a, json_span(j, "reply_to"));
	ret_author->envelope = arena_dup(a, json_span(j, "envelope"));
	ret_author->to = arena_dup(a, json_span(j, "to"));
	ret_author->cc = arena_dup(a, json_span(j, "cc"));
	read_doubts(json_object_get(j, "doubts"), a, ret_author);
}

/* Without " (+2)", which no address ends with. */
static struct span named(struct span list)
{
	for (size_t k = list.n; span_ends_ci(list, SPAN(")")) && k > 0; k--)
		if (span_starts(span_sub(list, k - 1, SIZE_MAX), SPAN(" (+")))
			return span_sub(list, 0, k - 1);
	return list;
}

static bool list_names(struct span list, struct span address)
{
	list = named(list);
	while (list.n)
		if (addrspec_eq(addrspec_cut(&list), address))
			return true;
	return false;
}

bool author_names(const struct author *author, struct span address)
{
	return list_names(author->to, address) || list_names(author->cc, address);
}

/* --- in words --- */

struct span author_sure(const struct desk *d, const struct words *w, const struct author *author)
{
	static const enum word words[NOTE_TRUST_COUNT] = {
		[NOTE_TRUST_L0] = WORD_SURE_NOT,	 [NOTE_TRUST_L1] = WORD_SURE_TOKEN,
		[NOTE_TRUST_L2] = WORD_SURE_BORDER,	 [NOTE_TRUST_L3] = WORD_SURE_BOTH,
		[NOTE_TRUST_STAFF] = WORD_SURE_STAFF,	 [NOTE_TRUST_OPERATOR] = WORD_SURE_OPERATOR,
		[NOTE_TRUST_SYSTEM] = WORD_SURE_SYSTEM,	 [NOTE_TRUST_AUTOMATIC] = WORD_SURE_MACHINE,
		[NOTE_TRUST_UNVERIFIED] = WORD_SURE_NOT, [NOTE_TRUST_OUTSIDE] = WORD_SURE_NOT,
	};
	enum word id = words[author->trust];

	if (id == WORD_SURE_NOT && author->failed)
		id = WORD_SURE_FAILED;
	if (author->trust == NOTE_TRUST_OUTSIDE && author->by != VOUCHED_NOT)
		id = WORD_SURE_BORDER;
	return word_with(d, w, id, "by", words_get(w, vouchers[author->by].word));
}

struct span author_doubt_text(const struct desk *d, const struct words *w,
			      const struct author_doubt *doubt)
{
	const struct word_value v[] = { { "what", doubt->what }, { "like", doubt->like } };

	return word_fill(d, w, doubts[doubt->kind].word, v, 2);
}

/* Letters of a name, and what stands between them: no sign that only looks like one of an address.
 */
static bool is_name_char(uint32_t c)
{
	if (c < 0x80)
		return ascii_is_alpha((unsigned char)c) || ascii_is_digit((unsigned char)c) ||
		       c == ' ' || c == '-' || c == '\'';
	return c >= 0xc0 && c != 0xd7 && c != 0xf7 && !(c >= 0x2000 && c <= 0x2fff) &&
	       !(c >= 0x3001 && c <= 0x303f && c != 0x3005) && !(c >= 0xfe10 && c <= 0xfe6f) &&
	       !(c >= 0xff00 && c <= 0xff65) && c < 0xfff0 && !utf8_is_hidden(c);
}

/* "J. Smith": a stop behind which a blank or nothing is. */
static bool is_plain(struct span name)
{
	while (name.n) {
		size_t n = utf8_len(name);
		uint32_t c = n ? utf8_code(name) : 0;

		name = span_sub(name, n, SIZE_MAX);
		if (!n || !(is_name_char(c) || (c == '.' && (!name.n || *name.p == ' '))))
			return false;
	}
	return true;
}

struct span author_text(struct span name, struct span address, struct arena *a)
{
	struct buf out BUF_AUTO, line BUF_AUTO;
	bool plain;

	buf_init(&out, SIZE_MAX);
	buf_init(&line, SIZE_MAX);
	escape_line(name, &line);
	plain = is_plain(buf_span(&line)) && line.n <= NAME_MAX_BYTES;
	name = utf8_prefix(buf_span(&line), NAME_MAX_BYTES);
	if (line.n && !plain)
		buf_addc(&out, '"');
	for (size_t i = 0; i < name.n; i++)
		buf_addc(&out, name.p[i] == '"' || name.p[i] == '\\' ? '\'' : name.p[i]);
	buf_adds(&out, line.n == 0 ? "" : plain ? " " : "\" ");
	if (!address.n)
		return arena_dup(a, span_trim(buf_span(&out)));
	buf_adds(&out, line.n ? "<" : "");
	buf_add(&out, address);
	buf_adds(&out, line.n ? ">" : "");
	return arena_dup(a, buf_span(&out));
}

json_t *author_view(const struct desk *d, const struct store_note *note)
{
	const struct words *w = words_find(d->conf, NULL, "en");
	json_t *all = json_array();
	struct author author;

	author_of_note(note, d->arena, &author);
	for (size_t i = 0; i < author.doubt_count; i++)
		json_array_append_new(all,
				      json_of_span(author_doubt_text(d, w, &author.doubts[i])));
	return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "sure",
			 json_of_span(author_sure(d, w, &author)), "by", vouchers[author.by].name,
			 "via", json_of_span_or_null(author.via), "reply_to",
			 json_of_span_or_null(author.reply_to), "envelope",
			 json_of_span_or_null(author.envelope), "cc",
			 json_of_span_or_null(author.cc), "doubts", all);
}
