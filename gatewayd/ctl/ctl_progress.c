#include "gatewayd/ctl/ctl_progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "gatewayd/base/units.h"

enum {
	SAY_MS = 200,	 /* between two lines */
	KNOWN_MS = 1000, /* before that, what is left is a guess */
	CLEAR = 72,
};

struct ctl_progress ctl_progress_begin(const char *what)
{
	struct ctl_progress p = { .what = what,
				  .clock = clock_real(),
				  .shown = isatty(STDERR_FILENO) };

	p.begun_ms = p.said_ms = clock_monotonic_ms(&p.clock);
	return p;
}

static void add_duration(int64_t seconds, struct buf *out)
{
	if (seconds >= HOUR_S)
		buf_addf(out, "%" PRIi64 " h %" PRIi64 " min", seconds / HOUR_S,
			 seconds % HOUR_S / 60);
	else if (seconds >= 60)
		buf_addf(out, "%" PRIi64 " min", (seconds + 30) / 60);
	else
		buf_addf(out, "%" PRIi64 " s", seconds);
}

void ctl_progress_text(const char *what, int64_t done, int64_t total, int64_t elapsed_ms,
		       struct buf *out)
{
	buf_addf(out, "%" PRIi64 " of %" PRIi64 " %s", done, total, what);
	if (done <= 0 || done >= total || elapsed_ms < KNOWN_MS)
		return;
	buf_adds(out, ", ");
	add_duration((int64_t)((double)elapsed_ms / (double)done * (double)(total - done) / 1000),
		     out);
	buf_adds(out, " left");
}

void ctl_progress_say(struct ctl_progress *p, int64_t done, int64_t total)
{
	int64_t now = clock_monotonic_ms(&p->clock);
	struct buf text BUF_AUTO;

	buf_init(&text, 256);
	if (!p->shown || (now - p->said_ms < SAY_MS && done < total))
		return;
	p->said_ms = now;
	ctl_progress_text(p->what, done, total, now - p->begun_ms, &text);
	fprintf(stderr, "\r%-*s", CLEAR, buf_cstr(&text));
}

void ctl_progress_end(struct ctl_progress *p)
{
	if (p->shown)
		fprintf(stderr, "\r%-*s\r", CLEAR, "");
}
