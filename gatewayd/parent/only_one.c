#include "gatewayd/parent/only_one.h"

#include "gatewayd/base/log.h"
#include "gatewayd/base/run_lock.h"

bool only_one(const char *socket)
{
	struct err e;

	if (run_lock_take(socket, &e) == 0)
		return true;
	log_event(e.class == ERR_TEMP ? LOG_ERROR : LOG_WARNING,
		  e.class == ERR_TEMP ? "gatewayd.failed" : "gatewayd.no-lock", log_reason(&e));
	return e.class != ERR_TEMP;
}
