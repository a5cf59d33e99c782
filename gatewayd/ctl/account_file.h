/*
 * A file of accounts, as CSV or JSON, read and checked as a whole.
 *
 * Both shapes give the same entries: fields are set by name through one table, so that the names,
 * the checks and the messages are the same.  conf/accounts.csv.example and accounts.json.example
 * show them.  Everything lives in the arena.  What is wrong is a line of `problems` each,
 * "accounts.csv:12: ..."; with problem_count > 0 nothing of the file may be used.
 */
#ifndef GATEWAYD_CTL_ACCOUNT_FILE_H
#define GATEWAYD_CTL_ACCOUNT_FILE_H

#include "gatewayd/base/units.h"
#include "gatewayd/case/desk.h"

enum {
	ACCOUNT_ID_MAX = 64,
	ACCOUNT_TEXT_MAX = 200,
	ACCOUNT_PROBLEMS_MAX = 256 * KIB, /* bytes of text */
};

struct account_domain {
	struct account_domain *next;
	struct span name; /* lower case; of a contact: an address */
	int line;
};

struct account_contact {
	struct account_contact *next;
	struct store_contact row;
	struct account_domain *also; /* further addresses of the person, the last first */
	int line;
};

struct account_contract {
	struct account_contract *next;
	struct store_contract row;
	int line;
};

struct account_entry {
	struct account_entry *next;
	struct store_account row;
	int line, reseller_line, parent_line;
	bool entitled_set;
	struct account_domain *domains, **domains_end;
	struct account_contact *contacts, **contacts_end;
	struct account_contract *contracts, **contracts_end;
};

struct account_file {
	const char *name;
	const struct conf *conf; /* its domains are no account's */
	const struct policy *policy;
	struct arena *arena;
	struct account_entry *entries, **entries_end; /* in the order of the file */
	size_t n;
	struct buf *problems;
	size_t problem_count;
};

/*
 * Checks the entries against each other and against the store: resellers and parents that are
 * there and do not come back to where they began, no domain or address of two accounts.  replace:
 * what is not in the file will be gone.
 */
int account_file_check(struct account_file *f, struct store *s, bool replace, struct err *e);

void account_problem(struct account_file *f, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* --- for the readers of the two shapes --- */

enum account_thing { ACCOUNT_ITSELF, ACCOUNT_CONTACT, ACCOUNT_CONTRACT };

struct account_field {
	const char *name;
	bool many; /* a list; set once for each element */
	void (*set)(struct account_file *f, void *thing, struct span value, int line);
};

/* NULL, and the problem with the nearest name is told. */
const struct account_field *account_field_find(struct account_file *f, enum account_thing thing,
					       struct span name, int line);
struct account_entry *account_entry_new(struct account_file *f, int line);
struct account_contact *account_contact_new(struct account_file *f, struct account_entry *a,
					    int line);
struct account_contract *account_contract_new(struct account_file *f, struct account_entry *a,
					      int line);

#endif
