/*
 * What the migrations leave in a file of SQLite that had nothing, as one script: each of them, run
 * there, would have SQLite read most of the schema anew.
 *
 * Made at build time, from the migrations alone (snapshot_main.c).  What they take at random is
 * taken at random by the script, too.
 */
#ifndef STORE_SNAPSHOT_H
#define STORE_SNAPSHOT_H

extern const char snapshot_sqlite[];

#endif
