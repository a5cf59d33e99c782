/*
 * Part of store.h: accounts: who may write, and what they are owed.
 */
#ifndef STORE_STORE_ACCOUNT_H
#define STORE_STORE_ACCOUNT_H

#include "store/store_open.h"

struct store_account {
	struct span id, name;
	struct span package;	  /* "": none */
	struct span reseller;	  /* account id; "": none */
	struct span parent;	  /* the direct customer of an indirect one; "": direct */
	struct span flags;	  /* space-separated, "self-service" ... */
	struct span origin;	  /* how it came to self-service; "": not told */
	bool entitled;		  /* may open cases by mail */
	struct span contact_name; /* of its account team with us */
	struct span team_phone, team_address; /* how to reach them; "": not told */
	struct span language;		      /* that its people are written to in; "": not known */
};
struct store_contact {
	struct span address, name, account;
	bool company;	      /* may list and see all cases of the account */
	struct span language; /* goes before the account's; "": as that */
	struct span person;   /* the first address of who has several; "": has one */
};
struct store_contract {
	int64_t id;
	struct span account, kind;
	int severity;		   /* 0: all */
	struct span clock;	   /* "initial", "next", "resolution" */
	struct span target;	   /* "5s", "1 business day", "none" */
	int64_t from_at, until_at; /* until is exclusive; INSTANT_NONE: open */
	struct span source;	   /* where it came from: file and line, for explanations */
};

int store_account_put(struct store *s, const struct store_account *a, struct err *e);
int store_account_get(struct store *s, struct span id, struct arena *a,
		      struct store_account *ret_account, struct err *e); /* id.p NULL: none */
int store_account_list(struct store *s, struct arena *a, struct store_account **ret_v,
		       size_t *ret_n, struct err *e);
int store_account_remove(struct store *s, struct span id,
			 struct err *e); /* with all that belongs to it */
/* Its domains, contacts and contracts go, to be put again; in a transaction. */
int store_account_strip(struct store *s, struct span id, struct err *e);
int store_domain_put(struct store *s, struct span domain, struct span account, struct err *e);
int store_domain_list(struct store *s, struct span account, struct arena *a, struct span **ret_v,
		      size_t *ret_n, struct err *e);
/* An account has it. */
int store_domain_has(struct store *s, struct span domain, bool *ret_has, struct err *e);
/* Of all accounts, those of that many bytes, both ends included. */
int store_domain_sized(struct store *s, size_t least, size_t most, struct arena *a,
		       struct span **ret_v, size_t *ret_n, struct err *e);
int store_contact_put(struct store *s, const struct store_contact *c, struct err *e);
int store_contact_list(struct store *s, struct span account, struct arena *a,
		       struct store_contact **ret_v, size_t *ret_n, struct err *e); /* "": all */
/* id 0: a new one */
int store_contract_put(struct store *s, const struct store_contract *c, struct err *e);
int store_contract_list(struct store *s, struct span account, struct arena *a,
			struct store_contract **ret_v, size_t *ret_n, struct err *e);
/* By exact address, then by domain; account.p NULL: none.  *ret_contact.address.p NULL: by domain.
 */
int store_account_by_address(struct store *s, struct span address, bool domain_too, struct arena *a,
			     struct store_account *ret_account, struct store_contact *ret_contact,
			     struct err *e);

#endif
