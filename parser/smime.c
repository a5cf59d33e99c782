#include "parser/smime.h"

#include "parser/part.h"

static bool ends_in_p7m(const struct part *p, struct params *params, struct reading *r)
{
	struct span name;

	if (!p->has_name || !span_is(p->type, "application/octet-stream"))
		return false;
	name = mime_filename(p, params, r);
	return span_ends_ci(name, SPAN(".p7m"));
}

static bool is_smime(const struct part *p, struct params *params, struct reading *r)
{
	return p->multipart == MULTIPART_NONE &&
	       (span_is(p->type, "application/pkcs7-mime") ||
		span_is(p->type, "application/x-pkcs7-mime") || ends_in_p7m(p, params, r));
}

/* What its type says when the bytes do not. */
static enum cms said(const struct part *p, struct params *params, struct reading *r)
{
	struct span said;

	params_read(p->type_rest, params, r);
	said = param_get(params, "smime-type", r);
	if (span_is_ci(said, "signed-data"))
		return CMS_SIGNED;
	return span_is_ci(said, "certs-only") || span_is_ci(said, "compressed-data")
		   ? CMS_OTHER
		   : CMS_ENVELOPED;
}

static struct span content_of(struct part *p, struct reading *r)
{
	struct buf content BUF_AUTO;

	buf_init(&content, LIMIT_SMIME);
	p->cms = cms_read(part_bytes(p, LIMIT_SMIME, r), &content);
	return content.n ? arena_dup(r->arena, buf_span(&content)) : SPAN_NONE;
}

void smime_open(struct mime *m, struct headers *scratch, struct params *params, struct reading *r)
{
	for (int i = 0; i < m->n; i++) {
		struct span content = SPAN_NONE;
		int depth = m->v[i].smime_depth, first = m->n;

		if (!is_smime(&m->v[i], params, r))
			continue;
		if (depth < LIMIT_SMIME_DEPTH)
			content = content_of(&m->v[i], r);
		else
			reading_defect(r, FACTS_TOO_DEEP);
		if (m->v[i].cms == CMS_NONE)
			m->v[i].cms = said(&m->v[i], params, r);
		m->v[i].is_opened = content.p && m->n < LIMIT_PARTS;
		if (m->v[i].is_opened)
			mime_read_entity(m, m->v[i].parent, content, scratch, params, r);
		for (int k = first; k < m->n; k++)
			m->v[k].smime_depth = depth + 1;
	}
}
