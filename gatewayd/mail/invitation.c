#include "gatewayd/mail/invitation.h"

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

enum {
	RULE_MIN = 10,	   /* bytes of a line of such signs alone */
	PHONE_MIN = 6,	   /* digits of a number to dial */
	SENTENCE_MIN = 3,  /* words of a sentence */
	COURTESY_MAX = 12, /* words of a courtesy */
	LEGAL_MIN = 3,
};

/* What Google's calendar writes: a mail with it is all Google's.  A line with it that ends in a
 * colon has the words of a person below. */
static const char *const googles[] = {
	"has accepted this invitation",
	"has declined this invitation",
	"has tentatively accepted this invitation",
	"has replied \"maybe\" to this invitation",
	"hat diese einladung angenommen",
	"hat diese einladung abgelehnt",
	"hat diese einladung mit \"vielleicht\" beantwortet",
	"a accepté cette invitation",
	"a refusé cette invitation",
	"ha aceptado esta invitación",
	"ha rechazado esta invitación",
	"ha accettato questo invito",
	"ha rifiutato questo invito",
	"heeft deze uitnodiging geaccepteerd",
	"heeft deze uitnodiging afgewezen",
	"aceitou este convite",
	"recusou este convite",
	"さんがこの招待を承諾しました",
	"さんがこの招待を辞退しました",
};

/* A line of these and a link, a number or a bracket is of a conference. */
static const char *const conferences[] = {
	"microsoft teams meeting",
	"microsoft teams-besprechung",
	"réunion microsoft teams",
	"reunión de microsoft teams",
	"microsoft teams need help?",
	"microsoft teams",
	"join microsoft teams meeting",
	"join on your computer or mobile app",
	"join on your computer, mobile app or room device",
	"click here to join the meeting",
	"join the meeting now",
	"download teams",
	"or call in",
	"join with a video conferencing device",
	"join with google meet",
	"join by phone",
	"more phone numbers",
	"join zoom meeting",
	"one tap mobile",
	"dial by your location",
	"find your local number",
	"find a local number",
	"join webex meeting",
	"meeting id",
	"meeting number",
	"passcode",
	"password",
	"pin",
	"phone conference id",
	"video conference id",
	"learn more",
	"learn more about teams",
	"for organizers",
	"meeting options",
	"an microsoft teams-besprechung teilnehmen",
	"hier klicken, um an der besprechung teilzunehmen",
	"jetzt an der besprechung teilnehmen",
	"nehmen sie auf dem computer, in der mobilen app oder im raumgerät teil",
	"besprechungs-id",
	"kenncode",
	"kennung",
	"rejoindre la réunion maintenant",
	"cliquez ici pour participer à la réunion",
	"id de réunion",
	"code secret",
	"unirse a la reunión ahora",
	"haga clic aquí para unirse a la reunión",
	"id. de reunión",
	"código de acceso",
};

/* A line that begins so, and has a colon behind it, says which meeting it is. */
static const char *const fields[] = {
	"when", "where", "location", "topic", "time",	"wann", "wo",	"ort",	   "quand",
	"où",	"lieu",	 "cuándo",   "dónde", "quando", "dove", "waar", "wanneer",
};

/* The same, with a number, an address or a link alone behind it. */
static const char *const contacts[] = {
	"phone", "telephone", "tel", "telefon", "mobile", "mobil", "cell", "fax", "e-mail",
	"email", "mail",      "web", "website", "www",	  "t",	   "m",	   "p",
};

/* Three of these in a paragraph, and it is a company's. */
static const char *const legal[] = {
	"confidential",	 "intended",	  "recipient",	     "privileged",   "sender",
	"disclos",	 "delete",	  "unauthori",	     "attachments",  "registered in",
	"vertraulich",	 "empfänger",	  "adressat",	     "absender",     "informieren",
	"vernichten",	 "unbefugt",	  "confidentiel",    "destinataire", "expéditeur",
	"confidencial",	 "destinatario",  "remitente",	     "riservat",     "mittente",
	"vertrouwelijk", "geadresseerde", "geschäftsführer", "amtsgericht",  "handelsregister",
};

/* The words of a courtesy. */
static const char *const courtesies[] = {
	"ok",	    "okay",    "yes",	  "sure",     "great",	      "good",	    "fine",
	"perfect",  "super",   "thank",	  "thanks",   "you",	      "many",	    "very",
	"much",	    "see",     "then",	  "there",    "be",	      "will",	    "i",
	"we",	    "ll",      "accept",  "accepted", "looking",      "forward",    "to",
	"it",	    "the",     "meeting", "for",      "your",	      "invitation", "regards",
	"best",	    "kind",    "cheers",  "hi",	      "hello",	      "dear",	    "all",
	"team",	    "works",   "me",	  "us",	      "speak",	      "talk",	    "soon",
	"tomorrow", "ja",      "gerne",	  "danke",    "vielen",	      "dank",	    "bis",
	"dann",	    "morgen",  "passt",	  "gut",      "freue",	      "mich",	    "liebe",
	"viele",    "grüße",   "beste",	  "mit",      "freundlichen", "grüßen",	    "mfg",
	"vg",	    "lg",      "hallo",	  "oui",      "merci",	      "bien",	    "cordialement",
	"gracias",  "saludos", "vale",
};

/* What stands behind the longest words of the table that begin the line; p == NULL: none do. */
static struct span behind(struct span line, const char *const *table, size_t n)
{
	struct span rest = SPAN_NONE;

	for (size_t i = 0; i < n; i++) {
		struct span words = span_of(table[i]);

		if (span_starts_ci(line, words) && (!rest.p || line.n - words.n < rest.n))
			rest = span_sub(line, words.n, SIZE_MAX);
	}
	return rest;
}

static size_t held(struct span text, const char *const *table, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += span_find_ci(text, span_of(table[i])) != SIZE_MAX;
	return found;
}

static bool is_letter(char c)
{
	return ascii_is_alpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

static size_t words_in(struct span line)
{
	size_t n = 0;
	bool within = false;

	for (size_t i = 0; i < line.n; i++) {
		n += is_letter(line.p[i]) && !within;
		within = is_letter(line.p[i]);
	}
	return n;
}

/* "________________", "*~*~*~*~*~*", "-::~:~::~:~:". */
static bool is_rule(struct span line)
{
	for (size_t i = 0; i < line.n; i++)
		if (!strchr("-_=*~:.", line.p[i]))
			return false;
	return line.n >= RULE_MIN;
}

/* "-----Original Appointment-----": all below was written before. */
static bool is_end(struct span line)
{
	return line.n >= RULE_MIN && span_starts(line, SPAN("-----")) &&
	       span_ends_ci(line, SPAN("-----")) && words_in(line);
}

/* "(US) +1 555-010-0100", "+49 30 1234,,567# Germany". */
static bool is_number(struct span line)
{
	size_t digits = 0;

	for (size_t i = 0; i < line.n; i++)
		digits += line.p[i] >= '0' && line.p[i] <= '9';
	return line.n && strchr("+(0", line.p[0]) && digits >= PHONE_MIN && words_in(line) <= 4;
}

/* A place on the network or an address, and nothing beside it. */
static bool is_link(struct span line)
{
	if (!line.n || span_find(line, SPAN(" ")) != SIZE_MAX)
		return false;
	return span_find(line, SPAN("://")) != SIZE_MAX || span_find(line, SPAN("@")) != SIZE_MAX ||
	       span_starts_ci(line, SPAN("www."));
}

static bool is_field(struct span line)
{
	struct span rest = behind(line, fields, COUNT(fields));

	if (rest.n && rest.p[0] == ':')
		return true;
	rest = behind(line, contacts, COUNT(contacts));
	if (!rest.n || rest.p[0] != ':')
		return false;
	rest = span_trim(span_sub(rest, 1, SIZE_MAX));
	return is_number(rest) || is_link(rest);
}

static bool is_of_conference(struct span line)
{
	struct span rest = behind(line, conferences, COUNT(conferences));

	if (!rest.p)
		return span_ends_ci(line, SPAN(" is inviting you to a scheduled zoom meeting."));
	rest = span_trim(rest);
	return !rest.n || strchr("<([|:+", rest.p[0]) != NULL;
}

static bool is_sentence(struct span line)
{
	return line.n && strchr(".!?", line.p[line.n - 1]) && words_in(line) >= SENTENCE_MIN;
}

static bool is_own_name(const struct facts *f, struct span word)
{
	struct span name = f->from.n ? f->from.v[0].name : SPAN("");

	return word.n && name.p && span_find_ci(name, word) != SIZE_MAX;
}

/* "Ann Example", and below it what stands in a signature. */
static bool is_signature(const struct facts *f, struct span paragraph)
{
	struct span name = f->from.n && f->from.v[0].name.p ? f->from.v[0].name : SPAN(""), line;

	if (!name.n || !span_line(&paragraph, &line) || !span_eq_ci(span_trim(line), name))
		return false;
	while (span_line(&paragraph, &line))
		if (is_sentence(span_trim(line)))
			return false;
	return true;
}

static bool is_courtesy_word(const struct facts *f, struct span word)
{
	if (is_own_name(f, word))
		return true;
	for (size_t i = 0; i < COUNT(courtesies); i++)
		if (span_is_ci(word, courtesies[i]))
			return true;
	return false;
}

/* "Thanks, see you there! Ann" */
static bool is_courtesy(const struct facts *f, struct span line)
{
	size_t words = 0;

	for (size_t i = 0, from = 0; i <= line.n; i++) {
		if (i < line.n && is_letter(line.p[i]))
			continue;
		if (i > from && (++words > COURTESY_MAX ||
				 !is_courtesy_word(f, span_sub(line, from, i - from))))
			return false;
		if (i < line.n && (line.p[i] == '?' || (line.p[i] >= '0' && line.p[i] <= '9')))
			return false;
		from = i + 1;
	}
	return true;
}

/* Nobody wrote a line of it to us this time. */
static bool is_bare(const struct facts *f, struct span paragraph)
{
	struct span line;

	if (held(paragraph, legal, COUNT(legal)) >= LEGAL_MIN || is_signature(f, paragraph))
		return true;
	while (span_line(&paragraph, &line)) {
		line = span_trim(line);
		if (!is_rule(line) && !is_field(line) && !is_link(line) && !is_number(line) &&
		    !is_of_conference(line) && !is_courtesy(f, line))
			return false;
	}
	return true;
}

/* Up to a blank line, a rule or the end of what is new; ret_end: that. */
static struct span next_paragraph(struct span *rest, bool *ret_end)
{
	struct span all = *rest, line;

	*ret_end = false;
	while (span_line(rest, &line)) {
		struct span trimmed = span_trim(line);

		*ret_end = is_end(trimmed);
		if (!trimmed.n || *ret_end || is_rule(trimmed))
			return span_trim(span_sub(all, 0, (size_t)(line.p - all.p)));
	}
	return span_trim(all);
}

bool invitation_is_bare(const struct facts *facts)
{
	struct span rest = span_trim(facts->reply);
	bool first = true, end = false;

	while (rest.n && !end) {
		struct span paragraph = next_paragraph(&rest, &end);

		if (first && held(paragraph, googles, COUNT(googles)))
			return !span_ends_ci(paragraph, SPAN(":"));
		if (!is_bare(facts, paragraph))
			return false;
		first = false;
	}
	return true;
}
