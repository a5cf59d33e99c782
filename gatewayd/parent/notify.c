#include "gatewayd/parent/notify.h"

#include <inttypes.h>
#include <systemd/sd-daemon.h>

void notify_ready(void)
{
	sd_notify(0, "READY=1\nSTATUS=");
}

void notify_reloading(int64_t monotonic_us)
{
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIi64, monotonic_us);
}

void notify_stopping(void)
{
	sd_notify(0, "STOPPING=1");
}

void notify_alive(void)
{
	sd_notify(0, "WATCHDOG=1");
}

void notify_opening(int64_t more_ms)
{
	sd_notifyf(0,
		   "WATCHDOG=1\nEXTEND_TIMEOUT_USEC=%" PRIi64
		   "\nSTATUS=The store is being opened; after an upgrade that takes a while.",
		   more_ms * 1000);
}

int64_t notify_watchdog_ms(void)
{
	uint64_t us = 0;

	return sd_watchdog_enabled(0, &us) > 0 ? (int64_t)(us / 2000) : 0;
}
