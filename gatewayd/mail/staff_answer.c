#include "gatewayd/mail/staff_answer.h"

#include "gatewayd/mail/answer_strip.h"
#include "gatewayd/mail/mail_file.h"
#include "gatewayd/mail/notice_words.h"
#include "gatewayd/mail/ours.h"
#include "gatewayd/mail/picture.h"
#include "gatewayd/mail/slip.h"
#include "gatewayd/mail/staff_signature.h"

enum {
	NOTICE_LINES = 2, /* internal ones, by which a file is known */
	ICON_SIDE = 64,	  /* pixels */
	LOGO_HEIGHT = 160,
	LOGO_PIXELS = 64000, /* 400 x 160 */
};

const char *staff_held_why(enum staff_held held)
{
	static const char *const whys[] = {
#define X(id, why, word) why,
		STAFF_HELDS(X)
#undef X
	};

	return whys[held];
}

enum word staff_held_word(enum staff_held held)
{
	static const enum word words[] = {
#define X(id, why, word) word,
		STAFF_HELDS(X)
#undef X
	};

	return words[held];
}

/* --- what is left --- */

static bool is_history(enum facts_cut_why why)
{
	return why != FACTS_CUT_SIGNATURE && why != FACTS_CUT_FOOTER;
}

/* Nothing is known of what was shown (it is too long ago): the parser's word about history. */
static struct span without_history(const struct facts *f, struct arena *a)
{
	struct buf out BUF_AUTO;
	size_t at = 0;

	buf_init(&out, SIZE_MAX);
	for (size_t i = 0; i < f->reply_cut_count; i++) {
		const struct facts_cut *cut = &f->reply_cuts[i];

		if (!is_history(cut->why))
			continue;
		buf_add(&out, span_sub(f->text, at, cut->offset - at));
		at = (size_t)(cut->offset + cut->length);
	}
	buf_add(&out, span_sub(f->text, at, SIZE_MAX));
	return arena_dup(a, span_trim(buf_span(&out)));
}

static size_t own_addresses(const struct conf *c, struct arena *a, struct span **ret_v)
{
	struct span *v = NULL;
	size_t n = 0;

	for (size_t i = 0; i < c->mailbox_count; i++) {
		ARENA_GROW(a, v, n);
		v[n++] = span_of(c->mailboxes[i].address);
	}
	for (size_t i = 0; i < c->queue_count; i++) {
		ARENA_GROW(a, v, n);
		v[n++] = span_of(c->queues[i].address);
	}
	*ret_v = v;
	return n;
}

static size_t own_names(const struct conf *c, struct arena *a, struct span **ret_v)
{
	struct span *v = arena_alloc_n(a, c->queue_count + 1, sizeof(*v));

	for (size_t i = 0; i < c->queue_count; i++)
		v[i] = span_of(c->queues[i].from_name);
	v[c->queue_count] = span_of(c->company);
	*ret_v = v;
	return c->queue_count + 1;
}

/* Commands at the top are the author's, whatever a line of ours says: "#account acme networks" has
 * the words of "Account: Acme Networks". */
static struct span with_commands(struct span text, struct span rest, struct arena *a)
{
	struct staff_commands written, left;
	struct buf out BUF_AUTO;

	buf_init(&out, SIZE_MAX);
	staff_commands_read(text, &written);
	staff_commands_read(rest, &left);
	if (left.n >= written.n)
		return rest;
	text = span_trim(text);
	buf_add(&out, span_sub(text, 0, (size_t)(written.text.p - text.p)));
	buf_adds(&out, "\n");
	buf_add(&out, left.text);
	return arena_dup(a, buf_span(&out));
}

static void take_ours(const struct staff_answer_in *in, struct arena *a, struct ours *ret)
{
	struct span *addresses, *names;
	struct ours_in o = { .text = in->facts->text,
			     .host = span_of(in->conf->hostname),
			     .cuts = in->facts->reply_cuts,
			     .cut_count = in->facts->reply_cut_count,
			     .shown = in->shown,
			     .shown_count = in->shown_count };

	if (!in->shown_count) {
		*ret = (struct ours){ .rest = without_history(in->facts, a) };
		ret->clean = ret->rest;
	} else {
		o.address_count = own_addresses(in->conf, a, &addresses);
		o.name_count = own_names(in->conf, a, &names);
		o.addresses = addresses;
		o.names = names;
		ours_take(&o, a, ret);
	}
	ret->rest = answer_strip(in->conf, with_commands(o.text, ret->rest, a), a);
	ret->clean = answer_strip(in->conf, with_commands(o.text, ret->clean, a), a);
}

/* --- files --- */

size_t staff_answer_signature(struct span text)
{
	struct span rest = text, line;

	while (span_line(&rest, &line))
		if (span_is(span_trim(line), "--"))
			return (size_t)(line.p - text.p);
	return SIZE_MAX;
}

/* An icon, or beside a signature what a signature has: nothing that is looked at for itself. */
static bool is_small(struct span bytes, bool is_signed)
{
	struct picture p;

	if (!picture_read(bytes, &p))
		return false;
	if (p.width <= ICON_SIDE && p.height <= ICON_SIDE)
		return true;
	return is_signed && p.height <= LOGO_HEIGHT && (uint64_t)p.width * p.height <= LOGO_PIXELS;
}

bool staff_answer_mails(const struct staff_answer_file *file, struct span text)
{
	static const char *const never[] = {
		"application/pkcs7-signature", "application/x-pkcs7-signature",
		"application/pkcs7-mime",      "application/x-pkcs7-mime",
		"application/pgp-signature",   "application/ms-tnef",
		"application/vnd.ms-tnef"
	};
	size_t sign, shown;

	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++)
		if (span_is_ci(file->type, never[i]))
			return false;
	if (!file->is_inline || !span_starts_ci(file->type, SPAN("image/")))
		return true;
	/* Pictures stand in the text as "[cid:...]" or "[image: ...]": all below a signature's
	 * mark, they are of the signature.  One without words leaves no sign in it. */
	sign = staff_answer_signature(text);
	shown = file->id.n ? span_find(text, file->id) : SIZE_MAX;
	if (shown == SIZE_MAX)
		shown = span_find(text, SPAN("[image: "));
	if (shown == SIZE_MAX)
		return !is_small(file->bytes, sign != SIZE_MAX);
	return sign == SIZE_MAX || shown < sign;
}

static struct span bytes_of(const struct staff_answer_in *in, const struct facts_attachment *file,
			    struct arena *a)
{
	const struct mail_job job = { .raw = in->raw, .body = in->body };

	return mail_file_content(&job, file, a);
}

static bool any_file(const struct staff_answer_in *in, struct arena *a)
{
	const struct facts *f = in->facts;

	for (size_t i = 0; i < f->attachment_count; i++) {
		const struct facts_attachment *at = &f->attachments[i];
		struct staff_answer_file file = { at->content_type, at->content_id, at->is_inline,
						  bytes_of(in, at, a) };

		if (staff_answer_mails(&file, f->text))
			return true;
	}
	return false;
}

/* A person may have written it, and no line of it was read. */
static bool is_written(const struct facts_attachment *at)
{
	static const char *const others[] = { "image/", "audio/", "video/", "application/pdf" };

	if (at->role == FACTS_ROLE_MESSAGE || at->role == FACTS_ROLE_CALENDAR ||
	    span_starts_ci(at->content_type, SPAN("text/")) ||
	    span_starts_ci(at->content_type, SPAN("message/")) ||
	    span_is_ci(at->content_type, "application/rtf"))
		return true;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (span_starts_ci(at->content_type, span_of(others[i])))
			return false;
	return !at->filename.n;
}

/* The words of the mail stand in a part that is not read, and that goes as a file: Markdown, rich
 * text, what is encrypted, a text that is attached to nothing. */
static bool is_body_unread(const struct facts *f, const struct staff_commands *c)
{
	for (size_t i = 0; i < f->attachment_count; i++) {
		const struct facts_attachment *at = &f->attachments[i];

		if (at->role == FACTS_ROLE_ENCRYPTED && !c->n && !c->text.n)
			return true;
		if (f->text_source == FACTS_NONE && is_written(at))
			return true;
	}
	return false;
}

/* Nothing is there but pictures of the size that a signature has. */
static bool only_logos(const struct staff_answer_in *in, struct arena *a)
{
	const struct facts *f = in->facts;

	for (size_t i = 0; i < f->attachment_count; i++) {
		const struct facts_attachment *at = &f->attachments[i];

		if (!at->is_inline || !is_small(bytes_of(in, at, a), true))
			return false;
	}
	return f->attachment_count > 0;
}

/* Of text in UTF-16, as .msg files have it, every other byte. */
static struct span without_nuls(struct span bytes, struct arena *a)
{
	struct buf out BUF_AUTO;

	buf_init(&out, bytes.n);
	if (!bytes.n || !memchr(bytes.p, '\0', bytes.n))
		return SPAN("");
	for (size_t i = 0; i < bytes.n; i++)
		if (bytes.p[i])
			buf_addc(&out, bytes.p[i]);
	return arena_dup(a, buf_span(&out));
}

/* One may be cited, or be anybody's. */
static bool has_internal_lines(const struct shown_index *index, struct span text)
{
	struct span line;
	uint64_t hash;
	int n = 0;

	while (index && n < NOTICE_LINES && span_line(&text, &line))
		n += fold_line(line, FOLD_UNICODE, &hash) > 1 && shown_has(index->internal, hash);
	return n >= NOTICE_LINES;
}

/* A notice of ours that goes along, as a mail, in the format of some client or saved as text. */
static bool any_notice(const struct staff_answer_in *in, const struct ours *o, struct arena *a)
{
	for (size_t i = 0; i < in->facts->attachment_count; i++) {
		const struct facts_attachment *at = &in->facts->attachments[i];
		struct span bytes = bytes_of(in, at, a);
		bool text = at->role == FACTS_ROLE_MESSAGE || at->role == FACTS_ROLE_HEADERS ||
			    span_starts_ci(at->content_type, SPAN("text/"));

		if (answer_has_token(in->conf, bytes) ||
		    answer_has_token(in->conf, without_nuls(bytes, a)) ||
		    (text && has_internal_lines(o->index, bytes)))
			return true;
	}
	return false;
}

/* --- whether it is held --- */

static const struct staff_command *find_verb(const struct staff_commands *c, enum staff_verb verb)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->v[i].verb == verb)
			return &c->v[i];
	return NULL;
}

/* A person's, with a mark that mail systems put on automatic mail.  A list marks what people write
 * as bulk, too, and leaves its name. */
static bool is_marked(const struct facts *f)
{
	const uint64_t automatic = facts_mark_bit(FACTS_MARK_AUTO_RESPONSE_SUPPRESS) |
				   facts_mark_bit(FACTS_MARK_AUTOREPLY) |
				   facts_mark_bit(FACTS_MARK_AUTO_REPLIED) |
				   facts_mark_bit(FACTS_MARK_PRECEDENCE_AUTO_REPLY);
	const uint64_t bulk =
	    facts_mark_bit(FACTS_MARK_PRECEDENCE_BULK) | facts_mark_bit(FACTS_MARK_PRECEDENCE_JUNK);

	return f->marks & automatic ||
	       (f->marks & bulk && !(f->marks & facts_mark_bit(FACTS_MARK_LIST_ID)));
}

/* Outlook asks its own server to take a mail back: no other does, and nobody wrote it. */
static bool is_recall(struct span subject, struct span text)
{
	static const struct {
		const char *subject, *says;
	} recalls[] = { { "Recall:", " would like to recall the message" },
			{ "R\xc3\xbc"
			  "ckruf:",
			  "zur\xc3\xbc"
			  "ckrufen" },
			{ "Rappel", "rappeler le message" },
			{ "Recuperar:", "recuperar el mensaje" } };
	struct span line;

	if (!span_line(&text, &line))
		return false;
	for (size_t i = 0; i < sizeof(recalls) / sizeof(*recalls); i++)
		if (span_starts_ci(span_trim(subject), span_of(recalls[i].subject)) &&
		    span_find_ci(line, span_of(recalls[i].says)) != SIZE_MAX)
			return true;
	return false;
}

/* What would go out if it were sent, and must not. */
static enum staff_held look_at_words(const struct staff_answer_in *in, const struct ours *o,
				     struct arena *a, struct staff_answer *r)
{
	struct span text = o->rest;
	size_t commands = r->commands.text.n ? (size_t)(r->commands.text.p - text.p) : text.n;

	if (r->commands.is_note)
		return HELD_NO;
	r->line = slip_find(text, commands, o->index);
	if (!r->line.p && in->facts->subject.p)
		r->line = slip_find(in->facts->subject, 0, NULL);
	if (r->line.p)
		return HELD_SLIP;
	r->line = slip_find_unmarked(text, commands, o->index);
	if (r->line.p)
		return HELD_UNMARKED;
	r->line = SPAN("");
	if (o->internal)
		return HELD_INTERNAL;
	if (any_notice(in, o, a))
		return HELD_FILE;
	if (r->files && is_body_unread(in->facts, &r->commands))
		return HELD_BODY;
	return r->commands.n || r->commands.text.n || r->files ? HELD_NO : HELD_NOTHING;
}

/* "Send it", in answer to NOT SENT, "ok", in answer to a reminder: whatever commands are beside. */
static bool is_for_us(const struct staff_answer_in *in, struct arena *a, struct staff_answer *r)
{
	const struct facts *f = in->facts;
	struct span own = f->from.n ? f->from.v[0].name : SPAN(""), line;
	struct span rest = span_sub(r->commands.text, 0, staff_answer_signature(r->commands.text));

	if (!in->notice || r->commands.is_note || (r->files && !only_logos(in, a)) ||
	    !notice_words_only(in->conf, rest, own, a))
		return false;
	while (!r->line.n && span_line(&rest, &line))
		r->line = span_trim(line);
	return true;
}

static enum staff_held look(const struct staff_answer_in *in, const struct ours *o, bool maybe_none,
			    struct arena *a, struct staff_answer *r)
{
	const struct staff_command *unknown = find_verb(&r->commands, STAFF_UNKNOWN);
	enum staff_held held;

	if (is_marked(in->facts) || is_recall(in->facts->subject, r->commands.text))
		return HELD_MACHINE;
	if (is_for_us(in, a, r))
		return HELD_NOTICE;
	if (r->commands.cut)
		return HELD_MANY;
	if (unknown) {
		r->line = unknown->line;
		return HELD_COMMAND;
	}
	if (find_verb(&r->commands, STAFF_SEND) && (r->commands.n > 1 || r->commands.text.n))
		return HELD_SEND;
	held = look_at_words(in, o, a, r);
	return held == HELD_NO && maybe_none ? HELD_SIGNATURE : held;
}

/* Takes away what is a signature and nothing else; true: perhaps it is one. */
static bool drop_signature(const struct staff_answer_in *in, struct arena *a,
			   struct staff_answer *r)
{
	struct staff_signature_in sign = { in->conf, in->facts, &r->commands };
	enum staff_signature is = staff_signature_read(&sign);
	bool was_text = r->commands.text.n;

	if (is == STAFF_SIGNATURE_YES)
		r->commands.text = SPAN("");
	/* Below a signature they are its logo, alone anything. */
	if (!r->commands.text.n && !r->commands.is_note && r->files && only_logos(in, a)) {
		r->files = !was_text;
		return !was_text;
	}
	return is == STAFF_SIGNATURE_MAYBE;
}

void staff_answer_read(const struct staff_answer_in *in, struct arena *a,
		       struct staff_answer *ret_answer)
{
	struct staff_answer r = { .line = SPAN("") };
	struct ours o;
	bool maybe_none;

	take_ours(in, a, &o);
	staff_commands_read(o.rest, &r.commands);
	r.files = any_file(in, a);
	maybe_none = drop_signature(in, a, &r);
	r.held = look(in, &o, maybe_none, a, &r);
	/* #send would send it without what is internal. */
	if (r.held == HELD_INTERNAL) {
		struct staff_commands clean;

		staff_commands_read(o.clean, &clean);
		r.commands.text = clean.text;
	}
	*ret_answer = r;
}
