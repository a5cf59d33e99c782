#include "conf/schema.h"

#include <stdio.h>

static const char *const wants[] = {
	[SCHEMA_BOOL] = "true or false",
	[SCHEMA_INT] = "a whole number",
	[SCHEMA_NUMBER] = "a number",
	[SCHEMA_BYTES] = "a size in quotes, as \"25MB\"",
	[SCHEMA_SECONDS] = "a duration in quotes, as \"60s\"",
	[SCHEMA_SECONDS64] = "a duration in quotes, as \"60s\"",
	[SCHEMA_DAYS] = "a number of days in quotes, as \"90 days\"",
	[SCHEMA_DAYS64] = "a number of days in quotes, as \"90 days\", or \"forever\"",
	[SCHEMA_DURATION] = "a duration in quotes, as \"2h\" or \"none\"",
	[SCHEMA_TEXT] = "a text in quotes",
	[SCHEMA_NAME] = "a name in quotes",
	[SCHEMA_ZONE] = "a zone of the tz database in quotes, as \"Europe/Berlin\"",
	[SCHEMA_PATH] = "a file name in quotes",
	[SCHEMA_STORE] = "a file name, or the address of a database, in quotes",
	[SCHEMA_SECRET] = "the name of a file, in quotes",
	[SCHEMA_CHOICE] = "a word in quotes",
	[SCHEMA_CHOICE_BOOL] = "a word in quotes",
	[SCHEMA_WORDS] = "a list of texts, as [ \"one\", \"two\" ]",
	[SCHEMA_NAMES] = "a list of names, as [ \"one\", \"two\" ]",
	[SCHEMA_NUMBERS] = "a list of numbers, as [ 0.5, 0.8 ]",
	[SCHEMA_LABELS] = "a list of texts, severity 1 first",
	[SCHEMA_MEANINGS] = "a list of texts, severity 1 first",
	[SCHEMA_TARGETS] = "a list of durations, severity 1 first",
	[SCHEMA_HOURS] = "a list of hours, as [ \"mon-fri 09:00-17:00\" ]",
	[SCHEMA_HOLIDAYS] = "a list of days, as [ \"12-25\", \"easter+1\" ]",
	[SCHEMA_HOLIDAY_FILES] = "a file name in quotes, or a list of them",
	[SCHEMA_GROUP] = "a group { ... }",
	[SCHEMA_LIST] = "a list of groups ( { ... }, ... )",
	[SCHEMA_TABLE] = "a table { name: { ... } }",
};

const char *schema_type_wants(enum schema_type type)
{
	return wants[type];
}

static void walk(const struct schema_group *g, const char *prefix,
		 void (*each)(void *ctx, const char *path, const struct schema_row *row), void *ctx)
{
	for (size_t i = 0; i < g->row_count; i++) {
		const struct schema_row *row = &g->rows[i];
		char path[SCHEMA_PATH_MAX], inner[SCHEMA_PATH_MAX + 4];

		(void)snprintf(path, sizeof(path), "%s%s", prefix, row->key);
		each(ctx, path, row);
		(void)snprintf(inner, sizeof(inner), "%s%s", path,
			       row->type == SCHEMA_GROUP ? "." : ".*.");
		if (row->inner)
			walk(row->inner, inner, each, ctx);
	}
}

void schema_walk(void (*each)(void *ctx, const char *path, const struct schema_row *row), void *ctx)
{
	walk(&schema_root, "", each, ctx);
}

static void print_bytes(int64_t v, struct buf *out)
{
	static const struct {
		const char *name;
		int64_t factor;
	} units[] = { { "GB", 1000000000 }, { "MB", 1000000 }, { "kB", 1000 } };

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (v && v % units[i].factor == 0) {
			buf_addf(out, "%lld%s", (long long)(v / units[i].factor), units[i].name);
			return;
		}
	buf_addf(out, "%lld byte%s", (long long)v, v == 1 ? "" : "s");
}

void schema_print_amount(enum schema_type type, int64_t v, struct buf *out)
{
	if (type == SCHEMA_DAYS || type == SCHEMA_DAYS64)
		buf_addf(out, "%lld day%s", (long long)v, v == 1 ? "" : "s");
	else if (type == SCHEMA_SECONDS || type == SCHEMA_SECONDS64 || type == SCHEMA_DURATION)
		policy_duration_print((struct policy_duration){ POLICY_SECONDS, v }, out);
	else if (type == SCHEMA_BYTES)
		print_bytes(v, out);
	else
		buf_addf(out, "%lld", (long long)v);
}

static const char *counted(enum schema_type type)
{
	static const char *const words[] = {
		[SCHEMA_TEXT] = " characters",	[SCHEMA_WORDS] = " entries",
		[SCHEMA_NAMES] = " entries",	[SCHEMA_NUMBERS] = " entries",
		[SCHEMA_LABELS] = " entries",	[SCHEMA_MEANINGS] = " entries",
		[SCHEMA_TARGETS] = " entries",	[SCHEMA_HOURS] = " entries",
		[SCHEMA_HOLIDAYS] = " entries", [SCHEMA_HOLIDAY_FILES] = " entries",
		[SCHEMA_LIST] = " entries",	[SCHEMA_TABLE] = " rows",
	};

	return type < sizeof(words) / sizeof(*words) && words[type] ? words[type] : "";
}

static void print_range(const struct schema_row *row, struct buf *out)
{
	if (!row->max)
		return;
	buf_adds(out, "; ");
	if (row->min || !*counted(row->type))
		schema_print_amount(row->type, row->min, out);
	else
		buf_adds(out, "up");
	buf_adds(out, " to ");
	schema_print_amount(row->type, row->max, out);
	buf_adds(out, counted(row->type));
}

static void print_row(void *ctx, const char *path, const struct schema_row *row)
{
	struct buf *out = ctx;

	buf_addf(out, "%s\t%s", path, schema_type_wants(row->type));
	for (const struct schema_choice *c = row->choices; c && c->name; c++)
		buf_addf(out, "%s\"%s\"", c == row->choices ? ": " : ", ", c->name);
	if (row->type == SCHEMA_NAME || row->type == SCHEMA_NAMES)
		buf_addf(out, ", of %s", schema_table(row->refers)->key);
	print_range(row, out);
	if (row->flags & SCHEMA_REQUIRED)
		buf_adds(out, "; required");
	else if (row->fallback)
		buf_addf(out, "; default %s", row->fallback);
	buf_addf(out, "\n\t%s\n", row->doc);
}

void conf_schema_print(struct buf *out)
{
	schema_walk(print_row, out);
}
