/*
 * The routing rules of a policy, ready for one pass over a mail (conf/policy/README.md section 6).
 *
 * A term is a phrase of the lexicon, or a class of the vocabulary: `<shop>` stands for any of that
 * class's phrases.  Phrases are numbered from 0, class i is rulebook_class_term(i).  Everything
 * lives in the arena of the conf.
 */
#ifndef CONF_RULEBOOK_H
#define CONF_RULEBOOK_H

#include "conf/policy.h"
#include "gatewayd/base/arena.h"
#include "gatewayd/base/lexicon.h"

/* " .. ": one behind the other, in the same sentence and not far. */
struct rulebook_run {
	int *terms;
	size_t n;
};

enum rulebook_join {
	RULEBOOK_SAME,	  /* " & ": in the same sentence as the first */
	RULEBOOK_WITHOUT, /* " ! ": not in that sentence */
	RULEBOOK_ALSO,	  /* " + ": anywhere in the mail */
	RULEBOOK_LACKS,	  /* " - ": nowhere in the mail */
};

struct rulebook_clause {
	enum rulebook_join join; /* of the first: RULEBOOK_SAME */
	struct rulebook_run run;
};

struct rulebook_score {
	const char *entry; /* as the rule has it */
	int weight;
	enum policy_place place;
	struct rulebook_clause *clauses;
	size_t n;
};

struct rulebook_class {
	const char *name;
	struct rulebook_run *runs; /* those of more than a phrase */
	size_t n;
};

struct rulebook_member { /* a phrase that is of a class as it is */
	int class;	 /* its term */
	int next;	 /* another class of the same phrase, or -1 */
};

struct rulebook_rule {				   /* of the policy's rule of the same index */
	struct rulebook_run subject, text, either; /* any of these terms; no order */
	struct rulebook_score *scores;
	size_t score_count;
};

struct rulebook {
	struct lexicon *lexicon;
	struct lexicon *deciding; /* where none of its phrases stands nothing is said; or NULL */
	struct rulebook_member *members;
	size_t member_count;
	int *member_of;	     /* of each phrase that has a class, the first of its members, or -1 */
	size_t phrase_count; /* of member_of; phrases behind have no class */
	struct rulebook_class *classes; /* one names only those before it */
	size_t class_count;
	struct rulebook_rule *rules;
};

static inline int rulebook_class_term(size_t i)
{
	return -1 - (int)i;
}

static inline size_t rulebook_class_of(int term)
{
	return (size_t)(-1 - term);
}

/* What the policy's vocabulary lacks is passed over: rulebook_unknown() is for telling it. */
struct rulebook *rulebook_new(struct arena *a, const struct policy *policy);
/* Of these classes of it and those that they name, without rules: the others have their number and
 * no words.  The first ones decide: a text without any of them needs no look at the others. */
struct rulebook *rulebook_of(struct arena *a, const struct policy *policy, const char *const *these,
			     size_t n, size_t deciding);

/* The first class that the phrase names and the first `classes` of the vocabulary are not. */
struct span rulebook_unknown(const struct policy *policy, size_t classes, struct span phrase);

#endif
