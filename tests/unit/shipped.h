/*
 * What is shipped, read for a test: the example configuration, and the words and mails of the
 * languages.
 */
#ifndef TESTS_UNIT_SHIPPED_H
#define TESTS_UNIT_SHIPPED_H

#include "tests/unit/unit.h"

#include "conf/conf.h"
#include "conf/files.h"
#include "conf/form.h"
#include "conf/loader.h"
#include "conf/words.h"

/* Without mailboxes and secrets being looked for; the caller frees it. */
static inline struct conf *shipped_conf(void)
{
	struct conf_problems problems;
	struct conf *conf;

	conf_problems_init(&problems);
	conf = conf_load("conf/gatewayd.conf.example", CONF_POLICY_ONLY, &problems);
	if (!conf)
		fail_msg("%s", buf_cstr(&problems.text));
	conf_problems_release(&problems);
	return conf;
}

/* For a group of tests whose state it is. */
static inline int shipped_load(void **state)
{
	*state = shipped_conf();
	return 0;
}

static inline int shipped_free(void **state)
{
	conf_free((struct conf **)state);
	return 0;
}

/* The words of the languages of `conf`, which the caller made, into its arena. */
static inline void shipped_words(struct conf *conf)
{
	struct conf_problems problems;
	struct loader l;

	arena_init(&conf->arena);
	conf->files = files_new(&conf->arena);
	conf->forms = forms_new(&conf->arena);
	conf_problems_init(&problems);
	loader_init(&l, conf, CONF_FULL, &problems);
	words_read(&l);
	loader_release(&l);
	assert_string_equal(buf_cstr(&problems.text), "");
	conf_problems_release(&problems);
}

#endif
