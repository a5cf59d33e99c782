#include "gatewayd/ctl/ctl_usage.h"

#include <limits.h>

struct span ctl_usage_shown(const char *usage)
{
	return (struct span){ usage, strcspn(usage, "\n") };
}

struct ctl_usage ctl_usage_of(const char *usage)
{
	return (struct ctl_usage){ .rest = ctl_usage_shown(usage) };
}

static void skip(struct ctl_usage *u, size_t n)
{
	u->rest = span_sub(u->rest, n, SIZE_MAX);
}

/* To the next item; brackets are counted on the way. */
static void skip_between(struct ctl_usage *u)
{
	while (u->rest.n && memchr(" []|", u->rest.p[0], 4)) {
		if (u->rest.p[0] == '[') {
			u->inside = true;
			u->brackets++;
		} else if (u->rest.p[0] == ']') {
			u->inside = false;
		}
		skip(u, 1);
	}
}

static struct span take_name(struct ctl_usage *u)
{
	struct span all = u->rest;
	size_t n = 0;

	while (n < all.n && !memchr(" ]|", all.p[n], 3))
		n++;
	skip(u, n);
	return span_sub(all, 0, n);
}

/* Ends at a blank, a bracket, or where another option is the alternative. */
static struct span take_value(struct ctl_usage *u)
{
	struct span all = u->rest;
	size_t n = 0;

	while (n < all.n && !memchr(" ]", all.p[n], 2) &&
	       !span_starts(span_sub(all, n, SIZE_MAX), SPAN("|--")))
		n++;
	skip(u, n);
	return span_sub(all, 0, n);
}

static bool value_follows(struct span rest)
{
	return rest.n > 1 && rest.p[0] == ' ' && rest.p[1] != '[' &&
	       !span_starts(rest, SPAN(" --"));
}

bool ctl_usage_next(struct ctl_usage *u, struct ctl_usage_item *ret_item)
{
	struct ctl_usage_item item = { .option = SPAN(""), .value = SPAN("") };

	skip_between(u);
	if (!u->rest.n)
		return false;
	item.group = u->inside ? u->brackets : 0;
	if (span_starts(u->rest, SPAN("--"))) {
		item.option = take_name(u);
		if (value_follows(u->rest)) {
			skip(u, 1);
			item.value = take_value(u);
		}
	} else {
		item.value = take_value(u);
		item.many = span_ends_ci(item.value, SPAN("..."));
		item.value.n -= item.many ? strlen("...") : 0;
	}
	*ret_item = item;
	return true;
}

static bool find(struct ctl_usage u, struct span name, struct ctl_usage_item *ret_item)
{
	struct ctl_usage_item item;

	while (ctl_usage_next(&u, &item)) {
		if (item.option.n && span_eq(item.option, name)) {
			*ret_item = item;
			return true;
		}
	}
	return false;
}

bool ctl_usage_option(const char *usage, struct span name, struct ctl_usage_item *ret_item)
{
	return find(ctl_usage_of(usage), name, ret_item);
}

bool ctl_usage_inner(const char *usage, struct span name, struct ctl_usage_item *ret_item)
{
	const char *inner = strchr(usage, '\n');

	if (!inner || !find(ctl_usage_of(inner + 1), name, ret_item))
		return false;
	ret_item->group = -ret_item->group; /* none of those before the line feed */
	return true;
}

void ctl_usage_words(const char *usage, int *ret_least, int *ret_most)
{
	struct ctl_usage u = ctl_usage_of(usage);
	struct ctl_usage_item item;

	*ret_least = *ret_most = 0;
	while (ctl_usage_next(&u, &item)) {
		if (item.option.n)
			continue;
		*ret_least += !item.group;
		*ret_most = item.many ? INT_MAX : *ret_most + 1;
	}
}
