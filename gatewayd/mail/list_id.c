#include "gatewayd/mail/list_id.h"

#include "gatewayd/identity/addrspec.h"

struct span list_id_bare(struct span value)
{
	size_t at = span_find(value, SPAN("<"));

	if (at == SIZE_MAX)
		return span_trim(value);
	value = span_sub(value, at + 1, SIZE_MAX);
	return span_trim(span_cut(&value, '>'));
}

bool list_id_names(struct span list, struct span address)
{
	struct span local = addrspec_local(address);

	return list.n == address.n && span_starts_ci(list, local) && list.p[local.n] == '.' &&
	       span_eq_ci(span_sub(list, local.n + 1, SIZE_MAX), addrspec_domain(address));
}
