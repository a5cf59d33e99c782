/* A plan as a configuration: conf/setup.conf filled in.  Pure. */
#ifndef GATEWAYD_BEGIN_BEGIN_RENDER_H
#define GATEWAYD_BEGIN_BEGIN_RENDER_H

#include "gatewayd/base/buf.h"
#include "gatewayd/begin/begin_plan.h"

int begin_render(const struct begin_plan *p, struct arena *a, struct buf *out, struct err *e);

#endif
