/*
 * Counts for what a process waits at a PostgreSQL, by the statement; preloaded (LD_PRELOAD), read
 * by tests/bench/waits.py.
 *
 * The file that GATEWAYD_WAITS names is an array of struct line, which all processes share.  A wait
 * is a call of libpq that sends and does not return before the answer: one round trip.  What
 * is sent in pipeline mode is waited for once, and that counts for the last statement of it.
 */
#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/bench/preload.h"

enum { LINES = 512, NAME_MAX_SIZE = 40 };

struct line {
	char name[NAME_MAX_SIZE];
	_Atomic uint64_t sent, waits, ns;
};

static struct line nobody[LINES], *lines = nobody;
static struct line *last = nobody; /* of what was sent in pipeline mode */
static uint64_t since;
static bool is_inside; /* libpq calls its own functions */

__attribute__((constructor)) static void map_lines(void)
{
	void *p = preload_map("GATEWAYD_WAITS", sizeof(nobody));

	if (p)
		lines = last = p;
}

/* Of cores that begin at once two may share a line: what they name is there before anything is
 * measured. */
static struct line *line_of(const char *name)
{
	size_t i = 0;

	while (i < LINES - 1 && lines[i].name[0] &&
	       strncmp(lines[i].name, name, NAME_MAX_SIZE - 1) != 0)
		i++;
	if (!lines[i].name[0])
		snprintf(lines[i].name, NAME_MAX_SIZE, "%s", name);
	return &lines[i];
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* "BEGIN; SELECT 1 FROM node WHERE fence = 7" is one with each number. */
static struct line *line_of_text(const char *sql)
{
	char name[NAME_MAX_SIZE] = "";

	for (size_t i = 0; i < NAME_MAX_SIZE - 1 && sql[i]; i++)
		name[i] = sql[i] == '\n' ? ' ' : sql[i] >= '0' && sql[i] <= '9' ? '0' : sql[i];
	return line_of(name);
}

static void send_ahead(struct line *at)
{
	if (is_inside)
		return;
	last = at;
	at->sent++;
}

#define WAITED(where, call)                 \
	({                                  \
		struct line *at = (where);  \
		uint64_t began = now_ns();  \
		PGresult *result;           \
                                            \
		is_inside = true;           \
		result = (call);            \
		is_inside = false;          \
		at->sent++;                 \
		at->waits++;                \
		at->ns += now_ns() - began; \
		result;                     \
	})

PGresult *PQexec(PGconn *c, const char *sql)
{
	return WAITED(line_of_text(sql), NEXT(PQexec)(c, sql));
}

PGresult *PQexecParams(PGconn *c, const char *sql, int n, const Oid *types,
		       const char *const *values, const int *lengths, const int *formats,
		       int format)
{
	return WAITED(line_of_text(sql),
		      NEXT(PQexecParams)(c, sql, n, types, values, lengths, formats, format));
}

PGresult *PQprepare(PGconn *c, const char *name, const char *sql, int n, const Oid *types)
{
	return WAITED(line_of("(prepare)"), NEXT(PQprepare)(c, name, sql, n, types));
}

PGresult *PQexecPrepared(PGconn *c, const char *name, int n, const char *const *values,
			 const int *lengths, const int *formats, int format)
{
	return WAITED(line_of(name),
		      NEXT(PQexecPrepared)(c, name, n, values, lengths, formats, format));
}

int PQsendQueryPrepared(PGconn *c, const char *name, int n, const char *const *values,
			const int *lengths, const int *formats, int format)
{
	send_ahead(line_of(name));
	return NEXT(PQsendQueryPrepared)(c, name, n, values, lengths, formats, format);
}

int PQsendQueryParams(PGconn *c, const char *sql, int n, const Oid *types,
		      const char *const *values, const int *lengths, const int *formats, int format)
{
	send_ahead(line_of_text(sql));
	return NEXT(PQsendQueryParams)(c, sql, n, types, values, lengths, formats, format);
}

int PQpipelineSync(PGconn *c)
{
	last->waits++;
	since = now_ns();
	return NEXT(PQpipelineSync)(c);
}

int PQexitPipelineMode(PGconn *c)
{
	last->ns += now_ns() - since;
	return NEXT(PQexitPipelineMode)(c);
}
