#include "gatewayd/mail/requester.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/automatic.h"

static struct span name_in(const struct facts_addresses *list)
{
	return list->n == 1 ? list->v[0].name : SPAN("");
}

static bool is_other(const struct requester_mail *m, struct span address)
{
	struct span from = m->identity->from;

	return address.n && utf8_valid(address) && !identity_address_is_own(m->conf, address) &&
	       !(from.p && addrspec_eq(address, from));
}

/* As forms write them: "Doe, Jane <jane@x.example>", several, or one that nobody reads before the
 * person's. */
static struct span badly_written(const struct requester_mail *m)
{
	const struct facts_addresses *list = &m->facts->reply_to;

	for (size_t i = 0; i < list->n; i++)
		if (is_other(m, list->v[i].address) && !automatic_is_machine(list->v[i].address))
			return list->v[i].address;
	return SPAN_NONE;
}

struct span requester_reply_to(const struct requester_mail *m)
{
	const struct addrspec_list *list = &m->scan->reply_to;

	if (list->n != 1 || list->bad || list->cut)
		return badly_written(m);
	return is_other(m, list->v[0]) ? list->v[0] : SPAN_NONE;
}

/* "Ann via forum": a list that keeps its own domain in From (for DMARC) has the person in Reply-To.
 */
static bool is_via(const struct requester_mail *m)
{
	struct header_walk walk = { .rest = m->scan->header };
	struct span name, value;

	if (span_find_ci(name_in(&m->facts->from), SPAN(" via ")) == SIZE_MAX)
		return false;
	if (m->scan->has_list)
		return true;
	while (header_walk_next(&walk, &name, &value))
		if (span_is_ci(name, "X-Original-From") || span_is_ci(name, "X-Original-Sender"))
			return true;
	return false;
}

/* From is a form's or a list's, and nobody reads what is sent there. */
static bool is_form(const struct requester_mail *m)
{
	struct span from = m->identity->from;

	if (!from.p)
		return m->mailbox && m->mailbox->reply_to_sender;
	if (identity_address_is_own(m->conf, from) || is_via(m))
		return true;
	return m->mailbox && m->mailbox->reply_to_sender && automatic_is_machine(from);
}

static bool is_customer(const struct requester_mail *m, struct span address, struct arena *arena)
{
	struct addrspec_list list;

	addrspec_list_read(address, 2, arena, &list);
	return list.n == 1 && !list.bad && !list.cut && span_eq(list.v[0], address) &&
	       !identity_address_is_own(m->conf, address) &&
	       !conf_staff_by_address(m->conf, address);
}

/* The outermost mail inside one of staff whom our server vouches for, or their desk. */
static const struct facts_forwarded *passed_on(const struct requester_mail *m, struct arena *arena)
{
	const struct facts *f = m->facts;

	bool proven = m->identity->vouched || m->identity->desk_valid;

	if (!m->identity->staff || !proven || m->history || !f->forwarded_count ||
	    !is_customer(m, f->forwarded[0].from.address, arena))
		return NULL;
	return &f->forwarded[0];
}

/* "---------- Forwarded message ----------", "> From: ...", "____", or the line with the sender. */
static bool begins_header(struct span line, struct span address)
{
	line = span_trim(line);
	return span_starts(line, SPAN("--")) || span_starts(line, SPAN("__")) ||
	       span_starts(line, SPAN(">")) || span_starts(line, SPAN("*")) ||
	       span_find_ci(line, address) != SIZE_MAX;
}

struct span requester_words_above(struct span text, const struct facts_forwarded *inside)
{
	struct span above = span_trim(span_sub(text, 0, inside->offset)), rest = above, line;
	size_t end = above.n;
	bool in_header = false;

	while (span_line(&rest, &line)) {
		bool blank = span_trim(line).n == 0;

		if (!in_header && begins_header(line, inside->from.address)) {
			end = (size_t)(line.p - above.p);
			in_header = true;
		}
		in_header = in_header && !(blank && rest.n);
	}
	return span_trim(span_sub(above, 0, end));
}

void requester_find(const struct requester_mail *m, struct arena *arena,
		    struct requester *ret_requester)
{
	const struct facts_forwarded *inside = passed_on(m, arena);
	struct span other = requester_reply_to(m);

	if (inside)
		*ret_requester = (struct requester){ REQUESTER_FORWARDED, inside->from.address,
						     inside->from.name, inside };
	else if (other.p && is_form(m))
		*ret_requester = (struct requester){ REQUESTER_REPLY_TO, other,
						     name_in(&m->facts->reply_to), NULL };
	else
		*ret_requester = (struct requester){ REQUESTER_FROM, m->identity->from,
						     name_in(&m->facts->from), NULL };
}
