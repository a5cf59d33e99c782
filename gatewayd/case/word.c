#include "gatewayd/case/word.h"

#include "gatewayd/base/template.h"
#include "gatewayd/base/utf8.h"

enum { FILLED_MAX = 4096, NAME_SHOWN_MAX = 64 };

static struct span fill(const struct desk *d, struct span text, const struct word_value *v,
			size_t n)
{
	struct template_data *data = template_data_new(d->arena);
	struct buf out BUF_AUTO;
	struct err e;

	buf_init(&out, FILLED_MAX);
	for (size_t i = 0; i < n; i++)
		template_set(data, v[i].name, v[i].text);
	/* word_check() has found what is faulty: as far as it goes, then. */
	(void)template_render(text, "", data, TEMPLATE_TEXT, &out, &e);
	return arena_dup(d->arena, buf_span(&out));
}

struct span word_fill(const struct desk *d, const struct words *w, enum word id,
		      const struct word_value *v, size_t n)
{
	struct span text = words_get(w, id);

	return span_find(text, SPAN("{{")) == SIZE_MAX ? text : fill(d, text, v, n);
}

struct span word_with(const struct desk *d, const struct words *w, enum word id, const char *name,
		      struct span text)
{
	struct word_value v = { name, text };

	return word_fill(d, w, id, &v, name ? 1 : 0);
}

struct span word_number(const struct desk *d, int64_t n)
{
	return arena_decimal(d->arena, n);
}

struct span word_count(const struct desk *d, const struct words *w, enum word id, int64_t n)
{
	return word_with(d, w, id, "n", word_number(d, n));
}

struct span word_many(const struct desk *d, const struct words *w, enum word one, enum word many,
		      int64_t n)
{
	return n == 1 ? words_get(w, one) : word_count(d, w, many, n);
}

struct span word_state(const struct words *w, enum case_state state)
{
	static const enum word words[] = {
		[CASE_NEW] = WORD_STATE_NEW,	     [CASE_OPEN] = WORD_STATE_OPEN,
		[CASE_WAITING] = WORD_STATE_WAITING, [CASE_RESOLVED] = WORD_STATE_RESOLVED,
		[CASE_CLOSED] = WORD_STATE_CLOSED,
	};

	return words_get(w, words[state]);
}

static struct civil local_time(const struct desk *d, const char *zone, int64_t at)
{
	const struct zone *z = desk_zone(d, zone);
	struct civil c;

	if (z)
		zone_to_local(z, at, &c);
	else
		civil_from_utc(at, &c);
	return c;
}

static struct span two_digits(const struct desk *d, int n)
{
	struct span tens = n < 10 ? SPAN("0") : SPAN("");

	return ARENA_JOIN(d->arena, tens, arena_decimal(d->arena, n));
}

struct span word_since(const struct desk *d, const struct words *w, const char *zone, int64_t at)
{
	struct civil c = local_time(d, zone, at), now = local_time(d, zone, d->now);

	if (c.year != now.year || c.month != now.month || c.day != now.day)
		return word_time(d, w, zone, at);
	return ARENA_JOIN(d->arena, two_digits(d, c.hour), SPAN(":"), two_digits(d, c.minute));
}

struct span word_time(const struct desk *d, const struct words *w, const char *zone, int64_t at)
{
	struct civil c = local_time(d, zone, at);
	int weekday;

	weekday = civil_weekday(civil_days(c.year, c.month, c.day));
	return word_fill(
	    d, w, WORD_DATE_TIME,
	    (struct word_value[]){
		{ "weekday", words_get(w, (enum word)(WORD_SUNDAY + weekday)) },
		{ "day", c.day == 1 ? words_get(w, WORD_FIRST) : word_number(d, c.day) },
		{ "month", words_get(w, (enum word)(WORD_JANUARY + c.month - 1)) },
		{ "year", word_number(d, c.year) },
		{ "hour", two_digits(d, c.hour) },
		{ "hour_bare", word_number(d, c.hour) },
		{ "minute", two_digits(d, c.minute) },
	    },
	    7);
}

int word_refuse(const struct desk *d, struct err *e, enum word id, const struct word_value *v,
		size_t n)
{
	const struct words *w = d->words ? d->words : words_find(d->conf, NULL, "en");
	struct span text = word_fill(d, w, id, v, n);

	if (!text.n) /* no words at all: templates were not found */
		text = span_of(words_key(id));
	return err_set(e, ERR_PERM, SPAN_FMT, SPAN_ARG(text));
}

int word_refuse_name(const struct desk *d, struct err *e, enum word id, struct span name)
{
	struct word_value v = { "name", utf8_prefix(name, NAME_SHOWN_MAX) };

	return word_refuse(d, e, id, &v, 1);
}

int word_refuse_case(const struct desk *d, struct err *e, enum word id, int64_t number)
{
	struct word_value v = { "case", word_number(d, number) };

	return word_refuse(d, e, id, &v, 1);
}

/* The name is one of those of the word, which stand with blanks between. */
static bool is_name_of(struct span name, const void *word)
{
	struct span names = span_of(words_names(*(const enum word *)word));

	while (names.n)
		if (span_eq(span_cut(&names, ' '), name))
			return true;
	return false;
}

void word_check(const struct conf *conf, struct buf *findings)
{
	for (size_t i = 0; i < conf->words_count; i++) {
		for (int id = 0; id < WORD_COUNT; id++) {
			const struct words *w = &conf->words[i];
			enum word word = (enum word)id;
			struct template_names names = { is_name_of, NULL, &word };
			struct err e;

			if (!w->v[id])
				buf_addf(findings, "%s/words.conf: %s is missing\n", w->language,
					 words_key(word));
			else if (template_check(span_of(w->v[id]), words_key(word), &names, &e) < 0)
				buf_addf(findings, "%s/words.conf: %s\n", w->language, e.text);
		}
	}
}
