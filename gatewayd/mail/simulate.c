#include "gatewayd/mail/simulate.h"

#include "gatewayd/base/json.h"
#include "gatewayd/case/case_view.h"
#include "gatewayd/mail/mail_gather.h"
#include "gatewayd/mail/mail_keep.h"
#include "gatewayd/mail/routing_text.h"

static json_t *identity_json(const struct identity *id)
{
	return json_pack("{s:s, s:o, s:b, s:b, s:b, s:s}", "trust", trust_name(id->level), "from",
			 json_of_span(id->from), "token_valid", (int)id->token_valid, "vouched",
			 (int)id->vouched, "staff", id->staff != NULL, "why", id->why);
}

static json_t *answer_json(const struct automatic *a)
{
	return json_pack("{s:b, s:o, s:s?}", "allowed", (int)a->allowed, "to", json_of_span(a->to),
			 "reason", a->reason);
}

static json_t *rule_json(const struct policy *policy, size_t i, const struct routing_mail *mail)
{
	const struct policy_rule *rule = &policy->rules[i];
	struct routing_result r;
	struct buf why BUF_AUTO;
	json_t *j;

	buf_init(&why, ROUTING_TEXT_MAX);
	r = routing_explain(policy, i, mail, &why);
	j = json_pack("{s:s, s:i, s:i, s:b, s:o}", "rule", rule->name, "score", r.score,
		      "threshold", rule->threshold, "fires", (int)r.fires, "found",
		      json_of_span(buf_span(&why)));
	return j;
}

static json_t *routing_json(const struct decide_in *in)
{
	const struct policy *policy = &in->conf->policy;
	struct routing_mail mail = decide_routing_mail(in);
	json_t *j = json_array();

	for (size_t i = 0; i < policy->rule_count; i++)
		json_array_append_new(j, rule_json(policy, i, &mail));
	return j;
}

static int decision_json(struct desk *d, const struct mail_job *job, json_t **ret_json,
			 struct err *e)
{
	struct mail_gathered g;
	struct decision dec;

	if (mail_gather(d, job, &g, e) < 0)
		return -1;
	decide_mail(&g.in, &dec);
	*ret_json = json_pack(
	    "{s:s, s:s, s:s, s:s?, s:I, s:i, s:i, s:o, s:o, s:o, s:o, s:o}", "decision",
	    decide_name(dec.what), "why", dec.why, "queue", dec.queue->name, "rule",
	    dec.rule ? dec.rule->name : NULL, "link_to", (json_int_t)dec.link_to, "severity",
	    dec.severity.severity, "severity_requested", dec.severity.requested, "account",
	    json_of_span_or_null(dec.account), "on_behalf_of", json_of_span_or_null(dec.behalf),
	    "identity", identity_json(&g.identity), "automatic_answer", answer_json(&g.answer),
	    "routing", routing_json(&g.in));
	return *ret_json ? 0 : err_set(e, ERR_BUG, "the decision does not fit into JSON");
}

static json_t *mails_json(struct desk *d, const struct desk_mail *v, struct err *e)
{
	json_t *all = json_array();

	for (; v; v = v->next) {
		struct store_outbox row;

		if (store_outbox_get(d->store, v->row, d->arena, &row, e) < 0) {
			json_decref(all);
			return NULL;
		}
		json_array_append_new(
		    all, json_pack("{s:o, s:o, s:s, s:o, s:o}", "to", json_of_span(row.recipient),
				   "template", json_of_span(row.kind), "state",
				   outbox_state_name(row.state), "subject",
				   json_of_span(v->subject), "text", json_of_span(v->text)));
	}
	return all;
}

/* The mail, its case and what would go out, as they are now. */
static int effect_json(struct desk *d, int64_t mail, json_t *j, struct err *e)
{
	struct store_mail m;
	struct store_case c;
	json_t *view;

	if (store_mail_get(d->store, mail, d->arena, &m, e) < 0)
		return -1;
	json_object_set_new(j, "final_state", json_string(mail_state_name(m.state)));
	json_object_set_new(j, "reason", json_of_span(m.reason));
	json_object_set_new(j, "case", json_integer((json_int_t)m.case_number));
	if (m.case_number) {
		if (store_case_get(d->store, m.case_number, d->arena, &c, e) < 0)
			return -1;
		view = case_view(d, &c, e);
		if (!view)
			return -1;
		json_object_set_new(j, "case_after", view);
	}
	view = mails_json(d, d->mails->first, e);
	if (!view)
		return -1;
	json_object_set_new(j, "mails", view);
	return 0;
}

int simulate(struct desk *d, struct mail_job *job, struct buf *out, struct err *e)
{
	struct store *txn STORE_TXN = d->store; /* and no commit */
	struct desk_mails mails = { .last = &mails.first };
	struct desk trial = *d;
	json_t *j JSON_AUTO = NULL;
	bool is_new;

	trial.mails = &mails;
	if (store_begin(txn, e) < 0 ||
	    mail_keep(&trial, &job->mail, job->raw, &job->mail.id, &is_new, e) < 0 ||
	    decision_json(&trial, job, &j, e) < 0 || mail_job_run(&trial, job, e) < 0 ||
	    effect_json(&trial, job->mail.id, j, e) < 0)
		return -1;
	json_write(j, false, out);
	return 0;
}
