/*
 * A schema of the PostgreSQL that the environment names (STORE_ADDRESS=postgresql://...), for one
 * store: what a file in a private folder is to SQLite.
 */
#ifndef TESTS_STORE_SCHEMA_H
#define TESTS_STORE_SCHEMA_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct schema {
	char name[64]; /* "": the environment names no server */
	char address[256];
};

/* "CREATE SCHEMA name", "DROP SCHEMA name CASCADE". */
static inline void schema_do(const struct schema *s, const char *verb, const char *how)
{
	PGconn *c = PQconnectdb(getenv("STORE_ADDRESS"));
	char text[160];
	PGresult *r;

	snprintf(text, sizeof(text), "%s SCHEMA %s %s", verb, s->name, how);
	r = PQexec(c, text);
	if (PQresultStatus(r) != PGRES_COMMAND_OK) {
		fprintf(stderr, "%s: %s", text, PQerrorMessage(c));
		abort();
	}
	PQclear(r);
	PQfinish(c);
}

/* Whether there is one; false: use a file. */
static inline bool schema_make(struct schema *s)
{
	static int count;
	const char *server = getenv("STORE_ADDRESS");

	memset(s, 0, sizeof(*s));
	if (!server)
		return false;
	snprintf(s->name, sizeof(s->name), "test_%d_%d", (int)getpid(), ++count);
	schema_do(s, "CREATE", "");
	snprintf(s->address, sizeof(s->address), "%s%coptions=-csearch_path%%3D%s", server,
		 strchr(server, '?') ? '&' : '?', s->name);
	return true;
}

static inline void schema_drop(struct schema *s)
{
	if (s->name[0])
		schema_do(s, "DROP", "CASCADE");
	s->name[0] = '\0';
}

#endif
