/*
 * What an element does to the text around it, in ASCII order (bsearch); all others do nothing.
 *
 * X(name, effects)
 */
#define HTML_ELEMENTS(X) \
	X("a", HTML_LINK) \
	X("address", HTML_BLOCK) \
	X("article", HTML_BLOCK) \
	X("aside", HTML_BLOCK) \
	X("blockquote", HTML_BLOCK | HTML_QUOTE) \
	X("body", HTML_BLOCK) \
	X("br", HTML_BREAK) \
	X("caption", HTML_BLOCK) \
	X("center", HTML_BLOCK) \
	X("dd", HTML_BLOCK) \
	X("del", HTML_STRUCK) \
	X("details", HTML_BLOCK) \
	X("dialog", HTML_BLOCK) \
	X("dir", HTML_BLOCK | HTML_LIST) \
	X("div", HTML_BLOCK) \
	X("dl", HTML_BLOCK) \
	X("dt", HTML_BLOCK) \
	X("fieldset", HTML_BLOCK) \
	X("figcaption", HTML_BLOCK) \
	X("figure", HTML_BLOCK) \
	X("footer", HTML_BLOCK) \
	X("form", HTML_BLOCK) \
	X("h1", HTML_BLOCK | HTML_SPACED | HTML_HEADING) \
	X("h2", HTML_BLOCK | HTML_SPACED | HTML_HEADING) \
	X("h3", HTML_BLOCK | HTML_SPACED | HTML_HEADING) \
	X("h4", HTML_BLOCK | HTML_SPACED | HTML_HEADING) \
	X("h5", HTML_BLOCK | HTML_SPACED | HTML_HEADING) \
	X("h6", HTML_BLOCK | HTML_SPACED | HTML_HEADING) \
	X("head", HTML_DROPPED) \
	X("header", HTML_BLOCK) \
	X("hr", HTML_BLOCK) \
	X("html", HTML_BLOCK) \
	X("img", HTML_IMAGE) \
	X("legend", HTML_BLOCK) \
	X("li", HTML_BLOCK | HTML_ITEM) \
	X("listing", HTML_BLOCK | HTML_PRE) \
	X("main", HTML_BLOCK) \
	X("menu", HTML_BLOCK | HTML_LIST) \
	X("nav", HTML_BLOCK) \
	X("ol", HTML_BLOCK | HTML_LIST | HTML_ORDERED) \
	X("option", HTML_BLOCK) \
	X("p", HTML_BLOCK | HTML_SPACED) \
	X("pre", HTML_BLOCK | HTML_PRE) \
	X("s", HTML_STRUCK) \
	X("script", HTML_DROPPED) \
	X("section", HTML_BLOCK) \
	X("select", HTML_BLOCK) \
	X("strike", HTML_STRUCK) \
	X("style", HTML_DROPPED) \
	X("sub", HTML_SUB) \
	X("summary", HTML_BLOCK) \
	X("sup", HTML_SUPER) \
	X("table", HTML_BLOCK | HTML_TABLE) \
	X("tbody", HTML_BLOCK) \
	X("td", HTML_CELL) \
	X("template", HTML_DROPPED) \
	X("tfoot", HTML_BLOCK) \
	X("th", HTML_CELL | HTML_HEAD_CELL) \
	X("thead", HTML_BLOCK) \
	X("title", HTML_DROPPED) \
	X("tr", HTML_BLOCK | HTML_ROW) \
	X("ul", HTML_BLOCK | HTML_LIST) \
	X("xml", HTML_DROPPED)
