#include "gatewayd/core/smtp_judge.h"

#include "gatewayd/base/utf8.h"

static const char *server_cure(int code)
{
	static const struct {
		int code;
		const char *text;
	} cures[] = {
		{ 0, "look at smtp.host, smtp.port, smtp.tls, and whether it runs" },
		{ 530, "it wants a login: set smtp.user and smtp.secret_file" },
		{ 534, "smtp.auth is none that it takes" },
		{ 535, "smtp.user or smtp.secret_file is wrong, or the login is locked" },
		{ 538, "it wants a login over TLS: set smtp.tls" },
	};

	for (size_t i = 0; i < sizeof(cures) / sizeof(*cures); i++)
		if (cures[i].code == code)
			return cures[i].text;
	return "its operator can tell";
}

void smtp_judge(struct bench *b, const struct talk_sent *sent)
{
	const struct conf_server *server = &b->conf->smtp.server;
	int64_t now = clock_now(&b->clock);
	struct err e;

	if (sent->server) {
		err_set(&e, ERR_TEMP, "%s port %d: " SPAN_FMT "; %s", server->host, server->port,
			SPAN_ARG(utf8_prefix(sent->text, KIB / 4)), server_cure(sent->code));
		health_bad(&b->health, CONCERN_SMTP, now, e.text);
	} else if (sent->outcome == TALK_SENT || sent->outcome == TALK_FAILED) {
		health_good(&b->health, CONCERN_SMTP, now);
	}
}
