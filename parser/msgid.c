#include "parser/msgid.h"

#include "parser/limits.h"
#include "parser/word.h"

/* Folds inside are taken out. */
static struct span msgid_clean(struct span s, struct reading *r)
{
	size_t n = 0;
	char *out;

	s = span_trim(s);
	for (size_t i = 0; i < s.n; i++)
		if (ascii_is_space((unsigned char)s.p[i])) {
			out = arena_room(r->arena, s.n);
			for (i = 0; i < s.n; i++)
				if (!ascii_is_space((unsigned char)s.p[i]))
					out[n++] = s.p[i];
			s = (struct span){ out, n };
			break;
		}
	if (s.n > FACTS_FIELD_MAX)
		s.n = FACTS_FIELD_MAX;
	return s.n ? word_scrub(s, r) : SPAN_NONE;
}

/* The next "<...>" of *s; false when there is none. */
static bool msgid_next(struct span *s, struct span *ret_id)
{
	const char *open = s->n ? memchr(s->p, '<', s->n) : NULL;
	const char *close = open ? memchr(open, '>', (size_t)(s->p + s->n - open)) : NULL;
	const char *again;

	if (!close)
		return false;
	again = memrchr(open, '<', (size_t)(close - open));
	*ret_id = (struct span){ again + 1, (size_t)(close - again) - 1 };
	*s = span_sub(*s, (size_t)(close - s->p) + 1, SIZE_MAX);
	return true;
}

/* Some programs fold long ids into encoded words, brackets and all. */
static struct span decoded(struct span s, struct reading *r)
{
	return span_find(s, SPAN("=?")) == SIZE_MAX ? s : word_text(s, r);
}

struct span msgid_first(struct span s, struct reading *r)
{
	struct span rest, id;

	s = decoded(s, r);
	rest = s;
	while (msgid_next(&rest, &id))
		if (span_trim(id).n)
			return msgid_clean(id, r);
	s = span_trim(s);
	if (s.n == 0)
		return SPAN_NONE;
	reading_defect(r, FACTS_BAD_MESSAGE_ID);
	if (s.p[0] == '<')
		s = span_sub(s, 1, SIZE_MAX);
	for (size_t i = 0; i < s.n; i++)
		if (ascii_is_space((unsigned char)s.p[i]))
			return SPAN_NONE;
	return msgid_clean(s, r);
}

/* The next word of *s, for lists without a single "<". */
static bool bare_next(struct span *s, struct span *ret_id)
{
	size_t n = 0;

	*s = span_trim(*s);
	while (n < s->n && !ascii_is_space((unsigned char)s->p[n]))
		n++;
	*ret_id = span_sub(*s, 0, n);
	*s = span_sub(*s, n, SIZE_MAX);
	return n > 0;
}

struct span *msgid_list(struct span s, struct reading *r, size_t *ret_count)
{
	struct span *v = NULL, id;
	size_t n = 0;
	bool bare;

	if (s.n > LIMIT_LIST_FIELD) {
		reading_defect(r, FACTS_LONG_HEADER);
		s.n = LIMIT_LIST_FIELD;
	}
	s = decoded(s, r);
	bare = s.n && !memchr(s.p, '<', s.n);
	if (bare)
		reading_defect(r, FACTS_BAD_MESSAGE_ID);
	while (bare ? bare_next(&s, &id) : msgid_next(&s, &id)) {
		id = msgid_clean(id, r);
		if (!id.p || (bare && !memchr(id.p, '@', id.n)))
			continue;
		if (n == FACTS_REFERENCES_MAX) {
			reading_defect(r, FACTS_TOO_MANY_REFERENCES);
			break;
		}
		ARENA_GROW(r->arena, v, n);
		v[n++] = id;
	}
	*ret_count = n;
	return v;
}
