#include "store/store_person.h"
#include "store/extent.h"

#include "gatewayd/base/utf8.h"
#include "store/query.h"

#define KEY "person-key"

/* --- hashes --- */

int store_person_key(struct store *s, uint8_t ret_key[MAC_KEY_SIZE], struct err *e)
{
	struct arena a ARENA_AUTO = { 0 };
	struct span key;

	if (store_meta_get(s, KEY, &a, &key, e) < 0)
		return -1;
	if (key.n != MAC_KEY_SIZE)
		return err_set(e, ERR_PERM, "store: the key of hashes is %zu bytes", key.n);
	memcpy(ret_key, key.p, MAC_KEY_SIZE);
	return 0;
}

int store_person_set_key(struct store *s, const uint8_t key[MAC_KEY_SIZE], struct err *e)
{
	return store_meta_set(s, KEY, (struct span){ (const char *)key, MAC_KEY_SIZE }, e);
}

static void hash(const uint8_t key[MAC_KEY_SIZE], const char *kind, struct span what,
		 uint8_t ret_hash[MAC_SIZE])
{
	struct buf message BUF_AUTO;

	buf_init(&message, SIZE_MAX);
	buf_addf(&message, "%s:", kind);
	buf_add(&message, what);
	mac_of(key, buf_span(&message), ret_hash);
}

int store_person_hash(struct store *s, const char *kind, struct span what,
		      uint8_t ret_hash[MAC_SIZE], struct err *e)
{
	uint8_t key[MAC_KEY_SIZE];

	if (store_person_key(s, key, e) < 0)
		return -1;
	hash(key, kind, what, ret_hash);
	crypto_wipe(key, sizeof(key));
	return 0;
}

void store_person_address(const uint8_t key[MAC_KEY_SIZE], struct span address,
			  uint8_t ret_hash[MAC_SIZE])
{
	struct buf lower BUF_AUTO;

	buf_init(&lower, SIZE_MAX);
	while (address.n) {
		size_t n = utf8_len(address);

		if (n)
			utf8_put(&lower, utf8_small(utf8_code(address)));
		else
			buf_addc(&lower, *address.p);
		address = span_sub(address, n ? n : 1, SIZE_MAX);
	}
	hash(key, "address", buf_span(&lower), ret_hash);
}

int store_person_pseudonym(struct store *s, struct span address, char ret_hex[STORE_PSEUDONYM_SIZE],
			   struct err *e)
{
	uint8_t key[MAC_KEY_SIZE], mac[MAC_SIZE];

	if (store_person_key(s, key, e) < 0)
		return -1;
	store_person_address(key, address, mac);
	crypto_wipe(key, sizeof(key));
	hex_encode(mac, sizeof(mac), ret_hex);
	return 0;
}

/* --- where people stand --- */

static void read_stand(struct query *q, struct arena *a, void *ret_row)
{
	struct store_stand *row = ret_row;

	row->id = query_get_int(q);
	row->case_number = query_get_int(q);
	row->address = query_get_text(q, a);
	row->name = query_get_text(q, a);
}

int store_person_stands(struct store *s, enum person_table table, int64_t after, int limit,
			struct arena *a, struct store_stand **ret_v, size_t *ret_n, struct err *e)
{
	static const enum sql_id tables[PERSON_TABLE_COUNT] = {
		[PERSON_CASES] = SQL_PERSON_OF_CASES,
		[PERSON_PARTICIPANTS] = SQL_PERSON_OF_PARTICIPANTS,
		[PERSON_NOTES] = SQL_PERSON_OF_NOTES,
		[PERSON_OUTBOX] = SQL_PERSON_OF_OUTBOX,
		[PERSON_MAILS] = SQL_PERSON_OF_MAILS,
		[PERSON_CONTACTS] = SQL_PERSON_OF_CONTACTS,
		[PERSON_OPTOUTS] = SQL_PERSON_OF_OPTOUTS,
		[PERSON_EVENTS] = SQL_PERSON_OF_EVENTS,
	};
	struct query q QUERY_AUTO;

	query_open(&q, s, tables[table], e);
	query_int(&q, after);
	query_limit(&q, limit);
	return QUERY_LIST(&q, read_stand, a, ret_v, ret_n);
}

int store_person_rows(struct store *s, int64_t *ret_rows, struct err *e)
{
	struct query q QUERY_AUTO;

	query_open(&q, s, SQL_PERSON_LAST, e);
	return query_one_int(&q, ret_rows);
}

int store_person_family(struct store *s, int64_t number, struct arena *a, int64_t **ret_v,
			size_t *ret_n, struct err *e)
{
	struct query q QUERY_AUTO = { 0 };
	int64_t top;

	if (store_case_root(s, number, &top, e) < 0)
		return -1;
	query_open(&q, s, SQL_PERSON_FAMILY, e);
	query_int(&q, top);
	return QUERY_LIST(&q, query_read_int, a, ret_v, ret_n);
}

/* --- the files --- */

static int merge(struct store *s, int64_t pages, int64_t *ret_changed, struct err *e)
{
	struct query q QUERY_AUTO;
	int64_t before = s->ops->changed(s->engine);

	query_open(&q, s, SQL_PERSON_WORDS_MERGE, e);
	query_int(&q, pages);
	if (query_run(&q) < 0)
		return -1;
	*ret_changed = s->ops->changed(s->engine) - before;
	return 0;
}

int store_person_words(struct store *s, bool begin, bool *ret_done, struct err *e)
{
	enum { PAGES = 64, NOTHING = 2 }; /* the statement itself counts as a change */
	int64_t changed;

	if (merge(s, begin ? -PAGES : PAGES, &changed, e) < 0)
		return -1;
	*ret_done = changed < NOTHING;
	return 0;
}

int store_person_compact(struct store *s, bool whole, struct err *e)
{
	storms_forget(&s->storms); /* rows may have other numbers */
	if (extent_sweep(s, e) < 0)
		return -1;
	return s->ops->compact(s->engine, whole, e);
}
