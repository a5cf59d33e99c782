/* What else is open of who asked in a case. */
#include "gatewayd/case/word.h"
#include "gatewayd/post/post_mail.h"

enum { CASES_MAX = 5 };

static struct store_case_filter filter_of(const struct store_case *c)
{
	return (struct store_case_filter){ .open_only = true,
					   .requester = c->requester_address,
					   .limit = CASES_MAX + 1 };
}

void post_say_open_cases(struct desk *d, const struct store_case *c)
{
	struct store_case_filter of = filter_of(c);
	struct store_case *v;
	struct err ignored;
	size_t n;

	if (of.requester.n)
		(void)store_case_list(d->store, &of, d->arena, &v, &n, &ignored);
}

int post_set_open_cases(struct desk *d, const struct compose_mail *mail, struct err *e)
{
	struct store_case_filter of = filter_of(mail->c);
	struct store_case *v;
	size_t n, shown = 0;

	if (!of.requester.n)
		return 0;
	if (store_case_list(d->store, &of, d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n && shown < CASES_MAX; i++) {
		struct template_data *row;

		if (v[i].number == mail->c->number)
			continue;
		row = template_row(mail->data, "open_cases");
		template_set(row, "number", word_number(d, v[i].number));
		template_set(row, "subject", v[i].subject);
		shown++;
	}
	return 0;
}
