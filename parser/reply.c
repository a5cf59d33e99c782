#include "parser/reply.h"

#include "parser/reply_cut.h"
#include "parser/reply_fold.h"
#include "parser/reply_history.h"
#include "parser/reply_quotes.h"
#include "parser/reply_tail.h"

/* What answers nothing has no history: what looks like it is what the sender shows. */
static void take_for_text(struct reply_lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].class == REPLY_QUOTED || l->v[i].class == REPLY_ATTRIBUTION)
			l->v[i].class = REPLY_TEXT;
}

static void trim_with(struct span text, const struct reply_hint *hints, size_t hint_count,
		      const struct reply_mail *mail, struct arena *arena, struct reply *ret_reply)
{
	struct reply_lines l;

	reply_lines_make(text, mail, arena, &l);
	reply_lines_mark(&l, hints, hint_count);
	if (mail->answers) {
		reply_quotes_mend(&l);
		reply_history_cut(&l);
		reply_quotes_keep(&l);
	} else {
		take_for_text(&l);
	}
	size_t quotes = reply_quotes_count(&l, 0, l.n);
	size_t end = reply_tail_cut(&l);
	reply_quotes_drop(&l, end, quotes);
	reply_cut_make(&l, arena, ret_reply);
}

/* The hints but for those of signatures: people do write inside their program's signature. */
static void trim_without_signatures(struct span text, const struct reply_hint *hints,
				    size_t hint_count, const struct reply_mail *mail,
				    struct arena *arena, struct reply *ret_reply)
{
	struct reply_hint *others = arena_alloc_n(arena, hint_count, sizeof(*others));
	size_t n = 0;

	for (size_t i = 0; i < hint_count; i++)
		if (hints[i].kind != REPLY_HINT_SIGNATURE)
			others[n++] = hints[i];
	trim_with(text, others, n, mail, arena, ret_reply);
}

void reply_trim(struct span text, const struct reply_hint *hints, size_t hint_count,
		const struct reply_mail *mail, struct arena *arena, struct reply *ret_reply)
{
	struct reply reply;

	trim_with(text, hints, hint_count, mail, arena, &reply);
	if (reply.text.n == 0 && hint_count)
		trim_without_signatures(text, hints, hint_count, mail, arena, &reply);
	if (reply.text.n == 0)
		reply.text = reply_line_trim(text);
	*ret_reply = reply;
}
