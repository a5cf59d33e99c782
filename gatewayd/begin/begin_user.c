#include "gatewayd/begin/begin_user.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gatewayd/base/arena.h"
#include "gatewayd/begin/begin_plan.h"
#include "gatewayd/doctor/doctor.h"

enum { WORDS_MAX = 16, NOT_STARTED = -1 };

/* The words of the command between blanks; its exit status. */
static int run(const char *command)
{
	struct span rest = span_of(command);
	char *argv[WORDS_MAX + 1] = { 0 };
	struct arena a ARENA_AUTO;
	int status;
	pid_t pid;

	arena_init(&a);
	for (size_t n = 0; rest.n && n < WORDS_MAX; n++)
		argv[n] = arena_cstr(&a, span_cut(&rest, ' '));
	if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) != 0)
		return NOT_STARTED;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return NOT_STARTED;
	return WIFEXITED(status) ? WEXITSTATUS(status) : NOT_STARTED;
}

int begin_user_make(struct err *e)
{
	int status = run(DOCTOR_MAKES_USER);

	return status == 0 ? 0
			   : err_set(e, ERR_PERM,
				     "the user " BEGIN_USER " cannot be created (status %d): "
				     "create it by \"" DOCTOR_MAKES_USER
				     "\", or name another as daemon_user",
				     status);
}

void begin_user_remove(void)
{
	run("userdel " BEGIN_USER);
}
