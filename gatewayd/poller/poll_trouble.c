#include "gatewayd/poller/poll_trouble.h"

#include <inttypes.h>
#include <stdio.h>

#include "gatewayd/base/clock.h"

void poll_trouble(const struct poll_sender *s, struct troubles *t, uint32_t uid, const char *words)
{
	if (troubles_add(t, uid, words, clock_wait_ms()))
		poll_post_aside(s, uid, words);
}

void poll_trouble_bodies(const struct poll_sender *s, struct troubles *t, const struct imap *imap,
			 const struct imap_mail *bad, size_t n)
{
	struct buf words BUF_AUTO;
	char text[TROUBLE_WORDS_MAX];

	buf_init(&words, TROUBLE_WORDS_MAX / 2);
	imap_last_words(imap, &words);
	for (size_t k = 0; k < n; k++) {
		if (bad[k].length < 0)
			snprintf(text, sizeof(text), "the server gives no body and says: %s",
				 buf_cstr(&words));
		else
			snprintf(text, sizeof(text),
				 "RFC822.SIZE is %" PRId64 ", the body has %" PRId64
				 " bytes, and the server says: %s",
				 bad[k].size, bad[k].length, buf_cstr(&words));
		poll_trouble(s, t, bad[k].uid, text);
	}
}

void poll_trouble_listed(const struct poll_sender *s, struct troubles *t,
			 const struct imap_mail *mails, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		troubles_look_seen(t, mails[k].uid);
		if (!mails[k].present && !troubles_wait(t, mails[k].uid, clock_wait_ms()))
			poll_trouble(s, t, mails[k].uid,
				     "the server lists it, and says nothing of it");
	}
}
