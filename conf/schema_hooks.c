/* Who is told of what happens to cases. */
#include "conf/schema_rows.h"

static const struct schema_row hook_rows[] = {
	{ "url", SCHEMA_TEXT, REQUIRED, AT(conf_hook, url), .max = LINE_MAX_CH,
	  .check = value_check_url,
	  .doc = "Where to POST, an https address.  No redirect is followed from there." },
	{ "events", SCHEMA_WORDS, AT(conf_hook, events), .max = 20, .check = value_check_hook_event,
	  .doc = "What it is told of: case.opened, case.note, case.state, case.warning, "
		 "case.breach; without it, of all." },
	{ "queues", SCHEMA_NAMES, AT(conf_hook, queues), .max = 1000, ROW_OF(TABLE_QUEUES),
	  .doc = "Only of cases in these queues; without it, of all." },
	{ "secret_file", SCHEMA_SECRET, REQUIRED, AT(conf_hook, secret_file),
	  .doc = "File whose first line is the secret that each POST is signed with: whsec_ and "
		 "24 to 64 random bytes in base64." },
	{ "secret_file_old", SCHEMA_SECRET, AT(conf_hook, secret_file_old),
	  .doc = "The secret before it: each POST is signed with both, until its receiver has the "
		 "new one." },
	{ "private", SCHEMA_WORDS, AT(conf_hook, private_nets), .max = 100,
	  .check = value_check_network,
	  .doc = "Addresses and networks (\"10.1.2.3\", \"10.2.0.0/16\", \"::1\") that it may "
		 "connect to although they are not public.  All other private, loopback and "
		 "link-local addresses are refused, whatever name leads to them." },
	{ "plain", SCHEMA_BOOL, AT(conf_hook, plain), .fallback = "false",
	  .doc = "Lets url begin with http://: what is posted is signed, but anybody on the way "
		 "reads it." },
	{ "ca_file", SCHEMA_PATH, AT(conf_hook, ca_file),
	  .doc = "PEM file of the authorities trusted instead of the system's." },
	{ "timeout", SCHEMA_SECONDS, AT(conf_hook, timeout_s), .min = 1, .max = 60,
	  .fallback = "\"10s\"", .doc = "Longest wait for an answer." },
};
const struct schema_group schema_hook = { TABLE(hook_rows, conf_hook, TABLE_HOOKS, "name") };
