/* The home of libsystemd: what the service manager is told, when there is one. */
#ifndef GATEWAYD_PARENT_NOTIFY_H
#define GATEWAYD_PARENT_NOTIFY_H

#include <stdint.h>

void notify_ready(void);
void notify_reloading(int64_t monotonic_us); /* notify_ready() ends it */
void notify_stopping(void);
void notify_alive(void);
void notify_opening(int64_t more_ms); /* the start may take so much longer, and is no failure */
/* Half of the watchdog's time in milliseconds; 0: there is no watchdog. */
int64_t notify_watchdog_ms(void);

#endif
