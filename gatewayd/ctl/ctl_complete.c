#include "gatewayd/ctl/ctl_complete.h"

#include <sysexits.h>

#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_usage.h"
#include "gatewayd/ctl/ctl_view.h"

/* --- what a usage offers --- */

static bool is_literal(struct span word)
{
	return word.n && ascii_lower((unsigned char)word.p[0]) == (unsigned char)word.p[0] &&
	       ascii_is_alpha((unsigned char)word.p[0]);
}

/* The words of "phone|staff|email" that stand for themselves, with blanks between. */
static void add_literals(struct span value, struct buf *out)
{
	bool any = false;

	while (value.n) {
		struct span word = span_cut(&value, '|');

		if (!is_literal(word))
			continue;
		buf_adds(out, any ? " " : "");
		buf_add(out, word);
		any = true;
	}
}

static bool has_literals(struct span value)
{
	while (value.n)
		if (is_literal(span_cut(&value, '|')))
			return true;
	return false;
}

static bool is_file(struct span value)
{
	while (value.n) {
		struct span word = span_cut(&value, '|');

		if (span_is(word, "FILE") || span_is(word, "MAILDIR") || span_is(word, "MBOX"))
			return true;
	}
	return false;
}

static const char *common_options(const struct ctl_verb *v)
{
	return v->flags & CTL_ROWS ? "--json --csv --wide" : "--json";
}

/* --- names --- */

static struct span first_word(const struct ctl_verb *v)
{
	struct span rest = span_of(v->name);

	return span_cut(&rest, ' ');
}

static struct span second_word(const struct ctl_verb *v)
{
	struct span rest = span_of(v->name);

	span_cut(&rest, ' ');
	return rest;
}

static bool is_first_of_noun(const struct ctl_verb *verbs, const struct ctl_verb *v)
{
	for (const struct ctl_verb *before = verbs; before < v; before++)
		if (span_eq(first_word(before), first_word(v)))
			return false;
	return true;
}

static void add_nouns(const struct ctl_verb *verbs, struct buf *out)
{
	for (const struct ctl_verb *v = verbs; v->name; v++) {
		if (!is_first_of_noun(verbs, v))
			continue;
		buf_adds(out, v > verbs ? " " : "");
		buf_add(out, first_word(v));
	}
}

static void add_second_words(const struct ctl_verb *verbs, struct span noun, struct buf *out)
{
	bool any = false;

	for (const struct ctl_verb *v = verbs; v->name; v++) {
		if (!span_eq(first_word(v), noun) || !second_word(v).n)
			continue;
		buf_adds(out, any ? " " : "");
		buf_add(out, second_word(v));
		any = true;
	}
}

/* --- bash --- */

static const char bash_head[] =
    "# bash completion for gatewayctl, written by \"gatewayctl completion bash\"\n"
    "_gatewayctl() {\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    local i first= second= words= options= files=\n"
    "    COMPREPLY=()\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        case ${COMP_WORDS[i]} in\n"
    "        -c) ((i++)) ;;\n"
    "        -*) ;;\n"
    "        *) if [[ ! $first ]]; then first=${COMP_WORDS[i]}\n"
    "           elif [[ ! $second ]]; then second=${COMP_WORDS[i]}; fi ;;\n"
    "        esac\n"
    "    done\n"
    "    if [[ $prev == -c ]]; then\n"
    "        files=1\n"
    "    elif [[ ! $first ]]; then\n";

static const char bash_tail[] =
    "    if [[ $cur == -* ]]; then words=$options; fi\n"
    "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
    "    if [[ $files && $cur != -* ]]; then COMPREPLY+=($(compgen -f -- \"$cur\")); fi\n"
    "}\n"
    "complete -o filenames -F _gatewayctl gatewayctl\n";

static void bash_values(const struct ctl_verb *v, struct buf *out)
{
	struct ctl_usage u = ctl_usage_of(v->usage);
	struct ctl_usage_item item;

	buf_adds(out, "        case $prev in\n");
	while (ctl_usage_next(&u, &item)) {
		if (!item.option.n || !item.value.n)
			continue;
		buf_addf(out, "        " SPAN_FMT ") words=\"", SPAN_ARG(item.option));
		add_literals(item.value, out);
		buf_addf(out, "\"; files=%s ;;\n", is_file(item.value) ? "1" : "");
	}
	buf_adds(out, "        esac ;;\n");
}

static void bash_verb(const struct ctl_verb *v, struct buf *out)
{
	struct ctl_usage u = ctl_usage_of(v->usage);
	struct ctl_usage_item item;
	bool files = false, any = false;

	buf_addf(out, "    \"%s\") options=\"", v->name);
	while (ctl_usage_next(&u, &item))
		if (item.option.n)
			buf_addf(out, SPAN_FMT " ", SPAN_ARG(item.option));
	buf_addf(out, "%s\" words=\"", common_options(v));
	for (u = ctl_usage_of(v->usage); ctl_usage_next(&u, &item);) {
		if (item.option.n)
			continue;
		files = files || is_file(item.value);
		buf_adds(out, any && has_literals(item.value) ? " " : "");
		any = any || has_literals(item.value);
		add_literals(item.value, out);
	}
	buf_addf(out, "\" files=%s\n", files ? "1" : "");
	bash_values(v, out);
}

void ctl_complete_bash(const struct ctl_verb *verbs, struct buf *out)
{
	buf_adds(out, bash_head);
	buf_adds(out, "        words=\"");
	add_nouns(verbs, out);
	buf_adds(out, "\" options=\"-c --help --version\"\n    elif [[ ! $second ]]; then\n"
		      "        case $first in\n");
	for (const struct ctl_verb *v = verbs; v->name; v++) {
		if (!is_first_of_noun(verbs, v) || !second_word(v).n)
			continue;
		buf_addf(out, "        " SPAN_FMT ") words=\"", SPAN_ARG(first_word(v)));
		add_second_words(verbs, first_word(v), out);
		buf_adds(out, "\" ;;\n");
	}
	buf_adds(out, "        help) words=\"");
	add_nouns(verbs, out);
	buf_adds(out, "\" ;;\n        esac\n    fi\n");
	/* A verb of one word has no second: what stands there is an argument. */
	buf_adds(out, "    case \"$first${second:+ $second}\" in\n");
	for (const struct ctl_verb *v = verbs; v->name; v++)
		if (second_word(v).n)
			bash_verb(v, out);
	buf_adds(out, "    *) case \"$first\" in\n");
	for (const struct ctl_verb *v = verbs; v->name; v++)
		if (!second_word(v).n && strcmp(v->name, "help") != 0)
			bash_verb(v, out);
	buf_adds(out, "    esac ;;\n    esac\n");
	buf_adds(out, bash_tail);
}

/* --- zsh --- */

/* What ends a message or a quoted word of _arguments. */
static void add_message(struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'')
			buf_adds(out, "'\\'");
		if (memchr("[]:\\", s.p[i], 4))
			buf_addc(out, '\\');
		buf_addc(out, s.p[i]);
	}
}

static void zsh_value(struct span value, struct buf *out)
{
	buf_addc(out, ':');
	add_message(value, out);
	buf_addc(out, ':');
	if (has_literals(value)) {
		buf_addc(out, '(');
		add_literals(value, out);
		buf_addc(out, ')');
	} else if (is_file(value)) {
		buf_adds(out, "_files");
	} else {
		buf_addc(out, ' ');
	}
}

/* "(--open --closed)": one of them is enough. */
static void zsh_excluded(const struct ctl_verb *v, const struct ctl_usage_item *item,
			 struct buf *out)
{
	struct ctl_usage u = ctl_usage_of(v->usage);
	struct ctl_usage_item other;
	size_t before = out->n;

	while (item->group && ctl_usage_next(&u, &other))
		if (other.group == item->group)
			buf_addf(out, "%s" SPAN_FMT, out->n == before ? "'(" : " ",
				 SPAN_ARG(other.option));
	buf_adds(out, out->n == before ? "'" : ")");
}

static void zsh_verb(const struct ctl_verb *v, struct buf *out)
{
	struct ctl_usage u = ctl_usage_of(v->usage);
	struct ctl_usage_item item;
	struct span common = span_of(common_options(v));

	buf_addf(out, "    '%s') _arguments -s -S", v->name);
	while (ctl_usage_next(&u, &item)) {
		buf_adds(out, " \\\n        ");
		if (item.option.n)
			zsh_excluded(v, &item, out);
		else
			buf_addf(out, "'%s", item.many ? "*" : "");
		buf_add(out, item.option);
		if (item.option.n && !item.value.n)
			buf_adds(out, "'");
		else
			zsh_value(item.value, out);
		buf_adds(out, item.value.n ? "'" : "");
	}
	while (common.n) {
		struct span option = span_cut(&common, ' ');

		buf_addf(out, " \\\n        " SPAN_FMT, SPAN_ARG(option));
	}
	buf_adds(out, " ;;\n");
}

static void zsh_names(const struct ctl_verb *verbs, struct buf *out)
{
	for (const struct ctl_verb *v = verbs; v->name; v++) {
		if (!is_first_of_noun(verbs, v) || !second_word(v).n)
			continue;
		buf_addf(out, "    " SPAN_FMT ") list=(", SPAN_ARG(first_word(v)));
		for (const struct ctl_verb *w = v; w->name; w++) {
			if (!span_eq(first_word(w), first_word(v)) || !second_word(w).n)
				continue;
			buf_addf(out, "'" SPAN_FMT ":", SPAN_ARG(second_word(w)));
			add_message(span_of(w->summary), out);
			buf_adds(out, "' ");
		}
		buf_adds(out, ") ;;\n");
	}
}

static const char zsh_head[] =
    "#compdef gatewayctl\n"
    "# zsh completion for gatewayctl, written by \"gatewayctl completion zsh\"\n"
    "_gatewayctl() {\n"
    "    local -a list\n"
    "    local first second\n"
    "    local -i i=2\n"
    "    while (( i < CURRENT )) && [[ ${words[i]} == -* ]]; do\n"
    "        [[ ${words[i]} == -c ]] && (( i++ ))\n"
    "        (( i++ ))\n"
    "    done\n"
    "    if [[ ${words[CURRENT-1]} == -c ]]; then _files; return; fi\n"
    "    if (( i >= CURRENT )); then\n"
    "        compadd -- ";

void ctl_complete_zsh(const struct ctl_verb *verbs, struct buf *out)
{
	buf_adds(out, zsh_head);
	add_nouns(verbs, out);
	buf_adds(out, " -c --help --version\n        return\n    fi\n"
		      "    first=${words[i]} second=${words[i+1]}\n"
		      "    case $first in\n");
	zsh_names(verbs, out);
	buf_adds(out, "    help) list=(");
	add_nouns(verbs, out);
	buf_adds(out, ") ;;\n    esac\n"
		      "    if (( ${#list} )) && (( i + 1 == CURRENT )); then\n"
		      "        _describe verb list; return\n    fi\n"
		      "    (( ${#list} )) && { first=\"$first $second\"; (( i++ )) }\n"
		      "    shift $(( i - 1 )) words; (( CURRENT -= i - 1 ))\n"
		      "    case $first in\n");
	for (const struct ctl_verb *v = verbs; v->name; v++)
		zsh_verb(v, out);
	buf_adds(out, "    esac\n}\n_gatewayctl \"$@\"\n");
}

int ctl_completion_local(struct ctl *c)
{
	bool zsh = strcmp(c->words[0], "zsh") == 0;
	struct buf script BUF_AUTO;

	buf_init(&script, 1 * MIB);
	if (!zsh && strcmp(c->words[0], "bash") != 0)
		return ctl_usage(c, "completion %s: bash or zsh", c->words[0]);
	(zsh ? ctl_complete_zsh : ctl_complete_bash)(c->table->verbs, &script);
	if (!c->json)
		buf_add(c->out, buf_span(&script));
	return ctl_done(c, json_pack("{s:o}", "script", json_of_span(buf_span(&script))));
}
