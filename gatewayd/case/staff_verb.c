#include "gatewayd/case/staff_verb.h"

const char *staff_verb_name(enum staff_verb verb)
{
	static const char *const names[] = {
#define X(id, verb, runs, needs, told) verb,
		STAFF_VERBS(X)
#undef X
		    "unknown",
	};

	return names[verb];
}

enum word staff_verb_usage(enum staff_verb verb)
{
	static const enum word words[] = {
#define X(id, verb, runs, needs, told) WORD_USAGE_##id,
		STAFF_VERBS(X)
#undef X
	};

	return words[verb];
}

enum word staff_verb_help(enum staff_verb verb)
{
	static const enum word words[] = {
#define X(id, verb, runs, needs, told) WORD_HELP_##id,
		STAFF_VERBS(X)
#undef X
	};

	return words[verb];
}

bool staff_verb_needs_case(enum staff_verb verb)
{
	enum { NO_CASE, CASE };
	static const bool needs_case[] = {
#define X(id, verb, runs, needs, told) needs == CASE,
		STAFF_VERBS(X)
#undef X
		    true,
	};

	return needs_case[verb];
}

bool staff_verb_in_notices(enum staff_verb verb)
{
	enum { HELP, NOTICES };
	static const bool in_notices[] = {
#define X(id, verb, runs, needs, told) told == NOTICES,
		STAFF_VERBS(X)
#undef X
		    false,
	};

	return in_notices[verb];
}
