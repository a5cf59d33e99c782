#include "conf/conf.h"

#include "conf/files.h"
#include "gatewayd/base/units.h"

enum { TEMPLATE_FILE_MAX = 256 * KIB };

int conf_template_read(const struct conf *c, const struct conf_queue *queue, const char *language,
		       const char *name, struct arena *a, struct span *ret_text,
		       const char **ret_file, struct err *e)
{
	const char *const dirs[] = { queue ? queue->templates : NULL, c->templates,
				     c->shipped_templates };
	const char *const languages[] = { language, "en" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		for (size_t j = 0; dirs[i] && j < 2; j++) {
			const char *file = arena_printf(a, "%s/%s", languages[j], name);
			const char *path = arena_printf(a, "%s/%s", dirs[i], file), *complaint;

			if (files_read(c->files, path, TEMPLATE_FILE_MAX, ret_text, &complaint)) {
				*ret_file = file;
				return 0;
			}
		}
	}
	return err_set(e, ERR_PERM, "there is no mail template %s in %s", name, language);
}
