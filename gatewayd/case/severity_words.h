/*
 * The words that people write a severity behind: rows, only for gatewayd/case/severity.c.
 *
 * All lower case, longest first where one begins with another.  SEVERITY_PIECE is for scripts that
 * put no space between words; such a word begins with no ASCII letter.
 */
#ifndef GATEWAYD_CASE_SEVERITY_WORDS_H
#define GATEWAYD_CASE_SEVERITY_WORDS_H

enum severity_match {
	SEVERITY_WORD,	/* the whole word */
	SEVERITY_TIGHT, /* the number follows at once: "P1" */
	SEVERITY_PIECE, /* anywhere */
};

struct severity_word {
	const char *text;
	const char *language;
	enum severity_match match;
};

/* A number behind one of these is the wish. */
static const struct severity_word severity_scales[] = {
	{ "severity", "en", SEVERITY_WORD },
	{ "priority", "en", SEVERITY_WORD },
	{ "sev", "en", SEVERITY_WORD },
	{ "prio", "en", SEVERITY_WORD },
	{ "p", "en", SEVERITY_TIGHT },
	{ "schweregrad", "de", SEVERITY_WORD },
	{ "priorität", "de", SEVERITY_WORD },
	{ "dringlichkeit", "de", SEVERITY_WORD },
	{ "sévérité", "fr", SEVERITY_WORD },
	{ "gravité", "fr", SEVERITY_WORD },
	{ "priorité", "fr", SEVERITY_WORD },
	{ "severidad", "es", SEVERITY_WORD },
	{ "gravedad", "es", SEVERITY_WORD },
	{ "prioridad", "es", SEVERITY_WORD },
	{ "severidade", "pt", SEVERITY_WORD },
	{ "gravidade", "pt", SEVERITY_WORD },
	{ "prioridade", "pt", SEVERITY_WORD },
	{ "gravità", "it", SEVERITY_WORD },
	{ "severità", "it", SEVERITY_WORD },
	{ "priorità", "it", SEVERITY_WORD },
	{ "prioriteit", "nl", SEVERITY_WORD },
	{ "prioritet", "da no sv", SEVERITY_WORD },
	{ "allvarlighetsgrad", "sv", SEVERITY_WORD },
	{ "prioriteetti", "fi", SEVERITY_WORD },
	{ "priorytet", "pl", SEVERITY_WORD },
	{ "priorita", "cs", SEVERITY_WORD },
	{ "závažnost", "cs", SEVERITY_WORD },
	{ "приоритет", "ru", SEVERITY_WORD },
	{ "критичность", "ru", SEVERITY_WORD },
	{ "пріоритет", "uk", SEVERITY_WORD },
	{ "öncelik", "tr", SEVERITY_WORD },
	{ "önem derecesi", "tr", SEVERITY_WORD },
	{ "προτεραιότητα", "el", SEVERITY_WORD },
	{ "עדיפות", "he", SEVERITY_WORD },
	{ "חומרה", "he", SEVERITY_WORD },
	{ "الأولوية", "ar", SEVERITY_WORD },
	{ "أولوية", "ar", SEVERITY_WORD },
	{ "重大度", "ja", SEVERITY_PIECE },
	{ "重要度", "ja", SEVERITY_PIECE },
	{ "優先度", "ja", SEVERITY_PIECE },
	{ "优先级", "zh", SEVERITY_PIECE },
	{ "严重性", "zh", SEVERITY_PIECE },
	{ "優先級", "zh", SEVERITY_PIECE },
	{ "심각도", "ko", SEVERITY_PIECE },
	{ "우선순위", "ko", SEVERITY_PIECE },
};

#endif
