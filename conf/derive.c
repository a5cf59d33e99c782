#include "conf/derive.h"

#include "gatewayd/base/escape.h"

static const char open_tag[] = "{{", close_tag[] = "}}";

/* The tag that the line is, and nothing else: its sign and name; false for text. */
static bool is_tag_line(struct span line, char *ret_sign, struct span *ret_name)
{
	line = span_trim(line);
	if (!span_starts(line, span_of(open_tag)) || !span_ends_ci(line, span_of(close_tag)) ||
	    line.n < 5)
		return false;
	line = span_trim(span_sub(line, 2, line.n - 4));
	if (!line.n || span_find(line, span_of(close_tag)) != SIZE_MAX ||
	    !memchr("#^/!", line.p[0], 4))
		return false;
	*ret_sign = line.p[0];
	*ret_name = span_trim(span_sub(line, 1, SIZE_MAX));
	return true;
}

static bool is_blank(struct span line)
{
	return span_trim(line).n == 0;
}

/* --- the look --- */

static const char *const part_names[] = {
#define X(id, name) name,
	DERIVE_PARTS(X)
#undef X
};

/* DERIVE_PART_COUNT: none of that name. */
static enum derive_part part_of(struct span name)
{
	int i = 0;

	while (i < DERIVE_PART_COUNT && !span_is(name, part_names[i]))
		i++;
	return (enum derive_part)i;
}

/* What stands between the lines of {{#part}} and {{/part}}, for each part. */
static void read_parts(struct span text, struct span parts[DERIVE_PART_COUNT])
{
	enum derive_part open = DERIVE_PART_COUNT;
	struct span rest = text, begin = text, line, name;
	char sign;

	for (; span_line(&rest, &line);) {
		if (!is_tag_line(line, &sign, &name))
			continue;
		if (sign == '#' && open == DERIVE_PART_COUNT) {
			open = part_of(name);
			begin = rest;
		} else if (sign == '/' && part_of(name) == open && open < DERIVE_PART_COUNT) {
			parts[open] = span_sub(begin, 0, (size_t)(line.p - begin.p));
			open = DERIVE_PART_COUNT;
		}
	}
}

int derive_look_read(struct span text, const char *file, struct derive_look *ret_look,
		     struct err *e)
{
	struct derive_look look = { 0 };

	read_parts(text, look.parts);
	for (int i = 0; i < DERIVE_PART_COUNT; i++) {
		if (!look.parts[i].p)
			return err_set(e, ERR_PERM, "%s: there is no {{#%s}} ... {{/%s}}", file,
				       part_names[i], part_names[i]);
		if (span_find(look.parts[i], SPAN("{{content}}")) == SIZE_MAX)
			return err_set(e, ERR_PERM, "%s: {{#%s}} has no {{content}}", file,
				       part_names[i]);
	}
	*ret_look = look;
	return 0;
}

struct filling {
	const char *name; /* "{{content}}" */
	struct span text;
};

/* The part with each of the names in it replaced; other names stay. */
static void fill(struct span part, const struct filling *v, size_t n, struct buf *out)
{
	while (part.n) {
		size_t at = span_find(part, span_of(open_tag)), i = 0;

		buf_add(out, span_sub(part, 0, at));
		part = span_sub(part, at, SIZE_MAX);
		while (i < n && !span_starts(part, span_of(v[i].name)))
			i++;
		if (i < n) {
			buf_add(out, v[i].text);
			part = span_sub(part, strlen(v[i].name), SIZE_MAX);
		} else if (part.n) {
			buf_add(out, span_sub(part, 0, 1));
			part = span_sub(part, 1, SIZE_MAX);
		}
	}
}

static void put_part(const struct derive_look *look, enum derive_part part, struct span content,
		     struct buf *out)
{
	struct filling v = { "{{content}}", content };

	fill(look->parts[part], &v, 1, out);
}

static void put_part_with(const struct derive_look *look, enum derive_part part, const char *name,
			  struct span text, struct span content, struct buf *out)
{
	struct filling v[] = { { "{{content}}", content }, { name, text } };

	fill(look->parts[part], v, 2, out);
}

void derive_page(const struct derive_look *look, struct span language, struct span content,
		 struct buf *out)
{
	put_part_with(look, DERIVE_PAGE, "{{language}}", language, content, out);
}

/* --- lines --- */

/* Names whose values are web addresses, and where they lead to. */
static const struct {
	const char *name, *url;
} links[] = {
	{ "{{link}}", "{{link}}" },
	{ "{{portal}}", "{{portal}}" },
	{ "{{community}}", "{{community}}" },
	{ "{{unsubscribe}}", "{{unsubscribe_url}}" },
	{ "{{take_link}}", "{{take_link}}" },
	{ "{{resolve_link}}", "{{resolve_link}}" },
	{ "{{waiting_link}}", "{{waiting_link}}" },
	{ "{{note_link}}", "{{note_link}}" },
};
enum { LINKS = sizeof(links) / sizeof(*links) };

/* Which link the text begins with; LINKS: none. */
static size_t link_at(struct span s)
{
	size_t i = 0;

	while (i < LINKS && !span_starts(s, span_of(links[i].name)))
		i++;
	return i;
}

/* Literal text is escaped, tags stay, links become some that can be followed. */
static void put_inline(const struct derive_look *look, struct span s, struct buf *out)
{
	while (s.n) {
		size_t at = span_find(s, span_of(open_tag)), i, end;

		escape_html(span_sub(s, 0, at), out);
		s = span_sub(s, at, SIZE_MAX);
		i = link_at(s);
		end = span_find(s, span_of(close_tag));
		if (i < LINKS)
			put_part_with(look, DERIVE_LINK, "{{url}}", span_of(links[i].url),
				      span_of(links[i].name), out);
		else if (s.n)
			buf_add(out, span_sub(s, 0, end + 2));
		s = s.n ? span_sub(s, end + 2, SIZE_MAX) : s;
	}
}

/* "words: {{name}}": the words without the colon, when the line ends with that tag. */
static bool ends_with_tag(struct span line, const char *tag, struct span *ret_words)
{
	line = span_trim(line);
	if (!span_ends_ci(line, span_of(tag)))
		return false;
	line = span_trim(span_sub(line, 0, line.n - strlen(tag)));
	if (span_ends_ci(line, SPAN(":")))
		line.n--;
	else if (span_ends_ci(line, SPAN("\xef\xbc\x9a"))) /* full-width */
		line.n -= 3;
	*ret_words = span_trim(line);
	return ret_words->n != 0;
}

/* The link that the line ends with, and the words before it; LINKS: none. */
static size_t link_of(struct span line, struct span *ret_words)
{
	size_t i = 0;

	while (i < LINKS && !ends_with_tag(line, links[i].name, ret_words))
		i++;
	return i;
}

/* --- blocks --- */

struct derive {
	const struct derive_look *look;
	struct span rest;      /* of the template */
	enum derive_part next; /* of the block to come, by its comment */
	struct buf *out;
};

/* A block in the making. */
struct block {
	enum derive_part part;
	struct buf *content;
	bool any;     /* text was put into it */
	size_t depth; /* sections that were opened inside */
};

/* The section's end comes before a blank line: it is of this block. */
static bool ends_here(struct span rest, struct span name)
{
	struct span line, other;
	size_t depth = 1;
	char sign;

	while (depth && span_line(&rest, &line)) {
		if (is_blank(line))
			return false;
		if (!is_tag_line(line, &sign, &other) || !span_eq(name, other))
			continue;
		depth += sign == '#' || sign == '^';
		depth -= sign == '/';
	}
	return depth == 0;
}

/* A line of text; in panels what can be acted on stands out. */
static void put_line(const struct derive *d, struct block *b, struct span line)
{
	struct buf text BUF_AUTO, label BUF_AUTO;
	struct span words = SPAN("");
	size_t link = LINKS;

	buf_init(&text, 16 * 1024);
	buf_init(&label, 16 * 1024);
	if (b->part == DERIVE_ACTION || b->part == DERIVE_URGENT)
		link = link_of(line, &words);
	if (link < LINKS) {
		put_inline(d->look, words, &text);
		put_part_with(d->look, DERIVE_BUTTON, "{{url}}", span_of(links[link].url),
			      buf_span(&text), b->content);
	} else if (b->part == DERIVE_URGENT && ends_with_tag(line, "{{phone}}", &words)) {
		put_inline(d->look, words, &label);
		put_part_with(d->look, DERIVE_PHONE, "{{label}}", buf_span(&label),
			      SPAN("{{phone}}"), b->content);
	} else {
		if (b->any)
			buf_adds(b->content, "<br>");
		put_inline(d->look, span_trim(line), b->content);
	}
	b->any = true;
}

/* "label: value"; a line without a colon is a value. */
static void put_fact(const struct derive *d, struct block *b, struct span line)
{
	struct buf label BUF_AUTO, value BUF_AUTO;
	struct span rest = span_trim(line), words = SPAN("");
	size_t at = span_find(rest, SPAN(": ")), wide = span_find(rest, SPAN("\xef\xbc\x9a"));

	buf_init(&label, 4096);
	buf_init(&value, 16 * 1024);
	if (at != SIZE_MAX && at < wide) {
		words = span_sub(rest, 0, at);
		rest = span_sub(rest, at + 2, SIZE_MAX);
	} else if (wide != SIZE_MAX) {
		words = span_sub(rest, 0, wide);
		rest = span_sub(rest, wide + 3, SIZE_MAX);
	}
	put_inline(d->look, words, &label);
	put_inline(d->look, span_trim(rest), &value);
	put_part_with(d->look, DERIVE_FACT, "{{label}}", buf_span(&label), buf_span(&value),
		      b->content);
	b->any = true;
}

/* "words {{link}}": the words are the link, and only words where there is none. */
static void put_item_link(const struct derive *d, struct span words, size_t link, struct buf *out)
{
	const char *name = links[link].name + strlen("{{");
	struct buf text BUF_AUTO;

	buf_init(&text, 16 * 1024);
	put_inline(d->look, words, &text);
	buf_addf(out, "{{#%s", name);
	put_part_with(d->look, DERIVE_LINK, "{{url}}", span_of(links[link].url), buf_span(&text),
		      out);
	buf_addf(out, "{{/%s{{^%s", name, name);
	buf_add(out, buf_span(&text));
	buf_addf(out, "{{/%s", name);
}

/* An item, with the lines that belong to it: those that begin no other. */
static void put_item(const struct derive *d, struct block *b, struct span *rest, struct span line)
{
	struct buf text BUF_AUTO;
	struct block item = { .part = DERIVE_ITEM, .content = &text };
	struct span after = *rest, words, name;
	size_t link = link_of(line, &words);
	char sign;

	buf_init(&text, 16 * 1024);
	if (link < LINKS)
		put_item_link(d, span_sub(words, 2, SIZE_MAX), link, &text);
	else
		put_line(d, &item, span_sub(line, 2, SIZE_MAX));
	item.any = true;
	for (; span_line(&after, &line) && !is_blank(line) && !span_starts(line, SPAN("- "));
	     *rest = after) {
		if (!is_tag_line(line, &sign, &name)) {
			put_line(d, &item, line);
			continue;
		}
		if (sign == '/' && item.depth == 0)
			break;
		item.depth += sign == '#' || sign == '^';
		item.depth -= sign == '/';
		buf_add(&text, span_trim(line));
	}
	put_part(d->look, DERIVE_ITEM, buf_span(&text), b->content);
	b->any = true;
}

static void put_text(const struct derive *d, struct block *b, struct span *rest, struct span line)
{
	if (b->part == DERIVE_FACTS)
		put_fact(d, b, line);
	else if (b->part == DERIVE_LIST && span_starts(line, SPAN("- ")))
		put_item(d, b, rest, line);
	else
		put_line(d, b, line);
}

/* The first line of text from here on, within the block, begins an item. */
static bool begins_list(struct span rest)
{
	struct span line, name;
	char sign;

	while (span_line(&rest, &line) && !is_blank(line))
		if (!is_tag_line(line, &sign, &name))
			return span_starts(line, SPAN("- "));
	return false;
}

/* A tag alone on its line goes into the block; false: it ends the block and stands behind it. */
static bool put_tag(struct block *b, struct span rest, struct span line, char sign,
		    struct span name)
{
	if (sign == '!' || (sign == '/' && b->depth == 0) ||
	    (sign != '/' && !ends_here(rest, name)))
		return false;
	if (sign == '/')
		b->depth--;
	else
		b->depth++;
	buf_add(b->content, span_trim(line));
	return true;
}

/* From the block's first line, which may be a section of facts or items, to its end. */
static void put_block(struct derive *d, enum derive_part part)
{
	struct buf content BUF_AUTO;
	struct block b = { .part = part, .content = &content };
	struct span after = d->rest, line, name;
	char sign;

	buf_init(&content, 256 * 1024);
	while (span_line(&after, &line) && !is_blank(line)) {
		bool tag = is_tag_line(line, &sign, &name);

		if (b.any && b.depth == 0 &&
		    part == (begins_list(d->rest) ? DERIVE_PARAGRAPH : DERIVE_LIST))
			break; /* a list begins or ends without a blank line */
		if (tag && !put_tag(&b, after, line, sign, name))
			break;
		if (!tag)
			put_text(d, &b, &after, line);
		d->rest = after;
	}
	put_part(d->look, part, buf_span(&content), d->out);
}

/* The look that a comment asks for; DERIVE_PART_COUNT: it is only a comment. */
static enum derive_part look_of(struct span comment)
{
	static const enum derive_part blocks[] = { DERIVE_FACTS, DERIVE_SAID, DERIVE_ACTION,
						   DERIVE_URGENT, DERIVE_QUIET };

	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++)
		if (span_is(comment, part_names[blocks[i]]))
			return blocks[i];
	return DERIVE_PART_COUNT;
}

/*
 * A section that begins between two blocks is around what comes, and nothing of it is shown when
 * the section is not; only rows of facts and items are inside of their table and list.
 */
static bool is_around(const struct derive *d, struct span after, struct span name)
{
	bool rows =
	    d->next == DERIVE_FACTS || (d->next == DERIVE_PART_COUNT && begins_list(d->rest));

	return !rows || !ends_here(after, name);
}

/* What stands between blocks; true: that was it. */
static bool put_between(struct derive *d, struct span after, struct span line)
{
	struct span name;
	char sign;

	if (span_is(span_trim(line), "--")) {
		d->next = DERIVE_QUIET; /* a signature */
	} else if (is_tag_line(line, &sign, &name)) {
		if (sign == '!' && look_of(name) < DERIVE_PART_COUNT)
			d->next = look_of(name);
		else if (sign == '/' || (sign != '!' && is_around(d, after, name)))
			buf_add(d->out, span_trim(line));
		else if (sign != '!')
			return false;
	} else if (!is_blank(line)) {
		return false;
	}
	d->rest = after;
	return true;
}

void derive_html(struct span template, const struct derive_look *look, struct buf *out)
{
	struct derive d = { look, template, DERIVE_PART_COUNT, out };
	struct span after = template, line;

	for (; span_line(&after, &line); after = d.rest) {
		if (put_between(&d, after, line))
			continue;
		if (d.next == DERIVE_PART_COUNT)
			d.next = begins_list(d.rest) ? DERIVE_LIST : DERIVE_PARAGRAPH;
		put_block(&d, d.next);
		d.next = DERIVE_PART_COUNT;
	}
}
