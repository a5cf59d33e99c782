#include "tests/scenario/tap.h"

#include "parser/parser.h"

static int hex(char c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

static struct span decoded(struct arena *a, struct span s)
{
	struct buf out BUF_AUTO;

	buf_init(&out, 4096);
	for (size_t i = 0; i < s.n; i++) {
		bool escaped = s.p[i] == '%' && i + 2 < s.n;

		buf_addc(&out, escaped ? (char)(hex(s.p[i + 1]) * 16 + hex(s.p[i + 2])) : s.p[i]);
		i += escaped ? 2 : 0;
	}
	return arena_dup(a, buf_span(&out));
}

static void read_link(struct arena *a, struct span link, struct tap *ret)
{
	*ret = (struct tap){ decoded(a, span_cut(&link, '?')), SPAN(""), SPAN("") };
	while (link.n) {
		struct span value = span_cut(&link, '&'), name = span_cut(&value, '=');

		if (span_is(name, "subject"))
			ret->subject = decoded(a, value);
		else if (span_is(name, "body"))
			ret->body = decoded(a, value);
	}
}

int tap_find(struct world *w, struct span message, struct span verb, struct tap *ret_tap,
	     struct err *e)
{
	const char *wanted = arena_printf(&w->arena, "#" SPAN_FMT, SPAN_ARG(verb));
	struct facts facts;
	struct span line;

	parser_parse(w->parser, message, &(struct parser_sink){ 0 }, &w->arena, &facts);
	while (span_line(&facts.text, &line)) {
		size_t at = span_find(line, SPAN("mailto:"));
		struct span link = span_sub(line, at, SIZE_MAX);

		if (at == SIZE_MAX)
			continue;
		read_link(&w->arena, span_sub(link, strlen("mailto:"), SIZE_MAX), ret_tap);
		if (span_starts(ret_tap->body, span_of(wanted)))
			return 0;
	}
	return err_set(e, ERR_PERM, "no link of the mail says %s", wanted);
}
