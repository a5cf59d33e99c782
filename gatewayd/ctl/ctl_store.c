/* store copy: into another engine, while no daemon has either of the two */
#include <inttypes.h>
#include <sysexits.h>
#include <unistd.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/ctl/ctl_ask.h"
#include "gatewayd/ctl/ctl_progress.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_safe.h"
#include "gatewayd/ctl/ctl_view.h"
#include "store/store_transfer.h"

struct shown {
	struct ctl_progress line;
	enum store_transfer_phase phase;
};

static const char *const counted[] = { [TRANSFER_ROWS] = "rows copied",
				       [TRANSFER_COMPARE] = "rows compared",
				       [TRANSFER_FINISH] = "indexes and references" };

/* Each phase has a line and a time of its own. */
static void progress(void *ctx, enum store_transfer_phase phase, int64_t done, int64_t total)
{
	struct shown *shown = ctx;

	if (shown->phase != phase) {
		ctl_progress_end(&shown->line);
		shown->line = ctl_progress_begin(counted[phase]);
		shown->phase = phase;
	}
	ctl_progress_say(&shown->line, done, total);
}

static json_t *tables_view(const struct store_transferred *v, size_t n)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < n; i++) {
		char hex[2 * SHA256_SIZE + 1];

		hex_encode(v[i].sha256, SHA256_SIZE, hex);
		json_array_append_new(rows,
				      json_pack("{s:s, s:I, s:s}", "table", v[i].table, "rows",
						(json_int_t)v[i].rows, "sha256", hex));
	}
	return rows;
}

static void say_tables(struct ctl *c, const struct store_transferred *v, size_t n)
{
	int64_t rows = 0;

	for (size_t i = 0; i < n; i++) {
		char hex[2 * SHA256_SIZE + 1];

		hex_encode(v[i].sha256, SHA256_SIZE, hex);
		rows += v[i].rows;
		ctl_line(c, "%-16s %10" PRIi64 "  %s", v[i].table, v[i].rows, hex);
	}
	ctl_line(c, "The same on both sides: %" PRIi64 " rows of %zu tables.", rows, n);
	ctl_line(c,
		 "Put \"%s\" as store into the configuration, start the daemon, and never again "
		 "a daemon on the one it was copied from.",
		 c->words[1]);
}

/* An address may hold a password. */
static struct store_audit audit_of(const struct ctl *c)
{
	struct clock clock = clock_real();
	const char *from = store_is_file(c->words[0]) ? c->words[0] : "PostgreSQL";

	return (struct store_audit){
		.at = clock_now(&clock),
		.channel = AUDIT_STORE,
		.who = span_of(arena_printf(c->d->arena, "uid:%lld", (long long)getuid())),
		.action = span_of(c->verb->name),
		.detail = span_of(arena_printf(c->d->arena, "from %s", from)),
	};
}

int ctl_store_copy_local(struct ctl *c)
{
	struct shown shown = { ctl_progress_begin(counted[TRANSFER_ROWS]), TRANSFER_ROWS };
	const struct store_transfer t = { c->words[0], c->words[1], audit_of(c), progress, &shown };
	struct store_transferred *v;
	struct err e = { 0 };
	size_t n;
	int done = store_transfer(&t, c->d->arena, &v, &n, &e);

	ctl_progress_end(&shown.line);
	if (done < 0)
		return ctl_fail(c, &e);
	if (!c->json)
		say_tables(c, v, n);
	return ctl_done(c, json_pack("{s:o, s:o}", "store", json_of_span(span_of(c->words[1])),
				     "tables", tables_view(v, n)));
}
