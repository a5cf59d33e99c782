/*
 * Part of store.h: recommendations (conf/policy/README.md section 7).
 */
#ifndef STORE_STORE_RECOMMEND_H
#define STORE_STORE_RECOMMEND_H

#include "store/store_open.h"

struct store_property {
	struct span account, name;
	int64_t live_at; /* INSTANT_NONE: not live */
	int64_t told_at; /* when what was open was mailed; INSTANT_NONE: not yet, or something new
			    came */
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
/*
 * Which accounts have something to be told: properties live at or before `live_before`, not told
 * since something new came, and no mail behind `last_before`; the longest waiting first.  An
 * account stands there once for each of those properties.
 */
int store_recommend_due(struct store *s, int64_t live_before, int64_t last_before, int limit,
			struct arena *a, struct span **ret_accounts, size_t *ret_n, struct err *e);
/* When the next account is due, with these delays behind go-live and behind the last mail. */
int store_recommend_next(struct store *s, int64_t live_delay_s, int64_t mail_delay_s,
			 int64_t *ret_at, struct err *e);
/* What is open for those properties, by property. */
int store_recommend_list(struct store *s, struct span account, int64_t live_before, struct arena *a,
			 struct store_recommendation **ret_v, size_t *ret_n, struct err *e);
/* Those properties are told; mailed: what was open for them went out, too. */
int store_recommend_told(struct store *s, struct span account, int64_t live_before, bool mailed,
			 int64_t at, struct err *e);
/* The property is to be told again, if anything is open for it. */
int store_recommend_again(struct store *s, struct span account, struct span property,
			  struct err *e);
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
