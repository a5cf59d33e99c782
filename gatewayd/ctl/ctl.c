#include "gatewayd/ctl/ctl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

static const struct ctl_verb *const tables[] = {
	ctl_case_verbs,	   ctl_mail_verbs,	ctl_outbox_verbs, ctl_sla_verbs,
	ctl_account_verbs, ctl_recommend_verbs, ctl_import_verbs, ctl_status_verbs,
};

enum { TABLES = sizeof(tables) / sizeof(*tables) };

/* How many of the words are the verb's name; 0: it is another. */
static int name_length(const char *name, int argc, const char *const *argv)
{
	struct span rest = span_of(name);
	int n = 0;

	while (rest.n) {
		if (n == argc || !span_is(span_cut(&rest, ' '), argv[n]))
			return 0;
		n++;
	}
	return n;
}

const struct ctl_verb *ctl_find(int argc, const char *const *argv, struct buf *err)
{
	const struct ctl_verb *best = NULL;
	int most = 0;

	for (size_t t = 0; t < TABLES; t++) {
		for (const struct ctl_verb *v = tables[t]; v->name; v++) {
			int n = name_length(v->name, argc, argv);

			if (n > most) {
				most = n;
				best = v;
			}
		}
	}
	if (!best)
		buf_addf(err, "gatewayctl: there is no verb \"%s\"; gatewayctl help lists them\n",
			 argc ? argv[0] : "");
	return best;
}

static void help_of(const struct ctl_verb *v, struct buf *out)
{
	if (!(v->flags & CTL_HIDDEN))
		buf_addf(out, "  %s%s%s\n        %s\n", v->name, *v->usage ? " " : "", v->usage,
			 v->about);
}

void ctl_help(struct buf *out)
{
	for (size_t t = 0; t < TABLES; t++)
		for (const struct ctl_verb *v = tables[t]; v->name; v++)
			help_of(v, out);
}

static void take(struct ctl *c, int at, int count)
{
	c->n -= count;
	for (int i = at; i < c->n; i++)
		c->words[i] = c->words[i + count];
}

bool ctl_flag(struct ctl *c, const char *name)
{
	for (int i = 0; i < c->n; i++) {
		if (strcmp(c->words[i], name) == 0) {
			take(c, i, 1);
			return true;
		}
	}
	return false;
}

const char *ctl_value(struct ctl *c, const char *name)
{
	for (int i = 0; i + 1 < c->n; i++) {
		if (strcmp(c->words[i], name) == 0) {
			const char *value = c->words[i + 1];

			take(c, i, 2);
			return value;
		}
	}
	return NULL;
}

int ctl_usage(struct ctl *c, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_addf(c->err, "gatewayctl: %s\n", text);
	return EX_USAGE;
}

int ctl_words(struct ctl *c, int least, int most)
{
	const struct ctl_verb *verb = c->verb;

	for (int i = 0; i < c->n; i++)
		if (strncmp(c->words[i], "--", 2) == 0)
			return ctl_usage(c, "%s: no option %s here; usage: %s %s", verb->name,
					 c->words[i], verb->name, verb->usage);
	if (c->n < least || c->n > most)
		return ctl_usage(c, "usage: %s %s", verb->name, verb->usage);
	return EX_OK;
}

bool ctl_number(const char *word, int64_t *ret_number)
{
	return span_i64(span_of(word + (*word == '#')), ret_number) && *ret_number > 0;
}

int ctl_word_number(struct ctl *c, int at, const char *what, int64_t *ret_number)
{
	if (ctl_number(c->words[at], ret_number))
		return EX_OK;
	return ctl_usage(c, "\"%s\" is no number of a %s", c->words[at], what);
}

int ctl_option_number(struct ctl *c, const char *name, int64_t *ret_number)
{
	const char *value = ctl_value(c, name);

	*ret_number = 0;
	if (!value || ctl_number(value, ret_number))
		return EX_OK;
	return ctl_usage(c, "%s %s is no number", name, value);
}

int ctl_limit(struct ctl *c, int *ret_limit)
{
	int64_t n;
	int status = ctl_option_number(c, "--limit", &n);

	if (status == EX_OK && n > CTL_LIST_MAX)
		return ctl_usage(c, "--limit: at most %d", CTL_LIST_MAX);
	*ret_limit = n ? (int)n : CTL_LIST_DEFAULT;
	return status;
}

int ctl_fail(struct ctl *c, const struct err *e)
{
	static const int status[] = { [ERR_NONE] = EX_OK,
				      [ERR_TEMP] = EX_TEMPFAIL,
				      [ERR_PERM] = EX_DATAERR,
				      [ERR_BUG] = EX_SOFTWARE };

	buf_addf(c->err, "gatewayctl: %s\n", e->text);
	return status[e->class];
}

static int run_in_txn(struct ctl *c, const struct ctl_verb *verb)
{
	struct store *txn STORE_TXN = c->d->store;
	struct err e = { 0 };
	int status;

	if (store_begin(txn, &e) < 0)
		return ctl_fail(c, &e);
	status = verb->run(c);
	if (status == EX_OK && store_commit(txn, &e) < 0)
		return ctl_fail(c, &e);
	return status;
}

int ctl_run(struct ctl *c, const struct ctl_verb *verb)
{
	c->verb = verb;
	take(c, 0, name_length(verb->name, c->n, c->words));
	c->json = ctl_flag(c, "--json");
	return verb->flags & CTL_WRITES ? run_in_txn(c, verb) : verb->run(c);
}
