/*
 * Mails that a mailbox lists and does not give: no body, another length than RFC822.SIZE says, or
 * the session dies at it, or at its description; and those that core refuses.
 *
 * Each is tried TROUBLE_TRIES times with back-off, then it is set aside: it stays where it is, is
 * named with the server's words, and is tried again each TROUBLE_ASIDE_MS.  In place: zeroed is
 * empty.  Times are of clock_wait_ms().
 */
#ifndef GATEWAYD_POLLER_TROUBLES_H
#define GATEWAYD_POLLER_TROUBLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TROUBLE_TRIES = 4,
	TROUBLE_ASIDE_MS = 10 * 60 * 1000,
	TROUBLE_WORDS_MAX = 320,
	TROUBLES_MAX = 4096, /* remembered; those over it are tried at each look */
};

struct trouble {
	uint32_t uid;
	unsigned tries;
	int64_t until_ms; /* leave it alone until then */
	bool listed;
	bool undescribed; /* the session ended where it was described */
	char words[TROUBLE_WORDS_MAX];
};

struct troubles {
	struct trouble *v;
	size_t n, cap;
};

void troubles_release(struct troubles *t);
/* One more try failed.  True when it is set aside by this. */
bool troubles_add(struct troubles *t, uint32_t uid, const char *words, int64_t now_ms);
void troubles_drop(struct troubles *t, uint32_t uid); /* core has it */
/* How many of the next n UIDs may go together: one that made trouble before goes alone; all do when
 * solo. */
size_t troubles_together(const struct troubles *t, const uint32_t *uids, bool solo, size_t n);
bool troubles_has(const struct troubles *t, uint32_t uid);
bool troubles_wait(const struct troubles *t, uint32_t uid, int64_t now_ms); /* leave it alone now */
/* One that was added: the session ended where it was described, so it is described by itself. */
void troubles_undescribed(struct troubles *t, uint32_t uid);
bool troubles_is_undescribed(const struct troubles *t, uint32_t uid);
/* A look at the folder: begin, seen for each UID, end; those that were not seen are forgotten. */
void troubles_look_begin(struct troubles *t);
void troubles_look_seen(struct troubles *t, uint32_t uid);
void troubles_look_end(struct troubles *t);
/* When the next one is due; INT64_MAX: none. */
int64_t troubles_due(const struct troubles *t);
/* How many are set aside; *ret_first is the first of them, untouched when there is none. */
size_t troubles_aside(const struct troubles *t, const struct trouble **ret_first);

#endif
