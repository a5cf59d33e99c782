#include "parser/reply_markers.h"

enum reply_hint_kind reply_marker_find(const char *element, const char *const *attributes)
{
	(void)element;
	(void)attributes;
	return REPLY_HINT_NONE;
}
