#include "conf/read.h"

#include "conf/read_list.h"
#include "conf/read_scalar.h"

static void (*const readers[])(const struct reading *r) = {
	[SCHEMA_BOOL] = read_bool,	    [SCHEMA_INT] = read_int,
	[SCHEMA_NUMBER] = read_number,	    [SCHEMA_BYTES] = read_bytes,
	[SCHEMA_SECONDS] = read_seconds,    [SCHEMA_SECONDS64] = read_seconds,
	[SCHEMA_DAYS] = read_days,	    [SCHEMA_DAYS64] = read_days,
	[SCHEMA_DURATION] = read_duration,  [SCHEMA_TEXT] = read_text,
	[SCHEMA_NAME] = read_text,	    [SCHEMA_ZONE] = read_zone,
	[SCHEMA_PATH] = read_file_name,	    [SCHEMA_STORE] = read_store,
	[SCHEMA_SECRET] = read_file_name,   [SCHEMA_CHOICE] = read_choice,
	[SCHEMA_CHOICE_BOOL] = read_choice, [SCHEMA_WORDS] = read_words,
	[SCHEMA_NAMES] = read_words,	    [SCHEMA_NUMBERS] = read_numbers,
	[SCHEMA_LABELS] = read_levels,	    [SCHEMA_MEANINGS] = read_levels,
	[SCHEMA_TARGETS] = read_targets,    [SCHEMA_HOURS] = read_hours,
	[SCHEMA_HOLIDAYS] = read_holidays,  [SCHEMA_HOLIDAY_FILES] = read_holiday_files,
};

void read_value(struct loader *l, const struct schema_row *row, const struct node *n,
		const char *path, void *into)
{
	struct reading r = {
		l, row, n, path, (char *)into + row->at, (char *)into + row->count_at
	};

	readers[row->type](&r);
}
