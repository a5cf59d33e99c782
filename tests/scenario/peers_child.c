#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "gatewayd/base/file.h"
#include "gatewayd/base/memfd.h"
#include "tests/scenario/peers_inside.h"

const char *const peers_child_names[CHILD_WAYS] = {
	"answers",    "dies",	    "killed",	  "hangs",	"lies-size", "lies-mail",
	"lies-facts", "lies-twice", "lies-large", "lies-place", "gone",	     "replaced",
};

void peers_child_script(struct peers *p, enum peers_child how, const char *text, int64_t n)
{
	p->child.how = how;
	p->child.text = text;
	p->child.left = n;
	for (uint32_t i = 0; how == CHILD_GONE && i < CHILDREN; i++)
		end_close(end_of(p, ROLE_PARSE, i));
}

/* How this mail is treated; the script counts it. */
static enum peers_child treatment(struct peers *p, struct span raw)
{
	if (p->child.left == 0 ||
	    (p->child.text && span_find(raw, span_of(p->child.text)) == SIZE_MAX))
		return CHILD_ANSWERS;
	p->child.left--;
	return p->child.how;
}

static void write_piece(void *ctx, struct span piece)
{
	buf_add(ctx, piece);
}

static int put_answer(struct end *end, const struct parse_talk_order *o, struct span raw,
		      enum peers_child how, struct err *e)
{
	struct parse_talk_answer a = { .mail = o->mail + (how == CHILD_LIES_MAIL) };
	struct buf body BUF_AUTO, facts BUF_AUTO;
	struct parser_sink sink = { .write = write_piece,
				    .ctx = &body,
				    .mail = o->out_fd < 0 ? raw : SPAN_NONE };
	struct facts parsed;

	buf_init(&body, SIZE_MAX);
	buf_init(&facts, SIZE_MAX);
	parser_parse(end->peers->parser, raw, &sink, end->peers->arena, &parsed);
	if (how == CHILD_LIES_PLACE && parsed.attachment_count)
		parsed.attachments[0].size--;
	facts_encode(&parsed, &facts);
	if (how == CHILD_LIES_FACTS)
		memset(facts.p, 0xff, facts.n);
	a.body = (int64_t)body.n;
	a.is_here = o->out_fd < 0 || how == CHILD_LIES_LARGE;
	buf_add(&body, buf_span(&facts));
	a.too_large = a.is_here && (body.n > PARSED_HERE_MAX || how == CHILD_LIES_LARGE);
	a.here = a.is_here && !a.too_large ? buf_span(&body) : SPAN_NONE;
	if (!a.is_here && file_write_all(o->out_fd, buf_span(&body)) < 0)
		return err_set(e, ERR_TEMP, "memfd: %s", strerror(errno));
	a.facts = (int64_t)facts.n + (how == CHILD_LIES_SIZE);
	if (how == CHILD_LIES_TWICE && parse_talk_answer_put(&end->wire, &a, e) < 0)
		return -1;
	return parse_talk_answer_put(&end->wire, &a, e);
}

static int treat(struct end *end, const struct parse_talk_order *o, struct err *e)
{
	enum peers_child how;
	struct span raw = o->here;
	int result = 0;

	if (o->raw_fd >= 0 && memfd_map(o->raw_fd, SIZE_MAX, &raw, e) < 0)
		return -1;
	how = end->hangs ? CHILD_HANGS : treatment(end->peers, raw);
	end->hangs = how == CHILD_HANGS;
	end->crashed = how == CHILD_DIES;
	end->blameless = how == CHILD_KILLED;
	end->replaced = how == CHILD_REPLACED;
	if (end->crashed || end->blameless || end->replaced)
		result = err_set(e, ERR_TEMP, "the child dies");
	else if (how != CHILD_HANGS)
		result = put_answer(end, o, raw, how, e);
	if (o->raw_fd >= 0)
		memfd_unmap(raw);
	return result;
}

int child_on_parse(struct end *end, struct wire_in *in, struct err *e)
{
	struct parse_talk_order o;
	int result;

	if (parse_talk_order_get(in, &o, e) < 0)
		return -1;
	result = treat(end, &o, e);
	parse_talk_order_close(&o);
	return result;
}
