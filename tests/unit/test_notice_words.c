/* Which answers of staff to a notice are for us, and which go to the customer. */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "gatewayd/mail/notice_words.h"
#include "tests/unit/shipped.h"

#define COUNT(v) (sizeof(v) / sizeof(*(v)))

static const char *languages[] = { "en", "de", "fr", "es", "ja" };
static struct conf_staff staff[] = { { .name = "Sam Support" }, { .name = "Tess Tech" } };
static struct conf conf = { .languages = { languages, 5 },
			    .shipped_templates = "conf/templates",
			    .staff = staff,
			    .staff_count = COUNT(staff) };

static const char *const for_us[] = {
	"Send",
	"send.",
	"SEND!!",
	"/send",
	"Send it",
	"send it please",
	"Yes, send it please.",
	"Yes",
	"yes please",
	"Yep, go ahead",
	"ok send",
	"OK, send it to the customer now.",
	"Please send it as it is.",
	"Please send it anyway",
	"It's fine, send it",
	"That's fine - send it as it stands.",
	"Confirm",
	"Confirmed, thanks.",
	"I confirm",
	"Hi,\n\nsend it please\n\nThanks,\nSam Support",
	"Send it.\n\nBest regards\nSam",
	"Send it\n\nThis e-mail is confidential and intended solely for the addressee.",
	"cancel",
	"Cancel that, please.",
	"No",
	"no, don't send it",
	"Don\xe2\x80\x99t send!",
	"Do not send this.",
	"discard it",
	"Forget it.",
	"never mind",
	"ignore this",
	"ok",
	"OK, thanks!",
	"Thanks",
	"Thank you very much!",
	"Many thanks!",
	"Thanks a lot",
	"Thanks,\nSam",
	"Thank you so much, Tess!",
	"thx Tess",
	"Thanks, Tess. Got it.",
	"noted",
	"Will do, thank you",
	"On it.",
	"I'm on it!",
	"sorry, send it",
	"\xf0\x9f\x91\x8d",
	"ok \xf0\x9f\x91\x8d",
	"...",
	"ja",
	"Ja, bitte senden.",
	"Bitte so abschicken!",
	"Schick es raus",
	"Nein, nicht senden",
	"Bitte verwerfen.",
	"l\xc3\xb6schen",
	"Vergiss es",
	"Alles klar, danke!",
	"Passt so, danke",
	"best\xc3\xa4tigt",
	"oui, envoyez-le s'il vous pla\xc3\xaet",
	"Envoyer",
	"envoie-le, merci",
	"non, n'envoyez pas",
	"Annuler",
	"D'accord, merci",
	"bien re\xc3\xa7u",
	"s\xc3\xad, env\xc3\xad"
	"alo por favor",
	"Enviar",
	"no, cancelar",
	"no lo env\xc3\xad"
	"es",
	"vale, gracias",
	"送信してください。",
	"はい、送信お願いします。",
	"いいえ、送らないでください。",
	"キャンセルしてください",
	"了解しました。",
	"ありがとうございます。",
};

static const char *const for_customers[] = {
	"",
	"Please",
	"Hello",
	"Please send us the log.",
	"Send me the log of Monday, please.",
	"Yes, it is mended now.",
	"Yes, please restart the proxy.",
	"No, the purge takes an hour.",
	"Thanks for the log; we look at it.",
	"Thank you, the certificate is renewed.",
	"OK, we restart it at 18:00.",
	"Please try again.",
	"Please cancel the order in your portal.",
	"Don't send passwords by mail.",
	"It works now.",
	"It works now.\n\nThanks,\nSam",
	"Resolved.",
	"All good now, it works again.",
	"Done.",
	"503",
	"Ja, die Rechnung ist korrigiert.",
	"Nein, das geht nicht ohne Neustart.",
	"Bitte senden Sie uns das Protokoll.",
	"Oui, le certificat est pr\xc3\xaat.",
	"Non, il faut red\xc3\xa9marrer.",
	"S\xc3\xad, ya funciona el servidor.",
	"ログを送ってください。",
	"はい、再起動してください。",
};

static int set_up(void **state)
{
	(void)state;
	shipped_words(&conf);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_release(&conf.arena);
	return 0;
}

static void check(const char *const *v, size_t n, bool want)
{
	struct arena a ARENA_AUTO;
	int wrong = 0;

	arena_init(&a);
	for (size_t i = 0; i < n; i++)
		if (notice_words_only(&conf, span_of(v[i]), SPAN("Sam Support"), &a) != want) {
			print_message("# \"%s\"\n", v[i]);
			wrong++;
		}
	assert_int_equal(wrong, 0);
}

static void test_for_us(void **s)
{
	(void)s;
	check(for_us, COUNT(for_us), true);
}

static void test_for_customers(void **s)
{
	(void)s;
	check(for_customers, COUNT(for_customers), false);
}

/* "ok ok ok ...", at the limit and above it. */
static void test_limit(void **s)
{
	char text[NOTICE_WORDS_BYTES_MAX + 1];
	struct arena a ARENA_AUTO;

	(void)s;
	arena_init(&a);
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 2 ? ' ' : 'k';
	text[NOTICE_WORDS_BYTES_MAX - 1] = 'k';
	text[NOTICE_WORDS_BYTES_MAX - 2] = ' ';
	assert_true(notice_words_only(&conf, (struct span){ text, NOTICE_WORDS_BYTES_MAX - 1 },
				      SPAN(""), &a));
	assert_true(
	    notice_words_only(&conf, (struct span){ text, NOTICE_WORDS_BYTES_MAX }, SPAN(""), &a));
	text[NOTICE_WORDS_BYTES_MAX] = 'k';
	text[NOTICE_WORDS_BYTES_MAX - 1] = ' ';
	assert_false(notice_words_only(&conf, (struct span){ text, NOTICE_WORDS_BYTES_MAX + 1 },
				       SPAN(""), &a));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_for_us),
		cmocka_unit_test(test_for_customers),
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
