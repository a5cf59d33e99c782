#include "gatewayd/mail/release.h"

#include "gatewayd/case/word.h"

static void read_numbers(struct span rest, int64_t *v, size_t *n)
{
	while (rest.n && *n < RELEASE_MAX) {
		struct span word = span_cut(&rest, ' ');
		int64_t mail;

		if (word.n && word.p[0] == '#')
			word = span_sub(word, 1, SIZE_MAX);
		if (word.n && word.p[word.n - 1] == ',')
			word.n--;
		if (span_i64(word, &mail) && mail > 0)
			v[(*n)++] = mail;
	}
}

size_t release_read(struct span reply, int64_t ret_mails[RELEASE_MAX])
{
	const struct span verb = SPAN("#case ");
	struct span line;
	size_t n = 0;

	while (span_line(&reply, &line)) {
		line = span_trim(line);
		if (span_starts_ci(line, verb))
			read_numbers(span_sub(line, verb.n, SIZE_MAX), ret_mails, &n);
	}
	return n;
}

bool release_may(enum mail_state state)
{
	return state == MAIL_QUARANTINED || state == MAIL_DROPPED || state == MAIL_AUTO_FILED;
}

/* A mail whose raw bytes are no longer kept cannot be decided again. */
static int release(struct desk *d, int64_t mail, bool *ret_done, struct err *e)
{
	struct buf raw BUF_AUTO;
	struct store_mail m;
	struct err why = { 0 };

	*ret_done = false;
	buf_init(&raw, SIZE_MAX);
	if (store_mail_get(d->store, mail, d->arena, &m, &why) < 0) {
		*e = why;
		return why.class == ERR_PERM ? 0 : -1;
	}
	if (!release_may(m.state))
		return 0;
	if (store_mail_raw(d->store, mail, &raw, &why) < 0) {
		*e = why;
		return why.class == ERR_PERM ? 0 : -1; /* it is damaged */
	}
	*ret_done = raw.n > 0 || m.size == 0;
	return *ret_done ? store_mail_release(d->store, mail, e) : 0;
}

int apply_release(struct work *w, struct err *e)
{
	const struct conf_staff *staff = w->g->identity.staff;
	const struct words *words = post_staff_words(w->d, w->dec->queue, staff, "digest_answer");
	struct post_released r = { .queue = w->dec->queue,
				   .staff = staff,
				   .thread = work_thread(w) };
	int64_t mails[RELEASE_MAX];
	struct post_command *v;

	r.n = release_read(w->job->facts.reply, mails);
	v = arena_alloc_n(w->d->arena, r.n + 1, sizeof(*v));
	for (size_t i = 0; i < r.n; i++) {
		bool done;

		if (release(w->d, mails[i], &done, e) < 0)
			return -1;
		v[i].command =
		    span_of(arena_printf(w->d->arena, "#case %lld", (long long)mails[i]));
		v[i].found = SPAN("");
		v[i].result = words_get(words, done ? WORD_RELEASED : WORD_NOT_ASIDE);
	}
	if (!r.n)
		v[r.n++] = (struct post_command){ SPAN("#case"),
						  words_get(words, WORD_NO_CASE_LINE), SPAN("") };
	r.v = v;
	return work_is_past(w) ? 0 : post_released(w->d, &r, e);
}
