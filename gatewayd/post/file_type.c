#include "gatewayd/post/file_type.h"

enum { LOOK_MAX = 1024 };

/* Ends of names, each with a blank on both sides. */
static const char ends[] =
    /* programs, and what installs or loads them */
    " exe com scr pif cpl dll ocx sys drv efi msi msp msu mst msix appx appxbundle application jar "
    "jnlp class apk ipa app dmg pkg deb rpm run bin elf so dylib appimage gadget xll "
    /* scripts */
    "bat cmd ps1 psm1 psd1 ps1xml psc1 vbs vbe vb js jse mjs cjs ts wsf wsh wsc sct hta sh bash "
    "zsh csh "
    "ksh fish command py pyc pyw pyz rb pl php php3 phtml cgi lua tcl awk ahk au3 applescript scpt "
    "workflow action osx "
    /* what leads to them */
    "lnk url website desktop scf reg inf chm hlp cnt library-ms search-ms settingcontent-ms rdp "
    "ica "
    "iso img vhd vhdx theme themepack diagcab one onepkg "
    /* pages and pictures with scripts */
    "html htm xhtml xht shtml shtm mht mhtml svg svgz xsl xslt xml htc swf "
    /* documents with macros */
    "docm dotm xlsm xltm xlam xlsb pptm potm ppsm ppam sldm odm slk iqy xla xlt "
    "ade adp accde accdb accdr mdb mde mda mdz ";

/* In the type that the mail gives. */
static const char *const types[] = {
	"html",	      "svg",	      "javascript", "ecmascript",    "vbscript",     "x-msdos",
	"msdownload", "dosexec",      "x-exe",	    "executable",    "x-sh",	     "x-csh",
	"x-python",   "x-perl",	      "x-php",	    "x-bat",	     "java-archive", "x-java",
	"x-msi",      "macroenabled", "hta",	    "x-ms-shortcut", "flash",	     "powershell",
};

static const struct {
	const char *bytes;
	size_t n;
} beginnings[] = {
	{ "MZ", 2 },
	{ "\x7f"
	  "ELF",
	  4 },
	{ "#!", 2 },
	{ "\xca\xfe\xba\xbe", 4 },
	{ "\xcf\xfa\xed\xfe", 4 },
	{ "\xfe\xed\xfa\xcf", 4 },
	{ "L\0\0\0\x01\x14\x02\0", 8 },
};

/* Windows passes over dots and blanks at the end. */
static struct span end_of(struct span name)
{
	size_t n = name.n;

	while (n && strchr(". \t", name.p[n - 1]))
		n--;
	name.n = n;
	while (n && name.p[n - 1] != '.')
		n--;
	return n ? span_sub(name, n, SIZE_MAX) : SPAN("");
}

static bool ends_so(struct span name)
{
	struct span end = end_of(name), rest = span_of(ends), word;

	while (end.n && rest.n) {
		word = span_cut(&rest, ' ');
		if (word.n && span_eq_ci(word, end))
			return true;
	}
	return false;
}

static bool is_typed_so(struct span type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (span_find_ci(type, span_of(types[i])) != SIZE_MAX)
			return true;
	return false;
}

static bool is_page(struct span content)
{
	static const char *const tags[] = { "<html",   "<!doctype html", "<svg",
					    "<script", "<body",		 "<iframe" };
	struct span head = span_sub(content, 0, LOOK_MAX);

	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
		if (span_find_ci(head, span_of(tags[i])) != SIZE_MAX)
			return true;
	return false;
}

/* The project of macros has that name in a zip, and in the older files in two bytes a letter. */
static bool has_macros(struct span content)
{
	static const char old[] = "_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T";

	if (span_starts(content, SPAN("PK")))
		return span_find(content, SPAN("vbaProject.bin")) != SIZE_MAX;
	if (!span_starts(content, SPAN("\xd0\xcf\x11\xe0")))
		return false;
	return span_find(content, (struct span){ old, sizeof(old) - 1 }) != SIZE_MAX;
}

bool file_runs(const struct mime_attachment *file)
{
	if (ends_so(file->filename) || is_typed_so(file->content_type))
		return true;
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(*beginnings); i++)
		if (span_starts(file->content,
				(struct span){ beginnings[i].bytes, beginnings[i].n }))
			return true;
	return is_page(file->content) || has_macros(file->content);
}
