#include "gatewayd/base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gatewayd/base/clock.h"

enum { LINE_MAX_BYTES = 2048 };

static const char *log_role = "gatewayd";
static enum log_level log_most = LOG_INFO;
static bool log_journal;

void log_open(const char *role, enum log_level most)
{
	log_role = role;
	log_most = most;
	log_journal = getenv("JOURNAL_STREAM") != NULL;
}

/* Control bytes as \xNN, so that a line stays a line whatever a peer said. */
static size_t escape(const char *in, char *out, size_t room)
{
	size_t n = 0;

	for (; *in && n + 5 < room; in++) {
		unsigned char c = (unsigned char)*in;

		if (c < 0x20 || c == 0x7f)
			n += (size_t)snprintf(out + n, room - n, "\\x%02x", c);
		else
			out[n++] = (char)c;
	}
	out[n] = '\0';
	return n;
}

static void prefix(enum log_level level, char *out, size_t room)
{
	char now[TIME_TEXT_MAX];
	struct clock real = clock_real();

	if (log_journal)
		snprintf(out, room, "<%d>%s: ", (int)level, log_role);
	else
		snprintf(out, room, "%s %s[%d]: ", time_rfc3339(clock_now(&real), now), log_role,
			 (int)getpid());
}

void log_event(enum log_level level, const char *event, const char *fmt, ...)
{
	char text[LINE_MAX_BYTES / 2], line[LINE_MAX_BYTES];
	va_list ap;
	size_t n;
	ssize_t written;

	if (level > log_most)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	prefix(level, line, sizeof(line) / 4);
	n = strlen(line);
	n += (size_t)snprintf(line + n, sizeof(line) / 4, "event=%s ", event);
	n += escape(text, line + n, sizeof(line) - n - 1);
	line[n++] = '\n';
	/* One write a line, so that lines of several roles do not mix; nobody to tell when it
	 * fails. */
	written = write(STDERR_FILENO, line, n);
	(void)written;
}
