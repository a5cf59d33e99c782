#include "gatewayd/net/imap_args.h"

#include <libetpan/libetpan.h>
#include <stdlib.h>
#include <string.h>

/* --- searching --- */

static struct mailimap_search_key *key_new(int type)
{
	return mailimap_search_key_new(type, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
				       NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL,
				       NULL, NULL, 0, NULL, NULL, NULL);
}

/* All of them; takes the keys. */
static struct mailimap_search_key *key_all_of(struct mailimap_search_key **keys, size_t n)
{
	struct mailimap_search_key *all;

	if (n == 1 && keys[0])
		return keys[0];
	all = mailimap_search_key_new_multiple_empty();
	for (size_t k = 0; k < n; k++)
		if (!all || !keys[k] ||
		    mailimap_search_key_multiple_add(all, keys[k]) != MAILIMAP_NO_ERROR)
			abort();
	return all;
}

static struct mailimap_search_key *key_uids(uint32_t first, uint32_t last)
{
	struct mailimap_set *set = mailimap_set_new_empty();

	if (!set || mailimap_set_add_interval(set, first, last) != MAILIMAP_NO_ERROR)
		abort();
	return mailimap_search_key_new_uid(set);
}

struct mailimap_search_key *imap_args_search(const struct imap_search *what)
{
	struct mailimap_search_key *keys[3];
	size_t n = 0;

	if (what->first)
		keys[n++] = key_uids(what->first, what->last);
	if (what->undeleted)
		keys[n++] = key_new(MAILIMAP_SEARCH_KEY_UNDELETED);
	if (what->keyword)
		keys[n++] = mailimap_search_key_new_keyword(strdup(what->keyword));
	return n ? key_all_of(keys, n) : key_new(MAILIMAP_SEARCH_KEY_ALL);
}

struct mailimap_search_key *imap_args_copy(const char *message_id, int64_t size)
{
	struct mailimap_search_key *keys[] = {
		mailimap_search_key_new_header(strdup("Message-ID"), strdup(message_id)),
		mailimap_search_key_new_larger(size > 0 ? (uint32_t)size - 1 : 0),
		mailimap_search_key_new_smaller((uint32_t)size + 1),
	};

	return key_all_of(keys, sizeof(keys) / sizeof(keys[0]));
}

/* --- UIDs --- */

struct mailimap_set *imap_args_set(struct imap_uids uids)
{
	struct mailimap_set *set = mailimap_set_new_empty();

	for (size_t k = 0; k < uids.n;) {
		uint32_t first = imap_uid_at(uids, k), last = first;

		for (k++; k < uids.n && imap_uid_at(uids, k) == last + 1; k++)
			last++;
		if (mailimap_set_add_interval(set, first, last) != MAILIMAP_NO_ERROR)
			abort();
	}
	return set;
}

/* --- fetching --- */

static void add_att(struct mailimap_fetch_type *type, struct mailimap_fetch_att *att)
{
	if (!att || mailimap_fetch_type_new_fetch_att_list_add(type, att) != MAILIMAP_NO_ERROR)
		abort();
}

static struct mailimap_section *message_id_section(void)
{
	clist *names = clist_new();

	if (!names || clist_append(names, strdup("MESSAGE-ID")) < 0)
		abort();
	return mailimap_section_new_header_fields(mailimap_header_list_new(names));
}

struct mailimap_fetch_type *imap_args_fetch(enum imap_fetch_what what, uint32_t head_bytes)
{
	struct mailimap_fetch_type *type = mailimap_fetch_type_new_fetch_att_list_empty();

	add_att(type, mailimap_fetch_att_new_uid());
	switch (what) {
	case IMAP_FETCH_DESCRIPTION:
		add_att(type, mailimap_fetch_att_new_internaldate());
		add_att(type, mailimap_fetch_att_new_rfc822_size());
		break;
	case IMAP_FETCH_FLAGS: add_att(type, mailimap_fetch_att_new_flags()); break;
	case IMAP_FETCH_BODY:
		add_att(type, mailimap_fetch_att_new_body_peek_section(mailimap_section_new(NULL)));
		break;
	case IMAP_FETCH_MESSAGE_ID:
		add_att(type, mailimap_fetch_att_new_body_peek_section_partial(message_id_section(),
									       0, head_bytes));
		break;
	case IMAP_FETCH_HEAD:
		add_att(type, mailimap_fetch_att_new_body_peek_section_partial(
				  mailimap_section_new(NULL), 0, head_bytes));
		break;
	}
	return type;
}

/* --- storing --- */

struct mailimap_store_att_flags *imap_args_deleted(void)
{
	struct mailimap_flag_list *flags = mailimap_flag_list_new_empty();

	if (mailimap_flag_list_add(flags, mailimap_flag_new_deleted()) != MAILIMAP_NO_ERROR)
		abort();
	return mailimap_store_att_flags_new_add_flags_silent(flags);
}

struct mailimap_store_att_flags *imap_args_keywords(bool set, const char *const keywords[2])
{
	struct mailimap_flag_list *flags = mailimap_flag_list_new_empty();

	for (int k = 0; k < 2 && keywords[k]; k++)
		if (mailimap_flag_list_add(flags, mailimap_flag_new_flag_keyword(
						      strdup(keywords[k]))) != MAILIMAP_NO_ERROR)
			abort();
	return set ? mailimap_store_att_flags_new_add_flags_silent(flags)
		   : mailimap_store_att_flags_new_remove_flags_silent(flags);
}
