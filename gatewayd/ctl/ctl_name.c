#include "gatewayd/ctl/ctl_name.h"

#include <stdio.h>
#include <sysexits.h>

#include "conf/problems.h"

enum { NAME_BYTES = 128 };

const struct ctl_verb *ctl_name_find(const struct ctl_verb *verbs, int argc,
				     const char *const *argv)
{
	const struct ctl_verb *best = NULL;
	int most = 0;

	for (const struct ctl_verb *v = verbs; v->name; v++) {
		int n = ctl_name_length(v->name, argc, argv);

		if (n > most) {
			most = n;
			best = v;
		}
	}
	return best;
}

static const char *name_at(const void *ctx, size_t i)
{
	const struct ctl_verb *verbs = ctx;

	return verbs[i].name;
}

static size_t count(const struct ctl_verb *verbs)
{
	size_t n = 0;

	while (verbs[n].name)
		n++;
	return n;
}

/* The words behind the noun, NULL for another's. */
struct noun {
	const struct ctl_verb *verbs;
	const char *name;
};

static const char *verb_of_noun_at(const void *ctx, size_t i)
{
	const struct noun *noun = ctx;
	size_t n = strlen(noun->name);
	const char *name = noun->verbs[i].name;

	return strncmp(name, noun->name, n) == 0 && name[n] == ' ' ? name + n + 1 : NULL;
}

/* "case has list, show, ..." or the nearest of them. */
static bool unknown_of_noun(const struct ctl_verb *verbs, const char *name, const char *verb,
			    struct buf *err)
{
	const struct noun noun = { verbs, name };
	size_t n = count(verbs);
	const char *near = conf_nearest(verb, n, verb_of_noun_at, &noun);
	size_t before = err->n;

	for (size_t i = 0; !near && i < n; i++)
		if (verb_of_noun_at(&noun, i))
			buf_addf(err, "%s%s", err->n > before ? ", " : "",
				 verb_of_noun_at(&noun, i));
	if (near)
		buf_addf(err, "did you mean \"%s %s\"?", name, near);
	else if (err->n > before)
		buf_addf(err, " are those of %s", name);
	return err->n > before;
}

static void unknown_name(const struct ctl_verb *verbs, const char *first, const char *both,
			 struct buf *err)
{
	const char *near = conf_nearest(both, count(verbs), name_at, verbs);

	if (!near)
		near = conf_nearest(first, count(verbs), name_at, verbs);
	if (near)
		buf_addf(err, "did you mean \"%s\"?", near);
	else
		buf_adds(err, "gatewayctl help lists them");
}

int ctl_name_unknown(const struct ctl_verb *verbs, int argc, const char *const *argv,
		     struct buf *err)
{
	bool two = argc > 1 && argv[1][0] != '-';
	const char *first = argc ? argv[0] : "", *second = two ? argv[1] : "";
	char both[NAME_BYTES];

	snprintf(both, sizeof(both), "%s%s%s", first, two ? " " : "", second);
	buf_addf(err, "gatewayctl: there is no verb \"%s\"; ", both);
	if (!unknown_of_noun(verbs, first, second, err))
		unknown_name(verbs, first, both, err);
	buf_addc(err, '\n');
	return EX_USAGE;
}
