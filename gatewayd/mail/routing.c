#include "gatewayd/mail/routing.h"

#include "gatewayd/identity/header_scan.h"
#include "gatewayd/mail/routing_text.h"

/* What stands behind a delimiter in the local part is the part. */
static bool part_fits(struct span part, struct span local, char delimiter)
{
	while (local.n) {
		span_cut(&local, delimiter);
		if (local.n && span_eq_ci(local, part))
			return true;
	}
	return false;
}

/* An address, "@domain", or "+part". */
static bool address_fits(struct span pattern, struct span address, char delimiter)
{
	const char *at = address.n ? memrchr(address.p, '@', address.n) : NULL;
	struct span local;

	if (!at)
		return false;
	local = (struct span){ address.p, (size_t)(at - address.p) };
	if (pattern.n && pattern.p[0] == '@')
		return span_eq_ci(span_sub(address, local.n, SIZE_MAX), pattern);
	if (pattern.n && pattern.p[0] == '+')
		return part_fits(span_sub(pattern, 1, SIZE_MAX), local, delimiter);
	return span_eq_ci(address, pattern);
}

static bool any_address(const struct policy_words *patterns, const struct span *v, size_t n,
			char delimiter)
{
	for (size_t i = 0; i < patterns->n; i++)
		for (size_t k = 0; k < n; k++)
			if (address_fits(span_of(patterns->v[i]), v[k], delimiter))
				return true;
	return false;
}

static bool has_flag(struct span flags, struct span flag)
{
	while (flags.n)
		if (span_eq_ci(span_cut(&flags, ' '), flag))
			return true;
	return false;
}

static bool all_flags(const struct policy_words *words, struct span flags)
{
	for (size_t i = 0; i < words->n; i++) {
		struct span flag = span_of(words->v[i]);
		bool inverse = flag.n && flag.p[0] == '!';

		if (has_flag(flags, span_sub(flag, inverse, SIZE_MAX)) == inverse)
			return false;
	}
	return true;
}

static bool any_origin(const struct policy_words *words, struct span origin)
{
	for (size_t i = 0; i < words->n; i++)
		if (span_is_ci(origin, words->v[i]))
			return true;
	return !words->n;
}

/* "NAME" or "NAME: PART". */
static bool has_field(struct span header, struct span wanted)
{
	struct header_walk walk = { .rest = header };
	struct span wanted_name = span_cut(&wanted, ':'), name, value;

	while (header_walk_next(&walk, &name, &value))
		if (span_eq_ci(name, wanted_name) &&
		    span_find_ci(value, span_trim(wanted)) != SIZE_MAX)
			return true;
	return false;
}

static bool any_field(const struct policy_words *fields, struct span header)
{
	for (size_t i = 0; i < fields->n; i++)
		if (has_field(header, span_of(fields->v[i])))
			return true;
	return false;
}

static bool any_term(const struct rulebook_run *terms, const struct routing_text *t, bool subject,
		     bool text)
{
	return !terms->n || (subject && routing_text_has_any(t, terms, true)) ||
	       (text && routing_text_has_any(t, terms, false));
}

/* The tests that need no look at the text. */
static bool may_fire(const struct policy_rule *r, const struct routing_mail *m)
{
	return (!r->sender.n || any_address(&r->sender, &m->sender, 1, m->delimiter)) &&
	       (!r->recipient.n ||
		any_address(&r->recipient, m->recipients, m->recipient_count, m->delimiter)) &&
	       (!r->header.n || any_field(&r->header, m->header)) &&
	       all_flags(&r->account_flags, m->account_flags) &&
	       any_origin(&r->account_origin, m->account_origin);
}

static bool has_words(const struct rulebook_rule *b, const struct routing_text *t)
{
	return any_term(&b->subject, t, true, false) && any_term(&b->text, t, false, true) &&
	       any_term(&b->either, t, true, true);
}

static void say_hit(struct buf *why, const char *entry, struct span words)
{
	if (!why)
		return;
	buf_adds(why, why->n ? ", " : "");
	buf_adds(why, entry);
	buf_adds(why, " \"");
	buf_add(why, words);
	buf_adds(why, "\"");
}

static int sum_of_scores(const struct policy_rule *r, const struct rulebook_rule *b,
			 const struct routing_text *text, struct buf *why)
{
	struct span words;
	int sum = 0;

	for (size_t i = 0; i < b->score_count; i++)
		if (routing_text_scores(text, &b->scores[i], &r->negations, &words)) {
			sum += b->scores[i].weight;
			say_hit(why, b->scores[i].entry, words);
		}
	return sum < ROUTING_CERTAIN ? sum : ROUTING_CERTAIN - 1;
}

static struct routing_result result_of(const struct policy *policy, size_t i,
				       const struct routing_mail *m,
				       const struct routing_text *text, struct buf *why)
{
	const struct policy_rule *r = &policy->rules[i];
	const struct rulebook_rule *b = &policy->book->rules[i];
	struct routing_result result = { .rule = r };

	if (!may_fire(r, m) || !has_words(b, text))
		return result;
	result.score = r->scores.n ? sum_of_scores(r, b, text, why) : ROUTING_CERTAIN;
	result.fires = !r->scores.n || result.score >= r->threshold;
	return result;
}

struct routing_result routing_find(const struct policy *policy, const struct routing_mail *mail)
{
	struct routing_result best = { 0 };
	struct routing_text text;
	bool any = false;

	for (size_t i = 0; i < policy->rule_count; i++)
		any |= may_fire(&policy->rules[i], mail);
	if (!any)
		return best;
	routing_text_init(&text, policy->book, mail->subject, mail->text);
	for (size_t i = 0; i < policy->rule_count; i++) {
		struct routing_result r = result_of(policy, i, mail, &text, NULL);

		if (r.fires && (!best.rule || r.score > best.score))
			best = r;
	}
	routing_text_release(&text);
	return best;
}

struct routing_result routing_explain(const struct policy *policy, size_t i,
				      const struct routing_mail *mail, struct buf *why)
{
	struct routing_result result;
	struct routing_text text;

	routing_text_init(&text, policy->book, mail->subject, mail->text);
	result = result_of(policy, i, mail, &text, why);
	routing_text_release(&text);
	return result;
}
