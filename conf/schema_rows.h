/*
 * What the rows of the schema are written with, for the files that have rows: schema.c (the root
 * and limits), schema_net.c (servers), schema_oauth.c (access tokens), schema_hooks.c (webhooks),
 * schema_desk.c (queues and staff), schema_policy.c (the policy tables).
 */
#ifndef CONF_SCHEMA_ROWS_H
#define CONF_SCHEMA_ROWS_H

#include "conf/schema.h"
#include "conf/schema_choices.h"
#include "conf/value.h"
#include "gatewayd/base/units.h"

#define COUNT(a)		   (sizeof(a) / sizeof(*(a)))
#define ROWS(array)		   .rows = array, .row_count = COUNT(array)
#define SIZE(type)		   .size = sizeof(type), .final_size = sizeof(type)
#define AT(type, m)		   .at = offsetof(struct type, m)
#define N(type, m)		   .count_at = offsetof(struct type, m)
#define YEAR_S			   ((int64_t)366 * DAY_S)
#define LINE_MAX_CH		   998
#define REQUIRED		   .flags = SCHEMA_REQUIRED
#define IN_POLICY		   .flags = SCHEMA_IN_POLICY
#define CHOICES(list)		   .choices = list
#define ROW_OF(id)		   .refers = id, .check = value_check_name
#define TABLE(rows, type, id, key) ROWS(rows), SIZE(struct type), .table = id, .name_key = key

extern const struct schema_group schema_mailbox, schema_smtp, schema_operators_smtp, schema_web,
    schema_reports;
extern const struct schema_group schema_queue, schema_staff;
extern const struct schema_group schema_oauth, schema_hook;
extern const struct schema_group schema_scale, schema_kind, schema_package, schema_calendar,
    schema_class, schema_rule;

#endif
