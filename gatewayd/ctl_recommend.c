#include "gatewayd/ctl.h"

const struct ctl_verb ctl_recommend_verbs[] = {
	{ 0 },
};
