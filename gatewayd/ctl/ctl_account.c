/* account import|list|show|remove, contact list|optout */
#include <sysexits.h>

#include "gatewayd/case/case_ops.h"
#include "gatewayd/ctl/account_plan.h"
#include "gatewayd/ctl/account_read.h"
#include "gatewayd/ctl/ctl_names.h"
#include "gatewayd/ctl/ctl_runs.h"
#include "gatewayd/ctl/ctl_safe.h"
#include "gatewayd/ctl/ctl_view.h"

/* --- import --- */

static int say_problems(struct ctl *c, const struct account_file *f)
{
	buf_add(c->err, buf_span(f->problems));
	if (f->problems->full)
		buf_adds(c->err, "... and more\n");
	buf_addf(c->err, "gatewayctl: %zu problem%s in %s; nothing was changed\n", f->problem_count,
		 f->problem_count == 1 ? "" : "s", f->name);
	return EX_DATAERR;
}

static int read_accounts(struct ctl *c, struct account_file *f, bool replace)
{
	struct err e = { 0 };

	account_file_read(f, c->input);
	/* What the readers could not make sense of would only give wrong complaints. */
	if (f->n && account_file_check(f, c->d->store, replace, &e) < 0)
		return ctl_fail(c, &e);
	if (!f->problem_count && !f->n)
		account_problem(f, 1, "there is no account in it");
	return f->problem_count ? say_problems(c, f) : EX_OK;
}

static void say_done(struct ctl *c, const struct account_plan *p, bool dry, size_t cases)
{
	const size_t *n = p->counts;

	if (c->json) {
		json_t *j JSON_AUTO = json_pack(
		    "{s:b, s:I, s:I, s:I, s:I, s:I}", "dry_run", dry, "added",
		    (json_int_t)n[ACCOUNT_ADDED], "changed", (json_int_t)n[ACCOUNT_CHANGED],
		    "unchanged", (json_int_t)n[ACCOUNT_UNCHANGED], "removed",
		    (json_int_t)n[ACCOUNT_REMOVED], "cases", (json_int_t)cases);

		json_write(j, false, c->out);
		return;
	}
	if (dry)
		account_plan_print(p, c->out);
	buf_addf(c->out, "%s%zu added, %zu changed, %zu unchanged, %zu removed",
		 dry ? "would be: " : "accounts: ", n[ACCOUNT_ADDED], n[ACCOUNT_CHANGED],
		 n[ACCOUNT_UNCHANGED], n[ACCOUNT_REMOVED]);
	if (cases)
		buf_addf(c->out, "; %zu open case%s on another package", cases,
			 cases == 1 ? "" : "s");
	buf_addc(c->out, '\n');
}

/* The file is standard input; gatewayctl itself opened it, and the word is its name. */
int ctl_account_import(struct ctl *c)
{
	bool dry = ctl_flag(c, "--dry-run"), replace = ctl_flag(c, "--replace");
	struct buf problems BUF_AUTO;
	struct account_file f = { .conf = c->d->conf,
				  .policy = &c->d->conf->policy,
				  .arena = c->d->arena,
				  .problems = &problems };
	struct account_plan plan;
	struct err e = { 0 };
	size_t cases = 0;
	int status;

	buf_init(&problems, ACCOUNT_PROBLEMS_MAX);
	f.name = c->words[0];
	status = read_accounts(c, &f, replace);
	if (status != EX_OK)
		return status;
	if (account_plan_make(c->d, &f, replace, &plan, &e) < 0 ||
	    (!dry && account_plan_apply(c->d, &plan, &cases, &e) < 0))
		return ctl_fail(c, &e);
	say_done(c, &plan, dry, cases);
	return EX_OK;
}

/* --- list, show, remove --- */

static json_t *account_json(const struct store_account *a)
{
	return json_pack(
	    "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o}", "id",
	    json_of_span(a->id), "name", json_of_span(a->name), "package",
	    json_of_span_or_null(a->package), "reseller", json_of_span_or_null(a->reseller),
	    "parent", json_of_span_or_null(a->parent), "flags", json_of_span(a->flags), "origin",
	    json_of_span_or_null(a->origin), "entitled", a->entitled, "contact_name",
	    json_of_span_or_null(a->contact_name), "language", json_of_span_or_null(a->language),
	    "team_phone", json_of_span_or_null(a->team_phone), "team_address",
	    json_of_span_or_null(a->team_address));
}

static json_t *account_row(struct ctl *c, const void *row, struct err *e)
{
	(void)c;
	(void)e;
	return account_json(row);
}

int ctl_account_list(struct ctl *c)
{
	static const struct ctl_column columns[] = {
		{ "id", "account", 16, CTL_TEXT },	  { "package", "package", 14, CTL_TEXT },
		{ "reseller", "reseller", 10, CTL_TEXT }, { "parent", "parent", 10, CTL_TEXT },
		{ "name", "name", 0, CTL_TEXT },
	};
	struct store_account *v;
	struct err e = { 0 };
	size_t n;

	if (store_account_list(c->d->store, c->d->arena, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	return CTL_LIST(c, v, n, account_row, columns);
}

static json_t *contact_json(const struct store_contact *v)
{
	return json_pack("{s:o, s:o, s:o, s:b, s:o}", "address", json_of_span(v->address), "name",
			 json_of_span(v->name), "account", json_of_span(v->account), "company",
			 v->company, "language", json_of_span_or_null(v->language));
}

static json_t *contract_json(const struct store_contract *v)
{
	return json_pack("{s:o, s:i, s:o, s:o, s:o, s:o, s:o}", "kind", json_of_span(v->kind),
			 "severity", v->severity, "clock", json_of_span(v->clock), "target",
			 json_of_span(v->target), "from", json_of_instant(v->from_at), "until",
			 json_of_instant(v->until_at), "source", json_of_span(v->source));
}

static int show_json(struct ctl *c, const struct store_account *row)
{
	json_t *j JSON_AUTO = account_json(row);
	json_t *lists[] = { json_array(), json_array(), json_array() };
	struct store_contract *contracts = NULL;
	struct store_contact *contacts = NULL;
	struct span *domains = NULL;
	struct err e = { 0 };
	size_t n[3] = { 0 };
	int got = store_domain_list(c->d->store, row->id, c->d->arena, &domains, &n[0], &e);

	if (got == 0)
		got = store_contact_list(c->d->store, row->id, c->d->arena, &contacts, &n[1], &e);
	if (got == 0)
		got = store_contract_list(c->d->store, row->id, c->d->arena, &contracts, &n[2], &e);
	for (size_t i = 0; got == 0 && i < n[0]; i++)
		json_array_append_new(lists[0], json_of_span(domains[i]));
	for (size_t i = 0; got == 0 && i < n[1]; i++)
		json_array_append_new(lists[1], contact_json(&contacts[i]));
	for (size_t i = 0; got == 0 && i < n[2]; i++)
		json_array_append_new(lists[2], contract_json(&contracts[i]));
	json_object_set_new(j, "domains", lists[0]);
	json_object_set_new(j, "contacts", lists[1]);
	json_object_set_new(j, "contracts", lists[2]);
	if (got < 0)
		return ctl_fail(c, &e);
	json_write(j, false, c->out);
	return EX_OK;
}

int ctl_account_place(struct ctl *c)
{
	struct store_account row;
	int status = ctl_account(c, ctl_value(c, "--account"), &row);

	return status == EX_OK ? show_json(c, &row) : status;
}

int ctl_account_show(struct ctl *c)
{
	struct store_account row;
	const struct span *lines;
	struct err e = { 0 };
	size_t n;
	int status = ctl_account(c, c->words[0], &row);

	if (status != EX_OK)
		return status;
	if (c->json)
		return show_json(c, &row);
	if (account_lines(c->d, &row, &lines, &n, &e) < 0)
		return ctl_fail(c, &e);
	ctl_line(c, "account " SPAN_FMT, SPAN_ARG(row.id));
	for (size_t i = 0; i < n; i++)
		ctl_text(c, "    ", lines[i]);
	return EX_OK;
}

/* Who would be left without a reseller or a parent; NULL: nobody. */
static int who_names(struct ctl *c, struct span id, struct span *ret_other, struct err *e)
{
	struct store_account *v;
	size_t n;

	*ret_other = SPAN("");
	if (store_account_list(c->d->store, c->d->arena, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (span_eq(v[i].reseller, id) || span_eq(v[i].parent, id))
			*ret_other = v[i].id;
	return 0;
}

int ctl_account_remove(struct ctl *c)
{
	struct store_account row;
	struct err e = { 0 };
	struct span other;
	size_t cases;
	int status = ctl_account(c, c->words[0], &row);

	if (status != EX_OK)
		return status;
	if (who_names(c, row.id, &other, &e) < 0)
		return ctl_fail(c, &e);
	if (other.n)
		return ctl_usage(c, "account \"" SPAN_FMT "\" has it as reseller or parent",
				 SPAN_ARG(other));
	if (store_account_remove(c->d->store, row.id, &e) < 0 ||
	    case_recompute(c->d, row.id, &cases, &e) < 0)
		return ctl_fail(c, &e);
	if (!c->json)
		buf_addf(c->out,
			 "account " SPAN_FMT " is removed; %zu open case%s go on without it\n",
			 SPAN_ARG(row.id), cases, cases == 1 ? "" : "s");
	return ctl_done(c, json_pack("{s:o, s:I}", "removed", json_of_span(row.id), "cases",
				     (json_int_t)cases));
}

/* --- contacts --- */

/* With whether the address opted out. */
static json_t *contact_row(struct ctl *c, const void *row, struct err *e)
{
	const struct store_contact *v = row;
	json_t *j;
	bool out;

	if (store_optout_has(c->d->store, v->address, &out, e) < 0)
		return NULL;
	j = contact_json(v);
	json_object_set_new(j, "opted_out", json_boolean(out));
	return j;
}

int ctl_contact_list(struct ctl *c)
{
	static const struct ctl_column columns[] = {
		{ "address", "address", 32, CTL_TEXT },
		{ "account", "account", 16, CTL_TEXT },
		{ "opted_out", "opted out", 9, CTL_TEXT },
		{ "name", "name", 0, CTL_TEXT },
	};
	struct store_account account;
	struct store_contact *v;
	struct err e = { 0 };
	size_t n;
	int status = c->n ? ctl_account(c, c->words[0], &account) : EX_OK;

	if (status != EX_OK)
		return status;
	if (store_contact_list(c->d->store, c->n ? span_of(c->words[0]) : SPAN(""), c->d->arena, &v,
			       &n, &e) < 0)
		return ctl_fail(c, &e);
	return CTL_LIST(c, v, n, contact_row, columns);
}

/* A contact's, or of a domain of an account. */
static int check_known(struct ctl *c, struct span address)
{
	struct store_account account = { 0 };
	struct store_contact contact;
	struct err e = { 0 };

	if (ctl_flag(c, "--anyway"))
		return EX_OK;
	if (store_account_by_address(c->d->store, address, true, c->d->arena, &account, &contact,
				     &e) < 0)
		return ctl_fail(c, &e);
	if (account.id.p)
		return EX_OK;
	return ctl_usage(c, "no account has the address " SPAN_FMT "; --anyway if it shall opt out",
			 SPAN_ARG(address));
}

static int opt_out(struct ctl *c, struct span address, struct span how)
{
	struct err e = { 0 };

	if (store_optout_add(c->d->store, address, c->d->now, how, &e) < 0)
		return ctl_fail(c, &e);
	return ctl_done(c,
			json_pack("{s:o, s:b}", "address", json_of_span(address), "opted_out", 1));
}

/* Whose unsubscribe token it is: one that has ended still says that somebody wants no more. */
static bool is_holder(struct ctl *c, struct span token, struct span address)
{
	enum token_role role;
	int64_t number;
	enum token_verdict verdict =
	    token_check(c->d->keys, TOKEN_UNSUBSCRIBE, token, address, c->d->now, &role, &number);

	return verdict == TOKEN_VALID || verdict == TOKEN_EXPIRED;
}

/* A token has no address in it: the contact that it was made for is looked for. */
static int opt_out_by_token(struct ctl *c, struct span token)
{
	struct store_contact *v;
	struct err e = { 0 };
	size_t n;

	if (!c->d->keys->n)
		return ctl_usage(c, "only the daemon has the keys that tokens are read with");
	if (store_contact_list(c->d->store, SPAN(""), c->d->arena, &v, &n, &e) < 0)
		return ctl_fail(c, &e);
	for (size_t i = 0; i < n; i++)
		if (is_holder(c, token, v[i].address))
			return opt_out(c, v[i].address, SPAN("one click"));
	return ctl_usage(c, "this is the unsubscribe token of no contact");
}

/* The word: an address, a token, or the whole URL that has one. */
int ctl_contact_optout(struct ctl *c)
{
	struct span word = span_of(c->words[0]), token = word;
	size_t at = span_find(word, SPAN("token="));
	int status;

	if (at != SIZE_MAX)
		token = span_sub(word, at + 6, TOKEN_TEXT_SIZE - 1);
	if (token.n == TOKEN_TEXT_SIZE - 1 && !memchr(token.p, '@', token.n))
		return opt_out_by_token(c, token);
	status = ctl_address(c, c->words[0]);
	if (status == EX_OK)
		status = check_known(c, word);
	return status == EX_OK ? opt_out(c, word, SPAN("operator")) : status;
}
