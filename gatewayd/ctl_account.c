#include "gatewayd/ctl.h"

const struct ctl_verb ctl_account_verbs[] = {
	{ 0 },
};
