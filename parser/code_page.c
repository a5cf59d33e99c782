#include "parser/code_page.h"

static const struct {
	uint32_t page;
	struct span label;
} code_pages[] = {
	{ 866, SPAN_LITERAL("ibm866") },	{ 874, SPAN_LITERAL("windows-874") },
	{ 932, SPAN_LITERAL("shift_jis") },	{ 936, SPAN_LITERAL("gbk") },
	{ 949, SPAN_LITERAL("euc-kr") },	{ 950, SPAN_LITERAL("big5") },
	{ 1250, SPAN_LITERAL("windows-1250") }, { 1251, SPAN_LITERAL("windows-1251") },
	{ 1253, SPAN_LITERAL("windows-1253") }, { 1254, SPAN_LITERAL("windows-1254") },
	{ 1255, SPAN_LITERAL("windows-1255") }, { 1256, SPAN_LITERAL("windows-1256") },
	{ 1257, SPAN_LITERAL("windows-1257") }, { 1258, SPAN_LITERAL("windows-1258") },
	{ 20866, SPAN_LITERAL("koi8-r") },	{ 28592, SPAN_LITERAL("iso-8859-2") },
	{ 20936, SPAN_LITERAL("gbk") },		{ 51949, SPAN_LITERAL("euc-kr") },
	{ 21866, SPAN_LITERAL("koi8-u") },	{ 28591, SPAN_LITERAL("iso-8859-1") },
	{ 28595, SPAN_LITERAL("iso-8859-5") },	{ 28605, SPAN_LITERAL("iso-8859-15") },
	{ 51932, SPAN_LITERAL("euc-jp") },	{ 54936, SPAN_LITERAL("gb18030") },
	{ 50220, SPAN_LITERAL("iso-2022-jp") }, { 65001, SPAN_LITERAL("utf-8") },
};

struct span code_page_label(uint32_t page)
{
	for (size_t i = 0; i < sizeof(code_pages) / sizeof(*code_pages); i++)
		if (code_pages[i].page == page)
			return code_pages[i].label;
	return SPAN("windows-1252");
}
