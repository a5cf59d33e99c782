/* Stories with one fault, at some of the operations at which it can come (tests/simulate/points.h).
 */
#include <glob.h>
#include <stdio.h>

#include "tests/simulate/points.h"

#define STORIES "tests/simulate/steps/*.txt"

enum { EVERY = 97 }; /* make points: each of them */

int main(void)
{
	glob_t found = { 0 };
	int failed = 0;

	play_init();
	if (glob(STORIES, 0, NULL, &found) != 0)
		return 1;
	printf("1..%zu\n", found.gl_pathc);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct points points;
		bool good = points_file(found.gl_pathv[i], EVERY, &points);

		failed += !good;
		printf("%sok %zu - %s: %ld points, %ld lost, %ld doubled\n", good ? "" : "not ",
		       i + 1, found.gl_pathv[i], points.tried, points.lost, points.doubled);
		fflush(stdout);
	}
	globfree(&found);
	return failed ? 1 : 0;
}
