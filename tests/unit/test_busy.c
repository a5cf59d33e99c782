/* What Gmail and Exchange Online say when they want less of us. */
#include "tests/unit/unit.h"

#include "gatewayd/net/busy.h"
#include "gatewayd/net/smtp_reply.h"

static void an_imap_server_that_wants_less_is_told_from_one_with_a_bad_mail(void **state)
{
	static const struct {
		const char *words;
		bool busy;
		int64_t wait_ms;
	} rows[] = {
		{ "[THROTTLED] slow down", true, 0 },
		{ "[OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)", true, 0 },
		{ "Account exceeded command or bandwidth limits. (Failure)", true, 0 },
		{ "[ALERT] Too many simultaneous connections. (Failure)", true, 0 },
		{ "[UNAVAILABLE] going down", true, 0 },
		{ "[inuse] locked", true, 0 },
		{ "[LIMIT] 1000 messages at most", true, 0 },
		{ "Request is throttled. Suggested Backoff Time: 299961 milliseconds", true,
		  299961 },
		{ "Request is throttled. Suggested Backoff Time: 99999999999 milliseconds", true,
		  BUSY_WAIT_MAX_MS },
		{ "Request is throttled. Suggested Backoff Time: soon", true, 0 },
		{ "Server Busy.", true, 0 },
		{ "User is authenticated but not connected.", true, 0 },
		{ "[SERVERBUG] this message cannot be read", false, 0 },
		{ "[EXPUNGEISSUED] gone", false, 0 },
		{ "some messages could not be FETCHed", false, 0 },
		{ "", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (busy_imap(span_of(rows[i].words)) != rows[i].busy)
			fail_msg("%s", rows[i].words);
		assert_int_equal(busy_wait_ms(span_of(rows[i].words)), rows[i].wait_ms);
	}
}

/* A limit that ends by itself is refused with 5xx by some: no mail fails for it. */
static void limits_of_an_account_fail_no_mail(void **state)
{
	static const struct {
		enum smtp_phase phase;
		int code;
		const char *text;
		enum smtp_class class;
		enum smtp_scope scope;
	} rows[] = {
		{ SMTP_DOT, 550, "5.4.5 Daily user sending limit exceeded.", SMTP_RETRY,
		  SMTP_SCOPE_SERVER },
		{ SMTP_RCPT, 550, "5.4.5 Daily sending quota exceeded.", SMTP_RETRY,
		  SMTP_SCOPE_SERVER },
		{ SMTP_DOT, 550,
		  "5.1.90 Your message can't be sent because you've reached your daily limit",
		  SMTP_RETRY, SMTP_SCOPE_SERVER },
		{ SMTP_DOT, 554,
		  "5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed",
		  SMTP_RETRY, SMTP_SCOPE_SERVER },
		{ SMTP_DOT, 432, "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded",
		  SMTP_RETRY, SMTP_SCOPE_SERVER },
		{ SMTP_MAIL, 432, "4.3.2 Concurrent connections limit exceeded.", SMTP_RETRY,
		  SMTP_SCOPE_SERVER },
		{ SMTP_MAIL, 451, "4.7.500 Server busy. Please try again later", SMTP_RETRY,
		  SMTP_SCOPE_SERVER },
		{ SMTP_AUTH, 454, "4.7.0 Too many login attempts, please try again later.",
		  SMTP_RETRY, SMTP_SCOPE_SERVER },
		{ SMTP_AUTH, 454, "4.7.0 Temporary authentication failure", SMTP_RETRY,
		  SMTP_SCOPE_SERVER },
		{ SMTP_GREETING, 421, "4.7.0 Temporary System Problem. Try again later", SMTP_RETRY,
		  SMTP_SCOPE_SERVER },
		{ SMTP_RCPT, 452, "4.5.3 Too many recipients", SMTP_RETRY, SMTP_SCOPE_MAIL },
		{ SMTP_RCPT, 450,
		  "4.1.1 <a@b.test>: Recipient address rejected: unverified address: host "
		  "mx.b.test "
		  "said: 550 5.4.5 Daily user sending limit exceeded",
		  SMTP_RETRY, SMTP_SCOPE_MAIL },
		{ SMTP_RCPT, 550,
		  "Callback setup failed while verifying <a@b.test> The response was: 451 4.7.500 "
		  "Server busy",
		  SMTP_FAILED, SMTP_SCOPE_MAIL },
		{ SMTP_RCPT, 550, "5.1.1 no such user", SMTP_FAILED, SMTP_SCOPE_MAIL },
		{ SMTP_DOT, 552, "5.2.3 Your message exceeded Google's message size limits",
		  SMTP_FAILED, SMTP_SCOPE_MAIL },
		{ SMTP_DOT, 250, "2.0.0 OK, not over your daily limit", SMTP_SENT,
		  SMTP_SCOPE_MAIL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct smtp_outcome o =
		    smtp_reply_judge(rows[i].phase, rows[i].code, span_of(rows[i].text));

		if (o.class != rows[i].class || o.scope != rows[i].scope)
			fail_msg("%d %s: %s, scope %d", rows[i].code, rows[i].text,
				 smtp_class_name(o.class), (int)o.scope);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_imap_server_that_wants_less_is_told_from_one_with_a_bad_mail),
		cmocka_unit_test(limits_of_an_account_fail_no_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
