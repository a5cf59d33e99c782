/*
 * The words by which people say how urgent they are: rows, only for gatewayd/case/severity.c.
 *
 * All lower case, longest first where one begins with another.  SEVERITY_PIECE is for scripts that
 * put no space between words; such a word begins with no ASCII letter.
 */
#ifndef GATEWAYD_CASE_SEVERITY_WORDS_H
#define GATEWAYD_CASE_SEVERITY_WORDS_H

enum severity_match {
	SEVERITY_WORD,	/* the whole word */
	SEVERITY_STEM,	/* an ending may follow: "dringend", "dringende" */
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

/* These wish for severity 1. */
static const struct severity_word severity_urgent[] = {
	{ "urgent", "en fr nl", SEVERITY_STEM },
	{ "emergency", "en", SEVERITY_WORD },
	{ "asap", "en", SEVERITY_WORD },
	{ "as soon as possible", "en", SEVERITY_WORD },
	{ "high priority", "en", SEVERITY_WORD },
	{ "highest priority", "en", SEVERITY_WORD },
	{ "top priority", "en", SEVERITY_WORD },
	{ "priority: high", "en", SEVERITY_STEM },
	{ "priority: critical", "en", SEVERITY_WORD },
	{ "severity: critical", "en", SEVERITY_WORD },
	{ "severity: high", "en", SEVERITY_WORD },
	{ "production down", "en", SEVERITY_WORD },
	{ "system down", "en", SEVERITY_WORD },
	{ "dringend", "de nl", SEVERITY_STEM },
	{ "eilt", "de", SEVERITY_WORD },
	{ "eilig", "de", SEVERITY_STEM },
	{ "notfall", "de", SEVERITY_WORD },
	{ "hohe priorität", "de", SEVERITY_WORD },
	{ "höchste priorität", "de", SEVERITY_WORD },
	{ "urgence", "fr", SEVERITY_WORD },
	{ "urgencia", "es", SEVERITY_WORD },
	{ "urgência", "pt", SEVERITY_WORD },
	{ "urgenza", "it", SEVERITY_WORD },
	{ "spoed", "nl", SEVERITY_STEM },
	{ "brådskande", "sv", SEVERITY_WORD },
	{ "akut", "sv da de", SEVERITY_WORD },
	{ "haster", "da no", SEVERITY_WORD },
	{ "hastesag", "da", SEVERITY_WORD },
	{ "kiireellinen", "fi", SEVERITY_WORD },
	{ "kiireellistä", "fi", SEVERITY_WORD },
	{ "pilne", "pl", SEVERITY_WORD },
	{ "pilny", "pl", SEVERITY_WORD },
	{ "naléhavé", "cs", SEVERITY_WORD },
	{ "urgentní", "cs", SEVERITY_WORD },
	{ "срочн", "ru", SEVERITY_STEM },
	{ "терміново", "uk", SEVERITY_WORD },
	{ "acil", "tr", SEVERITY_WORD },
	{ "επείγον", "el", SEVERITY_STEM },
	{ "דחוף", "he", SEVERITY_WORD },
	{ "عاجل", "ar", SEVERITY_WORD },
	{ "緊急", "ja zh", SEVERITY_PIECE },
	{ "至急", "ja", SEVERITY_PIECE },
	{ "大至急", "ja", SEVERITY_PIECE },
	{ "紧急", "zh", SEVERITY_PIECE },
	{ "긴급", "ko", SEVERITY_PIECE },
};

/* These only look like it, and are passed over. */
static const struct severity_word severity_calm[] = {
	{ "not urgent", "en", SEVERITY_STEM },	     { "not very urgent", "en", SEVERITY_WORD },
	{ "not so urgent", "en", SEVERITY_WORD },    { "not that urgent", "en", SEVERITY_WORD },
	{ "not an emergency", "en", SEVERITY_WORD }, { "isn't urgent", "en", SEVERITY_WORD },
	{ "non-urgent", "en", SEVERITY_WORD },	     { "non urgent", "en fr", SEVERITY_STEM },
	{ "nothing urgent", "en", SEVERITY_WORD },   { "no emergency", "en", SEVERITY_WORD },
	{ "nicht dringend", "de", SEVERITY_WORD },   { "nicht so dringend", "de", SEVERITY_WORD },
	{ "nicht eilig", "de", SEVERITY_WORD },	     { "eilt nicht", "de", SEVERITY_WORD },
	{ "kein notfall", "de", SEVERITY_WORD },     { "pas urgent", "fr", SEVERITY_STEM },
	{ "rien d'urgent", "fr", SEVERITY_WORD },    { "no urgente", "es", SEVERITY_WORD },
	{ "no es urgente", "es", SEVERITY_WORD },    { "não urgente", "pt", SEVERITY_WORD },
	{ "não é urgente", "pt", SEVERITY_WORD },    { "non è urgente", "it", SEVERITY_WORD },
	{ "niet dringend", "nl", SEVERITY_WORD },    { "niet urgent", "nl", SEVERITY_WORD },
	{ "geen spoed", "nl", SEVERITY_WORD },	     { "inte brådskande", "sv", SEVERITY_WORD },
	{ "inte akut", "sv", SEVERITY_WORD },	     { "haster ikke", "da no", SEVERITY_WORD },
	{ "ikke akut", "da", SEVERITY_WORD },	     { "nie pilne", "pl", SEVERITY_WORD },
	{ "не срочн", "ru", SEVERITY_STEM },	     { "не терміново", "uk", SEVERITY_WORD },
	{ "acil değil", "tr", SEVERITY_WORD },	     { "לא דחוף", "he", SEVERITY_WORD },
	{ "不紧急", "zh", SEVERITY_PIECE },	     { "不緊急", "zh", SEVERITY_PIECE },
};

#endif
