/*
 * The file beside the store, its name with "-trap" behind, by which a test says what is to go
 * wrong.
 */
#ifndef TESTS_TRAPS_TRAP_H
#define TESTS_TRAPS_TRAP_H

/* The number behind the word that begins the file; -1: it has none of that name, or this process
 * has not opened a store. */
long trap(const char *word);

#endif
