/* Files that run when they are opened, by name, type and bytes. */
#include "tests/unit/unit.h"

#include "gatewayd/post/file_type.h"

static const struct {
	const char *name, *type;
	struct span content;
	bool runs;
} rows[] = {
	{ "report.pdf", "application/pdf", SPAN_LITERAL("%PDF-1.7"), false },
	{ "notes.txt", "text/plain", SPAN_LITERAL("Hello."), false },
	{ "photo.jpg", "image/jpeg", SPAN_LITERAL("\xff\xd8\xff"), false },
	{ "table.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	  SPAN_LITERAL("PK\x03\x04 xl/workbook.xml"), false },
	{ "old.doc", "application/msword", SPAN_LITERAL("\xd0\xcf\x11\xe0 words"), false },
	{ "exe", "application/octet-stream", SPAN_LITERAL(""), false },
	{ "", "application/octet-stream", SPAN_LITERAL("x"), false },
	{ "log.exe.txt", "text/plain", SPAN_LITERAL("x"), false },
	/* by name */
	{ "setup.exe", "application/octet-stream", SPAN_LITERAL("x"), true },
	{ "SETUP.EXE", "image/png", SPAN_LITERAL("x"), true },
	{ "setup.exe. .", "image/png", SPAN_LITERAL("x"), true },
	{ "report.pdf.js", "application/pdf", SPAN_LITERAL("x"), true },
	{ "run.ps1", "text/plain", SPAN_LITERAL("x"), true },
	{ "page.html", "text/plain", SPAN_LITERAL("x"), true },
	{ "drawing.svg", "image/png", SPAN_LITERAL("x"), true },
	{ "table.xlsm", "application/octet-stream", SPAN_LITERAL("x"), true },
	{ "letter.docm", "application/octet-stream", SPAN_LITERAL("x"), true },
	{ "disk.iso", "application/octet-stream", SPAN_LITERAL("x"), true },
	{ "invoice.lnk", "application/pdf", SPAN_LITERAL("x"), true },
	/* by type */
	{ "page", "text/html", SPAN_LITERAL("x"), true },
	{ "picture.png", "image/svg+xml", SPAN_LITERAL("x"), true },
	{ "x", "application/x-msdownload", SPAN_LITERAL("x"), true },
	{ "x", "application/vnd.ms-word.document.macroEnabled.12", SPAN_LITERAL("x"), true },
	/* by bytes */
	{ "picture.png", "image/png", SPAN_LITERAL("MZ\x90"), true },
	{ "x.txt", "text/plain", SPAN_LITERAL("#!/bin/sh\n"), true },
	{ "x.bin.txt", "text/plain",
	  SPAN_LITERAL("\x7f"
		       "ELF"),
	  true },
	{ "x.xml.txt", "text/plain", SPAN_LITERAL("<?xml version='1.0'?>\n<SVG onload='x'>"),
	  true },
	{ "x.txt", "text/plain", SPAN_LITERAL("\n <!DOCTYPE HTML>"), true },
	{ "table.xlsx", "application/zip", SPAN_LITERAL("PK\x03\x04 xl/vbaProject.bin"), true },
	{ "old.doc", "application/msword",
	  SPAN_LITERAL("\xd0\xcf\x11\xe0 _\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T\0"), true },
};

static void what_runs_is_known_by_name_type_or_bytes(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct mime_attachment file = { .filename = span_of(rows[i].name),
						.content_type = span_of(rows[i].type),
						.content = rows[i].content };

		if (file_runs(&file) == rows[i].runs)
			continue;
		wrong++;
		print_error("%s (%s): %s\n", rows[i].name, rows[i].type,
			    rows[i].runs ? "runs" : "does not run");
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_runs_is_known_by_name_type_or_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
