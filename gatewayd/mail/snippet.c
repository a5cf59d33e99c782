#include "gatewayd/mail/snippet.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/problems.h"
#include "gatewayd/base/template.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/case/word.h"

static const char *const known[] = { "customer", "case", "subject", "author", "queue", "company" };

/* --- names --- */

/* "refund.txt", "refund.de.txt": the name, and the language or "". */
static bool split(struct span file, struct span *ret_name, struct span *ret_language)
{
	const struct span end = SPAN(".txt");
	const char *dot;

	if (!file.n || file.p[0] == '.' || !span_ends_ci(file, end) || !utf8_valid(file))
		return false;
	file = span_sub(file, 0, file.n - end.n);
	dot = memrchr(file.p, '.', file.n);
	*ret_name = dot ? span_sub(file, 0, (size_t)(dot - file.p)) : file;
	*ret_language = dot ? span_sub(file, ret_name->n + 1, SIZE_MAX) : SPAN("");
	return ret_name->n > 0 && ret_name->n <= SNIPPET_NAME_MAX;
}

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

struct span snippet_names(struct desk *d)
{
	DIR *dir = d->conf->snippets_dir ? opendir(d->conf->snippets_dir) : NULL;
	const char **v = arena_alloc_n(d->arena, SNIPPETS_MAX, sizeof(*v));
	struct buf out BUF_AUTO;
	struct span name, language;
	struct dirent *entry;
	size_t n = 0;

	buf_init(&out, (size_t)SNIPPETS_MAX * (SNIPPET_NAME_MAX + 1));
	while (dir && n < SNIPPETS_MAX && (entry = readdir(dir)) != NULL)
		if (split(span_of(entry->d_name), &name, &language))
			v[n++] = arena_cstr(d->arena, name);
	if (dir)
		closedir(dir);
	if (n)
		qsort(v, n, sizeof(*v), by_text);
	for (size_t i = 0; i < n; i++)
		if (!i || strcmp(v[i], v[i - 1]) != 0)
			buf_addf(&out, "%s\n", v[i]);
	return arena_dup(d->arena, buf_span(&out));
}

/* --- the file --- */

/* That of the language, else the one without, else NULL. */
static const char *find_file(struct desk *d, struct span said, struct span language)
{
	DIR *dir = d->conf->snippets_dir ? opendir(d->conf->snippets_dir) : NULL;
	const char *best = NULL, *plain = NULL;
	struct span name, of;
	struct dirent *entry;

	while (dir && (entry = readdir(dir)) != NULL) {
		if (!split(span_of(entry->d_name), &name, &of) || !span_eq_ci(name, said))
			continue;
		if (of.n && span_eq_ci(of, language))
			best = arena_cstr(d->arena, span_of(entry->d_name));
		else if (!of.n)
			plain = arena_cstr(d->arena, span_of(entry->d_name));
	}
	if (dir)
		closedir(dir);
	best = best ? best : plain;
	return best ? arena_printf(d->arena, "%s/%s", d->conf->snippets_dir, best) : NULL;
}

/* false: it is no plain file, too large, or no UTF-8. */
static bool read_file(struct desk *d, const char *path, struct span *ret_text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text = arena_alloc_n(d->arena, SNIPPET_BYTES_MAX + 1, 1);
	size_t n = 0;
	struct stat st;
	ssize_t got = -1;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		while (n <= SNIPPET_BYTES_MAX &&
		       (got = read(fd, text + n, SNIPPET_BYTES_MAX + 1 - n)) > 0)
			n += (size_t)got;
	if (fd >= 0)
		close(fd);
	*ret_text = span_trim((struct span){ text, n });
	return got == 0 && n <= SNIPPET_BYTES_MAX && utf8_valid(*ret_text) &&
	       !memchr(text, '\0', n);
}

/* --- the text --- */

static bool is_known(struct span name, const void *ctx)
{
	(void)ctx;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (span_is(name, known[i]))
			return true;
	return false;
}

static const char *known_at(const void *ctx, size_t i)
{
	(void)ctx;
	return known[i];
}

static const char *near_name(struct span name, const void *ctx)
{
	struct arena a ARENA_AUTO;

	(void)ctx;
	arena_init(&a);
	return conf_nearest(arena_cstr(&a, name), sizeof(known) / sizeof(*known), known_at, NULL);
}

static int fill(struct desk *d, const char *path, struct span text, const struct store_case *c,
		const struct conf_staff *author, struct span *ret_text, struct err *e)
{
	static const struct template_names names = { is_known, near_name, NULL };
	const char *file = strrchr(path, '/') + 1; /* what its reader is told of it */
	struct template_data *data = template_data_new(d->arena);
	struct buf out BUF_AUTO;

	buf_init(&out, (size_t)4 * SNIPPET_BYTES_MAX);
	template_set(data, "customer",
		     c->requester_name.n ? c->requester_name : c->requester_address);
	template_set(data, "case", word_number(d, c->number));
	template_set(data, "subject", c->subject);
	template_set(data, "author", span_of(author->name));
	template_set(data, "queue", c->queue);
	template_set(data, "company", span_of(d->conf->company));
	if (template_check(text, file, &names, e) < 0 ||
	    template_render(text, file, data, TEMPLATE_TEXT, &out, e) < 0)
		return -1;
	*ret_text = arena_dup(d->arena, span_trim(buf_span(&out)));
	return 0;
}

static struct span language_of(const struct desk *d, const struct store_case *c)
{
	if (!c)
		return SPAN("");
	return c->language.n ? c->language : span_of(desk_queue(d, c->queue)->language);
}

int snippet_read(struct desk *d, struct span name, const struct store_case *c,
		 const struct conf_staff *author, struct span *ret_text, struct err *e)
{
	const char *path = find_file(d, name, language_of(d, c));
	struct span text;

	if (!path || !read_file(d, path, &text) || !text.n)
		return word_refuse_name(d, e, WORD_NO_SNIPPET, name);
	*ret_text = text;
	return c ? fill(d, path, text, c, author, ret_text, e) : 0;
}
