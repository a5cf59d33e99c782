#include "gatewayd/base/locked.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "gatewayd/base/crypto.h"

/* Pieces are of 32, 64, ... 4096 bytes; a chunk has pieces of one size. */
enum {
	SMALLEST = 32,
	SIZES = 8,
	CHUNK_BYTES = 64 * 1024,
	CHUNKS_MAX = 128,
};

struct piece {
	struct piece *next;
};

static struct pool {
	pthread_mutex_t lock;
	struct piece *free[SIZES];
	struct {
		char *p;
		unsigned int size;
	} chunks[CHUNKS_MAX];
	size_t chunk_count;
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER };

static size_t bytes_of(unsigned int size)
{
	return (size_t)SMALLEST << size;
}

static unsigned int size_for(size_t n)
{
	unsigned int size = 0;

	while (bytes_of(size) < n)
		size++;
	return size;
}

/* --- with the lock held --- */

static void put_free(unsigned int size, void *p)
{
	struct piece *piece = p;

	piece->next = pool.free[size];
	pool.free[size] = piece;
}

static bool add_chunk(unsigned int size)
{
	char *p;

	if (pool.chunk_count == CHUNKS_MAX)
		return false;
	p = mmap(NULL, CHUNK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return false;
	crypto_lock(p, CHUNK_BYTES);
	pool.chunks[pool.chunk_count].p = p;
	pool.chunks[pool.chunk_count++].size = size;
	for (size_t at = CHUNK_BYTES; at; at -= bytes_of(size))
		put_free(size, p + at - bytes_of(size));
	return true;
}

static void *take(unsigned int size)
{
	struct piece *piece;

	if (!pool.free[size] && !add_chunk(size))
		return NULL;
	piece = pool.free[size];
	pool.free[size] = piece->next;
	piece->next = NULL;
	return piece;
}

/* SIZES: it is none of the pool's. */
static unsigned int size_of(const void *p)
{
	for (size_t i = 0; i < pool.chunk_count; i++) {
		uintptr_t chunk = (uintptr_t)pool.chunks[i].p;

		if ((uintptr_t)p >= chunk && (uintptr_t)p < chunk + CHUNK_BYTES)
			return pool.chunks[i].size;
	}
	return SIZES;
}

/* --- for all --- */

static unsigned int locked_size(const void *p)
{
	unsigned int size;

	pthread_mutex_lock(&pool.lock);
	size = size_of(p);
	pthread_mutex_unlock(&pool.lock);
	return size;
}

void *locked_malloc(size_t n)
{
	void *p = NULL;

	if (n <= LOCKED_BYTES_MAX) {
		pthread_mutex_lock(&pool.lock);
		p = take(size_for(n));
		pthread_mutex_unlock(&pool.lock);
	}
	return p ? p : malloc(n ? n : 1);
}

void locked_free(void *p)
{
	unsigned int size = locked_size(p);

	if (size == SIZES) {
		free(p);
		return;
	}
	crypto_wipe(p, bytes_of(size));
	pthread_mutex_lock(&pool.lock);
	put_free(size, p);
	pthread_mutex_unlock(&pool.lock);
}

void *locked_calloc(size_t count, size_t size)
{
	size_t n;
	void *p;

	if (__builtin_mul_overflow(count, size, &n))
		return NULL;
	p = locked_malloc(n);
	if (p)
		memset(p, 0, n);
	return p;
}

/* A piece that outgrows the pool is copied out of it. */
void *locked_realloc(void *p, size_t n)
{
	unsigned int size = p ? locked_size(p) : SIZES;
	void *moved;

	if (p && size == SIZES)
		return realloc(p, n ? n : 1);
	if (p && n <= bytes_of(size))
		return p;
	moved = locked_malloc(n);
	if (moved && p) {
		memcpy(moved, p, bytes_of(size));
		locked_free(p);
	}
	return moved;
}

char *locked_strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = locked_malloc(n);

	return copy ? memcpy(copy, s, n) : NULL;
}
