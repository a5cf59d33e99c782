#include "gatewayd/post/template_name.h"

#define COUNT(v) (sizeof(v) / sizeof(*(v)))

enum source { OURS, FOREIGN };

const char *const template_names[] = {
#define X(name, source) name,
	TEMPLATE_NAMES(X)
#undef X
};
const size_t template_name_count = COUNT(template_names);

static const enum source sources[] = {
#define X(name, source) source,
	TEMPLATE_NAMES(X)
#undef X
};

const char *const template_files[] = {
	"case_closed",	  "case_state",	    "command_transcript", "confirmation",
	"customer_reply", "listing_answer", "not_delivered",	  "owner_assigned",
	"owner_update",	  "recommendation", "referral",		  "sla_breach",
	"sla_warning",	  "staff_new_case", "staff_elsewhere",	  "staff_unverified",
	"status_answer",  "too_large",	    "unsubscribe_done",
};
const size_t template_file_count = COUNT(template_files);

/* Its place in the table, or template_name_count. */
static size_t place_of(struct span name)
{
	size_t i = 0;

	while (i < template_name_count && !span_is(name, template_names[i]))
		i++;
	return i;
}

bool template_name_known(struct span name)
{
	return place_of(name) < template_name_count;
}

bool template_name_is_ours(struct span name)
{
	size_t i = place_of(name);

	return i < template_name_count && sources[i] == OURS;
}
