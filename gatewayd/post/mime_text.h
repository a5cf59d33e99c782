/*
 * The text of a message that mime_write() made, for who asks what was sent.
 */
#ifndef GATEWAYD_POST_MIME_TEXT_H
#define GATEWAYD_POST_MIME_TEXT_H

#include "gatewayd/base/arena.h"

/* In the arena, valid UTF-8; "": there is no such part. */
struct span mime_text(struct span message, struct arena *a);

#endif
