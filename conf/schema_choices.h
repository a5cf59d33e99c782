/* The words that keys of a choice take, for schema.c. */
#ifndef CONF_SCHEMA_CHOICES_H
#define CONF_SCHEMA_CHOICES_H

#include "conf/schema.h"

static const struct schema_choice tls_choices[] = {
	{ "implicit", CONF_TLS_IMPLICIT },
	{ "starttls", CONF_TLS_STARTTLS },
	{ "none", CONF_TLS_NONE },
	{ NULL, 0 },
};
static const struct schema_choice auth_choices[] = {
	{ "plain", CONF_AUTH_PLAIN },
	{ "xoauth2", CONF_AUTH_XOAUTH2 },
	{ "oauthbearer", CONF_AUTH_OAUTHBEARER },
	{ "none", CONF_AUTH_NONE },
	{ NULL, 0 },
};
static const struct schema_choice provider_choices[] = {
	{ "none", CONF_PROVIDER_NONE },
	{ "microsoft365", CONF_PROVIDER_MICROSOFT365 },
	{ "google", CONF_PROVIDER_GOOGLE },
	{ NULL, 0 },
};
static const struct schema_choice flow_choices[] = {
	{ "login", CONF_FLOW_LOGIN },
	{ "client_credentials", CONF_FLOW_CLIENT },
	{ "service_account", CONF_FLOW_SERVICE },
	{ NULL, 0 },
};
static const struct schema_choice unknown_choices[] = {
	{ "case", CONF_UNKNOWN_CASE },
	{ "refer", CONF_UNKNOWN_REFER },
	{ "quarantine", CONF_UNKNOWN_QUARANTINE },
	{ NULL, 0 },
};
static const struct schema_choice cc_choices[] = {
	{ "account", CONF_CC_ACCOUNT },
	{ "all", CONF_CC_ALL },
	{ "ask", CONF_CC_ASK },
	{ NULL, 0 },
};
static const struct schema_choice automatic_choices[] = {
	{ "case", CONF_AUTOMATIC_CASE },
	{ "file", CONF_AUTOMATIC_FILE },
	{ "quarantine", CONF_AUTOMATIC_QUARANTINE },
	{ NULL, 0 },
};
static const struct schema_choice becomes_choices[] = {
	{ "case", POLICY_CASE },
	{ "file", POLICY_FILE },
	{ "quarantine", POLICY_QUARANTINE },
	{ NULL, 0 },
};
static const struct schema_choice reply_to_choices[] = {
	{ "shown", false },
	{ "sender", true },
	{ NULL, 0 },
};
static const struct schema_choice token_choices[] = {
	{ "note", false },
	{ "customer", true },
	{ NULL, 0 },
};
static const struct schema_choice trust_choices[] = {
	{ "dmarc", CONF_TRUST_DMARC },
	{ "token", CONF_TRUST_TOKEN },
	{ NULL, 0 },
};
static const struct schema_choice severity_choices[] = {
	{ "policy", false },
	{ "declared", true },
	{ NULL, 0 },
};
static const struct schema_choice answered_choices[] = {
	{ "24x7", true },
	{ "business", false },
	{ NULL, 0 },
};
static const struct schema_choice severity1_choices[] = {
	{ "any", SEVERITY1_BY_ANY },
	{ "phone", SEVERITY1_BY_PHONE },
	{ "support", SEVERITY1_BY_SUPPORT },
	{ NULL, 0 },
};

#endif
