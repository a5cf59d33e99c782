#include "conf/check_hooks.h"

/* What stands between "https://" and the path. */
static struct span authority(const char *url)
{
	struct span rest = span_of(url);
	size_t at = span_find(rest, SPAN("://"));

	rest = span_sub(rest, at + 3, SIZE_MAX);
	for (size_t i = 0; i < rest.n; i++)
		if (strchr("/?#", rest.p[i]))
			return span_sub(rest, 0, i);
	return rest;
}

static void check_hook(struct loader *l, const struct conf_hook *h)
{
	const char *path = loader_path(l, "hooks", h->name, "url");

	if (!h->url)
		return;
	if (!span_starts_ci(span_of(h->url), SPAN("https:")) && !h->plain)
		loader_problem(l, path,
			       "is not encrypted; use https://, or add plain = true where nobody "
			       "else listens on the way");
	if (!authority(h->url).n)
		loader_problem(l, path, "has no host");
	if (span_find(authority(h->url), SPAN("@")) != SIZE_MAX || strpbrk(h->url, "# \t"))
		loader_problem(l, path,
			       "has a user, a fragment or a blank; write https://HOST[:PORT]/PATH");
}

void check_hooks(struct loader *l)
{
	for (size_t i = 0; i < l->conf->hook_count; i++)
		check_hook(l, &l->conf->hooks[i]);
}
