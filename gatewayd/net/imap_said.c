#include "gatewayd/net/imap_said.h"

#include <libetpan/libetpan.h>
#include <stdlib.h>
#include <strings.h>

#include "gatewayd/base/clock.h"
#include "gatewayd/base/mem.h"

static int64_t instant_of(const struct mailimap_date_time *d)
{
	int sign = d->dt_zone < 0 ? -1 : 1, zone = d->dt_zone * sign;
	struct civil c = { d->dt_year, d->dt_month, d->dt_day, d->dt_hour, d->dt_min, d->dt_sec };

	if (c.year < 1970 || c.year > 9999 || c.month < 1 || c.month > 12 || c.day < 1 ||
	    c.day > 31 || zone > 2400 || c.hour > 24 || c.minute > 60 || c.second > 61)
		return INSTANT_NONE;
	return civil_to_utc(&c) - sign * (zone / 100 * HOUR_S + zone % 100 * 60);
}

static void read_claim(const char *keyword, struct imap_said *said)
{
	size_t n = strlen(IMAP_CLAIM);
	bool is_claim = strncasecmp(keyword, IMAP_CLAIM, n) == 0;
	uint32_t claim = is_claim ? (uint32_t)strtoul(keyword + n, NULL, 16) : 0;

	if (claim && (!said->claim_low || claim < said->claim_low))
		said->claim_low = claim;
	if (claim > said->claim_high)
		said->claim_high = claim;
}

static void read_flags(const clist *flags, struct imap_said *said)
{
	said->flags = true;
	for (clistiter *c = flags ? clist_begin(flags) : NULL; c; c = clist_next(c)) {
		const struct mailimap_flag_fetch *f = clist_content(c);

		if (f->fl_type != MAILIMAP_FLAG_FETCH_OTHER || !f->fl_flag)
			continue;
		if (f->fl_flag->fl_type == MAILIMAP_FLAG_KEYWORD)
			read_claim(f->fl_flag->fl_data.fl_keyword, said);
	}
}

static void read_static(const struct mailimap_msg_att_static *s, struct imap_said *said)
{
	switch (s->att_type) {
	case MAILIMAP_MSG_ATT_UID: said->uid = s->att_data.att_uid; break;
	case MAILIMAP_MSG_ATT_BODY_SECTION: said->body = true; break;
	case MAILIMAP_MSG_ATT_RFC822_SIZE: said->size = s->att_data.att_rfc822_size; break;
	case MAILIMAP_MSG_ATT_INTERNALDATE:
		said->received_at = instant_of(s->att_data.att_internal_date);
		break;
	default: break;
	}
}

void imap_said_read(const struct mailimap_msg_att *att, struct imap_said *ret_said)
{
	struct imap_said said = { .size = -1, .received_at = INSTANT_NONE };

	for (clistiter *c = clist_begin(att->att_list); c; c = clist_next(c)) {
		const struct mailimap_msg_att_item *item = clist_content(c);

		if (item->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC)
			read_static(item->att_data.att_static, &said);
		else if (item->att_type == MAILIMAP_MSG_ATT_ITEM_DYNAMIC)
			read_flags(item->att_data.att_dyn->att_list, &said);
	}
	*ret_said = said;
}

/* --- whose it is --- */

void imap_hearings_add(struct imap_hearings *h, enum imap_fetch_what what, struct imap_uids uids,
		       const struct imap_listener *l)
{
	struct imap_hearing *one = mem_alloc(sizeof(*one));

	*one = (struct imap_hearing){ .what = what, .uids = uids, .listener = *l };
	if (h->last)
		h->last->next = one;
	else
		h->first = one;
	h->last = one;
}

void imap_hearings_drop(struct imap_hearings *h)
{
	struct imap_hearing *one = h->first;

	if (!one)
		return;
	h->first = one->next;
	if (!h->first)
		h->last = NULL;
	mem_free(&one);
}

static const struct imap_hearing *bodies(const struct imap_hearings *h)
{
	const struct imap_hearing *one = h->first;

	while (one && !one->listener.body)
		one = one->next;
	return one;
}

bool imap_hearings_body(const struct imap_hearings *h, struct span bytes)
{
	const struct imap_hearing *one = bodies(h);

	return !one || one->listener.body(one->listener.ctx, bytes);
}

static bool answers(const struct imap_hearing *one, const struct imap_said *said)
{
	if (one->listener.body)
		return said->body;
	return !said->body &&
	       (one->what == IMAP_FETCH_FLAGS ? said->flags && said->size < 0 : said->size >= 0);
}

/* The index of uid among rising ones, or SIZE_MAX. */
static size_t find(struct imap_uids uids, uint32_t uid)
{
	size_t low = 0;

	for (size_t high = uids.n; low < high;) {
		size_t mid = low + (high - low) / 2;

		if (imap_uid_at(uids, mid) < uid)
			low = mid + 1;
		else
			high = mid;
	}
	return low < uids.n && imap_uid_at(uids, low) == uid ? low : SIZE_MAX;
}

void imap_hearings_response(const struct imap_hearings *h, const struct imap_said *said)
{
	const struct imap_hearing *one = h->first;
	size_t k = SIZE_MAX;

	while (one && (!answers(one, said) || (k = find(one->uids, said->uid)) == SIZE_MAX))
		one = one->next;
	if (one)
		one->listener.response(one->listener.ctx, one->listener.into, k, said);
	if (one && one->listener.body)
		return;
	one = bodies(h); /* a body that nobody asked for */
	if (one)
		one->listener.response(one->listener.ctx, one->listener.into, SIZE_MAX, said);
}
