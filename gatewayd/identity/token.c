#include "gatewayd/identity/token.h"

#include "gatewayd/base/buf.h"
#include "gatewayd/base/units.h"
#include "gatewayd/identity/addrspec.h"

enum { HEAD_SIZE = TOKEN_SIZE - MAC_SIZE, RANDOM_SIZE = 10 };
enum { KIND_MAX = 32, HOST_MAX = 253 }; /* bytes, of a Message-ID */
_Static_assert(HEAD_SIZE == 8, "key id, case, day");

struct head {
	uint8_t key_id;
	int64_t case_number;
	unsigned int day;
};

static void head_put(const struct head *h, uint8_t out[HEAD_SIZE])
{
	out[0] = h->key_id;
	for (int i = 0; i < 5; i++)
		out[1 + i] = (uint8_t)(h->case_number >> (8 * (4 - i)));
	out[6] = (uint8_t)(h->day >> 8);
	out[7] = (uint8_t)h->day;
}

static struct head head_get(const uint8_t in[HEAD_SIZE])
{
	struct head h = { .key_id = in[0], .day = (unsigned int)in[6] << 8 | in[7] };

	for (int i = 0; i < 5; i++)
		h.case_number = h.case_number << 8 | in[1 + i];
	return h;
}

/* A name for a key that tells nothing of it; two keys may share it, then both are tried. */
static uint8_t key_id(const uint8_t key[MAC_KEY_SIZE])
{
	uint8_t mac[MAC_SIZE];

	mac_of(key, SPAN("gatewayd key id"), mac);
	return mac[0];
}

/* A purpose is below '2', so a text of before there were epochs is none of after. */
static size_t put_epoch(const struct token_epoch *epoch, uint8_t *text)
{
	if (!epoch || !epoch->has_id)
		return 0;
	text[0] = '2';
	memcpy(text + 1, epoch->id, TOKEN_EPOCH_SIZE);
	return 1 + TOKEN_EPOCH_SIZE;
}

/* An addressee longer than any address is cut by both sides alike; the length stands before it. */
static void sign(const uint8_t key[MAC_KEY_SIZE], const struct token_epoch *epoch,
		 enum token_purpose purpose, enum token_role role, const uint8_t head[HEAD_SIZE],
		 struct span addressee, uint8_t out[MAC_SIZE])
{
	uint8_t text[17 + TOKEN_EPOCH_SIZE + HEAD_SIZE + 512] = "gatewayd token";
	size_t n = 14;

	addressee = span_sub(addressee, 0, 512);
	n += put_epoch(epoch, text + n);
	text[n++] = (uint8_t)purpose;
	text[n++] = (uint8_t)role;
	memcpy(text + n, head, HEAD_SIZE);
	n += HEAD_SIZE;
	for (size_t i = 0; i < addressee.n; i++)
		text[n++] = ascii_lower((unsigned char)addressee.p[i]);
	mac_of(key, (struct span){ (const char *)text, n }, out);
}

/* Any line of enough characters is a secret; its digest has the size of a key. */
static int key_set(struct span secret, const char *which, uint8_t key[MAC_KEY_SIZE], struct err *e)
{
	_Static_assert((int)MAC_KEY_SIZE == (int)SHA256_SIZE, "a digest makes a key");
	if (secret.n < TOKEN_SECRET_MIN)
		return err_set(e, ERR_PERM, "the %s token key has %zu characters, %d are needed",
			       which, secret.n, TOKEN_SECRET_MIN);
	sha256_of(secret, key);
	return 0;
}

int token_keys_set(struct token_keys *keys, struct span secret, struct span old, struct err *e)
{
	struct token_keys k = { .n = 1 };

	crypto_lock(&k, sizeof(k));
	crypto_lock(keys, sizeof(*keys));
	if (key_set(secret, "current", k.key[0], e) < 0)
		return -1;
	if (old.n) {
		if (key_set(old, "old", k.key[1], e) < 0)
			return -1;
		if (crypto_equal(k.key[0], k.key[1], MAC_KEY_SIZE))
			return err_set(e, ERR_PERM, "the old token key is the current one");
		k.n = 2;
	}
	for (size_t i = 0; i < k.n; i++)
		k.id[i] = key_id(k.key[i]);
	*keys = k;
	crypto_wipe(&k, sizeof(k));
	return 0;
}

void token_keys_wipe(struct token_keys *keys)
{
	crypto_wipe(keys, sizeof(*keys));
}

void token_make(const struct token_keys *keys, const struct token_claim *claim, int64_t now,
		int days, char ret_text[TOKEN_TEXT_SIZE])
{
	struct head h = {
		.key_id = keys->id[0],
		.case_number = claim->case_number & TOKEN_CASE_MAX,
		.day = (unsigned int)(now / DAY_S + days) & 0xffff,
	};
	uint8_t token[TOKEN_SIZE];

	head_put(&h, token);
	sign(keys->key[0], keys->epochs ? &keys->epoch[0] : NULL, claim->purpose, claim->role,
	     token, claim->addressee, token + HEAD_SIZE);
	base32_encode(token, sizeof(token), ret_text);
}

const char *token_verdict_text(enum token_verdict verdict)
{
	static const char *const texts[] = {
		[TOKEN_VALID] = "valid",
		[TOKEN_MALFORMED] = "malformed",
		[TOKEN_UNKNOWN_KEY] = "signed with an unknown key",
		[TOKEN_FORGED] = "forged, or issued to somebody else",
		[TOKEN_EXPIRED] = "expired",
		[TOKEN_LOST] = "of a time before a restore, for a case that it lost",
	};

	return texts[verdict];
}

/* Made with this key in this epoch for one of the roles? */
static bool is_signed(const uint8_t key[MAC_KEY_SIZE], const struct token_epoch *epoch,
		      enum token_purpose purpose, const uint8_t token[TOKEN_SIZE],
		      struct span addressee, enum token_role *ret_role)
{
	uint8_t mac[MAC_SIZE];

	for (int role = 0; role < TOKEN_ROLE_COUNT; role++) {
		sign(key, epoch, purpose, (enum token_role)role, token, addressee, mac);
		if (!crypto_equal(mac, token + HEAD_SIZE, MAC_SIZE))
			continue;
		*ret_role = (enum token_role)role;
		return true;
	}
	return false;
}

/* The epoch that it was made in, the i-th; the number of them: none. */
static size_t find_epoch(const struct token_keys *keys, size_t key, enum token_purpose purpose,
			 const uint8_t token[TOKEN_SIZE], struct span addressee,
			 enum token_role *ret_role)
{
	static const struct token_epoch before = { .mark = INT64_MAX };
	const struct token_epoch *v = keys->epochs ? keys->epoch : &before;
	size_t n = keys->epochs ? keys->epochs : 1, i = 0;

	while (i < n && !is_signed(keys->key[key], &v[i], purpose, token, addressee, ret_role))
		i++;
	return i;
}

/* Of what was made in the i-th epoch. */
static enum token_verdict verdict_of(const struct token_keys *keys, size_t i, const struct head *h,
				     int64_t now)
{
	if (keys->epochs && h->case_number > keys->epoch[i].mark)
		return TOKEN_LOST;
	return now / DAY_S <= (int64_t)h->day ? TOKEN_VALID : TOKEN_EXPIRED;
}

enum token_verdict token_check(const struct token_keys *keys, enum token_purpose purpose,
			       struct span text, struct span addressee, int64_t now,
			       enum token_role *ret_role, int64_t *ret_case)
{
	size_t epochs = keys->epochs ? keys->epochs : 1;
	enum token_verdict verdict = TOKEN_UNKNOWN_KEY;
	uint8_t token[TOKEN_SIZE];
	struct head h;

	if (!base32_decode(text, token, sizeof(token)))
		return TOKEN_MALFORMED;
	h = head_get(token);
	for (size_t k = 0; k < keys->n; k++) {
		enum token_role role = TOKEN_CUSTOMER;
		size_t i;

		if (keys->id[k] != h.key_id)
			continue;
		verdict = TOKEN_FORGED;
		i = find_epoch(keys, k, purpose, token, addressee, &role);
		if (i == epochs)
			continue;
		verdict = verdict_of(keys, i, &h, now);
		if (verdict == TOKEN_LOST)
			return verdict;
		*ret_role = role;
		*ret_case = h.case_number;
		return verdict;
	}
	return verdict;
}

bool token_case_said(struct span text, int64_t *ret_case)
{
	uint8_t token[TOKEN_SIZE];

	if (!base32_decode(text, token, sizeof(token)))
		return false;
	*ret_case = head_get(token).case_number;
	return true;
}

struct span token_in_address(struct span address, struct span own, char delimiter)
{
	struct span detail = addrspec_detail(address, own, delimiter), part = detail;

	while (delimiter == '+' && detail.n) /* own may have a plus part before the token */
		part = span_cut(&detail, '+');
	if (part.n == TOKEN_TEXT_SIZE - 1)
		return part;
	return delimiter == '+' ? SPAN_NONE : token_in_address(address, own, '+');
}

static char *put(char *to, struct span s)
{
	if (s.n)
		memcpy(to, s.p, s.n);
	return to + s.n;
}

bool token_address(struct span own, char delimiter, const char *token, char *out, size_t size)
{
	struct span local = addrspec_local(own), domain = addrspec_domain(own);
	char *p;

	if (local.n + TOKEN_TEXT_SIZE > ADDRSPEC_LOCAL_MAX ||
	    own.n + TOKEN_TEXT_SIZE > ADDRSPEC_MAX ||
	    local.n + domain.n + TOKEN_TEXT_SIZE + 2 > size)
		return false;
	p = put(out, local);
	*p++ = delimiter;
	p = put(p, span_sub(span_of(token), 0, TOKEN_TEXT_SIZE - 1));
	*p++ = '@';
	*put(p, domain) = '\0';
	return true;
}

struct span token_in_message_id(struct span id, struct span hostname)
{
	struct span local = addrspec_local(id), part = SPAN_NONE;
	int parts = 0;

	if (!span_eq_ci(addrspec_domain(id), hostname))
		return SPAN_NONE;
	while (local.n) {
		part = span_cut(&local, '.');
		parts++;
	}
	return parts == 4 && part.n == TOKEN_TEXT_SIZE - 1 ? part : SPAN_NONE;
}

/* What may stand in the first part. */
static void kind_clean(const char *kind, char out[KIND_MAX + 1])
{
	size_t n = 0;

	for (; *kind && n < KIND_MAX; kind++)
		if (ascii_is_alpha((unsigned char)*kind) || ascii_is_digit((unsigned char)*kind) ||
		    *kind == '_' || *kind == '-')
			out[n++] = (char)ascii_lower((unsigned char)*kind);
	out[n] = '\0';
}

void token_message_id(const struct token_keys *keys, const char *kind,
		      const struct token_claim *claim, int64_t now, int days, struct span hostname,
		      char ret_id[TOKEN_ID_MAX])
{
	char token[TOKEN_TEXT_SIZE], name[KIND_MAX + 1], random_text[17], number[DECIMAL_MAX], *p;
	uint8_t random_bytes[RANDOM_SIZE];

	crypto_random_name(random_bytes, sizeof(random_bytes));
	base32_encode(random_bytes, sizeof(random_bytes), random_text);
	token_make(keys, claim, now, days, token);
	kind_clean(kind, name);
	p = put(put(ret_id, span_of(*name ? name : "mail")), SPAN("."));
	p = put(put(p, decimal_of(claim->case_number, number)), SPAN("."));
	p = put(put(p, span_of(random_text)), SPAN("."));
	p = put(put(p, span_of(token)), SPAN("@"));
	*put(p, span_sub(hostname, 0, HOST_MAX)) = '\0';
}
