/*
 * The words by which programs say how something is: rows, only for gatewayd/mail/alert.c.
 *
 * Without case for ASCII letters; others stand in both.
 */
#ifndef GATEWAYD_MAIL_ALERT_WORDS_H
#define GATEWAYD_MAIL_ALERT_WORDS_H

enum alert_word_kind {
	ALERT_TROUBLE, /* it is not well */
	ALERT_OVER,    /* it is well again */
	ALERT_LINK,    /* stands before the last word of a sentence: "edge7 is up" */
	ALERT_BESIDE,  /* says nothing of what it is about */
};

/* X(word, kind) */
#define ALERT_WORDS(X)                      \
	X("problem", ALERT_TROUBLE)         \
	X("critical", ALERT_TROUBLE)        \
	X("crit", ALERT_TROUBLE)            \
	X("warning", ALERT_TROUBLE)         \
	X("warn", ALERT_TROUBLE)            \
	X("unknown", ALERT_TROUBLE)         \
	X("down", ALERT_TROUBLE)            \
	X("firing", ALERT_TROUBLE)          \
	X("alerting", ALERT_TROUBLE)        \
	X("triggered", ALERT_TROUBLE)       \
	X("acknowledgement", ALERT_TROUBLE) \
	X("failed", ALERT_TROUBLE)          \
	X("failure", ALERT_TROUBLE)         \
	X("error", ALERT_TROUBLE)           \
	X("outage", ALERT_TROUBLE)          \
	X("offline", ALERT_TROUBLE)         \
	X("unreachable", ALERT_TROUBLE)     \
	X("störung", ALERT_TROUBLE)         \
	X("stÖrung", ALERT_TROUBLE)         \
	X("gestört", ALERT_TROUBLE)         \
	X("gestÖrt", ALERT_TROUBLE)         \
	X("ausfall", ALERT_TROUBLE)         \
	X("ausgefallen", ALERT_TROUBLE)     \
	X("fehler", ALERT_TROUBLE)          \
	X("kritisch", ALERT_TROUBLE)        \
	X("warnung", ALERT_TROUBLE)         \
	X("panne", ALERT_TROUBLE)           \
	X("critique", ALERT_TROUBLE)        \
	X("fallo", ALERT_TROUBLE)           \
	X("caída", ALERT_TROUBLE)           \
	X("crítico", ALERT_TROUBLE)         \
	X("ok", ALERT_OVER)                 \
	X("up", ALERT_OVER)                 \
	X("recovery", ALERT_OVER)           \
	X("recovered", ALERT_OVER)          \
	X("resolved", ALERT_OVER)           \
	X("resolution", ALERT_OVER)         \
	X("cleared", ALERT_OVER)            \
	X("clear", ALERT_OVER)              \
	X("closed", ALERT_OVER)             \
	X("solved", ALERT_OVER)             \
	X("fixed", ALERT_OVER)              \
	X("restored", ALERT_OVER)           \
	X("normal", ALERT_OVER)             \
	X("healthy", ALERT_OVER)            \
	X("ended", ALERT_OVER)              \
	X("deactivated", ALERT_OVER)        \
	X("online", ALERT_OVER)             \
	X("behoben", ALERT_OVER)            \
	X("gelöst", ALERT_OVER)             \
	X("gelÖst", ALERT_OVER)             \
	X("geloest", ALERT_OVER)            \
	X("erledigt", ALERT_OVER)           \
	X("entwarnung", ALERT_OVER)         \
	X("wiederhergestellt", ALERT_OVER)  \
	X("erreichbar", ALERT_OVER)         \
	X("verfügbar", ALERT_OVER)          \
	X("verfÜgbar", ALERT_OVER)          \
	X("beendet", ALERT_OVER)            \
	X("aufgehoben", ALERT_OVER)         \
	X("résolu", ALERT_OVER)             \
	X("résolue", ALERT_OVER)            \
	X("rétabli", ALERT_OVER)            \
	X("rétablie", ALERT_OVER)           \
	X("terminé", ALERT_OVER)            \
	X("resuelto", ALERT_OVER)           \
	X("resuelta", ALERT_OVER)           \
	X("recuperado", ALERT_OVER)         \
	X("recuperada", ALERT_OVER)         \
	X("restablecido", ALERT_OVER)       \
	X("is", ALERT_LINK)                 \
	X("are", ALERT_LINK)                \
	X("has", ALERT_LINK)                \
	X("have", ALERT_LINK)               \
	X("been", ALERT_LINK)               \
	X("was", ALERT_LINK)                \
	X("now", ALERT_LINK)                \
	X("back", ALERT_LINK)               \
	X("again", ALERT_LINK)              \
	X("ist", ALERT_LINK)                \
	X("sind", ALERT_LINK)               \
	X("wurde", ALERT_LINK)              \
	X("wurden", ALERT_LINK)             \
	X("wieder", ALERT_LINK)             \
	X("est", ALERT_LINK)                \
	X("está", ALERT_LINK)               \
	X("not", ALERT_BESIDE)              \
	X("nicht", ALERT_BESIDE)            \
	X("the", ALERT_BESIDE)              \
	X("a", ALERT_BESIDE)                \
	X("an", ALERT_BESIDE)               \
	X("in", ALERT_BESIDE)               \
	X("on", ALERT_BESIDE)               \
	X("at", ALERT_BESIDE)               \
	X("for", ALERT_BESIDE)              \
	X("der", ALERT_BESIDE)              \
	X("die", ALERT_BESIDE)              \
	X("das", ALERT_BESIDE)              \
	X("auf", ALERT_BESIDE)              \
	X("re", ALERT_BESIDE)               \
	X("fw", ALERT_BESIDE)               \
	X("fwd", ALERT_BESIDE)              \
	X("aw", ALERT_BESIDE)               \
	X("wg", ALERT_BESIDE)               \
	X("alert", ALERT_BESIDE)            \
	X("alarm", ALERT_BESIDE)            \
	X("monitor", ALERT_BESIDE)          \
	X("monitoring", ALERT_BESIDE)       \
	X("notification", ALERT_BESIDE)     \
	X("state", ALERT_BESIDE)            \
	X("status", ALERT_BESIDE)

#endif
