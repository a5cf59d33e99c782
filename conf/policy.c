#include "conf/policy.h"

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

bool policy_is_freemail(const struct policy *p, struct span domain)
{
	for (size_t i = 0; i < p->freemail.n; i++)
		if (span_is_ci(domain, p->freemail.v[i]))
			return true;
	return false;
}
