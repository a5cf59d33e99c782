#include "gatewayd/mail/machine.h"

#include "gatewayd/identity/identity.h"
#include "gatewayd/mail/invitation.h"
#include "gatewayd/mail/list_id.h"

/* Bytes that a reaction has at most: the sign, and "Ann reacted via Gmail" in some language. */
enum { GESTURE_TEXT_MAX = 300 };

static bool has(const struct facts *f, enum facts_mark mark)
{
	return f->marks & facts_mark_bit(mark);
}

/* RFC 2919 section 3: what stands in the angle brackets, or all of it. */
static struct span list_of(const struct header_scan *scan)
{
	struct header_walk walk = { .rest = scan->header };
	struct span name, value;

	while (header_walk_next(&walk, &name, &value))
		if (span_is_ci(name, "List-Id"))
			return list_id_bare(value);
	return SPAN_NONE;
}

static bool is_group_of(const struct conf_mailbox *mailbox, struct span list)
{
	if (list_id_names(list, span_of(mailbox->address)))
		return true;
	for (size_t i = 0; i < mailbox->aliases.n; i++)
		if (list_id_names(list, span_of(mailbox->aliases.v[i])))
			return true;
	return false;
}

/* "lists.example.com" is of example.com, "gmail.com" of nobody. */
static bool is_below(const struct conf *conf, struct span domain, struct span address)
{
	struct span own = addrspec_domain(address);

	if (!own.n || domain.n < own.n || policy_is_freemail(&conf->policy, own))
		return false;
	return span_ends_ci(domain, own) &&
	       (domain.n == own.n || domain.p[domain.n - own.n - 1] == '.');
}

static bool is_own_domain(const struct conf *conf, struct span domain)
{
	for (size_t i = 0; i < conf->mailbox_count; i++) {
		const struct conf_mailbox *mailbox = &conf->mailboxes[i];

		if (is_below(conf, domain, span_of(mailbox->address)))
			return true;
		for (size_t k = 0; k < mailbox->aliases.n; k++)
			if (is_below(conf, domain, span_of(mailbox->aliases.v[k])))
				return true;
	}
	return false;
}

/* The first address in "list support@example.com; contact ...", "<mailto:support@example.com>". */
static struct span address_in(struct span value)
{
	static const char ends[] = " \t\r\n<>;,:?\"";
	size_t at = span_find(value, SPAN("@")), from = at, to = at;

	if (at == SIZE_MAX)
		return SPAN("");
	while (from > 0 && !memchr(ends, value.p[from - 1], sizeof(ends) - 1))
		from--;
	while (to < value.n && !memchr(ends, value.p[to], sizeof(ends) - 1))
		to++;
	return span_sub(value, from, to - from);
}

/* A list of ours by whatever name: its id or where one writes to it is in a domain of ours, or it
 * is a group of Microsoft 365, which is left on a page of Microsoft's. */
static bool is_list_of_ours(const struct machine_mail *m)
{
	struct header_walk walk = { .rest = m->scan->header };
	struct span name, value;

	while (header_walk_next(&walk, &name, &value)) {
		if ((span_is_ci(name, "List-Post") || span_is_ci(name, "Mailing-List")) &&
		    is_own_domain(m->conf, addrspec_domain(address_in(value))))
			return true;
		if (span_is_ci(name, "List-Unsubscribe") &&
		    span_find_ci(value, SPAN("https://outlook.office")) != SIZE_MAX &&
		    span_find_ci(value, SPAN("/groups/")) != SIZE_MAX)
			return true;
	}
	return is_own_domain(m->conf, list_of(m->scan));
}

static bool is_named_list(const struct machine_mail *m, struct span list)
{
	for (size_t i = 0; m->mailbox && i < m->mailbox->own_lists.n; i++)
		if (span_is_ci(list, m->mailbox->own_lists.v[i]))
			return true;
	for (size_t i = 0; i < m->conf->mailbox_count; i++)
		if (is_group_of(&m->conf->mailboxes[i], list))
			return true;
	return false;
}

/* The support address stands behind this list: by the mailbox, by the name of one of ours, or
 * because somebody from outside writes to a list in a domain of ours. */
static bool is_own_list(const struct machine_mail *m)
{
	struct span list = list_of(m->scan);

	if (list.n && is_named_list(m, list))
		return true;
	return m->scan->from.p && !is_own_domain(m->conf, addrspec_domain(m->scan->from)) &&
	       is_list_of_ours(m);
}

/* It can be left, and no person asks in it.  What a service tells of its own accord (an error, an
 * alert) is none, unless it was sent as a campaign. */
static bool is_newsletter(const struct machine_mail *m)
{
	static const enum facts_mark tells[] = { FACTS_MARK_AUTO_GENERATED,
						 FACTS_MARK_AUTO_NOTIFIED,
						 FACTS_MARK_AUTO_SUBMITTED, FACTS_MARK_MONITORING };
	const struct facts *f = m->facts;

	if (!has(f, FACTS_MARK_LIST_UNSUBSCRIBE) || m->known || is_own_list(m))
		return false;
	for (size_t i = 0; i < sizeof(tells) / sizeof(*tells); i++)
		if (has(f, tells[i]))
			return has(f, FACTS_MARK_CRM);
	return true;
}

/* A machine that answers a mail.  Another ticket system passes on what people write in it. */
static bool is_answer(const struct facts *f)
{
	static const enum facts_mark marks[] = { FACTS_MARK_AUTO_REPLIED, FACTS_MARK_AUTOREPLY,
						 FACTS_MARK_PRECEDENCE_AUTO_REPLY };

	if (f->kind != FACTS_AUTO_REPLY)
		return false;
	if (has(f, FACTS_MARK_RECEIPT) || span_starts(f->kind_reason, SPAN("subject:")))
		return true;
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (has(f, marks[i]))
			return !has(f, FACTS_MARK_LOOP);
	return false;
}

/* A reaction has itself as a part besides its text; a file that somebody sends is to be read. */
static bool has_files(const struct facts *f)
{
	for (size_t i = 0; i < f->attachment_count; i++)
		if (span_find_ci(f->attachments[i].content_type, SPAN("reaction")) == SIZE_MAX)
			return true;
	return false;
}

static bool is_gesture(const struct facts *f)
{
	if (has(f, FACTS_MARK_CALENDAR_REPLY))
		return invitation_is_bare(f);
	return span_trim(f->reply).n <= GESTURE_TEXT_MAX && has(f, FACTS_MARK_REACTION) &&
	       !has_files(f);
}

enum machine machine_of(const struct machine_mail *m)
{
	const struct facts *f = m->facts;

	if (f->kind == FACTS_BOUNCE)
		return MACHINE_BOUNCE;
	if (is_answer(f))
		return MACHINE_ANSWER;
	if (is_gesture(f))
		return MACHINE_GESTURE;
	if (has(f, FACTS_MARK_SPAM) && !(m->mailbox && !m->mailbox->quarantine_spam))
		return MACHINE_SPAM;
	if (is_newsletter(m))
		return MACHINE_NEWSLETTER;
	if (f->kind == FACTS_AUTO_REPLY || has(f, FACTS_MARK_FEEDBACK))
		return MACHINE_CONTENT;
	return MACHINE_NONE;
}
