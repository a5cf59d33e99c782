/*
 * Tokens: the proof that we wrote to this person about this case.
 *
 * 24 bytes as 39 base32 characters of any case: key id (1), case (5), last valid day since 1970
 * (2), and a keyed BLAKE2b of 16 bytes over purpose, role, the store and its epoch, these 8 bytes
 * and the addressee (ASCII case ignored).  A token for one purpose is none for another.  Comparison
 * takes constant time.
 *
 * An epoch of a store ends where what was committed may be gone (store/store_epoch.h): numbers of
 * cases above its mark may have been given again since, so what was made in it counts up to there.
 *
 * A token is as secret as the mails it stands in: its addressee's own answers carry the Message-ID
 * form on to whomever they copy.  So it is worth L1 and no more (gatewayd/identity/identity.h).
 */
#ifndef GATEWAYD_IDENTITY_TOKEN_H
#define GATEWAYD_IDENTITY_TOKEN_H

#include "gatewayd/base/crypto.h"
#include "gatewayd/base/err.h"

enum {
	TOKEN_SIZE = 24,
	TOKEN_TEXT_SIZE = 40,  /* with the NUL */
	TOKEN_SECRET_MIN = 32, /* characters of a key file's line */
	TOKEN_KEYS_MAX = 2,
	TOKEN_EPOCHS_MAX = 16,
	TOKEN_EPOCH_SIZE = 32, /* identity of the store, tag of the epoch */
};
#define TOKEN_CASE_MAX (((int64_t)1 << 40) - 1)

enum token_purpose {
	TOKEN_REPLY,	   /* in the plus address of Reply-To; addressee: whom we wrote to */
	TOKEN_MESSAGE_ID,  /* in our Message-ID; the same addressee */
	TOKEN_BOUNCE,	   /* in the envelope sender; addressee: none */
	TOKEN_LOOP,	   /* in X-Gatewayd; addressee: the Message-ID */
	TOKEN_UNSUBSCRIBE, /* in List-Unsubscribe; addressee: who leaves; case 0 */
	TOKEN_DIGEST,	   /* in Reply-To of a list of mails; addressee: staff; case 0 */
	TOKEN_DESK,	   /* in Reply-To of a transcript about no case; the same */
	TOKEN_PURPOSE_COUNT,
};

enum token_role { TOKEN_CUSTOMER, TOKEN_STAFF, TOKEN_ROLE_COUNT };

struct token_epoch {
	bool has_id; /* false: of before stores had epochs */
	uint8_t id[TOKEN_EPOCH_SIZE];
	int64_t mark; /* tokens made in it count for cases up to this */
};

/* key[0] signs, all of them check: a new key first, the old one beside it until its tokens end.
 * epoch[0] is now; without epochs tokens are those of before there were any. */
struct token_keys {
	uint8_t key[TOKEN_KEYS_MAX][MAC_KEY_SIZE];
	uint8_t id[TOKEN_KEYS_MAX]; /* that stands in what a key has signed */
	size_t n;
	struct token_epoch epoch[TOKEN_EPOCHS_MAX];
	size_t epochs;
};

/* From the secrets' text; old may be empty.  ERR_PERM: too short, or both the same. */
int token_keys_set(struct token_keys *keys, struct span secret, struct span old, struct err *e);
void token_keys_wipe(struct token_keys *keys);

struct token_claim {
	enum token_purpose purpose;
	enum token_role role;
	int64_t case_number;   /* 0 .. TOKEN_CASE_MAX */
	struct span addressee; /* an address; what TOKEN_BOUNCE and TOKEN_LOOP take see above */
};

void token_make(const struct token_keys *keys, const struct token_claim *claim, int64_t now,
		int days, char ret_text[TOKEN_TEXT_SIZE]);

enum token_verdict {
	TOKEN_VALID,
	TOKEN_MALFORMED,   /* not 39 characters of base32 */
	TOKEN_UNKNOWN_KEY, /* signed with a key we no longer have */
	TOKEN_FORGED,	   /* or issued to somebody else, or for another purpose */
	TOKEN_EXPIRED,	   /* was valid until `now` */
	TOKEN_LOST,	   /* of an epoch that is over, for a case above its mark */
};
const char *token_verdict_text(enum token_verdict verdict);

/* On TOKEN_VALID and TOKEN_EXPIRED *ret_role and *ret_case are proven; else they are not written:
 * on TOKEN_LOST another case may have that number now. */
enum token_verdict token_check(const struct token_keys *keys, enum token_purpose purpose,
			       struct span text, struct span addressee, int64_t now,
			       enum token_role *ret_role, int64_t *ret_case);

/* The case a token says it is for, proven or not; false when malformed. */
bool token_case_said(struct span text, int64_t *ret_case);

/* "local+TOKEN@domain" of "local@domain": the token there, or p == NULL.  Behind this delimiter or
 * "+", as mails of before it was changed have it. */
struct span token_in_address(struct span address, struct span own, char delimiter);
/* The address with the token put in, in out; false when the local part would be too long. */
bool token_address(struct span own, char delimiter, const char *token, char *out, size_t size);

/* Our Message-IDs: "KIND.CASE.RANDOM.TOKEN@hostname". */
enum { TOKEN_ID_MAX = 400 };
struct span token_in_message_id(struct span id, struct span hostname);
/* KIND from [a-z0-9_-]; what else is in it is left out.  Without <>. */
void token_message_id(const struct token_keys *keys, const char *kind,
		      const struct token_claim *claim, int64_t now, int days, struct span hostname,
		      char ret_id[TOKEN_ID_MAX]);

#endif
