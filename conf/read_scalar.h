/* One value, a function for each notation of conf/schema.h. */
#ifndef CONF_READ_SCALAR_H
#define CONF_READ_SCALAR_H

#include "conf/reading.h"

void read_bool(const struct reading *r);
void read_int(const struct reading *r);
void read_number(const struct reading *r);
void read_bytes(const struct reading *r);
void read_seconds(const struct reading *r);
void read_days(const struct reading *r);
void read_duration(const struct reading *r);
void read_text(const struct reading *r);
void read_zone(const struct reading *r);
void read_file_name(const struct reading *r);
void read_store(const struct reading *r);
void read_choice(const struct reading *r);

#endif
