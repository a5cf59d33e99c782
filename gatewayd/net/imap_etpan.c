#include "gatewayd/net/imap_etpan.h"

#include <libetpan/libetpan.h>
#include <stdlib.h>
#include <strings.h>

#include "gatewayd/base/mem.h"
#include "gatewayd/net/imap_args.h"
#include "gatewayd/net/imap_low.h"
#include "gatewayd/net/imap_said.h"
#include "gatewayd/net/imap_scribe.h"

struct imap_etpan {
	struct imap_stream *stream;
	mailimap *session;
	struct imap_scribe scribe;
	struct imap_hearings hearings;
};

/* --- what became of a command --- */

void imap_etpan_words(const struct imap_etpan *t, struct buf *out)
{
	const struct mailimap_response_info *info = t->session->imap_response_info;
	const char *p = t->session->imap_response;

	/* libetpan takes a response code that it does not know apart. */
	if (info && info->rsp_atom)
		buf_addf(out, "[%s] ", info->rsp_atom);
	for (; p && *p; p++)
		if (*p >= ' ' && *p <= '~')
			buf_addc(out, *p);
}

/* Codes after which the conversation is out of step; all others are the server's NO. */
static bool is_fatal(int r)
{
	switch (r) {
	case MAILIMAP_ERROR_BAD_STATE:
	case MAILIMAP_ERROR_STREAM:
	case MAILIMAP_ERROR_PARSE:
	case MAILIMAP_ERROR_MEMORY:
	case MAILIMAP_ERROR_FATAL:
	case MAILIMAP_ERROR_PROTOCOL: return true;
	default: return false;
	}
}

static bool is_ok(int r)
{
	return r == MAILIMAP_NO_ERROR || r == MAILIMAP_NO_ERROR_AUTHENTICATED;
}

/* Who writes the next command. */
static mailimap *session_of(struct imap_etpan *t)
{
	int tag = t->session->imap_tag;

	if (!t->stream->is_ahead) {
		if (t->stream->ahead.n)
			imap_guard_turn(&t->stream->guard, (uint32_t)tag + 1, &t->stream->in);
		return t->session;
	}
	return imap_scribe_ready(&t->scribe, t->session);
}

/* 0 when r is success, else -1 with e filled; a fatal r kills the stream. */
static int outcome(struct imap_etpan *t, int r, const char *what, struct err *e)
{
	struct buf text BUF_AUTO;

	buf_init(&text, ERR_TEXT_MAX / 2);
	if (t->stream->is_ahead)
		return imap_scribe_sent(&t->scribe, r, what, e);
	if (is_ok(r))
		return 0;
	if (t->stream->dead) {
		*e = t->stream->why;
		return err_prefix(e, "%s: ", what);
	}
	imap_etpan_words(t, &text);
	if (!is_fatal(r))
		return err_set(e, ERR_TEMP, "%s: the IMAP server says NO: %s", what,
			       buf_cstr(&text));
	err_set(&t->stream->why, ERR_TEMP, "the IMAP server's answer makes no sense (%d): %s", r,
		buf_cstr(&text));
	t->stream->dead = true;
	*e = t->stream->why;
	return err_prefix(e, "%s: ", what);
}

/* --- fetch responses --- */

static void on_response(struct mailimap_msg_att *att, void *ctx)
{
	struct imap_said said;

	imap_said_read(att, &said);
	imap_hearings_response(&((struct imap_etpan *)ctx)->hearings, &said);
}

static bool on_body(int type, struct mailimap_msg_att_body_section *section, const char *bytes,
		    size_t n, void *ctx)
{
	(void)type, (void)section;
	return imap_hearings_body(&((struct imap_etpan *)ctx)->hearings, (struct span){ bytes, n });
}

/* --- life --- */

static void no_progress(size_t now, size_t all, void *ctx)
{
	(void)now, (void)all, (void)ctx;
}

int imap_etpan_new(struct imap_stream *stream, struct imap_etpan **ret_etpan, struct err *e)
{
	struct imap_etpan *t = mem_alloc(sizeof(*t));

	t->stream = stream;
	t->scribe.stream = stream;
	t->session = mailimap_new(0, NULL);
	if (!t->session)
		abort();
	/* libetpan calls the handler of a response only where there is one for progress */
	mailimap_set_progress_callback(t->session, no_progress, no_progress, NULL);
	mailimap_set_msg_body_handler(t->session, on_body, t);
	mailimap_set_msg_att_handler(t->session, on_response, t);
	if (outcome(t, mailimap_connect(t->session, imap_low_new(stream)), "greeting", e) < 0) {
		imap_etpan_free(&t);
		return -1;
	}
	*ret_etpan = t;
	return 0;
}

void imap_etpan_free(struct imap_etpan **t)
{
	if (!*t)
		return;
	(*t)->stream->dead = true; /* or mailimap_free() would wait for an answer to LOGOUT */
	mailimap_free((*t)->session);
	imap_scribe_rest(&(*t)->scribe);
	while ((*t)->hearings.first)
		imap_hearings_drop(&(*t)->hearings);
	mem_free(t);
}

/* --- what the server can --- */

struct imap_features imap_etpan_features(const struct imap_etpan *t)
{
	return (struct imap_features){
		.idle = mailimap_has_idle(t->session),
		.move = mailimap_has_extension(t->session, "MOVE"),
		.uidplus = mailimap_has_uidplus(t->session),
		.namespace = mailimap_has_namespace(t->session),
	};
}

int imap_etpan_capability(struct imap_etpan *t, struct imap_features *ret_features, struct err *e)
{
	struct mailimap_capability_data *data = NULL;
	int r = mailimap_capability(session_of(t), &data);

	if (is_ok(r) && data)
		mailimap_capability_data_free(data);
	if (outcome(t, r, "CAPABILITY", e) < 0)
		return -1;
	if (!t->stream->is_ahead)
		*ret_features = imap_etpan_features(t);
	return 0;
}

/* By the empty LIST of RFC 3501 section 6.3.8. */
int imap_etpan_delimiter(struct imap_etpan *t, char *ret_delimiter, struct err *e)
{
	clist *list = NULL;
	int r = mailimap_list(session_of(t), "", "", &list);

	if (outcome(t, r, "LIST", e) < 0)
		return -1;
	if (list && clist_begin(list)) {
		const struct mailimap_mailbox_list *mb = clist_content(clist_begin(list));

		*ret_delimiter = mb->mb_delimiter;
	}
	if (list)
		mailimap_list_result_free(list);
	return 0;
}

int imap_etpan_namespace(struct imap_etpan *t, struct buf *ret_prefix, char *ret_delimiter,
			 struct err *e)
{
	struct mailimap_namespace_data *data = NULL;
	int r = mailimap_namespace(session_of(t), &data);
	clistiter *first = NULL;

	if (outcome(t, r, "NAMESPACE", e) < 0)
		return -1;
	if (data && data->ns_personal)
		first = clist_begin(data->ns_personal->ns_data_list);
	if (first) {
		const struct mailimap_namespace_info *info = clist_content(first);

		buf_adds(ret_prefix, info->ns_prefix);
		if (info->ns_delimiter)
			*ret_delimiter = info->ns_delimiter;
	}
	if (data)
		mailimap_namespace_data_free(data);
	return 0;
}

/* --- folders --- */

static bool is_noselect(const struct mailimap_mailbox_list *mb)
{
	return mb->mb_flag && mb->mb_flag->mbf_type == MAILIMAP_MBX_LIST_FLAGS_SFLAG &&
	       mb->mb_flag->mbf_sflag == MAILIMAP_MBX_LIST_SFLAG_NOSELECT;
}

int imap_etpan_list(struct imap_etpan *t, const char *folder, bool *ret_exists, struct err *e)
{
	clist *list = NULL;
	int r = mailimap_list(session_of(t), "", folder, &list);

	if (outcome(t, r, "LIST", e) < 0)
		return -1;
	if (!t->stream->is_ahead)
		*ret_exists =
		    list && clist_begin(list) && !is_noselect(clist_content(clist_begin(list)));
	if (list)
		mailimap_list_result_free(list);
	return 0;
}

int imap_etpan_create(struct imap_etpan *t, const char *folder, struct err *e)
{
	return outcome(t, mailimap_create(session_of(t), folder), "CREATE", e);
}

int imap_etpan_subscribe(struct imap_etpan *t, const char *folder, struct err *e)
{
	return outcome(t, mailimap_subscribe(session_of(t), folder), "SUBSCRIBE", e);
}

/* "\\*": any that a client makes up. */
static bool keeps(const clist *flags, const char *mark)
{
	for (clistiter *c = flags ? clist_begin(flags) : NULL; c; c = clist_next(c)) {
		const struct mailimap_flag_perm *perm = clist_content(c);
		const struct mailimap_flag *flag = perm->fl_flag;

		if (perm->fl_type == MAILIMAP_FLAG_PERM_ALL ||
		    (flag && flag->fl_type == MAILIMAP_FLAG_KEYWORD &&
		     strcasecmp(flag->fl_data.fl_keyword, mark) == 0))
			return true;
	}
	return false;
}

int imap_etpan_select(struct imap_etpan *t, const char *folder, const char *mark, bool to_look,
		      struct imap_selected *ret_selected, struct err *e)
{
	const struct mailimap_selection_info *info;
	mailimap *session = session_of(t);
	int r = to_look ? mailimap_examine(session, folder) : mailimap_select(session, folder);

	if (outcome(t, r, to_look ? "EXAMINE" : "SELECT", e) < 0)
		return -1;
	if (t->stream->is_ahead) {
		imap_scribe_selects(&t->scribe);
		return 0;
	}
	info = t->session->imap_selection_info;
	*ret_selected = (struct imap_selected){
		.uidvalidity = info->sel_uidvalidity,
		.exists = info->sel_exists,
		.uidnext = info->sel_uidnext,
		.keeps_mark = keeps(info->sel_perm_flags, mark),
		.read_only = info->sel_perm == MAILIMAP_MAILBOX_READONLY,
	};
	return 0;
}

/* --- UIDs --- */

int imap_etpan_search(struct imap_etpan *t, const struct imap_search *what, uint32_t **ret_uids,
		      size_t *ret_count, struct err *e)
{
	struct mailimap_search_key *key = imap_args_search(what);
	clist *found = NULL;
	int r = mailimap_uid_search(session_of(t), NULL, key, &found);
	uint32_t *uids;
	size_t n = 0;

	mailimap_search_key_free(key);
	if (outcome(t, r, "UID SEARCH", e) < 0)
		return -1;
	if (t->stream->is_ahead)
		return 0;
	uids = mem_alloc_n(found ? (size_t)clist_count(found) + 1 : 1, sizeof(*uids));
	for (clistiter *c = found ? clist_begin(found) : NULL; c; c = clist_next(c))
		uids[n++] = *(uint32_t *)clist_content(c);
	if (found)
		mailimap_search_result_free(found);
	*ret_count = n;
	*ret_uids = uids;
	return 0;
}

int imap_etpan_has(struct imap_etpan *t, const char *message_id, int64_t size, bool *ret_has,
		   struct err *e)
{
	struct mailimap_search_key *key = imap_args_copy(message_id, size);
	clist *found = NULL;
	int r = mailimap_uid_search(t->session, NULL, key, &found);

	mailimap_search_key_free(key);
	if (outcome(t, r, "UID SEARCH", e) < 0)
		return -1;
	*ret_has = found && clist_begin(found);
	if (found)
		mailimap_search_result_free(found);
	return 0;
}

/* --- fetching --- */

int imap_etpan_fetch(struct imap_etpan *t, struct imap_uids uids, enum imap_fetch_what what,
		     uint32_t head_bytes, const struct imap_listener *l, struct err *e)
{
	struct mailimap_fetch_type *type = imap_args_fetch(what, head_bytes);
	struct mailimap_set *set = imap_args_set(uids);
	clist *list = NULL;
	int r;

	if (t->stream->is_ahead || !t->stream->ahead.n) /* else they listen already */
		imap_hearings_add(&t->hearings, what, uids, l);
	r = mailimap_uid_fetch(session_of(t), set, type, &list);
	if (!t->stream->is_ahead)
		imap_hearings_drop(&t->hearings);
	mailimap_set_free(set);
	mailimap_fetch_type_free(type);
	if (is_ok(r) && list)
		mailimap_fetch_list_free(list); /* empty: the handler had it all */
	return outcome(t, r, "UID FETCH", e) < 0 && t->stream->dead ? -1 : 0;
}

/* --- moving --- */

int imap_etpan_move(struct imap_etpan *t, struct imap_uids uids, const char *folder, struct err *e)
{
	struct mailimap_set *set = imap_args_set(uids);
	int r = mailimap_uid_move(session_of(t), set, folder);

	mailimap_set_free(set);
	return outcome(t, r, "UID MOVE", e);
}

int imap_etpan_copy(struct imap_etpan *t, struct imap_uids uids, const char *folder, struct err *e)
{
	struct mailimap_set *set = imap_args_set(uids);
	int r = mailimap_uid_copy(t->session, set, folder);

	mailimap_set_free(set);
	return outcome(t, r, "UID COPY", e);
}

/* Takes the flags. */
static int flag(struct imap_etpan *t, struct imap_uids uids, struct mailimap_store_att_flags *store,
		struct err *e)
{
	struct mailimap_set *set = imap_args_set(uids);
	int r = mailimap_uid_store(session_of(t), set, store);

	mailimap_store_att_flags_free(store);
	mailimap_set_free(set);
	return outcome(t, r, "UID STORE", e);
}

int imap_etpan_flag_deleted(struct imap_etpan *t, struct imap_uids uids, struct err *e)
{
	return flag(t, uids, imap_args_deleted(), e);
}

int imap_etpan_flag_keywords(struct imap_etpan *t, struct imap_uids uids, bool set,
			     const char *const keywords[2], struct err *e)
{
	return flag(t, uids, imap_args_keywords(set, keywords), e);
}

int imap_etpan_expunge(struct imap_etpan *t, struct imap_uids uids, struct err *e)
{
	struct mailimap_set *set = imap_args_set(uids);
	int r = mailimap_uid_expunge(t->session, set);

	mailimap_set_free(set);
	return outcome(t, r, "UID EXPUNGE", e);
}

/* --- waiting --- */

int imap_etpan_idle(struct imap_etpan *t, struct err *e)
{
	int r;

	imap_scribe_rest(&t->scribe); /* sessions are many, and rest most of the time */
	t->stream->guard.hush = true;
	r = mailimap_idle(t->session);
	t->stream->guard.hush = false;
	return outcome(t, r, "IDLE", e);
}

int imap_etpan_done(struct imap_etpan *t, struct err *e)
{
	return outcome(t, mailimap_idle_done(t->session), "DONE", e);
}
