/*
 * A member of staff as people call them: "tess", "Tess.", "\"Tess Tech\"", "tess@example.com",
 * "Jörg" for who is entered as "Joerg Maier".
 */
#ifndef GATEWAYD_CASE_STAFF_NAME_H
#define GATEWAYD_CASE_STAFF_NAME_H

#include "conf/conf.h"
#include "store/store_case.h"

/* By id, address, name, or a part of a name that only one of them has; NULL: nobody, or several. */
const struct conf_staff *staff_name_find(const struct conf *c, struct span said);

/* The zone in which that person is told times: their own, else that of their first queue. */
const char *staff_name_zone(const struct conf *c, const struct conf_staff *staff);

bool staff_name_works_on(const struct conf_staff *staff, const char *queue);
/* Of those queues that they work on, or their own. */
bool staff_name_sees(const struct conf_staff *staff, const struct store_case *c);

#endif
