/*
 * Compressed RTF (MS-OXRTFCP), the form in which TNEF holds a message's body.
 */
#ifndef PARSER_RTF_H
#define PARSER_RTF_H

#include "gatewayd/base/buf.h"

/*
 * Appends the RTF to out, at most as many bytes as the stream says and out takes.  False when the
 * stream is none or ends early; what came out until then stays.
 */
bool rtf_expand(struct span stream, struct buf *out);

#endif
