/* Who answers, as a person writes a list of people. */
#include "gatewayd/begin/begin_plan.h"

#include "gatewayd/identity/addrspec.h"

enum { ID_MAX = 32 };

static struct span local_of(struct span address)
{
	return span_cut(&address, '@');
}

/* "alice.archer" to "Alice Archer" */
static const char *name_from(struct span local, struct arena *a)
{
	char *name = arena_cstr(a, local);
	bool begins = true;

	for (char *p = name; *p; p++) {
		if (*p == '.' || *p == '_' || *p == '-')
			*p = ' ';
		else if (begins && *p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
		begins = *p == ' ';
	}
	return name;
}

static bool is_taken(const struct begin_plan *p, const char *id)
{
	for (size_t i = 0; i < p->staff_count; i++)
		if (strcmp(p->staff[i].id, id) == 0)
			return true;
	return false;
}

/* The short name for #assign: the local part up to its first mark, or a number behind it. */
static const char *id_from(const struct begin_plan *p, struct span local, struct arena *a)
{
	char id[ID_MAX + 1];
	size_t n = 0;
	const char *whole;

	for (size_t i = 0; i < local.n && n < ID_MAX; i++) {
		unsigned char c = ascii_lower((unsigned char)local.p[i]);

		if (!ascii_is_alpha(c) && !(n && ascii_is_digit(c)))
			break;
		id[n++] = (char)c;
	}
	id[n] = '\0';
	whole = arena_printf(a, "%s", n ? id : "staff");
	for (unsigned int k = 2; is_taken(p, whole); k++)
		whole = arena_printf(a, "%s%u", n ? id : "staff", k);
	return whole;
}

static const char *add(struct begin_plan *p, struct span item, struct arena *a)
{
	struct addrspec_list list;
	size_t bracket = span_find(item, SPAN("<"));
	struct span name = span_trim(span_sub(item, 0, bracket == SIZE_MAX ? 0 : bracket)), local;

	addrspec_list_read(item, 2, a, &list);
	if (list.n != 1 || list.bad || list.groups)
		return arena_printf(a,
				    "\"" SPAN_FMT "\" is no address; write \"Alice Archer "
				    "<alice@example.com>, bob@example.com\"",
				    SPAN_ARG(span_sub(span_trim(item), 0, 100)));
	if (p->staff_count == BEGIN_STAFF_MAX)
		return "that is too many for a start";
	if (name.n > 1 && name.p[0] == '"' && name.p[name.n - 1] == '"')
		name = span_sub(name, 1, name.n - 2);
	local = local_of(list.v[0]);
	p->staff[p->staff_count] =
	    (struct begin_person){ .id = id_from(p, local, a),
				   .name = name.n ? arena_cstr(a, name) : name_from(local, a),
				   .address = arena_cstr(a, list.v[0]) };
	p->staff_count++;
	return NULL;
}

const char *begin_staff_read(const char *text, struct arena *a, struct begin_plan *p)
{
	struct span rest = span_of(text);

	p->staff_count = 0;
	while (rest.n) {
		struct span item = span_trim(span_cut(&rest, ','));
		const char *wrong = item.n ? add(p, item, a) : NULL;

		if (wrong)
			return wrong;
	}
	return p->staff_count ? NULL : "name at least one person";
}
