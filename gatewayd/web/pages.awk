# Turns gatewayd/web/pages/* into a C table of their texts: name, content.
#
#   awk -f pages.awk FILE...

function quoted(s) {
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	return "\"" s "\\n\""
}

FNR == 1 {
	if (NR > 1)
		print "\t  \"\" },"
	else
		print "#include \"gatewayd/web/page.h\"\n\nconst struct page_text page_texts[] = {"
	name = FILENAME
	sub(/.*\//, "", name)
	printf "\t{ \"%s\",\n", name
}
{ print "\t  " quoted($0) }
END { print "\t  \"\" },\n\t{ 0 },\n};" }
