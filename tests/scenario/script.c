#include "tests/scenario/script.h"

static const struct {
	enum script_op op;
	const char *text;
} ops[] = {
	{ SCRIPT_HAS_NOT, "!~=" },
	{ SCRIPT_HAS, "~=" },
	{ SCRIPT_IS_NOT, "!=" },
	{ SCRIPT_IS, "=" },
};

/* The operator that comes first among the n bytes before any quote. */
static void split(struct script_arg *a, size_t n)
{
	struct span plain = span_sub(a->word, 0, n);
	size_t best = SIZE_MAX;

	a->key = a->word;
	a->value = SPAN("");
	a->op = SCRIPT_WORD;
	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		size_t at = span_find(plain, span_of(ops[i].text));

		if (at == 0 || at >= best)
			continue;
		best = at;
		a->op = ops[i].op;
		a->key = span_sub(a->word, 0, at);
		a->value = span_sub(a->word, at + strlen(ops[i].text), SIZE_MAX);
	}
}

static bool read_arg(struct script *s, struct span *line, struct script_arg *ret_arg)
{
	char *out = arena_room(s->arena, line->n + 1);
	size_t n = 0, plain = SIZE_MAX, i = 0;
	bool quoted = false;

	for (; i < line->n && (quoted || line->p[i] != ' '); i++) {
		if (line->p[i] == '\\' && i + 1 < line->n && line->p[i + 1] == '"') {
			out[n++] = line->p[++i];
		} else if (line->p[i] == '"') {
			quoted = !quoted;
			if (plain == SIZE_MAX)
				plain = n;
		} else {
			out[n++] = line->p[i];
		}
	}
	out[n] = 0;
	*line = span_trim(span_sub(*line, i, SIZE_MAX));
	ret_arg->word = (struct span){ out, n };
	split(ret_arg, plain);
	return !quoted;
}

static int read_text(struct script *s, struct script_line *l, struct span end, struct err *e)
{
	struct buf text BUF_AUTO;
	struct span line;

	buf_init(&text, SIZE_MAX);
	l->has_text = true;
	while (span_line(&s->rest, &line)) {
		s->line++;
		if (span_eq(line, end)) {
			l->text = arena_dup(s->arena, buf_span(&text));
			return 1;
		}
		buf_add(&text, line);
		buf_adds(&text, "\r\n");
	}
	return err_set(e, ERR_PERM, "%d: the text has no end", l->line);
}

static int read_line(struct script *s, struct span line, struct script_line *l, struct err *e)
{
	l->verb = span_cut(&line, ' ');
	line = span_trim(line);
	while (line.n) {
		if (span_starts(line, SPAN("<<")))
			return read_text(s, l, span_sub(line, 2, SIZE_MAX), e);
		if (l->n == SCRIPT_ARGS_MAX)
			return err_set(e, ERR_PERM, "%d: too many arguments", l->line);
		if (!read_arg(s, &line, &l->args[l->n++]))
			return err_set(e, ERR_PERM, "%d: a quote without its end", l->line);
	}
	return 1;
}

int script_next(struct script *s, struct script_line *ret_line, struct err *e)
{
	struct span line;

	while (span_line(&s->rest, &line)) {
		s->line++;
		line = span_trim(line);
		if (!line.n || line.p[0] == '#')
			continue;
		*ret_line = (struct script_line){ .line = s->line };
		return read_line(s, line, ret_line, e);
	}
	return 0;
}

struct span script_value_at(const struct script_line *l, const char *key, size_t i)
{
	for (size_t k = 0; k < l->n; k++)
		if (l->args[k].op == SCRIPT_IS && span_is(l->args[k].key, key) && i-- == 0)
			return l->args[k].value;
	return SPAN_NONE;
}

struct span script_value(const struct script_line *l, const char *key)
{
	return script_value_at(l, key, 0);
}

bool script_holds(const struct script_arg *a, struct span value)
{
	switch (a->op) {
	case SCRIPT_IS: return span_eq(a->value, value);
	case SCRIPT_IS_NOT: return !span_eq(a->value, value);
	case SCRIPT_HAS: return span_find(value, a->value) != SIZE_MAX;
	case SCRIPT_HAS_NOT: return span_find(value, a->value) == SIZE_MAX;
	case SCRIPT_WORD: break;
	}
	return false;
}
