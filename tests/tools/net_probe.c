/*
 * The network layer by hand, for tests against servers of any kind: no core, no wire.
 *
 *   net_probe imap FOLDER PROCESSED ACTION...   actions: list, fetch, move, idle=SECONDS, hash
 *   net_probe smtp FROM TO FILE...              each file a message
 *
 * The server comes from the environment: HOST PORT TLS (implicit|starttls|none) AUTH (plain|
 * xoauth2|oauthbearer|none) USERNAME SECRET CA TIMEOUT FINAL MAX.  Prints a line a result; exit
 * status 1 when something failed.
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/crypto.h"
#include "gatewayd/base/file.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/net/imap.h"
#include "gatewayd/net/smtp.h"

static const char *env(const char *name, const char *otherwise)
{
	const char *v = getenv(name);

	return v ? v : otherwise;
}

static int env_number(const char *name, int otherwise)
{
	uint64_t v;

	return span_u64(span_of(env(name, "")), &v) ? (int)v : otherwise;
}

static int env_choice(const char *name, const char *const *choices)
{
	const char *v = env(name, choices[0]);
	int n = 0;

	while (choices[n] && strcmp(choices[n], v) != 0)
		n++;
	return choices[n] ? n : 0;
}

static struct conf_server server_from_env(void)
{
	static const char *const tls[] = { "implicit", "starttls", "none", NULL };
	static const char *const auth[] = { "plain", "xoauth2", "oauthbearer", "none", NULL };

	return (struct conf_server){
		.host = env("HOST", "localhost"),
		.port = env_number("PORT", 993),
		.tls = (enum conf_tls)env_choice("TLS", tls),
		.auth = (enum conf_auth)env_choice("AUTH", auth),
		.user = getenv("USERNAME"),
		.ca_file = getenv("CA"),
		.connect_timeout_s = env_number("TIMEOUT", 5),
		.command_timeout_s = env_number("TIMEOUT", 5),
	};
}

static int fail(const struct err *e)
{
	printf("error %s %s\n", err_class_name(e->class), e->text);
	return 1;
}

static int64_t fetched, fetched_bytes;

static void print_mail(void *ctx, const struct imap_mail *m)
{
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE] = "-", chunk[16384];
	struct imap_mail mail = *m;
	struct sha256 h;
	ssize_t n;

	fetched++;
	fetched_bytes += m->length;
	if (ctx && m->came) {
		sha256_init(&h);
		sha256_update(&h, (struct span){ m->here, m->here ? (size_t)m->length : 0 });
		while ((n = read(m->fd, chunk, sizeof(chunk))) > 0)
			sha256_update(&h, (struct span){ chunk, (size_t)n });
		sha256_final(&h, digest);
		hex_encode(digest, sizeof(digest), hex);
	}
	if (ctx || !m->came)
		printf("mail uid=%u present=%d received_at=%" PRId64 " size=%" PRId64
		       " length=%" PRId64 " truncated=%d differs=%d gone=%d sha256=%s\n",
		       m->uid, m->present, m->received_at, m->size, m->length, m->truncated,
		       m->size_differs, !m->came, hex);
	imap_mail_release(&mail);
}

static int fetch_some(struct imap *i, const uint32_t *uids, size_t n, void *ctx, struct err *e)
{
	struct imap_mail mails[IMAP_RANGE_MAX];
	size_t present = 0;

	for (size_t k = 0; k < n; k++)
		mails[k].uid = uids[k];
	if (imap_describe(i, mails, n, e) < 0)
		return -1;
	for (size_t k = 0; k < n; k++)
		if (mails[k].present)
			mails[present++] = mails[k];
	if (imap_fetch(i, mails, present, env_number("MAX", 26214400), print_mail, ctx, e) < 0)
		return -1;
	for (size_t k = 0; k < present; k++)
		if (!mails[k].came)
			print_mail(ctx, &mails[k]);
	return 0;
}

static int in_ranges(struct imap *i, const char *action, const char *processed, struct err *e)
{
	uint32_t *uids = NULL;
	size_t n = 0;
	int64_t from = clock_wait_ms();
	int r = imap_list(i, &uids, &n, e);

	for (size_t k = 0; r == 0 && k < n; k += IMAP_RANGE_MAX) {
		size_t some = n - k < IMAP_RANGE_MAX ? n - k : IMAP_RANGE_MAX;

		if (strcmp(action, "move") == 0)
			r = imap_move(i, uids + k, some, processed, e);
		else if (strcmp(action, "list") != 0)
			r = fetch_some(i, uids + k, some, strcmp(action, "fetch") ? NULL : i, e);
	}
	if (r == 0)
		printf("%s %zu uids %" PRId64 " ms\n", action, n, clock_wait_ms() - from);
	mem_free(&uids);
	return r;
}

static int idle(struct imap *i, int seconds, struct err *e)
{
	static const char *const names[] = { "changed", "quiet", "woken" };
	enum imap_event event;

	puts("idling");
	if (imap_idle(i, -1, seconds * 1000, &event, e) < 0)
		return -1;
	printf("idle %s\n", names[event]);
	return 0;
}

static int idle_seconds(const char *action)
{
	uint64_t v = 1;

	span_u64(span_of(action + 5), &v);
	return (int)v;
}

static int run_imap(const struct connect_options *o, char **argv)
{
	struct imap *i = NULL;
	struct imap_folder folder;
	struct err e = { 0 };
	int r;

	if (imap_open(o, &i, &e) < 0)
		return fail(&e);
	r = imap_folder_ensure(i, argv[1], &e);
	if (r == 0)
		r = imap_select(i, argv[0], &folder, &e);
	if (r == 0)
		printf("selected uidvalidity=%u exists=%u idle=%d\n", folder.uidvalidity,
		       folder.exists, imap_can_idle(i));
	for (char **action = argv + 2; r == 0 && *action; action++)
		r = span_starts(span_of(*action), SPAN("idle="))
			? idle(i, idle_seconds(*action), &e)
			: in_ranges(i, *action, argv[1], &e);
	if (r < 0)
		printf("usable %d\n", imap_usable(i));
	imap_close(&i);
	return r < 0 ? fail(&e) : 0;
}

static int run_smtp(const struct connect_options *o, char **argv)
{
	struct smtp_lane_options options = { .connect = *o,
					     .final_timeout_s = env_number("FINAL", 10) };
	struct smtp_lane *lane = smtp_lane_new(&options);
	struct smtp_result r = { .class = SMTP_SENT };
	int64_t from = clock_wait_ms();
	int n = 0;

	for (char **file = argv + 2; *file; file++, n++) {
		struct buf message BUF_AUTO;

		buf_init(&message, SIZE_MAX);
		if (file_read(*file, &message) < 0)
			err(1, "%s", *file);
		smtp_lane_send(lane, argv[0], argv[1], buf_span(&message), &r);
		printf("%s scope=%s phase=%s code=%d enhanced=%s text=%s\n",
		       smtp_class_name(r.class), r.scope == SMTP_SCOPE_SERVER ? "server" : "mail",
		       smtp_phase_name(r.phase), r.code, r.enhanced, r.text);
	}
	printf("ended %d in %" PRId64 " ms\n", n, clock_wait_ms() - from);
	smtp_lane_free(&lane);
	return r.class != SMTP_SENT;
}

int main(int argc, char **argv)
{
	struct conf_server server = server_from_env();
	struct connect_options o = { .server = &server,
				     .secret = getenv("SECRET"),
				     .helo = getenv("HELO") };
	struct err e = { 0 };
	int status;

	if (argc < 5) {
		fputs("usage: net_probe imap FOLDER PROCESSED ACTION... | smtp FROM TO FILE...\n",
		      stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	crypto_init();
	if (connect_global_init(&e) < 0)
		return fail(&e);
	status = strcmp(argv[1], "imap") == 0 ? run_imap(&o, argv + 2) : run_smtp(&o, argv + 2);
	connect_global_cleanup();
	return status;
}
