/* The shipped routing rules on questions as people put them (conf/policy/README.md section 6). */
#include "tests/unit/unit.h"

#include "gatewayd/mail/routing.h"
#include "tests/unit/shipped.h"

enum where { COMMUNITY, BILLING, BUSINESS, TECHNICAL, STAYS };

static const struct {
	enum where where;
	const char *subject, *text;
} questions[] = {
	/* how-to, documentation, testing, updates, staging, how others use it */
	{ COMMUNITY, "Caching rules", "How do I configure caching for PDF files?" },
	{ COMMUNITY, "Documentation?", "I am looking for the reference of the API." },
	{ COMMUNITY, "redirects", "Where can I find a description of redirect rules?" },
	{ COMMUNITY, "question", "How can I test my changes before they go live?" },
	{ COMMUNITY, "Product updates", "Is there a list to subscribe to?" },
	{ COMMUNITY, "Staging", "Our site is down on staging, we get error 503 there." },
	{ COMMUNITY, "staging network", "Requests to the staging network time out." },
	{ COMMUNITY, "Video", "How do other customers use the video product?" },
	{ COMMUNITY, "headers", "What is the best way to add a response header?" },
	{ COMMUNITY, "How to set up geo blocking", "We sell in three countries only." },
	/* billing */
	{ BILLING, "Invoice 2026-10", "The amount is higher than agreed." },
	{ BILLING, "Billing address", "We moved to another office." },
	{ BILLING, "Question", "Our credit card was charged twice in October." },
	{ BILLING, "Zero-cost approval", "Please approve the attached change." },
	{ BILLING, "Payment", "We have paid by bank transfer." },
	/* account team */
	{ BUSINESS, "Upgrade", "We would like to move to the next service package." },
	{ BUSINESS, "Business review", "Can we meet in January?" },
	{ BUSINESS, "paid integration", "Could your people do the set-up for us?" },
	{ BUSINESS, "New requirements", "We will launch in Asia next year." },
	{ BUSINESS, "Trial", "Can we try the image product for a month?" },
	{ BUSINESS, "Video", "We plan a proof of concept with your competitor, too." },
	{ BUSINESS, "shop", "Please change the property type of shop.example.com." },
	{ BUSINESS, "Site assessment", "Who can do one for us?" },
	{ BUSINESS, "Complaint", "Nobody has called me back." },
	{ BUSINESS, "Disappointed", "I am unhappy with your support." },
	{ BUSINESS, "speed", "The shop is slow after go-live and our board asks why we pay." },
	/* live but broken */
	{ TECHNICAL, "Site down", "www.example.com is unreachable since 10:00." },
	{ TECHNICAL, "certificate", "The certificate of shop.example.com expires tomorrow." },
	{ TECHNICAL, "Provisioning", "It hangs at step three." },
	{ TECHNICAL, "offload", "Offload fell from 90 to 40 percent since yesterday." },
	{ TECHNICAL, "performance", "Page loads take twice as long as last week." },
	{ TECHNICAL, "Purge", "The purge tool says it is done, but old files are served." },
	{ TECHNICAL, "cache", "Invalidate does nothing since this morning." },
	{ TECHNICAL, "Portal", "I cannot log in any more." },
	{ TECHNICAL, "portal", "The user interface shows a blank page." },
	{ TECHNICAL, "502", "Checkout is broken, all customers see it." },
	{ TECHNICAL, "login", "How do I log in with the new phone?" },
	/* nothing to go by */
	{ STAYS, "Hello", "Please call me back." },
	{ STAYS, "Re: our talk", "Thank you, see attached." },
	{ STAYS, "Purged milk", "Purgery and paymentless invoicery." },
};

static enum where found(const struct policy_rule *r)
{
	if (!r)
		return STAYS;
	if (r->resource && strcmp(r->resource, "community") == 0)
		return COMMUNITY;
	return strcmp(r->queue, "billing") == 0	   ? BILLING
	       : strcmp(r->queue, "business") == 0 ? BUSINESS
						   : TECHNICAL;
}

static void questions_of_self_service_customers_find_their_place(void **state)
{
	const struct conf *c = *state;
	size_t wrong = 0;

	for (size_t i = 0; i < sizeof(questions) / sizeof(*questions); i++) {
		const struct routing_mail mail = { .subject = span_of(questions[i].subject),
						   .text = span_of(questions[i].text),
						   .account_flags = SPAN("vip self-service") };
		const struct policy_rule *r = routing_find(&c->policy, &mail).rule;

		if (found(r) == questions[i].where)
			continue;
		print_error("\"%s\": rule %s\n", questions[i].text, r ? r->name : "none");
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void other_customers_stay_where_they_wrote(void **state)
{
	const struct conf *c = *state;

	for (size_t i = 0; i < sizeof(questions) / sizeof(*questions); i++) {
		const struct routing_mail mail = { .subject = span_of(questions[i].subject),
						   .text = span_of(questions[i].text),
						   .account_flags = SPAN("vip") };

		assert_null(routing_find(&c->policy, &mail).rule);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_of_self_service_customers_find_their_place),
		cmocka_unit_test(other_customers_stay_where_they_wrote),
	};

	return cmocka_run_group_tests(tests, shipped_load, shipped_free);
}
