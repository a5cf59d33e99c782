/*
 * The room that the web role asks: what stands on a page, for whom.
 *
 * Each answer is one JSON object (WEB_METRICS: text, WEB_FILE: the bytes).  It is made in slices
 * of at most 5 ms, one a turn, so that mail does not wait for who looks.  Nothing here changes a
 * case; a sign-in mails a link, an unsubscription is written down.  Who is signed in is kept here,
 * so that the role, which anybody can reach, has nothing that lets it in.
 */
#ifndef GATEWAYD_CORE_BOARD_H
#define GATEWAYD_CORE_BOARD_H

#include "gatewayd/core/grant_list.h"
#include "gatewayd/core/intake.h"
#include "gatewayd/core/timer.h"
#include "gatewayd/wire/web_talk.h"

enum { BOARD_SLICE_MS = 2 }; /* then no more pieces are begun; one takes about a millisecond */

struct board;

struct board *board_new(struct bench *b, struct intake *intake, struct timer *timer,
			const struct grant_list *grants);
void board_free(struct board **board);
int board_ask(struct board *board, struct peer *from, const struct web_ask *ask, struct err *e);
void board_turn(struct board *board);
void board_peer_gone(struct board *board, const struct peer *p);

#endif
