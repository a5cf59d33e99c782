#include "conf/words.h"

#include "conf/common.h"
#include "conf/files.h"
#include "conf/loader.h"
#include "conf/value.h"
#include "conf/walk.h"
#include "gatewayd/base/units.h"

#define COUNT(v)    (sizeof(v) / sizeof(*(v)))
#define AT(type, m) .at = offsetof(struct type, m)

enum { WORDS_FILE_MAX = 256 * KIB, WORD_BYTES_MAX = 400 };

/* --- what may stand in the file --- */

/* While reading: what stands in the file beside its single words. */
struct reading_words {
	struct words words;
	struct policy_scale *scales;
	size_t scale_count;
};

/* clang-format off */
#define X(id, g, word_key, names)                                                                  \
	{ .key = word_key, .type = SCHEMA_TEXT, .at = offsetof(struct words, v[id]), .min = 1, \
	  .max = WORD_BYTES_MAX, .check = value_check_line },
/* clang-format on */
static const struct schema_row state_rows[] = { WORDS_STATES(X, ) };
static const struct schema_row reason_rows[] = { WORDS_REASONS(X, ) };
static const struct schema_row trouble_rows[] = { WORDS_TROUBLES(X, ) };
static const struct schema_row unit_rows[] = { WORDS_UNITS(X, ) };
static const struct schema_row text_rows[] = { WORDS_TEXTS(X, ) };
static const struct schema_row trust_rows[] = { WORDS_TRUST(X, ) };
static const struct schema_row voucher_rows[] = { WORDS_VOUCHERS(X, ) };
static const struct schema_row date_rows[] = { WORDS_DATES(X, ) };
static const struct schema_row usage_rows[] = { WORDS_USAGE(X, ) };
static const struct schema_row command_rows[] = { WORDS_COMMANDS(X, ) };
static const struct schema_row answer_rows[] = { WORDS_ANSWERS(X, ) };
static const struct schema_row happened_rows[] = { WORDS_HAPPENED(X, ) };
static const struct schema_row history_rows[] = { WORDS_HISTORY(X, ) };
static const struct schema_row held_rows[] = { WORDS_HELD(X, ) };
static const struct schema_row refusal_rows[] = { WORDS_REFUSALS(X, ) };
static const struct schema_row sample_rows[] = { WORDS_SAMPLES(X, ) };
#undef X

#define X(id, word_key)                                         \
	{ .key = word_key,                                      \
	  .type = SCHEMA_WORDS,                                 \
	  .at = offsetof(struct words, customers[PHRASE_##id]), \
	  .max = 400 },
static const struct schema_row customer_rows[] = { PHRASE_CLASSES(X) };
#undef X

#define GROUP(name)                                                             \
	_Static_assert(COUNT(name##_rows) <= SCHEMA_ROWS_MAX, "too many keys"); \
	static const struct schema_group name##_group = { .rows = name##_rows,  \
							  .row_count = COUNT(name##_rows) }
GROUP(state);
GROUP(reason);
GROUP(trouble);
GROUP(unit);
GROUP(text);
GROUP(trust);
GROUP(voucher);
GROUP(date);
GROUP(usage);
GROUP(command);
GROUP(answer);
GROUP(happened);
GROUP(history);
GROUP(held);
GROUP(refusal);
GROUP(sample);
GROUP(customer);

static const struct schema_row scale_rows[] = {
	{ "scale", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(policy_scale, name),
	  .check = value_check_name },
	{ "labels", SCHEMA_LABELS, SCHEMA_REQUIRED, AT(policy_scale, levels), .min = 1,
	  .max = POLICY_SEVERITY_MAX },
	{ "meanings", SCHEMA_MEANINGS, SCHEMA_REQUIRED, AT(policy_scale, levels), .min = 1,
	  .max = POLICY_SEVERITY_MAX },
};
static const struct schema_group scale_group = { .rows = scale_rows,
						 .row_count = COUNT(scale_rows),
						 .size = sizeof(struct policy_scale) };

static const struct schema_row zone_rows[] = {
	{ "zone", SCHEMA_ZONE, SCHEMA_REQUIRED, AT(words_zone, zone) },
	{ "text", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(words_zone, text), .min = 1,
	  .max = WORD_BYTES_MAX, .check = value_check_line },
};
static const struct schema_group zone_group = { .rows = zone_rows,
						.row_count = COUNT(zone_rows),
						.size = sizeof(struct words_zone) };

static const struct schema_row file_rows[] = {
	{ "states", SCHEMA_GROUP, .inner = &state_group },
	{ "reasons", SCHEMA_GROUP, .inner = &reason_group },
	{ "troubles", SCHEMA_GROUP, .inner = &trouble_group },
	{ "units", SCHEMA_GROUP, .inner = &unit_group },
	{ "texts", SCHEMA_GROUP, .inner = &text_group },
	{ "trust", SCHEMA_GROUP, .inner = &trust_group },
	{ "vouchers", SCHEMA_GROUP, .inner = &voucher_group },
	{ "dates", SCHEMA_GROUP, .inner = &date_group },
	{ "usage", SCHEMA_GROUP, .inner = &usage_group },
	{ "commands", SCHEMA_GROUP, .inner = &command_group },
	{ "answers", SCHEMA_GROUP, .inner = &answer_group },
	{ "happened", SCHEMA_GROUP, .inner = &happened_group },
	{ "history", SCHEMA_GROUP, .inner = &history_group },
	{ "held", SCHEMA_GROUP, .inner = &held_group },
	{ "refusals", SCHEMA_GROUP, .inner = &refusal_group },
	{ "samples", SCHEMA_GROUP, .inner = &sample_group },
	{ "customers", SCHEMA_GROUP, .inner = &customer_group },
	{ "common", SCHEMA_WORDS, AT(words, common), .max = 400 },
	{ "letters", SCHEMA_TEXT, AT(words, letters), .min = 3, .max = 16,
	  .check = value_check_line },
	{ "unsubscribe", SCHEMA_WORDS, AT(words, unsubscribe), .max = 100 },
	{ "zones", SCHEMA_LIST, AT(words, zones), .count_at = offsetof(struct words, zone_count),
	  .max = 1000, .inner = &zone_group },
	{ "severities", SCHEMA_LIST, AT(reading_words, scales),
	  .count_at = offsetof(struct reading_words, scale_count), .max = 1000,
	  .inner = &scale_group },
};
static const struct schema_group file_group = { .rows = file_rows, .row_count = COUNT(file_rows) };

/* --- reading --- */

/* Nothing when the folder has no such file. */
static void read_file(struct loader *l, const char *dir, const char *language,
		      struct reading_words *r)
{
	const char *file, *complaint;
	struct span text;
	struct node root;
	struct schema_given given = { 0 };

	if (!dir)
		return;
	file = arena_printf(&l->scratch, "%s/%s/words.conf", dir, language);
	if (files_read(l->conf->files, file, WORDS_FILE_MAX, &text, &complaint) &&
	    tree_read(l->conf->files, file, &l->scratch, l->problems, &root))
		walk_group(l, &file_group, &root, arena_printf(&l->scratch, "words.%s", language),
			   r, &given);
}

/* All folders' words of one language, over what is there. */
static void read_language(struct loader *l, const char *language, struct reading_words *r)
{
	const struct conf_queue *q = r->words.queue;

	read_file(l, l->conf->shipped_templates, language, r);
	r->words.shipped = r->scales;
	r->words.shipped_count = r->scale_count;
	r->scales = NULL;
	r->scale_count = 0;
	read_file(l, l->conf->templates, language, r);
	read_file(l, q ? q->templates : NULL, language, r);
	r->words.own = r->scales;
	r->words.own_count = r->scale_count;
}

static struct words read_english(struct loader *l, const struct conf_queue *q)
{
	struct reading_words r = { .words = { .language = "en", .queue = q } };

	read_language(l, "en", &r);
	return r.words;
}

/* Over English, of which the lists are not taken. */
static void read_words_of(struct loader *l, const struct words *english, const char *language)
{
	struct reading_words r = { .words = *english };
	struct conf *c = l->conf;

	if (strcmp(language, "en") != 0) {
		r.words.language = language;
		r.words.zone_count = r.words.own_count = r.words.shipped_count = 0;
		r.words.common = r.words.unsubscribe = (struct policy_words){ 0 };
		r.words.letters = NULL;
		memset(r.words.customers, 0, sizeof(r.words.customers));
		read_language(l, language, &r);
	}
	c->words[c->words_count++] = r.words;
}

/* --- looking up --- */

static const struct words *find(const struct conf *c, const struct conf_queue *queue,
				const char *language)
{
	for (size_t i = 0; i < c->words_count; i++)
		if (c->words[i].queue == queue && strcmp(c->words[i].language, language) == 0)
			return &c->words[i];
	return NULL;
}

const struct words *words_find(const struct conf *c, const struct conf_queue *queue,
			       const char *language)
{
	static const struct words none = { .language = "en" };
	const struct words *w;

	if (queue && !queue->templates)
		queue = NULL;
	w = find(c, queue, language);
	if (!w)
		w = find(c, queue, "en");
	return w ? w : &none;
}

/* --- all of them --- */

static const struct common *common_words(struct arena *a, const struct conf *c)
{
	struct policy_words *v = arena_alloc_n(a, c->languages.n, sizeof(*v));

	for (size_t i = 0; i < c->languages.n; i++)
		v[i] = words_find(c, NULL, c->languages.v[i])->common;
	return common_new(a, v, c->languages.n);
}

/* English is read once for each folder, however many languages there are. */
void words_read(struct loader *l)
{
	struct conf *c = l->conf;
	struct words *english = arena_alloc_n(&l->scratch, c->queue_count + 1, sizeof(*english));
	size_t n = 0;

	english[n++] = read_english(l, NULL);
	for (size_t q = 0; q < c->queue_count; q++)
		if (c->queues[q].templates)
			english[n++] = read_english(l, &c->queues[q]);
	c->words = arena_alloc_n(l->arena, n * c->languages.n, sizeof(*c->words));
	for (size_t i = 0; i < c->languages.n; i++)
		for (size_t k = 0; k < n; k++)
			read_words_of(l, &english[k], c->languages.v[i]);
	c->phrases = phrasebook_new(l->arena, c);
	c->common = common_words(l->arena, c);
}

/* --- what they say --- */

struct span words_get(const struct words *w, enum word id)
{
	return w->v[id] ? span_of(w->v[id]) : SPAN("");
}

const char *words_key(enum word id)
{
	static const char *const keys[] = {
#define X(id, group, key, names) group "." key,
#define G(group, words)		 words(X, group)
		WORDS_GROUPS(G)
#undef G
#undef X
	};

	return keys[id];
}

const char *words_names(enum word id)
{
	static const char *const names_of[] = {
#define X(id, group, key, names) names,
#define G(group, words)		 words(X, group)
		WORDS_GROUPS(G)
#undef G
#undef X
	};

	return names_of[id];
}

static const struct policy_level *level_in(const struct policy_scale *v, size_t n,
					   const char *scale, int severity)
{
	for (size_t i = 0; scale && i < n; i++)
		if (v[i].name && strcmp(v[i].name, scale) == 0)
			return &v[i].levels[severity - 1];
	return NULL;
}

/* The operator's words, the operator's policy, the shipped words, the shipped policy. */
static const struct policy_level *level_of(const struct words *w, const struct policy_kind *kind,
					   int severity)
{
	const struct policy_level *own = &kind->levels[severity - 1], *l;

	l = level_in(w->own, w->own_count, kind->scale, severity);
	if (!l && kind->scale_shipped)
		l = level_in(w->shipped, w->shipped_count, kind->scale, severity);
	return l ? l : own;
}

const char *words_label(const struct words *w, const struct policy_kind *kind, int severity)
{
	return level_of(w, kind, severity)->label;
}

const char *words_meaning(const struct words *w, const struct policy_kind *kind, int severity)
{
	return level_of(w, kind, severity)->meaning;
}

struct span words_zone(const struct words *w, const char *zone)
{
	for (size_t i = 0; i < w->zone_count; i++)
		if (w->zones[i].zone && strcmp(w->zones[i].zone, zone) == 0)
			return span_of(w->zones[i].text);
	return span_of(zone);
}
