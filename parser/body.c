#include "parser/body.h"

#include "parser/body_stub.h"
#include "parser/body_words.h"

/* What a subtree may give to the text. */
enum wanted {
	WANT_ALL,   /* plain and HTML alike, each in its place */
	WANT_PLAIN, /* inside an alternative that has a plain version: HTML is passed over */
	WANT_HTML,  /* inside an alternative that has none */
	WANT_NONE,  /* not the root of a related, not the first of a report or signed */
};

struct state {
	enum wanted wanted;
	bool has_plain, has_html; /* among the parts in or below that may be text */
	bool plain_has_words, html_has_words;
	int root; /* of a related: the index of its root, -1: not found yet */
};

/* The root of a related is the part that its "start" names, else the first. */
static int related_root(const struct mime *m, int related, struct params *scratch,
			struct reading *r)
{
	struct span start;
	int first = -1;

	params_read(m->v[related].type_rest, scratch, r);
	start = span_trim(param_get(scratch, "start", r));
	for (int i = related + 1; i < m->n; i++) {
		if (m->v[i].parent != related)
			continue;
		if (start.n && span_eq(span_trim(m->v[i].id), start))
			return i;
		if (first < 0)
			first = i;
	}
	return first;
}

/*
 * A signed or report all of whose parts are text has neither signature nor report: it is read like
 * a mixed, so that nothing a person wrote becomes a file.
 */
static void demote(struct mime *m)
{
	for (int i = m->n - 1; i > 0; i--)
		if (m->v[i].parent >= 0 && !m->v[i].is_plain && !m->v[i].is_html)
			m->v[m->v[i].parent].has_other = true;
	for (int i = 0; i < m->n; i++)
		if (!m->v[i].has_other && (m->v[i].multipart == MULTIPART_SIGNED ||
					   m->v[i].multipart == MULTIPART_REPORT))
			m->v[i].multipart = MULTIPART_MIXED;
}

/* The child may be text at all, whatever is wanted of its parent. */
static bool in_reach(const struct mime *m, const struct state *states, int i)
{
	const struct part *p = &m->v[i];

	if (p->parent < 0)
		return true;
	switch (m->v[p->parent].multipart) {
	case MULTIPART_RELATED: return states[p->parent].root == i;
	case MULTIPART_SIGNED:
	case MULTIPART_REPORT: return p->previous < 0;
	case MULTIPART_NONE:
	case MULTIPART_MIXED:
	case MULTIPART_ALTERNATIVE:
	case MULTIPART_DIGEST: break;
	}
	return true;
}

static bool may_be_text(const struct part *p)
{
	return p->multipart == MULTIPART_NONE && (p->is_plain || p->is_html) && !p->is_attached &&
	       (p->previous < 0 || !p->has_name);
}

/* A plain version that says nothing is none when the HTML has what the sender wrote. */
static bool prefers_html(const struct state *s)
{
	return s->has_html && (!s->has_plain || (!s->plain_has_words && s->html_has_words));
}

/*
 * Which versions have words, asked only where it matters: of plain parts in a mail that has HTML as
 * well, and of HTML only when a plain part has none.
 */
static void weigh(const struct mime *m, struct state *states, struct params *scratch,
		  struct reading *r)
{
	const struct part *html = NULL;
	bool wordless = false;

	for (int i = m->n - 1; i >= 0; i--)
		html = m->v[i].is_html ? &m->v[i] : html;
	for (int i = 0; html && i < m->n; i++) {
		const struct part *p = &m->v[i];

		if (!p->is_plain || !may_be_text(p))
			continue;
		states[i].plain_has_words =
		    body_has_words(p, r) && !body_is_stub(p, html, scratch, r);
		wordless |= !states[i].plain_has_words;
	}
	for (int i = 0; wordless && i < m->n; i++)
		states[i].html_has_words =
		    m->v[i].is_html && may_be_text(&m->v[i]) && body_has_words(&m->v[i], r);
}

/* From the last part to the first: what each multipart has below it. */
static void gather(const struct mime *m, struct state *states)
{
	for (int i = m->n - 1; i >= 0; i--) {
		const struct part *p = &m->v[i];

		if (may_be_text(p)) {
			states[i].has_plain = p->is_plain;
			states[i].has_html = p->is_html;
		}
		if (p->parent >= 0 && in_reach(m, states, i)) {
			states[p->parent].has_plain |= states[i].has_plain;
			states[p->parent].has_html |= states[i].has_html;
			states[p->parent].plain_has_words |= states[i].plain_has_words;
			states[p->parent].html_has_words |= states[i].html_has_words;
		}
	}
}

static bool in_alternative(const struct mime *m, const struct part *p)
{
	for (int i = p->parent; i >= 0; i = m->v[i].parent)
		if (m->v[i].multipart == MULTIPART_ALTERNATIVE)
			return true;
	return false;
}

/* Versions that are no text and yet say the same. */
static bool is_other_version(const struct mime *m, const struct part *p)
{
	return p->parent >= 0 && m->v[p->parent].multipart == MULTIPART_ALTERNATIVE &&
	       !p->is_attached &&
	       (span_is(p->type, "text/enriched") || span_is(p->type, "text/x-amp-html"));
}

static enum role leaf_role(const struct mime *m, const struct state *states, int i)
{
	const struct part *p = &m->v[i];
	enum wanted wanted = states[i].wanted;

	if (!may_be_text(p) || wanted == WANT_NONE) {
		const struct state *above = p->parent < 0 ? NULL : &states[p->parent];

		return is_other_version(m, p) && (above->has_plain || above->has_html)
			   ? ROLE_PASSED
			   : ROLE_ATTACHMENT;
	}
	if (wanted == WANT_ALL || (wanted == WANT_PLAIN && p->is_plain) ||
	    (wanted == WANT_HTML && p->is_html))
		return ROLE_TEXT;
	return in_alternative(m, p) ? ROLE_PASSED : ROLE_ATTACHMENT;
}

void body_select(struct mime *m, struct params *scratch, struct reading *r)
{
	struct state *states = arena_alloc_n(r->arena, (size_t)m->n, sizeof(*states));

	demote(m);
	for (int i = 0; i < m->n; i++)
		states[i].root =
		    m->v[i].multipart == MULTIPART_RELATED ? related_root(m, i, scratch, r) : -1;
	weigh(m, states, scratch, r);
	gather(m, states);
	for (int i = 0; i < m->n; i++) {
		struct part *p = &m->v[i];

		states[i].wanted = p->parent < 0 ? WANT_ALL : states[p->parent].wanted;
		if (!in_reach(m, states, i))
			states[i].wanted = WANT_NONE;
		if (p->multipart == MULTIPART_NONE) {
			p->role = leaf_role(m, states, i);
			p->is_inline |= p->parent >= 0 && !in_reach(m, states, i) &&
					m->v[p->parent].multipart == MULTIPART_RELATED;
			continue;
		}
		p->role = ROLE_INSIDE;
		if (p->multipart == MULTIPART_ALTERNATIVE && states[i].wanted == WANT_ALL)
			states[i].wanted = prefers_html(&states[i]) ? WANT_HTML : WANT_PLAIN;
	}
}
