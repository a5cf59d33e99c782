#include "parser/reply_thread.h"

#include "parser/reply_fold.h"

enum {
	PREFIXES_MAX = 16,  /* of a subject */
	NUMBER_MAX = 4,	    /* bytes of "[12]" and the like between a prefix and its colon */
	TAG_MAX = 40,	    /* bytes of "[Case 42]" */
	SUBJECT_MIN = 4,    /* bytes of a subject that may stand inside another */
	TAG_WORDS_MAX = 2,  /* of "case 42" */
	RECIPIENTS_MAX = 20 /* that are looked for */
};

static const struct prefix {
	bool answers;
	struct span words;
} prefixes[] = {
#define ANSWER_PREFIX(lang, words)  { true, SPAN_LITERAL(words) },
#define FORWARD_PREFIX(lang, words) { false, SPAN_LITERAL(words) },
#include "parser/tables/kind_answer_prefixes.h"
#undef ANSWER_PREFIX
};

/* "[EXTERNAL] ", "(#42) ", "*** SPAM *** " before the prefix. */
static struct span without_tags(struct span s)
{
	static const char pairs[] = "[](){}";

	while (s.n) {
		const char *open = *s.p == ' ' || *s.p == '-' ? NULL : strchr(pairs, *s.p);
		size_t end = 0;
		if (open && (open - pairs) % 2 == 0)
			while (++end < s.n && end < TAG_MAX && s.p[end] != open[1])
				;
		else if (*s.p != ' ' && *s.p != '-')
			break;
		if (end >= s.n || end == TAG_MAX)
			break;
		s = span_sub(s, end + 1, s.n);
	}
	return s;
}

/* The length of the prefix with its number and colon, or 0. */
static size_t prefix_length(struct span s, struct span words)
{
	struct span base = words;
	size_t n;

	if (!s.n || *s.p != *words.p)
		return 0;
	while (base.n && strchr(" :", base.p[base.n - 1]))
		base.n--;
	if (!span_starts(s, base))
		return 0;
	for (n = base.n; n < s.n && n <= base.n + NUMBER_MAX && s.p[n] != ':'; n++)
		if (!strchr(" [](){}^", s.p[n]) && !ascii_is_digit((unsigned char)s.p[n]))
			return 0;
	return n < s.n && s.p[n] == ':' ? n + 1 : 0;
}

/* Takes a prefix off: NULL when there is none. */
static const struct prefix *cut_prefix(struct span *s)
{
	struct span rest = without_tags(*s);

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		size_t n = prefix_length(rest, prefixes[i].words);
		if (n == 0)
			continue;
		*s = span_trim(span_sub(rest, n, rest.n));
		return &prefixes[i];
	}
	return NULL;
}

bool reply_subject_answers(struct span subject)
{
	struct reply_folded f;

	reply_fold(&f, subject);
	struct span s = reply_folded_span(&f);
	const struct prefix *first = cut_prefix(&s);
	return first && first->answers;
}

static struct span bare_subject(struct reply_folded *f, struct span subject)
{
	reply_fold(f, subject);
	struct span s = reply_folded_span(f);
	for (size_t i = 0; i < PREFIXES_MAX && cut_prefix(&s); i++)
		;
	return without_tags(s);
}

bool reply_subject_fits(const struct reply_mail *m, struct span subject)
{
	struct reply_folded ours, theirs;
	struct span a = bare_subject(&ours, m->subject), b = bare_subject(&theirs, subject);

	if (a.n == 0 || b.n == 0)
		return false;
	if (a.n < SUBJECT_MIN || b.n < SUBJECT_MIN)
		return span_eq(a, b);
	return span_find(a, b) != SIZE_MAX || span_find(b, a) != SIZE_MAX;
}

/* What stands around the part of n bytes at `at` is a tag or a number. */
static bool is_tag_around(struct span s, size_t at, size_t n)
{
	struct span sides[] = { span_sub(s, 0, at), span_sub(s, at + n, s.n) };
	bool tag = false, number = false;
	size_t words = 0;

	for (size_t side = 0; side < 2; side++)
		for (size_t i = 0; i < sides[side].n; i++) {
			char c = sides[side].p[i];
			tag |= strchr("[](){}#", c) != NULL;
			number |= ascii_is_digit((unsigned char)c);
			words += c != ' ' && (i == 0 || sides[side].p[i - 1] == ' ');
		}
	return tag || (number && words <= TAG_WORDS_MAX);
}

bool reply_subject_same(const struct reply_mail *m, struct span subject)
{
	struct reply_folded ours, theirs;
	struct span a = bare_subject(&ours, m->subject), b = bare_subject(&theirs, subject);

	if (a.n == 0 || b.n == 0)
		return false;
	struct span shorter = a.n < b.n ? a : b, longer = a.n < b.n ? b : a;
	size_t at = span_find(longer, shorter);
	if (at == SIZE_MAX)
		return false;
	return shorter.n >= longer.n - longer.n / 4 ||
	       (shorter.n >= SUBJECT_MIN && is_tag_around(longer, at, shorter.n));
}

static bool names_one(const struct facts_addresses *list, struct span text)
{
	for (size_t i = 0; list && i < list->n && i < RECIPIENTS_MAX; i++)
		if (list->v[i].address.n && span_find_ci(text, list->v[i].address) != SIZE_MAX)
			return true;
	return false;
}

bool reply_names_recipient(const struct reply_mail *m, struct span text)
{
	return names_one(m->to, text) || names_one(m->cc, text);
}

void reply_mail_read(const struct facts *f, struct reply_mail *ret_mail)
{
	bool bare = !f->subject.p && !f->message_id.p && !f->has_date && f->from.n == 0;

	*ret_mail = (struct reply_mail){
		.answers = bare || f->in_reply_to.p || f->reference_count > 0 ||
			   reply_subject_answers(f->subject),
		.html = f->text_source == FACTS_HTML,
		.subject = f->subject,
		.name = f->from.n ? f->from.v[0].name : SPAN_NONE,
		.to = &f->to,
		.cc = &f->cc,
	};
}
