#include "gatewayd/poller/crash.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "gatewayd/wire/setup_poller.h"

/* A handler has no other way to know. */
static _Thread_local int of_thread = -1;
static int note_fd = -1;

static void on_crash(int signal)
{
	if (of_thread >= 0 && write(note_fd, &of_thread, sizeof(of_thread)) == sizeof(of_thread))
		_exit(POLLER_CRASHED);
	raise(signal); /* SA_RESETHAND: now it ends the process */
}

void crash_watch(int note)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
	struct sigaction action = { .sa_handler = on_crash, .sa_flags = (int)SA_RESETHAND };

	note_fd = note;
	for (size_t i = 0; i < sizeof(crashes) / sizeof(*crashes); i++)
		(void)sigaction(crashes[i], &action, NULL);
}

void crash_number(int number)
{
	of_thread = number;
}
