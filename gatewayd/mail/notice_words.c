#include "gatewayd/mail/notice_words.h"

#include "gatewayd/base/buf.h"
#include "gatewayd/base/lexicon.h"
#include "gatewayd/mail/customer_cover.h"
#include "gatewayd/mail/customer_strip.h"

/* As lexicon_fold() leaves them, each with a bar behind it.  What says something by itself; a text
 * needs one of these. */
static const char words[] =
    /* send it */
    "send|sent|resend|submit|deliver|deliver it|mail it|release|confirm|confirmed|"
    "i confirm|approve|approved|go|go ahead|do it|do so|proceed|yes|yep|yeah|yup|"
    "sure|correct|right|absolutely|of course|ja|jawohl|jep|senden|sende|schick|"
    "schicke|schicken|abschicken|absenden|verschicken|versenden|losschicken|"
    "rausschicken|freigeben|freigegeben|bestaetigt|bestaetige|ich bestaetige|passt|"
    "stimmt|genau|natuerlich|oui|envoyer|envoie|envoyez|envoi|confirmer|confirme|"
    "je confirme|vas y|allez y|c est bon|bien sur|valider|valide|si|enviar|envia|"
    "envie|envialo|envielo|mandar|manda|mandalo|confirmar|confirmo|confirmado|"
    "adelante|hazlo|correcto|claro|はい|送信|送信して|送信してください|"
    "送信して下さい|送信お願いします|送信をお願いします|送って|送ってください|"
    "送って下さい|確認|確認しました|承認|承認します|"
    /* do not */
    "no|nope|nah|dont|do not|not|cancel|cancelled|canceled|discard|drop|delete|"
    "remove|forget|never mind|nevermind|ignore|stop|abort|leave it|scrap|withdraw|"
    "undo|no need|hold|hold it|nein|noe|nee|nicht|abbrechen|abbruch|verwerfen|"
    "loeschen|loesch|loesche|vergiss es|vergiss|vergessen sie es|vergessen|egal|"
    "lass es|lass gut sein|stopp|ignorieren|ignorier|zuruecknehmen|zurueckziehen|non|"
    "annuler|annule|annulez|supprimer|supprime|supprimez|laisse tomber|"
    "laissez tomber|ne pas|n envoie pas|n envoyez pas|ne l envoie pas|"
    "ne l envoyez pas|oublie|oubliez|ignorer|ignore|ignorez|abandonner|cancelar|"
    "cancela|cancelalo|descartar|descarta|descartalo|no envies|no envie|no lo envies|"
    "no lo envie|no lo mandes|olvidalo|olvida|dejalo|ignorar|ignoralo|borrar|borralo|"
    "いいえ|キャンセル|取り消し|取り消して|取消|取消し|送信しない|送信しないで|"
    "送らない|送らないで|破棄|破棄して|中止|"
    /* it is read */
    "ok|okay|okey|okidoki|k|got it|understood|noted|alright|all right|roger|will do|"
    "on it|im on it|i see|fine|great|perfect|good|sounds good|received|seen|"
    "acknowledged|ack|cool|nice|sorry|oops|i know|my mistake|my bad|thanks|"
    "many thanks|thank you|thx|ty|tks|cheers|much appreciated|alles klar|klar|"
    "verstanden|gut|super|prima|in ordnung|einverstanden|mache ich|mach ich|"
    "werde ich machen|gesehen|gelesen|erhalten|danke|zur kenntnis genommen|schon gut|"
    "mein fehler|vielen dank|besten dank|herzlichen dank|danke schoen|danke dir|"
    "danke euch|danke ihnen|merci vielmals|d accord|daccord|compris|entendu|recu|"
    "bien recu|parfait|tres bien|note|bien note|ca marche|merci|merci beaucoup|"
    "merci bien|grand merci|desole|de acuerdo|vale|entendido|recibido|perfecto|"
    "muy bien|bien|gracias|muchas gracias|mil gracias|muchisimas gracias|perdon|"
    "lo hare|了解|了解です|了解しました|了解いたしました|承知しました|"
    "承知いたしました|わかりました|分かりました|ありがとう|ありがとうございます|"
    "ありがとうございました|すみません|";

/* What stands beside these, and says nothing. */
static const char fillers[] =
    "please|pls|plz|it|this|that|them|now|then|the|a|my|answer|reply|mail|email|"
    "e mail|message|text|to|to him|to her|customer|just|so|and|but|as|as is|as it is|"
    "as it stands|it is|its|thats|anyway|i|very|much|lot|all|for|off|out|me|hi|hello|"
    "hey|team|bitte|es|das|die|den|der|ab|raus|"
    "nachricht|antwort|meine|jetzt|an|kunden|ihn|und|doch|dann|mal|wie es ist|"
    "trotzdem|so wie es ist|s il vous plait|s il te plait|svp|stp|le|la|les|l|ma|mon|"
    "reponse|au|client|maintenant|tel quel|quand meme|ca|cela|et|alors|pas|por favor|"
    "porfa|lo|el|mi|respuesta|correo|mensaje|al|cliente|ahora|tal cual|ya|y|"
    "お願いします|お願いいたします|してください|して下さい|ください|下さい|を|で|。|"
    "、|そのまま|メール|このメール|";

#define SMALL_TALK (PHRASE_BIT(GREETING) | PHRASE_BIT(CLOSING))

/* What stands from a byte on, to the end. */
struct way {
	bool known; /* nothing but such words */
	bool says;  /* one of them says something */
};

struct look {
	const struct conf *conf;
	struct span s; /* folded */
	struct way *ways;
};

static bool is_letter(struct span s, size_t at)
{
	return at < s.n && lexicon_is_word_byte((unsigned char)s.p[at]);
}

static bool is_ascii(struct span s, size_t at)
{
	return at < s.n && (unsigned char)s.p[at] < 0x80;
}

/* Scripts without blanks have no ends of words. */
static bool is_whole(struct span s, size_t end)
{
	return !is_ascii(s, end - 1) || !is_ascii(s, end) || !is_letter(s, end);
}

static void go_on(struct look *l, size_t at, size_t n, bool says)
{
	const struct way *rest = &l->ways[at + n];

	if (!n || !rest->known || !is_whole(l->s, at + n))
		return;
	l->ways[at].known = true;
	l->ways[at].says = l->ways[at].says || says || rest->says;
}

static void try_table(struct look *l, size_t at, const char *table, bool says)
{
	struct span here = span_sub(l->s, at, SIZE_MAX), rest = span_of(table);

	while (rest.n) {
		struct span phrase = span_cut(&rest, '|');

		if (span_starts(here, phrase))
			go_on(l, at, phrase.n, says);
	}
}

/* "Thanks, Tess" */
static void try_names(struct look *l, size_t at)
{
	size_t n = 0;

	while (is_letter(l->s, at + n))
		n++;
	for (size_t i = 0; i < l->conf->staff_count; i++) {
		struct span name = span_of(l->conf->staff[i].name);

		while (name.n)
			if (lexicon_same(span_cut(&name, ' '), span_sub(l->s, at, n)))
				go_on(l, at, n, false);
	}
}

static void look_at(struct look *l, size_t at)
{
	struct span here = span_sub(l->s, at, SIZE_MAX);
	const struct phrasebook *book = l->conf->phrases;

	l->ways[at] = (struct way){ false, false };
	if (!is_letter(l->s, at)) {
		l->ways[at] = l->ways[at + 1];
		return;
	}
	if (at && is_letter(l->s, at - 1) && is_ascii(l->s, at) && is_ascii(l->s, at - 1))
		return; /* within a word */
	try_table(l, at, words, true);
	try_table(l, at, fillers, false);
	try_names(l, at);
	if (book)
		go_on(l, at, cover_leads(book, here, SMALL_TALK), false);
}

/* Nothing is left of "..." or a picture of a thumb. */
static bool are_signs(struct span s)
{
	for (size_t at = 0; at < s.n; at++)
		if (is_letter(s, at))
			return false;
	return true;
}

/* "This e-mail is confidential ..." is the company's. */
static struct span above_footer(const struct phrasebook *book, struct span text)
{
	struct span rest = text, line;

	while (text.n - rest.n <= CUSTOMER_TEXT_MAX && span_line(&rest, &line))
		if (cover_leads(book, line, PHRASE_BIT(FOOTER)))
			return span_sub(text, 0, (size_t)(line.p - text.p));
	return text;
}

bool notice_words_only(const struct conf *conf, struct span text, struct span own, struct arena *a)
{
	struct stripped bare = { .core = span_trim(text) };
	struct look l = { .conf = conf };
	struct buf folded BUF_AUTO;

	buf_init(&folded, (size_t)NOTICE_WORDS_BYTES_MAX * 2);
	if (conf->phrases)
		text = above_footer(conf->phrases, text);
	if (text.n > CUSTOMER_TEXT_MAX)
		return false;
	if (conf->phrases)
		customer_strip(conf->phrases, text, own, a, &bare);
	if (!bare.core.n)
		bare.core = span_trim(text); /* nothing but a greeting, thanks, a name */
	if (!bare.core.n || bare.core.n > NOTICE_WORDS_BYTES_MAX)
		return false;
	lexicon_fold(bare.core, &folded);
	l.s = buf_span(&folded);
	if (are_signs(l.s))
		return true;
	l.ways = arena_alloc_n(a, l.s.n + 1, sizeof(*l.ways));
	l.ways[l.s.n] = (struct way){ .known = true };
	for (size_t at = l.s.n; at-- > 0;)
		look_at(&l, at);
	return l.ways[0].known && l.ways[0].says;
}
