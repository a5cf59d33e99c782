#include "gatewayd/identity/authres.h"

#include "gatewayd/identity/addrspec.h"

enum { COMMENTS_MAX = 16 };

/*
 * Tokens of RFC 8601 section 2.2: "=", ";", "/", and words, which are quoted strings or runs of
 * anything else.  Comments and white space separate.
 */
enum token_kind { T_END, T_BAD, T_WORD, T_EQUALS, T_SEMICOLON, T_SLASH };

struct lexer {
	struct span rest;
	enum token_kind kind; /* of the token under view */
	struct span word;     /* T_WORD: without its quotes */
};

/* The length of the comment at the start of s, 0 when it has no end or is too deep. */
static size_t comment_len(struct span s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '(' && ++depth > COMMENTS_MAX)
			return 0;
		else if (s.p[i] == ')' && --depth == 0)
			return i + 1;
	}
	return 0;
}

static bool skip_blanks(struct span *s)
{
	while (s->n && (ascii_is_space((unsigned char)s->p[0]) || s->p[0] == '(')) {
		size_t n = s->p[0] == '(' ? comment_len(*s) : 1;

		if (n == 0)
			return false;
		*s = span_sub(*s, n, SIZE_MAX);
	}
	return true;
}

/* No word that is compared here needs a backslash, so a quoted string with one is bad. */
static enum token_kind lex_quoted(struct lexer *l)
{
	l->rest = span_sub(l->rest, 1, SIZE_MAX);
	if (!l->rest.n || !memchr(l->rest.p, '"', l->rest.n))
		return T_BAD;
	l->word = span_cut(&l->rest, '"');
	return l->word.n && memchr(l->word.p, '\\', l->word.n) ? T_BAD : T_WORD;
}

static enum token_kind lex_word(struct lexer *l)
{
	size_t n = 0;

	while (n < l->rest.n && !ascii_is_space((unsigned char)l->rest.p[n]) && l->rest.p[n] &&
	       !strchr("=;/\"()", l->rest.p[n]))
		n++;
	l->word = span_sub(l->rest, 0, n);
	l->rest = span_sub(l->rest, n, SIZE_MAX);
	return n ? T_WORD : T_BAD;
}

static void next(struct lexer *l)
{
	static const enum token_kind marks[] = { T_EQUALS, T_SEMICOLON, T_SLASH };
	static const char mark_chars[] = "=;/";
	const char *mark;

	if (!skip_blanks(&l->rest)) {
		l->kind = T_BAD;
		return;
	}
	if (!l->rest.n) {
		l->kind = T_END;
		return;
	}
	mark = l->rest.p[0] ? strchr(mark_chars, l->rest.p[0]) : NULL;
	if (mark) {
		l->kind = marks[mark - mark_chars];
		l->rest = span_sub(l->rest, 1, SIZE_MAX);
	} else {
		l->kind = l->rest.p[0] == '"' ? lex_quoted(l) : lex_word(l);
	}
}

static bool take(struct lexer *l, enum token_kind kind)
{
	if (l->kind != kind)
		return false;
	next(l);
	return true;
}

static bool take_word(struct lexer *l, struct span *ret_word)
{
	*ret_word = l->word;
	return take(l, T_WORD);
}

/*
 * At "=": takes it and a property's value, which may have "=" and "/" in it (base64 in header.b)
 * and may be empty.
 */
static bool take_value(struct lexer *l, struct span *ret_value)
{
	size_t n = 0;

	if (l->kind != T_EQUALS || !skip_blanks(&l->rest))
		return false;
	if (l->rest.n && l->rest.p[0] == '"') {
		if (lex_quoted(l) != T_WORD)
			return false;
		*ret_value = l->word;
	} else {
		while (n < l->rest.n && !ascii_is_space((unsigned char)l->rest.p[n]) &&
		       l->rest.p[n] && !strchr(";\"()", l->rest.p[n]))
			n++;
		*ret_value = span_sub(l->rest, 0, n);
		l->rest = span_sub(l->rest, n, SIZE_MAX);
	}
	next(l);
	return true;
}

/* One result: "dkim=pass reason=... header.d=example.com". */
struct result {
	struct span method, verdict;
	struct span from, d, i; /* header.from, header.d, header.i; p == NULL: none */
	struct span login;	/* smtp.auth */
	bool doubled;		/* one of these twice: whom it vouches for is not plain */
};

static void note_property(struct result *r, struct span name, struct span value)
{
	struct {
		const char *name;
		struct span *to;
	} known[] = {
		{ "header.from", &r->from },
		{ "header.d", &r->d },
		{ "header.i", &r->i },
		{ "smtp.auth", &r->login },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (!span_is_ci(name, known[i].name))
			continue;
		r->doubled |= known[i].to->p != NULL;
		*known[i].to = value;
	}
}

static bool read_result(struct lexer *l, struct result *ret_result)
{
	struct result r = { 0 };
	struct span name, value;

	if (!take_word(l, &r.method))
		return false;
	if (take(l, T_SLASH) && !take_word(l, &value)) /* a version */
		return false;
	if (!take(l, T_EQUALS)) { /* "none", alone */
		*ret_result = r;
		return span_is_ci(r.method, "none");
	}
	if (!take_word(l, &r.verdict))
		return false;
	while (l->kind == T_WORD) {
		if (!take_word(l, &name) || !take_value(l, &value))
			return false;
		note_property(&r, name, value);
	}
	*ret_result = r;
	return true;
}

/* The first word is the authserv-id; a version may follow it. */
static bool read_id(struct lexer *l, struct span *ret_id)
{
	struct span version;

	if (!take_word(l, ret_id))
		return false;
	if (l->kind == T_WORD && !take_word(l, &version))
		return false;
	return l->kind == T_SEMICOLON || l->kind == T_END;
}

static struct lexer lexer_of(struct span field)
{
	struct lexer l = { .rest = field };

	next(&l);
	return l;
}

static bool is_configured(struct span id, const char *const *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_is_ci(id, ids[i]))
			return true;
	return false;
}

/* The From domain itself, or a parent of it that is no top-level domain. */
static bool is_aligned(struct span d, struct span from_domain)
{
	size_t more;

	if (!d.n || !memchr(d.p, '.', d.n))
		return span_eq_ci(d, from_domain) && d.n;
	if (!span_ends_ci(from_domain, d))
		return false;
	more = from_domain.n - d.n;
	return more == 0 || from_domain.p[more - 1] == '.';
}

/* The domain that signed; header.i is "[local]@domain". */
static struct span signer(const struct result *r)
{
	struct span i = r->i;

	if (r->d.p)
		return r->d;
	if (i.n && memchr(i.p, '@', i.n))
		span_cut(&i, '@');
	return i;
}

struct tally {
	size_t dmarc, dmarc_pass, dmarc_fail; /* pass: for the From domain */
	size_t dkim_pass;		      /* aligned */
	size_t auth, auth_pass;		      /* pass: as From */
};

static void count_result(struct tally *t, const struct result *r, struct span from)
{
	bool pass = span_is_ci(r->verdict, "pass") && !r->doubled;
	struct span domain = addrspec_domain(from);

	if (span_is_ci(r->method, "dmarc")) {
		t->dmarc++;
		t->dmarc_pass += pass && span_eq_ci(r->from, domain);
		t->dmarc_fail += span_is_ci(r->verdict, "fail");
	} else if (span_is_ci(r->method, "dkim")) {
		t->dkim_pass += pass && is_aligned(signer(r), domain);
	} else if (span_is_ci(r->method, "auth")) {
		t->auth++;
		t->auth_pass += pass && r->login.n && addrspec_eq(r->login, from);
	}
}

/* All results from here on; false when the field cannot be read to its end. */
static bool tally_results(struct lexer *l, struct span from, struct tally *t)
{
	size_t results = 0;

	while (l->kind != T_END) { /* a semicolon at the end is common */
		struct result r;

		if (++results > AUTHRES_RESULTS_MAX || !read_result(l, &r))
			return false;
		count_result(t, &r, from);
		if (!take(l, T_SEMICOLON))
			break;
	}
	return l->kind == T_END;
}

static void judge(const struct tally *t, struct authres *ret)
{
	bool logged_in = t->auth && t->auth_pass == t->auth;
	bool dmarc = t->dmarc && t->dmarc_pass == t->dmarc;
	const char *passed = logged_in ? "auth=pass" : dmarc ? "dmarc=pass" : "aligned dkim=pass";

	if (logged_in || dmarc)
		ret->by = logged_in ? VOUCHED_AUTH : VOUCHED_DMARC;
	else if (!t->dmarc && t->dkim_pass)
		ret->by = VOUCHED_DKIM;
	ret->vouched = ret->by != VOUCHED_NOT;
	ret->failed = !ret->vouched && t->dmarc_fail;
	if (ret->vouched)
		ret->reason = passed;
	else if (ret->failed)
		ret->reason = "dmarc=fail";
	else
		ret->reason =
		    t->dmarc ? "dmarc did not pass for this From" : "no dmarc, no aligned dkim";
}

/* At the results of a field whose word counts. */
static bool at_results(struct span field, const struct authres_servers *servers,
		       struct lexer *ret_lexer)
{
	struct lexer l = lexer_of(field), bare = l;
	struct span id;

	*ret_lexer = bare;
	if (servers->without_id && take_word(&bare, &id) && bare.kind == T_EQUALS)
		return true;
	if (!read_id(&l, &id) || !is_configured(id, servers->ids, servers->id_count))
		return false;
	take(&l, T_SEMICOLON);
	*ret_lexer = l;
	return true;
}

void authres_decide(const struct span *fields, size_t field_count,
		    const struct authres_servers *servers, struct span from,
		    struct authres *ret_authres)
{
	*ret_authres = (struct authres){ .reason = "no Authentication-Results of ours" };
	for (size_t i = 0; i < field_count; i++) {
		struct tally t = { 0 };
		struct lexer l;

		if (!at_results(fields[i], servers, &l))
			continue;
		ret_authres->found = true;
		if (from.n && fields[i].n <= AUTHRES_FIELD_MAX && tally_results(&l, from, &t))
			judge(&t, ret_authres);
		else
			ret_authres->reason = "unreadable Authentication-Results";
		return;
	}
}
