#include "parser/tnef.h"

void tnef_read(struct span stream, struct reading *r,
	       void (*found)(void *ctx, const struct tnef_file *file), void *ctx)
{
	(void)stream;
	(void)r;
	(void)found;
	(void)ctx;
}
