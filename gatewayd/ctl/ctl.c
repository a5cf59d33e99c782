#include "gatewayd/ctl/ctl.h"

#include <limits.h>
#include <stdio.h>
#include <sysexits.h>

#include "conf/problems.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/ctl/ctl_safe.h"
#include "gatewayd/ctl/ctl_trail.h"
#include "gatewayd/ctl/ctl_usage.h"

const char ctl_common_usage[] = "[--json] [--csv] [--wide] [--color]";

int ctl_name_length(const char *name, int argc, const char *const *argv)
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

/* --- reading the words --- */

static const char *option_at(const void *ctx, size_t i)
{
	const struct ctl *c = ctx;
	struct ctl_usage u = ctl_usage_of(c->verb->usage);
	struct ctl_usage_item item;

	while (ctl_usage_next(&u, &item))
		if (item.option.n && i-- == 0)
			return arena_cstr(c->d->arena, item.option);
	return NULL;
}

static int unknown_option(struct ctl *c, struct span name)
{
	const char *near = conf_nearest(arena_cstr(c->d->arena, name), CTL_WORDS_MAX, option_at, c);

	return ctl_usage(c, "%s: unknown option \"" SPAN_FMT "\"%s%s%s; usage: %s " SPAN_FMT,
			 c->verb->name, SPAN_ARG(utf8_prefix(name, 64)),
			 near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "",
			 c->verb->name, SPAN_ARG(ctl_usage_shown(c->verb->usage)));
}

/* One that excludes another, or the same again. */
static int check_once(struct ctl *c, const struct ctl_usage_item *item)
{
	struct ctl_usage_item other;

	for (int i = 0; i < c->option_count; i++) {
		if (span_eq(c->options[i].name, item->option))
			return ctl_usage(c, "%s: " SPAN_FMT " is given twice", c->verb->name,
					 SPAN_ARG(item->option));
		if (item->group && ctl_usage_option(c->verb->usage, c->options[i].name, &other) &&
		    other.group == item->group)
			return ctl_usage(c, "%s: give " SPAN_FMT " or " SPAN_FMT ", not both",
					 c->verb->name, SPAN_ARG(other.option),
					 SPAN_ARG(item->option));
	}
	return EX_OK;
}

static int take_own(struct ctl *c, const struct ctl_usage_item *item, const char *value)
{
	int status = check_once(c, item);

	if (status == EX_OK)
		c->options[c->option_count++] = (struct ctl_option){ item->option, value };
	return status;
}

static int take_common(struct ctl *c, struct span name)
{
	static const struct {
		const char *name;
		size_t offset;
		unsigned int flags; /* that a verb needs for it */
	} common[] = {
		{ "--json", offsetof(struct ctl, json), 0 },
		{ "--csv", offsetof(struct ctl, csv), CTL_ROWS },
		{ "--wide", offsetof(struct ctl, wide), 0 },
		{ "--color", offsetof(struct ctl, color), 0 },
	};

	for (size_t i = 0; i < sizeof(common) / sizeof(*common); i++) {
		if (!span_is(name, common[i].name))
			continue;
		if (common[i].flags & ~c->verb->flags)
			return ctl_usage(c, "%s: %s is for lists", c->verb->name, common[i].name);
		*(bool *)((char *)c + common[i].offset) = true;
		return EX_OK;
	}
	return unknown_option(c, name);
}

/* "--name", "--name value" or "--name=value" at *i, which moves on over what was taken. */
static int take_option(struct ctl *c, int *i)
{
	struct span value = span_of(c->argv[*i]), name = span_cut(&value, '=');
	bool has_value = name.n < strlen(c->argv[*i]);
	struct ctl_usage_item item;

	if (!ctl_usage_option(c->verb->usage, name, &item) &&
	    !ctl_usage_inner(c->verb->usage, name, &item))
		return has_value ? unknown_option(c, name) : take_common(c, name);
	if (!item.value.n && has_value)
		return ctl_usage(c, "%s: " SPAN_FMT " takes no value", c->verb->name,
				 SPAN_ARG(name));
	if (!item.value.n)
		return take_own(c, &item, "");
	if (!has_value && *i + 1 >= c->argc)
		return ctl_usage(c, "%s: " SPAN_FMT " needs a value: " SPAN_FMT, c->verb->name,
				 SPAN_ARG(name), SPAN_ARG(item.value));
	return take_own(c, &item, has_value ? value.p : c->argv[++*i]);
}

static int check_complete(struct ctl *c)
{
	struct ctl_usage u = ctl_usage_of(c->verb->usage);
	struct ctl_usage_item item;
	int least, most;

	ctl_usage_words(c->verb->usage, &least, &most);
	if (c->n < least || c->n > most)
		return ctl_usage(c, "usage: %s%s" SPAN_FMT, c->verb->name,
				 *c->verb->usage ? " " : "",
				 SPAN_ARG(ctl_usage_shown(c->verb->usage)));
	while (ctl_usage_next(&u, &item))
		if (item.option.n && !item.group &&
		    !ctl_value(c, arena_cstr(c->d->arena, item.option)))
			return ctl_usage(c, "%s: " SPAN_FMT " is missing; usage: %s " SPAN_FMT,
					 c->verb->name, SPAN_ARG(item.option), c->verb->name,
					 SPAN_ARG(ctl_usage_shown(c->verb->usage)));
	return EX_OK;
}

/* Behind "--" there are no options; "-" is a word. */
static int read_words(struct ctl *c)
{
	bool only_words = false;
	int status = EX_OK;

	c->words = arena_alloc_n(c->d->arena, (size_t)c->argc + 1, sizeof(*c->words));
	c->options = arena_alloc_n(c->d->arena, (size_t)c->argc + 1, sizeof(*c->options));
	c->n = c->option_count = 0;
	for (int i = ctl_name_length(c->verb->name, c->argc, c->argv); i < c->argc; i++) {
		bool option = !only_words && strncmp(c->argv[i], "--", 2) == 0;

		if (option && strcmp(c->argv[i], "--") == 0)
			only_words = true;
		else if (option && (status = take_option(c, &i)) != EX_OK)
			return status;
		else if (!option)
			c->words[c->n++] = c->argv[i];
	}
	return check_complete(c);
}

bool ctl_flag(const struct ctl *c, const char *name)
{
	return ctl_value(c, name) != NULL;
}

const char *ctl_value(const struct ctl *c, const char *name)
{
	for (int i = 0; i < c->option_count; i++)
		if (span_is(c->options[i].name, name))
			return c->options[i].value;
	return NULL;
}

struct span ctl_value_or_empty(const struct ctl *c, const char *name)
{
	const char *value = ctl_value(c, name);

	return value ? span_of(value) : SPAN("");
}

bool ctl_number(const char *word, int64_t *ret_number)
{
	return span_i64(span_of(word + (*word == '#')), ret_number) && *ret_number > 0;
}

int ctl_word_number(struct ctl *c, int at, const char *what, int64_t *ret_number)
{
	if (ctl_number(c->words[at], ret_number))
		return EX_OK;
	return ctl_usage(c, "\"%s\" is no number of %s %s", c->words[at],
			 strchr("aeiou", *what) ? "an" : "a", what);
}

int ctl_option_number(struct ctl *c, const char *name, int64_t *ret_number)
{
	const char *value = ctl_value(c, name);

	*ret_number = 0;
	if (!value || ctl_number(value, ret_number))
		return EX_OK;
	return ctl_usage(c, "%s %s is no whole number from 1 on", name, value);
}

int ctl_option_time(struct ctl *c, const char *name, int64_t *ret_at)
{
	const char *value = ctl_value(c, name);

	if (!value || time_parse_rfc3339(span_of(value), ret_at))
		return EX_OK;
	return ctl_usage(c, "%s %s is no RFC 3339 time", name, value);
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

static bool how_long(struct span s, int64_t *ret_seconds)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = {
		{ "s", 1 },	{ "min", 60 },	   { "m", 60 },	       { "h", HOUR_S },
		{ "d", DAY_S }, { "days", DAY_S }, { "w", 7 * DAY_S },
	};
	size_t digits = 0;
	int64_t n;

	while (digits < s.n && ascii_is_digit((unsigned char)s.p[digits]))
		digits++;
	if (!span_i64(span_sub(s, 0, digits), &n) || n > POLICY_SECONDS_MAX / DAY_S)
		return false;
	s = span_trim(span_sub(s, digits, SIZE_MAX));
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (span_is(s, units[i].name)) {
			*ret_seconds = n * units[i].seconds;
			return true;
		}
	}
	return false;
}

int ctl_since(struct ctl *c, int64_t *ret_at)
{
	return ctl_when(c, "--since", ret_at);
}

int ctl_when(struct ctl *c, const char *name, int64_t *ret_at)
{
	const char *value = ctl_value(c, name);
	const char *day = arena_printf(c->d->arena, "%sT00:00:00Z", value ? value : "");
	int64_t seconds;

	*ret_at = 0;
	if (!value || time_parse_rfc3339(span_of(value), ret_at) ||
	    time_parse_rfc3339(span_of(day), ret_at))
		return EX_OK;
	if (!how_long(span_of(value), &seconds))
		return ctl_usage(c, "%s %s: an RFC 3339 time, a date, or like 90min, 2h, 7d", name,
				 value);
	*ret_at = c->d->now - seconds;
	return EX_OK;
}

static int read_state(struct ctl *c, const char *(*name)(int state), int n, int *ret_state)
{
	const char *value = ctl_value(c, "--state");
	struct buf names BUF_AUTO;

	buf_init(&names, ERR_TEXT_MAX);
	*ret_state = -1;
	if (!value)
		return EX_OK;
	for (int i = 0; i < n; i++) {
		if (strcmp(value, name(i)) == 0) {
			*ret_state = i;
			return EX_OK;
		}
		buf_addf(&names, "%s%s", i ? ", " : "", name(i));
	}
	return ctl_usage(c, "--state %s: there is no such state; %s", value, buf_cstr(&names));
}

int ctl_filter(struct ctl *c, const char *(*name)(int state), int n, struct ctl_filter *ret_filter)
{
	int status = read_state(c, name, n, &ret_filter->state);

	if (status == EX_OK)
		status = ctl_limit(c, &ret_filter->limit);
	if (status == EX_OK)
		status = ctl_option_number(c, "--case", &ret_filter->case_number);
	if (status == EX_OK)
		status = ctl_option_number(c, "--before", &ret_filter->before);
	return status == EX_OK ? ctl_since(c, &ret_filter->since_at) : status;
}

int ctl_text_word(struct ctl *c, int at, struct span *ret_text)
{
	struct span text =
	    strcmp(c->words[at], "-") == 0 ? span_trim(c->input) : span_of(c->words[at]);

	if (!text.n || !utf8_valid(text) || memchr(text.p, 0, text.n))
		return ctl_usage(c, "the text is empty or not UTF-8");
	*ret_text = text;
	return EX_OK;
}

struct span ctl_all_words(struct ctl *c)
{
	struct buf b BUF_AUTO;

	buf_init(&b, 64 * KIB);
	for (int i = 0; i < c->n; i++) {
		buf_adds(&b, i ? " " : "");
		buf_adds(&b, c->words[i]);
	}
	return arena_dup(c->d->arena, buf_span(&b));
}

/* --- ends --- */

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

int ctl_fail(struct ctl *c, const struct err *e)
{
	static const int status[] = { [ERR_NONE] = EX_OK,
				      [ERR_TEMP] = EX_TEMPFAIL,
				      [ERR_PERM] = EX_DATAERR,
				      [ERR_BUG] = EX_SOFTWARE };

	buf_addf(c->err, "gatewayctl: %s\n", e->text);
	return status[e->class];
}

int ctl_result(struct ctl *c, int result, const struct err *e)
{
	return result < 0 ? ctl_fail(c, e) : EX_OK;
}

static int run_in_txn(struct ctl *c)
{
	struct store *txn STORE_TXN = c->d->store;
	struct err e = { 0 };
	int status;

	if (store_begin(txn, &e) < 0)
		return ctl_fail(c, &e);
	status = c->verb->run(c);
	if (status != EX_OK)
		return status;
	return ctl_result(c, ctl_trail(c, &e) < 0 ? -1 : store_commit(txn, &e), &e);
}

static int run_plain(struct ctl *c)
{
	struct err e = { 0 };
	int status = c->verb->run(c);

	return status == EX_OK ? ctl_result(c, ctl_trail(c, &e), &e) : status;
}

static int run_half(struct ctl *c)
{
	if (!c->verb->run)
		return ctl_usage(c, "%s runs in gatewayctl alone", c->verb->name);
	if (c->verb->flags & CTL_GUARDED && c->caller && !c->caller->may_guarded) {
		buf_addf(c->err, "gatewayctl: %s: for root and the members of data_group\n",
			 c->verb->name);
		return EX_NOPERM;
	}
	return c->verb->flags & CTL_WRITES ? run_in_txn(c) : run_plain(c);
}

int ctl_run(struct ctl *c, const struct ctl_verb *verb)
{
	int status;

	c->verb = verb;
	c->raw = verb->flags & CTL_RAW;
	status = read_words(c);
	if (status == EX_OK)
		status = run_half(c);
	ctl_safe(c, status == EX_OK);
	return status;
}

/* What is typed has none of them. */
static int refuse_inner(struct ctl *c)
{
	struct ctl_usage_item item;

	for (int i = 0; i < c->option_count; i++)
		if (!ctl_usage_option(c->verb->usage, c->options[i].name, &item))
			return unknown_option(c, c->options[i].name);
	return EX_OK;
}

int ctl_run_local(struct ctl *c, const struct ctl_verb *verb)
{
	int status;

	c->verb = verb;
	c->raw = verb->flags & CTL_RAW;
	status = read_words(c);
	if (status == EX_OK)
		status = refuse_inner(c);
	if (status == EX_OK)
		status = verb->local(c);
	ctl_safe(c, status == EX_OK);
	return status;
}
