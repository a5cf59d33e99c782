/*
 * A thread that crashes takes its process along; a note says whose it was, so that the parent can
 * give a mailbox that does it again a process of its own.
 */
#ifndef GATEWAYD_POLLER_CRASH_H
#define GATEWAYD_POLLER_CRASH_H

/* From now on a crash writes the number of the thread that it happened in to this descriptor, as an
 * int, and ends the process with POLLER_CRASHED (wire/setup_poller.h); in a thread without a number
 * it is as it would be without. */
void crash_watch(int note);
/* Of the calling thread: which mailbox of the set-up it is. */
void crash_number(int number);

#endif
