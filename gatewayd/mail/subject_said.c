#include "gatewayd/mail/subject_said.h"

#include "gatewayd/identity/subject.h"

enum {
	SEEN_MAX = 200,	     /* mails of a case of which the subjects are looked at */
	PREFIX_MAX = 12,     /* bytes of what clients put before a subject, with its colon */
	SEEN_PART_LEAST = 4, /* bytes of a subject that may be a part of another one */
};

static struct span bare_of(struct desk *d, struct span subject)
{
	struct buf bare BUF_AUTO;

	buf_init(&bare, subject.n + 1);
	subject_bare(subject, &bare);
	return arena_dup(d->arena, buf_span(&bare));
}

/* Letters or digits outside of brackets. */
static bool has_words(struct span s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		depth += c == '[';
		if (depth == 0 && (ascii_is_alpha(c) || ascii_is_digit(c) || c >= 0x80))
			return true;
		depth -= c == ']' && depth;
	}
	return false;
}

/* "[External] Odp: " */
static bool is_prefix_of_client(struct span s)
{
	s = span_trim(s);
	while (s.n && s.p[0] == '[' && memchr(s.p, ']', s.n)) {
		(void)span_cut(&s, ']');
		s = span_trim(s);
	}
	return s.n && s.n <= PREFIX_MAX && s.p[s.n - 1] == ':' && !memchr(s.p, ' ', s.n);
}

bool subject_says_more(struct span bare, struct span seen)
{
	size_t at = seen.n ? span_find_ci(bare, seen) : SIZE_MAX;
	struct span before, after;

	if (!has_words(bare) || span_eq_ci(bare, seen))
		return false;
	if (at == SIZE_MAX || seen.n < SEEN_PART_LEAST)
		return true;
	before = span_sub(bare, 0, at);
	after = span_sub(bare, at + seen.n, SIZE_MAX);
	return has_words(after) || (has_words(before) && !is_prefix_of_client(before));
}

static int is_of_ours(struct desk *d, const struct store_case *c, struct span bare, bool *ret_seen,
		      struct err *e)
{
	struct store_outbox_filter f = { .state = -1, .case_number = c->number, .limit = SEEN_MAX };
	struct store_outbox *v;
	size_t n;

	if (store_outbox_list(d->store, &f, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n && !*ret_seen; i++)
		*ret_seen = !subject_says_more(bare, bare_of(d, v[i].subject));
	return 0;
}

static int came_before(struct desk *d, const struct store_case *c, const struct store_mail *mail,
		       struct span bare, bool *ret_seen, struct err *e)
{
	struct store_mail_filter f = {
		.message_id = SPAN(""), .state = -1, .case_number = c->number, .limit = SEEN_MAX
	};
	struct store_mail *v;
	size_t n;

	if (store_mail_list(d->store, &f, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n && !*ret_seen; i++)
		*ret_seen =
		    v[i].id != mail->id && !subject_says_more(bare, bare_of(d, v[i].subject));
	return 0;
}

int subject_said(struct desk *d, const struct store_case *c, const struct store_mail *mail,
		 struct span subject, struct span *ret_said, struct err *e)
{
	struct span bare = bare_of(d, subject.p ? subject : SPAN(""));
	bool seen = !subject_says_more(bare, bare_of(d, c->subject));

	if (!seen && is_of_ours(d, c, bare, &seen, e) < 0)
		return -1;
	if (!seen && came_before(d, c, mail, bare, &seen, e) < 0)
		return -1;
	*ret_said = seen ? SPAN("") : bare;
	return 0;
}
