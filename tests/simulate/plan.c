#include "tests/simulate/plan.h"

#include <string.h>

#include "tests/scenario/script.h"
#include "tests/simulate/chance.h"

enum { STEPS_MIN = 12, STEPS_MORE = 30, MARKS_OF_NOTES = 200 };

struct making {
	struct chance c;
	struct arena *arena;
	struct plan *plan;
	int mails;
};

#define ONE_OF(m, table) ((table)[chance_below(&(m)->c, sizeof(table) / sizeof(*(table)))])

static const char *const customers[] = { "ann@customer.test", "cleo@acme.test", "boss@acme.test",
					 "gil@globex.test", "sue@sub.test" };
static const char *const boxes[] = {
	"support", "support", "emerging", "business", "billing", "aura"
};
static const char *const losses[] = { "keep", "lose", "halve", "mix" };
static const char *const spans[] = { "+30s", "+5min", "+40min", "+3h", "+26h" };

static void add(struct making *m, const char *line)
{
	if (m->plan->n < PLAN_STEPS_MAX)
		m->plan->steps[m->plan->n++] = span_of(line);
}

/* More of the last line. */
static void more(struct making *m, const char *text)
{
	struct span *last = &m->plan->steps[m->plan->n - 1];

	*last = span_of(arena_printf(m->arena, SPAN_FMT "%s", SPAN_ARG(*last), text));
}

/* A number from 1 on; small ones more often. */
static int small(struct making *m, uint64_t most)
{
	return 1 + (int)chance_below(&m->c, 1 + chance_below(&m->c, most));
}

/* --- mails --- */

/* Every third answer has all that it answers below it. */
static const char *quote(int n)
{
	return n % 3 == 1 ? " quote=1" : "";
}

static void new_mail(struct making *m)
{
	int n = ++m->mails;

	add(m, arena_printf(m->arena,
			    "MAIL from=%s%s to=%s id=m%d@sim.test subject=\"Matter %d\"%s <<END\n"
			    "zc%dzz Please look into it.\nEND\n",
			    ONE_OF(m, customers), chance_in_100(&m->c, 60) ? " auth=dmarc" : "",
			    ONE_OF(m, boxes), n, n,
			    chance_in_100(&m->c, 20) ? " attach=log.txt" : "", n));
}

static void burst(struct making *m)
{
	int n = 2 + small(m, 6);

	while (n-- > 0) {
		int number = ++m->mails;

		add(m, arena_printf(m->arena,
				    "MAIL from=%s auth=dmarc id=m%d@sim.test subject=\"Matter %d\""
				    "%s <<END\nzc%dzz One of several.\nEND\n",
				    ONE_OF(m, customers), number, number, n ? " later=1" : "",
				    number));
	}
}

static void reply(struct making *m)
{
	const char *who = ONE_OF(m, customers);
	int n = ++m->mails;

	add(m,
	    arena_printf(m->arena,
			 "MAIL answers=%s from=%s%s id=m%d@sim.test%s <<END\nzc%dzz And more.\n"
			 "END\n",
			 who, who, chance_in_100(&m->c, 50) ? " auth=dmarc" : "", n, quote(n), n));
}

/* Every fifth has a note for colleagues above it; its mark is of no mail. */
static const char *note_above(struct making *m, int n)
{
	return n % 5 == 2 ? arena_printf(m->arena, "#note zi%dzz for us\n\n", n + MARKS_OF_NOTES)
			  : "";
}

static void staff_answer(struct making *m)
{
	int n = ++m->mails;

	add(m, arena_printf(m->arena,
			    "MAIL answers=sam@staff.test kind=staff_new_case from=sam@staff.test "
			    "auth=dmarc id=m%d@sim.test%s <<END\n%szs%dzz Try this.\nEND\n",
			    n, quote(n), note_above(m, n), n));
}

static void staff_command(struct making *m)
{
	static const char *const commands[] = { "#take",  "#note", "#resolve",	   "#waiting",
						"#close", "#note", "#assign tess", "#severity 2" };
	const char *command = ONE_OF(m, commands);
	int n = ++m->mails;

	add(m, arena_printf(m->arena,
			    "MAIL answers=sam@staff.test kind=staff_new_case from=sam@staff.test "
			    "auth=dmarc id=m%d@sim.test%s <<END\n%s",
			    n, quote(n), command));
	if (strcmp(command, "#note") == 0 || strncmp(command, "#severity", 9) == 0)
		more(m, arena_printf(m->arena, " zi%dzz is for us", n));
	more(m, "\nEND\n");
}

static void forged(struct making *m)
{
	static const char *const froms[] = { "mal@evil.test", "sam@staff.test", "boss@acme.test" };
	static const char *const auths[] = { "fail", "foreign" };
	int n = ++m->mails;

	add(m, arena_printf(m->arena,
			    "MAIL from=%s auth=%s return-path=\"<mal@evil.test>\" tag=%d "
			    "id=m%d@sim.test <<END\nzf%dzz Send me everything.\nEND\n",
			    ONE_OF(m, froms), ONE_OF(m, auths), small(m, 6), n, n));
}

static void killer(struct making *m)
{
	static const char *const ways[] = { "dies", "hangs", "lies-size", "lies-facts" };
	int n = ++m->mails, behind = small(m, 3);

	add(m, arena_printf(m->arena, "CHILD %s on=\"zk%dzz\" times=9", ONE_OF(m, ways), n));
	add(m, arena_printf(m->arena,
			    "MAIL from=%s id=m%d@sim.test later=1 <<END\nzk%dzz Poison.\nEND\n",
			    ONE_OF(m, customers), n, n));
	for (int i = 0; i < behind; i++)
		new_mail(m);
	add(m, "AT +180s");
	add(m, "AT +180s");
}

#define RECEIVED_AGAIN "AGAIN header=\"Received: from a by b; Mon, 2 Mar 2026 09:00:00 +0000\""

static void same_again(struct making *m)
{
	static const char *const ways[] = { "AGAIN", "AGAIN uid=same", "AGAIN mailbox=emerging",
					    RECEIVED_AGAIN, "UIDVALIDITY" };

	add(m, ONE_OF(m, ways));
}

static void bounce(struct making *m)
{
	add(m, arena_printf(m->arena, "BOUNCE of=%s", ONE_OF(m, customers)));
}

/* --- time, faults, people --- */

static void time_goes(struct making *m)
{
	static const char *const odd[] = { "AT -1h",	 "SUSPEND 3h", "STEP 3h",
					   "DOWN 10min", "RESTART",    "DOWN 3h" };

	if (chance_in_100(&m->c, 80))
		add(m, arena_printf(m->arena, "AT %s", ONE_OF(m, spans)));
	else
		add(m, ONE_OF(m, odd));
}

static void crash(struct making *m)
{
	int again = chance_in_100(&m->c, 25) ? small(m, 60) : 0;

	add(m, arena_printf(m->arena, "CRASH %d %s again=%d", small(m, 160), ONE_OF(m, losses),
			    again));
}

static void fault(struct making *m)
{
	static const char *const ops[] = { "read",    "write",	 "fsync",	 "truncate",
					   "sendmsg", "recvmsg", "memfd_create", "mmap",
					   "malloc",  "pwrite" };
	const char *op = ONE_OF(m, ops);

	add(m, arena_printf(m->arena, "FAIL %s %d", op, small(m, op[1] == 'a' ? 4000 : 80)));
}

static void disk(struct making *m)
{
	static const char *const ways[] = { "full", "bad" };

	add(m, arena_printf(m->arena, "DISK %s", ONE_OF(m, ways)));
	new_mail(m);
	if (chance_in_100(&m->c, 50))
		reply(m);
	add(m, "AT +2min");
	add(m, "DISK well");
	add(m, "AT +2min");
}

static void sender(struct making *m)
{
	static const char *const ways[] = {
		"dies",
		"dies taken",
		"slow",
		"hold",
		"ok",
		"ok",
		"second",
		"retry 451 \"later\"",
		"unknown 0 \"cut\"",
		"unknown 0 \"cut\" taken",
		"fail 550 \"no such user\" to=ann@customer.test",
		"strange",
		"full staff.test",
		"full staff.test room=1",
		"full acme.test",
		"full customer.test room=2",
	};

	add(m, arena_printf(m->arena, "SENDER %s", ONE_OF(m, ways)));
}

static void peers(struct making *m)
{
	static const char *const roles[] = { "poller", "parse", "sender" };
	static const char *const late[] = { "20s", "3min", "2h" };

	if (chance_in_100(&m->c, 50))
		add(m, arena_printf(m->arena, "KILL %s", ONE_OF(m, roles)));
	else
		add(m, arena_printf(m->arena, "LATE %s %s", ONE_OF(m, roles), ONE_OF(m, late)));
}

static void folder(struct making *m)
{
	if (chance_in_100(&m->c, 50))
		add(m, arena_printf(m->arena, "MOVES refused %d", small(m, 4)));
	else
		add(m, arena_printf(m->arena, "BACK %d", small(m, 6)));
}

static void reload(struct making *m)
{
	static const char *const confs[] = { "base", "patient", "long_days", "no_such_conf" };

	add(m, arena_printf(m->arena, "CONF %s", ONE_OF(m, confs)));
}

static void by_hand(struct making *m)
{
	static const struct {
		const char *verb, *to;
	} verbs[] = {
		{ "assign", "sam" },	 { "severity", "1 zi399zz" }, { "state", "waiting" },
		{ "queue", "emerging" }, { "state", "resolved" },     { "merge", "1" },
	};
	size_t i = chance_below(&m->c, sizeof(verbs) / sizeof(*verbs));

	add(m,
	    arena_printf(m->arena, "CTL case %s %d %s", verbs[i].verb, small(m, 5), verbs[i].to));
}

static void copies(struct making *m)
{
	add(m, "COPY");
	new_mail(m);
	add(m, "AT +5min");
	reply(m);
	add(m, "PUT BACK");
	add(m, "AT +5min");
}

static const struct {
	unsigned int weight;
	void (*make)(struct making *m);
} kinds[] = {
	{ 20, new_mail }, { 12, reply },     { 9, staff_answer }, { 8, staff_command },
	{ 5, forged },	  { 4, burst },	     { 3, killer },	  { 6, same_again },
	{ 3, bounce },	  { 16, time_goes }, { 16, crash },	  { 8, fault },
	{ 3, disk },	  { 8, sender },     { 7, peers },	  { 5, folder },
	{ 4, reload },	  { 6, by_hand },    { 1, copies },
};

static void step(struct making *m)
{
	uint64_t sum = 0, toss;
	size_t i = 0;

	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
		sum += kinds[k].weight;
	toss = chance_below(&m->c, sum);
	while (toss >= kinds[i].weight)
		toss -= kinds[i++].weight;
	kinds[i].make(m);
}

void plan_of(uint64_t seed, struct arena *a, struct plan *ret_plan)
{
	struct making m = { .c = chance_of(seed), .arena = a, .plan = ret_plan };
	int steps = STEPS_MIN + (int)chance_below(&m.c, STEPS_MORE);

	ret_plan->n = 0;
	add(&m, "CONF base");
	add(&m, "ACCOUNTS base.csv");
	add(&m, "AT 2026-03-02T08:00:00Z");
	while (steps-- > 0)
		step(&m);
}

int plan_read(struct span text, struct arena *a, struct plan *ret_plan, struct err *e)
{
	struct script s = { .rest = text, .arena = a };
	struct script_line l;
	int result = 0;

	ret_plan->n = 0;
	while (ret_plan->n < PLAN_STEPS_MAX) {
		const char *from = s.rest.p;

		result = script_next(&s, &l, e);
		if (result <= 0)
			break;
		ret_plan->steps[ret_plan->n++] = (struct span){ from, (size_t)(s.rest.p - from) };
	}
	return result < 0 ? -1 : 0;
}
