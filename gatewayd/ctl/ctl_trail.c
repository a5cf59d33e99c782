#include "gatewayd/ctl/ctl_trail.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/ctl/ctl_usage.h"

enum { SHOWN_MAX = 64 }; /* bytes of a word */

/* What people write, by the name that it has in a usage. */
static bool is_text(const struct ctl_usage_item *item)
{
	static const char *const words[] = { "TEXT|-", "TEXT",	   "REASON", "SUBJECT", "WORD",
					     "WORDS",  "[TEXT|-]", "NAME",   "RECORD" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_is(item->value, words[i]))
			return true;
	return span_is(item->option, "--subject");
}

/* Who has it may do what it stands for, as long as it lasts. */
static bool is_secret(const struct ctl_usage_item *item)
{
	return span_find(item->value, SPAN("TOKEN")) != SIZE_MAX;
}

static int add_word(struct ctl *c, const struct ctl_usage_item *item, const char *word,
		    struct buf *out, struct err *e)
{
	char hex[STORE_PSEUDONYM_SIZE];

	if (is_text(item)) {
		buf_adds(out, "...");
	} else if (strchr(word, '@')) {
		if (store_person_pseudonym(c->d->store, span_of(word), hex, e) < 0)
			return -1;
		buf_addf(out, "address:%s", hex);
	} else if (is_secret(item)) {
		buf_adds(out, "token");
	} else {
		utf8_scrub(utf8_prefix(span_of(word), SHOWN_MAX), out);
	}
	return 0;
}

/* The words from the first on that are not the case, each by its place in the usage. */
static int add_words(struct ctl *c, int first, struct buf *out, struct err *e)
{
	struct ctl_usage u = ctl_usage_of(c->verb->usage);
	struct ctl_usage_item item = { .many = false }, next;

	for (int i = 0; i < c->n; i++) {
		while (!item.many && ctl_usage_next(&u, &next)) {
			item = next;
			if (!item.option.n)
				break;
		}
		if (i < first)
			continue;
		buf_adds(out, out->n ? " " : "");
		if (add_word(c, &item, c->words[i], out, e) < 0)
			return -1;
	}
	return 0;
}

static int add_options(struct ctl *c, struct buf *out, struct err *e)
{
	struct ctl_usage_item item;

	for (int i = 0; i < c->option_count; i++) {
		const struct ctl_option *o = &c->options[i];

		if (!ctl_usage_option(c->verb->usage, o->name, &item))
			continue;
		buf_addf(out, "%s" SPAN_FMT "%s", out->n ? " " : "", SPAN_ARG(o->name),
			 *o->value ? " " : "");
		if (*o->value && add_word(c, &item, o->value, out, e) < 0)
			return -1;
	}
	return 0;
}

static int64_t case_of(const struct ctl *c)
{
	struct ctl_usage u = ctl_usage_of(c->verb->usage);
	struct ctl_usage_item item;
	int64_t number = 0;

	if (c->n && ctl_usage_next(&u, &item) && span_is(item.value, "N") && !item.option.n &&
	    span_i64(span_of(c->words[0] + (*c->words[0] == '#')), &number))
		return number;
	return 0;
}

static bool leaves_trail(const struct ctl *c)
{
	unsigned int flags = c->verb->flags;

	return c->caller && c->d->store && !c->is_more && !c->trailed &&
	       (flags & (CTL_WRITES | CTL_TRAIL));
}

int ctl_trail(struct ctl *c, struct err *e)
{
	struct store_audit row = { .at = c->d->now, .action = span_of(c->verb->name) };
	struct buf detail BUF_AUTO;

	buf_init(&detail, SIZE_MAX);
	if (!leaves_trail(c))
		return 0;
	row.channel = c->caller->channel;
	row.who = c->caller->who;
	row.case_number = case_of(c);
	if (add_words(c, row.case_number > 0, &detail, e) < 0 || add_options(c, &detail, e) < 0)
		return -1;
	row.detail = buf_span(&detail);
	c->trailed = true;
	return store_audit_add(c->d->store, &row, e);
}
