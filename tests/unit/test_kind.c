#include "tests/unit/unit.h"

#include "parser/parser.h"
#include "tests/unit/cases.h"

/* What was found, in the form of the data files. */
static void describe(const struct facts *f, struct buf *out)
{
	buf_addf(out, "%s\n", facts_kind_name(f->kind));
	if (f->kind != FACTS_BOUNCE)
		return;
	for (size_t i = 0; i < f->recipient_count; i++) {
		const struct facts_recipient *r = &f->recipients[i];
		struct span values[] = { r->address, r->action, r->status };
		buf_adds(out, "recipient");
		for (size_t k = 0; k < 3; k++) {
			buf_addc(out, ' ');
			buf_add(out, values[k].p ? values[k] : SPAN("-"));
		}
		buf_addc(out, '\n');
	}
	buf_adds(out, "id ");
	buf_add(out, f->original_message_id.p ? f->original_message_id : SPAN("-"));
	buf_addc(out, '\n');
}

static bool passes(const struct test_case *c, void *ctx)
{
	struct arena a ARENA_AUTO;
	struct buf got BUF_AUTO, wanted BUF_AUTO;
	struct facts f;

	arena_init(&a);
	buf_init(&got, TEST_CASES_MAX);
	buf_init(&wanted, TEST_CASES_MAX);
	assert_true(span_starts(c->head, SPAN("expect ")));
	buf_add(&wanted, span_sub(c->head, 7, c->head.n));
	buf_addc(&wanted, '\n');
	buf_add(&wanted, c->below);
	parser_parse(ctx, c->text, NULL, &a, &f);
	describe(&f, &got);
	if (span_eq(buf_span(&got), buf_span(&wanted)))
		return true;
	print_message("%.*s\n  wanted: %s  got:    %s  (%.*s)\n", SPAN_ARG(c->name),
		      buf_cstr(&wanted), buf_cstr(&got), SPAN_ARG(f.kind_reason));
	return false;
}

static void mails_of_machines_are_told_from_those_of_people(void **state)
{
	struct parser *p = parser_new();

	(void)state;
	test_cases_run("tests/kinds", 50, passes, p);
	parser_free(&p);
}

/* A mail with that subject and nothing else that tells a machine. */
static enum facts_kind kind_of_subject(struct parser *p, const char *subject)
{
	struct arena a ARENA_AUTO;
	struct facts f;

	arena_init(&a);
	char *mail = arena_printf(&a, "From: ann@example.com\nSubject: %s\n\nHello\n", subject);
	parser_parse(p, span_of(mail), NULL, &a, &f);
	return f.kind;
}

static void vacation_subjects_are_known_in_many_languages(void **state)
{
	static const char *const subjects[] = {
		"Out of Office: Printer",
		"Automatic reply: Printer",
		"Out of Office AutoReply: Printer",
		"Auto-Reply: Printer",
		"Abwesenheitsnotiz: Drucker",
		"Automatische Antwort: Drucker",
		"Réponse automatique : Imprimante",
		"Absence du bureau : Imprimante",
		"Respuesta automática: Impresora",
		"Fuera de la oficina: Impresora",
		"Risposta automatica: Stampante",
		"Resposta automática: Impressora",
		"Automatisch antwoord: Printer",
		"Afwezig: Printer",
		"Automatisk svar: Printer",
		"Autosvar: Skrivare",
		"Automaattinen vastaus: Tulostin",
		"Automatyczna odpowiedź: Drukarka",
		"Automatická odpověď: Tiskárna",
		"Automatická odpoveď: Tlačiareň",
		"Automatikus válasz: Nyomtató",
		"Răspuns automat: Imprimantă",
		"Автоответ: Принтер",
		"Автоматический ответ: Принтер",
		"Автоматична відповідь: Принтер",
		"Автоматичен отговор: Принтер",
		"Otomatik Yanıt: Yazıcı",
		"Αυτόματη απάντηση: Εκτυπωτής",
		"תשובה אוטומטית: מדפסת",
		"رد تلقائي: الطابعة",
		"پاسخ خودکار: چاپگر",
		"自動応答: プリンター",
		"自动答复: 打印机",
		"自動回覆: 印表機",
		"자동 회신: 프린터",
		"Trả lời tự động: Máy in",
		"Balasan otomatis: Printer",
		"ตอบกลับอัตโนมัติ: เครื่องพิมพ์",
		"Automatski odgovor: Printer",
		"Samodejni odgovor: Tiskalnik",
		"Resposta automàtica: Impressora",
		"Automātiska atbilde: Printeris",
		"Automatinis atsakymas: Spausdintuvas",
		"Automaatvastus: Printer",
	};
	struct parser *p = parser_new();

	(void)state;
	for (size_t i = 0; i < sizeof(subjects) / sizeof(*subjects); i++)
		if (kind_of_subject(p, subjects[i]) != FACTS_AUTO_REPLY)
			fail_msg("taken for a person's: %s", subjects[i]);
	parser_free(&p);
}

static void subjects_of_people_are_none_of_these(void **state)
{
	static const char *const subjects[] = {
		"Printer",
		"Out of office printer is broken",
		"Automatic reply does not work",
		"Auto: kaputt",
		"Urlaubsantrag",
		"Abwesenheitsnotiz einrichten",
		"Re: Automatic reply: Printer",
		"AW: Automatische Antwort: Drucker",
		"Vacation days",
		"",
		"Automatische Antworten abschalten",
		"Delivery failed",
	};
	struct parser *p = parser_new();

	(void)state;
	for (size_t i = 0; i < sizeof(subjects) / sizeof(*subjects); i++)
		if (kind_of_subject(p, subjects[i]) != FACTS_HUMAN)
			fail_msg("taken for a machine's: %s", subjects[i]);
	parser_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mails_of_machines_are_told_from_those_of_people),
		cmocka_unit_test(vacation_subjects_are_known_in_many_languages),
		cmocka_unit_test(subjects_of_people_are_none_of_these),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
