/*
 * Part of store.h: recommendations (conf/policy/README.md section 7).
 */
#ifndef STORE_STORE_RECOMMEND_H
#define STORE_STORE_RECOMMEND_H

#include "store/store_open.h"

struct store_property {
	struct span account, name;
	int64_t live_at; /* INSTANT_NONE: not live */
	int64_t told_at; /* when the recommendations were mailed */
};
struct store_recommendation {
	int64_t id;
	struct span account, property, title, link;
	struct span state; /* "open", "sent", "dropped" */
	int64_t at;
};
int store_property_put(struct store *s, const struct store_property *p, struct err *e);
int store_property_get(struct store *s, struct span account, struct span name, struct arena *a,
		       struct store_property *ret_property, struct err *e); /* name.p NULL: none */
int store_property_list(struct store *s, struct arena *a, struct store_property **ret_v,
			size_t *ret_n, struct err *e);
/* Live at or before `live_before` and not told yet, longest first. */
int store_property_due(struct store *s, int64_t live_before, int limit, struct arena *a,
		       struct store_property **ret_v, size_t *ret_n, struct err *e);
int store_property_next(struct store *s, int64_t *ret_live_at, struct err *e);
/* The same title and link again: a dropped one comes back as given, others stay as they are. */
int store_recommendation_add(struct store *s, const struct store_recommendation *r, struct err *e);
int store_recommendation_list(struct store *s, struct span account, struct span property,
			      struct arena *a, struct store_recommendation **ret_v, size_t *ret_n,
			      struct err *e); /* "": all */
int store_recommendation_state(struct store *s, struct span account, struct span property,
			       struct span from, struct span to, int64_t at, struct err *e);
int store_optout_add(struct store *s, struct span address, int64_t at, struct span how,
		     struct err *e); /* survives everything, imports too */
int store_optout_has(struct store *s, struct span address, bool *ret_has, struct err *e);

#endif
