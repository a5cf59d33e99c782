/* Lists of values, a function for each notation of conf/schema.h. */
#ifndef CONF_READ_LIST_H
#define CONF_READ_LIST_H

#include "conf/reading.h"

void read_words(const struct reading *r);
void read_numbers(const struct reading *r);
void read_levels(const struct reading *r);
void read_targets(const struct reading *r);
void read_hours(const struct reading *r);
void read_holidays(const struct reading *r);
void read_holiday_files(const struct reading *r);

#endif
