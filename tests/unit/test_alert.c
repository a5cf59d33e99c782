/* What subjects of alerts say: whether something is over, and of what. */
#include "tests/unit/unit.h"

#include "gatewayd/mail/alert.h"

static void endings_are_known(void **state)
{
	static const char *const rows[] = {
		"OK: edge7",
		"ok: edge7",
		"[OK] edge7",
		"RECOVERY edge7",
		"** RECOVERY Service Alert: edge7/HTTP is OK **",
		"[RECOVERY] Host edge7",
		"Resolved: High CPU on db1",
		"Resolved in 5m 30s: High CPU on db1",
		"[RESOLVED] HighLoad (db2)",
		"[RESOLVED:1] HighLoad",
		"Problem solved: HTTP 500 on shop",
		"UP: 10.0.0.1",
		"Up | shop.acme.test",
		"Monitor is UP: shop",
		"shop.acme.test is up",
		"shop.acme.test has recovered",
		"The line to Cologne is back online",
		"[Recovered] Disk on db1",
		"[Monitor Alert] Recovered: disk on db1",
		"Re: OK: edge7",
		"edge7 - OK",
		"OK: \"cpu-high\" in eu-central-1",
		"Entwarnung: Leitung Köln",
		"Behoben: Leitung Köln",
		"BEHOBEN Leitung Köln",
		"[Behoben] Leitung Köln",
		"Gelöst: Leitung Köln",
		"GELÖST: Leitung Köln",
		"Erledigt: Leitung Köln",
		"Störung behoben: Leitung Köln",
		"Leitung Köln ist wieder erreichbar",
		"Die Störung der Leitung Köln wurde behoben",
		"Résolu : ligne de Lyon",
		"Resuelto: línea de Sevilla",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!alert_is_over(span_of(rows[i])))
			fail_msg("%s", rows[i]);
}

static void what_is_no_ending_is_none(void **state)
{
	static const char *const rows[] = {
		"",
		"PROBLEM: edge7",
		"CRITICAL: the OK page is gone",
		"[FIRING:1] HighLoad",
		"DOWN: UP2 line",
		"WARNING: disk is OK no more",
		"Störung: Leitung Köln nicht erreichbar",
		"Is it ok to purge everything?",
		"How do I set up the cache",
		"Setting up a new property",
		"Our problem was not resolved",
		"Please clear the cache",
		"Ticket closed too early",
		"Normal traffic, slow answers",
		"Wann ist die Seite erreichbar?",
		"Was ist erledigt und was nicht",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (alert_is_over(span_of(rows[i])))
			fail_msg("%s", rows[i]);
}

static void what_they_are_about_is_compared(void **state)
{
	static const struct {
		const char *ending, *subject;
		enum alert_fit fit;
	} rows[] = {
		{ "OK: edge7", "PROBLEM: edge7", ALERT_SAME },
		{ "[RESOLVED] HighLoad (db2)", "[FIRING:1] HighLoad (db2)", ALERT_ALIKE },
		{ "UP: 10.0.0.1", "DOWN: 10.0.0.1", ALERT_SAME },
		{ "UP: 10.0.0.1", "DOWN: 10.0.0.2", ALERT_OTHER },
		{ "OK: disk 40% full on db1", "ALARM: disk 91% full on db1", ALERT_ALIKE },
		{ "OK: disk 40% full on db2", "ALARM: disk 91% full on db1", ALERT_OTHER },
		{ "Resolved in 5m: CPU on db1", "Problem: CPU on db1", ALERT_SAME },
		{ "RECOVERY: edge7", "PROBLEM: edge7 does not answer", ALERT_PARTLY },
		{ "RECOVERY: edge7 HTTP", "PROBLEM: edge7 disk", ALERT_OTHER },
		{ "Entwarnung: Leitung Köln wieder erreichbar",
		  "Störung: Leitung Köln nicht erreichbar", ALERT_SAME },
		{ "OK", "PROBLEM", ALERT_OTHER },
		{ "OK: 12", "PROBLEM: 13", ALERT_OTHER },
		{ "Resolved: Purge fails", "Purge fails", ALERT_SAME },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (alert_fits(span_of(rows[i].ending), span_of(rows[i].subject)) != rows[i].fit)
			fail_msg("%s - %s", rows[i].ending, rows[i].subject);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(endings_are_known),
		cmocka_unit_test(what_is_no_ending_is_none),
		cmocka_unit_test(what_they_are_about_is_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
