/*
 * A mail to itself: sent to the plain address and to one with a token, it must come back by both.
 *
 * It is from our own address and has a Message-ID as only we make them, so that a daemon files it
 * and does nothing more (identity/identity.c).
 */
#include "gatewayd/doctor/doctor_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/identity/token.h"
#include "gatewayd/net/address_strict.h"
#include "gatewayd/net/imap_ids.h"
#include "gatewayd/net/smtp.h"
#include "gatewayd/post/mime_write.h"

enum {
	COME_BACK_MS = 30000,
	LOOK_MS = 200,
	FINAL_S = 60,
	NEW_MAX = 64, /* mails that came meanwhile and are looked at */
	MAIL_MAX = 16 * KIB,
};

enum kind { PLAIN, PLUS, KINDS };

struct echo {
	struct doctor *d;
	const struct conf_mailbox *m;
	const char *what;
	struct imap *imap;
	struct token_keys keys;
	struct smtp_lane *lane;
	struct {
		char id[TOKEN_ID_MAX];
		char to[ADDRESS_MAX + 1];
		struct smtp_result sent;
		bool back, bounced;
	} mail[KINDS];
	bool verp_refused;
	const char *folders[2]; /* where they may come to */
	uint32_t from[2];	/* UIDs there that are new */
	size_t folder_count;
	uint32_t ours[NEW_MAX]; /* to be removed, of the first folder */
	size_t our_count;
	const struct imap_mail *looked; /* of the fetch under way */
	int64_t sent_at;
};

/* --- what is sent --- */

static int read_keys(struct echo *x, struct err *e)
{
	struct buf secret;
	int r;

	buf_init(&secret, 64 * KIB);
	r = doctor_secret_read(x->d, x->d->conf->token_key_file, &secret, e);
	if (r == 0)
		r = token_keys_set(&x->keys, buf_span(&secret), SPAN_NONE, e);
	if (secret.p)
		crypto_wipe(secret.p, secret.cap);
	buf_release(&secret);
	return r;
}

/* A token of that purpose opens nothing. */
static bool name_mail(struct echo *x, enum kind kind)
{
	const struct conf *c = x->d->conf;
	struct token_claim claim = { TOKEN_MESSAGE_ID, TOKEN_STAFF, 0, span_of(x->m->address) };
	char token[TOKEN_TEXT_SIZE];

	token_message_id(&x->keys, "doctor", &claim, x->sent_at, 1, span_of(c->hostname),
			 x->mail[kind].id);
	claim.purpose = TOKEN_LOOP;
	claim.addressee = span_of(x->mail[kind].id);
	token_make(&x->keys, &claim, x->sent_at, 1, token);
	if (kind == PLUS)
		return token_address(span_of(x->m->address), conf_delimiter(c), token,
				     x->mail[kind].to, sizeof(x->mail[kind].to));
	snprintf(x->mail[kind].to, sizeof(x->mail[kind].to), "%s", x->m->address);
	return true;
}

static int compose(struct echo *x, enum kind kind, struct buf *out, struct err *e)
{
	struct mime_message m = {
		.from.address = span_of(x->m->address),
		.to.address = span_of(x->mail[kind].to),
		.date_at = x->sent_at,
		.subject = SPAN("gatewayctl doctor: a mail to itself"),
		.message_id = span_of(x->mail[kind].id),
		.auto_submitted = "auto-generated",
		.text = SPAN("It is removed when it has come back.\n"),
	};

	crypto_random(m.seed, sizeof(m.seed));
	return mime_write(&m, out, e);
}

static void transfer(struct echo *x, enum kind kind, const char *from)
{
	struct buf bytes BUF_AUTO;
	struct err e = { 0 };

	buf_init(&bytes, MAIL_MAX);
	if (compose(x, kind, &bytes, &e) < 0) {
		x->mail[kind].sent.class = SMTP_FAILED;
		snprintf(x->mail[kind].sent.text, SMTP_TEXT_MAX, "%s", e.text);
		return;
	}
	smtp_lane_send(x->lane, from, x->mail[kind].to, buf_span(&bytes), &x->mail[kind].sent);
}

/* With the envelope sender that our mails have, where they have one of their own. */
static void send_both(struct echo *x)
{
	const struct conf *c = x->d->conf;

	transfer(x, PLAIN, x->m->address);
	if (x->mail[PLAIN].sent.class != SMTP_SENT)
		return;
	transfer(x, PLUS, c->verp ? x->mail[PLUS].to : x->m->address);
	if (!c->verp || x->mail[PLUS].sent.class == SMTP_SENT)
		return;
	transfer(x, PLUS, x->m->address);
	x->verp_refused = x->mail[PLUS].sent.class == SMTP_SENT;
}

/* --- what comes back --- */

static void on_head(void *ctx, size_t k, struct span head)
{
	struct echo *x = ctx;

	for (size_t i = 0; i < KINDS; i++) {
		size_t at = span_find(head, span_of(x->mail[i].id));
		bool is_it;

		if (!x->mail[i].id[0] || at == SIZE_MAX)
			continue;
		/* In a report it stands further down. */
		is_it = span_find_ci(span_sub(head, 0, at), SPAN("\n\r\n")) == SIZE_MAX;
		x->mail[i].back = x->mail[i].back || is_it;
		x->mail[i].bounced = x->mail[i].bounced || !is_it;
		if (is_it && x->looked[k].received_at != INSTANT_NONE) {
			x->d->echoed = true;
			x->d->echo_off_s = x->looked[k].received_at - clock_now(&x->d->clock);
		}
		if (x->our_count < NEW_MAX)
			x->ours[x->our_count++] = x->looked[k].uid;
	}
}

static int look_in(struct echo *x, size_t f, struct err *e)
{
	struct imap_mail mails[NEW_MAX];
	struct imap_folder folder;
	uint32_t *uids;
	size_t n;
	int r;

	if (imap_examine(x->imap, x->folders[f], &folder, e) < 0 ||
	    imap_list_from(x->imap, x->from[f], false, &uids, &n, e) < 0)
		return -1;
	n = n < NEW_MAX ? n : NEW_MAX;
	for (size_t i = 0; i < n; i++)
		mails[i] = (struct imap_mail){ .uid = uids[i] };
	mem_free(&uids);
	if (n == 0)
		return 0;
	x->looked = mails;
	r = imap_describe(x->imap, mails, n, e);
	if (r == 0)
		r = imap_heads(x->imap, mails, n, on_head, x, e);
	x->looked = NULL;
	return r;
}

static bool is_over(const struct echo *x)
{
	for (size_t i = 0; i < KINDS; i++)
		if (x->mail[i].sent.class == SMTP_SENT && !x->mail[i].back && !x->mail[i].bounced)
			return false;
	return true;
}

static void wait_for(struct echo *x)
{
	int64_t until_ms = clock_wait_ms() + COME_BACK_MS;
	struct err e = { 0 };

	for (;;) {
		x->our_count = 0;
		for (size_t f = 0; f < x->folder_count; f++)
			if (look_in(x, f, &e) < 0 && !imap_usable(x->imap))
				return;
		if (is_over(x) || clock_wait_ms() > until_ms)
			return;
		usleep(LOOK_MS * 1000);
	}
}

/* Beside a daemon it is the daemon's. */
static void remove_ours(struct echo *x)
{
	struct imap_folder folder;
	struct err e = { 0 };

	if (x->d->o->daemon_runs || !x->our_count || !imap_usable(x->imap))
		return;
	if (imap_select(x->imap, x->folders[0], &folder, &e) < 0 ||
	    imap_remove(x->imap, x->ours, x->our_count, &e) < 0)
		SAY_NOTE(x->d, x->what, TEXT(x->d, "the mail to itself stays: %s", e.text), NULL);
}

/* --- what that says --- */

static void say_plain(struct echo *x)
{
	struct doctor *d = x->d;
	const struct smtp_result *sent = &x->mail[PLAIN].sent;

	if (sent->class != SMTP_SENT)
		SAY_WRONG(d, x->what, TEXT(d, "a mail to itself could not be sent: %s", sent->text),
			  TEXT(d, "let the user of smtp send as %s", x->m->address));
	else if (!x->mail[PLAIN].back)
		SAY_WRONG(
		    d, x->what,
		    TEXT(d, "a mail to %s %s", x->m->address,
			 x->mail[PLAIN].bounced ? "came back as undeliverable"
						: "did not arrive in 30 s"),
		    TEXT(d, "correct mailboxes.%s.address, or look where it went", x->m->name));
	else
		SAY_GOOD(d, x->what, "a mail to itself came back");
}

static void say_plus(struct echo *x)
{
	struct doctor *d = x->d;
	bool on = d->conf->plus_addresses, back = x->mail[PLUS].back;

	if (back && on)
		SAY_GOOD(d, x->what, "plus addresses arrive, with their token");
	else if (back)
		doctor_say(d, DOCTOR_NOTE, x->what, "plus addresses arrive, and are not used",
			   "answers find their case better by them", "plus_addresses = true;\n");
	else if (on)
		doctor_say(d, DOCTOR_WRONG, x->what,
			   TEXT(d, "plus addresses do not arrive (%s): answers would be lost",
				x->mail[PLUS].sent.class != SMTP_SENT ? x->mail[PLUS].sent.text
				: x->mail[PLUS].bounced		      ? "it came back"
								      : "nothing came in 30 s"),
			   "switch them on in the mail server (recipient_delimiter), or do without",
			   "plus_addresses = false;\n");
	else
		SAY_GOOD(d, x->what, "plus addresses do not arrive, and are not used");
	if (x->verp_refused)
		doctor_say(d, DOCTOR_WRONG, x->what,
			   "the SMTP server takes no envelope sender but the plain address",
			   "bounces are then found by their Message-ID", "verp = false;\n");
}

/* --- all of it --- */

static bool begin(struct echo *x, struct err *e)
{
	struct imap_folder folder;

	x->folders[x->folder_count++] = x->m->folder;
	if (x->d->o->daemon_runs)
		x->folders[x->folder_count++] = x->m->processed;
	for (size_t f = 0; f < x->folder_count; f++) {
		if (imap_examine(x->imap, x->folders[f], &folder, e) < 0)
			return false;
		x->from[f] = folder.uidnext ? folder.uidnext : 1;
	}
	return read_keys(x, e) == 0 && name_mail(x, PLAIN) && name_mail(x, PLUS);
}

static void run(struct echo *x, const struct doctor_login *l)
{
	struct access_box box;
	struct smtp_lane_options o = { .connect = l->connect, .final_timeout_s = FINAL_S };

	access_init(&box);
	if (l->connect.server->oauth) {
		access_put(&box, buf_span(&l->secret), 1);
		o.access = &box;
	}
	x->lane = smtp_lane_new(&o);
	send_both(x);
	wait_for(x);
	remove_ours(x);
	smtp_lane_free(&x->lane);
	access_release(&box);
	say_plain(x);
	if (x->mail[PLAIN].back)
		say_plus(x);
}

void doctor_echo(struct doctor *d, struct imap *imap, const struct conf_mailbox *m)
{
	struct echo x = { .d = d,
			  .m = m,
			  .imap = imap,
			  .what = TEXT(d, "mail to %s", m->address),
			  .sent_at = clock_now(&d->clock) };
	struct doctor_login l;
	struct err e = { 0 };

	if (d->o->daemon_runs && !d->o->mail) {
		SAY_NOTE(d, x.what, "not tried beside the daemon, which would take it in",
			 "gatewayctl doctor --mail does; the mail is filed then");
		return;
	}
	if (d->smtp_wrong) {
		SAY_NOTE(d, x.what, "not tried: the SMTP server is to be mended first", NULL);
		return;
	}
	if (doctor_login_init(d, &d->conf->smtp.server, x.what, &l)) {
		if (begin(&x, &e))
			run(&x, &l);
		else
			SAY_NOTE(d, x.what, TEXT(d, "not tried: %s", e.text), NULL);
	}
	doctor_login_release(&l);
	token_keys_wipe(&x.keys);
}
