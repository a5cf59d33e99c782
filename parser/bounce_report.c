#include "parser/bounce_report.h"

#include "parser/bounce.h"
#include "parser/bounce_words.h"

/* The fields of one recipient, raw. */
struct group {
	struct span final, original, action, status, diagnostic, reason;
};

static const struct report_field {
	struct span name;
	size_t offset;
} report_fields[] = {
	{ SPAN_LITERAL("final-recipient"), offsetof(struct group, final) },
	{ SPAN_LITERAL("original-recipient"), offsetof(struct group, original) },
	{ SPAN_LITERAL("action"), offsetof(struct group, action) },
	{ SPAN_LITERAL("status"), offsetof(struct group, status) },
	{ SPAN_LITERAL("diagnostic-code"), offsetof(struct group, diagnostic) },
	{ SPAN_LITERAL("x-failure-reason"), offsetof(struct group, reason) },
};

static struct span *field_of(struct group *g, struct span name)
{
	for (size_t i = 0; i < sizeof(report_fields) / sizeof(*report_fields); i++)
		if (span_eq_ci(report_fields[i].name, name))
			return (struct span *)(void *)((char *)g + report_fields[i].offset);
	return NULL;
}

/* "rfc822; <ann@example.com>" without its type and brackets. */
static struct span address_of(struct span value)
{
	size_t at = 0, semicolon = span_find(value, SPAN(";"));
	struct span address;

	if (semicolon != SIZE_MAX)
		value = span_sub(value, semicolon + 1, value.n);
	value = span_trim(value);
	if (value.n > 1 && *value.p == '<' && value.p[value.n - 1] == '>')
		value = span_sub(value, 1, value.n - 2);
	if (value.n && !memchr(value.p, ' ', value.n) && !memchr(value.p, '<', value.n))
		return value;
	return bounce_next_address(value, &at, &address) ? address : value;
}

static bool is_address(struct span s)
{
	return s.n && memchr(s.p, '@', s.n);
}

static struct span action_of(struct span value)
{
	static const struct {
		struct span word, action;
	} rows[] = {
		{ SPAN_LITERAL("fail"), SPAN_LITERAL("failed") },
		{ SPAN_LITERAL("delay"), SPAN_LITERAL("delayed") },
		{ SPAN_LITERAL("deliverable"), SPAN_LITERAL("delivered") },
		{ SPAN_LITERAL("deliver"), SPAN_LITERAL("delivered") },
		{ SPAN_LITERAL("relay"), SPAN_LITERAL("relayed") },
		{ SPAN_LITERAL("expan"), SPAN_LITERAL("expanded") },
		{ SPAN_LITERAL("expire"), SPAN_LITERAL("failed") },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (span_starts_ci(value, rows[i].word))
			return rows[i].action;
	return SPAN_NONE;
}

static struct span action_by_status(struct span status)
{
	if (status.n == 0)
		return SPAN_NONE;
	switch (*status.p) {
	case '2': return SPAN("delivered");
	case '4': return SPAN("delayed");
	case '5': return SPAN("failed");
	}
	return SPAN_NONE;
}

/* "smtp; 550 5.1.1 User unknown" without its type. */
static struct span diagnostic_of(struct span value)
{
	size_t semicolon = span_find(value, SPAN(";"));

	if (semicolon == SIZE_MAX || semicolon > 20 ||
	    span_find(span_sub(value, 0, semicolon), SPAN(" ")) != SIZE_MAX)
		return span_trim(value);
	return span_trim(span_sub(value, semicolon + 1, value.n));
}

static void add_group(struct group *g, struct bounce_list *l)
{
	struct facts_recipient r = { .address = address_of(g->final) };

	if (g->original.n && !is_address(r.address)) {
		struct span original = address_of(g->original);
		if (is_address(original) || !r.address.n)
			r.address = original;
	}
	if (r.address.n) {
		struct span diagnostic = diagnostic_of(g->diagnostic);
		r.status = bounce_find_status(g->status);
		if (!r.status.p)
			r.status = bounce_find_status(diagnostic);
		r.action = action_of(g->action);
		if (!r.action.p)
			r.action = action_by_status(r.status);
		if (diagnostic.n)
			r.diagnostic = diagnostic;
		else if (g->reason.n)
			r.diagnostic = g->reason;
		bounce_list_add(l, &r);
	}
	*g = (struct group){ 0 };
}

/* One line with its continuation lines, which are taken from *text. */
static void read_field(struct span line, struct span *text, struct group *g, struct bounce_list *l)
{
	struct span next = *text, more, value;
	struct span name = span_trim(span_cut(&line, ':'));
	const char *to;

	if (!line.p || !name.n)
		return;
	to = line.p + line.n;
	while (next.n && (*next.p == ' ' || *next.p == '\t') && span_line(&next, &more)) {
		if (span_trim(more).n == 0)
			break;
		to = more.p + more.n;
		*text = next;
	}
	struct span *field = field_of(g, name);
	if (!field)
		return;
	if (field->n && (field == &g->final || field == &g->action))
		add_group(g, l); /* groups without a blank line between them */
	value = (struct span){ line.p, (size_t)(to - line.p) };
	*field = bounce_unfold(value, BOUNCE_DIAGNOSTIC_MAX, l->arena);
}

void bounce_report_read(struct span text, struct bounce_list *l)
{
	struct group g = { 0 };
	struct span line;

	while (!l->full && span_line(&text, &line)) {
		if (span_trim(line).n == 0)
			add_group(&g, l);
		else
			read_field(line, &text, &g, l);
	}
	add_group(&g, l);
}
