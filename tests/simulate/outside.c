#include "tests/simulate/outside.h"

#include <string.h>

#include "gatewayd/identity/header_scan.h"
#include "tests/simulate/mark.h"

enum { TOKEN_N = TOKEN_TEXT_SIZE - 1, MERGES_MAX = 10 };

static const char *const strangers[] = { "ann@customer.test", "cleo@acme.test", "boss@acme.test",
					 "gil@globex.test",   "sue@sub.test",	"shay@shop.test",
					 "fay@former.test",   "mal@evil.test" };

/* Who wrote in the case of a mail (the core's own list of participants is what is judged), and
 * which mails stand there. */
struct circle {
	struct span *people;
	size_t n;
	bool marks[MARKS_MAX];
	bool known; /* the case is there */
};

struct reading {
	struct world *w;
	struct arena a;
	const struct peers_taken *t;
	struct span all; /* as it went out without soft line ends, then its text decoded */
	struct circle circle;
};

#define CHECK(holds, ...) \
	if (!(holds))     \
	return err_set(e, ERR_BUG, __VA_ARGS__)

/* --- the case --- */

static void add_person(struct reading *r, struct span address)
{
	ARENA_GROW(&r->a, r->circle.people, r->circle.n);
	r->circle.people[r->circle.n++] = address;
}

static bool has_person(const struct circle *c, struct span address)
{
	for (size_t i = 0; i < c->n; i++)
		if (span_eq_ci(c->people[i], address))
			return true;
	return false;
}

static int add_notes(struct reading *r, int64_t number, struct err *e)
{
	struct store_note *v;
	size_t n;

	if (store_note_list(r->w->bench.store, number, &r->a, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct span rest = v[i].text;
		char kind;
		int mark;

		add_person(r, v[i].author_address);
		while (mark_next(&rest, &kind, &mark))
			r->circle.marks[mark] = true;
	}
	return 0;
}

/* With those that it was merged into. */
static int gather_circle(struct reading *r, int64_t number, struct err *e)
{
	for (int i = 0; number && i < MERGES_MAX; i++) {
		struct store_case c;

		if (store_case_get(r->w->bench.store, number, &r->a, &c, e) < 0)
			return e->class == ERR_PERM && i == 0 ? 0 : -1; /* its time was over */
		add_person(r, c.requester_address);
		if (add_notes(r, number, e) < 0)
			return -1;
		r->circle.known = true;
		number = c.merged_into;
	}
	return 0;
}

/* --- its words --- */

static void without_soft_ends(struct span s, struct buf *out)
{
	size_t at;

	while ((at = span_find(s, SPAN("=\r\n"))) != SIZE_MAX) {
		buf_add(out, span_sub(s, 0, at));
		s = span_sub(s, at + 3, SIZE_MAX);
	}
	buf_add(out, s);
}

static void read_all(struct reading *r)
{
	struct parser_sink sink = { 0 };
	struct buf all BUF_AUTO;
	struct facts facts;

	buf_init(&all, SIZE_MAX);
	parser_parse(r->w->parser, r->t->message, &sink, &r->a, &facts);
	without_soft_ends(r->t->message, &all);
	buf_addf(&all, "\r\n" SPAN_FMT, SPAN_ARG(facts.text));
	r->all = arena_dup(&r->a, buf_span(&all));
}

static int check_marks(const struct reading *r, struct err *e)
{
	struct span rest = r->all;
	char kind;
	int n;

	while (mark_next(&rest, &kind, &n)) {
		CHECK(kind != 'i' && kind != 'f', "a mail to " SPAN_FMT " says what %s (I7)",
		      SPAN_ARG(r->t->recipient), kind == 'i' ? "is for staff" : "a forger wrote");
		CHECK(!r->circle.known || r->circle.marks[n],
		      "a mail to " SPAN_FMT " says what mail m%d said, in another case (I7)",
		      SPAN_ARG(r->t->recipient), n);
	}
	return 0;
}

static int check_people(const struct reading *r, struct err *e)
{
	CHECK(span_find_ci(r->all, SPAN("@staff.test")) == SIZE_MAX,
	      "a mail to " SPAN_FMT " has an address of staff (I7)", SPAN_ARG(r->t->recipient));
	if (!r->circle.known)
		return 0;
	CHECK(has_person(&r->circle, r->t->recipient),
	      SPAN_FMT " has nothing to do with the case, and a mail of it (I7)",
	      SPAN_ARG(r->t->recipient));
	for (size_t i = 0; i < sizeof(strangers) / sizeof(*strangers); i++)
		CHECK(has_person(&r->circle, span_of(strangers[i])) ||
			  span_find_ci(r->all, span_of(strangers[i])) == SIZE_MAX,
		      "a mail to " SPAN_FMT " has the address of %s, who is not in the case (I7)",
		      SPAN_ARG(r->t->recipient), strangers[i]);
	return 0;
}

/* --- tokens --- */

static size_t letters_at(struct span s)
{
	size_t n = 0;

	while (n < s.n &&
	       (ascii_is_alpha((unsigned char)s.p[n]) || ascii_is_digit((unsigned char)s.p[n])))
		n++;
	return n;
}

/* What may be one; false: there is none left. */
static bool next_token(struct span *rest, struct span *ret_token)
{
	while (rest->n) {
		size_t n = letters_at(*rest);

		*ret_token = span_sub(*rest, 0, n);
		*rest = span_sub(*rest, n ? n : 1, SIZE_MAX);
		if (n == TOKEN_N)
			return true;
	}
	return false;
}

static const struct outside_token *find_token(const struct outside *o, struct span text)
{
	for (size_t i = 0; i < o->token_count; i++)
		if (span_eq_ci(o->tokens[i].text, text))
			return &o->tokens[i];
	return NULL;
}

/* Those that it was given to be answered with are its recipient's. */
static void note_tokens(struct outside *o, struct world *w, const struct peers_taken *t)
{
	struct header_walk walk = { .rest = t->message };
	struct span name, value, token;

	while (header_walk_next(&walk, &name, &value))
		while ((span_is_ci(name, "Reply-To") || span_is_ci(name, "Message-ID")) &&
		       next_token(&value, &token)) {
			if (find_token(o, token))
				continue;
			ARENA_GROW(&w->arena, o->tokens, o->token_count);
			o->tokens[o->token_count++] = (struct outside_token){ token, t->recipient };
		}
}

static int check_tokens(const struct outside *o, const struct reading *r, struct err *e)
{
	struct span rest = r->all, token;

	while (next_token(&rest, &token)) {
		const struct outside_token *is = find_token(o, token);

		CHECK(!is || span_eq_ci(is->recipient, r->t->recipient),
		      "a mail to " SPAN_FMT " has a token of " SPAN_FMT " (I7)",
		      SPAN_ARG(r->t->recipient), SPAN_ARG(is->recipient));
	}
	return 0;
}

/* --- all of it --- */

static int check_bcc(const struct peers_taken *t, struct err *e)
{
	struct header_walk walk = { .rest = t->message };
	struct span name, value;

	while (header_walk_next(&walk, &name, &value))
		CHECK(!span_is_ci(name, "Bcc"), "a mail to " SPAN_FMT " has a Bcc (I7)",
		      SPAN_ARG(t->recipient));
	return 0;
}

static int check_outsiders(const struct outside *o, struct world *w, const struct peers_taken *t,
			   const struct store_outbox *row, struct err *e)
{
	struct reading r = { .w = w, .t = t };
	int result;

	arena_init(&r.a);
	read_all(&r);
	result = (row && gather_circle(&r, row->case_number, e) < 0) || check_marks(&r, e) < 0 ||
			 check_people(&r, e) < 0 || check_tokens(o, &r, e) < 0
		     ? -1
		     : 0;
	arena_release(&r.a);
	return result;
}

int outside_check(struct outside *o, struct world *w, const struct peers_taken *t,
		  const struct store_outbox *row, struct err *e)
{
	bool staff = span_find_ci(t->recipient, SPAN("@staff.test")) != SIZE_MAX;

	note_tokens(o, w, t);
	if (check_bcc(t, e) < 0 || (!staff && check_outsiders(o, w, t, row, e) < 0))
		return -1;
	o->seen++;
	return 0;
}
