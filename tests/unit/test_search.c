/* One ranking: the same texts as articles and as cases, the same questions, the same first hit. */
#include "tests/store/fixture.h"

#include "gatewayd/case/case_index.h"
#include "gatewayd/case/search.h"

static const struct {
	const char *name, *title, *text;
} texts[] = {
	{ "purge", "How to purge the cache", "Open the control centre and purge by URL or tag." },
	{ "invoice", "Reading your invoice",
	  "Traffic, requests and the monthly fee stand in three tables; VAT is added at the end." },
	{ "password", "Resetting a password",
	  "Use the link on the sign-in page; it works for an hour." },
	{ "dns", "Moving your domain to us", "Change the name servers at your registrar." },
	{ "zert", "Serverzertifikate erneuern",
	  "Ein Zertifikat läuft nach 90 Tagen ab. Die Erneuerung geschieht von selbst." },
	{ "rechnung", "Rechnungsanschrift ändern",
	  "Die Anschrift für Rechnungen steht im Kundenkonto unter Vertragsdaten." },
	{ "firewall", "Firewallregeln für Büronetze",
	  "Größere Netze geben Sie als Adressbereich an; überlappende Bereiche werden abgelehnt." },
	{ "cle", "Renouveler une clé d’API", "La clé expire après un an ; créez-en une nouvelle." },
	{ "facture", "Où trouver mes factures",
	  "Les factures sont dans l’espace client, rubrique paiements." },
	{ "vider", "Vider le cache", "Ouvrez la console puis choisissez l’adresse à purger." },
	{ "contrasena", "Restablecer la contraseña", "El enlace caduca pasada una hora." },
	{ "factura", "Cómo pagar una factura", "Puede pagar por transferencia o con tarjeta." },
	{ "dominio", "Añadir un dominio", "Cambie los servidores de nombres de su registrador." },
	{ "ja-cert", "サーバー証明書の更新方法",
	  "管理画面を開き、証明書を選択して更新ボタンを押します。" },
	{ "ja-bill", "請求書の宛名を変更する",
	  "お客様情報の画面から請求先の住所と宛名を変更できます。" },
	{ "ja-vpn", "ＶＰＮに接続できないとき", "データベースへの接続にはＶＰＮが必要です。" },
	{ "zh", "如何更新服务器证书", "打开控制台，选择证书，然后点击更新。" },
	{ "ko", "서버인증서 갱신 방법", "관리 화면에서 인증서를 선택합니다." },
};

static const struct {
	const char *asked, *name; /* NULL: nothing about it */
} rows[] = {
	/* English */
	{ "purging caches", "purge" },
	{ "How can I PURGE an object by tag?", "purge" },
	{ "invoices", "invoice" },
	{ "is VAT part of the monthly fee", "invoice" },
	{ "I forgot my password", "password" },
	{ "pass\xc2\xadword re\xc2\xadset", "password" },
	{ "sign-in link", "password" },
	{ "nameserver registrar", "dns" },
	{ "which name servers do we need for our domains", "dns" },
	{ "weather in Lisbon", NULL },
	/* German */
	{ "Wie erneuere ich unser Zertifikat?", "zert" },
	{ "ZERTIFIKATE", "zert" },
	{ "Zertifikats­erneuerung", "zert" },
	{ "Server-Zertifikat abgelaufen", "zert" },
	{ "Anschrift der Rechnung", "rechnung" },
	{ "Rechnungen kommen an die falsche Anschrift", "rechnung" },
	{ "AENDERUNG RECHNUNGSANSCHRIFT", "rechnung" },
	{ "Kundenkontos", "rechnung" },
	{ "Vertragsdaten", "rechnung" },
	{ "Regeln der Firewall", "firewall" },
	{ "Netzgroessen Bueronetz", "firewall" },
	{ "Adressbereiche überlappen", "firewall" },
	{ "Regenschirm", NULL },
	/* French */
	{ "renouvellement de la cle", "cle" },
	{ "ma CLÉ API expire", "cle" },
	{ "cle\xcc\x81 expire\xcc\x81"
	  "e",
	  "cle" }, /* accents of their own */
	{ "où est ma facture", "facture" },
	{ "FACTURES espace client", "facture" },
	{ "l'espace client", "facture" },
	{ "comment vider le caché", "vider" },
	{ "purger une adresse", "vider" },
	/* Spanish */
	{ "contrasena olvidada", "contrasena" },
	{ "CONTRASEÑA", "contrasena" },
	{ "el enlace ha caducado", "contrasena" },
	{ "pago con tarjeta", "factura" },
	{ "¿Cómo pago las facturas?", "factura" },
	{ "añadir dominios nuevos", "dominio" },
	{ "servidor de nombres", "dominio" },
	/* Japanese */
	{ "証明書", "ja-cert" },
	{ "証明書を更新するには？", "ja-cert" },
	{ "サーバ証明書 更新", "ja-cert" },
	{ "請求書の宛名", "ja-bill" },
	{ "住所変更", "ja-bill" },
	{ "宛", "ja-bill" },
	{ "VPN 接続", "ja-vpn" },
	{ "ﾃﾞｰﾀﾍﾞｰｽに接続", "ja-vpn" },
	{ "犬の散歩", NULL },
	/* Chinese, Korean */
	{ "服务器证书更新", "zh" },
	{ "点击", "zh" },
	{ "인증서", "ko" },
	{ "서버 인증서를 갱신", "ko" },
};

struct bench {
	struct fixture *f;
	struct conf conf;
	struct desk d;
};

static void add_article(struct fixture *f, size_t i)
{
	const struct store_article article = { .path = span_of(texts[i].name),
					       .title = span_of(texts[i].title),
					       .link = SPAN_LITERAL(""),
					       .text = span_of(arena_printf(
						   &f->a, "%s\n%s", texts[i].title, texts[i].text)),
					       .mtime_at = NOW };

	OK(f, store_article_put(f->s, &article, &f->e));
}

static void put_note(struct fixture *f, int64_t number, enum note_kind kind, const char *text)
{
	const struct store_note note = { .case_number = number,
					 .kind = kind,
					 .at = NOW,
					 .author_name = SPAN_LITERAL(""),
					 .author_address = SPAN_LITERAL(""),
					 .text = span_of(text),
					 .reply = span_of(text),
					 .message_id = SPAN_LITERAL("") };
	int64_t id;

	OK(f, store_note_add(f->s, &note, &id, &f->e));
}

static int64_t add_case(struct fixture *f, const char *subject, const char *text)
{
	struct store_case c = a_case();
	int64_t number;

	c.subject = span_of(subject);
	number = open_case(f, &c);
	put_note(f, number, NOTE_INBOUND, text);
	return number;
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	if (!b || fixture_set_up((void **)&b->f) != 0)
		return -1;
	b->d = (struct desk){ .conf = &b->conf, .store = b->f->s, .now = NOW, .arena = &b->f->a };
	begin(b->f);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		add_article(b->f, i);
		add_case(b->f, texts[i].title, texts[i].text);
	}
	commit(b->f);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;
	int result = fixture_tear_down((void **)&b->f);

	free(b);
	return result;
}

/* How many turns it takes. */
static int index_all(struct bench *b)
{
	int64_t next = b->d.now;
	int turns = 0;

	for (; next == b->d.now; turns++)
		OK(b->f, case_index_turn(&b->d, &next, &b->f->e));
	/* What changes from now on waits no longer than that. */
	assert_true(next == INSTANT_NONE || next == b->d.now + 1);
	return turns;
}

static size_t stale_cases(struct bench *b)
{
	int64_t *v;
	size_t n;

	OK(b->f, store_case_stale(b->f->s, 1000, &b->f->a, &v, &n, &b->f->e));
	return n;
}

/* Notes of different words, 100 KB and more of them. */
static void add_many_words(struct fixture *f, int64_t number)
{
	for (int at = 0, note = 0; note < 15; note++) {
		struct buf text BUF_AUTO;

		buf_init(&text, 100000);
		for (; text.n < CASE_INDEX_NOTE_MAX - 20; at++)
			buf_addf(&text, "word%d ", at);
		put_note(f, number, NOTE_INBOUND, buf_cstr(&text));
	}
}

/* --- turns --- */

static void a_turn_of_the_index_ends_behind_so_many_words_and_so_many_cases(void **state)
{
	struct bench *b = *state;
	size_t before = stale_cases(b);
	int64_t next;

	begin(b->f);
	for (int i = 0; i < 2; i++)
		add_many_words(b->f, add_case(b->f, "Many words", "of two cases"));
	commit(b->f);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(stale_cases(b), before + 2 - (size_t)i);
		OK(b->f, case_index_turn(&b->d, &next, &b->f->e));
		assert_int_equal(next, b->d.now);
	}
	assert_int_equal(stale_cases(b), before);
	(void)index_all(b);
	begin(b->f);
	for (int i = 0; i <= CASE_INDEX_A_TURN; i++)
		add_case(b->f, "Few words", "each");
	commit(b->f);
	assert_int_equal(index_all(b), 2);
	assert_int_equal(stale_cases(b), 0);
}

/* --- the table --- */

static const char *first_article(struct bench *b, const char *asked)
{
	struct search_hit *v;
	size_t n;

	OK(b->f, search_articles(&b->d, SPAN(""), span_of(asked), 5, &v, &n, &b->f->e));
	return n && v[0].score >= 0.1 ? arena_cstr(&b->f->a, v[0].path) : NULL;
}

static const char *first_case(struct bench *b, const char *asked)
{
	const struct store_case_find find = { .limit = 5 };
	struct search_hit *v;
	bool more;
	size_t n;

	OK(b->f, search_cases_now(&b->d, span_of(asked), &find, &v, &n, &more, &b->f->e));
	assert_false(more);
	return n && v[0].score >= 0.1 ? texts[v[0].number - 1].name : NULL;
}

static bool is(const char *got, const char *wanted)
{
	return got && wanted ? strcmp(got, wanted) == 0 : got == wanted;
}

/* Prints what is not found; how many are. */
static size_t count_right(struct bench *b, const char *what,
			  const char *first(struct bench *, const char *))
{
	size_t right = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *got = first(b, rows[i].asked);

		if (is(got, rows[i].name))
			right++;
		else
			print_error("%s \"%s\": %s, not %s\n", what, rows[i].asked,
				    got ? got : "nothing", rows[i].name ? rows[i].name : "nothing");
	}
	return right;
}

static void each_question_finds_its_article(void **state)
{
	assert_int_equal(count_right(*state, "articles", first_article),
			 sizeof(rows) / sizeof(*rows));
}

static void each_question_finds_its_case_before_and_behind_the_index(void **state)
{
	struct bench *b = *state;

	assert_int_equal(count_right(b, "not indexed", first_case), sizeof(rows) / sizeof(*rows));
	index_all(b);
	assert_int_equal(count_right(b, "cases", first_case), sizeof(rows) / sizeof(*rows));
}

/* --- what is in the index --- */

static void a_case_is_found_by_all_that_people_wrote(void **state)
{
	static const struct {
		enum note_kind kind;
		const char *text, *asked;
		bool found;
	} notes[] = {
		{ NOTE_OUTBOUND, "please reboot the flux capacitor", "capacitor", true },
		{ NOTE_INTERNAL, "the customer is grumpy", "grumpy", true },
		{ NOTE_SYSTEM, "severity xylophone", "xylophone", false },
	};
	struct bench *b = *state;

	index_all(b);
	begin(b->f);
	for (size_t i = 0; i < sizeof(notes) / sizeof(*notes); i++)
		put_note(b->f, 1, notes[i].kind, notes[i].text);
	commit(b->f);
	for (int round = 0; round < 2; round++, index_all(b))
		for (size_t i = 0; i < sizeof(notes) / sizeof(*notes); i++)
			assert_true(is(first_case(b, notes[i].asked),
				       notes[i].found ? texts[0].name : NULL));
}

static void what_a_case_says_no_more_does_not_find_it(void **state)
{
	struct bench *b = *state;
	struct store_case c;

	index_all(b);
	begin(b->f);
	OK(b->f, store_case_get(b->f->s, 1, &b->f->a, &c, &b->f->e));
	c.subject = SPAN("Elephants");
	OK(b->f, store_case_update(b->f->s, &c, &b->f->e));
	commit(b->f);
	for (int round = 0; round < 2; round++, index_all(b)) {
		assert_true(is(first_case(b, "elephant"), texts[0].name));
		assert_true(is(first_case(b, "cache"), "vider"));
	}
}

static void the_index_is_made_in_slices_the_newest_first(void **state)
{
	struct bench *b = *state;
	struct search_hit *v;
	const struct store_case_find find = { .limit = 1 };
	size_t n;
	bool more;
	int64_t last = 0;

	index_all(b);
	begin(b->f);
	for (int i = 0; i < SEARCH_STALE_MAX + CASE_INDEX_A_TURN; i++)
		last = add_case(b->f, "subject", i ? "same" : "zebra");
	commit(b->f);
	OK(b->f, search_cases_now(&b->d, SPAN("zebra"), &find, &v, &n, &more, &b->f->e));
	assert_true(n == 0 && more);
	OK(b->f, search_cases_now(&b->d, SPAN("same"), &find, &v, &n, &more, &b->f->e));
	assert_true(n == 1 && v[0].number == last && more);
	assert_int_equal(index_all(b), SEARCH_STALE_MAX / CASE_INDEX_A_TURN + 2);
	OK(b->f, search_cases_now(&b->d, SPAN("zebra"), &find, &v, &n, &more, &b->f->e));
	assert_true(n == 1 && !more);
}

static void a_long_conversation_is_found_by_its_first_and_its_last_words(void **state)
{
	struct bench *b = *state;
	char *filler = memset(arena_room(&b->f->a, 4001), 'x', 4000);
	int64_t number;

	for (int i = 0; i < 4000; i += 8)
		filler[i] = ' ';
	filler[4000] = 0;
	begin(b->f);
	number = add_case(b->f, "long", "aardvark");
	put_note(b->f, number, NOTE_INBOUND, "middle");
	for (int i = 0; i < 60; i++)
		put_note(b->f, number, NOTE_INBOUND, filler);
	put_note(b->f, number, NOTE_INBOUND, "zebra");
	commit(b->f);
	index_all(b);
	for (int i = 0; i < 2; i++) {
		const struct store_case_find find = { .limit = 1 };
		struct search_hit *v;
		size_t n;

		OK(b->f, search_cases(&b->d, SPAN(""), i ? SPAN("zebra") : SPAN("aardvark"), &find,
				      &v, &n, &b->f->e));
		assert_true(n == 1 && v[0].number == number);
	}
}

#define SEARCH_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SEARCH_TEST(each_question_finds_its_article),
		SEARCH_TEST(each_question_finds_its_case_before_and_behind_the_index),
		SEARCH_TEST(a_case_is_found_by_all_that_people_wrote),
		SEARCH_TEST(what_a_case_says_no_more_does_not_find_it),
		SEARCH_TEST(the_index_is_made_in_slices_the_newest_first),
		SEARCH_TEST(a_turn_of_the_index_ends_behind_so_many_words_and_so_many_cases),
		SEARCH_TEST(a_long_conversation_is_found_by_its_first_and_its_last_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
