#include "tests/unit/unit.h"

#include "parser/parser.h"
#include "tests/unit/cases.h"

static void describe_marks(const struct facts *f, struct buf *out)
{
	buf_adds(out, "marks");
	for (int i = 0; i < FACTS_MARK_COUNT; i++)
		if (f->marks & facts_mark_bit((enum facts_mark)i))
			buf_addf(out, " %s", facts_mark_name((enum facts_mark)i));
	buf_addc(out, '\n');
}

/* What was found, in the form of the data files. */
static void describe(const struct facts *f, bool marks, struct buf *out)
{
	buf_addf(out, "%s\n", facts_kind_name(f->kind));
	if (marks)
		describe_marks(f, out);
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
	describe(&f, span_starts(c->below, SPAN("marks")), &got);
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

/* A mail with that subject and text, and no header that tells a machine. */
static enum facts_kind kind_of(struct parser *p, const char *subject, const char *text)
{
	struct arena a ARENA_AUTO;
	struct facts f;

	arena_init(&a);
	char *mail = arena_printf(&a, "From: ann@example.com\nSubject: %s\n\n%s\n", subject, text);
	parser_parse(p, span_of(mail), NULL, &a, &f);
	return f.kind;
}

static const struct {
	const char *subject, *text;
} vacations[] = {
	{ "Out of Office: Printer", "I am out of the office until Monday." },
	{ "Automatic reply: Printer", "Thank you for your mail. I will be back on 12 November." },
	{ "Out of Office AutoReply: Printer",
	  "I'm on vacation. For anything urgent write to Bob." },
	{ "Auto-Reply: Printer", "This is an automated response. Please do not reply." },
	{ "Automatic reply: Printer", "" },
	{ "Abwesenheitsnotiz: Drucker", "Ich bin bis Montag nicht im Büro." },
	{ "Automatische Antwort: Drucker",
	  "Vielen Dank für Ihre Nachricht. In dringenden Fällen vertritt mich Paul." },
	{ "Réponse automatique : Imprimante", "Je suis absente du bureau jusqu'au 12 novembre." },
	{ "Absence du bureau : Imprimante", "Merci pour votre message. À mon retour je le lirai." },
	{ "Respuesta automática: Impresora", "Estoy fuera de la oficina hasta el lunes." },
	{ "Fuera de la oficina: Impresora", "Estoy de vacaciones hasta el 12 de noviembre." },
	{ "Risposta automatica: Stampante", "Sono fuori ufficio fino a lunedì." },
	{ "Resposta automática: Impressora", "Estou de férias até segunda-feira." },
	{ "Automatisch antwoord: Printer", "Ik ben afwezig tot maandag." },
	{ "Afwezig: Printer", "Bedankt voor uw bericht. Voor dringende zaken kunt u Jan bellen." },
	{ "Automatisk svar: Printer", "Jeg er ikke på kontoret før mandag." },
	{ "Automatisk svar: Skriver", "Takk for din e-post. Jeg har ferie." },
	{ "Autosvar: Skrivare", "Jag är på semester till och med måndag." },
	{ "Automaattinen vastaus: Tulostin", "Olen lomalla maanantaihin asti." },
	{ "Automatyczna odpowiedź: Drukarka", "Jestem na urlopie do poniedziałku." },
	{ "Automatická odpověď: Tiskárna", "Jsem na dovolené do pondělí." },
	{ "Automatická odpoveď: Tlačiareň", "Som na dovolenke do pondelka." },
	{ "Automatikus válasz: Nyomtató", "Szabadságon vagyok hétfőig." },
	{ "Răspuns automat: Imprimantă", "Sunt în concediu până luni." },
	{ "Автоответ: Принтер", "Я в отпуске до понедельника." },
	{ "Автоматический ответ: Принтер",
	  "По срочным вопросам обращайтесь к Павлу. Спасибо за ваше письмо." },
	{ "Автоматична відповідь: Принтер", "Я у відпустці до понеділка." },
	{ "Автоматичен отговор: Принтер", "Това е автоматичен отговор." },
	{ "Otomatik Yanıt: Yazıcı", "Pazartesiye kadar izindeyim." },
	{ "Αυτόματη απάντηση: Εκτυπωτής", "Βρίσκομαι εκτός γραφείου έως Δευτέρα." },
	{ "תשובה אוטומטית: מדפסת", "אני בחופשה עד יום שני." },
	{ "رد تلقائي: الطابعة", "أنا خارج المكتب حتى الاثنين." },
	{ "پاسخ خودکار: چاپگر", "این یک پاسخ خودکار است." },
	{ "自動応答: プリンター", "ただいま休暇中です。" },
	{ "自動答覆: 印表機", "我不在辦公室。" },
	{ "自动答复: 打印机", "我不在办公室，如有急事请联系小王。" },
	{ "自動回覆: 印表機", "您的郵件已收到，如有急事請聯絡小王。" },
	{ "자동 회신: 프린터", "휴가 중입니다." },
	{ "Trả lời tự động: Máy in", "Tôi đang nghỉ phép." },
	{ "Balasan otomatis: Printer", "Saya sedang cuti." },
	{ "ตอบกลับอัตโนมัติ: เครื่องพิมพ์", "นี่คือข้อความอัตโนมัติ" },
	{ "Automatski odgovor: Printer", "Na godišnjem odmoru sam do ponedjeljka." },
	{ "Samodejni odgovor: Tiskalnik", "Sem na dopustu do ponedeljka." },
	{ "Resposta automàtica: Impressora", "Estic de vacances fins dilluns." },
	{ "Automātiska atbilde: Printeris", "Esmu atvaļinājumā." },
	{ "Automatinis atsakymas: Spausdintuvas", "Šiuo metu atostogauju." },
	{ "Automaatvastus: Printer", "Olen puhkusel." },
};

static void vacation_subjects_are_known_in_many_languages(void **state)
{
	struct parser *p = parser_new();
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(vacations) / sizeof(*vacations); i++)
		if (kind_of(p, vacations[i].subject, vacations[i].text) != FACTS_AUTO_REPLY) {
			print_message("taken for a person's: %s\n", vacations[i].subject);
			wrong++;
		}
	parser_free(&p);
	assert_int_equal(wrong, 0);
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
		if (kind_of(p, subjects[i], "Hello") != FACTS_HUMAN)
			fail_msg("taken for a machine's: %s", subjects[i]);
	parser_free(&p);
}

/* Programs that answer and programs that tell something say the same in the header. */
static void the_subject_tells_an_answer_from_what_a_program_tells(void **state)
{
	static const struct {
		bool answers;
		const char *subject, *header, *text;
	} rows[] = {
		{ true, "Automatic reply: Question", "", "I am out of the office." },
		{ true, "Automatische Antwort: Frage", "X-Auto-Response-Suppress: All\n",
		  "Eilt es? Rufen Sie an." },
		{ true, "Automatic reply: Question", "",
		  "I am out of the office. Urgent? Call us." },
		{ true, "Automatische Antwort: Frage", "In-Reply-To: <1@example.net>\n",
		  "Eilt es? Rufen Sie an." },
		{ true, "[EXTERNAL] Automatic reply: Question", "", "Away." },
		{ true, "AUTO: Ann Example is out of the office (returning 12/05/2026)", "",
		  "Away." },
		{ true, "AUTO: Ann Example ist außer Haus (Rückkehr am 05.12.2026)", "", "Weg." },
		{ true, "AUTO: Ann Example está fuera de la oficina (regresa el 05/12)", "",
		  "No." },
		{ true, "AUTO: Ann Example è fuori ufficio (rientro il 05/12)", "", "No." },
		{ true, "Ann Example ist außer Haus.", "", "Bis Montag." },
		{ true, "Message automatique", "", "Je suis absente du bureau." },
		{ false, "Message automatique : panne du serveur", "",
		  "Ceci est un message automatique." },
		{ false, "【自動配信】サーバ障害", "", "自動送信です" },
		{ false, "Автоматическое уведомление: сбой", "", "Диск полон." },
		{ false, "disk full", "", "I am out of space." },
		{ false, "AUTO: backup failed", "", "Out of memory." },
		{ false, "Automatic reply does not work", "", "It sends nothing." },
		{ false, "Re: Automatic reply: Printer", "", "I am out of the office." },
		{ false, "Out of office: the printer", "", "It prints nothing. Can you come?" },
		{ false, "Automatic reply: your ticket", "X-OTRS-Loop: yes\n", "Which host?" },
		{ false, "Automatic response: edge7", "X-Nagios-Host: edge7\n", "Down." },
	};
	struct parser *p = parser_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct arena a ARENA_AUTO;
		struct facts f;

		arena_init(&a);
		char *mail = arena_printf(&a,
					  "From: ann@example.com\nAuto-Submitted: auto-generated\n"
					  "Subject: %s\n%s\n%s\n",
					  rows[i].subject, rows[i].header, rows[i].text);
		parser_parse(p, span_of(mail), NULL, &a, &f);
		assert_int_equal(f.kind, FACTS_AUTO_REPLY);
		if (span_starts(f.kind_reason, SPAN("subject:")) != rows[i].answers)
			fail_msg("%s: %.*s", rows[i].subject, SPAN_ARG(f.kind_reason));
	}
	parser_free(&p);
}

static const char *const no_machines[] = {
	"Automatic reply - how do I switch it on?",
	"Automatic reply: how do I switch it on?",
	"Automatic reply (Exchange) is sent twice",
	"Auto-reply: please switch it off for our mailbox",
	"Auto reply [urgent] sends old text",
	"On vacation rental platform: login fails",
	"On vacation: who takes over the backup?",
	"Abwesend: wer vertritt Frau Muster?",
	"Abwesenheitsnotiz: wie richte ich sie ein?",
	"Abwesenheitsassistent - Frage",
	"Bob is out of the office, who can reset his VPN token?",
	"Ann is out of the office",
	"I am out of the office next week, please pause the ticket",
	"Our admin will be out of the office from Monday",
	"Out of office: of a colleague cannot be read",
	"Out of the office - remote access does not work",
	"Out of Office [question]",
	"Out of office reply - wrong language",
	"Away from my desk: phone does not forward",
	"Vacation message (customers see the wrong one)",
	"Holiday reply: where do I change it",
	"Absence notification: form is broken",
	"Nicht im Büro: Drucker von zu Hause nutzen",
	"Außer Haus: VPN geht nicht",
	"Automatische Antwort - bitte abschalten",
	"Réponse automatique : comment la désactiver ?",
	"Message automatique - erreur 500",
	"En congés : accès au portail",
	"Respuesta automática: no funciona",
	"Fuera de la oficina: acceso VPN",
	"Risposta automatica: non parte",
	"Fuori ufficio - stampante",
	"Resposta automática: como ativar?",
	"Afwezig: wie neemt het over?",
	"Automatisch antwoord - uitzetten",
	"Automatisk svar: virker ikke",
	"Autosvar - fel text",
	"Automatyczna odpowiedź: jak wyłączyć?",
	"Nieobecny: kto zastępuje?",
	"Автоответ: не работает",
	"Вне офиса: нет доступа к VPN",
	"Otomatik yanıt: nasıl kapatılır?",
	"自動応答：設定方法を教えてください",
	"自动回复: 如何关闭？",
	"자동 회신: 설정 방법",
	"Read: the manual does not say how",
	"Return receipt requested - how do I turn it off?",
	"Lesebestätigung: wie abschalten?",
};

/* A subject alone never makes a machine: no header says so, and the words are a person's. */
static void a_subject_alone_never_makes_a_machine(void **state)
{
	struct parser *p = parser_new();
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(no_machines) / sizeof(*no_machines); i++)
		if (kind_of(p, no_machines[i], "Please help.") != FACTS_HUMAN) {
			print_message("taken for a machine's: %s\n", no_machines[i]);
			wrong++;
		}
	parser_free(&p);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mails_of_machines_are_told_from_those_of_people),
		cmocka_unit_test(vacation_subjects_are_known_in_many_languages),
		cmocka_unit_test(subjects_of_people_are_none_of_these),
		cmocka_unit_test(a_subject_alone_never_makes_a_machine),
		cmocka_unit_test(the_subject_tells_an_answer_from_what_a_program_tells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
