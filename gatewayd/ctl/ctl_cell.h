/*
 * How many cells of a terminal a text takes: two for wide characters of East Asia and emoji, none
 * for what combines with the character before it.  The text is UTF-8 without hidden characters
 * (escape_visible()); a byte that is not counts as one cell.
 */
#ifndef GATEWAYD_CTL_CTL_CELL_H
#define GATEWAYD_CTL_CTL_CELL_H

#include "gatewayd/base/str.h"

int ctl_cell_width(uint32_t code);
int ctl_text_width(struct span s);
/* The longest prefix that fits in `room` cells; what combines stays with its character. */
struct span ctl_text_cut(struct span s, int room);

#endif
