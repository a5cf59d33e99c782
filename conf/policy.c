#include "conf/policy.h"

#include <stdlib.h>

const struct policy_kind *policy_kind_find(const struct policy *p, const char *name)
{
	for (size_t i = 0; i < p->kind_count; i++)
		if (strcmp(p->kinds[i].name, name) == 0)
			return &p->kinds[i];
	return NULL;
}

const struct policy_package *policy_package_find(const struct policy *p, const char *name)
{
	for (size_t i = 0; i < p->package_count; i++)
		if (strcmp(p->packages[i].name, name) == 0)
			return &p->packages[i];
	return NULL;
}

const struct policy_calendar *policy_calendar_find(const struct policy *p, const char *name)
{
	for (size_t i = 0; i < p->calendar_count; i++)
		if (strcmp(p->calendars[i].name, name) == 0)
			return &p->calendars[i];
	return NULL;
}

const struct policy_scale *policy_scale_find(const struct policy *p, const char *name)
{
	for (size_t i = 0; i < p->scale_count; i++)
		if (strcmp(p->scales[i].name, name) == 0)
			return &p->scales[i];
	return NULL;
}

int policy_kind_levels(const struct policy_kind *kind)
{
	int n = 0;

	while (n < POLICY_SEVERITY_MAX && kind->levels[n].label)
		n++;
	return n;
}

bool policy_is_origin(struct span name)
{
	static const char *const origins[] = { POLICY_ORIGINS };

	for (size_t i = 0; i < sizeof(origins) / sizeof(*origins); i++)
		if (span_is_ci(name, origins[i]))
			return true;
	return false;
}

/* By length, then by their bytes without case. */
static int compare_domains(struct span a, struct span b)
{
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	for (size_t i = 0; i < a.n; i++) {
		int x = ascii_lower((unsigned char)a.p[i]), y = ascii_lower((unsigned char)b.p[i]);

		if (x != y)
			return x - y;
	}
	return 0;
}

static int by_domain(const void *a, const void *b)
{
	return compare_domains(span_of(*(const char *const *)a), span_of(*(const char *const *)b));
}

void policy_sort_freemail(struct policy *p)
{
	if (p->freemail.n)
		qsort(p->freemail.v, p->freemail.n, sizeof(*p->freemail.v), by_domain);
}

bool policy_is_freemail(const struct policy *p, struct span domain)
{
	size_t from = 0, to = p->freemail.n;

	while (from < to) {
		size_t middle = (from + to) / 2;
		int order = compare_domains(domain, span_of(p->freemail.v[middle]));

		if (order == 0)
			return true;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return false;
}

bool policy_phrase_parse(const char *entry, struct policy_phrase *ret_phrase)
{
	static const struct span places[] = {
		[POLICY_ANYWHERE] = SPAN_LITERAL(""),
		[POLICY_SUBJECT] = SPAN_LITERAL("subject:"),
		[POLICY_FIRST_LINES] = SPAN_LITERAL("first:"),
	};
	struct policy_phrase phrase = { 0 };
	struct span rest = span_of(entry);
	int64_t weight;

	if (!span_i64(span_cut(&rest, ' '), &weight) || !weight || weight > POLICY_WEIGHT_MAX ||
	    weight < -POLICY_WEIGHT_MAX)
		return false;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (span_starts_ci(rest, places[i]))
			phrase.place = (enum policy_place)i;
	phrase.weight = (int)weight;
	phrase.text = span_trim(span_sub(rest, places[phrase.place].n, SIZE_MAX));
	*ret_phrase = phrase;
	return phrase.text.n > 0;
}
