/*
 * The size of a picture, from its first bytes: PNG, GIF, JPEG.  Pure; the bytes are from outside.
 */
#ifndef GATEWAYD_MAIL_PICTURE_H
#define GATEWAYD_MAIL_PICTURE_H

#include "gatewayd/base/str.h"

struct picture {
	uint32_t width, height; /* pixels */
};

/* false: another kind, or cut before its size. */
bool picture_read(struct span bytes, struct picture *ret_picture);

#endif
