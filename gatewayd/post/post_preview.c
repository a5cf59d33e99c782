/* How the mails read, without an occasion. */
#include "gatewayd/base/units.h"
#include "gatewayd/post/post_mail.h"
#include "gatewayd/post/template_name.h"

enum { SAMPLE_NUMBER = 4711, SAMPLE_ROWS = 2 };

static struct span sample(const struct compose_mail *m, enum word id)
{
	return words_get(m->words, id);
}

/* A case of nobody, in the first queue. */
static struct store_case sample_case(struct desk *d)
{
	return (struct store_case){ .number = SAMPLE_NUMBER,
				    .queue = span_of(d->conf->queues[0].name),
				    .severity = 3,
				    .state = CASE_OPEN,
				    .subject = SPAN(""),
				    .requester_name = SPAN(""),
				    .requester_address = SPAN("ann@customer.example"),
				    .account = SPAN(""),
				    .owner = SPAN(""),
				    .opened_at = d->now - 3 * HOUR_S };
}

static void set_lists(struct desk *d, const struct compose_mail *m, const struct store_case *c)
{
	for (int i = 0; i < SAMPLE_ROWS; i++) {
		struct template_data *row = post_case_row(d, m, c);

		(void)post_case_row_of(d, m, "today", c);
		(void)post_case_row_of(d, m, "mine", c);
		(void)post_case_row_of(d, m, "waits", c);
		post_set_row_due(d, m, row, d->now + (i + 1) * HOUR_S);
		template_set_flag(row, "late", i > 0);
		row = template_row(m->data, "suggestions");
		template_set(row, "title", sample(m, WORD_SAMPLE_ARTICLE));
		template_set(row, "link", i ? SPAN("") : SPAN("https://docs.example/purge"));
		template_set(row, "excerpt", i ? sample(m, WORD_SAMPLE_TEXT) : SPAN(""));
		row = template_row(m->data, "resources");
		template_set(row, "title", sample(m, WORD_SAMPLE_ARTICLE));
		template_set(row, "link", SPAN("https://docs.example/start"));
		row = template_row(m->data, "recommendations");
		template_set(row, "title", sample(m, WORD_SAMPLE_RECOMMENDATION));
		template_set(row, "link", SPAN("https://control.example/http3"));
		row = template_row(m->data, "open_cases");
		template_set(row, "number", word_number(d, SAMPLE_NUMBER - 10 - i));
		template_set(row, "subject", sample(m, WORD_SAMPLE_SUBJECT));
		row = template_row(m->data, "similar");
		template_set(row, "number", word_number(d, SAMPLE_NUMBER - 1 - i));
		template_set(row, "subject", sample(m, WORD_SAMPLE_SUBJECT));
		row = template_row(m->data, "mails");
		template_set(row, "number", word_number(d, 17 + i));
		template_set(row, "subject", sample(m, WORD_SAMPLE_SUBJECT));
		template_set(row, "sender", SPAN("ann@customer.example"));
		template_set(row, "why", SPAN("List-Unsubscribe"));
		row = template_row(m->data, "history");
		template_set(row, "history_at",
			     word_time(d, m->words, m->zone, d->now - (i + 1) * HOUR_S));
		template_set(row, "history_who", sample(m, WORD_SAMPLE_CUSTOMER));
		template_set(row, "history_kind", sample(m, WORD_NOTE_INBOUND));
		template_set(row, "history_text", sample(m, WORD_SAMPLE_TEXT));
		row = template_row(m->data, "transcript");
		template_set(row, "command", i ? SPAN("#merge") : SPAN("#severity 2"));
		template_set(
		    row, "result",
		    i ? word_with(d, m->words, WORD_WRITE, "usage", sample(m, WORD_USAGE_MERGE))
		      : word_with(d, m->words, WORD_DONE_SEVERITY, "severity", SPAN("2")));
	}
}

/* What reads the same in every language. */
static void set_plain(const struct compose_mail *m)
{
	static const struct {
		const char *name, *text;
	} values[] = {
		{ "follows", "4633" },
		{ "other", "4712" },
		{ "left_out", "2" },
		{ "query", "HTTP/3" },
		{ "link", "https://support.example/sign-in" },
		{ "week_from", "2026-11-16" },
		{ "report_queue", "technical" },
		{ "week_to", "2026-11-23" },
		{ "opened", "41" },
		{ "closed", "44" },
		{ "reopened", "2" },
		{ "before", "17" },
		{ "backlog", "16" },
		{ "met", "39" },
		{ "breached", "1" },
		{ "share", "97 %" },
		{ "median", "1 h 5 min" },
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		template_set(m->data, values[i].name, span_of(values[i].text));
}

/* What the case does not say. */
static void set_samples(struct desk *d, struct compose_mail *m, const struct store_case *c)
{
	struct post_file file = { .file = { .filename = SPAN("purge.log"),
					    .content_type = SPAN("text/plain"),
					    .content = { NULL, 18200 } } };
	struct author author = { .trust = NOTE_TRUST_L3,
				 .by = VOUCHED_DMARC,
				 .via = SPAN("forms@website.example"),
				 .reply_to = SPAN("shop@customer.example"),
				 .envelope = SPAN("bounces@customer.example"),
				 .cc = SPAN("bo@customer.example"),
				 .doubts = { { DOUBT_ALIKE, SPAN("custorner.example"),
					       SPAN("customer.example") } },
				 .doubt_count = 1 };
	struct post_said said = { .text = sample(m, WORD_SAMPLE_TEXT),
				  .author = &author,
				  .beside = sample(m, WORD_SAMPLE_TEXT),
				  .files = &file,
				  .file_count = 1,
				  .lines_quoted = 12 };
	const struct {
		const char *name;
		struct span text;
	} values[] = {
		{ "recipient", SPAN("ann@customer.example") },
		{ "holder", SPAN("staff@support.example") },
		{ "sender", SPAN("staff@private.example") },
		{ "error", sample(m, WORD_SAMPLE_ERROR) },
		{ "property", SPAN("www.customer.example") },
		{ "team", sample(m, WORD_SAMPLE_OWNER) },
		{ "team_phone", SPAN("+1 555 0142") },
		{ "team_address", SPAN("account-team@support.example") },
		{ "referral", sample(m, WORD_SAMPLE_REFERRAL) },
		{ "unsubscribe", SPAN("https://support.example/unsubscribe") },
		{ "unsubscribe_url", SPAN("https://support.example/unsubscribe") },
		{ "count", SPAN("2") },
		{ "example", SPAN("17") },
		{ "hours", word_count(d, m->words, WORD_HOURS, 4) },
		{ "limit", word_count(d, m->words, WORD_MEGABYTES, 25) },
		{ "due", word_time(d, m->words, m->zone, d->now + 2 * DAY_S) },
		{ "due_zone", words_zone(m->words, m->zone) },
		{ "package", SPAN("premium") },
		{ "take_link", SPAN("mailto:support@support.example?body=%23take") },
		{ "resolve_link", SPAN("mailto:support@support.example?body=%23resolve%20") },
		{ "waiting_link", SPAN("mailto:support@support.example?body=%23waiting%20") },
		{ "note_link", SPAN("mailto:support@support.example?body=%23note%20") },
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		template_set(m->data, values[i].name, values[i].text);
	set_plain(m);
	post_set_said(d, m, &said);
	post_set_commands(m);
	set_lists(d, m, c);
}

/* What operators are told of. */
static void set_trouble(struct desk *d, const struct compose_mail *m)
{
	template_set(m->data, "trouble",
		     word_with(d, m->words, WORD_TROUBLE_MAILBOX, "name", SPAN("support")));
	template_set(m->data, "since", word_time(d, m->words, m->zone, d->now - 2 * HOUR_S));
}

/* The people of the sample, whom a real case has of its own. */
static void set_people(const struct desk *d, const struct compose_mail *m)
{
	template_set(m->data, "customer", sample(m, WORD_SAMPLE_CUSTOMER));
	template_set(m->data, "account", sample(m, WORD_SAMPLE_ACCOUNT));
	template_set(m->data, "owner", sample(m, WORD_SAMPLE_OWNER));
	template_set(m->data, "happened",
		     word_with(d, m->words, WORD_COLLEAGUE, "who", sample(m, WORD_SAMPLE_OWNER)));
}

static int set_last_words(struct desk *d, const struct compose_mail *m, struct err *e)
{
	struct store_note *v;
	size_t n;

	if (store_note_list(d->store, m->c->number, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (v[i].kind == NOTE_INBOUND)
			template_set(m->data, "text", v[i].reply);
	return 0;
}

/* To whom such a mail would go, and in which words. */
static void set_reader(struct desk *d, struct compose_mail *m, bool staff, const char *language)
{
	const struct conf_queue *queue = m->queue;
	struct span to = SPAN("staff@support.example");

	if (language)
		m->words = post_words(d, queue, language, m->template);
	if (staff && queue->notify.n)
		to = span_of(queue->notify.v[0]);
	if (staff)
		post_to_staff(d, m, to);
	else
		post_to_customer(d, m,
				 &(struct post_person){ m->c->requester_address,
							m->c->requester_name, true, SPAN("") });
}

int post_preview(struct desk *d, const struct post_preview *p, struct compose_texts *ret_texts,
		 struct err *e)
{
	const struct template_file *file = template_file_find(p->template);
	struct store_case c = sample_case(d);
	struct compose_mail m;

	if (!file)
		return err_set(e, ERR_PERM, "there is no mail template \"%s\"", p->template);
	if (p->number && store_case_get(d->store, p->number, d->arena, &c, e) < 0)
		return -1;
	m = post_about(d, p->template, &c);
	set_reader(d, &m, file->for_staff, p->language);
	if (compose_check_one(d->conf, m.queue, m.words->language, p->template, d->arena, e) < 0)
		return -1;
	if (!p->number) {
		c.subject = sample(&m, WORD_SAMPLE_SUBJECT);
		set_people(d, &m);
	}
	set_samples(d, &m, &c);
	set_trouble(d, &m);
	if (p->number && set_last_words(d, &m, e) < 0)
		return -1;
	for (size_t i = 0; i < p->set_count; i++)
		template_set(m.data, p->set[i].name, p->set[i].text);
	if (!file->of_case)
		m.c = NULL;
	return compose_texts(d, &m, ret_texts, e);
}
