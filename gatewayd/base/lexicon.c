#include "gatewayd/base/lexicon.h"

#include <assert.h>

#include "gatewayd/base/mem.h"

enum { NONE = -1, ROOT = 0, PHRASE_MAX = 200 };

struct node {
	int child, sibling; /* NONE: no more */
	int fail;	    /* the longest end of this node's bytes that begins a phrase */
	int also;	    /* the nearest node by `fail` that ends a phrase, or NONE */
	int phrase;	    /* the first that ends here, or NONE */
	unsigned char byte;
};

struct phrase {
	int next; /* another with the same bytes, or NONE */
	unsigned short n;
	bool open_left, open_right; /* the word may go on there */
};

struct lexicon {
	struct arena *arena;
	struct node *nodes;
	size_t node_count;
	struct phrase *phrases;
	size_t phrase_count;
	int first[256]; /* the root's child of a byte, or ROOT */
};

static int new_node(struct lexicon *l, unsigned char byte)
{
	ARENA_GROW(l->arena, l->nodes, l->node_count);
	l->nodes[l->node_count] = (struct node){ NONE, NONE, ROOT, NONE, NONE, byte };
	return (int)l->node_count++;
}

struct lexicon *lexicon_new(struct arena *a)
{
	struct lexicon *l = arena_alloc(a, sizeof(*l));

	l->arena = a;
	new_node(l, 0);
	return l;
}

size_t lexicon_count(const struct lexicon *l)
{
	return l->phrase_count;
}

/* --- phrases in --- */

static int child_of(const struct lexicon *l, int node, unsigned char byte)
{
	int i = l->nodes[node].child;

	while (i != NONE && l->nodes[i].byte != byte)
		i = l->nodes[i].sibling;
	return i;
}

static int grow(struct lexicon *l, int node, unsigned char byte)
{
	int found = child_of(l, node, byte);

	if (found != NONE)
		return found;
	found = new_node(l, byte);
	l->nodes[found].sibling = l->nodes[node].child;
	l->nodes[node].child = found;
	return found;
}

static int number_of(struct lexicon *l, int node, struct phrase p)
{
	for (int i = l->nodes[node].phrase; i != NONE; i = l->phrases[i].next)
		if (l->phrases[i].open_left == p.open_left &&
		    l->phrases[i].open_right == p.open_right)
			return i;
	p.next = l->nodes[node].phrase;
	ARENA_GROW(l->arena, l->phrases, l->phrase_count);
	l->phrases[l->phrase_count] = p;
	l->nodes[node].phrase = (int)l->phrase_count;
	return (int)l->phrase_count++;
}

int lexicon_add(struct lexicon *l, struct span phrase)
{
	struct buf folded BUF_AUTO;
	struct span bytes;
	struct phrase p;
	int node = ROOT;

	phrase = span_trim(phrase);
	p.open_left = phrase.n && phrase.p[0] == '*';
	p.open_right = phrase.n && phrase.p[phrase.n - 1] == '*';
	buf_init(&folded, PHRASE_MAX);
	lexicon_fold(phrase, &folded);
	bytes = span_trim(buf_span(&folded));
	p.n = (unsigned short)bytes.n;
	for (size_t i = 0; i < bytes.n; i++)
		node = grow(l, node, (unsigned char)bytes.p[i]);
	return bytes.n ? number_of(l, node, p) : NONE;
}

/* --- links --- */

static int step(const struct lexicon *l, int node, unsigned char byte)
{
	for (; node != ROOT; node = l->nodes[node].fail) {
		int next = child_of(l, node, byte);

		if (next != NONE)
			return next;
	}
	return l->first[byte];
}

/* The links of the node's children, whose own are of nodes nearer to the root. */
static void link_children(struct lexicon *l, int node)
{
	for (int i = l->nodes[node].child; i != NONE; i = l->nodes[i].sibling) {
		struct node *n = &l->nodes[i];
		const struct node *fail;

		n->fail = node == ROOT ? ROOT : step(l, l->nodes[node].fail, n->byte);
		fail = &l->nodes[n->fail];
		n->also = fail->phrase != NONE ? n->fail : fail->also;
	}
}

void lexicon_seal(struct lexicon *l)
{
	int *queue = mem_alloc(l->node_count * sizeof(*queue));
	size_t n = 0;

	for (int i = l->nodes[ROOT].child; i != NONE; i = l->nodes[i].sibling)
		l->first[l->nodes[i].byte] = i;
	queue[n++] = ROOT;
	for (size_t at = 0; at < n; at++) {
		link_children(l, queue[at]);
		for (int i = l->nodes[queue[at]].child; i != NONE; i = l->nodes[i].sibling)
			queue[n++] = i;
	}
	assert(n == l->node_count);
	mem_free(&queue);
}

/* --- texts --- */

struct scan {
	const struct lexicon *l;
	struct span text;
	void (*found)(void *ctx, int phrase, size_t start, size_t end);
	void *ctx;
};

static bool goes_on(struct span text, size_t at)
{
	return at < text.n && lexicon_is_word_byte((unsigned char)text.p[at]);
}

static void tell(const struct scan *s, int node, size_t end)
{
	for (int i = s->l->nodes[node].phrase; i != NONE; i = s->l->phrases[i].next) {
		const struct phrase *p = &s->l->phrases[i];
		size_t start = end - p->n;
		bool signs = !lexicon_is_word_byte((unsigned char)s->text.p[end - 1]);

		if ((p->open_left || !start || !goes_on(s->text, start - 1)) &&
		    (p->open_right || signs || !goes_on(s->text, end)))
			s->found(s->ctx, i, start, end);
	}
}

void lexicon_scan(const struct lexicon *l, struct span text,
		  void (*found)(void *ctx, int phrase, size_t start, size_t end), void *ctx)
{
	const struct scan s = { l, text, found, ctx };
	int node = ROOT;

	for (size_t i = 0; i < text.n; i++) {
		node = step(l, node, (unsigned char)text.p[i]);
		for (int at = node; at != NONE; at = l->nodes[at].also)
			tell(&s, at, i + 1);
	}
}
