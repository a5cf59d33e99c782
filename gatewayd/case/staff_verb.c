#include "gatewayd/case/staff_verb.h"

const char *staff_verb_name(enum staff_verb verb)
{
	static const char *const names[] = {
#define X(id, verb, run) verb,
		STAFF_VERBS(X)
#undef X
		    "unknown",
	};

	return names[verb];
}

enum word staff_verb_usage(enum staff_verb verb)
{
	static const enum word words[] = {
#define X(id, verb, run) WORD_USAGE_##id,
		STAFF_VERBS(X)
#undef X
	};

	return words[verb];
}

enum word staff_verb_help(enum staff_verb verb)
{
	static const enum word words[] = {
#define X(id, verb, run) WORD_HELP_##id,
		STAFF_VERBS(X)
#undef X
	};

	return words[verb];
}
