#include "gatewayd/ctl/json_lines.h"

/* The offset behind the string that begins at i. */
static size_t string_end(struct span s, size_t i)
{
	for (i++; i < s.n && s.p[i] != '"'; i++)
		i += s.p[i] == '\\';
	return i + 1;
}

static bool is_key(struct span s, size_t end)
{
	while (end < s.n && ascii_is_space((unsigned char)s.p[end]))
		end++;
	return end < s.n && s.p[end] == ':';
}

static size_t word_end(struct span s, size_t i)
{
	while (i < s.n && !memchr(",]} \t\r\n", s.p[i], 7))
		i++;
	return i;
}

/* Writes the lines when v is there; how many there are. */
static size_t scan(struct span s, int *v)
{
	size_t n = 0, i = 0;
	int line = 1;

	while (i < s.n) {
		size_t end = i + 1;
		bool value = true;

		if (s.p[i] == '"') {
			end = string_end(s, i);
			value = !is_key(s, end);
		} else if (s.p[i] == '\n' || memchr(" \t\r,:]}", s.p[i], 7)) {
			line += s.p[i] == '\n';
			value = false;
		} else if (s.p[i] != '{' && s.p[i] != '[') {
			end = word_end(s, i);
		}
		if (value && v)
			v[n] = line;
		n += value;
		i = end;
	}
	return n;
}

void json_lines_read(struct span text, struct arena *a, struct json_lines *ret_lines)
{
	size_t n = scan(text, NULL);
	int *v = arena_alloc_n(a, n ? n : 1, sizeof(*v));

	scan(text, v);
	*ret_lines = (struct json_lines){ .v = v, .n = n };
}

int json_lines_next(struct json_lines *l)
{
	return l->at < l->n ? l->v[l->at++] : 0;
}

static size_t count(json_t *value)
{
	size_t n = 1, i;
	const char *key;
	json_t *inner;

	json_array_foreach(value, i, inner) n += count(inner);
	json_object_foreach(value, key, inner) n += count(inner);
	return n;
}

int json_lines_pass(struct json_lines *l, json_t *value)
{
	int line = json_lines_next(l);

	l->at += count(value) - 1;
	return line;
}

struct span json_without_comments(struct span text, struct arena *a)
{
	char *out = arena_room(a, text.n + 1);
	bool blank = true, comment = false;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '\n') {
			blank = true;
			comment = false;
		} else if (blank && c == '#') {
			comment = true;
		} else if (c != ' ' && c != '\t') {
			blank = false;
		}
		out[i] = comment ? ' ' : c;
	}
	return (struct span){ out, text.n };
}
