#include "gatewayd/base/lexicon.h"

#include "gatewayd/base/eight.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/sixteen.h"

enum { NONE = -1, ROOT = 0, PHRASE_MAX = 200 };
enum { FEW = 3, MANY = 5 /* bytes at the start of a phrase */, BEGIN_BITS = 14 };
enum { BLOCK = 64 /* bytes of a text that are looked at together */ };
enum { KIND_OTHER = 63 /* bytes that share a bit: those of other scripts */ };

/* Of the tree of all phrases, as they come. */
struct node {
	int child, sibling; /* NONE: no more */
	int phrase;	    /* the first that ends here, or NONE */
	unsigned char byte;
	bool is_inside; /* a phrase behind it may begin within a word */
};

/* A node as it is walked over.  Those of one parent stand side by side, in the order of the kinds
 * of their bytes, and parents before their children. */
struct place {
	uint64_t kinds; /* a bit for each kind of byte that goes on here */
	int first;	/* of its children; those of the next place stand behind them */
	int fail;	/* the longest end of its bytes that may begin a phrase */
	int ends;	/* itself, or the nearest by `fail`, that ends a phrase; or ROOT */
	int phrase;	/* the first that ends here, or NONE */
};

struct phrase {
	int next; /* another with the same bytes, or NONE */
	unsigned short n;
	bool open_left, open_right; /* the word may go on there */
};

struct lexicon {
	struct arena *arena;
	struct arena making; /* until it is sealed */
	struct node *nodes;
	size_t node_count;
	struct place *places; /* one more behind the last */
	unsigned char *bytes; /* of each place */
	struct phrase *phrases;
	size_t phrase_count;
	uint8_t kind[256];
	int roots[256];	  /* the root's child of a byte, or ROOT */
	bool inside[256]; /* phrases that begin with the byte may begin within a word */
	uint64_t
	    brief[256]; /* by the first byte of phrases of less than FEW: kinds of the second */
	/* A bit for MANY bytes that a phrase begins with, or FEW where it has no more. */
	uint64_t begins[(1 << BEGIN_BITS) / 64];
	bool by_words; /* no phrase begins with ASCII within a word */
};

static int new_node(struct lexicon *l, unsigned char byte)
{
	ARENA_GROW(&l->making, l->nodes, l->node_count);
	l->nodes[l->node_count] = (struct node){ NONE, NONE, NONE, byte, false };
	return (int)l->node_count++;
}

/* Folded ASCII has fewer than 63 bytes: no capitals, no controls but "\n". */
static uint8_t kind_of(int byte)
{
	if (byte == '\n')
		return 0;
	if (byte >= ' ' && byte < 'A')
		return (uint8_t)(byte - ' ' + 1);
	if (byte >= 'a' && byte <= '}')
		return (uint8_t)(byte - 'a' + 'A' - ' ' + 1);
	return KIND_OTHER;
}

struct lexicon *lexicon_new(struct arena *a)
{
	struct lexicon *l = arena_alloc(a, sizeof(*l));

	l->arena = a;
	for (int byte = 0; byte < 256; byte++)
		l->kind[byte] = kind_of(byte);
	new_node(l, 0);
	return l;
}

size_t lexicon_count(const struct lexicon *l)
{
	return l->phrase_count;
}

/* --- phrases in --- */

static int grow(struct lexicon *l, int node, unsigned char byte)
{
	int i = l->nodes[node].child;

	while (i != NONE && l->nodes[i].byte != byte)
		i = l->nodes[i].sibling;
	if (i != NONE)
		return i;
	i = new_node(l, byte);
	l->nodes[i].sibling = l->nodes[node].child;
	l->nodes[node].child = i;
	return i;
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
	for (size_t i = 0; i < bytes.n; i++) {
		node = grow(l, node, (unsigned char)bytes.p[i]);
		l->nodes[node].is_inside |= p.open_left;
	}
	return bytes.n ? number_of(l, node, p) : NONE;
}

/* --- sealing --- */

/* What is known of a place while the links are made. */
struct made {
	int node, parent, depth;
};

static bool stands_before(const struct lexicon *l, int a, int b)
{
	unsigned char x = l->nodes[a].byte, y = l->nodes[b].byte;

	return l->kind[x] != l->kind[y] ? l->kind[x] < l->kind[y] : x < y;
}

/* The children of place `at` behind the n that are there; how many there are then. */
static int place_children(struct lexicon *l, struct made *made, int at, int n)
{
	struct place *p = &l->places[at];
	int child = l->nodes[made[at].node].child;

	p->phrase = l->nodes[made[at].node].phrase;
	p->first = n;
	for (; child != NONE; child = l->nodes[child].sibling) {
		int k = n++;

		for (; k > p->first && stands_before(l, child, made[k - 1].node); k--)
			made[k] = made[k - 1];
		made[k] = (struct made){ child, at, made[at].depth + 1 };
		p->kinds |= UINT64_C(1) << l->kind[l->nodes[child].byte];
	}
	return n;
}

/* How many bits are set: a few instructions, where processors of any age have no one for it. */
static int bits_of(uint64_t v)
{
	v -= v >> 1 & UINT64_C(0x5555555555555555);
	v = (v & UINT64_C(0x3333333333333333)) + (v >> 2 & UINT64_C(0x3333333333333333));
	v = (v + (v >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (int)(v * UINT64_C(0x0101010101010101) >> 56);
}

/* The child of a byte, or ROOT. */
static int child_of(const struct lexicon *l, int at, unsigned char byte)
{
	const struct place *p = &l->places[at];
	uint64_t bit = UINT64_C(1) << l->kind[byte];
	const unsigned char *found;
	int child;

	if (!(p->kinds & bit))
		return ROOT;
	child = p->first + bits_of(p->kinds & (bit - 1));
	if (l->kind[byte] != KIND_OTHER)
		return child;
	found = memchr(l->bytes + child, byte, (size_t)(p[1].first - child));
	return found ? (int)(found - l->bytes) : ROOT;
}

/* in_word: a word goes on with the byte. */
static int step(const struct lexicon *l, int at, unsigned char byte, bool in_word)
{
	for (; at != ROOT; at = l->places[at].fail) {
		int next = child_of(l, at, byte);

		if (next != ROOT)
			return next;
	}
	return in_word && !l->inside[byte] ? ROOT : l->roots[byte];
}

/* A phrase that begins at the end `suffix` of the place's bytes would begin within a word. */
static bool is_within_word(const struct lexicon *l, const struct made *made, int at, int suffix)
{
	for (int depth = made[suffix].depth; depth; depth--)
		at = made[at].parent;
	return lexicon_is_word_byte(l->bytes[at]);
}

/* Of a place behind all those that are nearer to the root. */
static void link_place(struct lexicon *l, const struct made *made, int at)
{
	struct place *p = &l->places[at];
	int parent = made[at].parent;

	p->fail = parent == ROOT ? ROOT : step(l, l->places[parent].fail, l->bytes[at], false);
	while (p->fail != ROOT && !l->nodes[made[p->fail].node].is_inside &&
	       is_within_word(l, made, at, p->fail))
		p->fail = l->places[p->fail].fail;
	p->ends = p->phrase != NONE ? at : l->places[p->fail].ends;
}

/* The first bytes of eight, as one number; few share its bit. */
static uint64_t first_bytes(uint64_t w, int n)
{
	return w & ((UINT64_C(1) << 8 * n) - 1);
}

static unsigned int bit_of(uint64_t first)
{
	return (unsigned int)(first * UINT64_C(0x9e3779b97f4a7c15) >> (64 - BEGIN_BITS));
}

static void add_begin(struct lexicon *l, uint64_t first)
{
	l->begins[bit_of(first) / 64] |= UINT64_C(1) << bit_of(first) % 64;
}

static bool has_begin(const struct lexicon *l, uint64_t first)
{
	return l->begins[bit_of(first) / 64] >> bit_of(first) % 64 & 1;
}

/* Of the phrases at a place and behind it; first: its bytes, n of them. */
static void index_begins(struct lexicon *l, int at, int n, uint64_t first)
{
	bool ends = l->places[at].phrase != NONE;

	if (n >= FEW && (ends || n == MANY))
		add_begin(l, n == MANY ? first : first_bytes(first, FEW));
	else if (ends)
		l->brief[first & 0xff] |=
		    n == 1 ? UINT64_MAX : UINT64_C(1) << l->kind[l->bytes[at]];
	for (int i = l->places[at].first; n < MANY && i < l->places[at + 1].first; i++)
		index_begins(l, i, n + 1, first | (uint64_t)l->bytes[i] << 8 * n);
}

static void index_roots(struct lexicon *l, const struct made *made)
{
	l->by_words = true;
	for (int i = l->places[ROOT].first; i < l->places[ROOT + 1].first; i++) {
		unsigned char byte = l->bytes[i];

		l->roots[byte] = i;
		l->inside[byte] = l->nodes[made[i].node].is_inside;
		l->by_words &= byte >= 0x80 || !l->inside[byte];
		index_begins(l, i, 1, byte);
	}
}

void lexicon_seal(struct lexicon *l)
{
	int count = (int)l->node_count, n = 1;
	struct made *made = mem_alloc_n(l->node_count, sizeof(*made));

	l->places = arena_alloc_n(l->arena, l->node_count + 1, sizeof(*l->places));
	l->bytes = arena_alloc_n(l->arena, l->node_count, 1);
	for (int at = ROOT; at < count; at++) {
		n = place_children(l, made, at, n);
		l->bytes[at] = l->nodes[made[at].node].byte;
	}
	l->places[count].first = count;
	index_roots(l, made);
	for (int at = ROOT + 1; at < count; at++)
		link_place(l, made, at);
	mem_free(&made);
	arena_release(&l->making);
	l->nodes = NULL;
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

static void tell(const struct scan *s, int at, size_t end)
{
	for (int i = s->l->places[at].phrase; i != NONE; i = s->l->phrases[i].next) {
		const struct phrase *p = &s->l->phrases[i];
		size_t start = end - p->n;
		bool signs = !lexicon_is_word_byte((unsigned char)s->text.p[end - 1]);

		if ((p->open_left || !start || !goes_on(s->text, start - 1)) &&
		    (p->open_right || signs || !goes_on(s->text, end)))
			s->found(s->ctx, i, start, end);
	}
}

/* A phrase may begin there: its first bytes do. */
static bool may_begin(const struct lexicon *l, struct span text, size_t at)
{
	const unsigned char *p = (const unsigned char *)text.p + at;
	uint64_t w;

	if (l->roots[*p] == ROOT || (at && !l->inside[*p] && lexicon_is_word_byte(p[-1])))
		return false;
	if (text.n - at < sizeof(w))
		return true;
	w = eight_at(text.p + at);
	return has_begin(l, first_bytes(w, MANY)) || has_begin(l, first_bytes(w, FEW)) ||
	       l->brief[*p] >> l->kind[p[1]] & 1;
}

static sixteen words_of(sixteen v)
{
	return sixteen_within(v | 0x20, 'a', 'z') | sixteen_within(v, '0', '9') |
	       sixteen_within(v, 0x80, 0xff);
}

/* Where ASCII begins a phrase only behind a word's end: the bytes with which one may, of sixteen
 * behind another. */
static sixteen starts_of(const char *p)
{
	sixteen v = sixteen_at(p), inside = words_of(sixteen_at(p - 1));

	return ((sixteen)(v != ' ') & ~inside) | (sixteen)(v >= 0x80);
}

/* Of a part of the text: a bit for each byte with which a phrase may begin, the lowest first. */
struct starts {
	size_t from, end;
	uint64_t bits;
};

/* At most BLOCK bytes from there on. */
static void find_starts(const struct lexicon *l, struct span text, size_t from, struct starts *s)
{
	char few[1 + BLOCK] = { 0 };
	size_t n = text.n - from < BLOCK ? text.n - from : BLOCK;
	const char *p = text.p + from;

	*s = (struct starts){ .from = from, .end = from + n };
	if (!from || n < BLOCK) {
		few[0] = from ? p[-1] : ' ';
		p = memcpy(few + 1, p, n);
	}
	for (size_t i = 0; i < BLOCK; i += SIXTEEN)
		s->bits |= (uint64_t)sixteen_bits(starts_of(p + i)) << i;
	if (!l->by_words)
		s->bits = UINT64_MAX;
	if (n < BLOCK)
		s->bits &= ~(UINT64_MAX << n);
}

/* From there on the first byte with which a phrase may begin, or the end. */
static size_t next_start(const struct lexicon *l, struct span text, size_t at, struct starts *s)
{
	for (; at < text.n; at = s->end) {
		uint64_t bits;

		if (at >= s->end)
			find_starts(l, text, at, s);
		for (bits = s->bits & UINT64_MAX << (at - s->from); bits; bits &= bits - 1) {
			size_t start = s->from + (size_t)__builtin_ctzll(bits);

			if (may_begin(l, text, start))
				return start;
		}
	}
	return text.n;
}

/* Until it is enough. */
static void scan(const struct scan *s, const bool *enough)
{
	const struct lexicon *l = s->l;
	struct span text = s->text;
	struct starts starts = { 0 };
	int at = ROOT;

	for (size_t i = next_start(l, text, 0, &starts); i < text.n && !*enough;
	     i = at == ROOT ? next_start(l, text, i + 1, &starts) : i + 1) {
		at = step(l, at, (unsigned char)text.p[i], i && goes_on(text, i - 1));
		for (int end = l->places[at].ends; end != ROOT;
		     end = l->places[l->places[end].fail].ends)
			tell(s, end, i + 1);
	}
}

void lexicon_scan(const struct lexicon *l, struct span text,
		  void (*found)(void *ctx, int phrase, size_t start, size_t end), void *ctx)
{
	static const bool never;

	scan(&(struct scan){ l, text, found, ctx }, &never);
}

static void found_any(void *ctx, int phrase, size_t start, size_t end)
{
	(void)phrase, (void)start, (void)end;
	*(bool *)ctx = true;
}

bool lexicon_has_any(const struct lexicon *l, struct span text)
{
	bool any = false;

	scan(&(struct scan){ l, text, found_any, &any }, &any);
	return any;
}

size_t lexicon_scan_at(const struct lexicon *l, struct span text, size_t start,
		       void (*found)(void *ctx, int phrase, size_t start, size_t end), void *ctx)
{
	const struct scan s = { l, text, found, ctx };
	int at = ROOT;
	size_t i = start;

	for (; i < text.n; i++) {
		at = child_of(l, at, (unsigned char)text.p[i]);
		if (at == ROOT)
			break;
		tell(&s, at, i + 1);
	}
	return i;
}
