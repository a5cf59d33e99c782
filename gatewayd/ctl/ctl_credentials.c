#include "gatewayd/ctl/ctl_credentials.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "conf/path.h"

#define UNIT   "gatewayd.service"
#define ACTIVE "/run/credentials/" UNIT

enum { SETTINGS_MAX = 64, UNIT_MAX = 256 * KIB };

static bool is_credential(struct span line)
{
	return span_starts(line, SPAN("LoadCredential=")) ||
	       span_starts(line, SPAN("LoadCredentialEncrypted=")) ||
	       span_starts(line, SPAN("SetCredential=")) ||
	       span_starts(line, SPAN("SetCredentialEncrypted="));
}

/* What the unit's files say, drop-ins included. */
static void read_unit(struct buf *out)
{
	FILE *f = popen("systemctl cat " UNIT " 2>/dev/null", "re");
	char piece[4096];
	size_t n;

	while (f && (n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(out, (struct span){ piece, n });
	if (f)
		pclose(f);
}

/* "-p", SETTING for each; how many words. */
static size_t find_settings(struct arena *a, struct span unit, char *words[2 * SETTINGS_MAX])
{
	struct span line;
	size_t n = 0;

	while (n < 2 * SETTINGS_MAX && span_line(&unit, &line))
		if (is_credential(line)) {
			words[n++] = arena_cstr(a, SPAN("-p"));
			words[n++] = arena_cstr(a, line);
		}
	return n;
}

/* LoadCredential=NAME:FILE; without a file, or with a relative one, systemd looks elsewhere. */
static bool is_there(struct arena *a, struct span line, struct ctl_credential *ret)
{
	struct span path = line, setting = span_cut(&path, '='), name = span_cut(&path, ':');

	if (!span_starts(setting, SPAN("LoadCredential")) || !span_starts(path, SPAN("/")))
		return true;
	*ret = (struct ctl_credential){ arena_cstr(a, name), arena_cstr(a, span_trim(path)), 0 };
	if (access(ret->path, R_OK) == 0)
		return true;
	ret->error = errno;
	return false;
}

static bool all_there(struct arena *a, struct span unit, struct ctl_credential *ret_missing)
{
	struct span line;

	while (span_line(&unit, &line))
		if (is_credential(line) && !is_there(a, line, ret_missing))
			return false;
	return true;
}

static void run_in_unit(struct ctl *c, const char *conf_path, const char *user, char **settings,
			size_t n)
{
	struct arena *a = c->d->arena;
	const char *const head[] = { "systemd-run",
				     "--quiet",
				     "--pipe",
				     "--wait",
				     "--collect",
				     "-p",
				     arena_printf(a, "User=%s", user) };
	char **argv = arena_alloc_n(a, n + (size_t)c->argc + 16, sizeof(*argv));
	char self[4096];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self));
	size_t k = 0;

	if (length <= 0)
		return;
	for (size_t i = 0; i < sizeof(head) / sizeof(*head); i++)
		argv[k++] = arena_cstr(a, span_of(head[i]));
	for (size_t i = 0; i < n; i++)
		argv[k++] = settings[i];
	argv[k++] = arena_cstr(a, (struct span){ self, (size_t)length });
	argv[k++] = arena_cstr(a, SPAN("-c"));
	argv[k++] = arena_cstr(a, span_of(conf_path));
	for (int i = 0; i < c->argc; i++)
		if (strcmp(c->argv[i], "--color") != 0)
			argv[k++] = arena_cstr(a, span_of(c->argv[i]));
	execvp(argv[0], argv);
}

bool ctl_credentials_take(struct ctl *c, const char *conf_path, const char *user,
			  struct ctl_credential *ret_missing)
{
	char *settings[2 * SETTINGS_MAX];
	struct buf unit BUF_AUTO = { 0 };
	size_t n;

	if (getenv("CREDENTIALS_DIRECTORY"))
		return true;
	if (path_is_folder(ACTIVE)) {
		setenv("CREDENTIALS_DIRECTORY", ACTIVE, 1);
		return true;
	}
	if (geteuid() != 0 || !user || !path_is_folder("/run/systemd/system"))
		return true;
	buf_init(&unit, UNIT_MAX);
	read_unit(&unit);
	if (!all_there(c->d->arena, buf_span(&unit), ret_missing))
		return false;
	n = find_settings(c->d->arena, buf_span(&unit), settings);
	if (n)
		run_in_unit(c, conf_path, user, settings, n);
	return true;
}
