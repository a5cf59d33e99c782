#include "conf/conf.h"

#include "conf/files.h"

enum { TEMPLATE_FILE_MAX = 256 << 10 };

static bool read_from(const struct conf *c, struct arena *a, const char *dir, const char *language,
		      const char *name, struct buf *ret_text)
{
	const char *file = arena_printf(a, "%s/%s/%s", dir, language, name), *complaint;
	struct span text;

	if (!files_read(c->files, file, TEMPLATE_FILE_MAX, &text, &complaint))
		return false;
	buf_add(ret_text, text);
	return true;
}

int conf_template_read(const struct conf *c, const struct conf_queue *queue, const char *name,
		       struct buf *ret_text, struct err *e)
{
	const char *const dirs[] = { queue ? queue->templates : NULL, c->templates,
				     c->shipped_templates };
	const char *const languages[] = { queue ? queue->language : "en", "en" };
	struct arena scratch ARENA_AUTO;

	arena_init(&scratch);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		for (size_t j = 0; dirs[i] && j < 2; j++)
			if (read_from(c, &scratch, dirs[i], languages[j], name, ret_text))
				return 0;
	return err_set(e, ERR_PERM, "there is no mail template %s in %s", name,
		       queue ? queue->language : "en");
}
