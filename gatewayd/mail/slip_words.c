#include "gatewayd/mail/slip_words.h"

#include <string.h>

/* What people write for a note. */
static const char *const note_words[] = {
	"note",	     "notes",	  "internal",  "intern",  "interne",   "interno",    "private",
	"privat",    "comment",	  "kommentar", "notiz",	  "memo",      "remark",     "remarque",
	"staff",     "nota",	  "hidden",    "draft",	  "entwurf",   "comments",   "internalnote",
	"bemerkung", "anmerkung", "interna",   "vermerk", "opmerking", "comentario", "commentaire",
};

bool slip_is_note(const char *word)
{
	for (size_t i = 0; i < sizeof(note_words) / sizeof(*note_words); i++)
		if (strcmp(word, note_words[i]) == 0)
			return true;
	return false;
}

/* Where and how words are for colleagues.  All of it also in brackets, as behind a colon. */
enum use {
	FIRST_COLON, /* as the first line, with a colon or a dash behind it */
	FIRST,	     /* as the first line, and alone on it, too */
	ANY_COLON,   /* with a colon behind it */
	ANY,	     /* with a colon or a dash, or alone; as the first line with a comma, too */
	ANY_OPEN, /* the same; as the first line with nothing at all between it and other words */
};

/* Nobody writes those that stand at any place to a customer. */
static const struct {
	const char *words;
	enum use use;
} leads[] = {
	{ "internal", ANY_COLON },
	{ "intern", ANY_COLON },
	{ "interne", ANY_COLON },
	{ "interna", ANY_COLON },
	{ "interno", ANY_COLON },
	{ "interni", ANY_COLON },
	{ "internal comment", ANY },
	{ "internal memo", ANY },
	{ "internal remark", ANY },
	{ "internal only", ANY },
	{ "only internal", ANY },
	{ "internally only", ANY },
	{ "internal use only", ANY },
	{ "for internal use", ANY },
	{ "for internal use only", ANY },
	{ "internal fyi", ANY },
	{ "fyi internal", ANY },
	{ "staff only", ANY },
	{ "for staff only", ANY },
	{ "team only", ANY },
	{ "for the team only", ANY },
	{ "for team only", ANY },
	{ "colleagues only", ANY },
	{ "for colleagues only", ANY },
	{ "not for customer", ANY },
	{ "not for customers", ANY },
	{ "not for the customer", ANY },
	{ "not for client", ANY },
	{ "not for the client", ANY },
	{ "do not send to customer", ANY },
	{ "do not send to the customer", ANY },
	{ "do not forward to customer", ANY },
	{ "do not forward to the customer", ANY },
	{ "nur intern", ANY },
	{ "rein intern", ANY },
	{ "nur fur intern", ANY },
	{ "intern nur", ANY },
	{ "nur fur kollegen", ANY },
	{ "nur fur das team", ANY },
	{ "nicht an kunden", ANY },
	{ "nicht an den kunden", ANY },
	{ "nicht fur kunden", ANY },
	{ "nicht fur den kunden", ANY },
	{ "usage interne", ANY },
	{ "a usage interne", ANY },
	{ "pas pour le client", ANY },
	{ "ne pas envoyer au client", ANY },
	{ "ne pas transmettre au client", ANY },
	{ "uso interno", ANY },
	{ "solo interno", ANY },
	{ "no para el cliente", ANY },
	{ "no enviar al cliente", ANY },
	{ "solo para el equipo", ANY },
	{ "internal note", ANY_OPEN },
	{ "internal notes", ANY_OPEN },
	{ "private note", ANY_OPEN },
	{ "staff note", ANY_OPEN },
	{ "note to staff", ANY_OPEN },
	{ "note to self", ANY_OPEN },
	{ "note to colleagues", ANY_OPEN },
	{ "note for staff", ANY_OPEN },
	{ "note for colleagues", ANY_OPEN },
	{ "interne notiz", ANY_OPEN },
	{ "interne notizen", ANY_OPEN },
	{ "interne anmerkung", ANY_OPEN },
	{ "interne bemerkung", ANY_OPEN },
	{ "interner vermerk", ANY_OPEN },
	{ "interner kommentar", ANY_OPEN },
	{ "interner hinweis", ANY_OPEN },
	{ "nota interna", ANY_OPEN },
	{ "nota privada", ANY_OPEN },
	{ "note interne", ANY_OPEN },
	{ "note privee", ANY_OPEN },
	{ "remarque interne", ANY_OPEN },
	{ "comentario interno", ANY_OPEN },
	{ "do not send", FIRST },
	{ "for colleagues", FIRST },
	{ "to colleagues", FIRST },
	{ "to staff", FIRST },
	{ "nicht senden", FIRST },
	{ "fur kollegen", FIRST },
	{ "an kollegen", FIRST },
	{ "ne pas envoyer", FIRST },
	{ "no enviar", FIRST },
	{ "confidential", FIRST_COLON },
	{ "strictly confidential", FIRST_COLON },
	{ "vertraulich", FIRST_COLON },
	{ "confidentiel", FIRST_COLON },
	{ "confidencial", FIRST_COLON },
	{ "社内", ANY },
	{ "社内用", ANY },
	{ "社内限り", ANY },
	{ "社内のみ", ANY },
	{ "社内メモ", ANY },
	{ "社外秘", ANY },
	{ "内部", ANY },
	{ "内部メモ", ANY },
	{ "内部用", ANY },
	{ "お客様には送らない", ANY },
	{ "顧客には送らない", ANY },
	{ "内部备注", ANY },
	{ "内部備註", ANY },
	{ "内部注释", ANY },
	{ "仅供内部", ANY },
	{ "仅限内部", ANY },
	{ "внутренняя заметка", ANY },
	{ "внутреннее", ANY },
	{ "внутренний комментарий", ANY },
	{ "только для сотрудников", ANY },
	{ "только для своих", ANY },
	{ "не для клиента", ANY },
	{ "не отправлять клиенту", ANY },
	{ "メモ", FIRST },
	{ "备注", FIRST },
	{ "備註", FIRST },
	{ "заметка", FIRST },
	{ "для коллег", FIRST },
};

static bool ends_so(enum slip_end end, enum use use, bool first)
{
	switch (end) {
	case SLIP_END_COLON: return true;
	case SLIP_END_DASH: return use != ANY_COLON;
	case SLIP_END_LINE: return use != ANY_COLON && use != FIRST_COLON;
	case SLIP_END_STOP: return first && use >= ANY;
	case SLIP_END_NONE: break;
	}
	return false;
}

bool slip_is_for_colleagues(const struct slip_lead *lead, bool first)
{
	for (size_t i = 0; i < sizeof(leads) / sizeof(*leads); i++) {
		enum use use = leads[i].use;
		size_t n = strlen(leads[i].words);

		if (strncmp(lead->words, leads[i].words, n) != 0 || (!first && use <= FIRST))
			continue;
		if (!lead->words[n] && ends_so(lead->end, use, first))
			return true;
		if (lead->words[n] == ' ' && use == ANY_OPEN && first)
			return true;
	}
	return false;
}
