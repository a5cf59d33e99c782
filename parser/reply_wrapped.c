#include "parser/reply_wrapped.h"

#include "parser/reply_person.h"

enum {
	ABBREVIATION_MAX = 6, /* bytes of the word in front of a full stop that ends no sentence */
	MONTH_MAX = 16,	      /* and where a day may stand in front of it */
	NAME_BYTES_MAX = 60,  /* of a name on the line above its address */
	NAME_PART_MIN = 3,    /* bytes of a word by which a name is known */
};

/* --- what is there --- */

static bool is_digit_at(struct span s, size_t i)
{
	return i < s.n && ascii_is_digit((unsigned char)s.p[i]);
}

static size_t digits_at(struct span s, size_t i)
{
	size_t n = 0;

	while (is_digit_at(s, i + n))
		n++;
	return n;
}

/* The number of n digits at i is of a time, "10:00", "10h00", "2026 klo 10.00"; or the month in
 * front of a year, "11. 2026". */
static bool is_of_time(struct span s, size_t i, size_t n, bool year)
{
	size_t end = i + n;

	if (i > 1 && strchr(year ? ":." : ":", s.p[i - 1]) && is_digit_at(s, i - 2))
		return true;
	if (end + 1 >= s.n)
		return false;
	if (strchr(year ? ":h." : ":h", s.p[end]) && is_digit_at(s, end + 1))
		return true;
	return s.p[end] == '.' && s.p[end + 1] == ' ' && digits_at(s, end + 2) == 4;
}

/* A number of one or two digits that is neither, in front of an address. */
static bool has_day(struct span s)
{
	bool year = false;

	for (size_t i = 0, n; i < s.n && s.p[i] != '<' && s.p[i] != '@'; i += n ? n : 1) {
		n = digits_at(s, i);
		if (n > 0 && n <= 2 && !is_of_time(s, i, n, year))
			return true;
		year |= n == 4;
	}
	return false;
}

void reply_parts_find(struct span folded, struct reply_parts *ret_parts)
{
	struct reply_evidence e;
	bool angle = memchr(folded.p, '<', folded.n) != NULL;

	reply_evidence_find(folded, &e);
	/* "Support <support@desk.example> schrieb am 2. Nov. 2026": the date behind it */
	size_t from = angle ? span_find(folded, SPAN(">")) : SIZE_MAX;
	bool day =
	    has_day(folded) || (from != SIZE_MAX && has_day(span_sub(folded, from, folded.n)));
	*ret_parts = (struct reply_parts){ .dated = e.date || (day && e.year),
					   .year = e.year,
					   .address = e.address };
}

/* --- the line above --- */

static bool has_digit(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (ascii_is_digit((unsigned char)s.p[i]))
			return true;
	return false;
}

/* "X-200", "10:00": a full stop behind it is none of an abbreviation, as that of "2." or "нояб." */
static bool ends_sentence(struct span word)
{
	bool letter = false;

	for (size_t i = 0; i < word.n; i++)
		letter |= ascii_is_alpha((unsigned char)word.p[i]) || word.p[i] == ':';
	return letter && has_digit(word);
}

bool reply_wrapped_may_go_on(struct span line)
{
	size_t word = 0;

	if (line.n == 0)
		return false;
	char end = line.p[line.n - 1];
	if (end == '!' || end == '?' || end == ':' || end == ';')
		return false;
	if (end != '.')
		return true;
	while (word + 1 < line.n && line.p[line.n - 2 - word] != ' ')
		word++;
	if (ends_sentence(span_sub(line, line.n - 1 - word, word)))
		return false;
	/* "févr.", and with the day in front also "нояб." */
	return word <= (has_digit(line) ? MONTH_MAX : ABBREVIATION_MAX);
}

static bool speaks_of_self(struct span line)
{
	struct reply_folded f;

	reply_fold(&f, line);
	struct sieve sieve = sieve_of(reply_folded_span(&f));
	return reply_person_speaks(reply_folded_span(&f), &sieve);
}

bool reply_wrapped_adds(struct span line, const struct reply_parts *below)
{
	struct reply_folded f;
	struct reply_evidence e;

	reply_fold(&f, line);
	struct span s = reply_folded_span(&f);
	reply_evidence_find(s, &e);
	if (speaks_of_self(line))
		return false;
	if (!below->address && e.address && memchr(s.p, '<', s.n))
		return true;
	if (below->dated)
		return false;
	return below->year ? e.digit : e.date || e.year;
}

/* --- the name above an address --- */

/* A word of s stands in the text. */
static bool shares_word(struct span s, struct span text)
{
	while (s.n) {
		struct span word = span_cut(&s, ' ');
		while (word.n && strchr("\"',.;()", word.p[word.n - 1]))
			word.n--;
		while (word.n && strchr("\"'(", *word.p))
			word = span_sub(word, 1, word.n);
		if (word.n >= NAME_PART_MIN && span_find_ci(text, word) != SIZE_MAX)
			return true;
	}
	return false;
}

/* The address, or the name that this mail has for it, has a word of the line. */
static bool is_hers(const struct reply_mail *mail, struct span line, struct span address)
{
	if (shares_word(line, address))
		return true;
	for (size_t i = 0; mail->to && i < mail->to->n; i++)
		if (mail->to->v[i].address.n &&
		    span_find_ci(address, mail->to->v[i].address) != SIZE_MAX)
			return shares_word(line, mail->to->v[i].name);
	return false;
}

size_t reply_wrapped_name(const struct reply_lines *l, size_t floor, size_t first)
{
	struct span line = reply_line_text(l, first);

	if (first == floor || *line.p != '<' || l->v[first - 1].class != l->v[first].class)
		return first;
	struct span above = reply_line_text(l, first - 1);
	if (above.n > NAME_BYTES_MAX || has_digit(above) || speaks_of_self(above) ||
	    !reply_wrapped_may_go_on(above))
		return first;
	return is_hers(l->mail, above, span_cut(&line, '>')) ? first - 1 : first;
}

bool reply_wrapped_is_broken(struct span line)
{
	return line.n && strchr("<>", *line.p) &&
	       !(memchr(line.p, '@', line.n) && memchr(line.p, '>', line.n));
}
