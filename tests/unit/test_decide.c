/* Every decision about a mail, by who wrote it and what is known (conf/policy/README.md sections 1,
 * 2, 4, 5). */
#include "tests/unit/unit.h"

#include "gatewayd/mail/decide_customer.h"
#include "tests/unit/shipped.h"

enum { NOW = 1800000000, TOKEN_CASE = 7, MENTIONED = 8, BOUNCED = 9 };

static struct conf *conf;

/* What is known of the sender's account. */
enum who { UNKNOWN, ENTITLED, NOT_ENTITLED, RESOLD, CONTRACTED, EXPIRED, WHO_COUNT };

static const struct store_account accounts[WHO_COUNT] = {
	[ENTITLED] = { .id = SPAN_LITERAL("acme"),
		       .package = SPAN_LITERAL("premium"),
		       .entitled = true },
	[NOT_ENTITLED] = { .id = SPAN_LITERAL("child"), .parent = SPAN_LITERAL("acme") },
	[RESOLD] = { .id = SPAN_LITERAL("shop"), .reseller = SPAN_LITERAL("vendor") },
	[CONTRACTED] = { .id = SPAN_LITERAL("acme"), .entitled = true },
	[EXPIRED] = { .id = SPAN_LITERAL("acme"), .entitled = true },
};
static const struct store_contract contracts[WHO_COUNT] = {
	[CONTRACTED] = { .kind = SPAN_LITERAL("professional-services"),
			 .from_at = INSTANT_NONE,
			 .until_at = NOW + 1 },
	[EXPIRED] = { .kind = SPAN_LITERAL("professional-services"),
		      .from_at = INSTANT_NONE,
		      .until_at = NOW },
};

struct row {
	const char *name;
	/* the mail */
	enum facts_kind kind;
	uint64_t marks;
	enum conf_automatic automatic; /* of the mailbox */
	const char *subject, *reply, *queue;
	size_t files;
	bool picture;					       /* the file stands inline */
	bool truncated, history, living, twin, nobody, silent; /* silent: no answer is allowed */
	bool inside, no_verp;				       /* of our own border; verp = false */
	struct store_twin first;			       /* a copy that proved less */
	/* its sender */
	enum trust level; /* L1, L3: with a token */
	bool participant, staff, staff_trusted, own, unsubscribe, bounce, known_bounce;
	bool digest;
	bool has_token_case, mentions, failed, token_alone;
	bool asked, colleague; /* case 6 is the sender's; it is of their account */
	int64_t over;	       /* until when it may be opened again; 0: it is not over */
	bool takes_part;
	const char *header, *from;		     /* raw; from: else ann@example.org */
	bool copied, others_token, company, answers; /* copied: a participant, no requester */
	bool left;		 /* with a token, and not in the case any more */
	const char *case_behalf; /* of the case that is mentioned; its account: acme */
	bool top_visible;
	int64_t staff_token, alike; /* mails like it */
	enum who who;
	const char *behalf, *behalf_parent; /* the account that On-Behalf-Of finds */
	enum conf_unknown_sender unknown_sender;
	/* what comes of it */
	enum decide_what what;
	int64_t number, link;
	const char *account, *for_account, *reseller, *in_queue;
	bool visible; /* to whom it was opened for */
	bool keeps;   /* it reopens nothing */
	enum customer_verb verb;
};

#define BIT(mark) ((uint64_t)1 << FACTS_MARK_##mark)
#define ANSWER	  BIT(AUTO_REPLIED)
#define TEN(s)	  s s s s s s s s s s
#define LONG	  TEN(TEN("Not on Monday. "))

static const struct row rows[] = {
	/* what needs no sender */
	{ "the same mail again", .twin = true, .what = DECIDE_DUPLICATE },
	{ "the same mail again, of staff", .twin = true, .staff = true, .what = DECIDE_DUPLICATE },
	{ "proven, and a copy opened a case", .first = { 1, 0, MAIL_CASE, 30, 1 },
	  .level = TRUST_L2, .what = DECIDE_PROVEN_COPY, .number = 30 },
	{ "proven, and a copy was filed", .first = { 1, 0, MAIL_AUTO_FILED, 0, 0 },
	  .level = TRUST_L2, .what = DECIDE_CASE },
	{ "with a token, and a copy noted it", .first = { 1, 1, MAIL_NOTE, TOKEN_CASE, 1 },
	  .level = TRUST_L3, .has_token_case = true, .what = DECIDE_PROVEN_COPY,
	  .number = TOKEN_CASE },
	{ "proven, and a copy opened another case", .first = { 1, 0, MAIL_CASE, 30, 1 },
	  .level = TRUST_L2, .mentions = true, .participant = true, .what = DECIDE_CUSTOMER_NOTE,
	  .number = MENTIONED },
	{ "a command, and a copy noted it", .first = { 1, 1, MAIL_NOTE, TOKEN_CASE, 1 },
	  .level = TRUST_L3, .has_token_case = true, .reply = "close",
	  .what = DECIDE_CUSTOMER_COMMAND, .number = TOKEN_CASE, .verb = CUSTOMER_CLOSE },
	{ "of staff, and a copy was kept as not proven",
	  .first = { 1, 1, MAIL_NOTE, TOKEN_CASE, 1 }, .level = TRUST_L3, .staff = true,
	  .staff_trusted = true, .has_token_case = true, .what = DECIDE_STAFF_REPLY,
	  .number = TOKEN_CASE },
	{ "of staff, still not proven", .first = { 1, 0, MAIL_NOTE, MENTIONED, 1 },
	  .level = TRUST_L2, .staff = true, .mentions = true, .what = DECIDE_DUPLICATE,
	  .number = MENTIONED },
	{ "a program's, and a copy was filed", .first = { 1, 0, MAIL_AUTO_FILED, 0, 0 },
	  .level = TRUST_L2, .kind = FACTS_AUTO_REPLY, .marks = ANSWER, .what = DECIDE_DUPLICATE },
	{ "our own mail", .own = true, .level = TRUST_L3, .what = DECIDE_OWN },
	{ "too large, about nothing", .truncated = true, .level = TRUST_L2,
	  .what = DECIDE_TOO_LARGE },
	{ "too large, with a token", .truncated = true, .level = TRUST_L3, .has_token_case = true,
	  .what = DECIDE_CUSTOMER_NOTE, .number = TOKEN_CASE },
	{ "too large, of staff", .truncated = true, .level = TRUST_L3, .has_token_case = true,
	  .staff = true, .staff_trusted = true, .reply = "All well.", .what = DECIDE_STAFF_HELD,
	  .number = TOKEN_CASE },
	{ "unsubscribe by the link", .unsubscribe = true, .subject = "Unsubscribe",
	  .reply = "This mail was made by a mail program.", .what = DECIDE_UNSUBSCRIBE },
	{ "unsubscribe by reply", .unsubscribe = true, .reply = "Please unsubscribe me.",
	  .what = DECIDE_UNSUBSCRIBE },
	{ "unsubscribe without a word", .unsubscribe = true, .reply = " ",
	  .what = DECIDE_UNSUBSCRIBE },
	{ "a machine follows the link", .unsubscribe = true, .subject = "unsubscribe",
	  .kind = FACTS_AUTO_REPLY, .what = DECIDE_UNSUBSCRIBE },
	{ "a holiday answers the recommendation", .unsubscribe = true, .reply = "I am away.",
	  .marks = ANSWER, .kind = FACTS_AUTO_REPLY, .what = DECIDE_AUTO_FILE },
	{ "a question about the recommendation", .unsubscribe = true, .who = ENTITLED,
	  .reply = "How do I apply it?", .what = DECIDE_CASE, .account = "acme" },
	{ "staff answer a list of mails", .digest = true, .staff = true, .level = TRUST_L2,
	  .reply = "#case 17", .what = DECIDE_RELEASE },
	{ "a program answers it", .digest = true, .staff = true, .level = TRUST_L2, .marks = ANSWER,
	  .kind = FACTS_AUTO_REPLY, .what = DECIDE_AUTO_FILE },
	{ "an old answer to it", .digest = true, .staff = true, .history = true, .level = TRUST_L2,
	  .what = DECIDE_AUTO_FILE },
	/* machines */
	{ "a bounce to the case's envelope sender", .kind = FACTS_BOUNCE, .bounce = true,
	  .what = DECIDE_BOUNCE, .number = BOUNCED },
	{ "a bounce of a mail that we sent, by its Message-ID", .kind = FACTS_BOUNCE,
	  .known_bounce = true, .what = DECIDE_BOUNCE_UNPROVEN, .number = BOUNCED },
	{ "the same, of our own border", .kind = FACTS_BOUNCE, .known_bounce = true, .inside = true,
	  .what = DECIDE_BOUNCE_UNPROVEN, .number = BOUNCED },
	{ "the same without verp", .kind = FACTS_BOUNCE, .known_bounce = true, .inside = true,
	  .no_verp = true, .what = DECIDE_BOUNCE, .number = BOUNCED },
	{ "without verp, of somebody", .kind = FACTS_BOUNCE, .known_bounce = true, .no_verp = true,
	  .what = DECIDE_BOUNCE_UNPROVEN, .number = BOUNCED },
	{ "a bounce of nothing of ours", .kind = FACTS_BOUNCE, .mentions = true,
	  .what = DECIDE_AUTO_FILE },
	{ "an automatic reply with a token", .kind = FACTS_AUTO_REPLY, .marks = ANSWER,
	  .level = TRUST_L1, .has_token_case = true, .what = DECIDE_MACHINE_NOTE,
	  .number = TOKEN_CASE },
	{ "an automatic reply to the envelope sender", .kind = FACTS_AUTO_REPLY, .marks = ANSWER,
	  .bounce = true, .what = DECIDE_MACHINE_NOTE, .number = BOUNCED },
	{ "an automatic reply that only names a case", .kind = FACTS_AUTO_REPLY, .marks = ANSWER,
	  .level = TRUST_L2, .mentions = true, .what = DECIDE_AUTO_FILE },
	{ "an automatic reply of a participant in the thread", .kind = FACTS_AUTO_REPLY,
	  .marks = ANSWER, .participant = true, .mentions = true, .what = DECIDE_MACHINE_NOTE,
	  .number = MENTIONED },
	{ "a thumb on a mail of the case", .marks = BIT(REACTION), .reply = "\xf0\x9f\x91\x8d",
	  .level = TRUST_L3, .has_token_case = true, .what = DECIDE_MACHINE_NOTE,
	  .number = TOKEN_CASE },
	{ "an invitation accepted", .marks = BIT(CALENDAR_REPLY), .reply = "", .who = ENTITLED,
	  .what = DECIDE_AUTO_FILE },
	{ "an invitation answered at length", .marks = BIT(CALENDAR_REPLY), .reply = LONG,
	  .who = ENTITLED, .what = DECIDE_CASE, .account = "acme" },
	{ "behind a group", .kind = FACTS_BULK, .marks = BIT(LIST_ID) | BIT(PRECEDENCE_LIST),
	  .what = DECIDE_CASE },
	{ "a database adds List-Unsubscribe", .kind = FACTS_BULK, .marks = BIT(LIST_UNSUBSCRIBE),
	  .who = ENTITLED, .what = DECIDE_CASE, .account = "acme" },
	{ "staff behind such a database", .kind = FACTS_BULK, .marks = BIT(LIST_UNSUBSCRIBE),
	  .staff = true, .what = DECIDE_CASE },
	{ "a newsletter", .kind = FACTS_BULK, .marks = BIT(LIST_UNSUBSCRIBE),
	  .what = DECIDE_AUTO_FILE },
	{ "a service tells of an error", .kind = FACTS_AUTO_REPLY,
	  .marks = BIT(LIST_UNSUBSCRIBE) | BIT(AUTO_GENERATED), .what = DECIDE_CASE },
	{ "monitoring that can be left", .kind = FACTS_BULK,
	  .marks = BIT(LIST_UNSUBSCRIBE) | BIT(MONITORING), .what = DECIDE_CASE },
	{ "a campaign says that it was generated", .kind = FACTS_AUTO_REPLY,
	  .marks = BIT(LIST_UNSUBSCRIBE) | BIT(AUTO_GENERATED) | BIT(CRM),
	  .what = DECIDE_AUTO_FILE },
	{ "a participant behind a database", .kind = FACTS_BULK, .marks = BIT(LIST_UNSUBSCRIBE),
	  .level = TRUST_L2, .mentions = true, .participant = true, .what = DECIDE_CUSTOMER_NOTE,
	  .number = MENTIONED },
	{ "one who says so, and is not proven", .kind = FACTS_BULK, .marks = BIT(LIST_UNSUBSCRIBE),
	  .mentions = true, .participant = true, .what = DECIDE_AUTO_FILE },
	{ "a requester behind one asks anew", .kind = FACTS_BULK, .marks = BIT(LIST_UNSUBSCRIBE),
	  .level = TRUST_L2, .takes_part = true, .what = DECIDE_CASE },
#define LISTED(says, header_, from_, what_)                                                  \
	{                                                                                    \
		says, .kind = FACTS_BULK, .marks = BIT(LIST_UNSUBSCRIBE), .header = header_, \
		      .from = from_, .what = what_                                           \
	}
#define BOB "bob@stranger.test"
	LISTED("a list of ours", "List-Id: <support.lists.example.com>\n", BOB, DECIDE_CASE),
	LISTED("a group of ours", "List-ID: <servicedesk.example.com>\n", BOB, DECIDE_CASE),
	LISTED("one writes to it at ours",
	       "List-Id: <x.lists.test>\nList-Post: "
	       "<mailto:support@example.com>\n",
	       BOB, DECIDE_CASE),
	LISTED("a group that says its address",
	       "Mailing-List: list support@example.com; contact support+owners@example.com\n", BOB,
	       DECIDE_CASE),
	LISTED("a group of Microsoft 365",
	       "List-Unsubscribe: <https://outlook.office365.com/groups/"
	       "?lc=leave>\nList-Id: <support.example.onmicrosoft.test>\n",
	       BOB, DECIDE_CASE),
	LISTED("our own newsletter", "List-Id: <news.example.com>\n", "news@example.com",
	       DECIDE_AUTO_FILE),
	LISTED("a list of somebody's",
	       "List-Id: <users.lists.test>\nList-Post: "
	       "<mailto:users@lists.test>\n",
	       BOB, DECIDE_AUTO_FILE),
	LISTED("a domain that ends as ours", "List-Id: <news.notexample.com>\n", BOB,
	       DECIDE_AUTO_FILE),
	LISTED("a domain that begins as ours", "List-Id: <support.example.com.lists.test>\n", BOB,
	       DECIDE_AUTO_FILE),
	LISTED("another's list with our name in it",
	       "Mailing-List: list users@lists.test; contact "
	       "support@example.com\n",
	       BOB, DECIDE_AUTO_FILE),
	{ "with a token it is none", .kind = FACTS_BULK, .marks = BIT(LIST_UNSUBSCRIBE),
	  .level = TRUST_L1, .has_token_case = true, .what = DECIDE_CUSTOMER_NOTE,
	  .number = TOKEN_CASE },
	{ "spam", .marks = BIT(SPAM), .who = ENTITLED, .what = DECIDE_QUARANTINE },
	{ "spam with a token", .marks = BIT(SPAM), .level = TRUST_L1, .has_token_case = true,
	  .what = DECIDE_CUSTOMER_NOTE, .number = TOKEN_CASE },
	{ "monitoring", .kind = FACTS_AUTO_REPLY, .marks = BIT(AUTO_GENERATED) | BIT(MONITORING),
	  .who = ENTITLED, .what = DECIDE_CASE, .account = "acme" },
	{ "monitoring, filed", .kind = FACTS_AUTO_REPLY, .marks = BIT(AUTO_GENERATED),
	  .automatic = CONF_AUTOMATIC_FILE, .who = ENTITLED, .what = DECIDE_AUTO_FILE,
	  .account = "acme" },
	{ "monitoring, quarantined", .kind = FACTS_AUTO_REPLY, .marks = BIT(AUTO_GENERATED),
	  .automatic = CONF_AUTOMATIC_QUARANTINE, .who = ENTITLED, .what = DECIDE_QUARANTINE,
	  .account = "acme" },
	{ "another ticket system answers", .kind = FACTS_AUTO_REPLY,
	  .marks = BIT(AUTO_REPLIED) | BIT(LOOP), .level = TRUST_L3, .has_token_case = true,
	  .automatic = CONF_AUTOMATIC_FILE, .what = DECIDE_CUSTOMER_NOTE, .number = TOKEN_CASE },
	{ "an alert like the one before", .kind = FACTS_AUTO_REPLY, .marks = BIT(AUTO_GENERATED),
	  .alike = 1, .what = DECIDE_STORM_NOTE, .number = MENTIONED },
	{ "a stranger who says it again", .alike = 2, .what = DECIDE_CASE },
	{ "a stranger who says it more often than we answer", .alike = 3, .what = DECIDE_STORM_NOTE,
	  .number = MENTIONED },
	{ "a customer who says it again", .alike = 4, .who = ENTITLED, .what = DECIDE_CASE,
	  .account = "acme" },
	{ "somebody proven who says it again", .alike = 4, .level = TRUST_L2, .what = DECIDE_CASE },
	{ "somebody proven who says it often", .alike = 5, .level = TRUST_L2,
	  .what = DECIDE_STORM_NOTE, .number = MENTIONED },
	{ "a customer who says it often, about a case", .alike = 5, .level = TRUST_L2,
	  .who = ENTITLED, .mentions = true, .what = DECIDE_CASE, .account = "acme",
	  .link = MENTIONED },
	{ "a program gives no command", .kind = FACTS_AUTO_REPLY, .marks = BIT(AUTO_GENERATED),
	  .reply = "close", .level = TRUST_L3, .has_token_case = true, .what = DECIDE_CUSTOMER_NOTE,
	  .number = TOKEN_CASE },
	{ "a program of staff answers nobody", .kind = FACTS_AUTO_REPLY,
	  .marks = BIT(AUTO_GENERATED), .level = TRUST_L3, .staff = true, .staff_trusted = true,
	  .has_token_case = true, .what = DECIDE_STAFF_HELD, .number = TOKEN_CASE },
	{ "an automatic reply of staff", .kind = FACTS_AUTO_REPLY, .marks = ANSWER,
	  .level = TRUST_L3, .staff = true, .staff_trusted = true, .has_token_case = true,
	  .what = DECIDE_STAFF_HELD, .number = TOKEN_CASE },
	/* customers, by level of trust */
	{ "L0 names a case", .who = ENTITLED, .participant = true, .mentions = true,
	  .what = DECIDE_CASE, .link = MENTIONED, .account = "acme" },
	{ "L1 with its token", .who = ENTITLED, .level = TRUST_L1, .has_token_case = true,
	  .what = DECIDE_CUSTOMER_NOTE, .number = TOKEN_CASE },
	/* who is in the conversation */
	{ "a participant with a token", .who = ENTITLED, .level = TRUST_L1, .has_token_case = true,
	  .copied = true, .what = DECIDE_CUSTOMER_NOTE, .number = TOKEN_CASE },
	{ "a participant closes nothing", .who = ENTITLED, .level = TRUST_L3,
	  .has_token_case = true, .copied = true, .reply = "close", .what = DECIDE_CUSTOMER_NOTE,
	  .number = TOKEN_CASE },
	{ "nor does who left it", .who = ENTITLED, .level = TRUST_L3, .has_token_case = true,
	  .left = true, .reply = "close", .mentions = true, .what = DECIDE_OUTSIDE_NOTE,
	  .number = MENTIONED },
	{ "nor one without a token", .who = ENTITLED, .level = TRUST_L2, .participant = true,
	  .copied = true, .mentions = true, .reply = "close", .what = DECIDE_CUSTOMER_NOTE,
	  .number = MENTIONED },
	{ "nor is a participant told the state", .who = ENTITLED, .level = TRUST_L2,
	  .participant = true, .copied = true, .mentions = true, .reply = "status",
	  .what = DECIDE_CUSTOMER_NOTE, .number = MENTIONED },
	{ "a company contact answers", .who = ENTITLED, .level = TRUST_L2, .mentions = true,
	  .answers = true, .company = true, .what = DECIDE_CUSTOMER_NOTE, .number = MENTIONED },
	{ "a company contact with the tag alone", .who = ENTITLED, .level = TRUST_L2,
	  .mentions = true, .company = true, .what = DECIDE_CASE, .link = MENTIONED,
	  .account = "acme" },
	{ "a company contact who is not proven", .who = ENTITLED, .mentions = true, .answers = true,
	  .company = true, .what = DECIDE_CASE, .link = MENTIONED, .account = "acme" },
	{ "a colleague answers", .who = ENTITLED, .level = TRUST_L2, .mentions = true,
	  .answers = true, .what = DECIDE_OUTSIDE_NOTE, .number = MENTIONED },
	{ "a colleague answers: an indirect customer's case", .who = NOT_ENTITLED,
	  .level = TRUST_L2, .mentions = true, .answers = true, .case_behalf = "child",
	  .what = DECIDE_OUTSIDE_NOTE, .number = MENTIONED },
	{ "the same, shown at the top only", .who = NOT_ENTITLED, .level = TRUST_L2,
	  .mentions = true, .answers = true, .case_behalf = "child", .top_visible = true,
	  .what = DECIDE_CASE, .link = MENTIONED, .account = "child" },
	{ "somebody else's token", .mentions = true, .others_token = true,
	  .what = DECIDE_OUTSIDE_NOTE, .number = MENTIONED },
	{ "somebody else's token and dmarc=fail", .mentions = true, .others_token = true,
	  .failed = true, .what = DECIDE_CASE, .link = MENTIONED },
	{ "another address of a participant, with the token", .mentions = true,
	  .others_token = true, .participant = true, .what = DECIDE_CUSTOMER_NOTE,
	  .number = MENTIONED },
	{ "L2 of a participant", .who = ENTITLED, .level = TRUST_L2, .participant = true,
	  .mentions = true, .what = DECIDE_CUSTOMER_NOTE, .number = MENTIONED },
	{ "L2 of somebody else", .who = ENTITLED, .level = TRUST_L2, .mentions = true,
	  .what = DECIDE_CASE, .link = MENTIONED, .account = "acme" },
	{ "L3", .who = ENTITLED, .level = TRUST_L3, .has_token_case = true,
	  .what = DECIDE_CUSTOMER_NOTE, .number = TOKEN_CASE },
	{ "a token of a case that is gone", .who = ENTITLED, .level = TRUST_L1, .what = DECIDE_CASE,
	  .account = "acme" },
	{ "L1 of an unknown sender", .level = TRUST_L1, .has_token_case = true,
	  .what = DECIDE_CUSTOMER_NOTE, .number = TOKEN_CASE },
	/* commands */
	{ "status with a token", .reply = "status", .level = TRUST_L3, .has_token_case = true,
	  .what = DECIDE_CUSTOMER_COMMAND, .number = TOKEN_CASE, .verb = CUSTOMER_STATUS },
	{ "status with a token alone is a note", .reply = "status", .level = TRUST_L1,
	  .has_token_case = true, .what = DECIDE_CUSTOMER_NOTE, .number = TOKEN_CASE },
	{ "status with a token alone, where that is enough", .reply = "status", .level = TRUST_L1,
	  .has_token_case = true, .token_alone = true, .what = DECIDE_CUSTOMER_COMMAND,
	  .number = TOKEN_CASE, .verb = CUSTOMER_STATUS },
	{ "list with a token alone is a note", .reply = "list all", .level = TRUST_L1,
	  .has_token_case = true, .what = DECIDE_CUSTOMER_NOTE, .number = TOKEN_CASE },
	{ "a token, but dmarc=fail", .level = TRUST_L1, .failed = true, .has_token_case = true,
	  .what = DECIDE_SUSPECT_NOTE, .number = TOKEN_CASE },
	{ "close with a token, but dmarc=fail", .reply = "close", .level = TRUST_L1, .failed = true,
	  .token_alone = true, .has_token_case = true, .what = DECIDE_SUSPECT_NOTE,
	  .number = TOKEN_CASE },
	{ "list, L2", .reply = "list open company", .level = TRUST_L2, .who = ENTITLED,
	  .what = DECIDE_CUSTOMER_COMMAND, .verb = CUSTOMER_LIST },
	{ "list, L0", .reply = "list open", .who = ENTITLED, .what = DECIDE_CASE,
	  .account = "acme" },
	{ "close with a token alone is a note", .reply = "close", .level = TRUST_L1,
	  .has_token_case = true, .what = DECIDE_CUSTOMER_NOTE, .number = TOKEN_CASE },
	{ "close with a token", .reply = "close", .level = TRUST_L3, .has_token_case = true,
	  .what = DECIDE_CUSTOMER_COMMAND, .number = TOKEN_CASE, .verb = CUSTOMER_CLOSE },
	{ "close of no case is a slip", .reply = "close", .level = TRUST_L2, .who = ENTITLED,
	  .what = DECIDE_CUSTOMER_COMMAND, .verb = CUSTOMER_SLIP },
	{ "close of another's case is one, too", .reply = "close", .level = TRUST_L2,
	  .who = ENTITLED, .mentions = true, .what = DECIDE_CUSTOMER_COMMAND,
	  .verb = CUSTOMER_SLIP },
	{ "a slip that nobody vouches for", .reply = "stauts", .who = ENTITLED, .what = DECIDE_CASE,
	  .account = "acme" },
	{ "status of a case that is nobody's", .reply = "status 99", .level = TRUST_L2,
	  .who = ENTITLED, .what = DECIDE_CUSTOMER_COMMAND, .verb = CUSTOMER_SLIP },
	{ "slips of a word with a number", .reply = "stauts 6", .asked = true, .level = TRUST_L2,
	  .who = ENTITLED, .what = DECIDE_CUSTOMER_COMMAND, .verb = CUSTOMER_SLIP },
	{ "status of their own", .reply = "status 6", .asked = true, .level = TRUST_L2,
	  .who = ENTITLED, .what = DECIDE_CUSTOMER_COMMAND, .number = 6, .verb = CUSTOMER_STATUS },
	{ "status of their own, where a token is enough, and it is another's", .token_alone = true,
	  .reply = "status 6", .asked = true, .level = TRUST_L1, .has_token_case = true,
	  .what = DECIDE_CUSTOMER_NOTE, .number = TOKEN_CASE },
	{ "show of a colleague's", .reply = "show 6", .asked = true, .colleague = true,
	  .company = true, .level = TRUST_L2, .who = ENTITLED, .what = DECIDE_CUSTOMER_COMMAND,
	  .number = 6, .verb = CUSTOMER_SHOW },
	{ "show of a colleague's, by who may not see it", .reply = "show 6", .asked = true,
	  .colleague = true, .level = TRUST_L2, .who = ENTITLED, .what = DECIDE_CUSTOMER_COMMAND,
	  .verb = CUSTOMER_SLIP },
	{ "close of a colleague's", .reply = "close 6", .asked = true, .colleague = true,
	  .company = true, .level = TRUST_L2, .who = ENTITLED, .what = DECIDE_CUSTOMER_COMMAND,
	  .verb = CUSTOMER_SLIP },
	{ "a number of nobody's, in a case", .reply = "status 500", .level = TRUST_L3,
	  .has_token_case = true, .what = DECIDE_CUSTOMER_NOTE, .number = TOKEN_CASE },
	{ "a picture of the signature", .files = 1, .picture = true, .reply = "status",
	  .level = TRUST_L3, .has_token_case = true, .what = DECIDE_CUSTOMER_COMMAND,
	  .number = TOKEN_CASE, .verb = CUSTOMER_STATUS },
	/* a case that is over */
	{ "in time", .reply = "It is back.", .over = NOW, .level = TRUST_L3, .has_token_case = true,
	  .what = DECIDE_CUSTOMER_NOTE, .number = TOKEN_CASE },
	{ "too late", .reply = "It is back.", .over = NOW - 1, .level = TRUST_L3,
	  .has_token_case = true, .who = ENTITLED, .what = DECIDE_CASE, .link = TOKEN_CASE,
	  .account = "acme" },
	{ "too late, by a token alone", .reply = "It is back.", .over = NOW - 1, .level = TRUST_L1,
	  .has_token_case = true, .what = DECIDE_CUSTOMER_NOTE, .number = TOKEN_CASE },
	{ "too late, and nothing but thanks", .reply = "Thank you!", .over = NOW - 1,
	  .level = TRUST_L3, .has_token_case = true, .what = DECIDE_CUSTOMER_NOTE,
	  .number = TOKEN_CASE, .keeps = true },
	{ "thanks", .reply = "Thank you!", .over = NOW, .level = TRUST_L3, .has_token_case = true,
	  .what = DECIDE_CUSTOMER_NOTE, .number = TOKEN_CASE, .keeps = true },
	{ "thanks, with a file", .reply = "Thank you!", .files = 1, .over = NOW, .level = TRUST_L3,
	  .has_token_case = true, .what = DECIDE_CUSTOMER_NOTE, .number = TOKEN_CASE },
	{ "reopen in time", .reply = "reopen", .over = NOW, .level = TRUST_L3,
	  .has_token_case = true, .what = DECIDE_CUSTOMER_COMMAND, .number = TOKEN_CASE,
	  .verb = CUSTOMER_REOPEN },
	{ "reopen too late", .reply = "reopen", .over = NOW - 1, .level = TRUST_L3,
	  .has_token_case = true, .who = ENTITLED, .what = DECIDE_CUSTOMER_COMMAND,
	  .number = TOKEN_CASE, .verb = CUSTOMER_TOO_LATE },
	{ "status with a file is a note", .reply = "status", .files = 1, .level = TRUST_L3,
	  .has_token_case = true, .what = DECIDE_CUSTOMER_NOTE, .number = TOKEN_CASE },
	/* staff */
	{ "staff, L3, text", .reply = "We mend it.", .level = TRUST_L3, .staff = true,
	  .staff_trusted = true, .has_token_case = true, .what = DECIDE_STAFF_REPLY,
	  .number = TOKEN_CASE },
	{ "staff, commands only", .reply = "#take\n#waiting", .level = TRUST_L3, .staff = true,
	  .staff_trusted = true, .has_token_case = true, .what = DECIDE_STAFF_COMMANDS,
	  .number = TOKEN_CASE },
	{ "staff, a note", .reply = "#note\nNot for them.", .level = TRUST_L3, .staff = true,
	  .staff_trusted = true, .has_token_case = true, .what = DECIDE_STAFF_COMMANDS,
	  .number = TOKEN_CASE },
	{ "staff without a word", .reply = "", .level = TRUST_L3, .staff = true,
	  .staff_trusted = true, .has_token_case = true, .what = DECIDE_STAFF_HELD,
	  .number = TOKEN_CASE },
	{ "staff, no such command", .reply = "#nte\nNot for them.", .level = TRUST_L3,
	  .staff = true, .staff_trusted = true, .has_token_case = true, .what = DECIDE_STAFF_HELD,
	  .number = TOKEN_CASE },
	{ "staff, not proven, a machine's mark", .reply = "I am away.", .level = TRUST_L1,
	  .staff = true, .kind = FACTS_AUTO_REPLY, .has_token_case = true,
	  .what = DECIDE_MACHINE_NOTE, .number = TOKEN_CASE },
	{ "staff, L1, trust is dmarc", .reply = "We mend it.", .level = TRUST_L1, .staff = true,
	  .has_token_case = true, .what = DECIDE_STAFF_UNVERIFIED, .number = TOKEN_CASE },
	{ "staff, L1, trust is token", .reply = "We mend it.", .level = TRUST_L1, .staff = true,
	  .staff_trusted = true, .has_token_case = true, .what = DECIDE_STAFF_REPLY,
	  .number = TOKEN_CASE },
	{ "staff, L0, names a case", .reply = "#close", .staff = true, .mentions = true,
	  .what = DECIDE_STAFF_UNVERIFIED, .number = MENTIONED },
	{ "a staff token of somebody else", .mentions = true, .staff_token = MENTIONED,
	  .what = DECIDE_STAFF_ELSEWHERE, .number = MENTIONED },
	{ "a staff token of somebody else, vouched", .mentions = true, .staff_token = MENTIONED,
	  .level = TRUST_L2, .participant = true, .reply = "close", .what = DECIDE_STAFF_ELSEWHERE,
	  .number = MENTIONED },
	{ "a staff token of a case that is gone", .staff_token = MENTIONED, .what = DECIDE_CASE },
	{ "staff write of no case", .staff = true, .level = TRUST_L2, .what = DECIDE_CASE },
	{ "staff ask, about no case", .reply = "#list mine", .staff = true, .level = TRUST_L2,
	  .what = DECIDE_STAFF_ASKS },
	{ "in the subject", .subject = "Re: #list mine", .reply = "", .staff = true,
	  .level = TRUST_L2, .what = DECIDE_STAFF_ASKS },
	{ "the subject of a case in the thread", .subject = "#list mine", .reply = "Is it so?",
	  .staff = true, .level = TRUST_L2, .mentions = true, .what = DECIDE_STAFF_UNVERIFIED,
	  .number = MENTIONED },
	{ "a command that changes nothing without a case", .reply = "#close", .staff = true,
	  .level = TRUST_L2, .what = DECIDE_STAFF_ASKS },
	{ "staff ask in a thread, without its token", .reply = "#show", .staff = true,
	  .level = TRUST_L2, .mentions = true, .what = DECIDE_STAFF_ASKS },
	{ "and say more than that", .reply = "#show\nWhat is it?", .staff = true, .level = TRUST_L2,
	  .mentions = true, .what = DECIDE_STAFF_UNVERIFIED, .number = MENTIONED },
	{ "and command", .reply = "#show\n#close", .staff = true, .level = TRUST_L2,
	  .mentions = true, .what = DECIDE_STAFF_UNVERIFIED, .number = MENTIONED },
	{ "staff ask, not proven", .reply = "#list mine", .staff = true, .level = TRUST_L1,
	  .what = DECIDE_CASE },
	{ "a customer asks so, and is told how", .reply = "#list mine", .level = TRUST_L2,
	  .what = DECIDE_CUSTOMER_COMMAND, .verb = CUSTOMER_SLIP },
	{ "a list repeats it", .reply = "#list mine", .staff = true, .level = TRUST_L2,
	  .kind = FACTS_BULK, .what = DECIDE_CASE },
	/* new cases: who may open them */
	{ "entitled", .who = ENTITLED, .what = DECIDE_CASE, .account = "acme" },
	{ "unknown, to the pool", .what = DECIDE_CASE },
	{ "unknown, referred", .unknown_sender = CONF_UNKNOWN_REFER, .what = DECIDE_REFER },
	{ "unknown, quarantined", .unknown_sender = CONF_UNKNOWN_QUARANTINE,
	  .what = DECIDE_QUARANTINE },
	{ "entitled, whatever the queue does to unknown ones", .who = ENTITLED,
	  .unknown_sender = CONF_UNKNOWN_QUARANTINE, .what = DECIDE_CASE, .account = "acme" },
	{ "known, not entitled, to the pool", .who = NOT_ENTITLED, .what = DECIDE_CASE,
	  .account = "child" },
	{ "known, not entitled, referred", .who = NOT_ENTITLED,
	  .unknown_sender = CONF_UNKNOWN_REFER, .what = DECIDE_REFER, .account = "child" },
	{ "a reseller's customer", .who = RESOLD, .unknown_sender = CONF_UNKNOWN_QUARANTINE,
	  .what = DECIDE_CASE, .account = "vendor", .for_account = "shop", .reseller = "vendor",
	  .visible = true },
	{ "staff are not unknown", .staff = true, .unknown_sender = CONF_UNKNOWN_QUARANTINE,
	  .what = DECIDE_CASE },
	{ "nobody in From", .nobody = true, .what = DECIDE_CASE },
	/* on behalf of an indirect customer */
	{ "on behalf of a child, L2", .reply = "On-Behalf-Of: child\nIt is slow.", .who = ENTITLED,
	  .level = TRUST_L2, .behalf = "child", .behalf_parent = "acme", .what = DECIDE_CASE,
	  .account = "acme", .for_account = "child", .visible = true },
	{ "on behalf of a child, at the top",
	  .reply = "On-Behalf-Of: child\nVisibility: top\nIt is slow.", .who = ENTITLED,
	  .level = TRUST_L2, .behalf = "child", .behalf_parent = "acme", .what = DECIDE_CASE,
	  .account = "acme", .for_account = "child" },
	{ "on behalf of a child, L0", .reply = "On-Behalf-Of: child\nIt is slow.", .who = ENTITLED,
	  .behalf = "child", .behalf_parent = "acme", .what = DECIDE_CASE, .account = "acme" },
	{ "on behalf of another's child", .reply = "On-Behalf-Of: child\nIt is slow.",
	  .who = ENTITLED, .level = TRUST_L3, .behalf = "child", .behalf_parent = "other",
	  .what = DECIDE_CASE, .account = "acme" },
	{ "on behalf of nobody there", .reply = "On-Behalf-Of: child\nIt is slow.", .who = ENTITLED,
	  .level = TRUST_L3, .what = DECIDE_CASE, .account = "acme" },
	{ "on behalf of a direct customer", .reply = "On-Behalf-Of: child\nIt is slow.",
	  .level = TRUST_L2, .behalf = "child", .behalf_parent = "", .what = DECIDE_CASE },
	/* a kind that only a contract opens */
	{ "professional services without a contract", .who = ENTITLED,
	  .queue = "professional-services", .what = DECIDE_CASE, .account = "acme",
	  .in_queue = "business" },
	{ "professional services with a contract", .who = CONTRACTED,
	  .queue = "professional-services", .what = DECIDE_CASE, .account = "acme",
	  .in_queue = "professional-services" },
	{ "professional services with one that has ended", .who = EXPIRED,
	  .queue = "professional-services", .what = DECIDE_CASE, .account = "acme",
	  .in_queue = "business" },
	{ "professional services, unknown sender", .queue = "professional-services",
	  .what = DECIDE_CASE, .in_queue = "business" },
	/* imported mails */
	{ "a past mail of a participant", .history = true, .who = ENTITLED, .participant = true,
	  .mentions = true, .what = DECIDE_CUSTOMER_NOTE, .number = MENTIONED },
	{ "a past mail of somebody else", .history = true, .who = ENTITLED, .mentions = true,
	  .what = DECIDE_CASE, .link = MENTIONED, .account = "acme" },
	{ "a past command is not carried out", .history = true, .reply = "close", .level = TRUST_L1,
	  .has_token_case = true, .what = DECIDE_CUSTOMER_NOTE, .number = TOKEN_CASE },
	{ "a past answer of staff", .history = true, .reply = "#close\nDone.", .staff = true,
	  .mentions = true, .what = DECIDE_STAFF_REPLY, .number = MENTIONED },
	{ "status that may not be answered", .level = TRUST_L3, .has_token_case = true,
	  .silent = true, .reply = "status", .what = DECIDE_CUSTOMER_NOTE, .number = TOKEN_CASE },
	{ "close that may not be answered", .level = TRUST_L3, .has_token_case = true,
	  .silent = true, .reply = "close", .what = DECIDE_CUSTOMER_COMMAND, .number = TOKEN_CASE,
	  .verb = CUSTOMER_CLOSE },
	{ "a past answer of staff in a living case", .history = true, .living = true,
	  .reply = "Done.", .staff = true, .mentions = true, .what = DECIDE_STAFF_UNVERIFIED,
	  .number = MENTIONED },
	{ "a past answer with a token in a living case", .history = true, .living = true,
	  .reply = "Done.", .staff = true, .staff_trusted = true, .level = TRUST_L3,
	  .mentions = true, .what = DECIDE_STAFF_UNVERIFIED, .number = MENTIONED },
	{ "a past mail of staff about nothing", .history = true, .staff = true,
	  .what = DECIDE_AUTO_FILE },
};

enum { ROWS = sizeof(rows) / sizeof(*rows) };

struct bench {
	struct conf_queue queue;
	struct conf_mailbox mailbox;
	struct store_mail mail;
	struct facts facts;
	struct facts_attachment file;
	struct header_scan scan;
	struct requester requester;
	struct identity identity;
	struct automatic answer;
	struct staff_answer said;
	struct twin twin;
	struct arena arena;
	struct decide_in in;
};

static void set_identity(const struct row *r, struct identity *id)
{
	*id = (struct identity){
		.level = r->failed ? TRUST_L0 : r->level,
		.failed = r->failed,
		.staff_token_case = r->staff_token,
		.from = r->nobody ? SPAN_NONE : SPAN("ann@example.org"),
		.domain = r->nobody ? SPAN_NONE : SPAN("example.org"),
		.token_valid = r->level == TRUST_L1 || r->level == TRUST_L3,
		.token_case = TOKEN_CASE,
		.vouched = r->level >= TRUST_L2,
		.staff = r->staff ? &conf->staff[0] : NULL,
		.staff_trusted = r->staff_trusted,
		.is_own = r->own,
		.from_inside = r->inside,
		.bounce_valid = r->bounce,
		.bounce_case = r->bounce ? BOUNCED : 0,
		.unsubscribe_valid = r->unsubscribe,
		.digest_valid = r->digest,
	};
}

static void set_mail(const struct row *r, struct bench *b)
{
	struct span subject = span_of(r->subject ? r->subject : "Hello");

	*b = (struct bench){
		.queue = *conf_queue_find(conf, r->queue ? r->queue : "technical"),
		.mail = { .received_at = NOW, .truncated = r->truncated, .history = r->history },
		.mailbox = { .automatic = r->automatic, .quarantine_spam = true },
		.facts = { .kind = r->kind,
			   .marks = r->marks,
			   .subject = subject,
			   .text = span_of(r->reply ? r->reply : "It is slow."),
			   .reply = span_of(r->reply ? r->reply : "It is slow."),
			   .attachments = &b->file,
			   .attachment_count = r->files }
	};
	conf->verp = !r->no_verp;
	b->queue.unknown_sender = r->unknown_sender;
	b->queue.token_alone = r->token_alone;
	set_identity(r, &b->identity);
	b->requester = (struct requester){ REQUESTER_FROM, b->identity.from, SPAN(""), NULL, NULL };
	b->answer = (struct automatic){ !r->silent, b->identity.vouched, b->identity.from, NULL };
	b->twin = (struct twin){ .same = r->twin, .lesser = r->first };
	b->file.content_type = SPAN("image/png");
	b->file.is_inline = r->picture;
	b->scan = (struct header_scan){ .header = span_of(r->header ? r->header : ""),
					.from = r->header ? span_of(r->from) : SPAN_NONE };
}

static void set_up(const struct row *r, struct bench *b)
{
	set_mail(r, b);
	b->in = (struct decide_in){
		.conf = conf,
		.mailbox = &b->mailbox,
		.requester = &b->requester,
		.storm = { .case_number = r->alike ? MENTIONED : 0, .count = r->alike },
		.queue = &b->queue,
		.mail = &b->mail,
		.facts = &b->facts,
		.scan = &b->scan,
		.identity = &b->identity,
		.answer = &b->answer,
		.said = &b->said,
		.twin = &b->twin,
		.token_case = { .found = r->has_token_case,
				.row.number = TOKEN_CASE,
				.participant = !r->left,
				.requester = !r->copied && !r->left,
				.row.state = r->over ? CASE_CLOSED : CASE_OPEN,
				.reopens_until = r->over },
		.asked[0] = { .found = r->asked,
			      .row = { .number = 6, .account = SPAN("acme") },
			      .participant = !r->colleague,
			      .requester = !r->colleague },
		.mentioned = { .found = r->mentions,
			       .row = { .number = MENTIONED,
					.account = SPAN("acme"),
					.behalf = span_of(r->case_behalf ? r->case_behalf : ""),
					.top_visible = r->top_visible },
			       .is_past = r->history && !r->living,
			       .answered = r->answers,
			       .participant = r->participant,
			       .requester = r->participant && !r->copied },
		.token_holder = r->others_token ? SPAN("bea@example.org") : SPAN_NONE,
		.company = r->company,
		.takes_part = r->takes_part,
		.bounced_case = r->known_bounce ? BOUNCED : 0,
		.account = accounts[r->who],
		.contracts = &contracts[r->who],
		.contract_count = contracts[r->who].kind.n ? 1 : 0,
	};
	arena_init(&b->arena);
	decide_read_command(&b->in, &b->arena);
	if (r->staff)
		staff_answer_read(&(struct staff_answer_in){ .conf = conf, .facts = &b->facts },
				  &b->arena, &b->said);
	if (r->behalf)
		b->in.behalf = (struct store_account){ .id = span_of(r->behalf),
						       .parent = span_of(r->behalf_parent) };
}

static bool is(struct span s, const char *expected)
{
	return span_is(s, expected ? expected : "");
}

static bool as_expected(const struct row *r, const struct decision *d)
{
	bool opens = r->what == DECIDE_CASE;

	return d->what == r->what && d->why && d->case_number == r->number &&
	       d->link_to == r->link && is(d->account, r->account) &&
	       is(d->behalf, r->for_account) && is(d->reseller, r->reseller) &&
	       (!r->in_queue || strcmp(d->queue->name, r->in_queue) == 0) &&
	       (!opens || d->severity.severity == 3) && (!opens || d->top_visible == !r->visible) &&
	       (r->what != DECIDE_CUSTOMER_COMMAND || d->command.verb == r->verb) &&
	       (!r->keeps || d->keeps_state) && (!r->history || d->staff.n == 0);
}

static void every_decision_of_the_table(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		struct bench b;
		struct decision d;

		set_up(&rows[i], &b);
		decide_mail(&b.in, &d);
		arena_release(&b.arena);
		if (as_expected(&rows[i], &d))
			continue;
		wrong++;
		print_error("%s: %s (%s), case %lld, link %lld, account %.*s for %.*s in %s\n",
			    rows[i].name, decide_name(d.what), d.why ? d.why : "no reason",
			    (long long)d.case_number, (long long)d.link_to, SPAN_ARG(d.account),
			    SPAN_ARG(d.behalf), d.queue->name);
	}
	assert_int_equal(wrong, 0);
}

static void the_table_has_every_decision(void **state)
{
	(void)state;
	for (int what = 0; what < DECIDE_COUNT; what++) {
		bool there = false;

		for (size_t i = 0; i < ROWS; i++)
			there = there || rows[i].what == (enum decide_what)what;
		if (!there)
			print_error("no row for %s\n", decide_name((enum decide_what)what));
		assert_true(there);
	}
}

static void behalf_lines_are_no_part_of_the_text(void **state)
{
	static const struct row row = { "",
					.reply = "On-Behalf-Of: child\nIt is slow.",
					.who = ENTITLED,
					.level = TRUST_L2,
					.behalf = "child",
					.behalf_parent = "acme" };
	struct decision d;
	struct bench b;

	(void)state;
	set_up(&row, &b);
	decide_mail(&b.in, &d);
	arena_release(&b.arena);
	assert_true(span_is(span_trim(d.text), "It is slow."));
}

static void why_not_on_behalf_is_told(void **state)
{
	struct row row = { "", .reply = "On-Behalf-Of: child\nIt is slow.", .who = ENTITLED };
	struct decision d;
	struct bench b;

	(void)state;
	set_up(&row, &b);
	decide_mail(&b.in, &d);
	arena_release(&b.arena);
	assert_non_null(strstr(d.why, "not authenticated"));
	row.level = TRUST_L2;
	set_up(&row, &b);
	decide_mail(&b.in, &d);
	arena_release(&b.arena);
	assert_non_null(strstr(d.why, "no such account"));
}

static void a_reaction_is_its_own_part_and_no_file(void **state)
{
	static const struct row row = { "", .marks = BIT(REACTION), .reply = "+1", .files = 1 };
	struct facts_attachment part = {
		.content_type = SPAN_LITERAL("text/vnd.google.email-reaction+json"),
	};
	struct decision d;
	struct bench b;

	(void)state;
	set_up(&row, &b);
	b.facts.attachments = &part;
	decide_mail(&b.in, &d);
	assert_int_equal(d.what, DECIDE_AUTO_FILE);
	part.content_type = SPAN("image/png");
	decide_mail(&b.in, &d);
	assert_int_equal(d.what, DECIDE_CASE);
	arena_release(&b.arena);
}

#define TEAMS                                                                                   \
	"________________________________________________________________________________\n"    \
	"Microsoft Teams meeting\nJoin on your computer, mobile app or room device\n"           \
	"Click here to join the meeting<https://teams.example/l/19>\nMeeting ID: 123 456\n"     \
	"Passcode: abcdef\nDownload Teams<https://x.example> | Join on the web<https://y>\n"    \
	"Or call in (audio only)\n+49 69 123456,,789# Germany, Frankfurt\n"                     \
	"Phone Conference ID: 123 456#\nFind a local number<https://z> | Reset PIN<https://>\n" \
	"Learn More<https://x> | Meeting options<https://y>\n"                                  \
	"________________________________________________________________________________\n"
#define DISCLAIMER                                                                            \
	"This e-mail and any attachments are confidential and may be privileged. If you are " \
	"not the intended recipient, please notify the sender immediately and delete this "   \
	"e-mail. Customer Ltd, registered in England no. 12345."

/* What calendars and companies write by themselves is nobody's own word, however long; what is left
 * decides, however short. */
static void own_words_in_the_answer_to_an_invitation_are_read(void **state)
{
	static const struct {
		bool bare;
		const char *text;
	} texts[] = {
		{ true, "" },
		{ true,
		  "Ann Example has accepted this invitation.\n\nReview\nTuesday Dec 1\n\nJoin with "
		  "Google Meet\nhttps://meet.example/abc\n\nGuests\nSupport - organizer\n\nYou are "
		  "receiving this email because you are subscribed to calendar notifications." },
		{ true,
		  "Ann Example hat diese Einladung angenommen.\n\nBesprechung\nDi., 1. Dez." },
		{ true,
		  "-----Original Appointment-----\nFrom: Support\nSent: Monday\nSubject: Review\n\n"
		  "Let us talk about the outage.\n\n" TEAMS },
		{ true, "-----Ursprünglicher Termin-----\nVon: Support\n\nWir reden." },
		{ true, TEAMS },
		{ true, "When: Tuesday\nWhere: Berlin\n\n*~*~*~*~*~*~*~*~*~*\n" },
		{ true, DISCLAIMER },
		{ true, "Ann Example\nHead of web operations\n1 Main Street\nphone: +1 555 0100\n"
			"ann@customer.test\nwww.customer.test\n\n" DISCLAIMER },
		{ true,
		  "Ann is inviting you to a scheduled Zoom meeting.\n\nTopic: Review\nTime: Dec "
		  "1\n\n"
		  "Join Zoom Meeting\nhttps://zoom.example/j/1\n\nMeeting ID: 812\nPasscode: 1\n\n"
		  "One tap mobile\n+16465588656,,812# US (New York)" },
		{ true, "OK, thanks!\nAnn" },
		{ true, "Thank you, see you then.\n\nBest regards\nAnn Example" },
		{ true, "Danke, bis dann!" },
		{ false, "OK. But our purge fails since noon, please look at it today!" },
		{ false, "Purge fails!" },
		{ false, "Thanks?" },
		{ false,
		  "Ann Example has declined this invitation with this note:\n\n\"Call me.\"" },
		{ false, "Please move it.\n\n-----Original Appointment-----\nFrom: Support" },
		{ false, "Purge fails.\n\n" TEAMS },
		{ false, TEAMS "\nPurge fails since noon." },
		{ false, DISCLAIMER "\n\nOur purge fails." },
		{ false, "Microsoft Teams does not work here." },
		{ false, "Guests cannot log in since noon" },
		{ false, "Meeting options are gone" },
		{ false, "Mail: does not arrive any more" },
		{ false, "503 errors on 1234567 requests" },
		{ false, "This is confidential: delete zone 7" },
		{ false, "Ann Example\nOur purge fails since noon." },
	};
	static const struct row row = { "", .marks = BIT(CALENDAR_REPLY) };
	static const struct facts_address ann = { .name = SPAN_LITERAL("Ann Example"),
						  .address = SPAN_LITERAL("ann@customer.test") };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct facts_address from = ann;
		struct decision d;
		struct bench b;

		set_up(&row, &b);
		b.facts.from = (struct facts_addresses){ .v = &from, .n = 1 };
		b.facts.text = b.facts.reply = span_of(texts[i].text);
		decide_mail(&b.in, &d);
		if (d.what != (texts[i].bare ? DECIDE_AUTO_FILE : DECIDE_CASE))
			fail_msg("%s: %s", texts[i].text, decide_name(d.what));
		arena_release(&b.arena);
	}
}

static int load(void **state)
{
	(void)state;
	conf = shipped_conf();
	return 0;
}

static int unload(void **state)
{
	(void)state;
	conf_free(&conf);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_decision_of_the_table),
		cmocka_unit_test(the_table_has_every_decision),
		cmocka_unit_test(behalf_lines_are_no_part_of_the_text),
		cmocka_unit_test(why_not_on_behalf_is_told),
		cmocka_unit_test(a_reaction_is_its_own_part_and_no_file),
		cmocka_unit_test(own_words_in_the_answer_to_an_invitation_are_read),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
