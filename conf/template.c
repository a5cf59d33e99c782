#include "conf/conf.h"

#include "conf/files.h"

#include <sys/stat.h>

enum { TEMPLATE_FILE_MAX = 256 << 10, FOLDERS = 3 };

struct folders {
	const char *v[FOLDERS]; /* NULL: there is none */
};

static struct folders folders_of(const struct conf *c, const struct conf_queue *queue)
{
	return (struct folders){ { queue ? queue->templates : NULL, c->templates,
				   c->shipped_templates } };
}

/* The first of so many folders that has the file; FOLDERS: none.  Its path is in *ret_path. */
static size_t find(const struct conf *c, const struct conf_queue *queue, const char *file,
		   size_t count, struct arena *a, const char **ret_path, struct span *ret_text)
{
	const struct folders dirs = folders_of(c, queue);

	for (size_t i = 0; i < count; i++) {
		const char *complaint, *path;

		if (!dirs.v[i])
			continue;
		path = arena_printf(a, "%s/%s", dirs.v[i], file);
		if (files_read(c->files, path, TEMPLATE_FILE_MAX, ret_text, &complaint)) {
			*ret_path = path;
			return i;
		}
	}
	return FOLDERS;
}

int conf_template_read(const struct conf *c, const struct conf_queue *queue, const char *language,
		       const char *name, struct arena *a, struct conf_template *ret_template,
		       struct err *e)
{
	const char *const languages[] = { language, "en" };

	for (size_t i = 0; i < 2; i++) {
		struct conf_template t = {
			.text_file = arena_printf(a, "%s/%s.txt", languages[i], name),
			.html_file = arena_printf(a, "%s/%s.html", languages[i], name),
		};
		size_t at = find(c, queue, t.text_file, FOLDERS, a, &t.text_path, &t.text);

		if (at == FOLDERS)
			continue;
		if (find(c, queue, t.html_file, at + 1, a, &t.html_path, &t.html) == FOLDERS)
			t.html = SPAN_NONE;
		*ret_template = t;
		return 0;
	}
	return err_set(e, ERR_PERM, "there is no mail template %s.txt in %s", name, language);
}

/* A link that leads nowhere is there. */
static bool is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

bool conf_template_passed(const struct conf *c, const struct conf_queue *queue, const char *file,
			  struct arena *a, const char **ret_path, const char **ret_complaint)
{
	const struct folders dirs = folders_of(c, queue);
	struct span text;

	for (size_t i = 0; i < FOLDERS; i++) {
		if (!dirs.v[i])
			continue;
		*ret_path = arena_printf(a, "%s/%s", dirs.v[i], file);
		if (is_there(*ret_path))
			return !files_read(c->files, *ret_path, TEMPLATE_FILE_MAX, &text,
					   ret_complaint);
	}
	return false;
}

int conf_look_read(const struct conf *c, const struct conf_queue *queue, struct arena *a,
		   const char **ret_path, struct span *ret_text, struct err *e)
{
	if (find(c, queue, "look.html", FOLDERS, a, ret_path, ret_text) == FOLDERS)
		return err_set(e, ERR_PERM, "there is no look.html beside the templates");
	return 0;
}
