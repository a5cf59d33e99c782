/* What must hold of log-ins and access tokens, for check.c. */
#ifndef CONF_CHECK_OAUTH_H
#define CONF_CHECK_OAUTH_H

#include "conf/loader.h"

/* Of the server at the path: what we log in with. */
void check_login(struct loader *l, const char *path, const struct conf_server *s);
/* Each row of oauth has what its flow needs. */
void check_oauth(struct loader *l);

#endif
