#include "gatewayd/post/compose.h"

#include "conf/form.h"
#include "gatewayd/base/escape.h"
#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/addrspec.h"
#include "gatewayd/identity/our_address.h"
#include "gatewayd/identity/subject.h"
#include "gatewayd/post/template_name.h"

enum { ROOM = 8 * KIB }; /* that most texts and messages have enough with */

struct job {
	const struct desk *d;
	const struct compose_mail *mail;
	struct err *e;
	bool stranger; /* the recipient is a customer who has proven nothing */
	struct compose_texts texts;
};

static int64_t case_number(const struct job *j)
{
	return j->mail->c ? j->mail->c->number : 0;
}

/* --- from the template to texts --- */

/* The text of a person's mail is that person's to send. */
static bool ours_or_text(struct span name)
{
	return template_name_is_ours(name) || span_is(name, "text");
}

/* Staff see which case the sender thinks of. */
static bool names_another(const struct store_case *c)
{
	int64_t number;

	return c && subject_tag_find(c->subject, &number) && number != c->number;
}

static void set_values(struct job *j)
{
	const struct compose_mail *m = j->mail;
	struct buf bare BUF_AUTO;

	buf_init(&bare, MIME_SUBJECT_MAX * 2);
	if (m->role == TOKEN_STAFF && names_another(m->c))
		buf_add(&bare, utf8_prefix(m->c->subject, MIME_SUBJECT_MAX));
	else
		subject_bare(m->c ? m->c->subject : SPAN(""), &bare);
	template_set(m->data, "subject", arena_dup(j->d->arena, buf_span(&bare)));
	if (case_number(j))
		template_set_int(m->data, "case", case_number(j));
	template_set(m->data, "queue", span_of(m->queue->name));
	template_set(m->data, "company", span_of(j->d->conf->company));
	template_set(m->data, "phone", span_of(m->queue->phone));
	template_set(m->data, "portal", span_of(m->queue->portal));
	if (j->stranger)
		template_keep(m->data,
			      m->cause == COMPOSE_PERSON ? ours_or_text : template_name_is_ours);
	template_alias(m->data, "text", "text_html");
}

/* Room for the longest note, whose every character may become an entity ("&quot;"). */
static size_t body_max(const struct job *j, enum template_mode mode)
{
	size_t note = (size_t)j->d->conf->limits.note_bytes;

	return COMPOSE_FRAME_MAX + (mode == TEMPLATE_HTML ? note * strlen("&quot;") : note);
}

static struct span render(struct job *j, const struct template *t, enum template_mode mode,
			  struct buf *room)
{
	buf_clear(room);
	room->max = body_max(j, mode);
	if (template_make(t, j->mail->data, mode, room, j->e) < 0)
		return SPAN_NONE;
	return arena_dup(j->d->arena, buf_span(room));
}

static bool render_all(struct job *j, const struct conf_form *form, struct span *ret_subject)
{
	struct buf room BUF_AUTO;

	buf_init(&room, ROOM);
	(void)buf_room(&room, ROOM); /* most need no more */
	*ret_subject = render(j, form->subject, TEMPLATE_TEXT, &room);
	j->texts.text = render(j, form->text, TEMPLATE_TEXT, &room);
	j->texts.html = render(j, form->html, TEMPLATE_HTML, &room);
	return ret_subject->p && j->texts.text.p && j->texts.html.p;
}

/* The contract of the tag holds whatever the template says. */
static struct span tagged(struct job *j, struct span subject)
{
	struct buf line BUF_AUTO;
	int64_t number = 0;

	buf_init(&line, body_max(j, TEMPLATE_TEXT));
	if (case_number(j) && (!subject_tag_find(subject, &number) || number != case_number(j)))
		buf_addf(&line, "[Case #%lld] ", (long long)case_number(j));
	escape_line(subject, &line);
	return arena_dup(j->d->arena, utf8_prefix(buf_span(&line), MIME_SUBJECT_MAX));
}

static int make_texts(struct job *j)
{
	const struct compose_mail *m = j->mail;
	bool marked = m->role == TOKEN_STAFF; /* whatever the template is */
	const struct conf_form *form =
	    conf_form(j->d->conf, m->queue, m->words->language, m->template, marked, j->e);
	struct span subject;

	if (!form)
		return -1;
	if (marked)
		template_set(m->data, "write_above", words_get(m->words, WORD_WRITE_ABOVE));
	if (!render_all(j, form, &subject))
		return -1;
	j->texts.subject = tagged(j, subject);
	j->texts.is_derived = form->is_derived;
	return 0;
}

/* --- addresses and ids with tokens --- */

/* Of the queue, or the other one of it that the requester wrote to. */
static struct our_address our_address(const struct job *j)
{
	const struct compose_mail *m = j->mail;
	struct our_address at = { NULL, SPAN_NONE, false };

	if (m->role == TOKEN_CUSTOMER && m->c && m->c->written_to.n)
		at = our_address_find(j->d->conf, m->c->written_to);
	if (at.queue != m->queue)
		at = (struct our_address){ m->queue, span_of(m->queue->address), false };
	return at;
}

/* The one that a token can be put into. */
static struct span tokened_address(const struct job *j)
{
	struct our_address at = our_address(j);

	return at.is_alias ? span_of(j->mail->queue->address) : at.address;
}

static const char *make_token(struct job *j, enum token_purpose purpose, struct span addressee)
{
	const struct compose_mail *m = j->mail;
	struct token_claim claim = {
		.purpose = purpose,
		.role = m->role,
		.case_number =
		    purpose == TOKEN_UNSUBSCRIBE || purpose == TOKEN_DIGEST ? 0 : case_number(j),
		.addressee = addressee,
	};
	char text[TOKEN_TEXT_SIZE];

	token_make(j->d->keys, &claim, j->d->now, j->d->conf->limits.token_days, text);
	return arena_cstr(j->d->arena, span_of(text));
}

/* An address of the queue with a token; "" when no token fits in. */
static struct span token_address_of(struct job *j, enum token_purpose purpose,
				    struct span addressee)
{
	char address[ADDRSPEC_MAX + 1];

	if (!token_address(tokened_address(j), conf_delimiter(j->d->conf),
			   make_token(j, purpose, addressee), address, sizeof(address)))
		return SPAN("");
	return arena_dup(j->d->arena, span_of(address));
}

/* The same, where a mail server takes such addresses; else the address that the mail comes from. */
static struct span answer_address(struct job *j, enum token_purpose purpose)
{
	return j->d->conf->plus_addresses ? token_address_of(j, purpose, j->mail->to.address)
					  : our_address(j).address;
}

/* Its answer needs no word of our border. */
static bool is_desk(struct job *j)
{
	return j->mail->desk && !case_number(j) && j->d->conf->staff_trust == CONF_TRUST_TOKEN;
}

/* What an answer may do by its In-Reply-To alone. */
static enum token_purpose id_purpose(struct job *j)
{
	const struct compose_mail *m = j->mail;

	if (is_desk(j))
		return TOKEN_DESK;
	return m->unsubscribe ? TOKEN_UNSUBSCRIBE : m->digest ? TOKEN_DIGEST : TOKEN_MESSAGE_ID;
}

static struct span make_id(struct job *j)
{
	const struct compose_mail *m = j->mail;
	struct token_claim claim = {
		.purpose = id_purpose(j),
		.role = m->role,
		.case_number = case_number(j),
		.addressee = m->to.address,
	};
	char id[TOKEN_ID_MAX];

	token_message_id(j->d->keys, m->template, &claim, j->d->now, j->d->conf->limits.token_days,
			 span_of(j->d->conf->hostname), id);
	return arena_dup(j->d->arena, span_of(id));
}

static struct span envelope_sender(struct job *j)
{
	const struct compose_mail *m = j->mail;
	struct span address = SPAN("");

	if (!case_number(j) && m->cause != COMPOSE_PERSON)
		return address;
	if (!j->d->conf->verp)
		return tokened_address(j);
	address = token_address_of(j, TOKEN_BOUNCE, SPAN_NONE);
	return address.n ? address : tokened_address(j);
}

/* "mailto:ADDRESS", or with the token in its subject. */
static struct span unsubscribe_link(struct job *j, const struct mime_message *msg)
{
	return span_of(arena_printf(j->d->arena, "mailto:" SPAN_FMT "%s" SPAN_FMT,
				    SPAN_ARG(msg->unsubscribe_mailto),
				    msg->unsubscribe_token.n ? "?subject=unsubscribe%20" : "",
				    SPAN_ARG(msg->unsubscribe_token)));
}

/* The operator's own address, or that of our pages, where browsers reach them by https (RFC 8058
 * section 3.1); "": there is none. */
static struct span unsubscribe_url(struct job *j, struct span token)
{
	const struct conf *conf = j->d->conf;
	const char *url = conf->unsubscribe_url;
	struct span pages = span_of(conf->web.listen ? conf->web.public_url : NULL);

	if (url)
		return span_of(arena_printf(j->d->arena, "%s%ctoken=" SPAN_FMT, url,
					    strchr(url, '?') ? '&' : '?', SPAN_ARG(token)));
	if (!span_starts_ci(pages, SPAN("https://")))
		return SPAN("");
	if (pages.p[pages.n - 1] == '/')
		pages.n--;
	return span_of(arena_printf(j->d->arena, SPAN_FMT "/unsubscribe/" SPAN_FMT, SPAN_ARG(pages),
				    SPAN_ARG(token)));
}

/* All forms name the recipient by the token (RFC 8058 section 3.1). */
static void set_unsubscribe(struct job *j, struct mime_message *msg)
{
	bool plus = j->d->conf->plus_addresses, url;
	struct span token, link;

	if (!j->mail->unsubscribe)
		return;
	token = span_of(make_token(j, TOKEN_UNSUBSCRIBE, j->mail->to.address));
	msg->unsubscribe_mailto = answer_address(j, TOKEN_UNSUBSCRIBE);
	if (!plus)
		msg->unsubscribe_token = token;
	/* A reply says "unsubscribe" or is a question: decide.c tells them apart. */
	msg->reply_to.address = msg->unsubscribe_mailto;
	msg->unsubscribe_url = unsubscribe_url(j, token);
	url = msg->unsubscribe_url.n > 0;
	link = url ? msg->unsubscribe_url : unsubscribe_link(j, msg);
	template_set(j->mail->data, "unsubscribe", url || !plus ? link : msg->unsubscribe_mailto);
	template_set(j->mail->data, "unsubscribe_url", link);
}

/* --- what staff do with a tap --- */

static const struct {
	const char *name, *verb, *body;
} actions[] = {
	{ "take_link", "take", "%23take" },
	{ "resolve_link", "resolve", "%23resolve%20" },
	{ "waiting_link", "waiting", "%23waiting%20" },
	{ "note_link", "note", "%23note%20" },
};

/* RFC 6068.  Where no plus address takes the token, the subject does. */
static void set_actions(struct job *j)
{
	bool plus = j->d->conf->plus_addresses;
	const char *token;
	struct span address;

	if (j->mail->role != TOKEN_STAFF || !case_number(j))
		return;
	address = answer_address(j, TOKEN_REPLY);
	token = plus ? "" : make_token(j, TOKEN_REPLY, j->mail->to.address);
	if (!address.n)
		return;
	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		template_setf(j->mail->data, actions[i].name,
			      "mailto:" SPAN_FMT "?subject=Case%%20%lld%%20%s%s%s&body=%s",
			      SPAN_ARG(address), (long long)case_number(j), actions[i].verb,
			      *token ? "%20" : "", token, actions[i].body);
}

/* --- all of it --- */

static const char *auto_submitted(enum compose_cause cause)
{
	static const char *const words[] = {
		[COMPOSE_PERSON] = NULL,
		[COMPOSE_ANSWER] = "auto-replied",
		[COMPOSE_NOTICE] = "auto-generated",
	};

	return words[cause];
}

/* Everything that does not hang on the template. */
static void fill(struct job *j, struct mime_message *msg)
{
	const struct compose_mail *m = j->mail;
	const char *from_name = m->queue->from_name;

	*msg = (struct mime_message){
		.from = { m->from_name.n ? m->from_name : span_of(from_name),
			  our_address(j).address },
		.to = { j->stranger ? SPAN_NONE : m->to.name, m->to.address },
		.date_at = j->d->now,
		.message_id = make_id(j),
		.thread = m->thread,
		.auto_submitted = auto_submitted(m->cause),
	};
	if (case_number(j))
		msg->reply_to.address = answer_address(j, TOKEN_REPLY);
	else if (m->digest)
		msg->reply_to.address = answer_address(j, TOKEN_DIGEST);
	else if (is_desk(j))
		msg->reply_to.address = answer_address(j, TOKEN_DESK);
	if (!j->stranger || m->cause == COMPOSE_PERSON) {
		msg->attachments = m->attachments;
		msg->attachment_count = m->attachment_count;
	}
	set_unsubscribe(j, msg);
	set_actions(j);
	crypto_random_name(msg->seed, sizeof(msg->seed));
}

static int write_message(struct job *j, const struct mime_message *msg, struct span *ret_message)
{
	struct buf out BUF_AUTO;

	buf_init(&out, COMPOSE_MESSAGE_MAX);
	(void)buf_room(&out, ROOM);
	if (mime_write(msg, &out, j->e) < 0)
		return -1;
	*ret_message = arena_dup(j->d->arena, buf_span(&out));
	return 0;
}

static struct job job_of(const struct desk *d, const struct compose_mail *mail, struct err *e)
{
	return (struct job){
		.d = d,
		.mail = mail,
		.e = e,
		.stranger = mail->role == TOKEN_CUSTOMER && !mail->authenticated,
	};
}

int compose_texts(const struct desk *d, const struct compose_mail *mail,
		  struct compose_texts *ret_texts, struct err *e)
{
	struct job j = job_of(d, mail, e);

	set_values(&j);
	if (make_texts(&j) < 0)
		return err_prefix(e, "mail template ");
	*ret_texts = j.texts;
	return 0;
}

/* RFC 4021 section 2.1.43: staff see in their list of mails what a rule gave priority. */
static bool is_marked(const struct compose_mail *m)
{
	return m->role == TOKEN_STAFF && m->c && m->c->priority > 0;
}

int compose(const struct desk *d, const struct compose_mail *mail, struct composed *ret_composed,
	    struct err *e)
{
	struct job j = job_of(d, mail, e);
	struct composed c = { .automatic = mail->cause != COMPOSE_PERSON };
	struct mime_field marks[2] = { { .name = "X-Gatewayd" },
				       { .name = "Importance", .value = SPAN("high") } };
	struct mime_message msg;
	struct compose_texts texts;

	fill(&j, &msg);
	marks[0].value = span_of(make_token(&j, TOKEN_LOOP, msg.message_id));
	msg.fields = marks;
	msg.field_count = is_marked(mail) ? 2 : 1;
	if (compose_texts(d, mail, &texts, e) < 0)
		return -1;
	msg.subject = texts.subject;
	msg.text = texts.text;
	msg.html = texts.html;
	if (write_message(&j, &msg, &c.message) < 0)
		return err_prefix(e, "mail from template %s: ", mail->template);
	c.message_id = msg.message_id;
	c.texts = texts;
	c.sender = envelope_sender(&j);
	*ret_composed = c;
	return 0;
}
