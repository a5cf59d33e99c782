/*
 * One round of each reader after the other over the mails of a file, as often as told.
 *
 *	bench_parse ROUNDS FILE		FILE: mails, each behind its length as four bytes, low first
 *
 * Prints for each reader: name, CPU seconds of its best and of its median round, bytes decoded.
 * tests/bench/parse runs it and makes the table.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "parser/parser.h"
#include "tests/bench/parse_others.h"

enum { ROUNDS_MAX = 1000 };

static struct parser *parser;
static struct arena arena;

static void count_bytes(void *ctx, struct span piece)
{
	*(size_t *)ctx += piece.n;
}

/* What the parse child does: all attachments decoded, text, reply, kind, the record encoded. */
static size_t gatewayd_read(struct span mail)
{
	static struct buf record;
	size_t bytes = 0;
	struct parser_sink sink = { .write = count_bytes, .ctx = &bytes };
	struct facts f;

	arena_reset(&arena);
	if (!record.max)
		buf_init(&record, (size_t)1 << 30);
	buf_clear(&record);
	parser_parse(parser, mail, &sink, &arena, &f);
	facts_encode(&f, &record);
	return bytes + f.text.n;
}

static const struct reader {
	const char *name;
	size_t (*read)(struct span mail);
} readers[] = { { "gatewayd", gatewayd_read }, { "GMime", gmime_read }, { "floor", floor_read } };

enum { READERS = sizeof(readers) / sizeof(*readers) };

static struct span read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct buf all;
	char *room;

	if (!f)
		err(1, "%s", path);
	buf_init(&all, (size_t)1 << 30);
	while ((room = buf_room(&all, 1 << 20))) {
		size_t n = fread(room, 1, 1 << 20, f);

		all.n += n;
		if (n == 0)
			break;
	}
	fclose(f);
	return buf_span(&all);
}

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double one_round(const struct reader *r, struct span all, size_t *ret_bytes)
{
	double start = cpu_seconds();

	*ret_bytes = 0;
	while (all.n >= 4) {
		const unsigned char *p = (const unsigned char *)all.p;
		size_t n = p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;

		*ret_bytes += r->read(span_sub(all, 4, n));
		all = span_sub(all, 4 + n, SIZE_MAX);
	}
	return cpu_seconds() - start;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int main(int argc, char **argv)
{
	static double took[READERS][ROUNDS_MAX];
	size_t rounds = argc > 2 ? (size_t)strtoul(argv[1], NULL, 10) : 0, bytes[READERS];
	struct span all;

	if (rounds == 0 || rounds > ROUNDS_MAX)
		errx(2, "usage: bench_parse ROUNDS FILE");
	all = read_file(argv[2]);
	parser = parser_new();
	arena_init(&arena);
	gmime_begin();
	for (size_t round = 0; round < rounds; round++)
		for (size_t i = 0; i < READERS; i++)
			took[i][round] = one_round(&readers[i], all, &bytes[i]);
	for (size_t i = 0; i < READERS; i++) {
		qsort(took[i], rounds, sizeof(took[i][0]), by_size);
		printf("%s %.9f %.9f %zu\n", readers[i].name, took[i][0], took[i][rounds / 2],
		       bytes[i]);
	}
	arena_release(&arena);
	parser_free(&parser);
	return 0;
}
