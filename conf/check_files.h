#ifndef CONF_CHECK_FILES_H
#define CONF_CHECK_FILES_H

#include "conf/loader.h"

/* What must hold on this machine: the folders and files that the conf names. */
void check_files(struct loader *l);

#endif
