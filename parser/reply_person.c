#include "parser/reply_person.h"

#include "parser/reply_fold.h"

static const struct person {
	const char *lang;
	struct sieve_phrase phrase;
} persons[] = {
#define PERSON(lang, words) { lang, SIEVE_PHRASE(words) },
#define PRONOUN(lang, words)
#include "parser/tables/reply_persons.h"
#undef PERSON
#undef PRONOUN
};

static const struct sieve_phrase pronouns[] = {
#define PERSON(lang, words)
#define PRONOUN(lang, words) SIEVE_PHRASE(words),
#include "parser/tables/reply_persons.h"
#undef PERSON
#undef PRONOUN
};

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

bool reply_person_tells(struct span folded, const struct sieve *sieve)
{
	for (size_t i = 0; i < COUNT(persons); i++)
		if (sieve_may_hold(sieve, &persons[i].phrase) &&
		    reply_words_find(folded, persons[i].phrase.words) != SIZE_MAX)
			return true;
	return false;
}

bool reply_person_speaks(struct span folded, const struct sieve *sieve)
{
	for (size_t i = 0; i < COUNT(pronouns); i++)
		if (sieve_may_hold(sieve, &pronouns[i]) &&
		    span_find(folded, pronouns[i].words) != SIZE_MAX)
			return true;
	return false;
}
