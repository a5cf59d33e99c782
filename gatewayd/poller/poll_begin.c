#include "gatewayd/poller/poll_begin.h"

#include "gatewayd/base/mem.h"

enum what { FIND, MAKE, SELECT, LIST };

struct step {
	enum what what;
	enum talk_place place;
};

struct flight {
	struct imap *imap;
	const struct conf_mailbox *conf;
	struct poll_begin *b;
	bool found[TALK_PLACE_COUNT]; /* it is there */
};

const char *poll_place_name(const struct conf_mailbox *conf, enum talk_place place)
{
	const char *const names[TALK_PLACE_COUNT] = {
		[TALK_INBOX] = conf->folder,
		[TALK_PROCESSED] = conf->processed,
		[TALK_QUARANTINE] = conf->quarantine,
	};

	return names[place];
}

static int run(struct flight *f, const struct step *s, struct err *e)
{
	const char *name = poll_place_name(f->conf, s->place);

	switch (s->what) {
	case FIND: return imap_folder_exists(f->imap, name, &f->found[s->place], e);
	case MAKE: return imap_folder_create(f->imap, name, e);
	case SELECT: return imap_select(f->imap, name, &f->b->folder[s->place], e);
	case LIST: break;
	}
	return imap_list(f->imap, &f->b->uids, &f->b->n, e);
}

static void note(struct flight *f, const struct step *s, bool good)
{
	if (s->what == MAKE)
		f->found[s->place] = good;
	else if (s->what == SELECT)
		f->b->selected[s->place] = good;
	else if (s->what == LIST)
		f->b->listed = good;
	if (s->what == SELECT && good && s->place == TALK_INBOX)
		f->b->full = imap_is_full(f->imap);
}

/* A list is of the folder that was selected before it, or of none. */
static int land(struct flight *f, const struct step *steps, size_t n, struct err *e)
{
	for (size_t k = 0; k < n; k++) {
		int r = run(f, &steps[k], e);

		note(f, &steps[k], r == 0);
		if (r < 0 && (steps[k].place == TALK_INBOX || !imap_usable(f->imap)))
			return err_prefix(e,
					  "folder %s: ", poll_place_name(f->conf, steps[k].place));
	}
	return 0;
}

static int fly(struct flight *f, const struct step *steps, size_t n, struct err *e)
{
	size_t sent = 0;

	imap_ahead(f->imap, true);
	while (sent < n && run(f, &steps[sent], e) == 0)
		sent++;
	imap_ahead(f->imap, false);
	if (sent < n)
		return err_prefix(e, "folder %s: ", poll_place_name(f->conf, steps[sent].place));
	return land(f, steps, n, e);
}

static int look_or_make(struct flight *f, enum what first, struct err *e)
{
	struct step steps[2 * TALK_PLACE_COUNT];
	size_t n = 0;

	poll_begin_release(f->b);
	for (int p = TALK_PROCESSED; p < TALK_PLACE_COUNT; p++)
		if (poll_place_name(f->conf, (enum talk_place)p) && (first == FIND || !f->found[p]))
			steps[n++] = (struct step){ first, (enum talk_place)p };
	for (int p = TALK_PROCESSED; p < TALK_PLACE_COUNT; p++)
		if (poll_place_name(f->conf, (enum talk_place)p))
			steps[n++] = (struct step){ SELECT, (enum talk_place)p };
	steps[n++] = (struct step){ SELECT, TALK_INBOX };
	if (!f->b->full)
		steps[n++] = (struct step){ LIST, TALK_INBOX };
	return fly(f, steps, n, e);
}

static bool all_found(const struct flight *f)
{
	for (int p = TALK_PROCESSED; p < TALK_PLACE_COUNT; p++)
		if (poll_place_name(f->conf, (enum talk_place)p) && !f->found[p])
			return false;
	return true;
}

/* One that could be neither found nor made: by itself, so that the answer is heard. */
static int insist(struct flight *f, struct err *e)
{
	for (int p = TALK_PROCESSED; p < TALK_PLACE_COUNT; p++) {
		const char *name = poll_place_name(f->conf, (enum talk_place)p);

		if (name && !f->found[p] && imap_folder_ensure(f->imap, name, e) < 0)
			return err_prefix(e, "folder %s: ", name);
	}
	return 0;
}

int poll_begin(struct imap *imap, const struct conf_mailbox *conf, struct poll_begin *b,
	       struct err *e)
{
	struct flight f = { .imap = imap, .conf = conf, .b = b };

	if (look_or_make(&f, FIND, e) < 0 || (!all_found(&f) && look_or_make(&f, MAKE, e) < 0))
		return -1;
	return insist(&f, e);
}

void poll_begin_unlist(struct poll_begin *b)
{
	mem_free(&b->uids);
	b->n = 0;
	b->listed = false;
}

void poll_begin_release(struct poll_begin *b)
{
	poll_begin_unlist(b);
	*b = (struct poll_begin){ .full = b->full };
}

int poll_begin_list(struct imap *imap, const struct conf_mailbox *conf, struct poll_begin *b,
		    struct err *e)
{
	static const struct step steps[] = { { SELECT, TALK_INBOX }, { LIST, TALK_INBOX } };
	struct flight f = { .imap = imap, .conf = conf, .b = b };

	poll_begin_release(b);
	if (!b->full)
		return fly(&f, steps, sizeof(steps) / sizeof(*steps), e);
	return land(&f, steps, sizeof(steps) / sizeof(*steps), e);
}
