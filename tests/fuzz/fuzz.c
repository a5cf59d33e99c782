/* libFuzzer's way in: the environment's FUZZ_TARGET says which target runs. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/targets.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static fuzz_fn *target;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("FUZZ_TARGET");

	(void)argc;
	(void)argv;
	target = fuzz_find(name ? name : "");
	if (!target) {
		fprintf(stderr, "FUZZ_TARGET names no target\n");
		exit(2);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	target((struct span){ size ? (const char *)data : "", size });
	return 0;
}
