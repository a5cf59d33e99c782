#include "gatewayd/core/migrating.h"

#include "gatewayd/base/log.h"
#include "gatewayd/base/run_note.h"
#include "gatewayd/base/units.h"

enum { SAY_MS = 10000 };

static void put_note(const struct migrating *at, const struct store_migrating *m)
{
	struct buf line BUF_AUTO;
	struct civil t;
	struct err e;

	buf_init(&line, RUN_NOTE_MAX);
	civil_from_utc(at->since, &t);
	buf_addf(&line, "it migrates the store: %s, %d of %d, since %02d:%02d:%02d UTC", m->name,
		 m->n, m->of, t.hour, t.minute, t.second);
	if (m->written)
		buf_addf(&line, ", %lld MiB written", (long long)(m->written / MIB));
	if (run_note_put(at->socket, buf_span(&line), &e) < 0)
		log_event(LOG_WARNING, "store.no-note", log_reason(&e));
}

static void say(const struct migrating *at, const struct store_migrating *m, int64_t now_ms)
{
	log_event(LOG_NOTICE,
		  m->step == STORE_MIGRATION_DONE ? "store.migrated" : "store.migrating",
		  log_text("migration", m->name), log_int("n", m->n), log_int("of", m->of),
		  log_int("seconds", (now_ms - at->since_ms) / 1000),
		  log_int("written_mb", m->written / MIB));
}

void migrating_told(void *ctx, const struct store_migrating *m)
{
	struct migrating *at = ctx;
	int64_t now_ms = clock_monotonic_ms(at->clock);

	if (m->step == STORE_MIGRATION_GOES_ON && now_ms - at->said_ms < SAY_MS)
		return;
	if (m->step == STORE_MIGRATION_BEGINS) {
		at->since = clock_now(at->clock);
		at->since_ms = now_ms;
	}
	at->said_ms = now_ms;
	say(at, m, now_ms);
	if (m->step != STORE_MIGRATION_DONE)
		put_note(at, m);
}

void migrating_over(const struct migrating *at)
{
	run_note_drop(at->socket);
}
