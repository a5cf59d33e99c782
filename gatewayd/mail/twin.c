#include "gatewayd/mail/twin.h"

#include "gatewayd/base/buf.h"
#include "gatewayd/base/eight.h"
#include "gatewayd/base/sixteen.h"
#include "gatewayd/identity/mail_identity.h"
#include "gatewayd/mail/mail_file.h"
#include "gatewayd/mail/mail_identify.h"
#include "parser/reply_fold.h"
#include "parser/reply_footer.h"

enum { FOOTER_LINES_MAX = 12 }; /* of what a list puts below a text */

static struct span given(struct span s)
{
	return s.p ? s : SPAN("");
}

static const bool rules[256] = {
	['-'] = true, ['_'] = true, ['='] = true, ['*'] = true,
	['~'] = true, ['.'] = true, [','] = true, ['\0'] = true,
};

/* "-- ", "________", "-=-=-=-=-" */
static bool is_rule(struct span line)
{
	if (line.n && ascii_is_alpha((unsigned char)line.p[0]))
		return false; /* most lines */
	line = span_trim(line);
	for (size_t i = 0; i < line.n; i++)
		if (!rules[(unsigned char)line.p[i]])
			return false;
	return line.n >= 2;
}

/* Below a rule, and it speaks of the list. */
static bool is_footer(struct span below)
{
	struct span line;
	bool speaks = false;
	size_t n = 0;

	while (span_line(&below, &line)) {
		n += span_trim(line).n > 0;
		speaks = speaks || (line.n < REPLY_FOLD_MAX && reply_is_list_footer(line));
	}
	return speaks && n <= FOOTER_LINES_MAX;
}

static struct span without_footer(struct span text)
{
	struct span rest = text, line, kept = text, below = SPAN("");

	while (span_line(&rest, &line))
		if (is_rule(line)) {
			kept = span_sub(text, 0, (size_t)(line.p - text.p));
			below = rest;
		}
	return is_footer(below) ? span_trim(kept) : text;
}

/* A blank for each run of white space behind the n bytes that are there; how many there are then.
 */
static size_t put_words(struct span text, char *to, size_t n)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (!ascii_is_space(c))
			to[n++] = text.p[i];
		else if (n && to[n - 1] != ' ')
			to[n++] = ' ';
	}
	return n;
}

/* Eight bytes, mostly at once: the same. */
static size_t put_eight(const char *text, char *to, size_t n)
{
	uint64_t w = eight_at(text),
		 blanks = eight_within(w, ' ', ' ') | eight_within(w, '\t', '\r');
	uint64_t filled = eight_filled(blanks);

	if (eight_repeated(blanks, !n || to[n - 1] == ' '))
		return put_words((struct span){ text, 8 }, to, n);
	eight_put(to + n, (w & ~filled) | (EIGHT_OF(' ') & filled));
	return n + 8;
}

static sixteen blanks_of(sixteen v)
{
	return (sixteen)(v == ' ') | sixteen_within(v, '\t', '\r');
}

/* Sixteen bytes behind another: the same. */
static size_t put_sixteen(const char *text, char *to, size_t n)
{
	sixteen v = sixteen_at(text), blanks = blanks_of(v);

	if (sixteen_any(blanks & blanks_of(sixteen_at(text - 1))))
		return put_eight(text + 8, to, put_eight(text, to, n));
	sixteen_put(to + n, (v & ~blanks) | (blanks & (unsigned char)' '));
	return n + SIXTEEN;
}

/* Each word with a blank behind it: lists wrap lines and encode them in their own way. */
static void add_words(struct sha256 *h, struct span text)
{
	struct buf words BUF_AUTO;
	size_t n = 0, i = 0;
	char *to;

	buf_init(&words, text.n + 1);
	to = buf_room(&words, text.n + 1);
	while (text.n - i >= 8) {
		bool many = i && text.n - i >= SIXTEEN;

		n = many ? put_sixteen(text.p + i, to, n) : put_eight(text.p + i, to, n);
		i += many ? SIXTEEN : 8;
	}
	n = put_words(span_sub(text, i, SIZE_MAX), to, n);
	if (n && to[n - 1] != ' ')
		to[n++] = ' ';
	sha256_update(h, (struct span){ to, n });
}

/* Without "[users]", wherever it stands. */
static void add_subject(struct sha256 *h, struct span subject)
{
	while (subject.n) {
		add_words(h, span_cut(&subject, '['));
		if (subject.n && memchr(subject.p, ']', subject.n))
			span_cut(&subject, ']');
	}
	sha256_update(h, SPAN("\n"));
}

/* In any case; of a list that has itself in From, the one who wrote to it. */
static void add_author(struct sha256 *h, const struct twin_mail *m)
{
	bool named = m->requester->by == REQUESTER_NAMED && m->requester->address.p;
	struct span author = named ? m->requester->address : m->identity->from;
	char small[ADDRSPEC_MAX];

	while (author.n) {
		size_t n = author.n < sizeof(small) ? author.n : sizeof(small);

		for (size_t i = 0; i < n; i++)
			small[i] = (char)ascii_lower((unsigned char)author.p[i]);
		sha256_update(h, (struct span){ small, n });
		author = span_sub(author, n, SIZE_MAX);
	}
	sha256_update(h, SPAN("\n"));
}

/* A mail that is nothing but quotes has no reply. */
static int64_t said_of(const struct twin_mail *m)
{
	const struct facts *f = &m->job->facts;
	struct span reply = without_footer(span_trim(given(f->reply)));
	uint8_t digest[SHA256_SIZE];
	struct sha256 h;
	int64_t said;

	if (!m->job->mail.message_id.n || m->job->mail.truncated)
		return 0;
	sha256_init(&h);
	add_author(&h, m);
	add_subject(&h, given(f->subject));
	add_words(&h, reply.n ? reply : given(f->text));
	sha256_update(&h, m->job->mail.message_id);
	sha256_final(&h, digest);
	memcpy(&said, digest, sizeof(said));
	return said ? said : 1;
}

/* Only From is ever proven: of the author behind a list nothing is. */
static int proof_of(const struct twin_mail *m)
{
	static const int proofs[] = {
		[TRUST_L0] = 0, [TRUST_L1] = 1, [TRUST_L2] = 2, [TRUST_L3] = 3
	};

	if (m->job->mail.history)
		return proofs[TRUST_L3]; /* the operator vouches for it */
	return m->requester->by == REQUESTER_NAMED ? 0 : proofs[m->identity->level];
}

/* What cannot be read is none that is the same. */
static int same_file(struct desk *d, const struct mail_job *job,
		     const struct facts_attachment *file, struct store_attachment *kept,
		     bool *ret_same, struct err *e)
{
	uint8_t digest[SHA256_SIZE];

	*ret_same = false;
	if ((uint64_t)kept->size != file->size)
		return 0;
	if (store_attachment_digest(d->store, kept, e) < 0)
		return e->class == ERR_PERM ? 0 : -1;
	sha256_of(mail_file_content(job, file, d->arena), digest);
	*ret_same = memcmp(digest, kept->sha256, sizeof(digest)) == 0;
	return 0;
}

/* Another file under the same words is another mail. */
static int same_files(struct desk *d, const struct mail_job *job, const struct store_twin *t,
		      bool *ret_same, struct err *e)
{
	struct store_attachment *v = NULL;
	size_t n = 0;

	if (t->note_id && store_attachment_list(d->store, t->note_id, d->arena, &v, &n, e) < 0)
		return -1;
	*ret_same = n == job->facts.attachment_count;
	for (size_t i = 0; i < n && *ret_same; i++)
		if (same_file(d, job, &job->facts.attachments[i], &v[i], ret_same, e) < 0)
			return -1;
	return 0;
}

/* Of those that proved less, the first that made or found a case. */
static void weigh(struct twin *twin, const struct store_twin *t)
{
	if ((twin->proof & ~t->proof) == 0) {
		if (!twin->same)
			twin->same = t->id;
	} else if (!twin->lesser.id || (!twin->lesser.case_number && t->case_number)) {
		twin->lesser = *t;
	}
}

static int weigh_alike(struct desk *d, const struct mail_job *job, struct twin *twin, struct err *e)
{
	struct store_twin *v;
	size_t n;

	if (store_mail_alike(d->store, &job->mail, twin->said, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		bool same;

		if (same_files(d, job, &v[i], &same, e) < 0)
			return -1;
		if (same)
			weigh(twin, &v[i]);
	}
	return 0;
}

void twin_begin(const struct twin_mail *m, struct twin *ret_twin)
{
	*ret_twin = (struct twin){ .proof = proof_of(m), .said = said_of(m) };
}

void twin_say(struct desk *d, const struct mail_job *job)
{
	struct store_twin *v;
	struct err ignored;
	bool alone;
	size_t n;

	if (!job->mail.id)
		return;
	if (job->mail.message_id.n) {
		(void)store_mail_alone(d->store, &job->mail, &alone, &ignored);
		return;
	}
	(void)store_mail_twins(d->store, &job->mail, d->arena, &v, &n, &ignored);
}

/* Of a mail that is not alone: it says its identity, and so do those that were. */
static int identify(struct desk *d, struct span raw, struct store_mail *m, struct err *e)
{
	int64_t *v;
	size_t n;

	if (!store_mail_is_identified(m)) {
		mail_identity(raw, m->identity);
		if (store_mail_identify(d->store, m, e) < 0)
			return -1;
	}
	if (store_mail_unidentified(d->store, m, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (mail_identify(d->store, v[i], e) < 0)
			return -1;
	return 0;
}

/* No copy has another Message-ID. */
static int may_have_copies(struct desk *d, const struct mail_job *job, struct store_mail *m,
			   bool *ret_may, struct err *e)
{
	bool alone = false;

	if (m->message_id.n && (store_mail_alone(d->store, m, &alone, e) < 0 ||
				(!alone && identify(d, job->raw, m, e) < 0)))
		return -1;
	*ret_may = !alone;
	return 0;
}

int twin_find(struct desk *d, const struct mail_job *job, struct twin *twin, struct err *e)
{
	struct store_mail m = job->mail;
	struct store_twin *v;
	bool may = false;
	size_t n;

	if (m.id && may_have_copies(d, job, &m, &may, e) < 0)
		return -1;
	if (!may)
		return 0;
	if (store_mail_twins(d->store, &m, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		weigh(twin, &v[i]);
	if (twin->said && !twin->same)
		return weigh_alike(d, job, twin, e);
	return 0;
}
