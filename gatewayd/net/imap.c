#include "gatewayd/net/imap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/mem.h"
#include "gatewayd/base/units.h"
#include "gatewayd/net/imap_name.h"
#include "gatewayd/net/imap_session.h"
#include "gatewayd/net/login_said.h"

enum {
	IDLE_MAX_MS = 28 * 60 * 1000,
	MOVE_MS = 50, /* that a server may take for a mail more */
};

bool imap_usable(const struct imap *i)
{
	return !i->stream.dead;
}

bool imap_can_idle(const struct imap *i)
{
	return i->can.idle;
}

bool imap_can_move(const struct imap *i)
{
	return i->can.move;
}

bool imap_can_uidplus(const struct imap *i)
{
	return i->can.uidplus;
}

int64_t imap_round_trip_ms(const struct imap *i)
{
	return i->round_trip_ms;
}

void imap_ahead(struct imap *i, bool on)
{
	imap_stream_ahead(&i->stream, on);
}

void imap_meanwhile(struct imap *i, const struct imap_while *w)
{
	i->stream.meanwhile = *w;
}

/* --- opening and closing --- */

/* Once to send what can be sent, and once for the answers; said: the log-in told what it can. */
static int questions(struct imap *i, bool said, struct err *e)
{
	if (!said) {
		imap_command(i);
		if (imap_etpan_capability(i->etpan, &i->can, e) < 0)
			return -1;
	}
	imap_command(i);
	if (imap_etpan_delimiter(i->etpan, &i->delimiter, e) < 0)
		return -1;
	if (!i->stream.is_ahead)
		i->round_trip_ms = clock_wait_ms() - i->asked_ms;
	if (!i->can.namespace)
		return 0;
	imap_command(i);
	return imap_etpan_namespace(i->etpan, &i->prefix, &i->delimiter, e);
}

static int ask(struct imap *i, bool said, struct err *e)
{
	int r;

	imap_command(i);
	if (imap_etpan_new(&i->stream, &i->etpan, e) < 0)
		return -1;
	i->can = imap_etpan_features(i->etpan);
	imap_ahead(i, true);
	r = questions(i, said, e);
	imap_ahead(i, false);
	i->asked_ms = clock_wait_ms();
	return r < 0 ? -1 : questions(i, said, e);
}

/* The greeting that libetpan reads: libcurl had the server's. */
static void greet(const char *capability, struct buf *out)
{
	buf_init(out, LOGIN_SAID_MAX + KIB);
	buf_adds(out, "* PREAUTH ");
	if (capability)
		buf_addf(out, "[CAPABILITY %s] ", capability);
	buf_adds(out, "libcurl has logged in\r\n");
}

int imap_open(const struct connect_options *o, struct imap **ret_imap, struct err *e)
{
	char *capability MEM_AUTO = NULL;
	struct buf greeting BUF_AUTO = { 0 };
	struct connect *connect;
	struct imap *i;

	if (connect_open(CONNECT_IMAP, o, &connect, e) < 0)
		return -1;
	capability = connect_take_capability(connect);
	greet(capability, &greeting);
	i = mem_alloc(sizeof(*i));
	i->fd = -1;
	buf_init(&i->body, SIZE_MAX);
	buf_init(&i->prefix, IMAP_NAME_MAX);
	imap_stream_init(&i->stream, connect, (int64_t)o->server->command_timeout_s * 1000,
			 buf_span(&greeting));
	if (ask(i, capability != NULL, e) < 0) {
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
		connect_send(i->stream.connect, "x LOGOUT\r\n", 10, clock_wait_ms() + 100);
	imap_etpan_free(&i->etpan);
	if (i->fd >= 0)
		close(i->fd);
	buf_release(&i->body);
	imap_stream_release(&i->stream);
	buf_release(&i->prefix);
	mem_free(ii);
}

/* --- folders --- */

static int wire_name(struct imap *i, const char *folder, struct buf *ret_wire, struct err *e)
{
	buf_init(ret_wire, IMAP_NAME_MAX);
	if (imap_name_encode(folder, i->delimiter, buf_cstr(&i->prefix), ret_wire, e) < 0)
		return err_prefix(e, "folder: ");
	if (memchr(ret_wire->p, '*', ret_wire->n) || memchr(ret_wire->p, '%', ret_wire->n))
		return err_set(e, ERR_PERM, "a folder's name holds * or %%");
	return 0;
}

static int enter(struct imap *i, const char *folder, bool to_look, struct imap_folder *ret_folder,
		 struct err *e)
{
	struct imap_selected selected;
	struct buf wire BUF_AUTO;

	if (wire_name(i, folder, &wire, e) < 0)
		return -1;
	imap_command(i);
	if (imap_etpan_select(i->etpan, buf_cstr(&wire), IMAP_MARK, to_look, &selected, e) < 0)
		return -1;
	if (i->stream.is_ahead)
		return 0;
	if (selected.uidvalidity == 0)
		return err_set(e, ERR_TEMP, "the IMAP server gives no UIDVALIDITY");
	i->exists = selected.exists;
	i->uidnext = selected.uidnext;
	*ret_folder = (struct imap_folder){
		.uidvalidity = selected.uidvalidity,
		.exists = selected.exists,
		.uidnext = selected.uidnext,
		.keeps_mark = selected.keeps_mark,
		.read_only = selected.read_only,
	};
	return 0;
}

int imap_select(struct imap *i, const char *folder, struct imap_folder *ret_folder, struct err *e)
{
	return enter(i, folder, false, ret_folder, e);
}

int imap_examine(struct imap *i, const char *folder, struct imap_folder *ret_folder, struct err *e)
{
	return enter(i, folder, true, ret_folder, e);
}

int imap_folder_exists(struct imap *i, const char *folder, bool *ret_exists, struct err *e)
{
	struct buf wire BUF_AUTO;

	if (wire_name(i, folder, &wire, e) < 0)
		return -1;
	imap_command(i);
	return imap_etpan_list(i->etpan, buf_cstr(&wire), ret_exists, e);
}

/* Both commands in any case: the second can be under way when the first is refused. */
int imap_folder_create(struct imap *i, const char *folder, struct err *e)
{
	struct buf wire BUF_AUTO;
	struct err ignored;
	int r;

	if (wire_name(i, folder, &wire, e) < 0)
		return -1;
	imap_command(i);
	r = imap_etpan_create(i->etpan, buf_cstr(&wire), e);
	if (!imap_usable(i))
		return -1;
	imap_command(i);
	/* a server that refuses is no harm */
	imap_etpan_subscribe(i->etpan, buf_cstr(&wire), &ignored);
	return r;
}

/* A NO is no harm when the folder is there all the same: somebody else was quicker. */
int imap_folder_ensure(struct imap *i, const char *folder, struct err *e)
{
	struct err ignored;
	bool exists;

	if (imap_folder_exists(i, folder, &exists, e) < 0)
		return -1;
	if (exists || imap_folder_create(i, folder, e) == 0)
		return 0;
	exists = false;
	return imap_usable(i) && imap_folder_exists(i, folder, &exists, &ignored) == 0 && exists
		   ? 0
		   : -1;
}

void imap_last_words(const struct imap *i, struct buf *out)
{
	imap_etpan_words(i->etpan, out);
}

/* --- moving --- */

int imap_remove(struct imap *i, const uint32_t *p, size_t count, struct err *e)
{
	struct imap_uids uids = { p, count, sizeof(*p) };

	imap_command(i);
	if (imap_etpan_flag_deleted(i->etpan, uids, e) < 0)
		return -1;
	if (!i->can.uidplus)
		return 0;
	imap_command(i);
	return imap_etpan_expunge(i->etpan, uids, e);
}

int imap_move(struct imap *i, const uint32_t *uids, size_t count, const char *folder, struct err *e)
{
	struct imap_uids set = { uids, count, sizeof(*uids) };
	struct buf wire BUF_AUTO;

	if (wire_name(i, folder, &wire, e) < 0)
		return -1;
	if (!i->can.move && i->stream.is_ahead)
		return err_set(e, ERR_BUG, "a move of several commands cannot be sent ahead");
	imap_command_for(i, count, MOVE_MS);
	if (!i->can.move)
		return imap_etpan_copy(i->etpan, set, buf_cstr(&wire), e) < 0
			   ? -1
			   : imap_remove(i, uids, count, e);
	return imap_etpan_move(i->etpan, set, buf_cstr(&wire), e);
}

/* --- waiting --- */

/* Once for each EXISTS that the guard saw go by. */
static bool take_exists(struct imap *i)
{
	bool exists = i->stream.guard.exists;

	i->stream.guard.exists = false;
	return exists;
}

void imap_rest(struct imap *i)
{
	connect_rest(i->stream.connect);
}

/* Until the guard saw an EXISTS go by, or the end. */
static int await_change(struct imap *i, int wake_fd, int64_t deadline_ms,
			enum imap_event *ret_event)
{
	int ready = CONNECT_READABLE;

	while (!i->stream.guard.exists && ready == CONNECT_READABLE) {
		imap_rest(i);
		ready = imap_stream_pump(&i->stream, wake_fd, deadline_ms);
		if (ready < 0)
			return -1;
	}
	*ret_event = take_exists(i)	      ? IMAP_CHANGED
		     : ready == CONNECT_WOKEN ? IMAP_WOKEN
					      : IMAP_QUIET;
	return 0;
}

int imap_idle(struct imap *i, int wake_fd, int timeout_ms, enum imap_event *ret_event,
	      struct err *e)
{
	int64_t deadline_ms =
	    clock_wait_ms() + (timeout_ms < IDLE_MAX_MS ? timeout_ms : IDLE_MAX_MS);

	if (take_exists(i)) {
		*ret_event = IMAP_CHANGED; /* it came between the list and now */
		return 0;
	}
	imap_command(i);
	if (imap_etpan_idle(i->etpan, e) < 0)
		return -1;
	if (await_change(i, wake_fd, deadline_ms, ret_event) < 0) {
		*e = i->stream.why;
		return -1;
	}
	imap_command(i);
	return imap_etpan_done(i->etpan, e);
}
