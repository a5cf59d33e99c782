#include "gatewayd/mail/requester.h"

#include "gatewayd/base/utf8.h"
#include "gatewayd/identity/automatic.h"
#include "gatewayd/mail/list_id.h"

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

/* --- who may be named --- */

/* Nobody reads there, though mail is sent from it: accounts of web servers and their programs. */
static bool is_program(struct span address)
{
	static const char *const names[] = { "apache",	"daemon",   "httpd", "mailer",	  "nginx",
					     "nobody",	"root",	    "web",   "wordpress", "www",
					     "webform", "www-data", "wwwrun" };
	struct span local = addrspec_local(address);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (span_is_ci(local, names[i]))
			return true;
	return automatic_is_machine(address);
}

/* The one address of the field, if a person may read it. */
static struct span person_in(const struct requester_mail *m, const char *wanted,
			     struct arena *arena)
{
	struct header_walk walk = { .rest = m->scan->header };
	struct addrspec_list list;
	struct span field, value;

	while (header_walk_next(&walk, &field, &value)) {
		if (!span_is_ci(field, wanted))
			continue;
		addrspec_list_read(value, 2, arena, &list);
		if (list.n == 1 && is_other(m, list.v[0]) && !is_program(list.v[0]))
			return list.v[0];
	}
	return SPAN_NONE;
}

/* --- lists --- */

/* "users.lists.example" is users@lists.example; so is <mailto:users@lists.example> of List-Post. */
static bool is_list_itself(struct span field, struct span value, struct span from)
{
	struct span list = list_id_bare(value);

	if (span_is_ci(field, "List-Post"))
		return span_starts_ci(list, SPAN("mailto:")) &&
		       addrspec_eq(span_sub(list, 7, SIZE_MAX), from);
	return span_is_ci(field, "List-Id") && list_id_names(list, from);
}

/* Where the word stands that lists put between the person's name and their own, as they do in
 * several languages; SIZE_MAX: nowhere. */
static size_t find_via(struct span name)
{
	static const char *const words[] = { "via", "v\303\255a", "\303\274ber", "tramite" };

	for (size_t at = 1; at < name.n; at++) {
		struct span rest = span_sub(name, at, SIZE_MAX);

		if (!memchr(" (", name.p[at - 1], 2))
			continue;
		for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
			struct span word = span_of(words[i]);

			if (span_starts_ci(rest, word) && rest.n > word.n && rest.p[word.n] == ' ')
				return at;
		}
	}
	return SIZE_MAX;
}

/* "Ann via forum": a list that keeps its own address in From (for DMARC) has the person in Reply-To
 * or in a field of its own. */
static bool is_via(const struct requester_mail *m, struct arena *arena)
{
	bool says = find_via(name_in(&m->facts->from)) != SIZE_MAX;
	struct header_walk walk = { .rest = m->scan->header };
	struct span field, value;

	if (!says && !m->scan->has_list && !m->scan->reply_to.n)
		return false; /* as most mails are */
	if ((says && m->scan->has_list) || person_in(m, "X-Original-From", arena).p)
		return true;
	while (header_walk_next(&walk, &field, &value))
		if (is_list_itself(field, value, m->identity->from) ||
		    (says && (span_is_ci(field, "X-Original-From") ||
			      span_is_ci(field, "X-Original-Sender"))))
			return true;
	return false;
}

/* --- programs of ours --- */

/* Of our domains or below one; where everybody can have an address, nothing is ours. */
static bool is_our_domain(const struct conf *conf, struct span domain)
{
	while (domain.n) {
		if (identity_domain_is_own(conf, domain))
			return !policy_is_freemail(&conf->policy, domain);
		span_cut(&domain, '.');
	}
	return false;
}

bool requester_may_be_form(const struct requester_mail *m)
{
	const struct identity *id = m->identity;
	struct span other = requester_reply_to(m);

	return id->from.p && other.p && !id->staff && !m->scan->in_reply_to_count &&
	       !m->scan->reference_count && !identity_address_is_own(m->conf, id->from) &&
	       is_our_domain(m->conf, id->domain) &&
	       !is_our_domain(m->conf, addrspec_domain(other));
}

/* From is a form's or a list's, and nobody reads what is sent there. */
static bool is_form(const struct requester_mail *m, struct arena *arena)
{
	struct span from = m->identity->from;

	if (!from.p)
		return m->mailbox && m->mailbox->reply_to_sender;
	if (identity_address_is_own(m->conf, from) || is_via(m, arena))
		return true;
	if (!m->from_known && requester_may_be_form(m))
		return true;
	return m->mailbox && m->mailbox->reply_to_sender && automatic_is_machine(from);
}

/* --- who is named --- */

/* Whom a list names in a field of its own; their name is what stands before "via" in From. */
static bool find_original(const struct requester_mail *m, struct arena *arena,
			  struct requester *ret_requester)
{
	struct span who = person_in(m, "X-Original-From", arena), name = name_in(&m->facts->from);
	size_t via = find_via(name);

	if (!who.p)
		who = person_in(m, "X-Original-Sender", arena);
	name = via == SIZE_MAX ? SPAN("") : span_sub(name, 0, via - 1);
	name = span_trim(span_cut(&name, '('));
	if (name.n > 2 && name.p[0] == '\'' && name.p[name.n - 1] == '\'')
		name = span_sub(name, 1, name.n - 2);
	*ret_requester = (struct requester){ REQUESTER_NAMED, who, name, NULL,
					     "X-Original-From asks: From is a list" };
	return who.p != NULL;
}

/* Who sent it in the name of our address: of our own domains only staff are persons. */
static bool find_sender(const struct requester_mail *m, struct arena *arena,
			struct requester *ret_requester)
{
	struct span who = person_in(m, "Sender", arena);

	*ret_requester = (struct requester){ REQUESTER_NAMED, who, SPAN(""), NULL,
					     "Sender asks: From is our own address" };
	return who.p && (conf_staff_by_address(m->conf, who) ||
			 !is_our_domain(m->conf, addrspec_domain(who)));
}

/* --- mails passed on --- */

static bool is_customer(const struct requester_mail *m, struct span address, struct arena *arena)
{
	struct addrspec_list list;

	addrspec_list_read(address, 2, arena, &list);
	return list.n == 1 && !list.bad && !list.cut && span_eq(list.v[0], address) &&
	       !identity_address_is_own(m->conf, address) &&
	       !conf_staff_by_address(m->conf, address);
}

/* Of staff, who may stand there by their name alone, as mail servers write colleagues. */
static bool is_colleague(const struct requester_mail *m, const struct facts_address *from)
{
	if (from->address.n)
		return conf_staff_by_address(m->conf, from->address) != NULL;
	for (size_t i = 0; from->name.n && i < m->conf->staff_count; i++)
		if (span_is_ci(from->name, m->conf->staff[i].name))
			return true;
	return false;
}

/* The outermost mail inside this one that is of nobody of the staff, if it is a customer's.  None
 * below a mail of our own: it may be a notice, and what is shown in one is for staff. */
static const struct facts_forwarded *customer_inside(const struct requester_mail *m,
						     struct arena *arena)
{
	const struct facts *f = m->facts;
	size_t i = 0;

	while (i < f->forwarded_count && is_colleague(m, &f->forwarded[i].from))
		i++;
	if (i == f->forwarded_count || !is_customer(m, f->forwarded[i].from.address, arena))
		return NULL;
	return &f->forwarded[i];
}

/* In a mail of staff whom our server vouches for, or of their desk. */
static const struct facts_forwarded *passed_on(const struct requester_mail *m, struct arena *arena)
{
	bool proven = m->identity->vouched || m->identity->desk_valid;

	if (!m->identity->staff || !proven || m->history)
		return NULL;
	return customer_inside(m, arena);
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

/* From is our own address, and nobody is named: whom a mail inside is of, if our server vouches for
 * it, or nobody, for an answer to ourselves reaches no person. */
static void find_behind_us(const struct requester_mail *m, struct arena *arena,
			   struct requester *ret_requester)
{
	const struct facts_forwarded *inside =
	    m->identity->vouched && !m->history ? customer_inside(m, arena) : NULL;

	*ret_requester = (struct requester){ REQUESTER_NAMED, SPAN_NONE, SPAN(""), NULL,
					     "From is our own address, and nobody else is named" };
	if (inside)
		*ret_requester =
		    (struct requester){ REQUESTER_NAMED, inside->from.address, inside->from.name,
					inside, "a customer's mail is passed on as our address" };
}

static bool find_reply_to(const struct requester_mail *m, struct requester *ret_requester)
{
	struct span other = requester_reply_to(m);

	*ret_requester = (struct requester){ REQUESTER_NAMED, other, name_in(&m->facts->reply_to),
					     NULL, "Reply-To asks: From is a form or a list" };
	return other.p != NULL;
}

/* Behind a form or a list. */
static bool find_named(const struct requester_mail *m, struct arena *arena,
		       struct requester *ret_requester)
{
	struct span from = m->identity->from;
	bool own = from.p && identity_address_is_own(m->conf, from);

	if (find_reply_to(m, ret_requester) || (from.p && find_original(m, arena, ret_requester)))
		return true;
	if (own && !find_sender(m, arena, ret_requester))
		find_behind_us(m, arena, ret_requester);
	return own;
}

void requester_find(const struct requester_mail *m, struct arena *arena,
		    struct requester *ret_requester)
{
	const struct facts_forwarded *inside = passed_on(m, arena);

	if (inside)
		*ret_requester = (struct requester){ REQUESTER_FORWARDED, inside->from.address,
						     inside->from.name, inside,
						     "staff pass a customer's mail on" };
	else if (!is_form(m, arena) || !find_named(m, arena, ret_requester))
		*ret_requester = (struct requester){ REQUESTER_FROM, m->identity->from,
						     name_in(&m->facts->from), NULL, NULL };
}
