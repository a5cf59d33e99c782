/*
 * Files that do something when they are opened: programs, scripts, pages, documents with macros.
 *
 * Told by the end of the name, by the type that the sender gave, or by what the bytes begin with;
 * one of them is enough.  No promise that all others are harmless.
 */
#ifndef GATEWAYD_POST_FILE_TYPE_H
#define GATEWAYD_POST_FILE_TYPE_H

#include "gatewayd/post/mime_write.h"

bool file_runs(const struct mime_attachment *file);

#endif
