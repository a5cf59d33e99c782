#include "gatewayd/imap.h"

#include <errno.h>
#include <fcntl.h>
#include <libetpan/libetpan.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/imap_name.h"
#include "gatewayd/imap_stream.h"

enum {
	ANSWER_MAX = 1024 * 1024, /* of a command that fetches no mail */
	SEARCH_ANSWER_MAX = IMAP_SEARCH_LINE_MAX + ANSWER_MAX,
	STREAM_BUFFER = 16 * 1024, /* libetpan's */
	IDLE_MAX_MS = 28 * 60 * 1000,
};

/* The mail that is streaming in; imap_fetch() only. */
struct incoming {
	int fd;
	int64_t length;
	struct err error;
	const struct imap_mail *mails; /* asked for */
	size_t count;
	bool *done;
	bool truncated;
	imap_mail_fn *fn;
	void *ctx;
};

struct imap {
	struct imap_stream stream;
	mailstream_low_driver driver;
	mailimap *session;
	int64_t timeout_ms;
	bool idle, move, uidplus;
	char delimiter;
	struct buf prefix; /* of the personal namespace */
	struct imap_mail *described;
	size_t described_count;
	struct incoming *incoming;
};

/* ---- the driver under libetpan ---- */

static struct imap *imap_of(mailstream_low *low)
{
	return low->data;
}

static ssize_t low_read(mailstream_low *low, void *p, size_t n)
{
	return imap_stream_read(&imap_of(low)->stream, p, n);
}

static ssize_t low_write(mailstream_low *low, const void *p, size_t n)
{
	return imap_stream_write(&imap_of(low)->stream, p, n) < 0 ? -1 : (ssize_t)n;
}

static int low_close(mailstream_low *low)
{
	(void)low;
	return 0;
}

static int low_get_fd(mailstream_low *low)
{
	(void)low;
	return -1; /* nobody may select() on it: descriptors can be over 1023 */
}

static void low_free(mailstream_low *low)
{
	free(low);
}

/* ---- commands and what became of them ---- */

static void command(struct imap *i)
{
	imap_stream_command(&i->stream, i->timeout_ms, ANSWER_MAX, 0);
}

/* The server's last words, printable and short. */
static void response_text(const struct imap *i, struct buf *out)
{
	const char *p = i->session->imap_response;

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

/* 0 when r is success, else -1 with e filled; a fatal r kills the session. */
static int outcome(struct imap *i, int r, const char *what, struct err *e)
{
	struct buf text BUF_AUTO;

	buf_init(&text, ERR_TEXT_MAX / 2);
	if (is_ok(r))
		return 0;
	if (i->stream.dead) {
		*e = i->stream.why;
		return err_prefix(e, "%s: ", what);
	}
	response_text(i, &text);
	if (!is_fatal(r))
		return err_set(e, ERR_TEMP, "%s: the IMAP server says NO: %s", what,
			       buf_cstr(&text));
	err_set(&i->stream.why, ERR_TEMP, "the IMAP server's answer makes no sense (%d): %s", r,
		buf_cstr(&text));
	i->stream.dead = true;
	*e = i->stream.why;
	return err_prefix(e, "%s: ", what);
}

bool imap_usable(const struct imap *i)
{
	return !i->stream.dead;
}

bool imap_can_idle(const struct imap *i)
{
	return i->idle;
}

/* ---- opening ---- */

static int greet(struct imap *i, struct err *e)
{
	mailstream_low *low = mailstream_low_new(i, &i->driver);
	mailstream *stream = low ? mailstream_new(low, STREAM_BUFFER) : NULL;

	if (!stream) {
		free(low);
		return err_set(e, ERR_TEMP, "no memory for an IMAP session");
	}
	command(i);
	return outcome(i, mailimap_connect(i->session, stream), "greeting", e);
}

static int ask_capabilities(struct imap *i, struct err *e)
{
	struct mailimap_capability_data *data = NULL;
	int r;

	command(i);
	r = mailimap_capability(i->session, &data);
	if (r == MAILIMAP_NO_ERROR && data)
		mailimap_capability_data_free(data);
	if (outcome(i, r, "CAPABILITY", e) < 0)
		return -1;
	i->idle = mailimap_has_idle(i->session);
	i->move = mailimap_has_extension(i->session, "MOVE");
	i->uidplus = mailimap_has_uidplus(i->session);
	return 0;
}

/* The delimiter, by the empty LIST of RFC 3501 section 6.3.8. */
static int ask_delimiter(struct imap *i, struct err *e)
{
	clist *list = NULL;
	int r;

	command(i);
	r = mailimap_list(i->session, "", "", &list);
	if (r == MAILIMAP_NO_ERROR && list && clist_begin(list)) {
		struct mailimap_mailbox_list *mb = clist_content(clist_begin(list));

		i->delimiter = mb->mb_delimiter;
	}
	if (r == MAILIMAP_NO_ERROR && list)
		mailimap_list_result_free(list);
	return outcome(i, r, "LIST", e);
}

static int ask_namespace(struct imap *i, struct err *e)
{
	struct mailimap_namespace_data *data = NULL;
	clistiter *first;
	int r;

	if (!mailimap_has_namespace(i->session))
		return 0;
	command(i);
	r = mailimap_namespace(i->session, &data);
	if (r == MAILIMAP_NO_ERROR && data) {
		first = data->ns_personal ? clist_begin(data->ns_personal->ns_data_list) : NULL;
		if (first) {
			struct mailimap_namespace_info *info = clist_content(first);

			buf_adds(&i->prefix, info->ns_prefix);
			i->delimiter = info->ns_delimiter ? info->ns_delimiter : i->delimiter;
		}
		mailimap_namespace_data_free(data);
	}
	return outcome(i, r, "NAMESPACE", e);
}

static void no_progress(size_t now, size_t all, void *ctx)
{
	(void)now, (void)all, (void)ctx;
}

static bool on_body(int type, struct mailimap_msg_att_body_section *section, const char *bytes,
		    size_t n, void *ctx);
static void on_mail(struct mailimap_msg_att *att, void *ctx);

static struct imap *imap_new(const struct connect_options *o, struct connect *connect)
{
	struct imap *i = mem_alloc(sizeof(*i));

	i->driver = (mailstream_low_driver){
		.mailstream_read = low_read,
		.mailstream_write = low_write,
		.mailstream_close = low_close,
		.mailstream_get_fd = low_get_fd,
		.mailstream_free = low_free,
	};
	i->timeout_ms = (int64_t)o->server->command_timeout_s * 1000;
	buf_init(&i->prefix, IMAP_NAME_MAX);
	imap_stream_init(&i->stream, connect, SPAN("* PREAUTH libcurl has logged in\r\n"));
	i->session = mailimap_new(0, NULL);
	if (!i->session)
		abort();
	/* libetpan calls the handler of a mail only where there is one for progress */
	mailimap_set_progress_callback(i->session, no_progress, no_progress, NULL);
	mailimap_set_msg_body_handler(i->session, on_body, i);
	mailimap_set_msg_att_handler(i->session, on_mail, i);
	return i;
}

int imap_open(const struct connect_options *o, struct imap **ret_imap, struct err *e)
{
	struct connect *connect;
	struct imap *i;

	if (connect_open(CONNECT_IMAP, o, &connect, e) < 0)
		return -1;
	i = imap_new(o, connect);
	if (greet(i, e) < 0 || ask_capabilities(i, e) < 0 || ask_delimiter(i, e) < 0 ||
	    ask_namespace(i, e) < 0) {
		imap_close(&i);
		return err_prefix(e, "%s:%d: ", o->server->host, o->server->port);
	}
	*ret_imap = i;
	return 0;
}

void imap_close(struct imap **ii)
{
	struct imap *i = *ii;

	if (!i)
		return;
	if (!i->stream.dead)
		connect_send(i->stream.connect, "x LOGOUT\r\n", 10, connect_now_ms() + 100);
	i->stream.dead = true; /* so that mailimap_free() does not wait for an answer */
	mailimap_free(i->session);
	imap_stream_release(&i->stream);
	buf_release(&i->prefix);
	mem_free(ii);
}

/* ---- folders ---- */

static int wire_name(struct imap *i, const char *folder, struct buf *ret_wire, struct err *e)
{
	buf_init(ret_wire, IMAP_NAME_MAX);
	if (imap_name_encode(folder, i->delimiter, buf_cstr(&i->prefix), ret_wire, e) < 0)
		return err_prefix(e, "folder: ");
	if (memchr(ret_wire->p, '*', ret_wire->n) || memchr(ret_wire->p, '%', ret_wire->n))
		return err_set(e, ERR_PERM, "a folder's name holds * or %%");
	return 0;
}

int imap_select(struct imap *i, const char *folder, struct imap_folder *ret_folder, struct err *e)
{
	struct buf wire BUF_AUTO;
	const struct mailimap_selection_info *info;

	if (wire_name(i, folder, &wire, e) < 0)
		return -1;
	command(i);
	if (outcome(i, mailimap_select(i->session, buf_cstr(&wire)), "SELECT", e) < 0)
		return -1;
	info = i->session->imap_selection_info;
	if (info->sel_uidvalidity == 0)
		return err_set(e, ERR_TEMP, "the IMAP server gives no UIDVALIDITY");
	*ret_folder = (struct imap_folder){
		.uidvalidity = info->sel_uidvalidity,
		.exists = info->sel_exists,
		.read_only = info->sel_perm == MAILIMAP_MAILBOX_READONLY,
	};
	return 0;
}

static bool is_noselect(const struct mailimap_mailbox_list *mb)
{
	return mb->mb_flag && mb->mb_flag->mbf_type == MAILIMAP_MBX_LIST_FLAGS_SFLAG &&
	       mb->mb_flag->mbf_sflag == MAILIMAP_MBX_LIST_SFLAG_NOSELECT;
}

static int folder_exists(struct imap *i, const char *wire, bool *ret_exists, struct err *e)
{
	clist *list = NULL;
	int r;

	command(i);
	r = mailimap_list(i->session, "", wire, &list);
	if (outcome(i, r, "LIST", e) < 0)
		return -1;
	*ret_exists = list && clist_begin(list) && !is_noselect(clist_content(clist_begin(list)));
	if (list)
		mailimap_list_result_free(list);
	return 0;
}

/* A NO is no harm when the folder is there all the same: somebody else was quicker. */
static int folder_create(struct imap *i, const char *wire, struct err *e)
{
	struct err ignored;
	bool exists = false;

	command(i);
	if (outcome(i, mailimap_create(i->session, wire), "CREATE", e) == 0)
		return 0;
	if (!imap_usable(i) || folder_exists(i, wire, &exists, &ignored) < 0)
		return -1;
	return exists ? 0 : -1;
}

int imap_folder_ensure(struct imap *i, const char *folder, struct err *e)
{
	struct buf wire BUF_AUTO;
	struct err ignored;
	bool exists;

	if (wire_name(i, folder, &wire, e) < 0 || folder_exists(i, buf_cstr(&wire), &exists, e) < 0)
		return -1;
	if (exists)
		return 0;
	if (folder_create(i, buf_cstr(&wire), e) < 0)
		return -1;
	command(i);
	/* so that people see it in their clients; a server that refuses is no harm */
	outcome(i, mailimap_subscribe(i->session, buf_cstr(&wire)), "SUBSCRIBE", &ignored);
	return 0;
}

/* ---- UIDs ---- */

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Rising, each once, no zero. */
static size_t tidy(uint32_t *uids, size_t n)
{
	size_t kept = 0;

	qsort(uids, n, sizeof(*uids), by_number);
	for (size_t k = 0; k < n; k++)
		if (uids[k] != 0 && (kept == 0 || uids[k] != uids[kept - 1]))
			uids[kept++] = uids[k];
	return kept;
}

static struct mailimap_search_key *key_new(int type)
{
	return mailimap_search_key_new(type, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
				       NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL,
				       NULL, NULL, 0, NULL, NULL, NULL);
}

int imap_list(struct imap *i, uint32_t **ret_uids, size_t *ret_count, struct err *e)
{
	bool all = i->move || i->uidplus;
	struct mailimap_search_key *key =
	    key_new(all ? MAILIMAP_SEARCH_KEY_ALL : MAILIMAP_SEARCH_KEY_UNDELETED);
	clist *found = NULL;
	uint32_t *uids;
	size_t n = 0;
	int r;

	imap_stream_command(&i->stream, i->timeout_ms, SEARCH_ANSWER_MAX, 0);
	i->stream.guard.exists = false; /* what comes from now on is news */
	r = mailimap_uid_search(i->session, NULL, key, &found);
	mailimap_search_key_free(key);
	if (outcome(i, r, "UID SEARCH", e) < 0)
		return -1;
	uids = mem_alloc_n(found ? (size_t)clist_count(found) + 1 : 1, sizeof(*uids));
	for (clistiter *c = found ? clist_begin(found) : NULL; c; c = clist_next(c))
		uids[n++] = *(uint32_t *)clist_content(c);
	if (found)
		mailimap_search_result_free(found);
	*ret_count = tidy(uids, n);
	*ret_uids = uids;
	return 0;
}

/* A set of rising UIDs, neighbours as ranges. */
static struct mailimap_set *set_new(size_t n, uint32_t (*uid)(const void *, size_t), const void *of)
{
	struct mailimap_set *set = mailimap_set_new_empty();

	for (size_t k = 0; k < n;) {
		uint32_t first = uid(of, k), last = first;

		for (k++; k < n && uid(of, k) == last + 1; k++)
			last++;
		if (mailimap_set_add_interval(set, first, last) != MAILIMAP_NO_ERROR)
			abort();
	}
	return set;
}

static uint32_t uid_of_number(const void *of, size_t k)
{
	return ((const uint32_t *)of)[k];
}

static uint32_t uid_of_mail(const void *of, size_t k)
{
	return ((const struct imap_mail *)of)[k].uid;
}

/* ---- fetching ---- */

static int64_t instant_of(const struct mailimap_date_time *d)
{
	int sign = d->dt_zone < 0 ? -1 : 1, zone = d->dt_zone * sign;
	struct civil c = { d->dt_year, d->dt_month, d->dt_day, d->dt_hour, d->dt_min, d->dt_sec };

	if (c.year < 1970 || c.year > 9999 || c.month < 1 || c.month > 12 || c.day < 1 ||
	    c.day > 31 || zone > 2400 || c.hour > 24 || c.minute > 60 || c.second > 61)
		return INSTANT_NONE;
	return civil_to_utc(&c) - sign * (zone / 100 * 3600 + zone % 100 * 60);
}

static void read_flags(const clist *flags, struct imap_mail *m)
{
	for (clistiter *c = flags ? clist_begin(flags) : NULL; c; c = clist_next(c)) {
		const struct mailimap_flag_fetch *f = clist_content(c);

		if (f->fl_type != MAILIMAP_FLAG_FETCH_OTHER || !f->fl_flag)
			continue;
		m->seen = m->seen || f->fl_flag->fl_type == MAILIMAP_FLAG_SEEN;
		m->deleted = m->deleted || f->fl_flag->fl_type == MAILIMAP_FLAG_DELETED;
	}
}

static void read_static(const struct mailimap_msg_att_static *s, struct imap_mail *m)
{
	switch (s->att_type) {
	case MAILIMAP_MSG_ATT_UID: m->uid = s->att_data.att_uid; break;
	case MAILIMAP_MSG_ATT_RFC822_SIZE: m->size = s->att_data.att_rfc822_size; break;
	case MAILIMAP_MSG_ATT_INTERNALDATE:
		m->received_at = instant_of(s->att_data.att_internal_date);
		break;
	default: break;
	}
}

/* What one FETCH response says; uid is 0 when it does not say whom it is about. */
static struct imap_mail read_response(const struct mailimap_msg_att *att)
{
	struct imap_mail m = { .size = -1, .received_at = INSTANT_NONE, .fd = -1 };

	for (clistiter *c = clist_begin(att->att_list); c; c = clist_next(c)) {
		const struct mailimap_msg_att_item *item = clist_content(c);

		if (item->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC)
			read_static(item->att_data.att_static, &m);
		else if (item->att_type == MAILIMAP_MSG_ATT_ITEM_DYNAMIC)
			read_flags(item->att_data.att_dyn->att_list, &m);
	}
	return m;
}

/* The index of uid among n rising ones, or SIZE_MAX. */
static size_t mail_find(const struct imap_mail *mails, size_t n, uint32_t uid)
{
	size_t low = 0;

	for (size_t high = n; low < high;) {
		size_t mid = low + (high - low) / 2;

		if (mails[mid].uid < uid)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && mails[low].uid == uid ? low : SIZE_MAX;
}

static void add_att(struct mailimap_fetch_type *type, struct mailimap_fetch_att *att)
{
	if (!att || mailimap_fetch_type_new_fetch_att_list_add(type, att) != MAILIMAP_NO_ERROR)
		abort();
}

/*
 * What comes is given to on_mail(), nothing is gathered.  A NO may mean that some could not be had:
 * those are then missing from what came, the others are good.
 */
static int uid_fetch(struct imap *i, const struct imap_mail *mails, size_t n,
		     struct mailimap_fetch_type *type, struct err *e)
{
	struct mailimap_set *set = set_new(n, uid_of_mail, mails);
	clist *list = NULL;
	int r = mailimap_uid_fetch(i->session, set, type, &list);

	mailimap_set_free(set);
	mailimap_fetch_type_free(type);
	if (is_ok(r) && list)
		mailimap_fetch_list_free(list);
	return outcome(i, r, "UID FETCH", e) < 0 && i->stream.dead ? -1 : 0;
}

int imap_describe(struct imap *i, struct imap_mail *ret_mails, size_t n, struct err *e)
{
	struct mailimap_fetch_type *type = mailimap_fetch_type_new_fetch_att_list_empty();
	int r;

	for (size_t k = 0; k < n; k++)
		ret_mails[k] = (struct imap_mail){ .uid = ret_mails[k].uid, .fd = -1 };
	add_att(type, mailimap_fetch_att_new_uid());
	add_att(type, mailimap_fetch_att_new_flags());
	add_att(type, mailimap_fetch_att_new_internaldate());
	add_att(type, mailimap_fetch_att_new_rfc822_size());
	command(i);
	i->described = ret_mails;
	i->described_count = n;
	r = uid_fetch(i, ret_mails, n, type, e);
	i->described = NULL;
	return r;
}

static void on_description(struct imap *i, const struct imap_mail *said)
{
	size_t k = mail_find(i->described, i->described_count, said->uid);

	if (k == SIZE_MAX || said->size < 0)
		return;
	i->described[k] = *said;
	i->described[k].present = true;
}

static int write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return -1;
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

/* Bytes of a body: into the memfd of the mail under way. */
static bool on_body(int type, struct mailimap_msg_att_body_section *section, const char *bytes,
		    size_t n, void *ctx)
{
	struct incoming *in = ((struct imap *)ctx)->incoming;

	(void)type, (void)section;
	if (!in)
		return true; /* nobody asked */
	if (in->fd < 0)
		in->fd = memfd_create("mail", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (in->fd < 0 || write_all(in->fd, bytes, n) < 0) {
		err_set(&in->error, ERR_TEMP, "no memory for a mail: %s", strerror(errno));
		return false;
	}
	in->length += (int64_t)n;
	return true;
}

static void drop_body(struct incoming *in)
{
	if (in->fd >= 0)
		close(in->fd);
	in->fd = -1;
	in->length = 0;
}

static void seal(int fd)
{
	int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;

	if (fcntl(fd, F_ADD_SEALS, seals) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		abort();
}

/* The body handler is not called for a mail without a byte. */
static bool has_empty_body(const struct mailimap_msg_att *att)
{
	for (clistiter *c = clist_begin(att->att_list); c; c = clist_next(c)) {
		const struct mailimap_msg_att_item *item = clist_content(c);

		if (item->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC &&
		    item->att_data.att_static->att_type == MAILIMAP_MSG_ATT_BODY_SECTION)
			return true;
	}
	return false;
}

/* A body came in a response about this UID: hand it over if it was asked for. */
static void on_delivery(struct incoming *in, const struct mailimap_msg_att *att, uint32_t uid)
{
	size_t k = mail_find(in->mails, in->count, uid);
	struct imap_mail m;

	if (k != SIZE_MAX && in->mails[k].size == 0 && in->fd < 0 && has_empty_body(att))
		in->fd = memfd_create("mail", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (k == SIZE_MAX || in->done[k] || in->fd < 0) {
		drop_body(in);
		return;
	}
	m = in->mails[k];
	m.fd = in->fd;
	m.length = in->length;
	m.truncated = in->truncated;
	m.size_differs = !in->truncated && m.length != m.size;
	in->done[k] = true;
	in->fd = -1;
	in->length = 0;
	seal(m.fd);
	in->fn(in->ctx, &m);
}

/* One FETCH response is complete. */
static void on_mail(struct mailimap_msg_att *att, void *ctx)
{
	struct imap *i = ctx;
	struct imap_mail said = read_response(att);

	if (i->incoming)
		on_delivery(i->incoming, att, said.uid);
	else if (i->described)
		on_description(i, &said);
}

static struct mailimap_fetch_type *body_type(bool truncated)
{
	struct mailimap_fetch_type *type = mailimap_fetch_type_new_fetch_att_list_empty();
	struct mailimap_section *all = mailimap_section_new(NULL);

	add_att(type, mailimap_fetch_att_new_uid());
	add_att(type, truncated ? mailimap_fetch_att_new_body_peek_section_partial(all, 0,
										   IMAP_HEAD_BYTES)
				: mailimap_fetch_att_new_body_peek_section(all));
	return type;
}

/* One command: n mails that are all whole or all truncated. */
static int fetch_run(struct imap *i, struct incoming *in, int64_t bytes, int64_t body_max,
		     struct err *e)
{
	int64_t timeout_ms = i->timeout_ms + bytes * 1000 / IMAP_MIN_RATE;
	int r;

	/* half as much again for servers whose RFC822.SIZE is an estimate */
	imap_stream_command(&i->stream, timeout_ms, bytes + bytes / 2 + ANSWER_MAX,
			    body_max + body_max / 2 + ANSWER_MAX);
	i->incoming = in;
	r = uid_fetch(i, in->mails, in->count, body_type(in->truncated), e);
	i->incoming = NULL;
	drop_body(in);
	if (r < 0 && in->error.class != ERR_NONE)
		*e = in->error;
	return r;
}

/* The mails [from, to) of the same kind as from. */
static size_t run_end(const struct imap_mail *mails, size_t from, size_t n, int64_t max_bytes)
{
	size_t to = from + 1;

	if (mails[from].size > max_bytes)
		return to;
	while (to < n && mails[to].size <= max_bytes)
		to++;
	return to;
}

static int fetch_part(struct imap *i, struct incoming *in, int64_t max_bytes, struct err *e)
{
	int64_t bytes = 0, largest = 0;

	in->truncated = in->mails[0].size > max_bytes;
	for (size_t k = 0; k < in->count; k++) {
		int64_t size = in->truncated ? IMAP_HEAD_BYTES : in->mails[k].size;

		bytes += size;
		largest = size > largest ? size : largest;
	}
	return fetch_run(i, in, bytes, largest, e);
}

int imap_fetch(struct imap *i, const struct imap_mail *mails, size_t n, int64_t max_bytes,
	       imap_mail_fn *fn, void *ctx, struct err *e)
{
	bool done[IMAP_RANGE_MAX] = { false };

	if (n > IMAP_RANGE_MAX)
		return err_set(e, ERR_BUG, "more than %d mails in a fetch", IMAP_RANGE_MAX);
	for (size_t from = 0, to; from < n; from = to) {
		struct incoming in = { .fd = -1, .fn = fn, .ctx = ctx };

		to = run_end(mails, from, n, max_bytes);
		in.mails = mails + from;
		in.count = to - from;
		in.done = done + from;
		if (fetch_part(i, &in, max_bytes, e) < 0)
			return -1;
	}
	for (size_t k = 0; k < n; k++) {
		struct imap_mail gone = mails[k];

		gone.fd = -1;
		if (!done[k])
			fn(ctx, &gone);
	}
	return 0;
}

/* ---- moving ---- */

static int flag_deleted(struct imap *i, struct mailimap_set *set)
{
	struct mailimap_flag_list *flags = mailimap_flag_list_new_empty();
	struct mailimap_store_att_flags *store;
	int r;

	if (mailimap_flag_list_add(flags, mailimap_flag_new_deleted()) != MAILIMAP_NO_ERROR)
		abort();
	store = mailimap_store_att_flags_new_add_flags_silent(flags);
	command(i);
	r = mailimap_uid_store(i->session, set, store);
	mailimap_store_att_flags_free(store);
	return r;
}

static int copy_and_delete(struct imap *i, struct mailimap_set *set, const char *wire,
			   struct err *e)
{
	command(i);
	if (outcome(i, mailimap_uid_copy(i->session, set, wire), "UID COPY", e) < 0 ||
	    outcome(i, flag_deleted(i, set), "UID STORE", e) < 0)
		return -1;
	if (!i->uidplus)
		return 0;
	command(i);
	return outcome(i, mailimap_uid_expunge(i->session, set), "UID EXPUNGE", e);
}

int imap_move(struct imap *i, const uint32_t *uids, size_t count, const char *folder, struct err *e)
{
	struct mailimap_set *set;
	struct buf wire BUF_AUTO;
	int r;

	if (wire_name(i, folder, &wire, e) < 0)
		return -1;
	set = set_new(count, uid_of_number, uids);
	if (i->move) {
		command(i);
		r = outcome(i, mailimap_uid_move(i->session, set, buf_cstr(&wire)), "UID MOVE", e);
	} else {
		r = copy_and_delete(i, set, buf_cstr(&wire), e);
	}
	mailimap_set_free(set);
	return r;
}

/* ---- waiting ---- */

/* Until the guard saw an EXISTS go by, or the end; the answers stay unread for libetpan. */
static int await_change(struct imap *i, int wake_fd, int64_t deadline_ms,
			enum imap_event *ret_event)
{
	int ready = CONNECT_READABLE;

	while (!i->stream.guard.exists && ready == CONNECT_READABLE) {
		ready = imap_stream_pump(&i->stream, wake_fd, deadline_ms);
		if (ready < 0)
			return -1;
	}
	*ret_event = i->stream.guard.exists   ? IMAP_CHANGED
		     : ready == CONNECT_WOKEN ? IMAP_WOKEN
					      : IMAP_QUIET;
	return 0;
}

int imap_idle(struct imap *i, int wake_fd, int timeout_ms, enum imap_event *ret_event,
	      struct err *e)
{
	int64_t deadline_ms =
	    connect_now_ms() + (timeout_ms < IDLE_MAX_MS ? timeout_ms : IDLE_MAX_MS);
	int r;

	if (i->stream.guard.exists) {
		*ret_event = IMAP_CHANGED; /* it came between the list and now */
		return 0;
	}
	command(i);
	i->stream.guard.hush = true;
	r = mailimap_idle(i->session);
	i->stream.guard.hush = false;
	if (outcome(i, r, "IDLE", e) < 0)
		return -1;
	if (await_change(i, wake_fd, deadline_ms, ret_event) < 0) {
		*e = i->stream.why;
		return -1;
	}
	command(i);
	return outcome(i, mailimap_idle_done(i->session), "DONE", e);
}
