#include "gatewayd/parent/downs.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gatewayd/base/log.h"
#include "gatewayd/wire/setup_poller.h"

/* As poller/crash.c wrote it; -1: nothing of use stands there. */
static int read_note(int note)
{
	int number;

	return pread(note, &number, sizeof(number), 0) == sizeof(number) ? number : -1;
}

bool downs_note(struct conf *conf, uint32_t instance, int status, int note)
{
	bool crashed = WIFEXITED(status) && WEXITSTATUS(status) == POLLER_CRASHED;
	int number = crashed ? read_note(note) : -1;
	size_t at;

	if (number < 0 || !setup_poller_find(conf, instance, (size_t)number, &at))
		return false;
	conf->mailboxes[at].downs++;
	log_event(LOG_ERROR, "mailbox.crashed", log_text("mailbox", conf->mailboxes[at].name),
		  log_int("times", conf->mailboxes[at].downs),
		  log_text("reason", conf->mailboxes[at].downs < POLLER_DOWNS
					 ? "its process is started again"
					 : "from now on it has a process of its own"));
	return conf->mailboxes[at].downs == POLLER_DOWNS;
}

void downs_keep(const struct conf *conf, struct conf *next)
{
	for (size_t i = 0; i < next->mailbox_count; i++)
		for (size_t k = 0; k < conf->mailbox_count; k++)
			if (strcmp(next->mailboxes[i].name, conf->mailboxes[k].name) == 0)
				next->mailboxes[i].downs = conf->mailboxes[k].downs;
}
