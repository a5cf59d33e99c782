/* How access tokens are had. */
#include "conf/schema_rows.h"

static const struct schema_row oauth_rows[] = {
	{ "provider", SCHEMA_CHOICE, AT(conf_oauth, provider), .fallback = "\"none\"",
	  CHOICES(provider_choices),
	  .doc = "Fills in endpoints, scope and refresh_life (see Providers)." },
	{ "flow", SCHEMA_CHOICE, AT(conf_oauth, flow), .fallback = "\"login\"",
	  CHOICES(flow_choices),
	  .doc =
	      "login: a person logs in once (gatewayctl login), and the refresh token is kept; "
	      "client_credentials: the application itself, by client_secret_file, or by key_file "
	      "and certificate_file; service_account: a Google service account, by key_file." },
	{ "tenant", SCHEMA_TEXT, AT(conf_oauth, tenant), .check = value_check_name,
	  .doc = "Microsoft 365: the directory, as a domain or an id." },
	{ "client_id", SCHEMA_TEXT, AT(conf_oauth, client_id), .min = 1, .max = 256,
	  .check = value_check_line,
	  .doc = "Of the application; of a service account, its address, if key_file does not say "
		 "it." },
	{ "client_secret_file", SCHEMA_SECRET, AT(conf_oauth, client_secret_file),
	  .doc = "File whose first line is the secret of the application." },
	{ "certificate_file", SCHEMA_PATH, AT(conf_oauth, certificate_file),
	  .doc = "PEM file of the application's certificate, as the provider has it." },
	{ "key_file", SCHEMA_SECRET, AT(conf_oauth, key_file),
	  .doc =
	      "PEM file of the private key (RSA), or the JSON file of a Google service account." },
	{ "subject", SCHEMA_TEXT, AT(conf_oauth, subject), .min = 1, .max = 256,
	  .check = value_check_line,
	  .doc = "Whom a service account acts for; else the user of the mailbox." },
	{ "scope", SCHEMA_TEXT, AT(conf_oauth, scope), .min = 1, .max = LINE_MAX_CH,
	  .check = value_check_line, .doc = "What is asked for, with blanks between." },
	{ "token_endpoint", SCHEMA_TEXT, AT(conf_oauth, token_endpoint), .max = LINE_MAX_CH,
	  .check = value_check_https, .doc = "Where tokens come from, an https address." },
	{ "device_endpoint", SCHEMA_TEXT, AT(conf_oauth, device_endpoint), .max = LINE_MAX_CH,
	  .check = value_check_https,
	  .doc = "Where gatewayctl login begins (RFC 8628), an https address." },
	{ "refresh_token_file", SCHEMA_SECRET, AT(conf_oauth, refresh_token_file),
	  .doc =
	      "File whose first line is a refresh token, to begin with; what came later, and what "
	      "gatewayctl login brought, is kept beside the store and goes first." },
	{ "refresh_life", SCHEMA_DAYS64, AT(conf_oauth, refresh_days), .min = 1, .max = 3660,
	  .fallback = "\"forever\"",
	  .doc =
	      "How long a refresh token is good for that is not used, where the provider does not "
	      "say it: status warns before." },
	{ "ca_file", SCHEMA_PATH, AT(conf_oauth, ca_file),
	  .doc = "PEM file of the authorities trusted instead of the system's." },
	{ "timeout", SCHEMA_SECONDS, AT(conf_oauth, timeout_s), .min = 1, .max = 600,
	  .fallback = "\"30s\"", .doc = "Longest wait for an answer." },
};
const struct schema_group schema_oauth = { TABLE(oauth_rows, conf_oauth, TABLE_OAUTH, "name") };
