/*
 * What is made on the disk: secrets in files of their own, and the configuration.
 *
 * All of it is new: a file that is there keeps its name and its content.  Until begin_write_place()
 * the configuration has another name; begin_write_undo() takes away what was made.
 */
#ifndef GATEWAYD_BEGIN_BEGIN_WRITE_H
#define GATEWAYD_BEGIN_BEGIN_WRITE_H

#include "gatewayd/begin/begin_plan.h"

/* The template of the configuration: conf/setup.conf. */
struct begin_text {
	const char *name, *text;
};
extern const struct begin_text begin_texts[];

struct begin_written {
	struct arena *a;
	const char *conf_path; /* where it is to stand */
	const char *folder, *secrets;
	const char *trial; /* where it stands until then; NULL: not yet */
	const char **made;
	size_t made_count;
	const char **secrets_made; /* of them, the secrets */
	size_t secrets_made_count;
	bool made_user;
	bool placed;
};

void begin_write_init(struct begin_written *w, const char *conf_path, struct arena *a);
/*
 * The daemon's user and the store's folder where they are not there, and the secrets, whose paths
 * in the plan it fills in: one that is there with the same content is used.  ERR_PERM: something
 * cannot be made.
 */
int begin_write_secrets(struct begin_written *w, struct begin_plan *p, struct err *e);
/* Writes the configuration for a trial; again: in the place of the one before. */
int begin_write_conf(struct begin_written *w, const struct begin_plan *p, struct err *e);
/* Gives it its name, or "NAME.new", "NAME.new-2" ... where there is one already; *ret_path is where
 * it stands.  What was made stays listed. */
int begin_write_place(struct begin_written *w, const char **ret_path, struct err *e);
/* What was made goes, unless it was placed. */
void begin_write_undo(struct begin_written *w);
/* Files in the folder of secrets that the plan does not use, in the order of names. */
const char **begin_write_left(const struct begin_written *w, const struct begin_plan *p,
			      size_t *ret_n);

#endif
